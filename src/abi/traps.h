// TrapCode and its texts, from traps.def.
#pragma once

#include <cstdint>
#include <string_view>

namespace gantry::abi {

enum class TrapCode : uint8_t {
#define GANTRY_TRAP(Id, api_code, suite, reference) Id,
#include "abi/traps.def"
};

std::string_view SuiteText(TrapCode code);
std::string_view ReferenceText(TrapCode code);
uint8_t ApiCode(TrapCode code);

}  // namespace gantry::abi
