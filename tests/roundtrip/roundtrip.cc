// gantry_roundtrip PATH...: checks the round trips of fuzz/oracles/round_trip.h for every module in files and folders
// (.wasm, .wat, and the modules of .wast scripts, malformed ones left out). Prints each failure and counts; exit 0 if
// there is none.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "oracles/round_trip.h"
#include "wasm/text/wast.h"

namespace {

using namespace gantry;

struct Counts {
  int passed = 0, failed = 0, skipped = 0, unprinted = 0;
};

std::vector<uint8_t> ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Note(const fuzz::RoundTripResult& result, const std::string& where, Counts* counts) {
  if (!result.failure.empty()) {
    std::printf("%s: %s\n", where.c_str(), result.failure.c_str());
    ++counts->failed;
  } else if (!result.decoded) {
    ++counts->skipped;
  } else {
    ++counts->passed;
    counts->unprinted += !result.printed;
  }
}

void CheckFile(const std::filesystem::path& path, Counts* counts) {
  wasm::Features features = wasm::Features::AllProposals();
  std::vector<uint8_t> bytes = ReadFile(path);
  const std::string_view source(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (path.extension() == ".wasm") {
    Note(fuzz::CheckRoundTrip(wasm::ModuleBytes::Copy(bytes), features), path.string(), counts);
  } else if (path.extension() == ".wat") {
    Note(fuzz::CheckTextRoundTrip(source, features), path.string(), counts);
  } else if (path.extension() == ".wast") {
    Result<wasm::text::Script> script = wasm::text::ParseWast(source);
    if (!script) {
      std::printf("%s: %s\n", path.c_str(), script.error().Summary().c_str());
      ++counts->failed;
      return;
    }
    for (const wasm::text::Directive& directive : script->directives) {
      if (!directive.module || directive.module->error) continue;
      Note(fuzz::CheckRoundTrip(wasm::ModuleBytes::Copy(directive.module->bytes), features),
           path.string() + ":" + std::to_string(directive.line), counts);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      files.push_back(argv[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  Counts counts;
  for (const std::filesystem::path& file : files) CheckFile(file, &counts);
  std::printf("%d passed, %d failed, %d skipped (do not decode); %d without text form\n", counts.passed, counts.failed,
              counts.skipped, counts.unprinted);
  return counts.failed == 0 ? 0 : 1;
}
