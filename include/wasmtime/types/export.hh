/// \file wasmtime/types/export.hh
///
/// What a module exports.

#ifndef WASMTIME_TYPES_EXPORT_HH
#define WASMTIME_TYPES_EXPORT_HH

#include <wasm.h>

#include <cstddef>
#include <string_view>
#include <utility>
#include <wasmtime/helpers.hh>

namespace wasmtime {

/// One export of a module: its name and its type.
class ExportType
    : public detail::Copyable<ExportType, wasm_exporttype_t, wasm_exporttype_delete, wasm_exporttype_copy> {
 public:
  using Copyable::Copyable;

  /// Shows an export that belongs to somebody else. ExternType::from_export() gives its type.
  class Ref {
   public:
    /// Shows `ty`.
    Ref(const wasm_exporttype_t* ty) noexcept : ptr_(ty) {}

    /// The name; good as long as the export.
    std::string_view name() const {
      const wasm_name_t* name = wasm_exporttype_name(ptr_);
      return std::string_view(name->data, name->size);
    }

    /// The export, as the C API takes it.
    const wasm_exporttype_t* capi() const noexcept { return ptr_; }

   private:
    const wasm_exporttype_t* ptr_;
  };

  /// The exports of a module, in order.
  class List {
   public:
    /// What walks over the exports.
    using iterator = const Ref*;

    /// An empty list.
    List() noexcept : list_{0, nullptr} {}
    /// Takes over the content of `list`.
    explicit List(const wasm_exporttype_vec_t& list) noexcept : list_(list) {}
    /// Takes the exports of another list.
    List(List&& other) noexcept : list_(std::exchange(other.list_, {0, nullptr})) {}
    /// Takes the exports of another list, which gets those of this one.
    List& operator=(List&& other) noexcept {
      std::swap(list_, other.list_);
      return *this;
    }
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List() { wasm_exporttype_vec_delete(&list_); }

    /// Where the exports begin.
    iterator begin() const { return reinterpret_cast<iterator>(list_.data); }
    /// Where the exports end.
    iterator end() const { return begin() + list_.size; }
    /// How many there are.
    std::size_t size() const { return list_.size; }

   private:
    static_assert(sizeof(Ref) == sizeof(wasm_exporttype_t*));
    wasm_exporttype_vec_t list_;
  };

  /// What shows this export.
  Ref ref() const { return Ref(capi()); }
};

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_EXPORT_HH
