#include "capi/types.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "capi/kinds.h"
#include "capi/vec.h"
#include "wasm/limits.h"

namespace gantry::capi {

using wasm::TypeRegistry;
using wasm::ValType;

HoldPtr KeepType(wasm::CanonId id) {
  auto hold = std::make_shared<wasm::TypeHold>();
  TypeRegistry::Get().Keep(id, hold.get());
  return hold;
}

HoldPtr KeepType(ValType type) {
  return type.is_ref() && type.heap().is_concrete() ? KeepType(type.heap().index()) : nullptr;
}

wasm_limits_t ShownLimits(const wasm::Limits& limits) {
  const auto shown = [](uint64_t number) {
    return static_cast<uint32_t>(std::min<uint64_t>(number, wasm_limits_max_default));
  };
  return {shown(limits.min), limits.max ? shown(*limits.max) : wasm_limits_max_default};
}

wasm::Limits LimitsOf(const wasm_limits_t& limits) {
  wasm::Limits out;
  out.min = limits.min;
  if (limits.max != wasm_limits_max_default) out.max = limits.max;
  return out;
}

namespace {

void DeleteTypeVec(wasm_valtype_vec_t* vec) {
  wasm_valtype_vec_delete(vec);
  delete vec;
}

wasm_valtype_t ValTypeOf(ValType type) { return {type, KeepType(type)}; }

wasm_valtype_vec_t* NewTypeVec(std::span<const ValType> types) {
  auto vec = std::make_unique<wasm_valtype_vec_t>();
  if (AllocateVec(vec.get(), types.size())) {
    for (size_t i = 0; i < types.size(); ++i) vec->data[i] = NewValType(types[i]);
  }
  return vec.release();
}

// The vector at `place`, made if it is not there. [I1]
const wasm_valtype_vec_t* Published(std::atomic<wasm_valtype_vec_t*>* place, std::span<const ValType> types) {
  wasm_valtype_vec_t* there = place->load(std::memory_order_acquire);
  if (there != nullptr) return there;
  wasm_valtype_vec_t* made = NewTypeVec(types);
  if (place->compare_exchange_strong(there, made, std::memory_order_acq_rel)) return made;
  DeleteTypeVec(made);
  return there;
}

wasm_functype_t* NewFuncType(wasm::CanonId id, HoldPtr hold) {
  auto* out = new wasm_functype_t;
  out->kind = WASM_EXTERN_FUNC;
  out->id = id;
  out->hold = std::move(hold);
  return out;
}

wasm_functype_t* CopyFuncType(const wasm_functype_t& type) { return NewFuncType(type.id, type.hold); }

}  // namespace

wasm_valtype_t* NewValType(ValType type) { return new wasm_valtype_t(ValTypeOf(type)); }

wasm_functype_t* NewFuncType(wasm::CanonId id) { return NewFuncType(id, KeepType(id)); }

wasm_functype_t* NewFuncType(std::span<const ValType> params, std::span<const ValType> results) {
  auto hold = std::make_shared<wasm::TypeHold>();
  const wasm::CanonId id = TypeRegistry::Get().InternFunc(params, results, hold.get());
  return NewFuncType(id, std::move(hold));
}

wasm_globaltype_t* NewGlobalType(const wasm::GlobalType& type) {
  return new wasm_globaltype_t{{WASM_EXTERN_GLOBAL}, type, ValTypeOf(type.type)};
}

wasm_tabletype_t* NewTableType(const wasm::TableType& type) {
  return new wasm_tabletype_t{{WASM_EXTERN_TABLE}, type, ValTypeOf(type.element), ShownLimits(type.limits)};
}

wasm_memorytype_t* NewMemoryType(const wasm::MemoryType& type) {
  return new wasm_memorytype_t{{WASM_EXTERN_MEMORY}, type, ShownLimits(type.limits)};
}

namespace {

// Takes the payload over.
wasm_tagtype_t* NewTagType(wasm_functype_t* payload) {
  return new wasm_tagtype_t{{WASM_EXTERN_TAG}, std::unique_ptr<wasm_functype_t>(payload)};
}

}  // namespace

wasm_tagtype_t* NewTagType(wasm::CanonId id) { return NewTagType(NewFuncType(id)); }

wasm_externtype_t* NewExternType(const wasm::ExternType& type, std::shared_ptr<const void> owner) {
  switch (type.kind) {
    case wasm::ExternKind::Func:
      return NewFuncType(type.func);
    case wasm::ExternKind::Global:
      return NewGlobalType(type.global);
    case wasm::ExternKind::Table:
      return NewTableType(type.table);
    case wasm::ExternKind::Memory:
      return NewMemoryType(type.memory);
    case wasm::ExternKind::Tag:
      return NewTagType(type.func);
    case wasm::ExternKind::Module:
    case wasm::ExternKind::Instance:
      break;
  }
  auto* out = new LinkedType;
  out->kind = ExternKindOf(type.kind);
  out->type = type;
  out->owner = std::move(owner);
  return out;
}

wasm_externtype_t* CopyType(const wasm_externtype_t* type) {
  if (type == nullptr) return nullptr;
  switch (type->kind) {
    case WASM_EXTERN_FUNC:
      return CopyFuncType(*static_cast<const wasm_functype_t*>(type));
    case WASM_EXTERN_GLOBAL:
      return new wasm_globaltype_t(*static_cast<const wasm_globaltype_t*>(type));
    case WASM_EXTERN_TABLE:
      return new wasm_tabletype_t(*static_cast<const wasm_tabletype_t*>(type));
    case WASM_EXTERN_MEMORY:
      return new wasm_memorytype_t(*static_cast<const wasm_memorytype_t*>(type));
    case WASM_EXTERN_TAG:
      return NewTagType(CopyFuncType(*static_cast<const wasm_tagtype_t*>(type)->payload));
    default:
      return new LinkedType(*static_cast<const LinkedType*>(type));
  }
}

void DeleteType(wasm_externtype_t* type) {
  if (type == nullptr) return;
  switch (type->kind) {
    case WASM_EXTERN_FUNC:
      delete static_cast<wasm_functype_t*>(type);
      return;
    case WASM_EXTERN_GLOBAL:
      delete static_cast<wasm_globaltype_t*>(type);
      return;
    case WASM_EXTERN_TABLE:
      delete static_cast<wasm_tabletype_t*>(type);
      return;
    case WASM_EXTERN_MEMORY:
      delete static_cast<wasm_memorytype_t*>(type);
      return;
    case WASM_EXTERN_TAG:
      delete static_cast<wasm_tagtype_t*>(type);
      return;
    default:
      delete static_cast<LinkedType*>(type);
  }
}

wasm::ExternType TypeOf(const wasm_externtype_t& type) {
  wasm::ExternType out;
  switch (type.kind) {
    case WASM_EXTERN_FUNC:
      out.kind = wasm::ExternKind::Func;
      out.func = static_cast<const wasm_functype_t&>(type).id;
      return out;
    case WASM_EXTERN_GLOBAL:
      out.kind = wasm::ExternKind::Global;
      out.global = static_cast<const wasm_globaltype_t&>(type).type;
      return out;
    case WASM_EXTERN_TABLE:
      out.kind = wasm::ExternKind::Table;
      out.table = static_cast<const wasm_tabletype_t&>(type).type;
      return out;
    case WASM_EXTERN_MEMORY:
      out.kind = wasm::ExternKind::Memory;
      out.memory = static_cast<const wasm_memorytype_t&>(type).type;
      return out;
    case WASM_EXTERN_TAG:
      out.kind = wasm::ExternKind::Tag;
      out.func = static_cast<const wasm_tagtype_t&>(type).payload->id;
      return out;
    default:
      return static_cast<const LinkedType&>(type).type;
  }
}

wasm_importtype_t* NewImportType(std::string_view module, std::string_view name, wasm_externtype_t* type) {
  return new wasm_importtype_t{NewByteVec(module), NewByteVec(name), type};
}

wasm_exporttype_t* NewExportType(std::string_view name, wasm_externtype_t* type) {
  return new wasm_exporttype_t{NewByteVec(name), type};
}

namespace {

bool HasNull(const wasm_valtype_vec_t& types) {
  return std::ranges::any_of(Elements(types), [](const wasm_valtype_t* type) { return type == nullptr; });
}

std::vector<ValType> TypesIn(const wasm_valtype_vec_t& types) {
  std::vector<ValType> out;
  for (const wasm_valtype_t* type : Elements(types)) out.push_back(type->type);
  return out;
}

}  // namespace

}  // namespace gantry::capi

using namespace gantry::capi;  // NOLINT: from here on the C functions, one after the other

wasm_functype_t::~wasm_functype_t() {
  DeleteTypeVec(params);
  DeleteTypeVec(results);
}

// --- value types

void wasm_valtype_delete(wasm_valtype_t* type) { delete type; }

wasm_valtype_t* wasm_valtype_copy(const wasm_valtype_t* type) {
  return type == nullptr ? nullptr : new wasm_valtype_t(*type);
}

wasm_valtype_t* wasm_valtype_new(wasm_valkind_t kind) {
  const gantry::wasm::ValType type = TypeOfKind(kind);
  return type == gantry::wasm::kBot ? nullptr : NewValType(type);
}

wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t* type) { return ValKindOf(type->type); }

// --- function types

wasm_functype_t* wasm_functype_new(wasm_valtype_vec_t* params, wasm_valtype_vec_t* results) {
  wasm_valtype_vec_t taken_params = TakeVec(params), taken_results = TakeVec(results);
  if (HasNull(taken_params) || HasNull(taken_results) || taken_params.size > gantry::wasm::limits::kParams ||
      taken_results.size > gantry::wasm::limits::kResults) {
    wasm_valtype_vec_delete(&taken_params);
    wasm_valtype_vec_delete(&taken_results);
    return nullptr;
  }
  wasm_functype_t* type = NewFuncType(TypesIn(taken_params), TypesIn(taken_results));
  type->params = new wasm_valtype_vec_t(taken_params);
  type->results = new wasm_valtype_vec_t(taken_results);
  return type;
}

const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t* type) {
  return Published(&type->params, type->type().params);
}

const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t* type) {
  return Published(&type->results, type->type().results);
}

// --- global types

wasm_globaltype_t* wasm_globaltype_new(wasm_valtype_t* content, wasm_mutability_t mutability) {
  const std::unique_ptr<wasm_valtype_t> taken(content);
  if (content == nullptr || mutability > WASM_VAR) return nullptr;
  return NewGlobalType({content->type, mutability == WASM_VAR});
}

const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t* type) { return &type->content; }

wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t* type) {
  return type->type.is_mutable ? WASM_VAR : WASM_CONST;
}

// --- table types

wasm_tabletype_t* wasm_tabletype_new(wasm_valtype_t* element, const wasm_limits_t* limits) {
  const std::unique_ptr<wasm_valtype_t> taken(element);
  if (element == nullptr || !element->type.is_ref() || limits->min > limits->max) return nullptr;
  return NewTableType({LimitsOf(*limits), /*is_64=*/false, element->type});
}

const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t* type) { return &type->element; }
const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t* type) { return &type->limits; }

// --- memory types

wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t* limits) {
  constexpr uint32_t kMostPages = 65536;  // of an address space of 32 bits
  if (limits->min > kMostPages || limits->min > limits->max) return nullptr;
  if (limits->max > kMostPages && limits->max != wasm_limits_max_default) return nullptr;
  gantry::wasm::MemoryType type;
  type.limits = LimitsOf(*limits);
  return NewMemoryType(type);
}

const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t* type) { return &type->limits; }

// --- tag types

wasm_tagtype_t* wasm_tagtype_new(wasm_functype_t* payload) {
  return payload == nullptr ? nullptr : NewTagType(payload);
}

const wasm_functype_t* wasm_tagtype_functype(const wasm_tagtype_t* type) { return type->payload.get(); }

// --- extern types

void wasm_externtype_delete(wasm_externtype_t* type) { DeleteType(type); }
wasm_externtype_t* wasm_externtype_copy(const wasm_externtype_t* type) { return CopyType(type); }
wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t* type) { return type->kind; }

#define KIND_OF_EXTERN_TYPE(name, kind_of_it)                                                              \
  void wasm_##name##_delete(wasm_##name##_t* type) { DeleteType(type); }                                   \
  wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t* type) {                                       \
    return static_cast<wasm_##name##_t*>(CopyType(type));                                                  \
  }                                                                                                        \
  wasm_externtype_t* wasm_##name##_as_externtype(wasm_##name##_t* type) { return type; }                   \
  const wasm_externtype_t* wasm_##name##_as_externtype_const(const wasm_##name##_t* type) { return type; } \
  wasm_##name##_t* wasm_externtype_as_##name(wasm_externtype_t* type) {                                    \
    if (type == nullptr || type->kind != (kind_of_it)) return nullptr;                                     \
    return static_cast<wasm_##name##_t*>(type);                                                            \
  }                                                                                                        \
  const wasm_##name##_t* wasm_externtype_as_##name##_const(const wasm_externtype_t* type) {                \
    return wasm_externtype_as_##name(const_cast<wasm_externtype_t*>(type));                                \
  }

KIND_OF_EXTERN_TYPE(functype, WASM_EXTERN_FUNC)
KIND_OF_EXTERN_TYPE(globaltype, WASM_EXTERN_GLOBAL)
KIND_OF_EXTERN_TYPE(tabletype, WASM_EXTERN_TABLE)
KIND_OF_EXTERN_TYPE(memorytype, WASM_EXTERN_MEMORY)
KIND_OF_EXTERN_TYPE(tagtype, WASM_EXTERN_TAG)

// --- import types

wasm_importtype_t* wasm_importtype_new(wasm_name_t* module, wasm_name_t* name, wasm_externtype_t* type) {
  auto* out = new wasm_importtype_t{TakeVec(module), TakeVec(name), type};
  if (type != nullptr && gantry::IsUtf8(TextOf(out->module)) && gantry::IsUtf8(TextOf(out->name))) return out;
  wasm_importtype_delete(out);
  return nullptr;
}

void wasm_importtype_delete(wasm_importtype_t* type) {
  if (type == nullptr) return;
  wasm_name_delete(&type->module);
  wasm_name_delete(&type->name);
  DeleteType(type->type);
  delete type;
}

wasm_importtype_t* wasm_importtype_copy(const wasm_importtype_t* type) {
  return type == nullptr ? nullptr : NewImportType(TextOf(type->module), TextOf(type->name), CopyType(type->type));
}

const wasm_name_t* wasm_importtype_module(const wasm_importtype_t* type) { return &type->module; }
const wasm_name_t* wasm_importtype_name(const wasm_importtype_t* type) { return &type->name; }
const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t* type) { return type->type; }

// --- export types

wasm_exporttype_t* wasm_exporttype_new(wasm_name_t* name, wasm_externtype_t* type) {
  auto* out = new wasm_exporttype_t{TakeVec(name), type};
  if (type != nullptr && gantry::IsUtf8(TextOf(out->name))) return out;
  wasm_exporttype_delete(out);
  return nullptr;
}

void wasm_exporttype_delete(wasm_exporttype_t* type) {
  if (type == nullptr) return;
  wasm_name_delete(&type->name);
  DeleteType(type->type);
  delete type;
}

wasm_exporttype_t* wasm_exporttype_copy(const wasm_exporttype_t* type) {
  return type == nullptr ? nullptr : NewExportType(TextOf(type->name), CopyType(type->type));
}

const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t* type) { return &type->name; }
const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t* type) { return type->type; }
