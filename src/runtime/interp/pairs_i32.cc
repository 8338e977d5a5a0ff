// Pairs of 32-bit integer operations.
#define GANTRY_PAIRS_HERE GANTRY_PAIRS_I32
#include "runtime/interp/pair_handlers.inc"
