// Every SIMD instruction as the baseline compiler selects it, for every level of x86-64 that this machine has, against
// base/numeric_simd*.h and base/numeric_relaxed.h: operands in registers, at home, constant and shared; results in
// registers of their own and in those of operands, which must keep their values where they are needed again.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "base/numeric.h"
#include "compiler/baseline/x64/test_machine.h"
#include "compiler/baseline/x64/test_vectors.h"
#include "platform/cpu.h"
#include "wasm/binary/reader.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

namespace gantry::baseline {
namespace {

using test::Get;
using test::Level;
using test::Machine;
using test::Put;
using test::Value;
using wasm::Op;
using wasm::TypeKind;

// --- instructions and what they should give

struct Case {
  Op op;
  std::string text;  // with immediates
  std::function<Value(std::span<const Value>)> expected;

  const wasm::OpSig& sig() const { return wasm::InfoOf(op).sig; }
};

template <class R, class... P, size_t... kIndex, class... Immediate>
Value Apply(R (*function)(P...), std::span<const Value> values, std::index_sequence<kIndex...>,
            Immediate... immediate) {
  using Types = std::tuple<std::remove_cvref_t<P>...>;
  return Put(function(Get<std::tuple_element_t<kIndex, Types>>(values[kIndex])..., immediate...));
}
template <class R, class... P, class... Immediate>
auto Expect(R (*function)(P...), Immediate... immediate) {
  return [=](std::span<const Value> values) {
    return Apply(function, values, std::make_index_sequence<sizeof...(P) - sizeof...(Immediate)>(), immediate...);
  };
}

using ByteLanes = std::array<uint8_t, 16>;

// What single instructions do, what almost is such a one, and what is none.
std::vector<ByteLanes> ShuffleLanes() {
  std::vector<ByteLanes> all;
  auto add = [&](auto lane_of) {
    ByteLanes lanes;
    for (int i = 0; i < 16; ++i) lanes[i] = static_cast<uint8_t>(lane_of(i) & 31);
    all.push_back(lanes);
    lanes[13] ^= 3;
    all.push_back(lanes);
  };
  for (int first = 0; first < 32; ++first) add([=](int i) { return first + i; });
  for (int first = 0; first < 32; first += 3) add([=](int i) { return (first & 16) + ((first + i) & 15); });
  for (int size : {1, 2, 4, 8}) {
    for (int half : {0, 8}) {
      for (int base : {0, 16}) {
        for (int other : {0, 16}) {
          add([=](int i) { return half + i / (2 * size) * size + i % size + (i / size % 2 != 0 ? other : base); });
        }
      }
    }
    for (int lane = 0; lane < 32; lane += 5 * size) add([=](int i) { return lane + i % size; });
  }
  for (int base : {0, 16}) add([=](int i) { return (i == 0 ? 16 : 0) ^ (base + i); });
  std::mt19937 random(1);
  for (int size : {1, 2, 4, 8}) {
    for (int turn = 0; turn < 24; ++turn) {
      int numbers[16];
      for (int& number : numbers) number = static_cast<int>(random() % (32 / size));
      add([&](int i) { return numbers[i / size] * size + i % size; });
      // Each where it was; two of either operand; one half as it was.
      add([&](int i) { return (numbers[i / size] & 1) * 16 + i; });
      add([&](int i) { return (numbers[i / size] * size + i % size) % 16 + (i < 8 ? 0 : 16); });
      add([&](int i) { return i < 8 ? i : 8 + (numbers[i / size] * size + i % size) % 8; });
      add([&](int i) { return i < 8 ? (numbers[i / size] * size + i % size) % 8 : i; });
    }
  }
  return all;
}

void AddLanes(std::vector<Case>* cases, Op op, int lanes, auto function) {
  for (int lane = 0; lane < lanes; ++lane) {
    cases->push_back(
        {op, fmt::format("{} {}", wasm::InfoOf(op).text, lane), Expect(function, static_cast<uint8_t>(lane))});
  }
}

std::vector<Case> AllCases() {
  std::vector<Case> cases;
#define PICK_SECOND(...) PICK_SECOND_(__VA_ARGS__)
#define PICK_SECOND_(first, second, ...) second
#define SKIP(Name, flags)
#define FAMILY_Unary ~, PLAIN
#define FAMILY_Binary ~, PLAIN
#define FAMILY_Ternary ~, PLAIN
#define FAMILY_Convert ~, PLAIN
#define FAMILY_Shift ~, PLAIN
#define FAMILY_Splat ~, PLAIN
#define FAMILY_ExtractLane ~, LANES
#define FAMILY_ReplaceLane ~, LANES
#define PLAIN(Name, flags) cases.push_back({Op::Name, std::string(wasm::InfoOf(Op::Name).text), Expect(&num::Name)});
#define LANES(Name, flags) AddLanes(&cases, Op::Name, (flags) >> 12 & 31, &num::Name);
#define ROW_0x00(...)
#define ROW_0xfb(...)
#define ROW_0xfc(...)
#define ROW_0xfe(...)
#define ROW_0xfd(Name, family, flags) PICK_SECOND(FAMILY_##family, SKIP, ~)(Name, flags)
#define WASM_OP(Name, prefix, code, text, imm, sig, family, feature, flags, fuel) ROW_##prefix(Name, family, flags)
  using namespace wasm::op_flags;
#include "wasm/opcodes.def"
  for (const ByteLanes& lanes : ShuffleLanes()) {
    cases.push_back(
        {Op::I8x16Shuffle, fmt::format("i8x16.shuffle {}", fmt::join(lanes, " ")), Expect(&num::I8x16Shuffle, lanes)});
  }
  return cases;
}

// --- operands

std::vector<Value> ValuesOf(TypeKind kind) {
  std::vector<Value> values;
  if (kind == TypeKind::I32) {
    for (uint32_t v : {0u, 1u, 7u, 8u, 9u, 15u, 16u, 31u, 32u, 33u, 63u, 64u, 100u, 255u, 0x8000u, 0x7fffffffu,
                       0x80000000u, 0xffffffffu, 0x12345678u}) {
      values.push_back(Put(v));
    }
  } else if (kind == TypeKind::V128) {
    return test::Vectors();
  } else {
    for (uint64_t v : {0ull, 1ull, ~0ull, 1ull << 63, 0x3ff0000000000000ull, 0x7ff0000000000001ull,
                       0x123456787f800001ull, 0x8000000080000000ull}) {
      values.push_back(Put(v));
    }
  }
  return values;
}

// Operands of a call: all pairs for one or two, some triples.
std::vector<std::vector<Value>> Combinations(const wasm::OpSig& sig, size_t most) {
  std::vector<std::vector<Value>> all, choices;
  size_t count = 1;
  for (int i = 0; i < sig.param_count; ++i) {
    choices.push_back(ValuesOf(sig.params[i].kind()));
    count *= choices.back().size();
  }
  // Steps without a common factor see everything once; larger numbers of combinations are thinned out.
  const size_t step = count <= most ? 1 : count / most * 2 + 1;
  for (size_t n = 0; n < count; n += step) {
    std::vector<Value> values;
    size_t rest = n;
    for (const auto& choice : choices) {
      values.push_back(choice[rest % choice.size()]);
      rest /= choice.size();
    }
    all.push_back(std::move(values));
  }
  return all;
}

// --- comparing

template <class F, class U>
bool SameFloats(const Value& a, const Value& b, U quiet) {
  for (int i = 0; i < kLaneCount<U>; ++i) {
    const U x = Lane<U>(a, i), y = Lane<U>(b, i);
    if (x != y && ((x & quiet) != quiet || (y & quiet) != quiet)) return false;
  }
  return true;
}

// The same bits. Arithmetic may give any quiet NaN.
bool Same(const Case& test, TypeKind kind, const Value& a, const Value& b) {
  if (std::memcmp(&a, &b, test::BytesOf(kind)) == 0) return true;
  if (kind != TypeKind::V128) return false;
  switch (test.op) {
    case Op::F32x4Abs:
    case Op::F32x4Neg:
    case Op::F32x4Pmin:
    case Op::F32x4Pmax:
    case Op::F32x4Splat:
    case Op::F32x4ReplaceLane:
    case Op::F64x2Abs:
    case Op::F64x2Neg:
    case Op::F64x2Pmin:
    case Op::F64x2Pmax:
    case Op::F64x2Splat:
    case Op::F64x2ReplaceLane:
      return false;
    default:
      break;
  }
  if (test.text.starts_with("f32x4")) return SameFloats<float>(a, b, uint32_t{0x7fc00000});
  if (test.text.starts_with("f64x2")) return SameFloats<double>(a, b, uint64_t{0x7ff8000000000000});
  return false;
}

std::string Show(std::span<const Value> values) {
  std::string text;
  for (const Value& value : values)
    text += fmt::format(" {:016x}:{:016x}", Lane<uint64_t>(value, 1), Lane<uint64_t>(value, 0));
  return text;
}

// --- arrangements: functions around one instruction

struct Arrangement {
  enum class Kind {
    Plain,
    Kept,
    Into,
    OneLocal,
    OneDeadLocal,
    Const,
    AllConst,
    Home,
    LocalAtHome,
    Pressure,
    Loop,
    Eqz,
    If,
    Select,
    SelectVector
  };
  Kind kind = Kind::Plain;
  int operand = 0;                    // Into, Const
  std::vector<Value> constants = {};  // Const, AllConst
};
using enum Arrangement::Kind;
constexpr int kPressureLocals = 14;

// All vectors are the same local, which is needed again or not.
bool UsesOneLocal(const Arrangement& arrangement) {
  return arrangement.kind == OneLocal || arrangement.kind == OneDeadLocal;
}

const char* NameOf(TypeKind kind) {
  switch (kind) {
    case TypeKind::I32:
      return "i32";
    case TypeKind::I64:
      return "i64";
    case TypeKind::F32:
      return "f32";
    case TypeKind::F64:
      return "f64";
    default:
      return "v128";
  }
}

std::string ConstOf(TypeKind kind, const Value& value) {
  switch (kind) {
    case TypeKind::I32:
      return fmt::format("i32.const {} ", Get<int32_t>(value));
    case TypeKind::I64:
      return fmt::format("i64.const {} ", Get<int64_t>(value));
    case TypeKind::F32:
      return fmt::format("i32.const {} f32.reinterpret_i32 ", Get<int32_t>(value));
    case TypeKind::F64:
      return fmt::format("i64.const {} f64.reinterpret_i64 ", Get<int64_t>(value));
    default:
      return fmt::format("v128.const i64x2 {} {} ", Lane<int64_t>(value, 0), Lane<int64_t>(value, 1));
  }
}

// The argument, computed: not a local any more.
std::string Computed(TypeKind kind, int param) {
  const std::string get = fmt::format("local.get {} ", param);
  switch (kind) {
    case TypeKind::I32:
      return get + "i32.const -1 i32.xor i32.const -1 i32.xor ";
    case TypeKind::I64:
      return get + "i64.const -1 i64.xor i64.const -1 i64.xor ";
    case TypeKind::F32:
      return get + "f32.neg f32.neg ";
    case TypeKind::F64:
      return get + "f64.neg f64.neg ";
    default:
      return get + "v128.not v128.not ";
  }
}

std::vector<Arrangement> ArrangementsOf(const Case& test) {
  const wasm::OpSig& sig = test.sig();
  const bool gives_vector = sig.results[0].kind() == TypeKind::V128,
             takes_vector = sig.params[0].kind() == TypeKind::V128;
  std::vector<Arrangement> all = {{Plain}, {Kept}, {Home}, {LocalAtHome}};
  for (int i = 0; i < sig.param_count; ++i) {
    if (sig.params[i] == sig.results[0]) all.push_back({Into, i});
  }
  if (sig.param_count > 1 && sig.params[1].kind() == TypeKind::V128) {
    all.push_back({OneLocal});
    all.push_back({OneDeadLocal});
  }
  if (takes_vector) all.push_back({Pressure});
  if (takes_vector && gives_vector) all.push_back({Loop});
  if (sig.results[0].kind() == TypeKind::I32) {
    for (const Arrangement::Kind kind : {Eqz, If, Select, SelectVector}) all.push_back({.kind = kind});
  }
  if (test.op == Op::I8x16Shuffle) all.resize(8);  // there are many of them
  const auto combinations = Combinations(sig, 12);
  for (const auto& values : combinations) {
    for (int i = 0; i < sig.param_count; ++i) all.push_back({Const, i, values});
    all.push_back({AllConst, 0, values});
    if (test.op == Op::I8x16Shuffle) break;
  }
  return all;
}

std::string WatOf(const Case& test, const Arrangement& arrangement) {
  const wasm::OpSig& sig = test.sig();
  std::string params, gets, body, tail, results = NameOf(sig.results[0].kind());
  for (int i = 0; i < sig.param_count; ++i) {
    const TypeKind kind = sig.params[i].kind();
    params += fmt::format(" {}", NameOf(kind));
    gets += fmt::format("local.get {} ", i);
    const bool is_const = arrangement.kind == AllConst || (arrangement.kind == Const && arrangement.operand == i);
    if (is_const)
      body += ConstOf(kind, arrangement.constants[i]);
    else if (arrangement.kind == Home)
      body += Computed(kind, i);
    else
      body += fmt::format("local.get {} ", UsesOneLocal(arrangement) && kind == TypeKind::V128 ? 0 : i);
  }
  switch (arrangement.kind) {
    case Plain:
    case OneDeadLocal:
    case Const:
    case AllConst:
      body += test.text;
      break;
    case Home:
      body += "call $nothing " + test.text;
      break;
    case LocalAtHome:
      body = "call $nothing " + body + test.text;
      break;
    case Kept:
    case OneLocal:
      body += test.text + " " + gets;
      results += params;
      break;
    case Into:
      body += fmt::format("{} local.set {} {}", test.text, arrangement.operand, gets);
      results = params;
      break;
    case Pressure: {
      std::string before =
          fmt::format("(local {}) ", fmt::join(std::vector<std::string>(kPressureLocals, "v128"), " "));
      tail = "v128.const i64x2 0 0 ";
      for (int i = 0; i < kPressureLocals; ++i) {
        before += fmt::format("local.get 0 v128.const i64x2 {} 1 i64x2.add local.set {} ", i, sig.param_count + i);
        tail += fmt::format("local.get {} v128.xor ", sig.param_count + i);
      }
      body = before + body + test.text + " " + tail;
      results += " v128";
      break;
    }
    case Loop: {
      const int counter = sig.param_count;
      body = fmt::format(
          "(local i32) (loop {} {} local.set 0 local.get {} i32.const 1 i32.add local.tee {} i32.const 2 i32.lt_u "
          "br_if 0) local.get 0",
          body, test.text, counter, counter);
      break;
    }
    case Eqz:
      body += test.text + " i32.eqz";
      break;
    case If:
      body += test.text + " if (result i32) i32.const 7 else i32.const 9 end";
      break;
    case Select:
      body = "i32.const 7 i32.const 9 " + body + test.text + " select";
      break;
    case SelectVector:
      body = "local.get 0 local.get 0 v128.not " + body + test.text + " select";
      results = "v128";
      break;
  }
  return fmt::format("(func (param{}) (result {}) {})\n", params, results, body);
}

// Results of an arrangement for these operands, which it may change.
std::vector<Value> ExpectedOf(const Case& test, const Arrangement& arrangement, std::vector<Value>* operands) {
  const wasm::OpSig& sig = test.sig();
  for (int i = 0; i < sig.param_count; ++i) {
    if (UsesOneLocal(arrangement) && sig.params[i].kind() == TypeKind::V128) (*operands)[i] = (*operands)[0];
    if (arrangement.kind == AllConst || (arrangement.kind == Const && arrangement.operand == i))
      (*operands)[i] = arrangement.constants[i];
  }
  const Value result = test.expected(*operands);
  const bool is_true = Get<uint32_t>(result) != 0;
  std::vector<Value> results = {result};
  switch (arrangement.kind) {
    case Kept:
    case OneLocal:
      results.insert(results.end(), operands->begin(), operands->end());
      break;
    case Into:
      results = *operands;
      results[arrangement.operand] = result;
      break;
    case Pressure: {
      V128 sum{};
      for (uint64_t i = 0; i < kPressureLocals; ++i)
        sum = num::V128Xor(sum, num::I64x2Add((*operands)[0], FromLanes<uint64_t>({i, 1})));
      results.push_back(sum);
      break;
    }
    case Loop: {
      std::vector<Value> again = *operands;
      again[0] = result;
      results[0] = test.expected(again);
      break;
    }
    case Eqz:
      results[0] = Put(uint32_t{!is_true});
      break;
    case If:
    case Select:
      results[0] = Put(is_true ? 7 : 9);
      break;
    case SelectVector:
      results[0] = is_true ? (*operands)[0] : num::V128Not((*operands)[0]);
      break;
    default:
      break;
  }
  return results;
}

std::string ModuleOf(const Case& test, std::span<const Arrangement> arrangements) {
  std::string wat = "(module (memory 1) (func $nothing)";
  for (const Arrangement& arrangement : arrangements) wat += WatOf(test, arrangement);
  return wat + ")";
}

void CheckCase(Machine* machine, const Case& test, std::span<const Level> levels) {
  const std::vector<Arrangement> arrangements = ArrangementsOf(test);
  const std::string wat = ModuleOf(test, arrangements);
  const auto bytes = wasm::text::ParseWat(wat);
  ASSERT_TRUE(bytes) << bytes.error().Summary() << wat;
  auto module = wasm::binary::ReadModule(wasm::ModuleBytes::Own(*bytes), wasm::Features::AllProposals());
  ASSERT_TRUE(module);
  wasm::TypeHold hold;
  const auto valid = wasm::valid::ValidateModule(&*module, &hold);
  ASSERT_TRUE(valid) << valid.error().Summary() << wat;
  struct Call {
    uint32_t func;
    std::vector<Value> operands, expected;
  };
  std::vector<Call> calls;
  for (uint32_t i = 0; i < arrangements.size(); ++i) {
    const Arrangement& arrangement = arrangements[i];
    const size_t most = test.op == Op::I8x16Shuffle      ? 4
                        : arrangement.kind == Plain      ? 2500
                        : !arrangement.constants.empty() ? 8
                                                         : 120;
    for (std::vector<Value>& operands : Combinations(test.sig(), most)) {
      const std::vector<Value> expected = ExpectedOf(test, arrangement, &operands);
      calls.push_back({1 + i, operands, expected});
    }
  }
  for (const Level& level : levels) {
    ASSERT_NO_FATAL_FAILURE(machine->Compile(*module, {.isa = level.isa, .deterministic_relaxed_simd = true}));
    for (const Call& call : calls) {
      std::vector<Value> results = call.operands;
      machine->Call(call.func, &results);
      ASSERT_EQ(results.size(), call.expected.size());
      for (size_t i = 0; i < results.size(); ++i) {
        const TypeKind kind = machine->ResultKind(call.func, i);
        ASSERT_TRUE(Same(test, kind, results[i], call.expected[i]))
            << level.name << ", result " << i << ":" << Show({&results[i], 1})
            << "\nexpected:" << Show({&call.expected[i], 1}) << "\noperands:" << Show(call.operands) << "\n"
            << WatOf(test, arrangements[call.func - 1]);
      }
    }
  }
}

TEST(BaselineSimd, GivesWhatTheDefinitionGives) {
  Machine machine;
  const std::vector<Level> levels = test::LevelsOf(platform::HostCpu());
  for (const Case& test : AllCases()) {
    CheckCase(&machine, test, levels);
  }
}

}  // namespace
}  // namespace gantry::baseline
