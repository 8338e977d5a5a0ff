// X64Compiler: structures, arrays, i31, casts (abi/gc_layout.h).
//
// A reference is an offset from the cage's base. The cage begins with pages that fault, so an access through null at a
// small offset raises the trap itself. An allocation takes its bytes from the window; when there are too few, cold code
// saves what is in registers, asks the runtime, which may collect, and brings everything back.
#include "abi/gc_layout.h"
#include "compiler/baseline/x64/condition-inl.h"

namespace gantry::baseline {

using abi::Builtin;
using abi::TrapCode;
using abi::TypeDescriptor;
using wasm::HeapKind;
using wasm::OpFamily;
using x64::Cond;
using x64::Gpr;
using x64::Inst;
using x64::Label;

namespace {

constexpr uint32_t kNullGuard = 64 << 10;  // bytes at the start of the cage that fault

uint64_t Pair(uint32_t low, uint32_t high) { return low | static_cast<uint64_t>(high) << 32; }

int32_t Disp(uint32_t offset) { return static_cast<int32_t>(offset); }

}  // namespace

bool X64Compiler::Objects() {
  const wasm::OpInfo& info = in_.info();
  const bool is_signed = info.has(wasm::op_flags::kSigned);
  switch (info.family) {
    case OpFamily::RefI31: {
      const Src src = PopReg();
      const Reg dst = Dst(kGeneralRegs & ~kCalleeSaved, src);  // calls do not save references there
      a_.RegMem<Inst::Lea32>(G(dst), Mem::At(G(src.reg), G(src.reg), 0, 1));
      PushReg(Kind::Ref, dst);
      return true;
    }
    case OpFamily::I31Get: {
      const Src src = PopReg();
      a_.RegRm<Inst::Test32Mr>(G(src.reg), G(src.reg));
      TrapIf(Cond::e, TrapCode::NullI31);
      const Reg dst = Dst(kGeneralRegs, src);
      Move(Kind::I32, dst, src.reg);
      a_.OnlyRm(is_signed ? Inst::Sar32Mi : Inst::Shr32Mi, dst, {.imm = 1});
      PushReg(Kind::I32, dst);
      return true;
    }
    case OpFamily::AnyConvertExtern:
    case OpFamily::ExternConvertAny:
      return true;  // the same reference
    case OpFamily::StructNew:
      StructNew(/*with_fields=*/true);
      return true;
    case OpFamily::StructNewDefault:
      StructNew(/*with_fields=*/false);
      return true;
    case OpFamily::StructGet: {
      const wasm::ValType storage = module_.types[in_.index].fields[in_.index2].storage;
      const uint32_t offset = info_.fields[in_.index][in_.index2];
      const Src object = PopReg();
      const bool faults = CheckObject(object.reg, offset, TrapCode::NullStruct);
      a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, gc_base)));
      LoadField(storage, is_signed, Mem::At(Gpr::r10, G(object.reg), 0, Disp(offset)), faults, TrapCode::NullStruct);
      return true;
    }
    case OpFamily::StructSet: {
      const wasm::ValType storage = module_.types[in_.index].fields[in_.index2].storage;
      const uint32_t offset = info_.fields[in_.index][in_.index2];
      const Operand value = Pop();
      const Src object = PopReg();
      const bool faults = CheckObject(object.reg, offset, TrapCode::NullStruct);
      a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, gc_base)));
      StoreField(storage, value, Mem::At(Gpr::r10, G(object.reg), 0, Disp(offset)), faults, TrapCode::NullStruct);
      return true;
    }
    case OpFamily::ArrayGet: {
      const wasm::ValType storage = module_.types[in_.index].fields[0].storage;
      const Operand index = Pop(), array = Pop();
      LoadField(storage, is_signed, ElementAddress(storage, index, array), /*faults=*/false, TrapCode::NullArray);
      return true;
    }
    case OpFamily::ArraySet: {
      const wasm::ValType storage = module_.types[in_.index].fields[0].storage;
      const Operand value = Pop(), index = Pop(), array = Pop();
      // The value first: what it takes to get it may use the scratch registers.
      const Operand ready = InRegister(value);
      StoreField(storage, ready, ElementAddress(storage, index, array), /*faults=*/false, TrapCode::NullArray);
      return true;
    }
    case OpFamily::ArrayLen: {
      const Src array = PopReg();
      a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, gc_base)));
      const Reg dst = Dst(kGeneralRegs, array);
      if (CheckObject(array.reg, abi::kArrayLengthOffset, TrapCode::NullArray)) MayFault(TrapCode::NullArray);
      a_.RegMem<Inst::Mov32Rm>(G(dst), Mem::At(Gpr::r10, G(array.reg), 0, abi::kArrayLengthOffset));
      PushReg(Kind::I32, dst);
      return true;
    }
    case OpFamily::RefTest:
      RefTest();
      return true;
    case OpFamily::RefCast:
      RefCast();
      return true;
    case OpFamily::BrOnCast:
    case OpFamily::BrOnCastFail:
      BranchOnCast();
      return true;
    default:
      return Arrays();
  }
}

// --- fields

// Checks for null where an access at `offset` would not fault. True if it will.
bool X64Compiler::CheckObject(Reg object, uint32_t offset, TrapCode code) {
  constexpr uint32_t kWidest = 16;
  if (info_.options.fault_traps && offset + kWidest <= kNullGuard) return true;
  a_.RegRm<Inst::Test32Mr>(G(object), G(object));
  TrapIf(Cond::e, code);
  return false;
}

void X64Compiler::LoadField(wasm::ValType storage, bool is_signed, Mem mem, bool faults, TrapCode code) {
  const Kind kind = KindOf(module_, storage);
  const Reg dst = Dst(ClassOf(kind));
  if (faults) MayFault(code);
  if (storage.kind() == wasm::TypeKind::I8)
    a_.RegMem(is_signed ? Inst::Movsx8To32 : Inst::Movzx8To32, dst, mem);
  else if (storage.kind() == wasm::TypeKind::I16)
    a_.RegMem(is_signed ? Inst::Movsx16To32 : Inst::Movzx16To32, dst, mem);
  else
    Load(kind, dst, mem);
  PushReg(kind, dst);
}

// `mem` may be based on r10 or r11; bringing the value to a register leaves both alone.
void X64Compiler::StoreField(wasm::ValType storage, const Operand& value, Mem mem, bool faults, TrapCode code) {
  const Reg reg = Use(value).reg;
  if (faults) MayFault(code);
  switch (storage.kind()) {
    case wasm::TypeKind::I8:
      a_.RegMem<Inst::Mov8Mr>(G(reg), mem);
      return;
    case wasm::TypeKind::I16:
      a_.RegMem<Inst::Mov16Mr>(G(reg), mem);
      return;
    default:
      break;
  }
  // A reference takes four bytes in an object.
  Store(value.kind == Kind::Ref ? Kind::I32 : value.kind, reg, mem);
}

Operand X64Compiler::InRegister(const Operand& operand) {
  const Src src = Use(operand);
  Operand ready{Where::Reg, operand.kind, src.reg};
  return ready;
}

// r11-based address of an element, the index checked.
x64::Mem X64Compiler::ElementAddress(wasm::ValType storage, const Operand& index_operand,
                                     const Operand& array_operand) {
  const Reg index = Use(index_operand).reg, array = Use(array_operand).reg;
  a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, gc_base)));
  if (CheckObject(array, abi::kArrayLengthOffset, TrapCode::NullArray)) MayFault(TrapCode::NullArray);
  a_.RegMem<Inst::Cmp32Rm>(G(index), Mem::At(Gpr::r10, G(array), 0, abi::kArrayLengthOffset));
  TrapIf(Cond::ae, TrapCode::ArrayOutOfBounds);
  const uint32_t size = FieldBytes(storage);
  const uint8_t scale = static_cast<uint8_t>(std::countr_zero(size));
  a_.RegMem<Inst::Lea64>(Gpr::r11, Mem::At(Gpr::r10, G(array), 0));
  if (scale <= 3) return Mem::At(Gpr::r11, G(index), scale, abi::kArrayDataOffset);
  a_.RegRm<Inst::Mov32Rm>(Gpr::r10, G(index));
  a_.OnlyRm<Inst::Shl64Mi>(Gpr::r10, {.imm = scale});
  return Mem::At(Gpr::r11, Gpr::r10, 0, abi::kArrayDataOffset);
}

uint32_t X64Compiler::FieldBytes(wasm::ValType storage) const {
  switch (storage.kind()) {
    case wasm::TypeKind::I8:
      return 1;
    case wasm::TypeKind::I16:
      return 2;
    default:
      break;
  }
  switch (KindOf(module_, storage)) {
    case Kind::I32:
    case Kind::F32:
    case Kind::Ref:
      return 4;
    case Kind::I64:
    case Kind::F64:
    case Kind::Func:
      return 8;
    case Kind::V128:
      return 16;
  }
  return 0;
}

// --- allocation

// A new object of `bytes` bytes, zero but for the descriptor; an array's length, too. In a locked register; r10 is the
// cage's base.
Reg X64Compiler::Allocate(Builtin builtin, uint32_t type, uint32_t bytes, uint32_t length) {
  const Reg dst = AllocTemp(kGeneralRegs);
  ColdAllocation cold{.builtin = builtin, .dst = dst, .type = type, .length = length, .offset = offset_, .fuel = fuel_};
  for (RegSet rest = used_ & ~kCalleeSaved; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    const uint32_t owner = owner_[reg];
    if (Contains(operands_, reg)) {
      const Operand& operand = stack_[owner & ~kOperandOwner];
      cold.saved.push_back({reg, operand.kind, /*is_dirty=*/true, operand.home});
      if (operand.kind == Kind::Ref) extra_roots_.push_back(operand.home / 8);
    } else {
      const Local& local = locals_[owner];
      if (!IsDead(local)) cold.saved.push_back({reg, local.kind, Contains(dirty_, reg), local.home});
    }
  }
  cold.map = RootMap();
  extra_roots_.clear();
  const Mem top = Mem::At(Gpr::r10, offsetof(abi::AllocWindow, top)),
            limit = Mem::At(Gpr::r10, offsetof(abi::AllocWindow, limit));
  a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, gc_window)));
  a_.RegMem<Inst::Mov32Rm>(G(dst), top);
  a_.RegMem<Inst::Mov32Rm>(Gpr::r11, limit);
  a_.RegRm<Inst::Sub32Rm>(Gpr::r11, G(dst));
  a_.OnlyRm<Inst::Cmp32Mi>(Gpr::r11, {.imm = Disp(bytes)});
  a_.Jump(Cond::b, &cold.label);
  a_.RegMem<Inst::Lea32>(Gpr::r11, Mem::At(G(dst), Disp(bytes)));
  a_.RegMem<Inst::Mov32Mr>(Gpr::r11, top);
  a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, gc_base)));
  a_.RegMem<Inst::Mov32Rm>(Gpr::r11, Context(info_.layout.descriptors + 4 * type));
  a_.RegMem<Inst::Mov32Mr>(Gpr::r11, Mem::At(Gpr::r10, G(dst), 0));
  if (builtin == Builtin::AllocArray) {
    a_.OnlyMem<Inst::Mov32Mi>(Mem::At(Gpr::r10, G(dst), 0, abi::kArrayLengthOffset), {.imm = Disp(length)});
  }
  a_.Bind(&cold.back);
  cold_allocations_.push_back(std::move(cold));
  return dst;
}

void X64Compiler::EmitColdAllocation(ColdAllocation* cold) {
  a_.Bind(&cold->label);
  for (const auto& value : cold->saved) {
    if (value.is_dirty) StoreHome(value.kind, value.reg, value.home);
  }
  LoadImm64(Gpr::rsi, cold->type);
  if (cold->builtin == Builtin::AllocArray) LoadImm64(Gpr::rdx, cold->length);
  CallBuiltinEntry(cold->builtin);
  batch_->calls.push_back({position(), cold->offset, cold->fuel, cold->map, abi::CallSite::kNoHandler, 0});
  Move(Kind::I32, cold->dst, kRax);
  for (const auto& value : cold->saved) LoadHome(value.kind, value.reg, value.home);
  a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, gc_base)));
  a_.Jump(&cold->back);
}

void X64Compiler::StructNew(bool with_fields) {
  constexpr uint32_t kMostInline = 4096;
  const uint32_t type = in_.index;
  const std::vector<wasm::FieldType>& fields = module_.types[type].fields;
  const uint32_t bytes = abi::LayoutStruct(wasm::TypeRegistry::Get()[module_.canon[type]]).size;
  Reg object;
  if (bytes <= kMostInline) {
    object = Allocate(Builtin::AllocStruct, type, bytes, 0);
  } else {
    for (uint32_t i = 0; with_fields && i < fields.size(); ++i) OperandToHome(depth() - 1 - i);
    CallBuiltin(Builtin::AllocStruct, 0, {Arg::Of(type)});
    object = kRax;
    Lock(object);
    a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, gc_base)));
  }
  if (with_fields) {
    for (size_t i = fields.size(); i-- > 0;) {
      const RegSet locked = locked_;
      const Operand value = Pop();
      StoreField(fields[i].storage, value, Mem::At(Gpr::r10, G(object), 0, Disp(info_.fields[type][i])),
                 /*faults=*/false, TrapCode::NullStruct);
      locked_ = locked;
    }
  }
  PushReg(Kind::Ref, object);
}

bool X64Compiler::Arrays() {
  using A = Arg;
  const uint32_t type = in_.index;
  switch (FamilyOf(in_.op)) {
    case OpFamily::ArrayNew: {
      if (ArrayNewInline(/*with_value=*/true)) return true;
      OperandToHome(depth() - 2);
      CallBuiltin(Builtin::ArrayNew, 2, {A::Of(type), A::At(1), A::AddressOf(stack_[depth() - 2].home)});
      break;
    }
    case OpFamily::ArrayNewDefault:
      if (ArrayNewInline(/*with_value=*/false)) return true;
      CallBuiltin(Builtin::AllocArray, 1, {A::Of(type), A::At(0)});
      break;
    case OpFamily::ArrayNewFixed:
      ArrayNewFixed();
      return true;
    case OpFamily::ArrayNewData:
      CallBuiltin(Builtin::ArrayNewData, 2, {A::Of(Pair(type, in_.index2)), A::At(0), A::At(1)});
      break;
    case OpFamily::ArrayNewElem:
      CallBuiltin(Builtin::ArrayNewElem, 2, {A::Of(Pair(type, in_.index2)), A::At(0), A::At(1)});
      break;
    case OpFamily::ArrayFill:
      OperandToHome(depth() - 2);
      CallBuiltin(Builtin::ArrayFill, 4,
                  {A::Of(type), A::At(0), A::At(1), A::AddressOf(stack_[depth() - 2].home), A::At(3)});
      return true;
    case OpFamily::ArrayCopy:
      OperandToHome(depth() - 4);
      OperandToHome(depth() - 2);
      CallBuiltin(
          Builtin::ArrayCopy, 5,
          {A::Of(type), A::At(0), A::At(2), A::PairAt(stack_[depth() - 4].home, stack_[depth() - 2].home), A::At(4)});
      return true;
    case OpFamily::ArrayInitData:
      CallBuiltin(Builtin::ArrayInitData, 4, {A::Of(Pair(type, in_.index2)), A::At(0), A::At(1), A::At(2), A::At(3)});
      return true;
    case OpFamily::ArrayInitElem:
      CallBuiltin(Builtin::ArrayInitElem, 4, {A::Of(Pair(type, in_.index2)), A::At(0), A::At(1), A::At(2), A::At(3)});
      return true;
    default:
      return false;
  }
  PushReg(Kind::Ref, kRax);
  return true;
}

void X64Compiler::ArrayNewFixed() {
  constexpr uint64_t kMostInline = 4096;
  const uint32_t type = in_.index, length = in_.index2;
  const wasm::ValType storage = module_.types[type].fields[0].storage;
  const uint32_t size = FieldBytes(storage);
  const uint64_t bytes = (abi::kArrayDataOffset + uint64_t{size} * length + 7) & ~uint64_t{7};
  Reg array;
  if (bytes <= kMostInline) {
    array = Allocate(Builtin::AllocArray, type, static_cast<uint32_t>(bytes), length);
  } else {
    for (uint32_t i = 0; i < length; ++i) OperandToHome(depth() - 1 - i);
    CallBuiltin(Builtin::AllocArray, 0, {Arg::Of(type), Arg::Of(length)});
    array = kRax;
    Lock(array);
    a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, gc_base)));
  }
  for (uint32_t i = length; i-- > 0;) {
    const RegSet locked = locked_;
    const Operand value = Pop();
    StoreField(storage, value, Mem::At(Gpr::r10, G(array), 0, Disp(abi::kArrayDataOffset + i * size)), /*faults=*/false,
               TrapCode::NullArray);
    locked_ = locked;
  }
  PushReg(Kind::Ref, array);
}

// A few elements, how many being constant, all zero or with the value below the length on the stack.
bool X64Compiler::ArrayNewInline(bool with_value) {
  constexpr uint32_t kMostElements = 16, kMostZeros = 512;
  const Operand& count = stack_.back();
  const uint32_t type = in_.index, length = static_cast<uint32_t>(count.bits);
  if (count.where != Where::Const || length > (with_value ? kMostElements : kMostZeros)) return false;
  const wasm::ValType storage = module_.types[type].fields[0].storage;
  const uint32_t size = FieldBytes(storage);
  Pop();
  const Reg array =
      Allocate(Builtin::AllocArray, type, (abi::kArrayDataOffset + size * length + 7) & ~uint32_t{7}, length);
  if (with_value) {
    const Operand value = InRegister(Pop());
    for (uint32_t i = 0; i < length; ++i) {
      StoreField(storage, value, Mem::At(Gpr::r10, G(array), 0, Disp(abi::kArrayDataOffset + i * size)),
                 /*faults=*/false, TrapCode::NullArray);
    }
  }
  PushReg(Kind::Ref, array);
  return true;
}

// --- casts

// Goes to `no` if the reference is not of the type; falls through if it is. Uses r10 and r11.
void X64Compiler::EmitRefTest(Kind kind, Reg ref, wasm::HeapType target, bool nullable, Label* no) {
  Label yes;
  a_.RegRm(kind == Kind::Func ? Inst::Test64Mr : Inst::Test32Mr, ref, ref);
  a_.Jump(Cond::e, nullable ? &yes : no);
  if (target.is_concrete()) {
    if (kind == Kind::Func)
      TestFuncType(ref, target.index(), no);
    else
      TestObjectType(ref, target.index(), no);
    a_.Bind(&yes);
    return;
  }
  switch (target.kind()) {
    case HeapKind::Func:
    case HeapKind::Any:
    case HeapKind::Extern:
    case HeapKind::Exn:
      break;
    case HeapKind::NoFunc:
    case HeapKind::None:
    case HeapKind::NoExtern:
    case HeapKind::NoExn:
      a_.Jump(no);
      break;
    case HeapKind::I31:
      a_.OnlyRm<Inst::Test8Mi>(G(ref), {.imm = 1});
      a_.Jump(Cond::e, no);
      break;
    default: {  // Eq, Struct, Array: by the kind of object
      a_.OnlyRm<Inst::Test8Mi>(G(ref), {.imm = 1});
      a_.Jump(Cond::ne, target.is(HeapKind::Eq) ? &yes : no);
      LoadDescriptor(ref);
      const Mem object_kind = Mem::At(Gpr::r10, Gpr::r11, 0, offsetof(TypeDescriptor, kind));
      static_assert(static_cast<int>(abi::ObjectKind::Struct) == 0 && static_cast<int>(abi::ObjectKind::Array) == 1);
      const bool is_array = target.is(HeapKind::Array), is_eq = target.is(HeapKind::Eq);
      a_.OnlyMem<Inst::Cmp32Mi8>(object_kind, {.imm = is_array || is_eq ? 1 : 0});
      a_.Jump(is_eq ? Cond::a : Cond::ne, no);
      break;
    }
  }
  a_.Bind(&yes);
}

// r10 = the cage's base, r11 = offset of the object's descriptor.
void X64Compiler::LoadDescriptor(Reg ref) {
  a_.RegMem<Inst::Mov64Rm>(Gpr::r10, Context(offsetof(abi::InstanceContext, gc_base)));
  a_.RegMem<Inst::Mov32Rm>(Gpr::r11, Mem::At(Gpr::r10, G(ref), 0));
}

// A structure or array type: the descriptor itself, or its display at the type's depth.
void X64Compiler::TestObjectType(Reg ref, uint32_t type, Label* no) {
  const wasm::CanonType& canon = wasm::TypeRegistry::Get()[module_.canon[type]];
  const Mem wanted = Context(info_.layout.descriptors + 4 * type);
  a_.OnlyRm<Inst::Test8Mi>(G(ref), {.imm = 1});
  a_.Jump(Cond::ne, no);
  LoadDescriptor(ref);
  if (canon.is_final) {
    a_.RegMem<Inst::Cmp32Rm>(Gpr::r11, wanted);
    a_.Jump(Cond::ne, no);
    return;
  }
  Label exact;
  a_.RegMem<Inst::Cmp32Rm>(Gpr::r11, wanted);
  a_.Jump(Cond::e, &exact);
  if (canon.depth >= TypeDescriptor::kMinDisplay) {
    a_.OnlyMem<Inst::Cmp32Mi>(Mem::At(Gpr::r10, Gpr::r11, 0, offsetof(TypeDescriptor, display_count)),
                              {.imm = Disp(canon.depth)});
    a_.Jump(Cond::be, no);
  }
  a_.RegMem<Inst::Mov32Rm>(Gpr::r11,
                           Mem::At(Gpr::r10, Gpr::r11, 0, Disp(offsetof(TypeDescriptor, display) + 4 * canon.depth)));
  a_.RegMem<Inst::Cmp32Rm>(Gpr::r11, wanted);
  a_.Jump(Cond::ne, no);
  a_.Bind(&exact);
}

// A function type. Whether another type is a subtype of one that is not final, the runtime knows: then all is at home
// (PrepareTest).
void X64Compiler::TestFuncType(Reg ref, uint32_t type, Label* no) {
  a_.RegMem<Inst::Mov32Rm>(Gpr::r11, Mem::At(G(ref), offsetof(abi::FuncRef, type_and_kind)));
  a_.OnlyRm<Inst::And32Mi>(Gpr::r11, {.imm = 0xffffff});
  a_.RegMem<Inst::Cmp32Rm>(Gpr::r11, Context(info_.layout.canon + 4 * type));
  if (module_.types[type].is_final) {
    a_.Jump(Cond::ne, no);
    return;
  }
  Label exact;
  a_.Jump(Cond::e, &exact);
  a_.OpcodeReg<Inst::Push64>(G(ref));
  a_.OnlyRm<Inst::Sub64Mi8>(Gpr::rsp, {.imm = 8});
  a_.RegRm<Inst::Mov32Rm>(Gpr::rsi, Gpr::r11);
  LoadImm64(Gpr::rdx, type);
  CallBuiltinEntry(Builtin::FuncSubtype);
  a_.RegRm<Inst::Mov32Rm>(Gpr::r11, Gpr::rax);
  a_.OnlyRm<Inst::Add64Mi8>(Gpr::rsp, {.imm = 8});
  a_.OpcodeReg<Inst::Pop64>(G(ref));
  a_.RegRm<Inst::Test32Mr>(Gpr::r11, Gpr::r11);
  a_.Jump(Cond::e, no);
  a_.Bind(&exact);
}

// Takes the reference off the stack. If the test is a call, nothing else is left in registers that it destroys.
X64Compiler::Tested X64Compiler::PopTested(wasm::HeapType target) {
  const bool calls =
      target.is_concrete() && stack_.back().kind == Kind::Func && !module_.types[target.index()].is_final;
  if (calls) {
    OperandToHome(depth() - 1);
    SaveForCall(0);
    Forget(~kCalleeSaved);
  }
  Tested tested;
  tested.operand = Pop();
  tested.src = Use(tested.operand);
  return tested;
}

void X64Compiler::RefTest() {
  const Tested tested = PopTested(in_.heap);
  const bool nullable = in_.info().has(wasm::op_flags::kNullable);
  const Reg dst = DstBeside(kGeneralRegs);
  Label no, done;
  EmitRefTest(tested.operand.kind, tested.src.reg, in_.heap, nullable, &no);
  a_.OpcodeReg<Inst::Mov32Oi>(G(dst), 1);
  a_.Jump(&done, x64::Distance::Short);
  a_.Bind(&no);
  a_.RegRm<Inst::Xor32Rm>(G(dst), G(dst));
  a_.Bind(&done);
  PushReg(Kind::I32, dst);
}

void X64Compiler::RefCast() {
  const Tested tested = PopTested(in_.heap);
  EmitRefTest(tested.operand.kind, tested.src.reg, in_.heap, in_.info().has(wasm::op_flags::kNullable),
              TrapLabel(TrapCode::CastFailure));
  PushAgain(tested.operand, tested.src);
}

void X64Compiler::BranchOnCast() {
  FlushFuel();
  const bool on_fail = in_.info().family == OpFamily::BrOnCastFail;
  const uint32_t depth = in_.index;
  const Tested tested = PopTested(in_.heap2);
  Label no;
  EmitRefTest(tested.operand.kind, tested.src.reg, in_.heap2, (in_.cast_flags & 2) != 0, &no);
  PushAgain(tested.operand, tested.src);
  if (on_fail) {
    Label yes;
    a_.Jump(&yes);
    a_.Bind(&no);
    GoTo(&LabelAt(depth));
    a_.Bind(&yes);
  } else {
    GoTo(&LabelAt(depth));
    a_.Bind(&no);
  }
}

}  // namespace gantry::baseline
