// Scanner: accesses to memory.
#include "base/byte_reader.h"
#include "scan_impl.h"

namespace gantry::native_tests {

namespace {

constexpr int64_t kMostField = 1 << 28;  // offset in an object

}  // namespace

Scanner::Impl::Access Scanner::Impl::AccessOf(const ZydisDecodedOperand& operand) const {
  Access access;
  access.is_rip = operand.mem.base == ZYDIS_REGISTER_RIP;
  if (!access.is_rip && operand.mem.base != ZYDIS_REGISTER_NONE)
    access.base = static_cast<uint8_t>(operand.mem.base - ZYDIS_REGISTER_RAX);
  if (operand.mem.index != ZYDIS_REGISTER_NONE) {
    access.index = static_cast<uint8_t>(operand.mem.index - ZYDIS_REGISTER_RAX);
    access.scale = operand.mem.scale;
  }
  access.disp = operand.mem.disp.has_displacement ? operand.mem.disp.value : 0;
  access.bytes = operand.size / 8;
  access.reads = (operand.actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0;
  access.writes = (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
  return access;
}

Value Scanner::Impl::Load(const Access& access) {
  const Value word = access.bytes <= 4 ? Value::Clean() : Value();
  if (access.is_rip) {
    const int64_t at = static_cast<int64_t>(pc_) + instruction_.length + access.disp;
    if (access.writes) Bad("writes to code");
    if (at < record_->code_size || at + access.bytes > record_->size) Bad("reads beyond the function's constants");
    return word;
  }
  if (access.base == 0xff || access.base > 15) {
    Bad("has no base");
    return word;
  }
  const Value base = Reg(access.base);
  const bool plain = access.index == 0xff;
  auto fields = [&](int64_t size) {
    if (!plain || access.disp < 0 || access.disp + access.bytes > size) Bad("reaches out of a table of the instance");
    return word;
  };
  auto read_only = [&] {
    if (access.writes) Bad("writes what is the runtime's");
  };
  switch (base.what) {
    case What::Stack:
    case What::Area:
      return StackAccess(access, base);
    case What::Context:
      if (!plain) Bad("has an index into the context");
      return ContextLoad(access);
    case What::Foreign:
      read_only();
      if (!plain || access.disp != offsetof(abi::InstanceContext, memory0_base)) Bad("looks into another instance");
      return Value();
    case What::Store:
      if (access.writes && access.disp != offsetof(abi::StoreContext, fuel)) Bad("writes what is the runtime's");
      fields(sizeof(abi::StoreContext));
      return access.disp == offsetof(abi::StoreContext, gc_base) ? Value::Of(What::GcBase) : word;
    case What::Memory0:
      return HeapAccess(access, 0);
    case What::MemoryBase:
      return HeapAccess(access, base.arg);
    case What::CheckedEnd:
      ++accesses_;
      if (!plain || access.disp + base.number < 0 || access.disp + access.bytes > 0)
        Bad("is not the access that was compared with the length");
      return word;
    case What::MemoryDef:
      read_only();
      fields(sizeof(abi::MemoryDef));
      return access.disp == offsetof(abi::MemoryDef, base) ? Value::Of(What::MemoryBase, base.arg) : word;
    case What::TableDef:
      read_only();
      fields(sizeof(abi::TableDef));
      return access.disp == offsetof(abi::TableDef, base) ? Value::Of(What::TableBase, base.arg) : word;
    case What::TableBase: {
      read_only();
      const Value index = plain ? Value() : Reg(access.index);
      const bool is_below = index.below == Below::Table   ? index.below_arg == base.arg
                            : index.below == Below::Count ? index.below_arg <= module_.tables[base.arg].type.limits.min
                                                          : false;
      if (!is_below || access.scale != 4 || access.disp != 0 || access.bytes != 4 ||
          IsFunc(module_, module_.tables[base.arg].type.element))
        Bad("reads a table at an index that was not compared with its length");
      return word;
    }
    case What::TableEntry:
      read_only();
      fields(sizeof(abi::FuncTableEntry));
      if (access.disp != offsetof(abi::FuncTableEntry, ref)) return word;
      return Value::Of(HoldsOwnFunctions(base.arg) ? What::OwnFunc : What::FuncRef);
    case What::Const:  // of a null reference: traps before
      if (base.number != 0) Bad("has a constant address");
      [[fallthrough]];
    case What::FuncRef:
    case What::OwnFunc:
    case What::CageWord:
      read_only();
      fields(sizeof(abi::FuncRef));
      return access.disp == offsetof(abi::FuncRef, context) ? Value::Of(What::Foreign) : word;
    case What::GlobalCell: {
      const wasm::GlobalType& type = module_.globals[base.arg].type;
      if (access.writes && !type.is_mutable) Bad("writes a constant global");
      fields(type.type == wasm::kV128 ? 16 : 8);
      return IsFunc(module_, type.type) ? Value::Of(What::FuncRef) : word;
    }
    case What::GcWindow:
      if (access.writes && access.disp != offsetof(abi::AllocWindow, top)) Bad("writes what is the runtime's");
      return fields(sizeof(abi::AllocWindow));
    case What::GcBase:
    case What::Object:
      return CageAccess(access, base);
    case What::JumpSlot: {
      read_only();
      if (!plain || access.disp != 0 || access.bytes != 4) Bad("is not how a jump table is read");
      return Value::Of(What::JumpDelta, base.arg);
    }
    default:
      Bad(fmt::format("has no base that is known (register {}, kind {})", access.base, static_cast<int>(base.what)));
      return word;
  }
}

bool Scanner::Impl::HoldsOwnFunctions(uint32_t table) const {
  if (options_.table_writes || table < module_.imported_tables || module_.tables[table].init.size != 0)
    return false;
  for (const wasm::Export& item : module_.exports) {
    if (item.kind == wasm::ExternKind::Table && item.index == table) return false;
  }
  for (const wasm::ElemSegment& segment : module_.elems) {
    if (segment.mode != wasm::SegmentMode::Active || segment.table != table) continue;
    ByteReader items(module_.Bytes(segment.items));
    for (uint32_t i = 0; i < segment.count; ++i) {
      if (segment.is_expr || items.U32() < module_.imported_funcs) return false;
    }
  }
  return true;
}

Value Scanner::Impl::StackAccess(const Access& access, const Value& base) {
  const Value word = access.bytes <= 4 ? Value::Clean() : Value();
  const int64_t at = base.number + access.disp;
  int64_t end = at + access.bytes;
  if (access.index != 0xff) {
    const Value index = Reg(access.index);
    if (!index.is(What::AtMost) || access.scale != 1 || access.writes) Bad("has an index into the frame");
    end += index.number;
  }
  if (!Reg(kRsp).is(What::Stack) || at < Rsp() || end > FrameTop()) Bad("reaches out of the frame");
  if (base.is(What::Area) || access.index != 0xff) return word;
  const auto it = state_.cells.find(static_cast<int32_t>(at));
  if (it == state_.cells.end() || access.bytes != 8) return word;
  return it->second;
}

Value Scanner::Impl::ContextLoad(const Access& access) {
  const int64_t at = access.disp;
  const Value word = access.bytes <= 4 ? Value::Clean() : Value();
  if (at < 0 || at + access.bytes > static_cast<int64_t>(context_bytes_)) {
    Bad("reaches out of the context");
    return word;
  }
  // In an array of pointers; which one it is.
  auto element = [&](uint32_t array, size_t count, uint32_t* index) {
    if (at < array || at >= array + 8 * static_cast<int64_t>(count) || (at - array) % 8 != 0 || access.bytes != 8)
      return false;
    *index = static_cast<uint32_t>((at - array) / 8);
    return true;
  };
  const size_t own_globals = module_.globals.size() - module_.imported_globals;
  if (at >= layout_.cells && at < layout_.cells + 16 * static_cast<int64_t>(own_globals)) {
    const uint32_t index = module_.imported_globals + static_cast<uint32_t>((at - layout_.cells) / 16);
    const wasm::GlobalType& type = module_.globals[index].type;
    const bool is_v128 = type.type == wasm::kV128;
    if ((at - layout_.cells) % 16 + access.bytes > (is_v128 ? 16u : 8u)) Bad("reaches out of a global");
    if (access.writes && !type.is_mutable) Bad("writes a constant global");
    return IsFunc(module_, type.type) ? Value::Of(What::FuncRef) : word;
  }
  if (access.writes) Bad("writes what is the runtime's");
  if (access.bytes == 8) {
    switch (at) {
      case offsetof(abi::InstanceContext, store):
        return Value::Of(What::Store);
      case offsetof(abi::InstanceContext, memory0_base):
        return Value::Of(What::Memory0);
      case offsetof(abi::InstanceContext, builtins):
        return Value::Of(What::Builtins);
      case offsetof(abi::InstanceContext, gc_base):
        return Value::Of(What::GcBase);
      case offsetof(abi::InstanceContext, gc_window):
        return Value::Of(What::GcWindow);
      default:
        break;
    }
  }
  uint32_t index;
  if (element(layout_.memories, module_.memories.size(), &index)) return Value::Of(What::MemoryDef, index);
  if (element(layout_.tables, module_.tables.size(), &index)) return Value::Of(What::TableDef, index);
  if (element(layout_.globals, module_.globals.size(), &index)) return Value::Of(What::GlobalCell, index);
  if (element(layout_.imported_funcs, module_.imported_funcs, &index)) return Value::Of(What::FuncRef);
  const bool is_id = at >= layout_.descriptors && at < layout_.funcs && access.bytes == 4;  // and canonical types
  if (!is_id) Bad("reads a part of the context that is not code's");
  return word;
}

void Scanner::Impl::RequireGuardTrap() {
  const abi::TrapSite* trap = TrapAt(pc_);
  if (trap == nullptr || trap->code != abi::TrapCode::MemoryOutOfBounds)
    Bad("may run into a guard, but is no trap site");
}

Value Scanner::Impl::HeapAccess(const Access& access, uint32_t memory) {
  ++accesses_;
  const Value word = access.bytes <= 4 ? Value::Clean() : Value();
  if (access.index == 0xff) {
    if (!IsGuarded(memory)) Bad("is not compared with the length of the memory");
    if (access.disp < 0 || access.disp + access.bytes > (int64_t{1} << 32)) Bad("reaches over the guard");
    RequireGuardTrap();
    return word;
  }
  if (access.scale != 1) Bad("has a scaled index");
  const Value index = Reg(access.index);
  if (index.is(What::Checked)) {
    if (index.arg != memory || access.disp + index.number < 0 || access.disp + access.bytes > 0)
      Bad("is not the access that was compared with the length");
    return word;
  }
  if (!IsGuarded(memory)) Bad("is not compared with the length of the memory");
  if (!index.clean) Bad("has an index whose upper half may not be zero");
  if (access.disp < 0 || access.disp + access.bytes > static_cast<int64_t>(abi::kGuardBytes))
    Bad("reaches over the guard");
  RequireGuardTrap();
  return word;
}

Value Scanner::Impl::CageAccess(const Access& access, const Value& base) {
  if (access.disp < 0 || access.disp > kMostField) Bad("has an offset that no object has");
  if (base.is(What::GcBase)) {
    if (access.index == 0xff || access.scale != 1 || !Reg(access.index).clean)
      Bad("has no 32-bit reference as its index");
  } else if (access.index != 0xff) {
    const Value index = Reg(access.index);
    const bool is_element = index.below == Below::Array && index.below_arg == base.arg && index.clean;
    const bool is_scaled = index.is(What::ScaledElement) && index.arg == base.arg && access.scale == 1;
    if ((!is_element && !is_scaled) || access.disp != abi::kArrayDataOffset)
      Bad("is an element at an index that was not compared with the array's length");
  }
  return access.bytes == 8 ? Value::Of(What::CageWord) : access.bytes <= 4 ? Value::Clean() : Value();
}

// The frame's cells keep what matters. Load has checked the access.
void Scanner::Impl::Store(const Access& access, const Value& value) {
  if (access.base == 0xff || !Reg(access.base).is(What::Stack)) return;
  const int32_t at = static_cast<int32_t>(Reg(access.base).number + access.disp),
                end = at + static_cast<int32_t>(access.bytes);
  for (auto it = state_.cells.lower_bound(at - 7); it != state_.cells.end() && it->first < end;)
    it = state_.cells.erase(it);
  const bool is_kept = value.is_func() || value.is(What::Saved) || value.is(What::Context) ||
                       value.is(What::ReturnAddress) || value.is(What::TableEntry);
  if (access.bytes == 8 && is_kept) state_.cells[at] = value;
}

}  // namespace gantry::native_tests
