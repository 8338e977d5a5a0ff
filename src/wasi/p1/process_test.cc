#include "wasi/p1/test_guest.h"

namespace gantry::wasi::p1 {
namespace {

TEST(WasiProcess, ArgumentsAndEnvironment) {
  Guest g;
  ASSERT_EQ(ArgsSizesGet(g.context(), g.memory(), kOut, kOut2), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 3u);
  EXPECT_EQ(g.U32(kOut2), 13u);
  ASSERT_EQ(ArgsGet(g.context(), g.memory(), kData, kData + 100), Errno::Success);
  EXPECT_EQ(g.U32(kData), kData + 100);
  EXPECT_EQ(g.U32(kData + 4), kData + 108);
  EXPECT_EQ(g.U32(kData + 8), kData + 112);
  EXPECT_EQ(g.Text(kData + 100, 13), std::string("program\0one\0\0", 13));
  ASSERT_EQ(EnvironSizesGet(g.context(), g.memory(), kOut, kOut2), Errno::Success);
  EXPECT_EQ(g.U32(kOut), 2u);
  ASSERT_EQ(EnvironGet(g.context(), g.memory(), kData, kData + 100), Errno::Success);
  EXPECT_EQ(g.Text(kData + 100, 11), std::string("A=1\0HOME=/\0", 11));
}

TEST(WasiProcess, PointersOutOfBoundsAreFaults) {
  Guest g;
  EXPECT_EQ(ArgsSizesGet(g.context(), g.memory(), kOutside, kOut), Errno::Fault);
  EXPECT_EQ(ArgsSizesGet(g.context(), g.memory(), kOut, 0xffffffff), Errno::Fault);
  EXPECT_EQ(ArgsGet(g.context(), g.memory(), kData, kMemorySize - 12), Errno::Fault);
  EXPECT_EQ(ArgsGet(g.context(), g.memory(), kMemorySize - 8, kData), Errno::Fault);
  EXPECT_EQ(EnvironGet(g.context(), g.memory(), 0xfffffffc, 0xfffffffc), Errno::Fault);
  EXPECT_EQ(ClockTimeGet(g.context(), g.memory(), 0, 0, kMemorySize - 7), Errno::Fault);
  EXPECT_EQ(ClockResGet(g.context(), g.memory(), 0, 0xffffffff), Errno::Fault);
  EXPECT_EQ(RandomGet(g.context(), g.memory(), 1, kMemorySize), Errno::Fault);
  EXPECT_EQ(RandomGet(g.context(), g.memory(), 0xffffffff, 0xffffffff), Errno::Fault);
}

TEST(WasiProcess, Clocks) {
  Guest g;
  for (uint32_t id = 0; id < 4; ++id) {
    ASSERT_EQ(ClockResGet(g.context(), g.memory(), id, kOut), Errno::Success);
    EXPECT_GT(g.U64(kOut), 0u);
    ASSERT_EQ(ClockTimeGet(g.context(), g.memory(), id, 0, kOut), Errno::Success);
    const uint64_t first = g.U64(kOut);
    ASSERT_EQ(ClockTimeGet(g.context(), g.memory(), id, 0, kOut), Errno::Success);
    EXPECT_GE(g.U64(kOut), first);
  }
  EXPECT_EQ(ClockTimeGet(g.context(), g.memory(), 4, 0, kOut), Errno::Invalid);
  EXPECT_EQ(ClockResGet(g.context(), g.memory(), 0xffffffff, kOut), Errno::Invalid);
}

TEST(WasiProcess, RandomFillsTheBuffer) {
  Guest g;
  ASSERT_EQ(RandomGet(g.context(), g.memory(), kData, 32), Errno::Success);
  const std::string first = g.Text(kData, 32);
  EXPECT_NE(first, std::string(32, 0));
  ASSERT_EQ(RandomGet(g.context(), g.memory(), kData, 32), Errno::Success);
  EXPECT_NE(g.Text(kData, 32), first);
  EXPECT_EQ(RandomGet(g.context(), g.memory(), kMemorySize, 0), Errno::Success);
  EXPECT_EQ(RandomGet(g.context(), g.memory(), 0, kMemorySize), Errno::Success);
}

TEST(WasiProcess, EndAndSignals) {
  Guest g;
  EXPECT_EQ(SchedYield(g.context(), g.memory()), Errno::Success);
  EXPECT_EQ(ProcRaise(g.context(), g.memory(), 6), Errno::NotSupported);
  EXPECT_FALSE(g.context().exit_code.has_value());
  ProcExit(g.context(), g.memory(), 200);
  EXPECT_EQ(g.context().exit_code, 200u);
}

TEST(WasiContext, RefusesBadConfigurations) {
  WasiConfig nul;
  nul.args = {std::string("a\0b", 3)};
  EXPECT_FALSE(WasiContext::Create(std::move(nul)));
  WasiConfig missing;
  missing.preopens.push_back({"/nonexistent-directory", "/", false});
  auto made = WasiContext::Create(std::move(missing));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message(), "failed to open directory `/nonexistent-directory`: No such file or directory");
  WasiConfig crowded;
  crowded.max_descriptors = 3;
  crowded.preopens.push_back({"/", "/", false});
  EXPECT_FALSE(WasiContext::Create(std::move(crowded)));
}

TEST(WasiErrno, MapsTheHostsCodes) {
  EXPECT_EQ(FromHost(ENOENT), Errno::NoEntry);
  EXPECT_EQ(FromHost(EWOULDBLOCK), Errno::Again);
  EXPECT_EQ(FromHost(EOPNOTSUPP), Errno::NotSupported);
  EXPECT_EQ(FromHost(99999), Errno::Io);
  EXPECT_EQ(static_cast<int>(Errno::NotCapable), 76);
  EXPECT_EQ(ErrnoName(Errno::NoEntry), "noent");
  EXPECT_EQ(ErrnoName(static_cast<Errno>(500)), "unknown");
}

}  // namespace
}  // namespace gantry::wasi::p1
