// Input: bytes of a module. A valid one runs within its limits without harm, and what it does does not depend on when
// the collector runs, nor on pairs of instructions.
#include "oracles/execution.h"
#include "target.h"

using namespace gantry;

int FuzzOne(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> bytes(data, data + size);
  const std::string plain = fuzz::Observe(bytes, {});
  if (plain.empty()) return 0;
  const std::string stressed = fuzz::Observe(bytes, {.collect_always = true, .pairs = false});
  fuzz::Require(plain == stressed, "neither collections nor pairs can be seen", plain + "---\n" + stressed);
  return 0;
}
