// Pairs of 64-bit integer operations.
#define GANTRY_PAIRS_HERE GANTRY_PAIRS_I64
#include "runtime/interp/pair_handlers.inc"
