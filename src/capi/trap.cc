// wasmtime/trap.h: traps made by the embedder, codes, names of frames.
#include <wasmtime/trap.h>

#include "abi/traps.h"
#include "capi/core.h"
#include "capi/wasm_refs.h"

namespace gantry::capi {

namespace {

struct CodeRow {
  abi::TrapCode code;
  uint8_t api_code;
  const char* text;
};

// Codes that WebAssembly itself gives rise to; where several traps share a code, the first stands for it.
constexpr CodeRow kRows[] = {
#define GANTRY_TRAP(Id, api_code, suite, reference) {abi::TrapCode::Id, api_code, reference},
#include "abi/traps.def"
};

constexpr uint8_t kLastCode = WASMTIME_TRAP_CODE_UNCAUGHT_EXCEPTION;

}  // namespace

}  // namespace gantry::capi

using namespace gantry::capi;

wasm_trap_t* wasmtime_trap_new(const char* msg, size_t msg_len) {
  TrapData data;
  data.message = View(msg, msg_len);
  return NewTrap(std::move(data));
}

wasm_trap_t* wasmtime_trap_new_code(wasmtime_trap_code_t code) {
  if (code > kLastCode) ApiMisuse("wasmtime_trap_new_code: no such trap code");
  TrapData data;
  data.api_code = code;
  data.message = "wasm trap: code " + std::to_string(code);
  for (const CodeRow& row : kRows) {
    if (row.api_code != code) continue;
    data.code = row.code;
    data.message = std::string("wasm trap: ") + row.text;
    break;
  }
  return NewTrap(std::move(data));
}

bool wasmtime_trap_code(const wasm_trap_t* trap, wasmtime_trap_code_t* code) {
  if (!trap->data.api_code) return false;
  *code = *trap->data.api_code;
  return true;
}

// The names are made when first asked for; frames are used by one thread at a time.
const wasm_name_t* wasmtime_frame_func_name(const wasm_frame_t* frame) {
  return frame->func_name.Get(frame->data.module->names->FunctionName(frame->data.func_index));
}

const wasm_name_t* wasmtime_frame_module_name(const wasm_frame_t* frame) {
  return frame->module_name.Get(frame->data.module->names->ModuleName());
}
