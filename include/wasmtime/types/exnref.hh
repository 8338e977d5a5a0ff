/// \file wasmtime/types/exnref.hh
///
/// The types of exceptions.

#ifndef WASMTIME_TYPES_EXNREF_HH
#define WASMTIME_TYPES_EXNREF_HH

#include <wasmtime/types/exnref.h>

#include <initializer_list>
#include <vector>
#include <wasmtime/engine.hh>
#include <wasmtime/error.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/_val_class.hh>
#include <wasmtime/types/tag.hh>

namespace wasmtime {

/// The type of exceptions that carry certain values.
class ExnType
    : public detail::Copyable<ExnType, wasmtime_exn_type_t, wasmtime_exn_type_delete, wasmtime_exn_type_copy> {
 public:
  using Copyable::Copyable;

  /// The type of exceptions that carry values of these types.
  static Result<ExnType> create(const Engine& engine, const std::initializer_list<ValType>& params) {
    std::vector<wasm_valtype_t*> types;
    types.reserve(params.size());
    for (const ValType& param : params) types.push_back(const_cast<wasm_valtype_t*>(param.capi()));
    const wasm_valtype_vec_t list = {types.size(), types.data()};
    wasmtime_exn_type_t* ty = nullptr;
    return detail::result_of<ExnType>(wasmtime_exn_type_new(engine.capi(), &list, &ty), ty);
  }

  /// The type of tags with which such exceptions are thrown.
  TagType tag_type() const { return TagType(detail::Adopt(), wasmtime_exn_type_tag_type(capi())); }
};

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_EXNREF_HH
