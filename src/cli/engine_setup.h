// From settings to the engine's configuration. One place, so that every command means the same by a key.
#pragma once

#include "cli/settings.h"
#include "engine/engine.h"

namespace gantry::cli {

engine::Config EngineConfigOf(const Settings& settings);
// Frames of a backtrace that are shown.
uint32_t ShownFrames(const Settings& settings);
runtime::StoreLimits StoreLimitsOf(const Settings& settings);

}  // namespace gantry::cli
