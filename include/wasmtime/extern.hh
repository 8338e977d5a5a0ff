/// \file wasmtime/extern.hh
///
/// What can be imported and exported.

#ifndef WASMTIME_EXTERN_HH
#define WASMTIME_EXTERN_HH

#include <wasmtime/extern.h>

#include <optional>
#include <string_view>
#include <variant>
#include <wasmtime/extern_declare.hh>
#include <wasmtime/func.hh>
#include <wasmtime/global.hh>
#include <wasmtime/memory.hh>
#include <wasmtime/table.hh>
#include <wasmtime/tag.hh>

namespace wasmtime {

namespace detail {

/// Takes over an item that a function of the C API gave. Items without a class, as shared memories, are given back.
inline std::optional<Extern> take_extern(wasmtime_extern_t& item) {
  switch (item.kind) {
    case WASMTIME_EXTERN_FUNC:
      return Func(item.of.func);
    case WASMTIME_EXTERN_GLOBAL:
      return Global(item.of.global);
    case WASMTIME_EXTERN_TABLE:
      return Table(item.of.table);
    case WASMTIME_EXTERN_MEMORY:
      return Memory(item.of.memory);
    case WASMTIME_EXTERN_TAG:
      return Tag(item.of.tag);
    default:
      wasmtime_extern_delete(&item);
      return std::nullopt;
  }
}

/// An item as functions of the C API take it.
inline wasmtime_extern_t lend_extern(const Extern& item) {
  wasmtime_extern_t raw{};
  if (const Func* func = std::get_if<Func>(&item)) {
    raw.kind = WASMTIME_EXTERN_FUNC;
    raw.of.func = func->capi();
  } else if (const Global* global = std::get_if<Global>(&item)) {
    raw.kind = WASMTIME_EXTERN_GLOBAL;
    raw.of.global = global->capi();
  } else if (const Table* table = std::get_if<Table>(&item)) {
    raw.kind = WASMTIME_EXTERN_TABLE;
    raw.of.table = table->capi();
  } else if (const Memory* memory = std::get_if<Memory>(&item)) {
    raw.kind = WASMTIME_EXTERN_MEMORY;
    raw.of.memory = memory->capi();
  } else {
    raw.kind = WASMTIME_EXTERN_TAG;
    raw.of.tag = std::get<Tag>(item).capi();
  }
  return raw;
}

}  // namespace detail

inline std::optional<Extern> Caller::get_export(std::string_view name) {
  wasmtime_extern_t item;
  if (!wasmtime_caller_export_get(ptr_, name.data(), name.size(), &item)) return std::nullopt;
  return detail::take_extern(item);
}

}  // namespace wasmtime

#endif  // WASMTIME_EXTERN_HH
