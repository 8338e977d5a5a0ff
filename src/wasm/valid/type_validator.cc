// ModuleValidator: the type section (spec 3.2.9 to 3.2.12) and its way into the registry.
#include <fmt/core.h>

#include <algorithm>

#include "wasm/binary/type_reader.h"
#include "wasm/limits.h"
#include "wasm/valid/module_validator.h"

namespace gantry::wasm::valid {

// Types keep no position, so an error reads the section once more.
uint64_t ModuleValidator::OffsetOfType(uint32_t index) const {
  if (module_.linking != nullptr) {  // each group's place is known; an alias is its own type
    for (const HeaderItem& item : module_.linking->items) {
      if (item.kind != HeaderKind::RecGroup) continue;
      const RecGroup& group = module_.rec_groups[item.index];
      if (index < group.first + group.count) return item.offset;
    }
  }
  for (const SectionRange& section : module_.sections) {
    if (section.id != 1) continue;
    ByteReader reader(module_.Bytes(section.range), section.range.offset);
    binary::FormatFault fault;
    binary::TypeReader types(&reader, module_.features, &fault);
    reader.U32();
    uint32_t next = 0;
    for (const RecGroup& group : module_.rec_groups) {
      if (group.is_explicit) {
        reader.U8();
        reader.U32();
      }
      for (uint32_t i = 0; i < group.count; ++i, ++next) {
        if (next == index) return reader.offset();
        types.ReadSubType();
      }
    }
  }
  return 0;
}

Result<void> ModuleValidator::CheckReferences(const SubType& type, uint32_t index, uint32_t end) {
  auto unknown = [&](ValType t) {
    if (!t.is_ref() || !t.heap().is_concrete()) return false;
    const uint32_t used = t.heap().index();
    return used >= end || (used < module_.canon.size() && module_.canon[used] == kNone);
  };
  auto fail = [&](ValType t) {
    return std::unexpected(
        MakeErrorAbout(ErrorId::UnknownType, OffsetOfType(index), fmt::format("{}", t.heap().index())));
  };
  for (ValType t : type.params) {
    if (unknown(t)) return fail(t);
  }
  for (ValType t : type.results) {
    if (unknown(t)) return fail(t);
  }
  for (const FieldType& f : type.fields) {
    if (unknown(f.storage)) return fail(f.storage);
  }
  if (type.results.size() > 1 && !module_.features.has(Feature::MultiValue)) {
    return std::unexpected(
        MakeError(ErrorId::ResultArity, OffsetOfType(index), "several results need the feature `multi-value`"));
  }
  return {};
}

Result<void> ModuleValidator::CheckSuper(uint32_t index) {
  const uint32_t super = module_.types[index].super;
  if (super == kNone) return {};
  if (super >= index) {
    return std::unexpected(MakeErrorAbout(ErrorId::UnknownType, OffsetOfType(index),
                                          fmt::format("{}: a supertype must stand before", super)));
  }
  if (super < module_.canon.size() && module_.canon[super] == kNone) {
    return std::unexpected(
        MakeErrorAbout(ErrorId::UnknownType, OffsetOfType(index), fmt::format("{}: no type of core code", super)));
  }
  if (depths_[super] >= limits::kSubtypingDepth) {
    return std::unexpected(MakeError(ErrorId::OverLimit, OffsetOfType(index),
                                     fmt::format("more than {} supertypes", limits::kSubtypingDepth)));
  }
  depths_[index] = static_cast<uint8_t>(depths_[super] + 1);
  return {};
}

// Spec 3.3.6 to 3.3.9: functions are contravariant in parameters; structures may grow; mutable fields are invariant.
bool ModuleValidator::ContentMatches(const CanonType& sub, const CanonType& super) const {
  if (sub.kind != super.kind) return false;
  auto field_matches = [this](const FieldType& a, const FieldType& b) {
    if (a.is_mutable != b.is_mutable || !registry_.Matches(a.storage, b.storage)) return false;
    return !a.is_mutable || registry_.Matches(b.storage, a.storage);
  };
  auto matches = [this](ValType a, ValType b) { return registry_.Matches(a, b); };
  if (sub.kind == CompKind::Func) {
    return std::ranges::equal(super.params, sub.params, matches) &&
           std::ranges::equal(sub.results, super.results, matches);
  }
  if (sub.fields.size() < super.fields.size()) return false;
  return std::equal(super.fields.begin(), super.fields.end(), sub.fields.begin(),
                    [&](const FieldType& b, const FieldType& a) { return field_matches(a, b); });
}

Result<void> ModuleValidator::CheckSubtyping(uint32_t index) {
  const uint32_t super = module_.types[index].super;
  if (super == kNone) return {};
  const CanonType& super_type = registry_[module_.canon[super]];
  const bool is_final = super_type.is_final;
  if (!is_final && ContentMatches(registry_[module_.canon[index]], super_type)) return {};
  return std::unexpected(MakeErrorAbout(
      ErrorId::SubTypeMismatch, OffsetOfType(index),
      fmt::format("{} does not match super type {}{}", index, super, is_final ? ", which is final" : "")));
}

// Canonical ids of all earlier types must be there.
Result<void> ModuleValidator::CheckRecGroup(const RecGroup& group) {
  const uint32_t end = group.first + group.count;
  depths_.resize(end);
  for (uint32_t i = group.first; i < end; ++i) {
    GANTRY_RETURN_IF_ERROR(CheckReferences(module_.types[i], i, end));
    GANTRY_RETURN_IF_ERROR(CheckSuper(i));
  }
  const auto types = std::span(module_.types).subspan(group.first, group.count);
  TypeRegistry::Get().InternGroup(types, group.first, &module_.canon, hold_);  // [I1]
  module_.visible_types = end;
  for (uint32_t i = group.first; i < end; ++i) GANTRY_RETURN_IF_ERROR(CheckSubtyping(i));
  return {};
}

Result<void> ModuleValidator::CheckTypes() {
  module_.canon.clear();
  module_.canon.reserve(module_.types.size());
  depths_.reserve(module_.types.size());
  for (const RecGroup& group : module_.rec_groups) GANTRY_RETURN_IF_ERROR(CheckRecGroup(group));
  return {};
}

}  // namespace gantry::wasm::valid
