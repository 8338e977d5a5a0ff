// The modules that every script may import without defining them:
//   "spectest"   what the official suite names: print functions, globals, tables, memories (its interpreter/README)
//   "wasmtime"   `gc`, a function that collects garbage now
// Fresh for each script: a script may write to what it imports.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "engine/engine.h"
#include "runtime/store.h"

namespace gantry::wast {

using Items = std::map<std::string, runtime::Extern, std::less<>>;

// The items of one of these modules, made in the store. Empty for another name.
Result<Items> MakeHostModule(engine::Store& store, std::string_view name);

}  // namespace gantry::wast
