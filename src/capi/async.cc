// wasmtime/async.h: futures, host functions that let their callers wait, and what makes code pause.
#include "capi/async.h"

#include <wasmtime/async.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "capi/func.h"
#include "capi/linker.h"
#include "capi/types.h"
#include "platform/faults.h"

namespace gantry::capi {

using abi::Slot;
using abi::Status;

// --- calls on fibers

namespace {

// The part of a fiber's stack that no new call from the host begins in, so that the runtime's own frames have room.
constexpr uint64_t kStackReserve = uint64_t{256} << 10;

}  // namespace

Status StoreState::Yield() {
  if (async_call != nullptr && async_call_runs) return async_call->Pause();
  return runtime().Fail(Error(ErrorClass::Usage, "cannot yield outside of an asynchronous call"));
}

Result<void> AsyncCall::Begin() {
  if (state_->async_call != nullptr) {
    return std::unexpected(Error(ErrorClass::Usage, "an asynchronous call of this store has not ended"));
  }
  const engine::Config& config = state_->engine_store.engine()->config();
  runtime::Pool* const pool = state_->engine_store.engine()->pool();
  if (pool != nullptr) GANTRY_RETURN_IF_ERROR(pool->Take(runtime::Pooled::Stack, 1));
  Result<std::unique_ptr<platform::FiberStack>> stack = config.stack_source != nullptr
                                                            ? config.stack_source->New(config.async_stack_size)
                                                            : platform::FiberStack::Take(config.async_stack_size);
  if (!stack) {
    if (pool != nullptr) pool->GiveBack(runtime::Pooled::Stack, 1);
    return std::unexpected(std::move(stack).error());
  }
  const uint64_t size = (*stack)->size();
  state_->runtime().SetNativeStackBound((*stack)->top() - size + std::min(kStackReserve, size / 2));
  fiber_ = std::make_unique<platform::Fiber>(
      *std::move(stack), [](void* call) { static_cast<AsyncCall*>(call)->body_(); }, this);
  state_->async_call = this;
  return {};
}

void AsyncCall::Resume() {
  state_->async_call_runs = true;
  // It may have begun on another thread, and native code faults on this one's alternate stack.
  platform::PrepareThread();
  fiber_->Resume();
  state_->async_call_runs = false;
  if (fiber_->has_returned()) End();
}

void AsyncCall::End() {
  fiber_ = nullptr;
  state_->runtime().SetNativeStackBound(nullptr);
  state_->async_call = nullptr;
  if (runtime::Pool* const pool = state_->engine_store.engine()->pool()) pool->GiveBack(runtime::Pooled::Stack, 1);
}

Result<AsyncCall::Progress> AsyncCall::Run() {
  if (fiber_ == nullptr) GANTRY_RETURN_IF_ERROR(Begin());
  Resume();
  return fiber_ == nullptr ? Progress::Ended : Progress::Paused;
}

void AsyncCall::Abandon() {
  is_abandoned_ = true;
  while (fiber_ != nullptr) Resume();  // [I2]
}

Status AsyncCall::Pause() {
  if (!is_abandoned_) fiber_->Suspend();
  if (!is_abandoned_) return Status::Ok;
  return state_->runtime().Fail(Error(ErrorClass::Host, "the asynchronous call was given up"));
}

}  // namespace gantry::capi

using namespace gantry;
using namespace gantry::capi;

// --- futures

// What happens when a call has ended depends on what was called; every kind hands over its trap and its error.
struct wasmtime_call_future {
  wasmtime_call_future(StoreState& state, wasm_trap_t** trap_ret, wasmtime_error_t** error_ret)
      : trap_to(trap_ret), error_to(error_ret), call(state, [this] { Call(); }) {}
  virtual ~wasmtime_call_future() = default;

  // Runs on the fiber.
  void Call() {
    wasm_trap_t* trap = nullptr;
    wasmtime_error_t* const error = Do(&trap);
    if (call.is_abandoned()) {
      wasm_trap_delete(trap);
      wasmtime_error_delete(error);
      return;
    }
    *trap_to = trap;
    *error_to = error;
    if (trap == nullptr && error == nullptr) Deliver();
  }
  virtual wasmtime_error_t* Do(wasm_trap_t** trap) = 0;
  virtual void Deliver() = 0;

  wasm_trap_t** trap_to;
  wasmtime_error_t** error_to;
  bool has_ended = false;
  AsyncCall call;
};

namespace {

// A call of a function. Has its own arguments, and its own results until the end, so that giving the call up leaks
// nothing.
struct FuncFuture final : wasmtime_call_future {
  FuncFuture(StoreState& state, const wasmtime_func_t& func, const wasmtime_val_t* arg_list, size_t nargs,
             wasmtime_val_t* results_out, size_t nresults, wasm_trap_t** trap_ret, wasmtime_error_t** error_ret)
      : wasmtime_call_future(state, trap_ret, error_ret),
        context(state.context()),
        callee(func),
        args(nargs),
        results(nresults),
        results_to(results_out) {
    for (size_t i = 0; i < nargs; ++i) wasmtime_val_clone(&arg_list[i], &args[i]);
    for (wasmtime_val_t& result : results) result.kind = WASMTIME_I32;
  }
  ~FuncFuture() override {
    call.Abandon();  // before what it works with goes
    for (wasmtime_val_t& arg : args) wasmtime_val_unroot(&arg);
    for (wasmtime_val_t& result : results) wasmtime_val_unroot(&result);
  }

  wasmtime_error_t* Do(wasm_trap_t** trap) override {
    return wasmtime_func_call(context, &callee, args.data(), args.size(), results.data(), results.size(), trap);
  }
  void Deliver() override {
    std::copy(results.begin(), results.end(), results_to);
    results.clear();
  }

  wasmtime_context_t* context;
  wasmtime_func_t callee;
  std::vector<wasmtime_val_t> args, results;
  wasmtime_val_t* results_to;
};

// An instantiation; `make` does it.
struct InstanceFuture final : wasmtime_call_future {
  using Make = std::function<wasmtime_error_t*(wasmtime_instance_t*, wasm_trap_t**)>;
  InstanceFuture(StoreState& state, Make how, wasmtime_instance_t* instance_out, wasm_trap_t** trap_ret,
                 wasmtime_error_t** error_ret)
      : wasmtime_call_future(state, trap_ret, error_ret), make(std::move(how)), instance_to(instance_out) {}
  ~InstanceFuture() override { call.Abandon(); }

  wasmtime_error_t* Do(wasm_trap_t** trap) override { return make(&instance, trap); }
  void Deliver() override { *instance_to = instance; }

  Make make;
  wasmtime_instance_t instance{};
  wasmtime_instance_t* instance_to;
};

// --- host functions that let their callers wait

struct AsyncCallback {
  wasmtime_func_async_callback_t callback;
  Foreign env;
};

// Waits until the continuation says that what it stands for has come about.
Status Await(StoreState& state, const wasmtime_async_continuation_t& continuation) {
  const Foreign env(continuation.env, continuation.finalizer);
  while (continuation.callback != nullptr && !continuation.callback(continuation.env)) {
    const Status status = state.Yield();
    if (status != Status::Ok) return status;
  }
  return Status::Ok;
}

Status EnterAsync(abi::FuncRef* self, abi::Caller* caller, Slot* slots) noexcept {
  const AsyncCallback& callback = *static_cast<const AsyncCallback*>(static_cast<runtime::HostFunc*>(self->host)->data);
  StoreState& state = StoreState::Of(*caller->store);
  CallbackValues values(state, wasm::TypeRegistry::Get()[self->type()], slots);
  wasm_trap_t* trap = nullptr;
  wasmtime_async_continuation_t continuation{};
  callback.callback(callback.env.data(), ToCaller(caller), values.args(), values.arg_count(), values.results(),
                    values.result_count(), &trap, &continuation);
  const Status status = Await(state, continuation);
  if (status != Status::Ok) {
    wasm_trap_delete(trap);
    return status;
  }
  return trap == nullptr ? values.TakeResults(slots) : EndWith(state, trap);
}

constexpr const char* kNotUtf8 = "input was not valid utf-8";

}  // namespace

bool wasmtime_call_future_poll(wasmtime_call_future_t* future) {
  if (future->has_ended || future->call.is_abandoned()) return true;
  Result<AsyncCall::Progress> progress = future->call.Run();
  if (progress && *progress == AsyncCall::Progress::Paused) return false;
  future->has_ended = true;
  if (!progress) *future->error_to = NewError(progress.error());
  return true;
}

void wasmtime_call_future_delete(wasmtime_call_future_t* future) { delete future; }

wasmtime_call_future_t* wasmtime_func_call_async(wasmtime_context_t* context, const wasmtime_func_t* func,
                                                 const wasmtime_val_t* args, size_t nargs, wasmtime_val_t* results,
                                                 size_t nresults, wasm_trap_t** trap_ret,
                                                 wasmtime_error_t** error_ret) {
  return new FuncFuture(StoreState::Of(context), *func, args, nargs, results, nresults, trap_ret, error_ret);
}

wasmtime_call_future_t* wasmtime_linker_instantiate_async(const wasmtime_linker_t* linker, wasmtime_context_t* store,
                                                          const wasmtime_module_t* module,
                                                          wasmtime_instance_t* instance, wasm_trap_t** trap_ret,
                                                          wasmtime_error_t** error_ret) {
  const auto make = [=](wasmtime_instance_t* made, wasm_trap_t** trap) {
    return wasmtime_linker_instantiate(linker, store, module, made, trap);
  };
  return new InstanceFuture(StoreState::Of(store), make, instance, trap_ret, error_ret);
}

wasmtime_call_future_t* wasmtime_instance_pre_instantiate_async(const wasmtime_instance_pre_t* instance_pre,
                                                                wasmtime_context_t* store,
                                                                wasmtime_instance_t* instance, wasm_trap_t** trap_ret,
                                                                wasmtime_error_t** error_ret) {
  const auto make = [=](wasmtime_instance_t* made, wasm_trap_t** trap) {
    return wasmtime_instance_pre_instantiate(instance_pre, store, made, trap);
  };
  return new InstanceFuture(StoreState::Of(store), make, instance, trap_ret, error_ret);
}

wasmtime_error_t* wasmtime_linker_define_async_func(wasmtime_linker_t* linker, const char* module, size_t module_len,
                                                    const char* name, size_t name_len, const wasm_functype_t* ty,
                                                    wasmtime_func_async_callback_t cb, void* data,
                                                    void (*finalizer)(void*)) {
  // Owned from here on: a definition that is refused frees the data as well.
  std::shared_ptr<AsyncCallback> callback(new AsyncCallback{cb, {data, finalizer}});
  if (!IsUtf8(View(module, module_len)) || !IsUtf8(View(name, name_len))) return NewError(kNotUtf8);
  return ErrorOf(
      linker->linker.DefineFunc(View(module, module_len), View(name, name_len),
                                {ty->type().params, ty->type().results, &EnterAsync, std::move(callback), ty->hold}));
}

// --- pausing

wasmtime_error_t* wasmtime_context_fuel_async_yield_interval(wasmtime_context_t* context, uint64_t interval) {
  StoreState& state = StoreState::Of(context);
  if (!state.runtime().config().consume_fuel) return NewError("fuel is not configured in this store");
  state.runtime().SetFuelYield(interval, [&state] { return state.Yield(); });
  return nullptr;
}

wasmtime_error_t* wasmtime_context_epoch_deadline_async_yield_and_update(wasmtime_context_t* context, uint64_t delta) {
  StoreState& state = StoreState::Of(context);
  state.runtime().SetEpochCallback([&state, delta]() -> std::expected<uint64_t, Status> {
    const Status status = state.Yield();
    if (status != Status::Ok) return std::unexpected(status);
    return delta;
  });
  return nullptr;
}
