// Work on several threads at once, for as long as a call lasts.
#pragma once

#include <cstdint>
#include <functional>

namespace gantry::platform {

// How many threads can run at once on this machine; at least 1.
uint32_t ProcessorCount();

// Runs `work` on the calling thread and on up to `threads` - 1 others at once; returns when all are done. `work` takes
// its share from something they have in common, so that any number of threads does all of it: a host that refuses
// threads costs time and nothing else. `work` must not throw.
void RunOnThreads(uint32_t threads, const std::function<void()>& work);

}  // namespace gantry::platform
