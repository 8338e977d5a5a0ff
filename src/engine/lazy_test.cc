// Lazy compilation: what runs, what waits, and what happens when several threads, a fork or the host come between.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <thread>

#include "engine/linker.h"
#include "engine/native_tier.h"
#include "platform/sanitizer.h"
#include "runtime/native/code_memory.h"

namespace gantry::engine {
namespace {

std::shared_ptr<Engine> NewEngine(bool lazy = true, Tier tier = Tier::Baseline) {
  Config config;
  config.tier = tier;
  config.lazy = lazy;
  return Engine::New(config);
}

std::shared_ptr<const Module> Compile(const std::shared_ptr<Engine>& engine, std::string_view wat) {
  auto module = Module::CompileAny(engine, std::vector<uint8_t>(wat.begin(), wat.end()));
  if (!module) ADD_FAILURE() << module.error().Summary();
  return module ? *module : nullptr;
}

runtime::NativeStats StatsOf(const Module& module) { return module.compiled()->native->Stats(); }

// A module in a store of its own.
struct Running {
  explicit Running(std::shared_ptr<const Module> the_module)
      : module(std::move(the_module)), store(module->engine()), linker(module->engine()) {
    auto made = linker.Instantiate(store, *module);
    if (made) instance = *made;
  }
  uint32_t Call(std::string_view name, uint32_t arg) {
    const Value args[] = {Value::I32(arg)};
    auto results = engine::Call(store.runtime(), instance->Export(name)->func, args);
    return results ? (*results)[0].i32() : ~0u;
  }
  std::shared_ptr<const Module> module;
  Store store;
  Linker linker;
  runtime::Instance* instance = nullptr;
};

#define SKIP_UNLESS_NATIVE()            \
  if (NewEngine()->native() == nullptr) \
  GTEST_SKIP() << "GANTRY_COMPILER says otherwise, or the host forbids native code"

// f0 ... : each adds its number to what the next one gives; large enough that none fits beside another.
constexpr uint32_t kChain = 60;
std::string Chain(uint32_t count = kChain) {
  std::string wat = "(module (memory 1)";
  for (uint32_t i = 0; i < count; ++i) {
    wat += fmt::format("(func $f{} (export \"f{}\") (param i32) (result i32)", i, i);
    for (uint32_t k = 0; k < 40; ++k)
      wat += fmt::format("(i32.store offset={} (local.get 0) (i32.load (local.get 0)))", k * 4);
    if (i + 1 < count)
      wat += fmt::format("(i32.add (i32.const {}) (call $f{} (local.get 0))))", i, i + 1);
    else
      wat += "(i32.const 1000))";
  }
  return wat + ")";
}
uint32_t ChainSum(uint32_t from, uint32_t count = kChain) {
  uint32_t sum = 1000;
  for (uint32_t i = from; i + 1 < count; ++i) sum += i;
  return sum;
}

TEST(Lazy, FunctionsAreCompiledWhenTheyAreCalled) {
  SKIP_UNLESS_NATIVE();
  Running running(Compile(NewEngine(), Chain()));
  EXPECT_EQ(StatsOf(*running.module).functions, 0u);
  EXPECT_EQ(running.Call("f55", 0), ChainSum(55));
  const runtime::NativeStats some = StatsOf(*running.module);
  EXPECT_GE(some.functions, 5u);
  EXPECT_LT(some.functions, 12u);
  EXPECT_EQ(some.lazy, some.functions);
  EXPECT_GT(some.code_bytes, 0u);
  EXPECT_GT(some.lazy_nanoseconds, 0u);
  EXPECT_EQ(running.Call("f0", 0), ChainSum(0));
  EXPECT_EQ(StatsOf(*running.module).functions, kChain);
  // Another instance finds all of it.
  Running again(running.module);
  EXPECT_EQ(again.Call("f3", 0), ChainSum(3));
  EXPECT_EQ(StatsOf(*running.module).code_bytes, StatsOf(*again.module).code_bytes);
}

// References lead to the code itself: of the functions that were compiled in this store, and in later stores of all.
TEST(Lazy, ReferencesLoseTheirDetour) {
  SKIP_UNLESS_NATIVE();
  Running running(Compile(NewEngine(), Chain()));
  const void* entries[kChain];
  for (uint32_t i = 0; i < kChain; ++i) entries[i] = running.instance->Func(i)->native_entry;
  EXPECT_EQ(running.Call("f50", 0), ChainSum(50));
  Running again(running.module);
  for (uint32_t i = 50; i < kChain; ++i) {
    EXPECT_NE(running.instance->Func(i)->native_entry, entries[i]) << i;
    EXPECT_EQ(running.instance->Func(i)->native_entry, again.instance->Func(i)->native_entry) << i;
  }
  EXPECT_EQ(running.instance->Func(10)->native_entry, entries[10]);
  EXPECT_EQ(again.instance->Func(10)->native_entry, entries[10]);
  EXPECT_EQ(again.Call("f9", 0), ChainSum(9));
  EXPECT_EQ(running.Call("f50", 0), ChainSum(50));
  // Not compiled in the first store, whose entry goes on to the code all the same.
  EXPECT_EQ(running.instance->Func(10)->native_entry, entries[10]);
  EXPECT_EQ(running.Call("f10", 0), ChainSum(10));
}

TEST(Lazy, TheTierSaysWhenNobodyElseDoes) {
  Config config;
  const std::string small = "(module (func (export \"f\") (param i32) (result i32) local.get 0))";
  const std::string large = Chain(kMaxEagerCode / 300);
  for (const Tier tier : {Tier::Auto, Tier::Baseline}) {
    config.tier = tier;
    const auto engine = Engine::New(config);
    if (engine->native() == nullptr || engine->config().tier != tier)
      GTEST_SKIP() << "GANTRY_COMPILER says otherwise, or the host forbids native code";
    EXPECT_EQ(StatsOf(*Compile(engine, small)).functions, 1u);
    EXPECT_EQ(StatsOf(*Compile(engine, large)).functions == 0, tier == Tier::Auto);
  }
}

// Arguments of every kind, in registers and on the stack, come through the first call by every way that calls go.
TEST(Lazy, ArgumentsSurviveTheFirstCall) {
  SKIP_UNLESS_NATIVE();
  std::string params, gets, pass;
  constexpr int kSets = 5;
  for (int i = 0; i < kSets; ++i) params += " i32 i64 f32 f64 v128 externref funcref";
  for (int i = 0; i < 7 * kSets; ++i) gets += fmt::format(" local.get {}", i);
  const std::string type = "(param" + params + ") (result" + params + ")";
  std::string wat = "(module (type $t (func " + type + ")) (table funcref (elem $b $d))";
  wat += "(func $a (export \"direct\") (type $t)" + gets + " call $c)";
  wat += "(func $indirect (export \"indirect\") (type $t)" + gets + " i32.const 0 call_indirect (type $t))";
  wat += "(func $tail (export \"tail\") (type $t)" + gets + " return_call $e)";
  wat += "(func $out (export \"out\") (type $t)" + gets + " i32.const 1 return_call_indirect (type $t))";
  for (const char* name : {"b", "c", "d", "e"}) wat += fmt::format("(func ${} (type $t) {})", name, gets);
  wat += ")";
  Running running(Compile(NewEngine(), wat));
  ASSERT_NE(running.instance, nullptr);
  std::vector<abi::Slot> args;
  for (int i = 0; i < kSets; ++i) {
    const uint64_t n = 0x0101010101010101u * static_cast<uint64_t>(i + 1);
    args.insert(args.end(),
                {static_cast<uint32_t>(n + 1), n + 2, static_cast<uint32_t>(n + 3), n + 4, n + 5, n + 6, 0, 0});
  }
  for (const char* name : {"direct", "indirect", "tail", "out"}) {
    std::vector<abi::Slot> slots = args;
    EXPECT_EQ(running.store.runtime().Call(running.instance->Export(name)->func, slots.data()), abi::Status::Ok);
    EXPECT_EQ(slots, args) << name;
  }
}

TEST(Lazy, ThreadsCompileTheSameModule) {
  SKIP_UNLESS_NATIVE();
  constexpr int kRounds = 20, kThreads = 4;
  const auto engine = NewEngine();
  for (int round = 0; round < kRounds; ++round) {
    const auto module = Compile(engine, Chain());
    std::atomic<int> ready{0}, wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        Running running(module);
        for (ready.fetch_add(1); ready.load() < kThreads;) std::this_thread::yield();
        const auto from = static_cast<uint32_t>(t) * (round % 3 == 0 ? 0 : 7);
        wrong += running.Call(fmt::format("f{}", from), 0) != ChainSum(from);
        wrong += running.Call("f0", 1u << 20) != ~0u;  // out of bounds: the handler finds the code
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong.load(), 0);
    EXPECT_EQ(StatsOf(*module).functions, kChain);
  }
}

// True if `body` returns true in a child process.
template <class Body>
bool InChild(const Body& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(Lazy, AForkedChildGoesOnCompiling) {
  SKIP_UNLESS_NATIVE();
  if (platform::kSanitized) GTEST_SKIP() << "forks with threads";
  const auto engine = NewEngine();
  constexpr uint32_t kMany = 400;
  const auto module = Compile(engine, Chain(kMany));
  std::atomic<bool> done{false};
  // Somebody compiles all the time.
  std::thread other([&] {
    while (!done.load()) Running(Compile(engine, Chain(8))).Call("f0", 0);
  });
  std::thread climber([&] {
    Running running(module);
    for (uint32_t from = kMany; from > 0 && !done.load(); --from) {
      EXPECT_EQ(running.Call(fmt::format("f{}", from - 1), 0), ChainSum(from - 1, kMany));
    }
  });
  int bad = 0;
  for (int i = 0; i < 30; ++i) {
    bad += !InChild([&] {
      alarm(20);  // instead of hanging
      Running running(module);
      return running.Call("f100", 0) == ChainSum(100, kMany);
    });
  }
  done.store(true);
  other.join();
  climber.join();
  EXPECT_EQ(bad, 0);
}

// From here on this process gets so much more address space and no more.
bool LimitAddressSpace(uint64_t more) {
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  unsigned long pages = 0;
  const bool is_read = file != nullptr && std::fscanf(file, "%lu", &pages) == 1;
  const uint64_t bytes = pages * 4096 + more;
  const rlimit limit{bytes, bytes};
  return is_read && setrlimit(RLIMIT_AS, &limit) == 0;
}

TEST(Lazy, WhereAddressSpaceIsShortLessIsTaken) {
  SKIP_UNLESS_NATIVE();
  if (platform::kSanitized) GTEST_SKIP() << "sanitizers need address space";
  const auto add_one = [](const std::string& before) {
    return "(module (func (export \"f\") (param i32) (result i32) " + before +
           "(i32.add (local.get 0) (i32.const 1))))";
  };
  const std::string small = add_one("");
  std::string drops;
  for (int i = 0; i < 30'000; ++i) drops += "(drop (i32.const 1))";
  const std::string large = add_one(drops);  // its code gets an address range
  for (const bool lazy : {true, false}) {
    EXPECT_TRUE(InChild([&] {
      const auto engine = NewEngine(lazy);
      if (!LimitAddressSpace(uint64_t{64} << 20)) return false;
      Running running(Compile(engine, large));
      return running.Call("f", 41) == 42 && StatsOf(*running.module).functions == 1;
    })) << lazy;
  }
  EXPECT_TRUE(InChild([&] {
    const auto engine = NewEngine(false);
    const auto held = Compile(engine, small);
    Compile(engine, small);  // what compiling needs besides is there then
    native::ReleaseFreeCode();
    if (!LimitAddressSpace(0)) return false;
    return Compile(engine, small)->why_interpreted() == "not enough memory for compiled code";
  }));
}

// From here on this process cannot make memory executable.
bool ForbidExecutableMemory() {
  const auto field = [](size_t offset) { return static_cast<uint32_t>(offset); };
  const uint32_t number = field(offsetof(seccomp_data, nr));
  const uint32_t protection = field(offsetof(seccomp_data, args) + 2 * sizeof(uint64_t));
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, protection),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(code)), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(Lazy, WithoutExecutableMemoryTheInterpreterGoesOn) {
  SKIP_UNLESS_NATIVE();
  if (platform::kSanitized) GTEST_SKIP() << "forks with threads";
  if (!InChild(&ForbidExecutableMemory)) GTEST_SKIP() << "the host has no such filter";
  // In the middle: functions that are called for the first time are interpreted, those that are there run on.
  EXPECT_TRUE(InChild([] {
    Running running(Compile(NewEngine(), Chain()));
    const bool before = running.Call("f50", 0) == ChainSum(50);
    const uint32_t native = StatsOf(*running.module).functions;
    return ForbidExecutableMemory() && before && running.Call("f0", 0) == ChainSum(0) &&
           running.Call("f0", 0) == ChainSum(0) && running.Call("f0", 1u << 20) == ~0u &&
           StatsOf(*running.module).functions == native;
  }));
  // From the start: the module says why it is interpreted.
  for (const bool lazy : {true, false}) {
    EXPECT_TRUE(InChild([lazy] {
      const auto engine = NewEngine(lazy);
      if (!ForbidExecutableMemory()) return false;
      Running running(Compile(engine, Chain()));
      return running.module->compiled()->native == nullptr && running.Call("f0", 0) == ChainSum(0) &&
             running.module->why_interpreted() == "the host refuses to make compiled code executable";
    }));
  }
}

}  // namespace
}  // namespace gantry::engine
