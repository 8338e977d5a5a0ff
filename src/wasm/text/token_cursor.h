// TokenCursor: a place in a token list, what may come next, and the first error.
//
// [I1] The first error sticks. Functions that return bool return false exactly when there is an error now, and their
// callers
//      return at once; functions named Take... return whether they took something, which is no error.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "wasm/text/lexer.h"
#include "wasm/text/source.h"
#include "wasm/types.h"

namespace gantry::wasm::text {

// `$id` and `(@name "...")` where a thing is defined.
struct Binder {
  uint32_t token = 0;  // of the identifier, or of what follows
  std::optional<std::string_view> identifier;
  std::optional<std::string_view> name;  // for the name section: the annotation, else the identifier
};

class TokenCursor {
 public:
  TokenCursor(const SourceText& source, TokenList* list)
      : source_(source), list_(*list), tokens_(list->tokens.data()) {}

  const SourceText& source() const { return source_; }
  TokenList& list() { return list_; }
  uint32_t index() const { return index_; }
  void Seek(uint32_t index) { index_ = index; }
  const Token& Peek(uint32_t ahead = 0) const { return tokens_[index_ + ahead]; }
  const Token& At(uint32_t index) const { return tokens_[index]; }
  void Skip(uint32_t count = 1) { index_ += count; }
  std::string_view TextOf(const Token& token) const { return source_.view().substr(token.position, token.length()); }

  bool AtLeft(Keyword keyword) const { return Peek().kind == TokenKind::LeftParen && Peek(1).is(keyword); }
  bool Take(Keyword keyword) {
    if (!Peek().is(keyword)) return false;
    Skip();
    return true;
  }
  bool TakeLeft(Keyword keyword) {
    if (!AtLeft(keyword)) return false;
    Skip(2);
    return true;
  }

  bool ExpectLeft() { return Expect(TokenKind::LeftParen, "`(`"); }
  bool ExpectRight() { return Expect(TokenKind::RightParen, "`)`"); }
  bool Expect(TokenKind kind, std::string_view what) {
    if (Peek().kind != kind) return Unexpected(what);
    Skip();
    return true;
  }

  // A string that is a name: UTF-8. The view lives as long as the cursor and the source.
  bool ReadName(std::string_view* name);
  // Any number of strings, appended.
  void TakeStrings(std::string* bytes);
  // The name that an Identifier token stands for, without `$`.
  bool IdentifierAt(const Token& token, std::string_view* name);
  // Optional identifier and @name annotation. `what` for messages: "function".
  bool ReadBinder(Binder* binder, std::string_view what);
  bool AtBinder() const;
  // A number up to `max`.
  bool ReadNat(uint64_t max, ErrorId out_of_range, std::string_view what, uint64_t* value);
  // Likewise, 32 bits.
  bool ReadNat32(std::string_view what, uint32_t* value);

  // The annotation of this kind just before the token, if any; `count` is how many there are.
  Annotation* FindAnnotation(AnnotationKind kind, uint32_t token, uint32_t* count) const;

  // Errors [I1]. All return false.
  bool Fail(ErrorId id, const Token& token, std::string_view detail = {});
  bool FailAbout(ErrorId id, const Token& token, std::string_view subject);
  bool FailAt(ErrorId id, size_t position, size_t length, std::string_view detail);
  bool FailAboutAt(ErrorId id, size_t position, size_t length, std::string_view subject);
  // The current token is not what the grammar wants.
  bool Unexpected(std::string_view expected) { return UnexpectedAt(Peek(), expected); }
  bool UnexpectedAt(const Token& token, std::string_view expected);
  bool ok() const { return !error_; }
  Error TakeError() { return *std::exchange(error_, std::nullopt); }

  // Keeps a string for as long as the cursor lives.
  std::string_view Keep(std::string text) { return kept_.emplace_back(std::move(text)); }

 private:
  const SourceText& source_;
  TokenList& list_;
  const Token* tokens_;
  uint32_t index_ = 0;
  std::optional<Error> error_;
  std::deque<std::string> kept_;
};

}  // namespace gantry::wasm::text
