// Where arguments and results of native calls lie: the one place that says so, for compilers and stubs alike.
//
// Integers and references take the registers of kValueGprs in order, floats and vectors those of kValueXmms; what finds
// none left lies on the stack. Arguments and results are assigned each on their own, by the same rule. An i32 and a GC
// reference fill their register, upper half zero; what is above an f32 or f64 in a vector register means nothing.
//
// Stack arguments lie from rsp upwards at the call, in 8-byte cells (v128: 16, aligned); the callee pops them. Results
// on the stack lie in an area that the caller reserves directly above the arguments; it stays when the callee has
// returned. Both areas are multiples of 16 bytes, and so is rsp at the call. In the callee, when rbp is its own:
//
//   argument at rbp + kIncomingArgs + place.offset        result at rbp + kIncomingArgs + argument bytes + place.offset
//
// Tested by call_layout_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wasm/types.h"

namespace gantry::abi {

// Hardware numbers: rax rdx rcx rsi rdi r8 r9; xmm0 to xmm7.
inline constexpr uint8_t kValueGprs[] = {0, 2, 1, 6, 7, 8, 9};
inline constexpr uint8_t kValueXmms[] = {0, 1, 2, 3, 4, 5, 6, 7};
inline constexpr uint32_t kIncomingArgs = 16;  // behind the saved rbp and the return address

struct Place {
  enum class Kind : uint8_t { Gpr, Xmm, Stack };
  Kind kind;
  uint8_t reg = 0;      // hardware number, unless on the stack
  uint32_t offset = 0;  // in its area
  constexpr bool operator==(const Place&) const = default;
};

// Assigns places to the values of a list, in order.
class PlaceAssigner {
 public:
  constexpr Place Next(wasm::ValType type) {
    const bool is_v128 = type.kind() == wasm::TypeKind::V128;
    if (is_v128 || type.kind() == wasm::TypeKind::F32 || type.kind() == wasm::TypeKind::F64) {
      if (xmms_ < std::size(kValueXmms)) return {Place::Kind::Xmm, kValueXmms[xmms_++]};
    } else if (gprs_ < std::size(kValueGprs)) {
      return {Place::Kind::Gpr, kValueGprs[gprs_++]};
    }
    if (is_v128) stack_ = (stack_ + 15) & ~15u;
    const uint32_t offset = stack_;
    stack_ += is_v128 ? 16 : 8;
    return {Place::Kind::Stack, 0, offset};
  }
  // Size of the area on the stack for the values so far.
  constexpr uint32_t stack_bytes() const { return (stack_ + 15) & ~15u; }

 private:
  uint32_t gprs_ = 0, xmms_ = 0, stack_ = 0;
};

struct CallLayout {
  std::vector<Place> params, results;
  uint32_t arg_bytes = 0;     // popped by the callee
  uint32_t result_bytes = 0;  // above them
};

inline CallLayout AssignCall(std::span<const wasm::ValType> params, std::span<const wasm::ValType> results) {
  CallLayout layout;
  PlaceAssigner args, outs;
  for (wasm::ValType type : params) layout.params.push_back(args.Next(type));
  for (wasm::ValType type : results) layout.results.push_back(outs.Next(type));
  layout.arg_bytes = args.stack_bytes();
  layout.result_bytes = outs.stack_bytes();
  return layout;
}

}  // namespace gantry::abi
