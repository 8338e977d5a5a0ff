#include "runtime/native/eager_code.h"

#include <algorithm>
#include <cstring>

#include "platform/pages.h"

namespace gantry::native {

using abi::CodeBatch;
using abi::FunctionRecord;

namespace {

constexpr uint64_t kMaxCode = uint64_t{1} << 30;    // so that a call reaches every function
constexpr uint64_t kMaxTables = uint64_t{1} << 30;  // more of them are allocated batch by batch
constexpr uint64_t kLeastRoom = uint64_t{1} << 20;  // less than this is not tried for, where address space is limited
constexpr uint8_t kTrap = 0xcc;                     // int3, between functions

static_assert(GrowingPages::kAlign % abi::kFunctionAlign == 0);

constexpr uint64_t Aligned(uint64_t bytes) {
  return (bytes + abi::kFunctionAlign - 1) & ~uint64_t{abi::kFunctionAlign - 1};
}

}  // namespace

Result<std::unique_ptr<EagerCode>> EagerCode::Create(const wasm::Module& module, uint64_t code_bytes, bool is_small) {
  std::unique_ptr<EagerCode> code(new EagerCode);
  code->module_ = &module;
  code->entries_.assign(module.funcs.size() - module.imported_funcs, kNotNative);
  code->bodies_ = code_bytes;
  code->is_small_ = is_small;
  if (is_small) return code;
  code->code_ = GrowingPages::Reserve(kMaxCode, kLeastRoom);
  if (code->code_.base() == nullptr) return std::unexpected(CodeMemory::NoMemory());
  // Where address space is limited, tables are allocated.
  if (code->code_.size() == kMaxCode) code->tables_ = GrowingPages::Reserve(kMaxTables, kMaxTables);
  return code;
}

uint64_t EagerCode::More(uint64_t so_far) const {
  return bodies_done_ == 0 ? 0 : so_far * (bodies_ - bodies_done_) / bodies_done_;
}

bool EagerCode::TakeRoom(uint64_t bytes, uint64_t* start) {
  bytes = Aligned(bytes);
  if (is_small_) {
    *start = collected_.size();
    collected_.resize(*start + bytes);
    return true;
  }
  const uint8_t* const at = has_room_ ? code_.Take(bytes, More(code_.taken() + bytes)) : nullptr;
  has_room_ = at != nullptr;
  if (has_room_) *start = static_cast<uint64_t>(at - code_.base());
  return has_room_;
}

void EagerCode::Put(uint64_t start, const std::vector<uint8_t>& text) {
  uint8_t* const at = (is_small_ ? collected_.data() : code_.base()) + start;
  std::memcpy(at, text.data(), text.size());
  std::memset(at + text.size(), kTrap, Aligned(text.size()) - text.size());
}

void EagerCode::Take(const CodeBatch& batch) {
  if (batch.functions.empty()) return;
  std::unique_lock lock(mutex_);
  for (const FunctionRecord& function : batch.functions) bodies_done_ += module_->funcs[function.func_index].body.size;
  uint64_t start = 0;
  if (!TakeRoom(batch.text.size(), &start)) return;
  const uint64_t table_bytes = CodePiece::TableBytes(batch);
  uint8_t* const tables =
      tables_.base() == nullptr ? nullptr : tables_.Take(table_bytes, More(tables_.taken() + table_bytes));
  if (!is_small_) lock.unlock();  // other threads need not wait for copies that stay where they are
  Put(start, batch.text);
  const auto offset = static_cast<uint32_t>(start);
  Part part{std::make_unique<CodePiece>(nullptr, offset, batch, tables), offset, {}};
  if (!is_small_) lock.lock();
  for (const FunctionRecord& function : part.piece->functions()) {
    entries_[function.func_index - module_->imported_funcs] = function.start;
  }
  // Here the code is still in the cache, and most of the functions that it calls have theirs.
  for (const abi::Relocation& relocation : batch.relocations) {
    const uint32_t target = entries_[relocation.func_index - module_->imported_funcs];
    if (target != kNotNative)
      LinkCall(start + relocation.at, target);
    else
      part.open_calls.push_back(relocation);
  }
  part.open_calls.shrink_to_fit();
  parts_.push_back(std::move(part));
}

void EagerCode::LinkCall(uint64_t at, uint32_t target) {
  const auto distance = static_cast<int32_t>(target - static_cast<int64_t>(at + 4));
  std::memcpy((is_small_ ? collected_.data() : code_.base()) + at, &distance, sizeof distance);
}

// For functions that are called directly but not native.
bool EagerCode::WriteExits(const ExitWriter& write_exit, std::vector<uint32_t>* targets) {
  std::vector<uint8_t> text;
  std::vector<uint32_t> starts, functions;
  for (const Part& part : parts_) {
    for (const abi::Relocation& relocation : part.open_calls) {
      uint32_t& target = (*targets)[relocation.func_index - module_->imported_funcs];
      if (target != kNotNative) continue;
      target = 0;
      text.resize(Aligned(text.size()), kTrap);
      starts.push_back(static_cast<uint32_t>(text.size()));
      functions.push_back(relocation.func_index);
      const std::vector<uint8_t> code = write_exit(relocation.func_index);
      text.insert(text.end(), code.begin(), code.end());
    }
  }
  uint64_t start = 0;
  if (!text.empty()) {
    if (!TakeRoom(text.size(), &start)) return false;
    Put(start, text);
  }
  for (size_t i = 0; i < functions.size(); ++i) {
    (*targets)[functions[i] - module_->imported_funcs] = static_cast<uint32_t>(start) + starts[i];
  }
  return true;
}

Result<void> EagerCode::Finish(const ExitWriter& write_exit) {
  std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) { return a.start < b.start; });
  std::vector<uint32_t> targets = entries_;
  if (!has_room_ || !WriteExits(write_exit, &targets)) {
    return std::unexpected(Error(ErrorClass::Limit, "there is no room for the module's compiled code"));
  }
  for (const Part& part : parts_) {
    for (const abi::Relocation& call : part.open_calls) {
      LinkCall(uint64_t{part.start} + call.at, targets[call.func_index - module_->imported_funcs]);
    }
  }
  if (is_small_ && !collected_.empty()) {
    GANTRY_ASSIGN_OR_RETURN(memory_, CodeMemory::Allocate(collected_.size()));
    std::memcpy(memory_.base(), collected_.data(), collected_.size());
    collected_ = std::vector<uint8_t>();
  }
  for (Part& part : parts_) {
    part.piece->SetBase(base());
    pieces_.push_back(std::move(part.piece));
  }
  parts_ = std::vector<Part>();
  if (is_small_) return memory_.size() == 0 ? Result<void>() : memory_.Publish();
  code_.Trim();
  tables_.Trim();
  if (code_.size() == 0 || platform::PublishCode(code_.base(), code_.size())) return {};
  return std::unexpected(CodeMemory::Forbidden());
}

const CodePiece* EagerCode::PieceAt(uintptr_t pc) const {
  const uintptr_t at = pc - reinterpret_cast<uintptr_t>(base());
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), at,
                                      [](uintptr_t p, const auto& piece) { return p < piece->start(); });
  return after == pieces_.begin() ? nullptr : (after - 1)->get();
}

runtime::NativeStats EagerCode::Stats() const {
  const auto native = std::count_if(entries_.begin(), entries_.end(), [](uint32_t at) { return at != kNotNative; });
  return {.functions = static_cast<uint32_t>(native), .code_bytes = size()};
}

}  // namespace gantry::native
