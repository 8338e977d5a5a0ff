#include "compiler/stubs/x64/stubs.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "abi/call_layout.h"
#include "abi/gc_layout.h"
#include "abi/native_frames.h"

namespace gantry::stubs {

using abi::EntryRecord;
using abi::FuncRef;
using abi::InstanceContext;
using abi::NativeStart;
using abi::Place;
using abi::StoreContext;
using x64::Assembler;
using x64::Cond;
using x64::Gpr;
using x64::Inst;
using x64::Label;
using x64::Mem;
using x64::Xmm;
using enum x64::Gpr;

namespace {

Mem Record(size_t field) { return Mem::At(rbp, abi::kEntryRecord + static_cast<int32_t>(field)); }

#define FIELD(base, Type, field) Mem::At(base, static_cast<int32_t>(offsetof(Type, field)))

void Load(Assembler& a, Gpr to, Mem from) { a.RegMem<Inst::Mov64Rm>(to, from); }
void Store(Assembler& a, Mem to, Gpr from) { a.RegMem<Inst::Mov64Mr>(from, to); }
void Move(Assembler& a, Gpr to, Gpr from) { a.RegRm<Inst::Mov64Rm>(to, from); }
void Lea(Assembler& a, Gpr to, Mem mem) { a.RegMem<Inst::Lea64>(to, mem); }
void Address(Assembler& a, Gpr to, const void* address) {
  a.OpcodeReg<Inst::Mov64Oi>(to, static_cast<int64_t>(reinterpret_cast<uintptr_t>(address)));
}
void Push(Assembler& a, Gpr reg) { a.OpcodeReg<Inst::Push64>(reg); }
void Pop(Assembler& a, Gpr reg) { a.OpcodeReg<Inst::Pop64>(reg); }
void Zero(Assembler& a, Gpr reg) { a.RegRm<Inst::Xor32Rm>(reg, reg); }
void Reserve(Assembler& a, uint32_t bytes) { a.OnlyRm<Inst::Sub64Mi>(rsp, {.imm = bytes}); }

void CallAddress(Assembler& a, const void* function) {
  Address(a, rax, function);
  a.OnlyRm<Inst::CallM>(rax);
}
void JumpAddress(Assembler& a, const void* target) {
  Address(a, r11, target);
  a.OnlyRm<Inst::JmpM>(r11);
}

void Begin(Assembler& a) {
  Push(a, rbp);
  Move(a, rbp, rsp);
}

// Undoes Begin, `bytes` below it. Not `leave`: rsp shall not have to wait for the callee's loads of rbp.
void EndFrame(Assembler& a, uint32_t bytes) {
  a.OnlyRm<Inst::Add64Mi>(rsp, {.imm = bytes});
  Pop(a, rbp);
}

// The exit frame in rbp becomes the one that C++ finds. `context` holds an InstanceContext; `scratch` gets the
// EntryRecord.
void RecordExit(Assembler& a, Gpr context, Gpr scratch) {
  Load(a, scratch, FIELD(context, InstanceContext, store));
  Load(a, scratch, FIELD(scratch, StoreContext, activation));
  Store(a, FIELD(scratch, EntryRecord, exit_fp), rbp);
}

// All registers that may hold arguments or results go to or come from an abi::ValueRegisters.
void SaveValueRegisters(Assembler& a, Gpr base, int32_t offset) {
  using abi::ValueRegisters;
  for (size_t i = 0; i < std::size(abi::kValueGprs); ++i) {
    const size_t at = offsetof(ValueRegisters, gprs) + 8 * i;
    Store(a, Mem::At(base, offset + static_cast<int32_t>(at)), static_cast<Gpr>(abi::kValueGprs[i]));
  }
  for (size_t i = 0; i < std::size(abi::kValueXmms); ++i) {
    const size_t at = offsetof(ValueRegisters, xmms) + 16 * i;
    a.RegMem<Inst::MovupsStore>(static_cast<Xmm>(abi::kValueXmms[i]), Mem::At(base, offset + static_cast<int32_t>(at)));
  }
}

void RestoreValueRegisters(Assembler& a, Gpr base, int32_t offset) {
  using abi::ValueRegisters;
  for (size_t i = 0; i < std::size(abi::kValueGprs); ++i) {
    const size_t at = offsetof(ValueRegisters, gprs) + 8 * i;
    Load(a, static_cast<Gpr>(abi::kValueGprs[i]), Mem::At(base, offset + static_cast<int32_t>(at)));
  }
  for (size_t i = 0; i < std::size(abi::kValueXmms); ++i) {
    const size_t at = offsetof(ValueRegisters, xmms) + 16 * i;
    a.RegMem<Inst::Movups>(static_cast<Xmm>(abi::kValueXmms[i]), Mem::At(base, offset + static_cast<int32_t>(at)));
  }
}

// Status in eax: anything but Ok goes to the fail stub.
void FailUnlessOk(Assembler& a, const Addresses& addresses) {
  Label ok;
  a.RegRm<Inst::Test32Mr>(rax, rax);
  a.Jump(Cond::e, &ok, x64::Distance::Short);
  JumpAddress(a, addresses.fail);
  a.Bind(&ok);
}

// One value of a shape: its letter, where it lies in the calling convention and in the slots.
struct Value {
  char letter;
  Place place;
  uint32_t slot;  // byte offset

  Gpr gpr() const { return static_cast<Gpr>(place.reg); }
  Xmm xmm() const { return static_cast<Xmm>(place.reg); }
};

struct Values {
  std::vector<Value> values;
  uint32_t stack_bytes = 0;
  uint32_t slot_bytes = 0;
};

wasm::ValType TypeOf(char letter) {
  switch (letter) {
    case 'i':
      return wasm::kI32;
    case 'l':
      return wasm::kI64;
    case 's':
      return wasm::kF32;
    case 'd':
      return wasm::kF64;
    default:
      return wasm::kV128;
  }
}

// How values lie in memory for C++: as slots, or each in as many bytes as the largest takes.
enum class Memory : uint8_t { Slots, Raw };
constexpr uint32_t kRawBytes = 16;

Values Assign(std::string_view letters, Memory memory) {
  Values out;
  abi::PlaceAssigner assigner;
  for (char letter : letters) {
    const wasm::ValType type = TypeOf(letter);
    out.values.push_back({letter, assigner.Next(type), out.slot_bytes});
    out.slot_bytes += memory == Memory::Raw ? kRawBytes : 8 * type.slots();
  }
  out.stack_bytes = assigner.stack_bytes();
  return out;
}

struct Signature {
  Values params, results;
  uint32_t slot_bytes() const { return (std::max(params.slot_bytes, results.slot_bytes) + 15) & ~15u; }
};

Signature Parse(const Shape& shape, Memory memory) {
  const std::string_view letters = shape;
  const size_t colon = letters.find(':');
  return {Assign(letters.substr(0, colon), memory), Assign(letters.substr(colon + 1), memory)};
}

// Values in registers go to or come from slots at `slots`. Of 32-bit values only so many are read: what C++ has in a
// slot's upper half must not reach native code.
void RegisterToSlot(Assembler& a, const Value& v, Gpr slots) {
  const Mem slot = Mem::At(slots, static_cast<int32_t>(v.slot));
  switch (v.letter) {
    case 's':
      a.RegRm<Inst::MovdToGpr>(v.xmm(), r11);
      Store(a, slot, r11);
      break;
    case 'd':
      a.RegMem<Inst::MovsdStore>(v.xmm(), slot);
      break;
    case 'v':
      a.RegMem<Inst::MovupsStore>(v.xmm(), slot);
      break;
    default:
      Store(a, slot, v.gpr());
      break;
  }
}

void SlotToRegister(Assembler& a, const Value& v, Gpr slots) {
  const Mem slot = Mem::At(slots, static_cast<int32_t>(v.slot));
  switch (v.letter) {
    case 's':
      a.RegMem<Inst::MovssLoad>(v.xmm(), slot);
      break;
    case 'd':
      a.RegMem<Inst::MovsdLoad>(v.xmm(), slot);
      break;
    case 'v':
      a.RegMem<Inst::Movups>(v.xmm(), slot);
      break;
    case 'i':
      a.RegMem<Inst::Mov32Rm>(v.gpr(), slot);
      break;
    default:
      Load(a, v.gpr(), slot);
      break;
  }
}

// From memory to memory, through r11 and xmm15. 32-bit values arrive zero-extended.
void CopyValue(Assembler& a, char letter, Mem to, Mem from) {
  if (letter == 'v') {
    a.RegMem<Inst::Movups>(Xmm::xmm15, from);
    a.RegMem<Inst::MovupsStore>(Xmm::xmm15, to);
    return;
  }
  if (letter == 'i' || letter == 's')
    a.RegMem<Inst::Mov32Rm>(r11, from);
  else
    Load(a, r11, from);
  Store(a, to, r11);
}

// Does ToSlots change r11?
bool UsesScratch(const Values& values) {
  return std::any_of(values.values.begin(), values.values.end(),
                     [](const Value& v) { return v.letter == 's' || v.place.kind == Place::Kind::Stack; });
}

void ToSlots(Assembler& a, const Values& values, Gpr slots, Gpr area, int32_t area_offset) {
  for (const Value& v : values.values) {
    if (v.place.kind != Place::Kind::Stack) RegisterToSlot(a, v, slots);
  }
  for (const Value& v : values.values) {
    if (v.place.kind != Place::Kind::Stack) continue;
    CopyValue(a, v.letter, Mem::At(slots, static_cast<int32_t>(v.slot)),
              Mem::At(area, area_offset + static_cast<int32_t>(v.place.offset)));
  }
}

void FromSlots(Assembler& a, const Values& values, Gpr slots, Gpr area, int32_t area_offset) {
  for (const Value& v : values.values) {
    if (v.place.kind != Place::Kind::Stack) continue;
    CopyValue(a, v.letter, Mem::At(area, area_offset + static_cast<int32_t>(v.place.offset)),
              Mem::At(slots, static_cast<int32_t>(v.slot)));
  }
  for (const Value& v : values.values) {
    if (v.place.kind != Place::Kind::Stack) SlotToRegister(a, v, slots);
  }
}

// The end of an entry: the store's activation is the outer one again, which is in r13, C++ gets its registers back,
// rsp being where they lie. Status in eax, store in r12.
void EndEntry(Assembler& a) {
  Load(a, rcx, Mem::At(rbp, abi::kEntryStackEnd));
  Store(a, FIELD(r12, StoreContext, activation), r13);
  Store(a, FIELD(r12, StoreContext, native_stack_end), rcx);
  for (Gpr reg : {r15, r14, r13, r12, rbx, rbp}) Pop(a, reg);
  a.Alone<Inst::Ret>();
}

}  // namespace

Shape ShapeOf(const wasm::CanonType& type) {
  Shape shape;
  const auto add = [&](wasm::ValType value) {
    switch (value.kind()) {
      case wasm::TypeKind::I32:
        shape += 'i';
        break;
      case wasm::TypeKind::F32:
        shape += 's';
        break;
      case wasm::TypeKind::F64:
        shape += 'd';
        break;
      case wasm::TypeKind::V128:
        shape += 'v';
        break;
      default:
        shape += abi::IsGcRef(value) ? 'i' : 'l';
        break;
    }
  };
  for (wasm::ValType param : type.params) add(param);
  shape += ':';
  for (wasm::ValType result : type.results) add(result);
  return shape;
}

namespace {

// rdi FuncRef, rsi Caller, rdx values. These stay in rbx, the store in r12 and the outer activation in r13 over the
// call: what the next call reads shall not have gone through memory twice. For the same reason rsp comes back by
// addition.
void MakeEntry(Assembler& a, const Signature& signature, const Addresses& addresses) {
  Begin(a);
  for (Gpr reg : {rbx, r12, r13, r14, r15}) Push(a, reg);
  const uint32_t frame = static_cast<uint32_t>(abi::kEntrySaved - abi::kEntryRecord) + signature.params.stack_bytes +
                         signature.results.stack_bytes;
  Reserve(a, frame);
  Load(a, r14, FIELD(rdi, FuncRef, context));
  Move(a, rbx, rdx);
  Load(a, r12, FIELD(r14, InstanceContext, store));
  Move(a, r10, rdi);
  Store(a, Mem::At(rbp, abi::kEntryStore), r12);

  Load(a, r13, FIELD(r12, StoreContext, activation));
  Address(a, rdx, addresses.activation_ops);
  Zero(a, rax);
  Store(a, Record(offsetof(EntryRecord, outer)), r13);
  Store(a, Record(offsetof(EntryRecord, ops)), rdx);
  Store(a, Record(offsetof(EntryRecord, exit_fp)), rax);
  Store(a, Record(offsetof(EntryRecord, registers)), rax);
  Store(a, Record(offsetof(EntryRecord, at_trap)), rax);
  Load(a, rdx, FIELD(r12, StoreContext, native_stack_end));
  Lea(a, rcx, Mem::At(rbp, abi::kEntryRecord));
  Store(a, Mem::At(rbp, abi::kEntryStackEnd), rdx);
  Store(a, FIELD(r12, StoreContext, activation), rcx);
  Label outermost, ready;
  a.RegRm<Inst::Test64Mr>(rdx, rdx);
  a.Jump(Cond::e, &outermost);
  a.Bind(&ready);
  Load(a, r15, FIELD(r14, InstanceContext, memory0_base));
  FromSlots(a, signature.params, rbx, rsp, 0);
  a.OnlyMem<Inst::CallM>(FIELD(r10, FuncRef, native_entry));
  ToSlots(a, signature.results, rbx, rsp, 0);  // the callee has popped the arguments
  Zero(a, rax);
  a.OnlyRm<Inst::Add64Mi>(rsp, {.imm = frame - signature.params.stack_bytes});
  EndEntry(a);

  // Mostly it begins as the last one did.
  constexpr size_t kStart = offsetof(StoreContext, native_start);
  const auto start = [](size_t field) { return Mem::At(r12, static_cast<int32_t>(kStart + field)); };
  Label unknown;
  a.Bind(&outermost);
  constexpr uint8_t kLoadThreadPointer[] = {0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0};  // mov rax, fs:0
  a.Bytes(kLoadThreadPointer);
  a.RegMem<Inst::Cmp64Rm>(rax, start(offsetof(NativeStart, thread)));
  a.Jump(Cond::ne, &unknown, x64::Distance::Short);
  a.RegMem<Inst::Cmp64Rm>(rsp, start(offsetof(NativeStart, sp)));
  a.Jump(Cond::ne, &unknown, x64::Distance::Short);
  Address(a, rcx, addresses.thread_exits);
  Load(a, rcx, Mem::At(rcx));
  Load(a, rax, start(offsetof(NativeStart, stack_end)));
  a.RegMem<Inst::Cmp64Rm>(rcx, start(offsetof(NativeStart, thread_exits)));
  a.Jump(Cond::ne, &unknown, x64::Distance::Short);
  a.RegMem<Inst::Cmp64Rm>(rax, FIELD(r12, StoreContext, native_stack_limit));
  a.Jump(Cond::ne, &unknown, x64::Distance::Short);
  Store(a, FIELD(r12, StoreContext, native_stack_end), rax);
  a.Jump(&ready);

  a.Bind(&unknown);
  Store(a, Record(offsetof(EntryRecord, registers)), rdi);
  Move(a, rdi, r12);
  Move(a, rsi, rsp);
  CallAddress(a, addresses.enter_thread);
  Load(a, r10, Record(offsetof(EntryRecord, registers)));
  a.OnlyMem<Inst::Mov64Mi>(Record(offsetof(EntryRecord, registers)), {.imm = 0});
  a.Jump(&ready);
}

}  // namespace

void MakeEntry(Assembler& a, const Shape& shape, const Addresses& addresses) {
  MakeEntry(a, Parse(shape, Memory::Slots), addresses);
}

void MakeRawEntry(Assembler& a, const Shape& shape, const Addresses& addresses) {
  MakeEntry(a, Parse(shape, Memory::Raw), addresses);
}

void MakeLeave(Assembler& a) {
  Load(a, r12, Mem::At(rbp, abi::kEntryStore));
  Load(a, r13, Record(offsetof(EntryRecord, outer)));
  Lea(a, rsp, Mem::At(rbp, abi::kEntrySaved));
  EndEntry(a);
}

namespace {

// An exit for functions of one shape: r10 FuncRef, r11 InstanceContext of the caller. rbp stays native code's, so that
// it need not be loaded again. From rsp upwards: the values, an abi::Caller, r10, r11, what an exit frame begins with.
struct ShapeExit {
  ShapeExit(const Shape& shape, Memory memory)
      : signature(Parse(shape, memory)), values(signature.slot_bytes()), frame(values + sizeof(abi::Caller) + 16) {}

  Mem caller() const { return Mem::At(rsp, static_cast<int32_t>(values)); }
  Mem func() const { return Mem::At(rsp, static_cast<int32_t>(values + sizeof(abi::Caller))); }
  // Of the exit frame: what would be rbp.
  Mem fp() const { return Mem::At(rsp, static_cast<int32_t>(frame)); }
  int32_t args() const { return static_cast<int32_t>(frame) + abi::kIncomingArgs; }

  // Only r10 is as it was, rsi the Caller, and the values are in place.
  void Begin(Assembler& a) const {
    Push(a, rbp);
    Push(a, r11);
    Push(a, r10);
    Reserve(a, frame - 16);
    ToSlots(a, signature.params, rsp, rsp, args());
    if (UsesScratch(signature.params)) Load(a, r11, Mem::At(rsp, static_cast<int32_t>(frame) + abi::kExitContext));
    Load(a, rcx, FIELD(r11, InstanceContext, store));
    Load(a, rdx, FIELD(r11, InstanceContext, instance));
    Load(a, rax, FIELD(rcx, StoreContext, activation));
    Load(a, rcx, FIELD(rcx, StoreContext, store));
    Lea(a, rdi, fp());
    Lea(a, rsi, caller());
    Store(a, FIELD(rax, EntryRecord, exit_fp), rdi);
    Store(a, FIELD(rsi, abi::Caller, store), rcx);
    Store(a, FIELD(rsi, abi::Caller, instance), rdx);
  }
  void End(Assembler& a) const {
    FromSlots(a, signature.results, rsp, rsp, args() + static_cast<int32_t>(signature.params.stack_bytes));
    a.OnlyRm<Inst::Add64Mi>(rsp, {.imm = frame + 8});
    if (signature.params.stack_bytes == 0)
      a.Alone<Inst::Ret>();
    else
      a.Alone<Inst::RetI>(signature.params.stack_bytes);
  }
  // Status in eax.
  void Fail(Assembler& a, const Addresses& addresses) const {
    Lea(a, rbp, fp());
    JumpAddress(a, addresses.fail);
  }

  Signature signature;
  uint32_t values, frame;
};

}  // namespace

void MakeExit(Assembler& a, const Shape& shape, const void* array_entry, const Addresses& addresses) {
  const ShapeExit exit(shape, Memory::Slots);
  exit.Begin(a);
  Move(a, rdi, r10);
  Move(a, rdx, rsp);
  if (array_entry == nullptr)
    a.OnlyMem<Inst::CallM>(FIELD(r10, FuncRef, array_entry));
  else
    CallAddress(a, array_entry);
  Label failed;
  a.RegRm<Inst::Test32Mr>(rax, rax);
  a.Jump(Cond::ne, &failed);
  exit.End(a);
  a.Bind(&failed);
  exit.Fail(a, addresses);
}

void MakeRawExit(Assembler& a, const Shape& shape, const Addresses& addresses) {
  using abi::RawHost;
  const auto host = [](size_t field) { return Mem::At(r10, abi::kRawHost + static_cast<int32_t>(field)); };
  const ShapeExit exit(shape, Memory::Raw);
  const size_t count = std::max(exit.signature.params.values.size(), exit.signature.results.values.size());
  exit.Begin(a);
  Load(a, rdi, host(offsetof(RawHost, env)));
  Move(a, rdx, rsp);
  a.OpcodeReg<Inst::Mov32Oi>(rcx, static_cast<int64_t>(count));
  a.OnlyMem<Inst::CallM>(host(offsetof(RawHost, call)));
  Label failed;
  a.RegRm<Inst::Test64Mr>(rax, rax);
  a.Jump(Cond::ne, &failed);
  exit.End(a);

  a.Bind(&failed);
  Load(a, r10, exit.func());
  Lea(a, rdi, exit.caller());
  Move(a, rsi, rax);
  a.OnlyMem<Inst::CallM>(host(offsetof(RawHost, end)));
  exit.Fail(a, addresses);
}

void MakeAnyExit(Assembler& a, const Addresses& addresses) {
  Begin(a);
  Push(a, r11);
  Reserve(a, 8 + sizeof(abi::ValueRegisters));
  static_assert(sizeof(abi::ValueRegisters) % 16 == 0);
  SaveValueRegisters(a, rsp, 0);
  RecordExit(a, r11, rax);
  Move(a, rdi, r10);
  Move(a, rsi, r11);
  Move(a, rdx, rsp);
  Lea(a, rcx, Mem::At(rbp, abi::kIncomingArgs));
  CallAddress(a, addresses.any_exit);
  FailUnlessOk(a, addresses);
  Move(a, r11, rdx);
  RestoreValueRegisters(a, rsp, 0);
  a.Alone<Inst::Leave>();
  Pop(a, r10);
  a.RegRm<Inst::Add64Rm>(rsp, r11);
  a.OnlyRm<Inst::JmpM>(r10);
}

// Operands are where C++ wants them, behind the context.
void MakeBuiltin(Assembler& a, abi::BuiltinShape shape, const void* function, const Addresses& addresses) {
  constexpr int32_t kKeptXmms = 15;  // xmm15 is scratch
  constexpr int32_t kGprArea = 16 * kKeptXmms;
  Begin(a);
  if (shape == abi::BuiltinShape::Pure) {
    Move(a, rdi, r14);
    CallAddress(a, function);
    Move(a, rax, rdx);
    Pop(a, rbp);
    a.Alone<Inst::Ret>();
    return;
  }
  Push(a, r14);
  RecordExit(a, r14, r11);
  if (shape == abi::BuiltinShape::Call) {
    Reserve(a, 8);
    Move(a, rdi, r14);
    CallAddress(a, function);
    FailUnlessOk(a, addresses);
    Move(a, rax, rdx);
    EndFrame(a, 8 + 8);
    a.Alone<Inst::Ret>();
    return;
  }
  Reserve(a, kGprArea + 8 * std::size(abi::kValueGprs) + 16);
  static_assert((8 + kGprArea + 8 * std::size(abi::kValueGprs) + 16) % 16 == 0);
  const auto gpr = [](size_t i) { return Mem::At(rsp, kGprArea + static_cast<int32_t>(8 * i)); };
  for (size_t i = 0; i < std::size(abi::kValueGprs); ++i) Store(a, gpr(i), static_cast<Gpr>(abi::kValueGprs[i]));
  for (int32_t i = 0; i < kKeptXmms; ++i) a.RegMem<Inst::MovupsStore>(static_cast<Xmm>(i), Mem::At(rsp, 16 * i));
  Lea(a, r10, gpr(0));
  Store(a, FIELD(r11, EntryRecord, registers), r10);
  Move(a, rdi, r14);
  CallAddress(a, function);
  FailUnlessOk(a, addresses);
  Load(a, r11, FIELD(r14, InstanceContext, store));
  Load(a, r11, FIELD(r11, StoreContext, activation));
  a.OnlyMem<Inst::Mov64Mi>(FIELD(r11, EntryRecord, registers), {.imm = 0});
  for (size_t i = 0; i < std::size(abi::kValueGprs); ++i) Load(a, static_cast<Gpr>(abi::kValueGprs[i]), gpr(i));
  for (int32_t i = 0; i < kKeptXmms; ++i) a.RegMem<Inst::Movups>(static_cast<Xmm>(i), Mem::At(rsp, 16 * i));
  a.Alone<Inst::Leave>();
  a.Alone<Inst::Ret>();
}

void MakeTrapLanding(Assembler& a, const Addresses& addresses) {
  a.OnlyRm<Inst::And64Mi8>(rsp, {.imm = -16});
  Push(a, r10);
  Begin(a);
  Load(a, rax, Mem::At(rbp));
  a.OnlyMem<Inst::Push64M>(Mem::At(rax, abi::kFrameContext));
  Load(a, rdi, Mem::At(rbp, abi::kExitContext));
  RecordExit(a, rdi, rax);
  a.OnlyMem<Inst::Mov64Mi>(FIELD(rax, EntryRecord, at_trap), {.imm = 1});
  Reserve(a, 8);
  Move(a, rsi, r10);
  Move(a, rdx, r11);
  CallAddress(a, addresses.on_trap);
  JumpAddress(a, addresses.fail);
}

void MakeTrapCall(Assembler& a, const Addresses& addresses) {
  Pop(a, r10);
  Move(a, r11, r10);
  MakeTrapLanding(a, addresses);
}

void MakeFail(Assembler& a, const Addresses& addresses) {
  using abi::Resume;
  a.OnlyRm<Inst::And64Mi8>(rsp, {.imm = -16});
  Reserve(a, (sizeof(Resume) + 15) & ~15u);
  Store(a, FIELD(rsp, Resume, rbx), rbx);
  Store(a, FIELD(rsp, Resume, r12), r12);
  Store(a, FIELD(rsp, Resume, r13), r13);
  Load(a, rdi, Mem::At(rbp, abi::kExitContext));
  a.RegRm<Inst::Mov32Rm>(rsi, rax);
  Move(a, rdx, rsp);
  CallAddress(a, addresses.unwind);
  Load(a, rbx, FIELD(rsp, Resume, rbx));
  Load(a, r12, FIELD(rsp, Resume, r12));
  Load(a, r13, FIELD(rsp, Resume, r13));
  Load(a, r14, FIELD(rsp, Resume, r14));
  Load(a, r15, FIELD(rsp, Resume, r15));
  Load(a, rbp, FIELD(rsp, Resume, rbp));
  Load(a, rax, FIELD(rsp, Resume, rax));
  Load(a, rcx, FIELD(rsp, Resume, pc));
  Load(a, rsp, FIELD(rsp, Resume, rsp));
  a.OnlyRm<Inst::JmpM>(rcx);
}

std::vector<uint8_t> DirectExit(uint32_t funcref, const void* exit) {
  Assembler a;
  Lea(a, r10, Mem::At(r14, static_cast<int32_t>(funcref)));
  Move(a, r11, r14);
  std::vector<uint8_t> code(a.code().begin(), a.code().end());
  // No register is free for the address: it lies behind a jump through [rip].
  const uint8_t jump[] = {0xff, 0x25, 0, 0, 0, 0};
  code.insert(code.end(), std::begin(jump), std::end(jump));
  const auto* address = reinterpret_cast<const uint8_t*>(&exit);
  code.insert(code.end(), address, address + sizeof(exit));
  return code;
}

void MakeCompile(Assembler& a, const Addresses& addresses) {
  constexpr int32_t kSaved = -16 - static_cast<int32_t>(sizeof(abi::ValueRegisters));
  Pop(a, r11);
  Begin(a);
  Push(a, r14);
  Reserve(a, 8 + sizeof(abi::ValueRegisters));
  SaveValueRegisters(a, rbp, kSaved);
  RecordExit(a, r14, rax);
  Move(a, rdi, r14);
  Move(a, rsi, r11);
  CallAddress(a, addresses.compile);
  Move(a, r11, rax);
  Move(a, r10, rdx);
  RestoreValueRegisters(a, rbp, kSaved);
  a.Alone<Inst::Leave>();
  // An exit stub wants the caller's context in r11; the callee's does as well, and no register is left for the address.
  Push(a, r11);
  Move(a, r11, r14);
  a.Alone<Inst::Ret>();
}

void WriteLazyEntries(uint8_t* entries, uint64_t* slots, uint32_t first_func, uint32_t count,
                      const void* compile_stub) {
  constexpr uint32_t kJump = 6, kPush = 5;
  constexpr uint8_t kInt3 = 0xcc;
  // jmp [rip + slot]
  const auto jump = [](uint8_t* at, const uint64_t* slot) {
    const auto distance = static_cast<int32_t>(reinterpret_cast<const uint8_t*>(slot) - (at + kJump));
    at[0] = 0xff;
    at[1] = 0x25;
    std::memcpy(at + 2, &distance, sizeof distance);
  };
  jump(entries, &slots[count]);
  std::memset(entries + kJump, kInt3, kLazyEntry - kJump);
  slots[count] = reinterpret_cast<uintptr_t>(compile_stub);
  for (uint32_t i = 0; i < count; ++i) {
    uint8_t* const at = entries + uint64_t{kLazyEntry} * (i + 1);
    jump(at, &slots[i]);
    // push func_index; jmp entries
    const uint32_t func = first_func + i;
    const auto distance = static_cast<int32_t>(entries - (at + kLazyEntry));
    at[kJump] = 0x68;
    std::memcpy(at + kJump + 1, &func, sizeof func);
    at[kJump + kPush] = 0xe9;
    std::memcpy(at + kJump + kPush + 1, &distance, sizeof distance);
    slots[i] = reinterpret_cast<uintptr_t>(at + kJump);
  }
}

}  // namespace gantry::stubs
