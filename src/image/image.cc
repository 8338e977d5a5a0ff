#include "image/image.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace gantry::image {

namespace {

constexpr uint32_t kFormatVersion = 1;

// ELF as its specification has it (System V ABI, chapter 4), as far as images use it.
constexpr std::array<uint8_t, 4> kMagic = {0x7f, 'E', 'L', 'F'};
constexpr uint8_t kClass64 = 2, kLittleEndian = 1, kElfVersion = 1, kOsAbi = 200;
constexpr uint16_t kRelocatable = 1, kNoMachine = 0;
constexpr uint32_t kProgBits = 1, kStringTable = 3;
constexpr size_t kHeaderSize = 64, kSectionHeaderSize = 64, kAlignment = 16;

constexpr std::string_view kEngineSection = ".gantry.engine", kWasmSection = ".gantry.wasm",
                           kNamesSection = ".shstrtab";

struct Section {
  std::string_view name;
  uint32_t type;
  std::span<const uint8_t> bytes;
};

std::span<const uint8_t> BytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

void Fixed16(ByteWriter& out, uint16_t value) {
  out.U8(static_cast<uint8_t>(value));
  out.U8(static_cast<uint8_t>(value >> 8));
}

void Pad(ByteWriter& out, size_t alignment) {
  while (out.size() % alignment != 0) out.U8(0);
}

void WriteHeader(ByteWriter& out, Kind kind, uint64_t sections_at, uint16_t section_count) {
  out.Bytes(kMagic);
  for (uint8_t byte : {kClass64, kLittleEndian, kElfVersion, kOsAbi}) out.U8(byte);
  for (int i = 8; i < 16; ++i) out.U8(0);
  Fixed16(out, kRelocatable);
  Fixed16(out, kNoMachine);
  out.Fixed32(kElfVersion);
  out.Fixed64(0);  // entry
  out.Fixed64(0);  // program headers
  out.Fixed64(sections_at);
  out.Fixed32(uint32_t{1} << static_cast<int>(kind));
  Fixed16(out, kHeaderSize);
  Fixed16(out, 0);
  Fixed16(out, 0);
  Fixed16(out, kSectionHeaderSize);
  Fixed16(out, section_count);
  Fixed16(out, static_cast<uint16_t>(section_count - 1));  // the names come last
}

void WriteSectionHeader(ByteWriter& out, uint32_t name, uint32_t type, uint64_t offset, uint64_t size) {
  out.Fixed32(name);
  out.Fixed32(type);
  out.Fixed64(0);  // flags
  out.Fixed64(0);  // address
  out.Fixed64(offset);
  out.Fixed64(size);
  out.Fixed32(0);
  out.Fixed32(0);
  out.Fixed64(type == 0 ? 0 : kAlignment);
  out.Fixed64(0);
}

std::unexpected<Error> Malformed(std::string message, uint64_t offset) {
  return std::unexpected(Error(ErrorClass::Malformed, "not an image: " + std::move(message), offset));
}

uint64_t At(std::span<const uint8_t> bytes, size_t offset, size_t width) {
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i) value |= uint64_t{bytes[offset + i]} << (8 * i);
  return value;
}

// The bytes of a section header's section; nullopt if they do not lie in the file.
std::optional<std::span<const uint8_t>> Contents(std::span<const uint8_t> bytes, size_t header) {
  const uint64_t offset = At(bytes, header + 24, 8);
  const uint64_t size = At(bytes, header + 32, 8);
  if (offset > bytes.size() || size > bytes.size() - offset) return std::nullopt;
  return bytes.subspan(offset, size);
}

std::string_view NameAt(std::span<const uint8_t> names, uint64_t offset) {
  if (offset >= names.size()) return {};
  const uint8_t* const begin = names.data() + offset;
  const uint8_t* const end = std::find(begin, names.data() + names.size(), 0);
  return {reinterpret_cast<const char*>(begin), static_cast<size_t>(end - begin)};
}

}  // namespace

bool LooksLikeImage(std::span<const uint8_t> bytes) {
  return bytes.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end(), bytes.begin());
}

std::vector<uint8_t> Write(const Image& image) {
  ByteWriter key;
  key.Fixed32(kFormatVersion);
  key.Name(image.version);
  std::string names(1, '\0');
  std::vector<Section> sections = {{kEngineSection, kProgBits, key.view()},
                                   {kWasmSection, kProgBits, image.wasm},
                                   {kNamesSection, kStringTable, {}}};
  std::vector<uint32_t> name_offsets;
  for (const Section& section : sections) {
    name_offsets.push_back(static_cast<uint32_t>(names.size()));
    names.append(section.name).push_back('\0');
  }
  sections.back().bytes = BytesOf(names);

  std::vector<uint64_t> offsets;
  uint64_t end = kHeaderSize;
  const auto aligned = [](uint64_t offset) { return (offset + kAlignment - 1) & ~uint64_t{kAlignment - 1}; };
  for (const Section& section : sections) {
    offsets.push_back(aligned(end));
    end = offsets.back() + section.bytes.size();
  }

  ByteWriter out;
  WriteHeader(out, image.kind, aligned(end), static_cast<uint16_t>(sections.size() + 1));
  for (const Section& section : sections) {
    Pad(out, kAlignment);
    out.Bytes(section.bytes);
  }
  Pad(out, kAlignment);
  WriteSectionHeader(out, 0, 0, 0, 0);
  for (size_t i = 0; i < sections.size(); ++i) {
    WriteSectionHeader(out, name_offsets[i], sections[i].type, offsets[i], sections[i].bytes.size());
  }
  return out.Take();
}

Result<Image> Read(std::span<const uint8_t> bytes) {
  if (!LooksLikeImage(bytes)) return Malformed("it does not start as an ELF file does", 0);
  if (bytes.size() < kHeaderSize) return Malformed("the ELF header is cut off", bytes.size());
  if (bytes[4] != kClass64 || bytes[5] != kLittleEndian || bytes[7] != kOsAbi) {
    return std::unexpected(
        Error(ErrorClass::Unsupported, "this ELF file is a program or library, not a precompiled module"));
  }
  const uint64_t flags = At(bytes, 48, 4);
  const uint64_t sections_at = At(bytes, 40, 8);
  const uint64_t count = At(bytes, 60, 2);
  const uint64_t names_index = At(bytes, 62, 2);
  if (At(bytes, 58, 2) != kSectionHeaderSize || sections_at > bytes.size() ||
      count * kSectionHeaderSize > bytes.size() - sections_at || names_index >= count) {
    return Malformed("its section headers do not lie in the file", 40);
  }
  const auto header = [&](uint64_t i) { return static_cast<size_t>(sections_at + i * kSectionHeaderSize); };
  const auto names = Contents(bytes, header(names_index));
  if (!names) return Malformed("the section names do not lie in the file", header(names_index));

  std::optional<std::span<const uint8_t>> key, wasm;
  for (uint64_t i = 1; i < count; ++i) {
    const std::string_view name = NameAt(*names, At(bytes, header(i), 4));
    std::optional<std::span<const uint8_t>>* const found = name == kEngineSection ? &key
                                                           : name == kWasmSection ? &wasm
                                                                                  : nullptr;
    if (found == nullptr) continue;
    *found = Contents(bytes, header(i));
    if (!*found) return Malformed("section `" + std::string(name) + "` does not lie in the file", header(i));
  }
  if (!key || !wasm) {
    return std::unexpected(Error(ErrorClass::Unsupported, "this image was not written by Gantry: section `" +
                                                              std::string(key ? kWasmSection : kEngineSection) +
                                                              "` is missing"));
  }
  ByteReader reader(*key, static_cast<uint64_t>(key->data() - bytes.data()));
  const uint32_t version = reader.Fixed32();
  if (reader.ok() && version != kFormatVersion) {
    return std::unexpected(Error(ErrorClass::Unsupported, "the image has format version " + std::to_string(version) +
                                                              ", this build reads version " +
                                                              std::to_string(kFormatVersion)));
  }
  const std::span<const uint8_t> product = reader.Bytes(reader.U32());
  if (!reader.ok()) return Malformed("its compatibility key is cut off", reader.fault_offset());
  if (flags != 1 && flags != 2) return Malformed("it is neither a module nor a component", 48);
  return Image{flags == 1 ? Kind::Module : Kind::Component,
               {reinterpret_cast<const char*>(product.data()), product.size()},
               *wasm};
}

}  // namespace gantry::image
