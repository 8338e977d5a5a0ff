// Kinds of values and the registers that hold them, as the baseline compiler's abstract state knows them.
#pragma once

#include <bit>
#include <cstdint>
#include <iterator>

#include "abi/gc_layout.h"
#include "wasm/module.h"
#include "wasm/opcode.h"
#include "wasm/type_registry.h"

namespace gantry::baseline {

// How a value is held. An I32 in a register has zeros in bits 32 to 63 [class A]; its home has four valid bytes. A Ref
// is a GC reference, a cage offset zero-extended to 64 bits in registers and homes; a Func is a FuncRef pointer.
enum class Kind : uint8_t { I32, I64, F32, F64, V128, Func, Ref };

// By hardware number: general registers from 0, vector registers from 16.
using Reg = uint8_t;
using RegSet = uint32_t;
inline constexpr Reg kNoReg = 0xff;
inline constexpr Reg kFirstVector = 16;
inline constexpr int kRegCount = 32;
inline constexpr RegSet kGeneralRegs = 0x0000ffff, kVectorRegs = 0xffff0000;

constexpr RegSet SetOf(Reg reg) { return RegSet{1} << reg; }
constexpr bool Contains(RegSet set, Reg reg) { return (set >> reg & 1) != 0; }
constexpr Reg Lowest(RegSet set) { return static_cast<Reg>(std::countr_zero(set)); }
// The lowest register of *set, taken out of it.
constexpr Reg TakeLowest(RegSet* set) {
  const Reg reg = Lowest(*set);
  *set &= *set - 1;
  return reg;
}

constexpr bool IsVector(Kind kind) { return kind == Kind::F32 || kind == Kind::F64 || kind == Kind::V128; }
constexpr RegSet ClassOf(Kind kind) { return IsVector(kind) ? kVectorRegs : kGeneralRegs; }
// Bytes of a value's home in the frame.
constexpr int32_t HomeBytes(Kind kind) { return kind == Kind::V128 ? 16 : 8; }

// `type` is syntactic (module type indices).
inline Kind KindOf(const wasm::Module& module, wasm::ValType type) {
  if (!type.is_ref()) [[likely]] {
    // By wasm::TypeKind; packed ones are i32 on the operand stack.
    constexpr Kind kKinds[] = {Kind::I32, Kind::I32, Kind::I64, Kind::F32, Kind::F64, Kind::V128, Kind::I32, Kind::I32};
    static_assert(std::size(kKinds) == static_cast<size_t>(wasm::TypeKind::Ref));
    return kKinds[static_cast<size_t>(type.kind())];
  }
  const wasm::HeapType heap = type.heap();
  const bool func = heap.is_concrete() ? module.types[heap.index()].kind == wasm::CompKind::Func
                                       : wasm::TopOf(heap) == wasm::HeapKind::Func;
  return func ? Kind::Func : Kind::Ref;
}

// Facts by instruction.
template <class Row>
struct OpTable {
  Row rows[wasm::kOpCount];
  constexpr Row& operator[](wasm::Op op) { return rows[static_cast<int>(op)]; }
  constexpr const Row& operator[](wasm::Op op) const { return rows[static_cast<int>(op)]; }
};

namespace internal {

// One byte per instruction: the table of all facts is too large for the cache.
inline constexpr OpTable<wasm::OpFamily> kFamilies = [] {
  OpTable<wasm::OpFamily> families{};
  for (int i = 0; i < wasm::kOpCount; ++i) families.rows[i] = wasm::InfoOf(static_cast<wasm::Op>(i)).family;
  return families;
}();

}  // namespace internal

inline wasm::OpFamily FamilyOf(wasm::Op op) { return internal::kFamilies[op]; }

}  // namespace gantry::baseline
