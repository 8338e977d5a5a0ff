// Symbols: what the identifiers of a module stand for, and the name section that follows from them.
//
// [I1] Indices are given in textual order, which is the order of the binary format: the parser refuses imports after
//      definitions. So the name maps come out sorted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "wasm/binary/name_section.h"
#include "wasm/module.h"
#include "wasm/text/name_table.h"
#include "wasm/text/token_cursor.h"

namespace gantry::wasm::text {

// The kinds of externs in their order, then what only this module's items refer to.
enum class Space : uint8_t { Func, Table, Memory, Global, Tag, Module, Instance, Type, Elem, Data };
inline constexpr int kSpaceCount = 10;

// "function", "table", ...: for messages.
std::string_view SpaceName(Space space);
// The space that a keyword stands for in `(func $f)`, if it is one's.
std::optional<Space> SpaceOf(const Token& token);
constexpr bool IsCore(Space space) { return static_cast<int>(space) < kCoreKinds; }
constexpr bool IsExtern(Space space) { return space <= Space::Instance; }
constexpr ExternKind ExternOf(Space space) { return static_cast<ExternKind>(space); }
// The number of a kind in imports, exports, arguments and aliases. A type has one in aliases.
constexpr uint8_t KindByte(Space space) { return static_cast<uint8_t>(space); }
static_assert(ExternOf(Space::Instance) == ExternKind::Instance && KindByte(Space::Type) == 7);

class Symbols {
 public:
  explicit Symbols(TokenCursor* in) : in_(*in) {}

  // --- index spaces of the module
  bool Define(Space space, const Binder& binder, uint32_t* index);
  uint32_t DefineAnonymous(Space space) { return spaces_[static_cast<size_t>(space)].count++; }
  uint32_t CountOf(Space space) const { return spaces_[static_cast<size_t>(space)].count; }
  // A number or an identifier.
  bool AtIndex(uint32_t ahead = 0) const {
    const TokenKind kind = in_.Peek(ahead).kind;
    return kind == TokenKind::Nat || kind == TokenKind::Identifier ||
           (kind == TokenKind::LeftParen && InlineAt(ahead) != nullptr);
  }
  bool ReadIndex(Space space, uint32_t* index);
  std::optional<uint32_t> Find(Space space, std::string_view name);

  // --- module linking: indices written as references through instances, `(func $i "f")`
  struct InlineRef {
    Space space;
    uint32_t end;        // its `)`
    uint32_t index = 0;  // of the alias that it stands for
  };
  // `token` is its `(`.
  void AddInlineRef(uint32_t token, const InlineRef& ref) { inline_refs_[token] = ref; }
  void SetInlineIndex(uint32_t token, uint32_t index) { inline_refs_[token].index = index; }
  const InlineRef* InlineAt(uint32_t ahead = 0) const {
    if (inline_refs_.empty()) return nullptr;
    const auto found = inline_refs_.find(in_.index() + ahead);
    return found == inline_refs_.end() ? nullptr : &found->second;
  }
  // The first of two passes over a header: names that are not there yet are 0, and nothing inside a field is bound.
  void SetTolerant(bool tolerant) { is_tolerant_ = tolerant; }

  // --- fields of structures
  bool DefineField(uint32_t type, uint32_t field, const Binder& binder);
  bool ReadField(uint32_t type, uint32_t* field);

  // --- parameters and locals of the current function, labels inside it
  void BeginFunction(uint32_t func);
  // Parameters whose names are unknown because they come from a type use; `known` false: their number is unknown as
  // well.
  void DefineAnonymousLocals(uint32_t count, bool known = true);
  bool DefineLocal(const Binder& binder);
  bool ReadLocal(uint32_t* local);

  void PushLabel(const Binder& binder);
  void PopLabel();
  std::string_view TopLabel() const { return labels_.back().name; }  // empty without identifier
  bool ReadLabel(uint32_t* depth);

  binary::NameSection& names() { return names_; }

 private:
  struct IndexSpace {
    uint32_t count = 0;
    NameTable table;
  };
  struct Label {
    std::string_view name;
    uint32_t shadowed;  // index in labels_ of the label that had the name before, or kNone
  };

  bool ReadNumberOrName(std::string_view what, NameTable* table, uint32_t scope, uint32_t* index);
  bool Unresolved(std::string_view what, const Token& token);

  TokenCursor& in_;
  std::array<IndexSpace, kSpaceCount> spaces_;
  NameTable fields_;
  NameTable locals_;
  NameTable label_table_;  // innermost label of each name, as an index in labels_, or kNone
  std::vector<Label> labels_;
  uint32_t func_ = 0;
  uint32_t local_scope_ = 0;
  uint32_t local_count_ = 0;
  bool locals_known_ = true;
  uint32_t label_count_ = 0;  // blocks so far in the function: the index of the next one in the name section
  binary::NameSection names_;
  std::unordered_map<uint32_t, InlineRef> inline_refs_;  // by token
  bool is_tolerant_ = false;
};

}  // namespace gantry::wasm::text
