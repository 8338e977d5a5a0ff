/// \file wasmtime/component/val.hh
///
/// Values of components.

#ifndef WASMTIME_COMPONENT_VAL_HH
#define WASMTIME_COMPONENT_VAL_HH

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <wasmtime/component/val.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
#include <wasmtime/component/types/val.hh>
#include <wasmtime/error.hh>
#include <wasmtime/helpers.hh>
#include <wasmtime/store.hh>

namespace wasmtime {
namespace component {

class Val;

namespace detail {

/// A copy of a value behind a pointer that may be null.
inline wasmtime_component_val_t* clone_val(const wasmtime_component_val_t* val) {
  if (val == nullptr) return nullptr;
  wasmtime_component_val_t copy;
  wasmtime_component_val_clone(val, &copy);
  return wasmtime_component_val_new(&copy);
}

/// Frees a value behind a pointer that may be null.
inline void free_val(wasmtime_component_val_t* val) {
  if (val != nullptr) wasmtime_component_val_free(val);
}

/// Copies a list.
inline void copy_list(const wasmtime_component_vallist_t* from, wasmtime_component_vallist_t* to) {
  wasmtime_component_vallist_copy(to, from);
}

/// Copies a record.
inline void copy_record(const wasmtime_component_valrecord_t* from, wasmtime_component_valrecord_t* to) {
  wasmtime_component_valrecord_copy(to, from);
}

/// Copies a tuple.
inline void copy_tuple(const wasmtime_component_valtuple_t* from, wasmtime_component_valtuple_t* to) {
  wasmtime_component_valtuple_copy(to, from);
}

/// Copies flags.
inline void copy_flags(const wasmtime_component_valflags_t* from, wasmtime_component_valflags_t* to) {
  wasmtime_component_valflags_copy(to, from);
}

/// Copies a map.
inline void copy_map(const wasmtime_component_valmap_t* from, wasmtime_component_valmap_t* to) {
  wasmtime_component_valmap_copy(to, from);
}

/// Copies a name.
inline void copy_name(const wasm_name_t* from, wasm_name_t* to) { wasm_name_copy(to, from); }

/// Frees a name.
inline void destroy_name(wasm_name_t* name) { wasm_name_delete(name); }

/// Copies a variant.
inline void copy_variant(const wasmtime_component_valvariant_t* from, wasmtime_component_valvariant_t* to) {
  wasm_name_copy(&to->discriminant, &from->discriminant);
  to->val = clone_val(from->val);
}

/// Frees a variant.
inline void destroy_variant(wasmtime_component_valvariant_t* variant) {
  wasm_name_delete(&variant->discriminant);
  free_val(variant->val);
}

/// Copies an option.
inline void copy_option(wasmtime_component_val_t* const* from, wasmtime_component_val_t** to) {
  *to = clone_val(*from);
}

/// Frees an option.
inline void destroy_option(wasmtime_component_val_t** option) { free_val(*option); }

/// Copies a result.
inline void copy_result(const wasmtime_component_valresult_t* from, wasmtime_component_valresult_t* to) {
  to->is_ok = from->is_ok;
  to->val = clone_val(from->val);
}

/// Frees a result.
inline void destroy_result(wasmtime_component_valresult_t* result) { free_val(result->val); }

/// Moves a value to where a C structure can point to it; null for none.
wasmtime_component_val_t* box_val(std::optional<Val> val);

/// Shows a value of the C API, which may be null.
const Val* show_val(const wasmtime_component_val_t* val);

}  // namespace detail

/// A list of values.
class List : public wasmtime::detail::Value<List, wasmtime_component_vallist_t, detail::copy_list,
                                            wasmtime_component_vallist_delete> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit List(Raw&& list) : Value(std::exchange(list, Raw{})) {}
  /// A list of these values, which should all be of one type.
  List(std::vector<Val> values);

  /// How many values there are.
  std::size_t size() const { return capi()->size; }
  /// Where the values begin.
  const Val* begin() const;
  /// Where the values end.
  const Val* end() const;
};

/// A field of a Record, and only good as long as that.
class RecordField {
 public:
  RecordField() = delete;
  RecordField(const RecordField&) = delete;
  RecordField& operator=(const RecordField&) = delete;
  ~RecordField() = delete;

  /// The field's name.
  std::string_view name() const { return std::string_view(entry_.name.data, entry_.name.size); }
  /// What the field holds.
  const Val& value() const { return *detail::show_val(&entry_.val); }

 private:
  // Records show arrays of fields of the C API as arrays of this class.
  wasmtime_component_valrecord_entry_t entry_;
};

/// Values that have names.
class Record : public wasmtime::detail::Value<Record, wasmtime_component_valrecord_t, detail::copy_record,
                                              wasmtime_component_valrecord_delete> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit Record(Raw&& record) : Value(std::exchange(record, Raw{})) {}
  /// A record with these fields, each a name and a value.
  Record(std::vector<std::pair<std::string_view, Val>> fields);

  /// How many fields there are.
  std::size_t size() const { return capi()->size; }
  /// Where the fields begin.
  const RecordField* begin() const { return reinterpret_cast<const RecordField*>(capi()->data); }
  /// Where the fields end.
  const RecordField* end() const { return begin() + size(); }

 private:
  static_assert(sizeof(RecordField) == sizeof(wasmtime_component_valrecord_entry_t));
};

/// Values one after the other, each of a type of its own.
class Tuple : public wasmtime::detail::Value<Tuple, wasmtime_component_valtuple_t, detail::copy_tuple,
                                             wasmtime_component_valtuple_delete> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit Tuple(Raw&& tuple) : Value(std::exchange(tuple, Raw{})) {}
  /// A tuple of these values.
  Tuple(std::vector<Val> values);

  /// How many values there are.
  std::size_t size() const { return capi()->size; }
  /// Where the values begin.
  const Val* begin() const;
  /// Where the values end.
  const Val* end() const;
};

/// One of several cases, perhaps with a value.
class Variant : public wasmtime::detail::Value<Variant, wasmtime_component_valvariant_t, detail::copy_variant,
                                               detail::destroy_variant> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit Variant(Raw&& variant) : Value(std::exchange(variant, Raw{})) {}
  /// The case of this name, with a value if the case has one.
  Variant(std::string_view discriminant, std::optional<Val> value);

  /// The name of the case; good as long as this variant.
  std::string_view discriminant() const {
    return std::string_view(capi()->discriminant.data, capi()->discriminant.size);
  }
  /// What goes with the case, good as long as this variant; null for nothing.
  const Val* value() const { return detail::show_val(capi()->val); }
};

/// A value, or none.
class WitOption : public wasmtime::detail::Value<WitOption, wasmtime_component_val_t*, detail::copy_option,
                                                 detail::destroy_option> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit WitOption(Raw&& option) : Value(std::exchange(option, Raw{})) {}
  /// A value, or none.
  explicit WitOption(std::optional<Val> value);

  /// The value, good as long as this option; null for none.
  const Val* value() const { return detail::show_val(*capi()); }
};

/// Success or failure, each perhaps with a value.
class WitResult : public wasmtime::detail::Value<WitResult, wasmtime_component_valresult_t, detail::copy_result,
                                                 detail::destroy_result> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit WitResult(Raw&& result) : Value(std::exchange(result, Raw{})) {}

  /// Success, perhaps with a value.
  static WitResult ok(std::optional<Val> value);
  /// Failure, perhaps with a value.
  static WitResult err(std::optional<Val> value);

  /// Whether this is success.
  bool is_ok() const { return capi()->is_ok; }
  /// What goes with it, good as long as this result; null for nothing.
  const Val* payload() const { return detail::show_val(capi()->val); }

 private:
  WitResult(bool is_ok, std::optional<Val> value);
};

/// The name of a flag that is set.
class Flag : public wasmtime::detail::Value<Flag, wasm_name_t, detail::copy_name, detail::destroy_name> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit Flag(Raw&& name) : Value(std::exchange(name, Raw{})) {}
  /// A flag of this name.
  Flag(std::string_view name) { wasm_name_new(capi(), name.size(), name.data()); }

  /// The name; good as long as this flag.
  std::string_view name() const { return std::string_view(capi()->data, capi()->size); }
};

/// The flags that are set, of those that a type has.
class Flags : public wasmtime::detail::Value<Flags, wasmtime_component_valflags_t, detail::copy_flags,
                                             wasmtime_component_valflags_delete> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit Flags(Raw&& flags) : Value(std::exchange(flags, Raw{})) {}
  /// These flags are set.
  Flags(std::vector<Flag> flags) {
    wasmtime_component_valflags_new_uninit(capi(), flags.size());
    wasm_name_t* next = capi()->data;
    for (Flag& flag : flags) *next++ = std::exchange(*flag.capi(), wasm_name_t{});
  }

  /// How many are set.
  std::size_t size() const { return capi()->size; }
  /// Where the flags begin.
  const Flag* begin() const { return Flag::from_capi(capi()->data); }
  /// Where the flags end.
  const Flag* end() const { return begin() + size(); }
};

/// An entry of a Map, and only good as long as that.
class MapEntry {
 public:
  MapEntry() = delete;
  MapEntry(const MapEntry&) = delete;
  MapEntry& operator=(const MapEntry&) = delete;
  ~MapEntry() = delete;

  /// The key.
  const Val& key() const { return *detail::show_val(&entry_.key); }
  /// The value.
  const Val& value() const { return *detail::show_val(&entry_.value); }

 private:
  // Maps show arrays of entries of the C API as arrays of this class.
  wasmtime_component_valmap_entry_t entry_;
};

/// Values that have values as keys.
class Map : public wasmtime::detail::Value<Map, wasmtime_component_valmap_t, detail::copy_map,
                                           wasmtime_component_valmap_delete> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit Map(Raw&& map) : Value(std::exchange(map, Raw{})) {}
  /// A map with these entries, each a key and a value.
  Map(std::vector<std::pair<Val, Val>> entries);

  /// How many entries there are.
  std::size_t size() const { return capi()->size; }
  /// Where the entries begin.
  const MapEntry* begin() const { return reinterpret_cast<const MapEntry*>(capi()->data); }
  /// Where the entries end.
  const MapEntry* end() const { return begin() + size(); }

 private:
  static_assert(sizeof(MapEntry) == sizeof(wasmtime_component_valmap_entry_t));
};

class ResourceHost;

/// A resource of a component's or of the host's, owned or lent.
class ResourceAny
    : public wasmtime::detail::Copyable<ResourceAny, wasmtime_component_resource_any_t,
                                        wasmtime_component_resource_any_delete, wasmtime_component_resource_any_clone> {
 public:
  using Copyable::Copyable;

  /// Whether the resource is owned, not lent.
  bool owned() const { return wasmtime_component_resource_any_owned(capi()); }
  /// The resource's type.
  ResourceType type() const { return ResourceType(wasmtime_component_resource_any_type(capi())); }
  /// Drops the resource: if it is owned its destructor runs, if it was lent the loan ends. To be called exactly once;
  /// destroying this class, or a copy, does not do it.
  Result<std::monostate> drop(Store::Context cx) const {
    return wasmtime::detail::done(wasmtime_component_resource_any_drop(cx.capi(), capi()));
  }
  /// The resource as one of the host's. An error if it is not.
  Result<ResourceHost> to_host(Store::Context cx) const;
};

/// A resource of the host's.
class ResourceHost : public wasmtime::detail::Copyable<ResourceHost, wasmtime_component_resource_host_t,
                                                       wasmtime_component_resource_host_delete,
                                                       wasmtime_component_resource_host_clone> {
 public:
  using Copyable::Copyable;

  /// A resource, owned or lent, that is `rep` to the host, of the type with the number `ty`.
  ResourceHost(bool owned, std::uint32_t rep, std::uint32_t ty)
      : Copyable(wasmtime_component_resource_host_new(owned, rep, ty)) {}

  /// Whether the resource is owned, not lent.
  bool owned() const { return wasmtime_component_resource_host_owned(capi()); }
  /// What the resource is to the host.
  std::uint32_t rep() const { return wasmtime_component_resource_host_rep(capi()); }
  /// The number of the resource's type.
  std::uint32_t type() const { return wasmtime_component_resource_host_type(capi()); }
  /// The resource as components see it. This one must not be used afterwards.
  Result<ResourceAny> to_any(Store::Context cx) const {
    wasmtime_component_resource_any_t* any = nullptr;
    return wasmtime::detail::result_of<ResourceAny>(wasmtime_component_resource_host_to_any(cx.capi(), capi(), &any),
                                                    any);
  }
};

inline Result<ResourceHost> ResourceAny::to_host(Store::Context cx) const {
  wasmtime_component_resource_host_t* host = nullptr;
  return wasmtime::detail::result_of<ResourceHost>(wasmtime_component_resource_any_to_host(cx.capi(), capi(), &host),
                                                   host);
}

/// A value of a component. Reading it as what it is not ends the process.
class Val : public wasmtime::detail::Value<Val, wasmtime_component_val_t, wasmtime_component_val_clone,
                                           wasmtime_component_val_delete> {
 public:
  /// Takes over the content of a structure of the C API, which owns nothing afterwards.
  explicit Val(wasmtime_component_val_t&& val) : Value(std::exchange(val, wasmtime_component_val_t{})) {}

  /// A truth value.
  Val(bool value) : Value(of_kind(WASMTIME_COMPONENT_BOOL)) { capi()->of.boolean = value; }
  /// An unsigned integer of 8 bits.
  Val(std::uint8_t value) : Value(of_kind(WASMTIME_COMPONENT_U8)) { capi()->of.u8 = value; }
  /// A signed integer of 8 bits.
  Val(std::int8_t value) : Value(of_kind(WASMTIME_COMPONENT_S8)) { capi()->of.s8 = value; }
  /// An unsigned integer of 16 bits.
  Val(std::uint16_t value) : Value(of_kind(WASMTIME_COMPONENT_U16)) { capi()->of.u16 = value; }
  /// A signed integer of 16 bits.
  Val(std::int16_t value) : Value(of_kind(WASMTIME_COMPONENT_S16)) { capi()->of.s16 = value; }
  /// An unsigned integer of 32 bits.
  Val(std::uint32_t value) : Value(of_kind(WASMTIME_COMPONENT_U32)) { capi()->of.u32 = value; }
  /// A signed integer of 32 bits.
  Val(std::int32_t value) : Value(of_kind(WASMTIME_COMPONENT_S32)) { capi()->of.s32 = value; }
  /// An unsigned integer of 64 bits.
  Val(std::uint64_t value) : Value(of_kind(WASMTIME_COMPONENT_U64)) { capi()->of.u64 = value; }
  /// A signed integer of 64 bits.
  Val(std::int64_t value) : Value(of_kind(WASMTIME_COMPONENT_S64)) { capi()->of.s64 = value; }
  /// A floating-point number of 32 bits.
  Val(float value) : Value(of_kind(WASMTIME_COMPONENT_F32)) { capi()->of.f32 = value; }
  /// A floating-point number of 64 bits.
  Val(double value) : Value(of_kind(WASMTIME_COMPONENT_F64)) { capi()->of.f64 = value; }
  /// A character, by its number in Unicode.
  static Val char_(std::uint32_t value) {
    Val character(of_kind(WASMTIME_COMPONENT_CHAR));
    character.capi()->of.character = value;
    return character;
  }
  /// A text.
  static Val string(std::string_view value) {
    Val string(of_kind(WASMTIME_COMPONENT_STRING));
    wasm_name_new(&string.capi()->of.string, value.size(), value.data());
    return string;
  }
  /// A case of an enumeration.
  static Val enum_(std::string_view discriminant) {
    Val enumeration(of_kind(WASMTIME_COMPONENT_ENUM));
    wasm_name_new(&enumeration.capi()->of.enumeration, discriminant.size(), discriminant.data());
    return enumeration;
  }
  /// A list.
  Val(List value) : Value(of_kind(WASMTIME_COMPONENT_LIST)) { move_to(value, capi()->of.list); }
  /// A record.
  Val(Record value) : Value(of_kind(WASMTIME_COMPONENT_RECORD)) { move_to(value, capi()->of.record); }
  /// A tuple.
  Val(Tuple value) : Value(of_kind(WASMTIME_COMPONENT_TUPLE)) { move_to(value, capi()->of.tuple); }
  /// A variant.
  Val(Variant value) : Value(of_kind(WASMTIME_COMPONENT_VARIANT)) { move_to(value, capi()->of.variant); }
  /// An option.
  Val(WitOption value) : Value(of_kind(WASMTIME_COMPONENT_OPTION)) { move_to(value, capi()->of.option); }
  /// A result.
  Val(WitResult value) : Value(of_kind(WASMTIME_COMPONENT_RESULT)) { move_to(value, capi()->of.result); }
  /// Flags.
  Val(Flags value) : Value(of_kind(WASMTIME_COMPONENT_FLAGS)) { move_to(value, capi()->of.flags); }
  /// A map.
  Val(Map value) : Value(of_kind(WASMTIME_COMPONENT_MAP)) { move_to(value, capi()->of.map); }
  /// A resource.
  Val(ResourceAny value) : Value(of_kind(WASMTIME_COMPONENT_RESOURCE)) { capi()->of.resource = value.capi_release(); }

  /// Whether this is a truth value.
  bool is_bool() const { return is(WASMTIME_COMPONENT_BOOL); }
  /// The value, a truth value.
  bool get_bool() const { return of(WASMTIME_COMPONENT_BOOL).boolean; }
  /// Whether this is an unsigned integer of 8 bits.
  bool is_u8() const { return is(WASMTIME_COMPONENT_U8); }
  /// The value, an unsigned integer of 8 bits.
  std::uint8_t get_u8() const { return of(WASMTIME_COMPONENT_U8).u8; }
  /// Whether this is a signed integer of 8 bits.
  bool is_s8() const { return is(WASMTIME_COMPONENT_S8); }
  /// The value, a signed integer of 8 bits.
  std::int8_t get_s8() const { return of(WASMTIME_COMPONENT_S8).s8; }
  /// Whether this is an unsigned integer of 16 bits.
  bool is_u16() const { return is(WASMTIME_COMPONENT_U16); }
  /// The value, an unsigned integer of 16 bits.
  std::uint16_t get_u16() const { return of(WASMTIME_COMPONENT_U16).u16; }
  /// Whether this is a signed integer of 16 bits.
  bool is_s16() const { return is(WASMTIME_COMPONENT_S16); }
  /// The value, a signed integer of 16 bits.
  std::int16_t get_s16() const { return of(WASMTIME_COMPONENT_S16).s16; }
  /// Whether this is an unsigned integer of 32 bits.
  bool is_u32() const { return is(WASMTIME_COMPONENT_U32); }
  /// The value, an unsigned integer of 32 bits.
  std::uint32_t get_u32() const { return of(WASMTIME_COMPONENT_U32).u32; }
  /// Whether this is a signed integer of 32 bits.
  bool is_s32() const { return is(WASMTIME_COMPONENT_S32); }
  /// The value, a signed integer of 32 bits.
  std::int32_t get_s32() const { return of(WASMTIME_COMPONENT_S32).s32; }
  /// Whether this is an unsigned integer of 64 bits.
  bool is_u64() const { return is(WASMTIME_COMPONENT_U64); }
  /// The value, an unsigned integer of 64 bits.
  std::uint64_t get_u64() const { return of(WASMTIME_COMPONENT_U64).u64; }
  /// Whether this is a signed integer of 64 bits.
  bool is_s64() const { return is(WASMTIME_COMPONENT_S64); }
  /// The value, a signed integer of 64 bits.
  std::int64_t get_s64() const { return of(WASMTIME_COMPONENT_S64).s64; }
  /// Whether this is a floating-point number of 32 bits.
  bool is_f32() const { return is(WASMTIME_COMPONENT_F32); }
  /// The value, a floating-point number of 32 bits.
  float get_f32() const { return of(WASMTIME_COMPONENT_F32).f32; }
  /// Whether this is a floating-point number of 64 bits.
  bool is_f64() const { return is(WASMTIME_COMPONENT_F64); }
  /// The value, a floating-point number of 64 bits.
  double get_f64() const { return of(WASMTIME_COMPONENT_F64).f64; }
  /// Whether this is a character.
  bool is_char() const { return is(WASMTIME_COMPONENT_CHAR); }
  /// The value, a character, by its number in Unicode.
  std::uint32_t get_char() const { return of(WASMTIME_COMPONENT_CHAR).character; }
  /// Whether this is a text.
  bool is_string() const { return is(WASMTIME_COMPONENT_STRING); }
  /// The value, a text; good as long as this value.
  std::string_view get_string() const { return view(of(WASMTIME_COMPONENT_STRING).string); }
  /// Whether this is a case of an enumeration.
  bool is_enum() const { return is(WASMTIME_COMPONENT_ENUM); }
  /// The value, a case of an enumeration; good as long as this value.
  std::string_view get_enum() const { return view(of(WASMTIME_COMPONENT_ENUM).enumeration); }
  /// Whether this is a list.
  bool is_list() const { return is(WASMTIME_COMPONENT_LIST); }
  /// The value, a list; good as long as this value.
  const List& get_list() const { return *List::from_capi(&of(WASMTIME_COMPONENT_LIST).list); }
  /// Whether this is a record.
  bool is_record() const { return is(WASMTIME_COMPONENT_RECORD); }
  /// The value, a record; good as long as this value.
  const Record& get_record() const { return *Record::from_capi(&of(WASMTIME_COMPONENT_RECORD).record); }
  /// Whether this is a tuple.
  bool is_tuple() const { return is(WASMTIME_COMPONENT_TUPLE); }
  /// The value, a tuple; good as long as this value.
  const Tuple& get_tuple() const { return *Tuple::from_capi(&of(WASMTIME_COMPONENT_TUPLE).tuple); }
  /// Whether this is a variant.
  bool is_variant() const { return is(WASMTIME_COMPONENT_VARIANT); }
  /// The value, a variant; good as long as this value.
  const Variant& get_variant() const { return *Variant::from_capi(&of(WASMTIME_COMPONENT_VARIANT).variant); }
  /// Whether this is an option.
  bool is_option() const { return is(WASMTIME_COMPONENT_OPTION); }
  /// The value, an option; good as long as this value.
  const WitOption& get_option() const { return *WitOption::from_capi(&of(WASMTIME_COMPONENT_OPTION).option); }
  /// Whether this is a result.
  bool is_result() const { return is(WASMTIME_COMPONENT_RESULT); }
  /// The value, a result; good as long as this value.
  const WitResult& get_result() const { return *WitResult::from_capi(&of(WASMTIME_COMPONENT_RESULT).result); }
  /// Whether this is flags.
  bool is_flags() const { return is(WASMTIME_COMPONENT_FLAGS); }
  /// The value, flags; good as long as this value.
  const Flags& get_flags() const { return *Flags::from_capi(&of(WASMTIME_COMPONENT_FLAGS).flags); }
  /// Whether this is a map.
  bool is_map() const { return is(WASMTIME_COMPONENT_MAP); }
  /// The value, a map; good as long as this value.
  const Map& get_map() const { return *Map::from_capi(&of(WASMTIME_COMPONENT_MAP).map); }
  /// Whether this is a resource.
  bool is_resource() const { return is(WASMTIME_COMPONENT_RESOURCE); }
  /// The value, a resource; good as long as this value.
  const ResourceAny& get_resource() const { return *ResourceAny::from_capi(&of(WASMTIME_COMPONENT_RESOURCE).resource); }

 private:
  static wasmtime_component_val_t of_kind(wasmtime_component_valkind_t kind) {
    wasmtime_component_val_t val{};
    val.kind = kind;
    return val;
  }
  template <typename Part>
  static void move_to(Part& part, typename Part::Raw& raw) {
    raw = std::exchange(*part.capi(), typename Part::Raw{});
  }
  static std::string_view view(const wasm_name_t& text) { return std::string_view(text.data, text.size); }
  bool is(wasmtime_component_valkind_t kind) const { return capi()->kind == kind; }
  const wasmtime_component_valunion_t& of(wasmtime_component_valkind_t kind) const {
    if (!is(kind)) wasmtime::detail::misuse("a component's Val is read as something that it is not");
    return capi()->of;
  }
};

namespace detail {

/// Moves a value to memory that is not initialized.
inline void move_val(Val& from, wasmtime_component_val_t& to) {
  to = std::exchange(*from.capi(), wasmtime_component_val_t{});
}

inline wasmtime_component_val_t* box_val(std::optional<Val> val) {
  if (!val) return nullptr;
  wasmtime_component_val_t raw;
  move_val(*val, raw);
  return wasmtime_component_val_new(&raw);
}

inline const Val* show_val(const wasmtime_component_val_t* val) {
  return val == nullptr ? nullptr : Val::from_capi(val);
}

}  // namespace detail

inline List::List(std::vector<Val> values) {
  wasmtime_component_vallist_new_uninit(capi(), values.size());
  wasmtime_component_val_t* next = capi()->data;
  for (Val& value : values) detail::move_val(value, *next++);
}

inline const Val* List::begin() const { return Val::from_capi(capi()->data); }

inline const Val* List::end() const { return begin() + size(); }

inline Tuple::Tuple(std::vector<Val> values) {
  wasmtime_component_valtuple_new_uninit(capi(), values.size());
  wasmtime_component_val_t* next = capi()->data;
  for (Val& value : values) detail::move_val(value, *next++);
}

inline const Val* Tuple::begin() const { return Val::from_capi(capi()->data); }

inline const Val* Tuple::end() const { return begin() + size(); }

inline Record::Record(std::vector<std::pair<std::string_view, Val>> fields) {
  wasmtime_component_valrecord_new_uninit(capi(), fields.size());
  wasmtime_component_valrecord_entry_t* next = capi()->data;
  for (auto& [name, value] : fields) {
    wasm_name_new(&next->name, name.size(), name.data());
    detail::move_val(value, next->val);
    ++next;
  }
}

inline Map::Map(std::vector<std::pair<Val, Val>> entries) {
  wasmtime_component_valmap_new_uninit(capi(), entries.size());
  wasmtime_component_valmap_entry_t* next = capi()->data;
  for (auto& [key, value] : entries) {
    detail::move_val(key, next->key);
    detail::move_val(value, next->value);
    ++next;
  }
}

inline Variant::Variant(std::string_view discriminant, std::optional<Val> value) {
  wasm_name_new(&capi()->discriminant, discriminant.size(), discriminant.data());
  capi()->val = detail::box_val(std::move(value));
}

inline WitOption::WitOption(std::optional<Val> value) { *capi() = detail::box_val(std::move(value)); }

inline WitResult::WitResult(bool is_ok, std::optional<Val> value) {
  capi()->is_ok = is_ok;
  capi()->val = detail::box_val(std::move(value));
}

inline WitResult WitResult::ok(std::optional<Val> value) { return WitResult(true, std::move(value)); }

inline WitResult WitResult::err(std::optional<Val> value) { return WitResult(false, std::move(value)); }

}  // namespace component
}  // namespace wasmtime

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_VAL_HH
