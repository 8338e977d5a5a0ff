// The treaty between code and runtime: what lies where while guest code runs. Interpreter, compiled code and runtime
// include this page and never each other's. Offsets below are constants of the ABI; static assertions pin them.
//
// Values in frames, calls and globals are 8-byte slots: i32 zero-extended, f32 in the low half, v128 in two slots (low
// first), GC references (any, extern and exn hierarchies) zero-extended 32-bit cage offsets, function references
// FuncRef pointers; null is 0 everywhere.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "wasm/type_registry.h"

namespace gantry::runtime {
class Store;
class Instance;
struct Activation;
}  // namespace gantry::runtime

namespace gantry::abi {

using Slot = uint64_t;

struct FuncRef;
struct InstanceContext;
struct AllocWindow;  // gc_layout.h

// Outcome of running guest or host code. Anything but Ok has its payload in the Store.
enum class Status : uint32_t { Ok, Trap, Exception, Interrupt, Exit, Error };

// Who calls a host function: the store and the calling instance (null when the embedder calls it directly).
struct Caller {
  runtime::Store* store;
  runtime::Instance* instance;
};

// Generic entry of every function: arguments in slots[0..), results written to slots[0..). The array has room for the
// larger of the two.
using ArrayEntry = Status (*)(FuncRef* self, Caller* caller, Slot* slots);

enum class FuncKind : uint8_t { Interp, Host, Native };

// A function reference. Lives as long as its store; its address is its identity.
struct FuncRef {
  void* native_entry;  // compiled calling convention; null until compiled code exists
  ArrayEntry array_entry;
  uint32_t type_and_kind;  // canonical type id (24 bits) | FuncKind << 24
  uint32_t func_index;     // in its module's index space (Interp, Native)
  union {
    InstanceContext* context;  // Interp, Native
    void* host;                // Host: runtime::HostFunc*
  };

  wasm::CanonId type() const { return type_and_kind & 0xffffff; }
  FuncKind kind() const { return static_cast<FuncKind>(type_and_kind >> 24); }
  static uint32_t Pack(wasm::CanonId type, FuncKind kind) { return type | static_cast<uint32_t>(kind) << 24; }
};
static_assert(sizeof(FuncRef) == 32);

// A host function that takes its values as they are: native code calls it without the array entry between them.
// `call` gets 16 bytes per value, arguments first and results written from the start again, and the larger of the two
// counts. Unless it returns null the call ends as `end` makes of what it returned.
struct RawHost {
  void* (*call)(void* env, Caller* caller, void* values, size_t count);  // null: there is only the array entry
  void* env;
  Status (*end)(Caller* caller, void* with);
};
// Where a host function has it, from its FuncRef.
inline constexpr int32_t kRawHost = sizeof(FuncRef);

// A memory as code sees it. `base` never moves, except that a memory whose bytes the embedder provides may move when it
// grows (runtime::HostMemory); `length` in bytes only grows (other threads may grow a shared memory).
struct MemoryDef {
  uint8_t* base;
  std::atomic<uint64_t> length;
};

// Entry of a function table; all zero is null. `type` repeats the FuncRef's.
struct FuncTableEntry {
  FuncRef* ref;
  wasm::CanonId type;
  uint32_t padding;
};
static_assert(sizeof(FuncTableEntry) == 16);

// A table as code sees it: FuncTableEntry[length] for the func hierarchy, else uint32_t[length] GC references.
struct TableDef {
  void* base;
  uint64_t length;
};

// A global's value; v128 uses both halves.
struct alignas(16) GlobalCell {
  Slot low;
  Slot high;
};

// Identity of a tag is its address.
struct TagDef {
  wasm::CanonId type;  // function type: parameters are the payload
};

// How the store's last outermost run of native code began. One that begins likewise has the same limits: the same
// thread, as far as its thread pointer says so and no thread has ended since, and the same stack pointer. All zero: as
// no run begins.
struct NativeStart {
  uintptr_t sp;
  uintptr_t thread;
  uint64_t thread_exits;
  uintptr_t stack_end;
};

// Per store, at a fixed address.
struct StoreContext {
  runtime::Store* store;
  runtime::Activation* activation;          // innermost entry from the host
  std::atomic<uint32_t> interrupt_pending;  // checked at polls; set by other threads and signal handlers
  uint32_t padding;
  int64_t fuel;       // slice that code counts down; below zero: ask the store
  uint8_t* gc_base;   // cage; null before the first GC use
  Slot* stack_top;    // next free slot of the interpreter's value stack
  Slot* stack_limit;  // end of it
  std::atomic<uintptr_t>
      native_stack_limit;      // native code below it asks the store: native_stack_end, or all ones to stop the code
  uintptr_t native_stack_end;  // where native frames must end; 0 while no native code is running
  NativeStart native_start;
};

// Per instance. The arrays lie in the same allocation, behind the header, in this order.
struct InstanceContext {
  StoreContext* store;
  runtime::Instance* instance;
  uint8_t* memory0_base;        // MemoryDef::base of memory 0; null without one
  const void* const* builtins;  // native code: entries of builtins, by number (native.h)
  const void* native;           // native code: the module's (runtime/native), null in an instance without
  uint8_t* gc_base;             // cage and allocation window of the store; set if the module has GC types
  AllocWindow* gc_window;
  const wasm::CanonId* canon;  // canonical id of each module type
  const uint32_t*
      descriptors;       // cage offset of each module type's descriptor; 0 for function types. Null without GC types
  void* code;            // the tier's per-module code (interp::ModuleCode*)
  MemoryDef** memories;  // by memory index, imports included; likewise below
  TableDef** tables;
  GlobalCell** globals;  // own globals point at cells in this allocation
  TagDef** tags;
  FuncRef** imported_funcs;  // by function index, below imported count
  FuncRef* funcs;            // defined functions: funcs[index - imported]; all are initialised
};

}  // namespace gantry::abi
