// Types of the WebAssembly type system as 32-bit values (spec 2.3).
//
// A concrete heap type carries an index. Which index space depends on where the type stands:
//   - in a Module's own tables and in decoded instructions: the module's type index space ("syntactic");
//   - in CanonType and everywhere after validation: canonical ids of the TypeRegistry ("canonical").
// Canonical types are equal exactly when their bits are equal. CanonicalType (type_registry.h) goes from one to the
// other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::wasm {

// Abstract heap types (spec 2.3.3). Bot is the type of a reference popped in unreachable code.
enum class HeapKind : uint8_t { Func, NoFunc, Extern, NoExtern, Any, Eq, I31, Struct, Array, None, Exn, NoExn, Bot };

class HeapType {
 public:
  static constexpr uint32_t kMaxConcrete = 0xfeffff;

  constexpr HeapType() : code_(0) {}
  constexpr HeapType(HeapKind kind)
      : code_(0xff0000u + static_cast<uint32_t>(kind)) {}  // NOLINT: the natural conversion
  static constexpr HeapType Concrete(uint32_t index) { return HeapType(Raw{}, index); }
  static constexpr HeapType FromCode(uint32_t code) { return HeapType(Raw{}, code); }

  constexpr bool is_concrete() const { return code_ < 0xff0000u; }
  constexpr uint32_t index() const { return code_; }                                    // if concrete
  constexpr HeapKind kind() const { return static_cast<HeapKind>(code_ - 0xff0000u); }  // if abstract
  constexpr bool is(HeapKind k) const { return code_ == HeapType(k).code_; }
  constexpr uint32_t code() const { return code_; }  // 24 bits
  constexpr bool operator==(const HeapType&) const = default;

 private:
  struct Raw {};
  constexpr HeapType(Raw, uint32_t code) : code_(code) {}
  uint32_t code_;
};

// I8 and I16 occur only as storage types of fields; Bot only inside the validator.
enum class TypeKind : uint8_t { Bot, I32, I64, F32, F64, V128, I8, I16, Ref };

class ValType {
 public:
  constexpr ValType() : bits_(0) {}
  constexpr ValType(TypeKind kind) : bits_(static_cast<uint32_t>(kind)) {}  // NOLINT: the natural conversion
  static constexpr ValType Ref(HeapType heap, bool nullable) {
    ValType t;
    t.bits_ = static_cast<uint32_t>(TypeKind::Ref) | (nullable ? 16u : 0u) | heap.code() << 8;
    return t;
  }
  static constexpr ValType FuncRef() { return Ref(HeapKind::Func, true); }
  static constexpr ValType ExternRef() { return Ref(HeapKind::Extern, true); }
  static constexpr ValType FromBits(uint32_t bits) {
    ValType t;
    t.bits_ = bits;
    return t;
  }

  constexpr TypeKind kind() const { return static_cast<TypeKind>(bits_ & 15); }
  constexpr bool is_ref() const { return kind() == TypeKind::Ref; }
  constexpr bool is_num() const { return kind() >= TypeKind::I32 && kind() <= TypeKind::F64; }
  constexpr bool is_packed() const { return kind() == TypeKind::I8 || kind() == TypeKind::I16; }
  constexpr bool is_nullable() const { return (bits_ & 16) != 0; }            // if a reference
  constexpr HeapType heap() const { return HeapType::FromCode(bits_ >> 8); }  // if a reference
  constexpr ValType with_nullable(bool nullable) const { return Ref(heap(), nullable); }
  // Numbers, vectors and nullable references have a default value (spec 3.2.9).
  constexpr bool is_defaultable() const { return !is_ref() || is_nullable(); }
  // I8 and I16 are i32 on the operand stack.
  constexpr ValType unpacked() const { return is_packed() ? ValType(TypeKind::I32) : *this; }
  // 8-byte cells that a value takes in frames, calls and globals.
  constexpr uint32_t slots() const { return kind() == TypeKind::V128 ? 2 : 1; }
  constexpr uint32_t bits() const { return bits_; }
  constexpr bool operator==(const ValType&) const = default;

 private:
  uint32_t bits_;
};

inline constexpr ValType kI32 = TypeKind::I32, kI64 = TypeKind::I64, kF32 = TypeKind::F32, kF64 = TypeKind::F64,
                         kV128 = TypeKind::V128, kBot = TypeKind::Bot;

struct FieldType {
  ValType storage;
  bool is_mutable = false;
  bool operator==(const FieldType&) const = default;
};

// Module and Instance are types of the module linking proposal (linking.h): they have an index but no canonical id.
enum class CompKind : uint8_t { Func, Struct, Array, Module, Instance };

inline constexpr uint32_t kNone = 0xffffffff;  // "no index"

// How a type definition was written, so that the writer can repeat it. Sub: 0x50; SubFinal: 0x4f; Plain: composite type
// alone.
enum class SubTypeForm : uint8_t { Plain, Sub, SubFinal };

// One type definition (spec 2.3.8), syntactic.
struct SubType {
  CompKind kind = CompKind::Func;
  bool is_final = true;
  SubTypeForm form = SubTypeForm::Plain;
  uint32_t super = kNone;         // type index of the declared supertype
  std::vector<ValType> params;    // Func
  std::vector<ValType> results;   // Func
  std::vector<FieldType> fields;  // Struct; Array has exactly one
};

struct RecGroup {
  uint32_t first;  // type index of the first member
  uint32_t count;
  bool is_explicit;  // written as `rec` (0x4e), not as a single type
};

struct Limits {
  uint64_t min = 0;
  std::optional<uint64_t> max;
  bool operator==(const Limits&) const = default;
};

struct MemoryType {
  Limits limits;       // in pages
  bool is_64 = false;  // address type i64
  bool is_shared = false;
  uint8_t page_size_log2 = 16;  // 16 or 0
  bool has_page_size = false;   // written with a page size, even if it is the usual one
  bool operator==(const MemoryType&) const = default;
  uint64_t page_size() const { return uint64_t{1} << page_size_log2; }
  ValType address_type() const { return is_64 ? kI64 : kI32; }
};

struct TableType {
  Limits limits;  // in elements
  bool is_64 = false;
  ValType element;
  bool operator==(const TableType&) const = default;
  ValType address_type() const { return is_64 ? kI64 : kI32; }
};

struct GlobalType {
  ValType type;
  bool is_mutable = false;
  bool operator==(const GlobalType&) const = default;
};

// "i32", "(ref null func)", "(ref 3)": names of the text format; a concrete type prints its index.
std::string TypeName(HeapType type);
std::string TypeName(ValType type);

}  // namespace gantry::wasm
