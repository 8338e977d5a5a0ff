#include "wasm/binary/branch_hints.h"

#include <algorithm>
#include <tuple>

#include "base/byte_reader.h"
#include "wasm/binary/instr_reader.h"

namespace gantry::wasm::binary {

namespace {

// Whether every hint, all of one function, stands at an instruction that takes hints.
bool HintsFit(const Module& m, std::span<const BranchHint> hints) {
  const uint32_t func = hints[0].func;
  if (func >= m.funcs.size() || m.is_imported_func(func)) return false;
  const ByteRange body = m.funcs[func].body;
  InstrReader reader(m.Bytes(body), body.offset, m.features);
  std::vector<LocalRun> locals;
  if (!reader.ReadLocals(&locals)) return false;
  Instr instr{};
  size_t next = 0;
  while (next < hints.size() && reader.Next(&instr)) {
    if (instr.offset - body.offset != hints[next].offset) continue;
    if (instr.op != Op::If && instr.op != Op::BrIf) return false;
    ++next;
  }
  return next == hints.size();
}

}  // namespace

std::optional<BranchHints> BranchHints::Decode(const Module& m, ByteRange payload) {
  BranchHints result;
  ByteReader reader(m.Bytes(payload));
  const uint32_t func_count = reader.U32();
  for (uint32_t i = 0; i < func_count && reader.ok(); ++i) {
    const size_t first = result.hints_.size();
    const uint32_t func = reader.U32();
    const uint32_t count = reader.U32();
    if (count == 0 || (i != 0 && func <= result.hints_.back().func)) return std::nullopt;
    for (uint32_t j = 0; j < count && reader.ok(); ++j) {
      const uint32_t offset = reader.U32();
      if (reader.U32() != 1) return std::nullopt;  // length of what follows
      const uint8_t value = reader.U8();
      if (value > 1) return std::nullopt;
      if (j != 0 && offset <= result.hints_.back().offset) return std::nullopt;
      result.hints_.push_back({func, offset, value});
    }
    if (!reader.ok() || !HintsFit(m, std::span(result.hints_).subspan(first))) return std::nullopt;
  }
  if (!reader.ok() || !reader.at_end() || func_count == 0) return std::nullopt;
  return result;
}

void BranchHints::Encode(ByteWriter* out) const {
  uint32_t funcs = 0;
  for (size_t i = 0; i < hints_.size(); ++i) funcs += i == 0 || hints_[i].func != hints_[i - 1].func;
  out->U32(funcs);
  for (size_t i = 0; i < hints_.size();) {
    size_t end = i + 1;
    while (end < hints_.size() && hints_[end].func == hints_[i].func) ++end;
    out->U32(hints_[i].func);
    out->U32(static_cast<uint32_t>(end - i));
    for (; i < end; ++i) {
      out->U32(hints_[i].offset);
      out->U32(1);
      out->U8(hints_[i].value);
    }
  }
}

std::span<BranchHint> BranchHints::Of(uint32_t func) {
  const auto range = std::ranges::equal_range(hints_, func, {}, &BranchHint::func);
  return {range.data(), range.size()};
}

std::optional<uint8_t> BranchHints::At(uint32_t func, uint32_t offset) const {
  const auto key = [](const BranchHint& hint) { return std::tuple(hint.func, hint.offset); };
  while (next_ < hints_.size() && key(hints_[next_]) < std::tuple(func, offset)) ++next_;
  if (next_ == hints_.size() || key(hints_[next_]) != std::tuple(func, offset)) return std::nullopt;
  return hints_[next_].value;
}

}  // namespace gantry::wasm::binary
