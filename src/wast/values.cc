#include "wast/values.h"

#include <fmt/core.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "abi/gc_layout.h"
#include "base/v128.h"
#include "runtime/gc/heap.h"
#include "wasm/type_registry.h"

namespace gantry::wast {

using engine::Value;
using wasm::HeapKind;
using wasm::HeapType;
using wasm::TypeKind;
using wasm::ValType;
using wasm::text::Constant;
using wasm::text::ConstantKind;
using wasm::text::LaneCount;
using wasm::text::LaneShape;
using wasm::text::NanPattern;
using wasm::text::PatternKind;
using wasm::text::ResultPattern;

namespace {

// ---- bits

bool IsNan(uint64_t bits, bool is_double, NanPattern pattern) {
  const uint64_t magnitude = is_double ? bits & ~(uint64_t{1} << 63) : bits & 0x7fffffff;
  const uint64_t canonical = is_double ? 0x7ff8000000000000 : 0x7fc00000;
  return pattern == NanPattern::Canonical ? magnitude == canonical : (magnitude & canonical) == canonical;
}

int LaneBytes(LaneShape shape) { return 16 / LaneCount(shape); }

bool IsFloatShape(LaneShape shape) { return shape == LaneShape::F32x4 || shape == LaneShape::F64x2; }

uint64_t LaneBits(const uint8_t* bytes, LaneShape shape, int lane) {
  const int size = LaneBytes(shape);
  uint64_t bits = 0;
  std::memcpy(&bits, bytes + lane * size, static_cast<size_t>(size));
  return bits;
}

bool MatchesVector(const Value& value, const ResultPattern& pattern) {
  const uint64_t halves[2] = {value.low, value.high};
  uint8_t bytes[16];
  std::memcpy(bytes, halves, sizeof bytes);
  for (int lane = 0; lane < LaneCount(pattern.shape); ++lane) {
    const uint64_t bits = LaneBits(bytes, pattern.shape, lane);
    const NanPattern nan = IsFloatShape(pattern.shape) ? pattern.nans[lane] : NanPattern::None;
    const bool same = nan == NanPattern::None ? bits == LaneBits(pattern.v128.data(), pattern.shape, lane)
                                              : IsNan(bits, pattern.shape == LaneShape::F64x2, nan);
    if (!same) return false;
  }
  return true;
}

// ---- references

// The host's number in a reference to a host object, if it is one.
std::optional<uint64_t> HostNumber(runtime::Store& store, const Value& value) {
  if (abi::IsFuncPointer(value.type) || !gc::IsObject(value.ref())) return std::nullopt;
  gc::Heap* heap = store.heap();
  if (heap->DescriptorOf(value.ref()).kind != abi::ObjectKind::Extern) return std::nullopt;
  return heap->ExternValue(value.ref());
}

bool IsOfTop(const Value& value, HeapKind top) { return value.type.is_ref() && wasm::TopOf(value.type.heap()) == top; }

bool IsNonNullOfType(runtime::Store& store, const Value& value, HeapType heap) {
  if (!value.type.is_ref() || value.low == 0 || heap.is_concrete()) return false;
  const HeapKind top = wasm::TopOf(heap);
  if (!IsOfTop(value, top)) return false;
  // In the hierarchies of functions, externals and exceptions scripts name only the top type.
  if (top != HeapKind::Any) return true;
  if (store.heap() != nullptr) return store.heap()->RefIs(value.ref(), heap);
  return heap.is(HeapKind::Any) || heap.is(HeapKind::Eq) || heap.is(HeapKind::I31);  // only an i31 needs no heap
}

bool MatchesLeaf(runtime::Store& store, const Value& value, const ResultPattern& pattern) {
  const TypeKind kind = value.type.kind();
  switch (pattern.kind) {
    case PatternKind::I32:
      return kind == TypeKind::I32 && value.i32() == static_cast<uint32_t>(pattern.bits);
    case PatternKind::I64:
      return kind == TypeKind::I64 && value.low == pattern.bits;
    case PatternKind::F32:
      if (kind != TypeKind::F32) return false;
      if (pattern.nans[0] != NanPattern::None) return IsNan(value.i32(), /*is_double=*/false, pattern.nans[0]);
      return value.i32() == static_cast<uint32_t>(pattern.bits);
    case PatternKind::F64:
      if (kind != TypeKind::F64) return false;
      if (pattern.nans[0] != NanPattern::None) return IsNan(value.low, /*is_double=*/true, pattern.nans[0]);
      return value.low == pattern.bits;
    case PatternKind::V128:
      return kind == TypeKind::V128 && MatchesVector(value, pattern);
    case PatternKind::RefNull:
      return value.type.is_ref() && value.low == 0 &&
             (pattern.heap.is_concrete() || IsOfTop(value, wasm::TopOf(pattern.heap)));
    case PatternKind::AnyNull:
      return value.type.is_ref() && value.low == 0;
    case PatternKind::RefExtern:
      return IsOfTop(value, HeapKind::Extern) && HostNumber(store, value) == pattern.bits;
    case PatternKind::RefHost:
      return IsOfTop(value, HeapKind::Any) && HostNumber(store, value) == pattern.bits;
    case PatternKind::RefOfType:
      return IsNonNullOfType(store, value, pattern.heap);
    case PatternKind::Either:
      return false;
  }
  return false;
}

// Calls visit(leaf) for a pattern without alternatives or for all leaves below it, until one returns true.
template <class Visit>
bool AnyLeaf(const ResultPattern& pattern, Visit visit) {
  std::vector<const ResultPattern*> pending = {&pattern};
  while (!pending.empty()) {
    const ResultPattern* next = pending.back();
    pending.pop_back();
    if (next->kind != PatternKind::Either) {
      if (visit(*next)) return true;
      continue;
    }
    for (auto it = next->alternatives.rbegin(); it != next->alternatives.rend(); ++it) pending.push_back(&*it);
  }
  return false;
}

// ---- text

std::string FormatFloat(uint64_t bits, bool is_double) {
  const int mantissa_bits = is_double ? 52 : 23;
  const uint64_t mantissa = bits & ((uint64_t{1} << mantissa_bits) - 1);
  const double value =
      is_double ? std::bit_cast<double>(bits) : static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits)));
  const bool negative = (bits >> (is_double ? 63 : 31) & 1) != 0;
  if (std::isnan(value)) return fmt::format("{}nan:{:#x}", negative ? "-" : "", mantissa);
  return is_double ? fmt::format("{}", value) : fmt::format("{}", static_cast<float>(value));
}

constexpr std::string_view kShapeNames[] = {"i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2"};

std::string FormatVector(const uint8_t* bytes, LaneShape shape, const NanPattern* nans) {
  std::string text = fmt::format("(v128.const {}", kShapeNames[static_cast<int>(shape)]);
  for (int lane = 0; lane < LaneCount(shape); ++lane) {
    const uint64_t bits = LaneBits(bytes, shape, lane);
    if (!IsFloatShape(shape)) {
      text += fmt::format(" {:#x}", bits);
    } else if (nans != nullptr && nans[lane] != NanPattern::None) {
      text += nans[lane] == NanPattern::Canonical ? " nan:canonical" : " nan:arithmetic";
    } else {
      text += " " + FormatFloat(bits, shape == LaneShape::F64x2);
    }
  }
  return text + ")";
}

std::string FormatReference(runtime::Store& store, const Value& value) {
  if (value.low == 0) return fmt::format("(ref.null {})", wasm::TypeName(HeapType(wasm::BottomOf(value.type.heap()))));
  if (const std::optional<uint64_t> number = HostNumber(store, value)) {
    return fmt::format("(ref.{} {})", IsOfTop(value, HeapKind::Extern) ? "extern" : "host", *number);
  }
  if (IsOfTop(value, HeapKind::Any) && !gc::IsI31(value.ref())) {
    const bool is_array = store.heap()->DescriptorOf(value.ref()).kind == abi::ObjectKind::Array;
    return is_array ? "(ref.array)" : "(ref.struct)";
  }
  if (IsOfTop(value, HeapKind::Any)) return fmt::format("(ref.i31 {})", value.ref() >> 1);
  return fmt::format("(ref.{})", wasm::TypeName(HeapType(wasm::TopOf(value.type.heap()))));
}

std::string FormatValue(runtime::Store& store, const Value& value) {
  switch (value.type.kind()) {
    case TypeKind::I32:
      return fmt::format("(i32.const {})", static_cast<int32_t>(value.i32()));
    case TypeKind::I64:
      return fmt::format("(i64.const {})", static_cast<int64_t>(value.low));
    case TypeKind::F32:
      return fmt::format("(f32.const {})", FormatFloat(value.i32(), /*is_double=*/false));
    case TypeKind::F64:
      return fmt::format("(f64.const {})", FormatFloat(value.low, /*is_double=*/true));
    case TypeKind::V128: {
      const uint64_t halves[2] = {value.low, value.high};
      uint8_t bytes[16];
      std::memcpy(bytes, halves, sizeof bytes);
      return FormatVector(bytes, LaneShape::I32x4, nullptr);
    }
    case TypeKind::Ref:
      return FormatReference(store, value);
    case TypeKind::Bot:
    case TypeKind::I8:
    case TypeKind::I16:
      break;
  }
  return "(unknown)";
}

std::string FormatLeaf(const ResultPattern& pattern) {
  const bool is_nan = pattern.nans[0] != NanPattern::None;
  const char* nan = pattern.nans[0] == NanPattern::Canonical ? "nan:canonical" : "nan:arithmetic";
  switch (pattern.kind) {
    case PatternKind::I32:
      return fmt::format("(i32.const {})", static_cast<int32_t>(pattern.bits));
    case PatternKind::I64:
      return fmt::format("(i64.const {})", static_cast<int64_t>(pattern.bits));
    case PatternKind::F32:
      return fmt::format("(f32.const {})", is_nan ? nan : FormatFloat(pattern.bits, /*is_double=*/false));
    case PatternKind::F64:
      return fmt::format("(f64.const {})", is_nan ? nan : FormatFloat(pattern.bits, /*is_double=*/true));
    case PatternKind::V128:
      return FormatVector(pattern.v128.data(), pattern.shape, pattern.nans.data());
    case PatternKind::RefNull:
      return fmt::format("(ref.null {})", wasm::TypeName(pattern.heap));
    case PatternKind::AnyNull:
      return "(ref.null)";
    case PatternKind::RefExtern:
      return fmt::format("(ref.extern {})", pattern.bits);
    case PatternKind::RefHost:
      return fmt::format("(ref.host {})", pattern.bits);
    case PatternKind::RefOfType:
      return fmt::format("(ref.{})", wasm::TypeName(pattern.heap));
    case PatternKind::Either:
      break;
  }
  return "(either)";
}

}  // namespace

Result<std::vector<Value>> MakeArguments(runtime::Store& store, std::span<const Constant> constants,
                                         std::span<const ValType> params) {
  if (constants.size() != params.size()) {
    return std::unexpected(Error(ErrorClass::Usage, fmt::format("a call with {} arguments of a function that takes {}",
                                                                constants.size(), params.size())));
  }
  std::vector<Value> values;
  std::vector<std::pair<size_t, uint32_t>> roots;  // of host objects: argument, root
  for (size_t i = 0; i < constants.size(); ++i) {
    const Constant& constant = constants[i];
    switch (constant.kind) {
      case ConstantKind::I32:
        values.push_back(Value::I32(static_cast<uint32_t>(constant.bits)));
        break;
      case ConstantKind::I64:
        values.push_back(Value::I64(constant.bits));
        break;
      case ConstantKind::F32:
        values.push_back({wasm::kF32, constant.bits & 0xffffffff, 0});
        break;
      case ConstantKind::F64:
        values.push_back({wasm::kF64, constant.bits, 0});
        break;
      case ConstantKind::V128: {
        uint64_t halves[2];
        std::memcpy(halves, constant.v128.data(), sizeof halves);
        values.push_back(Value::V128(halves[0], halves[1]));
        break;
      }
      case ConstantKind::RefNull: {
        // A script cannot name a module's types: such a null is the null of the parameter.
        const HeapType heap = constant.heap.is_concrete() && params[i].is_ref() ? params[i].heap() : constant.heap;
        if (heap.is_concrete() && !params[i].is_ref()) {
          return std::unexpected(Error(ErrorClass::Usage, "a null reference for a parameter that is none"));
        }
        values.push_back({ValType::Ref(wasm::BottomOf(heap), true), 0, 0});
        break;
      }
      case ConstantKind::RefExtern:
      case ConstantKind::RefHost: {
        GANTRY_ASSIGN_OR_RETURN(gc::Heap * heap, store.GetHeap());
        gc::AllocFailure failure;
        const gc::Ref ref = heap->AllocExtern(constant.bits, &failure);
        if (ref == 0) return std::unexpected(Error(ErrorClass::Limit, "GC heap out of memory"));
        roots.emplace_back(i, heap->AddRoot(ref));
        const HeapKind kind = constant.kind == ConstantKind::RefExtern ? HeapKind::Extern : HeapKind::Any;
        values.push_back(Value::Ref(ValType::Ref(kind, false), ref));
        break;
      }
    }
  }
  for (const auto& [i, root] : roots) {
    values[i].low = store.heap()->RootValue(root);
    store.heap()->RemoveRoot(root);
  }
  return values;
}

bool Matches(runtime::Store& store, std::span<const Value> values, std::span<const ResultPattern> patterns) {
  if (values.size() != patterns.size()) return false;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!AnyLeaf(patterns[i], [&](const ResultPattern& leaf) { return MatchesLeaf(store, values[i], leaf); }))
      return false;
  }
  return true;
}

std::string FormatValues(runtime::Store& store, std::span<const Value> values) {
  std::string text;
  for (const Value& value : values) text += (text.empty() ? "" : " ") + FormatValue(store, value);
  return text.empty() ? "nothing" : text;
}

std::string FormatPatterns(std::span<const ResultPattern> patterns) {
  std::string text;
  for (const ResultPattern& pattern : patterns) {
    std::string leaves;
    AnyLeaf(pattern, [&](const ResultPattern& leaf) {
      leaves += (leaves.empty() ? "" : " ") + FormatLeaf(leaf);
      return false;
    });
    text += text.empty() ? "" : " ";
    text += pattern.kind == PatternKind::Either ? fmt::format("(either {})", leaves) : leaves;
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace gantry::wast
