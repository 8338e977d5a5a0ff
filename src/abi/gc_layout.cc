#include "abi/gc_layout.h"

#include <algorithm>

namespace gantry::abi {

using wasm::CanonType;
using wasm::FieldType;
using wasm::HeapKind;
using wasm::TypeKind;
using wasm::ValType;

bool IsFuncPointer(ValType type) { return type.is_ref() && wasm::TopOf(type.heap()) == HeapKind::Func; }

uint32_t StorageSize(ValType storage) {
  switch (storage.kind()) {
    case TypeKind::I8:
      return 1;
    case TypeKind::I16:
      return 2;
    case TypeKind::I32:
    case TypeKind::F32:
      return 4;
    case TypeKind::I64:
    case TypeKind::F64:
      return 8;
    case TypeKind::V128:
      return 16;
    case TypeKind::Ref:
      return IsFuncPointer(storage) ? 8 : 4;
    case TypeKind::Bot:
      break;
  }
  return 0;
}

namespace {

uint32_t Place(ValType storage, uint32_t* next) {
  const uint32_t size = StorageSize(storage);
  const uint32_t align = std::min(size, 8u);
  const uint32_t offset = (*next + align - 1) & ~(align - 1);
  *next = offset + size;
  return offset;
}

}  // namespace

StructLayout LayoutStruct(const CanonType& type) {
  StructLayout layout;
  uint32_t next = 4;
  for (const FieldType& field : type.fields) layout.offsets.push_back(Place(field.storage, &next));
  layout.size = (next + 7) & ~7u;
  return layout;
}

StructLayout LayoutExn(const CanonType& func_type) {
  StructLayout layout;
  uint32_t next = kExnFieldsOffset;
  for (ValType param : func_type.params) layout.offsets.push_back(Place(param, &next));
  layout.size = (next + 7) & ~7u;
  return layout;
}

}  // namespace gantry::abi
