#include "wast/script_runner.h"

#include <fmt/core.h>
#include <pthread.h>

#include "abi/traps.h"
#include "engine/link_machine.h"
#include "wasm/errors.h"
#include "wast/module_check.h"
#include "wast/values.h"

namespace gantry::wast {

using engine::Failure;
using engine::Value;
using runtime::Extern;
using runtime::Instance;
using wasm::ExternKind;
using wasm::text::Action;
using wasm::text::ActionKind;
using wasm::text::Directive;
using wasm::text::DirectiveKind;
using wasm::text::ScriptInstance;
using wasm::text::ScriptModule;
using wasm::text::Subject;

namespace {

// A script that starts more threads than this at a time, or threads inside threads inside threads, is refused.
constexpr size_t kMaxThreads = 64;
constexpr int kMaxThreadDepth = 4;

Error UsageError(std::string message) { return Error(ErrorClass::Usage, std::move(message)); }

std::unexpected<Failure> Refuse(Error error) {
  Failure failure{};
  failure.kind = Failure::Kind::Error;
  failure.error = std::move(error);
  return std::unexpected(std::move(failure));
}

Error CopyOf(const Error& error) {
  if (error.line() != 0) return Error::AtLine(error.error_class(), error.message(), error.line(), error.column());
  return Error(error.error_class(), error.message(), error.offset());
}

std::string_view ExpectedText(DirectiveKind kind) {
  switch (kind) {
    case DirectiveKind::AssertTrap:
    case DirectiveKind::AssertExhaustion:
      return "trap";
    case DirectiveKind::AssertException:
      return "an exception";
    case DirectiveKind::AssertSuspension:
      return "suspension";
    case DirectiveKind::AssertMalformed:
    case DirectiveKind::AssertMalformedCustom:
      return "malformed module";
    case DirectiveKind::AssertInvalid:
    case DirectiveKind::AssertInvalidCustom:
      return "invalid module";
    case DirectiveKind::AssertUnlinkable:
      return "unlinkable module";
    default:
      return "";
  }
}

std::string Expected(const Directive& directive) {
  if (directive.kind == DirectiveKind::AssertException) return std::string(ExpectedText(directive.kind));
  return fmt::format("{}: {}", ExpectedText(directive.kind), directive.text);
}

}  // namespace

ScriptRunner::ScriptRunner(const Options& options, std::shared_ptr<engine::Engine> engine, Report report,
                           int thread_depth)
    : options_(options),
      engine_(engine),
      store_(std::move(engine), options.limits),
      report_(std::move(report)),
      thread_depth_(thread_depth) {
  if (engine_->config().consume_fuel) store_.runtime().SetFuel(options.fuel);
}

void ScriptRunner::Count(const Verdict& verdict, uint32_t line) {
  switch (verdict.kind) {
    case Verdict::Kind::Pass:
      ++counts_.passed;
      break;
    case Verdict::Kind::Skip:
      ++counts_.skipped;
      break;
    case Verdict::Kind::Fail:
      ++counts_.failed;
      report_(line, verdict.text);
      break;
  }
}

void ScriptRunner::Run(std::span<const Directive> directives) {
  for (const Directive& directive : directives) {
    const Verdict verdict = options_.validate_only ? CheckOnly(directive) : RunDirective(directive);
    Count(verdict, directive.line);
  }
  for (auto& [id, thread] : threads_) Join(*thread);  // [I2]
  threads_.clear();
}

Verdict ScriptRunner::RunDirective(const Directive& directive) {
  if (directive.kind == DirectiveKind::Component) current_ = {.is_component = true, .instance = nullptr, .shared = {}};
  if (IsOfComponent(directive)) return Verdict::Skip();
  switch (directive.kind) {
    case DirectiveKind::Module:
      return DefineModule(*directive.module);
    case DirectiveKind::Instance:
      return MakeInstance(*directive.instance);
    case DirectiveKind::Register:
      return Register(directive);
    case DirectiveKind::Action:
      return PerformAction(*directive.action);
    case DirectiveKind::AssertReturn:
      return AssertReturn(directive);
    case DirectiveKind::AssertTrap:
    case DirectiveKind::AssertExhaustion:
    case DirectiveKind::AssertException:
    case DirectiveKind::AssertSuspension:
    case DirectiveKind::AssertUnlinkable:
      return AssertFailure(directive);
    case DirectiveKind::AssertMalformed:
    case DirectiveKind::AssertInvalid:
    case DirectiveKind::AssertMalformedCustom:
    case DirectiveKind::AssertInvalidCustom:
      return AssertBadModule(directive);
    case DirectiveKind::Thread:
      return StartThread(directive);
    case DirectiveKind::Wait:
      return WaitFor(directive.id);
    case DirectiveKind::Component:
      break;
  }
  return Verdict::Skip();
}

// Component forms do not run yet, nor what is done to an instance that one of them may have made.
bool ScriptRunner::IsOfComponent(const Directive& directive) {
  if (directive.kind == DirectiveKind::Component) has_components_ = true;
  if (directive.subject == Subject::Component || directive.kind == DirectiveKind::Component) return true;
  if (directive.subject != Subject::Action && directive.kind != DirectiveKind::Register) return false;
  const std::string& name = directive.subject == Subject::Action ? directive.action->instance : directive.id;
  return name.empty() ? current_.is_component : has_components_ && !instances_.contains(name);
}

// ---- modules and instances

Result<ScriptRunner::ModulePtr> ScriptRunner::Compile(const ScriptModule& module) {
  if (module.error) return std::unexpected(CopyOf(*module.error));
  return engine::Module::Compile(engine_, wasm::ModuleBytes::Copy(module.bytes));
}

Result<ScriptRunner::ModulePtr> ScriptRunner::Definition(const std::string& name) const {
  if (name.empty()) {
    if (latest_definition_ != nullptr) return latest_definition_;
    return std::unexpected(UsageError("there is no module definition"));
  }
  const auto it = definitions_.find(name);
  if (it == definitions_.end()) return std::unexpected(UsageError(fmt::format("unknown module definition ${}", name)));
  return it->second;
}

Result<Extern> ScriptRunner::ResolveImport(std::string_view module, std::string_view name) {
  const auto unknown = [&] {
    return std::unexpected(
        wasm::MakeError(wasm::ErrorId::UnknownImport, Error::kNoOffset, fmt::format("`{}::{}`", module, name)));
  };
  for (const auto* names : {&registered_, &instances_}) {
    const auto named = names->find(std::string(module));
    if (named == names->end()) continue;
    if (named->second.instance != nullptr) {
      if (const std::optional<Extern> item = named->second.instance->Export(name)) return *item;
      return unknown();
    }
    const auto item = named->second.shared.find(name);
    if (item == named->second.shared.end()) return unknown();
    return item->second;
  }
  auto host = host_modules_.find(std::string(module));
  if (host == host_modules_.end()) {
    GANTRY_ASSIGN_OR_RETURN(Items items, MakeHostModule(store_, module));
    if (items.empty()) return unknown();
    host = host_modules_.emplace(module, std::move(items)).first;
  }
  const auto item = host->second.find(name);
  if (item == host->second.end()) return unknown();
  return item->second;
}

// An instance is put together from the items under its name, as the linker does it.
ScriptRunner::Outcome<Instance*> ScriptRunner::InstantiateLinking(const engine::Module& module) {
  const runtime::ModuleValue& value = *module.ToValue(store_.runtime());
  std::vector<Extern> imports;
  for (const wasm::ExternList::Item& import : value.type().imports.items()) {
    Extern item{.kind = ExternKind::Instance, .func = nullptr};
    if (import.type.kind != ExternKind::Instance) {
      return Refuse(wasm::MakeError(wasm::ErrorId::UnknownImport, Error::kNoOffset, fmt::format("`{}`", import.name)));
    }
    std::vector<std::pair<std::string, Extern>> items;
    for (const wasm::ExternList::Item& wanted : import.type.instance->exports.items()) {
      Result<Extern> found = ResolveImport(import.name, wanted.name);
      if (!found) return Refuse(std::move(found).error());
      items.emplace_back(wanted.name, *found);
    }
    item.instance = runtime::NewInstanceValue(store_.runtime(), std::move(items));
    imports.push_back(item);
  }
  auto instance = engine::RunLinking(store_.runtime(), value, imports);
  if (!instance) return std::unexpected(engine::TakeFailure(store_.runtime(), std::move(instance).error()));
  return *instance;
}

ScriptRunner::Outcome<Instance*> ScriptRunner::Instantiate(const engine::Module& module) {
  std::vector<Extern> imports;
  if (module.unit() != nullptr) return InstantiateLinking(module);
  for (const wasm::Import& import : module.wasm().imports) {
    Result<Extern> item = ResolveImport(import.module, import.name);
    if (!item) return Refuse(std::move(item).error());
    imports.push_back(*item);
  }
  auto instance = runtime::Instantiate(store_.runtime(), module.compiled(), imports);
  if (!instance) return std::unexpected(engine::TakeFailure(store_.runtime(), std::move(instance).error()));
  return *instance;
}

Verdict ScriptRunner::DefineModule(const ScriptModule& module) {
  if (!module.is_definition) current_ = {};  // [I1]
  Result<ModulePtr> compiled = Compile(module);
  if (!compiled) return Verdict::Differs("a valid module", Describe(compiled.error()));
  latest_definition_ = *compiled;
  if (!module.name.empty()) definitions_[module.name] = *compiled;
  if (module.is_definition) return Verdict::Pass();
  Outcome<Instance*> instance = Instantiate(**compiled);
  if (!instance) return Verdict::Differs("an instance", Describe(instance.error()));
  current_.instance = *instance;
  if (!module.name.empty()) instances_[module.name] = current_;
  return Verdict::Pass();
}

Verdict ScriptRunner::MakeInstance(const ScriptInstance& script_instance) {
  current_ = {};  // [I1]
  Result<ModulePtr> module = Definition(script_instance.module);
  if (!module) return Verdict::Fail(module.error().message());
  Outcome<Instance*> instance = Instantiate(**module);
  if (!instance) return Verdict::Differs("an instance", Describe(instance.error()));
  current_.instance = *instance;
  if (!script_instance.instance.empty()) instances_[script_instance.instance] = current_;
  return Verdict::Pass();
}

Result<const ScriptRunner::Named*> ScriptRunner::Lookup(const std::string& name) const {
  if (name.empty()) {
    if (current_.instance == nullptr) return std::unexpected(UsageError("there is no current instance"));
    return &current_;
  }
  const auto it = instances_.find(name);
  if (it == instances_.end()) return std::unexpected(UsageError(fmt::format("unknown instance ${}", name)));
  return &it->second;
}

Verdict ScriptRunner::Register(const Directive& directive) {
  Result<const Named*> named = Lookup(directive.id);
  if (!named) return Verdict::Fail(named.error().message());
  registered_[directive.text] = **named;
  return Verdict::Pass();
}

// ---- actions

ScriptRunner::Outcome<std::vector<Value>> ScriptRunner::Perform(const Action& action) {
  Result<const Named*> named = Lookup(action.instance);
  if (!named) return Refuse(std::move(named).error());
  Instance* instance = (*named)->instance;
  if (instance == nullptr) {
    return Refuse(
        UsageError(fmt::format("${} belongs to another thread, which shares only its memories", action.instance)));
  }
  const std::optional<Extern> item = instance->Export(action.name);
  if (!item) return Refuse(UsageError(fmt::format("unknown export \"{}\"", action.name)));
  if (action.kind == ActionKind::Get) {
    if (item->kind != ExternKind::Global)
      return Refuse(UsageError(fmt::format("export \"{}\" is no global", action.name)));
    return std::vector<Value>{{item->global->type.type, item->global->cell->low, item->global->cell->high}};
  }
  if (item->kind != ExternKind::Func)
    return Refuse(UsageError(fmt::format("export \"{}\" is no function", action.name)));
  const wasm::CanonType& type = wasm::TypeRegistry::Get()[item->func->type()];
  Result<std::vector<Value>> arguments = MakeArguments(store_.runtime(), action.arguments, type.params);
  if (!arguments) return Refuse(std::move(arguments).error());
  return engine::Call(store_.runtime(), item->func, *arguments);
}

ScriptRunner::Outcome<std::vector<Value>> ScriptRunner::Perform(const Directive& directive) {
  if (directive.subject == Subject::Action) return Perform(*directive.action);
  Result<ModulePtr> module =
      directive.subject == Subject::Module ? Compile(*directive.module) : Definition(directive.instance->module);
  if (!module) return Refuse(std::move(module).error());
  Outcome<Instance*> instance = Instantiate(**module);
  if (!instance) return std::unexpected(std::move(instance).error());
  return std::vector<Value>();
}

Verdict ScriptRunner::PerformAction(const Action& action) {
  const Outcome<std::vector<Value>> results = Perform(action);
  return results ? Verdict::Pass() : Verdict::Differs("a return", Describe(results.error()));
}

// ---- assertions

Verdict ScriptRunner::AssertReturn(const Directive& directive) {
  const Outcome<std::vector<Value>> results = Perform(*directive.action);
  if (!results) return Verdict::Differs(FormatPatterns(directive.results), Describe(results.error()));
  if (Matches(store_.runtime(), *results, directive.results)) return Verdict::Pass();
  return Verdict::Differs(FormatPatterns(directive.results), FormatValues(store_.runtime(), *results));
}

Verdict ScriptRunner::AssertFailure(const Directive& directive) {
  const Outcome<std::vector<Value>> results = Perform(directive);
  if (!results) {
    const Failure& failure = results.error();
    const bool is_trap = failure.kind == Failure::Kind::Trap;
    switch (directive.kind) {
      case DirectiveKind::AssertException:
        if (failure.kind == Failure::Kind::Exception) return Verdict::Pass();
        break;
      case DirectiveKind::AssertTrap:
        if (is_trap && MessageMatches(directive.text, failure.trap->code, options_.ignore_messages))
          return Verdict::Pass();
        break;
      case DirectiveKind::AssertExhaustion:
        if (is_trap && failure.trap->code == abi::TrapCode::StackOverflow &&
            MessageMatches(directive.text, failure.trap->code, options_.ignore_messages)) {
          return Verdict::Pass();
        }
        break;
      case DirectiveKind::AssertUnlinkable:
        if (failure.kind == Failure::Kind::Error && failure.error->error_class() == ErrorClass::Unlinkable &&
            MessageMatches(directive.text, *failure.error, options_.ignore_messages)) {
          return Verdict::Pass();
        }
        break;
      default:
        break;  // AssertSuspension: no instruction of the features that Gantry knows suspends
    }
    return Verdict::Differs(Expected(directive), Describe(failure));
  }
  if (directive.subject != Subject::Action) return Verdict::Differs(Expected(directive), "an instance");
  return Verdict::Differs(Expected(directive), FormatValues(store_.runtime(), *results));
}

Verdict ScriptRunner::AssertBadModule(const Directive& directive) {
  const bool is_malformed =
      directive.kind == DirectiveKind::AssertMalformed || directive.kind == DirectiveKind::AssertMalformedCustom;
  const Result<ModulePtr> module = Compile(*directive.module);
  if (module) return Verdict::Differs(Expected(directive), "a valid module");
  const Error& error = module.error();
  if (error.error_class() == (is_malformed ? ErrorClass::Malformed : ErrorClass::Invalid) &&
      MessageMatches(directive.text, error, options_.ignore_messages)) {
    return Verdict::Pass();
  }
  return Verdict::Differs(Expected(directive), Describe(error));
}

// Without running: modules are checked, assertions about modules' validity count, all else is skipped.
Verdict ScriptRunner::CheckOnly(const Directive& directive) {
  switch (directive.kind) {
    case DirectiveKind::AssertMalformed:
    case DirectiveKind::AssertInvalid:
    case DirectiveKind::AssertMalformedCustom:
    case DirectiveKind::AssertInvalidCustom:
      return directive.subject == Subject::Module ? AssertBadModule(directive) : Verdict::Skip();
    case DirectiveKind::Module:
    case DirectiveKind::AssertTrap:
    case DirectiveKind::AssertUnlinkable: {
      if (directive.subject != Subject::Module) return Verdict::Skip();
      const ScriptModule& module = *directive.module;
      if (module.error) return Verdict::Differs("a valid module", Describe(*module.error));
      const Result<void> checked = CheckModule(module.bytes, engine_->config().features);
      if (!checked)
        return Verdict::Differs("a valid module that survives writing and printing", Describe(checked.error()));
      return Verdict::Pass();
    }
    case DirectiveKind::Thread: {
      for (const Directive& nested : directive.nested) {
        if (nested.kind != DirectiveKind::Thread) Count(CheckOnly(nested), nested.line);
      }
      return Verdict::Pass();
    }
    default:
      return Verdict::Skip();
  }
}

// ---- threads

struct ScriptRunner::Thread {
  std::unique_ptr<ScriptRunner> runner;
  std::span<const Directive> directives;
  std::vector<std::pair<uint32_t, std::string>> lines;  // written by the thread, read after it has been joined
  pthread_t host;

  static void* Main(void* self) {
    Thread* thread = static_cast<Thread*>(self);
    thread->runner->Run(thread->directives);
    return nullptr;
  }
};

ScriptRunner::~ScriptRunner() = default;

Verdict ScriptRunner::StartThread(const Directive& directive) {
  if (threads_.contains(directive.id)) return Verdict::Fail(fmt::format("thread ${} is still running", directive.id));
  if (threads_.size() >= kMaxThreads) return Verdict::Fail(fmt::format("more than {} threads at a time", kMaxThreads));
  if (thread_depth_ >= kMaxThreadDepth)
    return Verdict::Fail(fmt::format("threads nest deeper than {}", kMaxThreadDepth));

  auto thread = std::make_unique<Thread>();
  Thread* raw = thread.get();
  thread->runner = std::make_unique<ScriptRunner>(
      options_, engine_, [raw](uint32_t line, std::string_view text) { raw->lines.emplace_back(line, text); },
      thread_depth_ + 1);
  ScriptRunner& runner = *thread->runner;
  for (const std::string& name : directive.shared) {
    Result<const Named*> named = Lookup(name);
    if (!named) return Verdict::Fail(named.error().message());
    Named copy;
    // Of an instance, only its shared memories can be had in another store.
    Items outer = (*named)->shared;
    if (Instance* instance = (*named)->instance) {
      for (const wasm::Export& item : instance->module().exports) {
        if (item.kind == ExternKind::Memory) outer.emplace(item.name, *instance->Export(item.name));
      }
    }
    for (const auto& [export_name, item] : outer) {
      if (!item.memory->storage->type().is_shared) continue;
      Result<runtime::Memory*> memory = runner.store_.runtime().AdoptMemory(item.memory->storage);
      if (!memory) return Verdict::Fail(memory.error().Summary());
      copy.shared.emplace(export_name, Extern{.kind = ExternKind::Memory, .memory = *memory});
    }
    runner.instances_[name] = std::move(copy);
  }
  thread->directives = directive.nested;
  // Not std::thread, which throws where the host refuses.
  const int refused = pthread_create(&thread->host, nullptr, &Thread::Main, raw);
  if (refused != 0) return Verdict::Fail(fmt::format("the host refuses a thread (error {})", refused));
  threads_.emplace(directive.id, std::move(thread));
  return Verdict::Pass();
}

void ScriptRunner::Join(Thread& thread) {
  pthread_join(thread.host, nullptr);
  counts_ += thread.runner->counts();
  for (const auto& [line, text] : thread.lines) report_(line, text);
}

Verdict ScriptRunner::WaitFor(const std::string& id) {
  const auto it = threads_.find(id);
  if (it == threads_.end()) return Verdict::Fail(fmt::format("no thread ${} is running", id));
  Join(*it->second);
  threads_.erase(it);
  return Verdict::Pass();
}

}  // namespace gantry::wast
