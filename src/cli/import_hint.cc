#include "cli/import_hint.h"

#include <fmt/core.h>

#include <string_view>

#include "cli/printable.h"

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

}  // namespace

std::string ImportHint(const engine::Linker& linker, const engine::Module& module) {
  std::string_view first;
  for (uint32_t index : linker.MissingImports(module)) {
    const std::string_view name = module.wasm().imports[index].module;
    if (first.empty()) first = name;
    for (const Hint& hint : kHints) {
      if (hint.is_prefix ? name.starts_with(hint.module) : name == hint.module)
        return "hint: " + std::string(hint.advice);
    }
  }
  if (first.empty()) return "";
  return fmt::format("hint: `--preload {0}=FILE` takes what `{0}` offers from another module", Printable(first));
}

}  // namespace gantry::cli
