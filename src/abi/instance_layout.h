// Where the arrays behind an InstanceContext lie, as byte offsets from it: facts of the module, the same in all its
// instances, so that code reaches [context + constant]. The runtime's own parts follow (runtime/instance_plan.h).
#pragma once

#include <cstdint>

#include "abi/context.h"
#include "wasm/module.h"

namespace gantry::abi {

// Hands out places in an allocation. Module limits keep sums below 4 GiB.
class Layouter {
 public:
  template <class T>
  constexpr uint32_t Array(uint64_t count) {
    next_ = (next_ + alignof(T) - 1) & ~uint64_t{alignof(T) - 1};
    const uint64_t at = next_;
    next_ += count * sizeof(T);
    return static_cast<uint32_t>(at);
  }
  uint64_t size() const { return next_; }

 private:
  uint64_t next_ = sizeof(InstanceContext);
};

struct ContextLayout {
  uint32_t memories, tables, globals, tags, imported_funcs;  // arrays of pointers, by index, imports included
  uint32_t funcs;                                            // FuncRef[defined]
  uint32_t cells;                                            // GlobalCell[defined]
  uint32_t descriptors;                                      // uint32_t[types], if the module has GC types
  uint32_t canon;                                            // CanonId[types]

  static ContextLayout Of(const wasm::Module& module, bool has_gc_types, Layouter* layouter) {
    ContextLayout layout;
    layout.memories = layouter->Array<MemoryDef*>(module.memories.size());
    layout.tables = layouter->Array<TableDef*>(module.tables.size());
    layout.globals = layouter->Array<GlobalCell*>(module.globals.size());
    layout.tags = layouter->Array<TagDef*>(module.tags.size());
    layout.imported_funcs = layouter->Array<FuncRef*>(module.imported_funcs);
    layout.cells = layouter->Array<GlobalCell>(module.globals.size() - module.imported_globals);
    layout.descriptors = layouter->Array<uint32_t>(has_gc_types ? module.types.size() : 0);
    layout.canon = layouter->Array<wasm::CanonId>(module.types.size());
    layout.funcs = layouter->Array<FuncRef>(module.funcs.size() - module.imported_funcs);
    return layout;
  }
};

}  // namespace gantry::abi
