// Configurations of wasi.h as contexts of WASI programs.
#pragma once

#include <wasi.h>

#include <memory>

#include "base/error.h"
#include "wasi/p1/context.h"

namespace gantry::capi {

// Takes the configuration. Error: what WasiContext::Create says, or Usage without a configuration.
Result<std::shared_ptr<wasi::WasiContext>> TakeWasiContext(wasi_config_t* config);

}  // namespace gantry::capi
