#include "runtime/native/activation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "abi/call_layout.h"
#include "abi/gc_layout.h"
#include "base/check.h"
#include "platform/faults.h"
#include "runtime/instance.h"
#include "runtime/native/native_module.h"
#include "runtime/store.h"
#include "wasm/instr.h"

namespace gantry::native {

using abi::CallSite;
using abi::EntryRecord;
using abi::InstanceContext;
using abi::Slot;
using abi::Status;
using abi::TrapCode;

const void* leave_stub = nullptr;

static_assert(offsetof(EntryRecord, outer) == offsetof(runtime::Activation, outer));
static_assert(offsetof(EntryRecord, ops) == offsetof(runtime::Activation, ops));

namespace {

// What must remain of a thread's stack below the frames of native code: for exit frames of any signature, the runtime
// and host functions.
constexpr uint64_t kStackReserve = uint64_t{256} << 10;

template <class T>
T& At(uintptr_t address) {
  return *reinterpret_cast<T*>(address);
}

EntryRecord& RecordOf(runtime::Activation* activation) { return *reinterpret_cast<EntryRecord*>(activation); }

// A frame of native code.
class Frames {
 public:
  explicit Frames(EntryRecord& record) : entry_fp_(reinterpret_cast<uintptr_t>(&record) - abi::kEntryRecord) {
    if (record.exit_fp == 0) {
      fp_ = entry_fp_;
      return;
    }
    fp_ = At<uintptr_t>(record.exit_fp);
    pc_ = At<uintptr_t>(record.exit_fp + 8);
    at_trap_ = record.at_trap != 0;
    Locate();
  }

  bool done() const { return fp_ == entry_fp_; }
  void Next() {
    pc_ = At<uintptr_t>(fp_ + 8);
    fp_ = At<uintptr_t>(fp_);
    at_trap_ = false;
    Locate();
  }

  uintptr_t fp() const { return fp_; }
  InstanceContext* context() const { return At<InstanceContext*>(fp_ + abi::kFrameContext); }
  const NativeModule& module() const { return *static_cast<const NativeModule*>(context()->native); }
  const abi::FunctionRecord& function() const { return *at_.function; }
  std::span<const int32_t> Map(const CallSite& site) const { return at_.piece->Map(site); }
  // What is going on in the frame: one of them is there.
  std::optional<CallSite> call() const { return at_trap_ ? std::nullopt : module().FindCall(at_); }
  std::optional<abi::TrapSite> trap() const { return at_trap_ ? module().FindTrap(at_) : std::nullopt; }

 private:
  void Locate() {
    if (done()) return;
    at_ = at_trap_ ? module().Find(pc_) : module().FindReturn(pc_);
    GANTRY_CHECK(at_.function != nullptr, "frames of native code belong to their instances' modules");
  }

  uintptr_t entry_fp_;
  uintptr_t fp_;
  uintptr_t pc_ = 0;
  bool at_trap_ = false;
  Position at_;
};

bool Walk(runtime::Activation* activation, runtime::FrameVisitor& visitor) {
  for (Frames frame(RecordOf(activation)); !frame.done(); frame.Next()) {
    uint32_t offset = 0;
    if (const std::optional<CallSite> call = frame.call())
      offset = call->offset;
    else if (const std::optional<abi::TrapSite> trap = frame.trap())
      offset = trap->offset;
    if (!visitor.Visit({frame.context()->instance, frame.function().func_index, offset})) return false;
  }
  return true;
}

void ScanRoots(runtime::Activation* activation, gc::RootVisitor& visitor) {
  EntryRecord& record = RecordOf(activation);
  Frames frame(record);
  if (record.registers != nullptr && !frame.done()) {
    const std::optional<CallSite> call = frame.call();
    for (size_t i = 0; i < std::size(abi::kValueGprs); ++i) {
      if (call && (call->register_roots >> i & 1) != 0) visitor.VisitSlot(&record.registers[i]);
    }
  }
  for (; !frame.done(); frame.Next()) {
    const std::optional<CallSite> call = frame.call();
    if (!call) continue;
    for (int32_t cell : frame.Map(*call)) visitor.VisitSlot(&At<uint64_t>(frame.fp() + 8 * static_cast<int64_t>(cell)));
  }
}

// --- exceptions

bool Matches(const abi::Handler& handler, const abi::TagDef* tag, const InstanceContext& context) {
  switch (static_cast<wasm::CatchKind>(handler.kind)) {
    case wasm::CatchKind::Catch:
    case wasm::CatchKind::CatchRef:
      return context.tags[handler.tag] == tag;
    case wasm::CatchKind::CatchAll:
    case wasm::CatchKind::CatchAllRef:
      return true;
  }
  return false;
}

// What the search needs to know of a frame, by the return address in it.
struct KnownReturn {
  uintptr_t pc;
  uint64_t module;  // its serial number: addresses are used again
  const abi::Handler* handlers;
  uintptr_t code;  // of the function
  uint32_t frame_size;
  uint32_t saved;
};

// Those that this thread has met; recursion and loops meet the same few again and again.
constexpr size_t kKnownReturns = 64;
constinit thread_local KnownReturn known_returns[kKnownReturns] = {};

[[gnu::noinline]] void LearnReturn(const NativeModule& module, uintptr_t pc, KnownReturn* out) {
  const Position at = module.FindReturn(pc);
  GANTRY_CHECK(at.function != nullptr, "frames of native code belong to their instances' modules");
  const std::optional<CallSite> call = module.FindCall(at);
  *out = {.pc = pc,
          .module = module.serial(),
          .handlers = call ? at.piece->Handlers(*call) : nullptr,
          .code = at.piece->Address(*at.function, 0),
          .frame_size = at.function->frame_size,
          .saved = at.function->saved};
}

// The innermost handler of the pending exception in this run. True: `resume` leads there.
bool Land(EntryRecord& record, runtime::Store& store, abi::Resume* resume) {
  const gc::Ref exception = store.TakeException();
  const auto* tag = reinterpret_cast<const abi::TagDef*>(*store.heap()->At<uint64_t>(exception + abi::kExnTagOffset));
  const uintptr_t entry_fp = reinterpret_cast<uintptr_t>(&record) - abi::kEntryRecord;
  KnownReturn* const known = known_returns;
  uintptr_t fp;
  // `inner` is the frame that `fp` has called; without an exit frame the run has only begun.
  for (uintptr_t inner = record.exit_fp; inner != 0; inner = fp) {
    fp = At<uintptr_t>(inner);
    if (fp == entry_fp) break;
    const uintptr_t pc = At<uintptr_t>(inner + 8);
    const auto* context = At<const InstanceContext*>(fp + abi::kFrameContext);
    const auto& module = *static_cast<const NativeModule*>(context->native);
    KnownReturn& at = known[(pc ^ pc >> 6) % kKnownReturns];
    if (at.pc != pc || at.module != module.serial()) [[unlikely]]
      LearnReturn(module, pc, &at);
    for (const abi::Handler* handler = at.handlers; handler != nullptr;
         handler = handler->last ? nullptr : handler + 1) {
      if (!Matches(*handler, tag, *context)) continue;
      resume->r14 = reinterpret_cast<uintptr_t>(context);
      resume->r15 = reinterpret_cast<uintptr_t>(context->memory0_base);
      resume->rbp = fp;
      resume->rsp = fp - at.frame_size;
      resume->rax = exception;
      resume->pc = at.code + handler->landing;
      return true;
    }
    // Where the frame keeps its caller's callee-saved registers.
    const auto* saved = &At<const uint64_t>(fp - 16);
    if ((at.saved & abi::kSavesRbx) != 0) resume->rbx = *saved--;
    if ((at.saved & abi::kSavesR12) != 0) resume->r12 = *saved--;
    if ((at.saved & abi::kSavesR13) != 0) resume->r13 = *saved--;
  }
  store.Throw(exception);
  return false;
}

}  // namespace

const runtime::ActivationOps kActivationOps = {&ScanRoots, &Walk};

void Unwind(InstanceContext* context, uint32_t status, abi::Resume* resume) {
  runtime::Store& store = *context->store->store;
  EntryRecord& record = RecordOf(context->store->activation);
  record.registers = nullptr;
  if (static_cast<Status>(status) == Status::Exception && Land(record, store, resume)) return;
  resume->rbp = reinterpret_cast<uintptr_t>(&record) - abi::kEntryRecord;
  resume->rsp = reinterpret_cast<uintptr_t>(&record);  // anything of the entry frame: the stub finds it by rbp
  resume->rax = status;
  resume->pc = reinterpret_cast<uintptr_t>(leave_stub);
}

// --- traps

namespace {

// Defence in depth: an access out of bounds of a WebAssembly memory cannot come to lie elsewhere.
void CheckFault(const InstanceContext& context, uintptr_t address) {
  const runtime::Instance& instance = *context.instance;
  for (uint32_t i = 0; i < instance.module().memories.size(); ++i) {
    if (instance.memory(i)->storage->Covers(address)) return;
  }
  GANTRY_CHECK(false, "a memory access of compiled code left its memory");
}

}  // namespace

Status OnTrap(InstanceContext* context, uintptr_t pc, uintptr_t address) {
  EntryRecord& record = RecordOf(context->store->activation);
  const std::optional<abi::TrapSite> site = Frames(record).trap();
  GANTRY_CHECK(site.has_value(), "only trap sites come here");
  // A ud2 reports its own address.
  if (site->code == TrapCode::MemoryOutOfBounds && address != pc) CheckFault(*context, address);
  context->store->fuel -= site->fuel;
  const Status status = context->store->store->Trap(site->code);
  record.at_trap = 0;
  return status;
}

Status TrapInBuiltin(InstanceContext* context, TrapCode code) {
  const Frames frame(RecordOf(context->store->activation));
  if (const std::optional<CallSite> call = frame.call()) context->store->fuel -= call->fuel;
  return context->store->store->Trap(code);
}

// --- entering and leaving

void EnterThread(abi::StoreContext* store, uintptr_t sp) {
  const platform::ThreadStack& stack = platform::PrepareThread();
  uintptr_t end = 0;
  if (stack.Contains(sp)) end = stack.low + std::min<uint64_t>(kStackReserve, (stack.high - stack.low) / 2);
  store->store->StartNativeStack(sp, end);
  store->native_start = {sp, platform::ThreadPointer(), platform::thread_exits.load(), store->native_stack_end};
}

namespace {

// Reads or writes the values of a list in registers and on the stack, as slots.
template <class Visit>
void ForEachValue(std::span<const wasm::ValType> types, abi::ValueRegisters* registers, uint64_t* area,
                  const Visit& visit) {
  abi::PlaceAssigner assigner;
  for (wasm::ValType type : types) {
    const abi::Place place = assigner.Next(type);
    uint64_t* at = nullptr;
    switch (place.kind) {
      case abi::Place::Kind::Gpr:
        at = &registers->gprs[std::find(std::begin(abi::kValueGprs), std::end(abi::kValueGprs), place.reg) -
                              std::begin(abi::kValueGprs)];
        break;
      case abi::Place::Kind::Xmm:
        at = &registers->xmms[place.reg].low;
        break;
      case abi::Place::Kind::Stack:
        at = area + place.offset / 8;
        break;
    }
    visit(type, at);
  }
}

bool Is32Bit(wasm::ValType type) {
  return type.kind() == wasm::TypeKind::I32 || type.kind() == wasm::TypeKind::F32 || abi::IsGcRef(type);
}

}  // namespace

abi::BuiltinResult AnyExit(abi::FuncRef* func, InstanceContext* caller, abi::ValueRegisters* registers,
                           uint64_t* stack) {
  const wasm::CanonType& type = wasm::TypeRegistry::Get()[func->type()];
  std::array<Slot, 64> few;
  std::vector<Slot> many;
  Slot* slots = few.data();
  const uint32_t count = std::max(type.param_slots, type.result_slots);
  if (count > few.size()) {
    many.resize(count);
    slots = many.data();
  }
  Slot* next = slots;
  ForEachValue(type.params, registers, stack, [&](wasm::ValType value, const uint64_t* at) {
    next[0] = Is32Bit(value) ? static_cast<uint32_t>(at[0]) : at[0];
    if (value.slots() == 2) next[1] = at[1];
    next += value.slots();
  });
  abi::PlaceAssigner args;
  for (wasm::ValType param : type.params) args.Next(param);

  abi::Caller from{caller->store->store, caller->instance};
  const Status status = func->array_entry(func, &from, slots);
  if (status != Status::Ok) return {static_cast<uint64_t>(status), 0};
  next = slots;
  ForEachValue(type.results, registers, stack + args.stack_bytes() / 8, [&](wasm::ValType value, uint64_t* at) {
    at[0] = Is32Bit(value) ? static_cast<uint32_t>(next[0]) : next[0];
    if (value.slots() == 2) at[1] = next[1];
    next += value.slots();
  });
  return {static_cast<uint64_t>(Status::Ok), args.stack_bytes()};
}

}  // namespace gantry::native
