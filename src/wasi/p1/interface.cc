#include "wasi/p1/interface.h"

namespace gantry::wasi::p1 {

static constexpr FunctionInfo kFunctions[] = {
#define WASI_FUNCTION(modules, name, Handler, signature, parameters, doc) \
  {Modules::modules, #name, signature, parameters, doc},
#include "wasi/p1/functions.def"
};

std::span<const FunctionInfo> Functions() { return kFunctions; }

}  // namespace gantry::wasi::p1
