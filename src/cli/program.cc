#include "cli/program.h"

#include <fmt/core.h>

#include <thread>

#include "cli/engine_setup.h"
#include "cli/import_hint.h"
#include "cli/input.h"
#include "cli/printable.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/suggest.h"
#include "cli/values.h"
#include "engine/command.h"
#include "image/image.h"
#include "platform/threads.h"
#include "wasi/p1/link.h"

namespace gantry::cli {

namespace {

constexpr int kLargestExitCode = 125;  // shells use what lies above

engine::Failure FailureOf(Error error) {
  engine::Failure failure{};
  failure.kind = engine::Failure::Kind::Error;
  failure.error = std::move(error);
  return failure;
}

abi::FuncRef* ExportedFunc(const runtime::Instance* instance, std::string_view name) {
  const std::optional<runtime::Extern> item = instance->Export(name);
  return item && item->kind == wasm::ExternKind::Func ? item->func : nullptr;
}

Error NoSuchFunction(const wasm::Module& module, std::string_view name) {
  Nearest nearest(name);
  for (const wasm::Export& item : module.exports) {
    if (item.kind == wasm::ExternKind::Func) nearest.Offer(item.name);
  }
  return Error(ErrorClass::Usage,
               fmt::format("no func export named `{}` found{}", Printable(name), Printable(nearest.Hint())));
}

// Interrupts whatever runs in the engine once the time is over. The thread lives at most as long as the process. False
// if the host refuses it.
bool InterruptAfter(const std::shared_ptr<engine::Engine>& engine, std::chrono::nanoseconds time) {
  platform::Thread thread;
  const bool is_started = thread.Start([engine, time] {
    std::this_thread::sleep_for(time);
    engine->IncrementEpoch();
  });
  if (is_started) thread.Detach();
  return is_started;
}

}  // namespace

Stop::Stop(engine::Failure f, std::string doing) : failure(std::move(f)) {
  if (!doing.empty()) context.push_back(std::move(doing));
}

Stop::Stop(Error error, std::string doing) : Stop(FailureOf(std::move(error)), std::move(doing)) {}

Program::Program(const Settings& settings, Log log)
    : settings_(settings),
      log_(std::move(log)),
      engine_(engine::Engine::New(EngineConfigOf(settings))),
      linker_(engine_) {
  NewStore();
}

void Program::NewStore() {
  store_ = std::make_unique<engine::Store>(engine_, StoreLimitsOf(settings_));
  if (const auto fuel = settings_.Number(Key::Fuel)) store_->runtime().SetFuel(*fuel);
  if (const auto time = settings_.Duration(Key::Timeout)) {
    store_->SetEpochDeadline(1);
    has_timer_ = InterruptAfter(engine_, *time);
  }
  linker_ = engine::Linker(engine_);
  using Unknown = engine::Linker::Unknown;
  if (settings_.Flag(Key::UnknownImportsTrap)) linker_.OnUnknownImport(Unknown::Trap);
  if (settings_.Flag(Key::UnknownImportsDefault)) linker_.OnUnknownImport(Unknown::Default);
}

Step<std::shared_ptr<const engine::Module>> Program::Compile(std::string_view path) {
  Result<std::vector<uint8_t>> bytes = ReadInput(path);
  if (bytes && !(allow_precompiled_ && image::LooksLikeImage(*bytes))) {
    bytes = ToBinary(*std::move(bytes), engine_->config().features);
  }
  if (!bytes) return std::unexpected(Stop(std::move(bytes).error()));
  return Compile(std::move(*bytes), path);
}

Step<std::shared_ptr<const engine::Module>> Program::Compile(std::vector<uint8_t> bytes, std::string_view path) {
  std::optional<ProgressLine> progress;
  const size_t size = bytes.size();
  if (size >= kLargeModule) progress.emplace(fmt::format("compiling `{}`", Printable(path)));
  const std::chrono::nanoseconds before = stats_.compile;
  auto module = [&] {
    const StatsTimer timer(&stats_.compile);
    if (allow_precompiled_ && image::LooksLikeImage(bytes))
      return engine::Module::Deserialize(engine_, std::move(bytes));
    return engine::Module::Compile(engine_, wasm::ModuleBytes::Own(std::move(bytes)));
  }();
  progress.reset();
  if (module && log_.Has(LogTarget::Engine, LogLevel::Debug)) {
    log_.Write(LogTarget::Engine, LogLevel::Debug,
               fmt::format("compiled `{}`, {} bytes, {} functions, in {}", Printable(path), Grouped(size),
                           Grouped((*module)->wasm().funcs.size()), TimeText(stats_.compile - before)));
  }
  if (!module) return std::unexpected(Stop(std::move(module).error(), "the module is not valid"));
  if (!(*module)->why_interpreted().empty() && log_.Has(LogTarget::Engine, LogLevel::Warn)) {
    log_.Write(LogTarget::Engine, LogLevel::Warn,
               fmt::format("`{}` is interpreted: {}", Printable(path), (*module)->why_interpreted()));
  }
  return std::move(*module);
}

Step<void> Program::LinkSystem(wasi::WasiConfig config) {
  if (!settings_.Flag(Key::Cli, settings_.Flag(Key::Common, true))) return {};
  auto context = wasi::WasiContext::Create(std::move(config));
  if (!context) return std::unexpected(Stop(std::move(context).error()));
  if (log_.Has(LogTarget::Wasi, LogLevel::Trace)) {
    (*context)->trace = [log = log_](std::string_view line) { log.Write(LogTarget::Wasi, LogLevel::Trace, line); };
  }
  Result<void> added = wasi::AddToLinker(
      linker_, std::move(*context), settings_.Flag(Key::Preview0, true) ? wasi::Preview0::Yes : wasi::Preview0::No);
  if (!added) return std::unexpected(Stop(std::move(added).error()));
  return {};
}

Step<runtime::Instance*> Program::Instantiate(const engine::Module& module, std::string_view path) {
  if (!has_timer_) {
    return std::unexpected(
        Stop(Error(ErrorClass::Host, "the host refuses the thread that would end the program after its time")));
  }
  const std::chrono::nanoseconds before = stats_.instantiate;
  auto instance = [&] {
    const StatsTimer timer(&stats_.instantiate);
    return linker_.Instantiate(*store_, module);
  }();
  if (instance) {
    if (log_.Has(LogTarget::Engine, LogLevel::Debug)) {
      log_.Write(LogTarget::Engine, LogLevel::Debug,
                 fmt::format("instantiated `{}` in {}", Printable(path), TimeText(stats_.instantiate - before)));
    }
    return *instance;
  }
  Stop stop(std::move(instance).error(), fmt::format("failed to instantiate `{}`", path));
  if (stop.failure.kind == engine::Failure::Kind::Error) {
    const std::string hint = ImportHint(linker_, module);
    if (!hint.empty() && stop.failure.error->error_class() == ErrorClass::Unlinkable) {
      const std::string message = stop.failure.error->message() + "\n" + hint;
      stop.failure.error = Error(ErrorClass::Unlinkable, message);
    }
  }
  return std::unexpected(std::move(stop));
}

Step<void> Program::Preload(std::string_view name, std::string_view path) {
  const std::string doing = fmt::format("failed to preload `{}` as `{}`", path, name);
  const auto with_context = [&](Stop stop) {
    stop.context.insert(stop.context.begin(), doing);
    return std::unexpected(std::move(stop));
  };
  auto module = Compile(path);
  if (!module) return with_context(std::move(module).error());
  Result<bool> is_command = engine::IsCommand((*module)->wasm());
  if (!is_command) return std::unexpected(Stop(std::move(is_command).error(), doing));
  if (*is_command) {
    using engine::OtherExports;
    const OtherExports others = settings_.Flag(Key::UnknownExportsAllow) ? OtherExports::All : OtherExports::Habitual;
    Result<void> defined = engine::DefineCommand(linker_, name, *module, others,
                                                 [this](runtime::Store&) -> engine::Store& { return *store_; });
    if (!defined) return std::unexpected(Stop(std::move(defined).error(), doing));
    return {};
  }
  auto instance = Instantiate(**module, path);
  if (!instance) return with_context(std::move(instance).error());
  if (auto done = Initialize(*instance); !done) return with_context(std::move(done).error());
  Result<void> defined = linker_.DefineInstance(name, *instance);
  if (!defined) return std::unexpected(Stop(std::move(defined).error(), doing));
  return {};
}

Step<std::vector<engine::Value>> Program::Call(abi::FuncRef* func, std::span<const engine::Value> arguments,
                                               std::string_view name, std::string doing) {
  const std::chrono::nanoseconds before = stats_.run;
  if (log_.Has(LogTarget::Run, LogLevel::Info)) {
    log_.Write(LogTarget::Run, LogLevel::Info, fmt::format("calling `{}`", Printable(name)));
  }
  auto results = [&] {
    const StatsTimer timer(&stats_.run);
    return engine::Call(store_->runtime(), func, arguments);
  }();
  if (log_.Has(LogTarget::Run, LogLevel::Info)) {
    log_.Write(LogTarget::Run, LogLevel::Info,
               fmt::format("{} after {}", results ? "returned" : Printable(results.error().Message()),
                           TimeText(stats_.run - before)));
  }
  if (!results) return std::unexpected(Stop(std::move(results).error(), std::move(doing)));
  return std::move(*results);
}

Step<void> Program::Initialize(runtime::Instance* instance) {
  abi::FuncRef* func = ExportedFunc(instance, "_initialize");
  if (func == nullptr) return {};
  auto called = Call(func, {}, "_initialize", "failed to invoke `_initialize`");
  if (!called) return std::unexpected(std::move(called).error());
  return {};
}

bool Program::HasStart(const runtime::Instance& instance) {
  for (std::string_view name : {"", "_start", "_initialize"}) {
    if (ExportedFunc(&instance, name) != nullptr) return true;
  }
  return instance.module().start != wasm::kNone;
}

Step<void> Program::Start(runtime::Instance* instance) {
  for (std::string_view name : {"", "_start"}) {
    abi::FuncRef* func = ExportedFunc(instance, name);
    if (func == nullptr) continue;
    auto called = Call(func, {}, name, "failed to invoke command default");
    if (!called) return std::unexpected(std::move(called).error());
    return {};
  }
  return {};
}

Step<void> Program::Invoke(runtime::Instance* instance, std::string_view name,
                           std::span<const std::string_view> arguments) {
  abi::FuncRef* func = ExportedFunc(instance, name);
  if (func == nullptr) return std::unexpected(Stop(NoSuchFunction(instance->module(), name)));
  const std::string doing = fmt::format("failed to invoke `{}`", Printable(name));
  const wasm::CanonType& type = wasm::TypeRegistry::Get()[func->type()];
  if (arguments.size() < type.params.size()) {
    return std::unexpected(
        Stop(Error(ErrorClass::Usage, fmt::format("not enough arguments: `{}` takes {}, {} given", Printable(name),
                                                  type.params.size(), arguments.size())),
             doing));
  }
  std::vector<engine::Value> values;
  for (size_t i = 0; i < type.params.size(); ++i) {
    Result<engine::Value> value = ParseValue(type.params[i], arguments[i]);
    if (!value) return std::unexpected(Stop(std::move(value).error(), doing));
    values.push_back(*value);
  }
  auto results = Call(func, values, name, doing);
  if (!results) return std::unexpected(std::move(results).error());
  std::string text;
  for (const engine::Value& result : *results) text += ValueText(result) + "\n";
  WriteText(stdout, text);
  return {};
}

int ExitCodeOf(const Stop& stop, std::string_view path) {
  using Kind = engine::Failure::Kind;
  std::vector<std::string> causes = stop.context;
  const int code = stop.failure.exit_code;
  if (stop.failure.kind == Kind::Exit) {
    if (code >= 0 && code <= kLargestExitCode) return code;
    causes.push_back(stop.failure.Message());
  } else {
    const std::vector<std::string> inner = stop.failure.Causes();
    causes.insert(causes.end(), inner.begin(), inner.end());
  }
  PrintErrorChain(fmt::format("failed to run main module `{}`", path), causes);
  return stop.failure.kind == Kind::Trap ? kExitTrap : kExitFailure;
}

}  // namespace gantry::cli
