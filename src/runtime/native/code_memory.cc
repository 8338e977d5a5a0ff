#include "runtime/native/code_memory.h"

#include "platform/pages.h"

namespace gantry::native {

CodeMemory::~CodeMemory() {
  if (base_ != nullptr) platform::ReleasePages(base_, size_);
}

Result<CodeMemory> CodeMemory::Allocate(uint64_t bytes) {
  CodeMemory memory;
  memory.size_ = platform::RoundUpToPage(bytes);
  memory.base_ = platform::ReservePages(memory.size_);
  if (memory.base_ == nullptr || !platform::CommitPages(memory.base_, memory.size_)) {
    return std::unexpected(Error(ErrorClass::Host, "not enough memory for compiled code"));
  }
  return memory;
}

Result<void> CodeMemory::Publish() {
  if (platform::PublishCode(base_, size_)) return {};
  return std::unexpected(Error(ErrorClass::Host, "the host refuses to make compiled code executable"));
}

}  // namespace gantry::native
