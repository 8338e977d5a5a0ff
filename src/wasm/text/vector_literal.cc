#include "wasm/text/vector_literal.h"

#include <string>

#include "wasm/text/literals.h"

namespace gantry::wasm::text {

namespace {

bool IsNumber(const Token& token) {
  return token.kind == TokenKind::Nat || token.kind == TokenKind::Int || token.kind == TokenKind::Float;
}

constexpr std::string_view kNumberNames[] = {"i32", "i64", "f32", "f64"};

std::optional<uint64_t> ParseNumber(std::string_view text, TokenKind form, bool is_float, int bits) {
  if (is_float && bits == 32) {
    const std::optional<uint32_t> value = ParseF32(text);
    return value ? std::optional<uint64_t>(*value) : std::nullopt;
  }
  if (is_float) return ParseF64(text);
  return form == TokenKind::Float ? std::nullopt : ParseInt(text, bits);
}

}  // namespace

NanPattern NanPatternAt(const Token& token) {
  if (token.is(Keyword::NanCanonical)) return NanPattern::Canonical;
  if (token.is(Keyword::NanArithmetic)) return NanPattern::Arithmetic;
  return NanPattern::None;
}

bool ReadNumber(TokenCursor* in, ConstantKind kind, const Token& token, uint64_t* bits) {
  const std::string name(kNumberNames[static_cast<int>(kind)]);
  if (!IsNumber(token)) return in->UnexpectedAt(token, "an " + name + " constant");
  const bool is_float = kind == ConstantKind::F32 || kind == ConstantKind::F64;
  const int width = kind == ConstantKind::I32 || kind == ConstantKind::F32 ? 32 : 64;
  const std::optional<uint64_t> value = ParseNumber(in->TextOf(token), token.kind, is_float, width);
  if (!value) return in->Fail(ErrorId::ConstantOutOfRange, token, "not an " + name);
  *bits = *value;
  return true;
}

bool ReadVector(TokenCursor* in, LaneShape* shape, std::array<uint8_t, 16>* bytes, std::array<NanPattern, 4>* nans) {
  const Token& shape_token = in->Peek();
  if (shape_token.kind != TokenKind::Keyword || shape_token.value < static_cast<uint16_t>(Keyword::I8x16) ||
      shape_token.value > static_cast<uint16_t>(Keyword::F64x2)) {
    return in->Unexpected("a vector shape such as `i32x4`");
  }
  *shape = static_cast<LaneShape>(shape_token.value - static_cast<uint16_t>(Keyword::I8x16));
  in->Skip();
  const int lanes = LaneCount(*shape);
  const int width = 128 / lanes;
  const bool is_float = *shape == LaneShape::F32x4 || *shape == LaneShape::F64x2;
  const auto is_lane = [&](const Token& token) {
    return IsNumber(token) || (nans != nullptr && NanPatternAt(token) != NanPattern::None);
  };
  const uint32_t first = in->index();
  while (is_lane(in->Peek())) in->Skip();
  const uint32_t count = in->index() - first;
  if (count != static_cast<uint32_t>(lanes)) {
    if (in->Peek().kind == TokenKind::Reserved) return in->Unexpected("a lane");
    return in->Fail(ErrorId::LaneLiterals, shape_token,
                    "expected " + std::to_string(lanes) + ", found " + std::to_string(count));
  }
  for (uint32_t lane = 0; lane < count; ++lane) {
    const Token& token = in->At(first + lane);
    const NanPattern nan = NanPatternAt(token);
    if (nan != NanPattern::None) {
      if (!is_float) return in->UnexpectedAt(token, "an integer lane");
      (*nans)[lane] = nan;
    }
    const std::optional<uint64_t> value =
        nan == NanPattern::None ? ParseNumber(in->TextOf(token), token.kind, is_float, width) : uint64_t{0};
    if (!value)
      return in->Fail(ErrorId::ConstantOutOfRange, token, "a lane of " + std::string(in->TextOf(shape_token)));
    for (int i = 0; i < width / 8; ++i) (*bytes)[lane * width / 8 + i] = static_cast<uint8_t>(*value >> (8 * i));
  }
  return true;
}

}  // namespace gantry::wasm::text
