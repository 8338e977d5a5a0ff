// ReadModule: decodes the structure of a core module in the binary format (spec 5.5).
//
// Checks everything that makes a binary malformed except function bodies and what is inside expressions beyond their
// extent: bodies stay ByteRanges and are decoded by validation. Types, indices and names in the result are as written;
// whether they mean anything is validation's question. Safe on any bytes: memory is bounded by a small multiple of the
// input's size.
//
// Pipeline: bytes -> ReadModule -> valid::ValidateModule. Tested by reader_test.cc and by the official suite.
#pragma once

#include <memory>

#include "base/error.h"
#include "wasm/features.h"
#include "wasm/module.h"

namespace gantry::wasm::binary {

Result<Module> ReadModule(std::shared_ptr<const ModuleBytes> bytes, Features features);

// Name of a section id for messages: "type", "code", …; "unknown" for others.
std::string_view SectionName(uint8_t id);

}  // namespace gantry::wasm::binary
