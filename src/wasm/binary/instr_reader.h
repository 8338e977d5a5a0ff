// InstrReader: the one decoder of instruction sequences. Validator, interpreter translation, writer, printer and constant
// expressions read bodies through it (spec 5.4).
//
// Safe on any bytes. Checks encoding only (opcodes, LEB limits, zero bytes, feature switches); types, index ranges and nesting are
// the consumer's. On a fault Next returns false, and error() tells it; at the end of the range Next returns false with ok() true.
#pragma once

#include <vector>

#include "base/byte_reader.h"
#include "base/error.h"
#include "wasm/features.h"
#include "wasm/instr.h"

namespace gantry::wasm::binary {

struct LocalRun {
  uint32_t count;
  ValType type;  // syntactic
};

class InstrReader {
 public:
  // `base` is the offset of bytes[0] in the module.
  InstrReader(std::span<const uint8_t> bytes, uint64_t base, Features features)
      : reader_(bytes, base), features_(features) {}

  // Local declarations of a function body (spec 5.5.13): to be read once, before the first Next. False on a fault.
  bool ReadLocals(std::vector<LocalRun>* locals);

  // Decodes the next instruction. `instr` is reused between calls: fields that the instruction does not have keep old values.
  bool Next(Instr* instr);

  bool ok() const { return code_ == 0 && reader_.ok(); }
  bool at_end() const { return reader_.at_end(); }
  uint64_t offset() const { return reader_.offset(); }
  // The fault. Only when !ok().
  Error error() const;

 private:
  friend class TypeReader;
  bool ReadImmediates(Instr* instr, const OpInfo& info);
  bool ReadMemArg(Instr* instr);
  bool ReadBlockType(BlockType* block);
  bool ReadLabels(Instr* instr);
  bool ReadCatches(Instr* instr);
  bool Fail(uint16_t code, uint64_t offset);

  ByteReader reader_;
  Features features_;
  uint16_t code_ = 0;        // row of errors.def of a fault beyond the ByteReader's
  uint64_t code_offset_ = 0;
  std::vector<uint32_t> labels_;
  std::vector<CatchClause> catches_;
  std::vector<ValType> types_;
};

}  // namespace gantry::wasm::binary
