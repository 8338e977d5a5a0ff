// gantry::num: the meaning of every numeric instruction, once. A row of wasm/opcodes.def in one of the value families
// has its function here under the row's name; the interpreter, constant folding, constant expressions and tests all
// call it.
//
//   i32 uint32_t · i64 uint64_t · f32 float · f64 double · v128 const V128&
//   Test, Compare        uint32_t 0 or 1
//   may trap             Checked<T> {value, trap}           (division, remainder, trunc)
//   Wide                 Wide {low, high}
//   ExtractLane, ReplaceLane take the lane as last parameter, Shuffle the 16 lane numbers
//
// All are constexpr; wasm/numeric_coverage_test.cc checks the table against them.
#pragma once

#include "base/numeric_convert.h"     // IWYU pragma: export
#include "base/numeric_float.h"       // IWYU pragma: export
#include "base/numeric_int.h"         // IWYU pragma: export
#include "base/numeric_relaxed.h"     // IWYU pragma: export
#include "base/numeric_simd.h"        // IWYU pragma: export
#include "base/numeric_simd_float.h"  // IWYU pragma: export
#include "base/numeric_simd_int.h"    // IWYU pragma: export
