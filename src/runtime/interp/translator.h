// Translator: one pass over a validated function body that makes register code.
//
// It runs the body on abstract operands. local.get and constants emit nothing: they wait on the abstract stack until an
// instruction uses them as its operand. Each stack position has a home slot; a computed value is written to its
// position's home, or to where the local.set or local.tee right behind it wants it (retargeting). Code that cannot be
// reached is skipped.
//
// [T1] An operand of kind Home lies in the home slot of its stack position.
// [T2] An operand of kind Local is read before the local changes: SetLocal copies waiting aliases to their homes first.
// [T3] When control splits or merges, no alias of a local waits below (FlushAliases), and at labels all label values
// are in their homes. [T4] Fusing removes the last one or two instructions, which define slots that only the fused
// instruction reads. `last_` is forgotten
//      wherever a label, a try region or a loop begins.
// [T5] No recursion; memory is linear in the size of the body plus the number of locals.
//
// Branch offsets have 16 bits in fused branches. If one does not fit, the function is translated again in far mode,
// without them.
#pragma once

#include <memory>
#include <vector>

#include "runtime/interp/rcode.h"
#include "wasm/binary/instr_reader.h"

namespace gantry::interp {

// Classes of values that differ in how slots are handled. Ref: GC reference, known to the collector. Function
// references are Num.
enum class Cell : uint8_t { Num, Vec, Ref };

class Translator {
 public:
  Translator(const ModuleCode& module, uint32_t func_index, bool far);
  // False if a branch offset did not fit (only when not far).
  bool Run();
  std::unique_ptr<FuncCode> Take() { return std::move(out_); }

 private:
  using Op = wasm::Op;
  using Instr = wasm::Instr;

  static constexpr uint32_t kNowhere = 0xffffffff;
  static constexpr uint32_t kMaxSlots = 0xfff0;

  enum class Kind : uint8_t { Home, Const, Local };
  struct Operand {
    Kind kind;
    Cell cell;
    uint32_t local;  // Local: index
    uint32_t home;
    uint32_t chain;  // roots up to here, if below chained_
    uint64_t bits;   // Const
  };

  enum class CtrlKind : uint8_t { Func, Block, Loop, If, Else, Try };
  struct Control {
    CtrlKind kind;
    bool targeted = false;
    uint32_t height = 0;                               // operands below the block's parameters
    uint32_t base = 0;                                 // home of the first parameter and result
    uint32_t first_cell = 0, params = 0, results = 0;  // in cells_: parameters, then results
    uint32_t position = kNowhere;                      // Loop: code position
    uint32_t fixups = kNowhere;                        // chain of branches to the end
    uint32_t else_fixup = kNowhere;
    uint32_t begin = 0;  // Try: code position
    uint32_t first_clause = 0, clauses = 0;
    uint32_t stub = kNowhere;     // br_table: code position of the stub that moves this label's values
    uint32_t stub_of = kNowhere;  // ... of the table at this position
  };

  enum class FixKind : uint8_t { Short, Long, Entry, Clause };
  struct Fixup {
    FixKind kind;
    uint32_t at;     // position of the branch
    uint32_t where;  // Entry: half-word index; Clause: clause
    uint32_t next;
  };

  struct Clause {
    wasm::CatchKind kind;
    uint32_t tag;
    uint32_t slot;
    uint32_t target;
  };

  // A condition taken off the stack, not yet tested.
  struct Condition {
    enum class Test : uint8_t { Nz, Nz64, And, AndImm, Compare, CompareImm } test;
    bool holds;  // branch if the test holds (true) or fails
    Op compare;
    uint16_t x, y;
  };

  // --- body (translator.cc)
  bool SetUpFrame(wasm::binary::InstrReader* reader);
  void One(const Instr& in);
  void Finish();
  Cell CellOf(wasm::ValType type) const;
  uint32_t WidthOf(Cell cell) const { return cell == Cell::Vec ? 2 : 1; }

  // --- operands
  void Push(Kind kind, Cell cell, uint32_t local, uint64_t bits);
  uint16_t PushHome(Cell cell);  // and says where
  void PushConst(uint64_t bits, Cell cell = Cell::Num) { Push(Kind::Const, cell, 0, bits); }
  Operand Pop();
  uint16_t SlotOf(const Operand& operand);  // emits constants
  uint16_t PopSlot() { return SlotOf(Pop()); }
  void ForceHome(size_t index);
  void ForceHomes(size_t first);
  void FlushAliases();
  void SetLocal(uint32_t local, bool keep);
  void Truncate(size_t height);
  uint16_t TempSlot(uint32_t count = 1);  // above the stack

  // --- emission
  uint32_t Emit(ROp op, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0);
  // The same; fields in `popped` are slots of operands taken off the stack. If the last instruction computed one of
  // them, it comes through the accumulator.
  enum : uint32_t { kPoppedA = 1, kPoppedB = 2, kPoppedC = 4 };
  uint32_t EmitPopped(uint32_t popped, ROp op, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0);
  uint32_t EmitWide(ROp op, uint32_t a, uint32_t bc) { return Emit(op, a, bc & 0xffff, bc >> 16); }
  void Extra(uint64_t word) { code_.push_back(word); }
  void Extra2(uint32_t low, uint32_t high) { code_.push_back(low | static_cast<uint64_t>(high) << 32); }
  void Extra4(uint32_t a, uint32_t b = 0, uint32_t c = 0) {
    code_.push_back(a | b << 16 | static_cast<uint64_t>(c) << 32);
  }
  void AddSite();
  void AddRootMap(uint32_t position);
  void EmitConst(uint32_t slot, uint64_t bits);
  void EmitMove(Cell cell, uint32_t to, uint32_t from);
  Word At(uint32_t position) const { return WordOf(code_[position]); }
  void Put(uint32_t position, const Word& word);
  // The instruction that computed this operand, if it was the last one and nothing else needs it.
  bool IsLast(const Operand& operand) const;
  void DropLast();
  // The last instruction without the accumulator as its input: what feeds it writes its slot again. False if that is
  // out of sight.
  bool UndoAccumulator(Word* word);
  void Forget() {
    for (uint32_t& position : history_) position = kNowhere;
  }
  uint32_t here() const { return static_cast<uint32_t>(code_.size()); }

  // --- labels and branches (translate_control.cc)
  void Begin(CtrlKind kind, const wasm::BlockType& type);
  void DoElse();
  void DoEnd();
  void DoTry(const Instr& in);
  Control& Label(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  uint32_t LabelArity(const Control& label) const {
    return label.kind == CtrlKind::Loop ? label.params : label.results;
  }
  Cell LabelCell(const Control& label, uint32_t i) const;
  void Refer(Control& label, FixKind kind, uint32_t at, uint32_t where = 0);
  void Resolve(const Fixup& fixup, uint32_t target);
  void Bind(uint32_t chain);
  void Restart(const Control& control, uint32_t first_cell, uint32_t count);
  bool ValuesInPlace(const Control& label) const;
  void MoveToLabel(const Control& label);
  void Jump(uint32_t depth);
  void Branch(uint32_t depth);
  void BranchIf(uint32_t depth, Condition condition);
  void BranchTable(const Instr& in);
  Condition TakeCondition();
  Condition NonNull(uint16_t slot, bool holds) const { return {Condition::Test::Nz64, holds, Op::Nop, slot, 0}; }
  uint32_t EmitBranch(const Condition& condition, FixKind* kind);
  uint32_t FuseIncrement(const Condition& condition);
  void EmitReturn();
  void Unreachable();
  void FlushFuel();
  void ChargePerUnit();  // the length on top of the stack
  void DoCall(const Instr& in);
  void DoReturnCall(const Instr& in);
  uint16_t Arguments(const wasm::SubType& type);
  void PushResults(const wasm::SubType& type, uint16_t base);
  void BranchOnNull(const Instr& in);
  void BranchOnCast(const Instr& in);

  // --- values (translate_values.cc)
  void Numeric(const Instr& in);
  void Unary(const Instr& in);
  void Binary(const Instr& in);
  void DoSelect(bool vector, Cell cell);
  bool Values(const Instr& in);

  // --- memories and tables (translate_memory.cc)
  bool Memories(const Instr& in);
  bool IsPlain(uint32_t memory) const;
  void Load(const Instr& in);
  void Store(const Instr& in);
  bool FuseAddress(const Operand& address, uint32_t shift, uint16_t* base, uint16_t* index, bool* scaled);
  void Atomic(const Instr& in);
  void Bulk(ROp op, uint32_t operands, uint32_t first, uint32_t second);

  // --- references (translate_gc.cc)
  bool References(const Instr& in);
  void StructAccess(const Instr& in);
  void ArrayAccess(const Instr& in);

  const ModuleCode& module_code_;
  const wasm::Module& module_;
  const uint32_t func_index_;
  const bool far_;
  bool overflow_ = false;
  bool refused_ = false;
  std::unique_ptr<FuncCode> out_;
  std::vector<uint64_t> code_;
  std::vector<Operand> stack_;
  std::vector<Control> controls_;
  std::vector<Cell> cells_;
  std::vector<Fixup> fixups_;
  std::vector<Clause> clauses_;
  std::vector<uint32_t> local_slots_;
  std::vector<Cell> local_cells_;
  std::vector<uint32_t> alias_counts_;
  uint32_t operand_base_ = 0;
  uint32_t top_ = 0;  // home of the next operand
  uint32_t max_slots_ = 0;
  size_t flushed_ = 0;  // operands below are no aliases
  size_t chained_ = 0;  // operands below have their root chain
  uint32_t history_[6] = {kNowhere, kNowhere, kNowhere, kNowhere, kNowhere, kNowhere};  // positions, the latest first
  uint32_t& last_ = history_[0];
  bool reachable_ = true;
  uint32_t dead_depth_ = 0;
  uint32_t fuel_ = 0;
  uint32_t offset_ = 0;  // of the current instruction
};

// Never null: a function whose frame would be too large gets code that traps.
std::unique_ptr<FuncCode> TranslateFunction(const ModuleCode& module, uint32_t func_index);

}  // namespace gantry::interp
