#include "runtime/native/builtins.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "abi/gc_layout.h"
#include "base/numeric.h"
#include "runtime/gc_objects.h"
#include "runtime/instance.h"
#include "runtime/native/activation.h"
#include "runtime/store.h"

namespace gantry::native {

using abi::BuiltinResult;
using abi::InstanceContext;
using abi::Slot;
using abi::Status;
using abi::TrapCode;

namespace {

// What a builtin gets: the operands a to e.
#define BUILTIN(Name)                                                                                       \
  BuiltinResult Name([[maybe_unused]] InstanceContext* context, [[maybe_unused]] uint64_t a,                \
                     [[maybe_unused]] uint64_t b, [[maybe_unused]] uint64_t c, [[maybe_unused]] uint64_t d, \
                     [[maybe_unused]] uint64_t e)

runtime::Store& StoreOf(const InstanceContext* context) { return *context->store->store; }
gc::Heap& HeapOf(const InstanceContext* context) { return *context->store->store->heap(); }

uint32_t Low(uint64_t pair) { return static_cast<uint32_t>(pair); }
uint32_t High(uint64_t pair) { return static_cast<uint32_t>(pair >> 32); }

BuiltinResult Done(Status status) { return {static_cast<uint64_t>(status), 0}; }
BuiltinResult Value(uint64_t value) { return {static_cast<uint64_t>(Status::Ok), value}; }
BuiltinResult Done(Status status, uint64_t value) { return {static_cast<uint64_t>(status), value}; }

BuiltinResult Raise(InstanceContext* context, TrapCode code) { return Done(TrapInBuiltin(context, code)); }

// A size or -1, in the width of the memory or table.
uint64_t SizeValue(int64_t size, bool is_64) {
  return is_64 ? static_cast<uint64_t>(size) : static_cast<uint32_t>(size);
}

// --- stopping

BUILTIN(StackLimit) {
  abi::StoreContext& store = *context->store;
  // Someone may want to stop the code: then the limit is not the stack's end.
  if (store.native_stack_limit.load() != store.native_stack_end) return Done(store.store->OnPoll());
  return Raise(context, TrapCode::StackOverflow);
}
BUILTIN(Poll) { return Done(StoreOf(context).OnPoll()); }
BUILTIN(OutOfFuel) { return Done(StoreOf(context).OnFuel()); }
BUILTIN(ChargeFuel) { return Done(StoreOf(context).ChargeFuel(a)); }

// --- memories and tables

BUILTIN(MemoryGrow) {
  int64_t pages = 0;
  const Status status = context->instance->MemoryGrow(Low(a), b, &pages);
  return Done(status, SizeValue(pages, context->instance->module().memories[a].type.is_64));
}

BUILTIN(MemoryFill) { return Done(context->instance->MemoryFill(Low(a), b, static_cast<uint8_t>(c), d)); }
BUILTIN(MemoryCopy) { return Done(context->instance->MemoryCopy(Low(a), High(a), b, c, d)); }
BUILTIN(MemoryInit) { return Done(context->instance->MemoryInit(Low(a), High(a), b, Low(c), Low(d))); }
BUILTIN(DataDrop) {
  context->instance->DataDrop(Low(a));
  return Value(0);
}
BUILTIN(TableGrow) {
  int64_t size = 0;
  const Status status = context->instance->TableGrow(Low(a), b, c, &size);
  return Done(status, SizeValue(size, context->instance->module().tables[a].type.is_64));
}
BUILTIN(TableFill) { return Done(context->instance->TableFill(Low(a), b, c, d)); }
BUILTIN(TableCopy) { return Done(context->instance->TableCopy(Low(a), High(a), b, c, d)); }
BUILTIN(TableInit) { return Done(context->instance->TableInit(Low(a), High(a), b, Low(c), Low(d))); }
BUILTIN(TableSet) {
  runtime::Table& table = *context->instance->table(Low(a));
  if (b >= table.size()) return Raise(context, TrapCode::TableOutOfBounds);
  table.Set(b, c);
  return Value(0);
}
BUILTIN(ElemDrop) {
  context->instance->ElemDrop(Low(a));
  return Value(0);
}

// Where an atomic access of `size` bytes lies; null with the reason why it traps.
uint8_t* AtomicCell(const InstanceContext* context, uint32_t memory, uint64_t address, uint64_t offset, uint64_t size,
                    TrapCode* code) {
  const abi::MemoryDef& def = *context->memories[memory];
  const uint64_t length = def.length.load(std::memory_order_acquire);
  *code = TrapCode::UnalignedAtomic;
  if (((address + offset) & (size - 1)) != 0) return nullptr;
  uint64_t start;
  *code = TrapCode::MemoryOutOfBounds;
  if (__builtin_add_overflow(address, offset, &start) || start > length || length - start < size) return nullptr;
  return def.base + start;
}

BUILTIN(AtomicNotify) {
  TrapCode code;
  uint8_t* const cell = AtomicCell(context, Low(a), b, c, 4, &code);
  return cell == nullptr ? Raise(context, code) : Value(runtime::AtomicNotify(cell, Low(d)));
}
template <class T, class Wait>
BuiltinResult AtomicWait(InstanceContext* context, uint32_t memory, uint64_t address, uint64_t offset,
                         uint64_t expected, uint64_t timeout, Wait wait) {
  TrapCode code;
  uint8_t* const cell = AtomicCell(context, memory, address, offset, sizeof(T), &code);
  if (cell == nullptr) return Raise(context, code);
  if (!context->instance->module().memories[memory].type.is_shared)
    return Raise(context, TrapCode::WaitOnUnsharedMemory);
  uint32_t outcome = 0;
  const Status status = wait(StoreOf(context), cell, static_cast<T>(expected), static_cast<int64_t>(timeout), &outcome);
  return Done(status, outcome);
}
BUILTIN(AtomicWait32) { return AtomicWait<uint32_t>(context, Low(a), b, c, d, e, &runtime::AtomicWait32); }
BUILTIN(AtomicWait64) { return AtomicWait<uint64_t>(context, Low(a), b, c, d, e, &runtime::AtomicWait64); }

// --- objects

uint32_t ElementSize(const InstanceContext* context, uint32_t type) {
  return abi::StorageSize(wasm::TypeRegistry::Get()[context->canon[type]].fields[0].storage);
}

BuiltinResult Allocated(InstanceContext* context, gc::Ref object, gc::AllocFailure failure) {
  if (object != 0) return Value(object);
  return Raise(context,
               failure == gc::AllocFailure::TooLarge ? TrapCode::AllocationTooLarge : TrapCode::GcHeapExhausted);
}

BUILTIN(AllocStruct) {
  gc::AllocFailure failure{};
  const gc::Ref object = HeapOf(context).AllocStruct(context->descriptors[a], &failure);
  return Allocated(context, object, failure);
}
BUILTIN(AllocArray) {
  gc::AllocFailure failure{};
  const gc::Ref object = HeapOf(context).AllocArray(context->descriptors[a], Low(b), &failure);
  return Allocated(context, object, failure);
}
BUILTIN(ArrayNew) {
  gc::AllocFailure failure{};
  gc::Heap& heap = HeapOf(context);
  const gc::Ref array = heap.AllocArray(context->descriptors[a], Low(b), &failure);
  if (array != 0) {
    const auto* value = reinterpret_cast<const Slot*>(c);
    runtime::FillElements(runtime::ElementAt(heap, array, 0, 0), ElementSize(context, Low(a)), value, Low(b));
  }
  return Allocated(context, array, failure);
}
BUILTIN(ArrayNewData) {
  gc::Ref array = 0;
  const Status status = context->instance->ArrayNewData(Low(a), High(a), Low(b), Low(c), &array);
  return Done(status, array);
}
BUILTIN(ArrayNewElem) {
  gc::Ref array = 0;
  const Status status = context->instance->ArrayNewElem(Low(a), High(a), Low(b), Low(c), &array);
  return Done(status, array);
}
BUILTIN(ArrayFill) {
  const gc::Heap& heap = HeapOf(context);
  const gc::Ref array = Low(b);
  if (const auto trap = runtime::CheckArrayRange(heap, array, Low(c), Low(e))) return Raise(context, *trap);
  const uint32_t size = ElementSize(context, Low(a));
  runtime::FillElements(runtime::ElementAt(heap, array, Low(c), size), size, reinterpret_cast<const Slot*>(d), Low(e));
  return Value(0);
}
BUILTIN(ArrayCopy) {
  const gc::Heap& heap = HeapOf(context);
  const gc::Ref to = Low(b), from = Low(c);
  if (to == 0 || from == 0) return Raise(context, TrapCode::NullArray);
  if (const auto trap = runtime::CheckArrayRange(heap, to, Low(d), Low(e))) return Raise(context, *trap);
  if (const auto trap = runtime::CheckArrayRange(heap, from, High(d), Low(e))) return Raise(context, *trap);
  const uint32_t size = ElementSize(context, Low(a));
  std::memmove(runtime::ElementAt(heap, to, Low(d), size), runtime::ElementAt(heap, from, High(d), size), e * size);
  return Value(0);
}
BUILTIN(ArrayInitData) {
  if (b == 0) return Raise(context, TrapCode::NullArray);
  return Done(context->instance->ArrayInitData(Low(a), Low(b), Low(c), High(a), Low(d), Low(e)));
}
BUILTIN(ArrayInitElem) {
  if (b == 0) return Raise(context, TrapCode::NullArray);
  return Done(context->instance->ArrayInitElem(Low(a), Low(b), Low(c), High(a), Low(d), Low(e)));
}
BUILTIN(RefTest) { return Value(runtime::RefTest(*context, a, c != 0, wasm::HeapType::FromCode(Low(b)))); }
BUILTIN(FuncSubtype) { return Value(wasm::TypeRegistry::Get().IsSubtype(Low(a), context->canon[b])); }

// --- exceptions

// How to make an exception of a tag, as Store::NewException found out.
struct KnownTag {
  static constexpr size_t kMostFields = 6;
  const abi::TagDef* tag;
  uint64_t store;  // its number: addresses of tags are used again
  uint32_t descriptor, size;
  uint32_t fields;
  struct {
    uint32_t offset;
    uint16_t bytes, slots;
  } field[kMostFields];
};

// The tags that this thread has thrown.
constexpr size_t kKnownTags = 8;
constinit thread_local KnownTag known_tags[kKnownTags] = {};

// 0 if the heap has no room at hand.
gc::Ref MakeKnown(gc::Heap& heap, const KnownTag& known, const Slot* payload) {
  const gc::Ref exception = heap.TryAllocStruct(known.descriptor, known.size);
  if (exception == 0) return 0;
  uint8_t* const object = heap.At<uint8_t>(exception);
  const auto tag = reinterpret_cast<uintptr_t>(known.tag);
  std::memcpy(object + abi::kExnTagOffset, &tag, sizeof(tag));
  for (uint32_t i = 0; i < known.fields; ++i) {
    const auto& field = known.field[i];
    switch (field.bytes) {
      case 4:
        std::memcpy(object + field.offset, payload, 4);
        break;
      case 8:
        std::memcpy(object + field.offset, payload, 8);
        break;
      default:
        std::memcpy(object + field.offset, payload, field.bytes);
    }
    payload += field.slots;
  }
  return exception;
}

[[gnu::noinline]] void LearnTag(const runtime::Store& store, gc::Heap& heap, const abi::TagDef* tag, gc::Ref exception,
                                KnownTag* out) {
  const wasm::CanonType& type = wasm::TypeRegistry::Get()[tag->type];
  if (type.params.size() > KnownTag::kMostFields) return;
  const abi::StructLayout layout = abi::LayoutExn(type);
  *out = {.tag = tag,
          .store = store.id(),
          .descriptor = *heap.At<uint32_t>(exception),
          .size = layout.size,
          .fields = static_cast<uint32_t>(type.params.size()),
          .field = {}};
  for (uint32_t i = 0; i < out->fields; ++i) {
    out->field[i] = {layout.offsets[i], static_cast<uint16_t>(abi::StorageSize(type.params[i])),
                     static_cast<uint16_t>(type.params[i].slots())};
  }
}

BUILTIN(Throw) {
  runtime::Store& store = StoreOf(context);
  abi::TagDef* const tag = context->tags[a];
  const auto* payload = reinterpret_cast<const Slot*>(b);
  KnownTag& known = known_tags[reinterpret_cast<uintptr_t>(tag) / 16 % kKnownTags];
  if (known.tag == tag && known.store == store.id()) [[likely]] {
    if (const gc::Ref exception = MakeKnown(*store.heap(), known, payload); exception != 0) {
      return Done(store.Throw(exception));
    }
  }
  gc::Ref exception = 0;
  const Status status = store.NewException(tag, payload, &exception);
  if (status != Status::Ok) return Done(status);
  LearnTag(store, *store.heap(), tag, exception, &known);
  return Done(store.Throw(exception));
}
BUILTIN(ThrowRef) { return Done(StoreOf(context).Throw(Low(a))); }

// --- floats

template <float (*kFunction)(float)>
BUILTIN(OnF32) {
  return Value(std::bit_cast<uint32_t>(kFunction(std::bit_cast<float>(Low(a)))));
}
template <double (*kFunction)(double)>
BUILTIN(OnF64) {
  return Value(std::bit_cast<uint64_t>(kFunction(std::bit_cast<double>(a))));
}
constexpr auto F32Ceil = &OnF32<&num::F32Ceil>;
constexpr auto F32Floor = &OnF32<&num::F32Floor>;
constexpr auto F32Trunc = &OnF32<&num::F32Trunc>;
constexpr auto F32Nearest = &OnF32<&num::F32Nearest>;
constexpr auto F64Ceil = &OnF64<&num::F64Ceil>;
constexpr auto F64Floor = &OnF64<&num::F64Floor>;
constexpr auto F64Trunc = &OnF64<&num::F64Trunc>;
constexpr auto F64Nearest = &OnF64<&num::F64Nearest>;

}  // namespace

constinit const BuiltinRow kBuiltins[] = {
#define GANTRY_BUILTIN(Id, shape, operands, note) {abi::BuiltinShape::shape, Id},
#include "abi/builtins.def"
};

}  // namespace gantry::native
