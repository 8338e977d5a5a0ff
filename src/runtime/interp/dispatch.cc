// [GANTRYDOC] The interpreter's loop
//
// One handler per ROp, in handlers_*.inc, written once and compiled in one of two shapes:
//   - clang >= 19 on x86-64 and AArch64: a function per handler. Its state travels in argument registers
//   (preserve_none), and each handler
//     ends in a tail call of the next one, so rare paths with calls cost the fast path nothing.
//   - other compilers: one function with computed gotos.
//
// State: ip (the current instruction), fp (frame), mem and len (base and length of memory 0), acc and facc (the
// accumulator, for f64 facc), table (handlers), ctx (instance), func.
//
// [D1] Before anything that may trap, call, collect or look at frames a handler saves the state in the activation
// (SAVE). [D2] After anything that may grow a memory or switch instances mem and len are loaded again (RELOAD). [D3] A
// handler reads all its operands before it writes a slot.
//
// Tested by interp_test.cc and the test suites.
#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <limits>
#include <utility>

#include "base/numeric.h"
#include "runtime/gc_objects.h"
#include "runtime/instance.h"
#include "runtime/interp/access.h"
#include "runtime/interp/pairs.h"
#include "runtime/interp/pieces.h"
#include "runtime/interp/rcode.h"
#include "runtime/interp/slow_ops.h"
#include "runtime/interp/state.h"
#include "runtime/store.h"

static_assert(std::endian::native == std::endian::little, "memory accesses are not swapped");

namespace gantry::interp {

using abi::FuncRef;
using abi::InstanceContext;
using abi::Slot;
using abi::Status;
using abi::TrapCode;

namespace {

[[maybe_unused]] constexpr TrapCode TrapOf(num::NumTrap trap) {
  switch (trap) {
    case num::NumTrap::DivideByZero:
      return TrapCode::DivideByZero;
    case num::NumTrap::IntegerOverflow:
      return TrapCode::IntegerOverflow;
    default:
      return TrapCode::InvalidConversion;
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
#define RELOAD()                                    \
  do {                                              \
    const Memory0 memory0 = LoadMemory0(ctx, func); \
    mem = memory0.base;                             \
    len = memory0.length;                           \
  } while (0)
// Does an instruction's piece and goes on.
#define RUN(Name)                                                             \
  do {                                                                        \
    constexpr PieceKind kind = Piece<ROp::Name>::kKind;                       \
    const bool flag = Piece<ROp::Name>::Do(ip, fp, mem, len, acc, facc, ctx); \
    if (kind == PieceKind::Access && flag) [[unlikely]]                       \
      TRAP(TrapCode::MemoryOutOfBounds);                                      \
    if (kind == PieceKind::Branch && flag) NEXT(ip->sc());                    \
    if (kind == PieceKind::Jump) NEXT(static_cast<int32_t>(ip->bc()));        \
    NEXT(Piece<ROp::Name>::kWords);                                           \
  } while (0)
// Ends a slow instruction that failed; the state has been saved.
#define LEAVE(status)                              \
  do {                                             \
    if ((status) == Status::Exception) GO(Unwind); \
    return (status);                               \
  } while (0)

#if GANTRY_TAIL_CALLS

#define OP(Name) GANTRY_HANDLER Op##Name(GANTRY_STATE)
#define GO(Name) [[clang::musttail]] return Op##Name(GANTRY_STATE_VALUES)
#define TRAP(code) [[clang::musttail]] return OpTrap<code>(GANTRY_STATE_VALUES)
#define TRAP_NUM(trap)                                                            \
  do {                                                                            \
    if ((trap) == num::NumTrap::DivideByZero) TRAP(TrapCode::DivideByZero);       \
    if ((trap) == num::NumTrap::IntegerOverflow) TRAP(TrapCode::IntegerOverflow); \
    TRAP(TrapCode::InvalidConversion);                                            \
  } while (0)

#define RC(Name, format) OP(Name);
#include "runtime/interp/rcode.def"

template <TrapCode code>
__attribute__((noinline, cold)) GANTRY_HANDLER OpTrap(GANTRY_STATE) {
  SAVE();
  return RaiseTrap(RunOf(ctx), code);
}

// clang-format off: memory has macros that later ones use
#include "runtime/interp/handlers_numeric.inc"
#include "runtime/interp/handlers_memory.inc"
#include "runtime/interp/handlers_control.inc"
#include "runtime/interp/handlers_gc.inc"
#include "runtime/interp/handlers_pieces.inc"
// clang-format on

constexpr HandlerFunc* kSingles[] = {
#define RC(Name, format) &Op##Name,
#include "runtime/interp/rcode.def"
};

// A pair whose second instruction is too large to have twice: its handler follows by a direct jump.
template <ROp kFirst, ROp kSecond>
GANTRY_HANDLER OpPairJump(GANTRY_STATE) {
  using First = Piece<kFirst>;
  const bool flag = First::Do(ip, fp, mem, len, acc, facc, ctx);
  if (First::kKind == PieceKind::Access && flag) [[unlikely]]
    TRAP(TrapCode::MemoryOutOfBounds);
  static_assert(First::kKind == PieceKind::Plain || First::kKind == PieceKind::Access);
  ip += First::kWords;
  constexpr HandlerFunc* second = kSingles[static_cast<int>(kSecond)];
  [[clang::musttail]] return second(GANTRY_STATE_VALUES);
}

// The handlers of all instructions, those of pairs behind the others. A constant: nothing is copied when a process
// starts.
struct Table {
  TableEntry entries[kROpCount + kPairCount];
};

consteval Table MakeTable() {
  Table table{};
  TableEntry* end = table.entries;
  for (HandlerFunc* handler : kSingles) *end++ = {handler};
#define ADD_FAMILY(Handler, First, Second)                                                       \
  [&]<size_t... kIndices>(std::index_sequence<kIndices...>) {                                    \
    HandlerFunc* const handlers[] = {                                                            \
        &Handler<First[kIndices / std::size(Second)], Second[kIndices % std::size(Second)]>...}; \
    for (HandlerFunc * handler : handlers) *end++ = {handler};                                   \
  }(std::make_index_sequence<std::size(First) * std::size(Second)>());
#define ADD_PAIRS(First, Second) ADD_FAMILY(OpPair, First, Second)
#define ADD_JUMPS(First, Second) ADD_FAMILY(OpPairJump, First, Second)
  GANTRY_PAIRS_I32(ADD_PAIRS)
  GANTRY_PAIRS_I64(ADD_PAIRS)
  GANTRY_PAIRS_MEMORY(ADD_PAIRS)
  GANTRY_PAIRS_CONTROL(ADD_PAIRS)
  GANTRY_PAIRS_JUMP(ADD_JUMPS)
#undef ADD_JUMPS
#undef ADD_PAIRS
#undef ADD_FAMILY
  return table;
}
constexpr Table kTable = MakeTable();
static_assert(kTable.entries[kROpCount + kPairCount - 1].handler != nullptr, "every instruction has a handler");

}  // namespace

GANTRY_HANDLER OutOfBounds(GANTRY_STATE) { TRAP(TrapCode::MemoryOutOfBounds); }

Status Execute(Run* run, const FuncCode* func, Slot* fp, InstanceContext* ctx) {
  run->func = nullptr;
  const Memory0 memory0 = LoadMemory0(ctx, func);
  const Word* ip = func->code;
  return kTable.entries[ip->op].handler(ip, fp, memory0.base, memory0.length, 0, kTable.entries, ctx, func, 0);
}

#else

#define OP(Name) L_##Name:
#define DISPATCH() goto* kTable[ip->op]
#define GO(Name) goto L_##Name
#define TRAP(code)    \
  do {                \
    trap_code = code; \
    goto trap;        \
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

  // clang-format off: memory has macros that later ones use
#include "runtime/interp/handlers_numeric.inc"
#include "runtime/interp/handlers_memory.inc"
#include "runtime/interp/handlers_control.inc"
#include "runtime/interp/handlers_gc.inc"
#include "runtime/interp/handlers_pieces.inc"
  // clang-format on
}

#endif

}  // namespace gantry::interp
