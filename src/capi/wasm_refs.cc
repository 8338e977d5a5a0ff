#include "capi/wasm_refs.h"

#include <utility>

#include "abi/gc_layout.h"
#include "base/check.h"

namespace gantry::capi {

using runtime::Extern;
using wasm::ExternKind;

namespace {

// Does the object live on without handles, so that its host info must?
bool OutlivesHandles(RefKind kind) { return IsExtern(kind) || kind == RefKind::Instance || kind == RefKind::Gc; }

bool MustStay(const wasm_ref_t& record) {  // [R1]
  return record.boxes != 0 ||
         (OutlivesHandles(record.kind) && (record.host_info != nullptr || record.finalizer != nullptr));
}

void DeleteRecord(wasm_ref_t* record) {
  switch (record->kind) {
    case RefKind::Func:
      delete static_cast<wasm_func_t*>(record);
      return;
    case RefKind::Global:
      delete static_cast<wasm_global_t*>(record);
      return;
    case RefKind::Table:
      delete static_cast<wasm_table_t*>(record);
      return;
    case RefKind::Memory:
      delete static_cast<wasm_memory_t*>(record);
      return;
    case RefKind::Tag:
    case RefKind::LinkedModule:
    case RefKind::LinkedInstance:
      delete static_cast<wasm_extern_t*>(record);
      return;
    case RefKind::Instance:
      delete static_cast<wasm_instance_t*>(record);
      return;
    case RefKind::Module:
      delete static_cast<wasm_module_t*>(record);
      return;
    case RefKind::Trap:
      delete static_cast<wasm_trap_t*>(record);
      return;
    case RefKind::Foreign:
      delete static_cast<wasm_foreign_t*>(record);
      return;
    case RefKind::Gc:
      Drop(static_cast<GcRecord*>(record)->cell);
      delete static_cast<GcRecord*>(record);
      return;
    case RefKind::V128:
      delete static_cast<V128Record*>(record);
      return;
  }
}

// The end of a record that nothing refers to any more. The embedder's code may run, so no lock is held.
void Bury(wasm_ref_t* record) {
  void* const info = record->host_info;
  void (*const finalizer)(void*) = record->finalizer;
  DeleteRecord(record);
  if (finalizer != nullptr) finalizer(info);
}

RefKind RefKindOf(ExternKind kind) {
  switch (kind) {
    case ExternKind::Func:
      return RefKind::Func;
    case ExternKind::Table:
      return RefKind::Table;
    case ExternKind::Memory:
      return RefKind::Memory;
    case ExternKind::Global:
      return RefKind::Global;
    case ExternKind::Tag:
      return RefKind::Tag;
    case ExternKind::Module:
      return RefKind::LinkedModule;
    case ExternKind::Instance:
      return RefKind::LinkedInstance;
  }
  GANTRY_UNREACHABLE("kind of extern");
}

wasm_extern_t* NewExternRecord(const Extern& item) {
  const RefKind kind = RefKindOf(item.kind);
  switch (kind) {
    case RefKind::Func:
      return new wasm_func_t(kind, item);
    case RefKind::Global:
      return new wasm_global_t(kind, item);
    case RefKind::Table:
      return new wasm_table_t(kind, item);
    case RefKind::Memory:
      return new wasm_memory_t(kind, item);
    default:
      return new wasm_extern_t(kind, item);
  }
}

// What an object is known by.
const void* KeyOf(const Extern& item) {
  switch (item.kind) {
    case ExternKind::Func:
      return item.func;
    case ExternKind::Table:
      return item.table;
    case ExternKind::Memory:
      return item.memory;
    case ExternKind::Global:
      return item.global;
    case ExternKind::Tag:
      return item.tag;
    case ExternKind::Module:
      return item.module;
    case ExternKind::Instance:
      return item.instance;
  }
  return nullptr;
}

}  // namespace

void Release(wasm_ref_t* record) {
  if (record == nullptr) return;
  uint32_t handles = record->handles.load(std::memory_order_relaxed);
  while (handles > 1) {
    if (record->handles.compare_exchange_weak(handles, handles - 1, std::memory_order_acq_rel)) return;
  }
  // The only handle is ours, so nobody but the store can make another.
  if (record->home == nullptr) return Bury(record);
  // Our handle keeps the store alive; from here on this does, beyond the end of the record.
  const std::shared_ptr<WasmStore> store = record->store;
  store->ReleaseLast(record);
}

WasmStore::WasmStore(std::shared_ptr<engine::Engine> engine) : state_(new StoreState(std::move(engine))) {}

// Without handles anywhere, nobody can call in any more but the finalizers below, and these have no handles of this
// store's.
WasmStore::~WasmStore() {
  pending_trap.reset();
  state_.reset();  // the boxes die here
  for (wasm_ref_t* record : resting_) Bury(record);
}

void WasmStore::SetHome(wasm_ref_t* record) {
  record->home = this;
  record->store = shared_from_this();
}

template <class Record>
Record* WasmStore::AnotherHandle(Record* record) {
  if (record->handles.fetch_add(1, std::memory_order_relaxed) == 0) {
    resting_.erase(record);
    record->store = shared_from_this();
  }
  return record;
}

void WasmStore::Forget(const wasm_ref_t& record) {
  if (IsExtern(record.kind)) {
    objects_.erase(KeyOf(static_cast<const wasm_extern_t&>(record).item));
  } else if (record.kind == RefKind::Instance) {
    objects_.erase(static_cast<const wasm_instance_t&>(record).instance);
  } else if (record.kind == RefKind::Gc) {
    gc_objects_.erase(static_cast<const GcRecord&>(record).key);
  }
}

void WasmStore::ReleaseLast(wasm_ref_t* record) {
  std::shared_ptr<WasmStore> self;  // what the record had; the caller has another
  {
    std::lock_guard lock(lock_);
    if (record->handles.fetch_sub(1, std::memory_order_acq_rel) != 1) return;  // the store has made one meanwhile [R2]
    self = std::move(record->store);
    if (record->box != nullptr) Drop(std::exchange(record->box, nullptr));
    if (MustStay(*record) || record->is_dying) {
      resting_.insert(record);
      return;
    }
    Forget(*record);
  }
  Bury(record);
}

wasm_extern_t* WasmStore::RecordOf(const Extern& item) {
  std::lock_guard lock(lock_);
  wasm_ref_t*& place = objects_[KeyOf(item)];
  if (place != nullptr) return AnotherHandle(static_cast<wasm_extern_t*>(place));
  wasm_extern_t* const record = NewExternRecord(item);
  place = record;
  SetHome(record);
  return record;
}

wasm_func_t* WasmStore::RecordOf(abi::FuncRef* func) {
  return static_cast<wasm_func_t*>(RecordOf(Extern{.kind = ExternKind::Func, .func = func}));
}

wasm_instance_t* WasmStore::RecordOf(runtime::Instance* instance) {
  std::lock_guard lock(lock_);
  wasm_ref_t*& place = objects_[instance];
  if (place != nullptr) return AnotherHandle(static_cast<wasm_instance_t*>(place));
  auto* const record = new wasm_instance_t(instance);
  place = record;
  SetHome(record);
  return record;
}

// --- the heap

// The record in an extern box; null if the reference is no box.
wasm_ref_t* WasmStore::FindBoxed(gc::Ref ref) {
  if (gc::IsI31(ref)) return nullptr;
  const gc::Heap& heap = *runtime().heap();
  if (heap.DescriptorOf(ref).kind != abi::ObjectKind::Extern) return nullptr;
  // The stores of wasm.h have boxes of no other kind.
  return static_cast<wasm_ref_t*>(std::bit_cast<Foreign*>(heap.ExternValue(ref))->data());
}

wasm_ref_t* WasmStore::RecordOf(gc::Ref ref, bool is_exn) {
  std::lock_guard lock(lock_);
  if (wasm_ref_t* const boxed = FindBoxed(ref); boxed != nullptr) {
    AnotherHandle(boxed);
    if (boxed->box == nullptr) boxed->box = state_->Root(ref);
    return boxed;
  }
  // An i31 can be had without a heap.
  const gc::Heap* const heap = runtime().heap();
  if (heap != nullptr && heap->collections() != collections_) RekeyGcRecords();
  GcRecord*& place = gc_objects_[ref];
  if (place != nullptr) return AnotherHandle(place);
  place = new GcRecord(state_->Root(ref), is_exn);
  SetHome(place);
  return place;
}

// Collections move objects.
void WasmStore::RekeyGcRecords() {
  std::unordered_map<gc::Ref, GcRecord*> moved;
  for (const auto& [key, record] : gc_objects_) {
    record->key = record->cell->ref;
    moved.emplace(record->key, record);
  }
  gc_objects_ = std::move(moved);
  collections_ = runtime().heap()->collections();
}

Result<void> WasmStore::Box(wasm_ref_t* record) {
  if (record->home == nullptr) SetHome(record);  // a trap that was made without a store
  if (record->home != this) {
    return std::unexpected(Error(ErrorClass::Usage, "a reference was used with a store that it does not belong to"));
  }
  if (record->kind == RefKind::V128) return std::unexpected(Error(ErrorClass::Usage, "a vector is no reference"));
  if (record->kind == RefKind::Gc || record->box != nullptr) return {};
  GANTRY_ASSIGN_OR_RETURN(gc::Heap * heap, state_->Heap());
  gc::AllocFailure failure;
  const auto die = [](void* boxed) {
    auto* const in_box = static_cast<wasm_ref_t*>(boxed);
    in_box->home->OnBoxGone(in_box);
  };
  auto content = std::make_unique<Foreign>(record, die);
  ++record->boxes;
  const gc::Ref box = heap->AllocExtern(std::bit_cast<uint64_t>(content.get()), &failure);
  if (box == 0) {
    return std::unexpected(Error(ErrorClass::Host, "not enough memory for another externref"));
  }
  content.release();
  record->box = state_->Root(box);
  return {};
}

// In the middle of a collection, or as the store dies. [R4]
void WasmStore::OnBoxGone(wasm_ref_t* record) {
  std::lock_guard lock(lock_);
  --record->boxes;
  if (record->handles.load(std::memory_order_relaxed) != 0 || MustStay(*record) || record->is_dying) return;
  record->is_dying = true;
  dying_.push_back(record);
}

void WasmStore::SettleSlowly() {
  std::vector<wasm_ref_t*> dead;
  {
    std::lock_guard lock(lock_);
    for (wasm_ref_t* record : dying_) {
      record->is_dying = false;
      if (record->handles.load(std::memory_order_relaxed) != 0 || MustStay(*record)) continue;
      resting_.erase(record);
      Forget(*record);
      dead.push_back(record);
    }
    dying_.clear();
  }
  for (wasm_ref_t* record : dead) Bury(record);
}

namespace {

// What is replaced is done with.
void SetHostInfo(wasm_ref_t* record, void* info, void (*finalizer)(void*)) {
  void* const old_info = std::exchange(record->host_info, info);
  void (*const old_finalizer)(void*) = std::exchange(record->finalizer, finalizer);
  if (old_finalizer != nullptr) old_finalizer(old_info);
}

// Casts lead from wasm_ref_t to the record's own type.
template <class Record>
constexpr RefKind kKindOf = RefKind::Func;
template <>
constexpr RefKind kKindOf<wasm_global_t> = RefKind::Global;
template <>
constexpr RefKind kKindOf<wasm_table_t> = RefKind::Table;
template <>
constexpr RefKind kKindOf<wasm_memory_t> = RefKind::Memory;
template <>
constexpr RefKind kKindOf<wasm_instance_t> = RefKind::Instance;
template <>
constexpr RefKind kKindOf<wasm_module_t> = RefKind::Module;
template <>
constexpr RefKind kKindOf<wasm_trap_t> = RefKind::Trap;
template <>
constexpr RefKind kKindOf<wasm_foreign_t> = RefKind::Foreign;

template <class Record>
Record* Cast(wasm_ref_t* record) {
  return record != nullptr && record->kind == kKindOf<Record> ? static_cast<Record*>(record) : nullptr;
}
template <>
wasm_extern_t* Cast(wasm_ref_t* record) {
  return record != nullptr && IsExtern(record->kind) ? static_cast<wasm_extern_t*>(record) : nullptr;
}

}  // namespace

}  // namespace gantry::capi

using namespace gantry::capi;  // NOLINT: from here on the C functions, one after the other

#define REF_BASE(name)                                                                                          \
  void wasm_##name##_delete(wasm_##name##_t* ref) { Release(ref); }                                             \
  wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t* ref) { return Copy(ref); }                         \
  bool wasm_##name##_same(const wasm_##name##_t* a, const wasm_##name##_t* b) { return a == b; }                \
  void* wasm_##name##_get_host_info(const wasm_##name##_t* ref) { return ref->host_info; }                      \
  void wasm_##name##_set_host_info(wasm_##name##_t* ref, void* info) { SetHostInfo(ref, info, nullptr); }       \
  void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t* ref, void* info, void (*finalizer)(void*)) { \
    SetHostInfo(ref, info, finalizer);                                                                          \
  }

#define REF(name)                                                                             \
  REF_BASE(name)                                                                              \
  wasm_ref_t* wasm_##name##_as_ref(wasm_##name##_t* ref) { return ref; }                      \
  const wasm_ref_t* wasm_##name##_as_ref_const(const wasm_##name##_t* ref) { return ref; }    \
  wasm_##name##_t* wasm_ref_as_##name(wasm_ref_t* ref) { return Cast<wasm_##name##_t>(ref); } \
  const wasm_##name##_t* wasm_ref_as_##name##_const(const wasm_ref_t* ref) {                  \
    return Cast<wasm_##name##_t>(const_cast<wasm_ref_t*>(ref));                               \
  }

#define EXTERN(name)                                                                                \
  REF(name)                                                                                         \
  wasm_extern_t* wasm_##name##_as_extern(wasm_##name##_t* ref) { return ref; }                      \
  const wasm_extern_t* wasm_##name##_as_extern_const(const wasm_##name##_t* ref) { return ref; }    \
  wasm_##name##_t* wasm_extern_as_##name(wasm_extern_t* ref) { return Cast<wasm_##name##_t>(ref); } \
  const wasm_##name##_t* wasm_extern_as_##name##_const(const wasm_extern_t* ref) {                  \
    return Cast<wasm_##name##_t>(const_cast<wasm_extern_t*>(ref));                                  \
  }

REF_BASE(ref)
REF(trap)
REF(foreign)
REF(module)
REF(instance)
REF(extern)
EXTERN(func)
EXTERN(global)
EXTERN(table)
EXTERN(memory)
