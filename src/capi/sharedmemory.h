// A shared memory in the embedder's hands: one of the owners of its storage.
#pragma once

#include <wasmtime/sharedmemory.h>

#include <memory>

#include "runtime/memory.h"

struct wasmtime_sharedmemory {
  std::shared_ptr<gantry::runtime::MemoryStorage> storage;
};
