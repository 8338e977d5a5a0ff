// Which instructions have variants with the accumulator (rcode.def), and how to get from one to the other.
#pragma once

#include "runtime/interp/rcode.h"

namespace gantry::interp {

inline constexpr ROp kNoForm = ROp::Refused;

struct AccForm {
  ROp to = kNoForm;                            // the same with the result in the accumulator
  ROp from = kNoForm;                          // the reverse
  ROp input[3] = {kNoForm, kNoForm, kNoForm};  // the same with the operand of field a, b or c in the accumulator
  ROp base = kNoForm;                          // of such a variant: what it comes from, and the field
  uint8_t field = 0;
  bool commutative = false;  // b and c may be exchanged
};

const AccForm& AccFormOf(ROp op);

}  // namespace gantry::interp
