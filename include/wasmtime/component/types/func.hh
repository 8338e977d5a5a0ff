/// \file wasmtime/component/types/func.hh
///
/// The types of functions of components.

#ifndef WASMTIME_COMPONENT_TYPES_FUNC_HH
#define WASMTIME_COMPONENT_TYPES_FUNC_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasmtime/component/types/func.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <wasmtime/component/types/val.hh>
#include <wasmtime/helpers.hh>

namespace wasmtime {
namespace component {

/// The type of a function: names and types of its parameters, and perhaps the type of its result.
class FuncType
    : public wasmtime::detail::Copyable<FuncType, wasmtime_component_func_type_t, wasmtime_component_func_type_delete,
                                        wasmtime_component_func_type_clone> {
 public:
  using Copyable::Copyable;

  /// Whether the function is asynchronous.
  bool async() const { return wasmtime_component_func_type_async(capi()); }

  /// How many parameters there are.
  std::size_t param_count() const { return wasmtime_component_func_type_param_count(capi()); }

  /// Name and type of a parameter, if there are so many. The name is good as long as this type.
  std::optional<std::pair<std::string_view, ValType>> param_nth(std::size_t nth) const {
    const char* name = nullptr;
    std::size_t name_len = 0;
    wasmtime_component_valtype_t type;
    if (!wasmtime_component_func_type_param_nth(capi(), nth, &name, &name_len, &type)) return std::nullopt;
    return std::pair(std::string_view(name, name_len), ValType(std::move(type)));
  }

  /// The type of the result, if there is one.
  std::optional<ValType> result() const {
    wasmtime_component_valtype_t type;
    if (!wasmtime_component_func_type_result(capi(), &type)) return std::nullopt;
    return ValType(std::move(type));
  }
};

}  // namespace component
}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_FUNC_HH
