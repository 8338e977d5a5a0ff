// What wasm.h and wasmtime.h both do with modules.
#pragma once

#include <memory>
#include <string_view>

#include "capi/core.h"

namespace gantry::capi {

// Imports and exports as type objects, in the module's order.
void ListImports(const engine::Module& module, wasm_importtype_vec_t* out);
void ListExports(const engine::Module& module, wasm_exporttype_vec_t* out);

// Copies the bytes. Deserialize takes what wasmtime_module_serialize made.
Result<std::shared_ptr<const engine::Module>> CompileBinary(const wasm_engine_t& engine, std::string_view bytes);
Result<std::shared_ptr<const engine::Module>> Deserialize(const wasm_engine_t& engine, std::string_view bytes);

}  // namespace gantry::capi
