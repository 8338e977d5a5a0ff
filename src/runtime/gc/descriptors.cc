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

// Visits the fields of a struct, or those of exceptions with a function type's parameters.
template <class Visit>
void ForEachField(const CanonType& type, const Visit& visit) {
  for (const wasm::FieldType& field : type.fields) visit(field.storage);
  if (type.kind != CompKind::Func) return;
  for (wasm::ValType param : type.params) visit(param);
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
    uint32_t refs_count = 0;
    ForEachField(type, [&](wasm::ValType field) { refs_count += abi::IsGcRef(field) ? 1 : 0; });
    GANTRY_ASSIGN_OR_RETURN(descriptor,
                            New(is_exn ? ObjectKind::Exn : ObjectKind::Struct, is_exn ? 0 : type.depth, refs_count));
    auto* ref = reinterpret_cast<uint32_t*>(base_ + descriptor->refs);
    abi::FieldPlacer placer(is_exn ? abi::kExnFieldsOffset : abi::kStructFieldsOffset);
    ForEachField(type, [&](wasm::ValType field) {
      const uint32_t offset = placer.Next(field);
      if (abi::IsGcRef(field)) *ref++ = offset;
    });
    descriptor->size = placer.size();
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
