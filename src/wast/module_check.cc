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
  return Error(ErrorClass::Host, fmt::format("{}: {} bytes instead of {}, different from byte {:#x} on", what,
                                             got.size(), expected.size(), at - expected.begin()));
}

Error Blame(std::string_view tool, const Error& error) {
  return Error(ErrorClass::Host, fmt::format("{}: {}", tool, error.Summary()));
}

Result<std::vector<uint8_t>> PrintAndParse(const wasm::Module& module) {
  const Result<std::string> text = wasm::text::PrintModule(module);
  if (!text) return std::unexpected(Blame("printing", text.error()));
  wasm::text::WatOptions options;
  options.features = module.features;
  Result<std::vector<uint8_t>> parsed = wasm::text::ParseWat(*text, options);
  if (!parsed) return std::unexpected(Blame("parsing the printed module", parsed.error()));
  return parsed;
}

}  // namespace

Result<void> CheckModule(std::span<const uint8_t> bytes, wasm::Features features) {
  wasm::TypeHold hold;
  GANTRY_ASSIGN_OR_RETURN(wasm::Module module, wasm::binary::ReadModule(wasm::ModuleBytes::Copy(bytes), features));
  GANTRY_RETURN_IF_ERROR(wasm::valid::ValidateModule(&module, &hold));

  const std::vector<uint8_t> written = wasm::binary::WriteModule(module, wasm::binary::Encoding::AsRead);
  if (!std::ranges::equal(written, bytes)) return std::unexpected(Differ("written as read", bytes, written));

  GANTRY_ASSIGN_OR_RETURN(std::vector<uint8_t> parsed, PrintAndParse(module));
  const bool is_canonical = wasm::binary::WriteModule(module, wasm::binary::Encoding::Canonical) == written;
  if (parsed == written) return {};
  if (is_canonical) return std::unexpected(Differ("printed and parsed", bytes, parsed));
  Result<wasm::Module> again = wasm::binary::ReadModule(wasm::ModuleBytes::Copy(parsed), features);
  if (!again) return std::unexpected(Blame("reading the printed and parsed module", again.error()));
  GANTRY_ASSIGN_OR_RETURN(const std::vector<uint8_t> twice, PrintAndParse(*again));
  if (twice != parsed) return std::unexpected(Differ("printed and parsed twice", parsed, twice));
  return {};
}

}  // namespace gantry::wast
