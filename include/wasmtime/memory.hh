/// \file wasmtime/memory.hh
///
/// Memories.

#ifndef WASMTIME_MEMORY_HH
#define WASMTIME_MEMORY_HH

#include <wasmtime/memory.h>

#include <cstdint>
#include <wasmtime/error.hh>
#include <wasmtime/span.hh>
#include <wasmtime/store.hh>
#include <wasmtime/types/memory.hh>

namespace wasmtime {

/// A memory of a store: a handle, copied at will, good as long as the store. Sizes are in pages, of 64 KiB unless its
/// type says otherwise.
class Memory {
 public:
  /// A memory of the C API.
  Memory(wasmtime_memory_t memory) noexcept : memory_(memory) {}

  /// Makes a memory of its minimal size, all bytes 0.
  static Result<Memory> create(Store::Context cx, const MemoryType& ty) {
    wasmtime_memory_t memory;
    return detail::result_of<Memory>(wasmtime_memory_new(cx.capi(), ty.capi(), &memory), memory);
  }

  /// The memory's type.
  MemoryType type(Store::Context cx) const {
    return MemoryType(detail::Adopt(), wasmtime_memory_type(cx.capi(), &memory_));
  }

  /// How many pages there are.
  std::uint64_t size(Store::Context cx) const { return wasmtime_memory_size(cx.capi(), &memory_); }

  /// The bytes, to be read and written. Good until the memory grows, which running WebAssembly may do.
  Span<std::uint8_t> data(Store::Context cx) const {
    return Span<std::uint8_t>(wasmtime_memory_data(cx.capi(), &memory_),
                              wasmtime_memory_data_size(cx.capi(), &memory_));
  }

  /// Adds pages; gives how many there were before. An error beyond the maximum of its type or of the store.
  Result<std::uint64_t> grow(Store::Context cx, std::uint64_t delta) const {
    std::uint64_t before = 0;
    return detail::result_of<std::uint64_t>(wasmtime_memory_grow(cx.capi(), &memory_, delta, &before), before);
  }

  /// How many bytes a page has.
  std::uint64_t page_size(Store::Context cx) const { return wasmtime_memory_page_size(cx.capi(), &memory_); }
  /// How many bytes a page has, as a power of two.
  std::uint8_t page_size_log2(Store::Context cx) const { return wasmtime_memory_page_size_log2(cx.capi(), &memory_); }

  /// The memory, as the C API takes it.
  const wasmtime_memory_t& capi() const noexcept { return memory_; }

 private:
  wasmtime_memory_t memory_;
};

}  // namespace wasmtime

#endif  // WASMTIME_MEMORY_HH
