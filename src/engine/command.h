// Commands: modules that run once and end, those that export `_start`. Where another module imports their functions,
// every call gets a fresh instance, so that nothing of one call is left in the next. Tested by
// tests/cli/run/preload.test and tests/capi.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "engine/linker.h"

namespace gantry::engine {

// Other modules are reactors: one instance, of which `_initialize` is called if it is there. Error (Usage) for a module
// that exports both.
Result<bool> IsCommand(const wasm::Module& module);

// What a command may export besides functions, which is of no use to others: what toolchains export by habit, or
// anything.
enum class OtherExports : uint8_t { Habitual, All };

// Defines the functions that a command exports under `name`. `store_of`: the engine's store of one that calls; it must
// outlive the linker and every store that uses the functions. Error (Unlinkable) for imports that the linker does not
// define, (Usage) for other exports.
Result<void> DefineCommand(Linker& linker, std::string_view name, const std::shared_ptr<const Module>& module,
                           OtherExports others, std::function<Store&(runtime::Store&)> store_of);

}  // namespace gantry::engine
