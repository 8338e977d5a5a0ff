// Module linking, first pass over a module: which fields make up its header, and which inline references need an alias
// there.
//
// An alias stands directly before the header field that refers to it. Once another field has come, all further ones go
// to that point, so that they precede every definition. Each instance, name and kind has one alias.
#include <algorithm>
#include <string>

#include "wasm/limits.h"
#include "wasm/text/module_parser.h"

namespace gantry::wasm::text {

namespace {

bool IsIndex(const Token& token) { return token.kind == TokenKind::Nat || token.kind == TokenKind::Identifier; }

bool IsLinkField(Keyword keyword) {
  return keyword == Keyword::Module || keyword == Keyword::Instance || keyword == Keyword::Alias;
}

}  // namespace

// `(kind $id (export "n")* (import ...`. A nested module may have an import as its first field; that has a type inside.
bool ModuleParser::HasInlineImport(uint32_t token) const {
  uint32_t at = token + 2;
  if (in_.At(at).kind == TokenKind::Identifier) ++at;
  while (in_.At(at).kind == TokenKind::LeftParen && in_.At(at + 1).is(Keyword::Export)) {
    const uint32_t close = in_.At(at).extra;
    if (in_.At(close).kind != TokenKind::RightParen) return false;
    at = close + 1;
  }
  if (in_.At(at).kind != TokenKind::LeftParen || !in_.At(at + 1).is(Keyword::Import)) return false;
  for (at += 2; in_.At(at).kind == TokenKind::String; ++at) {
  }
  return in_.At(at).kind == TokenKind::RightParen;
}

bool ModuleParser::IsCoreField(const Field& field) const {
  const std::optional<Space> space = SpaceOf(in_.At(field.token + 1));
  return space && IsCore(*space);
}

bool ModuleParser::IsHeaderField(const Field& field) const {
  switch (field.kind) {
    case Keyword::Type:
    case Keyword::Rec:
    case Keyword::Import:
    case Keyword::Alias:
    case Keyword::Module:
    case Keyword::Instance:
      return true;
    default:
      return IsCoreField(field) && HasInlineImport(field.token);
  }
}

uint32_t ModuleParser::Inject(const InjectedAlias& alias, std::string key, std::vector<HeaderEntry>* entries) {
  const auto [it, is_new] = injected_by_key_.try_emplace(std::move(key), static_cast<uint32_t>(injected_.size()));
  if (is_new) {
    injected_.push_back(alias);
    entries->push_back({HeaderEntry::Kind::Injected, Keyword::Alias, 0, it->second});
  }
  return it->second;
}

// Finds `(kind index "name"...)` and `(kind outer module item)` in a field.
bool ModuleParser::InjectAliases(const Field& field, uint32_t last, std::vector<HeaderEntry>* entries) {
  const auto text = [this](uint32_t token) { return std::string(in_.TextOf(in_.At(token))); };
  for (uint32_t at = field.token + 1; at < last; ++at) {
    if (in_.At(at).kind != TokenKind::LeftParen) continue;
    const std::optional<Space> space = SpaceOf(in_.At(at + 1));
    if (!space || *space > Space::Type) continue;
    const uint32_t first = at + 2;
    if (in_.At(first).is(Keyword::Outer)) {
      if (!IsIndex(in_.At(first + 1)) || !IsIndex(in_.At(first + 2)) || in_.At(first + 3).kind != TokenKind::RightParen)
        continue;
      const std::string key =
          std::to_string(static_cast<int>(*space)) + " outer " + text(first + 1) + " " + text(first + 2);
      const uint32_t alias = Inject({*space, true, first + 1, kNone, first + 2, 0, {}}, key, entries);
      injected_[alias].uses.push_back(at);
      symbols_.AddInlineRef(at, {*space, first + 3});
      continue;
    }
    if (!IsIndex(in_.At(first)) || in_.At(first + 1).kind != TokenKind::String) continue;
    uint32_t end = first + 1;
    while (in_.At(end).kind == TokenKind::String) ++end;
    if (in_.At(end).kind != TokenKind::RightParen || *space == Space::Type) continue;
    uint32_t from = kNone;
    std::string path = text(first);
    for (uint32_t name = first + 1; name < end; ++name) {
      const Space given = name + 1 == end ? *space : Space::Instance;
      path += " " + text(name);
      from = Inject({given, false, first, from, name, 0, {}}, std::to_string(static_cast<int>(given)) + " " + path,
                    entries);
    }
    injected_[from].uses.push_back(at);
    symbols_.AddInlineRef(at, {*space, end});
  }
  return true;
}

bool ModuleParser::ScanRawField() {
  const Token& kind = in_.Peek(1);
  if (kind.kind != TokenKind::Keyword) {
    in_.Skip();
    return in_.Unexpected("a module field");
  }
  fields_.push_back({static_cast<Keyword>(kind.value), in_.index(), 0});
  const uint32_t first = in_.index(), last = in_.Peek().extra;
  in_.Seek(last);
  if (in_.Peek().kind != TokenKind::RightParen) {
    const SourcePlace place = in_.source().PlaceOf(in_.At(first).position);
    return in_.Unexpected("`)` for the `(` of " + std::to_string(place.line) + ":" + std::to_string(place.column));
  }
  in_.Skip();
  spans_.push_back({kind.is(Keyword::Func), first, last});
  return true;
}

bool ModuleParser::ScanLinking() {
  if (depth_ > limits::kModuleNesting) return in_.Fail(ErrorId::OverLimit, in_.Peek(), "module nesting too deep");
  while (in_.Peek().kind == TokenKind::LeftParen) {
    if (!ScanRawField()) return false;
  }
  const TokenKind kind = in_.Peek().kind;
  if (kind != TokenKind::RightParen && kind != TokenKind::End) return in_.Unexpected("a module field or `)`");
  const uint32_t end = in_.index();

  const std::vector<Field> fields = std::move(fields_);
  fields_.clear();
  std::vector<HeaderEntry> late;  // aliases that go to `point`
  std::optional<size_t> point;
  std::vector<Field> others;
  for (size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    const bool is_header = IsHeaderField(field), is_import = is_header && HasInlineImport(field.token);
    if ((field.kind == Keyword::Import || is_import) && !CheckImportOrder(in_.At(field.token + 1))) return false;
    if (!is_header && !point) point = header_.size();
    if (!is_header && IsCoreField(field) && defined_.empty()) defined_ = SpaceName(*SpaceOf(in_.At(field.token + 1)));
    const bool is_nested = field.kind == Keyword::Module && !is_import;
    if (!is_nested && !InjectAliases(field, spans_[i].last, point ? &late : &header_)) return false;
    if (IsLinkField(field.kind) && !is_import) is_interleaved_ = true;
    if (is_header) {
      header_.push_back({HeaderEntry::Kind::Field, field.kind, field.token, 0});
    } else {
      others.push_back(field);
    }
  }
  if (point) header_.insert(header_.begin() + static_cast<std::ptrdiff_t>(*point), late.begin(), late.end());
  is_interleaved_ = is_interleaved_ || !injected_.empty();
  if (!is_interleaved_) {
    std::vector<HeaderEntry> types, imports;
    for (const HeaderEntry& entry : header_) {
      (entry.keyword == Keyword::Type || entry.keyword == Keyword::Rec ? types : imports).push_back(entry);
    }
    types.insert(types.end(), imports.begin(), imports.end());
    header_ = std::move(types);
  }

  symbols_.SetTolerant(true);
  if (!EmitHeader(HeaderPass::Define)) return false;
  symbols_.SetTolerant(false);
  for (const Field& field : others) {
    in_.Seek(field.token + 1);
    if (!ScanField(in_.Peek())) return false;
  }
  in_.Seek(end);
  return true;
}

}  // namespace gantry::wasm::text
