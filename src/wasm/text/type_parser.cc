#include "wasm/text/type_parser.h"

#include <algorithm>
#include <bit>

#include "wasm/binary/encoder.h"
#include "wasm/text/literals.h"

namespace gantry::wasm::text {

namespace {

constexpr uint8_t kFunc = 0x60, kStruct = 0x5f, kArray = 0x5e, kSub = 0x50, kSubFinal = 0x4f, kRec = 0x4e;

bool InRange(const Token& token, Keyword first, Keyword last) {
  return token.kind == TokenKind::Keyword && token.value >= static_cast<uint16_t>(first) &&
         token.value <= static_cast<uint16_t>(last);
}

// keywords.def has the types in the order of these enumerations.
TypeKind KindOf(const Token& token) {
  return static_cast<TypeKind>(token.value - static_cast<uint16_t>(Keyword::I32) + static_cast<int>(TypeKind::I32));
}
HeapKind HeapOf(const Token& token, Keyword first) {
  return static_cast<HeapKind>(token.value - static_cast<uint16_t>(first));
}
static_assert(static_cast<int>(Keyword::I16) - static_cast<int>(Keyword::I32) ==
              static_cast<int>(TypeKind::I16) - static_cast<int>(TypeKind::I32));
static_assert(static_cast<int>(Keyword::NullExnRef) - static_cast<int>(Keyword::FuncRef) ==
              static_cast<int>(HeapKind::NoExn));
static_assert(static_cast<int>(Keyword::NoExn) - static_cast<int>(Keyword::Func) == static_cast<int>(HeapKind::NoExn));

}  // namespace

bool TypeParser::AtRefType() const {
  return InRange(in_.Peek(), Keyword::FuncRef, Keyword::NullExnRef) || in_.AtLeft(Keyword::Ref);
}

bool TypeParser::AtValType() const { return InRange(in_.Peek(), Keyword::I32, Keyword::V128) || AtRefType(); }

bool TypeParser::ReadHeapType(HeapType* type) {
  const Token& token = in_.Peek();
  if (InRange(token, Keyword::Func, Keyword::NoExn)) {
    *type = HeapOf(token, Keyword::Func);
    in_.Skip();
    return true;
  }
  if (!symbols_.AtIndex()) return in_.Unexpected("a heap type");
  uint32_t index;
  if (!symbols_.ReadIndex(Space::Type, &index)) return false;
  if (index > HeapType::kMaxConcrete)
    return in_.FailAbout(ErrorId::UnresolvedName, token, "type " + std::to_string(index));
  *type = HeapType::Concrete(index);
  return true;
}

bool TypeParser::ReadRefType(ValType* type) {
  const Token& token = in_.Peek();
  if (InRange(token, Keyword::FuncRef, Keyword::NullExnRef)) {
    *type = ValType::Ref(HeapOf(token, Keyword::FuncRef), /*nullable=*/true);
    in_.Skip();
    return true;
  }
  if (!in_.TakeLeft(Keyword::Ref)) return in_.Unexpected("a reference type");
  const bool nullable = in_.Take(Keyword::Null);
  HeapType heap;
  if (!ReadHeapType(&heap) || !in_.ExpectRight()) return false;
  *type = ValType::Ref(heap, nullable);
  return true;
}

bool TypeParser::ReadValType(ValType* type) {
  if (InRange(in_.Peek(), Keyword::I32, Keyword::V128)) {
    *type = KindOf(in_.Peek());
    in_.Skip();
    return true;
  }
  if (!AtRefType()) return in_.Unexpected("a value type");
  return ReadRefType(type);
}

bool TypeParser::ReadValTypes(std::vector<ValType>* types) {
  while (in_.Peek().kind != TokenKind::RightParen) {
    ValType type;
    if (!ReadValType(&type)) return false;
    types->push_back(type);
  }
  return in_.ExpectRight();
}

bool TypeParser::ReadGlobalType(GlobalType* type) {
  type->is_mutable = in_.TakeLeft(Keyword::Mut);
  if (!ReadValType(&type->type)) return false;
  return !type->is_mutable || in_.ExpectRight();
}

bool TypeParser::TakeAddressType() {
  if (in_.Take(Keyword::I64)) return true;
  in_.Take(Keyword::I32);
  return false;
}

bool TypeParser::ReadLimits(Limits* limits, bool is_64) {
  // Limits became 64 bits wide for all memories with the memory64 proposal.
  const bool is_wide = is_64 || features_.has(Feature::Memory64);
  const uint64_t max = is_wide ? ~uint64_t{0} : 0xffffffffu;
  const ErrorId out_of_range = is_wide ? ErrorId::I64OutOfRange : ErrorId::I32OutOfRange;
  if (!in_.ReadNat(max, out_of_range, "a minimum size", &limits->min)) return false;
  if (in_.Peek().kind != TokenKind::Nat) return true;
  uint64_t maximum;
  if (!in_.ReadNat(max, out_of_range, "a maximum size", &maximum)) return false;
  limits->max = maximum;
  return true;
}

bool TypeParser::ReadTableType(TableType* type) {
  type->is_64 = TakeAddressType();
  return ReadLimits(&type->limits, type->is_64) && ReadRefType(&type->element);
}

bool TypeParser::ReadPageSize(MemoryType* type) {
  if (!in_.TakeLeft(Keyword::PageSize)) return true;
  const Token& token = in_.Peek();
  uint64_t size;
  if (!in_.ReadNat(~uint64_t{0}, ErrorId::I64OutOfRange, "a page size", &size)) return false;
  if (!std::has_single_bit(size)) return in_.Fail(ErrorId::MalformedPageSize, token, "expected a power of two");
  type->has_page_size = true;
  type->page_size_log2 = static_cast<uint8_t>(std::countr_zero(size));
  return in_.ExpectRight();
}

bool TypeParser::ReadMemoryType(MemoryType* type) {
  type->is_64 = TakeAddressType();
  if (!ReadLimits(&type->limits, type->is_64)) return false;
  type->is_shared = in_.Take(Keyword::Shared);
  return ReadPageSize(type);
}

bool TypeParser::ReadParams(std::vector<ValType>* params, ParamNames names) {
  if (!in_.AtBinder()) {
    const size_t before = params->size();
    if (!ReadValTypes(params)) return false;
    if (names == ParamNames::Locals) symbols_.DefineAnonymousLocals(static_cast<uint32_t>(params->size() - before));
    return true;
  }
  if (names == ParamNames::Refused) return in_.Unexpected("a value type; parameters have no names here");
  Binder binder;
  ValType type;
  if (!in_.ReadBinder(&binder, "local") || !ReadValType(&type) || !in_.ExpectRight()) return false;
  params->push_back(type);
  return names != ParamNames::Locals || symbols_.DefineLocal(binder);
}

bool TypeParser::ReadSignature(std::vector<ValType>* params, std::vector<ValType>* results, ParamNames names) {
  while (in_.TakeLeft(Keyword::Param)) {
    if (!ReadParams(params, names)) return false;
  }
  while (in_.TakeLeft(Keyword::Result)) {
    if (!ReadValTypes(results)) return false;
  }
  return true;
}

bool TypeParser::ReadTypeUse(TypeUse* use, ParamNames names) {
  use->index.reset();
  use->params.clear();
  use->results.clear();
  use->token = in_.index();
  uint32_t index;
  if (symbols_.InlineAt() != nullptr) {  // `(type outer $P $t)`
    if (!symbols_.ReadIndex(Space::Type, &index)) return false;
    use->index = index;
  } else if (in_.TakeLeft(Keyword::Type)) {
    if (!symbols_.ReadIndex(Space::Type, &index) || !in_.ExpectRight()) return false;
    use->index = index;
  }
  const bool are_locals = names == ParamNames::Locals;
  if (are_locals && use->index && !in_.AtLeft(Keyword::Param)) {
    const std::optional<uint32_t> count = ParamCount(*use->index);
    symbols_.DefineAnonymousLocals(count.value_or(0), /*known=*/count.has_value());
  }
  return ReadSignature(&use->params, &use->results, names);
}

std::string TypeParser::SignatureKey(const std::vector<ValType>& params, const std::vector<ValType>& results) const {
  std::string key;
  key.reserve(4 * (params.size() + results.size() + 1));
  const auto put = [&key](uint32_t bits) {
    for (int shift = 0; shift < 32; shift += 8) key.push_back(static_cast<char>(bits >> shift));
  };
  put(static_cast<uint32_t>(params.size()));
  for (ValType type : params) put(type.bits());
  for (ValType type : results) put(type.bits());
  return key;
}

void TypeParser::AddFuncType(const std::vector<ValType>& params, const std::vector<ValType>& results,
                             bool can_be_found) {
  const uint32_t index = static_cast<uint32_t>(types_.size());
  types_.push_back({true, static_cast<uint32_t>(pool_.size()), static_cast<uint32_t>(params.size()),
                    static_cast<uint32_t>(results.size())});
  pool_.insert(pool_.end(), params.begin(), params.end());
  pool_.insert(pool_.end(), results.begin(), results.end());
  if (!can_be_found) return;
  const std::string key = SignatureKey(params, results);
  if (signatures_.Find(key) == nullptr) signatures_.Insert(in_.Keep(key), index);
}

void TypeParser::EmitSignature(const std::vector<ValType>& params, const std::vector<ValType>& results) {
  binary::Encoder out(&section_);
  out.Byte(kFunc);
  out.U32(static_cast<uint32_t>(params.size()));
  for (ValType type : params) out.Value(type);
  out.U32(static_cast<uint32_t>(results.size()));
  for (ValType type : results) out.Value(type);
}

bool TypeParser::ResolveTypeUse(const TypeUse& use, uint32_t* index) {
  if (!use.index) {
    if (const uint32_t* found = signatures_.Find(SignatureKey(use.params, use.results))) {
      *index = *found;
      return true;
    }
    *index = static_cast<uint32_t>(types_.size());
    symbols_.DefineAnonymous(Space::Type);
    EmitSignature(use.params, use.results);
    ++group_count_;
    AddFuncType(use.params, use.results, /*can_be_found=*/true);
    return true;
  }
  *index = *use.index;
  if (!use.has_inline()) return true;  // a number out of range is the validator's to refuse
  const Token& token = in_.At(use.token);
  const std::string name = std::to_string(*index);
  if (*index >= types_.size()) return in_.FailAbout(ErrorId::UnresolvedName, token, "type " + name);
  const TypeEntry& type = types_[*index];
  if (!type.is_func) return in_.Fail(ErrorId::NonFunctionType, token, name);
  const auto params = pool_.begin() + type.first, results = params + type.param_count;
  const bool is_equal = type.param_count == use.params.size() && type.result_count == use.results.size() &&
                        std::equal(use.params.begin(), use.params.end(), params) &&
                        std::equal(use.results.begin(), use.results.end(), results);
  // A parameter after the results, a second type use: that is what the writer wants to hear about.
  if (in_.AtLeft(Keyword::Param) || in_.AtLeft(Keyword::Result) || in_.AtLeft(Keyword::Type)) {
    return in_.Unexpected("no more of the type here: `type`, `param` and `result` stand in this order");
  }
  if (!is_equal) return in_.FailAbout(ErrorId::InlineFunctionType, token, "does not match explicit type " + name);
  return true;
}

uint32_t TypeParser::AddOuterType() {
  types_.emplace_back();
  return static_cast<uint32_t>(types_.size()) - 1;
}

uint32_t TypeParser::AddLinkType(const ByteWriter& definition) {
  const uint32_t index = AddOuterType();
  section_.Bytes(definition.view());
  ++group_count_;
  const std::string_view key = in_.Keep({reinterpret_cast<const char*>(definition.view().data()), definition.size()});
  link_types_.Insert(key, index);
  return index;
}

uint32_t TypeParser::FindOrAddLinkType(const ByteWriter& definition) {
  const std::string_view key(reinterpret_cast<const char*>(definition.view().data()), definition.size());
  if (const uint32_t* found = link_types_.Find(key)) return *found;
  symbols_.DefineAnonymous(Space::Type);
  return AddLinkType(definition);
}

void TypeParser::Reset() {
  ClearSection();
  types_.clear();
  pool_.clear();
  signatures_ = NameTable();
  link_types_ = NameTable();
}

std::optional<uint32_t> TypeParser::ParamCount(uint32_t type) const {
  if (type >= types_.size() || !types_[type].is_func) return std::nullopt;
  return types_[type].param_count;
}

bool TypeParser::ParseTypeDefinition() {
  ++group_count_;
  return ParseSubType(/*is_single=*/true);
}

bool TypeParser::ParseRecGroup() {
  if (!in_.TakeLeft(Keyword::Rec)) return in_.Unexpected("`(rec`");
  ByteWriter before = std::move(section_);
  section_ = ByteWriter();
  uint32_t count = 0;
  for (; in_.Peek().kind == TokenKind::LeftParen; ++count) {
    if (!ParseSubType(/*is_single=*/false)) return false;
  }
  ByteWriter members = std::move(section_);
  section_ = std::move(before);
  section_.U8(kRec);
  section_.U32(count);
  section_.Bytes(members.view());
  ++group_count_;
  return in_.ExpectRight();
}

// At `(type`.
bool TypeParser::ParseSubType(bool is_single) {
  if (!in_.TakeLeft(Keyword::Type)) return in_.Unexpected("`(type`");
  const uint32_t index = static_cast<uint32_t>(types_.size());
  Binder binder;  // defined when the module was scanned
  if (!in_.ReadBinder(&binder, "type")) return false;

  bool is_final = true;
  std::vector<uint32_t> supers;
  const bool has_sub = in_.TakeLeft(Keyword::Sub);
  if (has_sub) {
    is_final = in_.Take(Keyword::Final);
    while (symbols_.AtIndex()) {
      uint32_t super;
      if (!symbols_.ReadIndex(Space::Type, &super)) return false;
      supers.push_back(super);
    }
  }
  if (!is_final || !supers.empty()) {
    section_.U8(is_final ? kSubFinal : kSub);
    section_.U32(static_cast<uint32_t>(supers.size()));
    for (uint32_t super : supers) section_.U32(super);
  }

  if (in_.TakeLeft(Keyword::Func)) {
    params_.clear();
    results_.clear();
    if (!ReadSignature(&params_, &results_, ParamNames::Ignored)) return false;
    EmitSignature(params_, results_);
    AddFuncType(params_, results_, is_single && is_final && supers.empty());
  } else if (in_.TakeLeft(Keyword::Struct)) {
    types_.emplace_back();
    if (!ParseStruct(index)) return false;
  } else if (in_.TakeLeft(Keyword::Array)) {
    types_.emplace_back();
    FieldType field;
    if (!ReadFieldType(&field)) return false;
    section_.U8(kArray);
    binary::Encoder(&section_).Field(field);
  } else {
    return in_.Unexpected("`(func`, `(struct` or `(array`");
  }
  return in_.ExpectRight() && (!has_sub || in_.ExpectRight()) && in_.ExpectRight();
}

bool TypeParser::ReadFieldType(FieldType* field) {
  field->is_mutable = in_.TakeLeft(Keyword::Mut);
  if (InRange(in_.Peek(), Keyword::I8, Keyword::I16)) {
    field->storage = KindOf(in_.Peek());
    in_.Skip();
  } else if (!ReadValType(&field->storage)) {
    return false;
  }
  return !field->is_mutable || in_.ExpectRight();
}

bool TypeParser::ParseStruct(uint32_t type) {
  ByteWriter fields;
  binary::Encoder out(&fields);
  uint32_t count = 0;
  while (in_.TakeLeft(Keyword::Field)) {
    const bool is_named = in_.AtBinder();
    if (is_named) {
      Binder binder;
      if (!in_.ReadBinder(&binder, "field") || !symbols_.DefineField(type, count, binder)) return false;
    }
    for (uint32_t n = 0; is_named ? n < 1 : in_.Peek().kind != TokenKind::RightParen; ++n) {
      FieldType field;
      if (!ReadFieldType(&field)) return false;
      out.Field(field);
      ++count;
    }
    if (!in_.ExpectRight()) return false;
  }
  section_.U8(kStruct);
  section_.U32(count);
  section_.Bytes(fields.view());
  return true;
}

}  // namespace gantry::wasm::text
