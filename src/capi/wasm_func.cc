// Functions of wasm.h: the embedder's, and calls. Tested by tests/capi/wasm_func.c.
#include <algorithm>
#include <utility>

#include "capi/func.h"
#include "capi/types.h"
#include "capi/vec.h"
#include "capi/wasm_values.h"

namespace gantry::capi {

using abi::Slot;
using abi::Status;

namespace {

constexpr size_t kFewSlots = 32;
constexpr size_t kFewValues = 16;

// A callback of the embedder's. `plain` or `with_env`, one of the two.
struct WasmCallback {
  wasm_func_callback_t plain;
  wasm_func_callback_with_env_t with_env;
  Foreign env;
  WasmStore* store;

  wasm_trap_t* Run(const wasm_val_vec_t* args, wasm_val_vec_t* results) const {
    return plain != nullptr ? plain(args, results) : with_env(env.data(), args, results);
  }
};

const wasm::CanonType& TypeOfFunc(const wasm_func_t* func) {
  return wasm::TypeRegistry::Get()[func->item.func->type()];
}

// Values of one side of a callback; releases them.
class CallbackValues {
 public:
  explicit CallbackValues(size_t count) : room_(count) {
    if (count != 0) vec_ = {count, room_.data()};
  }
  ~CallbackValues() {
    for (wasm_val_t& val : Elements(vec_)) wasm_val_delete(&val);
    if (vec_.data != room_.data()) std::free(vec_.data);  // the embedder has made a vector of its own
  }
  wasm_val_vec_t* vec() { return &vec_; }

 private:
  CallRoom<wasm_val_t, kFewValues> room_;
  wasm_val_vec_t vec_ = {0, nullptr};
};

// Ends the running call with the embedder's trap, which whoever asks for the failure gets again.
Status EndWithTrap(WasmStore& store, wasm_trap_t* trap) {
  wasm_trap_t* const copy = NewTrap(trap->data);
  store.pending_trap.reset(trap->data.is_exception ? nullptr : Copy(trap));  // exceptions can be caught on their way
  if (trap->home == nullptr) store.Adopt(trap);
  Release(trap);
  return EndWith(store.state(), copy);
}

Status Enter(abi::FuncRef* self, abi::Caller*, Slot* slots) noexcept {
  const WasmCallback& callback = *static_cast<const WasmCallback*>(static_cast<runtime::HostFunc*>(self->host)->data);
  WasmStore& store = *callback.store;
  const wasm::CanonType& type = wasm::TypeRegistry::Get()[self->type()];
  CallbackValues args(type.params.size()), results(type.results.size());
  const Slot* from = slots;
  for (size_t i = 0; i < type.params.size(); ++i) {
    FromSlots(store, type.params[i], from, &args.vec()->data[i]);
    from += type.params[i].slots();
  }
  for (size_t i = 0; i < type.results.size(); ++i) results.vec()->data[i] = NullOf(type.results[i]);
  if (wasm_trap_t* const trap = callback.Run(args.vec(), results.vec()); trap != nullptr)
    return EndWithTrap(store, trap);
  const auto given = Elements(*results.vec());
  Result<void> fits;
  if (given.size() < type.results.size()) {
    fits = std::unexpected(Error(ErrorClass::Usage, "too few results"));
  } else {
    fits = ToSlots(store, given.first(type.results.size()), type.results, slots);
  }
  if (fits) return Status::Ok;
  return store.runtime().Fail(
      std::move(fits).error().WithContext("function attempted to return an incompatible value"));
}

wasm_func_t* NewFunc(WasmStore& store, const wasm_functype_t& type, WasmCallback* callback) {
  wasm::TypeHold hold;
  wasm::TypeRegistry::Get().Keep(type.id, &hold);
  const auto finalizer = [](void* data) { delete static_cast<WasmCallback*>(data); };
  runtime::HostFunc* const func =
      store.runtime().NewHostFunc(type.id, std::move(hold), &Enter, callback, finalizer, std::string());
  return store.RecordOf(&func->ref);
}

Error WrongCount(const char* what, size_t wanted, size_t got) {
  return Error(ErrorClass::Usage, "expected " + std::to_string(wanted) + " " + what + ", got " + std::to_string(got));
}

}  // namespace

}  // namespace gantry::capi

using namespace gantry;        // NOLINT: from here on the C functions
using namespace gantry::capi;  // NOLINT

wasm_func_t* wasm_func_new(wasm_store_t* store, const wasm_functype_t* type, wasm_func_callback_t callback) {
  WasmStore& to = *store->store;
  return NewFunc(to, *type, new WasmCallback{callback, nullptr, {nullptr, nullptr}, &to});
}

wasm_func_t* wasm_func_new_with_env(wasm_store_t* store, const wasm_functype_t* type,
                                    wasm_func_callback_with_env_t callback, void* env, void (*finalizer)(void*)) {
  WasmStore& to = *store->store;
  return NewFunc(to, *type, new WasmCallback{nullptr, callback, {env, finalizer}, &to});
}

wasm_functype_t* wasm_func_type(const wasm_func_t* func) { return NewFuncType(func->item.func->type()); }
size_t wasm_func_param_arity(const wasm_func_t* func) { return TypeOfFunc(func).params.size(); }
size_t wasm_func_result_arity(const wasm_func_t* func) { return TypeOfFunc(func).results.size(); }

wasm_trap_t* wasm_func_call(const wasm_func_t* func, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  WasmStore& store = *func->store;
  const wasm::CanonType& type = TypeOfFunc(func);
  const std::span<const wasm_val_t> given = args == nullptr ? std::span<wasm_val_t>() : Elements(*args);
  const std::span<wasm_val_t> room = results == nullptr ? std::span<wasm_val_t>() : Elements(*results);
  if (given.size() != type.params.size())
    return NewTrap(store, WrongCount("arguments", type.params.size(), given.size()));
  const bool wants_results = !room.empty();
  if (wants_results && room.size() < type.results.size()) {
    return NewTrap(store, WrongCount("results", type.results.size(), room.size()));
  }
  CallRoom<Slot, kFewSlots> slots(std::max(type.param_slots, type.result_slots));
  if (Result<void> fits = ToSlots(store, given, type.params, slots.data()); !fits) return NewTrap(store, fits.error());
  const Status status = store.runtime().Call(func->item.func, slots.data());
  wasm_trap_t* const trap =
      status == Status::Ok ? nullptr : NewTrap(store, engine::TakeFailure(store.runtime(), status));
  if (trap == nullptr && wants_results) {
    const Slot* from = slots.data();
    for (size_t i = 0; i < type.results.size(); ++i) {
      FromSlots(store, type.results[i], from, &room[i]);
      from += type.results[i].slots();
    }
  }
  store.Settle();
  return trap;
}
