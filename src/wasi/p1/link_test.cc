// WASI's functions called by a module, through the engine.
#include "wasi/p1/link.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "wasi/p1/interface.h"

namespace gantry::wasi {
namespace {

using engine::Value;

struct Program {
  explicit Program(std::string_view wat, const engine::Config& config = {})
      : engine(engine::Engine::New(config)), store(engine), linker(engine) {
    WasiConfig wasi;
    wasi.args = {"program"};
    wasi.out = StreamConfig::Sink([this](const uint8_t* data, size_t size) {
      output.append(reinterpret_cast<const char*>(data), size);
      return static_cast<ptrdiff_t>(size);
    });
    auto context = WasiContext::Create(std::move(wasi));
    if (!context || !AddToLinker(linker, *context)) abort();
    auto module = engine::Module::CompileAny(engine, std::vector<uint8_t>(wat.begin(), wat.end()));
    if (!module) {
      ADD_FAILURE() << module.error().Summary();
      return;
    }
    auto made = linker.Instantiate(store, **module);
    if (!made) {
      ADD_FAILURE() << made.error().Message();
      return;
    }
    instance = *made;
  }

  std::expected<std::vector<Value>, engine::Failure> Call(std::string_view name, std::vector<Value> args = {}) {
    return engine::Call(store.runtime(), instance->Export(name)->func, args);
  }

  std::string output;
  std::shared_ptr<engine::Engine> engine;
  engine::Store store;
  engine::Linker linker;
  runtime::Instance* instance = nullptr;
};

TEST(WasiLink, ProgramsPrint) {
  Program p(R"((module
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\0a")
    (func (export "_start") (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)) (then unreachable)))))");
  EXPECT_TRUE(p.Call("_start"));
  EXPECT_EQ(p.output, "hello\n");
}

TEST(WasiLink, ExitCodes) {
  Program p(R"((module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "exit") (param i32) (call $exit (local.get 0)) unreachable)))");
  for (const uint32_t code : {0u, 1u, 125u}) {
    auto ended = p.Call("exit", {Value::I32(code)});
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, engine::Failure::Kind::Exit);
    EXPECT_EQ(ended.error().exit_code, static_cast<int32_t>(code));
  }
  for (const uint32_t code : {126u, 255u, 0xffffffffu}) {
    auto ended = p.Call("exit", {Value::I32(code)});
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, engine::Failure::Kind::Error);
    EXPECT_EQ(ended.error().Message(), "exit with invalid exit status outside of [0..126)");
  }
}

TEST(WasiLink, SeesTheMemoryAsItGrows) {
  Program p(R"((module
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "try") (param i32) (result i32) (call $random (local.get 0) (i32.const 1)))
    (func (export "grow") (drop (memory.grow (i32.const 1))))))");
  EXPECT_EQ((*p.Call("try", {Value::I32(65536)}))[0].i32(), 21u) << "fault";
  ASSERT_TRUE(p.Call("grow"));
  EXPECT_EQ((*p.Call("try", {Value::I32(65536)}))[0].i32(), 0u);
  EXPECT_EQ((*p.Call("try", {Value::I32(0xffffffff)}))[0].i32(), 21u);
}

TEST(WasiLink, WithoutAMemoryOnlyWhatNeedsNoneWorks) {
  Program p(R"((module
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (func (export "random") (result i32) (call $random (i32.const 0) (i32.const 1)))
    (func (export "yield") (result i32) (call $yield))))");
  EXPECT_EQ((*p.Call("yield"))[0].i32(), 0u);
  auto ended = p.Call("random");
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().Message(), "missing required memory export");
}

TEST(WasiLink, BothModulesAreComplete) {
  size_t p0 = 0, p1 = 0;
  for (const p1::FunctionInfo& row : p1::Functions()) {
    p0 += IsIn(row.modules, p1::Modules::P0);
    p1 += IsIn(row.modules, p1::Modules::P1);
    const std::string_view names = row.parameters;
    const size_t count = names.empty() ? 0 : static_cast<size_t>(std::count(names.begin(), names.end(), ' ')) + 1;
    EXPECT_EQ(count, row.parameter_letters().size()) << row.name;
  }
  EXPECT_EQ(p1, 46u);
  EXPECT_EQ(p0, 45u);
  Program p(R"((module
    (import "wasi_unstable" "fd_seek" (func (param i32 i64 i32 i32) (result i32)))
    (import "wasi_unstable" "path_filestat_get" (func (param i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open" (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (memory (export "memory") 1)))");
  EXPECT_TRUE(p.instance);
}

TEST(WasiLink, AnInterruptEndsASleep) {
  engine::Config config;
  config.epoch_interruption = true;
  Program p(R"((module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) "\01")                           ;; clock 1, the monotonic one
    (data (i32.const 24) "\00\00\00\00\00\00\00\01")      ;; for 2^56 ns
    (func (export "sleep") (result i32) (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200)))))",
            config);
  p.store.SetEpochDeadline(1);
  std::thread clock([&] {
    usleep(30'000);
    p.engine->IncrementEpoch();
  });
  auto ended = p.Call("sleep");
  clock.join();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, engine::Failure::Kind::Trap);
}

}  // namespace
}  // namespace gantry::wasi
