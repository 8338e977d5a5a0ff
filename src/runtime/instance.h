// Instance: a module brought to life in a store (spec 4.5.4). One allocation holds the context that code sees.
#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "abi/context.h"
#include "base/error.h"
#include "runtime/memory.h"
#include "runtime/store.h"
#include "wasm/extern_type.h"

namespace gantry::runtime {

struct LinkedItems {
  std::vector<const ModuleValue*> modules;
  std::vector<const InstanceValue*> instances;
};

class Instance {
 public:
  ~Instance();
  Store& store() const { return *store_; }
  abi::InstanceContext* context() const { return context_; }
  const std::shared_ptr<const CompiledModule>& compiled() const { return compiled_; }
  const wasm::Module& module() const { return compiled_->module; }
  static Instance& Of(abi::InstanceContext* context) { return *context->instance; }

  // The function with this index, imports included.
  abi::FuncRef* Func(uint32_t index) const;
  // Objects by index, imports included.
  Table* table(uint32_t index) const { return tables_[index]; }
  Memory* memory(uint32_t index) const { return memories_[index]; }
  Global* global(uint32_t index) const { return globals_[index]; }
  Tag* tag(uint32_t index) const { return tags_[index]; }
  // Module linking: null without. What the header has given the two index spaces that code does not see.
  const LinkedItems* linked() const { return linked_.get(); }

  // By name; nullopt if there is no such export.
  std::optional<Extern> Export(std::string_view name) const;
  Extern ExportAt(uint32_t index) const;

  // --- slow paths of instructions. Ranges are checked inside; a status other than Ok is pending in the store.
  abi::Status MemoryInit(uint32_t memory, uint32_t data, uint64_t to, uint32_t from, uint32_t count);
  abi::Status MemoryCopy(uint32_t to_memory, uint32_t from_memory, uint64_t to, uint64_t from, uint64_t count) {
    uint8_t* const target = memories_[to_memory]->storage->OwnBytes(to, count);
    const uint8_t* const source = memories_[from_memory]->storage->OwnBytes(from, count);
    if (target == nullptr || source == nullptr) [[unlikely]]
      return MemoryCopyShared(to_memory, from_memory, to, from, count);
    std::memmove(target, source, count);
    return abi::Status::Ok;
  }
  abi::Status MemoryFill(uint32_t memory, uint64_t to, uint8_t value, uint64_t count) {
    uint8_t* const target = memories_[memory]->storage->OwnBytes(to, count);
    if (target == nullptr) [[unlikely]]
      return MemoryFillShared(memory, to, value, count);
    std::memset(target, value, count);
    return abi::Status::Ok;
  }
  abi::Status MemoryGrow(uint32_t memory, uint64_t delta, int64_t* old_pages);  // -1: could not
  void DataDrop(uint32_t data) { data_dropped_[data] = true; }
  abi::Status TableInit(uint32_t table, uint32_t elem, uint64_t to, uint32_t from, uint32_t count);
  abi::Status TableCopy(uint32_t to_table, uint32_t from_table, uint64_t to, uint64_t from, uint64_t count);
  abi::Status TableFill(uint32_t table, uint64_t to, abi::Slot value, uint64_t count);
  abi::Status TableGrow(uint32_t table, abi::Slot init, uint64_t delta, int64_t* old_size);
  void ElemDrop(uint32_t elem);
  // GC arrays from segments. `type` is a module type index; results are GC references. May collect.
  abi::Status ArrayNewData(uint32_t type, uint32_t data, uint32_t from, uint32_t count, gc::Ref* out);
  abi::Status ArrayNewElem(uint32_t type, uint32_t elem, uint32_t from, uint32_t count, gc::Ref* out);
  abi::Status ArrayInitData(uint32_t type, gc::Ref array, uint32_t to, uint32_t data, uint32_t from, uint32_t count);
  abi::Status ArrayInitElem(uint32_t type, gc::Ref array, uint32_t to, uint32_t elem, uint32_t from, uint32_t count);

 private:
  friend class Store;
  friend struct Instantiator;
  Instance(Store* store, std::shared_ptr<const CompiledModule> compiled);
  bool AllocateContext();  // false if there is no memory for it
  void ScanRoots(gc::RootVisitor& visitor);
  // Of memories that other threads may see, or out of bounds.
  abi::Status MemoryCopyShared(uint32_t to_memory, uint32_t from_memory, uint64_t to, uint64_t from, uint64_t count);
  abi::Status MemoryFillShared(uint32_t memory, uint64_t to, uint8_t value, uint64_t count);
  std::span<const uint8_t> DataBytes(uint32_t data) const;
  // An element segment. The values of expressions are computed once, when the instance is made; plain function indices
  // are decoded when an instruction first uses them.
  struct ElemValues {
    std::vector<abi::Slot> values;
    bool gc_refs = false;
    bool dropped = false;
    bool decoded = false;
  };
  std::span<const abi::Slot> ElemSlots(uint32_t elem);

  Store* store_;
  std::shared_ptr<const CompiledModule> compiled_;
  abi::InstanceContext* context_ = nullptr;  // start of the one allocation (InstanceLayout)
  Table** tables_ = nullptr;                 // these lie in it too
  Memory** memories_ = nullptr;
  Global** globals_ = nullptr;
  Tag** tags_ = nullptr;
  Global* own_globals_ = nullptr;
  std::vector<bool> data_dropped_;
  std::vector<ElemValues> elems_;
  std::unique_ptr<const LinkedItems> linked_;
};

// How an instantiation or call ended badly. The Error, trap, exception or exit code is pending in the store, except an
// Error made before anything ran, which `error` carries.
struct Failure {
  abi::Status status = abi::Status::Error;
  std::optional<Error> error;
};

// Checks `imports` (in the module's import order) against the module's types, allocates, initialises and runs the start
// function, in the order of spec 4.5.4. On a trap in a segment or the start function, earlier effects stay and the
// instance lives on unreachable.
std::expected<Instance*, Failure> Instantiate(Store& store, std::shared_ptr<const CompiledModule> compiled,
                                              std::span<const Extern> imports);

// The same for a module with a header of module linking, when its steps have run: `items` are the core items that they
// gave, in their order, and have been checked.
std::expected<Instance*, Failure> InstantiateLinked(Store& store, std::shared_ptr<const CompiledModule> compiled,
                                                    std::span<const Extern> items, LinkedItems linked);

// May an extern be used for this import of `module`? Error (Unlinkable) "incompatible import type" with both types
// named.
Result<void> CheckImport(const wasm::Module& module, const wasm::Import& import, const Extern& item);

// The same for a type of its own, modules and instances included. `name` for the message.
Result<void> CheckExtern(const wasm::ExternType& wanted, const Extern& item, std::string_view name);

}  // namespace gantry::runtime
