// ErrorId and MakeError: errors of the language rooms, from errors.def.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "base/error.h"

namespace gantry::wasm {

enum class ErrorId : uint16_t {
  None,  // so that a code of 0 means "no fault"
#define WASM_ERROR(Id, error_class, text) Id,
#include "wasm/errors.def"
};

std::string_view ErrorText(ErrorId id);

// "text" or "text: detail", at a byte offset.
Error MakeError(ErrorId id, uint64_t offset, std::string_view detail = {});
// "text subject", for texts that name a thing: "unknown memory 1".
Error MakeErrorAbout(ErrorId id, uint64_t offset, std::string_view subject);
// The same as MakeError at a line and column of a text.
Error MakeErrorAtLine(ErrorId id, uint32_t line, uint32_t column, std::string_view detail = {});

ErrorId ErrorIdOf(ByteFault fault);

}  // namespace gantry::wasm
