// wasmtime/module.h: modules.
#include <wasmtime/module.h>

#include "capi/core.h"
#include "capi/module_types.h"
#include "capi/types.h"
#include "platform/read_file.h"
#include "wasm/extern_type.h"

namespace gantry::capi {

using engine::Module;

void ListImports(const Module& module, wasm_importtype_vec_t* out) {
  const wasm::Module& wasm = module.wasm();
  wasm_importtype_vec_new_uninitialized(out, wasm.imports.size());
  for (size_t i = 0; i < wasm.imports.size(); ++i) {
    const wasm::Import& import = wasm.imports[i];
    out->data[i] = NewImportType(import.module, import.name,
                                 NewExternType(TypeOfItem(wasm, import.kind, import.index), module.compiled()));
  }
}

void ListExports(const Module& module, wasm_exporttype_vec_t* out) {
  const wasm::Module& wasm = module.wasm();
  wasm_exporttype_vec_new_uninitialized(out, wasm.exports.size());
  for (size_t i = 0; i < wasm.exports.size(); ++i) {
    const wasm::Export& item = wasm.exports[i];
    out->data[i] = NewExportType(item.name, NewExternType(TypeOfItem(wasm, item.kind, item.index), module.compiled()));
  }
}

Result<std::shared_ptr<const Module>> CompileBinary(const wasm_engine_t& engine, std::string_view bytes) {
  const std::span<const uint8_t> view(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  return Module::Compile(engine.engine, wasm::ModuleBytes::Copy(view));
}

Result<std::shared_ptr<const Module>> Deserialize(const wasm_engine_t& engine, std::string_view bytes) {
  return Module::Deserialize(engine.engine, {bytes.begin(), bytes.end()});
}

namespace {

constexpr uint64_t kLargestImage = uint64_t{8} << 30;  // the largest module and what may come with it

wasmtime_error_t* Give(Result<std::shared_ptr<const Module>> module, wasmtime_module_t** ret) {
  if (!module) return NewError(module.error());
  *ret = new wasmtime_module{*std::move(module)};
  return nullptr;
}

std::string_view ViewOf(const uint8_t* bytes, size_t size) { return View(reinterpret_cast<const char*>(bytes), size); }

}  // namespace

}  // namespace gantry::capi

using namespace gantry;
using namespace gantry::capi;

wasmtime_error_t* wasmtime_module_new(wasm_engine_t* engine, const uint8_t* wasm, size_t wasm_len,
                                      wasmtime_module_t** ret) {
  return Give(CompileBinary(*engine, ViewOf(wasm, wasm_len)), ret);
}

void wasmtime_module_delete(wasmtime_module_t* m) { delete m; }
wasmtime_module_t* wasmtime_module_clone(const wasmtime_module_t* m) { return new wasmtime_module(*m); }
void wasmtime_module_imports(const wasmtime_module_t* module, wasm_importtype_vec_t* out) {
  ListImports(*module->module, out);
}
void wasmtime_module_exports(const wasmtime_module_t* module, wasm_exporttype_vec_t* out) {
  ListExports(*module->module, out);
}

wasmtime_error_t* wasmtime_module_validate(wasm_engine_t* engine, const uint8_t* wasm, size_t wasm_len) {
  return ErrorOf(engine::Module::Validate(*engine->engine, wasm::ModuleBytes::Copy({wasm, wasm_len})));
}

wasmtime_error_t* wasmtime_module_serialize(const wasmtime_module_t* module, wasm_byte_vec_t* ret) {
  const std::vector<uint8_t>& image = module->module->Image();
  SetBytes(ret, ViewOf(image.data(), image.size()));
  return nullptr;
}

wasmtime_error_t* wasmtime_module_deserialize(wasm_engine_t* engine, const uint8_t* bytes, size_t bytes_len,
                                              wasmtime_module_t** ret) {
  return Give(Deserialize(*engine, ViewOf(bytes, bytes_len)), ret);
}

wasmtime_error_t* wasmtime_module_deserialize_file(wasm_engine_t* engine, const char* path, wasmtime_module_t** ret) {
  Result<std::vector<uint8_t>> bytes = platform::ReadFile(path, kLargestImage);
  if (!bytes) return NewError(std::move(bytes).error().WithContext("failed to open file for loading a module"));
  return Give(engine::Module::Deserialize(engine->engine, *std::move(bytes)), ret);
}

void wasmtime_module_image_range(const wasmtime_module_t* module, void** start, void** end) {
  const std::vector<uint8_t>& image = module->module->Image();
  // Upstream's type lacks the const that the bytes have.
  *start = const_cast<uint8_t*>(image.data());
  *end = const_cast<uint8_t*>(image.data() + image.size());
}
