// Ref: a garbage-collected reference. 0 is null, odd an i31, anything else a cage offset (abi/gc_layout.h).
#pragma once

#include <cstdint>

namespace gantry::gc {

using Ref = uint32_t;

inline bool IsI31(Ref ref) { return (ref & 1) != 0; }
inline bool IsObject(Ref ref) { return ref != 0 && !IsI31(ref); }
inline Ref MakeI31(uint32_t value) { return value << 1 | 1; }

}  // namespace gantry::gc
