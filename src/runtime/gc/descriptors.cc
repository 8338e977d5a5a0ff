#include "runtime/gc/descriptors.h"

#include <algorithm>

#include "platform/pages.h"

namespace gantry::gc {

using abi::ObjectKind;
using abi::TypeDescriptor;
using wasm::CanonType;
using wasm::CompKind;

namespace {

constexpr uint32_t kCommitBytes = 64 << 10;

// Byte offsets of the GC references among fields.
template <class TypeAt>
std::vector<uint32_t> RefOffsets(const std::vector<uint32_t>& offsets, TypeAt type_at) {
  std::vector<uint32_t> refs;
  for (size_t i = 0; i < offsets.size(); ++i) {
    if (abi::IsGcRef(type_at(i))) refs.push_back(offsets[i]);
  }
  return refs;
}

}  // namespace

Result<TypeDescriptor*> Descriptors::New(ObjectKind kind, uint32_t depth, uint32_t refs_count) {
  const uint32_t display_count = std::max(TypeDescriptor::kMinDisplay, depth + 1);
  const uint64_t size = sizeof(TypeDescriptor) + (uint64_t{display_count} + refs_count) * sizeof(uint32_t);
  const uint64_t end = (top_ + size + 7) & ~uint64_t{7};
  if (end > end_) return std::unexpected(Error(ErrorClass::Limit, "too many garbage-collected types in one store"));
  if (end > accessible_) {
    const uint64_t wanted = std::min<uint64_t>((end + kCommitBytes - 1) & ~uint64_t{kCommitBytes - 1}, end_);
    if (!platform::CommitPages(base_ + accessible_, wanted - accessible_)) {
      return std::unexpected(Error(ErrorClass::Host, "no memory for type descriptors"));
    }
    accessible_ = static_cast<uint32_t>(wanted);
  }
  auto* descriptor = reinterpret_cast<TypeDescriptor*>(base_ + top_);
  top_ = static_cast<uint32_t>(end);
  descriptor->kind = kind;
  descriptor->depth = depth;
  descriptor->display_count = display_count;
  descriptor->refs_count = refs_count;
  descriptor->refs = OffsetOf(descriptor->display + display_count);
  return descriptor;
}

Result<uint32_t> Descriptors::For(wasm::CanonId id) {
  const auto known = by_type_.find(id);
  if (known != by_type_.end()) return known->second;
  const CanonType& type = wasm::TypeRegistry::Get()[id];
  if (type.kind == CompKind::Func) return Make(type);
  // From the root of the hierarchy down, so that each finds its supertypes.
  uint32_t offset = 0;
  for (wasm::CanonId super : type.display) {
    const auto it = by_type_.find(super);
    if (it != by_type_.end()) {
      offset = it->second;
      continue;
    }
    GANTRY_ASSIGN_OR_RETURN(offset, Make(wasm::TypeRegistry::Get()[super]));
  }
  return offset;
}

Result<uint32_t> Descriptors::Make(const CanonType& type) {
  TypeDescriptor* descriptor = nullptr;
  if (type.kind == CompKind::Array) {
    const wasm::ValType element = type.fields[0].storage;
    GANTRY_ASSIGN_OR_RETURN(descriptor, New(ObjectKind::Array, type.depth, 0));
    descriptor->size = abi::StorageSize(element);
    descriptor->refs_count = abi::IsGcRef(element) ? 1 : 0;
  } else {
    const bool is_exn = type.kind == CompKind::Func;
    const abi::StructLayout layout = is_exn ? abi::LayoutExn(type) : abi::LayoutStruct(type);
    const std::vector<uint32_t> refs =
        RefOffsets(layout.offsets, [&](size_t i) { return is_exn ? type.params[i] : type.fields[i].storage; });
    GANTRY_ASSIGN_OR_RETURN(descriptor, New(is_exn ? ObjectKind::Exn : ObjectKind::Struct, is_exn ? 0 : type.depth,
                                            static_cast<uint32_t>(refs.size())));
    descriptor->size = layout.size;
    std::copy(refs.begin(), refs.end(), reinterpret_cast<uint32_t*>(base_ + descriptor->refs));
  }
  descriptor->type = type.id;
  wasm::TypeRegistry::Get().Keep(type.id, &types_);
  const uint32_t offset = OffsetOf(descriptor);
  by_type_.emplace(type.id, offset);
  if (type.kind != CompKind::Func) {
    for (uint32_t depth = 0; depth <= type.depth; ++depth)
      descriptor->display[depth] = by_type_.at(type.display[depth]);
  }
  return offset;
}

Result<uint32_t> Descriptors::NewExtern() {
  GANTRY_ASSIGN_OR_RETURN(TypeDescriptor * descriptor, New(ObjectKind::Extern, 0, 0));
  descriptor->size = 16;
  descriptor->type = wasm::kNone;
  return OffsetOf(descriptor);
}

}  // namespace gantry::gc
