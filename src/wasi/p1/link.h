// Gives WASI 0.1 to modules: defines every function of functions.def in a linker.
#pragma once

#include <memory>

#include "base/error.h"
#include "engine/linker.h"
#include "wasi/p1/context.h"

namespace gantry::wasi {

// Defines "wasi_snapshot_preview1" and, unless told not to, "wasi_unstable" over one context; null: over the one that
// the calling store has as its data (runtime::Store::data). The functions work on the memory that the calling instance
// exports as "memory". proc_exit ends the call with the store's Exit status for codes 0 to 125; others are an error.
// The context serves one store at a time.
enum class Preview0 : uint8_t { No, Yes };
Result<void> AddToLinker(engine::Linker& linker, std::shared_ptr<WasiContext> context,
                         Preview0 preview0 = Preview0::Yes);

}  // namespace gantry::wasi
