// A core dump read back: it is a valid module that holds frames, memories and globals as they were at the trap.
#include "engine/coredump.h"

#include <gtest/gtest.h>

#include "engine/linker.h"
#include "wasm/binary/reader.h"

namespace gantry::engine {
namespace {

struct Dumped {
  std::vector<uint8_t> bytes;
  wasm::Module module;
  Coredump dump;
};

class CoredumpTest : public testing::Test {
 protected:
  CoredumpTest() : engine_(Engine::New({})), store_(engine_), linker_(engine_) {}

  runtime::Instance* Make(std::string_view wat) {
    auto module = Module::CompileAny(engine_, std::vector<uint8_t>(wat.begin(), wat.end()));
    if (!module) {
      ADD_FAILURE() << module.error().Summary();
      return nullptr;
    }
    auto instance = linker_.Instantiate(store_, **module);
    if (!instance) {
      ADD_FAILURE() << instance.error().Message();
      return nullptr;
    }
    return *instance;
  }

  Dumped DumpAfterTrap(runtime::Instance* instance, std::string_view name) {
    auto result = Call(store_.runtime(), instance->Export(name)->func, {});
    if (result || !result.error().trap) ADD_FAILURE() << "no trap";
    return Dump(result.error().trap->backtrace);
  }

  Dumped Dump(const std::vector<runtime::Frame>& frames) {
    Dumped dumped;
    const Result<void> written =
        WriteCoredump(store_.runtime(), frames, "program.wasm", [&](std::span<const uint8_t> piece) -> Result<void> {
          dumped.bytes.insert(dumped.bytes.end(), piece.begin(), piece.end());
          return {};
        });
    EXPECT_TRUE(written) << written.error().Summary();
    auto bytes = wasm::ModuleBytes::Copy(dumped.bytes);
    const Result<void> valid = Module::Validate(*engine_, bytes);
    EXPECT_TRUE(valid) << valid.error().Summary();
    auto module = wasm::binary::ReadModule(bytes, wasm::Features::Default());
    EXPECT_TRUE(module) << module.error().Summary();
    dumped.module = *std::move(module);
    EXPECT_TRUE(IsCoredump(dumped.module));
    auto dump = ReadCoredump(dumped.module);
    EXPECT_TRUE(dump) << dump.error().Summary();
    dumped.dump = *std::move(dump);
    return dumped;
  }

  std::shared_ptr<Engine> engine_;
  Store store_;
  Linker linker_;
};

TEST_F(CoredumpTest, HasFramesMemoriesAndGlobals) {
  runtime::Instance* instance = Make(R"((module $sample
      (memory 2 10)
      (global $count (mut i32) (i32.const 3))
      (global $big i64 (i64.const -5))
      (global $ref (mut funcref) (ref.null func))
      (func $inner (i32.store (i32.const 70000) (i32.const 0x01020304)) (global.set $count (i32.const -7))
        (global.set $ref (ref.func $inner)) (drop (memory.grow (i32.const 1))) unreachable)
      (func (export "run") call $inner)
      (elem declare func $inner)))");
  const Dumped dumped = DumpAfterTrap(instance, "run");
  EXPECT_EQ(dumped.dump.program, "program.wasm");
  EXPECT_EQ(dumped.dump.thread, "main");
  ASSERT_EQ(dumped.dump.modules.size(), 1u);
  EXPECT_EQ(dumped.dump.modules[0], "sample");

  ASSERT_EQ(dumped.dump.frames.size(), 2u);
  EXPECT_EQ(dumped.dump.frames[0].func, 0u);
  EXPECT_EQ(dumped.dump.frames[1].func, 1u);
  const wasm::Module& module = instance->module();
  // The trap's offset points at `unreachable`, 0x00, in the body.
  EXPECT_EQ(module.Bytes(module.funcs[0].body)[dumped.dump.frames[0].offset], 0x00);

  ASSERT_EQ(dumped.module.memories.size(), 1u);
  EXPECT_EQ(dumped.module.memories[0].type.limits.min, 3u);
  EXPECT_EQ(dumped.module.memories[0].type.limits.max, 10u);
  ASSERT_EQ(dumped.module.datas.size(), 1u);
  const std::span<const uint8_t> data = dumped.module.Bytes(dumped.module.datas[0].bytes);
  constexpr size_t kPieceStart = 70000 / 4096 * 4096;
  ASSERT_EQ(data.size(), 4096u);
  EXPECT_EQ(data[70000 - kPieceStart], 4);
  EXPECT_EQ(data[70003 - kPieceStart], 1);
}

// The dump as a module has the state: instantiating it and looking is the reader's simplest way.
TEST_F(CoredumpTest, InstantiatesToTheSameState) {
  runtime::Instance* instance = Make(R"((module
      (memory i64 1) (memory 1)
      (global (mut i32) (i32.const 1)) (global (mut f32) (f32.const 1.5)) (global (mut f64) (f64.const -2.5))
      (global (mut v128) (v128.const i64x2 1 2)) (global (mut externref) (ref.null extern)) (global (mut i64) (i64.const 0))
      (type $s (struct)) (global (mut (ref null $s)) (ref.null $s))
      (func (export "run")
        (i64.store 0 (i64.const 8) (i64.const 0x1122334455667788)) (i32.store8 1 (i32.const 65535) (i32.const 9))
        (global.set 0 (i32.const 77)) (global.set 5 (i64.const -1)) (global.set 6 (struct.new $s))
        (drop (i32.div_s (i32.const 1) (i32.const 0))))))");
  const Dumped dumped = DumpAfterTrap(instance, "run");
  auto module = Module::CompileAny(engine_, dumped.bytes);
  ASSERT_TRUE(module) << module.error().Summary();
  Store store(engine_);
  auto again = linker_.Instantiate(store, **module);
  ASSERT_TRUE(again) << again.error().Message();
  EXPECT_EQ((*again)->global(0)->cell->low, 77u);
  EXPECT_EQ((*again)->global(1)->cell->low, 0x3fc00000u);
  EXPECT_EQ((*again)->global(2)->cell->low, 0xc004000000000000u);
  EXPECT_EQ((*again)->global(3)->cell->high, 2u);
  EXPECT_EQ((*again)->global(5)->cell->low, ~uint64_t{0});
  EXPECT_EQ((*again)->memory(0)->def()->base[8], 0x88);
  EXPECT_EQ((*again)->memory(1)->def()->base[65535], 9);
}

TEST_F(CoredumpTest, SharedObjectsOccurOnce) {
  runtime::Instance* first =
      Make(R"((module $a (memory (export "m") 1) (global (export "g") (mut i32) (i32.const 1))))");
  ASSERT_TRUE(linker_.DefineInstance("a", first));
  runtime::Instance* second = Make(R"((module $b (import "a" "m" (memory 1)) (import "a" "g" (global (mut i32)))
      (memory 1) (func (export "run") unreachable)))");
  const Dumped dumped = DumpAfterTrap(second, "run");
  EXPECT_EQ(dumped.module.memories.size(), 2u);
  EXPECT_EQ(dumped.module.globals.size(), 1u);
  ASSERT_EQ(dumped.dump.instances.size(), 2u);
  EXPECT_EQ(dumped.dump.instances[0].memories, (std::vector<uint32_t>{0}));
  EXPECT_EQ(dumped.dump.instances[1].memories, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(dumped.dump.instances[1].globals, (std::vector<uint32_t>{0}));
  EXPECT_EQ(dumped.dump.frames[0].instance, 1u);
}

TEST_F(CoredumpTest, CutSectionsAreErrors) {
  runtime::Instance* instance =
      Make(R"((module (memory 1) (global i32 (i32.const 1)) (func (export "run") unreachable)))");
  const Dumped dumped = DumpAfterTrap(instance, "run");
  int refused = 0;
  for (const wasm::CustomSection& section : dumped.module.customs) {
    for (uint32_t i = 0; i < section.payload.size; ++i) {
      wasm::Module module = dumped.module;
      for (wasm::CustomSection& other : module.customs) {
        if (other.name == section.name) other.payload.size = i;
      }
      refused += !ReadCoredump(module);
    }
    // Every byte changed to a large number: counts and indices must not be believed.
    std::vector<uint8_t> bytes = dumped.bytes;
    for (uint32_t i = 0; i < section.payload.size; ++i) {
      const uint8_t old = std::exchange(bytes[section.payload.offset + i], 0x7f);
      wasm::Module module = dumped.module;
      module.bytes = wasm::ModuleBytes::Copy(bytes);
      refused += !ReadCoredump(module);
      bytes[section.payload.offset + i] = old;
    }
  }
  EXPECT_GT(refused, 30);
}

TEST_F(CoredumpTest, ASinkThatFailsEndsIt) {
  Make(R"((module (memory 1) (data (i32.const 0) "x")))");
  int left = 3;
  const Result<void> written = WriteCoredump(store_.runtime(), {}, "x", [&](std::span<const uint8_t>) -> Result<void> {
    if (left-- > 0) return {};
    return std::unexpected(Error(ErrorClass::Host, "full"));
  });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message(), "full");
  EXPECT_EQ(left, -1);
}

}  // namespace
}  // namespace gantry::engine
