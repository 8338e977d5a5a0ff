#include "runtime/native/code_registry.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.h"

namespace gantry::native {

namespace {

struct Range {
  uintptr_t begin, end;
  const NativeModule* module;
};

// Sorted; a version is never changed once it can be seen.
using Ranges = std::vector<Range>;

struct Registry {
  std::mutex mutex;  // serialises changes
  std::atomic<const Ranges*> current{new Ranges};
  std::atomic<int> readers{0};

  // A version is freed when nobody reads any more. A reader never waits, so this ends; and the thread that changes the
  // registry is no reader itself, whatever signals come to it. A child of a fork that has only this thread may find
  // readers that will never leave: hence OnFork.
  void Replace(const Ranges* next) {
    const Ranges* old = current.exchange(next);
    while (readers.load() != 0) std::this_thread::yield();
    delete old;
  }
};

Registry& The() {
  static Registry* registry = [] {
    auto* made = new Registry;  // never destroyed: code may fault during exit
    pthread_atfork([] { The().mutex.lock(); }, [] { The().mutex.unlock(); },
                   [] {
                     The().readers.store(0);
                     The().mutex.unlock();
                   });
    return made;
  }();
  return *registry;
}

}  // namespace

void RegisterCode(const void* begin, uint64_t size, const NativeModule* module) {
  const uintptr_t start = reinterpret_cast<uintptr_t>(begin);
  Registry& registry = The();
  std::lock_guard lock(registry.mutex);
  auto next = std::make_unique<Ranges>(*registry.current.load());
  const auto at =
      std::lower_bound(next->begin(), next->end(), start, [](const Range& r, uintptr_t pc) { return r.begin < pc; });
  next->insert(at, {start, start + size, module});
  registry.Replace(next.release());
}

void UnregisterCode(const void* begin) {
  const uintptr_t start = reinterpret_cast<uintptr_t>(begin);
  Registry& registry = The();
  std::lock_guard lock(registry.mutex);
  auto next = std::make_unique<Ranges>(*registry.current.load());
  const size_t erased = std::erase_if(*next, [&](const Range& r) { return r.begin == start; });
  GANTRY_CHECK(erased == 1, "code is in the registry until it is unregistered");
  registry.Replace(next.release());
}

const NativeModule* FindCode(uintptr_t pc) {
  Registry& registry = The();
  registry.readers.fetch_add(1);
  const Ranges& ranges = *registry.current.load();
  auto after =
      std::upper_bound(ranges.begin(), ranges.end(), pc, [](uintptr_t p, const Range& r) { return p < r.begin; });
  const NativeModule* module = after != ranges.begin() && pc < (after - 1)->end ? (after - 1)->module : nullptr;
  registry.readers.fetch_sub(1);
  return module;
}

}  // namespace gantry::native
