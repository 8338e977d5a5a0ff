// wasmtime/instance.h: instances, and modules whose imports have been looked up.
#include <wasmtime/instance.h>

#include "capi/core.h"
#include "capi/linker.h"

namespace gantry::capi {

wasmtime_error_t* FinishInstantiation(StoreState& state, std::expected<runtime::Instance*, engine::Failure> made,
                                      wasmtime_instance_t* instance, wasm_trap_t** trap) {
  if (trap != nullptr) *trap = nullptr;
  if (!made) return Report(state, std::move(made).error(), trap);
  *instance = Pack(state, *made);
  return nullptr;
}

}  // namespace gantry::capi

using namespace gantry;
using namespace gantry::capi;

wasmtime_error_t* wasmtime_instance_new(wasmtime_context_t* store, const wasmtime_module_t* module,
                                        const wasmtime_extern_t* imports, size_t nimports,
                                        wasmtime_instance_t* instance, wasm_trap_t** trap) {
  StoreState& state = StoreState::Of(store);
  if (state.is_paused()) return PausedError();
  std::vector<runtime::Extern> items;
  items.reserve(nimports);
  for (size_t i = 0; i < nimports; ++i) {
    Result<runtime::Extern> item = FromExtern(state, imports[i]);
    if (!item) return NewError(std::move(item).error().WithContext("import " + std::to_string(i)));
    items.push_back(*item);
  }
  return FinishInstantiation(state, engine::Instantiate(state.engine_store, *module->module, items), instance, trap);
}

bool wasmtime_instance_export_get(wasmtime_context_t* store, const wasmtime_instance_t* instance, const char* name,
                                  size_t name_len, wasmtime_extern_t* item) {
  StoreState& state = StoreState::Of(store);
  const std::optional<runtime::Extern> found = Unpack(state, *instance)->Export(View(name, name_len));
  if (!found || static_cast<int>(found->kind) >= wasm::kCoreKinds) return false;
  *item = ToExtern(state, *found);
  return true;
}

// Modules and instances among the exports count, so that indices are those of the module, but only gantry.h can show
// them.
bool wasmtime_instance_export_nth(wasmtime_context_t* store, const wasmtime_instance_t* instance, size_t index,
                                  char** name, size_t* name_len, wasmtime_extern_t* item) {
  StoreState& state = StoreState::Of(store);
  const runtime::Instance& from = *Unpack(state, *instance);
  const std::vector<wasm::Export>& exports = from.module().exports;
  if (index >= exports.size()) return false;
  const runtime::Extern found = from.ExportAt(static_cast<uint32_t>(index));
  if (static_cast<int>(found.kind) >= wasm::kCoreKinds) return false;
  // The bytes belong to the module; the parameter's type is upstream's.
  *name = const_cast<char*>(exports[index].name.data());
  *name_len = exports[index].name.size();
  *item = ToExtern(state, found);
  return true;
}

void wasmtime_instance_pre_delete(wasmtime_instance_pre_t* instance_pre) { delete instance_pre; }

wasmtime_error_t* wasmtime_instance_pre_instantiate(const wasmtime_instance_pre_t* instance_pre,
                                                    wasmtime_context_t* store, wasmtime_instance_t* instance,
                                                    wasm_trap_t** trap_ptr) {
  StoreState& state = StoreState::Of(store);
  if (state.is_paused()) return PausedError();
  return FinishInstantiation(state, instance_pre->pre.Instantiate(state.engine_store), instance, trap_ptr);
}

wasmtime_module_t* wasmtime_instance_pre_module(const wasmtime_instance_pre_t* instance_pre) {
  return new wasmtime_module{instance_pre->pre.module()};
}
