/// \file wasmtime/types/tag.hh
///
/// The types of tags.

#ifndef WASMTIME_TYPES_TAG_HH
#define WASMTIME_TYPES_TAG_HH

#include <wasm.h>

#include <wasmtime/helpers.hh>
#include <wasmtime/types/func.hh>

namespace wasmtime {

/// The type of a tag: what exceptions with it carry.
class TagType {
 public:
  /// Shows a tag type that belongs to somebody else.
  class Ref {
   public:
    /// Shows `ty`.
    Ref(const wasm_tagtype_t* ty) noexcept : ptr_(ty) {}
    /// Shows `ty`.
    Ref(const TagType& ty) noexcept : Ref(ty.capi()) {}

    /// A function type whose parameters are what exceptions carry; it has no results.
    FuncType functype() const { return FuncType(FuncType::Ref(wasm_tagtype_functype(ptr_))); }

    /// The type, as the C API takes it.
    const wasm_tagtype_t* capi() const noexcept { return ptr_; }

   private:
    const wasm_tagtype_t* ptr_;
  };

  /// Takes over `ty`.
  TagType(detail::Adopt, wasm_tagtype_t* ty) : box_(ty) {}
  /// Copies the type that `ty` shows.
  TagType(Ref ty) : box_(ty.capi()) {}
  /// The type of tags whose exceptions carry what functions of this type take.
  explicit TagType(const FuncType& functype) : box_(wasm_tagtype_new(wasm_functype_copy(functype.capi()))) {}

  /// What shows this type.
  Ref* operator->() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator->() const noexcept { return box_.ref(); }
  /// What shows this type.
  Ref* operator*() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator*() const noexcept { return box_.ref(); }

  /// The type, as the C API takes it. It stays this class's.
  const wasm_tagtype_t* capi() const noexcept { return box_.get(); }

 private:
  detail::TypeBox<wasm_tagtype_t, Ref, wasm_tagtype_delete, wasm_tagtype_copy> box_;
};

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_TAG_HH
