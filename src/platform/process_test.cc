#include "platform/process.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>

namespace gantry::platform {
namespace {

TEST(Process, TheFirstArgumentNamesTheProgram) {
  const std::vector<std::string> arguments = ProcessArguments();
  ASSERT_FALSE(arguments.empty());
  EXPECT_NE(arguments[0].find("gantry_unit_tests"), std::string::npos) << arguments[0];
}

TEST(Process, TheEnvironmentIsTheOneOfNow) {
  const auto has = [](const char* entry) {
    const std::vector<std::string> all = ProcessEnvironment();
    return std::find(all.begin(), all.end(), entry) != all.end();
  };
  setenv("GANTRY_PROCESS_TEST", "1=2", 1);
  EXPECT_TRUE(has("GANTRY_PROCESS_TEST=1=2"));
  unsetenv("GANTRY_PROCESS_TEST");
  EXPECT_FALSE(has("GANTRY_PROCESS_TEST=1=2"));
}

}  // namespace
}  // namespace gantry::platform
