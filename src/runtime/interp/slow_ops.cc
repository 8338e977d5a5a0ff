#include "runtime/interp/slow_ops.h"

#include <cstring>

#include "abi/gc_layout.h"
#include "runtime/gc_objects.h"
#include "runtime/instance.h"
#include "runtime/interp/access.h"
#include "runtime/store.h"

namespace gantry::interp::slow {

using abi::InstanceContext;
using abi::Slot;
using abi::Status;
using abi::TrapCode;

namespace {

runtime::Store& StoreOf(InstanceContext* ctx) { return *ctx->store->store; }
gc::Heap& HeapOf(InstanceContext* ctx) { return *ctx->store->store->heap(); }
const ModuleCode& CodeOf(const InstanceContext* ctx) { return *static_cast<const ModuleCode*>(ctx->code); }

Status Trap(InstanceContext* ctx, TrapCode code) { return RaiseTrap(static_cast<Run*>(ctx->store->activation), code); }

Status AllocationTrap(InstanceContext* ctx, gc::AllocFailure failure) {
  return Trap(ctx, failure == gc::AllocFailure::TooLarge ? TrapCode::AllocationTooLarge : TrapCode::GcHeapExhausted);
}

uint32_t SizeOf(Access access) { return uint32_t{1} << static_cast<int>(access); }

// Stores the value in `from` as a field or element; the number of slots it takes.
uint32_t StoreField(uint8_t* to, Access access, const Slot* from) {
  switch (access) {
    case Access::I8:
      Poke(to, Read<uint8_t>(from));
      return 1;
    case Access::I16:
      Poke(to, Read<uint16_t>(from));
      return 1;
    case Access::B32:
      Poke(to, Read<uint32_t>(from));
      return 1;
    case Access::B64:
      Poke(to, *from);
      return 1;
    case Access::V128:
      Poke(to, Read<V128>(from));
      return 2;
  }
  return 1;
}

Access ElementAccess(const InstanceContext* ctx, uint32_t type) { return CodeOf(ctx).types[type].fields[0].access; }

}  // namespace

// --- memories and tables

Status TableGrow(const Word* ip, Slot* fp, InstanceContext* ctx) {
  int64_t old_size;
  const Status status = ctx->instance->TableGrow(ip->c, fp[ip[1].op], fp[ip->b], &old_size);
  if (status != Status::Ok) return status;
  const bool is_64 = CodeOf(ctx).module.tables[ip->c].type.is_64;
  fp[ip->a] = is_64 ? static_cast<uint64_t>(old_size) : static_cast<uint32_t>(old_size);
  return Status::Ok;
}

Status TableFill(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const Slot* args = fp + ip->a;
  return ctx->instance->TableFill(ip->b, args[0], args[1], args[2]);
}

Status TableCopy(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const Slot* args = fp + ip->a;
  return ctx->instance->TableCopy(ip[1].low(), ip[1].bc(), args[0], args[1], args[2]);
}

Status TableInit(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const Slot* args = fp + ip->a;
  return ctx->instance->TableInit(ip[1].low(), ip[1].bc(), args[0], static_cast<uint32_t>(args[1]),
                                  static_cast<uint32_t>(args[2]));
}

Status MemoryGrow(const Word* ip, Slot* fp, InstanceContext* ctx) {
  int64_t old_pages;
  const Status status = ctx->instance->MemoryGrow(ip->c, fp[ip->b], &old_pages);
  if (status != Status::Ok) return status;
  const bool is_64 = CodeOf(ctx).module.memories[ip->c].type.is_64;
  fp[ip->a] = is_64 ? static_cast<uint64_t>(old_pages) : static_cast<uint32_t>(old_pages);
  return Status::Ok;
}

Status MemoryFill(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const Slot* args = fp + ip->a;
  return ctx->instance->MemoryFill(ip->b, args[0], static_cast<uint8_t>(args[1]), args[2]);
}

Status MemoryCopy(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const Slot* args = fp + ip->a;
  return ctx->instance->MemoryCopy(ip[1].low(), ip[1].bc(), args[0], args[1], args[2]);
}

Status MemoryInit(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const Slot* args = fp + ip->a;
  return ctx->instance->MemoryInit(ip[1].low(), ip[1].bc(), args[0], static_cast<uint32_t>(args[1]),
                                   static_cast<uint32_t>(args[2]));
}

uint64_t MemorySize(const InstanceContext* ctx, uint32_t memory) {
  return ctx->memories[memory]->length.load(std::memory_order_acquire) >>
         CodeOf(ctx).module.memories[memory].type.page_size_log2;
}

bool IsShared(const InstanceContext* ctx, uint32_t memory) {
  return CodeOf(ctx).module.memories[memory].type.is_shared;
}

Status Wait32(const Word* ip, Slot* fp, InstanceContext* ctx, uint8_t* cell) {
  uint32_t result;
  const Status status = runtime::AtomicWait32(StoreOf(ctx), cell, static_cast<uint32_t>(fp[ip->c]),
                                              static_cast<int64_t>(fp[ip[2].a]), &result);
  if (status == Status::Ok) fp[ip->a] = result;
  return status;
}

Status Wait64(const Word* ip, Slot* fp, InstanceContext* ctx, uint8_t* cell) {
  uint32_t result;
  const Status status =
      runtime::AtomicWait64(StoreOf(ctx), cell, fp[ip->c], static_cast<int64_t>(fp[ip[2].a]), &result);
  if (status == Status::Ok) fp[ip->a] = result;
  return status;
}

// --- objects. Operands are read from their slots after the allocation, which may have moved what they refer to.

Status StructNew(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const uint32_t type = ip->bc();
  gc::Heap& heap = HeapOf(ctx);
  gc::AllocFailure failure;
  const gc::Ref object = heap.AllocStruct(ctx->descriptors[type], &failure);
  if (object == 0) [[unlikely]]
    return AllocationTrap(ctx, failure);
  const Slot* from = fp + ip->a;
  uint8_t* const to = heap.base() + object;
  for (const FieldAccess& field : CodeOf(ctx).types[type].fields)
    from += StoreField(to + field.offset, field.access, from);
  fp[ip->a] = object;
  return Status::Ok;
}

Status StructNewDefault(const Word* ip, Slot* fp, InstanceContext* ctx) {
  gc::AllocFailure failure;
  const gc::Ref object = HeapOf(ctx).AllocStruct(ctx->descriptors[ip->bc()], &failure);
  if (object == 0) [[unlikely]]
    return AllocationTrap(ctx, failure);
  fp[ip->a] = object;
  return Status::Ok;
}

Status ArrayNew(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const uint32_t type = ip[1].low();
  const uint32_t length = static_cast<uint32_t>(fp[ip->c]);
  gc::Heap& heap = HeapOf(ctx);
  gc::AllocFailure failure;
  const gc::Ref object = heap.AllocArray(ctx->descriptors[type], length, &failure);
  if (object == 0) [[unlikely]]
    return AllocationTrap(ctx, failure);
  runtime::FillElements(runtime::ElementAt(heap, object, 0, 0), SizeOf(ElementAccess(ctx, type)), fp + ip->b, length);
  fp[ip->a] = object;
  return Status::Ok;
}

Status ArrayNewDefault(const Word* ip, Slot* fp, InstanceContext* ctx) {
  gc::AllocFailure failure;
  const gc::Ref object =
      HeapOf(ctx).AllocArray(ctx->descriptors[ip[1].low()], static_cast<uint32_t>(fp[ip->b]), &failure);
  if (object == 0) [[unlikely]]
    return AllocationTrap(ctx, failure);
  fp[ip->a] = object;
  return Status::Ok;
}

Status ArrayNewFixed(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const uint32_t type = ip[1].low();
  const uint32_t length = ip[1].bc();
  gc::Heap& heap = HeapOf(ctx);
  gc::AllocFailure failure;
  const gc::Ref object = heap.AllocArray(ctx->descriptors[type], length, &failure);
  if (object == 0) [[unlikely]]
    return AllocationTrap(ctx, failure);
  const Access access = ElementAccess(ctx, type);
  uint8_t* to = heap.base() + object + abi::kArrayDataOffset;
  const Slot* from = fp + ip->a;
  for (uint32_t i = 0; i < length; ++i, to += SizeOf(access)) from += StoreField(to, access, from);
  fp[ip->a] = object;
  return Status::Ok;
}

Status ArrayNewData(const Word* ip, Slot* fp, InstanceContext* ctx) {
  gc::Ref object;
  const Status status = ctx->instance->ArrayNewData(ip[1].low(), ip[1].bc(), static_cast<uint32_t>(fp[ip->b]),
                                                    static_cast<uint32_t>(fp[ip->c]), &object);
  if (status == Status::Ok) fp[ip->a] = object;
  return status;
}

Status ArrayNewElem(const Word* ip, Slot* fp, InstanceContext* ctx) {
  gc::Ref object;
  const Status status = ctx->instance->ArrayNewElem(ip[1].low(), ip[1].bc(), static_cast<uint32_t>(fp[ip->b]),
                                                    static_cast<uint32_t>(fp[ip->c]), &object);
  if (status == Status::Ok) fp[ip->a] = object;
  return status;
}

// array, index, value, count
Status ArrayFill(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const Slot* args = fp + ip->a;
  const Access access = ElementAccess(ctx, ip[1].low());
  const uint32_t array = static_cast<uint32_t>(args[0]), index = static_cast<uint32_t>(args[1]);
  const Slot* value = args + 2;
  const uint32_t count = static_cast<uint32_t>(args[access == Access::V128 ? 4 : 3]);
  if (const auto trap = runtime::CheckArrayRange(HeapOf(ctx), array, index, count)) return Trap(ctx, *trap);
  const uint32_t size = SizeOf(access);
  runtime::FillElements(runtime::ElementAt(HeapOf(ctx), array, index, size), size, value, count);
  return Status::Ok;
}

// to array, index, from array, index, count
Status ArrayCopy(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const Slot* args = fp + ip->a;
  const uint32_t to = static_cast<uint32_t>(args[0]), to_index = static_cast<uint32_t>(args[1]);
  const uint32_t from = static_cast<uint32_t>(args[2]), from_index = static_cast<uint32_t>(args[3]);
  const uint32_t count = static_cast<uint32_t>(args[4]);
  if (to == 0 || from == 0) return Trap(ctx, TrapCode::NullArray);
  const gc::Heap& heap = HeapOf(ctx);
  if (const auto trap = runtime::CheckArrayRange(heap, to, to_index, count)) return Trap(ctx, *trap);
  if (const auto trap = runtime::CheckArrayRange(heap, from, from_index, count)) return Trap(ctx, *trap);
  const uint32_t size = SizeOf(ElementAccess(ctx, ip[1].low()));
  std::memmove(runtime::ElementAt(heap, to, to_index, size), runtime::ElementAt(heap, from, from_index, size),
               uint64_t{count} * size);
  return Status::Ok;
}

// array, index, from, count
Status ArrayInitData(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const Slot* args = fp + ip->a;
  if (args[0] == 0) return Trap(ctx, TrapCode::NullArray);
  return ctx->instance->ArrayInitData(ip[1].low(), static_cast<uint32_t>(args[0]), static_cast<uint32_t>(args[1]),
                                      ip[1].bc(), static_cast<uint32_t>(args[2]), static_cast<uint32_t>(args[3]));
}

Status ArrayInitElem(const Word* ip, Slot* fp, InstanceContext* ctx) {
  const Slot* args = fp + ip->a;
  if (args[0] == 0) return Trap(ctx, TrapCode::NullArray);
  return ctx->instance->ArrayInitElem(ip[1].low(), static_cast<uint32_t>(args[0]), static_cast<uint32_t>(args[1]),
                                      ip[1].bc(), static_cast<uint32_t>(args[2]), static_cast<uint32_t>(args[3]));
}

// --- exceptions and types

Status Throw(const Word* ip, Slot* fp, InstanceContext* ctx) {
  runtime::Store& store = StoreOf(ctx);
  gc::Ref exception;
  const Status status = store.NewException(ctx->tags[ip->bc()], fp + ip->a, &exception);
  return status == Status::Ok ? store.Throw(exception) : status;
}

bool IsFuncSubtype(wasm::CanonId sub, wasm::CanonId super) { return wasm::TypeRegistry::Get().IsSubtype(sub, super); }

}  // namespace gantry::interp::slow
