// FuncValidator: references, structures and arrays (spec 3.4.5 to 3.4.7).
#include <fmt/core.h>

#include "wasm/valid/func_validator.h"

namespace gantry::wasm::valid {

namespace {

constexpr std::string_view kCompNames[] = {"function", "structure", "array"};

ValType Nullable(HeapKind kind) { return ValType::Ref(kind, true); }

// What a cast may start from: any reference of the target's hierarchy.
ValType CastSource(HeapType target) { return ValType::Ref(TopOf(target), true); }

}  // namespace

bool FuncValidator::CompositeOf(uint32_t index, CompKind kind, const CanonType** type) {
  if (!module_.HasType(index)) return FailUnknown(ErrorId::UnknownType, index);
  *type = &registry_[module_.canon[index]];
  if ((*type)->kind == kind) return true;
  return FailMismatch(fmt::format("type {} is no {} type", index, kCompNames[static_cast<size_t>(kind)]));
}

bool FuncValidator::RefFunc() {
  const uint32_t func = instr_.index;
  if (func >= module_.funcs.size()) return FailUnknown(ErrorId::UnknownFunc, func);
  if (declared_ != nullptr) {
    (*declared_)[func] = true;
  } else if (!module_.func_escapes[func]) {
    return FailUnknown(ErrorId::UndeclaredFuncRef, func);
  }
  Push(RefTo(registry_[module_.FuncCanon(func)], /*nullable=*/false));
  return true;
}

bool FuncValidator::Reference(OpFamily family) {
  HeapType heap;
  ValType type;
  switch (family) {
    case OpFamily::RefNull:
      if (!Canonical(instr_.heap, &heap)) return false;
      Push(ValType::Ref(heap, true));
      return true;
    case OpFamily::RefFunc:
      return RefFunc();
    case OpFamily::RefIsNull:
      if (!PopRef(&type)) return false;
      Push(kI32);
      return true;
    case OpFamily::RefAsNonNull:
      if (!PopRef(&type)) return false;
      Push(type == kBot ? ValType::Ref(HeapKind::Bot, false) : type.with_nullable(false));
      return true;
    case OpFamily::RefEq:
      if (!PopAll({Nullable(HeapKind::Eq), Nullable(HeapKind::Eq)})) return false;
      Push(kI32);
      return true;
    case OpFamily::RefTest:
      if (!Canonical(instr_.heap, &heap) || !Pop(CastSource(heap))) return false;
      Push(kI32);
      return true;
    case OpFamily::RefCast:
      if (!Canonical(instr_.heap, &heap) || !Pop(CastSource(heap))) return false;
      Push(ValType::Ref(heap, instr_.info().has(op_flags::kNullable)));
      return true;
    case OpFamily::RefI31:
      if (!Pop(kI32)) return false;
      Push(ValType::Ref(HeapKind::I31, false));
      return true;
    case OpFamily::I31Get:
      if (!Pop(Nullable(HeapKind::I31))) return false;
      Push(kI32);
      return true;
    case OpFamily::AnyConvertExtern:
    case OpFamily::ExternConvertAny: {
      const bool to_any = family == OpFamily::AnyConvertExtern;
      if (!PopRef(&type)) return false;
      if (type != kBot && !Matches(type, Nullable(to_any ? HeapKind::Extern : HeapKind::Any))) {
        return FailOperands(TypeList({Nullable(to_any ? HeapKind::Extern : HeapKind::Any)}), top_ + 1);
      }
      Push(ValType::Ref(to_any ? HeapKind::Any : HeapKind::Extern, type != kBot && type.is_nullable()));
      return true;
    }
    default:
      return true;
  }
}

// The field that struct.get and struct.set name.
bool FuncValidator::FieldOf(const CanonType& type, FieldType* field) {
  if (instr_.index2 >= type.fields.size()) return FailUnknown(ErrorId::UnknownField, instr_.index2);
  *field = type.fields[instr_.index2];
  return true;
}

// Packed fields are read with _s or _u, others without.
bool FuncValidator::CheckPacking(const FieldType& field) {
  const bool extends = instr_.info().has(op_flags::kSigned | op_flags::kUnsigned);
  if (extends == field.storage.is_packed()) return true;
  return FailMismatch(
      fmt::format("`{}` on a field of type {}", instr_.info().text, NameOfCanonical(module_, field.storage)));
}

bool FuncValidator::Structure(OpFamily family) {
  const CanonType* type = nullptr;
  FieldType field;
  if (!CompositeOf(instr_.index, CompKind::Struct, &type)) return false;
  switch (family) {
    case OpFamily::StructNew: {
      std::vector<ValType> values;
      values.reserve(type->fields.size());
      for (const FieldType& f : type->fields) values.push_back(f.storage.unpacked());
      if (!PopAll(values)) return false;
      Push(RefTo(*type, false));
      return true;
    }
    case OpFamily::StructNewDefault:
      for (const FieldType& f : type->fields) {
        if (!f.storage.is_defaultable()) return FailMismatch("a field of the structure has no default value");
      }
      Push(RefTo(*type, false));
      return true;
    case OpFamily::StructGet:
      if (!FieldOf(*type, &field) || !CheckPacking(field) || !Pop(RefTo(*type, true))) return false;
      Push(field.storage.unpacked());
      return true;
    case OpFamily::StructSet:
      if (!FieldOf(*type, &field)) return false;
      if (!field.is_mutable) return FailUnknown(ErrorId::ImmutableField, instr_.index2);
      return PopAll({RefTo(*type, true), field.storage.unpacked()});
    default:
      return true;
  }
}

bool FuncValidator::Array(OpFamily family) {
  if (family == OpFamily::ArrayLen) {
    if (!Pop(Nullable(HeapKind::Array))) return false;
    Push(kI32);
    return true;
  }
  if (family == OpFamily::ArrayCopy) return ArrayCopy();
  const CanonType* type = nullptr;
  if (!CompositeOf(instr_.index, CompKind::Array, &type)) return false;
  const FieldType field = type->fields[0];
  const ValType value = field.storage.unpacked();
  const ValType made = RefTo(*type, false), taken = RefTo(*type, true);
  switch (family) {
    case OpFamily::ArrayNew:
      if (!PopAll({value, kI32})) return false;
      Push(made);
      return true;
    case OpFamily::ArrayNewDefault:
      if (!value.is_defaultable()) return FailMismatch("the array's elements have no default value");
      if (!Pop(kI32)) return false;
      Push(made);
      return true;
    case OpFamily::ArrayNewFixed:
      // Stops at the block's floor, so the count needs no bound [I4].
      for (uint32_t i = 0; i < instr_.index2 && (top_ != floor_ || !scratch_.frames.back().unreachable); ++i) {
        if (!Pop(value)) return false;
      }
      Push(made);
      return true;
    case OpFamily::ArrayGet:
      if (!CheckPacking(field) || !PopAll({taken, kI32})) return false;
      Push(value);
      return true;
    case OpFamily::ArraySet:
      if (!field.is_mutable) return FailUnknown(ErrorId::ImmutableArray, instr_.index);
      return PopAll({taken, kI32, value});
    case OpFamily::ArrayFill:
      if (!field.is_mutable) return FailUnknown(ErrorId::ImmutableArray, instr_.index);
      return PopAll({taken, kI32, value, kI32});
    default:
      return ArraySegment(family, field, made);
  }
}

// array.new_data, array.new_elem, array.init_data, array.init_elem.
bool FuncValidator::ArraySegment(OpFamily family, const FieldType& field, ValType array) {
  const bool makes = family == OpFamily::ArrayNewData || family == OpFamily::ArrayNewElem;
  const bool from_data = family == OpFamily::ArrayNewData || family == OpFamily::ArrayInitData;
  if (!makes && !field.is_mutable) return FailUnknown(ErrorId::ImmutableArray, instr_.index);
  if (from_data) {
    if (field.storage.is_ref()) return Fail(MakeError(ErrorId::ArrayNotNumeric, instr_.offset));
    if (!CheckData(instr_.index2)) return false;
  } else {
    if (!CheckElem(instr_.index2)) return false;
    const ValType segment = CanonicalType(module_.elems[instr_.index2].type, module_.canon);
    if (!Matches(segment, field.storage)) {
      return FailMismatch(fmt::format("segment of {} for an array of {}", NameOfCanonical(module_, segment),
                                      NameOfCanonical(module_, field.storage)));
    }
  }
  if (!makes) return PopAll({array.with_nullable(true), kI32, kI32, kI32});
  if (!PopAll({kI32, kI32})) return false;
  Push(array);
  return true;
}

bool FuncValidator::ArrayCopy() {
  const CanonType *to, *from;
  if (!CompositeOf(instr_.index, CompKind::Array, &to) || !CompositeOf(instr_.index2, CompKind::Array, &from))
    return false;
  if (!to->fields[0].is_mutable) return FailUnknown(ErrorId::ImmutableArray, instr_.index);
  if (!Matches(from->fields[0].storage, to->fields[0].storage))
    return Fail(MakeError(ErrorId::ArrayTypesDiffer, instr_.offset));
  return PopAll({RefTo(*to, true), kI32, RefTo(*from, true), kI32, kI32});
}

}  // namespace gantry::wasm::valid
