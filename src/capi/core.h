// What all of the C API stands on: stores as embedders see them, handles, values, errors.
//
// [I1] A handle of wasmtime.h is a store id and the address of the store's object, split over its private words. The id
// of a store
//      is never used again, so a handle whose id fits names a living object.
// [I2] A handle with another store's id is a bug of the embedder: functions that can return an error do, the others end
// the
//      process through ApiMisuse.
// [I3] References that the embedder holds live in RootCells. The store scans its cells as roots; the handles that share
// a cell count
//      themselves, and may outlive the store.
//
// Tested by tests/capi.
#pragma once

#include <wasm.h>
#include <wasmtime/extern.h>
#include <wasmtime/instance.h>
#include <wasmtime/store.h>
#include <wasmtime/val.h>

#include <atomic>
#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capi/call_shape.h"
#include "engine/engine.h"
#include "engine/failure.h"
#include "engine/module.h"
#include "runtime/instance.h"
#include "wasi/p1/context.h"

struct wasm_engine_t {
  std::shared_ptr<gantry::engine::Engine> engine;
};

struct wasmtime_module {
  std::shared_ptr<const gantry::engine::Module> module;
};

namespace gantry::capi {

// Something of the embedder's with the function that frees it.
class Foreign {
 public:
  Foreign(void* data, void (*finalizer)(void*)) : data_(data), finalizer_(finalizer) {}
  Foreign(const Foreign&) = delete;
  Foreign& operator=(const Foreign&) = delete;
  ~Foreign() {
    if (finalizer_ != nullptr) finalizer_(data_);
  }
  void* data() const { return data_; }
  void set_data(void* data) { data_ = data; }

 private:
  void* data_;
  void (*finalizer_)(void*);
};

// One frame of a backtrace, readable after its store is gone.
struct FrameData {
  std::shared_ptr<const runtime::CompiledModule> module;
  runtime::Instance* instance;  // only to be used while the store with store_id lives
  uint64_t store_id;
  uint32_t func_index;
  uint32_t module_offset;  // of the instruction
  uint32_t func_offset;    // the same from the start of the function's body
};
std::vector<FrameData> FramesOf(const std::vector<runtime::Frame>& frames);

// A trap in the embedder's hands (wasm_trap_t, wasm_refs.h), also what its callbacks end a call with.
struct TrapData {
  std::string message;                // innermost cause
  std::optional<abi::TrapCode> code;  // of a trap of WebAssembly; else the message is the embedder's
  std::optional<uint8_t> api_code;    // wasmtime_trap_code, also of codes that nothing here raises
  bool is_exception = false;          // stands for the exception pending in the store (StoreState::exception)
  std::optional<int32_t> exit_status;
  std::vector<FrameData> frames;           // innermost first
  std::vector<runtime::Frame> raw_frames;  // the same, to pass the trap on within its store
  // The whole text: backtrace and causes.
  std::string Text() const;
};

// References held by the embedder [I3].
struct RootCell {
  std::atomic<uint32_t> count;  // handles, and one of the store while it lives
  gc::Ref ref;
  RootCell* next;
};
void Drop(RootCell* cell);  // one count less; any thread

class AsyncCall;

// A store with what the C API adds to it. wasmtime_context_t is this.
class StoreState {
  uint64_t id_;  // first: every use of a handle looks at it

 public:
  StoreState(std::shared_ptr<engine::Engine> engine, void* data, void (*finalizer)(void*));
  explicit StoreState(std::shared_ptr<engine::Engine> engine) : StoreState(std::move(engine), nullptr, nullptr) {}
  ~StoreState();
  StoreState(const StoreState&) = delete;
  StoreState& operator=(const StoreState&) = delete;

  static StoreState& Of(wasmtime_context_t* context) { return *reinterpret_cast<StoreState*>(context); }
  static const StoreState& Of(const wasmtime_context_t* context) {
    return *reinterpret_cast<const StoreState*>(context);
  }
  static StoreState& Of(runtime::Store& store) { return *static_cast<StoreState*>(store.embedder); }
  wasmtime_context_t* context() { return reinterpret_cast<wasmtime_context_t*>(this); }

  runtime::Store& runtime() { return engine_store.runtime(); }
  uint64_t id() const { return id_; }

  // A new cell with one handle.
  RootCell* Root(gc::Ref ref);
  // The heap, with the finalizer of this API's extern boxes. Error when address space is short.
  Result<gc::Heap*> Heap();

  Foreign foreign;  // the embedder's data; dies after everything else of the store
  engine::Store engine_store;
  RootCell* exception = nullptr;        // set by wasmtime_context_set_exception or left by a call
  std::vector<FrameData> error_frames;  // where the pending Error came up, if it came from a callback
  AsyncCall* async_call = nullptr;      // that has begun and not ended (async.h)
  // Lets go of the thread in an asynchronous call; an Error outside of one. A status other than Ok ends the code that
  // asked.
  abi::Status Yield();
  // Has an asynchronous call begun that is not running right now? Then nothing else may run in the store.
  bool is_paused() const { return async_call != nullptr && !async_call_runs; }
  bool async_call_runs = false;

  // What a call of a function of this store needs to know; good until the next one is asked for.
  const CallShape& ShapeOf(const abi::FuncRef* func) {
    KnownShape& known = shapes_[std::bit_cast<uintptr_t>(func) / sizeof(abi::FuncRef) % kKnownShapes];
    if (known.func != func) [[unlikely]]
      known = {func, CallShape(func)};
    return known.shape;
  }

 private:
  // Of the functions that were called last. Functions live as long as the store.
  struct KnownShape {
    const abi::FuncRef* func = nullptr;
    CallShape shape;
  };
  static constexpr size_t kKnownShapes = 8;

  void Sweep();

  RootCell* cells_ = nullptr;
  size_t cell_count_ = 0;
  size_t sweep_at_ = 64;  // cells that make the next Root sweep first
  bool heap_is_ready_ = false;
  KnownShape shapes_[kKnownShapes];
};

// Ends the process: the embedder broke a documented rule and the function cannot say so otherwise.
[[noreturn]] void ApiMisuse(const char* what);

// --- handles [I1]

namespace internal {

inline void* Join(uint32_t low, uint32_t high) { return std::bit_cast<void*>(uint64_t{low} | uint64_t{high} << 32); }
inline uint32_t Low(const void* pointer) { return static_cast<uint32_t>(std::bit_cast<uint64_t>(pointer)); }
inline uint32_t High(const void* pointer) { return static_cast<uint32_t>(std::bit_cast<uint64_t>(pointer) >> 32); }

inline void Check(const StoreState& state, uint64_t store_id) {
  if (store_id != state.id()) [[unlikely]]
    ApiMisuse("object used with the wrong store");
}

}  // namespace internal

inline wasmtime_func_t Pack(const StoreState& state, abi::FuncRef* func) {
  return {func == nullptr ? 0 : state.id(), func};
}
inline wasmtime_instance_t Pack(const StoreState& state, runtime::Instance* instance) {
  return {state.id(), std::bit_cast<size_t>(instance)};
}
inline wasmtime_memory_t Pack(const StoreState& state, runtime::Memory* memory) {
  return {state.id(), internal::Low(memory), 0, internal::High(memory)};
}
inline wasmtime_table_t Pack(const StoreState& state, runtime::Table* table) {
  return {state.id(), internal::Low(table), 0, internal::High(table)};
}
inline wasmtime_tag_t Pack(const StoreState& state, runtime::Tag* tag) {
  return {state.id(), internal::Low(tag), 0, internal::High(tag)};
}
inline wasmtime_global_t Pack(const StoreState& state, runtime::Global* global) {
  return {state.id(), internal::Low(global), internal::High(global), 0};
}

// The object of a handle. Ends the process if it is another store's [I2]; a null function gives null.
inline abi::FuncRef* Unpack(const StoreState& state, const wasmtime_func_t& handle) {
  if (handle.store_id == 0) return nullptr;
  internal::Check(state, handle.store_id);
  return static_cast<abi::FuncRef*>(handle.__private);
}
inline runtime::Instance* Unpack(const StoreState& state, const wasmtime_instance_t& handle) {
  internal::Check(state, handle.store_id);
  return std::bit_cast<runtime::Instance*>(handle.__private);
}
inline runtime::Memory* Unpack(const StoreState& state, const wasmtime_memory_t& handle) {
  internal::Check(state, handle.store_id);
  return static_cast<runtime::Memory*>(internal::Join(handle.__private1, handle.__private2));
}
inline runtime::Table* Unpack(const StoreState& state, const wasmtime_table_t& handle) {
  internal::Check(state, handle.store_id);
  return static_cast<runtime::Table*>(internal::Join(handle.__private1, handle.__private2));
}
inline runtime::Tag* Unpack(const StoreState& state, const wasmtime_tag_t& handle) {
  internal::Check(state, handle.store_id);
  return static_cast<runtime::Tag*>(internal::Join(handle.__private1, handle.__private2));
}
inline runtime::Global* Unpack(const StoreState& state, const wasmtime_global_t& handle) {
  internal::Check(state, handle.store_id);
  return static_cast<runtime::Global*>(internal::Join(handle.__private1, handle.__private2));
}

// References: wasmtime_anyref_t, externref, exnref, eqref, structref, arrayref have the same shape. Null: store_id 0.
// An i31 value needs no root: it stands in the handle itself, without a cell.
template <class Handle>
Handle MakeRef(StoreState& state, gc::Ref ref) {
  if (ref == 0) return {0, 0, 0, nullptr};
  if (gc::IsI31(ref)) return {state.id(), ref, 0, nullptr};
  return {state.id(), 0, 0, state.Root(ref)};
}
template <class Handle>
RootCell* CellOf(const Handle& handle) {
  return static_cast<RootCell*>(handle.__private3);
}
// Of a handle that is not null and of the right store.
template <class Handle>
gc::Ref HeldBy(const Handle& handle) {
  return CellOf(handle) == nullptr ? handle.__private1 : CellOf(handle)->ref;
}
// 0 for null.
template <class Handle>
gc::Ref RefOf(const StoreState& state, const Handle* handle) {
  if (handle == nullptr || handle->store_id == 0) return 0;
  internal::Check(state, handle->store_id);
  return HeldBy(*handle);
}
template <class To, class From>
void CloneRef(const From* from, To* out) {
  if (from == nullptr || from->store_id == 0) {
    *out = {0, 0, 0, nullptr};
    return;
  }
  if (CellOf(*from) != nullptr) CellOf(*from)->count.fetch_add(1, std::memory_order_relaxed);
  *out = {from->store_id, from->__private1, 0, from->__private3};
}
template <class Handle>
void UnrootRef(Handle* handle) {
  if (handle == nullptr || handle->store_id == 0) return;
  if (CellOf(*handle) != nullptr) Drop(CellOf(*handle));
  handle->store_id = 0;
}

// Module linking: how an extern holds a module or an instance value (gantry.h).
template <class T>
wasmtime_extern_t PackLinked(const StoreState& state, wasmtime_extern_kind_t kind, const T* value) {
  wasmtime_extern_t out{};
  out.kind = kind;
  out.of.func = {state.id(), const_cast<T*>(value)};
  return out;
}

// An item as the embedder gets it; a shared memory becomes an object of its own (wasmtime_sharedmemory_t), which it
// owns.
wasmtime_extern_t ToExtern(const StoreState& state, const runtime::Extern& item);
// The reverse; Error (Usage) for another store's item. A shared memory is adopted by the store.
Result<runtime::Extern> FromExtern(StoreState& state, const wasmtime_extern_t& item);

// --- values

// Writes a value as slots (abi/context.h) if it has the canonical type `wanted`; else an Error (Usage) that says what
// it has.
Result<void> FromVal(StoreState& state, const wasmtime_val_t& val, wasm::ValType wanted, abi::Slot* slots);
// The reverse. References are rooted: the embedder owns the result.
void ToVal(StoreState& state, wasm::ValType type, const abi::Slot* slots, wasmtime_val_t* out);
// The kind that values of a type have (WASMTIME_I32 …).
wasmtime_valkind_t KindOf(wasm::ValType type);
// Does a GC reference that is not null belong to this (canonical) heap type?
bool RefIs(StoreState& state, gc::Ref ref, wasm::HeapType type);
// Is a reference of this (canonical) type, null included? Function references and GC references.
bool IsOfType(StoreState& state, abi::Slot slot, wasm::ValType type);

// --- functions of the embedder

// Ends a call the way that a callback's trap asks for. Takes the trap.
abi::Status EndWith(StoreState& state, wasm_trap_t* trap);

// --- names

inline std::string_view View(const char* data, size_t size) {
  return size == 0 ? std::string_view() : std::string_view(data, size);
}
inline std::string_view View(const wasm_byte_vec_t& vec) { return View(vec.data, vec.size); }
void SetBytes(wasm_byte_vec_t* out, std::string_view bytes);

}  // namespace gantry::capi

// An error in the embedder's hands.
struct wasmtime_error {
  std::string message;  // with its causes
  std::optional<int32_t> exit_status;
  std::vector<gantry::capi::FrameData> frames;
};

namespace gantry::capi {

wasmtime_error_t* NewError(std::string message);
wasmtime_error_t* NewError(const Error& error);
// For what must not run in a store now (StoreState::is_paused).
wasmtime_error_t* PausedError();
inline wasmtime_error_t* ErrorOf(const Result<void>& result) { return result ? nullptr : NewError(result.error()); }

// How a call or an instantiation ended badly: traps and exceptions go to *trap, everything else is the error returned.
wasmtime_error_t* Report(StoreState& state, engine::Failure failure, wasm_trap_t** trap);
wasmtime_error_t* Report(StoreState& state, abi::Status status, wasm_trap_t** trap);

}  // namespace gantry::capi
