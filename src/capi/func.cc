// wasmtime/func.h: functions, calls in both directions, callers.
#include "capi/func.h"

#include <algorithm>
#include <cstring>

#include "abi/gc_layout.h"
#include "capi/types.h"
#include "runtime/native_code.h"

namespace gantry::capi {

using abi::Slot;
using abi::Status;
using wasm::TypeKind;
using wasm::ValType;

namespace {

constexpr size_t kFewSlots = 32;
constexpr size_t kFewValues = 16;

std::string CountText(const char* what, size_t wanted, size_t got) {
  return "expected " + std::to_string(wanted) + " " + what + ", got " + std::to_string(got);
}

// A host function begins with its reference.
const Callback& CallbackOf(const abi::FuncRef* self) {
  static_assert(offsetof(runtime::HostFunc, ref) == 0);
  return *static_cast<const Callback*>(reinterpret_cast<const runtime::HostFunc*>(self)->data);
}

Status EnterChecked(abi::FuncRef* self, abi::Caller* caller, Slot* slots) noexcept {
  const Callback& callback = CallbackOf(self);
  StoreState& state = StoreState::Of(*caller->store);
  CallbackValues values(state, *callback.shape.type, slots);
  wasm_trap_t* const trap = callback.checked(callback.env.data(), ToCaller(caller), values.args(), values.arg_count(),
                                             values.results(), values.result_count());
  return trap == nullptr ? values.TakeResults(slots) : EndWith(state, trap);
}

// A callback that was to give numbers has given something else: says so, and releases what it has given.
[[gnu::cold, gnu::noinline]] Status RefuseResults(StoreState& state, const CallShape& shape, wasmtime_val_t* results) {
  Status status = Status::Ok;
  Slot slot[2];
  for (size_t i = 0; i < shape.results; ++i) {
    Result<void> fits = FromVal(state, results[i], shape.type->results[i], slot);
    if (!fits && status == Status::Ok) {
      status = state.runtime().Fail(
          std::move(fits).error().WithContext("function attempted to return an incompatible value"));
    }
    wasmtime_val_unroot(&results[i]);
  }
  return status;
}

// The same for plain shapes.
Status EnterCheckedPlain(abi::FuncRef* self, abi::Caller* caller, Slot* slots) noexcept {
  const Callback& callback = CallbackOf(self);
  const CallShape& shape = callback.shape;
  StoreState& state = StoreState::Of(*caller->store);
  wasmtime_val_t values[CallShape::kMostValues];
  for (size_t i = 0; i < shape.params; ++i) {
    values[i].kind = shape.kinds[i];
    values[i].of.i64 = static_cast<int64_t>(slots[i]);
  }
  wasmtime_val_t* const results = values + shape.params;
  for (size_t i = 0; i < shape.results; ++i) {
    results[i].kind = WASMTIME_I32;
    results[i].of.i64 = 0;
  }
  wasm_trap_t* const trap =
      callback.checked(callback.env.data(), ToCaller(caller), values, shape.params, results, shape.results);
  if (trap != nullptr) [[unlikely]] {
    for (size_t i = 0; i < shape.results; ++i) wasmtime_val_unroot(&results[i]);
    return EndWith(state, trap);
  }
  for (size_t i = 0; i < shape.results; ++i) {
    if (results[i].kind != shape.kinds[shape.params + i]) [[unlikely]]
      return RefuseResults(state, shape, results);
    slots[i] = shape.ToSlot(shape.params + i, results[i].of.i64);
  }
  return Status::Ok;
}

Status EnterUncheckedPlain(abi::FuncRef* self, abi::Caller* caller, Slot* slots) noexcept {
  const Callback& callback = CallbackOf(self);
  const CallShape& shape = callback.shape;
  StoreState& state = StoreState::Of(*caller->store);
  wasmtime_val_raw_t raw[CallShape::kMostValues];
  for (size_t i = 0; i < shape.params; ++i) raw[i].i64 = static_cast<int64_t>(slots[i]);
  wasm_trap_t* const trap = callback.unchecked(callback.env.data(), ToCaller(caller), raw, shape.raw_values);
  if (trap != nullptr) [[unlikely]]
    return EndWith(state, trap);
  for (size_t i = 0; i < shape.results; ++i) slots[i] = shape.ToSlot(shape.params + i, raw[i].i64);
  return Status::Ok;
}

Status EnterUnchecked(abi::FuncRef* self, abi::Caller* caller, Slot* slots) noexcept {
  const Callback& callback = CallbackOf(self);
  StoreState& state = StoreState::Of(*caller->store);
  const wasm::CanonType& type = *callback.shape.type;
  const size_t count = std::max(type.params.size(), type.results.size());
  CallRoom<wasmtime_val_raw_t, kFewValues> raw(count);
  ToRaw(type.params, slots, raw.data());
  wasm_trap_t* const trap = callback.unchecked(callback.env.data(), ToCaller(caller), raw.data(), count);
  if (trap != nullptr) return EndWith(state, trap);
  FromRaw(type.results, raw.data(), slots);
  return Status::Ok;
}

void NewFunc(StoreState& state, const wasm_functype_t& type, Callback* callback, wasmtime_func_t* out) {
  wasm::TypeHold hold;
  wasm::TypeRegistry::Get().Keep(type.id, &hold);
  runtime::HostFunc* const func = state.runtime().NewHostFunc(
      type.id, std::move(hold), EntryOf(*callback), callback, [](void* data) { delete static_cast<Callback*>(data); },
      std::string());
  func->raw = RawHostOf(*callback);
  *out = Pack(state, &func->ref);
}

}  // namespace

CallbackValues::CallbackValues(StoreState& state, const wasm::CanonType& type, const Slot* slots)
    : state_(state), type_(type), room_(type.params.size() + type.results.size()) {
  for (size_t i = 0; i < arg_count(); ++i) {
    ToVal(state, type.params[i], slots, &args()[i]);
    slots += type.params[i].slots();
  }
  for (size_t i = 0; i < result_count(); ++i) {
    results()[i].kind = WASMTIME_I32;
    results()[i].of.i32 = 0;
  }
}

CallbackValues::~CallbackValues() {
  for (size_t i = 0; i < arg_count() + result_count(); ++i) wasmtime_val_unroot(&room_.data()[i]);
}

Status CallbackValues::TakeResults(Slot* slots) {
  for (size_t i = 0; i < result_count(); ++i) {
    Result<void> fits = FromVal(state_, results()[i], type_.results[i], slots);
    if (!fits) {
      return state_.runtime().Fail(
          std::move(fits).error().WithContext("function attempted to return an incompatible value"));
    }
    slots += type_.results[i].slots();
  }
  return Status::Ok;
}

abi::ArrayEntry EntryOf(const Callback& callback) {
  const CallShape& shape = callback.shape;
  if (shape.is_plain && callback.checked != nullptr) return &EnterCheckedPlain;
  if (shape.is_plain) return &EnterUncheckedPlain;
  return callback.checked != nullptr ? &EnterChecked : &EnterUnchecked;
}

abi::RawHost RawHostOf(const Callback& callback) {
  static_assert(sizeof(wasmtime_val_raw_t) == 16);
  if (callback.unchecked == nullptr) return {};
  const auto end = [](abi::Caller* caller, void* trap) {
    return EndWith(StoreState::Of(*caller->store), static_cast<wasm_trap_t*>(trap));
  };
  return {reinterpret_cast<void* (*)(void*, abi::Caller*, void*, size_t)>(callback.unchecked), callback.env.data(),
          end};
}

CallShape::CallShape(const wasm::CanonType& of)
    : type(&of),
      params(static_cast<uint32_t>(of.params.size())),
      results(static_cast<uint32_t>(of.results.size())),
      raw_values(std::max(params, results)) {
  if (params > kMostValues || results > kMostValues - params) return;
  wasmtime_valkind_t* kind = kinds;
  for (const std::vector<ValType>* side : {&of.params, &of.results}) {
    for (ValType value : *side) {
      *kind = KindOf(value);
      if (*kind++ > WASMTIME_F64) return;
    }
  }
  is_plain = true;
}

CallShape::CallShape(const abi::FuncRef* func) : CallShape(wasm::TypeRegistry::Get()[func->type()]) {
  if (func->kind() != abi::FuncKind::Native) return;
  raw_entry = func->context->instance->compiled()->native->RawEntry(func->func_index);
}

void FromRaw(const std::vector<ValType>& types, const wasmtime_val_raw_t* raw, Slot* slots) {
  for (ValType type : types) {
    switch (type.kind()) {
      case TypeKind::I32:
      case TypeKind::F32:
        *slots++ = static_cast<uint32_t>(raw->i32);
        break;
      case TypeKind::V128:
        std::memcpy(slots, raw->v128, 16);
        slots += 2;
        break;
      case TypeKind::Ref:
        *slots++ = abi::IsGcRef(type) ? raw->anyref : static_cast<uint64_t>(raw->i64);
        break;
      default:
        *slots++ = static_cast<uint64_t>(raw->i64);
    }
    ++raw;
  }
}

void ToRaw(const std::vector<ValType>& types, const Slot* slots, wasmtime_val_raw_t* raw) {
  for (ValType type : types) {
    if (type.kind() == TypeKind::V128) {
      std::memcpy(raw->v128, slots, 16);
    } else {
      raw->i64 = static_cast<int64_t>(*slots);
    }
    slots += type.slots();
    ++raw;
  }
}

namespace {

[[gnu::cold, gnu::noinline]] wasmtime_error_t* NullFunction() {
  return NewError("cannot call a null function reference");
}

[[gnu::cold, gnu::noinline]] wasmtime_error_t* WrongCounts(const CallShape& shape, size_t nargs, size_t nresults) {
  if (nargs != shape.params) return NewError(CountText("arguments", shape.params, nargs));
  return NewError(CountText("results", shape.results, nresults));
}

[[gnu::cold, gnu::noinline]] wasmtime_error_t* TooFewValues(const CallShape& shape, size_t given) {
  return NewError(CountText("values for arguments and results", shape.raw_values, given));
}

// A call with values of any types, as many as the function has.
[[gnu::noinline]] wasmtime_error_t* CallAny(StoreState& state, abi::FuncRef* callee, const wasm::CanonType& type,
                                            const wasmtime_val_t* args, wasmtime_val_t* results, wasm_trap_t** trap) {
  CallRoom<Slot, kFewSlots> slots(std::max(type.param_slots, type.result_slots));
  Slot* to = slots.data();
  for (size_t i = 0; i < type.params.size(); ++i) {
    Result<void> fits = FromVal(state, args[i], type.params[i], to);
    if (!fits) return NewError(std::move(fits).error().WithContext("argument " + std::to_string(i)));
    to += type.params[i].slots();
  }
  const Status status = state.runtime().Call(callee, slots.data());
  if (status != Status::Ok) return Report(state, status, trap);
  const Slot* from = slots.data();
  for (size_t i = 0; i < type.results.size(); ++i) {
    ToVal(state, type.results[i], from, &results[i]);
    from += type.results[i].slots();
  }
  return nullptr;
}

[[gnu::noinline]] wasmtime_error_t* CallAnyUnchecked(StoreState& state, abi::FuncRef* callee,
                                                     const wasm::CanonType& type, wasmtime_val_raw_t* values,
                                                     wasm_trap_t** trap) {
  CallRoom<Slot, kFewSlots> slots(std::max(type.param_slots, type.result_slots));
  FromRaw(type.params, values, slots.data());
  const Status status = state.runtime().Call(callee, slots.data());
  if (status != Status::Ok) return Report(state, status, trap);
  ToRaw(type.results, slots.data(), values);
  return nullptr;
}

}  // namespace

}  // namespace gantry::capi

using namespace gantry;
using namespace gantry::capi;

void wasmtime_func_new(wasmtime_context_t* store, const wasm_functype_t* type, wasmtime_func_callback_t callback,
                       void* env, void (*finalizer)(void*), wasmtime_func_t* ret) {
  NewFunc(StoreState::Of(store), *type, new Callback{callback, nullptr, {env, finalizer}, CallShape(type->type())},
          ret);
}

void wasmtime_func_new_unchecked(wasmtime_context_t* store, const wasm_functype_t* type,
                                 wasmtime_func_unchecked_callback_t callback, void* env, void (*finalizer)(void*),
                                 wasmtime_func_t* ret) {
  NewFunc(StoreState::Of(store), *type, new Callback{nullptr, callback, {env, finalizer}, CallShape(type->type())},
          ret);
}

wasm_functype_t* wasmtime_func_type(const wasmtime_context_t* store, const wasmtime_func_t* func) {
  return NewFuncType(Unpack(StoreState::Of(store), *func)->type());
}

wasmtime_error_t* wasmtime_func_call(wasmtime_context_t* store, const wasmtime_func_t* func, const wasmtime_val_t* args,
                                     size_t nargs, wasmtime_val_t* results, size_t nresults, wasm_trap_t** trap) {
  StoreState& state = StoreState::Of(store);
  abi::FuncRef* const callee = Unpack(state, *func);
  if (callee == nullptr) [[unlikely]]
    return NullFunction();
  if (state.is_paused()) [[unlikely]]
    return PausedError();
  const CallShape& shape = state.ShapeOf(callee);
  if (nargs != shape.params || nresults != shape.results) [[unlikely]]
    return WrongCounts(shape, nargs, nresults);
  if (!shape.is_plain) return CallAny(state, callee, *shape.type, args, results, trap);
  abi::Slot slots[CallShape::kMostValues];
  for (size_t i = 0; i < nargs; ++i) {
    if (args[i].kind != shape.kinds[i]) [[unlikely]]
      return CallAny(state, callee, *shape.type, args, results, trap);
    slots[i] = shape.ToSlot(i, args[i].of.i64);
  }
  const abi::Status status = state.runtime().Call(callee, slots);
  if (status != abi::Status::Ok) [[unlikely]]
    return Report(state, status, trap);
  const wasmtime_valkind_t* const kinds = state.ShapeOf(callee).kinds + nargs;
  for (size_t i = 0; i < nresults; ++i) {
    results[i].kind = kinds[i];
    results[i].of.i64 = static_cast<int64_t>(slots[i]);
  }
  return nullptr;
}

wasmtime_error_t* wasmtime_func_call_unchecked(wasmtime_context_t* store, const wasmtime_func_t* func,
                                               wasmtime_val_raw_t* args_and_results, size_t args_and_results_len,
                                               wasm_trap_t** trap) {
  StoreState& state = StoreState::Of(store);
  abi::FuncRef* const callee = Unpack(state, *func);
  if (callee == nullptr) [[unlikely]]
    return NullFunction();
  if (state.is_paused()) [[unlikely]]
    return PausedError();
  const CallShape& shape = state.ShapeOf(callee);
  if (args_and_results_len < shape.raw_values) [[unlikely]]
    return TooFewValues(shape, args_and_results_len);
  if (shape.raw_entry == nullptr) [[unlikely]]
    return CallAnyUnchecked(state, callee, *shape.type, args_and_results, trap);
  const abi::Status status = state.runtime().Call(shape.raw_entry, callee, args_and_results);
  return status == abi::Status::Ok ? nullptr : Report(state, status, trap);
}

bool wasmtime_caller_export_get(wasmtime_caller_t* caller, const char* name, size_t name_len, wasmtime_extern_t* item) {
  runtime::Instance* const instance = CallerOf(caller).instance;
  if (instance == nullptr) return false;
  const std::optional<runtime::Extern> found = instance->Export(View(name, name_len));
  if (!found || static_cast<int>(found->kind) >= wasm::kCoreKinds) return false;
  *item = ToExtern(StoreState::Of(*CallerOf(caller).store), *found);
  return true;
}

wasmtime_context_t* wasmtime_caller_context(wasmtime_caller_t* caller) {
  return StoreState::Of(*CallerOf(caller).store).context();
}

void wasmtime_func_from_raw(wasmtime_context_t* context, void* raw, wasmtime_func_t* ret) {
  *ret = Pack(StoreState::Of(context), static_cast<abi::FuncRef*>(raw));
}

void* wasmtime_func_to_raw(wasmtime_context_t* context, const wasmtime_func_t* func) {
  return Unpack(StoreState::Of(context), *func);
}
