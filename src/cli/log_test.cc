// Log: filters with levels per target, in the reference's syntax.
#include "cli/log.h"

#include <gtest/gtest.h>

namespace gantry::cli {
namespace {

Log Filtered(std::string_view directives, size_t faults = 0) {
  Log log;
  EXPECT_EQ(log.AddFilter(directives).size(), faults) << directives;
  return log;
}

TEST(Log, IsSilentUnlessAsked) {
  const Log log;
  EXPECT_FALSE(log.Has(LogTarget::Wasi, LogLevel::Error));
}

TEST(Log, ALevelCountsForEveryTarget) {
  const Log log = Filtered("debug");
  EXPECT_TRUE(log.Has(LogTarget::Wasi, LogLevel::Debug));
  EXPECT_TRUE(log.Has(LogTarget::Run, LogLevel::Info));
  EXPECT_FALSE(log.Has(LogTarget::Run, LogLevel::Trace));
}

TEST(Log, TargetsHaveTheirOwnLevels) {
  const Log log = Filtered("wasi=trace,engine=warn");
  EXPECT_TRUE(log.Has(LogTarget::Wasi, LogLevel::Trace));
  EXPECT_TRUE(log.Has(LogTarget::Engine, LogLevel::Warn));
  EXPECT_FALSE(log.Has(LogTarget::Engine, LogLevel::Info));
  EXPECT_FALSE(log.Has(LogTarget::Run, LogLevel::Error));
}

TEST(Log, TheLongestDirectiveWinsWhateverTheOrder) {
  for (std::string_view directives : {"info,gantry::wasi=off", "gantry::wasi=off,info"}) {
    const Log log = Filtered(directives);
    EXPECT_FALSE(log.Has(LogTarget::Wasi, LogLevel::Error)) << directives;
    EXPECT_TRUE(log.Has(LogTarget::Engine, LogLevel::Info)) << directives;
  }
}

TEST(Log, TheReferencesNamesWork) {
  EXPECT_TRUE(Filtered("wasmtime_wasi=trace").Has(LogTarget::Wasi, LogLevel::Trace));
  EXPECT_FALSE(Filtered("wasmtime_wasi=trace").Has(LogTarget::Engine, LogLevel::Error));
  EXPECT_TRUE(Filtered("wasmtime_wasi::p1::host=debug").Has(LogTarget::Wasi, LogLevel::Debug));
  EXPECT_TRUE(Filtered("wasmtime=info").Has(LogTarget::Wasi, LogLevel::Info));
  EXPECT_FALSE(Filtered("cranelift_codegen=debug").Has(LogTarget::Wasi, LogLevel::Error));
  EXPECT_TRUE(Filtered("wasmtime_wasi").Has(LogTarget::Wasi, LogLevel::Trace));
  EXPECT_TRUE(Filtered("WARN").Has(LogTarget::Run, LogLevel::Warn));
}

TEST(Log, FaultsAreNamed) {
  Filtered("wasi=loud", 1);
  Filtered("wasi=", 1);
  Filtered("=,,debug , wasi=trace", 1);
  Filtered("wasi[span{a=1}]=trace", 1);
}

TEST(Log, TracesAreCheckedAndSuggested) {
  Log log;
  EXPECT_TRUE(log.AddTrace("wasi,engine"));
  EXPECT_TRUE(log.Has(LogTarget::Wasi, LogLevel::Trace));
  EXPECT_FALSE(log.Has(LogTarget::Run, LogLevel::Error));
  const Result<void> wrong = log.AddTrace("wasy");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message().find("did you mean `wasi`"), std::string::npos);
}

}  // namespace
}  // namespace gantry::cli
