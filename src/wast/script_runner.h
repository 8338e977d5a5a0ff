// ScriptRunner: runs the directives of one script, or of one of its threads, in a store of its own.
//
// A name in a script stands for an instance of this store, or, inside a thread, for the shared memories that an
// instance of the outer script exports. Imports are looked up among registered names, then named instances, then the
// host's modules.
//
// [I1] `current_` is the instance of the latest module directive, null if that failed: later actions then fail and say
// so. [I2] Lines are reported in the order of the directives; a thread's where it is waited for (or at the end of the
// script), so that
//      the output does not depend on scheduling. Run joins every thread before it returns.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "engine/failure.h"
#include "engine/module.h"
#include "runtime/instance.h"
#include "wasm/text/script.h"
#include "wast/options.h"
#include "wast/spectest.h"
#include "wast/verdict.h"

namespace gantry::wast {

class ScriptRunner {
 public:
  // `report` receives the line number and the text of each failure, on the thread that called Run.
  using Report = std::function<void(uint32_t line, std::string_view text)>;

  ScriptRunner(const Options& options, std::shared_ptr<engine::Engine> engine, Report report, int thread_depth = 0);
  ~ScriptRunner();
  ScriptRunner(const ScriptRunner&) = delete;
  ScriptRunner& operator=(const ScriptRunner&) = delete;

  void Run(std::span<const wasm::text::Directive> directives);
  const Counts& counts() const { return counts_; }

 private:
  using ModulePtr = std::shared_ptr<const engine::Module>;
  template <class T>
  using Outcome = std::expected<T, engine::Failure>;

  // What a name of the script stands for.
  struct Named {
    bool is_component = false;  // of which nothing else is known
    runtime::Instance* instance = nullptr;
    Items shared;  // in a thread: of an outer instance
  };
  struct Thread;

  Verdict RunDirective(const wasm::text::Directive& directive);
  bool IsOfComponent(const wasm::text::Directive& directive);
  Verdict DefineModule(const wasm::text::ScriptModule& module);
  Verdict MakeInstance(const wasm::text::ScriptInstance& instance);
  Verdict Register(const wasm::text::Directive& directive);
  Verdict PerformAction(const wasm::text::Action& action);
  Verdict AssertReturn(const wasm::text::Directive& directive);
  Verdict AssertFailure(const wasm::text::Directive& directive);
  Verdict AssertBadModule(const wasm::text::Directive& directive);
  Verdict StartThread(const wasm::text::Directive& directive);
  Verdict WaitFor(const std::string& id);
  void Join(Thread& thread);
  Verdict CheckOnly(const wasm::text::Directive& directive);

  Result<ModulePtr> Compile(const wasm::text::ScriptModule& module);
  // The definition that (module instance ...) names.
  Result<ModulePtr> Definition(const std::string& name) const;
  Outcome<runtime::Instance*> Instantiate(const engine::Module& module);
  Outcome<runtime::Instance*> InstantiateLinking(const engine::Module& module);
  Result<runtime::Extern> ResolveImport(std::string_view module, std::string_view name);
  // Runs what an assertion is about: an action's results, or none for a module that was instantiated.
  Outcome<std::vector<engine::Value>> Perform(const wasm::text::Directive& directive);
  Outcome<std::vector<engine::Value>> Perform(const wasm::text::Action& action);
  Result<const Named*> Lookup(const std::string& name) const;
  void Count(const Verdict& verdict, uint32_t line);

  const Options& options_;
  std::shared_ptr<engine::Engine> engine_;
  engine::Store store_;
  Report report_;
  int thread_depth_;
  Counts counts_;
  bool has_components_ = false;
  Named current_;
  std::map<std::string, Named, std::less<>> instances_;
  std::map<std::string, Named, std::less<>> registered_;
  std::map<std::string, Items, std::less<>> host_modules_;
  std::map<std::string, ModulePtr> definitions_;
  ModulePtr latest_definition_;
  std::map<std::string, std::unique_ptr<Thread>> threads_;
};

}  // namespace gantry::wast
