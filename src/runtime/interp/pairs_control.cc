// Pairs of branches and moves with what is around them.
#define GANTRY_PAIRS_HERE GANTRY_PAIRS_CONTROL
#include "runtime/interp/pair_handlers.inc"
