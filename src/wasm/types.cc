#include "wasm/types.h"

namespace gantry::wasm {

namespace {

constexpr const char* kHeapNames[] = {"func",   "nofunc", "extern", "noextern", "any",   "eq", "i31",
                                      "struct", "array",  "none",   "exn",      "noexn", "bot"};
constexpr const char* kKindNames[] = {"bot", "i32", "i64", "f32", "f64", "v128", "i8", "i16"};

}  // namespace

std::string TypeName(HeapType type) {
  if (type.is_concrete()) return std::to_string(type.index());
  return kHeapNames[static_cast<int>(type.kind())];
}

std::string TypeName(ValType type) {
  if (!type.is_ref()) return kKindNames[static_cast<int>(type.kind())];
  std::string name = type.is_nullable() ? "(ref null " : "(ref ";
  return name + TypeName(type.heap()) + ")";
}

}  // namespace gantry::wasm
