/// \file wasmtime/types/extern.hh
///
/// The types of what can be imported and exported.

#ifndef WASMTIME_TYPES_EXTERN_HH
#define WASMTIME_TYPES_EXTERN_HH

#include <wasm.h>

#include <variant>
#include <wasmtime/helpers.hh>
#include <wasmtime/types/export.hh>
#include <wasmtime/types/func.hh>
#include <wasmtime/types/global.hh>
#include <wasmtime/types/import.hh>
#include <wasmtime/types/memory.hh>
#include <wasmtime/types/table.hh>
#include <wasmtime/types/tag.hh>

namespace wasmtime {

/// The type of anything that can be imported or exported.
class ExternType {
 public:
  /// Shows a type that belongs to somebody else; which alternative it is tells of what kind it is.
  using Ref = std::variant<FuncType::Ref, GlobalType::Ref, TableType::Ref, MemoryType::Ref, TagType::Ref>;

  /// The type of an import; good as long as the import.
  ///
  /// The modules and instances of module linking (gantry.h) have no class here: they end the process. The C API tells
  /// their kinds.
  static Ref from_import(ImportType::Ref import) { return of(wasm_importtype_type(import.capi())); }
  /// The type of an export, good as long as the export; the rest is as for imports.
  static Ref from_export(ExportType::Ref item) { return of(wasm_exporttype_type(item.capi())); }

 private:
  static Ref of(const wasm_externtype_t* ty) {
    switch (wasm_externtype_kind(ty)) {
      case WASM_EXTERN_FUNC:
        return FuncType::Ref(wasm_externtype_as_functype_const(ty));
      case WASM_EXTERN_GLOBAL:
        return GlobalType::Ref(wasm_externtype_as_globaltype_const(ty));
      case WASM_EXTERN_TABLE:
        return TableType::Ref(wasm_externtype_as_tabletype_const(ty));
      case WASM_EXTERN_MEMORY:
        return MemoryType::Ref(wasm_externtype_as_memorytype_const(ty));
      case WASM_EXTERN_TAG:
        return TagType::Ref(wasm_externtype_as_tagtype_const(ty));
      default:
        detail::misuse("ExternType has no class for a type of this kind");
    }
  }
};

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_EXTERN_HH
