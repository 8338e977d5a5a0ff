// The state that handlers pass on, in the shape with one function per handler (see dispatch.cc).
#pragma once

#include "abi/context.h"
#include "abi/traps.h"
#include "runtime/interp/rcode.h"

#if defined(__clang__) && __clang_major__ >= 19 && (defined(__x86_64__) || defined(__aarch64__))
#define GANTRY_TAIL_CALLS 1
#else
#define GANTRY_TAIL_CALLS 0
#endif

// Goes on with the instruction at ip.
#define NEXT(words) \
  do {              \
    ip += (words);  \
    DISPATCH();     \
  } while (0)

#if GANTRY_TAIL_CALLS

#define GANTRY_STATE                                                                                          \
  [[maybe_unused]] const Word *ip, [[maybe_unused]] abi::Slot *fp, [[maybe_unused]] uint8_t *mem,             \
      [[maybe_unused]] uint64_t len, [[maybe_unused]] uint64_t acc, [[maybe_unused]] const TableEntry *table, \
      [[maybe_unused]] abi::InstanceContext *ctx, [[maybe_unused]] const FuncCode *func, [[maybe_unused]] double facc
#define GANTRY_STATE_VALUES ip, fp, mem, len, acc, table, ctx, func, facc
#define GANTRY_HANDLER __attribute__((preserve_none)) abi::Status
#define DISPATCH() [[clang::musttail]] return table[ip->op].handler(GANTRY_STATE_VALUES)

namespace gantry::interp {

struct TableEntry;
typedef abi::Status HandlerFunc(GANTRY_STATE) __attribute__((preserve_none));
struct TableEntry {
  HandlerFunc* handler;
};

// Raises the trap of an access out of bounds at ip.
GANTRY_HANDLER OutOfBounds(GANTRY_STATE);

}  // namespace gantry::interp

#endif
