// wasmtime/extern.h: items of any kind.
#include <gantry.h>

#include "capi/core.h"
#include "capi/sharedmemory.h"
#include "capi/types.h"

namespace gantry::capi {

using runtime::Extern;
using wasm::ExternKind;

wasmtime_extern_t ToExtern(const StoreState& state, const Extern& item) {
  wasmtime_extern_t out{};
  switch (item.kind) {
    case ExternKind::Func:
      out.kind = WASMTIME_EXTERN_FUNC;
      out.of.func = Pack(state, item.func);
      break;
    case ExternKind::Global:
      out.kind = WASMTIME_EXTERN_GLOBAL;
      out.of.global = Pack(state, item.global);
      break;
    case ExternKind::Table:
      out.kind = WASMTIME_EXTERN_TABLE;
      out.of.table = Pack(state, item.table);
      break;
    case ExternKind::Memory:
      if (item.memory->storage->type().is_shared) {
        out.kind = WASMTIME_EXTERN_SHAREDMEMORY;
        out.of.sharedmemory = new wasmtime_sharedmemory{item.memory->storage};
      } else {
        out.kind = WASMTIME_EXTERN_MEMORY;
        out.of.memory = Pack(state, item.memory);
      }
      break;
    case ExternKind::Tag:
      out.kind = WASMTIME_EXTERN_TAG;
      out.of.tag = Pack(state, item.tag);
      break;
    case ExternKind::Module:
      return PackLinked(state, GANTRY_EXTERN_MODULE, item.module);
    case ExternKind::Instance:
      return PackLinked(state, GANTRY_EXTERN_INSTANCE, item.instance);
  }
  return out;
}

Result<Extern> FromExtern(StoreState& state, const wasmtime_extern_t& item) {
  Extern out{.kind = ExternKind::Func, .func = nullptr};
  uint64_t owner = state.id();
  switch (item.kind) {
    case WASMTIME_EXTERN_FUNC:
    case GANTRY_EXTERN_MODULE:
    case GANTRY_EXTERN_INSTANCE:
      owner = item.of.func.store_id;
      break;
    case WASMTIME_EXTERN_GLOBAL:
      owner = item.of.global.store_id;
      break;
    case WASMTIME_EXTERN_TABLE:
      owner = item.of.table.store_id;
      break;
    case WASMTIME_EXTERN_MEMORY:
      owner = item.of.memory.store_id;
      break;
    case WASMTIME_EXTERN_SHAREDMEMORY:
      break;
    case WASMTIME_EXTERN_TAG:
      owner = item.of.tag.store_id;
      break;
    default:
      return std::unexpected(Error(ErrorClass::Usage, "an item of unknown kind " + std::to_string(item.kind)));
  }
  if (owner != state.id()) {
    return std::unexpected(Error(ErrorClass::Usage, "an item was used with a store that it does not belong to"));
  }
  switch (item.kind) {
    case WASMTIME_EXTERN_FUNC:
      out.func = Unpack(state, item.of.func);
      break;
    case WASMTIME_EXTERN_GLOBAL:
      out.kind = ExternKind::Global;
      out.global = Unpack(state, item.of.global);
      break;
    case WASMTIME_EXTERN_TABLE:
      out.kind = ExternKind::Table;
      out.table = Unpack(state, item.of.table);
      break;
    case WASMTIME_EXTERN_MEMORY:
      out.kind = ExternKind::Memory;
      out.memory = Unpack(state, item.of.memory);
      break;
    case WASMTIME_EXTERN_SHAREDMEMORY: {
      out.kind = ExternKind::Memory;
      GANTRY_ASSIGN_OR_RETURN(out.memory, state.runtime().AdoptMemory(item.of.sharedmemory->storage));
      break;
    }
    case WASMTIME_EXTERN_TAG:
      out.kind = ExternKind::Tag;
      out.tag = Unpack(state, item.of.tag);
      break;
    case GANTRY_EXTERN_MODULE:
      out.kind = ExternKind::Module;
      out.module = static_cast<const runtime::ModuleValue*>(item.of.func.__private);
      break;
    case GANTRY_EXTERN_INSTANCE:
      out.kind = ExternKind::Instance;
      out.instance = static_cast<const runtime::InstanceValue*>(item.of.func.__private);
      break;
  }
  return out;
}

}  // namespace gantry::capi

using namespace gantry;
using namespace gantry::capi;

void wasmtime_extern_delete(wasmtime_extern_t* val) {
  if (val->kind == WASMTIME_EXTERN_SHAREDMEMORY) wasmtime_sharedmemory_delete(val->of.sharedmemory);
}

wasm_externtype_t* wasmtime_extern_type(wasmtime_context_t* context, const wasmtime_extern_t* val) {
  StoreState& state = StoreState::Of(context);
  switch (val->kind) {
    case WASMTIME_EXTERN_FUNC:
      return NewFuncType(Unpack(state, val->of.func)->type());
    case WASMTIME_EXTERN_GLOBAL:
      return NewGlobalType(Unpack(state, val->of.global)->type);
    case WASMTIME_EXTERN_TABLE:
      return NewTableType(Unpack(state, val->of.table)->type());
    case WASMTIME_EXTERN_MEMORY:
      return NewMemoryType(Unpack(state, val->of.memory)->storage->type());
    case WASMTIME_EXTERN_SHAREDMEMORY:
      return NewMemoryType(val->of.sharedmemory->storage->type());
    case WASMTIME_EXTERN_TAG:
      return NewTagType(Unpack(state, val->of.tag)->def.type);
    case GANTRY_EXTERN_MODULE:
      return NewExternType({.kind = wasm::ExternKind::Module}, nullptr);
    case GANTRY_EXTERN_INSTANCE:
      return NewExternType({.kind = wasm::ExternKind::Instance}, nullptr);
    default:
      ApiMisuse("an item of unknown kind");
  }
}
