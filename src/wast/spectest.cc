#include "wast/spectest.h"

#include <bit>
#include <optional>

#include "engine/host_func.h"
#include "wasm/type_registry.h"

namespace gantry::wast {

using engine::HostFuncDef;
using engine::MakeHostFunc;
using runtime::Extern;
using wasm::ExternKind;

namespace {

void AddFunc(runtime::Store& store, std::string_view module, std::string_view name, const HostFuncDef& def,
             Items* items) {
  wasm::TypeHold hold;
  const wasm::CanonId type = wasm::TypeRegistry::Get().InternFunc(def.params, def.results, &hold);
  store.KeepAlive(def.data);
  runtime::HostFunc* func = store.NewHostFunc(type, std::move(hold), def.entry, def.data.get(), /*finalizer=*/nullptr,
                                              std::string(module) + "::" + std::string(name));
  items->emplace(name, Extern{.kind = ExternKind::Func, .func = &func->ref});
}

void AddGlobal(runtime::Store& store, std::string_view name, wasm::ValType type, abi::Slot value, Items* items) {
  runtime::Global* global = store.NewGlobal({type, /*is_mutable=*/false}, {value, 0});
  items->emplace(name, Extern{.kind = ExternKind::Global, .global = global});
}

Result<void> AddTable(runtime::Store& store, std::string_view name, bool is_64, Items* items) {
  const wasm::TableType type{{10, 20}, is_64, wasm::ValType::FuncRef()};
  GANTRY_ASSIGN_OR_RETURN(runtime::Table * table, store.NewTable(type, 0));
  items->emplace(name, Extern{.kind = ExternKind::Table, .table = table});
  return {};
}

Result<void> AddMemory(runtime::Store& store, std::string_view name, bool is_shared, Items* items) {
  wasm::MemoryType type;
  type.limits = {1, 2};
  type.is_shared = is_shared;
  GANTRY_ASSIGN_OR_RETURN(runtime::Memory * memory, store.NewMemory(type));
  items->emplace(name, Extern{.kind = ExternKind::Memory, .memory = memory});
  return {};
}

Result<Items> MakeSpectest(engine::Store& engine_store) {
  runtime::Store& store = engine_store.runtime();
  const wasm::Features features = engine_store.engine()->config().features;
  Items items;
  // They print in the suite's own interpreter; a runner's output is its verdicts.
  const auto add = [&](std::string_view name, const HostFuncDef& def) {
    AddFunc(store, "spectest", name, def, &items);
  };
  add("print", MakeHostFunc([](abi::Caller*) {}));
  add("print_i32", MakeHostFunc([](abi::Caller*, int32_t) {}));
  add("print_i64", MakeHostFunc([](abi::Caller*, int64_t) {}));
  add("print_f32", MakeHostFunc([](abi::Caller*, float) {}));
  add("print_f64", MakeHostFunc([](abi::Caller*, double) {}));
  add("print_i32_f32", MakeHostFunc([](abi::Caller*, int32_t, float) {}));
  add("print_f64_f64", MakeHostFunc([](abi::Caller*, double, double) {}));
  AddGlobal(store, "global_i32", wasm::kI32, 666, &items);
  AddGlobal(store, "global_i64", wasm::kI64, 666, &items);
  AddGlobal(store, "global_f32", wasm::kF32, std::bit_cast<uint32_t>(666.6f), &items);
  AddGlobal(store, "global_f64", wasm::kF64, std::bit_cast<uint64_t>(666.6), &items);
  GANTRY_RETURN_IF_ERROR(AddTable(store, "table", /*is_64=*/false, &items));
  if (features.has(wasm::Feature::Memory64)) GANTRY_RETURN_IF_ERROR(AddTable(store, "table64", /*is_64=*/true, &items));
  GANTRY_RETURN_IF_ERROR(AddMemory(store, "memory", /*is_shared=*/false, &items));
  if (features.has(wasm::Feature::Threads)) {
    GANTRY_RETURN_IF_ERROR(AddMemory(store, "shared_memory", /*is_shared=*/true, &items));
  }
  return items;
}

Items MakeWasmtime(engine::Store& store) {
  Items items;
  AddFunc(store.runtime(), "wasmtime", "gc", MakeHostFunc([](abi::Caller* caller) {
            if (gc::Heap* heap = caller->store->heap()) heap->Collect();
          }),
          &items);
  return items;
}

}  // namespace

Result<Items> MakeHostModule(engine::Store& store, std::string_view name) {
  if (name == "spectest") return MakeSpectest(store);
  if (name == "wasmtime") return MakeWasmtime(store);
  return Items();
}

}  // namespace gantry::wast
