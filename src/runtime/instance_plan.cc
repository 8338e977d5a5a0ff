#include "runtime/instance_plan.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "runtime/compiled_module.h"
#include "runtime/memory.h"
#include "runtime/store.h"

namespace gantry::runtime {

namespace {

constexpr size_t kFewExports = 8;

InstanceLayout Layout(const wasm::Module& module, bool has_gc_types) {
  abi::Layouter layouter;
  InstanceLayout layout{};
  static_cast<abi::ContextLayout&>(layout) = abi::ContextLayout::Of(module, has_gc_types, &layouter);
  layout.memory_objects = layouter.Array<Memory*>(module.memories.size());
  layout.table_objects = layouter.Array<Table*>(module.tables.size());
  layout.global_objects = layouter.Array<Global*>(module.globals.size());
  layout.tag_objects = layouter.Array<Tag*>(module.tags.size());
  layout.own_globals = layouter.Array<Global>(module.globals.size() - module.imported_globals);
  layout.own_tags = layouter.Array<Tag>(module.tags.size() - module.imported_tags);
  layout.size = layouter.size();
  return layout;
}

bool Fits(const ConstInit& offset, uint64_t count, uint64_t size) {
  return offset.kind == ConstInit::Kind::Value && count <= size && offset.low <= size - count;
}

bool SegmentsSucceed(const wasm::Module& module, const InstancePlan& plan) {
  for (size_t i = 0; i < module.elems.size(); ++i) {
    const wasm::ElemSegment& elem = module.elems[i];
    if (elem.mode != wasm::SegmentMode::Active) continue;
    if (elem.table < module.imported_tables) return false;
    if (!Fits(plan.elem_offsets[i], elem.count, module.tables[elem.table].type.limits.min)) return false;
  }
  for (size_t i = 0; i < module.datas.size(); ++i) {
    const wasm::DataSegment& data = module.datas[i];
    if (data.mode != wasm::SegmentMode::Active) continue;
    if (data.memory < module.imported_memories) return false;
    const std::optional<uint64_t> bytes = MinimumBytes(module.memories[data.memory].type);
    if (!bytes || !Fits(plan.data_offsets[i], data.bytes.size, *bytes)) return false;
  }
  return true;
}

}  // namespace

ConstInit ReadConstInit(ByteReader* reader) {
  ByteReader r = *reader;
  ConstInit init;
  init.kind = ConstInit::Kind::Value;
  switch (r.U8()) {
    case 0x23:
      init.kind = ConstInit::Kind::Global;
      init.index = r.U32();
      break;
    case 0x41:
      init.low = static_cast<uint32_t>(r.S32());
      break;
    case 0x42:
      init.low = static_cast<uint64_t>(r.S64());
      break;
    case 0x43:
      init.low = r.Fixed32();
      break;
    case 0x44:
      init.low = r.Fixed64();
      break;
    case 0xd0:
      r.S33();
      break;
    case 0xd2:
      init.kind = ConstInit::Kind::Func;
      init.index = r.U32();
      break;
    case 0xfd:
      if (r.U32() != 0x0c) return {.kind = ConstInit::Kind::General};
      init.low = r.Fixed64();
      init.high = r.Fixed64();
      break;
    default:
      return {.kind = ConstInit::Kind::General};
  }
  if (r.U8() != 0x0b || !r.ok()) return {.kind = ConstInit::Kind::General};
  *reader = r;
  return init;
}

ConstInit ReadConstInit(const wasm::Module& module, wasm::ConstExpr expr) {
  if (expr.size == 0) return {};
  ByteReader reader(module.Bytes(expr));
  return ReadConstInit(&reader);
}

InstancePlan::InstancePlan(const wasm::Module& module, bool has_gc_types) : layout(Layout(module, has_gc_types)) {
  globals.reserve(module.globals.size() - module.imported_globals);
  for (size_t i = module.imported_globals; i < module.globals.size(); ++i) {
    globals.push_back(ReadConstInit(module, module.globals[i].init));
  }
  tables.reserve(module.tables.size() - module.imported_tables);
  for (size_t i = module.imported_tables; i < module.tables.size(); ++i) {
    tables.push_back(ReadConstInit(module, module.tables[i].init));
  }
  elem_offsets.reserve(module.elems.size());
  for (const wasm::ElemSegment& elem : module.elems) elem_offsets.push_back(ReadConstInit(module, elem.offset));
  data_offsets.reserve(module.datas.size());
  for (const wasm::DataSegment& data : module.datas) data_offsets.push_back(ReadConstInit(module, data.offset));
  segments_succeed = SegmentsSucceed(module, *this);
  if (module.exports.size() > kFewExports) {
    exports_by_name.resize(module.exports.size());
    for (uint32_t i = 0; i < exports_by_name.size(); ++i) exports_by_name[i] = i;
    std::sort(exports_by_name.begin(), exports_by_name.end(),
              [&](uint32_t a, uint32_t b) { return module.exports[a].name < module.exports[b].name; });
  }
}

std::optional<uint32_t> InstancePlan::FindExport(const wasm::Module& module, std::string_view name) const {
  if (exports_by_name.empty()) {
    for (uint32_t i = 0; i < module.exports.size(); ++i) {
      if (module.exports[i].name == name) return i;
    }
    return std::nullopt;
  }
  const auto it =
      std::lower_bound(exports_by_name.begin(), exports_by_name.end(), name,
                       [&](uint32_t index, std::string_view wanted) { return module.exports[index].name < wanted; });
  if (it == exports_by_name.end() || module.exports[*it].name != name) return std::nullopt;
  return *it;
}

CompiledModule::CompiledModule() = default;
CompiledModule::~CompiledModule() = default;

void CompiledModule::MakePlan() { plan_ = std::make_unique<InstancePlan>(module, has_gc_types); }

}  // namespace gantry::runtime
