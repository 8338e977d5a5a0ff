// Stubs: the pieces of native code that no WebAssembly function is compiled to. They lead from C++ to native code and
// back (abi/native_frames.h). Made by the assembler from signatures and tables; addresses of C++ functions are baked
// in, so stubs belong to the process that made them.
//
// Tested by src/engine/native_test.cc and everything that runs native code.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "abi/native.h"
#include "compiler/asm/x64/assembler.h"
#include "wasm/type_registry.h"

namespace gantry::stubs {

// What of a function type matters to its stubs: a letter per parameter, a colon, a letter per result. i: 32 bits in a
// general register (i32, GC references), l: 64 bits (i64, function references), s, d, v: f32, f64, v128.
using Shape = std::string;
Shape ShapeOf(const wasm::CanonType& type);

// Addresses that stubs refer to.
struct Addresses {
  // C++ (runtime/native)
  const void* activation_ops;  // EntryRecord::ops
  const void* enter_thread;    // void(StoreContext*, uintptr_t sp): the outermost entry of a store
  const void* thread_exits;    // uint64_t that grows when a thread ends: NativeStart
  const void* on_trap;         // Status(InstanceContext*, uintptr_t pc, uintptr_t address)
  const void* unwind;          // void(InstanceContext*, uint32_t status, abi::Resume*)
  const void* any_exit;  // BuiltinResult(FuncRef*, InstanceContext* caller, ValueRegisters*, uint64_t* stack): value =
                         // bytes of stack arguments
  const void*
      compile;  // {code, FuncRef*}(InstanceContext* callee's, uint64_t func_index): of a lazily compiled function
  // stubs that others jump to
  const void* fail;  // MakeFail
};

// An abi::ArrayEntry for native functions of this shape.
void MakeEntry(x64::Assembler& a, const Shape& shape, const Addresses& addresses);
// The same for values of 16 bytes each (runtime::NativeCode::RawEntry).
void MakeRawEntry(x64::Assembler& a, const Shape& shape, const Addresses& addresses);
// Native entry of functions of this shape that only have an array entry: the FuncRef's own if `array_entry` is null.
void MakeExit(x64::Assembler& a, const Shape& shape, const void* array_entry, const Addresses& addresses);
// Native entry of host functions of this shape that have an abi::RawHost.
void MakeRawExit(x64::Assembler& a, const Shape& shape, const Addresses& addresses);
// The same for any signature and function, slower.
void MakeAnyExit(x64::Assembler& a, const Addresses& addresses);
// Calls a builtin's C++ side.
void MakeBuiltin(x64::Assembler& a, abi::BuiltinShape shape, const void* function, const Addresses& addresses);
// Where the signal handler leads a fault of native code: r10 the instruction, r11 the address accessed.
void MakeTrapLanding(x64::Assembler& a, const Addresses& addresses);
// What abi::kTrapEntry leads to: the same for code that calls instead, the return address being the trap site.
void MakeTrapCall(x64::Assembler& a, const Addresses& addresses);
// A callee has failed: eax is its status, rbp its exit frame. Goes on at a handler of the exception or leaves the run.
void MakeFail(x64::Assembler& a, const Addresses& addresses);
// Leaves a run of native code: rbp is its entry frame, eax the status to return.
void MakeLeave(x64::Assembler& a);
// Stands for a function that has no native code in direct calls of its module: goes to `exit`, the exit stub of its
// shape, which needs the FuncRef; that lies at `funcref` in the InstanceContext's allocation.
std::vector<uint8_t> DirectExit(uint32_t funcref, const void* exit);
// First call of a lazily compiled function, arguments in place, r14 its context, its number on the stack: has it
// compiled and goes on there. Only r10 and r11 change.
void MakeCompile(x64::Assembler& a, const Addresses& addresses);

// The entries of a lazily compiled module (runtime/native/lazy_code.h): the common one, which jumps to the compile
// stub, then one per function, the first being `first_func`. `slots` are the functions', then the common one's.
inline constexpr uint32_t kLazyEntry = 16;
void WriteLazyEntries(uint8_t* entries, uint64_t* slots, uint32_t first_func, uint32_t count, const void* compile_stub);

}  // namespace gantry::stubs
