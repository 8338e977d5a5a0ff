// Layout of GC objects in the cage (docs/architecture.md). A reference is a 32-bit cage offset: 0 is null, odd is an
// i31 (value << 1 | 1), anything else an object, 8-byte aligned.
//
//   every object starts with   u32 descriptor      cage offset of its TypeDescriptor
//   struct                     fields, each at its natural alignment (v128: 8), starting at offset 4
//   array                      u32 length at 4, elements from offset 8
//   extern (externref box)     u64 host value at 8
//   exn                        u64 TagDef* at 8, then the tag's parameters laid out like struct fields from offset 16
//
// Reference fields are 4 bytes (GC hierarchies) or 8 (func hierarchy: FuncRef*).
#pragma once

#include <cstdint>
#include <vector>

#include "wasm/type_registry.h"

namespace gantry::abi {

enum class ObjectKind : uint32_t { Struct, Array, Extern, Exn };

// In the cage, immutable. `display` follows with `display_count` entries: cage offsets of the descriptors of the
// supertypes by depth, itself last; at least kMinDisplay entries, padded with 0, so that casts to depth < kMinDisplay
// need no bounds check.
struct TypeDescriptor {
  static constexpr uint32_t kMinDisplay = 8;
  ObjectKind kind;
  uint32_t size;       // Struct, Exn: bytes of the whole object, a multiple of 8. Array: bytes of one element
  wasm::CanonId type;  // Struct, Array: their type; Exn: the tag's function type
  uint32_t depth;
  uint32_t refs_count;  // Struct, Exn: number of GC reference fields. Array: 1 if elements are GC references
  uint32_t refs;        // Struct, Exn: cage offset of u32[refs_count], the byte offsets of those fields
  uint32_t display_count;
  uint32_t display[];
};

// Where the next small object goes: code may take `size` bytes (a multiple of 8, limit - top at most), zero as they
// are, by moving top. Both are cage offsets.
struct AllocWindow {
  uint32_t top = 0;
  uint32_t limit = 0;
};

inline constexpr uint32_t kStructFieldsOffset = 4;
inline constexpr uint32_t kArrayLengthOffset = 4;
inline constexpr uint32_t kArrayDataOffset = 8;
inline constexpr uint32_t kExternValueOffset = 8;
inline constexpr uint32_t kExnTagOffset = 8;
inline constexpr uint32_t kExnFieldsOffset = 16;

// Is a value of this (canonical) reference type a FuncRef pointer? Otherwise it is a cage offset.
bool IsFuncPointer(wasm::ValType type);
// Is it a GC reference (cage offset) that a collector must know?
inline bool IsGcRef(wasm::ValType type) { return type.is_ref() && !IsFuncPointer(type); }

// Bytes of a field or array element.
uint32_t StorageSize(wasm::ValType storage);

// Gives fields their places one after the other, in an object whose first one may lie at `from`.
class FieldPlacer {
 public:
  explicit FieldPlacer(uint32_t from) : next_(from) {}
  uint32_t Next(wasm::ValType storage) {
    const uint32_t size = StorageSize(storage);
    const uint32_t align = size < 8 ? size : 8;
    const uint32_t offset = (next_ + align - 1) & ~(align - 1);
    next_ = offset + size;
    return offset;
  }
  uint32_t size() const { return (next_ + 7) & ~7u; }  // of the object with the fields so far

 private:
  uint32_t next_;
};

struct StructLayout {
  std::vector<uint32_t> offsets;  // by field
  uint32_t size;                  // whole object, a multiple of 8
};
// Struct fields from kStructFieldsOffset; for Exn the tag's parameters from kExnFieldsOffset.
StructLayout LayoutStruct(const wasm::CanonType& type);
StructLayout LayoutExn(const wasm::CanonType& func_type);

}  // namespace gantry::abi
