/// \file wasmtime/_exnref_class.hh
///
/// The class wasmtime::ExnRef without what needs values; include `wasmtime/exnref.hh`.

#ifndef WASMTIME_EXNREF_CLASS_HH
#define WASMTIME_EXNREF_CLASS_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/exnref.h>

#include <cstddef>
#include <vector>
#include <wasmtime/_rooted_class.hh>
#include <wasmtime/_store_class.hh>
#include <wasmtime/error.hh>
#include <wasmtime/tag.hh>
#include <wasmtime/types/exnref.hh>

namespace wasmtime {

class Val;

/// A reference to an exception, or null. Store::Context::throw_exception() throws it, Store::Context::take_exception()
/// gives one that WebAssembly did not catch.
class ExnRef : public detail::RawRooted<ExnRef, wasmtime_exnref_t, wasmtime_exnref_clone, wasmtime_exnref_unroot,
                                        wasmtime_exnref_to_raw> {
 public:
  using RawRooted::RawRooted;

  /// Makes an exception, without throwing it, that carries one value per parameter of the tag's type. Needs
  /// `wasmtime/exnref.hh`.
  static Result<ExnRef> create(Store::Context cx, const Tag& tag, const std::vector<Val>& fields);

  /// The tag that the exception was made with. An error for null.
  Result<Tag> tag(Store::Context cx) const {
    wasmtime_tag_t tag;
    return detail::result_of<Tag>(wasmtime_exnref_tag(cx.capi(), capi(), &tag), tag);
  }

  /// How many values the exception carries; null carries none.
  std::size_t field_count(Store::Context cx) const { return wasmtime_exnref_field_count(cx.capi(), capi()); }
  /// Reads one of the values. Needs `wasmtime/exnref.hh`.
  Result<Val> field(Store::Context cx, std::size_t index) const;

  /// The exception's type. There must be an exception: for null the type holds null.
  ExnType ty(Store::Context cx) const { return ExnType(wasmtime_exnref_type(cx.capi(), capi())); }
};

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_EXNREF_CLASS_HH
