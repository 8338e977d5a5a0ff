#include "wasm/text/annotations.h"

#include <algorithm>
#include <tuple>

#include "base/utf8.h"
#include "wasm/text/literals.h"

namespace gantry::wasm::text {

namespace {

struct SectionWord {
  Keyword word;
  SectionSlot slot;
};

// `last` is after the name section, so that sections of tools keep their usual place behind it.
constexpr SectionWord kSections[] = {
    {Keyword::Type, SectionSlot::Type},           {Keyword::Import, SectionSlot::Import},
    {Keyword::Func, SectionSlot::Func},           {Keyword::Table, SectionSlot::Table},
    {Keyword::Memory, SectionSlot::Memory},       {Keyword::Tag, SectionSlot::Tag},
    {Keyword::Global, SectionSlot::Global},       {Keyword::Export, SectionSlot::Export},
    {Keyword::Start, SectionSlot::Start},         {Keyword::Elem, SectionSlot::Elem},
    {Keyword::Code, SectionSlot::Code},           {Keyword::Data, SectionSlot::Data},
    {Keyword::DataCount, SectionSlot::DataCount}, {Keyword::First, SectionSlot::Type},
    {Keyword::Last, SectionSlot::Names},
};

// The contents of one @custom annotation, token by token.
class CustomReader {
 public:
  CustomReader(TokenCursor* in, const Annotation& annotation)
      : in_(*in), annotation_(annotation), i_(annotation.first), end_(annotation.last) {}

  bool Read(CustomAnnotation* custom) {
    return ReadName(&custom->name) && ReadPlace(&custom->place) && ReadBytes(&custom->bytes);
  }

 private:
  const Token* Peek(uint32_t ahead = 0) const {
    return i_ + ahead < end_ ? &in_.list().annotation_tokens[i_ + ahead] : nullptr;
  }
  bool Fail(std::string_view detail) {
    const Token* token = Peek();
    if (token == nullptr) return in_.FailAt(ErrorId::CustomAnnotation, annotation_.position, 2, detail);
    return in_.Fail(ErrorId::CustomAnnotation, *token, detail);
  }

  bool ReadName(std::string* name) {
    if (Peek() == nullptr || Peek()->kind != TokenKind::String) return Fail("missing section name");
    *name = DecodeString(in_.TextOf(*Peek()));
    if (!IsUtf8(*name)) return Fail("malformed UTF-8 encoding");
    ++i_;
    return true;
  }

  // `(before section)`, `(after section)` or nothing.
  bool ReadPlace(uint32_t* place) {
    *place = PlaceAfter(SectionSlot::Names);
    if (Peek() == nullptr || Peek()->kind != TokenKind::LeftParen) return true;
    ++i_;
    const bool is_before = Peek() != nullptr && Peek()->is(Keyword::Before);
    if (!is_before && (Peek() == nullptr || !Peek()->is(Keyword::After))) {
      return Fail("malformed placement, expected `before` or `after`");
    }
    ++i_;
    const Token* token = Peek();
    const auto* section = std::find_if(std::begin(kSections), std::end(kSections),
                                       [&](const SectionWord& s) { return token != nullptr && token->is(s.word); });
    if (section == std::end(kSections)) return Fail("malformed section kind");
    *place = is_before ? PlaceBefore(section->slot) : PlaceAfter(section->slot);
    ++i_;
    if (Peek() == nullptr || Peek()->kind != TokenKind::RightParen) return Fail("unexpected token, expected `)`");
    ++i_;
    return true;
  }

  bool ReadBytes(std::string* bytes) {
    for (; Peek() != nullptr; ++i_) {
      if (Peek()->kind != TokenKind::String) return Fail("unexpected token, expected a string");
      AppendString(in_.TextOf(*Peek()), bytes);
    }
    return true;
  }

  TokenCursor& in_;
  const Annotation& annotation_;
  uint32_t i_, end_;
};

bool InsideFunction(uint32_t token, const std::vector<FieldSpan>& fields) {
  auto it = std::upper_bound(fields.begin(), fields.end(), token,
                             [](uint32_t t, const FieldSpan& field) { return t < field.first; });
  if (it == fields.begin()) return false;
  --it;
  return it->is_func && token > it->first && token <= it->last;
}

bool BetweenFields(uint32_t token, uint32_t end, const std::vector<FieldSpan>& fields) {
  if (token == end) return true;
  const auto it = std::lower_bound(fields.begin(), fields.end(), token,
                                   [](const FieldSpan& field, uint32_t t) { return field.first < t; });
  return it != fields.end() && it->first == token;
}

}  // namespace

bool ReadModuleAnnotations(TokenCursor* in, uint32_t begin, uint32_t end, const std::vector<FieldSpan>& fields,
                           std::vector<CustomAnnotation>* customs) {
  std::vector<Annotation>& annotations = in->list().annotations;
  auto it = std::lower_bound(annotations.begin(), annotations.end(), begin,
                             [](const Annotation& annotation, uint32_t t) { return annotation.token < t; });
  for (; it != annotations.end() && it->token <= end; ++it) {
    if (it->used) continue;
    it->used = true;
    switch (it->kind) {
      case AnnotationKind::Custom:
        if (!CustomReader(in, *it).Read(&customs->emplace_back())) return false;
        customs->back().position = it->position;
        if (!BetweenFields(it->token, end, fields)) {
          return in->FailAboutAt(ErrorId::MisplacedAnnotation, it->position, 2, "@custom annotation");
        }
        break;
      case AnnotationKind::Name:
        return in->FailAboutAt(ErrorId::MisplacedAnnotation, it->position, 2, "@name annotation");
      case AnnotationKind::BranchHint:
        return in->FailAt(ErrorId::BranchHintAnnotation, it->position, 2,
                          InsideFunction(it->token, fields) ? "invalid placement" : "not in a function");
      case AnnotationKind::Unknown:
        break;
    }
  }
  std::sort(customs->begin(), customs->end(), [](const CustomAnnotation& a, const CustomAnnotation& b) {
    return std::tie(a.place, a.position) < std::tie(b.place, b.position);
  });
  return true;
}

}  // namespace gantry::wasm::text
