#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace gantry {

void CheckFailed(const char* file, int line, const char* condition, const char* message) {
  std::fprintf(stderr, "gantry: internal error at %s:%d: %s %s\n", file, line, condition, message);
  std::abort();
}

}  // namespace gantry
