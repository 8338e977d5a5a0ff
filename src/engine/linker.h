// Linker: named definitions that satisfy imports. Definitions are store items, instances, or host functions that become
// a store's own when a module is instantiated there. Defining needs the linker alone; its const members may run on
// several threads at once, each with a store of its own. It may be copied and outlive what it linked.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/failure.h"
#include "engine/module.h"

namespace gantry::engine {

// A host function that belongs to no store yet.
struct HostFuncDef {
  std::vector<wasm::ValType> params, results;  // canonical
  abi::ArrayEntry entry;
  std::shared_ptr<void> data;                   // kept alive by every store that uses the function; HostFunc::data
  std::shared_ptr<const wasm::TypeHold> types;  // keeps concrete types in the signature; null without any
  abi::RawHost raw{};
};

// The same in a linker: with what every store wants of it.
struct LinkedFunc {
  HostFuncDef def;
  wasm::CanonId type = wasm::kNone;
  wasm::TypeHold hold;
  std::string name;  // for messages
};

class Linker {
 public:
  explicit Linker(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}

  // Whether a second definition of a name replaces the first (default: it is an Error).
  void AllowShadowing(bool allow) { allow_shadowing_ = allow; }

  // Item of one store: only modules instantiated there may use it.
  Result<void> Define(std::string_view module, std::string_view name, const runtime::Store& store,
                      runtime::Extern item);
  Result<void> DefineFunc(std::string_view module, std::string_view name, HostFuncDef func);
  // Module linking: what an import by a single name gets. An import of an instance that has no such definition is put
  // together from the two-level ones under its name; it has exactly the exports that are wanted.
  Result<void> Define(std::string_view name, const runtime::Store& store, runtime::Extern item);
  Result<void> DefineModule(std::string_view name, std::shared_ptr<const Module> module);
  // Every export of an instance under `module`.
  Result<void> DefineInstance(std::string_view module, runtime::Instance* instance);

  // What to do about imports that nothing defines: an Error that lists them all, functions that trap when called, or
  // (functions) results of zero and (others) default items.
  enum class Unknown : uint8_t { Refuse, Trap, Default };
  void OnUnknownImport(Unknown what) { unknown_ = what; }

  // Defines those imports of `module` that nothing defines: functions that trap when called (other kinds stay
  // undefined), or functions with results of zero and items of `store` with default values. Error (Unlinkable) where a
  // type has no default.
  Result<void> DefineUnknownAsTraps(const Module& module);
  Result<void> DefineUnknownAsDefaults(Store& store, const Module& module);

  // Whether anything is defined under this module name.
  bool HasModule(std::string_view module) const { return modules_.contains(module); }
  // The imports of `module` that nothing defines, as indices.
  std::vector<uint32_t> MissingImports(const Module& module) const;

  std::expected<runtime::Instance*, Failure> Instantiate(Store& store, const Module& module) const;

  // Looks up a definition; host functions are made in the store.
  Result<std::optional<runtime::Extern>> Get(Store& store, std::string_view module, std::string_view name) const;

  const std::shared_ptr<Engine>& engine() const { return engine_; }

 private:
  friend class InstancePre;
  struct Definition {
    uint64_t store_id = 0;  // 0: `func` or `module`
    runtime::Extern item{};
    std::shared_ptr<const LinkedFunc> func;
    std::shared_ptr<const Module> module;
  };
  using Names = std::map<std::string, Definition, std::less<>>;

  Result<void> Insert(std::string_view module, std::string_view name, Definition definition);
  Result<void> InsertInto(Names* names, std::string_view name, Definition definition, const std::string& quoted);
  const Definition* Find(std::string_view module, std::string_view name) const;
  Error MissingError(const Module& module) const;
  std::expected<runtime::Instance*, Failure> InstantiateLinking(Store& store, const Module& module) const;
  Result<runtime::Extern> Resolve(Store& store, const wasm::ExternList::Item& import,
                                  std::vector<std::string>* missing) const;

  std::shared_ptr<Engine> engine_;
  std::map<std::string, Names, std::less<>> modules_;
  Names single_level_;
  bool allow_shadowing_ = false;
  Unknown unknown_ = Unknown::Refuse;
};

// Instantiates with these items as imports: in the order of the module's imports (module linking: of its type's, by
// first name). Error (Usage) when there are too few or too many; types are checked.
std::expected<runtime::Instance*, Failure> Instantiate(Store& store, const Module& module,
                                                       std::span<const runtime::Extern> imports);

// A module with its imports looked up once: instantiating it again and again searches no names. Immutable, any thread.
class InstancePre {
 public:
  // Error (Unlinkable) that lists what is missing. Types are compared when it is instantiated.
  static Result<InstancePre> Create(const Linker& linker, std::shared_ptr<const Module> module);

  const std::shared_ptr<const Module>& module() const { return module_; }
  std::expected<runtime::Instance*, Failure> Instantiate(Store& store) const;

 private:
  InstancePre() = default;
  std::shared_ptr<const Module> module_;
  std::vector<Linker::Definition> items_;  // in the order of the module's imports
  std::shared_ptr<const Linker> linker_;   // instead of items: a module with a header of module linking
};

}  // namespace gantry::engine
