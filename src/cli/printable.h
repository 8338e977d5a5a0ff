// Printable: names that come from files, made safe to show on a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::cli {

// Control characters become \xx escapes; the rest, which is UTF-8, stays.
std::string Printable(std::string_view name);

// 1234567 -> "1,234,567".
std::string Grouped(uint64_t number);

}  // namespace gantry::cli
