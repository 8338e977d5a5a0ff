// wasmtime/wat.h: from the text format to bytes.
#include "wasm/text/wat.h"

#include <gantry.h>
#include <wasmtime/wat.h>

#include "capi/core.h"

using namespace gantry;
using namespace gantry::capi;

namespace {

wasmtime_error_t* Assemble(std::string_view text, const wasm::text::WatOptions& options, wasm_byte_vec_t* out) {
  Result<std::vector<uint8_t>> bytes = wasm::text::ParseWat(text, options);
  if (!bytes) return NewError(bytes.error());
  SetBytes(out, {reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  return nullptr;
}

}  // namespace

wasmtime_error_t* wasmtime_wat2wasm(const char* wat, size_t wat_len, wasm_byte_vec_t* ret) {
  return Assemble(View(wat, wat_len), {}, ret);
}

wasmtime_error_t* gantry_wat2wasm(const wasm_engine_t* engine, const char* text, size_t size, wasm_byte_vec_t* out) {
  wasm::text::WatOptions options;
  options.features = engine->engine->config().features;
  return Assemble(View(text, size), options, out);
}
