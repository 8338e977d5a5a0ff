// Scanner: what instructions do to what is known.
#include "scan_impl.h"

namespace gantry::native_tests {

Value Scanner::Impl::Lea(const Access& access, bool wide) const {
  if (!wide) return Value::Clean();
  const uint32_t end = pc_ + instruction_.length;
  if (access.is_rip) {
    const int64_t at = static_cast<int64_t>(end) + access.disp;
    return at >= 0 && DataAt(static_cast<uint32_t>(at)) != nullptr
               ? Value::Of(What::JumpTable, static_cast<uint32_t>(at))
               : Value();
  }
  if (access.base == 0xff) return Value();
  const Value& base = state_.regs[access.base];
  if (access.index == 0xff) {
    if (base.is(What::Stack)) return Value::Of(What::Stack, 0, base.number + access.disp);
    if (base.is(What::Context) && access.disp >= layout_.funcs && access.disp < static_cast<int64_t>(context_bytes_) &&
        (access.disp - layout_.funcs) % sizeof(abi::FuncRef) == 0)
      return Value::Of(What::FuncRef);
    if (base.clean && access.disp >= 0) return Value::Of(What::Extent, 0, access.disp);
    return Value();
  }
  const Value& index = state_.regs[access.index];
  static_assert(sizeof(abi::FuncTableEntry) == 2 * 8);
  if (access.index == access.base && access.scale == 1 && access.disp == 0) {
    if (index.below == Below::Table) return Value::Of(What::DoubleIndex, index.below_arg);
    if (index.below == Below::Count) return Value::Of(What::DoubleCount, index.below_arg);
  }
  if (base.is(What::TableBase) && access.scale == 8 && access.disp == 0) {
    const wasm::TableType& type = module_.tables[base.arg].type;
    const bool is_below = index.is(What::DoubleIndex) ? index.arg == base.arg
                                                      : index.is(What::DoubleCount) && index.arg <= type.limits.min;
    if (is_below && IsFunc(module_, type.element)) return Value::Of(What::TableEntry, base.arg);
  }
  if (base.is(What::GcBase) && access.scale == 1 && access.disp == 0 && index.clean)
    return Value::Of(What::Object, access.index);
  if (base.is(What::JumpTable) && index.is(What::Clamped) && access.scale == 4 && access.disp == 0) {
    const abi::DataRange* data = DataAt(base.arg);
    if (data != nullptr && index.arg <= data->size / 4) return Value::Of(What::JumpSlot, base.arg);
  }
  if (base.is(What::JumpSlot) && index.is(What::JumpDelta) && index.arg == base.arg && access.scale == 1 &&
      access.disp == 4)
    return Value::Of(What::JumpTarget, base.arg);
  return Value();
}

// Instructions whose meaning matters. False: only what they write is of interest.
bool Scanner::Impl::Special(const Access* memory, const Value& loaded) {
  const ZydisDecodedOperand &to = operands_[0], &from = operands_[1];
  const uint8_t dst = RegOf(to), src = instruction_.operand_count_visible > 1 ? RegOf(from) : 0xff;
  const bool wide = to.size == 64, is_reg_reg = dst != 0xff && src != 0xff;
  const bool has_imm = instruction_.operand_count_visible == 2 && from.type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
  auto set = [&](const Value& value) { Reg(dst) = value; };
  switch (instruction_.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
      if (dst != 0xff && (to.size == 64 || to.size == 32)) {
        if (is_reg_reg) {
          Value value = Reg(src);
          // The lower half of something clean is all of it.
          set(wide || value.clean ? value : Value::Clean());
          if (!wide) Reg(dst).clean = true;
        } else if (has_imm) {
          set(Value::ConstOf(wide ? from.imm.value.u : static_cast<uint32_t>(from.imm.value.u)));
        } else {
          set(wide ? loaded : Value::Clean());
        }
        return true;
      }
      if (memory != nullptr && dst == 0xff) {
        if (Reg(memory->base).is(What::Area)) {
          // A loop that fills the frame with zeros; the first time round its counter tells how far it goes.
          if (!has_imm || from.imm.value.u != 0 || memory->bytes != 8) Bad("fills the frame with something else");
          const Value count = Reg(kR11);
          const int64_t begin = Reg(memory->base).number;
          if (count.is(What::Const)) {
            if (begin + 8 * count.number > kFrame - 8) Bad("fills more than the frame");
            for (int64_t i = 0; i < count.number; ++i)
              state_.cells[static_cast<int32_t>(begin + 8 * i)] = Value::ConstOf(0);
          }
          return true;
        }
        Value value = has_imm ? Value::ConstOf(from.imm.value.u) : src != 0xff ? Reg(src) : Value();
        Store(*memory, value);
        return true;
      }
      return false;
    case ZYDIS_MNEMONIC_LEA: {
      Value value = Lea(*memory, wide);
      // Into the frame by any register but rsp: the start of an area.
      if (value.is(What::Stack) && dst != kRsp && memory->base == kRbp) value.what = What::Area;
      set(value);
      return true;
    }
    case ZYDIS_MNEMONIC_MOVSXD:
      if (dst == 0xff) return false;
      set(loaded.is(What::JumpDelta) ? loaded : Value());
      return true;
    case ZYDIS_MNEMONIC_XOR:
      if (!is_reg_reg || dst != src) return false;
      set(Value::ConstOf(0));
      state_.flags = {};
      return true;
    case ZYDIS_MNEMONIC_CMP: {
      state_.flags = {};
      if (memory != nullptr && dst != 0xff) {
        const Value base = memory->base == 0xff ? Value() : Reg(memory->base);
        if (base.is(What::MemoryDef) && memory->disp == offsetof(abi::MemoryDef, length) && wide)
          state_.flags = {Flags::About::Length, dst, base.arg};
        if (base.is(What::TableDef) && memory->disp == offsetof(abi::TableDef, length) && wide)
          state_.flags = {Flags::About::TableLength, dst, base.arg};
        if (base.is(What::GcBase) && memory->disp == abi::kArrayLengthOffset && memory->index != 0xff)
          state_.flags = {Flags::About::ArrayLength, dst, memory->index};
      } else if (is_reg_reg && Reg(src).is(What::Const)) {
        state_.flags = {Flags::About::Clamp, dst, src};
      } else if (dst != 0xff && has_imm && wide && from.imm.value.s >= 0) {
        state_.flags = {Flags::About::Count, dst, static_cast<uint32_t>(from.imm.value.s)};
      }
      return true;
    }
    case ZYDIS_MNEMONIC_TEST:
    case ZYDIS_MNEMONIC_UCOMISS:
    case ZYDIS_MNEMONIC_UCOMISD:
      state_.flags = {};
      return true;
    case ZYDIS_MNEMONIC_ADD: {
      state_.flags = {};
      if (dst == 0xff || !wide) return false;
      const Value value = Reg(dst);
      if (has_imm && value.is(What::Stack)) {
        set(Value::Of(What::Stack, 0, value.number + from.imm.value.s));
      } else if (has_imm && value.is(What::Area) && from.imm.value.s == 8) {
        // stays an area
      } else if (is_reg_reg && value.is(What::Const) && value.number >= 0 && Reg(src).clean) {
        set(Value::Of(What::Extent, 0, value.number));
      } else if (is_reg_reg && value.is(What::Const)) {
        set(Value::Of(What::MayWrap, 0, value.number));
        state_.flags = {Flags::About::Carry, dst, 0};
      } else if (value.is(What::Checked) && loaded.is(What::MemoryBase) && loaded.arg == value.arg) {
        set(Value::Of(What::CheckedEnd, value.arg, value.number));
      } else {
        return false;
      }
      return true;
    }
    case ZYDIS_MNEMONIC_SUB: {
      state_.flags = {};
      if (dst == 0xff || !wide || !has_imm || !Reg(dst).is(What::Stack)) return false;
      set(Value::Of(What::Stack, 0, Reg(dst).number - from.imm.value.s));
      return true;
    }
    case ZYDIS_MNEMONIC_SHL: {
      state_.flags = {};
      if (dst == 0xff || !wide || !has_imm) return false;
      const Value value = Reg(dst);
      if (value.below == Below::Array && value.clean && from.imm.value.u == 4) {
        set(Value::Of(What::ScaledElement, value.below_arg));
        return true;
      }
      return false;
    }
    case ZYDIS_MNEMONIC_SHR:
      state_.flags = {};
      if (dst == 0xff || !wide || !has_imm) return false;
      set(Reg(dst).clean || from.imm.value.u >= 32 ? Value::Clean() : Value());
      return true;
    case ZYDIS_MNEMONIC_AND:
      state_.flags = {};
      if (dst != 0xff && to.size >= 32 && has_imm && from.imm.value.s >= 0) {
        set(Value::Of(What::AtMost, 0, from.imm.value.s));
        Reg(dst).clean = true;
        return true;
      }
      if (dst == 0xff || !wide) return false;
      set(Reg(dst).clean || (is_reg_reg && Reg(src).clean) ? Value::Clean() : Value());
      return true;
    case ZYDIS_MNEMONIC_PUSH: {
      const Value value = dst == 0xff ? Value() : Reg(dst);
      Reg(kRsp).number -= 8;
      Access access;
      access.base = kRsp;
      access.bytes = 8;
      Store(access, value);
      return true;
    }
    case ZYDIS_MNEMONIC_POP: {
      const auto it = state_.cells.find(static_cast<int32_t>(Rsp()));
      const Value value = it == state_.cells.end() ? Value() : it->second;
      Reg(kRsp).number += 8;
      if (dst != 0xff) set(value);
      return true;
    }
    case ZYDIS_MNEMONIC_LEAVE: {
      const Value frame = Reg(kRbp);
      if (!frame.is(What::Stack)) Bad("has no frame to leave");
      const auto it = state_.cells.find(static_cast<int32_t>(frame.number));
      Reg(kRsp) = Value::Of(What::Stack, 0, frame.number + 8);
      Reg(kRbp) = it == state_.cells.end() ? Value() : it->second;
      return true;
    }
    case ZYDIS_MNEMONIC_CMPXCHG: {
      // rax keeps its value or gets the memory's.
      const bool was_clean = Reg(kRax).clean;
      Generic();
      Reg(kRax).clean = was_clean && memory != nullptr && memory->bytes <= 4;
      return true;
    }
    default:
      break;
  }
  if (instruction_.meta.category == ZYDIS_CATEGORY_CMOV && dst != 0xff) {
    if (state_.flags.about == Flags::About::Clamp && instruction_.mnemonic == ZYDIS_MNEMONIC_CMOVB &&
        state_.flags.reg == src && state_.flags.arg == dst && Reg(dst).is(What::Const)) {
      Value value = Value::Of(What::Clamped, static_cast<uint32_t>(Reg(dst).number + 1));
      value.clean = true;
      set(value);
      return true;
    }
    Value value = is_reg_reg ? Join(Reg(dst), Reg(src)) : Value();
    if (!wide) value = Value::Clean();
    set(value);
    return true;
  }
  return false;
}

// Written registers lose what was known of them; 32-bit writes clear the upper half, narrower ones leave it.
void Scanner::Impl::Generic() {
  for (int i = 0; i < instruction_.operand_count; ++i) {
    const ZydisDecodedOperand& operand = operands_[i];
    if ((operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0) continue;
    if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
      if (operand.reg.value == ZYDIS_REGISTER_RFLAGS) state_.flags = {};
      const uint8_t reg = RegOf(operand);
      if (reg == 0xff) continue;
      if (reg == kRsp || reg == kRbp || reg == kR14) Bad("changes a register that is pinned");
      const bool was_clean = Reg(reg).clean;
      Reg(reg) = Value();
      Reg(reg).clean = operand.size == 32 || (operand.size < 32 && was_clean);
    } else if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY) {
      Store(AccessOf(operand), Value());
    }
  }
}

}  // namespace gantry::native_tests
