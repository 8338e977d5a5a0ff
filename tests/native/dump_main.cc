// The compiled code of a module's functions, with the WebAssembly instructions that it is made of:
//
//   gantry_dump_asm [--cpu=LEVEL] [--no-guards] [--polls] [--fuel] [--] FILE [FUNCTION…]
//
// `gantry compile --dump-asm=FUNCTION FILE` runs it.
//
// FILE: binary or text. FUNCTION: a name or number; all without one. LEVEL: SSE2, SSSE3, SSE4.1, SSE4.2, BMI, AVX,
// AVX2, FMA; as the processor is without one.
#include <cstdio>
#include <string_view>

#include "compiled_module.h"
#include "listing.h"

namespace {

using namespace gantry;
using namespace gantry::native_tests;

// False if it is no option.
bool TakeOption(std::string_view arg, pipeline::Options* options, bool* is_known) {
  constexpr std::string_view kCpu = "--cpu=";
  if (!arg.starts_with("--")) return false;
  *is_known = true;
  if (arg.starts_with(kCpu)) {
    for (const platform::CpuLevel& level : platform::LevelsOf(platform::HostCpu())) {
      if (level.name == arg.substr(kCpu.size())) {
        options->cpu = level.features;
        return true;
      }
    }
    *is_known = false;
  } else if (arg == "--no-guards") {
    options->guard_pages = false;
  } else if (arg == "--polls") {
    options->polls = true;
  } else if (arg == "--fuel") {
    options->consume_fuel = true;
  } else {
    *is_known = false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  pipeline::Options options;
  options.cpu = platform::HostCpu();
  options.marks = true;
  std::vector<std::string> rest;
  bool has_options = true;
  for (int i = 1; i < argc; ++i) {
    bool is_known = true;
    if (has_options && std::string_view(argv[i]) == "--") {
      has_options = false;
      continue;
    }
    if (!has_options || !TakeOption(argv[i], &options, &is_known)) rest.emplace_back(argv[i]);
    if (!is_known) {
      std::fprintf(stderr, "unknown option or level: %s\n", argv[i]);
      return 2;
    }
  }
  std::vector<uint8_t> bytes;
  if (rest.empty() || !ReadFile(rest[0], &bytes)) {
    std::fprintf(stderr,
                 "usage: gantry_dump_asm [--cpu=LEVEL] [--no-guards] [--polls] [--fuel] [--] FILE [FUNCTION...]\n");
    return 2;
  }
  const auto valid = ReadValid(std::move(bytes));
  if (!valid) {
    std::fprintf(stderr, "%s\n", valid.error().Summary().c_str());
    return 1;
  }
  const wasm::Module& module = (*valid)->module;
  SetFacts(module, &options);
  const pipeline::ModuleCompiler compiler(module, options);
  bool found = rest.size() == 1;
  for (uint32_t func = module.imported_funcs; func < module.funcs.size(); ++func) {
    const std::string name = NameOf(module, func);
    bool wanted = rest.size() == 1;
    for (size_t i = 1; i < rest.size(); ++i) wanted |= rest[i] == name || rest[i] == std::to_string(func);
    if (!wanted) continue;
    found = true;
    abi::CodeBatch batch;
    const char* why = nullptr;
    std::printf("; %s\n", name.c_str());
    if (compiler.Compile(func, &batch, &why))
      std::printf("%s\n", Listing(module, batch).c_str());
    else
      std::printf("; left to the interpreter: %s\n", why);
  }
  if (!found) std::fprintf(stderr, "no such function\n");
  return found ? 0 : 1;
}
