// Core: the part of the baseline compiler that all processors share: the abstract state of locals and operands,
// registers, control flow, calls. A processor's compiler derives from it and adds the selection of instructions.
//
// [GANTRYDOC] The abstract state of the baseline compiler
//
// One pass over the body. Every local and every operand has a home, a place in the frame, and may be in a register as
// well. Operands may also be constants, or stand for a local whose value they still share; neither has cost an
// instruction yet.
//
// Labels. The first branch to a label decides which values lie in which registers there (Snapshot); later ones emit the
// moves to match. What a snapshot does not name lies at home. Loops decide at their head: the planner (plan.h) has
// found the locals that the loop uses most, and these get registers of their own (pins) that they have at the header
// and keep where possible. A snapshot is as large as the register file, whatever the number of locals, so that control
// flow costs the same in functions of any size.
//
// [C1] A local without a register is at home. A register is dirty if its local's home is out of date; an operand's
// always is. [C2] An operand that stands for a local is made independent before the local changes (Detach), and before
// a block begins (FlushShared).
//      So below the innermost block there are only constants, registers and homes.
// [C3] Within an instruction, the registers of its operands are locked: they are not given to anything else.
// [C4] Emitting moves, loads from homes and stores of anything does not change the flags; loading constants may.
// [C5] Reads of a dead local's home (plan.h) may see anything, but for references, whose homes always hold a reference.
// [C6] No recursion; time and memory are linear in the size of the body plus the number of locals.
//
// Machine (x64/machine.h): sets of registers, types Label and Condition. Target (x64/compiler.h): emission of moves,
// jumps and calls, and Select for the instructions that Core leaves to it.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "abi/native.h"
#include "base/check.h"
#include "compiler/baseline/module_info.h"
#include "compiler/baseline/plan.h"
#include "compiler/baseline/value.h"
#include "wasm/binary/instr_reader.h"

namespace gantry::baseline {

enum class Where : uint8_t { Const, Reg, Local, Home };

struct Operand {
  Where where;
  Kind kind;
  Reg reg = kNoReg;  // Reg
  int32_t home = 0;  // of its position: displacement from the frame pointer
  union {
    uint64_t bits = 0;  // Const; V128: number of the literal
    uint32_t local;     // Local
  };
};

// The operands of a function.
class OperandStack {
 public:
  uint32_t size() const { return size_; }
  Operand& operator[](uint32_t index) { return operands_[index]; }
  const Operand& operator[](uint32_t index) const { return operands_[index]; }
  Operand& back() { return operands_[size_ - 1]; }
  const Operand* begin() const { return operands_.get(); }
  const Operand* end() const { return operands_.get() + size_; }
  // Writes whole words: they are soon read as such, which would wait for writes of their parts.
  void Push(Where where, Kind kind, Reg reg, int32_t home, uint64_t bits) {
    if (size_ == capacity_) [[unlikely]]
      Grow();
    Operand& operand = operands_[size_++];
    const uint64_t head = static_cast<uint64_t>(where) | static_cast<uint64_t>(kind) << 8 |
                          static_cast<uint64_t>(reg) << 16 | static_cast<uint64_t>(home) << 32;
    static_assert(offsetof(Operand, bits) == sizeof head);
    std::memcpy(static_cast<void*>(&operand), &head, sizeof head);
    operand.bits = bits;
  }
  void Pop() { --size_; }
  void Clear() { size_ = 0; }

 private:
  [[gnu::noinline]] void Grow() {
    constexpr uint32_t kFirst = 64;
    const uint32_t capacity = std::max(kFirst, 2 * capacity_);
    std::unique_ptr<Operand[]> larger(new Operand[capacity]);
    std::copy(begin(), end(), larger.get());
    operands_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<Operand[]> operands_;
  uint32_t size_ = 0, capacity_ = 0;
};

struct Local {
  Kind kind = Kind::I32;
  Reg reg = kNoReg;  // kNoReg: at home
  Reg pin = kNoReg;  // the register that it has in the innermost loop with pins
  int32_t home = 0;
  uint32_t shared = 0;  // operands that stand for it
  uint32_t live_end = 0;
};

// A value taken off the stack and brought to a register. `mine`: nothing else needs it there, so the instruction may
// overwrite it.
struct Src {
  Reg reg;
  bool mine;
};

// What lies in registers at a label.
struct Snapshot {
  RegSet used = 0, dirty = 0, operands = 0;
  uint32_t labels = 0;             // that it belongs to; of a free one: the next free one
  Reg result = kNoReg;             // of the label's value if it has just one; kNoReg: it is at home
  uint32_t owner[kRegCount] = {};  // of used registers; of others it means nothing
};

// What displacements count from: the frame pointer, or the stack pointer while a call is prepared.
enum class Area : uint8_t { Frame, Outgoing };

enum class ControlKind : uint8_t { Func, Block, Loop, If, Else, Try };

template <class Target, class Machine>
class Core {
 public:
  explicit Core(const ModuleInfo& info)
      : info_(info), module_(info.module), each_instruction_(info.options.consume_fuel || info.options.marks) {}

 protected:
  using Instr = wasm::Instr;
  using Op = wasm::Op;
  using OpFamily = wasm::OpFamily;

  static constexpr uint32_t kNone = 0xffffffff;
  static constexpr uint32_t kManySnapshots = 4096;       // [C6] labels beyond have everything at home
  static constexpr uint32_t kOperandOwner = 0x80000000;  // bit of owners: an operand's index follows, else a local's

  // Of a place that a call layout gives.
  static Reg RegOf(const abi::Place& place) {
    return place.kind == abi::Place::Kind::Gpr ? place.reg : static_cast<Reg>(place.reg + kFirstVector);
  }

  Target& target() { return static_cast<Target&>(*this); }

  // --- the pass: body-inl.h
  void CompileBody(uint32_t func_index);
  void FrequentSteps();
  void Step();
  void BeforeStep();
  void SkipDead();
  void SetUpLocals();
  void ZeroLocals();
  void Refuse(const char* why) {
    if (refused_ == nullptr) refused_ = why;
  }

  // --- operands, locals, registers: state-inl.h
  uint32_t depth() const { return stack_.size(); }
  void PushConst(Kind kind, uint64_t bits) { PushAny(Where::Const, kind, kNoReg, bits); }
  void PushHome(Kind kind) { PushAny(Where::Home, kind, kNoReg, 0); }
  [[gnu::always_inline]] void PushReg(Kind kind, Reg reg) {
    GANTRY_DCHECK(kind != Kind::Ref || !Contains(Machine::kCalleeSaved, reg));
    if (Contains(used_, reg)) {  // Dst took it from a local that is dead, or that the next instruction sets
      GANTRY_DCHECK(!Contains(operands_, reg));
      locals_[owner_[reg]].reg = kNoReg;
    }
    used_ |= SetOf(reg);
    dirty_ |= SetOf(reg);
    operands_ |= SetOf(reg);
    owner_[reg] = depth() | kOperandOwner;
    PushAny(Where::Reg, kind, reg, 0);
  }
  void PushLocal(uint32_t local) {
    PushAny(Where::Local, locals_[local].kind, kNoReg, local);
    ++locals_[local].shared;
    ++shared_;
  }
  [[gnu::always_inline]] Operand Pop() {
    const Operand operand = stack_.back();
    stack_.Pop();
    top_ = operand.home + HomeBytes(operand.kind);
    refs_ -= operand.kind == Kind::Ref;
    if (operand.where == Where::Reg) {
      Release(operand.reg);
      Lock(operand.reg);  // [C3]
    } else if (operand.where == Where::Local) {
      Local& local = locals_[operand.local];
      --local.shared;
      --shared_;
      if (local.reg != kNoReg) Lock(local.reg);
    }
    return operand;
  }
  void Drop(uint32_t count) {
    if (count != 0) DropSome(count);
  }
  void DropSome(uint32_t count);
  // In a register until the instruction's end.
  [[gnu::always_inline]] Src Use(const Operand& operand) {
    return operand.where == Where::Reg ? Src{operand.reg, true} : Fetch(operand);
  }
  Src Fetch(const Operand& operand);
  [[gnu::noinline]] Src Bring(const Operand& operand);
  Src PopReg() { return Use(Pop()); }
  // The register that holds the operand now, or kNoReg.
  Reg RegOf(const Operand& operand) const {
    return operand.where == Where::Reg     ? operand.reg
           : operand.where == Where::Local ? locals_[operand.local].reg
                                           : kNoReg;
  }
  // Is the operand in memory, with nothing gained by loading it first?
  bool IsBestAtHome(const Operand& operand) const;
  int32_t HomeOf(const Operand& operand) const {
    return operand.where == Where::Local ? locals_[operand.local].home : operand.home;
  }

  // A register for the instruction's result. The next local.set's, if it says so; one of the operands'; or a free one.
  Reg Dst(RegSet cls, Src a = {kNoReg, false}, Src b = {kNoReg, false});
  // The same, never a register that is locked unless it is `a`'s.
  Reg DstBeside(RegSet cls, Src a = {kNoReg, false});
  // The register that the next instruction, if it sets a local, wants its operand in; kNoReg if it does not matter.
  Reg Hint(bool* is_pin) const;

  bool IsDead(const Local& local) const { return local.shared == 0 && at_ >= local.live_end; }
  void LoadLocal(uint32_t index);
  void SetLocal(uint32_t index, bool keep);
  [[gnu::noinline]] void SetLocalTo(uint32_t index, bool keep);
  void MoveToLocal(uint32_t index, Kind kind, Reg reg);
  bool TakePin(uint32_t index);
  void Detach(uint32_t index);
  void MakeIndependent(uint32_t operand);
  void FlushShared() {
    if (shared_ != 0) FlushSome();
  }
  void FlushSome();
  uint32_t LowestShared() const;

  RegSet Free(RegSet cls) const { return cls & Machine::kAllocatable & ~(used_ | locked_ | pinned_); }
  Reg Alloc(RegSet cls);
  Reg AllocTemp(RegSet cls) {
    const Reg reg = Alloc(cls);
    locked_ |= SetOf(reg);
    return reg;
  }
  void Evict(Reg reg);
  // Makes a register free for the instruction. Its value moves to another one if there is any.
  void Vacate(Reg reg);
  void Lock(Reg reg) { locked_ |= SetOf(reg); }
  void OwnByLocal(Reg reg, uint32_t local, bool dirty) {
    used_ |= SetOf(reg);
    dirty_ = dirty ? dirty_ | SetOf(reg) : dirty_ & ~SetOf(reg);
    operands_ &= ~SetOf(reg);
    owner_[reg] = local;
    locals_[local].reg = reg;
  }
  void OwnByOperand(Reg reg, uint32_t index) {
    used_ |= SetOf(reg);
    dirty_ |= SetOf(reg);
    operands_ |= SetOf(reg);
    owner_[reg] = index | kOperandOwner;
    stack_[index].where = Where::Reg;
    stack_[index].reg = reg;
  }
  void Release(Reg reg) {
    used_ &= ~SetOf(reg);
    dirty_ &= ~SetOf(reg);
    operands_ &= ~SetOf(reg);
  }
  void ReleaseLocal(Local* local) {
    if (local->reg == kNoReg) return;
    Release(local->reg);
    local->reg = kNoReg;
  }
  void OperandToHome(uint32_t index);

  // --- moves that happen at once: moves-inl.h
  struct RegMove {
    Kind kind;
    Reg to, from;
  };
  struct RegLoad {
    Kind kind;
    bool is_const;
    Reg to;
    int32_t home;
    uint64_t bits;
  };
  void ClearMoves() { move_count_ = load_count_ = 0; }
  void AddMove(Kind kind, Reg to, Reg from) {
    if (to != from) moves_[move_count_++] = {kind, to, from};
  }
  // From wherever the operand is now.
  void AddMoveOf(const Operand& operand, Reg to);
  void RunMoves();
  void RunSeveralMoves();
  void AddStore(Reg from, Kind kind, int32_t home) { stores_[store_count_++] = {from, kind, home}; }
  void CopyToMemory(const Operand& operand, Area area, int32_t disp);

  // --- labels: control-inl.h
  struct Control {
    ControlKind kind;
    Kind value = Kind::I32;  // of the single result if `type` is kNone
    uint32_t type = kNone;   // type index of parameters and results
    uint32_t params = 0, results = 0;
    uint32_t height = 0;        // operands below the parameters
    int32_t base = 0;           // top_ without them
    uint32_t snapshot = kNone;  // of the label
    uint32_t else_snapshot = kNone;
    uint32_t pins = kNone;                           // Loop: in saved_pins_, what to restore
    uint32_t table_stub_of = kNone, table_stub = 0;  // br_table: code that leads here, for the table with this number
    uint32_t outer_handler = kNone;                  // Try: handler_ around it
    uint32_t first_clause = 0, clauses = 0;          // Try: the target's numbers for its clauses
    typename Machine::Label label, else_label;
  };
  // The open blocks. Places are used again as they are, so that a block costs only the fields that it needs.
  class ControlStack {
   public:
    uint32_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    Control& operator[](uint32_t index) { return places_[index]; }
    Control& back() { return places_[size_ - 1]; }
    Control* begin() { return places_.data(); }
    Control* end() { return places_.data() + size_; }
    // A block without parameters and results whose labels nothing refers to. What only some kinds need is still that of
    // another block.
    Control& Push(ControlKind kind) {
      if (size_ == places_.size()) [[unlikely]]
        places_.emplace_back();
      Control& control = places_[size_++];
      control.kind = kind;
      control.type = control.snapshot = control.else_snapshot = control.pins = control.table_stub_of = kNone;
      control.params = control.results = 0;
      Renew(&control.label);
      if (kind == ControlKind::If) Renew(&control.else_label);
      return control;
    }
    void Pop() { --size_; }
    void Clear() { size_ = 0; }

   private:
    static void Renew(typename Machine::Label* label) {
      std::destroy_at(label);
      std::construct_at(label);
    }

    std::vector<Control> places_;
    uint32_t size_ = 0;
  };
  Control& LabelAt(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  uint32_t ArityOf(const Control& control) const {
    return control.kind == ControlKind::Loop ? control.params : control.results;
  }
  Kind ParamKind(const Control& control, uint32_t i) const {
    return KindOf(module_, module_.types[control.type].params[i]);
  }
  Kind ResultKind(const Control& control, uint32_t i) const {
    return control.type == kNone ? control.value : KindOf(module_, module_.types[control.type].results[i]);
  }
  Control& OpenControl(ControlKind kind, const wasm::BlockType& type) {
    Control& control = controls_.Push(kind);
    control.height = depth();
    control.base = top_;
    if (type.kind != wasm::BlockKind::Empty) TakeType(&control, type);
    return control;
  }
  void TakeType(Control* control, const wasm::BlockType& type);
  void BeginBlock(const wasm::BlockType& type);
  void BeginLoop(const wasm::BlockType& type);
  void BeginIf(const wasm::BlockType& type, typename Machine::Condition condition);
  void DoElse();
  void DoEnd();
  void Branch(uint32_t depth);
  void BranchIf(uint32_t depth, typename Machine::Condition condition);
  void BranchTable();
  void SetUnreachable();

  uint32_t NewSnapshot();
  void ClearSnapshots();
  void LeaveSnapshot(uint32_t index);
  void TakeSnapshot(Snapshot* snapshot, uint32_t height);
  RegSet InPlace(const Snapshot& snapshot) const;
  bool StartLabel(Control* control);
  bool MustMove(Control* control);
  bool MustMoveBeside(Control* control, uint32_t* started);
  bool PlanMerge(const Control& control, const Snapshot& snapshot);
  void EmitMerge(const Control& control);
  void SetState(const Snapshot& snapshot, uint32_t height);
  void GoTo(Control* control);
  void ArriveAt(const Control& control);
  void EndIf(Control* control);

  void ChoosePins(const LoopPlan& plan);
  void PinClass(std::span<const Candidate> candidates, RegSet cls, uint32_t call_weight, uint32_t* pins);
  void RestorePins(uint32_t saved);

  // --- calls: calls-inl.h
  void SaveForCall(uint32_t args);
  void Forget(RegSet clobbered);
  void PassArguments(const abi::CallLayout& layout);
  void TakeStackResult(Kind kind, uint32_t offset);
  void TakeResults(const abi::CallLayout& layout, std::span<const wasm::ValType> types);
  void EmitReturn();
  // Of the call that ends here.
  void AddCallSite(uint8_t register_roots = 0);
  uint32_t RootMap();

  // --- fuel
  void FlushFuel() {
    if (fuel_ == 0) return;
    target().PayFuel(fuel_);
    fuel_ = 0;
  }

  // Decodes the next instruction, which the current one takes along.
  void TakeNext() {
    GANTRY_CHECK(reader_->Next(&in_), "a validated body decodes");
    if (info_.options.consume_fuel) fuel_ += in_.info().fuel;
  }
  // First byte of the next instruction; the last one is `end`.
  uint8_t NextByte() const { return *reader_->pos(); }

  [[gnu::always_inline]] void PushAny(Where where, Kind kind, Reg reg, uint64_t bits) {
    top_ -= HomeBytes(kind);
    lowest_ = std::min(lowest_, top_);
    refs_ += kind == Kind::Ref;
    stack_.Push(where, kind, reg, top_, bits);
  }

  const ModuleInfo& info_;
  const wasm::Module& module_;
  const bool each_instruction_;  // BeforeStep has something to do
  abi::CodeBatch* batch_ = nullptr;
  const char* refused_ = nullptr;

  // The function.
  uint32_t func_index_ = 0;
  const wasm::SubType* func_type_ = nullptr;
  const abi::CallLayout* func_layout_ = nullptr;
  wasm::binary::InstrReader* reader_ = nullptr;
  Instr in_{};
  const uint8_t* code_ = nullptr;  // the first instruction
  uint32_t code_offset_ = 0;       // its offset in the module
  uint32_t offset_ = 0;            // of the current one
  uint32_t at_ = 0;                // the same as the plan counts
  const FuncPlan* plan_ = nullptr;
  FuncPlan kept_plan_;  // by validation
  Planner planner_;
  uint32_t next_loop_ = 0;
  bool reachable_ = true;
  uint32_t dead_depth_ = 0;
  uint32_t fuel_ = 0;  // not paid yet

  // Locals and operands.
  std::vector<wasm::binary::LocalRun> runs_;
  std::vector<Kind> local_kinds_;
  std::vector<Local> locals_;
  OperandStack stack_;
  uint32_t shared_ = 0;     // operands that stand for locals
  uint32_t refs_ = 0;       // GC references among the operands
  int32_t top_ = 0;         // displacement of the lowest home in use
  int32_t lowest_ = 0;      // and of the lowest ever
  int32_t locals_end_ = 0;  // and of the lowest local

  // Registers.
  // In an order that keeps apart what changes together: compilers make one load of two neighbours, and that waits for
  // the store that has just written one of them.
  RegSet used_ = 0, locked_ = 0, dirty_ = 0;
  RegSet pinned_ = 0;  // reserved by the innermost loop with pins
  RegSet operands_ = 0;
  RegSet saved_regs_ = 0;  // callee-saved registers that the function saves
  uint32_t owner_[kRegCount] = {};
  uint32_t pin_owner_[kRegCount];  // local of a pinned register

  // Control.
  struct Pins {
    RegSet pinned;
    uint32_t owner[kRegCount];
  };
  ControlStack controls_;
  std::vector<Snapshot> snapshots_;
  uint32_t used_snapshots_ = 0;     // of snapshots_: those beyond are of a function before
  uint32_t free_snapshot_ = kNone;  // of these the first free one
  uint32_t open_labels_ = 0;        // that have snapshots
  std::vector<Pins> saved_pins_;
  uint32_t tables_ = 0;

  // Moves being collected.
  RegMove moves_[kRegCount + 1];
  RegLoad loads_[kRegCount + 1];
  bool results_move_ = false;
  struct {
    Reg from;
    Kind kind;
    int32_t home;
  } stores_[2 * kRegCount];
  uint32_t move_count_ = 0, load_count_ = 0, store_count_ = 0;

  // Tables.
  std::vector<int32_t> ref_cells_;                 // homes of locals that are GC references
  uint32_t first_map_ = 0;                         // of the function in the batch
  uint32_t function_map_ = abi::CallSite::kNoMap;  // roots of a call site without references among the operands
  std::vector<int32_t> extra_roots_;               // cells that are roots of the next call site as well
  uint32_t handler_ = abi::CallSite::kNoHandler;
};

}  // namespace gantry::baseline
