#include "wasm/text/source.h"

#include <algorithm>

#include "base/utf8.h"

namespace gantry::wasm::text {

namespace {

// Longest part of a line that an excerpt shows.
constexpr size_t kExcerptWidth = 120;

// Bytes that start a character; others are continuations and take no column on the screen.
bool StartsCharacter(char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }

// Tabs and control characters would move the caret, and damaged UTF-8 the terminal.
std::string Printable(std::string_view line) {
  std::string text(line);
  const bool is_utf8 = IsUtf8(line);
  for (char& c : text) {
    const uint8_t byte = static_cast<uint8_t>(c);
    if (byte < 0x20 || byte == 0x7f) c = ' ';
    if (byte >= 0x80 && !is_utf8) c = '?';
  }
  return text;
}

}  // namespace

SourcePlace SourceText::PlaceOf(size_t position) const {
  if (line_starts_.empty()) {
    line_starts_.push_back(0);
    for (size_t i = 0; i < text_.size(); ++i) {
      const bool ends_line = text_[i] == '\n' || (text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n'));
      if (ends_line) line_starts_.push_back(static_cast<uint32_t>(i + 1));
    }
  }
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), position);
  const size_t line = static_cast<size_t>(after - line_starts_.begin());
  return {static_cast<uint32_t>(line), static_cast<uint32_t>(position - line_starts_[line - 1] + 1)};
}

std::string SourceText::Excerpt(SourcePlace place, size_t length) const {
  const size_t line_begin = line_starts_[place.line - 1];
  size_t line_end = place.line < line_starts_.size() ? line_starts_[place.line] : text_.size();
  while (line_end > line_begin && (text_[line_end - 1] == '\n' || text_[line_end - 1] == '\r')) --line_end;
  const size_t position = std::min(line_begin + place.column - 1, line_end);
  // A window of the line, so that a module on one line of a megabyte stays readable.
  size_t begin = line_begin, end = line_end;
  if (end - begin > kExcerptWidth) {
    begin = position - std::min(position - line_begin, kExcerptWidth / 2);
    end = std::min(line_end, begin + kExcerptWidth);
    while (begin > line_begin && !StartsCharacter(text_[begin])) --begin;
    while (end < line_end && !StartsCharacter(text_[end])) ++end;
  }
  const std::string shown = Printable(text_.substr(begin, end - begin));
  const std::string number = std::to_string(place.line);
  std::string excerpt = " " + number + " | " + shown + "\n " + std::string(number.size(), ' ') + " | ";
  const size_t offset = std::min(position - begin, shown.size());
  for (size_t i = 0; i < offset; ++i) {
    if (StartsCharacter(shown[i])) excerpt += ' ';
  }
  excerpt += '^';
  for (size_t i = offset + 1; i < std::min(offset + length, shown.size()); ++i) {
    if (StartsCharacter(shown[i])) excerpt += '~';
  }
  return excerpt;
}

Error SourceText::MakeError(ErrorId id, size_t position, size_t length, std::string_view detail) const {
  const SourcePlace place = PlaceOf(position);
  return MakeErrorAtLine(id, place.line, place.column, detail).WithExcerpt(Excerpt(place, length));
}

Error SourceText::MakeErrorAbout(ErrorId id, size_t position, size_t length, std::string_view subject) const {
  const SourcePlace place = PlaceOf(position);
  const ErrorClass error_class = MakeErrorAtLine(id, place.line, place.column).error_class();
  std::string message(ErrorText(id));
  message.append(" ").append(subject);
  return Error::AtLine(error_class, std::move(message), place.line, place.column)
      .WithCode(static_cast<uint16_t>(id))
      .WithExcerpt(Excerpt(place, length));
}

}  // namespace gantry::wasm::text
