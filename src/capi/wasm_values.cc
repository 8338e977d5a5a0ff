#include "capi/wasm_values.h"

#include <cstring>

#include "abi/gc_layout.h"
#include "capi/kinds.h"

namespace gantry::capi {

using abi::Slot;
using wasm::HeapKind;
using wasm::ValType;

namespace {

std::string KindName(wasm_valkind_t kind) {
  const ValType type = TypeOfKind(kind);
  return type == wasm::kBot ? "a value of unknown kind" : wasm::TypeName(type);
}

Error Mismatch(ValType wanted, const std::string& got) {
  return Error(ErrorClass::Usage, "type mismatch: expected " + wasm::TypeName(wanted) + ", got " + got);
}

bool IsVector(const wasm_ref_t* ref) { return ref != nullptr && ref->kind == RefKind::V128; }

// Does a value have the outward form that the type needs?
Result<void> CheckForm(const wasm_val_t& val, ValType wanted) {
  const bool fits =
      wanted.is_ref() ? CarriedByReference(val.kind) && val.kind != GANTRY_V128 : val.kind == ValKindOf(wanted);
  if (!fits) return std::unexpected(Mismatch(wanted, KindName(val.kind)));
  if (val.kind == GANTRY_V128 && !IsVector(val.of.ref)) return std::unexpected(Mismatch(wanted, "no vector"));
  return {};
}

// Sees to it that SlotOf need not allocate.
Result<void> Prepare(WasmStore& store, wasm_ref_t* ref, ValType wanted) {
  if (ref == nullptr) return {};
  if (abi::IsGcRef(wanted)) return store.Box(ref);
  if (ref->home != &store) {
    return std::unexpected(Error(ErrorClass::Usage, "a reference was used with a store that it does not belong to"));
  }
  return {};
}

// Can the reference be one of the type's hierarchy? Only then IsOfType may look at it.
bool InHierarchy(const wasm_ref_t& ref, ValType type) {
  switch (wasm::TopOf(type.heap())) {
    case HeapKind::Func:
      return ref.kind == RefKind::Func;
    case HeapKind::Exn:
      return ref.kind == RefKind::Gc && static_cast<const GcRecord&>(ref).is_exn;
    default:
      return ref.kind != RefKind::Gc || !static_cast<const GcRecord&>(ref).is_exn;
  }
}

Result<Slot> SlotOf(WasmStore& store, const wasm_ref_t* ref, ValType wanted) {
  Slot slot = 0;
  if (ref != nullptr) {
    if (!InHierarchy(*ref, wanted)) return std::unexpected(Mismatch(wanted, "another kind of reference"));
    slot = ref->kind == RefKind::Func && !abi::IsGcRef(wanted)
               ? std::bit_cast<Slot>(static_cast<const wasm_func_t*>(ref)->item.func)
               : WasmStore::RefOf(*ref);
  }
  if (!IsOfType(store.state(), slot, wanted)) {
    return std::unexpected(Mismatch(wanted, ref == nullptr ? "null" : "a reference of another type"));
  }
  return slot;
}

}  // namespace

Result<Slot> ToSlot(WasmStore& store, wasm_ref_t* ref, ValType type) {
  GANTRY_RETURN_IF_ERROR(Prepare(store, ref, type));
  return SlotOf(store, ref, type);
}

Result<void> ToSlots(WasmStore& store, std::span<const wasm_val_t> vals, std::span<const ValType> types, Slot* slots) {
  const auto which = [](size_t i, Error error) {
    return std::unexpected(std::move(error).WithContext("value " + std::to_string(i)));
  };
  for (size_t i = 0; i < vals.size(); ++i) {
    Result<void> fits = CheckForm(vals[i], types[i]);
    if (fits && types[i].is_ref()) fits = Prepare(store, vals[i].of.ref, types[i]);
    if (!fits) return which(i, std::move(fits).error());
  }
  for (size_t i = 0; i < vals.size(); ++i) {
    const wasm_val_t& val = vals[i];
    switch (types[i].kind()) {
      case wasm::TypeKind::I32:
        *slots = static_cast<uint32_t>(val.of.i32);
        break;
      case wasm::TypeKind::F32:
        *slots = std::bit_cast<uint32_t>(val.of.f32);
        break;
      case wasm::TypeKind::V128:
        std::memcpy(slots, static_cast<const V128Record*>(val.of.ref)->bytes, 16);
        break;
      case wasm::TypeKind::Ref: {
        Result<Slot> slot = SlotOf(store, val.of.ref, types[i]);
        if (!slot) return which(i, std::move(slot).error());
        *slots = *slot;
        break;
      }
      default:
        *slots = static_cast<uint64_t>(val.of.i64);  // the bits of an f64 lie there too
    }
    slots += types[i].slots();
  }
  return {};
}

wasm_ref_t* FromSlot(WasmStore& store, ValType type, Slot slot) {
  if (slot == 0) return nullptr;
  if (!abi::IsGcRef(type)) return store.RecordOf(std::bit_cast<abi::FuncRef*>(slot));
  return store.RecordOf(static_cast<gc::Ref>(slot), wasm::TopOf(type.heap()) == HeapKind::Exn);
}

void FromSlots(WasmStore& store, ValType type, const Slot* slots, wasm_val_t* out) {
  out->kind = ValKindOf(type);
  switch (type.kind()) {
    case wasm::TypeKind::I32:
      out->of.i32 = static_cast<int32_t>(*slots);
      break;
    case wasm::TypeKind::F32:
      out->of.f32 = std::bit_cast<float>(static_cast<uint32_t>(*slots));
      break;
    case wasm::TypeKind::V128: {
      V128Record* const vector = store.Adopt(new V128Record);
      std::memcpy(vector->bytes, slots, 16);
      out->of.ref = vector;
      break;
    }
    case wasm::TypeKind::Ref:
      out->of.ref = FromSlot(store, type, *slots);
      break;
    default:
      out->of.i64 = static_cast<int64_t>(*slots);
  }
}

wasm_val_t NullOf(ValType type) {
  wasm_val_t val{};
  val.kind = ValKindOf(type);
  return val;
}

}  // namespace gantry::capi

using namespace gantry::capi;

void wasm_val_delete(wasm_val_t* val) {
  if (val == nullptr || !CarriedByReference(val->kind)) return;
  Release(val->of.ref);
  val->of.ref = nullptr;
}

void wasm_val_copy(wasm_val_t* out, const wasm_val_t* val) {
  *out = *val;
  if (CarriedByReference(val->kind)) Copy(val->of.ref);
}

void gantry_val_new_v128(wasm_store_t* store, const uint8_t bytes[16], wasm_val_t* out) {
  V128Record* const vector = store->store->Adopt(new V128Record);
  std::memcpy(vector->bytes, bytes, 16);
  out->kind = GANTRY_V128;
  out->of.ref = vector;
}

bool gantry_val_v128(const wasm_val_t* val, uint8_t out[16]) {
  if (val->kind != GANTRY_V128 || !IsVector(val->of.ref)) return false;
  std::memcpy(out, static_cast<const V128Record*>(val->of.ref)->bytes, 16);
  return true;
}
