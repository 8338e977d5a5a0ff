// Lexer of the text format (spec 6.3): source to a flat list of tokens, parentheses paired, annotations set aside.
//
// [I1] Every `(` knows its `)`; one without has the End token. A `)` without `(` stands in the list as it is.
// [I2] The list ends with End tokens, so that a parser may look two tokens ahead anywhere.
// [I3] Annotations that Gantry knows are kept beside the list, in order of their place; others are checked and dropped.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "wasm/opcode.h"
#include "wasm/text/keywords.h"
#include "wasm/text/source.h"

namespace gantry::wasm::text {

enum class TokenKind : uint8_t {
  LeftParen,
  RightParen,
  Keyword,      // value: text::Keyword
  Instruction,  // value: wasm::Op
  Identifier,   // `$name`; kQuoted: `$"name"`
  String,
  Nat,  // 12, 0x1f
  Int,  // with a sign
  Float,
  OffsetEq,  // offset=12
  AlignEq,   // align=8
  Reserved,  // a word that means nothing
  End,
};

struct Token {
  static constexpr uint8_t kQuoted = 1;   // identifier written as a string
  static constexpr uint8_t kEscapes = 2;  // string with escapes

  uint32_t position;  // in the source
  uint32_t extra;     // LeftParen: index of its RightParen [I1]; others: length
  TokenKind kind;
  uint8_t flags;
  uint16_t value;

  uint32_t length() const { return kind == TokenKind::LeftParen ? 1 : extra; }
  bool is(Keyword keyword) const { return kind == TokenKind::Keyword && value == static_cast<uint16_t>(keyword); }
  bool is(Op op) const { return kind == TokenKind::Instruction && value == static_cast<uint16_t>(op); }
};

enum class AnnotationKind : uint8_t { Custom, Name, BranchHint, Unknown };

struct Annotation {
  AnnotationKind kind;
  bool used = false;     // set by the parser at the place where it belongs
  uint32_t position;     // of its `(@`
  uint32_t token;        // index of the token after it
  uint32_t first, last;  // its contents: annotation_tokens [first, last)
};

struct TokenList {
  std::vector<Token> tokens;
  std::vector<Token> annotation_tokens;
  std::vector<Annotation> annotations;
};

Result<TokenList> Lex(const SourceText& source);

}  // namespace gantry::wasm::text
