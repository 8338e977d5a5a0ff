// [GANTRYDOC] The interpreter's loop
//
// One handler per ROp, in handlers_*.inc, written once and compiled in one of two shapes:
//   - clang >= 19 on x86-64 and AArch64: a function per handler. Its state travels in argument registers (preserve_none), and each handler
//     ends in a tail call of the next one, so rare paths with calls cost the fast path nothing.
//   - other compilers: one function with computed gotos.
//
// State: ip (the current instruction), fp (frame), mem and len (base and length of memory 0), acc and facc (the accumulator, for f64 facc),
// table (handlers), ctx (instance), func.
//
// [D1] Before anything that may trap, call, collect or look at frames a handler saves the state in the activation (SAVE).
// [D2] After anything that may grow a memory or switch instances mem and len are loaded again (RELOAD).
// [D3] A handler reads all its operands before it writes a slot.
//
// Tested by interp_test.cc and the test suites.
#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "base/numeric.h"
#include "runtime/instance.h"
#include "runtime/interp/access.h"
#include "runtime/interp/rcode.h"
#include "runtime/interp/slow_ops.h"
#include "runtime/store.h"

static_assert(std::endian::native == std::endian::little, "memory accesses are not swapped");

#if defined(__clang__) && __clang_major__ >= 19 && (defined(__x86_64__) || defined(__aarch64__))
#define GANTRY_TAIL_CALLS 1
#else
#define GANTRY_TAIL_CALLS 0
#endif

namespace gantry::interp {

using abi::FuncRef;
using abi::InstanceContext;
using abi::Slot;
using abi::Status;
using abi::TrapCode;

namespace {

[[maybe_unused]] constexpr TrapCode TrapOf(num::NumTrap trap) {
  switch (trap) {
    case num::NumTrap::DivideByZero: return TrapCode::DivideByZero;
    case num::NumTrap::IntegerOverflow: return TrapCode::IntegerOverflow;
    default: return TrapCode::InvalidConversion;
  }
}

// Base and length of memory 0.
struct Memory0 {
  uint8_t* base;
  uint64_t length;
};
inline Memory0 LoadMemory0(const InstanceContext* ctx, const FuncCode* func) {
  if (!func->has_memory) return {nullptr, 0};
  const abi::MemoryDef* def = ctx->memories[0];
  return {def->base, def->length.load(std::memory_order_relaxed)};
}

inline const FuncCode* CodeOf(const FuncRef& ref) {
  const ModuleCode& module = *static_cast<const ModuleCode*>(ref.context->code);
  return module.Get(ref.func_index - module.module.imported_funcs);
}

inline void SetLink(Slot* link, const void* ip, const void* fp, const void* func) {
  link[kLinkIp] = reinterpret_cast<uintptr_t>(ip);
  link[kLinkFp] = reinterpret_cast<uintptr_t>(fp);
  link[kLinkFunc] = reinterpret_cast<uintptr_t>(func);
}

inline Run* RunOf(const InstanceContext* ctx) { return static_cast<Run*>(ctx->store->activation); }

inline void Save(Run* run, const Word* ip, Slot* fp, const FuncCode* func, InstanceContext* ctx) {
  run->ip = ip;
  run->fp = fp;
  run->func = func;
  run->context = ctx;
  ctx->store->stack_top = fp + func->frame_slots;
}

#define SAVE() Save(RunOf(ctx), ip, fp, func, ctx)
#define RELOAD()                                      \
  do {                                                \
    const Memory0 memory0 = LoadMemory0(ctx, func);   \
    mem = memory0.base;                               \
    len = memory0.length;                             \
  } while (0)
// Goes on with the instruction at ip.
#define NEXT(words) \
  do {              \
    ip += (words);  \
    DISPATCH();     \
  } while (0)
// Ends a slow instruction that failed; the state has been saved.
#define LEAVE(status)                                  \
  do {                                                 \
    if ((status) == Status::Exception) GO(Unwind);     \
    return (status);                                   \
  } while (0)

#if GANTRY_TAIL_CALLS

#define GANTRY_STATE                                                                                                           \
  [[maybe_unused]] const Word *ip, [[maybe_unused]] Slot *fp, [[maybe_unused]] uint8_t *mem, [[maybe_unused]] uint64_t len,     \
      [[maybe_unused]] uint64_t acc, [[maybe_unused]] const void *const *table, [[maybe_unused]] InstanceContext *ctx,          \
      [[maybe_unused]] const FuncCode *func, [[maybe_unused]] double facc
#define GANTRY_STATE_VALUES ip, fp, mem, len, acc, table, ctx, func, facc
typedef Status HandlerFunc(GANTRY_STATE) __attribute__((preserve_none));

#define OP(Name) __attribute__((preserve_none)) Status Op##Name(GANTRY_STATE)
#define DISPATCH() [[clang::musttail]] return reinterpret_cast<HandlerFunc*>(const_cast<void*>(table[ip->op]))(GANTRY_STATE_VALUES)
#define GO(Name) [[clang::musttail]] return Op##Name(GANTRY_STATE_VALUES)
#define TRAP(code) [[clang::musttail]] return OpTrap<code>(GANTRY_STATE_VALUES)
#define TRAP_NUM(trap)                                                                           \
  do {                                                                                           \
    if ((trap) == num::NumTrap::DivideByZero) TRAP(TrapCode::DivideByZero);                      \
    if ((trap) == num::NumTrap::IntegerOverflow) TRAP(TrapCode::IntegerOverflow);                \
    TRAP(TrapCode::InvalidConversion);                                                           \
  } while (0)

#define RC(Name, format) OP(Name);
#include "runtime/interp/rcode.def"

template <TrapCode code>
__attribute__((preserve_none, noinline, cold)) Status OpTrap(GANTRY_STATE) {
  SAVE();
  return RaiseTrap(RunOf(ctx), code);
}

#include "runtime/interp/handlers_numeric.inc"
#include "runtime/interp/handlers_memory.inc"
#include "runtime/interp/handlers_control.inc"
#include "runtime/interp/handlers_gc.inc"
#include "runtime/interp/handlers_acc.inc"

const void* const kTable[] = {
#define RC(Name, format) reinterpret_cast<const void*>(&Op##Name),
#include "runtime/interp/rcode.def"
};

}  // namespace

Status Execute(Run* run, const FuncCode* func, Slot* fp, InstanceContext* ctx) {
  run->func = nullptr;
  const Memory0 memory0 = LoadMemory0(ctx, func);
  const Word* ip = func->code;
  return reinterpret_cast<HandlerFunc*>(const_cast<void*>(kTable[ip->op]))(ip, fp, memory0.base, memory0.length, 0, kTable, ctx, func, 0);
}

#else

#define OP(Name) L_##Name:
#define DISPATCH() goto *kTable[ip->op]
#define GO(Name) goto L_##Name
#define TRAP(code)     \
  do {                 \
    trap_code = code;  \
    goto trap;         \
  } while (0)
#define TRAP_NUM(trap) TRAP(TrapOf(trap))

}  // namespace

Status Execute(Run* first_run, const FuncCode* first_func, Slot* first_fp, InstanceContext* first_ctx) {
  static const void* const kTable[] = {
#define RC(Name, format) &&L_##Name,
#include "runtime/interp/rcode.def"
  };
  first_run->func = nullptr;
  const FuncCode* func = first_func;
  Slot* fp = first_fp;
  InstanceContext* ctx = first_ctx;
  const Word* ip = func->code;
  TrapCode trap_code = TrapCode::Unreachable;
  uint8_t* mem;
  uint64_t len;
  uint64_t acc = 0;
  double facc = 0;
  RELOAD();
  DISPATCH();
trap:
  SAVE();
  return RaiseTrap(RunOf(ctx), trap_code);

#include "runtime/interp/handlers_numeric.inc"
#include "runtime/interp/handlers_memory.inc"
#include "runtime/interp/handlers_control.inc"
#include "runtime/interp/handlers_gc.inc"
#include "runtime/interp/handlers_acc.inc"
}

#endif

}  // namespace gantry::interp
