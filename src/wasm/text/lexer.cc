#include "wasm/text/lexer.h"

#include <array>
#include <optional>

#include "base/utf8.h"
#include "wasm/text/literals.h"

namespace gantry::wasm::text {

namespace {

enum CharClass : uint8_t { kBad, kSpace, kIdChar, kQuote, kLeft, kRight, kSemicolon, kPunctuation, kHigh };

// Spec 6.3.1: idchar, and the characters that other tokens start with.
constexpr std::array<CharClass, 256> kClasses = [] {
  std::array<CharClass, 256> classes{};
  for (int c = 0x21; c < 0x7f; ++c) classes[c] = kIdChar;
  for (char c : {' ', '\t', '\n', '\r'}) classes[static_cast<uint8_t>(c)] = kSpace;
  for (char c : {',', '[', ']', '{', '}'}) classes[static_cast<uint8_t>(c)] = kPunctuation;
  classes['"'] = kQuote;
  classes['('] = kLeft;
  classes[')'] = kRight;
  classes[';'] = kSemicolon;
  for (int c = 0x80; c < 0x100; ++c) classes[c] = kHigh;
  return classes;
}();

CharClass ClassOf(char c) { return kClasses[static_cast<uint8_t>(c)]; }

AnnotationKind AnnotationOf(std::string_view id) {
  if (id == "custom") return AnnotationKind::Custom;
  if (id == "name") return AnnotationKind::Name;
  if (id == "metadata.code.branch_hint") return AnnotationKind::BranchHint;
  return AnnotationKind::Unknown;
}

class Lexer {
 public:
  explicit Lexer(const SourceText& source)
      : source_(source),
        begin_(source.view().data()),
        p_(begin_),
        end_(begin_ + source.view().size()),
        out_(&list_.tokens) {}

  Result<TokenList> Run();

 private:
  bool Step();
  bool SkipLineComment();
  bool SkipBlockComment();
  bool BeginAnnotation();
  void EndAnnotation();
  bool LexWord();
  bool LexString(bool* has_escapes);
  bool LexEscape();
  void ClassifyWord(uint32_t at, std::string_view word);
  void Finish();

  uint32_t at() const { return static_cast<uint32_t>(p_ - begin_); }
  void Push(TokenKind kind, uint32_t position, uint32_t extra, uint8_t flags = 0, uint16_t value = 0) {
    out_->push_back({position, extra, kind, flags, value});
  }
  bool Fail(ErrorId id, size_t position, size_t length, std::string_view detail = {}) {
    error_ = source_.MakeError(id, position, length, detail);
    return false;
  }
  bool FailAtCharacter();

  const SourceText& source_;
  const char* begin_;
  const char* p_;
  const char* end_;
  TokenList list_;
  std::vector<Token>* out_;     // of the module or of the annotation being read
  std::vector<uint32_t> open_;  // open parentheses, indices into *out_
  bool in_annotation_ = false;
  size_t annotation_depth_ = 0;  // open_.size() at its start
  Annotation annotation_{};
  std::vector<Token> dropped_;  // contents of unknown annotations
  std::optional<Error> error_;
};

// A character that may not stand here.
bool Lexer::FailAtCharacter() {
  uint32_t point;
  const size_t length = DecodeUtf8({p_, static_cast<size_t>(end_ - p_)}, &point);
  if (length == 0) return Fail(ErrorId::MalformedUtf8, at(), 1);
  return Fail(ErrorId::IllegalCharacter, at(), length);
}

bool Lexer::SkipLineComment() {
  const char* start = p_;
  while (p_ != end_ && *p_ != '\n' && *p_ != '\r') ++p_;
  const std::string_view comment(start, static_cast<size_t>(p_ - start));
  if (!IsUtf8(comment))
    return Fail(ErrorId::MalformedUtf8, static_cast<size_t>(start - begin_), comment.size(), "in a comment");
  return true;
}

bool Lexer::SkipBlockComment() {
  const char* start = p_;
  size_t depth = 0;
  for (;;) {
    if (end_ - p_ < 2) return Fail(ErrorId::UnclosedComment, static_cast<size_t>(start - begin_), 2);
    if (p_[0] == '(' && p_[1] == ';') {
      ++depth;
      p_ += 2;
    } else if (p_[0] == ';' && p_[1] == ')') {
      p_ += 2;
      if (--depth == 0) break;
    } else {
      ++p_;
    }
  }
  const std::string_view comment(start, static_cast<size_t>(p_ - start));
  if (!IsUtf8(comment)) return Fail(ErrorId::MalformedUtf8, static_cast<size_t>(start - begin_), 2, "in a comment");
  return true;
}

// At `(@`, outside of annotations.
bool Lexer::BeginAnnotation() {
  const uint32_t start = at();
  p_ += 2;
  std::string id;
  if (p_ != end_ && *p_ == '"') {
    const uint32_t string_at = at();
    bool has_escapes = false;
    if (!LexString(&has_escapes)) return Fail(ErrorId::EmptyAnnotationId, start, 2);
    id = DecodeString(source_.view().substr(string_at, at() - string_at));
    if (!IsUtf8(id)) return Fail(ErrorId::MalformedUtf8, string_at, at() - string_at, "in an annotation id");
  } else {
    const char* id_start = p_;
    while (p_ != end_ && ClassOf(*p_) == kIdChar) ++p_;
    id.assign(id_start, p_);
  }
  if (id.empty()) return Fail(ErrorId::EmptyAnnotationId, start, 2);
  in_annotation_ = true;
  annotation_depth_ = open_.size();
  annotation_ = {AnnotationOf(id),
                 false,
                 start,
                 static_cast<uint32_t>(list_.tokens.size()),
                 static_cast<uint32_t>(list_.annotation_tokens.size()),
                 0};
  dropped_.clear();
  out_ = annotation_.kind == AnnotationKind::Unknown ? &dropped_ : &list_.annotation_tokens;
  return true;
}

void Lexer::EndAnnotation() {
  in_annotation_ = false;
  out_ = &list_.tokens;
  if (annotation_.kind == AnnotationKind::Unknown) return;
  annotation_.last = static_cast<uint32_t>(list_.annotation_tokens.size());
  list_.annotations.push_back(annotation_);
}

// After the backslash of an escape (spec 6.3.3).
bool Lexer::LexEscape() {
  const uint32_t start = at() - 1;
  const auto is_hex = [&](const char* c) { return c < end_ && HexDigit(*c) >= 0; };
  if (p_ == end_) return Fail(ErrorId::UnclosedString, start, 1);
  const char c = *p_;
  if (c == 'n' || c == 'r' || c == 't' || c == '\\' || c == '\'' || c == '"') {
    ++p_;
    return true;
  }
  if (is_hex(p_) && is_hex(p_ + 1)) {
    p_ += 2;
    return true;
  }
  if (c == 'u' && p_ + 1 < end_ && p_[1] == '{') {
    const char* digits = p_ + 2;
    const char* close = digits;
    while (close < end_ && (is_hex(close) || *close == '_')) ++close;
    const std::string_view number(digits, static_cast<size_t>(close - digits));
    if (close < end_ && *close == '}' && IsHexNumber(number)) {
      if (!UnicodeEscape(number))
        return Fail(ErrorId::MalformedUtf8, start, number.size() + 4, "not a Unicode scalar value");
      p_ = close + 1;
      return true;
    }
  }
  return Fail(ErrorId::IllegalEscape, start, 2, "expected \\n, \\r, \\t, \\\\, \\', \\\", \\hh or \\u{h...}");
}

// At the opening quote; moves behind the closing one.
bool Lexer::LexString(bool* has_escapes) {
  const uint32_t start = at();
  ++p_;
  for (;;) {
    if (p_ == end_) return Fail(ErrorId::UnclosedString, start, 1);
    const uint8_t c = static_cast<uint8_t>(*p_);
    if (c == '"') break;
    if (c == '\\') {
      *has_escapes = true;
      ++p_;
      if (!LexEscape()) return false;
    } else if (c == '\n' || c == '\r') {
      return Fail(ErrorId::UnclosedString, start, at() - start);
    } else if (c < 0x20 || c == 0x7f) {
      return Fail(ErrorId::IllegalCharacter, at(), 1, "control character in a string");
    } else if (c < 0x80) {
      ++p_;
    } else {
      uint32_t point;
      const size_t length = DecodeUtf8({p_, static_cast<size_t>(end_ - p_)}, &point);
      if (length == 0) return Fail(ErrorId::MalformedUtf8, at(), 1, "in a string");
      p_ += length;
    }
  }
  ++p_;
  return true;
}

// A run of idchars and strings, which is one token however it looks inside (spec 6.3.1, "reserved").
bool Lexer::LexWord() {
  const uint32_t start = at();
  while (p_ != end_ && ClassOf(*p_) == kIdChar) ++p_;
  if (p_ == end_ || *p_ != '"') {
    ClassifyWord(start, source_.view().substr(start, at() - start));
    return !error_;
  }
  const uint32_t first_string = at();
  bool has_escapes = false;
  if (!LexString(&has_escapes)) {
    // `$` and something that is not a string: the suites want to hear about the identifier.
    if (first_string == start + 1 && begin_[start] == '$')
      return Fail(ErrorId::EmptyIdentifier, start, 1, "a quoted one has no end");
    return false;
  }
  bool is_mixed = false;
  while (p_ != end_ && (ClassOf(*p_) == kIdChar || *p_ == '"')) {
    is_mixed = true;
    if (*p_ != '"') {
      ++p_;
    } else if (!LexString(&has_escapes)) {
      return false;
    }
  }
  const uint32_t length = at() - start;
  if (!is_mixed && first_string == start) {
    Push(TokenKind::String, start, length, has_escapes ? Token::kEscapes : 0);
  } else if (!is_mixed && first_string == start + 1 && begin_[start] == '$') {
    if (length == 3) return Fail(ErrorId::EmptyIdentifier, start, length);
    Push(TokenKind::Identifier, start, length, Token::kQuoted | (has_escapes ? Token::kEscapes : 0));
  } else {
    Push(TokenKind::Reserved, start, length);
  }
  return true;
}

void Lexer::ClassifyWord(uint32_t at, std::string_view word) {
  const uint32_t length = static_cast<uint32_t>(word.size());
  const char first = word[0];
  if (first == '$') {
    if (length == 1) Fail(ErrorId::EmptyIdentifier, at, 1);
    return Push(TokenKind::Identifier, at, length);
  }
  if (first >= 'a' && first <= 'z') {
    const Word found = FindWord(word);
    if (found.kind == Word::Kind::Instruction) return Push(TokenKind::Instruction, at, length, 0, found.value);
    if (found.kind == Word::Kind::Keyword) return Push(TokenKind::Keyword, at, length, 0, found.value);
    if (word.starts_with("offset=") && ClassifyNumber(word.substr(7)) == NumberForm::Nat) {
      return Push(TokenKind::OffsetEq, at, length);
    }
    if (word.starts_with("align=") && ClassifyNumber(word.substr(6)) == NumberForm::Nat) {
      return Push(TokenKind::AlignEq, at, length);
    }
  }
  switch (ClassifyNumber(word)) {
    case NumberForm::Nat:
      return Push(TokenKind::Nat, at, length);
    case NumberForm::Int:
      return Push(TokenKind::Int, at, length);
    case NumberForm::Float:
      return Push(TokenKind::Float, at, length);
    case NumberForm::None:
      return Push(TokenKind::Reserved, at, length);
  }
}

// Reads one token or one piece of white space.
bool Lexer::Step() {
  switch (ClassOf(*p_)) {
    case kSpace:
      ++p_;
      return true;
    case kIdChar:
    case kQuote:
      return LexWord();
    case kLeft:
      if (p_ + 1 != end_ && p_[1] == ';') return SkipBlockComment();
      if (p_ + 1 != end_ && p_[1] == '@' && !in_annotation_) return BeginAnnotation();
      open_.push_back(static_cast<uint32_t>(out_->size()));
      Push(TokenKind::LeftParen, at(), 0);
      ++p_;
      return true;
    case kRight:
      if (in_annotation_ && open_.size() == annotation_depth_) {
        EndAnnotation();
      } else {
        if (!open_.empty()) {
          (*out_)[open_.back()].extra = static_cast<uint32_t>(out_->size());
          open_.pop_back();
        }
        Push(TokenKind::RightParen, at(), 1);
      }
      ++p_;
      return true;
    case kSemicolon:
      if (p_ + 1 != end_ && p_[1] == ';') return SkipLineComment();
      [[fallthrough]];
    case kPunctuation:
      Push(TokenKind::Reserved, at(), 1);
      ++p_;
      return true;
    case kBad:
    case kHigh:
      break;
  }
  return FailAtCharacter();
}

void Lexer::Finish() {
  const uint32_t end_index = static_cast<uint32_t>(list_.tokens.size());
  for (uint32_t open : open_) list_.tokens[open].extra = end_index;  // [I1]
  for (int i = 0; i < 3; ++i) Push(TokenKind::End, at(), 0);         // [I2]
}

Result<TokenList> Lexer::Run() {
  // Positions and token indices are 32 bits wide.
  constexpr size_t kMaxSource = 0xfffffff0u;
  if (source_.view().size() > kMaxSource) {
    return std::unexpected(MakeErrorAtLine(ErrorId::OverLimit, 1, 1, "the text has 4 GiB or more"));
  }
  list_.tokens.reserve(source_.view().size() / 6 + 8);
  while (p_ != end_) {
    if (!Step()) return std::unexpected(*std::move(error_));
  }
  if (in_annotation_) return std::unexpected(source_.MakeError(ErrorId::UnclosedAnnotation, annotation_.position, 2));
  Finish();
  return std::move(list_);
}

}  // namespace

Result<TokenList> Lex(const SourceText& source) { return Lexer(source).Run(); }

}  // namespace gantry::wasm::text
