#include "wasm/text/token_cursor.h"

#include <algorithm>

#include "base/utf8.h"
#include "wasm/text/literals.h"

namespace gantry::wasm::text {

namespace {

// Longest piece of the source quoted in a message.
constexpr size_t kQuoteWidth = 40;

std::string Quoted(std::string_view text) {
  std::string quoted = "`";
  size_t width = std::min(text.size(), kQuoteWidth);
  while (width < text.size() && width > 0 && (static_cast<uint8_t>(text[width]) & 0xc0) == 0x80) --width;
  quoted.append(text.substr(0, width));
  if (width < text.size()) quoted += "...";
  return quoted + "`";
}

}  // namespace

bool TokenCursor::ReadName(std::string_view* name) {
  const Token& token = Peek();
  if (token.kind != TokenKind::String) return Unexpected("a name in quotes");
  if (token.flags & Token::kEscapes) {
    *name = Keep(DecodeString(TextOf(token)));
    if (!IsUtf8(*name)) return Fail(ErrorId::MalformedUtf8, token);
  } else {
    *name = TextOf(token).substr(1, token.length() - 2);  // the lexer has checked its characters
  }
  Skip();
  return true;
}

void TokenCursor::TakeStrings(std::string* bytes) {
  for (; Peek().kind == TokenKind::String; Skip()) AppendString(TextOf(Peek()), bytes);
}

bool TokenCursor::IdentifierAt(const Token& token, std::string_view* name) {
  const std::string_view text = TextOf(token).substr(1);
  if ((token.flags & Token::kQuoted) == 0) {
    *name = text;
  } else if ((token.flags & Token::kEscapes) == 0) {
    *name = text.substr(1, text.size() - 2);
  } else {
    *name = Keep(DecodeString(text));
    if (!IsUtf8(*name)) return Fail(ErrorId::MalformedUtf8, token);
  }
  return true;
}

Annotation* TokenCursor::FindAnnotation(AnnotationKind kind, uint32_t token, uint32_t* count) const {
  *count = 0;
  auto it = std::lower_bound(list_.annotations.begin(), list_.annotations.end(), token,
                             [](const Annotation& annotation, uint32_t t) { return annotation.token < t; });
  Annotation* found = nullptr;
  for (; it != list_.annotations.end() && it->token == token; ++it) {
    if (it->kind != kind) continue;
    ++*count;
    found = &*it;
  }
  return found;
}

bool TokenCursor::AtBinder() const {
  if (Peek().kind == TokenKind::Identifier) return true;
  if (list_.annotations.empty()) return false;
  uint32_t count;
  return FindAnnotation(AnnotationKind::Name, index_, &count) != nullptr;
}

bool TokenCursor::ReadBinder(Binder* binder, std::string_view what) {
  *binder = {index_, {}, {}};
  if (Peek().kind == TokenKind::Identifier) {
    std::string_view identifier;
    if (!IdentifierAt(Peek(), &identifier)) return false;
    binder->identifier = binder->name = identifier;
    Skip();
  }
  if (list_.annotations.empty()) return true;
  uint32_t count;
  Annotation* annotation = FindAnnotation(AnnotationKind::Name, index_, &count);
  if (annotation == nullptr) return true;
  if (count > 1) {
    return FailAt(ErrorId::NameAnnotation, annotation->position, 2, "multiple " + std::string(what) + " names");
  }
  annotation->used = true;
  const Token* items = list_.annotation_tokens.data() + annotation->first;
  if (annotation->last - annotation->first != 1 || items[0].kind != TokenKind::String) {
    return FailAt(ErrorId::NameAnnotation, annotation->position, 2, "expected one string");
  }
  binder->name = Keep(DecodeString(TextOf(items[0])));
  if (!IsUtf8(*binder->name)) {
    return FailAt(ErrorId::NameAnnotation, items[0].position, items[0].length(), "malformed UTF-8 encoding");
  }
  return true;
}

bool TokenCursor::ReadNat(uint64_t max, ErrorId out_of_range, std::string_view what, uint64_t* value) {
  if (Peek().kind != TokenKind::Nat) return Unexpected(what);
  const std::optional<uint64_t> number = ParseNat(TextOf(Peek()), max);
  if (!number) return Fail(out_of_range, Peek(), what);
  *value = *number;
  Skip();
  return true;
}

bool TokenCursor::ReadNat32(std::string_view what, uint32_t* value) {
  uint64_t wide;
  if (!ReadNat(0xffffffffu, ErrorId::I32OutOfRange, what, &wide)) return false;
  *value = static_cast<uint32_t>(wide);
  return true;
}

bool TokenCursor::FailAt(ErrorId id, size_t position, size_t length, std::string_view detail) {
  if (!error_) error_ = source_.MakeError(id, position, length, detail);
  return false;
}

bool TokenCursor::FailAboutAt(ErrorId id, size_t position, size_t length, std::string_view subject) {
  if (!error_) error_ = source_.MakeErrorAbout(id, position, length, subject);
  return false;
}

bool TokenCursor::Fail(ErrorId id, const Token& token, std::string_view detail) {
  return FailAt(id, token.position, token.length(), detail);
}

bool TokenCursor::FailAbout(ErrorId id, const Token& token, std::string_view subject) {
  return FailAboutAt(id, token.position, token.length(), subject);
}

bool TokenCursor::UnexpectedAt(const Token& token, std::string_view expected) {
  // An opening parenthesis says little: show the word behind it as well.
  const Token& word = token.kind == TokenKind::LeftParen ? *(&token + 1) : token;
  if (word.kind == TokenKind::Reserved) {
    return FailAbout(ErrorId::UnknownOperator, word, std::string(TextOf(word)) + ": expected " + std::string(expected));
  }
  std::string found = "the end of the text";
  if (token.kind != TokenKind::End) {
    const bool shows_word = word.kind == TokenKind::Keyword || word.kind == TokenKind::Instruction;
    const uint32_t end = shows_word ? word.position + word.length() : token.position + token.length();
    found = Quoted(source_.view().substr(token.position, end - token.position));
  }
  return Fail(ErrorId::UnexpectedToken, token, "found " + found + ", expected " + std::string(expected));
}

}  // namespace gantry::wasm::text
