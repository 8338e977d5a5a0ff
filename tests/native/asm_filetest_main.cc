// Golden files of compiled code: gantry_asm_filetest [--bless] FILE...
//
// A file is a list of cases: a module in text form and, under it, the code of its functions, in lines that start with
// ";;=". A module may start with lines ";;! --cpu=LEVEL", ";;! --no-guards", ";;! --polls" or ";;! --fuel"; the level
// is AVX2 without one. --bless writes what is compiled now: the difference is part of the review of a change to the
// compiler.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "compiled_module.h"
#include "listing.h"

namespace {

using namespace gantry;
using namespace gantry::native_tests;

constexpr std::string_view kMark = ";;=", kOption = ";;! ";

struct Case {
  std::string source, expected;
};

std::vector<Case> ReadCases(const std::string& text) {
  std::vector<Case> cases(1);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kMark)) {
      cases.back().expected += line + "\n";
      continue;
    }
    if (!cases.back().expected.empty()) cases.emplace_back();
    cases.back().source += line + "\n";
  }
  return cases;
}

// What any processor of the level is: code must not depend on the one that the test runs on.
platform::CpuFeatures Level(std::string_view name) {
  platform::CpuFeatures all;
  all.sse3 = all.ssse3 = all.sse41 = all.sse42 = all.popcnt = all.lzcnt = all.bmi1 = all.bmi2 = true;
  all.avx = all.avx2 = all.fma = true;
  for (const platform::CpuLevel& level : platform::LevelsOf(all)) {
    if (level.name == name) return level.features;
  }
  std::fprintf(stderr, "unknown level %.*s\n", static_cast<int>(name.size()), name.data());
  return {};
}

pipeline::Options OptionsOf(const std::string& source) {
  pipeline::Options options;
  options.cpu = Level("AVX2");
  options.marks = true;
  std::istringstream lines(source);
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view kCpu = "--cpu=";
    if (!line.starts_with(kOption)) continue;
    const std::string option = line.substr(kOption.size());
    if (option.starts_with(kCpu)) options.cpu = Level(option.substr(kCpu.size()));
    options.guard_pages &= option != "--no-guards";
    options.polls |= option == "--polls";
    options.consume_fuel |= option == "--fuel";
  }
  return options;
}

std::string Outcome(const std::string& source) {
  std::string text;
  const auto valid = ReadValid({source.begin(), source.end()});
  if (!valid) {
    text = valid.error().Summary() + "\n";
  } else {
    const wasm::Module& module = (*valid)->module;
    pipeline::Options options = OptionsOf(source);
    SetFacts(module, &options);
    const pipeline::ModuleCompiler compiler(module, options);
    for (uint32_t func = module.imported_funcs; func < module.funcs.size(); ++func) {
      abi::CodeBatch batch;
      const char* why = nullptr;
      text += compiler.Compile(func, &batch, &why) ? Listing(module, batch) : std::string("refused: ") + why + "\n";
    }
  }
  std::string marked;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) marked.append(kMark).append(" ").append(line).append("\n");
  return marked;
}

// Number of cases that failed; -1 if the file cannot be read.
int RunFile(const char* path, bool bless) {
  std::vector<uint8_t> bytes;
  if (!ReadFile(path, &bytes)) {
    std::printf("%s: cannot be read\n", path);
    return -1;
  }
  int failed = 0;
  std::string blessed;
  for (const Case& one : ReadCases({bytes.begin(), bytes.end()})) {
    if (one.source.find_first_not_of(" \n") == std::string::npos) continue;
    const std::string outcome = Outcome(one.source);
    blessed += one.source + outcome;
    if (outcome == one.expected || bless) continue;
    ++failed;
    std::printf("%s: not as expected:\n%sexpected\n%sbut got\n%s", path, one.source.c_str(), one.expected.c_str(),
                outcome.c_str());
  }
  if (bless) std::ofstream(path, std::ios::binary) << blessed;
  return failed;
}

}  // namespace

int main(int argc, char** argv) {
  bool bless = false;
  int files = 0, failed = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--bless") {
      bless = true;
      continue;
    }
    ++files;
    const int result = RunFile(argv[i], bless);
    failed += result != 0;
  }
  std::printf("%d files, %d failed\n", files, failed);
  return failed != 0 || files == 0;
}
