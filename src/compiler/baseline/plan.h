// FuncPlan: what the baseline compiler wants to know of a body before it starts: how often each loop touches which
// locals, how far each local is alive, which locals may be read before they are set.
//
// [GANTRYDOC] Why a look ahead
//
// A single pass cannot know at the head of a loop what the loop will need. The planner runs over the bytes first, with
// a table of lengths instead of a decoder: about a tenth of the compile time. In return loops keep their locals in
// fixed registers, dead values are never saved, and only locals that need it are zeroed.
//
// [P1] Linear: a loop passes on to the loop around it only its kCandidates best locals of each class.
// [P2] live_end is never too small: the value that a local has at an offset beyond it is not read any more.
// [P3] A candidate that is not live at the header has no value there that anyone reads.
// The body must be valid. Tested by plan_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/baseline/value.h"

namespace gantry::baseline {

inline constexpr uint32_t kCandidates = 12;

// A local that a loop uses, directly or in loops inside.
struct Candidate {
  uint32_t local;
  uint32_t weight;         // accesses; eightfold for each loop inside
  bool is_assigned;        // in the loop; false may be wrong where loops are nested
  bool is_live_at_header;  // some read in the loop may see a value from before
};

struct LoopPlan {
  uint32_t offset = 0;  // of the `loop` in the body
  uint32_t end = 0;     // of its `end`
  uint32_t first = 0;   // candidates: general registers first, each class by falling weight
  uint32_t general = 0, vector = 0;
  uint32_t call_weight = 0;  // like Candidate::weight; calls that nothing returns from do not count
};

struct FuncPlan {
  std::vector<LoopPlan> loops;  // in the order of their `loop` instructions
  std::vector<Candidate> candidates;
  std::vector<uint32_t> live_end;     // by local: offset in the body of the last instruction that may read it, 0: none
  std::vector<bool> read_before_set;  // by local; never parameters
  uint32_t calls = 0;                 // instructions that may call
  uint32_t saved_regs_wanted = 0;     // callee-saved registers that loops could use, 0 to 3
};

class Planner {
 public:
  // `code`: the instructions of a valid body, without the declarations of locals. Offsets in the plan count from
  // code[0]; they are at least 1 for reads. `kinds`: of the locals, parameters first.
  const FuncPlan& Plan(std::span<const uint8_t> code, std::span<const Kind> kinds, uint32_t params);

 private:
  static constexpr uint32_t kNever = 0xffffffff;

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
    uint32_t live_end = 0;        // FuncPlan::live_end, so far
    uint32_t live_loop = kNever;  // the outermost loop around whose back edge its value goes, the latest such
    bool read_before_set = false;
    bool crosses_loop = false;  // it is read in some loop and set before
    Use use;
  };

  void Get(uint32_t local, uint32_t at);
  void Set(uint32_t local, uint32_t at);
  void CarryAround(State* state, uint32_t set_at);
  Use& Touch(uint32_t local, uint32_t weight);
  void Call(const uint8_t* next);
  void OpenScope(bool is_loop, uint32_t at);
  void CloseScope(uint32_t at);
  void CloseLoop(uint32_t at);
  void UndoTo(uint32_t height);

  FuncPlan plan_;
  std::span<const Kind> kinds_;
  std::vector<Scope> scopes_;
  std::vector<Undo> undo_;
  std::vector<OpenLoop> open_;
  std::vector<State> states_;  // by local
  std::vector<Save> saves_;
};

}  // namespace gantry::baseline
