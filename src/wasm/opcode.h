// Op, OpInfo: the enumeration of instructions and their facts, both from opcodes.def.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "wasm/features.h"
#include "wasm/types.h"

namespace gantry::wasm {

enum class Op : uint16_t {
#define WASM_OP(Name, prefix, code, text, imm, sig, family, feature, flags, fuel) Name,
#include "wasm/opcodes.def"
};

inline constexpr int kOpCount = 0
#define WASM_OP(Name, prefix, code, text, imm, sig, family, feature, flags, fuel) +1
#include "wasm/opcodes.def"
    ;

// Kinds of immediates, in binary order (spec 5.4). Where a kind reads two indices, Instr::index is the first one in the
// binary and Instr::index2 the second.
enum class ImmKind : uint8_t {
  None,
  Block,     // block type
  TryTable,  // block type, catch clauses
  Label,
  BrTable,  // labels, default last
  Func,
  CallIndirect,  // type, table
  Type,
  Local,
  Global,
  Table,
  Table2,     // table.copy: destination, source
  TableInit,  // element segment, table
  Elem,
  Data,
  Tag,
  Memory,
  Memory2,     // memory.copy: destination, source
  MemInit,     // data segment, memory
  MemArg,      // alignment, memory, offset
  MemArgLane,  // the same and a lane
  I32,
  I64,
  F32,
  F64,
  V128,
  Lane,
  Shuffle,  // 16 lanes
  SelectT,  // vector of value types
  HeapType,
  BrOnCast,     // flags, label, two heap types
  StructField,  // type, field
  ArrayFixed,   // type, count
  ArrayData,    // type, data segment
  ArrayElem,    // type, element segment
  ArrayCopy,    // destination type, source type
  Fence,        // one zero byte
};

enum class OpFamily : uint8_t {
  // control
  Unreachable,
  Nop,
  Block,
  Loop,
  If,
  Else,
  End,
  TryTable,
  Throw,
  ThrowRef,
  Br,
  BrIf,
  BrTable,
  Return,
  Call,
  CallIndirect,
  CallRef,
  ReturnCall,
  ReturnCallIndirect,
  ReturnCallRef,
  BrOnNull,
  BrOnNonNull,
  BrOnCast,
  BrOnCastFail,
  // references and GC
  RefNull,
  RefIsNull,
  RefFunc,
  RefEq,
  RefAsNonNull,
  RefTest,
  RefCast,
  RefI31,
  I31Get,
  AnyConvertExtern,
  ExternConvertAny,
  StructNew,
  StructNewDefault,
  StructGet,
  StructSet,
  ArrayNew,
  ArrayNewDefault,
  ArrayNewFixed,
  ArrayNewData,
  ArrayNewElem,
  ArrayGet,
  ArraySet,
  ArrayLen,
  ArrayFill,
  ArrayCopy,
  ArrayInitData,
  ArrayInitElem,
  // parametric, variables
  Drop,
  Select,
  SelectT,
  LocalGet,
  LocalSet,
  LocalTee,
  GlobalGet,
  GlobalSet,
  // tables and memories
  TableGet,
  TableSet,
  TableInit,
  ElemDrop,
  TableCopy,
  TableGrow,
  TableSize,
  TableFill,
  Load,
  Store,
  LoadLane,
  StoreLane,
  MemorySize,
  MemoryGrow,
  MemoryInit,
  DataDrop,
  MemoryCopy,
  MemoryFill,
  AtomicNotify,
  AtomicWait,
  AtomicFence,
  AtomicLoad,
  AtomicStore,
  AtomicRmw,
  AtomicCmpxchg,
  // values
  Const,
  Test,
  Compare,
  Unary,
  Binary,
  Ternary,
  Convert,
  Shift,
  Wide,
  Splat,
  ExtractLane,
  ReplaceLane,
  Shuffle,
};

namespace op_flags {
inline constexpr uint32_t kConst = 1, kExtConst = 2, kTraps = 4, kSigned = 8, kUnsigned = 16, kNullable = 32,
                          kAtomic = 64, kFuelPerUnit = 128;
inline constexpr uint32_t kAlign0 = 0 << 8, kAlign1 = 1 << 8, kAlign2 = 2 << 8, kAlign3 = 3 << 8, kAlign4 = 4 << 8;
inline constexpr uint32_t kLanes2 = 2 << 12, kLanes4 = 4 << 12, kLanes8 = 8 << 12, kLanes16 = 16 << 12;
}  // namespace op_flags

// A signature string of the table, parsed at compile time. Letter 'a' becomes kBot and is resolved by the immediate.
struct OpSig {
  bool is_custom = false;
  uint8_t param_count = 0;
  uint8_t result_count = 0;
  ValType params[4];
  ValType results[2];
};

struct OpInfo {
  std::string_view text;
  uint8_t prefix;
  uint16_t code;
  ImmKind imm;
  OpFamily family;
  Feature feature;
  uint8_t fuel;
  uint32_t flags;
  OpSig sig;

  constexpr bool has(uint32_t flag) const { return (flags & flag) != 0; }
  constexpr uint32_t align_log2() const { return (flags >> 8) & 7; }  // natural alignment = log2 of the access width
  constexpr uint32_t lanes() const { return (flags >> 12) & 31; }
};

namespace internal {

// Not constexpr, so that reaching a call of one in a constant expression is the compile error that names the fault.
void UnknownLetterInSignature();
void TwoRowsHaveTheSameEncoding();

consteval ValType SigLetter(char c) {
  switch (c) {
    case 'i':
      return kI32;
    case 'l':
      return kI64;
    case 'f':
      return kF32;
    case 'd':
      return kF64;
    case 'v':
      return kV128;
    case 'a':
      return kBot;
  }
  UnknownLetterInSignature();
  return kBot;
}

consteval OpSig ParseSig(std::string_view text) {
  OpSig sig;
  if (text == "*") {
    sig.is_custom = true;
    return sig;
  }
  size_t i = 0;
  for (; text[i] != ':'; ++i) sig.params[sig.param_count++] = SigLetter(text[i]);
  for (++i; i < text.size(); ++i) sig.results[sig.result_count++] = SigLetter(text[i]);
  return sig;
}

using namespace op_flags;
inline constexpr OpInfo kOpInfos[] = {
#define WASM_OP(Name, prefix, code, text, imm, sig, family, feature, flags, fuel) \
  {text, prefix, code, ImmKind::imm, OpFamily::family, Feature::feature, fuel, flags, ParseSig(sig)},
#include "wasm/opcodes.def"
};

inline constexpr uint16_t kNoOp = 0xffff;
struct DecodeMap {
  uint16_t ops[320];
};

// Opcode -> Op for one prefix; a duplicate encoding is a compile error.
consteval DecodeMap MakeDecodeMap(int prefix) {
  DecodeMap map{};
  for (auto& entry : map.ops) entry = kNoOp;
  for (int i = 0; i < kOpCount; ++i) {
    if (kOpInfos[i].prefix != prefix) continue;
    if (map.ops[kOpInfos[i].code] != kNoOp) TwoRowsHaveTheSameEncoding();
    map.ops[kOpInfos[i].code] = static_cast<uint16_t>(i);
  }
  return map;
}

inline constexpr DecodeMap kDecodeNone = MakeDecodeMap(0), kDecodeFb = MakeDecodeMap(0xfb),
                           kDecodeFc = MakeDecodeMap(0xfc), kDecodeFd = MakeDecodeMap(0xfd),
                           kDecodeFe = MakeDecodeMap(0xfe);

}  // namespace internal

constexpr const OpInfo& InfoOf(Op op) { return internal::kOpInfos[static_cast<int>(op)]; }

// The Op with this encoding, or internal::kNoOp as a number. `prefix` is 0, 0xfb, 0xfc, 0xfd or 0xfe.
constexpr uint16_t DecodeOp(uint8_t prefix, uint32_t code) {
  if (code >= 320) return internal::kNoOp;
  switch (prefix) {
    case 0:
      return internal::kDecodeNone.ops[code];
    case 0xfb:
      return internal::kDecodeFb.ops[code];
    case 0xfc:
      return internal::kDecodeFc.ops[code];
    case 0xfd:
      return internal::kDecodeFd.ops[code];
    case 0xfe:
      return internal::kDecodeFe.ops[code];
  }
  return internal::kNoOp;
}

}  // namespace gantry::wasm
