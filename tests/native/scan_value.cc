#include "scan_value.h"

#include <cstddef>

namespace gantry::native_tests {

Value Join(const Value& a, const Value& b) {
  if (a == b) return a;
  Value value;
  if (a.what == b.what && a.arg == b.arg && a.number == b.number) {
    value = Value::Of(a.what, a.arg, a.number);
  } else if (a.is_func() && b.is_func()) {
    value.what = What::FuncRef;
  }
  value.clean = a.clean && b.clean;
  if (a.below == b.below && a.below_arg == b.below_arg) {
    value.below = a.below;
    value.below_arg = a.below_arg;
  }
  return value;
}

bool State::JoinWith(const State& other) {
  bool changed = false;
  for (std::size_t i = 0; i < regs.size(); ++i) {
    const Value value = Join(regs[i], other.regs[i]);
    changed |= value != regs[i];
    regs[i] = value;
  }
  for (auto it = cells.begin(); it != cells.end();) {
    const auto found = other.cells.find(it->first);
    const Value value = found == other.cells.end() ? Value() : Join(it->second, found->second);
    if (value == it->second) {
      ++it;
      continue;
    }
    changed = true;
    if (value == Value()) {
      it = cells.erase(it);
    } else {
      it->second = value;
      ++it;
    }
  }
  if (flags.about != Flags::About::Nothing && flags != other.flags) {
    flags = {};
    changed = true;
  }
  return changed;
}

}  // namespace gantry::native_tests
