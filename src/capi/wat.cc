// wasmtime/wat.h: from the text format to bytes.
#include "wasmtime/wat.h"

#include "capi/core.h"
#include "wasm/text/wat.h"

using namespace gantry;
using namespace gantry::capi;

wasmtime_error_t* wasmtime_wat2wasm(const char* wat, size_t wat_len, wasm_byte_vec_t* ret) {
  Result<std::vector<uint8_t>> bytes = wasm::text::ParseWat(View(wat, wat_len), {});
  if (!bytes) return NewError(bytes.error());
  SetBytes(ret, {reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  return nullptr;
}
