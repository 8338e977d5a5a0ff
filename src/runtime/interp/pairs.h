// Pairs: two neighbouring instructions that share one handler, hence one dispatch.
//
// The code of a pair is that of its two instructions; only the op in the first word says that its handler does both. So nothing else
// changes: a branch may lead to the second one, and a trap names the instruction that it comes from. FusePairs (fuse.h) picks the pairs
// once a function is translated.
//
// Which pairs there are follows from what compilers emit most: chains of integer operations, an operation on a value just loaded, an
// address or a stored value just computed, a comparison of a value just computed, counters and copies before a branch.
//
// Only the shape with one function per handler (dispatch.cc) has them.
#pragma once

#include <span>

#include "runtime/interp/rcode.h"
#include "runtime/interp/state.h"

namespace gantry::interp {

// --- lists of instructions

// Integer operations: two slots, a slot and an immediate, a slot and a word.
#define GANTRY_PAIR_INTS(X, T)                                                                                                     \
  X(T##Add) X(T##Sub) X(T##Mul) X(T##And) X(T##Or) X(T##Xor) X(T##AddI) X(T##MulI) X(T##AndI) X(T##OrI) X(T##XorI) X(T##ShlI)      \
  X(T##ShrSI) X(T##ShrUI) X(T##RotlI) X(T##AddK) X(T##AndK) X(T##XorK)
#define GANTRY_PAIR_CORE_INTS(X, T)                                                                                                \
  X(T##Add) X(T##Sub) X(T##Mul) X(T##And) X(T##Or) X(T##Xor) X(T##AddI) X(T##AndI) X(T##ShlI) X(T##ShrUI) X(T##ShrSI) X(T##RotlI)
#define GANTRY_PAIR_ADDRESSES(X) X(I32Add) X(I32AddI) X(I32And) X(I32AndI) X(I32ShlI) X(I32ShrUI)
#define GANTRY_PAIR_FLOATS(X) X(F64Add) X(F64Sub) X(F64Mul) X(F64Div)
#define GANTRY_PAIR_FLOATS_RIGHT(X) X(F64Sub) X(F64Div)
#define GANTRY_PAIR_LOADS_32(X) X(I32Load) X(I32Load8U) X(I32Load16U)
#define GANTRY_PAIR_LOADS_64(X) X(I64Load) X(I64Load32U) X(I64Load8U)

// Operands and results: S slot, A accumulator. The first of a pair ends with A if the second takes its result.
#define GANTRY_S_S(N) ROp::N,
#define GANTRY_S_A(N) ROp::N##T,
#define GANTRY_A_S(N) ROp::N##B,
#define GANTRY_A_A(N) ROp::N##BT,
#define GANTRY_X_S(N) ROp::N, ROp::N##B,
#define GANTRY_X_A(N) ROp::N##T, ROp::N##BT,
#define GANTRY_A_X(N) ROp::N##B, ROp::N##BT,
#define GANTRY_S_X(N) ROp::N, ROp::N##T,
#define GANTRY_RIGHT_X(N) ROp::N##C, ROp::N##CT,
#define GANTRY_RIGHT_A(N) ROp::N##CT,
#define GANTRY_LOAD_A(N) ROp::N##T, ROp::N##BT, ROp::N##XT, ROp::N##YT,
#define GANTRY_CMP(N) ROp::N, ROp::N##I,
#define GANTRY_BR(N) ROp::Br##N, ROp::Br##N##I,
#define GANTRY_BR_ACC(N) ROp::Br##N##Q, ROp::Br##N##IQ,
#define GANTRY_I32_COMPARE(X) \
  X(I32Eq) X(I32Ne) X(I32LtS) X(I32LtU) X(I32GtS) X(I32GtU) X(I32LeS) X(I32LeU) X(I32GeS) X(I32GeU)
#define GANTRY_I64_COMPARE(X) \
  X(I64Eq) X(I64Ne) X(I64LtS) X(I64LtU) X(I64GtS) X(I64GtU) X(I64LeS) X(I64LeU) X(I64GeS) X(I64GeU)

inline constexpr ROp kI32ToAcc[] = {GANTRY_PAIR_INTS(GANTRY_X_A, I32)};
inline constexpr ROp kI32FromAcc[] = {GANTRY_PAIR_INTS(GANTRY_A_X, I32)};
inline constexpr ROp kI32ToSlot[] = {GANTRY_PAIR_CORE_INTS(GANTRY_X_S, I32)};
inline constexpr ROp kI32FromSlots[] = {GANTRY_PAIR_CORE_INTS(GANTRY_S_X, I32)};
inline constexpr ROp kI64ToAcc[] = {GANTRY_PAIR_INTS(GANTRY_X_A, I64)};
inline constexpr ROp kI64FromAcc[] = {GANTRY_PAIR_INTS(GANTRY_A_X, I64)};
inline constexpr ROp kI64ToSlot[] = {GANTRY_PAIR_CORE_INTS(GANTRY_X_S, I64)};
inline constexpr ROp kI64FromSlots[] = {GANTRY_PAIR_CORE_INTS(GANTRY_S_X, I64)};
inline constexpr ROp kF64ToAcc[] = {GANTRY_PAIR_FLOATS(GANTRY_X_A) GANTRY_PAIR_FLOATS_RIGHT(GANTRY_RIGHT_A)};
inline constexpr ROp kF64FromAcc[] = {GANTRY_PAIR_FLOATS(GANTRY_A_X) GANTRY_PAIR_FLOATS_RIGHT(GANTRY_RIGHT_X)};

inline constexpr ROp kLoad32ToAcc[] = {GANTRY_PAIR_LOADS_32(GANTRY_LOAD_A) ROp::I32LoadAT, ROp::I32Load8ST, ROp::I32Load8SXT};
inline constexpr ROp kLoad64ToAcc[] = {GANTRY_PAIR_LOADS_64(GANTRY_LOAD_A)};
inline constexpr ROp kLoadF64ToAcc[] = {GANTRY_LOAD_A(F64Load)};
inline constexpr ROp kAddressToAcc[] = {GANTRY_PAIR_ADDRESSES(GANTRY_X_A)};
inline constexpr ROp kLoadFromAcc[] = {GANTRY_RC_ACC_LOAD(GANTRY_A_X)};
inline constexpr ROp kStore32FromAcc[] = {ROp::I32StoreQ, ROp::I32Store8Q, ROp::I32Store16Q};
inline constexpr ROp kStore64FromAcc[] = {ROp::I64StoreQ, ROp::I64Store32Q};
inline constexpr ROp kStoreF64FromAcc[] = {ROp::F64StoreQ};

// Values that wait in slots: what often stands before or after an access.
inline constexpr ROp kLoadToSlot[] = {ROp::I32Load,  ROp::I32LoadX,  ROp::I32LoadY, ROp::I32LoadA, ROp::I32Load8U,  ROp::I32Load8UX,
                                      ROp::I64Load,  ROp::F64Load,   ROp::F64LoadX, ROp::F64LoadY, ROp::I32Load8UB, ROp::I32LoadB,
                                      ROp::I32Load16U, ROp::I32Load16UY};
inline constexpr ROp kLoadFromSlots[] = {ROp::I32Load,   ROp::I32LoadX,  ROp::I32LoadY,    ROp::I32LoadA,   ROp::I32Load8U,   ROp::I32Load8UX,
                                         ROp::I64Load,   ROp::F64Load,   ROp::F64LoadX,    ROp::F64LoadY,   ROp::I32Load16U,  ROp::I32Load16UY,
                                         ROp::I32LoadT,  ROp::I32LoadXT, ROp::I32LoadYT,   ROp::I32LoadAT,  ROp::I32Load8UT,  ROp::I32Load8UXT,
                                         ROp::I64LoadT,  ROp::F64LoadT,  ROp::F64LoadXT,   ROp::F64LoadYT,  ROp::I32Load16UT, ROp::I32Load16UYT};
inline constexpr ROp kStoreFromSlots[] = {ROp::I32Store,  ROp::I32StoreX,  ROp::I32StoreY,  ROp::I32StoreA, ROp::I32StoreI, ROp::I32Store8,
                                          ROp::I32Store8I, ROp::I32Store8X, ROp::I64Store,   ROp::I64StoreI, ROp::F64Store,  ROp::F64StoreY};
inline constexpr ROp kStores[] = {ROp::I32Store,  ROp::I32StoreX, ROp::I32StoreY, ROp::I32StoreA,   ROp::I32StoreI,  ROp::I32StoreQ, ROp::I32Store8,
                                  ROp::I32Store8I, ROp::I32Store8Q, ROp::I64Store, ROp::I64StoreQ, ROp::F64Store,    ROp::F64StoreQ};
inline constexpr ROp kSimple[] = {ROp::I32Add, ROp::I32AddB, ROp::I32AddI, ROp::I32AddIB, ROp::I32ShlI, ROp::Mov, ROp::Const32};
inline constexpr ROp kSimpleNext[] = {ROp::I32Add,  ROp::I32AddT,  ROp::I32AddI,  ROp::I32AddIT, ROp::I32Sub,  ROp::I32SubT,  ROp::I32MulIT,
                                      ROp::I32AndT, ROp::I32AndI,  ROp::I32AndIT, ROp::I32ShlI,  ROp::I32ShlIT, ROp::I32ShrUI, ROp::I32ShrUIT,
                                      ROp::I32XorT, ROp::Mov,      ROp::Const32};

// Branches.
inline constexpr ROp kBranch32[] = {GANTRY_I32_COMPARE(GANTRY_BR) ROp::BrNz, ROp::BrZ,      ROp::BrAndI, ROp::BrNotAndI,
                                    ROp::IncBrNe,                 ROp::IncBrNeI, ROp::IncBrNz, ROp::Br};
inline constexpr ROp kBranch64[] = {GANTRY_I64_COMPARE(GANTRY_BR)};
inline constexpr ROp kBranch32FromAcc[] = {GANTRY_I32_COMPARE(GANTRY_BR_ACC) ROp::BrNzQ, ROp::BrZQ, ROp::BrAndIQ, ROp::BrNotAndIQ};
inline constexpr ROp kConditional32[] = {GANTRY_I32_COMPARE(GANTRY_BR) GANTRY_I32_COMPARE(GANTRY_BR_ACC) ROp::BrNz, ROp::BrZ,
                                         ROp::BrNzQ, ROp::BrZQ, ROp::IncBrNz, ROp::IncBrNeI};
inline constexpr ROp kBeforeBranch32[] = {ROp::I32AddI,  ROp::I32AddIB,  ROp::I32Add,    ROp::I32AddB,    ROp::I32Sub,   ROp::I32ShlI,
                                          ROp::I32AndI,  ROp::Mov,       ROp::Mov2,      ROp::Const32,    ROp::I32Load,  ROp::I32LoadX,
                                          ROp::I32LoadY, ROp::I32Load8U, ROp::I32Load8UX, ROp::I32Load8UB, ROp::I32Load16UY, ROp::I32Store,
                                          ROp::I32StoreQ, ROp::I32Store8, ROp::I32Store8Q, ROp::I32StoreA, ROp::I64Load};
inline constexpr ROp kBeforeBranch64[] = {ROp::I64AddI, ROp::I64Add, ROp::I64Sub, ROp::I64AndI, ROp::Mov, ROp::I64Load};
inline constexpr ROp kAfterBranch[] = {ROp::I32AddI,  ROp::I32AddIT,  ROp::I32Add,  ROp::I32Sub, ROp::I32ShlIT, ROp::I32AndIT, ROp::I32Load, ROp::I32LoadT,
                                       ROp::I32Load8U, ROp::I32Load8UT, ROp::Mov, ROp::Const32, ROp::BrNz,     ROp::BrZ,      ROp::Br};
inline constexpr ROp kMoves[] = {ROp::Mov, ROp::Mov2, ROp::Const32, ROp::Const64};
inline constexpr ROp kMovesAndJumps[] = {ROp::Mov, ROp::Mov2, ROp::Const32, ROp::Const64, ROp::Br};
inline constexpr ROp kCompare32[] = {GANTRY_I32_COMPARE(GANTRY_CMP)};
inline constexpr ROp kAfterCompare[] = {ROp::BrNz,   ROp::BrZ,     ROp::I32Add, ROp::I32AddT, ROp::I32And, ROp::I32AndT,
                                        ROp::I32Or,  ROp::I32OrT,  ROp::Mov,    ROp::Const32};
inline constexpr ROp kMovesIn64[] = {ROp::Mov, ROp::Const32, ROp::Br};

inline constexpr ROp kGlobalToAcc[] = {ROp::GlobalGetT};
inline constexpr ROp kGlobals[] = {ROp::GlobalGet, ROp::GlobalSet};
inline constexpr ROp kGlobalsNext[] = {ROp::GlobalGet, ROp::GlobalGetT, ROp::GlobalSet};

// Before and after what is too large to have twice.
inline constexpr ROp kBeforeJump[] = {ROp::Mov,      ROp::Mov2,     ROp::Const32,  ROp::I32Add,   ROp::I32AddB,   ROp::I32AddI,  ROp::I32AddIB,
                                      ROp::I32AddT,  ROp::I32AddBT, ROp::I32AddIT, ROp::I32AddIBT, ROp::I32AndIT, ROp::I32Sub,   ROp::I32SubT,
                                      ROp::I64Add,   ROp::I64AddI,  ROp::I32ShlI,  ROp::I32Load,  ROp::I32LoadX,  ROp::I32LoadT, ROp::I32Load8U,
                                      ROp::I32Load8UT, ROp::I64Load, ROp::I32Store, ROp::I32StoreQ, ROp::I32StoreI, ROp::I64Store, ROp::I64StoreQ,
                                      ROp::GlobalSet};
inline constexpr ROp kJumps[] = {ROp::Call,       ROp::CallIndirect, ROp::Return0,   ROp::Return1,  ROp::Return1Q, ROp::BrTable, ROp::BrTableQ,
                                 ROp::MemoryCopy, ROp::MemoryFill,   ROp::ZeroSlots, ROp::Select,   ROp::I32DivU,  ROp::I32RemUK};

// --- families: all pairs of an instruction in the first list with one in the second. Of two that have the same pair the first one counts.

#define GANTRY_PAIRS_I32(X)    \
  X(kI32ToAcc, kI32FromAcc)    \
  X(kI32ToSlot, kI32FromSlots) \
  X(kI32ToSlot, kCompare32)    \
  X(kCompare32, kAfterCompare)
#define GANTRY_PAIRS_I64(X) \
  X(kI64ToAcc, kI64FromAcc) \
  X(kI64ToSlot, kI64FromSlots)
#define GANTRY_PAIRS_MEMORY(X)         \
  X(kLoad32ToAcc, kI32FromAcc)         \
  X(kLoad64ToAcc, kI64FromAcc)         \
  X(kLoadF64ToAcc, kF64FromAcc)        \
  X(kF64ToAcc, kF64FromAcc)            \
  X(kAddressToAcc, kLoadFromAcc)       \
  X(kI32ToAcc, kStore32FromAcc)        \
  X(kI64ToAcc, kStore64FromAcc)        \
  X(kF64ToAcc, kStoreF64FromAcc)       \
  X(kLoad32ToAcc, kStore32FromAcc)     \
  X(kLoad64ToAcc, kStore64FromAcc)     \
  X(kLoadF64ToAcc, kStoreF64FromAcc)   \
  X(kLoadToSlot, kLoadFromSlots)       \
  X(kSimple, kLoadFromSlots)           \
  X(kSimple, kStoreFromSlots)          \
  X(kLoadToSlot, kSimpleNext)          \
  X(kLoadToSlot, kStoreFromSlots)      \
  X(kStores, kSimpleNext)              \
  X(kStores, kLoadFromSlots)           \
  X(kStores, kStoreFromSlots)          \
  X(kLoadToSlot, kCompare32)           \
  X(kGlobalToAcc, kI32FromAcc)         \
  X(kGlobals, kLoadFromSlots)
#define GANTRY_PAIRS_CONTROL(X)          \
  X(kLoad32ToAcc, kBranch32FromAcc)      \
  X(kAddressToAcc, kBranch32FromAcc)     \
  X(kBeforeBranch32, kBranch32)          \
  X(kBeforeBranch64, kBranch64)          \
  X(kConditional32, kAfterBranch)        \
  X(kMoves, kMovesAndJumps)              \
  X(kMoves, kI32FromSlots)               \
  X(kI32ToSlot, kMovesAndJumps)          \
  X(kI64ToSlot, kMovesIn64)              \
  X(kI32ToSlot, kGlobalsNext)            \
  X(kMoves, kGlobalsNext)
// Their second handler follows by a direct jump.
#define GANTRY_PAIRS_JUMP(X) X(kBeforeJump, kJumps)

#define GANTRY_PAIRS(X) GANTRY_PAIRS_I32(X) GANTRY_PAIRS_I64(X) GANTRY_PAIRS_MEMORY(X) GANTRY_PAIRS_CONTROL(X) GANTRY_PAIRS_JUMP(X)

#define GANTRY_PAIRS_SIZE(First, Second) +static_cast<int>(std::size(First) * std::size(Second))
inline constexpr int kPairCount = GANTRY_TAIL_CALLS ? 0 GANTRY_PAIRS(GANTRY_PAIRS_SIZE) : 0;
static_assert(kROpCount + kPairCount <= 0x10000);

#if GANTRY_TAIL_CALLS
// The handler of a pair. It is defined in pair_handlers.inc for the families of each pairs_*.cc.
template <ROp kFirst, ROp kSecond>
GANTRY_HANDLER OpPair(GANTRY_STATE);
#endif

}  // namespace gantry::interp
