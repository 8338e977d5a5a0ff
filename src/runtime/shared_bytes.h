// Bulk accesses to shared memories. Other threads may access the same bytes, so they are relaxed atomics (a plain
// memcpy would be a data race in C++); the proposal gives bulk instructions no more than that.
#pragma once

#include <cstdint>

namespace gantry::runtime {

// `from` is private.
void CopyToShared(uint8_t* to, const uint8_t* from, uint64_t count);
// Either may be shared; overlap is fine.
void MoveShared(uint8_t* to, const uint8_t* from, uint64_t count);
void FillShared(uint8_t* to, uint8_t value, uint64_t count);

}  // namespace gantry::runtime
