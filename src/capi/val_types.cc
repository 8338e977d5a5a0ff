// wasmtime/types/val.h: value types in full, between the canonical form and structures that the embedder owns.
#include <wasmtime/types/val.h>

#include <algorithm>

#include "capi/gc_types.h"

namespace gantry::capi {

using wasm::CompKind;
using wasm::HeapKind;
using wasm::HeapType;
using wasm::TypeKind;
using wasm::ValType;

namespace {

struct AbstractRow {
  wasmtime_heaptype_kind_t kind;
  HeapKind heap;
};

constexpr AbstractRow kAbstract[] = {
    {WASMTIME_HEAPTYPE_KIND_EXTERN, HeapKind::Extern}, {WASMTIME_HEAPTYPE_KIND_NOEXTERN, HeapKind::NoExtern},
    {WASMTIME_HEAPTYPE_KIND_FUNC, HeapKind::Func},     {WASMTIME_HEAPTYPE_KIND_NOFUNC, HeapKind::NoFunc},
    {WASMTIME_HEAPTYPE_KIND_ANY, HeapKind::Any},       {WASMTIME_HEAPTYPE_KIND_NONE, HeapKind::None},
    {WASMTIME_HEAPTYPE_KIND_EQ, HeapKind::Eq},         {WASMTIME_HEAPTYPE_KIND_I31, HeapKind::I31},
    {WASMTIME_HEAPTYPE_KIND_ARRAY, HeapKind::Array},   {WASMTIME_HEAPTYPE_KIND_STRUCT, HeapKind::Struct},
    {WASMTIME_HEAPTYPE_KIND_EXN, HeapKind::Exn},       {WASMTIME_HEAPTYPE_KIND_NOEXN, HeapKind::NoExn},
};

struct NumberRow {
  wasmtime_valtype_kind_t kind;
  TypeKind type;
};

constexpr NumberRow kNumbers[] = {
    {WASMTIME_VALTYPE_KIND_I32, TypeKind::I32},   {WASMTIME_VALTYPE_KIND_I64, TypeKind::I64},
    {WASMTIME_VALTYPE_KIND_F32, TypeKind::F32},   {WASMTIME_VALTYPE_KIND_F64, TypeKind::F64},
    {WASMTIME_VALTYPE_KIND_V128, TypeKind::V128},
};

// Bot for a kind that does not exist.
HeapType HeapTypeOf(const wasmtime_heaptype_t& type) {
  switch (type.kind) {
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC:
      return HeapType::Concrete(type.of.concrete_func->id);
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY:
      return HeapType::Concrete(type.of.concrete_array->id);
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT:
      return HeapType::Concrete(type.of.concrete_struct->id);
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN:
      return HeapKind::Exn;  // the language has no narrower type
    default:
      break;
  }
  for (const AbstractRow& row : kAbstract) {
    if (row.kind == type.kind) return row.heap;
  }
  return HeapKind::Bot;
}

}  // namespace

wasmtime_heaptype_t ShownHeapType(HeapType type) {
  wasmtime_heaptype_t out{};
  if (!type.is_concrete()) {
    const AbstractRow* const row =
        std::find_if(std::begin(kAbstract), std::end(kAbstract), [&](const AbstractRow& r) { return type.is(r.heap); });
    out.kind = row->kind;
    return out;
  }
  switch (wasm::TypeRegistry::Get()[type.index()].kind) {
    case CompKind::Struct:
      out.kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT;
      out.of.concrete_struct = NewStructType(type.index());
      break;
    case CompKind::Array:
      out.kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY;
      out.of.concrete_array = NewArrayType(type.index());
      break;
    default:
      out.kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC;
      out.of.concrete_func = NewFuncType(type.index());
  }
  return out;
}

}  // namespace gantry::capi

using namespace gantry;
using namespace gantry::capi;

wasm_valtype_t* wasmtime_wasm_valtype_v128(void) { return NewValType(wasm::kV128); }
bool wasmtime_wasm_valtype_equal(const wasm_valtype_t* a, const wasm_valtype_t* b) { return a->type == b->type; }

void wasmtime_heaptype_clone(const wasmtime_heaptype_t* ty, wasmtime_heaptype_t* out) {
  *out = *ty;
  switch (ty->kind) {
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC:
      out->of.concrete_func = wasm_functype_copy(ty->of.concrete_func);
      return;
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY:
      out->of.concrete_array = wasmtime_array_type_copy(ty->of.concrete_array);
      return;
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT:
      out->of.concrete_struct = wasmtime_struct_type_copy(ty->of.concrete_struct);
      return;
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN:
      out->of.concrete_exn = wasmtime_exn_type_copy(ty->of.concrete_exn);
      return;
    default:
      return;
  }
}

void wasmtime_heaptype_delete(wasmtime_heaptype_t* ty) {
  if (ty == nullptr) return;
  switch (ty->kind) {
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC:
      return wasm_functype_delete(ty->of.concrete_func);
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY:
      return wasmtime_array_type_delete(ty->of.concrete_array);
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT:
      return wasmtime_struct_type_delete(ty->of.concrete_struct);
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN:
      return wasmtime_exn_type_delete(ty->of.concrete_exn);
    default:
      return;
  }
}

void wasmtime_reftype_clone(const wasmtime_reftype_t* ty, wasmtime_reftype_t* out) {
  out->nullable = ty->nullable;
  wasmtime_heaptype_clone(&ty->heaptype, &out->heaptype);
}

void wasmtime_reftype_delete(wasmtime_reftype_t* ty) {
  if (ty != nullptr) wasmtime_heaptype_delete(&ty->heaptype);
}

void wasmtime_valtype_new(const wasm_valtype_t* ty, wasmtime_valtype_t* out) {
  *out = {};
  out->kind = WASMTIME_VALTYPE_KIND_REF;
  for (const NumberRow& row : kNumbers) {
    if (row.type == ty->type.kind()) out->kind = row.kind;
  }
  if (out->kind != WASMTIME_VALTYPE_KIND_REF) return;
  out->reftype.nullable = ty->type.is_nullable();
  out->reftype.heaptype = ShownHeapType(ty->type.heap());
}

void wasmtime_valtype_clone(const wasmtime_valtype_t* ty, wasmtime_valtype_t* out) {
  *out = {};
  out->kind = ty->kind;
  if (ty->kind == WASMTIME_VALTYPE_KIND_REF) wasmtime_reftype_clone(&ty->reftype, &out->reftype);
}

void wasmtime_valtype_delete(wasmtime_valtype_t* ty) {
  if (ty != nullptr && ty->kind == WASMTIME_VALTYPE_KIND_REF) wasmtime_reftype_delete(&ty->reftype);
}

wasm_valtype_t* wasmtime_valtype_to_wasm(const wasm_engine_t*, const wasmtime_valtype_t* ty) {
  for (const NumberRow& row : kNumbers) {
    if (row.kind == ty->kind) return NewValType(row.type);
  }
  if (ty->kind != WASMTIME_VALTYPE_KIND_REF) return nullptr;
  const HeapType heap = HeapTypeOf(ty->reftype.heaptype);
  if (heap.is(HeapKind::Bot)) return nullptr;
  return NewValType(ValType::Ref(heap, ty->reftype.nullable));
}
