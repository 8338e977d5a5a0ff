// FuncValidator: type checks one function body or constant expression, instruction by instruction (spec appendix
// "Validation Algorithm"). Used only inside wasm/valid.
//
// All types on the operand stack, in locals and in labels are canonical: what an immediate names is checked against its
// index space and then mapped, so that equality is one compare and most checks end there.
//
// [I1] Every index of an immediate is checked before it is used or mapped.
// [I2] `floor_` is where the innermost block's operands start; nothing below is popped. In unreachable code the floor
// yields any type. [I3] Operands popped by an instruction stay in memory until it pushes, so that a mismatch can show
// what the stack had. [I4] Work per instruction is bounded by the arity limits of types, memory by the body's size and
// limits::kOperandStack.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "wasm/binary/instr_reader.h"
#include "wasm/errors.h"
#include "wasm/func_plan.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"
#include "wasm/valid/func_summary.h"
#include "wasm/valid/validator.h"

namespace gantry::wasm::valid {

using TypeList = std::span<const ValType>;

// A structured instruction that is open.
struct Frame {
  OpFamily kind;  // Block (also the body itself), Loop, If, Else, TryTable
  bool unreachable = false;
  BlockKind type_kind = BlockKind::Empty;
  ValType value;             // canonical, of BlockKind::Value
  CanonId type = 0;          // of BlockKind::Type
  uint32_t height = 0;       // operands below the block's own
  uint32_t init_height = 0;  // locals initialised before it
  uint32_t loop = kNone;     // innermost loop around its contents
};

struct Scratch::Impl {
  static constexpr size_t kEvents = 1024;

  std::vector<ValType> stack;
  std::vector<Frame> frames;
  std::vector<binary::LocalRun> runs;
  std::vector<uint32_t> run_ends;     // local index behind each run
  std::vector<ValType> locals;        // the first kFlatLocals of the function
  std::vector<uint32_t> initialized;  // non-defaultable locals that are set, in order
  std::vector<uint64_t> init_epoch;   // of each such local: equal to `epoch` when it is set
  std::vector<uint64_t> assigned_at;  // of each local: `assign_base` + place in FuncSummary::assigned, + 1
  uint64_t epoch = 0;
  uint64_t assign_base = 0;
  FuncSummary summary;  // when the caller wants none
  PlanBuilder plan;
  PlanEvent events[kEvents];
  bool use_fast_lane = true;  // off in tests that compare both ways
};

class FuncValidator {
 public:
  FuncValidator(const Module& module, Scratch* scratch);

  // The body of a defined function. Adds its plan to `plans`, if that is not null.
  Result<void> ValidateBody(uint32_t func, FuncSummary* summary, PlanPart* plans);

  // `count` constant expressions one after the other, which fill `range`; each must give `expected` (canonical). They
  // see the globals below `visible_globals`. Functions that they name are marked in `declared`.
  Result<void> ValidateConstExprs(ByteRange range, uint32_t count, ValType expected, uint32_t visible_globals,
                                  std::vector<bool>* declared);

  // Number of the last instruction that was read, from 0.
  uint32_t instr_index() const { return summary_->instr_count == 0 ? 0 : summary_->instr_count - 1; }

 private:
  // func_validator.cc: the pass, locals, globals. func_validator_control.cc: control.
  Result<void> Run();
  template <bool kPlans>
  Result<void> RunWith();
  bool Step();
  bool StartBody(uint32_t func);

  // func_validator_fast.cc: the instructions that make up most code.
  void StartFastLane();
  template <bool kPlans>
  void FastLane();

  // What the plan wants to know of the code. At most one event per instruction.
  void StartPlan();
  void FlushPlan();
  void NoteForPlan();

  bool SetLocals(TypeList params);
  bool Generic();
  bool CheckConst(const OpInfo& info);
  bool ReadBlockType(Frame* frame);
  bool Block(OpFamily kind);
  bool Else();
  bool End();
  Result<void> FinishRange();
  bool TryTable();
  bool Branch();
  bool BranchIf();
  bool BranchTable();
  bool BranchOnNull();
  bool BranchOnNonNull();
  bool BranchOnCast(bool on_fail);
  bool Return();
  bool Throw();
  bool Call(const CanonType& type);
  bool TailCall(const CanonType& type);
  bool CalleeOf(const CanonType** type);
  bool Select();
  bool SelectTyped();
  bool LocalGet();
  bool LocalSet();
  bool LocalTee();
  bool GlobalGet();
  bool GlobalSet();
  void NoteAssigned(uint32_t local) {
    if (in_loop_ && assigned_at_[local] <= loop_start_) AddAssigned(local);
  }
  void AddAssigned(uint32_t local);
  void NoteCall();

  // func_validator_ref.cc: references, structures, arrays.
  bool Reference(OpFamily family);
  bool RefFunc();
  bool Structure(OpFamily family);
  bool Array(OpFamily family);
  bool ArraySegment(OpFamily family, const FieldType& field, ValType array);
  bool ArrayCopy();
  bool FieldOf(const CanonType& type, FieldType* field);
  bool CheckPacking(const FieldType& field);
  bool CompositeOf(uint32_t index, CompKind kind, const CanonType** type);

  // func_validator_memory.cc: tables, memories, vector lanes.
  bool Table(OpFamily family);
  bool Memory(OpFamily family);
  bool Load(const OpInfo& info);
  bool Store(const OpInfo& info);
  bool CheckMemArg(const OpInfo& info);
  bool CheckLane(const OpInfo& info);
  bool MemoryAddress(uint32_t index, ValType* address);
  bool TableOf(uint32_t index, const TableType** table);
  bool CheckElem(uint32_t index);
  bool CheckData(uint32_t index);

  // Operand stack.
  uint32_t height() const { return static_cast<uint32_t>(top_ - base_); }
  void Push(ValType type) {
    if (top_ == limit_) [[unlikely]]
      Grow(1);
    *top_++ = type;
  }
  bool PushAll(TypeList types);
  bool PushAll(std::initializer_list<ValType> types) { return PushAll(TypeList(types.begin(), types.size())); }
  bool Pop(ValType type) {
    if (top_ != floor_ && top_[-1] == type) [[likely]] {
      --top_;
      return true;
    }
    return PopAll(TypeList(&type, 1));
  }
  bool PopAll(TypeList types);
  bool PopAll(std::initializer_list<ValType> types) { return PopAll(TypeList(types.begin(), types.size())); }
  // Pops any reference; Bot in unreachable code without operands.
  bool PopRef(ValType* type);
  bool PopAny(ValType* type);
  bool CheckTop(TypeList types);
  void Grow(size_t count);
  void SetUnreachable();
  // Makes the innermost frame current.
  void EnterFrame();

  // Control stack.
  TypeList StartTypes(const Frame& frame) const;
  TypeList EndTypes(const Frame& frame) const;
  TypeList LabelTypes(const Frame& frame) const {
    return frame.kind == OpFamily::Loop ? StartTypes(frame) : EndTypes(frame);
  }
  bool PushFrame(Frame frame);
  bool LabelAt(uint32_t depth, const Frame** frame);

  bool Matches(ValType sub, ValType super) const { return sub == super || registry_.Matches(sub, super); }
  // A type of an immediate, checked and made canonical.
  bool Canonical(HeapType type, HeapType* out);
  bool Canonical(ValType type, ValType* out);
  bool FuncTypeOf(uint32_t type_index, const CanonType** type);
  ValType RefTo(const CanonType& type, bool nullable) const {
    return ValType::Ref(HeapType::Concrete(type.id), nullable);
  }

  bool Fail(Error error);
  bool FailUnknown(ErrorId id, uint32_t index);
  bool FailMismatch(std::string_view detail);
  // `top`: where the stack ended before the first of them was looked at.
  bool FailOperands(TypeList required, const ValType* top);
  std::string NamesOf(TypeList types) const;

  const Module& module_;
  const TypeRegistry& registry_;
  Scratch::Impl& scratch_;
  FuncSummary* summary_;
  std::optional<binary::InstrReader> reader_;
  std::optional<Error> error_;
  Instr instr_;

  ValType* base_ = nullptr;
  ValType* top_ = nullptr;
  ValType* floor_ = nullptr;
  ValType* limit_ = nullptr;
  ValType* instr_top_ = nullptr;  // top when the instruction started

  ValType* max_top_ = nullptr;  // highest top so far

  // Copies of what the innermost frame says, for assignments in loops: assigned_at_[local] <= loop_start_ means that
  // the loop has not noted the local yet.
  bool in_loop_ = false;
  uint64_t loop_start_ = 0;
  uint64_t* assigned_at_ = nullptr;

  uint32_t local_count_ = 0;
  const ValType* flat_ = nullptr;  // types of the first locals
  uint32_t flat_locals_ = 0;
  bool has_uninitialized_ = false;  // some local has no default value
  uint32_t param_count_ = 0;
  const CanonType* func_type_ = nullptr;

  uint32_t fast_locals_ = 0;  // locals that the fast lane may touch
  ValType fast_address_;      // address type of memory 0, Bot without

  bool has_plan_ = false;
  uint32_t plan_base_ = 0;  // what offsets in the plan count from
  PlanEvent* next_event_ = nullptr;

  bool is_const_expr_ = false;
  uint32_t visible_globals_ = 0;
  std::vector<bool>* declared_ = nullptr;

  ValType LocalType(uint32_t local) const;
};

// "(ref null 3)" and the like, with the module's own indices for canonical types.
std::string NameOfCanonical(const Module& module, ValType type);

}  // namespace gantry::wasm::valid
