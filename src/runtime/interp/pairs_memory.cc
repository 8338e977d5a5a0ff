// Pairs of loads and stores with what is around them.
#define GANTRY_PAIRS_HERE GANTRY_PAIRS_MEMORY
#include "runtime/interp/pair_handlers.inc"
