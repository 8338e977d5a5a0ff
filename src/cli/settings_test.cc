#include "cli/settings.h"

#include <gtest/gtest.h>

namespace gantry::cli {
namespace {

using wasm::Feature;

Settings With(Option group, std::string_view text) {
  Settings settings;
  const Result<void> added = settings.AddGroup(group, text);
  EXPECT_TRUE(added) << added.error().message();
  return settings;
}

std::string Fault(Option group, std::string_view text) {
  Settings settings;
  const Result<void> added = settings.AddGroup(group, text);
  return added ? "no error" : added.error().message();
}

TEST(Settings, SwitchesTakeEverySpelling) {
  for (const char* yes :
       {"epoch-interruption", "epoch-interruption=y", "epoch-interruption=yes", "epoch-interruption=true"}) {
    EXPECT_TRUE(With(Option::Wasm, yes).Flag(Key::EpochInterruption)) << yes;
  }
  for (const char* no : {"epoch-interruption=n", "epoch-interruption=no", "epoch-interruption=false"}) {
    EXPECT_FALSE(With(Option::Wasm, no).Flag(Key::EpochInterruption, true)) << no;
  }
  EXPECT_TRUE(Settings().Flag(Key::EpochInterruption, true));
}

TEST(Settings, NumbersAreDecimalOrHexadecimal) {
  EXPECT_EQ(With(Option::Wasm, "fuel=1_000").Number(Key::Fuel), 1000u);
  EXPECT_EQ(With(Option::Wasm, "fuel=0xFF").Number(Key::Fuel), 255u);
  EXPECT_EQ(With(Option::Wasm, "fuel=18446744073709551615").Number(Key::Fuel), UINT64_MAX);
  EXPECT_EQ(Settings().Number(Key::Fuel), std::nullopt);
  for (const char* bad : {"fuel", "fuel=", "fuel=-1", "fuel=1x", "fuel=_", "fuel=18446744073709551616"}) {
    EXPECT_NE(Fault(Option::Wasm, bad).find("expected a number"), std::string::npos) << bad;
  }
}

TEST(Settings, DurationsHaveUnits) {
  using namespace std::chrono_literals;
  EXPECT_EQ(With(Option::Wasm, "timeout=2").Duration(Key::Timeout), 2s);
  EXPECT_EQ(With(Option::Wasm, "timeout=2s").Duration(Key::Timeout), 2s);
  EXPECT_EQ(With(Option::Wasm, "timeout=20ms").Duration(Key::Timeout), 20ms);
  EXPECT_EQ(With(Option::Wasm, "timeout=7us").Duration(Key::Timeout), 7us);
  EXPECT_EQ(With(Option::Wasm, "timeout=9ns").Duration(Key::Timeout), 9ns);
  EXPECT_NE(Fault(Option::Wasm, "timeout=2h"), "no error");
  EXPECT_NE(Fault(Option::Wasm, "timeout=18446744073709551615s"), "no error");
}

TEST(Settings, SeveralKeysWithCommas) {
  const Settings settings = With(Option::Wasm, "fuel=5,simd=n,max-memory-size=64");
  EXPECT_EQ(settings.Number(Key::Fuel), 5u);
  EXPECT_EQ(settings.Number(Key::MaxMemorySize), 64u);
  EXPECT_FALSE(settings.Features().has(Feature::Simd));
}

TEST(Settings, SingleProposalsWinOverAll) {
  EXPECT_TRUE(With(Option::Wasm, "all-proposals").Features().has(Feature::CustomPageSizes));
  EXPECT_FALSE(With(Option::Wasm, "gc=n,all-proposals").Features().has(Feature::Gc));
  const wasm::Features none = With(Option::Wasm, "all-proposals=n,simd").Features();
  EXPECT_TRUE(none.has(Feature::Simd));
  EXPECT_FALSE(none.has(Feature::Gc));
  EXPECT_TRUE(none.has(Feature::SignExtension));
  EXPECT_EQ(Settings().Features(), wasm::Features::Default());
}

TEST(Settings, ChoicesAndPrefixes) {
  EXPECT_EQ(With(Option::Codegen, "compiler=interp").Text(Key::Compiler), "interp");
  EXPECT_EQ(Fault(Option::Codegen, "compiler=fast"),
            "`-C compiler=fast`: expected one of auto|interp|baseline|winch|cranelift");
  EXPECT_EQ(Fault(Option::Optimize, "pooling-total-memories=5"), "no error");
}

TEST(Settings, UnknownAndRefusedKeys) {
  EXPECT_EQ(Fault(Option::Wasm, "tiemout=5s"),
            "unknown key `tiemout` of `-W`; did you mean `timeout`? (`-W help` lists them)");
  EXPECT_EQ(Fault(Option::Wasi, "http"), "`-S http` is not available in this build");
  EXPECT_EQ(Fault(Option::Wasi, "http=n"), "no error");
}

TEST(Settings, HelpListsEveryKey) {
  const std::string help = GroupHelp(Option::Wasm);
  EXPECT_NE(help.find("timeout=TIME"), std::string::npos);
  EXPECT_NE(help.find("custom-page-sizes=y|n"), std::string::npos);
  EXPECT_EQ(help.find("opt-level"), std::string::npos);
}

}  // namespace
}  // namespace gantry::cli
