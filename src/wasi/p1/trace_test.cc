#include "wasi/p1/trace.h"

#include "wasi/p1/functions.h"
#include "wasi/p1/test_guest.h"

namespace gantry::wasi::p1 {
namespace {

const FunctionInfo& Info(std::string_view name) {
  for (const FunctionInfo& info : Functions()) {
    if (info.name == name && IsIn(info.modules, Modules::P1)) return info;
  }
  ADD_FAILURE() << name;
  return Functions()[0];
}

class WasiTrace : public testing::Test {
 protected:
  WasiTrace() {
    g.context().trace = [this](std::string_view line) { lines.emplace_back(line); };
  }
  Guest g;
  std::vector<std::string> lines;
};

TEST_F(WasiTrace, ShowsArgumentsAndResults) {
  g.Iovs({{g.Put("hello"), 5}});
  uint64_t slots[] = {1, kIovs, 1, kOut};
  {
    const TraceScope scope(g.context(), Info("fd_write"), g.memory(), slots);
    slots[0] = static_cast<uint64_t>(FdWrite(g.context(), g.memory(), 1, kIovs, 1, kOut));
  }
  EXPECT_EQ(lines.at(0), "fd_write(fd=1, iovs=0x100[1] 5 bytes, nwritten=5) = success");
}

TEST_F(WasiTrace, ShowsTextsSafely) {
  const std::string_view path = "no\x1b[31m\"such\nfile";
  const uint32_t address = g.Put(path);
  uint64_t slots[] = {3, 1, address, g.Size(path), 0, kFdRead, 0, 0, kOut};
  {
    const TraceScope scope(g.context(), Info("path_open"), g.memory(), slots);
    slots[0] = static_cast<uint64_t>(Errno::NoEntry);
  }
  EXPECT_EQ(lines.at(0),
            "path_open(fd=3, dirflags=1, path=\"no\\x1b[31m\\\"such\\x0afile\", oflags=0, fs_rights_base=0x2, "
            "fs_rights_inheriting=0x0, "
            "fdflags=0, opened_fd=0x40) = noent");
}

TEST_F(WasiTrace, SurvivesHostileArguments) {
  uint64_t slots[] = {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff};
  {
    const TraceScope scope(g.context(), Info("fd_write"), g.memory(), slots);
    slots[0] = static_cast<uint64_t>(Errno::BadFd);
  }
  EXPECT_EQ(lines.at(0), "fd_write(fd=4294967295, iovs=0xffffffff[4294967295], nwritten=0xffffffff) = badf");
}

TEST_F(WasiTrace, FunctionsWithoutParametersOrResults) {
  uint64_t slots[] = {7};
  {
    const TraceScope scope(g.context(), Info("proc_exit"), g.memory(), slots);
  }
  {
    const TraceScope scope(g.context(), Info("sched_yield"), g.memory(), slots);
    slots[0] = 0;
  }
  EXPECT_EQ(lines.at(0), "proc_exit(rval=7)");
  EXPECT_EQ(lines.at(1), "sched_yield() = success");
}

}  // namespace
}  // namespace gantry::wasi::p1
