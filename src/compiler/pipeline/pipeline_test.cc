// Whole modules: what is refused, and that the output depends on the module alone.
#include "compiler/pipeline/pipeline.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "wasm/binary/reader.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

namespace gantry::pipeline {
namespace {

struct Compiled {
  explicit Compiled(const std::string& wat) {
    const auto bytes = wasm::text::ParseWat(wat);
    if (!bytes) ADD_FAILURE() << bytes.error().Summary();
    auto read = wasm::binary::ReadModule(wasm::ModuleBytes::Own(*bytes), wasm::Features::AllProposals());
    module = *std::move(read);
    const auto valid = wasm::valid::ValidateModule(&module, &hold);
    if (!valid) ADD_FAILURE() << valid.error().Summary();
  }
  wasm::Module module;
  wasm::TypeHold hold;
};

// Many functions of different sizes that call each other.
std::string ManyFunctions() {
  std::string wat = "(module (memory 1) (global (mut i32) (i32.const 0))";
  for (int i = 0; i < 400; ++i) {
    wat += fmt::format("(func $f{} (param i32 f64) (result i32) (local i32)", i);
    for (int k = 0; k < i % 37; ++k) {
      wat += fmt::format(
          "(loop (local.set 2 (i32.add (local.get 2) (i32.load offset={} (local.get 0)))) (br_if 0 (local.get 2)))"
          "(f64.store (local.get 0) (f64.mul (local.get 1) (f64.const {}.5)))",
          k, i);
    }
    wat += fmt::format("(call $f{} (local.get 2) (local.get 1)))", (i * 7) % 400);
  }
  return wat + ")";
}

std::string BytesOf(const Output& output) {
  std::string text;
  for (const abi::CodeBatch& batch : output.batches) {
    text += fmt::format("[{} {} {} {}]", batch.functions.size(), batch.relocations.size(), batch.traps.size(),
                        batch.calls.size());
    text.append(batch.text.begin(), batch.text.end());
  }
  return text;
}

TEST(Pipeline, TheNumberOfThreadsDoesNotMatter) {
  const Compiled compiled(ManyFunctions());
  const ModuleCompiler compiler(compiled.module, {.cpu = platform::HostCpu()});
  const Output one = compiler.CompileAll(1);
  EXPECT_EQ(one.native, 400u);
  EXPECT_GT(one.batches.size(), 1u);
  for (uint32_t threads : {2u, 5u}) EXPECT_EQ(BytesOf(one), BytesOf(compiler.CompileAll(threads)));
}

TEST(Pipeline, OneFunctionIsTheSameAloneAndAmongOthers) {
  const Compiled compiled(ManyFunctions());
  const ModuleCompiler compiler(compiled.module, {.cpu = platform::HostCpu()});
  const Output all = compiler.CompileAll(1);
  const abi::CodeBatch& among = all.batches[0];
  const abi::FunctionRecord& record = among.functions[30];
  abi::CodeBatch alone;
  const char* why = nullptr;
  ASSERT_TRUE(compiler.Compile(record.func_index, &alone, &why));
  const auto begin = among.text.begin() + record.start;
  EXPECT_TRUE(std::equal(alone.text.begin(), alone.text.end(), begin, begin + record.size));
}

}  // namespace
}  // namespace gantry::pipeline
