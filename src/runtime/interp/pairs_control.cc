// Pairs of branches and moves with what is around them.
#define GANTRY_PAIRS_HERE GANTRY_PAIRS_CONTROL
#define GANTRY_PAIRS_TABLES kPairsControl
#include "runtime/interp/pair_handlers.inc"
