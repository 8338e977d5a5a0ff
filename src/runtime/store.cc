#include "runtime/store.h"

#include <algorithm>
#include <utility>

#include "abi/gc_layout.h"
#include "base/check.h"
#include "runtime/gc/access.h"
#include "runtime/instance.h"

namespace gantry::runtime {

using abi::Slot;
using abi::Status;
using abi::TrapCode;

namespace {

std::atomic<uint64_t> next_store_id{1};

Error LimitError(const char* message) { return Error(ErrorClass::Limit, message); }

}  // namespace

TemporaryRoots::TemporaryRoots(Store& store) : store_(store), outer_(store.temporary_roots_) {
  store.temporary_roots_ = this;
}
TemporaryRoots::~TemporaryRoots() { store_.temporary_roots_ = outer_; }

Store::Store(const StoreConfig& config)
    : config_(config), id_(next_store_id.fetch_add(1, std::memory_order_relaxed)), value_stack_(config.max_wasm_stack) {
  context_.store = this;
  context_.stack_top = value_stack_.begin();
  context_.stack_limit = value_stack_.end();
  SetLimits(config.limits);
}

Store::~Store() {
  for (const std::unique_ptr<HostFunc>& func : host_funcs_) {
    if (func->finalizer != nullptr) func->finalizer(func->data);
  }
  for (int kind = 0; kind < kPooledKinds; ++kind) {
    if (pooled_[kind] != 0) config_.pool->GiveBack(static_cast<Pooled>(kind), pooled_[kind]);
  }
}

void Store::SetLimits(const StoreLimits& limits) {
  config_.limits = limits;
  if (config_.pool == nullptr) return;
  const PoolLimits& bounds = config_.pool->limits();
  config_.limits.max_memory_bytes = std::min(limits.max_memory_bytes, bounds.memory_bytes);
  config_.limits.max_table_elements = std::min(limits.max_table_elements, bounds.table_elements);
}

Result<void> Store::TakeFromPool(Pooled kind, uint32_t count) {
  if (config_.pool == nullptr) return {};
  GANTRY_RETURN_IF_ERROR(config_.pool->Take(kind, count));
  pooled_[static_cast<int>(kind)] += count;
  return {};
}

// --- objects

Result<Memory*> Store::NewMemory(const wasm::MemoryType& type) { return NewMemory(type, nullptr); }

Result<Memory*> Store::NewMemory(const wasm::MemoryType& type, const MemoryImage* image) {
  const std::optional<uint64_t> bytes = MinimumBytes(type);
  if (!bytes || *bytes > config_.limits.max_memory_bytes) {
    return std::unexpected(LimitError("memory minimum size exceeds memory limits"));
  }
  if (config_.memory_creator != nullptr && !type.is_shared) {
    GANTRY_ASSIGN_OR_RETURN(std::shared_ptr<MemoryStorage> provided,
                            MemoryStorage::Create(type, *config_.memory_creator));
    return AdoptMemory(std::move(provided));
  }
  GANTRY_ASSIGN_OR_RETURN(std::shared_ptr<MemoryStorage> storage, MemoryStorage::Create(type, image));
  return AdoptMemory(std::move(storage));
}

Result<Memory*> Store::AdoptMemory(std::shared_ptr<MemoryStorage> storage) {
  if (memories_.size() >= config_.limits.max_memories) {
    return std::unexpected(LimitError("resource limit exceeded: memory count too high"));
  }
  memories_.push_back(std::make_unique<Memory>(std::move(storage)));
  return memories_.back().get();
}

Result<Table*> Store::NewTable(const wasm::TableType& type, Slot init) {
  if (tables_.size() >= config_.limits.max_tables) {
    return std::unexpected(LimitError("resource limit exceeded: table count too high"));
  }
  if (type.limits.min > config_.limits.max_table_elements) {
    return std::unexpected(LimitError("table minimum size exceeds table limits"));
  }
  GANTRY_ASSIGN_OR_RETURN(std::unique_ptr<Table> table, Table::Create(type));
  if (init != 0) table->Fill(init);
  tables_.push_back(std::move(table));
  return tables_.back().get();
}

Global* Store::NewGlobal(const wasm::GlobalType& type, abi::GlobalCell value) {
  auto global = std::make_unique<Global>(Global{type, nullptr, abi::IsGcRef(type.type), value});
  global->cell = &global->own;
  globals_.push_back(std::move(global));
  return globals_.back().get();
}

Tag* Store::NewTag(wasm::CanonId type, wasm::TypeHold hold) {
  holds_.push_back(std::move(hold));
  tags_.push_back(std::make_unique<Tag>(Tag{{type}}));
  return tags_.back().get();
}

HostFunc* Store::NewHostFunc(wasm::CanonId type, wasm::TypeHold hold, abi::ArrayEntry entry, void* data,
                             void (*finalizer)(void*), std::string name) {
  if (!hold.is_empty()) holds_.push_back(std::move(hold));
  auto func = std::make_unique<HostFunc>();
  func->ref.native_entry = config_.native == nullptr ? nullptr : config_.native->any_exit;
  func->ref.array_entry = entry;
  func->ref.type_and_kind = abi::FuncRef::Pack(type, abi::FuncKind::Host);
  func->ref.func_index = wasm::kNone;
  func->ref.host = func.get();
  func->data = data;
  func->finalizer = finalizer;
  func->name = std::move(name);
  host_funcs_.push_back(std::move(func));
  return host_funcs_.back().get();
}

Result<gc::Heap*> Store::GetHeap() {
  if (heap_ == nullptr) {
    if (pooled_[static_cast<int>(Pooled::Heap)] == 0) GANTRY_RETURN_IF_ERROR(TakeFromPool(Pooled::Heap, 1));
    GANTRY_ASSIGN_OR_RETURN(heap_, gc::Heap::Create(config_.heap));
    heap_->SetRootScanner([this](gc::RootVisitor& visitor) { ScanRoots(visitor); });
    context_.gc_base = heap_->base();
  }
  return heap_.get();
}

void Store::ScanRoots(gc::RootVisitor& visitor) {
  for (Activation* a = context_.activation; a != nullptr; a = a->outer) a->ops->scan_roots(a, visitor);
  for (TemporaryRoots* roots = temporary_roots_; roots != nullptr; roots = roots->outer_) {
    for (size_t i = 0; i < roots->size(); ++i) {
      if (roots->is_gc_ref(i)) visitor.VisitSlot(&(*roots)[i]);
    }
  }
  for (const std::unique_ptr<Instance>& instance : instances_) instance->ScanRoots(visitor);
  for (const std::unique_ptr<Global>& global : globals_) {
    if (global->is_gc_ref) visitor.VisitSlot(&global->cell->low);
  }
  for (const std::unique_ptr<Table>& table : tables_) table->VisitRefs(visitor);
  visitor.VisitRef(&exception_);
  if (scan_embedder_) scan_embedder_(visitor);
}

// --- outcomes

Status Store::Trap(TrapCode code) {
  trap_.emplace(TrapInfo{code, Backtrace(config_.max_backtrace)});
  return Status::Trap;
}

Status Store::Retrap(TrapInfo trap) {
  trap_.emplace(std::move(trap));
  return Status::Trap;
}

Status Store::TrapAllocation(gc::AllocFailure failure) {
  return Trap(failure == gc::AllocFailure::TooLarge ? TrapCode::AllocationTooLarge : TrapCode::GcHeapExhausted);
}

Status Store::Throw(gc::Ref exception) {
  exception_ = exception;
  return Status::Exception;
}

Status Store::Exit(int32_t code) {
  exit_code_ = code;
  exit_frames_ = Backtrace(config_.max_backtrace);
  return Status::Exit;
}

Status Store::Fail(Error error) {
  error_.emplace(std::move(error));
  return Status::Error;
}

TrapInfo Store::TakeTrap() {
  TrapInfo trap = *std::move(trap_);
  trap_.reset();
  return trap;
}

gc::Ref Store::TakeException() { return std::exchange(exception_, 0); }

Error Store::TakeError() {
  Error error = *std::move(error_);
  error_.reset();
  return error;
}

Status Store::NewException(abi::TagDef* tag, const Slot* payload, gc::Ref* out) {
  Result<gc::Heap*> heap = GetHeap();
  if (!heap) return Fail(std::move(heap).error());
  Result<uint32_t> descriptor = (*heap)->DescriptorFor(tag->type);
  if (!descriptor) return Fail(std::move(descriptor).error());

  const wasm::CanonType& type = wasm::TypeRegistry::Get()[tag->type];
  // The allocation may move what the payload refers to.
  TemporaryRoots roots(*this);
  if (std::any_of(type.params.begin(), type.params.end(), [](wasm::ValType param) { return abi::IsGcRef(param); })) {
    for (wasm::ValType param : type.params) {
      const bool is_gc_ref = abi::IsGcRef(param);
      for (uint32_t i = 0; i < param.slots(); ++i) roots.Push(*payload++, is_gc_ref);
    }
  }
  gc::AllocFailure failure;
  const gc::Ref exception = (*heap)->AllocStruct(*descriptor, &failure);
  if (exception == 0) return TrapAllocation(failure);

  *(*heap)->At<uint64_t>(exception + abi::kExnTagOffset) = reinterpret_cast<uintptr_t>(tag);
  const abi::StructLayout layout = abi::LayoutExn(type);
  const Slot* value = roots.size() != 0 ? &roots[0] : payload;
  for (size_t i = 0; i < type.params.size(); ++i) {
    gc::WriteStorage((*heap)->At<uint8_t>(exception + layout.offsets[i]), type.params[i], value);
    value += type.params[i].slots();
  }
  *out = exception;
  return Status::Ok;
}

// --- calls

std::vector<Frame> Store::Backtrace(uint32_t max_frames) {
  class Collector final : public FrameVisitor {
   public:
    explicit Collector(uint32_t max) : max_(max) {}
    bool Visit(const Frame& frame) override {
      frames.push_back(frame);
      return frames.size() < max_;
    }
    std::vector<Frame> frames;

   private:
    uint32_t max_;
  };
  Collector collector(max_frames);
  if (max_frames == 0) return {};
  for (Activation* a = context_.activation; a != nullptr; a = a->outer) {
    if (!a->ops->walk(a, collector)) break;
  }
  return std::move(collector.frames);
}

}  // namespace gantry::runtime
