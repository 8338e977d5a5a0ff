// Type objects of wasm.h: types as the embedder holds them. Each keeps the canonical types that it names alive, so it
// may outlive every module, store and engine.
//
// [I1] Immutable but for what is made on first use, which publishes itself atomically: any thread may read.
// [I2] Objects are made by the functions below and released with DeleteType, which looks at the kind.
// [I3] What a maker gets is alive during the call; afterwards the object itself keeps it alive.
//
// Tested by tests/capi/wasm_types.c.
#pragma once

#include <wasm.h>

#include <atomic>
#include <memory>

#include "wasm/extern_type.h"
#include "wasm/type_registry.h"

namespace gantry::capi {

using HoldPtr = std::shared_ptr<const wasm::TypeHold>;

// Keeps what a type names alive; null if it names no concrete type.
HoldPtr KeepType(wasm::ValType type);
HoldPtr KeepType(wasm::CanonId id);

}  // namespace gantry::capi

// `type` is canonical, as are all types in the objects below.
struct wasm_valtype_t {
  gantry::wasm::ValType type;
  gantry::capi::HoldPtr hold;
};

struct wasm_externtype_t {
  wasm_externkind_t kind;
};

struct wasm_functype_t : wasm_externtype_t {
  gantry::wasm::CanonId id;
  gantry::capi::HoldPtr hold;
  // Made on first use. [I1]
  mutable std::atomic<wasm_valtype_vec_t*> params = nullptr, results = nullptr;

  ~wasm_functype_t();
  const gantry::wasm::CanonType& type() const { return gantry::wasm::TypeRegistry::Get()[id]; }
};

struct wasm_globaltype_t : wasm_externtype_t {
  gantry::wasm::GlobalType type;
  wasm_valtype_t content;
};

struct wasm_tabletype_t : wasm_externtype_t {
  gantry::wasm::TableType type;
  wasm_valtype_t element;
  wasm_limits_t limits;
};

struct wasm_memorytype_t : wasm_externtype_t {
  gantry::wasm::MemoryType type;
  wasm_limits_t limits;
};

struct wasm_tagtype_t : wasm_externtype_t {
  std::unique_ptr<wasm_functype_t> payload;  // parameters: what an exception carries
};

struct wasm_importtype_t {
  wasm_name_t module, name;
  wasm_externtype_t* type;
};

struct wasm_exporttype_t {
  wasm_name_t name;
  wasm_externtype_t* type;
};

namespace gantry::capi {

// The type of a module or an instance (module linking): only its kind can be seen in wasm.h.
struct LinkedType : wasm_externtype_t {
  wasm::ExternType type;
  std::shared_ptr<const void> owner;  // keeps the canonical types inside alive
};

wasm_valtype_t* NewValType(wasm::ValType type);
wasm_functype_t* NewFuncType(wasm::CanonId id);
wasm_functype_t* NewFuncType(std::span<const wasm::ValType> params, std::span<const wasm::ValType> results);
wasm_globaltype_t* NewGlobalType(const wasm::GlobalType& type);
wasm_tabletype_t* NewTableType(const wasm::TableType& type);
wasm_memorytype_t* NewMemoryType(const wasm::MemoryType& type);
wasm_tagtype_t* NewTagType(wasm::CanonId id);
// `owner` matters for modules and instances only: what keeps the canonical types inside alive, usually their module.
wasm_externtype_t* NewExternType(const wasm::ExternType& type, std::shared_ptr<const void> owner);

// A copy of any type object, and the end of one. Null is fine.
wasm_externtype_t* CopyType(const wasm_externtype_t* type);
void DeleteType(wasm_externtype_t* type);

// The other way: what the engine calls the type. It is good as long as the object lives.
wasm::ExternType TypeOf(const wasm_externtype_t& type);

wasm_importtype_t* NewImportType(std::string_view module, std::string_view name, wasm_externtype_t* type);
wasm_exporttype_t* NewExportType(std::string_view name, wasm_externtype_t* type);

// As wasm_limits_t shows them: numbers that do not fit become the largest.
wasm_limits_t ShownLimits(const wasm::Limits& limits);
wasm::Limits LimitsOf(const wasm_limits_t& limits);

}  // namespace gantry::capi
