#include "abi/gc_layout.h"

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

StructLayout LayoutStruct(const CanonType& type) {
  StructLayout layout;
  FieldPlacer placer(kStructFieldsOffset);
  for (const FieldType& field : type.fields) layout.offsets.push_back(placer.Next(field.storage));
  layout.size = placer.size();
  return layout;
}

StructLayout LayoutExn(const CanonType& func_type) {
  StructLayout layout;
  FieldPlacer placer(kExnFieldsOffset);
  for (ValType param : func_type.params) layout.offsets.push_back(placer.Next(param));
  layout.size = placer.size();
  return layout;
}

}  // namespace gantry::abi
