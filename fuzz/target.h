// FuzzOne: what every target defines. Aborts with a message when a property is broken; returns 0 otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

int FuzzOne(const uint8_t* data, size_t size);

namespace gantry::fuzz {

// Ends the process if a property of the input is broken.
inline void Require(bool holds, const char* property, const std::string& detail = {}) {
  if (holds) return;
  std::fprintf(stderr, "broken property: %s\n%s\n", property, detail.c_str());
  std::abort();
}

}  // namespace gantry::fuzz
