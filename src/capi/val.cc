// Values between the embedder (wasmtime_val_t) and slots.
#include <wasmtime/anyref.h>
#include <wasmtime/exnref.h>
#include <wasmtime/externref.h>

#include <cstring>

#include "capi/core.h"

namespace gantry::capi {

using abi::Slot;
using wasm::HeapKind;
using wasm::TypeKind;
using wasm::ValType;

wasmtime_valkind_t KindOf(ValType type) {
  switch (type.kind()) {
    case TypeKind::I32:
      return WASMTIME_I32;
    case TypeKind::I64:
      return WASMTIME_I64;
    case TypeKind::F32:
      return WASMTIME_F32;
    case TypeKind::F64:
      return WASMTIME_F64;
    case TypeKind::V128:
      return WASMTIME_V128;
    default:
      break;
  }
  switch (wasm::TopOf(type.heap())) {
    case HeapKind::Func:
      return WASMTIME_FUNCREF;
    case HeapKind::Extern:
      return WASMTIME_EXTERNREF;
    case HeapKind::Exn:
      return WASMTIME_EXNREF;
    default:
      return WASMTIME_ANYREF;
  }
}

bool RefIs(StoreState& state, gc::Ref ref, wasm::HeapType type) {
  // An i31 value needs no heap; every other reference comes from the store's.
  if (gc::IsI31(ref))
    return !type.is_concrete() &&
           (type.is(HeapKind::I31) || type.is(HeapKind::Eq) || type.is(HeapKind::Any) || type.is(HeapKind::Extern));
  return state.runtime().heap()->RefIs(ref, type);
}

bool IsOfType(StoreState& state, Slot slot, ValType type) {
  if (slot == 0) return type.is_nullable();
  const wasm::HeapType heap = type.heap();
  if (wasm::TopOf(heap) == HeapKind::Func) {
    const auto* func = std::bit_cast<const abi::FuncRef*>(slot);
    return wasm::TypeRegistry::Get().IsSubtype(wasm::HeapType::Concrete(func->type()), heap);
  }
  return RefIs(state, static_cast<gc::Ref>(slot), heap);
}

namespace {

constexpr std::string_view kKindNames[] = {"i32",     "i64",       "f32",    "f64",   "v128",
                                           "funcref", "externref", "anyref", "exnref"};

Error Mismatch(wasmtime_valkind_t kind, ValType wanted) {
  const std::string_view name = kind < std::size(kKindNames) ? kKindNames[kind] : "a value of unknown kind";
  return Error(ErrorClass::Usage, "type mismatch: expected " + wasm::TypeName(wanted) + ", got " + std::string(name));
}

}  // namespace

Result<void> FromVal(StoreState& state, const wasmtime_val_t& val, ValType wanted, Slot* slots) {
  if (val.kind != KindOf(wanted)) return std::unexpected(Mismatch(val.kind, wanted));
  uint64_t owner = 0;
  switch (val.kind) {
    case WASMTIME_I32:
      slots[0] = static_cast<uint32_t>(val.of.i32);
      return {};
    case WASMTIME_I64:
      slots[0] = static_cast<uint64_t>(val.of.i64);
      return {};
    case WASMTIME_F32:
      slots[0] = std::bit_cast<uint32_t>(val.of.f32);
      return {};
    case WASMTIME_F64:
      slots[0] = std::bit_cast<uint64_t>(val.of.f64);
      return {};
    case WASMTIME_V128:
      std::memcpy(slots, val.of.v128, 16);
      return {};
    case WASMTIME_FUNCREF:
      owner = val.of.funcref.store_id;
      break;
    case WASMTIME_EXTERNREF:
      owner = val.of.externref.store_id;
      break;
    case WASMTIME_ANYREF:
      owner = val.of.anyref.store_id;
      break;
    case WASMTIME_EXNREF:
      owner = val.of.exnref.store_id;
      break;
  }
  if (owner == 0) {
    slots[0] = 0;
  } else if (owner != state.id()) {
    return std::unexpected(Error(ErrorClass::Usage, "a reference was used with a store that it does not belong to"));
  } else if (val.kind == WASMTIME_FUNCREF) {
    slots[0] = std::bit_cast<Slot>(val.of.funcref.__private);
  } else {
    // The three have the same shape.
    slots[0] = HeldBy(val.of.anyref);
  }
  if (!IsOfType(state, slots[0], wanted)) return std::unexpected(Mismatch(val.kind, wanted));
  return {};
}

void ToVal(StoreState& state, ValType type, const Slot* slots, wasmtime_val_t* out) {
  out->kind = KindOf(type);
  const auto ref = static_cast<gc::Ref>(slots[0]);
  switch (out->kind) {
    case WASMTIME_I32:
      out->of.i32 = static_cast<int32_t>(slots[0]);
      break;
    case WASMTIME_I64:
      out->of.i64 = static_cast<int64_t>(slots[0]);
      break;
    case WASMTIME_F32:
      out->of.f32 = std::bit_cast<float>(static_cast<uint32_t>(slots[0]));
      break;
    case WASMTIME_F64:
      out->of.f64 = std::bit_cast<double>(slots[0]);
      break;
    case WASMTIME_V128:
      std::memcpy(out->of.v128, slots, 16);
      break;
    case WASMTIME_FUNCREF:
      out->of.funcref = Pack(state, std::bit_cast<abi::FuncRef*>(slots[0]));
      break;
    case WASMTIME_EXTERNREF:
      out->of.externref = MakeRef<wasmtime_externref_t>(state, ref);
      break;
    case WASMTIME_ANYREF:
      out->of.anyref = MakeRef<wasmtime_anyref_t>(state, ref);
      break;
    case WASMTIME_EXNREF:
      out->of.exnref = MakeRef<wasmtime_exnref_t>(state, ref);
      break;
  }
}

}  // namespace gantry::capi

using namespace gantry::capi;

void wasmtime_val_unroot(wasmtime_val_t* val) {
  switch (val->kind) {
    case WASMTIME_EXTERNREF:
      return UnrootRef(&val->of.externref);
    case WASMTIME_ANYREF:
      return UnrootRef(&val->of.anyref);
    case WASMTIME_EXNREF:
      return UnrootRef(&val->of.exnref);
    default:
      return;
  }
}

void wasmtime_val_clone(const wasmtime_val_t* src, wasmtime_val_t* dst) {
  *dst = *src;
  switch (src->kind) {
    case WASMTIME_EXTERNREF:
      return CloneRef(&src->of.externref, &dst->of.externref);
    case WASMTIME_ANYREF:
      return CloneRef(&src->of.anyref, &dst->of.anyref);
    case WASMTIME_EXNREF:
      return CloneRef(&src->of.exnref, &dst->of.exnref);
    default:
      return;
  }
}
