// What the commonest instructions do, apart from going on with the next one. A handler is a piece and a dispatch; the handlers of pairs
// (pairs.h) are two pieces and a dispatch.
//
// Piece<op>::Do works on the state (dispatch.cc) and says, by kind:
//   Plain    nothing (false)
//   Access   true if the access is out of bounds; then nothing has happened
//   Branch   true if the branch is taken; its offset is in c
//   Jump     nothing (false); the offset is in b:c
#pragma once

#include "base/numeric.h"
#include "runtime/interp/access.h"
#include "runtime/interp/rcode.h"

namespace gantry::interp {

enum class PieceKind : uint8_t { Plain, Access, Branch, Jump };

template <ROp op>
struct Piece;

#define GANTRY_PIECE_STATE                                                                                              \
  [[maybe_unused]] const Word *ip, [[maybe_unused]] abi::Slot *fp, [[maybe_unused]] uint8_t *mem,                       \
      [[maybe_unused]] uint64_t len, [[maybe_unused]] uint64_t &acc, [[maybe_unused]] double &facc,                   \
      [[maybe_unused]] const abi::InstanceContext *ctx
#define PIECE(Name, kind, words, ...)                                                      \
  template <>                                                                              \
  struct Piece<ROp::Name> {                                                                \
    static constexpr PieceKind kKind = PieceKind::kind;                                    \
    static constexpr int kWords = words;                                                   \
    [[gnu::always_inline]] static inline bool Do(GANTRY_PIECE_STATE) { __VA_ARGS__; }      \
  };
#define PLAIN(Name, words, ...) PIECE(Name, Plain, words, __VA_ARGS__; return false)
#define BRANCH(Name, ...) PIECE(Name, Branch, 1, return (__VA_ARGS__))

// Operands of num::Name.
#define ARG(Name, n) Signature<decltype(&num::Name)>::Arg<n>
#define SLOT_A(Name) Read<ARG(Name, 0)>(fp + ip->a)
#define SLOT_B(Name) Read<ARG(Name, 0)>(fp + ip->b)
#define SLOT_C(Name) Read<ARG(Name, 1)>(fp + ip->c)
#define SLOT_B1(Name) Read<ARG(Name, 1)>(fp + ip->b)
#define IMM_B(Name) static_cast<ARG(Name, 1)>(static_cast<int64_t>(ip->sb()))
#define IMM_C(Name) static_cast<ARG(Name, 1)>(static_cast<int64_t>(ip->sc()))
#define WORD_0(Name) FromBits<ARG(Name, 0)>(ip[1].bits())
#define WORD_1(Name) FromBits<ARG(Name, 1)>(ip[1].bits())
#define ACC(Name, n) FromAcc<ARG(Name, n)>(acc, facc)
#define TO_SLOT(...) Write(fp + ip->a, __VA_ARGS__)
#define TO_ACC(...) ToAcc(acc, facc, __VA_ARGS__)

// --- arithmetic that cannot trap

#define ROW(Name)                                             \
  PLAIN(Name, 1, TO_SLOT(num::Name(SLOT_B(Name), SLOT_C(Name))))       \
  PLAIN(Name##T, 1, TO_ACC(num::Name(SLOT_B(Name), SLOT_C(Name))))     \
  PLAIN(Name##B, 1, TO_SLOT(num::Name(ACC(Name, 0), SLOT_C(Name))))    \
  PLAIN(Name##BT, 1, TO_ACC(num::Name(ACC(Name, 0), SLOT_C(Name))))    \
  PLAIN(Name##KT, 2, TO_ACC(num::Name(SLOT_B(Name), WORD_1(Name))))    \
  PLAIN(Name##KB, 2, TO_SLOT(num::Name(ACC(Name, 0), WORD_1(Name))))   \
  PLAIN(Name##KBT, 2, TO_ACC(num::Name(ACC(Name, 0), WORD_1(Name))))
GANTRY_RC_ACC_BINARY(ROW)
#undef ROW
#define ROW(Name)                                                     \
  PLAIN(Name##C, 1, TO_SLOT(num::Name(SLOT_B(Name), ACC(Name, 1))))   \
  PLAIN(Name##CT, 1, TO_ACC(num::Name(SLOT_B(Name), ACC(Name, 1))))
GANTRY_RC_ACC_RIGHT(ROW)
#undef ROW
#define ROW(Name)                                                     \
  PLAIN(Name##I, 1, TO_SLOT(num::Name(SLOT_B(Name), IMM_C(Name))))    \
  PLAIN(Name##IT, 1, TO_ACC(num::Name(SLOT_B(Name), IMM_C(Name))))    \
  PLAIN(Name##IB, 1, TO_SLOT(num::Name(ACC(Name, 0), IMM_C(Name))))   \
  PLAIN(Name##IBT, 1, TO_ACC(num::Name(ACC(Name, 0), IMM_C(Name))))   \
  PLAIN(Name##K, 2, TO_SLOT(num::Name(SLOT_B(Name), WORD_1(Name))))
GANTRY_RC_ACC_INT(ROW)
#undef ROW
#define ROW(Name)                                                      \
  PLAIN(Name##LT, 2, TO_ACC(num::Name(WORD_0(Name), SLOT_B1(Name))))   \
  PLAIN(Name##LB, 2, TO_SLOT(num::Name(WORD_0(Name), ACC(Name, 1))))   \
  PLAIN(Name##LBT, 2, TO_ACC(num::Name(WORD_0(Name), ACC(Name, 1))))
GANTRY_RC_ACC_LEFT(ROW)
#undef ROW
#define ROW(Name)                                          \
  PLAIN(Name##T, 1, TO_ACC(num::Name(SLOT_B(Name))))       \
  PLAIN(Name##B, 1, TO_SLOT(num::Name(ACC(Name, 0))))      \
  PLAIN(Name##BT, 1, TO_ACC(num::Name(ACC(Name, 0))))
GANTRY_RC_ACC_UNARY(ROW)
#undef ROW

#define ROW(Name)                                                     \
  PLAIN(Name, 1, TO_SLOT(num::Name(SLOT_B(Name), SLOT_C(Name))))      \
  PLAIN(Name##I, 1, TO_SLOT(num::Name(SLOT_B(Name), IMM_C(Name))))
GANTRY_RC_INT_COMPARE(ROW)
#undef ROW

// --- accesses to memory 0
//
// One is in bounds if its end, computed in 64 bits from a 32-bit index and a 32-bit offset, is at most len.

// X(name, type in memory, type of the value)
#define GANTRY_ACC_LOADS(X)                                                                                                  \
  X(I32Load, uint32_t, uint32_t) X(I64Load, uint64_t, uint64_t) X(F64Load, double, double) X(I32Load8S, int8_t, uint32_t)     \
  X(I32Load8U, uint8_t, uint32_t) X(I32Load16S, int16_t, uint32_t) X(I32Load16U, uint16_t, uint32_t)                         \
  X(I64Load8S, int8_t, uint64_t) X(I64Load8U, uint8_t, uint64_t) X(I64Load16S, int16_t, uint64_t)                            \
  X(I64Load16U, uint16_t, uint64_t) X(I64Load32S, int32_t, uint64_t) X(I64Load32U, uint32_t, uint64_t)
#define GANTRY_SCALAR_LOADS(X) GANTRY_ACC_LOADS(X) X(F32Load, uint32_t, uint32_t)
#define GANTRY_INT_STORES(X)                                                                                                 \
  X(I32Store, uint32_t) X(I64Store, uint64_t) X(I32Store8, uint8_t) X(I32Store16, uint16_t) X(I64Store8, uint8_t)            \
  X(I64Store16, uint16_t) X(I64Store32, uint32_t)
#define GANTRY_ACC_STORES(X) GANTRY_INT_STORES(X) X(F64Store, double)
#define GANTRY_SCALAR_STORES(X) GANTRY_ACC_STORES(X) X(F32Store, uint32_t)

// The address of an access, as `at`. `start` is evaluated once.
#define ACCESS(Name, M, words, start, ...)                                            \
  PIECE(Name, Access, words, const uint64_t end = (start) + sizeof(M);                \
        if (end > len) [[unlikely]] return true;                                      \
        uint8_t* const at = mem + end - sizeof(M);                                    \
        __VA_ARGS__; return false)
#define INDEX_B static_cast<uint64_t>(Read<uint32_t>(fp + ip->b))
#define INDEX_ACC static_cast<uint64_t>(static_cast<uint32_t>(acc))
// base + index * scale wraps around at 32 bits, as the wasm instructions that compute it do.
#define INDEX_SUM(scale) static_cast<uint64_t>(Read<uint32_t>(fp + ip->b) + Read<uint32_t>(fp + ip->c) * uint32_t{scale})

#define ROW(Name, M, V)                                                                                \
  ACCESS(Name, M, 1, INDEX_B + ip->c, TO_SLOT(static_cast<V>(Peek<M>(at))))                            \
  ACCESS(Name##W, M, 2, INDEX_B + ip[1].low(), TO_SLOT(static_cast<V>(Peek<M>(at))))                   \
  ACCESS(Name##X, M, 2, INDEX_SUM(1) + ip[1].low(), TO_SLOT(static_cast<V>(Peek<M>(at))))              \
  ACCESS(Name##Y, M, 2, INDEX_SUM(sizeof(M)) + ip[1].low(), TO_SLOT(static_cast<V>(Peek<M>(at))))      \
  ACCESS(Name##A, M, 1, static_cast<uint64_t>(ip->bc()), TO_SLOT(static_cast<V>(Peek<M>(at))))
GANTRY_SCALAR_LOADS(ROW)
#undef ROW
#define ROW(Name, M, V)                                                                                \
  ACCESS(Name##T, M, 1, INDEX_B + ip->c, TO_ACC(static_cast<V>(Peek<M>(at))))                          \
  ACCESS(Name##B, M, 1, INDEX_ACC + ip->c, TO_SLOT(static_cast<V>(Peek<M>(at))))                       \
  ACCESS(Name##BT, M, 1, INDEX_ACC + ip->c, TO_ACC(static_cast<V>(Peek<M>(at))))                       \
  ACCESS(Name##XT, M, 2, INDEX_SUM(1) + ip[1].low(), TO_ACC(static_cast<V>(Peek<M>(at))))              \
  ACCESS(Name##YT, M, 2, INDEX_SUM(sizeof(M)) + ip[1].low(), TO_ACC(static_cast<V>(Peek<M>(at))))      \
  ACCESS(Name##AT, M, 1, static_cast<uint64_t>(ip->bc()), TO_ACC(static_cast<V>(Peek<M>(at))))
GANTRY_ACC_LOADS(ROW)
#undef ROW
#define ROW(Name, M)                                                                                   \
  ACCESS(Name, M, 1, INDEX_B + ip->c, Poke(at, Read<M>(fp + ip->a)))                                   \
  ACCESS(Name##W, M, 2, INDEX_B + ip[1].low(), Poke(at, Read<M>(fp + ip->a)))                          \
  ACCESS(Name##X, M, 2, INDEX_SUM(1) + ip[1].low(), Poke(at, Read<M>(fp + ip->a)))                     \
  ACCESS(Name##Y, M, 2, INDEX_SUM(sizeof(M)) + ip[1].low(), Poke(at, Read<M>(fp + ip->a)))             \
  ACCESS(Name##A, M, 1, static_cast<uint64_t>(ip->bc()), Poke(at, Read<M>(fp + ip->a)))
GANTRY_SCALAR_STORES(ROW)
#undef ROW
#define ROW(Name, M)                                                                                   \
  ACCESS(Name##Q, M, 1, INDEX_B + ip->c, Poke(at, FromAcc<M>(acc, facc)))                              \
  ACCESS(Name##B, M, 1, INDEX_ACC + ip->c, Poke(at, Read<M>(fp + ip->a)))
GANTRY_ACC_STORES(ROW)
#undef ROW
#define ROW(Name, M) \
  ACCESS(Name##I, M, 1, INDEX_B + ip->c, Poke(at, static_cast<M>(static_cast<int64_t>(static_cast<int16_t>(ip->a)))))
GANTRY_INT_STORES(ROW)
#undef ROW

// --- branches

#define ROW(Name)                                                       \
  BRANCH(Br##Name, num::Name(SLOT_A(Name), SLOT_B1(Name)) != 0)         \
  BRANCH(Br##Name##I, num::Name(SLOT_A(Name), IMM_B(Name)) != 0)        \
  BRANCH(Br##Name##Q, num::Name(ACC(Name, 0), SLOT_B1(Name)) != 0)      \
  BRANCH(Br##Name##B, num::Name(SLOT_A(Name), ACC(Name, 1)) != 0)       \
  BRANCH(Br##Name##IQ, num::Name(ACC(Name, 0), IMM_B(Name)) != 0)
GANTRY_RC_INT_COMPARE(ROW)
#undef ROW
#define ROW(Name)                                                       \
  BRANCH(Br##Name, num::Name(SLOT_A(Name), SLOT_B1(Name)) != 0)         \
  BRANCH(BrNot##Name, num::Name(SLOT_A(Name), SLOT_B1(Name)) == 0)
GANTRY_RC_FLOAT_COMPARE(ROW)
#undef ROW
#define ROW(Name)                                                       \
  BRANCH(Br##Name##Q, num::Name(ACC(Name, 0), SLOT_B1(Name)) != 0)      \
  BRANCH(Br##Name##B, num::Name(SLOT_A(Name), ACC(Name, 1)) != 0)       \
  BRANCH(BrNot##Name##Q, num::Name(ACC(Name, 0), SLOT_B1(Name)) == 0)   \
  BRANCH(BrNot##Name##B, num::Name(SLOT_A(Name), ACC(Name, 1)) == 0)
GANTRY_RC_ACC_FLOAT_COMPARE(ROW)
#undef ROW
#define U32_A Read<uint32_t>(fp + ip->a)
#define U32_ACC static_cast<uint32_t>(acc)
PIECE(Br, Jump, 1, return false)
BRANCH(BrNz, U32_A != 0)
BRANCH(BrZ, U32_A == 0)
BRANCH(BrNz64, fp[ip->a] != 0)
BRANCH(BrZ64, fp[ip->a] == 0)
BRANCH(BrAnd, (U32_A & Read<uint32_t>(fp + ip->b)) != 0)
BRANCH(BrAndI, (U32_A & static_cast<uint32_t>(ip->sb())) != 0)
BRANCH(BrNotAnd, (U32_A & Read<uint32_t>(fp + ip->b)) == 0)
BRANCH(BrNotAndI, (U32_A & static_cast<uint32_t>(ip->sb())) == 0)
BRANCH(BrNzQ, U32_ACC != 0)
BRANCH(BrZQ, U32_ACC == 0)
BRANCH(BrAndIQ, (U32_ACC & static_cast<uint32_t>(ip->sb())) != 0)
BRANCH(BrNotAndIQ, (U32_ACC & static_cast<uint32_t>(ip->sb())) == 0)
#define INCREMENT                                                                         \
  const uint32_t value = U32_A + static_cast<uint32_t>(ip->sb());                         \
  fp[ip->a] = value
PIECE(IncBrNe, Branch, 2, INCREMENT; return value != Read<uint32_t>(fp + ip[1].op))
PIECE(IncBrNeI, Branch, 2, INCREMENT; return value != static_cast<uint32_t>(static_cast<int16_t>(ip[1].op)))
PIECE(IncBrNz, Branch, 1, INCREMENT; return value != 0)

// --- moves, constants and globals

PLAIN(Mov, 1, fp[ip->a] = fp[ip->b])
PLAIN(Mov2, 1, const abi::Slot first = fp[ip->b], second = fp[ip->c]; abi::Slot* to = fp + ip->a; to[0] = first; to[1] = second)
PLAIN(Const32, 1, fp[ip->a] = ip->bc())
PLAIN(Const64, 2, fp[ip->a] = ip[1].bits())
PLAIN(GlobalGet, 1, fp[ip->a] = ctx->globals[ip->bc()]->low)
PLAIN(GlobalGetT, 1, acc = ctx->globals[ip->bc()]->low)
PLAIN(GlobalSet, 1, ctx->globals[ip->bc()]->low = fp[ip->a])

#undef PIECE
#undef PLAIN
#undef BRANCH
#undef ARG
#undef SLOT_A
#undef SLOT_B
#undef SLOT_C
#undef SLOT_B1
#undef IMM_B
#undef IMM_C
#undef WORD_0
#undef WORD_1
#undef ACC
#undef TO_SLOT
#undef TO_ACC
#undef ACCESS
#undef INDEX_B
#undef INDEX_ACC
#undef INDEX_SUM
#undef U32_A
#undef U32_ACC
#undef INCREMENT

}  // namespace gantry::interp
