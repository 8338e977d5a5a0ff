/// \file wasmtime/wat.hh
///
/// The text format.

#ifndef WASMTIME_WAT_HH
#define WASMTIME_WAT_HH

#include <wasmtime/conf.h>
#include <wasmtime/wat.h>

#include <cstdint>
#include <string_view>
#include <vector>
#include <wasmtime/error.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/span.hh>

#ifdef WASMTIME_FEATURE_WAT

namespace wasmtime {

/// Translates a module from the text format to the binary format.
inline Result<std::vector<std::uint8_t>> wat2wasm(std::string_view wat) {
  wasm_byte_vec_t wasm;
  wasmtime_error_t* error = wasmtime_wat2wasm(wat.data(), wat.size(), &wasm);
  if (error != nullptr) return Error(error);
  return detail::take_bytes(wasm);
}

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_WAT

#endif  // WASMTIME_WAT_HH
