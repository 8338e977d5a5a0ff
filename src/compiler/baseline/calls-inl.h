// Core: calls, returns, and the tables that the runtime needs of them.
#pragma once

#include "compiler/baseline/core.h"

namespace gantry::baseline {

// Everything that a call destroys and somebody still needs goes to its home, but for the `args` operands on top. No
// register changes.
template <class Target, class Machine>
void Core<Target, Machine>::SaveForCall(uint32_t args) {
  const bool catches = handler_ != abi::CallSite::kNoHandler;  // handlers find all locals at home
  const RegSet kept = catches ? 0 : Machine::kCalleeSaved & ~operands_;
  const uint32_t first_arg = depth() - args;
  for (RegSet rest = dirty_ & ~kept; rest != 0;) {
    const Reg reg = TakeLowest(&rest);
    if (Contains(operands_, reg)) {
      const uint32_t index = owner_[reg] & ~kOperandOwner;
      if (index < first_arg) OperandToHome(index);
      continue;
    }
    const Local& local = locals_[owner_[reg]];
    if (IsDead(local)) continue;
    target().StoreHome(local.kind, reg, local.home);
    dirty_ &= ~SetOf(reg);
  }
}

// Registers whose values are lost.
template <class Target, class Machine>
void Core<Target, Machine>::Forget(RegSet clobbered) {
  const RegSet lost = used_ & clobbered;
  for (RegSet rest = lost & ~operands_; rest != 0;) locals_[owner_[TakeLowest(&rest)]].reg = kNoReg;
  used_ &= ~lost;
  dirty_ &= ~lost;
  operands_ &= ~lost;
}

// The operands on top become a call's arguments.
template <class Target, class Machine>
void Core<Target, Machine>::PassArguments(const abi::CallLayout& layout) {
  const uint32_t count = static_cast<uint32_t>(layout.params.size());
  const uint32_t first = depth() - count;
  if (layout.arg_bytes + layout.result_bytes != 0) target().ReserveOutgoing(layout.arg_bytes + layout.result_bytes);
  ClearMoves();
  for (uint32_t i = 0; i < count; ++i) {
    const abi::Place& place = layout.params[i];
    if (place.kind == abi::Place::Kind::Stack)
      CopyToMemory(stack_[first + i], Area::Outgoing, static_cast<int32_t>(place.offset));
    else
      AddMoveOf(stack_[first + i], RegOf(place));
  }
  RunMoves();
}

// Behind the call, when the arguments are off the stack.
template <class Target, class Machine>
void Core<Target, Machine>::TakeResults(const abi::CallLayout& layout, std::span<const wasm::ValType> types) {
  for (size_t i = 0; i < types.size(); ++i) {
    const abi::Place& place = layout.results[i];
    const Kind kind = KindOf(module_, types[i]);
    if (place.kind != abi::Place::Kind::Stack)
      PushReg(kind, RegOf(place));
    else
      TakeStackResult(kind, place.offset);
  }
  if (layout.result_bytes != 0) target().ReleaseOutgoing(layout.result_bytes);
}

template <class Target, class Machine>
void Core<Target, Machine>::TakeStackResult(Kind kind, uint32_t offset) {
  PushHome(kind);
  const Reg scratch = Machine::ScratchOf(kind);
  target().LoadOutgoing(kind, scratch, static_cast<int32_t>(offset));
  target().StoreHome(kind, scratch, stack_.back().home);
}

template <class Target, class Machine>
uint32_t Core<Target, Machine>::RootMap() {
  if (refs_ == 0 && extra_roots_.empty()) return function_map_;
  constexpr size_t kMostPerByte = 64;  // [C6]
  std::vector<int32_t>& maps = batch_->maps;
  const uint32_t map = static_cast<uint32_t>(maps.size());
  maps.push_back(0);
  maps.insert(maps.end(), ref_cells_.begin(), ref_cells_.end());
  for (const Operand& operand : stack_) {
    if (operand.kind == Kind::Ref && operand.where == Where::Home) maps.push_back(operand.home / 8);
  }
  maps.insert(maps.end(), extra_roots_.begin(), extra_roots_.end());
  maps[map] = static_cast<int32_t>(maps.size() - map) - 1;
  if (maps[map] == 0) {
    maps.pop_back();
    return abi::CallSite::kNoMap;
  }
  if (maps.size() - first_map_ > kMostPerByte * module_.funcs[func_index_].body.size + 65536)
    Refuse("too many references are live at calls");
  return map;
}

template <class Target, class Machine>
void Core<Target, Machine>::AddCallSite(uint8_t register_roots) {
  batch_->calls.push_back({target().position(), offset_, fuel_, RootMap(), handler_, register_roots});
}

template <class Target, class Machine>
void Core<Target, Machine>::EmitReturn() {
  const abi::CallLayout& layout = *func_layout_;
  const uint32_t count = static_cast<uint32_t>(layout.results.size());
  const uint32_t first = depth() - count;
  const int32_t area = static_cast<int32_t>(abi::kIncomingArgs + layout.arg_bytes);
  ClearMoves();
  for (uint32_t i = 0; i < count; ++i) {
    const abi::Place& place = layout.results[i];
    if (place.kind == abi::Place::Kind::Stack)
      CopyToMemory(stack_[first + i], Area::Frame, area + static_cast<int32_t>(place.offset));
    else
      AddMoveOf(stack_[first + i], RegOf(place));
  }
  RunMoves();
  target().Return(layout.arg_bytes);
}

}  // namespace gantry::baseline
