#include "wasm/binary/body_writer.h"

#include "wasm/binary/writer.h"

namespace gantry::wasm::binary {

void BodyWriter::WriteBody(ByteRange body, std::span<BranchHint> hints) {
  InstrReader reader(m_.Bytes(body), body.offset, m_.features);
  locals_.clear();
  if (!reader.ReadLocals(&locals_)) return out_.Bytes(m_.Bytes(body));
  WriteLocals();
  WriteInstrs(&reader, body, hints);
}

// In canonical form, neighbours of one type are one run.
void BodyWriter::WriteLocals() {
  if (canonical_) {
    size_t kept = 0;
    for (const LocalRun& run : locals_) {
      if (run.count == 0) continue;
      if (kept != 0 && locals_[kept - 1].type == run.type) {
        locals_[kept - 1].count += run.count;  // ReadLocals bounds the sum
      } else {
        locals_[kept++] = run;
      }
    }
    locals_.resize(kept);
  }
  out_.U32(static_cast<uint32_t>(locals_.size()));
  for (const LocalRun& run : locals_) {
    out_.U32(run.count);
    out_.Value(run.type);
  }
}

void BodyWriter::WriteExpr(ByteRange range) {
  InstrReader reader(m_.Bytes(range), range.offset, m_.features);
  WriteInstrs(&reader, range, {});
}

void BodyWriter::WriteInstrs(InstrReader* reader, ByteRange range, std::span<BranchHint> hints) {
  uint64_t done = reader->offset();
  for (; reader->Next(&instr_); done = reader->offset()) {
    if (!hints.empty() && instr_.offset - range.offset == hints[0].offset) {
      hints[0].offset = static_cast<uint32_t>(out_.size());
      hints = hints.subspan(1);
    }
    if (canonical_) instr_.explicit_memory = false;
    EncodeInstr(instr_, &out_);
  }
  const uint32_t at = static_cast<uint32_t>(done);
  if (!reader->ok()) out_.Bytes(m_.Bytes({at, range.end() - at}));
}

void MoveToCanonicalPlaces(const Module& module, BranchHints* hints) {
  for (size_t i = 0; i < hints->all().size();) {
    const uint32_t func = hints->all()[i].func;
    const std::span<BranchHint> of_func = hints->Of(func);
    ByteWriter bytes;
    Encoder out(&bytes);
    BodyWriter(module, /*canonical=*/true, &out).WriteBody(module.funcs[func].body, of_func);
    i += of_func.size();
  }
}

}  // namespace gantry::wasm::binary
