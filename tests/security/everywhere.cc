#include "everywhere.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "engine/linker.h"
#include "platform/cpu.h"

namespace gantry::security_tests {

namespace {

constexpr uint64_t kPoison = 0xdeadbeef00000000;

// An i32 that a host function gives has zeros there (abi/context.h); native code does not rely on it.
abi::Status Poisoned(abi::FuncRef*, abi::Caller*, abi::Slot* slots) {
  slots[0] = static_cast<uint32_t>(slots[0]) | kPoison;
  return abi::Status::Ok;
}

abi::Status Same(abi::FuncRef*, abi::Caller*, abi::Slot*) { return abi::Status::Ok; }

// Results or trap of each call, and at the end what the memories hold.
std::vector<std::string> Observe(const std::string& wat, const std::vector<Call>& calls, const engine::Config& config) {
  const auto engine = engine::Engine::New(config);
  engine::Store store(engine);
  engine::Linker linker(engine);
  engine::HostFuncDef poisoned;
  poisoned.params = poisoned.results = {wasm::kI32};
  poisoned.entry = config.tier == engine::Tier::Interp ? &Same : &Poisoned;
  EXPECT_TRUE(linker.DefineFunc("host", "poisoned", poisoned));
  auto module = engine::Module::CompileAny(engine, std::vector<uint8_t>(wat.begin(), wat.end()));
  if (!module) {
    ADD_FAILURE() << module.error().Summary() << "\n" << wat;
    return {};
  }
  auto instance = linker.Instantiate(store, **module);
  if (!instance) {
    ADD_FAILURE() << instance.error().Message();
    return {};
  }
  std::vector<std::string> seen;
  for (const Call& call : calls) {
    auto results = engine::Call(store.runtime(), (*instance)->Export(call.name)->func, call.args);
    std::string text;
    if (!results) {
      text = results.error().Message();
    } else {
      for (const engine::Value& value : *results) {
        const bool is_ref = value.type.is_ref(), is_v128 = value.type == wasm::kV128;
        const uint64_t low = value.type == wasm::kI32 || value.type == wasm::kF32 ? value.low & 0xffffffff : value.low;
        text += fmt::format("{:x}", is_ref ? low != 0 : low) + (is_v128 ? fmt::format(":{:x} ", value.high) : " ");
      }
    }
    seen.push_back(text);
  }
  for (uint32_t i = 0; i < (*module)->wasm().memories.size(); ++i) {
    const abi::MemoryDef* memory = (*instance)->memory(i)->def();
    uint64_t hash = 0xcbf29ce484222325;
    for (uint64_t at = 0; at < memory->length; ++at) hash = (hash ^ memory->base[at]) * 0x100000001b3;
    seen.push_back(fmt::format("memory {} of {} bytes: {:x}", i, memory->length.load(), hash));
  }
  return seen;
}

}  // namespace

void ExpectSameEverywhere(const std::string& wat, const std::vector<Call>& calls) {
  engine::Config config;
  config.features = wasm::Features::AllProposals();
  config.shared_memory = true;
  config.tier = engine::Tier::Interp;
  const std::vector<std::string> expected = Observe(wat, calls, config);
  ASSERT_GE(expected.size(), calls.size());
  for (size_t i = 0; i < calls.size(); ++i)
    EXPECT_NE(expected[i].find(calls[i].expected), std::string::npos) << calls[i].name << ": " << expected[i];
  config.tier = engine::Tier::Baseline;
  const platform::CpuFeatures host = platform::HostCpu();
  for (const platform::CpuLevel& level : platform::LevelsOf(host)) {
    platform::PretendHostCpu(level.features);
    for (int way = 0; way < 4; ++way) {
      config.guard_pages = way % 2 == 0;
      config.heap.collect_at_every_allocation = way / 2 == 1;
      config.lazy = way % 3 == 0;
      const std::vector<std::string> seen = Observe(wat, calls, config);
      ASSERT_EQ(expected.size(), seen.size());
      for (size_t i = 0; i < seen.size(); ++i) {
        EXPECT_EQ(expected[i], seen[i]) << (i < calls.size() ? calls[i].name : "at the end") << ", " << level.name
                                        << (config.guard_pages ? "" : ", no guards");
      }
    }
  }
  platform::PretendHostCpu(host);
}

}  // namespace gantry::security_tests
