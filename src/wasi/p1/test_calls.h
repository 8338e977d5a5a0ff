// For tests: every function of WASI 0.1 as one C++ type, with arguments as a guest's slots, and a guest memory between
// fences.
#pragma once

#include <sys/mman.h>

#include <cstdlib>
#include <utility>

#include "wasi/p1/functions.h"
#include "wasi/p1/interface.h"

namespace gantry::wasi::p1 {

// A guest memory that ends at an inaccessible page on both sides.
class FencedMemory {
 public:
  static constexpr size_t kSize = 1 << 16;
  FencedMemory() {
    map_ = static_cast<uint8_t*>(mmap(nullptr, kSize + 2 * kFence, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (map_ == MAP_FAILED || mprotect(map_ + kFence, kSize, PROT_READ | PROT_WRITE) != 0) abort();
  }
  ~FencedMemory() { munmap(map_, kSize + 2 * kFence); }
  FencedMemory(const FencedMemory&) = delete;
  FencedMemory& operator=(const FencedMemory&) = delete;
  GuestMemory view() const { return {map_ + kFence, kSize}; }

 private:
  static constexpr size_t kFence = 1 << 16;
  uint8_t* map_;
};

using Call = Errno (*)(WasiContext&, GuestMemory, const uint64_t* args);

template <auto kHandler>
struct CallOf;
template <class... Args, Errno (*kHandler)(WasiContext&, GuestMemory, Args...)>
struct CallOf<kHandler> {
  static Errno Run(WasiContext& context, GuestMemory memory, const uint64_t* args) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return kHandler(context, memory, static_cast<Args>(args[I])...);
    }(std::index_sequence_for<Args...>{});
  }
};
template <void (*kHandler)(WasiContext&, GuestMemory, uint32_t)>
struct CallOf<kHandler> {
  static Errno Run(WasiContext& context, GuestMemory memory, const uint64_t* args) {
    kHandler(context, memory, static_cast<uint32_t>(args[0]));
    return Errno::Success;
  }
};

// By the rows of functions.def, as Functions().
inline constexpr Call kCalls[] = {
#define WASI_FUNCTION(modules, name, Handler, signature, parameters, doc) &CallOf<&Handler>::Run,
#include "wasi/p1/functions.def"
};
inline constexpr size_t kMaxParameters = 9;  // path_open

}  // namespace gantry::wasi::p1
