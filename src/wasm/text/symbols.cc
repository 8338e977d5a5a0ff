#include "wasm/text/symbols.h"

#include <string>

#include "wasm/text/literals.h"

namespace gantry::wasm::text {

namespace {

using binary::NameKind;

struct SpaceInfo {
  Keyword keyword;
  std::string_view name;
  NameKind names;
};

constexpr SpaceInfo kSpaces[kSpaceCount] = {
    {Keyword::Func, "function", NameKind::Function},
    {Keyword::Table, "table", NameKind::Table},
    {Keyword::Memory, "memory", NameKind::Memory},
    {Keyword::Global, "global", NameKind::Global},
    {Keyword::Tag, "tag", NameKind::Tag},
    {Keyword::Module, "module", NameKind::Module},  // these two are not in the name section
    {Keyword::Instance, "instance", NameKind::Module},
    {Keyword::Type, "type", NameKind::Type},
    {Keyword::Elem, "elem segment", NameKind::Elem},
    {Keyword::Data, "data segment", NameKind::Data},
};

const SpaceInfo& InfoOf(Space space) { return kSpaces[static_cast<size_t>(space)]; }

}  // namespace

std::string_view SpaceName(Space space) { return InfoOf(space).name; }

std::optional<Space> SpaceOf(const Token& token) {
  for (int i = 0; i < kSpaceCount; ++i) {
    if (token.is(kSpaces[i].keyword)) return static_cast<Space>(i);
  }
  return std::nullopt;
}

bool Symbols::Define(Space space, const Binder& binder, uint32_t* index) {
  IndexSpace& here = spaces_[static_cast<size_t>(space)];
  *index = here.count++;
  if (binder.identifier && !here.table.Insert(*binder.identifier, *index)) {
    const Token& token = in_.At(binder.token);
    return in_.FailAbout(ErrorId::DuplicateName, token,
                         std::string(SpaceName(space)) + " " + std::string(in_.TextOf(token)));
  }
  if (binder.name && InfoOf(space).names != NameKind::Module)
    names_.of(InfoOf(space).names).push_back({0, *index, *binder.name});
  return true;
}

bool Symbols::Unresolved(std::string_view what, const Token& token) {
  return in_.FailAbout(ErrorId::UnresolvedName, token, std::string(what) + " " + std::string(in_.TextOf(token)));
}

bool Symbols::ReadNumberOrName(std::string_view what, NameTable* table, uint32_t scope, uint32_t* index) {
  const Token& token = in_.Peek();
  if (token.kind == TokenKind::Nat) {
    const std::optional<uint64_t> number = ParseNat(in_.TextOf(token), 0xffffffffu);
    if (!number) return in_.Fail(ErrorId::I32OutOfRange, token, what);
    *index = static_cast<uint32_t>(*number);
  } else if (token.kind == TokenKind::Identifier) {
    std::string_view name;
    if (!in_.IdentifierAt(token, &name)) return false;
    const uint32_t* found = table->Find(name, scope);
    const bool is_known = found != nullptr && *found != kNone;
    if (!is_known && !is_tolerant_) return Unresolved(what, token);
    *index = is_known ? *found : 0;
  } else {
    return in_.UnexpectedAt(token, "the index or identifier of a " + std::string(what));
  }
  in_.Skip();
  return true;
}

std::optional<uint32_t> Symbols::Find(Space space, std::string_view name) {
  const uint32_t* found = spaces_[static_cast<size_t>(space)].table.Find(name);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

bool Symbols::ReadIndex(Space space, uint32_t* index) {
  if (const InlineRef* ref = InlineAt()) {
    if (ref->space != space) return in_.Unexpected("the index or identifier of a " + std::string(SpaceName(space)));
    *index = ref->index;
    in_.Seek(ref->end + 1);
    return true;
  }
  return ReadNumberOrName(SpaceName(space), &spaces_[static_cast<size_t>(space)].table, 0, index);
}

bool Symbols::DefineField(uint32_t type, uint32_t field, const Binder& binder) {
  if (is_tolerant_) return true;
  if (binder.identifier && !fields_.Insert(*binder.identifier, field, type)) {
    const Token& token = in_.At(binder.token);
    return in_.FailAbout(ErrorId::DuplicateName, token, "field " + std::string(in_.TextOf(token)));
  }
  if (binder.name) names_.of(NameKind::Field).push_back({type, field, *binder.name});
  return true;
}

bool Symbols::ReadField(uint32_t type, uint32_t* field) { return ReadNumberOrName("field", &fields_, type, field); }

void Symbols::BeginFunction(uint32_t func) {
  func_ = func;
  ++local_scope_;
  local_count_ = 0;
  locals_known_ = true;
  label_count_ = 0;
}

void Symbols::DefineAnonymousLocals(uint32_t count, bool known) {
  local_count_ += count;
  locals_known_ = locals_known_ && known;
}

bool Symbols::DefineLocal(const Binder& binder) {
  const uint32_t index = local_count_++;
  if (is_tolerant_) return true;
  if (binder.identifier) {
    const Token& token = in_.At(binder.token);
    if (!locals_known_) {
      return in_.FailAbout(ErrorId::UnresolvedName, token, "type of the function, so this local has no index");
    }
    if (!locals_.Insert(*binder.identifier, index, local_scope_)) {
      return in_.FailAbout(ErrorId::DuplicateName, token, "local " + std::string(in_.TextOf(token)));
    }
  }
  if (binder.name && locals_known_) names_.of(NameKind::Local).push_back({func_, index, *binder.name});
  return true;
}

bool Symbols::ReadLocal(uint32_t* local) { return ReadNumberOrName("local", &locals_, local_scope_, local); }

void Symbols::PushLabel(const Binder& binder) {
  Label label{binder.identifier.value_or(std::string_view()), kNone};
  const uint32_t here = static_cast<uint32_t>(labels_.size());
  if (binder.identifier && !label_table_.Insert(label.name, here)) {
    uint32_t* innermost = label_table_.Find(label.name);
    label.shadowed = *innermost;
    *innermost = here;
  }
  labels_.push_back(label);
  if (binder.name) names_.of(NameKind::Label).push_back({func_, label_count_, *binder.name});
  ++label_count_;
}

void Symbols::PopLabel() {
  const Label& label = labels_.back();
  if (!label.name.empty()) *label_table_.Find(label.name) = label.shadowed;
  labels_.pop_back();
}

bool Symbols::ReadLabel(uint32_t* depth) {
  const bool is_name = in_.Peek().kind == TokenKind::Identifier;
  if (!ReadNumberOrName("label", &label_table_, 0, depth)) return false;
  if (is_name) *depth = static_cast<uint32_t>(labels_.size()) - 1 - *depth;
  return true;
}

}  // namespace gantry::wasm::text
