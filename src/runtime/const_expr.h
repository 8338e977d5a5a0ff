// Evaluation of constant expressions (spec 3.4.10) for a validated module, in an instance that is being made.
#pragma once

#include "runtime/instance.h"
#include "runtime/instance_plan.h"

namespace gantry::runtime {

struct ConstValue {
  abi::Slot low = 0;
  abi::Slot high = 0;
};

// Expressions of one instruction that cannot fail: Value, Func and Global.
inline ConstValue SimpleConstValue(const ConstInit& init, const Instance& instance) {
  switch (init.kind) {
    case ConstInit::Kind::Func:
      return {reinterpret_cast<uintptr_t>(instance.Func(init.index)), 0};
    case ConstInit::Kind::Global: {
      const abi::GlobalCell* cell = instance.context()->globals[init.index];
      return {cell->low, cell->high};
    }
    default:
      return {init.low, init.high};
  }
}

// The expression at the start of `expr`; `*end` (if given) is the offset behind its `end`. May allocate and collect;
// the result is not rooted. A status other than Ok is pending in the store.
abi::Status EvalConstExpr(Instance& instance, wasm::ConstExpr expr, ConstValue* out, uint32_t* end = nullptr);

inline abi::Status EvalConst(Instance& instance, const ConstInit& init, wasm::ConstExpr expr, ConstValue* out) {
  if (init.kind == ConstInit::Kind::General) return EvalConstExpr(instance, expr, out);
  *out = SimpleConstValue(init, instance);
  return abi::Status::Ok;
}

}  // namespace gantry::runtime
