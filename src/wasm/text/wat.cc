#include "wasm/text/wat.h"

#include <algorithm>

#include "wasm/text/module_parser.h"
#include "wasm/text/module_text.h"

namespace gantry::wasm::text {

namespace {

constexpr uint8_t kHeader[] = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
constexpr std::string_view kNameSection = "name", kBranchHintSection = "metadata.code.branch_hint";

// Section ids in the order of SectionSlot.
constexpr uint8_t kSectionIds[] = {1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11, 0};

void WriteSection(uint8_t id, std::span<const uint8_t> head, std::span<const uint8_t> body, ByteWriter* out) {
  out->U8(id);
  out->U32(static_cast<uint32_t>(head.size() + body.size()));
  out->Bytes(head);
  out->Bytes(body);
}

void WriteCustom(std::string_view name, std::span<const uint8_t> payload, ByteWriter* out) {
  ByteWriter head;
  head.Name(name);
  WriteSection(0, head.view(), payload, out);
}

std::span<const uint8_t> BytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

// Whether an annotation that is still to come says where the name section goes.
bool ModuleParser::HasNamesPlace() const {
  return std::any_of(customs_.begin(), customs_.end(), [](const CustomAnnotation& custom) {
    return custom.place > PlaceBefore(SectionSlot::Names) && custom.name == kNameSection && custom.bytes.empty();
  });
}

std::vector<uint8_t> ModuleParser::Assemble() {
  ByteWriter out;
  out.Bytes(kHeader);
  SectionOf(SectionSlot::Type) = {std::move(types_.section()), types_.section_count()};

  ByteWriter names;
  if (options_.names) {
    symbols_.names().module = name_;
    if (!symbols_.names().empty()) binary::EncodeNames(symbols_.names(), &names);
  }

  auto custom = customs_.begin();
  bool has_names = names.size() != 0;
  const auto write_customs = [&](uint32_t place) {
    for (; custom != customs_.end() && custom->place <= place; ++custom) {
      // Without contents it only says where the names go.
      const bool is_names = has_names && custom->name == kNameSection && custom->bytes.empty();
      WriteCustom(custom->name, is_names ? names.view() : BytesOf(custom->bytes), &out);
      has_names = has_names && !is_names;
    }
  };
  for (int i = 0; i < static_cast<int>(SectionSlot::Names); ++i) {
    const SectionSlot slot = static_cast<SectionSlot>(i);
    const Section& section = SectionOf(slot);
    write_customs(PlaceBefore(slot));
    ByteWriter count;
    count.U32(section.count);
    if (slot == SectionSlot::Start) {
      if (has_start_) WriteSection(kSectionIds[i], {}, section.bytes.view(), &out);
    } else if (slot == SectionSlot::DataCount) {
      count.Clear();
      count.U32(SectionOf(SectionSlot::Data).count);
      if (instrs_.uses_data_segments()) WriteSection(kSectionIds[i], count.view(), {}, &out);
    } else if (slot == SectionSlot::Import && is_interleaved_) {
      WriteHeader(&out);
    } else if (section.count != 0) {
      if (slot == SectionSlot::Code && hints_.count != 0) {
        ByteWriter payload;
        payload.U32(hints_.count);
        payload.Bytes(hints_.bytes.view());
        WriteCustom(kBranchHintSection, payload.view(), &out);
      }
      WriteSection(kSectionIds[i], count.view(), section.bytes.view(), &out);
    }
    write_customs(PlaceAfter(slot));
  }
  if (has_names && !HasNamesPlace()) WriteCustom(kNameSection, names.view(), &out);
  write_customs(PlaceAfter(SectionSlot::Names));
  return out.Take();
}

bool ParseModuleTokens(TokenCursor* in, const WatOptions& options, std::vector<uint8_t>* bytes) {
  if (in->AtLeft(Keyword::Component)) {
    return in->UnexpectedAt(in->Peek(1), "a module; components are not supported yet");
  }
  if (!in->AtLeft(Keyword::Module)) {
    ModuleParser module(in, options);
    if (!module.Parse({})) return false;
    if (in->Peek().kind != TokenKind::End) return in->Unexpected("a module field or the end of the text");
    *bytes = module.Assemble();
    return true;
  }
  in->Skip(2);
  return ParseModuleBody(in, options, bytes);
}

bool ParseModuleBody(TokenCursor* in, const WatOptions& options, std::vector<uint8_t>* bytes) {
  Binder name;
  if (!in->ReadBinder(&name, "module")) return false;
  if (in->Take(Keyword::Binary)) {
    std::string text;
    in->TakeStrings(&text);
    bytes->assign(text.begin(), text.end());
  } else {
    ModuleParser module(in, options);
    if (!module.Parse(name)) return false;
    *bytes = module.Assemble();
  }
  return in->ExpectRight();
}

Result<std::vector<uint8_t>> ParseWat(std::string_view source, const WatOptions& options) {
  const SourceText text(source);
  GANTRY_ASSIGN_OR_RETURN(TokenList list, Lex(text));
  TokenCursor in(text, &list);
  std::vector<uint8_t> bytes;
  if (!ParseModuleTokens(&in, options, &bytes)) return std::unexpected(in.TakeError());
  if (in.Peek().kind != TokenKind::End) {
    in.Unexpected("the end of the text");
    return std::unexpected(in.TakeError());
  }
  return bytes;
}

}  // namespace gantry::wasm::text
