// BodyWriter: function bodies and expressions for writer.cc, decoded and encoded again instruction by instruction.
//
// Bytes that do not decode are repeated as they are: whether a body is well-formed is for validation to say.
#pragma once

#include <span>
#include <vector>

#include "wasm/binary/branch_hints.h"
#include "wasm/binary/encoder.h"
#include "wasm/binary/instr_reader.h"

namespace gantry::wasm::binary {

class BodyWriter {
 public:
  BodyWriter(const Module& module, bool canonical, Encoder* out) : m_(module), canonical_(canonical), out_(*out) {}

  // Local declarations and instructions. The offsets of `hints` become those of the instructions as written; `out` must
  // be empty then.
  void WriteBody(ByteRange body, std::span<BranchHint> hints = {});
  // One or several expressions, `end` included.
  void WriteExpr(ByteRange range);

 private:
  void WriteLocals();
  void WriteInstrs(InstrReader* reader, ByteRange range, std::span<BranchHint> hints);

  const Module& m_;
  const bool canonical_;
  Encoder& out_;
  Instr instr_{};
  std::vector<LocalRun> locals_;
};

// Gives hints the offsets that their instructions have in canonical encoding.
void MoveToCanonicalPlaces(const Module& module, BranchHints* hints);

}  // namespace gantry::wasm::binary
