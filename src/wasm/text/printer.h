// PrintModule: a decoded module as text (spec chapter 6) that a person can read and ParseWat takes back.
//
// [I1] ParseWat(PrintModule(m)) gives WriteModule(m, Encoding::Canonical), names and custom sections included.
// [I2] Output and time are bounded by the module's size: if spelled out names, signatures and indentation would make
// the text
//      out of proportion, the compact style is used, which has none of them.
// [I3] Nothing of a module is printed as a binary blob, except contents that have no text form: unknown custom
// sections, and a
//      name or branch hint section that does not decode or that names things the module does not have.
//
// What the printer takes for granted in the parser:
//  - an identifier, or `(@name "...")` behind or instead of it, names a module, function, parameter, local, label,
//  type, field,
//    table, memory, global, tag, element or data segment in the name section. That stands behind everything but custom
//    sections placed `(after last)`; `(@custom "name" (after SECTION))` without contents moves it to that place;
//  - `(@metadata.code.branch_hint "...")` before an instruction makes a section directly before the code section;
//  - custom sections at one place keep their order.
//
// Tested by printer_test.cc, and over whole suites by tests/roundtrip.
#pragma once

#include <string>

#include "base/error.h"
#include "wasm/module.h"

namespace gantry::wasm::text {

struct PrintOptions {
  bool offsets = false;  // a comment with the byte offset before every instruction
};

Result<std::string> PrintModule(const Module& module, const PrintOptions& options = {});

}  // namespace gantry::wasm::text
