#include "cli/args.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace gantry::cli {
namespace {

// The words must outlive the result; literals do.
Result<Args> Parse(std::vector<const char*> words) {
  std::vector<char*> arguments;
  for (const char* word : words) arguments.push_back(const_cast<char*>(word));
  return ParseArgs(arguments);
}

std::string Fault(std::vector<const char*> words) {
  const Result<Args> args = Parse(std::move(words));
  return args ? "no error" : args.error().message();
}

TEST(Args, FirstWordNamesTheCommandOrIsTheProgram) {
  EXPECT_EQ(Parse({"print", "x.wasm"})->command, Command::Print);
  const Result<Args> run = Parse({"x.wasm", "print"});
  EXPECT_EQ(run->command, Command::Run);
  EXPECT_FALSE(run->is_command_named);
  EXPECT_EQ(run->operands, (std::vector<std::string_view>{"x.wasm", "print"}));
}

TEST(Args, EverythingAfterTheProgramIsTheGuests) {
  const Result<Args> args = Parse({"--dir", ".", "x.wasm", "--dir", "--help", "--", "-W"});
  EXPECT_EQ(args->options.size(), 1u);
  EXPECT_EQ(args->operands, (std::vector<std::string_view>{"x.wasm", "--dir", "--help", "--", "-W"}));
}

TEST(Args, OtherCommandsTakeOptionsAnywhere) {
  const Result<Args> args = Parse({"parse", "x.wat", "-o", "y.wasm"});
  EXPECT_EQ(args->value(Option::Output), "y.wasm");
  EXPECT_EQ(args->operands, (std::vector<std::string_view>{"x.wat"}));
}

TEST(Args, ValuesAreWrittenInEveryUsualForm) {
  for (std::vector<const char*> words : {std::vector{"-Wgc=n", "x"},
                                         {"-W=gc=n", "x"},
                                         {"-W", "gc=n", "x"},
                                         {"--wasm=gc=n", "x"},
                                         {"--wasm", "gc=n", "x"}}) {
    const Result<Args> args = Parse(words);
    ASSERT_TRUE(args);
    EXPECT_EQ(args->value(Option::Wasm), "gc=n");
    EXPECT_EQ(args->operands.size(), 1u);
  }
  EXPECT_EQ(Parse({"--env", "--help", "x"})->value(Option::Env), "--help");
  EXPECT_EQ(Parse({"--env=", "x"})->value(Option::Env), "");
}

TEST(Args, RepeatedOptionsKeepTheirOrder) {
  const Result<Args> args = Parse({"--env", "A=1", "--env=B=2", "x"});
  EXPECT_EQ(args->values(Option::Env), (std::vector<std::string_view>{"A=1", "B=2"}));
}

TEST(Args, TwoDashesEndTheOptions) {
  const Result<Args> args = Parse({"--", "--dir"});
  EXPECT_EQ(args->operands, (std::vector<std::string_view>{"--dir"}));
}

TEST(Args, OneDashIsAnOperand) { EXPECT_EQ(Parse({"-"})->operands, (std::vector<std::string_view>{"-"})); }

TEST(Args, FaultsSayWhatWasMeant) {
  EXPECT_EQ(Fault({"--drr", ".", "x"}), "unknown option `--drr`; did you mean `--dir`?");
  EXPECT_EQ(Fault({"-x"}), "unknown option `-x`");
  EXPECT_EQ(Fault({"print", "--dir", "."}), "unknown option `--dir`");
  EXPECT_EQ(Fault({"--dir"}), "`--dir` needs a value: `--dir HOST[::GUEST[::ro]]`");
  EXPECT_EQ(Fault({"--help=yes"}), "`--help` takes no value, `--help=yes` gives one");
}

TEST(Args, NamesAndLettersAreUniqueInEachCommand) {
  for (size_t command = 0; command < AllCommands().size(); ++command) {
    std::set<std::string_view> names;
    std::set<char> letters;
    for (const OptionInfo& option : AllOptions()) {
      if (!option.belongs_to(static_cast<Command>(command))) continue;
      EXPECT_TRUE(names.insert(option.name).second) << option.name;
      if (option.letter != 0) {
        EXPECT_TRUE(letters.insert(option.letter).second) << option.letter;
      }
    }
  }
}

TEST(Args, ACommandAloneHasNoOperands) { EXPECT_TRUE(Parse({"config"})->operands.empty()); }

}  // namespace
}  // namespace gantry::cli
