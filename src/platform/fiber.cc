#include "platform/fiber.h"

#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "base/check.h"
#include "platform/pages.h"

#if defined(__SANITIZE_ADDRESS__)
#define GANTRY_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define GANTRY_TSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GANTRY_ASAN 1
#elif __has_feature(thread_sanitizer)
#define GANTRY_TSAN 1
#endif
#endif

#if GANTRY_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#elif GANTRY_TSAN
#include <sanitizer/tsan_interface.h>
#endif
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(start, end) 0u
#define VALGRIND_STACK_DEREGISTER(id) static_cast<void>(id)
#endif

// void gantry_fiber_switch(void** save, void* load): keeps the registers that a callee must keep on this stack, its
// pointer in *save, and goes on with the stack whose pointer is `load`.
//
// void gantry_fiber_start(): where a new fiber's first switch arrives. Calls the function in one kept register with the
// argument in another; the zero that stands above it ends backtraces.
extern "C" void gantry_fiber_switch(void** save, void* load);
extern "C" void gantry_fiber_start();

#if defined(__x86_64__)

asm(R"(
  .text
  .p2align 4
  .globl gantry_fiber_switch
  .hidden gantry_fiber_switch
  .type gantry_fiber_switch, @function
gantry_fiber_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $8, %rsp
  stmxcsr (%rsp)
  fnstcw 4(%rsp)
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  ldmxcsr (%rsp)
  fldcw 4(%rsp)
  addq $8, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size gantry_fiber_switch, . - gantry_fiber_switch

  .p2align 4
  .globl gantry_fiber_start
  .hidden gantry_fiber_start
  .type gantry_fiber_start, @function
gantry_fiber_start:
  .cfi_startproc
  .cfi_undefined rip
  movq %r12, %rdi
  call *%r13
  ud2
  .cfi_endproc
  .size gantry_fiber_start, . - gantry_fiber_start
)");

namespace gantry::platform {
namespace {

// The frame that gantry_fiber_switch finds, lowest address first.
struct FirstFrame {
  uint32_t mxcsr;
  uint16_t x87;
  uint16_t padding;
  uint64_t r15, r14, r13, r12, rbx, rbp;
  void (*return_address)();
  uint64_t end[2];  // keeps the stack 16-aligned at the call in gantry_fiber_start
};

void* MakeFirstFrame(uint8_t* top, void (*main)(void*), void* arg) {
  auto* frame = reinterpret_cast<FirstFrame*>(top - sizeof(FirstFrame));
  std::memset(frame, 0, sizeof(*frame));
  asm volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(frame->mxcsr), "=m"(frame->x87));
  frame->r13 = reinterpret_cast<uint64_t>(main);
  frame->r12 = reinterpret_cast<uint64_t>(arg);
  frame->return_address = &gantry_fiber_start;
  return frame;
}
static_assert(sizeof(FirstFrame) % 16 == 0);

}  // namespace
}  // namespace gantry::platform

#elif defined(__aarch64__)

asm(R"(
  .text
  .p2align 4
  .globl gantry_fiber_switch
  .hidden gantry_fiber_switch
  .type gantry_fiber_switch, @function
gantry_fiber_switch:
  stp x29, x30, [sp, #-160]!
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  ret
  .size gantry_fiber_switch, . - gantry_fiber_switch

  .p2align 4
  .globl gantry_fiber_start
  .hidden gantry_fiber_start
  .type gantry_fiber_start, @function
gantry_fiber_start:
  .cfi_startproc
  .cfi_undefined x30
  mov x0, x19
  blr x20
  brk #1
  .cfi_endproc
  .size gantry_fiber_start, . - gantry_fiber_start
)");

namespace gantry::platform {
namespace {

// The frame that gantry_fiber_switch finds, lowest address first.
struct FirstFrame {
  uint64_t x29;
  void (*x30)();
  uint64_t x19, x20;
  uint64_t others[16];
};

void* MakeFirstFrame(uint8_t* top, void (*main)(void*), void* arg) {
  auto* frame = reinterpret_cast<FirstFrame*>(top - sizeof(FirstFrame));
  std::memset(frame, 0, sizeof(*frame));
  frame->x30 = &gantry_fiber_start;
  frame->x19 = reinterpret_cast<uint64_t>(arg);
  frame->x20 = reinterpret_cast<uint64_t>(main);
  return frame;
}
static_assert(sizeof(FirstFrame) == 160);

}  // namespace
}  // namespace gantry::platform

#else
#error "fibers need a switch for this processor"
#endif

namespace gantry::platform {

// --- stacks

namespace {

// How many unused stacks are kept, and how much of each stays in memory.
constexpr size_t kKeptStacks = 16;
constexpr uint64_t kKeptBytes = uint64_t{64} << 10;

struct FreeStacks {
  struct Entry {
    uint8_t* top;
    uint64_t size;
  };
  std::mutex mutex;
  std::vector<Entry> entries;
};

// Leaked: stacks may be given back while the process ends.
FreeStacks& Free() {
  static FreeStacks* const free_stacks = new FreeStacks;
  return *free_stacks;
}

class OwnStack final : public FiberStack {
 public:
  OwnStack(uint8_t* top, uint64_t size) : FiberStack({top, size}) {}
  ~OwnStack() override {
    FreeStacks& free_stacks = Free();
    if (size() > kKeptBytes) DropPages(top() - size(), size() - kKeptBytes);
    {
      std::lock_guard lock(free_stacks.mutex);
      if (free_stacks.entries.size() < kKeptStacks) {
        free_stacks.entries.push_back({top(), size()});
        return;
      }
    }
    ReleasePages(top() - size() - kPageSize, size() + kPageSize);
  }
};

Error NoMemory() { return Error(ErrorClass::Host, "there is no memory for the stack of an asynchronous call"); }

// The free stack of this size that was used last; null without one.
uint8_t* TakeFree(uint64_t size) {
  FreeStacks& free_stacks = Free();
  std::lock_guard lock(free_stacks.mutex);
  for (size_t i = free_stacks.entries.size(); i-- > 0;) {
    if (free_stacks.entries[i].size != size) continue;
    uint8_t* const top = free_stacks.entries[i].top;
    free_stacks.entries.erase(free_stacks.entries.begin() + static_cast<ptrdiff_t>(i));
    return top;
  }
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<FiberStack>> FiberStack::Take(uint64_t size) {
  constexpr uint64_t kMaxSize = uint64_t{1} << 40;
  if (size > kMaxSize) return std::unexpected(NoMemory());
  size = RoundUpToPage(size);
  if (uint8_t* const top = TakeFree(size)) return std::make_unique<OwnStack>(top, size);
  uint8_t* const low = ReservePages(size + kPageSize);
  if (low == nullptr) return std::unexpected(NoMemory());
  if (!CommitPages(low + kPageSize, size)) {
    ReleasePages(low, size + kPageSize);
    return std::unexpected(NoMemory());
  }
  return std::make_unique<OwnStack>(low + kPageSize + size, size);
}

// --- switching

// What sanitizers and valgrind are told: each member is called at the moment that its name says.
#if GANTRY_ASAN

struct Fiber::Annotations {
  explicit Annotations(const FiberStack& stack) : low(stack.top() - stack.size()), size(stack.size()) {}
  // The next fiber on this memory starts with nothing poisoned.
  ~Annotations() { __asan_unpoison_memory_region(low, size); }
  void BeforeEntering() { __sanitizer_start_switch_fiber(&fake_outside, low, size); }
  void AfterLeaving() { __sanitizer_finish_switch_fiber(fake_outside, nullptr, nullptr); }
  void AtStart() { __sanitizer_finish_switch_fiber(nullptr, &outside_low, &outside_size); }
  void BeforeSuspending() { __sanitizer_start_switch_fiber(&fake_inside, outside_low, outside_size); }
  void BeforeReturning() { __sanitizer_start_switch_fiber(nullptr, outside_low, outside_size); }
  // Whoever resumed the fiber may be on another thread than before.
  void AfterResuming() { __sanitizer_finish_switch_fiber(fake_inside, &outside_low, &outside_size); }

  uint8_t* low;
  size_t size;
  void* fake_inside = nullptr;
  void* fake_outside = nullptr;
  const void* outside_low = nullptr;
  size_t outside_size = 0;
};

#elif GANTRY_TSAN

// It counts entries and exits of functions per fiber, so whoever switches must not be a function of its own.
struct Fiber::Annotations {
  explicit Annotations(const FiberStack&) : inside(__tsan_create_fiber(0)) {}
  ~Annotations() { __tsan_destroy_fiber(inside); }
  [[gnu::always_inline]] void BeforeEntering() {
    outside = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(inside, 0);
  }
  void AfterLeaving() {}
  void AtStart() {}
  [[gnu::always_inline]] void BeforeSuspending() { __tsan_switch_to_fiber(outside, 0); }
  [[gnu::always_inline]] void BeforeReturning() { __tsan_switch_to_fiber(outside, 0); }
  void AfterResuming() {}

  void* inside;
  void* outside = nullptr;
};

#else

struct Fiber::Annotations {
  explicit Annotations(const FiberStack& stack)
      : id(VALGRIND_STACK_REGISTER(stack.top() - stack.size(), stack.top())) {}
  ~Annotations() { VALGRIND_STACK_DEREGISTER(id); }
  void BeforeEntering() {}
  void AfterLeaving() {}
  void AtStart() {}
  void BeforeSuspending() {}
  void BeforeReturning() {}
  void AfterResuming() {}

  unsigned id;
};

#endif

Fiber::Fiber(std::unique_ptr<FiberStack> stack, void (*entry)(void*), void* arg)
    : stack_(std::move(stack)), entry_(entry), arg_(arg), annotations_(std::make_unique<Annotations>(*stack_)) {
  uint8_t* const top = reinterpret_cast<uint8_t*>(reinterpret_cast<uintptr_t>(stack_->top()) & ~uintptr_t{15});
  inside_ = MakeFirstFrame(top, reinterpret_cast<void (*)(void*)>(&Fiber::Main), this);
}

Fiber::~Fiber() {
  GANTRY_CHECK(!has_begun_ || has_returned_, "a fiber is destroyed after it has returned");  // [I2]
}

void Fiber::Main(Fiber* fiber) {
  fiber->annotations_->AtStart();
  fiber->entry_(fiber->arg_);
  fiber->has_returned_ = true;
  fiber->annotations_->BeforeReturning();
  gantry_fiber_switch(&fiber->inside_, fiber->outside_);
  GANTRY_UNREACHABLE("a fiber that has returned is resumed");
}

void Fiber::Resume() {
  GANTRY_CHECK(!has_returned_, "a fiber is resumed before it has returned");
  has_begun_ = true;
  annotations_->BeforeEntering();
  gantry_fiber_switch(&outside_, inside_);
  annotations_->AfterLeaving();
}

void Fiber::Suspend() {
  annotations_->BeforeSuspending();
  gantry_fiber_switch(&inside_, outside_);
  annotations_->AfterResuming();
}

}  // namespace gantry::platform
