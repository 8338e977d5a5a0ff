// First pass over a module: fields, indices, identifiers.
#include <string>

#include "wasm/text/module_parser.h"

namespace gantry::wasm::text {

bool ModuleParser::Scan() {
  while (in_.Peek().kind == TokenKind::LeftParen) {
    const uint32_t first = in_.index();
    const uint32_t last = in_.Peek().extra;
    const Token& kind = in_.Peek(1);
    in_.Skip();
    if (!ScanField(kind)) return false;
    in_.Seek(last);
    if (in_.Peek().kind != TokenKind::RightParen) {
      const SourcePlace place = in_.source().PlaceOf(in_.At(first).position);
      return in_.Unexpected("`)` for the `(` of " + std::to_string(place.line) + ":" + std::to_string(place.column));
    }
    in_.Skip();
    spans_.push_back({kind.is(Keyword::Func), first, last});
  }
  const TokenKind end = in_.Peek().kind;
  return end == TokenKind::RightParen || end == TokenKind::End || in_.Unexpected("a module field or `)`");
}

// At the keyword of a field.
bool ModuleParser::ScanField(const Token& kind) {
  const uint32_t token = in_.index() - 1;
  if (kind.kind != TokenKind::Keyword) return in_.Unexpected("a module field");
  in_.Skip();
  const std::optional<Space> space = SpaceOf(kind);
  if (space && IsCore(*space)) {
    fields_.push_back({static_cast<Keyword>(kind.value), token, symbols_.CountOf(*space)});
    return ScanEntity(*space);
  }
  if (space && !IsExtern(*space)) {
    Binder binder;
    uint32_t index;
    if (!in_.ReadBinder(&binder, SpaceName(*space)) || !symbols_.Define(*space, binder, &index)) return false;
    fields_.push_back({static_cast<Keyword>(kind.value), token, index});
    return true;
  }
  switch (static_cast<Keyword>(kind.value)) {
    case Keyword::Rec:
      fields_.push_back({Keyword::Rec, token, 0});
      return ScanRecGroup();
    case Keyword::Import:
      fields_.push_back({Keyword::Import, token, symbols_.CountOf(Space::Func)});
      return CheckImportOrder(kind) && ScanImport();
    case Keyword::Export:
    case Keyword::Start:
      fields_.push_back({static_cast<Keyword>(kind.value), token, 0});
      return true;
    default:
      return in_.UnexpectedAt(kind, "a module field");
  }
}

bool ModuleParser::ScanRecGroup() {
  while (in_.AtLeft(Keyword::Type)) {
    const uint32_t last = in_.Peek().extra;
    in_.Skip(2);
    Binder binder;
    uint32_t index;
    if (!in_.ReadBinder(&binder, SpaceName(Space::Type)) || !symbols_.Define(Space::Type, binder, &index)) return false;
    in_.Seek(last);
    if (!in_.ExpectRight()) return false;
  }
  return in_.Peek().kind == TokenKind::RightParen || in_.Unexpected("`(type` or `)`");
}

bool ModuleParser::CheckImportOrder(const Token& token) {
  if (defined_.empty()) return true;
  return in_.FailAbout(ErrorId::ImportAfter, token, std::string(defined_) + " definition");
}

// A function, table, memory, global or tag, after its keyword.
bool ModuleParser::ScanEntity(Space space) {
  Binder binder;
  uint32_t index;
  if (!in_.ReadBinder(&binder, SpaceName(space)) || !symbols_.Define(space, binder, &index)) return false;
  while (in_.AtLeft(Keyword::Export)) {
    in_.Seek(in_.Peek().extra);
    if (!in_.ExpectRight()) return false;
  }
  if (in_.AtLeft(Keyword::Import)) return CheckImportOrder(in_.Peek(1));
  if (defined_.empty()) defined_ = SpaceName(space);
  if (space == Space::Table) return ScanInlineSegment(Keyword::Elem, Space::Elem);
  if (space == Space::Memory) return ScanInlineSegment(Keyword::Data, Space::Data);
  return true;
}

// `(elem` in a table and `(data` in a memory define a segment.
bool ModuleParser::ScanInlineSegment(Keyword segment, Space space) {
  for (;; in_.Skip()) {
    const TokenKind kind = in_.Peek().kind;
    if (kind == TokenKind::RightParen || kind == TokenKind::End) return true;
    if (kind != TokenKind::LeftParen) continue;
    if (in_.AtLeft(segment)) {
      symbols_.DefineAnonymous(space);
      return true;
    }
    in_.Seek(in_.Peek().extra);
    if (in_.Peek().kind == TokenKind::End) return true;
  }
}

// After `(`: the kind of an import or export.
bool ModuleParser::ReadExternKind(Space* space) {
  const std::optional<Space> found = SpaceOf(in_.Peek());
  if (!found || !(links_ ? IsExtern(*found) : IsCore(*found))) return UnexpectedKind(in_.Peek());
  *space = *found;
  in_.Skip();
  return true;
}

bool ModuleParser::UnexpectedKind(const Token& token) {
  return in_.UnexpectedAt(token, links_ ? "`func`, `table`, `memory`, `global`, `tag`, `module` or `instance`"
                                        : "`func`, `table`, `memory`, `global` or `tag`");
}

// `(kind $id? ...)`.
bool ModuleParser::ScanExternType() {
  const uint32_t last = in_.Peek().extra;
  Space space;
  Binder binder;
  uint32_t index;
  if (!in_.ExpectLeft() || !ReadExternKind(&space) || !in_.ReadBinder(&binder, SpaceName(space)) ||
      !symbols_.Define(space, binder, &index)) {
    return false;
  }
  in_.Seek(last);
  return in_.ExpectRight();
}

bool ModuleParser::ScanImport() {
  std::string_view name;
  if (!in_.ReadName(&name)) return false;
  const bool is_single_level = links_ && in_.Peek().kind == TokenKind::LeftParen && !in_.AtLeft(Keyword::Item);
  if (is_single_level) return ScanExternType();
  if (links_) DefineImplicitInstance(name);
  if (in_.Peek().kind != TokenKind::String) return ScanImportGroup();
  return in_.ReadName(&name) && ScanExternType();
}

// `(import "m" (item "a" type)...)` and `(import "m" (item "a")... type)` of the compact import section.
bool ModuleParser::ScanImportGroup() {
  uint32_t untyped = 0;
  while (in_.TakeLeft(Keyword::Item)) {
    std::string_view name;
    if (!in_.ReadName(&name)) return false;
    if (in_.Peek().kind == TokenKind::LeftParen) {
      if (untyped != 0) return in_.Unexpected("`)`: items of one group either all have a type or none");
      if (!ScanExternType()) return false;
    } else {
      ++untyped;
    }
    if (!in_.ExpectRight()) return false;
  }
  if (in_.Peek().kind != TokenKind::LeftParen) return untyped == 0 || in_.Unexpected("the type of the items");
  Space space;
  in_.Skip();
  if (!ReadExternKind(&space)) return false;
  if (in_.AtBinder())
    return in_.Fail(ErrorId::IdentifierNotAllowed, in_.Peek(), "the type is shared by all items of the group");
  for (uint32_t i = 0; i < untyped; ++i) symbols_.DefineAnonymous(space);
  return true;
}

}  // namespace gantry::wasm::text
