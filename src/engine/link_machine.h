// LinkMachine: runs the Program of a module value and of every instance that it makes on the way (link/plan.h).
//
// [I1] Parents wait on an explicit stack: start functions may call into the host, and chains of modules may be long.
// [I2] A child's definitions, segments and start function come when its own steps are done, before the parent's next
// step. A trap
//      ends everything; what was done stays.
//
// Tested by link_machine_test.cc and tests/wast/module_linking/instantiate.wast.
#pragma once

#include <expected>
#include <span>

#include "runtime/instance.h"
#include "runtime/link_values.h"

namespace gantry::engine {

// `imports` are in the order of module.type().imports; their types are checked before anything runs.
std::expected<runtime::Instance*, runtime::Failure> RunLinking(runtime::Store& store,
                                                               const runtime::ModuleValue& module,
                                                               std::span<const runtime::Extern> imports);

}  // namespace gantry::engine
