#include "wasm/func_plan.h"

#include <algorithm>
#include <array>

namespace gantry::wasm {

namespace {

constexpr uint32_t kMaxWeight = 1 << 24;

// The best few of a class, by falling weight; of equal ones the first met.
struct Best {
  uint32_t count = 0;
  std::array<LoopCandidate, kLoopCandidates> of;

  void Offer(const LoopCandidate& candidate) {
    uint32_t at = count;
    while (at > 0 && of[at - 1].weight < candidate.weight) --at;
    if (at == kLoopCandidates) return;
    if (count < kLoopCandidates) ++count;
    for (uint32_t i = count - 1; i > at; --i) of[i] = of[i - 1];
    of[at] = candidate;
  }
};

}  // namespace

[[gnu::always_inline]] inline PlanBuilder::Use& PlanBuilder::Touch(State& state, uint32_t local, uint32_t weight) {
  Use& use = state.use;
  const uint32_t loop = loop_;
  if (use.loop != loop) {
    saves_.push_back({local, use});
    use = {loop, 0, kNever, false};
  }
  use.weight = std::min(use.weight + weight, kMaxWeight);
  return use;
}

// The outermost open loop that begins behind the set: its back edge carries the value.
void PlanBuilder::CarryAround(State* state, uint32_t set_at) {
  state->crosses_loop = true;
  const auto outermost = std::upper_bound(open_.begin(), open_.end(), set_at,
                                          [](uint32_t s, const OpenLoop& loop) { return s < loop.start; });
  uint32_t& live_loop = state->live_loop;
  if (live_loop == kNever || loops_[live_loop].end != 0 || outermost->loop < live_loop) live_loop = outermost->loop;
}

void PlanBuilder::UndoTo(uint32_t height) {
  while (undo_height_ > height) {
    const Undo& undo = undo_[--undo_height_];
    states_[undo.local].set_at = undo.set_at;
  }
}

void PlanBuilder::OpenLoopScope(uint32_t at) {
  scopes_.push_back({undo_height_, /*is_loop=*/true});
  if (!open_.empty()) open_.back().has_inner = true;
  open_.push_back({static_cast<uint32_t>(loops_.size()), at, static_cast<uint32_t>(saves_.size()), 0, false});
  loops_.push_back({.offset = at});
  loop_ = open_.back().loop;
  loop_start_ = at;
}

[[gnu::always_inline]] inline void PlanBuilder::CloseScope(uint32_t at) {
  UndoTo(scopes_.back().undo);
  if (scopes_.back().is_loop) CloseLoop(at);
  scopes_.pop_back();
}

void PlanBuilder::CloseLoop(uint32_t at) {
  const OpenLoop open = open_.back();
  Best general, vector;
  std::array<uint32_t, 2 * kLoopCandidates> set_at;
  for (size_t i = open.first_save; i < saves_.size(); ++i) {
    const uint32_t local = saves_[i].local;
    const State& state = states_[local];
    const bool live = state.use.set_at != kNever || (open.has_inner && state.crosses_loop);
    (state.is_vector ? vector : general).Offer({local, state.use.weight, state.use.is_assigned, live});
  }
  LoopPlan& loop = loops_[open.loop];
  loop.end = at;
  loop.first = static_cast<uint32_t>(candidates_.size());
  loop.general = general.count;
  loop.vector = vector.count;
  loop.call_weight = open.call_weight;
  candidates_.insert(candidates_.end(), general.of.begin(), general.of.begin() + general.count);
  candidates_.insert(candidates_.end(), vector.of.begin(), vector.of.begin() + vector.count);

  const uint32_t chosen = general.count + vector.count;
  for (uint32_t i = 0; i < chosen; ++i) set_at[i] = states_[candidates_[loop.first + i].local].use.set_at;
  for (; saves_.size() > open.first_save; saves_.pop_back()) states_[saves_.back().local].use = saves_.back().use;
  open_.pop_back();
  if (open_.empty()) {
    loop_ = kNever;
    loop_start_ = kOutsideLoops;
    return;
  }
  OpenLoop& outer = open_.back();
  loop_ = outer.loop;
  loop_start_ = outer.start;
  outer.call_weight = std::min(outer.call_weight + std::min(8 * open.call_weight, kMaxWeight), kMaxWeight);
  for (uint32_t i = 0; i < chosen; ++i) {  // [P1]
    const LoopCandidate& candidate = candidates_[loop.first + i];
    Use& use = Touch(states_[candidate.local], candidate.local, std::min(8 * candidate.weight, kMaxWeight));
    use.is_assigned |= candidate.is_assigned;
    if (set_at[i] < outer.start) use.set_at = std::min(use.set_at, set_at[i]);
  }
}

void PlanBuilder::Reset(uint32_t locals, uint32_t params) {
  loops_.clear();
  candidates_.clear();
  calls_ = 0;
  scopes_.clear();
  undo_height_ = 0;
  open_.clear();
  loop_ = kNever;
  loop_start_ = kOutsideLoops;
  saves_.clear();
  states_.assign(locals, {});
  for (uint32_t i = 0; i < params; ++i) states_[i].set_at = 1;
  scopes_.push_back({0, /*is_loop=*/false});
}

// The rest of an access inside a loop; `set_at` is from before it.
[[gnu::always_inline]] inline void PlanBuilder::AccessInLoop(State& state, uint32_t local, bool is_set,
                                                             uint32_t set_at) {
  Use& use = Touch(state, local, 1);
  use.is_assigned |= is_set;
  if (is_set | (set_at >= loop_start_)) return;
  const uint32_t known_set_at = std::max(set_at, 1u);
  use.set_at = std::min(use.set_at, known_set_at);
  if (state.live_loop != open_.front().loop) CarryAround(&state, known_set_at);
}

void PlanBuilder::Take(std::span<const PlanEvent> events) {
  // An event adds one at most, and one is written in vain.
  if (undo_.size() <= undo_height_ + events.size()) undo_.resize(2 * (undo_height_ + events.size()) + 1);
  Undo* const undo = undo_.data();
  State* const states = states_.data();
  uint32_t undo_height = undo_height_, loop_start = loop_start_;
  for (const PlanEvent& event : events) {
    const uint32_t at = event.at;
    if (event.step <= PlanStep::Set) [[likely]] {
      // Which of the two is hard to foresee, so that makes no jump. A set is noted always, and kept if it is the first
      // of the loop, or of all.
      const bool is_set = event.step == PlanStep::Set;
      State& state = states[event.local];
      const uint32_t set_at = state.set_at;
      undo[undo_height] = {event.local, set_at};
      const bool is_first = is_set & (set_at < loop_start);
      undo_height += is_first;
      state.set_at = is_first ? at : set_at;
      state.live_end = is_set ? state.live_end : at;
      state.read_before_set |= !is_set & (set_at == 0);
      if (loop_start > kOutsideLoops) AccessInLoop(state, event.local, is_set, set_at);
      continue;
    }
    undo_height_ = undo_height;
    if (event.step == PlanStep::Block) {
      scopes_.push_back({undo_height, /*is_loop=*/false});
      continue;
    }
    switch (event.step) {
      case PlanStep::Loop:
        OpenLoopScope(at);
        break;
      case PlanStep::Else:
        UndoTo(scopes_.back().undo);
        break;
      case PlanStep::End:
        CloseScope(at);
        break;
      case PlanStep::Call:
        if (!open_.empty()) open_.back().call_weight = std::min(open_.back().call_weight + 1, kMaxWeight);
        [[fallthrough]];
      case PlanStep::LastCall:
      case PlanStep::RareCall:
        ++calls_;
        break;
      case PlanStep::Get:
      case PlanStep::Set:
      case PlanStep::Block:
      case PlanStep::None:
        break;
    }
    undo_height = undo_height_;
    loop_start = loop_start_;
  }
  undo_height_ = undo_height;
}

FuncPlan PlanBuilder::Finish() {
  locals_.resize(states_.size());
  for (size_t i = 0; i < states_.size(); ++i) {
    const State& state = states_[i];
    locals_[i].live_end =
        state.live_loop == kNever ? state.live_end : std::max(state.live_end, loops_[state.live_loop].end);
    locals_[i].read_before_set = state.read_before_set;
  }
  return {loops_, candidates_, locals_, calls_};
}

void PlanPart::Add(const FuncPlan* plan) {
  if (plan != nullptr) {
    loops_.insert(loops_.end(), plan->loops.begin(), plan->loops.end());
    candidates_.insert(candidates_.end(), plan->candidates.begin(), plan->candidates.end());
    locals_.insert(locals_.end(), plan->locals.begin(), plan->locals.end());
  }
  ends_.push_back({static_cast<uint32_t>(loops_.size()), static_cast<uint32_t>(candidates_.size()),
                   static_cast<uint32_t>(locals_.size()), plan == nullptr ? kNoPlan : plan->calls});
}

bool PlanPart::Find(uint32_t func, FuncPlan* plan) const {
  if (func < first_func_ || func >= end_func()) return false;
  const size_t i = func - first_func_;
  const Ends& end = ends_[i];
  if (end.calls == kNoPlan) return false;
  const Ends begin = i == 0 ? Ends() : ends_[i - 1];
  plan->loops = std::span(loops_).subspan(begin.loops, end.loops - begin.loops);
  plan->candidates = std::span(candidates_).subspan(begin.candidates, end.candidates - begin.candidates);
  plan->locals = std::span(locals_).subspan(begin.locals, end.locals - begin.locals);
  plan->calls = end.calls;
  return true;
}

bool FindPlan(const PlanParts& parts, uint32_t func, FuncPlan* plan) {
  const auto behind = std::upper_bound(parts.begin(), parts.end(), func,
                                       [](uint32_t f, const PlanPart& part) { return f < part.first_func(); });
  return behind != parts.begin() && behind[-1].Find(func, plan);
}

}  // namespace gantry::wasm
