// Vectors from and to memory in parts, for every level of x86-64 that this machine has, up to the last byte before a
// page that must not be touched: accesses must not be wider than the instruction says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "base/numeric.h"
#include "compiler/baseline/x64/test_machine.h"
#include "platform/cpu.h"
#include "wasm/binary/reader.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

namespace gantry::baseline {
namespace {

using test::Get;
using test::Machine;
using test::Put;
using test::Value;

const V128 kVector = FromLanes<uint8_t>(
    {0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff});

// Loads give a vector, from `old` for lanes; stores change bytes at `at`.
struct Load {
  std::string text;
  uint32_t size;
  bool is_lane;
  std::function<V128(const uint8_t* at, const V128& old)> expected;
};
struct Store {
  std::string text;
  uint32_t size, lane;
};

template <class T>
T Read(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

std::vector<Load> Loads() {
  std::vector<Load> loads;
  auto widened = [&](const char* text, V128 (*extend)(const V128&)) {
    loads.push_back({text, 8, false, [=](const uint8_t* at, const V128&) { return extend(Put(Read<uint64_t>(at))); }});
  };
  widened("v128.load8x8_s", num::I16x8ExtendLowI8x16S);
  widened("v128.load8x8_u", num::I16x8ExtendLowI8x16U);
  widened("v128.load16x4_s", num::I32x4ExtendLowI16x8S);
  widened("v128.load16x4_u", num::I32x4ExtendLowI16x8U);
  widened("v128.load32x2_s", num::I64x2ExtendLowI32x4S);
  widened("v128.load32x2_u", num::I64x2ExtendLowI32x4U);
  auto of_type = [&]<class T>(T) {
    const uint32_t size = sizeof(T);
    loads.push_back({fmt::format("v128.load{}_splat", 8 * size), size, false, [](const uint8_t* at, const V128&) {
                       Lanes<T> lanes;
                       lanes.fill(Read<T>(at));
                       return FromLanes<T>(lanes);
                     }});
    if (size >= 4) {
      loads.push_back({fmt::format("v128.load{}_zero", 8 * size), size, false,
                       [](const uint8_t* at, const V128&) { return Put(Read<T>(at)); }});
    }
    for (uint32_t lane = 0; lane < 16 / size; ++lane) {
      loads.push_back({fmt::format("v128.load{}_lane MEMARG {}", 8 * size, lane), size, true,
                       [lane](const uint8_t* at, const V128& old) {
                         return WithLane<T>(old, static_cast<int>(lane), Read<T>(at));
                       }});
    }
  };
  of_type(uint8_t{});
  of_type(uint16_t{});
  of_type(uint32_t{});
  of_type(uint64_t{});
  loads.push_back({"v128.load", 16, false, [](const uint8_t* at, const V128&) { return Read<V128>(at); }});
  return loads;
}

std::vector<Store> Stores() {
  std::vector<Store> stores = {{"v128.store", 16, 0}};
  for (uint32_t size : {1u, 2u, 4u, 8u}) {
    for (uint32_t lane = 0; lane < 16 / size; ++lane) {
      stores.push_back({fmt::format("v128.store{}_lane MEMARG {}", 8 * size, lane), size, lane});
    }
  }
  return stores;
}

std::string WithOffset(std::string text, uint32_t offset) {
  const std::string memarg = fmt::format("offset={}", offset);
  const size_t place = text.find("MEMARG");
  return place == std::string::npos ? text + " " + memarg : text.replace(place, 6, memarg);
}

class SimdMemory : public testing::TestWithParam<bool> {
 protected:
  // Parses a module with these functions and a memory of the index type that the test is for.
  void Parse(const std::string& funcs) {
    const auto bytes =
        wasm::text::ParseWat(fmt::format("(module (memory {} 1) {})", GetParam() ? "i64" : "i32", funcs));
    ASSERT_TRUE(bytes) << bytes.error().Summary() << funcs;
    auto module = wasm::binary::ReadModule(wasm::ModuleBytes::Own(*bytes), wasm::Features::AllProposals());
    ASSERT_TRUE(module);
    module_ = *std::move(module);
    const auto valid = wasm::valid::ValidateModule(&module_, &hold_);
    ASSERT_TRUE(valid) << valid.error().Summary() << funcs;
  }
  void ForAllLevels(const std::function<void()>& body) {
    for (const test::Level& level : test::LevelsOf(platform::HostCpu())) {
      machine_.Compile(module_, {.isa = level.isa});
      SCOPED_TRACE(level.name);
      body();
      if (HasFatalFailure()) return;
    }
  }
  void FillMemory() {
    for (size_t i = 0; i < Machine::kPage; ++i) machine_.memory()[i] = static_cast<uint8_t>(i * 37 + (i >> 8) * 11 + 5);
  }
  std::string index() const { return GetParam() ? "i64" : "i32"; }

  Machine machine_;
  wasm::Module module_;
  wasm::TypeHold hold_;
};

TEST_P(SimdMemory, Loads) {
  const std::vector<Load> loads = Loads();
  FillMemory();
  constexpr uint32_t kOffset = 7;
  struct Call {
    const Load* load;
    uint32_t offset;
    bool is_const;
    bool keeps;
  };
  std::vector<Call> calls;
  std::string funcs;
  for (const Load& load : loads) {
    for (uint32_t offset : {0u, kOffset}) {
      for (bool keeps : {false, true}) {
        // Keeps: the old vector is needed again. Else its local is set.
        const std::string text = WithOffset(load.text, offset), old = load.is_lane ? "local.get 1 " : "";
        const std::string tail = keeps ? " local.get 1" : " local.set 1 local.get 1 v128.const i64x2 0 0";
        funcs +=
            fmt::format("(func (param {} v128) (result v128 v128) local.get 0 {}{}{})\n", index(), old, text, tail);
        calls.push_back({&load, offset, false, keeps});
      }
      const uint32_t last = Machine::kPage - load.size - offset;
      funcs += fmt::format("(func (param {} v128) (result v128 v128) {}.const {} {}{} local.get 1)\n", index(), index(),
                           last, load.is_lane ? "local.get 1 " : "", WithOffset(load.text, offset));
      calls.push_back({&load, offset, true, true});
    }
  }
  ASSERT_NO_FATAL_FAILURE(Parse(funcs));
  ForAllLevels([&] {
    for (uint32_t i = 0; i < calls.size(); ++i) {
      const Call& call = calls[i];
      const uint64_t last = Machine::kPage - call.load->size - call.offset;
      for (uint64_t address : {uint64_t{0}, uint64_t{3}, uint64_t{1000}, last - 1, last}) {
        if (call.is_const) address = last;
        std::vector<Value> values = {Put(address), kVector};
        machine_.Call(i, &values);
        const V128 expected = call.load->expected(machine_.memory() + address + call.offset, kVector);
        ASSERT_TRUE(values[0] == expected) << call.load->text << " at " << address << " + " << call.offset;
        ASSERT_TRUE(values[1] == (call.keeps ? kVector : V128{})) << call.load->text << " changed its operand";
      }
    }
  });
}

TEST_P(SimdMemory, Stores) {
  const std::vector<Store> stores = Stores();
  constexpr uint32_t kOffset = 9;
  std::string funcs;
  for (const Store& store : stores) {
    for (uint32_t offset : {0u, kOffset}) {
      funcs += fmt::format("(func (param {} v128) (result v128) local.get 0 local.get 1 {} local.get 1)\n", index(),
                           WithOffset(store.text, offset));
    }
  }
  ASSERT_NO_FATAL_FAILURE(Parse(funcs));
  ForAllLevels([&] {
    for (uint32_t i = 0; i < 2 * stores.size(); ++i) {
      const Store& store = stores[i / 2];
      const uint32_t offset = i % 2 * kOffset;
      const uint64_t last = Machine::kPage - store.size - offset;
      for (uint64_t address : {uint64_t{64}, uint64_t{67}, last}) {
        FillMemory();
        std::vector<uint8_t> expected(machine_.memory(), machine_.memory() + Machine::kPage);
        std::memcpy(&expected[address + offset], reinterpret_cast<const uint8_t*>(&kVector) + store.lane * store.size,
                    store.size);
        std::vector<Value> values = {Put(address), kVector};
        machine_.Call(i, &values);
        ASSERT_TRUE(std::equal(expected.begin(), expected.end(), machine_.memory()))
            << store.text << " at " << address << " + " << offset;
        ASSERT_TRUE(values[0] == kVector) << store.text << " changed its operand";
      }
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Baseline, SimdMemory, testing::Values(false, true),
                         [](const auto& info) { return std::string(info.param ? "Checked" : "Guarded"); });

}  // namespace
}  // namespace gantry::baseline
