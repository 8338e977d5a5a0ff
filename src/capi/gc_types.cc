// wasmtime/types/structref.h, arrayref.h, exnref.h: types that the embedder makes, equal to those that modules define.
#include "capi/gc_types.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "capi/core.h"
#include "capi/vec.h"
#include "wasm/limits.h"

namespace gantry::capi {

using wasm::CompKind;
using wasm::FieldType;
using wasm::TypeKind;

namespace {

bool HasGcTypes(const wasm_engine_t* engine) { return engine->engine->config().features.has(wasm::Feature::Gc); }

std::optional<FieldType> FieldOf(const wasmtime_field_type_t& field) {
  switch (field.storage.kind) {
    case WASMTIME_STORAGE_TYPE_KIND_I8:
      return FieldType{TypeKind::I8, field.mutable_};
    case WASMTIME_STORAGE_TYPE_KIND_I16:
      return FieldType{TypeKind::I16, field.mutable_};
    case WASMTIME_STORAGE_TYPE_KIND_VALTYPE:
      if (field.storage.valtype == nullptr) return std::nullopt;
      return FieldType{field.storage.valtype->type, field.mutable_};
    default:
      return std::nullopt;
  }
}

void ShowField(const FieldType& field, wasmtime_field_type_t* out) {
  out->mutable_ = field.is_mutable;
  out->storage.valtype = nullptr;
  switch (field.storage.kind()) {
    case TypeKind::I8:
      out->storage.kind = WASMTIME_STORAGE_TYPE_KIND_I8;
      return;
    case TypeKind::I16:
      out->storage.kind = WASMTIME_STORAGE_TYPE_KIND_I16;
      return;
    default:
      out->storage.kind = WASMTIME_STORAGE_TYPE_KIND_VALTYPE;
      out->storage.valtype = NewValType(field.storage);
  }
}

// A type of its own: final, without a supertype.
template <class Type>
Type* Intern(const wasm::SubType& type) {
  auto hold = std::make_shared<wasm::TypeHold>();
  const wasm::CanonId id = wasm::TypeRegistry::Get().Intern(type, hold.get());
  return new Type{id, std::move(hold)};
}

const wasm::CanonType& TypeAt(wasm::CanonId id) { return wasm::TypeRegistry::Get()[id]; }

}  // namespace

wasmtime_struct_type_t* NewStructType(wasm::CanonId id) { return new wasmtime_struct_type{id, KeepType(id)}; }
wasmtime_array_type_t* NewArrayType(wasm::CanonId id) { return new wasmtime_array_type{id, KeepType(id)}; }
wasmtime_exn_type_t* NewExnType(wasm::CanonId id) { return new wasmtime_exn_type{id, KeepType(id)}; }

}  // namespace gantry::capi

using namespace gantry;
using namespace gantry::capi;

// --- fields

void wasmtime_storage_type_clone(const wasmtime_storage_type_t* storage, wasmtime_storage_type_t* out) {
  out->kind = storage->kind;
  out->valtype = storage->kind == WASMTIME_STORAGE_TYPE_KIND_VALTYPE ? wasm_valtype_copy(storage->valtype) : nullptr;
}

void wasmtime_storage_type_delete(wasmtime_storage_type_t* storage) {
  if (storage == nullptr || storage->kind != WASMTIME_STORAGE_TYPE_KIND_VALTYPE) return;
  wasm_valtype_delete(storage->valtype);
  storage->valtype = nullptr;
}

void wasmtime_field_type_clone(const wasmtime_field_type_t* field, wasmtime_field_type_t* out) {
  out->mutable_ = field->mutable_;
  wasmtime_storage_type_clone(&field->storage, &out->storage);
}

void wasmtime_field_type_delete(wasmtime_field_type_t* field) {
  if (field != nullptr) wasmtime_storage_type_delete(&field->storage);
}

// --- structs

wasmtime_struct_type_t* wasmtime_struct_type_new(const wasm_engine_t* engine, const wasmtime_field_type_t* fields,
                                                 size_t nfields) {
  if (!HasGcTypes(engine) || nfields > wasm::limits::kFields) return nullptr;
  wasm::SubType type;
  type.kind = CompKind::Struct;
  for (size_t i = 0; i < nfields; ++i) {
    const std::optional<FieldType> field = FieldOf(fields[i]);
    if (!field) return nullptr;
    type.fields.push_back(*field);
  }
  return Intern<wasmtime_struct_type>(type);
}

wasmtime_struct_type_t* wasmtime_struct_type_copy(const wasmtime_struct_type_t* ty) {
  return new wasmtime_struct_type(*ty);
}
void wasmtime_struct_type_delete(wasmtime_struct_type_t* ty) { delete ty; }
size_t wasmtime_struct_type_num_fields(const wasmtime_struct_type_t* ty) { return TypeAt(ty->id).fields.size(); }

bool wasmtime_struct_type_field(const wasmtime_struct_type_t* ty, size_t index, wasmtime_field_type_t* out) {
  const std::vector<FieldType>& fields = TypeAt(ty->id).fields;
  if (index >= fields.size()) return false;
  ShowField(fields[index], out);
  return true;
}

// --- arrays

wasmtime_array_type_t* wasmtime_array_type_new(const wasm_engine_t* engine, const wasmtime_field_type_t* field) {
  const std::optional<FieldType> element = FieldOf(*field);
  if (!HasGcTypes(engine) || !element) return nullptr;
  wasm::SubType type;
  type.kind = CompKind::Array;
  type.fields.push_back(*element);
  return Intern<wasmtime_array_type>(type);
}

wasmtime_array_type_t* wasmtime_array_type_copy(const wasmtime_array_type_t* ty) {
  return new wasmtime_array_type(*ty);
}
void wasmtime_array_type_delete(wasmtime_array_type_t* ty) { delete ty; }

void wasmtime_array_type_element(const wasmtime_array_type_t* ty, wasmtime_field_type_t* out) {
  ShowField(TypeAt(ty->id).fields[0], out);
}

// --- exceptions

wasmtime_error_t* wasmtime_exn_type_new(const wasm_engine_t*, const wasm_valtype_vec_t* params,
                                        wasmtime_exn_type_t** out) {
  if (params->size > wasm::limits::kParams) return NewError("an exception cannot carry so many values");
  wasm::SubType type;
  for (const wasm_valtype_t* param : Elements(*params)) {
    if (param == nullptr) return NewError("the type of a value that an exception carries is NULL");
    type.params.push_back(param->type);
  }
  *out = Intern<wasmtime_exn_type>(type);
  return nullptr;
}

void wasmtime_exn_type_delete(wasmtime_exn_type_t* ty) { delete ty; }
wasmtime_exn_type_t* wasmtime_exn_type_copy(const wasmtime_exn_type_t* ty) { return new wasmtime_exn_type(*ty); }
wasm_tagtype_t* wasmtime_exn_type_tag_type(const wasmtime_exn_type_t* ty) { return NewTagType(ty->id); }
