#include "runtime/native/lazy_code.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "platform/pages.h"
#include "runtime/native/code_memory.h"

namespace gantry::native {

using abi::CodeBatch;
using abi::FunctionRecord;

static_assert(sizeof(std::atomic<uint64_t>) == sizeof(uint64_t) && std::atomic<uint64_t>::is_always_lock_free);

namespace {

// Code for which there is room, in bytes per byte of the module's bodies; functions beyond it are interpreted. Address
// space only, so hosts that limit it get less.
constexpr uint64_t kMostRoom = 16, kLeastRoom = 2;
constexpr uint64_t kRoomPerFunction = 4096;        // each may need a page of its own
constexpr uint64_t kMaxRange = uint64_t{1} << 30;  // so that a call reaches every function

// What compiled code takes per byte of a body, more or less.
constexpr uint64_t kCodePerByte = 2;

}  // namespace

Result<std::unique_ptr<LazyCode>> LazyCode::Create(const wasm::Module& module, CompileFunction compile,
                                                   const LazyEntries& entries, const void* compile_stub) {
  std::unique_ptr<LazyCode> code(new LazyCode);
  const auto count = static_cast<uint32_t>(module.funcs.size() - module.imported_funcs);
  uint64_t bodies = 0;
  for (const wasm::Func& func : module.funcs) bodies += func.body.size;

  const uint64_t slot_bytes = platform::RoundUpToPage(sizeof(uint64_t) * (uint64_t{count} + 1));
  const uint64_t entry_bytes = platform::RoundUpToPage(entries.size * (uint64_t{count} + 1));
  const uint64_t fixed = slot_bytes + entry_bytes;
  for (uint64_t room = kMostRoom; code->base_ == nullptr && room >= kLeastRoom; room /= 2) {
    code->size_ = std::min(fixed + platform::RoundUpToPage(room * bodies + kRoomPerFunction * count), kMaxRange);
    if (fixed < code->size_) code->base_ = platform::ReservePages(code->size_);
  }
  const auto failed = [] { return std::unexpected(CodeMemory::NoMemory()); };
  if (code->base_ == nullptr) return failed();
  code->pages_ = static_cast<std::atomic<const CodePiece*>*>(
      platform::AllocateZeroed(code->size_ / kPage * sizeof(std::atomic<const CodePiece*>)));
  if (code->pages_ == nullptr || !platform::CommitPages(code->base_, fixed)) return failed();

  code->module_ = &module;
  code->compile_ = std::move(compile);
  code->entry_size_ = entries.size;
  code->entries_ = slot_bytes;
  code->next_ = fixed;
  code->slots_ = reinterpret_cast<std::atomic<uint64_t>*>(code->base_);
  code->refused_ = std::vector<std::atomic<uint64_t>>((uint64_t{count} + 63) / 64);
  entries.write(code->base_ + slot_bytes, reinterpret_cast<uint64_t*>(code->base_), module.imported_funcs, count,
                compile_stub);
  if (!platform::PublishCode(code->base_ + slot_bytes, entry_bytes)) {
    return std::unexpected(CodeMemory::Forbidden());
  }
  return code;
}

LazyCode::~LazyCode() {
  if (pages_ != nullptr) {
    const CodePiece* last = nullptr;
    for (uint64_t page = entries_ / kPage; page < next_.load() / kPage; ++page) {
      const CodePiece* piece = pages_[page].load(std::memory_order_relaxed);
      if (piece != last) delete piece;
      last = piece;
    }
    platform::FreeZeroed(pages_, size_ / kPage * sizeof(std::atomic<const CodePiece*>));
  }
  if (base_ != nullptr) platform::ReleasePages(base_, size_);
}

// Null as long as the slot leads back into the entry.
const void* LazyCode::Published(uint32_t defined) const {
  const uint64_t target = slots_[defined].load(std::memory_order_acquire);
  const uint64_t within = target - reinterpret_cast<uint64_t>(Entry(defined));
  return within < entry_size_ ? nullptr : reinterpret_cast<const void*>(target);
}

bool LazyCode::IsRefused(uint32_t defined) const {
  return (refused_[defined / 64].load(std::memory_order_relaxed) >> defined % 64 & 1) != 0;
}

void LazyCode::Refuse(uint32_t defined) {
  refused_[defined / 64].fetch_or(uint64_t{1} << defined % 64, std::memory_order_relaxed);
}

const void* LazyCode::Compile(uint32_t func_index) {
  const uint32_t defined = func_index - module_->imported_funcs;
  if (const void* code = Published(defined)) return code;  // another thread was faster
  if (IsRefused(defined)) return nullptr;
  const auto start = std::chrono::steady_clock::now();
  CodeBatch batch;
  const bool is_compiled = compile_(func_index, &batch);
  if (is_compiled) AddCallees(&batch);
  const void* code = Published(defined);
  if (code == nullptr) {
    if (is_compiled && Publish(batch))
      code = Published(defined);
    else
      Refuse(defined);
  }
  const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - start;
  nanoseconds_.fetch_add(static_cast<uint64_t>(taken.count()), std::memory_order_relaxed);
  return code;
}

// Small functions that the batch calls directly, as far as there is room for them in its last page, which nobody else
// can use.
void LazyCode::AddCallees(CodeBatch* batch) {
  constexpr uint64_t kLeastCode = 64;
  const uint64_t end = platform::RoundUpToPage(batch->text.size());
  for (size_t i = 0; i < batch->relocations.size(); ++i) {
    if (batch->text.size() + kLeastCode > end) return;
    const uint64_t room = end - batch->text.size();
    const uint32_t callee = batch->relocations[i].func_index;
    const uint32_t defined = callee - module_->imported_funcs;
    if (kCodePerByte * module_->funcs[callee].body.size > room || Published(defined) != nullptr || IsRefused(defined))
      continue;
    const auto is_callee = [&](const FunctionRecord& function) { return function.func_index == callee; };
    if (std::any_of(batch->functions.begin(), batch->functions.end(), is_callee)) continue;
    if (!compile_(callee, batch)) Refuse(defined);
  }
}

// Fills in the calls of a batch that has been copied to `start`: to code, if there is some, else to entries.
void LazyCode::Link(const CodeBatch& batch, uint64_t start) const {
  for (const abi::Relocation& relocation : batch.relocations) {
    const uint32_t defined = relocation.func_index - module_->imported_funcs;
    const auto own = std::find_if(batch.functions.begin(), batch.functions.end(), [&](const FunctionRecord& function) {
      return function.func_index == relocation.func_index;
    });
    const uint8_t* target = Entry(defined);
    if (own != batch.functions.end())
      target = base_ + start + own->start;
    else if (const void* code = Published(defined))
      target = static_cast<const uint8_t*>(code);
    uint8_t* const at = base_ + start + relocation.at;
    const auto distance = static_cast<int32_t>(target - (at + 4));
    std::memcpy(at, &distance, sizeof distance);
  }
}

// False when there is no room, or the host refuses.
bool LazyCode::Publish(const CodeBatch& batch) {
  const uint64_t bytes = platform::RoundUpToPage(batch.text.size());
  uint64_t start = next_.load();
  do {
    if (bytes > size_ - start) return false;
  } while (!next_.compare_exchange_weak(start, start + bytes));
  uint8_t* const at = base_ + start;
  if (!platform::CommitPages(at, bytes)) return false;
  std::memcpy(at, batch.text.data(), batch.text.size());
  Link(batch, start);
  if (!platform::PublishCode(at, bytes)) return false;

  auto piece = std::make_unique<const CodePiece>(base_, static_cast<uint32_t>(start), batch);
  for (uint64_t page = start / kPage; page < (start + bytes) / kPage; ++page) {
    pages_[page].store(piece.get(), std::memory_order_release);  // [L2]
  }
  for (const FunctionRecord& function : piece->functions()) {
    const uint32_t defined = function.func_index - module_->imported_funcs;
    if (Published(defined) != nullptr) continue;
    slots_[defined].store(reinterpret_cast<uint64_t>(base_ + function.start), std::memory_order_release);
    functions_.fetch_add(1, std::memory_order_relaxed);
  }
  piece.release();
  code_bytes_.fetch_add(batch.text.size(), std::memory_order_relaxed);
  return true;
}

runtime::NativeStats LazyCode::Stats() const {
  return {.functions = functions_.load(),
          .lazy = functions_.load(),
          .code_bytes = code_bytes_.load(),
          .lazy_nanoseconds = nanoseconds_.load()};
}

}  // namespace gantry::native
