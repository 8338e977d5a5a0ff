// Names that the library exports before their part of the product exists: calling one ends the process and says which.
#include <cstdio>
#include <cstdlib>

// The declarations are not included: what these functions take does not matter.
#define GANTRY_LATER_Full(name)
#define GANTRY_LATER_Later(name)                                                \
  extern "C" [[noreturn]] __attribute__((visibility("default"))) void name();   \
  extern "C" void name() {                                                      \
    std::fprintf(stderr, "gantry: " #name " is not available in this build\n"); \
    std::abort();                                                               \
  }
#define GANTRY_API(name, header, status) GANTRY_LATER_##status(name)
#include "capi/api.def"
