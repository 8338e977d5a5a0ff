// InstrParser: instruction sequences of the text format (spec 6.5), flat and folded, straight to binary code.
//
// Nesting lives in an explicit stack of frames: a million open parentheses are a long stack, not a deep one. A folded
// instruction is emitted after its operands; meanwhile its bytes wait in pending_, which grows and shrinks with the
// stack.
//
// Used by: field_parser.cc, for function bodies and constant expressions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/byte_writer.h"
#include "wasm/opcode.h"
#include "wasm/text/symbols.h"
#include "wasm/text/token_cursor.h"
#include "wasm/text/type_parser.h"

namespace gantry::wasm::text {

struct BranchHint {
  uint32_t offset;  // of the instruction, from the start of the output
  uint8_t value;
};

class InstrParser {
 public:
  InstrParser(TokenCursor* in, Symbols* symbols, TypeParser* types) : in_(*in), symbols_(*symbols), types_(*types) {}

  // Instructions up to a `)`, which stays, and their `end`. In a function body branch hints are collected, in order of
  // offset. Bodies are to be parsed in textual order.
  bool ParseBody(ByteWriter* out, std::vector<BranchHint>* hints);
  bool ParseExpr(ByteWriter* out);
  // One folded instruction and `end`: the short form of an offset or an item.
  bool ParseFoldedExpr(ByteWriter* out);
  bool AtFolded() const {
    return in_.Peek().kind == TokenKind::LeftParen && in_.Peek(1).kind == TokenKind::Instruction;
  }

  // Whether an instruction so far needs a data count section.
  bool uses_data_segments() const { return uses_data_segments_; }

 private:
  enum class FrameKind : uint8_t {
    Root,         // the sequence itself
    Block,        // flat block, loop, try_table, else: ends with `end`
    If,           // flat if: ends with `else` or `end`
    FoldedPlain,  // operands, then `)`
    FoldedBlock,  // folded block, loop, try_table: instructions, then `)`
    FoldedIf,     // operands, `(then`
    Then,         // instructions inside `(then`
    FoldedElse,   // after `(then ...)`: `(else` or `)`
    Else,         // instructions inside `(else`
    FoldedEnd,    // after `(else ...)`: `)`
  };
  struct Frame {
    FrameKind kind;
    int16_t hint;          // of the waiting instruction, -1: none
    uint32_t opening;      // token of the instruction
    uint32_t pending;      // FoldedPlain, FoldedIf: its bytes start here in pending_
    uint32_t label_token;  // FoldedIf: where the label would stand
  };
  // Frames in which a folded instruction, respectively a plain one, may stand.
  static bool TakesInstructions(FrameKind kind) {
    return kind != FrameKind::FoldedPlain && kind != FrameKind::FoldedIf && kind != FrameKind::FoldedElse &&
           kind != FrameKind::FoldedEnd;
  }

  bool ParseSequence(ByteWriter* out, std::vector<BranchHint>* hints);
  bool Step();
  bool OpenParen();
  bool CloseParen();
  bool PlainInstruction();
  bool FlatStructured(Op op);
  bool FlatElse();
  bool FlatEnd();
  bool EndLabel();
  bool OpenFolded();
  bool OpenThen();
  bool OpenElse();
  bool BeginBlock(Op op, ByteWriter* out);
  bool ReadLabelBinder(Binder* binder);
  bool ReadCatches(ByteWriter* out);
  bool UnexpectedIn(const Frame& frame);

  // Immediates (instr_immediates.cc): at the token after the name; writes opcode and immediates.
  bool ParseImmediates(Op op, ByteWriter* out);
  bool ParseConstant(const OpInfo& info, ByteWriter* out);
  bool ParseV128(ByteWriter* out);
  bool ParseShuffle(ByteWriter* out);
  bool ParseLane(ByteWriter* out);
  bool ParseMemArg(const OpInfo& info, ByteWriter* out);
  bool ParseLabels(ByteWriter* out);
  bool ParseCallIndirect(ByteWriter* out);
  bool ParseSelect(ByteWriter* out);
  bool ParseRefTest(Op op, ByteWriter* out);
  bool ParseBranchOnCast(ByteWriter* out);
  bool ParseStructField(ByteWriter* out);
  bool ParseBlockType(ByteWriter* out);
  bool ParseIndex(Space space, ByteWriter* out);
  bool ParseOptionalIndex(Space space, ByteWriter* out);
  bool ParseTwoIndices(Space space, ByteWriter* out);
  bool ParseSegmentAnd(Space segment, Space target, ByteWriter* out);

  // Branch hints.
  void FindNextHint();
  bool ReadHint();
  bool ApplyHint(const Token& token, Op op, int16_t* hint);
  void EmitHint(int16_t hint);

  TokenCursor& in_;
  Symbols& symbols_;
  TypeParser& types_;
  ByteWriter* out_ = nullptr;
  ByteWriter pending_;
  std::vector<Frame> frames_;
  std::vector<BranchHint>* hints_ = nullptr;
  size_t next_hint_ = 0;              // annotations before it are done with
  uint32_t next_hint_token_ = kNone;  // where the hint annotation at next_hint_ stands
  int16_t hint_ = -1;                 // read, waiting for its instruction
  bool uses_data_segments_ = false;
  TypeUse type_use_;              // scratch
  std::vector<uint32_t> labels_;  // scratch
};

}  // namespace gantry::wasm::text
