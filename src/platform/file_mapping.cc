#include "platform/file_mapping.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

#include <atomic>
#include <mutex>

#include "platform/pages.h"

namespace gantry::platform {

namespace {

// A mapping as the handler sees it; `begin` 0 means free, 1 taken but not mapped yet. `end` is set before `begin` [I2].
struct Slot {
  std::atomic<uintptr_t> begin{0}, end{0};
  std::atomic<bool> was_cut{false};
};
Slot g_slots[FileMapping::kMost];
struct sigaction g_previous;

constexpr uintptr_t kFree = 0, kTaken = 1;

void PassOn(int signal, siginfo_t* info, void* context) {
  if (g_previous.sa_flags & SA_SIGINFO) {
    g_previous.sa_sigaction(signal, info, context);
  } else if (g_previous.sa_handler != SIG_DFL && g_previous.sa_handler != SIG_IGN) {
    g_previous.sa_handler(signal);
  } else {
    // The access is repeated when we return, and then ends the process as if we had never been here.
    sigaction(signal, &g_previous, nullptr);
  }
}

void OnBusError(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const uintptr_t address = reinterpret_cast<uintptr_t>(info->si_addr);
  for (Slot& slot : g_slots) {
    const uintptr_t begin = slot.begin.load(std::memory_order_acquire);
    if (begin <= kTaken || address < begin || address >= slot.end.load(std::memory_order_relaxed)) continue;
    void* page = reinterpret_cast<void*>(address & ~(uintptr_t{kPageSize} - 1));
    slot.was_cut.store(true, std::memory_order_relaxed);
    if (mmap(page, kPageSize, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) break;
    errno = saved_errno;
    return;
  }
  errno = saved_errno;
  PassOn(signal, info, context);
}

bool InstallHandler() {
  static std::once_flag once;
  static bool is_installed = false;
  std::call_once(once, [] {
    struct sigaction action{};
    action.sa_sigaction = OnBusError;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    is_installed = sigaction(SIGBUS, nullptr, &g_previous) == 0 && sigaction(SIGBUS, &action, nullptr) == 0;
  });
  return is_installed;
}

int TakeSlot() {
  for (int i = 0; i < FileMapping::kMost; ++i) {
    uintptr_t free = kFree;
    if (g_slots[i].begin.compare_exchange_strong(free, kTaken)) return i;
  }
  return -1;
}

}  // namespace

FileMapping FileMapping::Map(int fd, size_t size) {
  if (size == 0 || !InstallHandler()) return {};
  const int index = TakeSlot();
  if (index < 0) return {};
  Slot& slot = g_slots[index];
  void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (address == MAP_FAILED) {
    slot.begin.store(kFree);
    return {};
  }
  const uintptr_t begin = reinterpret_cast<uintptr_t>(address);
  slot.was_cut.store(false, std::memory_order_relaxed);
  slot.end.store(begin + RoundUpToPage(size), std::memory_order_relaxed);
  slot.begin.store(begin, std::memory_order_release);
  return FileMapping({static_cast<const uint8_t*>(address), size}, index);
}

FileMapping::~FileMapping() {
  if (!ok()) return;
  Slot& slot = g_slots[slot_];
  munmap(const_cast<uint8_t*>(bytes_.data()), bytes_.size());
  slot.begin.store(kFree);
}

bool FileMapping::was_cut() const { return ok() && g_slots[slot_].was_cut.load(std::memory_order_relaxed); }

}  // namespace gantry::platform
