// The name section (spec 7.4.1 and the extended-name-section proposal): what the things of a module are called.
//
// Names never change what a module means, so a malformed section is no fault of the module. DecodeNames says what is
// wrong with one, for tools; ModuleNames serves error messages and backtraces with whatever could be read.
//
// [I1] Maps are in ascending order of index, without duplicates: DecodeNames refuses others, EncodeNames relies on it.
// [I2] Views point into the bytes that were decoded.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/byte_writer.h"
#include "base/error.h"
#include "wasm/module.h"

namespace gantry::wasm::binary {

// The binary format's numbers of the subsections.
enum class NameKind : uint8_t {
  Module,
  Function,
  Local,
  Label,
  Type,
  Table,
  Memory,
  Global,
  Elem,
  Data,
  Field,
  Tag,
};
inline constexpr int kNameKindCount = 12;

// Local, Label and Field name things inside a function or type, its index is `outer`; it is 0 for the other kinds.
struct NameEntry {
  uint32_t outer;
  uint32_t index;
  std::string_view name;
};

struct NameSection {
  std::optional<std::string_view> module;
  std::array<std::vector<NameEntry>, kNameKindCount> maps;  // by NameKind; [Module] stays empty

  std::vector<NameEntry>& of(NameKind kind) { return maps[static_cast<size_t>(kind)]; }
  const std::vector<NameEntry>& of(NameKind kind) const { return maps[static_cast<size_t>(kind)]; }
  bool empty() const;
  // The name, or nothing.
  std::optional<std::string_view> Find(NameKind kind, uint32_t index, uint32_t outer = 0) const;
  // All names inside a function or type.
  std::span<const NameEntry> In(NameKind kind, uint32_t outer) const;
};

// `payload` follows the section's own name; `offset` is its place in the module. Fills `*names` up to the fault, if
// any.
Result<void> DecodeNames(std::span<const uint8_t> payload, uint64_t offset, NameSection* names);

// Appends the payload in canonical form: subsections in ascending order, only those that have names.
void EncodeNames(const NameSection& names, ByteWriter* out);

// The names of one module, read on first use. Thread-safe. The module's bytes must outlive it.
class ModuleNames {
 public:
  explicit ModuleNames(const Module& module);

  // Empty views if there is no name.
  std::string_view ModuleName() const;
  std::string_view FunctionName(uint32_t index) const { return NameOf(NameKind::Function, index); }
  std::string_view NameOf(NameKind kind, uint32_t index, uint32_t outer = 0) const;

 private:
  const NameSection& Get() const;

  std::span<const uint8_t> payload_;
  mutable std::once_flag once_;
  mutable NameSection names_;
};

}  // namespace gantry::wasm::binary
