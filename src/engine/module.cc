#include "engine/module.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>

#include "compiler/pipeline/pipeline.h"
#include "engine/native_tier.h"
#include "image/image.h"
#include "platform/threads.h"
#include "runtime/interp/interp.h"
#include "runtime/memory_image.h"
#include "wasm/binary/reader.h"
#include "wasm/func_plan.h"
#include "wasm/text/wat.h"
#include "wasm/valid/validator.h"

namespace gantry::engine {

namespace {

// Below this many bytes of code one thread is faster than starting others.
constexpr uint64_t kParallelBytes = 1 << 20;
constexpr uint64_t kTaskBytes = 64 << 10;

// Validates all bodies on several threads, in tasks of neighbouring functions. The error of the first faulty function,
// whatever the number of threads. Keeps plans if `plans` is not null.
Result<void> ValidateBodies(wasm::Module* validated, wasm::PlanParts* plans) {
  const wasm::Module& module = *validated;
  std::vector<uint32_t> task_starts;
  uint64_t bytes = kTaskBytes;
  for (uint32_t i = module.imported_funcs; i < module.funcs.size(); ++i) {
    if (bytes >= kTaskBytes) {
      task_starts.push_back(i);
      bytes = 0;
    }
    bytes += module.funcs[i].body.size;
  }
  if (plans != nullptr) *plans = wasm::PlanParts(task_starts.begin(), task_starts.end());
  std::atomic<size_t> next_task{0};
  std::atomic<uint32_t> all_uses{0};
  std::mutex mutex;
  std::optional<Error> first_error;
  uint32_t first_faulty = wasm::kNone;
  const auto work = [&] {
    wasm::valid::Scratch scratch;
    wasm::valid::FuncSummary summary;
    uint32_t uses = 0;
    for (size_t task; (task = next_task.fetch_add(1)) < task_starts.size();) {
      const uint32_t end =
          task + 1 < task_starts.size() ? task_starts[task + 1] : static_cast<uint32_t>(module.funcs.size());
      for (uint32_t i = task_starts[task]; i < end; ++i) {
        Result<void> result =
            wasm::valid::ValidateFunc(module, i, &scratch, &summary, plans == nullptr ? nullptr : &(*plans)[task]);
        uses |= summary.uses;
        if (result) continue;
        std::lock_guard lock(mutex);
        if (i < first_faulty) {
          first_faulty = i;
          first_error = std::move(result).error();
        }
        next_task.store(task_starts.size());  // later tasks cannot hold an earlier fault; running ones finish
        break;
      }
    }
    all_uses.fetch_or(uses);
  };
  platform::RunOnThreads(static_cast<uint32_t>(std::min<size_t>(platform::ProcessorCount(), task_starts.size())), work);
  if (first_error) return std::unexpected(*std::move(first_error));
  validated->uses = all_uses.load();
  return {};
}

// Sets *plans to what the compiler may want of them.
Result<wasm::Module> Decode(const Engine& engine, std::shared_ptr<const wasm::ModuleBytes> bytes, wasm::TypeHold* hold,
                            wasm::PlanParts* plans) {
  const wasm::Features features = engine.config().features;
  GANTRY_ASSIGN_OR_RETURN(wasm::Module module, wasm::binary::ReadModule(bytes, features));
  const uint64_t code_bytes = pipeline::CodeBytes(module);
  if (engine.native() == nullptr || !NativeTier::WantsPlans(engine.config(), code_bytes)) plans = nullptr;
  if (engine.config().parallel_compilation && module.linking == nullptr && code_bytes >= kParallelBytes) {
    wasm::valid::Options no_bodies;
    no_bodies.skip_bodies = true;
    if (wasm::valid::ValidateModule(&module, hold, no_bodies)) {
      GANTRY_RETURN_IF_ERROR(ValidateBodies(&module, plans));
      return module;
    }
    // Something outside the bodies is wrong; a body before it may be, too. Start over in order, for the earliest error.
    *hold = wasm::TypeHold();
    GANTRY_ASSIGN_OR_RETURN(module, wasm::binary::ReadModule(bytes, features));
  }
  GANTRY_RETURN_IF_ERROR(wasm::valid::ValidateModule(&module, hold, {.plans = plans}));
  return module;
}

bool HasGcTypes(const wasm::Module& module) {
  for (const wasm::SubType& type : module.types) {
    if (type.kind == wasm::CompKind::Struct || type.kind == wasm::CompKind::Array) return true;
  }
  return false;
}

}  // namespace

namespace {

// Does what the module itself defines fit the bounds of the engine?
Result<void> CheckPool(const runtime::PoolLimits& bounds, const wasm::Module& module) {
  const auto fail = [](std::string text) { return std::unexpected(Error(ErrorClass::Limit, std::move(text))); };
  const size_t memories = module.memories.size() - module.imported_memories;
  if (memories > bounds.memories_per_module) {
    return fail(fmt::format("defined memories count of {} exceeds the per-instance limit of {}", memories,
                            bounds.memories_per_module));
  }
  for (size_t i = module.imported_memories; i < module.memories.size(); ++i) {
    const std::optional<uint64_t> bytes = runtime::MinimumBytes(module.memories[i].type);
    if (!bytes || *bytes > bounds.memory_bytes) {
      return fail(fmt::format("memory {} has a minimum size above the limit of {} bytes", i, bounds.memory_bytes));
    }
  }
  const size_t tables = module.tables.size() - module.imported_tables;
  if (tables > bounds.tables_per_module) {
    return fail(fmt::format("defined tables count of {} exceeds the per-instance limit of {}", tables,
                            bounds.tables_per_module));
  }
  for (size_t i = module.imported_tables; i < module.tables.size(); ++i) {
    const uint64_t elements = module.tables[i].type.limits.min;
    if (elements > bounds.table_elements) {
      return fail(fmt::format("table index {} has a minimum element size of {} which exceeds the limit of {}", i,
                              elements, bounds.table_elements));
    }
  }
  return {};
}

// What is computed once for a validated module.
Result<void> Complete(const Engine& engine, const wasm::PlanParts& plans, runtime::CompiledModule* compiled,
                      std::string* why_interpreted) {
  const Config& config = engine.config();
  if (!config.shared_memory) {
    for (uint32_t i = compiled->module.imported_memories; i < compiled->module.memories.size(); ++i) {
      if (compiled->module.memories[i].type.is_shared) {
        return std::unexpected(
            Error(ErrorClass::Unsupported,
                  "shared memories are disabled in this engine (enable them with -W shared-memory)"));
      }
    }
  }
  if (config.pool) GANTRY_RETURN_IF_ERROR(CheckPool(*config.pool, compiled->module));
  interp::CodeOptions options;
  options.consume_fuel = config.consume_fuel;
  options.polls = config.epoch_interruption;
  options.relaxed_deterministic = config.relaxed_simd_deterministic;
  options.pairs = config.interp_pairs;
  compiled->names = std::make_unique<const wasm::binary::ModuleNames>(compiled->module);
  compiled->array_entry = &interp::Enter;
  compiled->code = interp::NewModuleCode(compiled->module, options);
  compiled->has_gc_types = HasGcTypes(compiled->module);
  compiled->MakePlan();
  if (config.memory_init_cow) runtime::BuildImages(compiled);
  if (engine.native() != nullptr) {
    // What stands in the way of native code stands in nobody else's.
    Result<std::shared_ptr<const runtime::NativeCode>> native = engine.native()->Compile(config, *compiled, plans);
    if (native)
      compiled->native = *std::move(native);
    else
      *why_interpreted = native.error().message();
  }
  return {};
}

// All modules of a blob; the plan points at them where they have come to stand.
Result<std::shared_ptr<const runtime::LinkUnit>> MakeUnit(const Engine& engine, wasm::Module root, wasm::TypeHold types,
                                                          std::string* why_interpreted) {
  auto unit = std::make_shared<runtime::LinkUnit>();
  unit->types = std::move(types);
  unit->plan = link::MakePlan(&root);
  for (wasm::Module*& module : unit->plan.modules) {
    auto compiled = std::make_unique<runtime::CompiledModule>();
    compiled->module = std::move(*module);
    module = &compiled->module;
    GANTRY_RETURN_IF_ERROR(Complete(engine, /*plans=*/{}, compiled.get(), why_interpreted));
    unit->modules.push_back(std::move(compiled));
  }
  return unit;
}

}  // namespace

Result<std::shared_ptr<const Module>> Module::Compile(const std::shared_ptr<Engine>& engine,
                                                      std::shared_ptr<const wasm::ModuleBytes> bytes) {
  wasm::TypeHold types;
  wasm::PlanParts plans;
  GANTRY_ASSIGN_OR_RETURN(wasm::Module decoded, Decode(*engine, std::move(bytes), &types, &plans));
  auto module = std::shared_ptr<Module>(new Module());
  module->engine_ = engine;
  if (engine->why_interpreted() != nullptr) module->why_interpreted_ = engine->why_interpreted();
  if (decoded.linking != nullptr) {
    GANTRY_ASSIGN_OR_RETURN(module->unit_,
                            MakeUnit(*engine, std::move(decoded), std::move(types), &module->why_interpreted_));
    module->compiled_ = {module->unit_, module->unit_->modules[0].get()};
    return module;
  }
  auto compiled = std::make_shared<runtime::CompiledModule>();
  compiled->types = std::move(types);
  compiled->module = std::move(decoded);
  GANTRY_RETURN_IF_ERROR(Complete(*engine, plans, compiled.get(), &module->why_interpreted_));
  module->compiled_ = std::move(compiled);
  return module;
}

const runtime::ModuleValue* Module::ToValue(runtime::Store& store) const {
  return unit_ == nullptr ? nullptr : runtime::NewModuleValue(store, unit_, 0, {});
}

Result<std::shared_ptr<const Module>> Module::CompileAny(const std::shared_ptr<Engine>& engine,
                                                         std::vector<uint8_t> bytes) {
  if (bytes.size() < 4 || std::memcmp(bytes.data(), "\0asm", 4) != 0) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    wasm::text::WatOptions options;
    if (engine->config().features.has(wasm::Feature::ModuleLinking)) options.features.set(wasm::Feature::ModuleLinking);
    GANTRY_ASSIGN_OR_RETURN(bytes, wasm::text::ParseWat(text, options));
  }
  return Compile(engine, wasm::ModuleBytes::Own(std::move(bytes)));
}

namespace {

// The module inside an image.
class ImageBytes : public wasm::ModuleBytes {
 public:
  ImageBytes(std::vector<uint8_t> image, std::span<const uint8_t> wasm) : image_(std::move(image)) { view_ = wasm; }

 private:
  std::vector<uint8_t> image_;
};

}  // namespace

Result<std::shared_ptr<const Module>> Module::Deserialize(const std::shared_ptr<Engine>& engine,
                                                          std::vector<uint8_t> bytes) {
  GANTRY_ASSIGN_OR_RETURN(const image::Image image, image::Read(bytes));
  if (image.kind != image::Kind::Module) {
    return std::unexpected(Error(ErrorClass::Unsupported, "the image holds a component, not a module"));
  }
  // Moving the vector leaves its bytes where they are.
  const std::span<const uint8_t> wasm = image.wasm;
  return Compile(engine, std::make_shared<ImageBytes>(std::move(bytes), wasm));
}

const std::vector<uint8_t>& Module::Image() const {
  std::call_once(image_made_, [this] {
    image_ = image::Write({image::Kind::Module, GANTRY_VERSION, compiled_->module.bytes->view()});
  });
  return image_;
}

Result<void> Module::Validate(const Engine& engine, std::shared_ptr<const wasm::ModuleBytes> bytes) {
  wasm::TypeHold hold;
  GANTRY_RETURN_IF_ERROR(Decode(engine, std::move(bytes), &hold, /*plans=*/nullptr));
  return {};
}

size_t Module::CompileAll() const {
  if (compiled_->native != nullptr) return compiled_->native->Stats().code_bytes;
  return interp::TranslateAll(*static_cast<interp::ModuleCode*>(compiled_->code.get()));
}

}  // namespace gantry::engine
