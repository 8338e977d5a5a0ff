#include "runtime/native/code_registry.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace gantry::native {
namespace {

// Addresses that no code has.
uint8_t* At(uintptr_t offset) { return reinterpret_cast<uint8_t*>(uintptr_t{1} << 60 | offset); }
const NativeModule* Module(uintptr_t number) { return reinterpret_cast<const NativeModule*>(number); }
const NativeModule* Find(uintptr_t offset) { return FindCode(reinterpret_cast<uintptr_t>(At(offset))); }

TEST(CodeRegistry, FindsWhatIsRegistered) {
  RegisterCode(At(0x3000), 0x1000, Module(3));
  RegisterCode(At(0x1000), 0x800, Module(1));
  EXPECT_EQ(Find(0xfff), nullptr);
  EXPECT_EQ(Find(0x1000), Module(1));
  EXPECT_EQ(Find(0x17ff), Module(1));
  EXPECT_EQ(Find(0x1800), nullptr);
  EXPECT_EQ(Find(0x2fff), nullptr);
  EXPECT_EQ(Find(0x3000), Module(3));
  UnregisterCode(At(0x1000));
  EXPECT_EQ(Find(0x1000), nullptr);
  EXPECT_EQ(Find(0x3fff), Module(3));
  UnregisterCode(At(0x3000));
  EXPECT_EQ(Find(0x3000), nullptr);
}

TEST(CodeRegistry, ReadersGoOnWhileItChanges) {
  RegisterCode(At(0), 16, Module(1));
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done.load()) {
      ASSERT_EQ(Find(8), Module(1));
      const NativeModule* other = Find(0x10008);
      ASSERT_TRUE(other == nullptr || other == Module(2));
    }
  });
  for (int i = 0; i < 2000; ++i) {
    RegisterCode(At(0x10000), 16, Module(2));
    UnregisterCode(At(0x10000));
  }
  done.store(true);
  reader.join();
  UnregisterCode(At(0));
}

}  // namespace
}  // namespace gantry::native
