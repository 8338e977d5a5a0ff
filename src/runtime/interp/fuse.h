// Choosing pairs (pairs.h), and what users of register code need to know of them.
#pragma once

#include <span>

#include "runtime/interp/rcode.h"

namespace gantry::interp {

// The number in the first word of a pair; 0 (a valid op, but no pair's) if these two are none.
uint16_t PairOf(ROp first, ROp second);

// The op of an instruction by the number in its word, which may be a pair's.
ROp SingleOf(uint16_t number);

// Makes pairs in a function's finished code, as few dispatches as possible.
void FusePairs(std::span<uint64_t> code);

}  // namespace gantry::interp
