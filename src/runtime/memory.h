// Memory: a linear memory (spec 4.2.8) in its own reservation with guard pages; growing never moves it.
// An unshared memory belongs to one store. A SharedMemory may be used by several stores and threads.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "abi/context.h"
#include "base/error.h"
#include "runtime/reservation.h"
#include "wasm/types.h"

namespace gantry::runtime {

class MemoryImage;
class Store;

// What backs a linear memory. Thread-safe for shared memories: growth is serialised, length is published atomically.
class MemoryStorage {
 public:
  // Reserves address space for the maximum (bounded: a memory whose maximum is too large to reserve gets a smaller reservation, beyond
  // which growing fails) and makes `limits.min` pages accessible. Error (Host) when the minimum cannot be had. `image` may be null;
  // whether it was used, has_image() tells.
  static Result<std::shared_ptr<MemoryStorage>> Create(const wasm::MemoryType& type, const MemoryImage* image);
  ~MemoryStorage();
  MemoryStorage(const MemoryStorage&) = delete;
  MemoryStorage& operator=(const MemoryStorage&) = delete;

  const wasm::MemoryType& type() const { return type_; }
  abi::MemoryDef* def() { return &def_; }
  uint64_t pages() const { return def_.length.load(std::memory_order_acquire) >> type_.page_size_log2; }
  // The active data segments' bytes are already there.
  bool has_image() const { return reservation_.image_id != 0; }
  // Grows by `delta` pages. Old size in pages, or -1 (also beyond `max_bytes`, a limit of the store).
  int64_t Grow(uint64_t delta, uint64_t max_bytes);

  struct Private {};             // only Create makes one
  MemoryStorage(Private, const wasm::MemoryType& type, const Reservation& reservation);

 private:
  wasm::MemoryType type_;
  abi::MemoryDef def_{};
  Reservation reservation_;
  std::mutex grow_lock_;
};

// Bytes of the type's smallest size; nullopt if that is no number of bytes.
std::optional<uint64_t> MinimumBytes(const wasm::MemoryType& type);

// A store's memory: exportable item.
struct Memory {
  std::shared_ptr<MemoryStorage> storage;
  abi::MemoryDef* def() const { return storage->def(); }
};

// Atomic wait and notify (threads proposal). `address` is a checked address inside a shared memory. Timeout in ns, negative: forever.
// *result: 0 woken, 1 not equal, 2 timed out. Interrupts of the store are polled during the wait; a status other than Ok is theirs.
abi::Status AtomicWait32(Store& store, uint8_t* address, uint32_t expected, int64_t timeout_ns, uint32_t* result);
abi::Status AtomicWait64(Store& store, uint8_t* address, uint64_t expected, int64_t timeout_ns, uint32_t* result);
// Number of waiters woken.
uint32_t AtomicNotify(uint8_t* address, uint32_t count);

}  // namespace gantry::runtime
