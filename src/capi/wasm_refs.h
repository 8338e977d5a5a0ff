// [GANTRYDOC] Records: the objects of wasm.h
//
// A wasm_func_t, wasm_instance_t, wasm_trap_t … is a record: what an object is and how many handles the embedder has.
// Copying a handle counts, so all handles of an object are one address, and `same` compares addresses.
//
//   wasm_store_t ──┐
//   record ────────┴─> WasmStore ──> StoreState ──> runtime objects
//   (with handles)        │  ^            │
//                         v  └── boxes <──┘
//               records without handles
//
// [R1] A record with handles keeps its store alive; one without does not, so there are no cycles. The store keeps those
//      that must stay: with host info of an object that lives on, or in the hands of WebAssembly code as an externref
//      (in a box).
// [R2] Handle counts go from 1 to 0 and from 0 to 1 only under the store's lock; else they are atomic. So handles may
//      be copied and deleted on any thread. Everything else happens on the store's thread.
// [R3] One record per object: the store has a table of the records of its runtime objects and of GC objects. Modules,
//      traps and foreign objects are their records. While a record has handles, it keeps using the same extern box.
// [R4] The collector may find out that a box is gone; the record dies later, when the store settles, since a finalizer
//      of the embedder's must not run in the middle of a collection.
//
// Tested by tests/capi/wasm_refs.c, wasm_threads.c.
#pragma once

#include <gantry.h>
#include <wasm.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "capi/core.h"

namespace gantry::capi {

class WasmStore;

enum class RefKind : uint8_t {
  Func,
  Global,
  Table,
  Memory,
  Tag,
  LinkedModule,  // externs of module linking
  LinkedInstance,
  Instance,
  Module,
  Trap,
  Foreign,
  Gc,    // a struct, array, i31 or exception
  V128,  // no reference at all, but carried like one (gantry.h)
};

inline bool IsExtern(RefKind kind) { return kind <= RefKind::LinkedInstance; }

}  // namespace gantry::capi

struct wasm_ref_t {
  explicit wasm_ref_t(gantry::capi::RefKind k) : kind(k) {}
  wasm_ref_t(const wasm_ref_t&) = delete;
  wasm_ref_t& operator=(const wasm_ref_t&) = delete;

  const gantry::capi::RefKind kind;
  uint32_t boxes = 0;     // in the heap
  bool is_dying = false;  // the store will look at it when it settles [R4]
  std::atomic<uint32_t> handles = 1;
  void* host_info = nullptr;
  void (*finalizer)(void*) = nullptr;
  gantry::capi::WasmStore* home = nullptr;         // null: a trap without a store
  std::shared_ptr<gantry::capi::WasmStore> store;  // home, while there are handles [R1]
  gantry::capi::RootCell* box = nullptr;           // keeps one of them, while there are handles
};

struct wasm_extern_t : wasm_ref_t {
  wasm_extern_t(gantry::capi::RefKind k, const gantry::runtime::Extern& i) : wasm_ref_t(k), item(i) {}
  const gantry::runtime::Extern item;
};

// The externs of each kind, so that casts lead to what was made.
struct wasm_func_t : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
};
struct wasm_global_t : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
};
struct wasm_table_t : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
};
struct wasm_memory_t : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
};

struct wasm_instance_t : wasm_ref_t {
  explicit wasm_instance_t(gantry::runtime::Instance* i) : wasm_ref_t(gantry::capi::RefKind::Instance), instance(i) {}
  gantry::runtime::Instance* const instance;
};

struct wasm_module_t : wasm_ref_t {
  explicit wasm_module_t(std::shared_ptr<const gantry::engine::Module> m)
      : wasm_ref_t(gantry::capi::RefKind::Module), module(std::move(m)) {}
  const std::shared_ptr<const gantry::engine::Module> module;
};

struct wasm_trap_t : wasm_ref_t {
  explicit wasm_trap_t(gantry::capi::TrapData d) : wasm_ref_t(gantry::capi::RefKind::Trap), data(std::move(d)) {}
  gantry::capi::TrapData data;
};

struct wasm_foreign_t : wasm_ref_t {
  wasm_foreign_t() : wasm_ref_t(gantry::capi::RefKind::Foreign) {}
};

namespace gantry::capi {

struct GcRecord : wasm_ref_t {
  GcRecord(RootCell* c, bool exn) : wasm_ref_t(RefKind::Gc), cell(c), is_exn(exn), key(c->ref) {}
  RootCell* const cell;
  const bool is_exn;  // else of the any hierarchy, or the same object as an externref
  gc::Ref key;        // in the store's table
};

struct V128Record : wasm_ref_t {
  V128Record() : wasm_ref_t(RefKind::V128) {}
  uint8_t bytes[16];
};

// One more handle, and one less. Null is fine. Any thread.
template <class Record>
Record* Copy(const Record* record) {
  // A handle is counted, whether the embedder may change the object through it or not.
  Record* const copy = const_cast<Record*>(record);
  if (copy != nullptr) copy->handles.fetch_add(1, std::memory_order_relaxed);
  return copy;
}
void Release(wasm_ref_t* record);

// A handle that this code owns.
struct Releaser {
  void operator()(wasm_ref_t* record) const { Release(record); }
};
template <class Record>
using Owned = std::unique_ptr<Record, Releaser>;

// A store as wasm.h has it, with its records.
class WasmStore : public std::enable_shared_from_this<WasmStore> {
 public:
  explicit WasmStore(std::shared_ptr<engine::Engine> engine);
  ~WasmStore();

  StoreState& state() { return *state_; }
  runtime::Store& runtime() { return state_->runtime(); }
  const std::shared_ptr<engine::Engine>& engine() const { return state_->engine_store.engine(); }

  // The record of an object, with a handle for the caller.
  wasm_extern_t* RecordOf(const runtime::Extern& item);
  wasm_func_t* RecordOf(abi::FuncRef* func);
  wasm_instance_t* RecordOf(runtime::Instance* instance);
  // Of a reference from the heap that is not null: what it boxes, or the object itself.
  wasm_ref_t* RecordOf(gc::Ref ref, bool is_exn);

  // Makes a new record this store's; its one handle is the caller's.
  template <class Record>
  Record* Adopt(Record* record) {
    SetHome(record);
    return record;
  }

  // Makes the record one that RefOf has a reference for. May collect. Error (Usage) when it is another store's or no
  // reference.
  Result<void> Box(wasm_ref_t* record);
  // Its reference in the heap, once boxed.
  static gc::Ref RefOf(const wasm_ref_t& record) {
    return record.kind == RefKind::Gc ? static_cast<const GcRecord&>(record).cell->ref : record.box->ref;
  }

  // Lets records die whose boxes are gone [R4]. To be called wherever the embedder's code may run and a collection may
  // have been.
  void Settle() {
    if (!dying_.empty()) SettleSlowly();
  }

  // The trap that a callback ended the running call with: who gets the failure gets the same record.
  Owned<wasm_trap_t> pending_trap;

 private:
  friend void Release(wasm_ref_t* record);
  void SetHome(wasm_ref_t* record);
  // The three below: with lock_ held.
  template <class Record>
  Record* AnotherHandle(Record* record);
  void Forget(const wasm_ref_t& record);
  void RekeyGcRecords();
  wasm_ref_t* FindBoxed(gc::Ref ref);
  void ReleaseLast(wasm_ref_t* record);
  void OnBoxGone(wasm_ref_t* record);
  void SettleSlowly();

  std::unique_ptr<StoreState> state_;
  std::mutex lock_;
  std::unordered_map<const void*, wasm_ref_t*> objects_;  // [R3] by runtime object
  std::unordered_map<gc::Ref, GcRecord*> gc_objects_;     // by reference, as it was after that many collections:
  uint64_t collections_ = 0;
  std::unordered_set<wasm_ref_t*> resting_;  // without handles
  std::vector<wasm_ref_t*> dying_;           // store's thread only [R4]
};

// A trap without a store.
wasm_trap_t* NewTrap(TrapData data);
// How something in the store ended badly, as a trap of that store.
wasm_trap_t* NewTrap(WasmStore& store, engine::Failure failure);
wasm_trap_t* NewTrap(WasmStore& store, const Error& error);

// A name made when first asked for.
class LazyName {
 public:
  LazyName() = default;
  LazyName(const LazyName&) = delete;
  LazyName& operator=(const LazyName&) = delete;
  ~LazyName() { wasm_name_delete(&name_); }
  // Null if there is no text.
  const wasm_name_t* Get(std::string_view text) {
    if (text.empty()) return nullptr;
    if (name_.data == nullptr) SetBytes(&name_, text);
    return &name_;
  }

 private:
  wasm_name_t name_ = {0, nullptr};
};

}  // namespace gantry::capi

struct wasm_frame_t {
  wasm_frame_t(gantry::capi::FrameData d, std::shared_ptr<gantry::capi::WasmStore> s)
      : data(std::move(d)), store(std::move(s)) {}
  const gantry::capi::FrameData data;
  const std::shared_ptr<gantry::capi::WasmStore> store;  // keeps data.instance good; null if that is not wanted
  mutable gantry::capi::LazyName func_name, module_name;
  mutable gantry::capi::Owned<wasm_instance_t> instance;
};

namespace gantry::capi {

// Frames without instances.
void SetFrames(wasm_frame_vec_t* out, const std::vector<FrameData>& frames);

}  // namespace gantry::capi

struct wasm_store_t {
  std::shared_ptr<gantry::capi::WasmStore> store;
};

struct wasm_shared_module_t {
  std::shared_ptr<const gantry::engine::Module> module;
};
