// The frames at both ends of a run of native code: what stubs build and the runtime reads. x86-64.
//
// Entry frame, of the stub through which C++ enters native code. It is an abi::ArrayEntry.
//
//   rbp + 8           return address into C++
//   rbp               rbp of C++
//   rbp - 40          rbx r12 r13 r14 r15 of C++
//   kEntryStore       StoreContext
//   kEntryStackEnd    StoreContext::native_stack_end before: 0 for the outermost run
//   kEntryRecord      EntryRecord, linked as the store's innermost activation
//   below             stack results, stack arguments
//
// Exit frame, of a stub through which native code enters C++ (host and interpreted functions, builtins) or the trap
// landing, which makes itself one. `fp` is EntryRecord::exit_fp, and rbp where the stub calls the fail stub.
//
//   fp + 8            return address into native code; at a trap: the instruction that faulted
//   fp                rbp of native code
//   fp - 8            InstanceContext of native code
//
// C++ finds frames from there outwards until the entry frame.
#pragma once

#include <cstdint>

#include "abi/context.h"

namespace gantry::abi {

// Begins as a runtime::Activation (runtime/activation.h).
struct EntryRecord {
  runtime::Activation* outer;
  const void* ops;
  uintptr_t exit_fp;    // of the exit frame; 0 before the first exit
  uint64_t* registers;  // where a KeepAll stub keeps the argument registers, in the order of kValueGprs; else null
  uint64_t at_trap;     // 1: the exit frame is the trap landing's
};

inline constexpr int32_t kEntrySaved = -40;
inline constexpr int32_t kEntryStore = -48;
inline constexpr int32_t kEntryStackEnd = -56;
inline constexpr int32_t kEntryRecord = -96;
static_assert(sizeof(EntryRecord) == kEntryStackEnd - kEntryRecord);

inline constexpr int32_t kExitContext = -8;

// Where native code goes on after something failed: filled in by the runtime, except the registers at its start, which
// the stub has saved as the failed callee found them.
struct Resume {
  uint64_t rbx, r12, r13;
  uint64_t r14, r15, rbp, rsp, rax, pc;
};

// Registers that may hold arguments or results, for the stub that serves any signature.
struct ValueRegisters {
  uint64_t gprs[8];  // in the order of kValueGprs; the last is unused
  struct {
    uint64_t low, high;
  } xmms[8];
};

}  // namespace gantry::abi
