// Class G: traps inside bulk instructions, which write nothing then; copies that overlap.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "everywhere.h"

namespace gantry::security_tests {
namespace {

using engine::Value;

constexpr uint32_t kEnd = 65536;

// Lengths and places as constants, which code may treat on its own, and as variables.
TEST(Bulk, MemoryFillsAndCopiesAtTheEnd) {
  std::string wat =
      "(module (memory 1 1) (data (i32.const 0) \"0123456789abcdefghijklmnopqrstuvwxyz\")"
      "(data (i32.const 65500) \"0123456789abcdefghijklmnopqrstuvwxyz\") (data $d \"ABCDEFGHIJKLMNOPQRSTUVWXYZ\")"
      "(func (export \"fill\") (param i32 i32) (memory.fill (local.get 0) (i32.const 0x1ff) (local.get 1)))"
      "(func (export \"copy\") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))"
      "(func (export \"init\") (param i32 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))"
      "(func (export \"sum\") (result i64) (local i32 i64) (loop (local.set 1 (i64.add (i64.rotl (local.get 1) "
      "(i64.const 7)) (i64.load (local.get 0)))) (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const "
      "8))) "
      "(i32.const 65536)))) (local.get 1))";
  std::vector<Call> calls;
  auto add = [&](Call call) {
    calls.push_back(std::move(call));
    calls.push_back({"sum", {}});
  };
  for (uint32_t count :
       {0u, 1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 12u, 15u, 16u, 17u, 24u, 31u, 32u, 33u, 48u, 63u, 64u, 65u, 100u}) {
    wat += fmt::format(
        "(func (export \"fill{0}\") (param i32) (memory.fill (local.get 0) (i32.const 0xab) (i32.const {0})))"
        "(func (export \"fillv{0}\") (param i32 i32) (memory.fill (local.get 0) (local.get 1) (i32.const {0})))"
        "(func (export \"copy{0}\") (param i32 i32) (memory.copy (local.get 0) (local.get 1) (i32.const {0})))"
        "(func (export \"copyc{0}\") (memory.copy (i32.const {1}) (i32.const 3) (i32.const {0})))"
        "(func (export \"fillc{0}\") (memory.fill (i32.const {1}) (i32.const 7) (i32.const {0})))",
        count, kEnd - count + 1);
    for (uint32_t at :
         {kEnd - count, kEnd - count + 1, kEnd - 1, kEnd, kEnd + 1, 0xffffffffu, 0xffffffffu - count + 1}) {
      const std::string trap = uint64_t{at} + count > kEnd ? "out of bounds" : "";
      add({fmt::format("fill{}", count), {Value::I32(at)}, trap});
      add({fmt::format("fillv{}", count), {Value::I32(at), Value::I32(0xfffffe11)}, trap});
      add({fmt::format("copy{}", count), {Value::I32(at), Value::I32(5)}, trap});
      add({fmt::format("copy{}", count), {Value::I32(5), Value::I32(at)}, trap});
      add({"fill", {Value::I32(at), Value::I32(count)}, trap});
      add({"copy", {Value::I32(at), Value::I32(5), Value::I32(count)}, trap});
      add({"copy", {Value::I32(9), Value::I32(at), Value::I32(count)}, trap});
      add({"init", {Value::I32(at), Value::I32(0), Value::I32(count)}});
    }
    add({fmt::format("copyc{}", count), {}, "out of bounds"});
    add({fmt::format("fillc{}", count), {}, "out of bounds"});
    // Overlapping, both ways.
    for (uint32_t distance : {0u, 1u, 3u, 8u, 15u, 17u, 40u}) {
      for (const auto& [to, from] : {std::pair(100 + distance, 100u), std::pair(100u, 100 + distance),
                                     std::pair(kEnd - count, kEnd - count - distance)}) {
        add({"init", {Value::I32(100), Value::I32(0), Value::I32(26)}});
        add({fmt::format("copy{}", count), {Value::I32(to), Value::I32(from)}});
        add({"init", {Value::I32(100), Value::I32(0), Value::I32(26)}});
        add({"copy", {Value::I32(to), Value::I32(from), Value::I32(count)}});
      }
    }
  }
  for (uint32_t count : {0x10000u, 0x10001u, 0x80000000u, 0xffffffffu}) {
    for (uint32_t at : {0u, 1u, 0xffffu, 0xffffffffu}) {
      add({"fill", {Value::I32(at), Value::I32(count)}});
      add({"copy", {Value::I32(at), Value::I32(0), Value::I32(count)}});
      add({"copy", {Value::I32(0), Value::I32(at), Value::I32(count)}});
      add({"init",
           {Value::I32(at), Value::I32(0), Value::I32(count)},
           at + uint64_t{count} > kEnd ? "out of bounds" : ""});
      add({"init", {Value::I32(0), Value::I32(at), Value::I32(count)}, "out of bounds"});
    }
  }
  // A dropped segment has no bytes, and an init of none is fine at the end only.
  ExpectSameEverywhere(wat + ")", calls);
}

TEST(Bulk, CountsOf64Bits) {
  const std::string wat = R"((module (memory i64 1 1) (data $d "abc")
    (func (export "fill") (param i64 i64) (memory.fill (local.get 0) (i32.const 3) (local.get 1)))
    (func (export "copy") (param i64 i64 i64) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
    (func (export "fill8") (param i64) (memory.fill (local.get 0) (i32.const 3) (i64.const 8)))
    (func (export "copy8") (param i64 i64) (memory.copy (local.get 0) (local.get 1) (i64.const 8)))
    (func (export "init") (param i64 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))))";
  std::vector<Call> calls;
  const uint64_t numbers[] = {
      0, 8, 65528, 65529, 65536, 65537, 0x100000000, 0x7fffffffffffffff, 0xfffffffffffffff8, 0xffffffffffffffff};
  for (uint64_t a : numbers) {
    calls.push_back({"fill8", {Value::I64(a)}, a > 65528 ? "out of bounds" : ""});
    calls.push_back({"init", {Value::I64(a), Value::I32(1), Value::I32(2)}, a > 65534 ? "out of bounds" : ""});
    for (uint64_t b : numbers) {
      calls.push_back({"fill", {Value::I64(a), Value::I64(b)}, a > 65536 || b > 65536 - a ? "out of bounds" : ""});
      calls.push_back({"copy8", {Value::I64(a), Value::I64(b)}, a > 65528 || b > 65528 ? "out of bounds" : ""});
      calls.push_back(
          {"copy", {Value::I64(a), Value::I64(16), Value::I64(b)}, a > 65536 || b > 65536 - a ? "out of bounds" : ""});
      calls.push_back({"copy", {Value::I64(16), Value::I64(b), Value::I64(a)}});
    }
  }
  ExpectSameEverywhere(wat, calls);
}

TEST(Bulk, TablesAndArrays) {
  const std::string wat = R"((module
    (type $a (array (mut i32))) (type $b (array (mut i8))) (type $r (array (mut funcref))) (type $v (array (mut v128)))
    (table $t 8 funcref) (table $x 8 externref) (elem $e func $f0 $f1 $f2) (elem (table $t) (i32.const 0) func $f0 $f1 $f2)
    (data $d "0123456789") (global $g (mut (ref $a)) (array.new $a (i32.const 0) (i32.const 8)))
    (global $h (mut (ref $b)) (array.new $b (i32.const 0) (i32.const 8)))
    (global $v (mut (ref $v)) (array.new $v (v128.const i64x2 1 2) (i32.const 3)))
    (func $f0 (result i32) (i32.const 10)) (func $f1 (result i32) (i32.const 11)) (func $f2 (result i32) (i32.const 12))
    (func (export "call") (param i32) (result i32) (call_indirect $t (result i32) (local.get 0)))
    (func (export "fill") (param i32 i32) (table.fill $t (local.get 0) (ref.func $f2) (local.get 1)))
    (func (export "copy") (param i32 i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
    (func (export "init") (param i32 i32 i32) (table.init $t $e (local.get 0) (local.get 1) (local.get 2)))
    (func (export "drop") (elem.drop $e) (data.drop $d))
    (func (export "set") (param i32) (table.set $t (local.get 0) (ref.func $f1)))
    (func (export "array_set") (param i32 i32) (array.set $a (global.get $g) (local.get 0) (local.get 1)))
    (func (export "array_get") (param i32) (result i32) (array.get $a (global.get $g) (local.get 0)))
    (func (export "byte_get") (param i32) (result i32) (array.get_s $b (global.get $h) (local.get 0)))
    (func (export "v_get") (param i32) (result v128) (array.get $v (global.get $v) (local.get 0)))
    (func (export "v_set") (param i32) (array.set $v (global.get $v) (local.get 0) (i32x4.splat (local.get 0))))
    (func (export "array_fill") (param i32 i32) (array.fill $a (global.get $g) (local.get 0) (i32.const 5) (local.get 1)))
    (func (export "array_copy") (param i32 i32 i32)
      (array.copy $a $a (global.get $g) (local.get 0) (global.get $g) (local.get 1) (local.get 2)))
    (func (export "array_init") (param i32 i32 i32) (array.init_data $b $d (global.get $h) (local.get 0) (local.get 1) (local.get 2)))
    (func (export "new_data") (param i32 i32) (result i32) (array.len (array.new_data $a $d (local.get 0) (local.get 1))))
    (func (export "new_elem") (param i32 i32) (result i32) (array.len (array.new_elem $r $e (local.get 0) (local.get 1))))
    (func (export "new_large") (param i32) (result i32) (array.len (array.new_default $v (local.get 0))))))";
  std::vector<Call> calls;
  const uint32_t numbers[] = {0, 1, 2, 3, 5, 7, 8, 9, 10, 0x10000000, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff};
  for (int round = 0; round < 2; ++round) {
    for (uint32_t a : numbers) {
      for (const char* name : {"set", "array_get", "byte_get", "v_get", "v_set"})
        calls.push_back({name, {Value::I32(a)}});
      calls.push_back({"new_large", {Value::I32(a < 100 ? a : a | 0x80000000)}});
      for (uint32_t b : numbers) {
        for (const char* name : {"fill", "array_set", "array_fill", "new_data", "new_elem"})
          calls.push_back({name, {Value::I32(a), Value::I32(b)}});
        for (uint32_t c : {0u, 1u, 4u, 8u, 0xffffffffu}) {
          for (const char* name : {"copy", "init", "array_copy", "array_init"})
            calls.push_back({name, {Value::I32(a), Value::I32(b), Value::I32(c)}});
        }
      }
      calls.push_back({"call", {Value::I32(a)}});
    }
    calls.push_back({"drop", {}});
  }
  ExpectSameEverywhere(wat, calls);
}

}  // namespace
}  // namespace gantry::security_tests
