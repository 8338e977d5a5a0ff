#include "compiler/baseline/module_info.h"

#include <algorithm>

#include "abi/gc_layout.h"
#include "base/byte_reader.h"

namespace gantry::baseline {

namespace {

bool DefinesAll(const wasm::Module& module, const wasm::ElemSegment& segment) {
  if (segment.is_expr) return false;  // rare enough not to look
  ByteReader reader(module.Bytes(segment.items));
  for (uint32_t i = 0; i < segment.count; ++i) {
    if (module.is_imported_func(reader.U32())) return false;
  }
  return true;
}

bool HoldsOwnFunctions(const wasm::Module& module, uint32_t table) {
  if (table < module.imported_tables || module.tables[table].init.size != 0) return false;
  const auto exports_it = [&](const wasm::Export& item) {
    return item.kind == wasm::ExternKind::Table && item.index == table;
  };
  if (std::any_of(module.exports.begin(), module.exports.end(), exports_it)) return false;
  return std::all_of(module.elems.begin(), module.elems.end(), [&](const wasm::ElemSegment& segment) {
    return segment.mode != wasm::SegmentMode::Active || segment.table != table || DefinesAll(module, segment);
  });
}

}  // namespace

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
  for (uint32_t i = 0; i < module.tables.size(); ++i) {
    own_functions.push_back(!options.table_writes && HoldsOwnFunctions(module, i));
  }
  abi::Layouter layouter;
  layout = abi::ContextLayout::Of(module, has_gc_types, &layouter);
}

}  // namespace gantry::baseline
