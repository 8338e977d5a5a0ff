// wasmtime/store.h: stores and their contexts.
#include <wasmtime/store.h>

#include "capi/core.h"
#include "capi/wasi.h"

struct wasmtime_store {
  gantry::capi::StoreState state;
};

using namespace gantry;
using namespace gantry::capi;

namespace {

constexpr const char* kNoFuel = "fuel is not configured in this store";

uint64_t LimitOf(int64_t number, uint64_t otherwise) { return number < 0 ? otherwise : static_cast<uint64_t>(number); }

// What an epoch callback of the embedder answers.
std::expected<uint64_t, abi::Status> AskDeadline(StoreState& state,
                                                 wasmtime_error_t* (*func)(wasmtime_context_t*, void*, uint64_t*,
                                                                           wasmtime_update_deadline_kind_t*),
                                                 void* data) {
  uint64_t delta = 0;
  wasmtime_update_deadline_kind_t kind = WASMTIME_UPDATE_DEADLINE_CONTINUE;
  if (wasmtime_error_t* const error = func(state.context(), data, &delta, &kind); error != nullptr) {
    Error reason(ErrorClass::Host, std::move(error->message));
    wasmtime_error_delete(error);
    return std::unexpected(state.runtime().Fail(std::move(reason)));
  }
  if (kind == WASMTIME_UPDATE_DEADLINE_CONTINUE) return delta;
  if (kind != WASMTIME_UPDATE_DEADLINE_YIELD) ApiMisuse("an epoch callback answered with an unknown kind");
  if (const abi::Status status = state.Yield(); status != abi::Status::Ok) return std::unexpected(status);
  return delta;
}

}  // namespace

wasmtime_store_t* wasmtime_store_new(wasm_engine_t* engine, void* data, void (*finalizer)(void*)) {
  return new wasmtime_store{StoreState(engine->engine, data, finalizer)};
}

wasmtime_context_t* wasmtime_store_context(wasmtime_store_t* store) { return store->state.context(); }
void wasmtime_store_delete(wasmtime_store_t* store) { delete store; }

void wasmtime_store_limiter(wasmtime_store_t* store, int64_t memory_size, int64_t table_elements, int64_t instances,
                            int64_t tables, int64_t memories) {
  const runtime::StoreLimits defaults;
  runtime::StoreLimits limits;
  limits.max_memory_bytes = LimitOf(memory_size, defaults.max_memory_bytes);
  limits.max_table_elements = LimitOf(table_elements, defaults.max_table_elements);
  limits.max_instances = LimitOf(instances, defaults.max_instances);
  limits.max_tables = LimitOf(tables, defaults.max_tables);
  limits.max_memories = LimitOf(memories, defaults.max_memories);
  store->state.runtime().SetLimits(limits);
}

void* wasmtime_context_get_data(const wasmtime_context_t* context) { return StoreState::Of(context).foreign.data(); }
void wasmtime_context_set_data(wasmtime_context_t* context, void* data) {
  StoreState::Of(context).foreign.set_data(data);
}

wasmtime_error_t* wasmtime_context_gc(wasmtime_context_t* context) {
  if (gc::Heap* const heap = StoreState::Of(context).runtime().heap()) heap->Collect();
  return nullptr;
}

wasmtime_error_t* wasmtime_context_set_fuel(wasmtime_context_t* store, uint64_t fuel) {
  runtime::Store& runtime = StoreState::Of(store).runtime();
  if (!runtime.config().consume_fuel) return NewError(kNoFuel);
  runtime.SetFuel(fuel);
  return nullptr;
}

wasmtime_error_t* wasmtime_context_get_fuel(const wasmtime_context_t* context, uint64_t* fuel) {
  // Reading the fuel changes nothing.
  const runtime::Store& runtime = const_cast<StoreState&>(StoreState::Of(context)).runtime();
  if (!runtime.config().consume_fuel) return NewError(kNoFuel);
  *fuel = runtime.Fuel();
  return nullptr;
}

wasmtime_error_t* wasmtime_context_set_wasi(wasmtime_context_t* context, wasi_config_t* wasi) {
  Result<std::shared_ptr<wasi::WasiContext>> made = TakeWasiContext(wasi);
  if (!made) return NewError(made.error());
  StoreState::Of(context).runtime().data = *std::move(made);
  return nullptr;
}

void wasmtime_context_set_epoch_deadline(wasmtime_context_t* context, uint64_t ticks_beyond_current) {
  StoreState::Of(context).engine_store.SetEpochDeadline(ticks_beyond_current);
}

void wasmtime_store_epoch_deadline_callback(wasmtime_store_t* store,
                                            wasmtime_error_t* (*func)(wasmtime_context_t*, void*, uint64_t*,
                                                                      wasmtime_update_deadline_kind_t*),
                                            void* data, void (*finalizer)(void*)) {
  StoreState& state = store->state;
  auto foreign = std::make_shared<Foreign>(data, finalizer);
  state.runtime().SetEpochCallback([&state, func, foreign] { return AskDeadline(state, func, foreign->data()); });
}
