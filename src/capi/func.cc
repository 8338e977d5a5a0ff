// wasmtime/func.h: functions, calls in both directions, callers.
#include "capi/func.h"

#include <algorithm>
#include <cstring>

#include "abi/gc_layout.h"
#include "capi/types.h"

namespace gantry::capi {

using abi::Slot;
using abi::Status;
using wasm::TypeKind;
using wasm::ValType;

namespace {

constexpr size_t kFewSlots = 32;
constexpr size_t kFewValues = 16;

const wasm::CanonType& TypeOfFunc(const abi::FuncRef* func) { return wasm::TypeRegistry::Get()[func->type()]; }

std::string CountText(const char* what, size_t wanted, size_t got) {
  return "expected " + std::to_string(wanted) + " " + what + ", got " + std::to_string(got);
}

Status EnterChecked(abi::FuncRef* self, abi::Caller* caller, Slot* slots) noexcept {
  const Callback& callback = *static_cast<const Callback*>(static_cast<runtime::HostFunc*>(self->host)->data);
  StoreState& state = StoreState::Of(*caller->store);
  CallbackValues values(state, TypeOfFunc(self), slots);
  wasmtime_caller_t c_caller{caller, &state};
  wasm_trap_t* const trap = callback.checked(callback.env.data(), &c_caller, values.args(), values.arg_count(), values.results(),
                                             values.result_count());
  return trap == nullptr ? values.TakeResults(slots) : EndWith(state, trap);
}

Status EnterUnchecked(abi::FuncRef* self, abi::Caller* caller, Slot* slots) noexcept {
  const Callback& callback = *static_cast<const Callback*>(static_cast<runtime::HostFunc*>(self->host)->data);
  StoreState& state = StoreState::Of(*caller->store);
  const wasm::CanonType& type = TypeOfFunc(self);
  const size_t count = std::max(type.params.size(), type.results.size());
  CallRoom<wasmtime_val_raw_t, kFewValues> raw(count);
  ToRaw(type.params, slots, raw.data());
  wasmtime_caller_t c_caller{caller, &state};
  wasm_trap_t* const trap = callback.unchecked(callback.env.data(), &c_caller, raw.data(), count);
  if (trap != nullptr) return EndWith(state, trap);
  FromRaw(type.results, raw.data(), slots);
  return Status::Ok;
}

void NewFunc(StoreState& state, const wasm_functype_t& type, Callback* callback, wasmtime_func_t* out) {
  wasm::TypeHold hold;
  wasm::TypeRegistry::Get().Keep(type.id, &hold);
  runtime::HostFunc* const func =
      state.runtime().NewHostFunc(type.id, std::move(hold), EntryOf(*callback), callback,
                                  [](void* data) { delete static_cast<Callback*>(data); }, std::string());
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
      return state_.runtime().Fail(std::move(fits).error().WithContext("function attempted to return an incompatible value"));
    }
    slots += type_.results[i].slots();
  }
  return Status::Ok;
}

abi::ArrayEntry EntryOf(const Callback& callback) { return callback.checked != nullptr ? &EnterChecked : &EnterUnchecked; }

void FromRaw(const std::vector<ValType>& types, const wasmtime_val_raw_t* raw, Slot* slots) {
  for (ValType type : types) {
    switch (type.kind()) {
      case TypeKind::I32:
      case TypeKind::F32: *slots++ = static_cast<uint32_t>(raw->i32); break;
      case TypeKind::V128:
        std::memcpy(slots, raw->v128, 16);
        slots += 2;
        break;
      case TypeKind::Ref:
        *slots++ = abi::IsGcRef(type) ? raw->anyref : static_cast<uint64_t>(raw->i64);
        break;
      default: *slots++ = static_cast<uint64_t>(raw->i64);
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

}  // namespace gantry::capi

using namespace gantry;
using namespace gantry::capi;

void wasmtime_func_new(wasmtime_context_t* store, const wasm_functype_t* type, wasmtime_func_callback_t callback, void* env,
                       void (*finalizer)(void*), wasmtime_func_t* ret) {
  NewFunc(StoreState::Of(store), *type, new Callback{callback, nullptr, {env, finalizer}}, ret);
}

void wasmtime_func_new_unchecked(wasmtime_context_t* store, const wasm_functype_t* type, wasmtime_func_unchecked_callback_t callback,
                                 void* env, void (*finalizer)(void*), wasmtime_func_t* ret) {
  NewFunc(StoreState::Of(store), *type, new Callback{nullptr, callback, {env, finalizer}}, ret);
}

wasm_functype_t* wasmtime_func_type(const wasmtime_context_t* store, const wasmtime_func_t* func) {
  return NewFuncType(Unpack(StoreState::Of(store), *func)->type());
}

wasmtime_error_t* wasmtime_func_call(wasmtime_context_t* store, const wasmtime_func_t* func, const wasmtime_val_t* args, size_t nargs,
                                     wasmtime_val_t* results, size_t nresults, wasm_trap_t** trap) {
  StoreState& state = StoreState::Of(store);
  abi::FuncRef* const callee = Unpack(state, *func);
  if (callee == nullptr) return NewError("cannot call a null function reference");
  if (state.is_paused()) [[unlikely]] return PausedError();
  const wasm::CanonType& type = TypeOfFunc(callee);
  if (nargs != type.params.size()) return NewError(CountText("arguments", type.params.size(), nargs));
  if (nresults != type.results.size()) return NewError(CountText("results", type.results.size(), nresults));
  CallRoom<abi::Slot, kFewSlots> slots(std::max(type.param_slots, type.result_slots));
  abi::Slot* to = slots.data();
  for (size_t i = 0; i < nargs; ++i) {
    Result<void> fits = FromVal(state, args[i], type.params[i], to);
    if (!fits) return NewError(std::move(fits).error().WithContext("argument " + std::to_string(i)));
    to += type.params[i].slots();
  }
  const abi::Status status = state.runtime().Call(callee, slots.data());
  if (status != abi::Status::Ok) return Report(state, status, trap);
  const abi::Slot* from = slots.data();
  for (size_t i = 0; i < nresults; ++i) {
    ToVal(state, type.results[i], from, &results[i]);
    from += type.results[i].slots();
  }
  return nullptr;
}

wasmtime_error_t* wasmtime_func_call_unchecked(wasmtime_context_t* store, const wasmtime_func_t* func,
                                               wasmtime_val_raw_t* args_and_results, size_t args_and_results_len, wasm_trap_t** trap) {
  StoreState& state = StoreState::Of(store);
  abi::FuncRef* const callee = Unpack(state, *func);
  if (callee == nullptr) return NewError("cannot call a null function reference");
  if (state.is_paused()) [[unlikely]] return PausedError();
  const wasm::CanonType& type = TypeOfFunc(callee);
  const size_t needed = std::max(type.params.size(), type.results.size());
  if (args_and_results_len < needed) return NewError(CountText("values for arguments and results", needed, args_and_results_len));
  CallRoom<abi::Slot, kFewSlots> slots(std::max(type.param_slots, type.result_slots));
  FromRaw(type.params, args_and_results, slots.data());
  const abi::Status status = state.runtime().Call(callee, slots.data());
  if (status != abi::Status::Ok) return Report(state, status, trap);
  ToRaw(type.results, slots.data(), args_and_results);
  return nullptr;
}

bool wasmtime_caller_export_get(wasmtime_caller_t* caller, const char* name, size_t name_len, wasmtime_extern_t* item) {
  runtime::Instance* const instance = caller->caller->instance;
  if (instance == nullptr) return false;
  const std::optional<runtime::Extern> found = instance->Export(View(name, name_len));
  if (!found || static_cast<int>(found->kind) >= wasm::kCoreKinds) return false;
  *item = ToExtern(*caller->state, *found);
  return true;
}

wasmtime_context_t* wasmtime_caller_context(wasmtime_caller_t* caller) { return caller->state->context(); }

void wasmtime_func_from_raw(wasmtime_context_t* context, void* raw, wasmtime_func_t* ret) {
  *ret = Pack(StoreState::Of(context), static_cast<abi::FuncRef*>(raw));
}

void* wasmtime_func_to_raw(wasmtime_context_t* context, const wasmtime_func_t* func) { return Unpack(StoreState::Of(context), *func); }
