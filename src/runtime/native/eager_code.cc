#include "runtime/native/eager_code.h"

#include <algorithm>
#include <cstring>

#include "platform/pages.h"

namespace gantry::native {

using abi::CodeBatch;
using abi::FunctionRecord;

namespace {

constexpr uint64_t kMaxCode = uint64_t{1} << 30;    // so that a call reaches every function
constexpr uint64_t kLeastRoom = uint64_t{1} << 20;  // less than this is not tried for, where address space is limited
constexpr uint64_t kSmallBodies = 64 << 10;         // one thread compiles a module of so many bytes faster than several

size_t AlignedSize(const std::vector<uint8_t>& text) {
  return (text.size() + abi::kFunctionAlign - 1) & ~size_t{abi::kFunctionAlign - 1};
}

}  // namespace

Result<std::unique_ptr<EagerCode>> EagerCode::Create(const wasm::Module& module) {
  std::unique_ptr<EagerCode> code(new EagerCode);
  code->module_ = &module;
  code->entries_.assign(module.funcs.size() - module.imported_funcs, kNotNative);
  uint64_t bodies = 0;
  for (const wasm::Func& func : module.funcs) bodies += func.body.size;
  code->is_small_ = bodies <= kSmallBodies;
  if (code->is_small_) return code;
  Result<CodeMemory> memory = CodeMemory::Reserve(kMaxCode);
  for (uint64_t room = kMaxCode / 2; !memory && room >= kLeastRoom; room /= 2) memory = CodeMemory::Reserve(room);
  if (!memory) return std::unexpected(std::move(memory).error());
  code->memory_ = *std::move(memory);
  return code;
}

// On pages of its own, where it will stay; of a small module behind what has been collected. False without room.
bool EagerCode::Place(const std::vector<uint8_t>& text, uint64_t* start) {
  if (is_small_) {
    std::lock_guard lock(mutex_);
    *start = AlignedSize(collected_);
    collected_.resize(*start);
    collected_.insert(collected_.end(), text.begin(), text.end());
    return true;
  }
  const uint64_t bytes = platform::RoundUpToPage(text.size());
  *start = next_.fetch_add(bytes);
  if (*start + bytes > memory_.size() || !platform::CommitPages(memory_.base() + *start, bytes)) {
    has_room_.store(false);
    return false;
  }
  std::memcpy(memory_.base() + *start, text.data(), text.size());
  return true;
}

void EagerCode::Take(const CodeBatch& batch) {
  uint64_t start = 0;
  if (batch.functions.empty() || !has_room_.load() || !Place(batch.text, &start)) return;
  const auto offset = static_cast<uint32_t>(start);
  Part part{std::make_unique<CodePiece>(memory_.base(), offset, batch), offset, batch.relocations};
  std::lock_guard lock(mutex_);
  parts_.push_back(std::move(part));
}

// For functions that are called directly but not native.
bool EagerCode::WriteExits(const ExitWriter& write_exit, std::vector<uint32_t>* targets) {
  std::vector<uint8_t> text;
  std::vector<uint32_t> starts, functions;
  for (const Part& part : parts_) {
    for (const abi::Relocation& relocation : part.relocations) {
      uint32_t& target = (*targets)[relocation.func_index - module_->imported_funcs];
      if (target != kNotNative) continue;
      target = 0;
      text.resize(AlignedSize(text));
      starts.push_back(static_cast<uint32_t>(text.size()));
      functions.push_back(relocation.func_index);
      const std::vector<uint8_t> code = write_exit(relocation.func_index);
      text.insert(text.end(), code.begin(), code.end());
    }
  }
  uint64_t start = 0;
  if (!text.empty() && !Place(text, &start)) return false;
  for (size_t i = 0; i < functions.size(); ++i) {
    (*targets)[functions[i] - module_->imported_funcs] = static_cast<uint32_t>(start) + starts[i];
  }
  return true;
}

Result<void> EagerCode::Finish(const ExitWriter& write_exit) {
  std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) { return a.start < b.start; });
  for (const Part& part : parts_) {
    for (const FunctionRecord& function : part.piece->functions()) {
      entries_[function.func_index - module_->imported_funcs] = function.start;
    }
  }
  std::vector<uint32_t> targets = entries_;
  if (!has_room_.load() || !WriteExits(write_exit, &targets)) {
    return std::unexpected(Error(ErrorClass::Limit, "there is no room for the module's compiled code"));
  }
  if (is_small_ && !collected_.empty()) {
    GANTRY_ASSIGN_OR_RETURN(memory_, CodeMemory::Allocate(collected_.size()));
    std::memcpy(memory_.base(), collected_.data(), collected_.size());
    collected_ = std::vector<uint8_t>();
  }
  uint8_t* const base = memory_.base();
  for (Part& part : parts_) {
    for (const abi::Relocation& relocation : part.relocations) {
      const uint64_t at = uint64_t{part.start} + relocation.at;
      const auto distance =
          static_cast<int32_t>(targets[relocation.func_index - module_->imported_funcs] - static_cast<int64_t>(at + 4));
      std::memcpy(base + at, &distance, sizeof distance);
    }
    part.piece->SetBase(base);
    pieces_.push_back(std::move(part.piece));
  }
  parts_ = std::vector<Part>();
  if (!is_small_) memory_.Trim(next_.load());
  return memory_.size() == 0 ? Result<void>() : memory_.Publish();
}

const CodePiece* EagerCode::PieceAt(uintptr_t pc) const {
  const uintptr_t at = pc - reinterpret_cast<uintptr_t>(memory_.base());
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), at,
                                      [](uintptr_t p, const auto& piece) { return p < piece->start(); });
  return after == pieces_.begin() ? nullptr : (after - 1)->get();
}

runtime::NativeStats EagerCode::Stats() const {
  const auto native = std::count_if(entries_.begin(), entries_.end(), [](uint32_t at) { return at != kNotNative; });
  return {.functions = static_cast<uint32_t>(native), .code_bytes = memory_.size()};
}

}  // namespace gantry::native
