// Instr: one decoded instruction. What InstrReader yields and every consumer of function bodies takes.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "wasm/opcode.h"
#include "wasm/types.h"

namespace gantry::wasm {

enum class BlockKind : uint8_t { Empty, Value, Type };

// A block type (spec 5.4.1): nothing, one result, or a type index.
struct BlockType {
  BlockKind kind = BlockKind::Empty;
  ValType value;      // Value; syntactic
  uint32_t type = 0;  // Type
};

enum class CatchKind : uint8_t { Catch, CatchRef, CatchAll, CatchAllRef };  // the binary format's numbers

struct CatchClause {
  CatchKind kind;
  uint32_t tag = 0;  // Catch and CatchRef
  uint32_t label = 0;
};

// Which fields are set depends on InfoOf(op).imm; see ImmKind.
struct Instr {
  Op op;
  uint32_t offset = 0;  // of its first byte in the module
  uint32_t index = 0;   // first index: label, function, type, local, table, memory, segment, tag; memory of a MemArg
  uint32_t index2 = 0;  // second index, field, array.new_fixed's count
  uint64_t value = 0;   // constants: i32 and i64 sign-extended, float bits; MemArg: offset
  uint32_t align_log2 = 0;       // MemArg
  bool explicit_memory = false;  // MemArg written with a memory index (flag bit 6)
  uint8_t lane = 0;
  BlockType block;
  HeapType heap;                         // HeapType; BrOnCast: source
  HeapType heap2;                        // BrOnCast: target
  uint8_t cast_flags = 0;                // BrOnCast: bit 0 source nullable, bit 1 target nullable
  std::array<uint8_t, 16> bytes{};       // V128, Shuffle
  std::span<const uint32_t> labels;      // BrTable: default last. Valid until the next instruction is read
  std::span<const CatchClause> catches;  // TryTable; likewise
  std::span<const ValType> types;        // SelectT; syntactic; likewise

  const OpInfo& info() const { return InfoOf(op); }
};

}  // namespace gantry::wasm
