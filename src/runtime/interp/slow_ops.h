// Instructions that handlers leave to ordinary functions, because a call is no cost beside the work. The state has been
// saved in the activation, so they may trap, collect and look at frames; a status other than Ok is pending in the
// store. `ip` is the instruction.
#pragma once

#include "runtime/interp/rcode.h"

namespace gantry::interp::slow {

#define GANTRY_SLOW(Name) abi::Status Name(const Word* ip, abi::Slot* fp, abi::InstanceContext* ctx)
GANTRY_SLOW(TableGrow);
GANTRY_SLOW(TableFill);
GANTRY_SLOW(TableCopy);
GANTRY_SLOW(TableInit);
GANTRY_SLOW(MemoryGrow);
GANTRY_SLOW(MemoryFill);
GANTRY_SLOW(MemoryCopy);
GANTRY_SLOW(MemoryInit);
GANTRY_SLOW(StructNew);
GANTRY_SLOW(StructNewDefault);
GANTRY_SLOW(ArrayNew);
GANTRY_SLOW(ArrayNewDefault);
GANTRY_SLOW(ArrayNewFixed);
GANTRY_SLOW(ArrayNewData);
GANTRY_SLOW(ArrayNewElem);
GANTRY_SLOW(ArrayFill);
GANTRY_SLOW(ArrayCopy);
GANTRY_SLOW(ArrayInitData);
GANTRY_SLOW(ArrayInitElem);
GANTRY_SLOW(Throw);
#undef GANTRY_SLOW

// `cell`: the checked address.
abi::Status Wait32(const Word* ip, abi::Slot* fp, abi::InstanceContext* ctx, uint8_t* cell);
abi::Status Wait64(const Word* ip, abi::Slot* fp, abi::InstanceContext* ctx, uint8_t* cell);
bool IsShared(const abi::InstanceContext* ctx, uint32_t memory);
uint64_t MemorySize(const abi::InstanceContext* ctx, uint32_t memory);  // in pages

bool IsFuncSubtype(wasm::CanonId sub, wasm::CanonId super);

}  // namespace gantry::interp::slow
