// C++ sides of the builtins (abi/builtins.def).
#pragma once

#include "abi/native.h"

namespace gantry::native {

struct BuiltinRow {
  abi::BuiltinShape shape;
  abi::BuiltinFunction function;
};
// By number.
extern const BuiltinRow kBuiltins[abi::kBuiltinCount];

}  // namespace gantry::native
