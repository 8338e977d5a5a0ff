#include "runtime/native/code_piece.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace gantry::native {

using abi::CallSite;
using abi::FunctionRecord;
using abi::TrapCode;
using abi::TrapSite;

namespace {

// The tables lie one behind the other, each aligned for all that follow.
static_assert(alignof(FunctionRecord) == 4 && alignof(abi::Handler) == 4 && sizeof(TrapCode) == 1);

// A table of so many behind what is in the room.
template <class T>
std::span<T> Take(size_t count, uint8_t** room) {
  T* const table = reinterpret_cast<T*>(*room);
  std::uninitialized_default_construct_n(table, count);
  *room += count * sizeof(T);
  return {table, count};
}

template <class T>
std::span<T> Copy(const std::vector<T>& from, uint8_t** room) {
  const std::span<T> table = Take<T>(from.size(), room);
  std::copy(from.begin(), from.end(), table.begin());
  return table;
}

bool HasDetail(const CallSite& call) {
  return call.fuel != 0 || call.map != CallSite::kNoMap || call.handler != CallSite::kNoHandler ||
         call.register_roots != 0;
}

}  // namespace

size_t CodePiece::TableBytes(const abi::CodeBatch& batch) {
  return batch.functions.size() * sizeof(FunctionRecord) + batch.traps.size() * (sizeof(Site) + sizeof(TrapCode)) +
         batch.calls.size() * sizeof(Site) + batch.handlers.size() * sizeof(abi::Handler) +
         batch.maps.size() * sizeof(int32_t);
}

CodePiece::CodePiece(const uint8_t* base, uint32_t start, const abi::CodeBatch& batch, uint8_t* room) : base_(base) {
  if (room == nullptr) {
    own_ = std::make_unique_for_overwrite<uint8_t[]>(TableBytes(batch));
    room = own_.get();
  }
  functions_ = Copy(batch.functions, &room);
  for (FunctionRecord& function : functions_) function.start += start;
  handlers_ = Copy(batch.handlers, &room);
  maps_ = Copy(batch.maps, &room);

  calls_ = Take<Site>(batch.calls.size(), &room);
  for (uint32_t i = 0; i < calls_.size(); ++i) {
    const CallSite& call = batch.calls[i];
    calls_[i] = {call.return_pc, call.offset};
    if (HasDetail(call)) call_details_.push_back({i, call.fuel, call.map, call.handler, call.register_roots});
  }
  call_details_.shrink_to_fit();

  traps_ = Take<Site>(batch.traps.size(), &room);
  trap_codes_ = Take<TrapCode>(batch.traps.size(), &room);
  uint32_t fuel = 0;
  for (size_t i = 0; i < traps_.size(); ++i) {
    const TrapSite& trap = batch.traps[i];
    traps_[i] = {trap.pc, trap.offset};
    trap_codes_[i] = trap.code;
    fuel |= trap.fuel;
  }
  if (fuel == 0) return;
  trap_fuel_.reserve(traps_.size());
  for (const TrapSite& trap : batch.traps) trap_fuel_.push_back(trap.fuel);
}

Position CodePiece::Find(uintptr_t pc) const {
  const uintptr_t at = pc - reinterpret_cast<uintptr_t>(base_);
  auto after = std::upper_bound(functions_.begin(), functions_.end(), at,
                                [](uintptr_t p, const FunctionRecord& f) { return p < f.start; });
  if (after == functions_.begin()) return {};
  const FunctionRecord& function = *(after - 1);
  const uintptr_t within = at - function.start;
  if (within >= function.size) return {};
  return {&function, static_cast<uint32_t>(within), this};
}

// The index of the site at a position, among `count` from `first` on that belong to its function; nothing without one.
std::optional<size_t> CodePiece::FindSite(std::span<const Site> table, size_t first, size_t count, uint32_t pc) {
  const auto sites = table.subspan(first, count);
  const auto found =
      std::lower_bound(sites.begin(), sites.end(), pc, [](const Site& site, uint32_t p) { return site.pc < p; });
  if (found == sites.end() || found->pc != pc) return std::nullopt;
  return first + static_cast<size_t>(found - sites.begin());
}

std::optional<TrapSite> CodePiece::FindTrap(Position at) const {
  const auto i = FindSite(traps_, at.function->first_trap, at.function->trap_count, at.pc);
  if (!i) return std::nullopt;
  return TrapSite{at.pc, traps_[*i].offset, trap_fuel_.empty() ? 0 : trap_fuel_[*i], trap_codes_[*i]};
}

std::optional<CallSite> CodePiece::FindCall(Position at) const {
  const auto i = FindSite(calls_, at.function->first_call, at.function->call_count, at.pc);
  if (!i) return std::nullopt;
  CallSite call{.return_pc = at.pc, .offset = calls_[*i].offset, .fuel = 0};
  const auto detail = std::lower_bound(call_details_.begin(), call_details_.end(), *i,
                                       [](const CallDetail& d, size_t index) { return d.call < index; });
  if (detail == call_details_.end() || detail->call != *i) return call;
  call.fuel = detail->fuel;
  call.map = detail->map;
  call.handler = detail->handler;
  call.register_roots = detail->register_roots;
  return call;
}

}  // namespace gantry::native
