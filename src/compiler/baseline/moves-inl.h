// Core: moves that happen at once, for labels, calls and returns.
//
// Registers first, each when nothing needs its old value any more; a cycle goes through the scratch register. Then what
// comes from memory or is constant, which needs no register as a source.
#pragma once

#include "compiler/baseline/core.h"

namespace gantry::baseline {

template <class Target, class Machine>
void Core<Target, Machine>::AddMoveOf(const Operand& operand, Reg to) {
  const Reg from = RegOf(operand);
  if (from != kNoReg) {
    AddMove(operand.kind, to, from);
  } else if (operand.where == Where::Const) {
    loads_[load_count_++] = {operand.kind, /*is_const=*/true, to, 0, operand.bits};
  } else {
    loads_[load_count_++] = {operand.kind, /*is_const=*/false, to, HomeOf(operand), 0};
  }
}

template <class Target, class Machine>
void Core<Target, Machine>::RunMoves() {
  if (move_count_ == 1)
    target().Move(moves_[0].kind, moves_[0].to, moves_[0].from);
  else if (move_count_ != 0)
    RunSeveralMoves();
  move_count_ = 0;
  for (uint32_t i = 0; i < load_count_; ++i) {
    const RegLoad& load = loads_[i];
    if (load.is_const)
      target().LoadConst(load.kind, load.to, load.bits);
    else
      target().LoadHome(load.kind, load.to, load.home);
  }
  load_count_ = 0;
}

template <class Target, class Machine>
void Core<Target, Machine>::RunSeveralMoves() {
  uint8_t readers[kRegCount] = {};
  for (uint32_t i = 0; i < move_count_; ++i) ++readers[moves_[i].from];
  while (move_count_ > 0) {
    bool moved = false;
    for (uint32_t i = 0; i < move_count_;) {
      const RegMove move = moves_[i];
      if (readers[move.to] != 0) {
        ++i;
        continue;
      }
      target().Move(move.kind, move.to, move.from);
      --readers[move.from];
      moves_[i] = moves_[--move_count_];
      moved = true;
    }
    if (moved) continue;
    const Reg from = moves_[0].from, scratch = from < kFirstVector ? Machine::kScratch : Machine::kVectorScratch;
    target().MoveWhole(scratch, from);
    for (uint32_t i = 0; i < move_count_; ++i) {
      if (moves_[i].from != from) continue;
      moves_[i].from = scratch;
      --readers[from];
      ++readers[scratch];
    }
  }
}

template <class Target, class Machine>
void Core<Target, Machine>::CopyToMemory(const Operand& operand, Area area, int32_t disp) {
  if (operand.where == Where::Const) {
    target().StoreConst(operand.kind, area, disp, operand.bits);
    return;
  }
  Reg reg = RegOf(operand);
  if (reg == kNoReg) {
    const int32_t home = HomeOf(operand);
    if (area == Area::Frame && home == disp) return;
    reg = Machine::ScratchOf(operand.kind);
    target().LoadHome(operand.kind, reg, home);
  }
  target().StoreTo(operand.kind, reg, area, disp);
}

}  // namespace gantry::baseline
