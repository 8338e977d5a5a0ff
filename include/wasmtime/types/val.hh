/// \file wasmtime/types/val.hh
///
/// The types of values: wasmtime::ValType, and for references wasmtime::RefType and wasmtime::HeapType.

#ifndef WASMTIME_TYPES_VAL_HH
#define WASMTIME_TYPES_VAL_HH

#include <wasm.h>
#include <wasmtime/types/val.h>

#include <optional>
#include <ostream>
#include <utility>
#include <wasmtime/engine.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/_structref_class.hh>
#include <wasmtime/types/_val_class.hh>
#include <wasmtime/types/arrayref.hh>
#include <wasmtime/types/exnref.hh>
#include <wasmtime/types/func.hh>
#include <wasmtime/types/structref.hh>

namespace wasmtime {

/// What references can point to: one of the abstract types below, or all objects of one concrete type.
class HeapType
    : public detail::Value<HeapType, wasmtime_heaptype_t, wasmtime_heaptype_clone, wasmtime_heaptype_delete> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  HeapType(wasmtime_heaptype_t& ty) : Value(std::exchange(ty, of_kind(WASMTIME_HEAPTYPE_KIND_NONE))) {}
  /// Functions of this type.
  HeapType(const FuncType& ty) {
    capi()->of.concrete_func = wasm_functype_copy(ty.capi());
    capi()->kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC;
  }
#ifdef WASMTIME_FEATURE_GC
  /// Arrays of this type.
  HeapType(const ArrayType& ty) {
    capi()->of.concrete_array = wasmtime_array_type_copy(ty.capi());
    capi()->kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY;
  }
  /// Structs of this type.
  HeapType(const StructType& ty) {
    capi()->of.concrete_struct = wasmtime_struct_type_copy(ty.capi());
    capi()->kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT;
  }
#endif  // WASMTIME_FEATURE_GC
  /// Exceptions of this type.
  HeapType(const ExnType& ty) {
    capi()->of.concrete_exn = wasmtime_exn_type_copy(ty.capi());
    capi()->kind = WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN;
  }

  /// Things of the host's.
  static HeapType extern_() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_EXTERN)); }
  /// No object: below all types of things of the host's.
  static HeapType noextern() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_NOEXTERN)); }
  /// All functions.
  static HeapType func() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_FUNC)); }
  /// No object: below all types of functions.
  static HeapType nofunc() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_NOFUNC)); }
  /// All of WebAssembly's own objects.
  static HeapType any() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_ANY)); }
  /// No object: below all types of WebAssembly's own objects.
  static HeapType none() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_NONE)); }
  /// All that can be compared: structs, arrays and i31 values.
  static HeapType eq() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_EQ)); }
  /// Integers of 31 bits.
  static HeapType i31() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_I31)); }
  /// All arrays.
  static HeapType array() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_ARRAY)); }
  /// All structs.
  static HeapType struct_() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_STRUCT)); }
  /// All exceptions.
  static HeapType exn() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_EXN)); }
  /// No object: below all types of exceptions.
  static HeapType noexn() { return HeapType(of_kind(WASMTIME_HEAPTYPE_KIND_NOEXN)); }

  /// Whether this is a concrete type: of functions, arrays, structs or exceptions.
  bool is_concrete() const {
    switch (capi()->kind) {
      case WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC:
      case WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY:
      case WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT:
      case WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN:
        return true;
      default:
        return false;
    }
  }

  /// Whether this is extern_().
  bool is_extern() const { return is(WASMTIME_HEAPTYPE_KIND_EXTERN); }
  /// Whether this is noextern().
  bool is_noextern() const { return is(WASMTIME_HEAPTYPE_KIND_NOEXTERN); }
  /// Whether this is func().
  bool is_func() const { return is(WASMTIME_HEAPTYPE_KIND_FUNC); }
  /// Whether this is nofunc().
  bool is_nofunc() const { return is(WASMTIME_HEAPTYPE_KIND_NOFUNC); }
  /// Whether this is any().
  bool is_any() const { return is(WASMTIME_HEAPTYPE_KIND_ANY); }
  /// Whether this is none().
  bool is_none() const { return is(WASMTIME_HEAPTYPE_KIND_NONE); }
  /// Whether this is eq().
  bool is_eq() const { return is(WASMTIME_HEAPTYPE_KIND_EQ); }
  /// Whether this is i31().
  bool is_i31() const { return is(WASMTIME_HEAPTYPE_KIND_I31); }
  /// Whether this is array().
  bool is_array() const { return is(WASMTIME_HEAPTYPE_KIND_ARRAY); }
  /// Whether this is struct_().
  bool is_struct() const { return is(WASMTIME_HEAPTYPE_KIND_STRUCT); }
  /// Whether this is exn().
  bool is_exn() const { return is(WASMTIME_HEAPTYPE_KIND_EXN); }
  /// Whether this is noexn().
  bool is_noexn() const { return is(WASMTIME_HEAPTYPE_KIND_NOEXN); }

  /// The functions' type, if this is a concrete type of functions; good as long as this heap type.
  std::optional<FuncType::Ref> as_concrete_func() const {
    if (!is(WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC)) return std::nullopt;
    return FuncType::Ref(capi()->of.concrete_func);
  }
#ifdef WASMTIME_FEATURE_GC
  /// The arrays' type, good as long as this heap type; null if this is no concrete type of arrays.
  const ArrayType* as_concrete_array() const {
    return is(WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY) ? ArrayType::from_capi(&capi()->of.concrete_array) : nullptr;
  }
  /// The structs' type, good as long as this heap type; null if this is no concrete type of structs.
  const StructType* as_concrete_struct() const {
    return is(WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT) ? StructType::from_capi(&capi()->of.concrete_struct) : nullptr;
  }
#endif  // WASMTIME_FEATURE_GC
  /// The exceptions' type, good as long as this heap type; null if this is no concrete type of exceptions.
  const ExnType* as_concrete_exn() const {
    return is(WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN) ? ExnType::from_capi(&capi()->of.concrete_exn) : nullptr;
  }

 private:
  explicit HeapType(wasmtime_heaptype_t&& ty) : Value(ty) {}

  static wasmtime_heaptype_t of_kind(wasmtime_heaptype_kind_t kind) {
    wasmtime_heaptype_t ty{};
    ty.kind = kind;
    return ty;
  }
  bool is(wasmtime_heaptype_kind_t kind) const { return capi()->kind == kind; }
};

/// The type of a reference: what it points to, and whether it may be null.
class RefType : public detail::Value<RefType, wasmtime_reftype_t, wasmtime_reftype_clone, wasmtime_reftype_delete> {
 public:
  /// References to `heaptype`, null included or not.
  RefType(bool nullable, const HeapType& heaptype) {
    wasmtime_heaptype_clone(heaptype.capi(), &capi()->heaptype);
    capi()->nullable = nullable;
  }

  /// References to things of the host's, or null.
  static RefType externref() { return RefType(true, HeapType::extern_()); }
  /// Only null, as a reference to a thing of the host's.
  static RefType nullexternref() { return RefType(true, HeapType::noextern()); }
  /// References to functions, or null.
  static RefType funcref() { return RefType(true, HeapType::func()); }
  /// Only null, as a reference to a function.
  static RefType nullfuncref() { return RefType(true, HeapType::nofunc()); }
  /// References to WebAssembly's own objects, or null.
  static RefType anyref() { return RefType(true, HeapType::any()); }
  /// References to what can be compared, or null.
  static RefType eqref() { return RefType(true, HeapType::eq()); }
  /// Integers of 31 bits, or null.
  static RefType i31ref() { return RefType(true, HeapType::i31()); }
  /// References to arrays, or null.
  static RefType arrayref() { return RefType(true, HeapType::array()); }
  /// References to structs, or null.
  static RefType structref() { return RefType(true, HeapType::struct_()); }
  /// Only null, as a reference to one of WebAssembly's own objects.
  static RefType nullref() { return RefType(true, HeapType::none()); }
  /// References to exceptions, or null.
  static RefType exnref() { return RefType(true, HeapType::exn()); }
  /// Only null, as a reference to an exception.
  static RefType nullexnref() { return RefType(true, HeapType::noexn()); }

  /// Whether the reference may be null.
  bool nullable() const { return capi()->nullable; }
  /// What the reference points to; good as long as this reference type.
  const HeapType& heaptype() const { return *HeapType::from_capi(&capi()->heaptype); }
};

inline ValType::ValType(const Engine& engine, const RefType& ref_type)
    : ValType(detail::Adopt(), [&] {
        wasmtime_valtype_t ty{};
        ty.kind = WASMTIME_VALTYPE_KIND_REF;
        ty.reftype = *ref_type.capi();  // lent for the call
        return wasmtime_valtype_to_wasm(engine.capi(), &ty);
      }()) {}

namespace detail {

/// The type of references to an abstract heap type, null included. Needs no engine.
inline ValType nullable_reference(wasmtime_heaptype_kind_t kind) {
  wasmtime_valtype_t ty{};
  ty.kind = WASMTIME_VALTYPE_KIND_REF;
  ty.reftype.nullable = true;
  ty.reftype.heaptype.kind = kind;
  return ValType(Adopt(), wasmtime_valtype_to_wasm(nullptr, &ty));
}

}  // namespace detail

inline ValType ValType::anyref() { return detail::nullable_reference(WASMTIME_HEAPTYPE_KIND_ANY); }

inline ValType ValType::exnref() { return detail::nullable_reference(WASMTIME_HEAPTYPE_KIND_EXN); }

inline const RefType* ValType::as_ref() const {
  return is(WASMTIME_VALTYPE_KIND_REF) ? RefType::from_capi(&full_.capi()->reftype) : nullptr;
}

/// Writes a heap type as the text format names it; concrete types as `$func`, `$array`, `$struct` and `$exn`.
inline std::ostream& operator<<(std::ostream& os, const HeapType& ty) {
  switch (ty.capi()->kind) {
    case WASMTIME_HEAPTYPE_KIND_EXTERN:
      return os << "extern";
    case WASMTIME_HEAPTYPE_KIND_NOEXTERN:
      return os << "noextern";
    case WASMTIME_HEAPTYPE_KIND_FUNC:
      return os << "func";
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_FUNC:
      return os << "$func";
    case WASMTIME_HEAPTYPE_KIND_NOFUNC:
      return os << "nofunc";
    case WASMTIME_HEAPTYPE_KIND_ANY:
      return os << "any";
    case WASMTIME_HEAPTYPE_KIND_NONE:
      return os << "none";
    case WASMTIME_HEAPTYPE_KIND_EQ:
      return os << "eq";
    case WASMTIME_HEAPTYPE_KIND_I31:
      return os << "i31";
    case WASMTIME_HEAPTYPE_KIND_ARRAY:
      return os << "array";
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_ARRAY:
      return os << "$array";
    case WASMTIME_HEAPTYPE_KIND_STRUCT:
      return os << "struct";
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_STRUCT:
      return os << "$struct";
    case WASMTIME_HEAPTYPE_KIND_EXN:
      return os << "exn";
    case WASMTIME_HEAPTYPE_KIND_CONCRETE_EXN:
      return os << "$exn";
    case WASMTIME_HEAPTYPE_KIND_NOEXN:
      return os << "noexn";
    default:
      return os << "unknown";
  }
}

/// Writes a reference type as the text format does: `(ref null any)`.
inline std::ostream& operator<<(std::ostream& os, const RefType& ty) {
  return os << (ty.nullable() ? "(ref null " : "(ref ") << ty.heaptype() << ")";
}

/// Writes a value type as the text format does: `i32`, `(ref null extern)`.
inline std::ostream& operator<<(std::ostream& os, const ValType& ty) {
  switch (ty.wasmtime_capi()->kind) {
    case WASMTIME_VALTYPE_KIND_I32:
      return os << "i32";
    case WASMTIME_VALTYPE_KIND_I64:
      return os << "i64";
    case WASMTIME_VALTYPE_KIND_F32:
      return os << "f32";
    case WASMTIME_VALTYPE_KIND_F64:
      return os << "f64";
    case WASMTIME_VALTYPE_KIND_V128:
      return os << "v128";
    case WASMTIME_VALTYPE_KIND_REF:
      return os << *ty.as_ref();
    default:
      return os << "unknown";
  }
}

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_VAL_HH
