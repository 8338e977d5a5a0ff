// Stores, modules, instances, externs and foreign objects of wasm.h. Tested by tests/capi/wasm_objects.c.
#include <utility>

#include "capi/kinds.h"
#include "capi/module_types.h"
#include "capi/types.h"
#include "capi/vec.h"
#include "capi/wasm_refs.h"
#include "engine/linker.h"

namespace gantry::capi {

namespace {

wasm_module_t* NewModule(const wasm_store_t& store, Result<std::shared_ptr<const engine::Module>> module) {
  return module ? store.store->Adopt(new wasm_module_t(*std::move(module))) : nullptr;
}

wasm_trap_t* Refuse(WasmStore& store, std::string why) {
  return NewTrap(store, Error(ErrorClass::Usage, std::move(why)));
}

// The imports as the engine wants them; else a trap in *refusal.
std::vector<runtime::Extern> ItemsOf(WasmStore& store, std::span<wasm_extern_t* const> imports,
                                     Owned<wasm_trap_t>* refusal) {
  std::vector<runtime::Extern> items;
  items.reserve(imports.size());
  for (const wasm_extern_t* import : imports) {
    if (import == nullptr || import->home != &store) {
      refusal->reset(Refuse(store, "import " + std::to_string(items.size()) +
                                       (import == nullptr ? " is missing" : " belongs to another store")));
      return {};
    }
    items.push_back(import->item);
  }
  return items;
}

}  // namespace

}  // namespace gantry::capi

using namespace gantry;        // NOLINT: from here on the C functions
using namespace gantry::capi;  // NOLINT

// --- stores

wasm_store_t* wasm_store_new(wasm_engine_t* engine) {
  return new wasm_store_t{std::make_shared<WasmStore>(engine->engine)};
}
void wasm_store_delete(wasm_store_t* store) { delete store; }

// --- modules

wasm_module_t* wasm_module_new(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  return NewModule(*store, CompileBinary({store->store->engine()}, TextOf(*binary)));
}

bool wasm_module_validate(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  return engine::Module::Validate(*store->store->engine(), wasm::ModuleBytes::Copy(Bytes(*binary))).has_value();
}

void wasm_module_imports(const wasm_module_t* module, wasm_importtype_vec_t* out) { ListImports(*module->module, out); }
void wasm_module_exports(const wasm_module_t* module, wasm_exporttype_vec_t* out) { ListExports(*module->module, out); }

void wasm_module_serialize(const wasm_module_t* module, wasm_byte_vec_t* out) {
  const std::vector<uint8_t>& image = module->module->Image();
  *out = NewByteVec({reinterpret_cast<const char*>(image.data()), image.size()});
}

wasm_module_t* wasm_module_deserialize(wasm_store_t* store, const wasm_byte_vec_t* image) {
  return NewModule(*store, Deserialize({store->store->engine()}, TextOf(*image)));
}

wasm_shared_module_t* wasm_module_share(const wasm_module_t* module) {
  return new wasm_shared_module_t{module->module};
}
void wasm_shared_module_delete(wasm_shared_module_t* shared) { delete shared; }

wasm_module_t* wasm_module_obtain(wasm_store_t* store, const wasm_shared_module_t* shared) {
  return shared->module->engine() == store->store->engine() ? NewModule(*store, shared->module) : nullptr;
}

// --- instances

wasm_instance_t* wasm_instance_new(wasm_store_t* store, const wasm_module_t* module, const wasm_extern_vec_t* imports,
                                   wasm_trap_t** trap) {
  WasmStore& to = *store->store;
  Owned<wasm_trap_t> failure;
  const std::vector<runtime::Extern> items =
      imports == nullptr ? std::vector<runtime::Extern>() : ItemsOf(to, Elements(*imports), &failure);
  runtime::Instance* instance = nullptr;
  if (failure == nullptr) {
    auto made = engine::Instantiate(to.state().engine_store, *module->module, items);
    if (made) {
      instance = *made;
    } else {
      failure.reset(NewTrap(to, std::move(made).error()));
    }
  }
  to.Settle();
  if (trap != nullptr) *trap = failure.release();
  return instance == nullptr ? nullptr : to.RecordOf(instance);
}

void wasm_instance_exports(const wasm_instance_t* instance, wasm_extern_vec_t* out) {
  const size_t count = instance->instance->module().exports.size();
  if (!AllocateVec(out, count)) return;
  for (size_t i = 0; i < count; ++i) {
    out->data[i] = instance->store->RecordOf(instance->instance->ExportAt(static_cast<uint32_t>(i)));
  }
}

// --- externs

wasm_externkind_t wasm_extern_kind(const wasm_extern_t* item) { return ExternKindOf(item->item.kind); }

wasm_externtype_t* wasm_extern_type(const wasm_extern_t* item) {
  const runtime::Extern& object = item->item;
  switch (object.kind) {
    case wasm::ExternKind::Func:
      return NewFuncType(object.func->type());
    case wasm::ExternKind::Global:
      return NewGlobalType(object.global->type);
    case wasm::ExternKind::Table:
      return NewTableType(object.table->type());
    case wasm::ExternKind::Memory:
      return NewMemoryType(object.memory->storage->type());
    case wasm::ExternKind::Tag:
      return NewTagType(object.tag->def.type);
    case wasm::ExternKind::Module:
    case wasm::ExternKind::Instance:
      break;
  }
  wasm::ExternType type;
  type.kind = object.kind;
  return NewExternType(type, nullptr);
}

// --- foreign objects

wasm_foreign_t* wasm_foreign_new(wasm_store_t* store) { return store->store->Adopt(new wasm_foreign_t); }
