// Script: the parsed form of a `.wast` file, the language of the official test suites (spec repository, interpreter
// README).
//
// Modules stand in it as binary bytes, or as the error that turning them into bytes gave: `assert_malformed` wants to
// see that error, so it is data here. A fault of the script itself fails ParseWast (wast.h), the only maker of Scripts.
//
// [I1] Identifiers are stored without their `$`; an empty string means "none" (the empty identifier does not exist).
// [I2] Scripts own all they hold; nothing points into the source. Component forms are kept as source text ranges.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "wasm/types.h"

namespace gantry::wasm::text {

// ---- values ----

enum class LaneShape : uint8_t { I8x16, I16x8, I32x4, I64x2, F32x4, F64x2 };

constexpr int LaneCount(LaneShape shape) {
  switch (shape) {
    case LaneShape::I8x16:
      return 16;
    case LaneShape::I16x8:
      return 8;
    case LaneShape::I32x4:
    case LaneShape::F32x4:
      return 4;
    case LaneShape::I64x2:
    case LaneShape::F64x2:
      return 2;
  }
  return 0;
}

enum class ConstantKind : uint8_t {
  I32,
  I64,
  F32,
  F64,
  V128,
  RefNull,    // heap: its type
  RefExtern,  // bits: the number that tells external references apart
  RefHost,    // bits: likewise, a host reference that is internal (any)
};

// An argument of `invoke`.
struct Constant {
  ConstantKind kind = ConstantKind::I32;
  LaneShape shape = LaneShape::I8x16;  // V128, as written
  HeapType heap;                       // RefNull
  uint64_t bits = 0;                   // I32: zero-extended; F32, F64: bit pattern; RefExtern, RefHost
  std::array<uint8_t, 16> v128{};      // V128, little endian
};

enum class PatternKind : uint8_t {
  I32,
  I64,
  F32,
  F64,
  V128,
  RefNull,    // (ref.null ht): a null of that type
  AnyNull,    // (ref.null): a null of any type
  RefExtern,  // (ref.extern N): this external reference
  RefHost,    // (ref.host N)
  RefOfType,  // (ref.func) (ref.i31) (ref.eq) (ref.extern) ...; (ref) and (ref.any): heap any. A non-null of that type
  Either,     // one of `alternatives`
};

enum class NanPattern : uint8_t { None, Canonical, Arithmetic };

// An expected result of `assert_return`.
struct ResultPattern {
  PatternKind kind = PatternKind::I32;
  LaneShape shape = LaneShape::I8x16;       // V128: the lanes to compare
  HeapType heap;                            // RefNull, RefOfType
  uint64_t bits = 0;                        // as in Constant
  std::array<uint8_t, 16> v128{};           // V128
  std::array<NanPattern, 4> nans{};         // F32, F64: [0]; V128 of shape F32x4 or F64x2: per lane; None: compare bits
  std::vector<ResultPattern> alternatives;  // Either
};

// ---- modules and actions ----

enum class ModuleForm : uint8_t { Text, Binary, Quote };

struct ScriptModule {
  ModuleForm form = ModuleForm::Text;
  bool is_definition = false;  // (module definition ...): not instantiated
  std::string name;            // [I1]
  uint32_t line = 0, column = 0;
  std::vector<uint8_t> bytes;  // binary format; Binary: as written. Empty if `error`
  std::optional<Error> error;  // Text and Quote that do not parse; lines of a Quote count within the quoted text
};

// (module instance $instance $module)
struct ScriptInstance {
  std::string instance;  // [I1]
  std::string module;    // [I1]; none: the most recent definition
};

enum class ActionKind : uint8_t { Invoke, Get };

struct Action {
  ActionKind kind = ActionKind::Invoke;
  std::string instance;             // [I1]; none: the current instance
  std::string name;                 // of the export
  std::vector<Constant> arguments;  // Invoke
};

// ---- directives ----

enum class DirectiveKind : uint8_t {
  Module,    // define; and instantiate under the same name unless module->is_definition
  Instance,  // (module instance $i $m)
  Register,  // text: the import name; id: the instance
  Action,
  AssertReturn,           // action, results
  AssertTrap,             // action, or module or instance (traps when instantiated)
  AssertExhaustion,       // action
  AssertException,        // action
  AssertSuspension,       // action
  AssertMalformed,        // module
  AssertInvalid,          // module
  AssertUnlinkable,       // module or instance
  AssertMalformedCustom,  // module
  AssertInvalidCustom,    // module
  Thread,                 // id; shared: ids of instances that the thread sees; nested: its directives
  Wait,                   // id: of the thread
  Component,              // (component ...), (component definition ...), (component instance ...)
};

// What an assertion or command is about.
enum class Subject : uint8_t {
  None,
  Module,     // Directive::module
  Instance,   // Directive::instance
  Action,     // Directive::action
  Component,  // a component, or an action with component values: the source range only
};

struct Directive {
  DirectiveKind kind = DirectiveKind::Module;
  Subject subject = Subject::None;
  uint32_t line = 0, column = 0;            // of its opening parenthesis, from 1
  size_t source_begin = 0, source_end = 0;  // byte range in the source, parentheses included
  std::optional<ScriptModule> module;
  std::optional<ScriptInstance> instance;
  std::optional<Action> action;
  std::string id;                      // Register: instance; Thread, Wait: thread [I1]
  std::string text;                    // Register: name; assertions: the expected message
  std::vector<ResultPattern> results;  // AssertReturn
  std::vector<std::string> shared;     // Thread
  std::vector<Directive> nested;       // Thread
};

struct Script {
  std::vector<Directive> directives;
};

}  // namespace gantry::wasm::text
