// FuncPlan: what a single-pass compiler wants to know of a body before it starts: how often each loop touches which
// locals, how far each local is alive, which locals may be read before they are set.
//
// [GANTRYDOC] Why a look ahead
//
// A single pass cannot know at the head of a loop what the loop will need. Somebody has to run over the body first; in
// return loops keep their locals in fixed registers, dead values are never saved, and only locals that need it are
// zeroed. Validation runs over all bodies anyway: it notes the instructions that matter as PlanEvents, PlanBuilder
// makes the plan of them, PlanPart keeps it until the compiler comes. Where nobody kept one (functions that are
// compiled on their first call), the compiler makes it from the bytes (compiler/baseline/plan.h), through the same
// PlanBuilder.
//
// [P1] Linear: a loop passes on to the loop around it only its kLoopCandidates best locals of each class.
// [P2] live_end is never too small: the value that a local has at an offset beyond it is not read any more.
// [P3] A candidate that is not live at the header has no value there that anyone reads.
// The body must be valid up to the last event. Tested by src/compiler/baseline/plan_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wasm/opcode.h"

namespace gantry::wasm {

inline constexpr uint32_t kLoopCandidates = 12;

// A local that a loop uses, directly or in loops inside.
struct LoopCandidate {
  uint32_t local;
  uint32_t weight;         // accesses; eightfold for each loop inside
  bool is_assigned;        // in the loop; false may be wrong where loops are nested
  bool is_live_at_header;  // some read in the loop may see a value from before
};

struct LoopPlan {
  uint32_t offset = 0;  // of the `loop` in the body
  uint32_t end = 0;     // of its `end`
  uint32_t first = 0;   // candidates: numbers and references first, vectors and floats then; each by falling weight
  uint32_t general = 0, vector = 0;
  uint32_t call_weight = 0;  // like LoopCandidate::weight; calls that nothing returns from do not count
};

struct LocalPlan {
  uint32_t live_end : 31;        // offset in the body of the last instruction that may read it, 0: none
  uint32_t read_before_set : 1;  // never of parameters
};

// Offsets count from the first instruction, which has 2; so there is room for parameters' sets before.
struct FuncPlan {
  std::span<const LoopPlan> loops;  // in the order of their `loop` instructions
  std::span<const LoopCandidate> candidates;
  std::span<const LocalPlan> locals;
  uint32_t calls = 0;  // instructions that may call
};

// What an instruction means to the plan. RareCall: it leaves the loop, or calls only off the usual path. LastCall: a
// call with `unreachable` behind it.
enum class PlanStep : uint8_t { Get, Set, Block, Loop, Else, End, Call, LastCall, RareCall, None };

constexpr PlanStep PlanStepOf(OpFamily family) {
  using enum OpFamily;
  switch (family) {
    case LocalGet:
      return PlanStep::Get;
    case LocalSet:
    case LocalTee:
      return PlanStep::Set;
    case OpFamily::Block:
    case If:
    case TryTable:
      return PlanStep::Block;
    case OpFamily::Loop:
      return PlanStep::Loop;
    case OpFamily::Else:
      return PlanStep::Else;
    case OpFamily::End:
      return PlanStep::End;
    case OpFamily::Call:
    case CallIndirect:
    case CallRef:
    case MemoryGrow:
    case MemoryInit:
    case MemoryCopy:
    case MemoryFill:
    case TableInit:
    case TableCopy:
    case TableGrow:
    case TableFill:
    case ArrayNew:
    case ArrayNewDefault:
    case ArrayNewFixed:
    case ArrayNewData:
    case ArrayNewElem:
    case ArrayFill:
    case ArrayCopy:
    case ArrayInitData:
    case ArrayInitElem:
    case StructNew:
    case StructNewDefault:
    case AtomicNotify:
    case AtomicWait:
      return PlanStep::Call;
    case ReturnCall:
    case ReturnCallIndirect:
    case ReturnCallRef:
    case Throw:
    case ThrowRef:
    case DataDrop:
    case ElemDrop:
    case TableGet:
    case TableSet:
    case RefTest:
    case RefCast:
    case BrOnCast:
    case BrOnCastFail:
      return PlanStep::RareCall;
    default:
      return PlanStep::None;
  }
}

// Offset of the first instruction, in plans and events.
inline constexpr uint32_t kFirstPlanOffset = 2;

struct PlanEvent {
  uint32_t at;
  uint16_t local;  // limits::kLocals and kParams fit
  PlanStep step;
};

class PlanBuilder {
 public:
  // Parameters are the first locals. `is_vector(i)`: does local i live in a vector register?
  template <class IsVector>
  void Start(uint32_t locals, uint32_t params, IsVector is_vector) {
    Reset(locals, params);
    for (uint32_t i = 0; i < locals; ++i) states_[i].is_vector = is_vector(i);
  }
  // The next of the body's events, in order; any number at a time.
  void Take(std::span<const PlanEvent> events);
  // Once the body's last `end` was taken. Valid until the next Start.
  FuncPlan Finish();

 private:
  static constexpr uint32_t kNever = 0xffffffff;
  static constexpr uint32_t kOutsideLoops = 1;  // as start of the innermost loop: no set is before it

  struct Scope {
    uint32_t undo;  // height of undo_ at its start
    bool is_loop;
  };
  struct Undo {
    uint32_t local, set_at;
  };
  struct OpenLoop {
    uint32_t loop;
    uint32_t start;
    uint32_t first_save;
    uint32_t call_weight;
    bool has_inner;
  };
  // What the innermost open loop knows about a local, if `loop` is that loop.
  struct Use {
    uint32_t loop = kNever;
    uint32_t weight = 0;
    uint32_t set_at = kNever;  // earliest set that a read in the loop may see, before the loop
    bool is_assigned = false;
  };
  struct Save {
    uint32_t local;
    Use use;
  };
  struct State {
    uint32_t set_at = 0;          // offset of the set that dominates here, 0 if none
    uint32_t live_end = 0;        // LocalPlan::live_end, so far
    uint32_t live_loop = kNever;  // the outermost loop around whose back edge its value goes, the latest such
    bool read_before_set = false;
    bool crosses_loop = false;  // it is read in some loop and set before
    bool is_vector = false;
    Use use;
  };

  void Reset(uint32_t locals, uint32_t params);
  void AccessInLoop(State& state, uint32_t local, bool is_set, uint32_t set_at);
  void CarryAround(State* state, uint32_t set_at);
  Use& Touch(State& state, uint32_t local, uint32_t weight);
  void OpenLoopScope(uint32_t at);
  void CloseScope(uint32_t at);
  void CloseLoop(uint32_t at);
  void UndoTo(uint32_t height);

  std::vector<LoopPlan> loops_;
  std::vector<LoopCandidate> candidates_;
  std::vector<LocalPlan> locals_;
  uint32_t calls_ = 0;
  std::vector<Scope> scopes_;
  std::vector<Undo> undo_;
  uint32_t undo_height_ = 0;
  std::vector<OpenLoop> open_;
  uint32_t loop_ = kNever;  // the innermost open one
  uint32_t loop_start_ = kOutsideLoops;
  std::vector<State> states_;  // by local
  std::vector<Save> saves_;
};

// The plans of neighbouring functions.
class PlanPart {
 public:
  explicit PlanPart(uint32_t first_func) : first_func_(first_func) {}

  // Of the next function. A null plan: nobody made one.
  void Add(const FuncPlan* plan);

  uint32_t first_func() const { return first_func_; }
  uint32_t end_func() const { return first_func_ + static_cast<uint32_t>(ends_.size()); }
  // False if there is none.
  bool Find(uint32_t func, FuncPlan* plan) const;

 private:
  static constexpr uint32_t kNoPlan = 0xffffffff;
  struct Ends {
    uint32_t loops = 0, candidates = 0, locals = 0;
    uint32_t calls = 0;
  };

  uint32_t first_func_;
  std::vector<Ends> ends_;  // of each function's part of the following
  std::vector<LoopPlan> loops_;
  std::vector<LoopCandidate> candidates_;
  std::vector<LocalPlan> locals_;
};

// Of a module, by rising functions.
using PlanParts = std::vector<PlanPart>;
// Bodies of a part, about.
inline constexpr uint32_t kPlanPartBytes = 64 << 10;
bool FindPlan(const PlanParts& parts, uint32_t func, FuncPlan* plan);

}  // namespace gantry::wasm
