// Module: a validated core module ready to instantiate in any store of its engine. Immutable, thread-safe, shared.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "runtime/compiled_module.h"
#include "runtime/link_values.h"

namespace gantry::engine {

class Module {
 public:
  // Decodes and validates binary bytes. Errors carry byte offset and context.
  static Result<std::shared_ptr<const Module>> Compile(const std::shared_ptr<Engine>& engine,
                                                       std::shared_ptr<const wasm::ModuleBytes> bytes);
  // The same for bytes that hold either format: text if they do not start with the binary magic number.
  static Result<std::shared_ptr<const Module>> CompileAny(const std::shared_ptr<Engine>& engine,
                                                          std::vector<uint8_t> bytes);
  // From an image (image/image.h), which is validated again. Error (Unsupported) that names what does not fit this
  // build.
  static Result<std::shared_ptr<const Module>> Deserialize(const std::shared_ptr<Engine>& engine,
                                                           std::vector<uint8_t> image);
  static Result<void> Validate(const Engine& engine, std::shared_ptr<const wasm::ModuleBytes> bytes);

  const std::shared_ptr<Engine>& engine() const { return engine_; }
  const wasm::Module& wasm() const { return compiled_->module; }
  const std::shared_ptr<const runtime::CompiledModule>& compiled() const { return compiled_; }

  // The module at rest: what Deserialize takes. Made on first use, then stays as it is for the module's life.
  const std::vector<uint8_t>& Image() const;

  // Set exactly if the engine has the feature ModuleLinking on; then wasm() is its first module.
  const std::shared_ptr<const runtime::LinkUnit>& unit() const { return unit_; }
  // The module as a value in a store, to be defined in a linker or given as an import. Null without unit().
  const runtime::ModuleValue* ToValue(runtime::Store& store) const;

  // Names for messages; empty views where the module has none.
  const wasm::binary::ModuleNames& names() const { return *compiled_->names; }

  // The code that runs the module's functions, all of it, as far as it is not there already; native code of an eager
  // engine is. For measurements. Returns bytes.
  size_t CompileAll() const;
  // Why the interpreter runs this module although the engine was to run native code; empty if it does or was not to.
  const std::string& why_interpreted() const { return why_interpreted_; }

 private:
  Module() = default;
  std::shared_ptr<Engine> engine_;
  std::shared_ptr<const runtime::CompiledModule> compiled_;
  std::shared_ptr<const runtime::LinkUnit> unit_;
  std::string why_interpreted_;
  mutable std::once_flag image_made_;
  mutable std::vector<uint8_t> image_;
};

}  // namespace gantry::engine
