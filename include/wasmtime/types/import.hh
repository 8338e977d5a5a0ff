/// \file wasmtime/types/import.hh
///
/// What a module imports.

#ifndef WASMTIME_TYPES_IMPORT_HH
#define WASMTIME_TYPES_IMPORT_HH

#include <wasm.h>

#include <cstddef>
#include <string_view>
#include <utility>
#include <wasmtime/helpers.hh>

namespace wasmtime {

/// One import of a module: its two names and its type.
class ImportType
    : public detail::Copyable<ImportType, wasm_importtype_t, wasm_importtype_delete, wasm_importtype_copy> {
 public:
  using Copyable::Copyable;

  /// Shows an import that belongs to somebody else. ExternType::from_import() gives its type.
  class Ref {
   public:
    /// Shows `ty`.
    Ref(const wasm_importtype_t* ty) noexcept : ptr_(ty) {}

    /// The first name, of the module it is to come from; good as long as the import.
    std::string_view module() const { return view(wasm_importtype_module(ptr_)); }
    /// The second name, of the item; good as long as the import.
    std::string_view name() const { return view(wasm_importtype_name(ptr_)); }

    /// The import, as the C API takes it.
    const wasm_importtype_t* capi() const noexcept { return ptr_; }

   private:
    static std::string_view view(const wasm_name_t* name) { return std::string_view(name->data, name->size); }

    const wasm_importtype_t* ptr_;
  };

  /// The imports of a module, in order.
  class List {
   public:
    /// What walks over the imports.
    using iterator = const Ref*;

    /// An empty list.
    List() noexcept : list_{0, nullptr} {}
    /// Takes over the content of `list`.
    explicit List(const wasm_importtype_vec_t& list) noexcept : list_(list) {}
    /// Takes the imports of another list.
    List(List&& other) noexcept : list_(std::exchange(other.list_, {0, nullptr})) {}
    /// Takes the imports of another list, which gets those of this one.
    List& operator=(List&& other) noexcept {
      std::swap(list_, other.list_);
      return *this;
    }
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List() { wasm_importtype_vec_delete(&list_); }

    /// Where the imports begin.
    iterator begin() const { return reinterpret_cast<iterator>(list_.data); }
    /// Where the imports end.
    iterator end() const { return begin() + list_.size; }
    /// How many there are.
    std::size_t size() const { return list_.size; }

   private:
    static_assert(sizeof(Ref) == sizeof(wasm_importtype_t*));
    wasm_importtype_vec_t list_;
  };

  /// What shows this import.
  Ref ref() const { return Ref(capi()); }
};

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_IMPORT_HH
