#include "abi/traps.h"

namespace gantry::abi {

namespace {

struct TrapRow {
  uint8_t api_code;
  std::string_view suite;
  std::string_view reference;
};

constexpr TrapRow kTraps[] = {
#define GANTRY_TRAP(Id, api_code, suite, reference) {api_code, suite, reference},
#include "abi/traps.def"
};

}  // namespace

std::string_view SuiteText(TrapCode code) { return kTraps[static_cast<size_t>(code)].suite; }
std::string_view ReferenceText(TrapCode code) { return kTraps[static_cast<size_t>(code)].reference; }
uint8_t ApiCode(TrapCode code) { return kTraps[static_cast<size_t>(code)].api_code; }

}  // namespace gantry::abi
