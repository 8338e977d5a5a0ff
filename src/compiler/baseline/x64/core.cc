#include "compiler/baseline/body-inl.h"
#include "compiler/baseline/calls-inl.h"
#include "compiler/baseline/control-inl.h"
#include "compiler/baseline/moves-inl.h"
#include "compiler/baseline/state-inl.h"
#include "compiler/baseline/x64/compiler.h"

namespace gantry::baseline {

template class Core<X64Compiler, X64Machine>;

}  // namespace gantry::baseline
