/// \file wasmtime/_externref_class.hh
///
/// The class wasmtime::ExternRef without its use in typed functions; include `wasmtime/externref.hh`.

#ifndef WASMTIME_EXTERNREF_CLASS_HH
#define WASMTIME_EXTERNREF_CLASS_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_GC

#include <wasmtime/externref.h>

#include <any>
#include <utility>
#include <wasmtime/_rooted_class.hh>
#include <wasmtime/_store_class.hh>

namespace wasmtime {

/// A reference to something of the host's, which WebAssembly can pass on but neither make nor look into; or null.
class ExternRef : public detail::RawRooted<ExternRef, wasmtime_externref_t, wasmtime_externref_clone,
                                           wasmtime_externref_unroot, wasmtime_externref_to_raw> {
 public:
  using RawRooted::RawRooted;

  /// Makes a reference to `data`, which is destroyed when neither the host nor WebAssembly refers to it any more and
  /// garbage is collected, or with the store. Its destructor must not use the store. When there is no room for it the
  /// process ends.
  explicit ExternRef(Store::Context cx, std::any data) {
    void* boxed = detail::box(std::move(data));
    if (!wasmtime_externref_new(cx.capi(), boxed, detail::unbox<std::any>, capi())) {
      detail::misuse("no room for another externref");
    }
  }

  /// What the reference was made with. There must be something: references that another interface made, and null, have
  /// nothing of this kind and end the process.
  std::any& data(Store::Context cx) {
    void* boxed = wasmtime_externref_data(cx.capi(), capi());
    if (boxed == nullptr) detail::misuse("this externref has no data");
    return *static_cast<std::any*>(boxed);
  }
};

}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_GC

#endif  // WASMTIME_EXTERNREF_CLASS_HH
