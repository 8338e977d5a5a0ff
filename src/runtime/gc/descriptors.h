// Descriptors: the TypeDescriptors of one heap (abi/gc_layout.h), made on first use and never freed before the heap.
// Their types stay alive as long, whoever else drops them: objects carry them.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "abi/gc_layout.h"
#include "base/error.h"
#include "runtime/gc/blocks.h"
#include "wasm/type_registry.h"

namespace gantry::gc {

class Descriptors {
 public:
  explicit Descriptors(const Cage& cage)
      : base_(cage.base),
        top_(cage.descriptors_begin),
        accessible_(cage.descriptors_accessible),
        end_(cage.descriptors_end) {}

  // Offset of the descriptor of a struct or array type, or of exceptions whose payload is a function type's parameters.
  Result<uint32_t> For(wasm::CanonId type);
  Result<uint32_t> NewExtern();

  // The descriptors lie below; below `accessible` there is room for more.
  uint32_t top() const { return top_; }
  uint32_t accessible() const { return accessible_; }

 private:
  Result<uint32_t> Make(const wasm::CanonType& type);
  // Room for a descriptor and `refs_count` offsets behind it.
  Result<abi::TypeDescriptor*> New(abi::ObjectKind kind, uint32_t depth, uint32_t refs_count);
  uint32_t OffsetOf(const void* address) const {
    return static_cast<uint32_t>(static_cast<const uint8_t*>(address) - base_);
  }

  uint8_t* base_;
  uint32_t top_;
  uint32_t accessible_;
  uint32_t end_;
  std::unordered_map<wasm::CanonId, uint32_t> by_type_;
  wasm::TypeHold types_;
};

}  // namespace gantry::gc
