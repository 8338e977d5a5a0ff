// gantry.h: what the standard headers lack.
#include <gantry.h>

#include <algorithm>

#include "base/utf8.h"
#include "capi/config.h"
#include "capi/core.h"
#include "capi/linker.h"
#include "capi/wasm_refs.h"
#include "engine/coredump.h"
#include "engine/link_machine.h"
#include "image/image.h"
#include "runtime/link_values.h"

using namespace gantry;
using namespace gantry::capi;
using runtime::Extern;
using wasm::ExternKind;

// --- the product, settings

const char* gantry_version(void) { return GANTRY_VERSION; }
bool gantry_is_precompiled(const uint8_t* bytes, size_t size) { return image::LooksLikeImage({bytes, size}); }

bool gantry_config_tier_set(wasm_config_t* config, gantry_tier_t tier) {
  switch (tier) {
    case GANTRY_TIER_AUTO:
      config->engine.tier = engine::Tier::Auto;
      return true;
    case GANTRY_TIER_INTERPRETER:
      config->engine.tier = engine::Tier::Interp;
      return true;
    case GANTRY_TIER_BASELINE:
      config->engine.tier = engine::Tier::Baseline;
      return true;
    default:
      return false;
  }
}

void gantry_config_lazy_set(wasm_config_t* config, bool enable) { config->engine.lazy = enable; }

wasmtime_error_t* gantry_config_feature_set(wasm_config_t* config, const char* key, size_t key_size, bool enable) {
  const wasm::FeatureInfo* const feature = wasm::FindFeature(View(key, key_size));
  if (feature == nullptr) return NewError("there is no feature `" + std::string(View(key, key_size)) + "`");
  config->engine.features.set(feature->feature, enable);
  return nullptr;
}

void gantry_config_max_backtrace_set(wasm_config_t* config, uint32_t frames) { config->engine.max_backtrace = frames; }
void gantry_config_gc_heap_max_set(wasm_config_t* config, uint64_t bytes) { config->engine.heap.max_bytes = bytes; }

// --- stopping and looking

void gantry_context_interrupt(wasmtime_context_t* context) { StoreState::Of(context).runtime().Interrupt(); }

wasmtime_error_t* gantry_context_coredump(wasmtime_context_t* context, const wasm_trap_t* trap, const char* program,
                                          wasm_byte_vec_t* out) {
  StoreState& state = StoreState::Of(context);
  std::string bytes;
  const std::vector<runtime::Frame> none;
  const Result<void> written =
      engine::WriteCoredump(state.runtime(), trap == nullptr ? none : trap->data.raw_frames,
                            program == nullptr ? "" : program, [&bytes](std::span<const uint8_t> next) -> Result<void> {
                              bytes.append(reinterpret_cast<const char*>(next.data()), next.size());
                              return {};
                            });
  if (!written) return NewError(written.error());
  SetBytes(out, bytes);
  return nullptr;
}

// --- module linking

namespace {

const runtime::InstanceValue* InstanceOf(const StoreState& state, const wasmtime_extern_t& item) {
  if (item.kind != GANTRY_EXTERN_INSTANCE) ApiMisuse("an instance was expected");
  if (item.of.func.store_id != state.id()) ApiMisuse("object used with the wrong store");
  return static_cast<const runtime::InstanceValue*>(item.of.func.__private);
}

Result<std::vector<Extern>> FromExterns(StoreState& state, const wasmtime_extern_t* items, size_t count) {
  std::vector<Extern> out;
  out.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    GANTRY_ASSIGN_OR_RETURN(Extern item, FromExtern(state, items[i]));
    out.push_back(item);
  }
  return out;
}

bool Give(const StoreState& state, const std::optional<Extern>& found, wasmtime_extern_t* out) {
  if (!found) return false;
  *out = ToExtern(state, *found);
  return true;
}

}  // namespace

wasmtime_error_t* gantry_extern_from_module(wasmtime_context_t* context, const wasmtime_module_t* module,
                                            wasmtime_extern_t* out) {
  StoreState& state = StoreState::Of(context);
  if (module->module->engine() != state.engine_store.engine())
    return NewError("store and module belong to different engines");
  const runtime::ModuleValue* const value = module->module->ToValue(state.runtime());
  if (value == nullptr) return NewError("the module's engine has the feature module-linking off");
  *out = PackLinked(state, GANTRY_EXTERN_MODULE, value);
  return nullptr;
}

void gantry_extern_from_instance(wasmtime_context_t* context, const wasmtime_instance_t* instance,
                                 wasmtime_extern_t* out) {
  StoreState& state = StoreState::Of(context);
  *out =
      PackLinked(state, GANTRY_EXTERN_INSTANCE, runtime::NewInstanceValue(state.runtime(), Unpack(state, *instance)));
}

wasmtime_error_t* gantry_extern_from_items(wasmtime_context_t* context, const wasm_name_t* names,
                                           const wasmtime_extern_t* items, size_t count, wasmtime_extern_t* out) {
  StoreState& state = StoreState::Of(context);
  Result<std::vector<Extern>> taken = FromExterns(state, items, count);
  if (!taken) return NewError(taken.error());
  std::vector<std::pair<std::string, Extern>> named;
  named.reserve(count);
  for (size_t i = 0; i < count; ++i) named.emplace_back(View(names[i]), (*taken)[i]);
  std::sort(named.begin(), named.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto twice =
      std::adjacent_find(named.begin(), named.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twice != named.end()) return NewError("there are two items named `" + twice->first + "`");
  *out = PackLinked(state, GANTRY_EXTERN_INSTANCE, runtime::NewInstanceValue(state.runtime(), std::move(named)));
  return nullptr;
}

bool gantry_extern_export_get(wasmtime_context_t* context, const wasmtime_extern_t* instance, const char* name,
                              size_t name_size, wasmtime_extern_t* out) {
  StoreState& state = StoreState::Of(context);
  return Give(state, InstanceOf(state, *instance)->Export(View(name, name_size)), out);
}

bool gantry_instance_export_get(wasmtime_context_t* context, const wasmtime_instance_t* instance, const char* name,
                                size_t name_size, wasmtime_extern_t* out) {
  StoreState& state = StoreState::Of(context);
  return Give(state, Unpack(state, *instance)->Export(View(name, name_size)), out);
}

wasmtime_error_t* gantry_extern_instantiate(wasmtime_context_t* context, const wasmtime_extern_t* module,
                                            const wasmtime_extern_t* imports, size_t count, wasmtime_extern_t* out,
                                            wasm_trap_t** trap) {
  StoreState& state = StoreState::Of(context);
  if (trap != nullptr) *trap = nullptr;
  if (module->kind != GANTRY_EXTERN_MODULE) return NewError("a module was expected");
  Result<Extern> value = FromExtern(state, *module);
  if (!value) return NewError(value.error());
  Result<std::vector<Extern>> items = FromExterns(state, imports, count);
  if (!items) return NewError(items.error());
  const size_t wanted = value->module->type().imports.items().size();
  if (count != wanted)
    return NewError("expected " + std::to_string(wanted) + " imports, found " + std::to_string(count));
  auto instance = engine::RunLinking(state.runtime(), *value->module, *items);
  if (!instance) return Report(state, engine::TakeFailure(state.runtime(), std::move(instance).error()), trap);
  *out = PackLinked(state, GANTRY_EXTERN_INSTANCE, runtime::NewInstanceValue(state.runtime(), *instance));
  return nullptr;
}

wasmtime_error_t* gantry_linker_define_name(wasmtime_linker_t* linker, wasmtime_context_t* context, const char* name,
                                            size_t name_size, const wasmtime_extern_t* item) {
  StoreState& state = StoreState::Of(context);
  if (!IsUtf8(View(name, name_size))) return NewError("input was not valid utf-8");
  Result<Extern> taken = FromExtern(state, *item);
  if (!taken) return NewError(taken.error());
  return ErrorOf(linker->linker.Define(View(name, name_size), state.runtime(), *taken));
}

wasmtime_error_t* gantry_linker_define_module(wasmtime_linker_t* linker, const char* name, size_t name_size,
                                              const wasmtime_module_t* module) {
  if (!IsUtf8(View(name, name_size))) return NewError("input was not valid utf-8");
  if (module->module->engine() != linker->linker.engine())
    return NewError("linker and module belong to different engines");
  return ErrorOf(linker->linker.DefineModule(View(name, name_size), module->module));
}
