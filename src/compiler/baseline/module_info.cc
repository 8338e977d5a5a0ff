#include "compiler/baseline/module_info.h"

#include "abi/gc_layout.h"

namespace gantry::baseline {

ModuleInfo::ModuleInfo(const wasm::Module& the_module, const Options& the_options)
    : module(the_module), options(the_options) {
  const wasm::TypeRegistry& registry = wasm::TypeRegistry::Get();
  calls.resize(module.types.size());
  fields.resize(module.types.size());
  for (size_t i = 0; i < module.types.size(); ++i) {
    const wasm::SubType& type = module.types[i];
    if (type.kind == wasm::CompKind::Func) {
      calls[i] = abi::AssignCall(type.params, type.results);
    } else if (type.kind == wasm::CompKind::Struct || type.kind == wasm::CompKind::Array) {
      has_gc_types = true;
      if (type.kind == wasm::CompKind::Struct) fields[i] = abi::LayoutStruct(registry[module.canon[i]]).offsets;
    }
  }
  abi::Layouter layouter;
  layout = abi::ContextLayout::Of(module, has_gc_types, &layouter);
}

}  // namespace gantry::baseline
