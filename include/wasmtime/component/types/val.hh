/// \file wasmtime/component/types/val.hh
///
/// The types of values of components.

#ifndef WASMTIME_COMPONENT_TYPES_VAL_HH
#define WASMTIME_COMPONENT_TYPES_VAL_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasmtime/component/types/val.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <wasmtime/helpers.hh>

namespace wasmtime {
namespace component {

class ValType;

/// The type of lists.
class ListType
    : public wasmtime::detail::Comparable<ListType, wasmtime_component_list_type_t, wasmtime_component_list_type_delete,
                                          wasmtime_component_list_type_clone, wasmtime_component_list_type_equal> {
 public:
  using Comparable::Comparable;

  /// The elements' type.
  ValType element() const;
};

/// The type of records.
class RecordType
    : public wasmtime::detail::Comparable<RecordType, wasmtime_component_record_type_t,
                                          wasmtime_component_record_type_delete, wasmtime_component_record_type_clone,
                                          wasmtime_component_record_type_equal> {
 public:
  using Comparable::Comparable;

  /// How many fields there are.
  std::size_t field_count() const { return wasmtime_component_record_type_field_count(capi()); }
  /// Name and type of a field, if there are so many. The name is good as long as this type.
  std::optional<std::pair<std::string_view, ValType>> field_nth(std::size_t nth) const;
};

/// The type of tuples.
class TupleType
    : public wasmtime::detail::Comparable<TupleType, wasmtime_component_tuple_type_t,
                                          wasmtime_component_tuple_type_delete, wasmtime_component_tuple_type_clone,
                                          wasmtime_component_tuple_type_equal> {
 public:
  using Comparable::Comparable;

  /// How many elements there are.
  std::size_t types_count() const { return wasmtime_component_tuple_type_types_count(capi()); }
  /// The type of an element, if there are so many.
  std::optional<ValType> types_nth(std::size_t nth) const;
};

/// The type of variants.
class VariantType
    : public wasmtime::detail::Comparable<VariantType, wasmtime_component_variant_type_t,
                                          wasmtime_component_variant_type_delete, wasmtime_component_variant_type_clone,
                                          wasmtime_component_variant_type_equal> {
 public:
  using Comparable::Comparable;

  /// How many cases there are.
  std::size_t case_count() const { return wasmtime_component_variant_type_case_count(capi()); }
  /// Name of a case and the type of what goes with it, if anything does; if there are so many. The name is good as long
  /// as this type.
  std::optional<std::pair<std::string_view, std::optional<ValType>>> case_nth(std::size_t nth) const;
};

/// The type of enumerations.
class EnumType
    : public wasmtime::detail::Comparable<EnumType, wasmtime_component_enum_type_t, wasmtime_component_enum_type_delete,
                                          wasmtime_component_enum_type_clone, wasmtime_component_enum_type_equal> {
 public:
  using Comparable::Comparable;

  /// How many cases there are.
  std::size_t names_count() const { return wasmtime_component_enum_type_names_count(capi()); }
  /// The name of one of them, if there are so many; good as long as this type.
  std::optional<std::string_view> names_nth(std::size_t nth) const {
    const char* name = nullptr;
    std::size_t name_len = 0;
    if (!wasmtime_component_enum_type_names_nth(capi(), nth, &name, &name_len)) return std::nullopt;
    return std::string_view(name, name_len);
  }
};

/// The type of options: a value or none.
class OptionType
    : public wasmtime::detail::Comparable<OptionType, wasmtime_component_option_type_t,
                                          wasmtime_component_option_type_delete, wasmtime_component_option_type_clone,
                                          wasmtime_component_option_type_equal> {
 public:
  using Comparable::Comparable;

  /// The type of the value.
  ValType ty() const;
};

/// The type of results: success or failure, each perhaps with a value.
class ResultType
    : public wasmtime::detail::Comparable<ResultType, wasmtime_component_result_type_t,
                                          wasmtime_component_result_type_delete, wasmtime_component_result_type_clone,
                                          wasmtime_component_result_type_equal> {
 public:
  using Comparable::Comparable;

  /// The type of what goes with success, if anything does.
  std::optional<ValType> ok() const;
  /// The type of what goes with failure, if anything does.
  std::optional<ValType> err() const;
};

/// The type of flags.
class FlagsType
    : public wasmtime::detail::Comparable<FlagsType, wasmtime_component_flags_type_t,
                                          wasmtime_component_flags_type_delete, wasmtime_component_flags_type_clone,
                                          wasmtime_component_flags_type_equal> {
 public:
  using Comparable::Comparable;

  /// How many flags there are.
  std::size_t names_count() const { return wasmtime_component_flags_type_names_count(capi()); }
  /// The name of one of them, if there are so many; good as long as this type.
  std::optional<std::string_view> names_nth(std::size_t nth) const {
    const char* name = nullptr;
    std::size_t name_len = 0;
    if (!wasmtime_component_flags_type_names_nth(capi(), nth, &name, &name_len)) return std::nullopt;
    return std::string_view(name, name_len);
  }
};

/// The type of resources.
class ResourceType : public wasmtime::detail::Comparable<
                         ResourceType, wasmtime_component_resource_type_t, wasmtime_component_resource_type_delete,
                         wasmtime_component_resource_type_clone, wasmtime_component_resource_type_equal> {
 public:
  using Comparable::Comparable;

  /// The type of resources of the host's with this number, which the host gives out as it likes.
  explicit ResourceType(std::uint32_t ty) : Comparable(wasmtime_component_resource_type_new_host(ty)) {}
};

/// The type of futures.
class FutureType
    : public wasmtime::detail::Comparable<FutureType, wasmtime_component_future_type_t,
                                          wasmtime_component_future_type_delete, wasmtime_component_future_type_clone,
                                          wasmtime_component_future_type_equal> {
 public:
  using Comparable::Comparable;

  /// The type of what comes, if anything does.
  std::optional<ValType> ty() const;
};

/// The type of streams.
class StreamType
    : public wasmtime::detail::Comparable<StreamType, wasmtime_component_stream_type_t,
                                          wasmtime_component_stream_type_delete, wasmtime_component_stream_type_clone,
                                          wasmtime_component_stream_type_equal> {
 public:
  using Comparable::Comparable;

  /// The type of what comes, if anything does.
  std::optional<ValType> ty() const;
};

/// The type of maps.
class MapType
    : public wasmtime::detail::Comparable<MapType, wasmtime_component_map_type_t, wasmtime_component_map_type_delete,
                                          wasmtime_component_map_type_clone, wasmtime_component_map_type_equal> {
 public:
  using Comparable::Comparable;

  /// The keys' type.
  ValType key() const;
  /// The values' type.
  ValType value() const;
};

/// The type of a value. Asking for another kind than it is ends the process.
class ValType : public wasmtime::detail::Value<ValType, wasmtime_component_valtype_t, wasmtime_component_valtype_clone,
                                               wasmtime_component_valtype_delete> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit ValType(wasmtime_component_valtype_t&& ty) : Value(std::exchange(ty, wasmtime_component_valtype_t{})) {}

  /// The type of truth values.
  static ValType new_bool() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_BOOL)); }
  /// The type of signed integers of 8 bits.
  static ValType new_s8() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_S8)); }
  /// The type of signed integers of 16 bits.
  static ValType new_s16() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_S16)); }
  /// The type of signed integers of 32 bits.
  static ValType new_s32() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_S32)); }
  /// The type of signed integers of 64 bits.
  static ValType new_s64() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_S64)); }
  /// The type of unsigned integers of 8 bits.
  static ValType new_u8() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_U8)); }
  /// The type of unsigned integers of 16 bits.
  static ValType new_u16() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_U16)); }
  /// The type of unsigned integers of 32 bits.
  static ValType new_u32() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_U32)); }
  /// The type of unsigned integers of 64 bits.
  static ValType new_u64() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_U64)); }
  /// The type of floating-point numbers of 32 bits.
  static ValType new_f32() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_F32)); }
  /// The type of floating-point numbers of 64 bits.
  static ValType new_f64() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_F64)); }
  /// The type of characters.
  static ValType new_char() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_CHAR)); }
  /// The type of texts.
  static ValType new_string() { return ValType(of_kind(WASMTIME_COMPONENT_VALTYPE_STRING)); }

  /// A type of lists.
  ValType(ListType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_LIST)) { capi()->of.list = ty.capi_release(); }
  /// A type of records.
  ValType(RecordType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_RECORD)) { capi()->of.record = ty.capi_release(); }
  /// A type of tuples.
  ValType(TupleType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_TUPLE)) { capi()->of.tuple = ty.capi_release(); }
  /// A type of variants.
  ValType(VariantType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_VARIANT)) {
    capi()->of.variant = ty.capi_release();
  }
  /// A type of enumerations.
  ValType(EnumType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_ENUM)) { capi()->of.enum_ = ty.capi_release(); }
  /// A type of options.
  ValType(OptionType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_OPTION)) { capi()->of.option = ty.capi_release(); }
  /// A type of results.
  ValType(ResultType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_RESULT)) { capi()->of.result = ty.capi_release(); }
  /// A type of flags.
  ValType(FlagsType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_FLAGS)) { capi()->of.flags = ty.capi_release(); }
  /// A type of futures.
  ValType(FutureType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_FUTURE)) { capi()->of.future = ty.capi_release(); }
  /// A type of streams.
  ValType(StreamType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_STREAM)) { capi()->of.stream = ty.capi_release(); }
  /// A type of maps.
  ValType(MapType ty) : Value(of_kind(WASMTIME_COMPONENT_VALTYPE_MAP)) { capi()->of.map = ty.capi_release(); }
  /// The type of resources that are owned.
  static ValType new_own(ResourceType ty) {
    ValType own(of_kind(WASMTIME_COMPONENT_VALTYPE_OWN));
    own.capi()->of.own = ty.capi_release();
    return own;
  }
  /// The type of resources that are lent.
  static ValType new_borrow(ResourceType ty) {
    ValType borrow(of_kind(WASMTIME_COMPONENT_VALTYPE_BORROW));
    borrow.capi()->of.borrow = ty.capi_release();
    return borrow;
  }

  /// Whether both are the same type.
  bool operator==(const ValType& other) const { return wasmtime_component_valtype_equal(capi(), other.capi()); }
  /// Whether they differ.
  bool operator!=(const ValType& other) const { return !(*this == other); }

  /// Which kind of type this is; one of the constants of wasmtime/component/types/val.h.
  wasmtime_component_valtype_kind_t kind() const { return capi()->kind; }

  /// Whether this is the type of truth values.
  bool is_bool() const { return kind() == WASMTIME_COMPONENT_VALTYPE_BOOL; }
  /// Whether this is the type of signed integers of 8 bits.
  bool is_s8() const { return kind() == WASMTIME_COMPONENT_VALTYPE_S8; }
  /// Whether this is the type of signed integers of 16 bits.
  bool is_s16() const { return kind() == WASMTIME_COMPONENT_VALTYPE_S16; }
  /// Whether this is the type of signed integers of 32 bits.
  bool is_s32() const { return kind() == WASMTIME_COMPONENT_VALTYPE_S32; }
  /// Whether this is the type of signed integers of 64 bits.
  bool is_s64() const { return kind() == WASMTIME_COMPONENT_VALTYPE_S64; }
  /// Whether this is the type of unsigned integers of 8 bits.
  bool is_u8() const { return kind() == WASMTIME_COMPONENT_VALTYPE_U8; }
  /// Whether this is the type of unsigned integers of 16 bits.
  bool is_u16() const { return kind() == WASMTIME_COMPONENT_VALTYPE_U16; }
  /// Whether this is the type of unsigned integers of 32 bits.
  bool is_u32() const { return kind() == WASMTIME_COMPONENT_VALTYPE_U32; }
  /// Whether this is the type of unsigned integers of 64 bits.
  bool is_u64() const { return kind() == WASMTIME_COMPONENT_VALTYPE_U64; }
  /// Whether this is the type of floating-point numbers of 32 bits.
  bool is_f32() const { return kind() == WASMTIME_COMPONENT_VALTYPE_F32; }
  /// Whether this is the type of floating-point numbers of 64 bits.
  bool is_f64() const { return kind() == WASMTIME_COMPONENT_VALTYPE_F64; }
  /// Whether this is the type of characters.
  bool is_char() const { return kind() == WASMTIME_COMPONENT_VALTYPE_CHAR; }
  /// Whether this is the type of texts.
  bool is_string() const { return kind() == WASMTIME_COMPONENT_VALTYPE_STRING; }
  /// Whether this is a type of lists.
  bool is_list() const { return kind() == WASMTIME_COMPONENT_VALTYPE_LIST; }
  /// Whether this is a type of records.
  bool is_record() const { return kind() == WASMTIME_COMPONENT_VALTYPE_RECORD; }
  /// Whether this is a type of tuples.
  bool is_tuple() const { return kind() == WASMTIME_COMPONENT_VALTYPE_TUPLE; }
  /// Whether this is a type of variants.
  bool is_variant() const { return kind() == WASMTIME_COMPONENT_VALTYPE_VARIANT; }
  /// Whether this is a type of enumerations.
  bool is_enum() const { return kind() == WASMTIME_COMPONENT_VALTYPE_ENUM; }
  /// Whether this is a type of options.
  bool is_option() const { return kind() == WASMTIME_COMPONENT_VALTYPE_OPTION; }
  /// Whether this is a type of results.
  bool is_result() const { return kind() == WASMTIME_COMPONENT_VALTYPE_RESULT; }
  /// Whether this is a type of flags.
  bool is_flags() const { return kind() == WASMTIME_COMPONENT_VALTYPE_FLAGS; }
  /// Whether this is a type of futures.
  bool is_future() const { return kind() == WASMTIME_COMPONENT_VALTYPE_FUTURE; }
  /// Whether this is a type of streams.
  bool is_stream() const { return kind() == WASMTIME_COMPONENT_VALTYPE_STREAM; }
  /// Whether this is a type of maps.
  bool is_map() const { return kind() == WASMTIME_COMPONENT_VALTYPE_MAP; }
  /// Whether this is a type of resources that are owned.
  bool is_own() const { return kind() == WASMTIME_COMPONENT_VALTYPE_OWN; }
  /// Whether this is a type of resources that are lent.
  bool is_borrow() const { return kind() == WASMTIME_COMPONENT_VALTYPE_BORROW; }
  /// Whether this is the type of what goes with errors of asynchronous functions.
  bool is_error_context() const { return kind() == WASMTIME_COMPONENT_VALTYPE_ERROR_CONTEXT; }

  /// The type of lists; good as long as this type.
  const ListType& list() const { return *ListType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_LIST).list); }
  /// The type of records; good as long as this type.
  const RecordType& record() const { return *RecordType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_RECORD).record); }
  /// The type of tuples; good as long as this type.
  const TupleType& tuple() const { return *TupleType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_TUPLE).tuple); }
  /// The type of variants; good as long as this type.
  const VariantType& variant() const {
    return *VariantType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_VARIANT).variant);
  }
  /// The type of enumerations; good as long as this type.
  const EnumType& enum_() const { return *EnumType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_ENUM).enum_); }
  /// The type of options; good as long as this type.
  const OptionType& option() const { return *OptionType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_OPTION).option); }
  /// The type of results; good as long as this type.
  const ResultType& result() const { return *ResultType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_RESULT).result); }
  /// The type of flags; good as long as this type.
  const FlagsType& flags() const { return *FlagsType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_FLAGS).flags); }
  /// The type of futures; good as long as this type.
  const FutureType& future() const { return *FutureType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_FUTURE).future); }
  /// The type of streams; good as long as this type.
  const StreamType& stream() const { return *StreamType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_STREAM).stream); }
  /// The type of maps; good as long as this type.
  const MapType& map() const { return *MapType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_MAP).map); }
  /// The type of resources that are owned; good as long as this type.
  const ResourceType& own() const { return *ResourceType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_OWN).own); }
  /// The type of resources that are lent; good as long as this type.
  const ResourceType& borrow() const { return *ResourceType::from_capi(&of(WASMTIME_COMPONENT_VALTYPE_BORROW).borrow); }

 private:
  static wasmtime_component_valtype_t of_kind(wasmtime_component_valtype_kind_t kind) {
    wasmtime_component_valtype_t ty{};
    ty.kind = kind;
    return ty;
  }
  const wasmtime_component_valtype_union_t& of(wasmtime_component_valtype_kind_t kind) const {
    if (capi()->kind != kind) wasmtime::detail::misuse("a component's ValType is read as something that it is not");
    return capi()->of;
  }
};

namespace detail {

/// The type that a function of the C API writes.
template <typename Type>
ValType part_of(const Type* type, void (*part)(const Type*, wasmtime_component_valtype_t*)) {
  wasmtime_component_valtype_t out;
  part(type, &out);
  return ValType(std::move(out));
}

/// The type that a function of the C API writes, if it says that there is one.
template <typename Type>
std::optional<ValType> part_of(const Type* type, bool (*part)(const Type*, wasmtime_component_valtype_t*)) {
  wasmtime_component_valtype_t out;
  if (!part(type, &out)) return std::nullopt;
  return ValType(std::move(out));
}

}  // namespace detail

inline ValType ListType::element() const { return detail::part_of(capi(), wasmtime_component_list_type_element); }

inline std::optional<std::pair<std::string_view, ValType>> RecordType::field_nth(std::size_t nth) const {
  const char* name = nullptr;
  std::size_t name_len = 0;
  wasmtime_component_valtype_t type;
  if (!wasmtime_component_record_type_field_nth(capi(), nth, &name, &name_len, &type)) return std::nullopt;
  return std::pair(std::string_view(name, name_len), ValType(std::move(type)));
}

inline std::optional<ValType> TupleType::types_nth(std::size_t nth) const {
  wasmtime_component_valtype_t type;
  if (!wasmtime_component_tuple_type_types_nth(capi(), nth, &type)) return std::nullopt;
  return ValType(std::move(type));
}

inline std::optional<std::pair<std::string_view, std::optional<ValType>>> VariantType::case_nth(std::size_t nth) const {
  const char* name = nullptr;
  std::size_t name_len = 0;
  bool has_payload = false;
  wasmtime_component_valtype_t payload;
  if (!wasmtime_component_variant_type_case_nth(capi(), nth, &name, &name_len, &has_payload, &payload)) {
    return std::nullopt;
  }
  std::optional<ValType> type;
  if (has_payload) type.emplace(std::move(payload));
  return std::pair(std::string_view(name, name_len), std::move(type));
}

inline ValType OptionType::ty() const { return detail::part_of(capi(), wasmtime_component_option_type_ty); }

inline std::optional<ValType> ResultType::ok() const {
  return detail::part_of(capi(), wasmtime_component_result_type_ok);
}

inline std::optional<ValType> ResultType::err() const {
  return detail::part_of(capi(), wasmtime_component_result_type_err);
}

inline std::optional<ValType> FutureType::ty() const {
  return detail::part_of(capi(), wasmtime_component_future_type_ty);
}

inline std::optional<ValType> StreamType::ty() const {
  return detail::part_of(capi(), wasmtime_component_stream_type_ty);
}

inline ValType MapType::key() const { return detail::part_of(capi(), wasmtime_component_map_type_key); }

inline ValType MapType::value() const { return detail::part_of(capi(), wasmtime_component_map_type_value); }

}  // namespace component
}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_VAL_HH
