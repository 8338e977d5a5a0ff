// Flatten: static linking. A blob of linked modules whose instances are all known becomes one core module that does the
// same.
//
// The Programs are run on paper: an instance is what its items became, so every alias, argument and capture vanishes.
// Definitions of each instance are appended in the order in which instances come to life; equal types stand once.
// Segments become passive, and one start function runs them and the start functions of instances in their order, since
// a child's start comes before its parent's segments.
//
// An import of an instance becomes imports of its items by two names, which means the same.
//
// Refused, with a message: other imports by one name, imports and exports of modules and of instances within instances,
// a table without null that is filled with a global of the file (a core module's tables come before its globals), and
// more than 10,000 instances.
//
// The result needs multi-memory if more than one instance has a memory. Tested by tests/cli/flatten/flatten.test.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "link/plan.h"

namespace gantry::link {

// The modules of the plan are validated. The result has not been.
Result<std::vector<uint8_t>> Flatten(const LinkPlan& plan);

}  // namespace gantry::link
