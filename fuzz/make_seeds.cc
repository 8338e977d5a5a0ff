// gantry_make_seeds SUITES OUT: seeds for the fuzz targets from a folder of .wast, .wat and .wasm files. Every module
// that parses goes to OUT/wasm, texts of moderate size to OUT/wat; files are named by a hash of their contents, so
// duplicates fall together.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "wasm/text/wast.h"

namespace {

using namespace gantry;

constexpr size_t kLargestModule = 64 << 10, kLargestText = 32 << 10;

void Write(const std::filesystem::path& folder, std::string_view bytes, const char* extension) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  char name[32];
  std::snprintf(name, sizeof name, "%016llx.%s", static_cast<unsigned long long>(hash), extension);
  std::ofstream(folder / name, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: gantry_make_seeds SUITES OUT\n");
    return 2;
  }
  const std::filesystem::path wasm = std::filesystem::path(argv[2]) / "wasm",
                              wat = std::filesystem::path(argv[2]) / "wat";
  std::filesystem::create_directories(wasm);
  std::filesystem::create_directories(wat);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1])) {
    if (!entry.is_regular_file()) continue;
    const std::string extension = entry.path().extension();
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string source{std::istreambuf_iterator<char>(in), {}};
    if (extension == ".wasm" && source.size() <= kLargestModule) Write(wasm, source, "wasm");
    if (extension != ".wast" && extension != ".wat") continue;
    Result<gantry::wasm::text::Script> script = gantry::wasm::text::ParseWast(source);
    if (!script) continue;
    for (const gantry::wasm::text::Directive& directive : script->directives) {
      if (!directive.module) continue;
      const auto& bytes = directive.module->bytes;
      if (!bytes.empty() && bytes.size() <= kLargestModule)
        Write(wasm, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "wasm");
      const std::string_view text =
          std::string_view(source).substr(directive.source_begin, directive.source_end - directive.source_begin);
      if (text.size() <= kLargestText) Write(wat, text, "wat");
    }
  }
  return 0;
}
