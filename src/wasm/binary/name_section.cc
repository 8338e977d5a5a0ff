#include "wasm/binary/name_section.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "base/utf8.h"
#include "wasm/errors.h"

namespace gantry::wasm::binary {

namespace {

// Local, label and field names are maps of maps.
constexpr bool IsNested(NameKind kind) {
  return kind == NameKind::Local || kind == NameKind::Label || kind == NameKind::Field;
}

bool ComesBefore(const NameEntry& entry, uint64_t key) { return (uint64_t{entry.outer} << 32 | entry.index) < key; }

uint64_t KeyOf(uint32_t outer, uint32_t index) { return uint64_t{outer} << 32 | index; }

class NameReader {
 public:
  NameReader(std::span<const uint8_t> payload, uint64_t offset, NameSection* names)
      : reader_(payload, offset), names_(names) {}

  Result<void> Read() {
    int last = -1;
    while (!reader_.at_end()) {
      const uint64_t at = reader_.offset();
      const uint8_t id = reader_.U8();
      const uint32_t size = reader_.U32();
      const std::span<const uint8_t> bytes = reader_.Bytes(size);
      if (!reader_.ok()) return Fault(reader_);
      if (id >= kNameKindCount) return Bad(at, "unknown subsection");
      if (id <= last) return Bad(at, "subsection out of order");
      last = id;
      ByteReader part(bytes, reader_.offset() - size);
      GANTRY_RETURN_IF_ERROR(ReadSubsection(static_cast<NameKind>(id), &part));
      if (!part.at_end()) return Bad(part.offset(), "bytes after the last name");
    }
    if (!reader_.ok()) return Fault(reader_);
    return {};
  }

 private:
  Result<void> ReadSubsection(NameKind kind, ByteReader* part) {
    if (kind == NameKind::Module) {
      std::string_view name;
      GANTRY_RETURN_IF_ERROR(ReadName(part, &name));
      names_->module = name;
      return {};
    }
    if (!IsNested(kind)) return ReadMap(kind, 0, part);
    const uint32_t count = part->U32();
    uint64_t least = 0;
    for (uint32_t i = 0; i < count && part->ok(); ++i) {
      const uint64_t at = part->offset();
      const uint32_t outer = part->U32();
      if (part->ok() && outer < least) return Bad(at, "names out of order");
      least = uint64_t{outer} + 1;
      GANTRY_RETURN_IF_ERROR(ReadMap(kind, outer, part));
    }
    if (!part->ok()) return Fault(*part);
    return {};
  }

  Result<void> ReadMap(NameKind kind, uint32_t outer, ByteReader* part) {
    std::vector<NameEntry>& map = names_->of(kind);
    const uint32_t count = part->U32();
    map.reserve(map.size() + std::min<size_t>(count, part->remaining() / 2));  // an entry takes two bytes at least
    uint64_t least = 0;
    for (uint32_t i = 0; i < count && part->ok(); ++i) {
      const uint64_t at = part->offset();
      NameEntry entry{outer, part->U32(), {}};
      if (part->ok() && entry.index < least) return Bad(at, "names out of order");
      least = uint64_t{entry.index} + 1;
      GANTRY_RETURN_IF_ERROR(ReadName(part, &entry.name));
      map.push_back(entry);
    }
    if (!part->ok()) return Fault(*part);
    return {};
  }

  Result<void> ReadName(ByteReader* part, std::string_view* name) {
    const uint64_t at = part->offset();
    const uint32_t size = part->U32();
    const std::span<const uint8_t> bytes = part->Bytes(size);
    if (!part->ok()) return Fault(*part);
    *name = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    if (!IsUtf8(*name)) return std::unexpected(MakeError(ErrorId::MalformedUtf8, at));
    return {};
  }

  static Result<void> Fault(const ByteReader& reader) {
    return std::unexpected(MakeError(ErrorIdOf(reader.fault()), reader.fault_offset()));
  }
  static Result<void> Bad(uint64_t at, std::string_view what) {
    return std::unexpected(MakeError(ErrorId::MalformedNames, at, what));
  }

  ByteReader reader_;
  NameSection* names_;
};

void EncodeMap(std::span<const NameEntry> entries, ByteWriter* out) {
  out->U32(static_cast<uint32_t>(entries.size()));
  for (const NameEntry& entry : entries) {
    out->U32(entry.index);
    out->Name(entry.name);
  }
}

void EncodeNestedMap(std::span<const NameEntry> entries, ByteWriter* out) {
  uint32_t outers = 0;
  for (size_t i = 0; i < entries.size(); ++i) outers += i == 0 || entries[i].outer != entries[i - 1].outer;
  out->U32(outers);
  for (size_t i = 0; i < entries.size();) {
    size_t end = i + 1;
    while (end < entries.size() && entries[end].outer == entries[i].outer) ++end;
    out->U32(entries[i].outer);
    EncodeMap(entries.subspan(i, end - i), out);
    i = end;
  }
}

}  // namespace

bool NameSection::empty() const {
  return !module && std::ranges::all_of(maps, [](const auto& map) { return map.empty(); });
}

std::optional<std::string_view> NameSection::Find(NameKind kind, uint32_t index, uint32_t outer) const {
  const std::vector<NameEntry>& map = of(kind);
  const auto it = std::lower_bound(map.begin(), map.end(), KeyOf(outer, index), ComesBefore);
  if (it == map.end() || it->index != index || it->outer != outer) return std::nullopt;
  return it->name;
}

std::span<const NameEntry> NameSection::In(NameKind kind, uint32_t outer) const {
  const std::vector<NameEntry>& map = of(kind);
  const auto first = std::lower_bound(map.begin(), map.end(), KeyOf(outer, 0), ComesBefore);
  const auto last = std::find_if(first, map.end(), [&](const NameEntry& entry) { return entry.outer != outer; });
  return {map.data() + (first - map.begin()), static_cast<size_t>(last - first)};
}

Result<void> DecodeNames(std::span<const uint8_t> payload, uint64_t offset, NameSection* names) {
  return NameReader(payload, offset, names).Read();
}

void EncodeNames(const NameSection& names, ByteWriter* out) {
  if (names.module) {
    out->U8(static_cast<uint8_t>(NameKind::Module));
    const size_t start = out->size();
    out->Name(*names.module);
    out->PrefixSize(start);
  }
  for (int id = 1; id < kNameKindCount; ++id) {
    const NameKind kind = static_cast<NameKind>(id);
    const std::vector<NameEntry>& map = names.of(kind);
    if (map.empty()) continue;
    out->U8(static_cast<uint8_t>(id));
    const size_t start = out->size();
    IsNested(kind) ? EncodeNestedMap(map, out) : EncodeMap(map, out);
    out->PrefixSize(start);
  }
}

ModuleNames::ModuleNames(const Module& module) {
  for (const CustomSection& custom : module.customs) {
    if (custom.name == "name" && payload_.empty()) payload_ = module.Bytes(custom.payload);
  }
}

const NameSection& ModuleNames::Get() const {
  // A fault is no matter here: what was read before it serves.
  std::call_once(once_, [this] { (void)DecodeNames(payload_, 0, &names_); });
  return names_;
}

std::string_view ModuleNames::ModuleName() const { return Get().module.value_or(std::string_view()); }

std::string_view ModuleNames::NameOf(NameKind kind, uint32_t index, uint32_t outer) const {
  return Get().Find(kind, index, outer).value_or(std::string_view());
}

}  // namespace gantry::wasm::binary
