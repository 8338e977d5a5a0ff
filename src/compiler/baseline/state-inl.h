// Core: operands, locals and registers.
#pragma once

#include "compiler/baseline/core.h"

namespace gantry::baseline {

// --- operands

template <class Target, class Machine>
void Core<Target, Machine>::DropSome(uint32_t count) {
  RegSet left = 0;
  for (; count > 0; --count) {
    const Operand& operand = stack_.back();
    stack_.Pop();
    top_ = operand.home + HomeBytes(operand.kind);
    refs_ -= operand.kind == Kind::Ref;
    if (operand.where == Where::Reg) {
      left |= SetOf(operand.reg);
    } else if (operand.where == Where::Local) {
      --locals_[operand.local].shared;
      --shared_;
    }
  }
  used_ &= ~left;
  dirty_ &= ~left;
  operands_ &= ~left;
}

// Of an operand without a register of its own: of a local that has one, as a rule.
template <class Target, class Machine>
Src Core<Target, Machine>::Fetch(const Operand& operand) {
  if (operand.where != Where::Local) return Bring(operand);
  const Local& local = locals_[operand.local];
  if (local.reg == kNoReg) return Bring(operand);
  Lock(local.reg);
  const bool dead = IsDead(local);
  dirty_ &= ~(RegSet{dead} << local.reg);
  return {local.reg, dead};
}

template <class Target, class Machine>
Src Core<Target, Machine>::Bring(const Operand& operand) {
  if (operand.where == Where::Local) {
    LoadLocal(operand.local);
    return Fetch(operand);
  }
  const Reg reg = AllocTemp(ClassOf(operand.kind));
  if (operand.where == Where::Const)
    target().LoadConst(operand.kind, reg, operand.bits);
  else
    target().LoadHome(operand.kind, reg, operand.home);
  return {reg, true};
}

template <class Target, class Machine>
bool Core<Target, Machine>::IsBestAtHome(const Operand& operand) const {
  if (operand.where == Where::Home) return true;
  if (operand.where != Where::Local) return false;
  const Local& local = locals_[operand.local];
  if (local.reg != kNoReg) return false;
  return IsDead(local) || (local.pin == kNoReg && Free(ClassOf(operand.kind)) == 0);
}

template <class Target, class Machine>
Reg Core<Target, Machine>::Hint(bool* is_pin) const {
  constexpr uint8_t kLocalSet = 0x21, kLocalTee = 0x22;
  *is_pin = false;
  const uint8_t* const next = reader_->pos();
  if (next[0] != kLocalSet && next[0] != kLocalTee) return kNoReg;
  uint32_t index = next[1];
  if (index >= 0x80) {
    if (next[2] >= 0x80) return kNoReg;
    index = (index & 0x7f) | static_cast<uint32_t>(next[2]) << 7;
  }
  const Local& local = locals_[index];
  if (local.shared != 0) return kNoReg;
  if (local.pin != kNoReg) {
    *is_pin = true;
    if (local.pin == local.reg) return local.pin;
    return Contains(used_ | locked_, local.pin) ? kNoReg : local.pin;
  }
  return local.reg;
}

template <class Target, class Machine>
Reg Core<Target, Machine>::Dst(RegSet cls, Src a, Src b) {
  bool is_pin;
  const Reg hint = Hint(&is_pin);
  const bool fits = hint != kNoReg && Contains(cls, hint);
  if (fits && is_pin) return hint;
  if (a.mine && Contains(cls, a.reg)) return a.reg;
  if (b.mine && Contains(cls, b.reg)) return b.reg;
  if (fits) return hint;
  return Alloc(cls);
}

template <class Target, class Machine>
Reg Core<Target, Machine>::DstBeside(RegSet cls, Src a) {
  bool is_pin;
  const Reg hint = Hint(&is_pin);
  const RegSet busy = a.reg == kNoReg ? locked_ : locked_ & ~SetOf(a.reg);
  const bool fits = hint != kNoReg && Contains(cls & ~busy, hint);
  if (fits && is_pin) return hint;
  if (a.mine && Contains(cls, a.reg)) return a.reg;
  if (fits) return hint;
  return Alloc(cls);
}

// --- locals

template <class Target, class Machine>
void Core<Target, Machine>::LoadLocal(uint32_t index) {
  Local& local = locals_[index];
  const Reg reg = TakePin(index) ? local.pin : Alloc(ClassOf(local.kind));
  target().LoadHome(local.kind, reg, local.home);
  OwnByLocal(reg, index, /*dirty=*/false);
}

// Makes the pinned register of a local free for it; false if it has none or that is in use by this instruction.
template <class Target, class Machine>
bool Core<Target, Machine>::TakePin(uint32_t index) {
  const Reg pin = locals_[index].pin;
  if (pin == kNoReg) return false;
  if (!Contains(used_, pin)) return !Contains(locked_, pin);
  if (!Contains(operands_, pin) && owner_[pin] == index) return true;
  if (Contains(locked_, pin)) return false;
  Evict(pin);
  return true;
}

// The value in `reg`, which nothing else owns, becomes the local's.
template <class Target, class Machine>
void Core<Target, Machine>::MoveToLocal(uint32_t index, Kind kind, Reg reg) {
  Local& local = locals_[index];
  if (local.pin != reg && TakePin(index)) {
    target().Move(kind, local.pin, reg);
    reg = local.pin;
  }
  ReleaseLocal(&local);
  OwnByLocal(reg, index, /*dirty=*/true);
}

// What most instructions that set a local find: a value in a register, which becomes the local's.
template <class Target, class Machine>
void Core<Target, Machine>::SetLocal(uint32_t index, bool keep) {
  const Operand& value = stack_.back();
  Local& local = locals_[index];
  const Reg reg = value.reg;
  if (value.where != Where::Reg || local.shared != 0 || at_ >= local.live_end ||
      (local.pin != kNoReg && local.pin != reg)) {
    SetLocalTo(index, keep);
    return;
  }
  stack_.Pop();
  top_ = value.home + HomeBytes(local.kind);
  refs_ -= local.kind == Kind::Ref;
  const RegSet before = RegSet{local.reg != kNoReg} << (local.reg % kRegCount);
  used_ &= ~before;
  dirty_ &= ~before;
  operands_ &= ~SetOf(reg);
  owner_[reg] = index;
  local.reg = reg;
  if (keep) PushLocal(index);
}

template <class Target, class Machine>
void Core<Target, Machine>::SetLocalTo(uint32_t index, bool keep) {
  const Operand value = Pop();
  Local& local = locals_[index];
  const Kind kind = local.kind;
  if (value.where == Where::Local && value.local == index) {
    if (keep) PushLocal(index);
    return;
  }
  if (local.shared != 0) Detach(index);  // [C2]
  if (at_ >= local.live_end) {
    ReleaseLocal(&local);
    if (!keep) return;
    switch (value.where) {
      case Where::Const:
        PushConst(kind, value.bits);
        return;
      case Where::Reg:
        PushReg(kind, value.reg);
        return;
      case Where::Local:
        PushLocal(value.local);
        return;
      case Where::Home:
        PushHome(kind);
        return;
    }
  }
  switch (value.where) {
    case Where::Reg:
      MoveToLocal(index, kind, value.reg);
      break;
    case Where::Const: {
      const RegSet free = Free(ClassOf(kind));
      Reg reg = local.reg;
      if (TakePin(index))
        reg = local.pin;
      else if (reg == kNoReg && free != 0)
        reg = Lowest(free);
      if (reg == kNoReg) {
        target().StoreConst(kind, Area::Frame, local.home, value.bits);
        break;
      }
      ReleaseLocal(&local);
      target().LoadConst(kind, reg, value.bits);
      OwnByLocal(reg, index, /*dirty=*/true);
      break;
    }
    case Where::Local: {
      const Src src = Use(value);
      if (src.mine) {
        locals_[value.local].reg = kNoReg;
        Release(src.reg);
        MoveToLocal(index, kind, src.reg);
        break;
      }
      const Reg reg = TakePin(index) ? local.pin : local.reg != kNoReg ? local.reg : Alloc(ClassOf(kind));
      target().Move(kind, reg, src.reg);
      ReleaseLocal(&local);
      OwnByLocal(reg, index, /*dirty=*/true);
      break;
    }
    case Where::Home: {
      const Reg reg = TakePin(index) ? local.pin : local.reg != kNoReg ? local.reg : Alloc(ClassOf(kind));
      target().LoadHome(kind, reg, value.home);
      ReleaseLocal(&local);
      OwnByLocal(reg, index, /*dirty=*/true);
      break;
    }
  }
  if (keep) PushLocal(index);
}

// An operand that stands for a local gets a register or its home.
template <class Target, class Machine>
void Core<Target, Machine>::MakeIndependent(uint32_t index) {
  Operand& operand = stack_[index];
  Local& local = locals_[operand.local];
  const Kind kind = operand.kind;
  --local.shared;
  --shared_;
  const RegSet free = Free(ClassOf(kind));
  if (local.reg != kNoReg) {
    if (IsDead(local)) {
      const Reg reg = local.reg;
      local.reg = kNoReg;
      OwnByOperand(reg, index);
    } else if (free != 0) {
      target().Move(kind, Lowest(free), local.reg);
      OwnByOperand(Lowest(free), index);
    } else {
      target().StoreHome(kind, local.reg, operand.home);
      operand.where = Where::Home;
    }
  } else if (free != 0) {
    target().LoadHome(kind, Lowest(free), local.home);
    OwnByOperand(Lowest(free), index);
  } else {
    const Reg scratch = Machine::ScratchOf(kind);
    target().LoadHome(kind, scratch, local.home);
    target().StoreHome(kind, scratch, operand.home);
    operand.where = Where::Home;
  }
}

// [C2] The local is about to change: operands that stand for it get its value, the first one its register as well.
template <class Target, class Machine>
void Core<Target, Machine>::Detach(uint32_t index) {
  constexpr uint32_t kScanned = 32;
  Local& local = locals_[index];
  uint32_t scanned = 0;
  for (uint32_t i = depth(); local.shared != 0;) {
    if (++scanned > kScanned) {  // [C6]
      FlushShared();
      return;
    }
    --i;
    if (stack_[i].where != Where::Local || stack_[i].local != index) continue;
    if (local.shared == 1 && local.reg != kNoReg && local.reg != local.pin) {
      const Reg reg = local.reg;
      local.reg = kNoReg;
      local.shared = 0;
      --shared_;
      OwnByOperand(reg, i);
      return;
    }
    MakeIndependent(i);
  }
}

template <class Target, class Machine>
void Core<Target, Machine>::FlushSome() {
  for (uint32_t i = LowestShared(); shared_ != 0; ++i) {
    if (stack_[i].where == Where::Local) MakeIndependent(i);
  }
}

// [C6] What it looks at stands for a local at most once again, and then all of it is above a new one.
template <class Target, class Machine>
uint32_t Core<Target, Machine>::LowestShared() const {
  uint32_t i = depth();
  for (uint32_t left = shared_; left != 0;) left -= stack_[--i].where == Where::Local;
  return i;
}

// --- registers

// A free register, else one whose value is in memory anyway, else one of the value that is likely to be needed last.
template <class Target, class Machine>
Reg Core<Target, Machine>::Alloc(RegSet cls) {
  if (const RegSet free = Free(cls)) return Lowest(free);
  const RegSet all = cls & Machine::kAllocatable & ~locked_;
  if (const RegSet clean = all & used_ & ~dirty_ & ~pinned_) {
    Evict(Lowest(clean));
    return Lowest(clean);
  }
  if (const RegSet idle = all & ~used_) return Lowest(idle);  // pinned, but its local is elsewhere
  GANTRY_DCHECK(all != 0);
  Reg victim = kNoReg;
  if (const RegSet dirty_locals = all & ~operands_ & ~pinned_) {
    victim = Lowest(dirty_locals);
  } else if (RegSet operands = all & operands_) {
    victim = TakeLowest(&operands);
    while (operands != 0) {
      const Reg reg = TakeLowest(&operands);
      if (owner_[reg] < owner_[victim]) victim = reg;
    }
  } else {
    victim = Lowest(all);
  }
  Evict(victim);
  return victim;
}

template <class Target, class Machine>
void Core<Target, Machine>::Evict(Reg reg) {
  if (Contains(operands_, reg)) {
    OperandToHome(owner_[reg] & ~kOperandOwner);
    return;
  }
  Local& local = locals_[owner_[reg]];
  if (Contains(dirty_, reg) && !IsDead(local)) target().StoreHome(local.kind, reg, local.home);
  ReleaseLocal(&local);
}

template <class Target, class Machine>
void Core<Target, Machine>::Vacate(Reg reg) {
  if (!Contains(used_, reg)) return;
  const RegSet free = Free(reg < kFirstVector ? kGeneralRegs : kVectorRegs) & ~SetOf(reg);
  if (free == 0) {
    Evict(reg);
    return;
  }
  const Reg to = Lowest(free);
  const uint32_t owner = owner_[reg];
  if (Contains(operands_, reg)) {
    const uint32_t index = owner & ~kOperandOwner;
    target().Move(stack_[index].kind, to, reg);
    Release(reg);
    OwnByOperand(to, index);
  } else {
    const bool dirty = Contains(dirty_, reg);
    target().Move(locals_[owner].kind, to, reg);
    Release(reg);
    OwnByLocal(to, owner, dirty);
  }
}

template <class Target, class Machine>
void Core<Target, Machine>::OperandToHome(uint32_t index) {
  Operand& operand = stack_[index];
  switch (operand.where) {
    case Where::Home:
      return;
    case Where::Const:
      target().StoreConst(operand.kind, Area::Frame, operand.home, operand.bits);
      break;
    case Where::Reg:
      target().StoreHome(operand.kind, operand.reg, operand.home);
      Release(operand.reg);
      break;
    case Where::Local: {
      Local& local = locals_[operand.local];
      --local.shared;
      --shared_;
      if (local.reg != kNoReg) {
        target().StoreHome(operand.kind, local.reg, operand.home);
      } else {
        const Reg scratch = Machine::ScratchOf(operand.kind);
        target().LoadHome(operand.kind, scratch, local.home);
        target().StoreHome(operand.kind, scratch, operand.home);
      }
      break;
    }
  }
  operand.where = Where::Home;
}

}  // namespace gantry::baseline
