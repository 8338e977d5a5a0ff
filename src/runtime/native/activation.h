// Runs of native code as activations (runtime/activation.h): walking their frames, their roots, traps, and the search
// for exception handlers. The layout of frames is abi/native.h's and abi/native_frames.h's.
//
// Tested by src/engine/native_test.cc and everything that runs native code.
#pragma once

#include "abi/native.h"
#include "abi/native_frames.h"
#include "runtime/activation.h"

namespace gantry::native {

// EntryRecord::ops.
extern const runtime::ActivationOps kActivationOps;

// C++ sides of stubs (compiler/stubs/x64/stubs.h says who calls them).

// The outermost run of native code in a store begins at this stack pointer.
void EnterThread(abi::StoreContext* store, uintptr_t sp);
// A trap site faulted.
abi::Status OnTrap(abi::InstanceContext* context, uintptr_t pc, uintptr_t address);
// Something called from `context`'s code failed: says where to go on. `resume` has rbx, r12 and r13 of the calling
// frame.
void Unwind(abi::InstanceContext* context, uint32_t status, abi::Resume* resume);
// Calls a function through its array entry.
abi::BuiltinResult AnyExit(abi::FuncRef* func, abi::InstanceContext* caller, abi::ValueRegisters* registers,
                           uint64_t* stack);

// Traps at the call site of the builtin that runs, as an instruction of its function: what its block owes is paid.
abi::Status TrapInBuiltin(abi::InstanceContext* context, abi::TrapCode code);

// The stub that leaves a run (MakeLeave). Set once, before any native code runs.
extern const void* leave_stub;

}  // namespace gantry::native
