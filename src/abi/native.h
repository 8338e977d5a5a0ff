// The treaty of native code: registers, frames, what compilers hand to the runtime, what the runtime gives to code.
// x86-64. Compilers, stubs and runtime/native include this page and never each other's. call_layout.h says where
// arguments lie, builtins.def what code may ask for, context.h what memory looks like.
//
// Registers
//
//   r14                       InstanceContext of the running function
//   r15                       base of its memory 0; anything if it has none
//   rbx r12 r13 rbp r14 r15   keep their values over calls
//   r10 r11 xmm15             scratch of stubs: never live across a call of any kind
//
// Everything else belongs to the caller. The direction flag is clear, floats round to nearest, x87 is not used.
//
// Frame: every function makes one, first thing (push rbp; mov rbp, rsp; push r14; ...)
//
//   rbp + kIncomingArgs    stack arguments, above them stack results (call_layout.h)
//   rbp + 8                return address
//   rbp                    the caller's rbp
//   rbp + kFrameContext    InstanceContext of this function: written before anything may trap or call
//   below                  of rbx, r12, r13, in this order, those in FunctionRecord::saved, which the function changes
//   below                  home slots, 8 bytes each: locals, operands
//   rbp - frame_size       rsp between calls, a multiple of 16. A call with stack arguments reserves more for its time
//
// Calls
//
//   Direct, same module: `call` of the function's address (Relocation). Nothing is passed. r14 and r15 come back as
//   they were, unless the module has a tail call that leaves the instance (return_call of an import,
//   return_call_indirect, return_call_ref): in such a module both are loaded again after every call.
//
//   All others: r10 = FuncRef*, r11 = r14 (who calls), r14 = FuncRef::context, r15 = [r14 + memory0_base], then a call
//   of FuncRef::native_entry. Every FuncRef has one in a store with native code. Afterwards r14 = [rbp + kFrameContext]
//   and r15 from it. A null entry of a function table is all zero, and no type has the canonical id 0. The functions of
//   a table that can only hold the instance's own (baseline/module_info.h) need no other r14 and r15.
//
//   Tail calls: the frame is left, callee-saved registers are restored, registers are as for a call, and a jump.
//   Stack arguments end where the function's own ended, so that the results' area stays behind them; the return
//   address moves if there are more or fewer. The same results have the same places.
//
// Builtins: operands in rsi rdx rcx r8 r9; mov r11, [r14 + builtins]; call [r11 + 8 * number], rsp being a multiple of
// 16. Value in rax. Clobbers what a call clobbers, save the KeepAll ones (builtins.def). Every call, direct ones and
// builtins alike (save Pure ones), has a CallSite.
//
// Traps: an instruction that is listed as a TrapSite raises its trap when it faults: a ud2, or an access that runs
// into a guard.
//
// Stack: when the frame is there, `cmp rsp, [store + native_stack_limit]` and, if below, the builtin StackLimit; a
// function whose frame is larger than kUncheckedFrame compares rsp - frame_size (a borrow counts as below) before it
// moves rsp. Below the limit there is always room for kUncheckedFrame bytes and for the runtime. If StackLimit returns
// (someone wanted to stop the code, but no longer), the function compares again.
//
// Roots: at a call site live GC references lie in home slots or incoming stack arguments, listed by the site's map; for
// KeepAll builtins also in argument registers, listed by its mask. They are 8-byte cells with the upper half zero.
// FuncRef pointers are no roots.
//
// Exceptions: on landing rbp, rsp = rbp - frame_size, r14, r15, rbx, r12, r13 are as at the call site, rax is the
// exception (gc_layout.h has its fields), all other registers hold anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "abi/context.h"
#include "abi/traps.h"

namespace gantry::abi {

// --- frames

inline constexpr int32_t kFrameContext = -8;
// Callee-saved registers beside rbp, r14 and r15, as bits of FunctionRecord::saved.
inline constexpr uint8_t kSavesRbx = 1, kSavesR12 = 2, kSavesR13 = 4;
inline constexpr uint32_t kUncheckedFrame = 4096;

// --- memories

// A memory with 32-bit indices and 64 KiB pages whose whole index space, and so much behind it, is reserved: an access
// at index + offset of `size` bytes with offset + size <= kGuardBytes needs no check. The module's instances run native
// code only with such memories.
inline constexpr uint64_t kGuardBytes = uint64_t{32} << 20;

// --- builtins

enum class Builtin : uint8_t {
#define GANTRY_BUILTIN(Id, shape, operands, note) Id,
#include "abi/builtins.def"
};
inline constexpr int kBuiltinCount = 0
#define GANTRY_BUILTIN(Id, shape, operands, note) +1
#include "abi/builtins.def"
    ;
// Behind the builtins: what code without faults calls to trap, just before a TrapSite. Needs rbp only, and does not
// return.
inline constexpr int kTrapEntry = kBuiltinCount;
enum class BuiltinShape : uint8_t { Call, KeepAll, Pure };

// The C++ side, as its stub calls it: status and value come back in rax and rdx. A status other than Ok is pending in
// the store. The value of a Pure one is `value`; its status counts for nothing.
struct BuiltinResult {
  uint64_t status;
  uint64_t value;
};
using BuiltinFunction = BuiltinResult (*)(InstanceContext* context, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                                          uint64_t e);

// --- compiled functions

// An instruction that may fault, or a ud2.
struct TrapSite {
  uint32_t pc;      // of the instruction, from the function's start
  uint32_t offset;  // of the WebAssembly instruction in the module
  uint32_t fuel;    // charged in this block up to here, but not yet paid
  TrapCode code;
};

// A call of anything that may trap, throw, collect or look at the stack.
struct CallSite {
  uint32_t return_pc;  // from the function's start
  uint32_t offset;     // of the WebAssembly instruction in the module
  uint32_t fuel;       // as in TrapSite, for traps that a builtin raises
  // In CodeBatch::maps: a count; as many numbers follow of 8-byte cells, from rbp, that hold GC references.
  uint32_t map = kNoMap;
  // In CodeBatch::handlers: the first to try; the list ends with one that is `last`.
  uint32_t handler = kNoHandler;
  uint8_t register_roots = 0;  // KeepAll builtins: bit i: kValueGprs[i] holds a GC reference

  static constexpr uint32_t kNoMap = 0xffffffff, kNoHandler = 0xffffffff;
};

// One catch clause, innermost try_table first.
struct Handler {
  uint32_t landing;  // pc from the function's start
  uint32_t tag;      // index; Catch and CatchRef
  uint8_t kind;      // wasm::CatchKind
  bool last;         // no further clause applies to the call site
};

// Four bytes of code that become the distance from their end to a function of the module.
struct Relocation {
  uint32_t at;          // in CodeBatch::text
  uint32_t func_index;  // a defined function
};

struct FunctionRecord {
  uint32_t func_index;
  uint32_t start;                           // in CodeBatch::text, a multiple of kFunctionAlign
  uint32_t size;                            // constants included
  uint32_t code_size = 0;                   // up to the constants at its end
  uint32_t frame_size;                      // rbp - rsp between calls
  uint32_t saved = 0;                       // callee-saved registers in the frame, from rbp - 16 downwards
  uint32_t first_trap = 0, trap_count = 0;  // in CodeBatch::traps, by ascending pc
  uint32_t first_call = 0, call_count = 0;  // in CodeBatch::calls, by ascending return_pc
  uint32_t first_data = 0, data_count = 0;  // in CodeBatch::data, by ascending start
};

inline constexpr uint32_t kFunctionAlign = 16;

// Bytes among a function's instructions that are none: tables of jumps.
struct DataRange {
  uint32_t start;  // from the function's start
  uint32_t size;
};

// Where the code of an instruction begins, but for what the compiler moved to the function's end.
struct Mark {
  uint32_t pc;      // from the function's start
  uint32_t offset;  // of the WebAssembly instruction in the module
};

// Functions as a compiler hands them over: position independent but for the relocations. One thread's work, or one
// lazily compiled function; the runtime copies what it keeps, so that a batch can be cleared and used again.
struct CodeBatch {
  std::vector<uint8_t> text;
  std::vector<FunctionRecord> functions;  // by ascending start
  std::vector<Relocation> relocations;
  std::vector<TrapSite> traps;
  std::vector<CallSite> calls;
  std::vector<Handler> handlers;
  std::vector<DataRange> data;
  std::vector<Mark> marks;    // if asked for, of one function after the other
  std::vector<int32_t> maps;  // equal ones may be shared by sites of a function
};

}  // namespace gantry::abi
