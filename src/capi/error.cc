// wasmtime/error.h: errors.
#include <wasmtime/error.h>

#include "capi/core.h"
#include "capi/wasm_refs.h"

using namespace gantry::capi;

wasmtime_error_t* wasmtime_error_new(const char* message) {
  return NewError(std::string(message == nullptr ? "" : message));
}
void wasmtime_error_delete(wasmtime_error_t* error) { delete error; }
void wasmtime_error_message(const wasmtime_error_t* error, wasm_name_t* message) { SetBytes(message, error->message); }

bool wasmtime_error_exit_status(const wasmtime_error_t* error, int* status) {
  if (!error->exit_status) return false;
  *status = *error->exit_status;
  return true;
}

void wasmtime_error_wasm_trace(const wasmtime_error_t* error, wasm_frame_vec_t* out) { SetFrames(out, error->frames); }
