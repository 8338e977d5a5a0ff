#include "runtime/pool.h"

#include <fmt/core.h>

namespace gantry::runtime {

Result<void> Pool::Take(Pooled kind, uint32_t count) {
  constexpr const char* kNames[kPooledKinds] = {"core instances", "memories", "tables", "GC heaps", "fibers"};
  const int index = static_cast<int>(kind);
  const uint32_t limit = limits_.total[index];
  uint32_t used = used_[index].load(std::memory_order_relaxed);
  do {
    if (count > limit || used > limit - count) {
      return std::unexpected(
          Error(ErrorClass::Limit, fmt::format("maximum concurrent limit of {} for {} reached", limit, kNames[index])));
    }
  } while (!used_[index].compare_exchange_weak(used, used + count, std::memory_order_relaxed));
  return {};
}

}  // namespace gantry::runtime
