// Functions of wasm.h: the embedder's, and calls. Tested by tests/capi/wasm_func.c.
#include <algorithm>
#include <utility>

#include "capi/func.h"
#include "capi/kinds.h"
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
  CallShape shape;

  wasm_trap_t* Run(const wasm_val_vec_t* args, wasm_val_vec_t* results) const {
    return plain != nullptr ? plain(args, results) : with_env(env.data(), args, results);
  }
};

const wasm::CanonType& TypeOfFunc(const wasm_func_t* func) {
  return wasm::TypeRegistry::Get()[func->item.func->type()];
}

// The kinds of numbers are the same in wasm.h and wasmtime.h.
static_assert(WASM_I32 == WASMTIME_I32 && WASM_I64 == WASMTIME_I64 && WASM_F32 == WASMTIME_F32 &&
              WASM_F64 == WASMTIME_F64);

// Value `i` of a plain shape, which has these bits.
void SetNumber(const CallShape& shape, size_t i, Slot bits, wasm_val_t* out) {
  out->kind = shape.kinds[i];
  out->of.i64 = static_cast<int64_t>(bits);
}

// Values of one side of a callback; releases them.
class CallbackValues {
 public:
  explicit CallbackValues(size_t count) : room_(count) {
    if (count != 0) vec_ = {count, room_.data()};
  }
  ~CallbackValues() {
    for (wasm_val_t& val : Elements(vec_)) {
      if (CarriedByReference(val.kind)) wasm_val_delete(&val);
    }
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

const WasmCallback& CallbackOf(const abi::FuncRef* self) {
  return *static_cast<const WasmCallback*>(static_cast<const runtime::HostFunc*>(self->host)->data);
}

// What a callback has given, as slots.
[[gnu::noinline]] Status TakeResults(WasmStore& store, const wasm::CanonType& type, const wasm_val_vec_t& results,
                                     Slot* slots) {
  const auto given = Elements(results);
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

Status Enter(abi::FuncRef* self, abi::Caller*, Slot* slots) noexcept {
  const WasmCallback& callback = CallbackOf(self);
  WasmStore& store = *callback.store;
  const wasm::CanonType& type = *callback.shape.type;
  CallbackValues args(type.params.size()), results(type.results.size());
  const Slot* from = slots;
  for (size_t i = 0; i < type.params.size(); ++i) {
    FromSlots(store, type.params[i], from, &args.vec()->data[i]);
    from += type.params[i].slots();
  }
  for (size_t i = 0; i < type.results.size(); ++i) results.vec()->data[i] = NullOf(type.results[i]);
  if (wasm_trap_t* const trap = callback.Run(args.vec(), results.vec()); trap != nullptr)
    return EndWithTrap(store, trap);
  return TakeResults(store, type, *results.vec(), slots);
}

// The same for plain shapes.
Status EnterPlain(abi::FuncRef* self, abi::Caller*, Slot* slots) noexcept {
  const WasmCallback& callback = CallbackOf(self);
  const CallShape& shape = callback.shape;
  CallbackValues args(shape.params), results(shape.results);
  for (size_t i = 0; i < shape.params; ++i) SetNumber(shape, i, slots[i], &args.vec()->data[i]);
  for (size_t i = 0; i < shape.results; ++i) SetNumber(shape, shape.params + i, 0, &results.vec()->data[i]);
  if (wasm_trap_t* const trap = callback.Run(args.vec(), results.vec()); trap != nullptr) [[unlikely]]
    return EndWithTrap(*callback.store, trap);
  const wasm_val_vec_t& given = *results.vec();
  if (given.size < shape.results) [[unlikely]]
    return TakeResults(*callback.store, *shape.type, given, slots);
  for (size_t i = 0; i < shape.results; ++i) {
    if (given.data[i].kind != shape.kinds[shape.params + i]) [[unlikely]]
      return TakeResults(*callback.store, *shape.type, given, slots);
    slots[i] = shape.ToSlot(shape.params + i, given.data[i].of.i64);
  }
  return Status::Ok;
}

wasm_func_t* NewFunc(WasmStore& store, const wasm_functype_t& type, WasmCallback* callback) {
  wasm::TypeHold hold;
  wasm::TypeRegistry::Get().Keep(type.id, &hold);
  callback->shape = CallShape(wasm::TypeRegistry::Get()[type.id]);
  const auto finalizer = [](void* data) { delete static_cast<WasmCallback*>(data); };
  runtime::HostFunc* const func = store.runtime().NewHostFunc(
      type.id, std::move(hold), callback->shape.is_plain ? &EnterPlain : &Enter, callback, finalizer, std::string());
  return store.RecordOf(&func->ref);
}

[[gnu::cold, gnu::noinline]] wasm_trap_t* WrongCounts(WasmStore& store, const CallShape& shape, size_t args,
                                                      size_t results) {
  const auto expected = [&](const char* what, size_t wanted, size_t got) {
    return NewTrap(store, Error(ErrorClass::Usage,
                                "expected " + std::to_string(wanted) + " " + what + ", got " + std::to_string(got)));
  };
  if (args != shape.params) return expected("arguments", shape.params, args);
  return expected("results", shape.results, results);
}

// The trap of a call that ended badly.
[[gnu::noinline]] wasm_trap_t* Ended(WasmStore& store, Status status) {
  wasm_trap_t* const trap = NewTrap(store, engine::TakeFailure(store.runtime(), status));
  store.Settle();
  return trap;
}

// A call with values of any types, as many as the function has. `room` is empty if nobody wants the results.
[[gnu::noinline]] wasm_trap_t* CallAny(WasmStore& store, abi::FuncRef* callee, const wasm::CanonType& type,
                                       std::span<const wasm_val_t> args, std::span<wasm_val_t> room) {
  CallRoom<Slot, kFewSlots> slots(std::max(type.param_slots, type.result_slots));
  if (Result<void> fits = ToSlots(store, args, type.params, slots.data()); !fits) return NewTrap(store, fits.error());
  const Status status = store.runtime().Call(callee, slots.data());
  if (status != Status::Ok) return Ended(store, status);
  if (!room.empty()) {
    const Slot* from = slots.data();
    for (size_t i = 0; i < type.results.size(); ++i) {
      FromSlots(store, type.results[i], from, &room[i]);
      from += type.results[i].slots();
    }
  }
  store.Settle();
  return nullptr;
}

}  // namespace

}  // namespace gantry::capi

using namespace gantry;        // NOLINT: from here on the C functions
using namespace gantry::capi;  // NOLINT

wasm_func_t* wasm_func_new(wasm_store_t* store, const wasm_functype_t* type, wasm_func_callback_t callback) {
  WasmStore& to = *store->store;
  return NewFunc(to, *type, new WasmCallback{callback, nullptr, {nullptr, nullptr}, &to, {}});
}

wasm_func_t* wasm_func_new_with_env(wasm_store_t* store, const wasm_functype_t* type,
                                    wasm_func_callback_with_env_t callback, void* env, void (*finalizer)(void*)) {
  WasmStore& to = *store->store;
  return NewFunc(to, *type, new WasmCallback{nullptr, callback, {env, finalizer}, &to, {}});
}

wasm_functype_t* wasm_func_type(const wasm_func_t* func) { return NewFuncType(func->item.func->type()); }
size_t wasm_func_param_arity(const wasm_func_t* func) { return TypeOfFunc(func).params.size(); }
size_t wasm_func_result_arity(const wasm_func_t* func) { return TypeOfFunc(func).results.size(); }

wasm_trap_t* wasm_func_call(const wasm_func_t* func, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  WasmStore& store = *func->store;
  abi::FuncRef* const callee = func->item.func;
  const CallShape& shape = store.state().ShapeOf(callee);
  const std::span<const wasm_val_t> given = args == nullptr ? std::span<wasm_val_t>() : Elements(*args);
  const std::span<wasm_val_t> room = results == nullptr ? std::span<wasm_val_t>() : Elements(*results);
  if (given.size() != shape.params || (!room.empty() && room.size() < shape.results)) [[unlikely]]
    return WrongCounts(store, shape, given.size(), room.size());
  if (!shape.is_plain) return CallAny(store, callee, *shape.type, given, room);
  Slot slots[CallShape::kMostValues];
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i].kind != shape.kinds[i]) [[unlikely]]
      return CallAny(store, callee, *shape.type, given, room);
    slots[i] = shape.ToSlot(i, given[i].of.i64);
  }
  const Status status = store.runtime().Call(callee, slots);
  if (status != Status::Ok) [[unlikely]]
    return Ended(store, status);
  if (!room.empty()) {
    const CallShape& again = store.state().ShapeOf(callee);
    for (size_t i = 0; i < again.results; ++i) SetNumber(again, again.params + i, slots[i], &room[i]);
  }
  store.Settle();
  return nullptr;
}
