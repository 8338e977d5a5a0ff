// Instantiation (spec 4.5.4): allocation, then initialisers, active segments and the start function, in the order of
// the specification.
//
// [I1] Until every object is allocated nothing can run and nothing is visible: a failure undoes the allocations.
// [I2] From then on effects stay. The instance is in the store's list, so that the collector sees its globals and
// segments while
//      initialisers allocate.
// Tested by instantiate_test.cc.
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>

#include "abi/gc_layout.h"
#include "base/byte_reader.h"
#include "runtime/const_expr.h"
#include "runtime/instance.h"
#include "runtime/instance_plan.h"
#include "runtime/memory_image.h"

namespace gantry::runtime {

using abi::Status;
using abi::TrapCode;
using wasm::SegmentMode;

struct Instantiator {
  Instantiator(Store& store, std::shared_ptr<const CompiledModule> compiled)
      : store_(store),
        made_(new Instance(&store, std::move(compiled))),
        instance_(*made_),
        module_(instance_.module()),
        plan_(instance_.compiled()->plan()) {}

  void SetLinked(std::unique_ptr<const LinkedItems> linked) { instance_.linked_ = std::move(linked); }

  // --- allocation [I1]

  Result<void> Allocate(std::span<const Extern> imports) {
    const size_t memories = store_.memories_.size();
    const size_t tables = store_.tables_.size();
    uint32_t pooled[kPooledKinds];
    std::copy(std::begin(store_.pooled_), std::end(store_.pooled_), pooled);
    Result<void> done = TakeFromPool();
    if (done) done = AllocateAll(imports);
    if (!done) {
      store_.memories_.resize(memories);
      store_.tables_.resize(tables);
      GiveBack(pooled);
      return done;
    }
    store_.instances_.push_back(std::move(made_));  // [I2]
    return {};
  }

  Result<void> TakeFromPool() {
    GANTRY_RETURN_IF_ERROR(store_.TakeFromPool(Pooled::Instance, 1));
    GANTRY_RETURN_IF_ERROR(store_.TakeFromPool(
        Pooled::Memory, static_cast<uint32_t>(module_.memories.size() - module_.imported_memories)));
    return store_.TakeFromPool(Pooled::Table, static_cast<uint32_t>(module_.tables.size() - module_.imported_tables));
  }

  // What was taken since the store had these; a heap stays.
  void GiveBack(const uint32_t (&before)[kPooledKinds]) {
    for (const Pooled kind : {Pooled::Instance, Pooled::Memory, Pooled::Table}) {
      uint32_t& taken = store_.pooled_[static_cast<int>(kind)];
      const uint32_t more = taken - before[static_cast<int>(kind)];
      if (more != 0) store_.config_.pool->GiveBack(kind, more);
      taken -= more;
    }
  }

  Result<void> AllocateAll(std::span<const Extern> imports) {
    if (!instance_.AllocateContext())
      return std::unexpected(Error(ErrorClass::Host, "not enough memory for the instance"));
    TakeImports(imports);
    GANTRY_RETURN_IF_ERROR(MakeMemories());
    GANTRY_RETURN_IF_ERROR(MakeTables());
    MakeFuncs();
    MakeGlobals();
    MakeTags();
    if (instance_.compiled()->has_gc_types) GANTRY_RETURN_IF_ERROR(MakeDescriptors());
    instance_.data_dropped_.resize(module_.datas.size());
    instance_.elems_.resize(module_.elems.size());
    return {};
  }

  // Items come in the order of their index spaces.
  void TakeImports(std::span<const Extern> imports) {
    abi::InstanceContext& context = *instance_.context_;
    uint32_t next[wasm::kCoreKinds] = {};
    for (const Extern& item : imports) {
      const uint32_t index = next[static_cast<size_t>(item.kind)]++;
      switch (item.kind) {
        case wasm::ExternKind::Func:
          context.imported_funcs[index] = item.func;
          break;
        case wasm::ExternKind::Table:
          SetTable(index, item.table);
          break;
        case wasm::ExternKind::Memory:
          SetMemory(index, item.memory);
          break;
        case wasm::ExternKind::Global:
          SetGlobal(index, item.global);
          break;
        case wasm::ExternKind::Tag:
          SetTag(index, item.tag);
          break;
        case wasm::ExternKind::Module:
        case wasm::ExternKind::Instance:
          break;  // core code does not see them
      }
    }
  }

  void SetTable(uint32_t index, Table* table) {
    instance_.tables_[index] = table;
    instance_.context_->tables[index] = table->def();
  }
  void SetMemory(uint32_t index, Memory* memory) {
    instance_.memories_[index] = memory;
    instance_.context_->memories[index] = memory->def();
    if (index == 0) instance_.context_->memory0_base = memory->def()->base;
  }
  void SetGlobal(uint32_t index, Global* global) {
    instance_.globals_[index] = global;
    instance_.context_->globals[index] = global->cell;
  }
  void SetTag(uint32_t index, Tag* tag) {
    instance_.tags_[index] = tag;
    instance_.context_->tags[index] = &tag->def;
  }

  Result<void> MakeMemories() {
    const auto& images = instance_.compiled()->images;
    for (uint32_t i = module_.imported_memories; i < module_.memories.size(); ++i) {
      const MemoryImage* image = i < images.size() ? images[i].get() : nullptr;
      GANTRY_ASSIGN_OR_RETURN(Memory * memory, store_.NewMemory(module_.memories[i].type, image));
      SetMemory(i, memory);
    }
    return {};
  }

  Result<void> MakeTables() {
    for (uint32_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
      wasm::TableType type = module_.tables[i].type;
      type.element = wasm::CanonicalType(type.element, module_.canon);
      GANTRY_ASSIGN_OR_RETURN(Table * table, store_.NewTable(type, 0));
      SetTable(i, table);
    }
    return {};
  }

  void MakeFuncs() {
    abi::InstanceContext& context = *instance_.context_;
    const abi::ArrayEntry entry = instance_.compiled()->array_entry;
    const NativeLinks* links = store_.config().native;
    void* const native_entry = links == nullptr ? nullptr : links->any_exit;
    abi::FuncRef* func = context.funcs;
    for (uint32_t i = module_.imported_funcs; i < module_.funcs.size(); ++i, ++func) {
      func->native_entry = native_entry;
      func->array_entry = entry;
      func->type_and_kind = abi::FuncRef::Pack(module_.FuncCanon(i), abi::FuncKind::Interp);
      func->func_index = i;
      func->context = &context;
    }
    const NativeCode* native = instance_.compiled()->native.get();
    if (native != nullptr && links != nullptr && HasGuards(*native)) native->Fill(&context);
  }

  bool HasGuards(const NativeCode& native) const {
    for (uint32_t i = 0; i < module_.memories.size(); ++i) {
      if (native.NeedsGuards(i) && !instance_.memories_[i]->storage->is_guarded()) return false;
    }
    return true;
  }

  void MakeGlobals() {
    uint8_t* allocation = reinterpret_cast<uint8_t*>(instance_.context_);
    auto* cell = reinterpret_cast<abi::GlobalCell*>(allocation + plan_.layout.cells);
    Global* own = instance_.own_globals_;
    for (uint32_t i = module_.imported_globals; i < module_.globals.size(); ++i, ++cell, ++own) {
      const wasm::GlobalType& declared = module_.globals[i].type;
      const wasm::GlobalType type{wasm::CanonicalType(declared.type, module_.canon), declared.is_mutable};
      *cell = {};
      SetGlobal(i, new (own) Global{type, cell, abi::IsGcRef(type.type), {}});
    }
  }

  void MakeTags() {
    uint8_t* allocation = reinterpret_cast<uint8_t*>(instance_.context_);
    auto* own = reinterpret_cast<Tag*>(allocation + plan_.layout.own_tags);
    for (uint32_t i = module_.imported_tags; i < module_.tags.size(); ++i, ++own) {
      SetTag(i, new (own) Tag{{module_.canon[module_.tags[i].type]}});
    }
  }

  Result<void> MakeDescriptors() {
    GANTRY_ASSIGN_OR_RETURN(gc::Heap * heap, store_.GetHeap());
    uint8_t* allocation = reinterpret_cast<uint8_t*>(instance_.context_);
    auto* descriptors = reinterpret_cast<uint32_t*>(allocation + plan_.layout.descriptors);
    instance_.context_->descriptors = descriptors;
    instance_.context_->gc_base = heap->base();
    instance_.context_->gc_window = heap->window();
    for (size_t i = 0; i < module_.types.size(); ++i) {
      descriptors[i] = 0;
      if (module_.types[i].kind == wasm::CompKind::Func || module_.canon[i] == wasm::kNone) continue;
      GANTRY_ASSIGN_OR_RETURN(descriptors[i], heap->DescriptorFor(module_.canon[i]));
    }
    return {};
  }

  // --- initialisation [I2]

  Status Initialize() {
    Status status = InitGlobals();
    if (status == Status::Ok) status = InitTables();
    if (status == Status::Ok) status = EvalElems();
    if (status == Status::Ok) status = RunElems();
    if (status == Status::Ok) status = RunDatas();
    if (status == Status::Ok && module_.start != wasm::kNone) {
      abi::Slot slots[1] = {0};
      status = store_.Call(instance_.Func(module_.start), slots);
    }
    return status;
  }

  Status InitGlobals() {
    for (size_t i = 0; i < plan_.globals.size(); ++i) {
      ConstValue value;
      const wasm::Global& global = module_.globals[module_.imported_globals + i];
      const Status status = EvalConst(instance_, plan_.globals[i], global.init, &value);
      if (status != Status::Ok) return status;
      *instance_.own_globals_[i].cell = {value.low, value.high};
    }
    return Status::Ok;
  }

  Status InitTables() {
    for (size_t i = 0; i < plan_.tables.size(); ++i) {
      if (plan_.tables[i].kind == ConstInit::Kind::Absent) continue;
      ConstValue value;
      const size_t index = module_.imported_tables + i;
      const Status status = EvalConst(instance_, plan_.tables[i], module_.tables[index].init, &value);
      if (status != Status::Ok) return status;
      if (value.low != 0) instance_.tables_[index]->Fill(value.low);
    }
    return Status::Ok;
  }

  // Values of all element segments that are written as expressions; plain function indices have no effects and wait.
  Status EvalElems() {
    for (size_t i = 0; i < module_.elems.size(); ++i) {
      const wasm::ElemSegment& segment = module_.elems[i];
      if (segment.mode == SegmentMode::Declarative) instance_.ElemDrop(static_cast<uint32_t>(i));
      if (!segment.is_expr || segment.mode == SegmentMode::Declarative) continue;
      Instance::ElemValues& elem = instance_.elems_[i];
      elem.decoded = true;
      elem.gc_refs = abi::IsGcRef(wasm::CanonicalType(segment.type, module_.canon));
      elem.values.reserve(segment.count);
      const Status status = EvalItems(segment, &elem.values);
      if (status != Status::Ok) return status;
    }
    return Status::Ok;
  }

  Status EvalItems(const wasm::ElemSegment& segment, std::vector<abi::Slot>* values) {
    ByteReader reader(module_.Bytes(segment.items), segment.items.offset);
    for (uint32_t i = 0; i < segment.count; ++i) {
      const ConstInit init = ReadConstInit(&reader);
      ConstValue value;
      if (init.kind != ConstInit::Kind::General) {
        value = SimpleConstValue(init, instance_);
      } else {
        const auto at = static_cast<uint32_t>(reader.offset());
        uint32_t end;
        const Status status = EvalConstExpr(instance_, {at, segment.items.end() - at}, &value, &end);
        if (status != Status::Ok) return status;
        reader.Seek(reader.pos() + (end - at));
      }
      values->push_back(value.low);
    }
    return Status::Ok;
  }

  Status RunElems() {
    for (uint32_t i = 0; i < module_.elems.size(); ++i) {
      const wasm::ElemSegment& segment = module_.elems[i];
      if (segment.mode != SegmentMode::Active) continue;
      ConstValue offset;
      Status status = EvalConst(instance_, plan_.elem_offsets[i], segment.offset, &offset);
      if (status == Status::Ok) {
        status = segment.is_expr ? instance_.TableInit(segment.table, i, offset.low, 0, segment.count)
                                 : InitWithFuncs(segment, offset.low);
      }
      if (status != Status::Ok) return status;
      instance_.ElemDrop(i);
    }
    return Status::Ok;
  }

  // An active segment of function indices goes into the table without a list of values in between.
  Status InitWithFuncs(const wasm::ElemSegment& segment, uint64_t to) {
    Table& table = *instance_.tables_[segment.table];
    if (segment.count > table.size() || to > table.size() - segment.count)
      return store_.Trap(TrapCode::TableOutOfBounds);
    ByteReader reader(module_.Bytes(segment.items));
    for (uint32_t i = 0; i < segment.count; ++i) {
      table.Set(to + i, reinterpret_cast<uintptr_t>(instance_.Func(reader.U32())));
    }
    return Status::Ok;
  }

  Status RunDatas() {
    for (uint32_t i = 0; i < module_.datas.size(); ++i) {
      const wasm::DataSegment& segment = module_.datas[i];
      if (segment.mode != SegmentMode::Active) continue;
      const bool is_mapped =
          segment.memory >= module_.imported_memories && instance_.memories_[segment.memory]->storage->has_image();
      if (!is_mapped) {
        ConstValue offset;
        Status status = EvalConst(instance_, plan_.data_offsets[i], segment.offset, &offset);
        if (status == Status::Ok) status = instance_.MemoryInit(segment.memory, i, offset.low, 0, segment.bytes.size);
        if (status != Status::Ok) return status;
      }
      instance_.DataDrop(i);
    }
    return Status::Ok;
  }

  Store& store_;
  std::unique_ptr<Instance> made_;  // until it is allocated; then the store owns it
  Instance& instance_;
  const wasm::Module& module_;
  const InstancePlan& plan_;
};

namespace {

Failure FailureOf(Error error) {
  Failure failure;
  failure.error = std::move(error);
  return failure;
}

// After the imports have been checked.
std::expected<Instance*, Failure> Make(Store& store, std::shared_ptr<const CompiledModule> compiled,
                                       std::span<const Extern> imports, std::unique_ptr<const LinkedItems> linked) {
  const uint64_t max_instances = store.config().limits.max_instances;
  if (store.instances().size() >= max_instances) {
    return std::unexpected(
        FailureOf(Error(ErrorClass::Limit, fmt::format("resource limit exceeded: instance count too high at {}",
                                                       store.instances().size() + 1))));
  }
  Instantiator instantiator(store, std::move(compiled));
  instantiator.SetLinked(std::move(linked));
  Result<void> allocated = instantiator.Allocate(imports);
  if (!allocated) return std::unexpected(FailureOf(std::move(allocated).error()));
  const Status status = instantiator.Initialize();
  if (status != Status::Ok) return std::unexpected(Failure{status, std::nullopt});
  return &instantiator.instance_;
}

}  // namespace

std::expected<Instance*, Failure> Instantiate(Store& store, std::shared_ptr<const CompiledModule> compiled,
                                              std::span<const Extern> imports) {
  const wasm::Module& module = compiled->module;
  if (module.linking != nullptr) {
    return std::unexpected(
        FailureOf(Error(ErrorClass::Usage, "with module linking, steps come before this (engine::RunLinking)")));
  }
  if (imports.size() != module.imports.size()) {
    return std::unexpected(FailureOf(
        Error(ErrorClass::Usage, fmt::format("expected {} imports, found {}", module.imports.size(), imports.size()))));
  }
  for (size_t i = 0; i < imports.size(); ++i) {
    Result<void> fits = CheckImport(module, module.imports[i], imports[i]);
    if (!fits) return std::unexpected(FailureOf(std::move(fits).error()));
  }
  return Make(store, std::move(compiled), imports, nullptr);
}

std::expected<Instance*, Failure> InstantiateLinked(Store& store, std::shared_ptr<const CompiledModule> compiled,
                                                    std::span<const Extern> items, LinkedItems linked) {
  return Make(store, std::move(compiled), items, std::make_unique<const LinkedItems>(std::move(linked)));
}

}  // namespace gantry::runtime
