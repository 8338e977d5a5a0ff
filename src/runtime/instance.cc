#include "runtime/instance.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "abi/gc_layout.h"
#include "base/byte_reader.h"
#include "runtime/instance_plan.h"

namespace gantry::runtime {

namespace {

template <class T>
T* Place(void* allocation, uint32_t offset) {
  return reinterpret_cast<T*>(static_cast<uint8_t*>(allocation) + offset);
}

}  // namespace

// Everything in the allocation is trivial; its parts are written by the Instantiator.
Instance::Instance(Store* store, std::shared_ptr<const CompiledModule> compiled)
    : store_(store), compiled_(std::move(compiled)) {}

bool Instance::AllocateContext() {
  const InstanceLayout& layout = compiled_->plan().layout;
  void* allocation = std::malloc(layout.size);
  if (allocation == nullptr) return false;
  context_ = new (allocation) abi::InstanceContext{};
  context_->store = store_->context();
  context_->instance = this;
  wasm::CanonId* canon = Place<wasm::CanonId>(allocation, layout.canon);
  std::copy(module().canon.begin(), module().canon.end(), canon);
  context_->canon = canon;
  context_->code = compiled_->code.get();
  if (store_->config().native != nullptr) context_->builtins = store_->config().native->builtins;
  context_->memories = Place<abi::MemoryDef*>(allocation, layout.memories);
  context_->tables = Place<abi::TableDef*>(allocation, layout.tables);
  context_->globals = Place<abi::GlobalCell*>(allocation, layout.globals);
  context_->tags = Place<abi::TagDef*>(allocation, layout.tags);
  context_->imported_funcs = Place<abi::FuncRef*>(allocation, layout.imported_funcs);
  context_->funcs = Place<abi::FuncRef>(allocation, layout.funcs);
  memories_ = Place<Memory*>(allocation, layout.memory_objects);
  tables_ = Place<Table*>(allocation, layout.table_objects);
  globals_ = Place<Global*>(allocation, layout.global_objects);
  tags_ = Place<Tag*>(allocation, layout.tag_objects);
  own_globals_ = Place<Global>(allocation, layout.own_globals);
  return true;
}

Instance::~Instance() { std::free(context_); }

abi::FuncRef* Instance::Func(uint32_t index) const {
  const uint32_t imported = module().imported_funcs;
  return index < imported ? context_->imported_funcs[index] : &context_->funcs[index - imported];
}

std::optional<Extern> Instance::Export(std::string_view name) const {
  const std::optional<uint32_t> index = compiled_->plan().FindExport(module(), name);
  if (!index) return std::nullopt;
  return ExportAt(*index);
}

Extern Instance::ExportAt(uint32_t index) const {
  const wasm::Export& item = module().exports[index];
  Extern out{.kind = item.kind, .func = nullptr};
  switch (item.kind) {
    case wasm::ExternKind::Func:
      out.func = Func(item.index);
      break;
    case wasm::ExternKind::Table:
      out.table = tables_[item.index];
      break;
    case wasm::ExternKind::Memory:
      out.memory = memories_[item.index];
      break;
    case wasm::ExternKind::Global:
      out.global = globals_[item.index];
      break;
    case wasm::ExternKind::Tag:
      out.tag = tags_[item.index];
      break;
    case wasm::ExternKind::Module:
      out.module = linked_->modules[item.index];
      break;
    case wasm::ExternKind::Instance:
      out.instance = linked_->instances[item.index];
      break;
  }
  return out;
}

void Instance::ScanRoots(gc::RootVisitor& visitor) {
  const size_t own = module().globals.size() - module().imported_globals;
  for (size_t i = 0; i < own; ++i) {
    if (own_globals_[i].is_gc_ref) visitor.VisitSlot(&own_globals_[i].cell->low);
  }
  for (ElemValues& elem : elems_) {
    if (!elem.gc_refs) continue;
    for (abi::Slot& value : elem.values) visitor.VisitSlot(&value);
  }
}

std::span<const uint8_t> Instance::DataBytes(uint32_t data) const {
  if (data_dropped_[data]) return {};
  return module().Bytes(module().datas[data].bytes);
}

std::span<const abi::Slot> Instance::ElemSlots(uint32_t elem) {
  ElemValues& values = elems_[elem];
  if (!values.dropped && !values.decoded) {
    const wasm::ElemSegment& segment = module().elems[elem];
    ByteReader reader(module().Bytes(segment.items));
    values.values.reserve(segment.count);
    for (uint32_t i = 0; i < segment.count; ++i)
      values.values.push_back(reinterpret_cast<uintptr_t>(Func(reader.U32())));
    values.decoded = true;
  }
  return values.values;
}

void Instance::ElemDrop(uint32_t elem) {
  elems_[elem].values = {};
  elems_[elem].dropped = true;
}

}  // namespace gantry::runtime
