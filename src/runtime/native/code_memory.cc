#include "runtime/native/code_memory.h"

#include <algorithm>

#include "platform/pages.h"

namespace gantry::native {

CodeMemory::~CodeMemory() {
  if (base_ != nullptr) platform::ReleasePages(base_, size_);
}

namespace {

Error NoMemory() { return Error(ErrorClass::Host, "not enough memory for compiled code"); }

}  // namespace

Result<CodeMemory> CodeMemory::Allocate(uint64_t bytes) {
  GANTRY_ASSIGN_OR_RETURN(CodeMemory memory, Reserve(bytes));
  if (!platform::CommitPages(memory.base_, memory.size_)) return std::unexpected(NoMemory());
  return memory;
}

Result<CodeMemory> CodeMemory::Reserve(uint64_t bytes) {
  CodeMemory memory;
  memory.size_ = platform::RoundUpToPage(bytes);
  memory.base_ = platform::ReservePages(memory.size_);
  if (memory.base_ == nullptr) return std::unexpected(NoMemory());
  return memory;
}

void CodeMemory::Trim(uint64_t bytes) {
  const uint64_t kept = std::max(platform::RoundUpToPage(bytes), platform::kPageSize);
  if (kept >= size_) return;
  platform::ReleasePages(base_ + kept, size_ - kept);
  size_ = kept;
}

Result<void> CodeMemory::Publish() {
  if (platform::PublishCode(base_, size_)) return {};
  return std::unexpected(Error(ErrorClass::Host, "the host refuses to make compiled code executable"));
}

}  // namespace gantry::native
