// Functions of the embedder as host functions of the engine.
#pragma once

#include <wasmtime/func.h>

#include "abi/context.h"
#include "capi/core.h"

namespace gantry::capi {

// What a callback gets as its caller is the engine's; good until it returns.
inline wasmtime_caller_t* ToCaller(abi::Caller* caller) { return reinterpret_cast<wasmtime_caller_t*>(caller); }
inline abi::Caller& CallerOf(wasmtime_caller_t* caller) { return *reinterpret_cast<abi::Caller*>(caller); }

// A callback with its environment. `checked` or `unchecked`, one of the two.
struct Callback {
  wasmtime_func_callback_t checked;
  wasmtime_func_unchecked_callback_t unchecked;
  Foreign env;
  CallShape shape;
};

// The entry for a host function whose data is a Callback, and how native code calls it.
abi::ArrayEntry EntryOf(const Callback& callback);
abi::RawHost RawHostOf(const Callback& callback);

// Items with their values on both sides of a call without kinds: one wasmtime_val_raw_t each.
void FromRaw(const std::vector<wasm::ValType>& types, const wasmtime_val_raw_t* raw, abi::Slot* slots);
void ToRaw(const std::vector<wasm::ValType>& types, const abi::Slot* slots, wasmtime_val_raw_t* raw);

// Room for the slots or values of one call: on the stack when they are few.
template <class T, size_t kFew>
class CallRoom {
 public:
  explicit CallRoom(size_t count) : many_(count > kFew ? count : 0), data_(count > kFew ? many_.data() : few_) {}
  CallRoom(const CallRoom&) = delete;
  CallRoom& operator=(const CallRoom&) = delete;
  T* data() { return data_; }

 private:
  T few_[kFew];
  std::vector<T> many_;
  T* data_;
};

// The values of one call of a callback that sees kinds: arguments taken out of slots, room for results. Unroots them
// all.
class CallbackValues {
 public:
  CallbackValues(StoreState& state, const wasm::CanonType& type, const abi::Slot* slots);
  ~CallbackValues();
  CallbackValues(const CallbackValues&) = delete;
  CallbackValues& operator=(const CallbackValues&) = delete;

  wasmtime_val_t* args() { return room_.data(); }
  wasmtime_val_t* results() { return room_.data() + arg_count(); }
  size_t arg_count() const { return type_.params.size(); }
  size_t result_count() const { return type_.results.size(); }
  // Writes the results, which must have their types, to slots.
  abi::Status TakeResults(abi::Slot* slots);

 private:
  static constexpr size_t kFewValues = 16;
  StoreState& state_;
  const wasm::CanonType& type_;
  CallRoom<wasmtime_val_t, kFewValues> room_;
};

}  // namespace gantry::capi
