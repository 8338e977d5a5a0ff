// Memories and stacks that the embedder provides: its callbacks behind the engine's interfaces.
#pragma once

#include <wasmtime/async.h>
#include <wasmtime/config.h>

#include <memory>

#include "platform/fiber.h"
#include "runtime/memory.h"

namespace gantry::capi {

// What a memory should be able to grow to, and how much behind it should be inaccessible; only told to the embedder.
struct MemoryWishes {
  uint64_t reservation = uint64_t{4} << 30;
  uint64_t guard = uint64_t{32} << 20;
};

// `env` of the creators is taken over, finalizer included.
class HostMemoryCreator;
std::shared_ptr<HostMemoryCreator> NewMemoryCreator(const wasmtime_memory_creator_t& creator);
// The creator with what the settings say in the end.
std::shared_ptr<runtime::MemoryCreator> WithWishes(std::shared_ptr<const HostMemoryCreator> creator,
                                                   const MemoryWishes& wishes);
std::shared_ptr<platform::StackSource> NewStackSource(const wasmtime_stack_creator_t& creator);

}  // namespace gantry::capi
