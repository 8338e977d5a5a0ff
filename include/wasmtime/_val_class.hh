/// \file wasmtime/_val_class.hh
///
/// The class wasmtime::Val without what needs references; include `wasmtime/val.hh`.

#ifndef WASMTIME_VAL_CLASS_HH
#define WASMTIME_VAL_CLASS_HH

#include <wasmtime/val.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <wasmtime/_anyref_class.hh>
#include <wasmtime/_arrayref_class.hh>
#include <wasmtime/_eqref_class.hh>
#include <wasmtime/_exnref_class.hh>
#include <wasmtime/_externref_class.hh>
#include <wasmtime/_func_class.hh>
#include <wasmtime/_store_class.hh>
#include <wasmtime/_structref_class.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/val.hh>

namespace wasmtime {

/// A vector of 128 bits.
struct V128 {
  /// Its bytes, least significant first.
  wasmtime_v128 v128;

  /// All bits 0.
  V128() : v128{} {}
  /// A copy of these 16 bytes.
  V128(const wasmtime_v128& bytes) { std::memcpy(v128, bytes, sizeof v128); }
};

/// Which kind of value a Val holds.
enum class ValKind {
  /// An integer of 32 bits.
  I32 = WASMTIME_I32,
  /// An integer of 64 bits.
  I64 = WASMTIME_I64,
  /// A floating-point number of 32 bits.
  F32 = WASMTIME_F32,
  /// A floating-point number of 64 bits.
  F64 = WASMTIME_F64,
  /// A vector.
  V128 = WASMTIME_V128,
  /// A reference to a function, or null.
  FuncRef = WASMTIME_FUNCREF,
#ifdef WASMTIME_FEATURE_GC
  /// A reference to something of the host's, or null.
  ExternRef = WASMTIME_EXTERNREF,
  /// A reference to one of WebAssembly's own objects, or null.
  AnyRef = WASMTIME_ANYREF,
  /// A reference to an exception, or null.
  ExnRef = WASMTIME_EXNREF,
#endif  // WASMTIME_FEATURE_GC
};

/// A value of WebAssembly: a number, a vector or a reference. References in it are roots.
///
/// Reading a value as what it is not ends the process: kind() tells what it is.
class Val : public detail::Value<Val, wasmtime_val_t, wasmtime_val_clone, wasmtime_val_unroot> {
 public:
  /// The i32 0.
  Val() noexcept { capi()->kind = WASMTIME_I32; }
  /// Takes over a value of the C API.
  Val(wasmtime_val_t val) noexcept : Value(val) {}
  /// An i32.
  Val(std::int32_t i32) noexcept : Val() { capi()->of.i32 = i32; }
  /// An i64.
  Val(std::int64_t i64) noexcept : Val(kind_only(WASMTIME_I64)) { capi()->of.i64 = i64; }
  /// An f32.
  Val(float f32) noexcept : Val(kind_only(WASMTIME_F32)) { capi()->of.f32 = f32; }
  /// An f64.
  Val(double f64) noexcept : Val(kind_only(WASMTIME_F64)) { capi()->of.f64 = f64; }
  /// A vector.
  Val(const V128& v128) noexcept : Val(kind_only(WASMTIME_V128)) {
    std::memcpy(capi()->of.v128, v128.v128, sizeof v128.v128);
  }
  /// A reference to a function, or null. Needs `wasmtime/val.hh`.
  Val(std::optional<Func> func);
  /// A reference to a function. Needs `wasmtime/val.hh`.
  Val(Func func);
#ifdef WASMTIME_FEATURE_GC
  /// A reference to something of the host's, or null. Needs `wasmtime/val.hh`.
  Val(std::optional<ExternRef> ref);
  /// A reference to something of the host's. Needs `wasmtime/val.hh`.
  Val(ExternRef ref);
  /// A reference to one of WebAssembly's own objects, or null. Needs `wasmtime/val.hh`.
  Val(std::optional<AnyRef> ref);
  /// A reference to one of WebAssembly's own objects. Needs `wasmtime/val.hh`.
  Val(AnyRef ref);
  /// A reference to an exception, or null. Needs `wasmtime/val.hh`.
  Val(std::optional<ExnRef> ref);
  /// A reference to an exception. Needs `wasmtime/val.hh`.
  Val(ExnRef ref);
#endif  // WASMTIME_FEATURE_GC

  /// What the value is.
  ValKind kind() const { return static_cast<ValKind>(capi()->kind); }

  /// The value, an i32.
  std::int32_t i32() const { return of(WASMTIME_I32).i32; }
  /// The value, an i64.
  std::int64_t i64() const { return of(WASMTIME_I64).i64; }
  /// The value, an f32.
  float f32() const { return of(WASMTIME_F32).f32; }
  /// The value, an f64.
  double f64() const { return of(WASMTIME_F64).f64; }
  /// The value, a vector.
  V128 v128() const { return V128(of(WASMTIME_V128).v128); }
  /// The value, a reference to a function; nothing for null. Needs `wasmtime/val.hh`.
  std::optional<Func> funcref() const;
#ifdef WASMTIME_FEATURE_GC
  /// The value, a reference to something of the host's; nothing for null. Needs `wasmtime/val.hh`.
  std::optional<ExternRef> externref() const;
  /// The value, a reference to one of WebAssembly's own objects; nothing for null. Needs `wasmtime/val.hh`.
  std::optional<AnyRef> anyref() const;
  /// The value, a reference to an exception; nothing for null. Needs `wasmtime/val.hh`.
  std::optional<ExnRef> exnref() const;
#endif  // WASMTIME_FEATURE_GC

 private:
  static wasmtime_val_t kind_only(wasmtime_valkind_t kind) {
    wasmtime_val_t val{};
    val.kind = kind;
    return val;
  }

  const wasmtime_valunion_t& of(wasmtime_valkind_t kind) const {
    if (capi()->kind != kind) detail::misuse("a Val is read as something that it is not");
    return capi()->of;
  }
};

}  // namespace wasmtime

#endif  // WASMTIME_VAL_CLASS_HH
