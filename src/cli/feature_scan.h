// FeaturesUsed: which proposals a module needs, found by looking at every instruction and type of it.
#pragma once

#include "base/error.h"
#include "wasm/features.h"
#include "wasm/module.h"

namespace gantry::cli {

Result<wasm::Features> FeaturesUsed(const wasm::Module& module);

}  // namespace gantry::cli
