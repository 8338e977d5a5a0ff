#include "capi/kinds.h"

#include "wasm/type_registry.h"

namespace gantry::capi {

using wasm::HeapKind;
using wasm::TypeKind;
using wasm::ValType;

namespace {

wasm_valkind_t KindOfHeap(HeapKind kind) {
  switch (kind) {
    case HeapKind::Func:
      return WASM_FUNCREF;
    case HeapKind::NoFunc:
      return GANTRY_NULLFUNCREF;
    case HeapKind::Extern:
      return WASM_EXTERNREF;
    case HeapKind::NoExtern:
      return GANTRY_NULLEXTERNREF;
    case HeapKind::Any:
      return GANTRY_ANYREF;
    case HeapKind::Eq:
      return GANTRY_EQREF;
    case HeapKind::I31:
      return GANTRY_I31REF;
    case HeapKind::Struct:
      return GANTRY_STRUCTREF;
    case HeapKind::Array:
      return GANTRY_ARRAYREF;
    case HeapKind::None:
    case HeapKind::Bot:
      return GANTRY_NULLREF;
    case HeapKind::Exn:
      return GANTRY_EXNREF;
    case HeapKind::NoExn:
      return GANTRY_NULLEXNREF;
  }
  return GANTRY_NULLREF;
}

// The abstract type right above a heap type that is concrete.
HeapKind KindOfConcrete(wasm::CanonId id) {
  switch (wasm::TypeRegistry::Get()[id].kind) {
    case wasm::CompKind::Struct:
      return HeapKind::Struct;
    case wasm::CompKind::Array:
      return HeapKind::Array;
    default:
      return HeapKind::Func;
  }
}

}  // namespace

wasm_valkind_t ValKindOf(ValType type) {
  switch (type.kind()) {
    case TypeKind::I64:
      return WASM_I64;
    case TypeKind::F32:
      return WASM_F32;
    case TypeKind::F64:
      return WASM_F64;
    case TypeKind::V128:
      return GANTRY_V128;
    case TypeKind::Ref:
      return KindOfHeap(type.heap().is_concrete() ? KindOfConcrete(type.heap().index()) : type.heap().kind());
    default:
      return WASM_I32;
  }
}

ValType TypeOfKind(wasm_valkind_t kind) {
  switch (kind) {
    case WASM_I32:
      return wasm::kI32;
    case WASM_I64:
      return wasm::kI64;
    case WASM_F32:
      return wasm::kF32;
    case WASM_F64:
      return wasm::kF64;
    case GANTRY_V128:
      return wasm::kV128;
    default:
      break;
  }
  for (int heap = 0; heap < static_cast<int>(HeapKind::Bot); ++heap) {
    const HeapKind heap_kind = static_cast<HeapKind>(heap);
    if (KindOfHeap(heap_kind) == kind) return ValType::Ref(heap_kind, /*nullable=*/true);
  }
  return wasm::kBot;
}

wasm_externkind_t ExternKindOf(wasm::ExternKind kind) {
  switch (kind) {
    case wasm::ExternKind::Func:
      return WASM_EXTERN_FUNC;
    case wasm::ExternKind::Global:
      return WASM_EXTERN_GLOBAL;
    case wasm::ExternKind::Table:
      return WASM_EXTERN_TABLE;
    case wasm::ExternKind::Memory:
      return WASM_EXTERN_MEMORY;
    case wasm::ExternKind::Tag:
      return WASM_EXTERN_TAG;
    case wasm::ExternKind::Module:
      return GANTRY_EXTERN_MODULE;
    case wasm::ExternKind::Instance:
      return GANTRY_EXTERN_INSTANCE;
  }
  return WASM_EXTERN_FUNC;
}

}  // namespace gantry::capi
