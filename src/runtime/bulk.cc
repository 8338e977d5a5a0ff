// Slow paths of bulk memory and table instructions (spec 4.4.7, 4.4.8): ranges are checked as a whole before anything
// is written.
#include <cstring>

#include "abi/gc_layout.h"
#include "runtime/instance.h"
#include "runtime/shared_bytes.h"

namespace gantry::runtime {

using abi::Slot;
using abi::Status;
using abi::TrapCode;

namespace {

// Does [start, start + count) lie in [0, size)?
bool InRange(uint64_t start, uint64_t count, uint64_t size) { return count <= size && start <= size - count; }

uint64_t Length(const Memory& memory) { return memory.def()->length.load(std::memory_order_acquire); }
bool IsShared(const Memory& memory) { return memory.storage->type().is_shared; }

}  // namespace

Status Instance::MemoryInit(uint32_t memory, uint32_t data, uint64_t to, uint32_t from, uint32_t count) {
  const Memory& target = *memories_[memory];
  const std::span<const uint8_t> bytes = DataBytes(data);
  if (!InRange(from, count, bytes.size()) || !InRange(to, count, Length(target))) {
    return store_->Trap(TrapCode::MemoryOutOfBounds);
  }
  if (count == 0) return Status::Ok;
  if (IsShared(target)) {
    CopyToShared(target.def()->base + to, bytes.data() + from, count);
  } else {
    std::memcpy(target.def()->base + to, bytes.data() + from, count);
  }
  return Status::Ok;
}

Status Instance::MemoryCopyShared(uint32_t to_memory, uint32_t from_memory, uint64_t to, uint64_t from,
                                  uint64_t count) {
  const Memory& target = *memories_[to_memory];
  const Memory& source = *memories_[from_memory];
  if (!InRange(from, count, Length(source)) || !InRange(to, count, Length(target))) {
    return store_->Trap(TrapCode::MemoryOutOfBounds);
  }
  MoveShared(target.def()->base + to, source.def()->base + from, count);
  return Status::Ok;
}

Status Instance::MemoryFillShared(uint32_t memory, uint64_t to, uint8_t value, uint64_t count) {
  const Memory& target = *memories_[memory];
  if (!InRange(to, count, Length(target))) return store_->Trap(TrapCode::MemoryOutOfBounds);
  FillShared(target.def()->base + to, value, count);
  return Status::Ok;
}

Status Instance::MemoryGrow(uint32_t memory, uint64_t delta, int64_t* old_pages) {
  *old_pages = memories_[memory]->storage->Grow(delta, store_->MaxMemoryBytes());
  if (*old_pages < 0 && store_->config_.limits.trap_on_grow_failure) {
    return store_->Fail(Error(ErrorClass::Limit, "forcing a memory growth failure to be a trap"));
  }
  return Status::Ok;
}

Status Instance::TableInit(uint32_t table, uint32_t elem, uint64_t to, uint32_t from, uint32_t count) {
  Table& target = *tables_[table];
  const std::span<const Slot> values = ElemSlots(elem);
  if (!InRange(from, count, values.size()) || !InRange(to, count, target.size())) {
    return store_->Trap(TrapCode::TableOutOfBounds);
  }
  for (uint32_t i = 0; i < count; ++i) target.Set(to + i, values[from + i]);
  return Status::Ok;
}

Status Instance::TableCopy(uint32_t to_table, uint32_t from_table, uint64_t to, uint64_t from, uint64_t count) {
  Table& target = *tables_[to_table];
  const Table& source = *tables_[from_table];
  if (!InRange(from, count, source.size()) || !InRange(to, count, target.size())) {
    return store_->Trap(TrapCode::TableOutOfBounds);
  }
  target.CopyFrom(source, to, from, count);
  return Status::Ok;
}

Status Instance::TableFill(uint32_t table, uint64_t to, Slot value, uint64_t count) {
  Table& target = *tables_[table];
  if (!InRange(to, count, target.size())) return store_->Trap(TrapCode::TableOutOfBounds);
  target.Fill(to, value, count);
  return Status::Ok;
}

Status Instance::TableGrow(uint32_t table, Slot init, uint64_t delta, int64_t* old_size) {
  *old_size = tables_[table]->Grow(delta, init, store_->config_.limits.max_table_elements);
  if (*old_size < 0 && store_->config_.limits.trap_on_grow_failure) {
    return store_->Fail(Error(ErrorClass::Limit, "forcing a table growth failure to be a trap"));
  }
  return Status::Ok;
}

}  // namespace gantry::runtime
