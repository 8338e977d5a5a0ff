/// \file wasmtime/component/types/val.h
///
/// The types of values of components.
///
/// Threads: types never change; any number of threads may read one.

#ifndef WASMTIME_COMPONENT_TYPES_VAL_H
#define WASMTIME_COMPONENT_TYPES_VAL_H

#include <wasmtime/conf.h>

#ifdef WASMTIME_FEATURE_COMPONENT_MODEL

#include <stdint.h>
#include <wasm.h>
#include <wasmtime/component/types/resource.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wasmtime_component_valtype_t;

/// The type of lists of any length. Opaque; deleted with #wasmtime_component_list_type_delete.
typedef struct wasmtime_component_list_type wasmtime_component_list_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_list_type_t* wasmtime_component_list_type_clone(
    const wasmtime_component_list_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_list_type_equal(const wasmtime_component_list_type_t* a,
                                                        const wasmtime_component_list_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_list_type_delete(wasmtime_component_list_type_t* ptr);

/// Gives the elements' type.
///
/// \param ty       the type.
/// \param type_ret receives it; the caller frees it with wasmtime_component_valtype_delete().
WASM_API_EXTERN void wasmtime_component_list_type_element(const wasmtime_component_list_type_t* ty,
                                                          struct wasmtime_component_valtype_t* type_ret);

/// The type of lists of one length. Opaque; deleted with #wasmtime_component_fixed_length_list_type_delete.
typedef struct wasmtime_component_fixed_length_list_type wasmtime_component_fixed_length_list_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_fixed_length_list_type_t* wasmtime_component_fixed_length_list_type_clone(
    const wasmtime_component_fixed_length_list_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_fixed_length_list_type_equal(
    const wasmtime_component_fixed_length_list_type_t* a, const wasmtime_component_fixed_length_list_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_fixed_length_list_type_delete(wasmtime_component_fixed_length_list_type_t* ptr);

/// Gives the elements' type.
///
/// \param ty       the type.
/// \param type_ret receives it; the caller frees it with wasmtime_component_valtype_delete().
WASM_API_EXTERN void wasmtime_component_fixed_length_list_type_element(
    const wasmtime_component_fixed_length_list_type_t* ty, struct wasmtime_component_valtype_t* type_ret);

/// The type of records: values with names. Opaque; deleted with #wasmtime_component_record_type_delete.
typedef struct wasmtime_component_record_type wasmtime_component_record_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_record_type_t* wasmtime_component_record_type_clone(
    const wasmtime_component_record_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_record_type_equal(const wasmtime_component_record_type_t* a,
                                                          const wasmtime_component_record_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_record_type_delete(wasmtime_component_record_type_t* ptr);

/// How many fields a record has.
WASM_API_EXTERN size_t wasmtime_component_record_type_field_count(const wasmtime_component_record_type_t* ty);

/// Gives a field by its position.
///
/// \param ty           the type.
/// \param nth          the position, from 0.
/// \param name_ret     receives the name, which lives as long as the type.
/// \param name_len_ret receives the name's length in bytes.
/// \param type_ret     receives the field's type, which the caller frees with wasmtime_component_valtype_delete().
/// \return whether there are more than `nth` fields; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_record_type_field_nth(const wasmtime_component_record_type_t* ty, size_t nth,
                                                              const char** name_ret, size_t* name_len_ret,
                                                              struct wasmtime_component_valtype_t* type_ret);

/// The type of tuples: values without names. Opaque; deleted with #wasmtime_component_tuple_type_delete.
typedef struct wasmtime_component_tuple_type wasmtime_component_tuple_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_tuple_type_t* wasmtime_component_tuple_type_clone(
    const wasmtime_component_tuple_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_tuple_type_equal(const wasmtime_component_tuple_type_t* a,
                                                         const wasmtime_component_tuple_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_tuple_type_delete(wasmtime_component_tuple_type_t* ptr);

/// How many values a tuple has.
WASM_API_EXTERN size_t wasmtime_component_tuple_type_types_count(const wasmtime_component_tuple_type_t* ty);

/// Gives the type of a value by its position.
///
/// \param ty       the type.
/// \param nth      the position, from 0.
/// \param type_ret receives the value's type, which the caller frees with wasmtime_component_valtype_delete().
/// \return whether there are more than `nth` values; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_tuple_type_types_nth(const wasmtime_component_tuple_type_t* ty, size_t nth,
                                                             struct wasmtime_component_valtype_t* type_ret);

/// The type of variants: one of several cases, perhaps with a value. Opaque; deleted with
/// #wasmtime_component_variant_type_delete.
typedef struct wasmtime_component_variant_type wasmtime_component_variant_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_variant_type_t* wasmtime_component_variant_type_clone(
    const wasmtime_component_variant_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_variant_type_equal(const wasmtime_component_variant_type_t* a,
                                                           const wasmtime_component_variant_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_variant_type_delete(wasmtime_component_variant_type_t* ptr);

/// How many cases there are.
WASM_API_EXTERN size_t wasmtime_component_variant_type_case_count(const wasmtime_component_variant_type_t* ty);

/// Gives a case by its position.
///
/// \param ty              the type.
/// \param nth             the position, from 0.
/// \param name_ret        receives the name, which lives as long as the type.
/// \param name_len_ret    receives the name's length in bytes.
/// \param has_payload_ret receives whether the case has a value.
/// \param payload_ret     receives the value's type if it has one, which the caller frees with
///                        wasmtime_component_valtype_delete().
/// \return whether there are more than `nth` cases; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_variant_type_case_nth(const wasmtime_component_variant_type_t* ty, size_t nth,
                                                              const char** name_ret, size_t* name_len_ret,
                                                              bool* has_payload_ret,
                                                              struct wasmtime_component_valtype_t* payload_ret);

/// The type of enumerations: one of several names. Opaque; deleted with #wasmtime_component_enum_type_delete.
typedef struct wasmtime_component_enum_type wasmtime_component_enum_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_enum_type_t* wasmtime_component_enum_type_clone(
    const wasmtime_component_enum_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_enum_type_equal(const wasmtime_component_enum_type_t* a,
                                                        const wasmtime_component_enum_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_enum_type_delete(wasmtime_component_enum_type_t* ptr);

/// How many names there are.
WASM_API_EXTERN size_t wasmtime_component_enum_type_names_count(const wasmtime_component_enum_type_t* ty);

/// Gives a name by its position.
///
/// \param ty           the type.
/// \param nth          the position, from 0.
/// \param name_ret     receives the name, which lives as long as the type.
/// \param name_len_ret receives the name's length in bytes.
/// \return whether there are more than `nth` names; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_enum_type_names_nth(const wasmtime_component_enum_type_t* ty, size_t nth,
                                                            const char** name_ret, size_t* name_len_ret);

/// The type of optional values. Opaque; deleted with #wasmtime_component_option_type_delete.
typedef struct wasmtime_component_option_type wasmtime_component_option_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_option_type_t* wasmtime_component_option_type_clone(
    const wasmtime_component_option_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_option_type_equal(const wasmtime_component_option_type_t* a,
                                                          const wasmtime_component_option_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_option_type_delete(wasmtime_component_option_type_t* ptr);

/// Gives the value's type.
///
/// \param ty       the type.
/// \param type_ret receives it; the caller frees it with wasmtime_component_valtype_delete().
WASM_API_EXTERN void wasmtime_component_option_type_ty(const wasmtime_component_option_type_t* ty,
                                                       struct wasmtime_component_valtype_t* type_ret);

/// The type of results: a value, or an error. Opaque; deleted with #wasmtime_component_result_type_delete.
typedef struct wasmtime_component_result_type wasmtime_component_result_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_result_type_t* wasmtime_component_result_type_clone(
    const wasmtime_component_result_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_result_type_equal(const wasmtime_component_result_type_t* a,
                                                          const wasmtime_component_result_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_result_type_delete(wasmtime_component_result_type_t* ptr);

/// Gives the type of the value of a success.
///
/// \param ty       the type.
/// \param type_ret receives it; the caller frees it with wasmtime_component_valtype_delete().
/// \return whether a success has a value; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_result_type_ok(const wasmtime_component_result_type_t* ty,
                                                       struct wasmtime_component_valtype_t* type_ret);

/// Gives the type of the value of a failure.
///
/// \param ty       the type.
/// \param type_ret receives it; the caller frees it with wasmtime_component_valtype_delete().
/// \return whether a failure has a value; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_result_type_err(const wasmtime_component_result_type_t* ty,
                                                        struct wasmtime_component_valtype_t* type_ret);

/// The type of flags: any of several names. Opaque; deleted with #wasmtime_component_flags_type_delete.
typedef struct wasmtime_component_flags_type wasmtime_component_flags_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_flags_type_t* wasmtime_component_flags_type_clone(
    const wasmtime_component_flags_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_flags_type_equal(const wasmtime_component_flags_type_t* a,
                                                         const wasmtime_component_flags_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_flags_type_delete(wasmtime_component_flags_type_t* ptr);

/// How many names there are.
WASM_API_EXTERN size_t wasmtime_component_flags_type_names_count(const wasmtime_component_flags_type_t* ty);

/// Gives a name by its position.
///
/// \param ty           the type.
/// \param nth          the position, from 0.
/// \param name_ret     receives the name, which lives as long as the type.
/// \param name_len_ret receives the name's length in bytes.
/// \return whether there are more than `nth` names; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_flags_type_names_nth(const wasmtime_component_flags_type_t* ty, size_t nth,
                                                             const char** name_ret, size_t* name_len_ret);

/// The type of futures: a value that comes later. Opaque; deleted with #wasmtime_component_future_type_delete.
typedef struct wasmtime_component_future_type wasmtime_component_future_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_future_type_t* wasmtime_component_future_type_clone(
    const wasmtime_component_future_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_future_type_equal(const wasmtime_component_future_type_t* a,
                                                          const wasmtime_component_future_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_future_type_delete(wasmtime_component_future_type_t* ptr);

/// Gives the value's type.
///
/// \param ty       the type.
/// \param type_ret receives it; the caller frees it with wasmtime_component_valtype_delete().
/// \return whether there is a value; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_future_type_ty(const wasmtime_component_future_type_t* ty,
                                                       struct wasmtime_component_valtype_t* type_ret);

/// The type of streams: values that come one after the other. Opaque; deleted with
/// #wasmtime_component_stream_type_delete.
typedef struct wasmtime_component_stream_type wasmtime_component_stream_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_stream_type_t* wasmtime_component_stream_type_clone(
    const wasmtime_component_stream_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_stream_type_equal(const wasmtime_component_stream_type_t* a,
                                                          const wasmtime_component_stream_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_stream_type_delete(wasmtime_component_stream_type_t* ptr);

/// Gives the values' type.
///
/// \param ty       the type.
/// \param type_ret receives it; the caller frees it with wasmtime_component_valtype_delete().
/// \return whether there are values; otherwise nothing is written.
WASM_API_EXTERN bool wasmtime_component_stream_type_ty(const wasmtime_component_stream_type_t* ty,
                                                       struct wasmtime_component_valtype_t* type_ret);

/// The type of maps from keys to values. Opaque; deleted with #wasmtime_component_map_type_delete.
typedef struct wasmtime_component_map_type wasmtime_component_map_type_t;

/// Makes a copy, which the caller owns.
WASM_API_EXTERN wasmtime_component_map_type_t* wasmtime_component_map_type_clone(
    const wasmtime_component_map_type_t* ty);

/// Whether two such types are equal.
WASM_API_EXTERN bool wasmtime_component_map_type_equal(const wasmtime_component_map_type_t* a,
                                                       const wasmtime_component_map_type_t* b);

/// Frees such a type; NULL is allowed.
WASM_API_EXTERN void wasmtime_component_map_type_delete(wasmtime_component_map_type_t* ptr);

/// Gives the keys' type.
///
/// \param ty       the type.
/// \param type_ret receives it; the caller frees it with wasmtime_component_valtype_delete().
WASM_API_EXTERN void wasmtime_component_map_type_key(const wasmtime_component_map_type_t* ty,
                                                     struct wasmtime_component_valtype_t* type_ret);

/// Gives the values' type.
///
/// \param ty       the type.
/// \param type_ret receives it; the caller frees it with wasmtime_component_valtype_delete().
WASM_API_EXTERN void wasmtime_component_map_type_value(const wasmtime_component_map_type_t* ty,
                                                       struct wasmtime_component_valtype_t* type_ret);

/// The type `bool`.
#define WASMTIME_COMPONENT_VALTYPE_BOOL 0
/// The type `s8`.
#define WASMTIME_COMPONENT_VALTYPE_S8 1
/// The type `s16`.
#define WASMTIME_COMPONENT_VALTYPE_S16 2
/// The type `s32`.
#define WASMTIME_COMPONENT_VALTYPE_S32 3
/// The type `s64`.
#define WASMTIME_COMPONENT_VALTYPE_S64 4
/// The type `u8`.
#define WASMTIME_COMPONENT_VALTYPE_U8 5
/// The type `u16`.
#define WASMTIME_COMPONENT_VALTYPE_U16 6
/// The type `u32`.
#define WASMTIME_COMPONENT_VALTYPE_U32 7
/// The type `u64`.
#define WASMTIME_COMPONENT_VALTYPE_U64 8
/// The type `f32`.
#define WASMTIME_COMPONENT_VALTYPE_F32 9
/// The type `f64`.
#define WASMTIME_COMPONENT_VALTYPE_F64 10
/// The type `char`.
#define WASMTIME_COMPONENT_VALTYPE_CHAR 11
/// The type `string`.
#define WASMTIME_COMPONENT_VALTYPE_STRING 12
/// Lists: #wasmtime_component_valtype_union_t::list.
#define WASMTIME_COMPONENT_VALTYPE_LIST 13
/// Records: #wasmtime_component_valtype_union_t::record.
#define WASMTIME_COMPONENT_VALTYPE_RECORD 14
/// Tuples: #wasmtime_component_valtype_union_t::tuple.
#define WASMTIME_COMPONENT_VALTYPE_TUPLE 15
/// Variants: #wasmtime_component_valtype_union_t::variant.
#define WASMTIME_COMPONENT_VALTYPE_VARIANT 16
/// Enumerations: #wasmtime_component_valtype_union_t::enum_.
#define WASMTIME_COMPONENT_VALTYPE_ENUM 17
/// Optional values: #wasmtime_component_valtype_union_t::option.
#define WASMTIME_COMPONENT_VALTYPE_OPTION 18
/// Results: #wasmtime_component_valtype_union_t::result.
#define WASMTIME_COMPONENT_VALTYPE_RESULT 19
/// Flags: #wasmtime_component_valtype_union_t::flags.
#define WASMTIME_COMPONENT_VALTYPE_FLAGS 20
/// Resources that are owned: #wasmtime_component_valtype_union_t::own.
#define WASMTIME_COMPONENT_VALTYPE_OWN 21
/// Resources that are borrowed: #wasmtime_component_valtype_union_t::borrow.
#define WASMTIME_COMPONENT_VALTYPE_BORROW 22
/// Futures: #wasmtime_component_valtype_union_t::future.
#define WASMTIME_COMPONENT_VALTYPE_FUTURE 23
/// Streams: #wasmtime_component_valtype_union_t::stream.
#define WASMTIME_COMPONENT_VALTYPE_STREAM 24
/// Contexts of errors.
#define WASMTIME_COMPONENT_VALTYPE_ERROR_CONTEXT 25
/// Maps: #wasmtime_component_valtype_union_t::map.
#define WASMTIME_COMPONENT_VALTYPE_MAP 26
/// Lists of one length: #wasmtime_component_valtype_union_t::fixed_length_list.
#define WASMTIME_COMPONENT_VALTYPE_FIXED_LENGTH_LIST 27

/// Which kind of type a #wasmtime_component_valtype_t is; one of the constants above.
typedef uint8_t wasmtime_component_valtype_kind_t;

/// The type that a kind stands for, owned by the structure around it; kinds without a member need none.
typedef union wasmtime_component_valtype_union {
  /// For #WASMTIME_COMPONENT_VALTYPE_LIST.
  wasmtime_component_list_type_t* list;
  /// For #WASMTIME_COMPONENT_VALTYPE_RECORD.
  wasmtime_component_record_type_t* record;
  /// For #WASMTIME_COMPONENT_VALTYPE_TUPLE.
  wasmtime_component_tuple_type_t* tuple;
  /// For #WASMTIME_COMPONENT_VALTYPE_VARIANT.
  wasmtime_component_variant_type_t* variant;
  /// For #WASMTIME_COMPONENT_VALTYPE_ENUM.
  wasmtime_component_enum_type_t* enum_;
  /// For #WASMTIME_COMPONENT_VALTYPE_OPTION.
  wasmtime_component_option_type_t* option;
  /// For #WASMTIME_COMPONENT_VALTYPE_RESULT.
  wasmtime_component_result_type_t* result;
  /// For #WASMTIME_COMPONENT_VALTYPE_FLAGS.
  wasmtime_component_flags_type_t* flags;
  /// For #WASMTIME_COMPONENT_VALTYPE_OWN.
  wasmtime_component_resource_type_t* own;
  /// For #WASMTIME_COMPONENT_VALTYPE_BORROW.
  wasmtime_component_resource_type_t* borrow;
  /// For #WASMTIME_COMPONENT_VALTYPE_FUTURE.
  wasmtime_component_future_type_t* future;
  /// For #WASMTIME_COMPONENT_VALTYPE_STREAM.
  wasmtime_component_stream_type_t* stream;
  /// For #WASMTIME_COMPONENT_VALTYPE_MAP.
  wasmtime_component_map_type_t* map;
  /// For #WASMTIME_COMPONENT_VALTYPE_FIXED_LENGTH_LIST.
  wasmtime_component_fixed_length_list_type_t* fixed_length_list;
} wasmtime_component_valtype_union_t;

/// The type of a value.
typedef struct wasmtime_component_valtype_t {
  /// Says which member of `of` counts.
  wasmtime_component_valtype_kind_t kind;
  /// The type.
  wasmtime_component_valtype_union_t of;
} wasmtime_component_valtype_t;

/// Copies a value's type.
///
/// \param ty  what to copy; it stays the caller's.
/// \param out need not be initialized; the caller frees its content with wasmtime_component_valtype_delete().
WASM_API_EXTERN void wasmtime_component_valtype_clone(const wasmtime_component_valtype_t* ty,
                                                      wasmtime_component_valtype_t* out);

/// Whether two types of values are equal.
WASM_API_EXTERN bool wasmtime_component_valtype_equal(const wasmtime_component_valtype_t* a,
                                                      const wasmtime_component_valtype_t* b);

/// Frees what a value's type owns; the structure itself is the caller's. NULL is allowed.
WASM_API_EXTERN void wasmtime_component_valtype_delete(wasmtime_component_valtype_t* ptr);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_FEATURE_COMPONENT_MODEL

#endif  // WASMTIME_COMPONENT_TYPES_VAL_H
