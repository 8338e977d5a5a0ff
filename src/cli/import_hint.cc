#include "cli/import_hint.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/printable.h"
#include "cli/suggest.h"
#include "wasi/p1/interface.h"

namespace gantry::cli {

namespace {

// An import module's name, or its beginning, and what people who meet it need to know. First match wins.
struct Hint {
  std::string_view module;
  bool is_prefix;
  std::string_view advice;
};

constexpr Hint kHints[] = {
    {"wasi_snapshot_preview1", false, "the system interface is off; switch it on with `-S cli`"},
    {"wasi_unstable", false, "the older system interface is off; switch it on with `-S cli,preview0`"},
    {"wasi:", true, "this module was made to be wrapped into a component; components come later"},
    {"wasi", false, "wasi-threads is not offered; build for one thread"},
    {"gojs", false, "this was built for browsers; build with GOOS=wasip1 GOARCH=wasm"},
    {"go", false, "this was built for browsers; build with GOOS=wasip1 GOARCH=wasm"},
    {"__wbindgen", true, "this was built for browsers by wasm-bindgen; build for the target wasm32-wasip1"},
    {"./", true, "this was built for browsers by wasm-bindgen; build for the target wasm32-wasip1"},
    {"a", false, "this was built for browsers by Emscripten; link with -sSTANDALONE_WASM"},
};

constexpr size_t kMostHints = 3;

// The system interface is there, but not a function of this name.
std::string AdviceAtSystemFunction(std::string_view name) {
  Nearest nearest(name);
  for (const wasi::p1::FunctionInfo& function : wasi::p1::Functions()) nearest.Offer(function.name);
  return fmt::format("WASI 0.1 has no `{}`{}", Printable(name), nearest.Hint());
}

// Empty if the import's module is not known.
std::string KnownAdvice(const engine::Linker& linker, const wasm::Import& import) {
  for (const Hint& hint : kHints) {
    if (hint.is_prefix ? import.module.starts_with(hint.module) : import.module == hint.module)
      return linker.HasModule(import.module) ? AdviceAtSystemFunction(import.name) : std::string(hint.advice);
  }
  return "";
}

}  // namespace

std::string ImportHint(const engine::Linker& linker, const engine::Module& module) {
  std::vector<std::string> known, others;
  const auto add = [](std::vector<std::string>* hints, const std::string& advice) {
    std::string hint = "hint: " + advice;
    if (std::ranges::find(*hints, hint) == hints->end()) hints->push_back(std::move(hint));
  };
  for (uint32_t index : linker.MissingImports(module)) {
    const wasm::Import& import = module.wasm().imports[index];
    const std::string advice = KnownAdvice(linker, import);
    if (!advice.empty()) {
      add(&known, advice);
    } else {
      add(&others,
          fmt::format("`--preload {0}=FILE` takes what `{0}` offers from another module", Printable(import.module)));
    }
  }
  known.insert(known.end(), others.begin(), others.end());
  if (known.size() > kMostHints) known.resize(kMostHints);
  return fmt::format("{}", fmt::join(known, "\n"));
}

}  // namespace gantry::cli
