// Store: all runtime objects of one embedder context (spec 4.2.3), and the state of code that is running in it.
// One thread at a time, except Interrupt() and the epoch (any thread, async-signal-safe). Objects live until the store
// dies.
#pragma once

#include <algorithm>
#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "abi/context.h"
#include "abi/traps.h"
#include "base/error.h"
#include "runtime/activation.h"
#include "runtime/compiled_module.h"
#include "runtime/gc/heap.h"
#include "runtime/memory.h"
#include "runtime/pool.h"
#include "runtime/table.h"
#include "runtime/value_stack.h"

namespace gantry::runtime {

class Instance;
struct ModuleValue;
struct InstanceValue;

// A global: its cell lies in its instance's allocation or here (the embedder's globals).
struct Global {
  wasm::GlobalType type;  // canonical
  abi::GlobalCell* cell;
  bool is_gc_ref;  // the collector must know the cell
  abi::GlobalCell own;
};

// A tag; identity is the address of `def`.
struct Tag {
  abi::TagDef def;
};

// A host function. `entry` gets `self`; `data` is the embedder's, freed by `finalizer` when the store dies.
struct HostFunc {
  abi::FuncRef ref;  // ref.host == this
  abi::RawHost raw{};
  void* data = nullptr;
  void (*finalizer)(void*) = nullptr;
  std::string name;  // for backtraces and messages
};
// Native code that calls a function loads this field of what it takes for an InstanceContext (native.h).
static_assert(offsetof(abi::InstanceContext, memory0_base) + sizeof(void*) <= sizeof(HostFunc));
static_assert(offsetof(HostFunc, ref) == 0 && offsetof(HostFunc, raw) == abi::kRawHost);

// Something that can be imported or exported. Objects belong to the store.
struct Extern {
  wasm::ExternKind kind;
  union {
    abi::FuncRef* func;
    Table* table;
    Memory* memory;
    Global* global;
    Tag* tag;
    const ModuleValue* module;  // link_values.h; likewise instances
    const InstanceValue* instance;
  };
};

// Limits of a store; a count or size beyond one is an Error (or a failed grow).
struct StoreLimits {
  uint64_t max_memory_bytes = ~uint64_t{0};    // per memory
  uint64_t max_table_elements = ~uint64_t{0};  // per table
  uint64_t max_instances = 10000;
  uint64_t max_tables = 10000;
  uint64_t max_memories = 10000;
  bool trap_on_grow_failure = false;
};

struct StoreConfig {
  uint64_t max_wasm_stack = 512 << 10;  // bytes of interpreter frames
  uint32_t max_native_depth = 200;      // nested entries host -> guest
  bool consume_fuel = false;
  bool epoch_interruption = false;
  uint32_t max_backtrace = 20;  // frames recorded in a trap; 0 none
  gc::HeapConfig heap;
  StoreLimits limits;
  uint64_t memory_growth_bound = ~uint64_t{0};    // bytes beyond which no memory grows, whatever the limits
  std::shared_ptr<MemoryCreator> memory_creator;  // of unshared memories; null: reservations
  Pool* pool = nullptr;                           // outlives the store; null: no bounds across stores
  const NativeLinks* native = nullptr;            // set if native code may run in the store
};

struct TrapInfo {
  abi::TrapCode code;
  std::vector<Frame> backtrace;  // innermost first
};

// References that C++ code holds while it allocates: roots for as long as the object lives. Nests like a stack.
class TemporaryRoots {
 public:
  explicit TemporaryRoots(Store& store);
  ~TemporaryRoots();
  TemporaryRoots(const TemporaryRoots&) = delete;
  TemporaryRoots& operator=(const TemporaryRoots&) = delete;

  void Push(abi::Slot slot, bool is_gc_ref) {
    slots_.push_back(slot);
    is_gc_ref_.push_back(is_gc_ref);
  }
  abi::Slot Pop() {
    const abi::Slot slot = slots_.back();
    slots_.pop_back();
    is_gc_ref_.pop_back();
    return slot;
  }
  size_t size() const { return slots_.size(); }
  abi::Slot& operator[](size_t i) { return slots_[i]; }
  bool is_gc_ref(size_t i) const { return is_gc_ref_[i]; }
  void Truncate(size_t size) {
    slots_.resize(size);
    is_gc_ref_.resize(size);
  }

 private:
  friend class Store;
  Store& store_;
  TemporaryRoots* outer_;
  std::vector<abi::Slot> slots_;
  std::vector<bool> is_gc_ref_;
};

class Store {
 public:
  explicit Store(const StoreConfig& config);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  abi::StoreContext* context() { return &context_; }
  const StoreConfig& config() const { return config_; }
  // Holds from the next allocation or growth on.
  void SetLimits(const StoreLimits& limits);
  // Bytes to which a memory may grow.
  uint64_t MaxMemoryBytes() const { return std::min(config_.limits.max_memory_bytes, config_.memory_growth_bound); }
  static Store& Of(abi::StoreContext* context) { return *context->store; }

  // Unique in the process, never 0, never reused.
  uint64_t id() const { return id_; }

  // --- objects
  Result<Memory*> NewMemory(const wasm::MemoryType& type);
  Result<Memory*> AdoptMemory(std::shared_ptr<MemoryStorage> storage);     // shared memories of other stores
  Result<Table*> NewTable(const wasm::TableType& type, abi::Slot init);    // canonical element type
  Global* NewGlobal(const wasm::GlobalType& type, abi::GlobalCell value);  // canonical type
  Tag* NewTag(wasm::CanonId type, wasm::TypeHold hold);
  HostFunc* NewHostFunc(wasm::CanonId type, wasm::TypeHold hold, abi::ArrayEntry entry, void* data,
                        void (*finalizer)(void*), std::string name);
  std::span<const std::unique_ptr<Instance>> instances() const { return instances_; }

  // The GC heap, made on first use. Error when the cage cannot be reserved.
  Result<gc::Heap*> GetHeap();
  gc::Heap* heap() { return heap_.get(); }  // null before

  // --- outcomes. Each sets the pending payload and returns the status for the caller to pass on.
  abi::Status Trap(abi::TrapCode code);  // records the backtrace through the activation chain
  abi::Status Throw(gc::Ref exception);  // exn reference; kept as a root until taken
  abi::Status Exit(int32_t code);        // the guest asked to end the program
  abi::Status Fail(Error error);         // host error
  abi::Status Retrap(TrapInfo trap);     // a trap that was taken, passed on with its backtrace
  TrapInfo& pending_trap() { return *trap_; }
  TrapInfo TakeTrap();
  gc::Ref TakeException();
  int32_t exit_code() const { return exit_code_; }
  std::vector<Frame> TakeExitFrames() { return std::move(exit_frames_); }  // where it asked
  Error TakeError();
  abi::Status TrapAllocation(gc::AllocFailure failure);
  // Native code: sets the limits of the stack for a run that starts at `sp`, the store's outermost. Code must end at
  // `end` at the latest, because of the thread's stack.
  void StartNativeStack(uintptr_t sp, uintptr_t end);
  // Builds an exn object for `tag` from payload slots, which need not be roots. Ok, or a trap/error status.
  abi::Status NewException(abi::TagDef* tag, const abi::Slot* payload, gc::Ref* out);

  // --- interruption
  // Any thread, async-signal-safe: the running code ends with Status::Interrupt (and trap code Interrupt) at its next
  // poll. Holds until a poll has seen it.
  void Interrupt();
  // Slow path of a poll: called by code when interrupt_pending is set. Ok to go on.
  abi::Status OnPoll();
  bool interrupt_is_due() const;  // would OnPoll stop the code now?
  // Slow path of fuel: called when context()->fuel < 0. Ok after refilling the slice from the reserve.
  abi::Status OnFuel();
  // Takes `units` more than the code's own charges; an instruction's price by its operand.
  abi::Status ChargeFuel(uint64_t units);
  void SetFuel(uint64_t fuel);
  // Asks `yield` each time that code has used `interval` fuel; a status other than Ok ends it. 0: never.
  void SetFuelYield(uint64_t interval, std::function<abi::Status()> yield);
  uint64_t Fuel() const;
  // Epochs: traps when *counter reaches the deadline. The engine increments the counter and calls NotifyEpoch.
  void SetEpochDeadline(const std::atomic<uint64_t>* counter, uint64_t deadline);
  // Instead of trapping, ask: a number moves the deadline that far from now, a status (pending in the store) ends the
  // code.
  using EpochCallback = std::function<std::expected<uint64_t, abi::Status>()>;
  void SetEpochCallback(EpochCallback callback) { epoch_callback_ = std::move(callback); }
  void NotifyEpoch(uint64_t now);  // any thread, async-signal-safe

  // --- calls
  // Calls a function with arguments in slots (see abi::ArrayEntry). Counts nested entries; one too many traps with
  // StackOverflow.
  abi::Status Call(abi::FuncRef* func, abi::Slot* slots) { return Call(func->array_entry, func, slots); }
  // The same through this entry, with values as it takes them.
  abi::Status Call(abi::ArrayEntry entry, abi::FuncRef* func, void* values) {
    if (native_depth_ >= config_.max_native_depth || __builtin_frame_address(0) < native_stack_bound_) [[unlikely]] {
      return Trap(abi::TrapCode::StackOverflow);
    }
    const uint32_t depth = native_depth_;
    native_depth_ = depth + 1;
    abi::Caller caller{this, nullptr};
    const abi::Status status = entry(func, &caller, static_cast<abi::Slot*>(values));
    native_depth_ = depth;
    return status;
  }

  // Calls that would begin below this address of the native stack trap with StackOverflow. For code that runs on a
  // fiber; null: no bound but the number of nested entries.
  void SetNativeStackBound(const void* lowest) {
    native_stack_bound_ = lowest;
    context_.native_start = {};
  }

  // Innermost first.
  std::vector<Frame> Backtrace(uint32_t max_frames);

  // Shares ownership of something until the store dies.
  void KeepAlive(std::shared_ptr<const void> object) { kept_.push_back(std::move(object)); }

  // Embedder's data, for example the WASI context.
  std::shared_ptr<void> data;
  // What the embedder's API wraps around this store; null without.
  void* embedder = nullptr;
  // Further roots, held by the embedder: called at the start of a collection, must not allocate.
  void SetEmbedderRoots(std::function<void(gc::RootVisitor&)> scan) { scan_embedder_ = std::move(scan); }

 private:
  friend class Instance;
  friend class TemporaryRoots;
  friend class Parking;
  friend struct Instantiator;
  void ScanRoots(gc::RootVisitor& visitor);
  Result<Memory*> NewMemory(const wasm::MemoryType& type, const MemoryImage* image);
  Result<void> TakeFromPool(Pooled kind, uint32_t count);
  void AskToStop();  // makes code poll. Any thread, async-signal-safe
  void Wake();       // ends an atomic wait so that it sees the interrupt

  std::vector<std::shared_ptr<const void>> kept_;
  uint32_t pooled_[kPooledKinds] = {};  // taken from the pool
  abi::StoreContext context_{};
  StoreConfig config_;
  uint64_t id_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<std::unique_ptr<Memory>> memories_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<Global>> globals_;  // the embedder's; instances own theirs. Likewise tags
  std::vector<std::unique_ptr<Tag>> tags_;
  std::vector<std::unique_ptr<HostFunc>> host_funcs_;
  std::vector<wasm::TypeHold> holds_;
  std::unique_ptr<gc::Heap> heap_;
  TemporaryRoots* temporary_roots_ = nullptr;
  std::optional<TrapInfo> trap_;
  gc::Ref exception_ = 0;
  int32_t exit_code_ = 0;
  std::vector<Frame> exit_frames_;
  std::optional<Error> error_;
  uint64_t fuel_reserve_ = 0;
  uint64_t fuel_interval_ = 0;  // 0: never yields
  std::function<abi::Status()> yield_fuel_;
  std::atomic<const std::atomic<uint64_t>*> epoch_{nullptr};
  std::atomic<uint64_t> epoch_deadline_{~uint64_t{0}};
  std::atomic<bool> interrupt_requested_{false};
  EpochCallback epoch_callback_;
  std::function<void(gc::RootVisitor&)> scan_embedder_;
  uint32_t native_depth_ = 0;
  const void* native_stack_bound_ = nullptr;
  ValueStack value_stack_;
  std::atomic<uint32_t> wait_word_{0};  // what a thread of this store sleeps on (atomics.cc)
};

}  // namespace gantry::runtime
