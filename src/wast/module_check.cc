#include "wast/module_check.h"

#include <fmt/core.h>

#include <algorithm>

#include "wasm/binary/reader.h"
#include "wasm/binary/writer.h"
#include "wasm/text/printer.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

namespace gantry::wast {

namespace {

// The first byte where two encodings part, for messages.
Error Differ(std::string_view what, std::span<const uint8_t> expected, std::span<const uint8_t> got) {
  const auto [at, other] = std::mismatch(expected.begin(), expected.end(), got.begin(), got.end());
  (void)other;
  return Error(ErrorClass::Host, fmt::format("{}: {} bytes instead of {}, different from byte {:#x} on", what, got.size(),
                                             expected.size(), at - expected.begin()));
}

}  // namespace

Result<void> CheckModule(std::span<const uint8_t> bytes, wasm::Features features) {
  wasm::TypeHold hold;
  GANTRY_ASSIGN_OR_RETURN(wasm::Module module, wasm::binary::ReadModule(wasm::ModuleBytes::Copy(bytes), features));
  GANTRY_RETURN_IF_ERROR(wasm::valid::ValidateModule(&module, &hold));

  const std::vector<uint8_t> written = wasm::binary::WriteModule(module, wasm::binary::Encoding::AsRead);
  if (!std::ranges::equal(written, bytes)) return std::unexpected(Differ("written as read", bytes, written));

  const std::vector<uint8_t> canonical = wasm::binary::WriteModule(module, wasm::binary::Encoding::Canonical);
  const Result<std::string> text = wasm::text::PrintModule(module);
  if (!text) return std::unexpected(Error(ErrorClass::Host, "printing: " + text.error().Summary()));
  const Result<std::vector<uint8_t>> parsed = wasm::text::ParseWat(*text);
  if (!parsed) return std::unexpected(Error(ErrorClass::Host, "parsing the printed module: " + parsed.error().Summary()));
  if (*parsed != canonical) return std::unexpected(Differ("printed and parsed", canonical, *parsed));
  return {};
}

}  // namespace gantry::wast
