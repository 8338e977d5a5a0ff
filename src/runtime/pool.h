// Pool: how many things of each kind all stores of an engine have together, and the bounds on that.
//
// Instances are cheap to make one by one here, so nothing is kept ready; what an embedder gets from the pooling
// allocator are its bounds. [I1] What was taken is given back exactly once, when the store that took it dies.
// Thread-safe. Tested by tests/capi.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/error.h"

namespace gantry::runtime {

enum class Pooled : uint8_t { Instance, Memory, Table, Heap, Stack };
inline constexpr int kPooledKinds = 5;

struct PoolLimits {
  uint32_t total[kPooledKinds] = {1000, 1000, 1000, 1000, 1000};  // by Pooled
  uint32_t memories_per_module = 1;
  uint32_t tables_per_module = 1;
  uint64_t memory_bytes = uint64_t{4} << 30;  // of each memory
  uint64_t table_elements = 20000;            // of each table
};

class Pool {
 public:
  explicit Pool(const PoolLimits& limits) : limits_(limits) {}

  const PoolLimits& limits() const { return limits_; }
  // Error (Limit) when there would be too many; nothing is taken then.
  Result<void> Take(Pooled kind, uint32_t count);
  void GiveBack(Pooled kind, uint32_t count) {
    used_[static_cast<int>(kind)].fetch_sub(count, std::memory_order_relaxed);
  }

 private:
  PoolLimits limits_;
  std::atomic<uint32_t> used_[kPooledKinds] = {};
};

}  // namespace gantry::runtime
