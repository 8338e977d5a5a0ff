// wasmtime/wat.h: from the text format to bytes.
#include "wasmtime/wat.h"

#include "capi/core.h"
#include "wasm/text/wat.h"

using namespace gantry;
using namespace gantry::capi;

wasmtime_error_t* wasmtime_wat2wasm(const char* wat, size_t wat_len, wasm_byte_vec_t* ret) {
  Result<std::vector<uint8_t>> bytes = wasm::text::ParseWat(View(wat, wat_len), {});
  if (!bytes) {
    // There is no engine here to ask whether it has module linking on.
    wasm::text::WatOptions linking;
    linking.features.set(wasm::Feature::ModuleLinking);
    Result<std::vector<uint8_t>> linked = wasm::text::ParseWat(View(wat, wat_len), linking);
    if (!linked) return NewError(bytes.error());
    bytes = std::move(linked);
  }
  SetBytes(ret, {reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  return nullptr;
}
