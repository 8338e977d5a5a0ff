// Classes A and B: an address comes from 32 bits, whatever stood above them; no access is wider than the instruction.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "everywhere.h"

namespace gantry::security_tests {
namespace {

using engine::Value;

constexpr uint64_t kPoison = 0xdeadbeef00000000;
constexpr uint32_t kMarkAt = 64;

// Ways to an i32 with the value of the low half of parameter 0, an i64.
struct Source {
  const char* name;
  const char* code;
};
constexpr Source kSources[] = {
    {"wrapped", "(i32.wrap_i64 (local.get 0))"},
    {"through a local", "(local.set $i (i32.wrap_i64 (local.get 0))) (local.get $i)"},
    {"kept beside the wide one",
     "(local.set $i (i32.wrap_i64 (local.get 0))) (local.set $w (i64.add (local.get 0) (i64.const 1))) (local.get $i)"},
    {"over a call", "(local.set $i (i32.wrap_i64 (local.get 0))) (call $nothing) (local.get $i)"},
    {"an operand over a call", "(i32.wrap_i64 (local.get 0)) (call $nothing)"},
    {"result of a call", "(call $wrap (local.get 0))"},
    {"result of a host function", "(call $poisoned (i32.wrap_i64 (local.get 0)))"},
    {"result of an indirect call", "(call_indirect (type $w) (local.get 0) (i32.const 0))"},
    {"stack argument and result",
     "(call $many (local.get 0) (i32.wrap_i64 (local.get 0))) (local.set $i) drop drop drop "
     "drop drop drop drop (local.get $i)"},
    {"selected", "(select (i32.wrap_i64 (local.get 0)) (i32.const 5) (i32.const 1))"},
    {"selected by parts", "(select (result i32) (i32.const 5) (i32.wrap_i64 (local.get 0)) (i64.eqz (local.get 0)))"},
    {"block result",
     "(block (result i32) (br_if 0 (i32.wrap_i64 (local.get 0)) (i64.ne (local.get 0) (i64.const 1))))"},
    {"if result", "(if (result i32) (i64.eqz (local.get 0)) (then (i32.const 0)) (else (i32.wrap_i64 (local.get 0))))"},
    {"loop parameter",
     "(local.set $n (i32.const 3)) (i32.wrap_i64 (local.get 0)) (loop (param i32) (result i32) (local.set $n (i32.sub "
     "(local.get $n) (i32.const 1))) (br_if 0 (local.get $n)))"},
    {"loop register",
     "(local.set $i (i32.wrap_i64 (i64.add (local.get 0) (i64.const 12)))) (local.set $n (i32.const 3)) (loop "
     "(local.set $i "
     "(i32.sub (local.get $i) (i32.const 4))) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) "
     "(local.get $i)"},
    {"branch table",
     "(block (result i32) (block (result i32) (br_table 0 1 1 (i32.wrap_i64 (local.get 0)) (i32.const 1))))"},
    {"sum that wraps", "(i32.add (i32.add (i32.wrap_i64 (local.get 0)) (i32.const -100)) (i32.const 100))"},
    {"difference that wraps", "(i32.sub (i32.const -1) (i32.sub (i32.const -1) (i32.wrap_i64 (local.get 0))))"},
    {"product that wraps", "(i32.mul (i32.mul (i32.wrap_i64 (local.get 0)) (i32.const 0xaaaaaaab)) (i32.const 3))"},
    {"rotated", "(i32.rotl (i32.rotr (i32.wrap_i64 (local.get 0)) (i32.const 9)) (i32.const 9))"},
    {"shifted", "(i32.wrap_i64 (i64.shr_s (i64.shl (local.get 0) (i64.const 32)) (i64.const 32)))"},
    {"scaled", "(i32.mul (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 2))) (i32.const 4))"},
    {"scaled and added",
     "(i32.add (i32.shl (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 3))) (i32.const 3)) "
     "(i32.and (i32.wrap_i64 (local.get 0)) (i32.const 7)))"},
    {"and with ones", "(i32.and (i32.wrap_i64 (local.get 0)) (i32.const -1))"},
    {"xor", "(i32.xor (i32.xor (i32.wrap_i64 (local.get 0)) (i32.const -1)) (i32.const -1))"},
    {"divided", "(i32.div_u (i32.wrap_i64 (local.get 0)) (i32.const 1))"},
    {"divided, signed", "(i32.div_s (i32.wrap_i64 (local.get 0)) (i32.const 1))"},
    {"remainder", "(i32.rem_u (i32.wrap_i64 (local.get 0)) (i32.const 0x7fffffff))"},
    {"extended", "(i32.wrap_i64 (i64.extend32_s (local.get 0)))"},
    {"through a float", "(i32.reinterpret_f32 (f32.reinterpret_i32 (i32.wrap_i64 (local.get 0))))"},
    {"through a wide float", "(i32.wrap_i64 (i64.reinterpret_f64 (f64.reinterpret_i64 (local.get 0))))"},
    {"through a lane", "(i32x4.extract_lane 1 (i32x4.splat (i32.wrap_i64 (local.get 0))))"},
    {"through a wide lane", "(i32.wrap_i64 (i64x2.extract_lane 1 (i64x2.splat (local.get 0))))"},
    {"through a lane of a wide splat", "(i32x4.extract_lane 2 (i64x2.splat (local.get 0)))"},
    {"through a global", "(global.set $g32 (i32.wrap_i64 (local.get 0))) (global.get $g32)"},
    {"through memory", "(i64.store (i32.const 128) (local.get 0)) (i32.load (i32.const 128))"},
    {"through narrow memory",
     "(i64.store32 (i32.const 128) (local.get 0)) (i32.wrap_i64 (i64.load32_s (i32.const 128)))"},
    {"through i31", "(i31.get_s (ref.i31 (i32.wrap_i64 (local.get 0))))"},
    {"through a structure", "(struct.get $s 0 (struct.new $s (i32.wrap_i64 (local.get 0)) (local.get 0)))"},
    {"through an array", "(array.get $a (array.new $a (i32.wrap_i64 (local.get 0)) (i32.const 2)) (i32.const 1))"},
    {"through an exception",
     "(block $h (result i32) (try_table (catch $e $h) (throw $e (i32.wrap_i64 (local.get 0)))) "
     "(i32.const 5))"},
    {"atomically exchanged",
     "(i64.store (i32.const 128) (local.get 0)) (i32.atomic.rmw.xchg (i32.const 128) (i32.const 0))"},
    {"atomically added",
     "(i64.store (i32.const 128) (local.get 0)) (i32.atomic.rmw.add (i32.const 128) (i32.const -1))"},
    {"atomically compared",
     "(i64.store (i32.const 128) (local.get 0)) (i32.atomic.rmw.cmpxchg (i32.const 128) (i32.const 3) "
     "(i32.const 0))"},
};

struct Use {
  const char* name;
  const char* before;  // what comes before the address
  const char* after;   // and behind it
  const char* result;
};
constexpr Use kUses[] = {
    {"load", "", "i32.load", "i32"},
    {"load with an offset", "", "i32.load offset=8", "i32"},
    {"load as an operand", "(i32.const 3)", "i32.load i32.add", "i32"},
    {"wide load", "", "i64.load offset=3", "i64"},
    {"narrow load", "", "i32.load8_s offset=1", "i32"},
    {"float load", "", "f64.load", "f64"},
    {"vector load", "", "v128.load offset=16", "v128"},
    {"lane load", "", "(v128.const i32x4 1 2 3 4) v128.load16_lane 3", "v128"},
    {"store", "", "(i32.const 77) i32.store offset=200 (i32.const 0)", "i32"},
    {"store of a variable", "", "(local.get 0) i64.store offset=208 (i32.const 0)", "i32"},
    {"atomic load", "", "i32.atomic.load", "i32"},
    {"update", "", "(i32.const 1) i32.atomic.rmw.add offset=4", "i32"},
    {"second memory", "", "i32.load 1 offset=8", "i32"},
    {"fill", "", "(i32.const 9) (i32.const 16) memory.fill (i32.const 1)", "i32"},
    {"copy", "(i32.const 512)", "(i32.const 16) memory.copy (i32.const 1)", "i32"},
    {"table", "", "(i32.const 63) i32.sub table.get 1 ref.is_null", "i32"},
    {"array", "(global.get $array)", "(i32.const 62) i32.sub array.get $a", "i32"},
};

TEST(Addresses, UpperHalvesOfIndicesMeanNothing) {
  for (const Use& use : kUses) {
    std::string wat = fmt::format(R"((module
      (type $s (struct (field i32) (field i64))) (type $a (array (mut i32))) (type $w (func (param i64) (result i32)))
      (import "host" "poisoned" (func $poisoned (param i32) (result i32)))
      (memory 1) (memory 1) (data (i32.const 64) "abcdefghijklmnopqrstuvwxyz") (data (memory 1) (i32.const 64) "0123456789abcdef")
      (table 1 funcref) (elem (i32.const 0) $wrap) (table 4 externref)
      (global $g32 (mut i32) (i32.const 0)) (global $array (ref $a) (array.new $a (i32.const 6) (i32.const 4)))
      (tag $e (param i32))
      (func $nothing) (func $wrap (type $w) (i32.wrap_i64 (local.get 0)))
      (func $many (param i64 i32) (result i64 i64 i64 i64 i64 i64 i64 i32)
        (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 1)))");
    std::vector<Call> calls;
    for (const Source& source : kSources) {
      wat += fmt::format(
          "(func (export \"{}\") (param i64) (result {}) (local $i i32) (local $n i32) (local $w i64) {} {} {})\n",
          source.name, use.result, use.before, source.code, use.after);
      for (uint64_t address : {kPoison | kMarkAt, uint64_t{kMarkAt}, kPoison | 0xfffffff8, kPoison | 0x80000000,
                               kPoison | 65528, uint64_t{0x100000000} - 64}) {
        calls.push_back({source.name, {Value::I64(address)}});
      }
    }
    SCOPED_TRACE(use.name);
    ExpectSameEverywhere(wat + ")", calls);
  }
}

// Numbers below zero from narrow results: large as addresses.
TEST(Addresses, NegativeResultsAreLargeAddresses) {
  const char* const kNegative[] = {
      "(i32.extend8_s (i32.const 0xf0))",
      "(i32.extend16_s (i32.const 0xfff0))",
      "(i32.load8_s (i32.const 0))",
      "(i32.load16_s (i32.const 0))",
      "(i32.sub (local.get 0) (i32.const 8))",
      "(i32.shr_s (i32.const 0x80000000) (local.get 0))",
      "(i32.trunc_f64_s (f64.const -5))",
      "(i32.trunc_sat_f32_s (f32.const -1e30))",
      "(i8x16.extract_lane_s 0 (v128.load (i32.const 0)))",
      "(i16x8.extract_lane_s 0 (v128.load (i32.const 0)))",
      "(memory.grow (i32.const 65536))",
      "(table.grow 0 (ref.null extern) (i32.const -1))",
      "(i31.get_s (ref.i31 (i32.const -3)))",
      "(struct.get_s $s 0 (struct.new $s (i32.const 0xf0)))",
      "(i32.wrap_i64 (i64.const -9))",
      "(i32.div_s (i32.const -90) (i32.const 10))",
      "(i32.rem_s (i32.const -95) (i32.const 10))",
      "(i32.wrap_i64 (i64.div_s (i64.const -90) (i64.const 10)))",
      "(i32.or (i32.atomic.rmw8.sub_u (i32.const 4) (i32.const 1)) (i32.const 0x80000000))"};
  std::string wat =
      "(module (type $s (struct (field i8))) (memory 1 2) (data (i32.const 0) \"\\f0\\f0\\f0\\f0\") "
      "(table 1 10 externref)";
  std::vector<Call> calls;
  int n = 0;
  for (const char* code : kNegative) {
    wat += fmt::format("(func (export \"f{}\") (param i32) (result i32) {} i32.load offset=16)", n, code);
    wat += fmt::format("(func (export \"s{}\") (param i32) {} (i64.const 1) i64.store offset=24)", n, code);
    calls.push_back({fmt::format("f{}", n), {Value::I32(0)}, "out of bounds"});
    calls.push_back({fmt::format("s{}", n++), {Value::I32(0)}, "out of bounds"});
  }
  ExpectSameEverywhere(wat + ")", calls);
}

// --- the last bytes before a guard

struct Load {
  const char* code;
  int bytes;
  const char* type;
};
constexpr Load kLoads[] = {
    {"i32.load", 4, "i32"},           {"i32.load8_s", 1, "i32"},        {"i32.load8_u", 1, "i32"},
    {"i32.load16_s", 2, "i32"},       {"i32.load16_u", 2, "i32"},       {"i64.load", 8, "i64"},
    {"i64.load8_s", 1, "i64"},        {"i64.load8_u", 1, "i64"},        {"i64.load16_s", 2, "i64"},
    {"i64.load16_u", 2, "i64"},       {"i64.load32_s", 4, "i64"},       {"i64.load32_u", 4, "i64"},
    {"f32.load", 4, "f32"},           {"f64.load", 8, "f64"},           {"v128.load", 16, "v128"},
    {"v128.load8x8_s", 8, "v128"},    {"v128.load8x8_u", 8, "v128"},    {"v128.load16x4_s", 8, "v128"},
    {"v128.load16x4_u", 8, "v128"},   {"v128.load32x2_s", 8, "v128"},   {"v128.load32x2_u", 8, "v128"},
    {"v128.load8_splat", 1, "v128"},  {"v128.load16_splat", 2, "v128"}, {"v128.load32_splat", 4, "v128"},
    {"v128.load64_splat", 8, "v128"}, {"v128.load32_zero", 4, "v128"},  {"v128.load64_zero", 8, "v128"},
    {"i32.atomic.load", 4, "i32"},    {"i32.atomic.load8_u", 1, "i32"}, {"i64.atomic.load16_u", 2, "i64"},
    {"i64.atomic.load", 8, "i64"},
};
// What takes a loaded value as an operand, by its type; it is on top of the stack.
struct Consumer {
  const char* type;
  const char* before;
  const char* after;
  const char* result;
};
constexpr Consumer kConsumers[] = {
    {"i32", "", "", "i32"},
    {"i32", "(local.get 1)", "i32.add", "i32"},
    {"i32", "(local.get 1)", "i32.lt_s", "i32"},
    {"i32", "", "i64.extend_i32_u", "i64"},
    {"i32", "", "i64.extend_i32_s", "i64"},
    {"i32", "", "f64.convert_i32_u", "f64"},
    {"i32", "", "f32.reinterpret_i32", "f32"},
    {"i32", "", "i32.popcnt", "i32"},
    {"i32", "", "i32.ctz", "i32"},
    {"i32", "", "i16x8.splat", "v128"},
    {"i32", "", "i32x4.splat", "v128"},
    {"i32", "(v128.const i32x4 1 2 3 4)", "i32x4.replace_lane 2", "v128"},
    {"i32", "(v128.const i32x4 1 2 3 4)", "i8x16.replace_lane 7", "v128"},
    {"i32", "(v128.const i32x4 1 2 3 4)", "i32x4.shl", "v128"},
    {"i32", "(i32.const 100)", "i32.div_u", "i32"},
    {"i32", "(i32.const 3)", "i32.mul", "i32"},
    {"i32", "", "i32.eqz", "i32"},
    {"i64", "", "", "i64"},
    {"i64", "(i64.const 77)", "i64.xor", "i64"},
    {"i64", "", "i32.wrap_i64", "i32"},
    {"i64", "", "f64.reinterpret_i64", "f64"},
    {"i64", "", "f32.convert_i64_u", "f32"},
    {"i64", "", "i64.clz", "i64"},
    {"i64", "", "i64x2.splat", "v128"},
    {"i64", "(i64.const 5)", "i64.ge_u", "i32"},
    {"i64", "(i64.const 9)", "i64.mul", "i64"},
    {"f32", "", "", "f32"},
    {"f32", "(f32.const 2)", "f32.mul", "f32"},
    {"f32", "(f32.const 2)", "f32.copysign", "f32"},
    {"f32", "(f32.const 2)", "f32.min", "f32"},
    {"f32", "", "f32.sqrt", "f32"},
    {"f32", "", "f64.promote_f32", "f64"},
    {"f32", "", "f32x4.splat", "v128"},
    {"f32", "", "f32.floor", "f32"},
    {"f32", "", "f32.neg", "f32"},
    {"f32", "", "f32.abs", "f32"},
    {"f32", "", "i32.reinterpret_f32", "i32"},
    {"f32", "", "i32.trunc_sat_f32_u", "i32"},
    {"f32", "(f32.const 2)", "f32.gt", "i32"},
    {"f64", "", "", "f64"},
    {"f64", "(f64.const 2)", "f64.div", "f64"},
    {"f64", "(f64.const 2)", "f64.copysign", "f64"},
    {"f64", "(f64.const 2)", "f64.max", "f64"},
    {"f64", "", "f64.sqrt", "f64"},
    {"f64", "", "f32.demote_f64", "f32"},
    {"f64", "", "f64x2.splat", "v128"},
    {"f64", "", "f64.nearest", "f64"},
    {"f64", "", "f64.neg", "f64"},
    {"f64", "", "f64.abs", "f64"},
    {"f64", "", "i64.reinterpret_f64", "i64"},
    {"f64", "", "i64.trunc_sat_f64_s", "i64"},
    {"f64", "(f64.const 2)", "f64.eq", "i32"},
    {"f64", "(v128.const i32x4 1 2 3 4)", "f64x2.replace_lane 1", "v128"},
    {"v128", "", "", "v128"},
    {"v128", "(v128.const i32x4 1 2 3 4)", "i32x4.add", "v128"},
    {"v128", "", "f32x4.sqrt", "v128"},
    {"v128", "", "i32x4.extract_lane 3", "i32"},
    {"v128", "", "i16x8.extend_low_i8x16_s", "v128"},
    {"v128", "", "f64x2.promote_low_f32x4", "v128"},
    {"v128", "", "v128.any_true", "i32"},
    {"v128", "", "i8x16.popcnt", "v128"},
    {"v128", "(v128.const i32x4 1 2 3 4)", "i8x16.swizzle", "v128"},
    {"v128", "(v128.const i32x4 1 2 3 4)", "f64x2.pmin", "v128"},
};

// CVE-2026-24116, CVE-2026-34944: a load that was folded into an instruction that reads more.
TEST(Addresses, LoadsAsOperandsAtTheLastBytes) {
  std::string wat =
      "(module (memory 1 1) (data (i32.const 65520) "
      "\"\\01\\12\\23\\b4\\45\\56\\67\\f8\\89\\9a\\2b\\3c\\4d\\5e\\6f\\40\")";
  std::vector<Call> calls;
  int n = 0;
  for (const Load& load : kLoads) {
    for (const Consumer& consumer : kConsumers) {
      if (std::string_view(consumer.type) != load.type) continue;
      wat += fmt::format("(func (export \"f{}\") (param i32 i32) (result {}) {} (local.get 0) {} {})\n", n,
                         consumer.result, consumer.before, load.code, consumer.after);
      wat += fmt::format("(func (export \"c{}\") (result {}) (local i32 i32) {} (i32.const {}) {} {})\n", n,
                         consumer.result, consumer.before, 65536 - load.bytes, load.code, consumer.after);
      const uint32_t last = 65536 - static_cast<uint32_t>(load.bytes);
      calls.push_back({fmt::format("c{}", n), {}});
      calls.push_back({fmt::format("f{}", n), {Value::I32(last), Value::I32(3)}});
      const bool is_atomic = std::string_view(load.code).find("atomic") != std::string_view::npos;
      calls.push_back(
          {fmt::format("f{}", n++), {Value::I32(last + 1), Value::I32(3)}, is_atomic ? "" : "out of bounds"});
    }
  }
  ExpectSameEverywhere(wat + ")", calls);
}

TEST(Addresses, StoresAndLanesAtTheLastBytes) {
  const struct {
    const char* code;  // address is on the stack
    int bytes;
  } kStores[] = {
      {"(i32.const 0x12345678) i32.store", 4},
      {"(i32.const 0x12345678) i32.store8", 1},
      {"(i32.const 0x12345678) i32.store16", 2},
      {"(local.get 1) i32.store", 4},
      {"(local.get 1) i32.store8", 1},
      {"(local.get 1) i32.store16", 2},
      {"(local.get 2) i64.store", 8},
      {"(local.get 2) i64.store8", 1},
      {"(local.get 2) i64.store16", 2},
      {"(local.get 2) i64.store32", 4},
      {"(i64.const 3) i64.store", 8},
      {"(i64.const 0x123456789abc) i64.store", 8},
      {"(f32.const 1.5) f32.store", 4},
      {"(f64.const 1.5) f64.store", 8},
      {"(f64.convert_i64_s (local.get 2)) f64.store", 8},
      {"(f32.convert_i64_s (local.get 2)) f32.store", 4},
      {"(i64x2.splat (local.get 2)) v128.store", 16},
      {"(v128.const i64x2 0 0) v128.store", 16},
      {"(i64x2.splat (local.get 2)) v128.store8_lane 15", 1},
      {"(i64x2.splat (local.get 2)) v128.store8_lane 0", 1},
      {"(i64x2.splat (local.get 2)) v128.store16_lane 3", 2},
      {"(i64x2.splat (local.get 2)) v128.store32_lane 0", 4},
      {"(i64x2.splat (local.get 2)) v128.store32_lane 3", 4},
      {"(i64x2.splat (local.get 2)) v128.store64_lane 0", 8},
      {"(i64x2.splat (local.get 2)) v128.store64_lane 1", 8},
      {"(i64x2.splat (local.get 2)) v128.load8_lane 9 drop", 1},
      {"(i64x2.splat (local.get 2)) v128.load16_lane 0 drop", 2},
      {"(i64x2.splat (local.get 2)) v128.load32_lane 1 drop", 4},
      {"(i64x2.splat (local.get 2)) v128.load64_lane 0 drop", 8},
      {"(i64x2.splat (local.get 2)) v128.load64_lane 1 drop", 8},
      {"(local.get 1) i32.atomic.store8", 1},
      {"(local.get 1) i32.atomic.store", 4},
      {"(local.get 2) i64.atomic.store", 8},
      {"(local.get 1) i32.atomic.rmw.add drop", 4},
      {"(local.get 1) i32.atomic.rmw8.and_u drop", 1},
      {"(local.get 2) i64.atomic.rmw.xor drop", 8},
      {"(local.get 1) (local.get 1) i32.atomic.rmw16.cmpxchg_u drop", 2},
      {"(local.get 2) i64.atomic.rmw.xchg drop", 8},
  };
  std::string wat = "(module (memory 1 1)";
  std::vector<Call> calls;
  int n = 0;
  for (const auto& store : kStores) {
    wat += fmt::format("(func (export \"f{}\") (param i32 i32 i64) (local.get 0) {})\n", n, store.code);
    const uint32_t last = 65536 - static_cast<uint32_t>(store.bytes);
    const bool is_atomic = std::string_view(store.code).find("atomic") != std::string_view::npos;
    for (uint32_t at : {last, last + 1, 0xffffffffu, 65536u}) {
      std::string expected = at == last || (is_atomic && at != 65536u) ? "" : "out of bounds";
      calls.push_back(
          {fmt::format("f{}", n), {Value::I32(at), Value::I32(0x87654321), Value::I64(0x1122334455667788)}, expected});
    }
    ++n;
  }
  ExpectSameEverywhere(wat + ")", calls);
}

// --- indices and sizes of 64 bits beside those of 32

TEST(Addresses, WidthsOfMemoriesAndTables) {
  const std::string wat = R"((module
    (memory $m32 1 3) (memory $m64 i64 1 3) (table $t32 4 8 externref) (table $t64 i64 4 8 externref) (table $f64 i64 4 funcref)
    (elem (table $f64) (i64.const 1) func $one) (func $one (result i32) (i32.const 1))
    (data (memory $m64) (i64.const 0) "0123456789") (data $d "abcdef") (elem $e externref (ref.null extern) (ref.null extern))
    (func (export "grow32") (param i32) (result i32) (memory.grow $m32 (local.get 0)))
    (func (export "grow64") (param i64) (result i64) (memory.grow $m64 (local.get 0)))
    (func (export "size64") (result i64) (i64.add (memory.size $m64) (i64.const 0x700000000)))
    (func (export "grow_t32") (param i32) (result i32) (table.grow $t32 (ref.null extern) (local.get 0)))
    (func (export "grow_t64") (param i64) (result i64) (table.grow $t64 (ref.null extern) (local.get 0)))
    (func (export "size_t64") (result i64) (i64.add (table.size $t64) (i64.const 0x700000000)))
    (func (export "load64") (param i64) (result i32) (i32.load8_u $m64 (local.get 0)))
    (func (export "load64_far") (param i64) (result i32) (i32.load8_u $m64 offset=0xffffffffffffffff (local.get 0)))
    (func (export "load64_offset") (param i64) (result i64) (i64.load $m64 offset=0x100000000 (local.get 0)))
    (func (export "get64") (param i64) (result externref) (table.get $t64 (local.get 0)))
    (func (export "call64") (param i64) (result i32) (call_indirect $f64 (result i32) (local.get 0)))
    (func (export "set64") (param i64) (table.set $t64 (local.get 0) (ref.null extern)))
    (func (export "fill_t64") (param i64 i64) (table.fill $t64 (local.get 0) (ref.null extern) (local.get 1)))
    (func (export "copy_t") (param i64 i32 i32) (table.copy $t64 $t32 (local.get 0) (local.get 1) (local.get 2)))
    (func (export "init_t") (param i64 i32 i32) (table.init $t64 $e (local.get 0) (local.get 1) (local.get 2)))
    (func (export "copy_m") (param i32 i64 i32) (memory.copy $m32 $m64 (local.get 0) (local.get 1) (local.get 2)))
    (func (export "copy_back") (param i64 i32 i32) (memory.copy $m64 $m32 (local.get 0) (local.get 1) (local.get 2)))
    (func (export "fill64") (param i64 i64) (memory.fill $m64 (local.get 0) (i32.const 7) (local.get 1)))
    (func (export "init64") (param i64 i32 i32) (memory.init $m64 $d (local.get 0) (local.get 1) (local.get 2)))))";
  std::vector<Call> calls;
  const uint64_t kWide[] = {0,
                            1,
                            3,
                            4,
                            65535,
                            65536,
                            0x100000000,
                            0x100000001,
                            0x7fffffffffffffff,
                            0x8000000000000000,
                            0xfffffffffffffff8,
                            0xffffffffffffffff};
  for (uint64_t n : kWide) {
    for (const char* name : {"load64", "load64_far", "load64_offset", "get64", "call64", "set64"})
      calls.push_back({name, {Value::I64(n)}});
    for (uint64_t count : kWide) {
      for (const char* name : {"fill_t64", "fill64"}) {
        if (n + count <= 65536 && std::string_view(name) == "fill64" && count > 4) continue;
        calls.push_back({name, {Value::I64(n), Value::I64(count)}});
      }
    }
    for (uint32_t from : {0u, 2u, 0xffffffffu}) {
      for (uint32_t count : {0u, 2u, 5u, 0xffffffffu}) {
        for (const char* name : {"copy_t", "init_t", "copy_back", "init64"})
          calls.push_back({name, {Value::I64(n), Value::I32(from), Value::I32(count)}});
        calls.push_back({"copy_m", {Value::I32(from), Value::I64(n), Value::I32(count)}});
      }
    }
  }
  for (uint64_t n : {0xffffffffull, 0x100000000ull, 0xffffffffffffffffull, 5ull, 1ull, 0ull}) {
    calls.push_back({"grow32", {Value::I32(static_cast<uint32_t>(n))}});
    calls.push_back({"grow64", {Value::I64(n)}});
    calls.push_back({"grow_t32", {Value::I32(static_cast<uint32_t>(n))}});
    calls.push_back({"grow_t64", {Value::I64(n)}});
    calls.push_back({"size64", {}});
    calls.push_back({"size_t64", {}});
  }
  ExpectSameEverywhere(wat, calls);
}

}  // namespace
}  // namespace gantry::security_tests
