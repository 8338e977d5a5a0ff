/// \file wasmtime/types/memory.hh
///
/// The types of memories.

#ifndef WASMTIME_TYPES_MEMORY_HH
#define WASMTIME_TYPES_MEMORY_HH

#include <wasm.h>
#include <wasmtime/memory.h>

#include <cstdint>
#include <optional>
#include <wasmtime/error.hh>
#include <wasmtime/helpers.hh>

namespace wasmtime {

/// The type of a memory: how large it may be and how it is addressed. Sizes are in pages, of 64 KiB unless the type
/// says otherwise.
class MemoryType {
 public:
  /// Shows a memory type that belongs to somebody else.
  class Ref {
   public:
    /// Shows `ty`.
    Ref(const wasm_memorytype_t* ty) noexcept : ptr_(ty) {}
    /// Shows `ty`.
    Ref(const MemoryType& ty) noexcept : Ref(ty.capi()) {}

    /// How many pages there are at least.
    std::uint64_t min() const { return wasmtime_memorytype_minimum(ptr_); }
    /// How many pages there are at most, if that is bounded.
    std::optional<std::uint64_t> max() const {
      std::uint64_t max = 0;
      if (!wasmtime_memorytype_maximum(ptr_, &max)) return std::nullopt;
      return max;
    }
    /// Whether addresses have 64 bits instead of 32.
    bool is_64() const { return wasmtime_memorytype_is64(ptr_); }
    /// Whether threads can share the memory.
    bool is_shared() const { return wasmtime_memorytype_isshared(ptr_); }
    /// How many bytes a page has.
    std::uint64_t page_size() const { return wasmtime_memorytype_page_size(ptr_); }
    /// How many bytes a page has, as a power of two.
    std::uint8_t page_size_log2() const { return wasmtime_memorytype_page_size_log2(ptr_); }

    /// The type, as the C API takes it.
    const wasm_memorytype_t* capi() const noexcept { return ptr_; }

   private:
    const wasm_memorytype_t* ptr_;
  };

  /// Puts a memory type together, piece by piece. At first: no pages, no maximum, 32-bit addresses, not shared, pages
  /// of 64 KiB.
  class Builder {
   public:
    /// Sets how many pages there are at least.
    Builder& min(std::uint64_t min) {
      min_ = min;
      return *this;
    }
    /// Sets how many pages there are at most, if that is to be bounded.
    Builder& max(std::optional<std::uint64_t> max) {
      max_ = max;
      return *this;
    }
    /// Says whether addresses have 64 bits instead of 32.
    Builder& memory64(bool enable) {
      memory64_ = enable;
      return *this;
    }
    /// Says whether threads can share the memory, which then needs a maximum.
    Builder& shared(bool enable) {
      shared_ = enable;
      return *this;
    }
    /// Sets how many bytes a page has, as a power of two: 16 or 0.
    Builder& page_size_log2(std::uint8_t page_size_log2) {
      page_size_log2_ = page_size_log2;
      return *this;
    }

    /// Makes the type, or an error when the pieces do not fit together.
    Result<MemoryType> build() const {
      wasm_memorytype_t* ty = nullptr;
      wasmtime_error_t* error =
          wasmtime_memorytype_new(min_, max_.has_value(), max_.value_or(0), memory64_, shared_, page_size_log2_, &ty);
      if (error != nullptr) return Error(error);
      return MemoryType(detail::Adopt(), ty);
    }

   private:
    std::uint64_t min_ = 0;
    std::optional<std::uint64_t> max_;
    bool memory64_ = false;
    bool shared_ = false;
    std::uint8_t page_size_log2_ = 16;
  };

  /// Takes over `ty`.
  MemoryType(detail::Adopt, wasm_memorytype_t* ty) : box_(ty) {}
  /// Copies the type that `ty` shows.
  MemoryType(Ref ty) : box_(ty.capi()) {}
  /// The type of memories with at least `min` pages and 32-bit addresses. A number of pages that such addresses cannot
  /// reach ends the process; a Builder gives an error instead.
  explicit MemoryType(std::uint32_t min);
  /// The type of memories with at least `min` and at most `max` pages and 32-bit addresses. Numbers that do not fit end
  /// the process; a Builder gives an error instead.
  MemoryType(std::uint32_t min, std::uint32_t max);

  /// The type of memories with at least `min` pages and 64-bit addresses. A number of pages that such addresses cannot
  /// reach ends the process; a Builder gives an error instead.
  static MemoryType New64(std::uint64_t min);
  /// The type of memories with at least `min` and at most `max` pages and 64-bit addresses. Numbers that do not fit end
  /// the process; a Builder gives an error instead.
  static MemoryType New64(std::uint64_t min, std::uint64_t max);

  /// What shows this type.
  Ref* operator->() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator->() const noexcept { return box_.ref(); }
  /// What shows this type.
  Ref* operator*() noexcept { return box_.ref(); }
  /// What shows this type.
  const Ref* operator*() const noexcept { return box_.ref(); }

  /// The type, as the C API takes it. It stays this class's.
  const wasm_memorytype_t* capi() const noexcept { return box_.get(); }

 private:
  detail::TypeBox<wasm_memorytype_t, Ref, wasm_memorytype_delete, wasm_memorytype_copy> box_;
};

inline MemoryType::MemoryType(std::uint32_t min) : MemoryType(Builder().min(min).build().unwrap()) {}

inline MemoryType::MemoryType(std::uint32_t min, std::uint32_t max)
    : MemoryType(Builder().min(min).max(max).build().unwrap()) {}

inline MemoryType MemoryType::New64(std::uint64_t min) { return Builder().min(min).memory64(true).build().unwrap(); }

inline MemoryType MemoryType::New64(std::uint64_t min, std::uint64_t max) {
  return Builder().min(min).max(max).memory64(true).build().unwrap();
}

}  // namespace wasmtime

#endif  // WASMTIME_TYPES_MEMORY_HH
