// Types of imports and exports (spec 2.3.16), with those of modules and instances of the module linking proposal, and
// the one implementation of their subtyping: the validator matches declared types with it, the linker those of living
// objects.
//
// Types inside are canonical. [I1] A module or instance type is nested at most limits::kTypeNesting deep, so matching
// and destruction may recurse. [I2] Its size, counted as if every use were written out, is below limits::kTypeSize;
// types that are used twice are shared, and pairs that have matched are remembered, so matching takes time linear in
// what was written.
//
// Sources: the proposal's Subtyping.md. Tested by tests/wast/module_linking/subtyping.wast.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "wasm/errors.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"

namespace gantry::wasm {

struct InstanceType;
struct ModuleType;

struct ExternType {
  ExternKind kind = ExternKind::Func;
  CanonId func = kNone;  // Func, Tag
  GlobalType global;
  TableType table;
  MemoryType memory;
  std::shared_ptr<const InstanceType> instance;
  std::shared_ptr<const ModuleType> module;

  uint64_t size() const;   // [I2]
  uint32_t depth() const;  // [I1]
};

// Names and their types in order of definition. Names are unique.
class ExternList {
 public:
  struct Item {
    std::string name;
    ExternType type;
  };
  // False if the name is there already.
  bool Add(std::string_view name, ExternType type);
  // nullopt if it is not there.
  std::optional<uint32_t> IndexOf(std::string_view name) const;
  const ExternType* Find(std::string_view name) const;
  const std::vector<Item>& items() const { return items_; }

  uint64_t size() const { return size_; }    // of all items together
  uint32_t depth() const { return depth_; }  // of the deepest

 private:
  std::vector<Item> items_;
  std::map<std::string, uint32_t, std::less<>> by_name_;
  uint64_t size_ = 0;
  uint32_t depth_ = 0;
};

struct InstanceType {
  ExternList exports;
};

struct ModuleType {
  ExternList imports;  // folded: by first name
  std::shared_ptr<const InstanceType> exports = std::make_shared<InstanceType>();
};

// Subtyping of limits and of types without nested ones (spec 3.4.13): may a `sub` be used where a `super` is wanted?
bool Matches(uint64_t size, const std::optional<uint64_t>& max, const Limits& wanted);
bool Matches(const TableType& sub, const TableType& super);
bool Matches(const MemoryType& sub, const MemoryType& super);
bool Matches(const GlobalType& sub, const GlobalType& super);

// Subtyping of all external types. One matcher serves many questions about types that stay alive meanwhile.
class ExternMatcher {
 public:
  // Otherwise error() says why: "no export named `x`", "func type mismatch", ...
  bool Matches(const ExternType& sub, const ExternType& super);
  bool Matches(const ModuleType& sub, const ModuleType& super);
  bool Matches(const InstanceType& sub, const InstanceType& super);
  // The items of `wanted` must all be in `offered`, with types that match. `missing`: text before the name of one that
  // is not.
  bool Offers(const ExternList& offered, const ExternList& wanted, ErrorId missing);

  ErrorId error() const { return error_; }
  const std::string& subject() const { return subject_; }  // name that is missing
  Error MakeError(uint64_t offset) const;

 private:
  bool Fail(ErrorId id, std::string_view subject = {});

  ErrorId error_ = ErrorId::None;
  std::string subject_;
  std::set<std::pair<const void*, const void*>> matched_;  // [I2]
};

// "(func (param i32))", "(instance)": for messages.
std::string ExternText(const ExternType& type);
std::string_view ExternWord(ExternKind kind);

// The type of a core import of a module, or of the item with this index.
ExternType TypeOfItem(const Module& module, ExternKind kind, uint32_t index);

}  // namespace gantry::wasm
