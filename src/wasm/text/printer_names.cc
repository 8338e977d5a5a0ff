#include "wasm/text/printer_names.h"

#include <algorithm>
#include <set>

#include "wasm/binary/instr_reader.h"
#include "wasm/linking.h"
#include "wasm/text/printer_literals.h"

namespace gantry::wasm::text {

namespace {

using binary::NameEntry;
using binary::NameKind;
using binary::NameSection;

constexpr size_t kLongestIdentifier = 1024;

// Parameters and local variables of a function, and its labels: things that local and label names may name.
class FunctionExtent {
 public:
  explicit FunctionExtent(const Module& module) : m_(module) {}

  uint64_t Locals(uint32_t func) {
    Load(func);
    return locals_;
  }
  uint64_t Labels(uint32_t func) {
    Load(func);
    if (labels_ == kUnknown) CountLabels();
    return labels_;
  }

 private:
  static constexpr uint64_t kUnknown = ~uint64_t{0};

  void Load(uint32_t func) {
    if (func == func_) return;
    func_ = func;
    locals_ = 0;
    labels_ = kUnknown;
    const uint32_t type = m_.funcs[func].type;
    // Without parameters to count from, locals have no index in the text.
    if (type >= m_.types.size() || m_.types[type].kind != CompKind::Func || IsOuterType(m_, type)) return;
    if (m_.linking != nullptr && m_.is_imported_func(func) && type >= m_.visible_types && m_.visible_types != 0) return;
    locals_ = m_.types[type].params.size();
    if (m_.is_imported_func(func)) return;
    const ByteRange body = m_.funcs[func].body;
    binary::InstrReader reader(m_.Bytes(body), body.offset, m_.features);
    std::vector<binary::LocalRun> runs;
    if (!reader.ReadLocals(&runs)) return;
    for (const binary::LocalRun& run : runs) locals_ += run.count;
  }

  void CountLabels() {
    labels_ = 0;
    if (m_.is_imported_func(func_)) return;
    const ByteRange body = m_.funcs[func_].body;
    binary::InstrReader reader(m_.Bytes(body), body.offset, m_.features);
    std::vector<binary::LocalRun> runs;
    if (!reader.ReadLocals(&runs)) return;
    Instr instr{};
    while (reader.Next(&instr)) {
      labels_ += instr.info().imm == ImmKind::Block || instr.info().imm == ImmKind::TryTable;
    }
  }

  const Module& m_;
  uint32_t func_ = kNone;
  uint64_t locals_ = 0;
  uint64_t labels_ = kUnknown;
};

// Imports of a group with one type for all of its names have no place for an identifier.
bool NamesImportOfSharedType(const Module& m, const NameSection& names) {
  constexpr NameKind kKinds[] = {NameKind::Function, NameKind::Table, NameKind::Memory, NameKind::Global,
                                 NameKind::Tag};
  for (const Import& import : m.imports) {
    if (import.form != ImportForm::GroupItemSharedType) continue;
    if (names.Find(kKinds[static_cast<size_t>(import.kind)], import.index)) return true;
    if (import.kind == ExternKind::Func && !names.In(NameKind::Local, import.index).empty()) return true;
  }
  return false;
}

}  // namespace

// Trees and sorting rather than hashing: whoever wrote the names may have chosen them to collide.
void IdentifierSpace::Assign(std::span<const NameEntry> entries, Repeats repeats) {
  identifiers_.clear();
  identifiers_.reserve(entries.size());
  std::vector<std::string_view> names;
  if (repeats == Repeats::Forbidden) {
    for (const NameEntry& entry : entries) names.push_back(entry.name);
    std::ranges::sort(names);
  }
  const bool may_repeat = std::ranges::adjacent_find(names) != names.end();
  std::set<std::string_view> taken;
  std::set<std::string> made_up;
  for (const NameEntry& entry : entries) {
    Identifier& id = identifiers_.emplace_back(entry.index, std::string(), entry.name, true);
    if (entry.name.empty() || entry.name.size() > kLongestIdentifier) continue;
    if (!may_repeat || taken.insert(entry.name).second) {
      id.text = IdentifierFor(entry.name);
      id.annotate = false;
      continue;
    }
    std::string unique = std::string(entry.name) + "#" + std::to_string(entry.index);
    while (std::ranges::binary_search(names, unique) || !made_up.insert(unique).second) unique += '#';
    id.text = IdentifierFor(unique);
  }
}

const Identifier* IdentifierSpace::Find(uint32_t index) const {
  const auto it = std::lower_bound(identifiers_.begin(), identifiers_.end(), index,
                                   [](const Identifier& id, uint32_t key) { return id.index < key; });
  return it != identifiers_.end() && it->index == index ? &*it : nullptr;
}

bool NamesAreExpressible(const Module& m, const NameSection& names) {
  FunctionExtent functions(m);
  const auto limit_of = [&](NameKind kind, const NameEntry& entry) -> uint64_t {
    switch (kind) {
      case NameKind::Module:
        return 0;
      case NameKind::Function:
        return m.funcs.size();
      case NameKind::Local:
        return entry.outer < m.funcs.size() ? functions.Locals(entry.outer) : 0;
      case NameKind::Label:
        return entry.outer < m.funcs.size() ? functions.Labels(entry.outer) : 0;
      case NameKind::Type:
        return m.types.size();
      case NameKind::Table:
        return m.tables.size();
      case NameKind::Memory:
        return m.memories.size();
      case NameKind::Global:
        return m.globals.size();
      case NameKind::Elem:
        return m.elems.size();
      case NameKind::Data:
        return m.datas.size();
      case NameKind::Field:
        if (entry.outer >= m.types.size() || m.types[entry.outer].kind != CompKind::Struct) return 0;
        return m.types[entry.outer].fields.size();
      case NameKind::Tag:
        return m.tags.size();
    }
    return 0;
  };
  for (int kind = 0; kind < binary::kNameKindCount; ++kind) {
    for (const NameEntry& entry : names.of(static_cast<NameKind>(kind))) {
      if (entry.index >= limit_of(static_cast<NameKind>(kind), entry)) return false;
    }
  }
  return !NamesImportOfSharedType(m, names);
}

}  // namespace gantry::wasm::text
