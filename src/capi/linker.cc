// wasmtime/linker.h: linkers.
#include "capi/linker.h"

#include "base/utf8.h"
#include "capi/func.h"
#include "capi/types.h"
#include "engine/command.h"
#include "wasi/p1/link.h"

namespace gantry::capi {

using abi::Slot;
using abi::Status;
using wasm::ExternKind;

engine::HostFuncDef DefOf(const wasm_functype_t& type, std::shared_ptr<Callback> callback) {
  const abi::ArrayEntry entry = EntryOf(*callback);
  const abi::RawHost raw = RawHostOf(*callback);
  return {type.type().params, type.type().results, entry, std::move(callback), type.hold, raw};
}

namespace {

wasmtime_error_t* DefineReactor(engine::Linker& linker, StoreState& state, std::string_view name,
                                const engine::Module& module) {
  auto instance = linker.Instantiate(state.engine_store, module);
  if (!instance) return Report(state, std::move(instance).error(), nullptr);
  const std::optional<runtime::Extern> initialize = (*instance)->Export("_initialize");
  if (initialize && initialize->kind == ExternKind::Func) {
    const wasm::CanonType& type = wasm::TypeRegistry::Get()[initialize->func->type()];
    if (!type.params.empty() || !type.results.empty()) return NewError("`_initialize` must take and return nothing");
    Slot none[1];
    const Status status = state.runtime().Call(initialize->func, none);
    if (status != Status::Ok) return Report(state, status, nullptr);
  }
  return ErrorOf(linker.DefineInstance(name, *instance));
}

Status DoNothing(abi::FuncRef*, abi::Caller*, Slot*) noexcept { return Status::Ok; }

constexpr const char* kNotUtf8 = "input was not valid utf-8";

}  // namespace

}  // namespace gantry::capi

using namespace gantry;
using namespace gantry::capi;

wasmtime_linker_t* wasmtime_linker_new(wasm_engine_t* engine) {
  return new wasmtime_linker{engine::Linker(engine->engine)};
}
wasmtime_linker_t* wasmtime_linker_clone(const wasmtime_linker_t* linker) { return new wasmtime_linker(*linker); }
void wasmtime_linker_delete(wasmtime_linker_t* linker) { delete linker; }

void wasmtime_linker_allow_shadowing(wasmtime_linker_t* linker, bool allow_shadowing) {
  linker->linker.AllowShadowing(allow_shadowing);
}

wasmtime_error_t* wasmtime_linker_define_unknown_imports_as_traps(wasmtime_linker_t* linker,
                                                                  const wasmtime_module_t* module) {
  return ErrorOf(linker->linker.DefineUnknownAsTraps(*module->module));
}

wasmtime_error_t* wasmtime_linker_define_unknown_imports_as_default_values(wasmtime_linker_t* linker,
                                                                           wasmtime_context_t* store,
                                                                           const wasmtime_module_t* module) {
  return ErrorOf(linker->linker.DefineUnknownAsDefaults(StoreState::Of(store).engine_store, *module->module));
}

wasmtime_error_t* wasmtime_linker_define(wasmtime_linker_t* linker, wasmtime_context_t* store, const char* module,
                                         size_t module_len, const char* name, size_t name_len,
                                         const wasmtime_extern_t* item) {
  StoreState& state = StoreState::Of(store);
  if (!IsUtf8(View(module, module_len)) || !IsUtf8(View(name, name_len))) return NewError(kNotUtf8);
  Result<runtime::Extern> taken = FromExtern(state, *item);
  if (!taken) return NewError(taken.error());
  return ErrorOf(linker->linker.Define(View(module, module_len), View(name, name_len), state.runtime(), *taken));
}

wasmtime_error_t* wasmtime_linker_define_func(wasmtime_linker_t* linker, const char* module, size_t module_len,
                                              const char* name, size_t name_len, const wasm_functype_t* ty,
                                              wasmtime_func_callback_t cb, void* data, void (*finalizer)(void*)) {
  // Owned from here on: a definition that is refused frees the data as well.
  std::shared_ptr<Callback> callback(new Callback{cb, nullptr, {data, finalizer}, CallShape(ty->type())});
  if (!IsUtf8(View(module, module_len)) || !IsUtf8(View(name, name_len))) return NewError(kNotUtf8);
  return ErrorOf(
      linker->linker.DefineFunc(View(module, module_len), View(name, name_len), DefOf(*ty, std::move(callback))));
}

wasmtime_error_t* wasmtime_linker_define_func_unchecked(wasmtime_linker_t* linker, const char* module,
                                                        size_t module_len, const char* name, size_t name_len,
                                                        const wasm_functype_t* ty,
                                                        wasmtime_func_unchecked_callback_t cb, void* data,
                                                        void (*finalizer)(void*)) {
  std::shared_ptr<Callback> callback(new Callback{nullptr, cb, {data, finalizer}, CallShape(ty->type())});
  if (!IsUtf8(View(module, module_len)) || !IsUtf8(View(name, name_len))) return NewError(kNotUtf8);
  return ErrorOf(
      linker->linker.DefineFunc(View(module, module_len), View(name, name_len), DefOf(*ty, std::move(callback))));
}

wasmtime_error_t* wasmtime_linker_define_wasi(wasmtime_linker_t* linker) {
  return ErrorOf(wasi::AddToLinker(linker->linker, nullptr));
}

wasmtime_error_t* wasmtime_linker_define_instance(wasmtime_linker_t* linker, wasmtime_context_t* store,
                                                  const char* name, size_t name_len,
                                                  const wasmtime_instance_t* instance) {
  if (!IsUtf8(View(name, name_len))) return NewError(kNotUtf8);
  return ErrorOf(linker->linker.DefineInstance(View(name, name_len), Unpack(StoreState::Of(store), *instance)));
}

wasmtime_error_t* wasmtime_linker_instantiate(const wasmtime_linker_t* linker, wasmtime_context_t* store,
                                              const wasmtime_module_t* module, wasmtime_instance_t* instance,
                                              wasm_trap_t** trap) {
  StoreState& state = StoreState::Of(store);
  if (state.is_paused()) return PausedError();
  return FinishInstantiation(state, linker->linker.Instantiate(state.engine_store, *module->module), instance, trap);
}

wasmtime_error_t* wasmtime_linker_module(wasmtime_linker_t* linker, wasmtime_context_t* store, const char* name,
                                         size_t name_len, const wasmtime_module_t* module) {
  if (!IsUtf8(View(name, name_len))) return NewError(kNotUtf8);
  const Result<bool> command = engine::IsCommand(module->module->wasm());
  if (!command) return NewError(command.error());
  if (*command) {
    const auto store_of = [](runtime::Store& caller) -> engine::Store& { return StoreState::Of(caller).engine_store; };
    return ErrorOf(engine::DefineCommand(linker->linker, View(name, name_len), module->module,
                                         engine::OtherExports::Habitual, store_of));
  }
  return DefineReactor(linker->linker, StoreState::Of(store), View(name, name_len), *module->module);
}

wasmtime_error_t* wasmtime_linker_get_default(const wasmtime_linker_t* linker, wasmtime_context_t* store,
                                              const char* name, size_t name_len, wasmtime_func_t* func) {
  StoreState& state = StoreState::Of(store);
  if (!IsUtf8(View(name, name_len))) return NewError(kNotUtf8);
  for (const std::string_view item : {"", "_start"}) {
    Result<std::optional<runtime::Extern>> found = linker->linker.Get(state.engine_store, View(name, name_len), item);
    if (!found) return NewError(found.error());
    if (!*found) continue;
    if ((*found)->kind != ExternKind::Func) {
      const std::string what = item.empty() ? "default export" : "`_start`";
      return NewError(what + " in '" + std::string(View(name, name_len)) + "' is not a function");
    }
    *func = Pack(state, (*found)->func);
    return nullptr;
  }
  wasm::TypeHold hold;
  const wasm::CanonId type = wasm::TypeRegistry::Get().InternFunc({}, {}, &hold);
  *func = Pack(state,
               &state.runtime().NewHostFunc(type, std::move(hold), &DoNothing, nullptr, nullptr, std::string())->ref);
  return nullptr;
}

bool wasmtime_linker_get(const wasmtime_linker_t* linker, wasmtime_context_t* store, const char* module,
                         size_t module_len, const char* name, size_t name_len, wasmtime_extern_t* item) {
  StoreState& state = StoreState::Of(store);
  Result<std::optional<runtime::Extern>> found =
      linker->linker.Get(state.engine_store, View(module, module_len), View(name, name_len));
  if (!found || !*found) return false;
  *item = ToExtern(state, **found);
  return true;
}

wasmtime_error_t* wasmtime_linker_instantiate_pre(const wasmtime_linker_t* linker, const wasmtime_module_t* module,
                                                  wasmtime_instance_pre_t** instance_pre) {
  Result<engine::InstancePre> pre = engine::InstancePre::Create(linker->linker, module->module);
  if (!pre) return NewError(pre.error());
  *instance_pre = new wasmtime_instance_pre{*std::move(pre)};
  return nullptr;
}
