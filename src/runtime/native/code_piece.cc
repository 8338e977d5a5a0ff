#include "runtime/native/code_piece.h"

#include <algorithm>
#include <memory>
#include <type_traits>
#include <vector>

namespace gantry::native {

using abi::CallSite;
using abi::FunctionRecord;
using abi::TrapSite;

namespace {

// The tables lie one behind the other.
template <class... Table>
constexpr bool HaveOneAlignment() {
  return ((alignof(Table) == alignof(uint32_t) && std::is_trivially_copyable_v<Table>) && ...);
}
static_assert(HaveOneAlignment<FunctionRecord, TrapSite, CallSite, abi::Handler, int32_t>());

template <class T>
size_t BytesOf(const std::vector<T>& table) {
  return table.size() * sizeof(T);
}

template <class T>
std::span<T> Copy(const std::vector<T>& table, uint8_t** room) {
  T* const to = reinterpret_cast<T*>(*room);
  std::uninitialized_copy(table.begin(), table.end(), to);
  *room += BytesOf(table);
  return {to, table.size()};
}

}  // namespace

size_t CodePiece::TableBytes(const abi::CodeBatch& batch) {
  return BytesOf(batch.functions) + BytesOf(batch.traps) + BytesOf(batch.calls) + BytesOf(batch.handlers) +
         BytesOf(batch.maps);
}

CodePiece::CodePiece(const uint8_t* base, uint32_t start, const abi::CodeBatch& batch, uint8_t* room) : base_(base) {
  if (room == nullptr) {
    own_ = std::make_unique_for_overwrite<uint8_t[]>(TableBytes(batch));
    room = own_.get();
  }
  functions_ = Copy(batch.functions, &room);
  traps_ = Copy(batch.traps, &room);
  calls_ = Copy(batch.calls, &room);
  handlers_ = Copy(batch.handlers, &room);
  maps_ = Copy(batch.maps, &room);
  for (FunctionRecord& function : functions_) function.start += start;
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

const TrapSite* CodePiece::FindTrap(Position at) const {
  const auto sites = traps_.subspan(at.function->first_trap, at.function->trap_count);
  auto found =
      std::lower_bound(sites.begin(), sites.end(), at.pc, [](const TrapSite& s, uint32_t pc) { return s.pc < pc; });
  return found == sites.end() || found->pc != at.pc ? nullptr : &*found;
}

const CallSite* CodePiece::FindCall(Position at) const {
  const auto sites = calls_.subspan(at.function->first_call, at.function->call_count);
  auto found = std::lower_bound(sites.begin(), sites.end(), at.pc,
                                [](const CallSite& s, uint32_t pc) { return s.return_pc < pc; });
  return found == sites.end() || found->return_pc != at.pc ? nullptr : &*found;
}

}  // namespace gantry::native
