/// \file wasmtime/tag.hh
///
/// Tags: what exceptions are recognized by.

#ifndef WASMTIME_TAG_HH
#define WASMTIME_TAG_HH

#include <wasmtime/tag.h>

#include <wasmtime/_store_class.hh>
#include <wasmtime/error.hh>
#include <wasmtime/types/tag.hh>

namespace wasmtime {

/// A tag of a store: a handle, copied at will, good as long as the store.
class Tag {
 public:
  /// A tag of the C API.
  Tag(wasmtime_tag_t tag) noexcept : tag_(tag) {}

  /// Makes a tag.
  static Result<Tag> create(Store::Context cx, const TagType& ty) {
    wasmtime_tag_t tag;
    return detail::result_of<Tag>(wasmtime_tag_new(cx.capi(), ty.capi(), &tag), tag);
  }

  /// The tag's type.
  TagType type(Store::Context cx) const { return TagType(detail::Adopt(), wasmtime_tag_type(cx.capi(), &tag_)); }

  /// Whether both are the same tag. Tags with equal types may be different ones.
  bool eq(Store::Context cx, const Tag& other) const { return wasmtime_tag_eq(cx.capi(), &tag_, &other.tag_); }

  /// The tag, as the C API takes it.
  const wasmtime_tag_t& capi() const noexcept { return tag_; }

 private:
  wasmtime_tag_t tag_;
};

}  // namespace wasmtime

#endif  // WASMTIME_TAG_HH
