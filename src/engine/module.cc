#include "engine/module.h"

#include <cstring>

#include "runtime/interp/interp.h"
#include "runtime/memory_image.h"
#include "wasm/binary/reader.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

namespace gantry::engine {

namespace {

Result<wasm::Module> Decode(const Engine& engine, std::shared_ptr<const wasm::ModuleBytes> bytes, wasm::TypeHold* hold) {
  GANTRY_ASSIGN_OR_RETURN(wasm::Module module, wasm::binary::ReadModule(std::move(bytes), engine.config().features));
  GANTRY_RETURN_IF_ERROR(wasm::valid::ValidateModule(&module, hold));
  return module;
}

bool HasGcTypes(const wasm::Module& module) {
  for (const wasm::SubType& type : module.types) {
    if (type.kind != wasm::CompKind::Func) return true;
  }
  return false;
}

}  // namespace

Result<std::shared_ptr<const Module>> Module::Compile(const std::shared_ptr<Engine>& engine,
                                                      std::shared_ptr<const wasm::ModuleBytes> bytes) {
  auto compiled = std::make_shared<runtime::CompiledModule>();
  GANTRY_ASSIGN_OR_RETURN(compiled->module, Decode(*engine, std::move(bytes), &compiled->types));
  const Config& config = engine->config();
  if (!config.shared_memory) {
    for (uint32_t i = compiled->module.imported_memories; i < compiled->module.memories.size(); ++i) {
      if (compiled->module.memories[i].type.is_shared) {
        return std::unexpected(Error(ErrorClass::Unsupported, "shared memories are disabled in this engine (enable them with -W shared-memory)"));
      }
    }
  }
  interp::CodeOptions options;
  options.consume_fuel = config.consume_fuel;
  options.polls = config.epoch_interruption;
  options.relaxed_deterministic = config.relaxed_simd_deterministic;
  compiled->names = std::make_unique<const wasm::binary::ModuleNames>(compiled->module);
  compiled->array_entry = &interp::Enter;
  compiled->code = interp::NewModuleCode(compiled->module, options);
  compiled->has_gc_types = HasGcTypes(compiled->module);
  if (config.memory_init_cow) runtime::BuildImages(compiled.get());

  auto module = std::shared_ptr<Module>(new Module());
  module->engine_ = engine;
  module->compiled_ = std::move(compiled);
  return module;
}

Result<std::shared_ptr<const Module>> Module::CompileAny(const std::shared_ptr<Engine>& engine, std::vector<uint8_t> bytes) {
  if (bytes.size() < 4 || std::memcmp(bytes.data(), "\0asm", 4) != 0) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    GANTRY_ASSIGN_OR_RETURN(bytes, wasm::text::ParseWat(text));
  }
  return Compile(engine, wasm::ModuleBytes::Own(std::move(bytes)));
}

Result<void> Module::Validate(const Engine& engine, std::shared_ptr<const wasm::ModuleBytes> bytes) {
  wasm::TypeHold hold;
  GANTRY_RETURN_IF_ERROR(Decode(engine, std::move(bytes), &hold));
  return {};
}

size_t Module::TranslateAll() const { return interp::TranslateAll(*static_cast<interp::ModuleCode*>(compiled_->code.get())); }

}  // namespace gantry::engine
