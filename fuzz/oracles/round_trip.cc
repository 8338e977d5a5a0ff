#include "oracles/round_trip.h"

#include <algorithm>

#include "wasm/binary/reader.h"
#include "wasm/binary/writer.h"
#include "wasm/text/printer.h"
#include "wasm/text/wat.h"

namespace gantry::fuzz {

namespace {

using wasm::binary::Encoding;

std::string FirstDifference(std::span<const uint8_t> want, std::span<const uint8_t> got) {
  const auto at = std::ranges::mismatch(want, got);
  const size_t offset = static_cast<size_t>(at.in1 - want.begin());
  std::string text = "differ at byte " + std::to_string(offset) + " (sizes " + std::to_string(want.size()) + " and " +
                     std::to_string(got.size()) + "):";
  const auto dump = [&](std::span<const uint8_t> bytes) {
    text += " [";
    for (size_t i = offset < 4 ? 0 : offset - 4; i < std::min(bytes.size(), offset + 12); ++i) {
      constexpr char kHex[] = "0123456789abcdef";
      text += {kHex[bytes[i] >> 4], kHex[bytes[i] & 15], ' '};
    }
    text += "]";
  };
  dump(want);
  dump(got);
  return text;
}

// The printed module's bytes against the canonical ones.
void CheckText(const wasm::Module& module, const std::vector<uint8_t>& canonical, RoundTripResult* result) {
  Result<std::string> text = wasm::text::PrintModule(module);
  if (!text) return;
  result->printed = true;
  Result<std::vector<uint8_t>> parsed = wasm::text::ParseWat(*text);
  if (!parsed) {
    result->failure = "the printed module does not parse: " + parsed.error().Summary();
  } else if (*parsed != canonical) {
    result->failure = "canonical bytes and parsed bytes " + FirstDifference(canonical, *parsed);
  }
}

}  // namespace

RoundTripResult CheckRoundTrip(std::shared_ptr<const wasm::ModuleBytes> bytes, wasm::Features features) {
  RoundTripResult result;
  Result<wasm::Module> module = wasm::binary::ReadModule(bytes, features);
  if (!module) return result;
  result.decoded = true;

  const std::vector<uint8_t> same = wasm::binary::WriteModule(*module);
  if (!std::ranges::equal(same, bytes->view())) {
    result.failure = "bytes read and written " + FirstDifference(bytes->view(), same);
    return result;
  }
  const std::vector<uint8_t> canonical = wasm::binary::WriteModule(*module, Encoding::Canonical);
  Result<wasm::Module> again = wasm::binary::ReadModule(wasm::ModuleBytes::Copy(canonical), features);
  if (!again) {
    result.failure = "canonical bytes do not decode: " + again.error().Summary();
    return result;
  }
  const std::vector<uint8_t> twice = wasm::binary::WriteModule(*again, Encoding::Canonical);
  if (twice != canonical) {
    result.failure = "canonical bytes written twice " + FirstDifference(canonical, twice);
    return result;
  }
  CheckText(*module, canonical, &result);
  return result;
}

RoundTripResult CheckTextRoundTrip(std::string_view source, wasm::Features features) {
  Result<std::vector<uint8_t>> bytes = wasm::text::ParseWat(source);
  if (!bytes) return {};
  RoundTripResult result = CheckRoundTrip(wasm::ModuleBytes::Copy(*bytes), features);
  if (!result.failure.empty() || !result.decoded) return result;
  if (source.find("binary") != source.npos) return result;  // `(module binary ...)` holds what it holds
  Result<wasm::Module> module = wasm::binary::ReadModule(wasm::ModuleBytes::Copy(*bytes), features);
  const std::vector<uint8_t> canonical = wasm::binary::WriteModule(*module, Encoding::Canonical);
  if (canonical != *bytes)
    result.failure = "the parser's bytes are not canonical, they " + FirstDifference(canonical, *bytes);
  return result;
}

}  // namespace gantry::fuzz
