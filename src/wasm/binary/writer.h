// Writer: a decoded Module back to bytes. The inverse of reader.h.
//
// [I1] Encoding::AsRead gives the bytes that were read, byte for byte: sections, custom sections and groups stand where
// they
//      stood, and every number and type has the form it had (encoder.h).
// [I2] Encoding::Canonical gives the shortest form of everything, in the order of the specification: what the text
// parser
//      makes of the printed module. Empty sections, padding, long forms and a data count that no instruction needs are
//      gone; names and custom sections stay, branch hints move with their instructions.
//
// Sources: spec chapter 5. Tested by writer_test.cc, and over whole suites by tests/roundtrip.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_writer.h"
#include "wasm/binary/encoder.h"
#include "wasm/instr.h"
#include "wasm/module.h"

namespace gantry::wasm::binary {

enum class Encoding : uint8_t { AsRead, Canonical };

std::vector<uint8_t> WriteModule(const Module& module, Encoding encoding = Encoding::AsRead);

// The contents of a custom section in canonical encoding: names and branch hints are written anew if they decode.
std::vector<uint8_t> CanonicalPayload(const Module& module, const CustomSection& custom);

// One type definition of core code (spec 5.3.7), as it says it was written.
void EncodeSubType(const SubType& type, Encoder* out);
// One instruction (spec 5.4), the only encoder of them.
void EncodeInstr(const Instr& instr, Encoder* out);
void EncodeInstr(const Instr& instr, ByteWriter* out);

}  // namespace gantry::wasm::binary
