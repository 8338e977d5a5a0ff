// Golden files of the text parser: text_filetest [--bless] FILE...
//
// A file is a list of cases. A case is a source text and, under it, what ParseWat makes of it, in lines that start with
// ";;=": the error as users see it, or the module's bytes after the header, one line per section. --bless writes what
// it makes now.
#include <fmt/core.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "wasm/text/wat.h"

namespace {

constexpr std::string_view kMark = ";;=";
constexpr std::string_view kLinking = ";;! module-linking\n";  // at the start of a file: the feature is on

struct Case {
  int line = 1;  // of its first line
  std::string source;
  std::string expected;
};

std::vector<Case> ReadCases(const std::string& text) {
  std::vector<Case> cases(1);
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with(kMark)) {
      cases.back().expected += line + "\n";
      continue;
    }
    if (!cases.back().expected.empty()) {
      cases.emplace_back();
      cases.back().line = number;
    }
    cases.back().source += line + "\n";
  }
  return cases;
}

std::string Marked(std::string_view text) {
  std::string marked;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    marked.append(kMark).append(line.empty() ? "" : " ").append(line);
    marked += "\n";
  }
  return marked;
}

// "1: 01 60 00 00": section id and contents.
std::string Sections(std::span<const uint8_t> module) {
  std::string text;
  gantry::ByteReader reader(module.subspan(8));
  while (!reader.at_end()) {
    text += fmt::format("{}:", reader.U8());
    const uint32_t size = reader.U32();
    for (uint8_t byte : reader.Bytes(size)) text += fmt::format(" {:02x}", byte);
    text += "\n";
  }
  return text.empty() ? "no sections\n" : text;
}

std::string Outcome(const std::string& source, const gantry::wasm::text::WatOptions& options) {
  const auto module = gantry::wasm::text::ParseWat(source, options);
  return Marked(module ? Sections(*module) : module.error().Summary());
}

// Number of cases that failed; -1 if the file cannot be read.
int RunFile(const char* path, bool bless) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    fmt::print("{}: cannot be read\n", path);
    return -1;
  }
  std::stringstream contents;
  contents << in.rdbuf();
  int failed = 0;
  std::string blessed;
  gantry::wasm::text::WatOptions options;
  options.features.set(gantry::wasm::Feature::ModuleLinking, contents.str().starts_with(kLinking));
  for (const Case& test : ReadCases(contents.str())) {
    const std::string outcome = Outcome(test.source, options);
    blessed += test.source + outcome;
    if (outcome == test.expected) continue;
    ++failed;
    if (!bless) fmt::print("{}:{}: expected\n{}came\n{}", path, test.line, test.expected, outcome);
  }
  if (!bless || failed == 0) return failed;
  std::ofstream(path, std::ios::binary) << blessed;
  fmt::print("{}: {} cases written\n", path, failed);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const bool bless = argc > 1 && std::string_view(argv[1]) == "--bless";
  int passed = 0, failed = 0;
  for (int i = bless ? 2 : 1; i < argc; ++i) ++(RunFile(argv[i], bless) == 0 ? passed : failed);
  fmt::print("{} passed, {} failed, 0 skipped\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
