// Memory: a linear memory (spec 4.2.8) in its own reservation with guard pages; growing never moves it.
// An unshared memory belongs to one store. A SharedMemory may be used by several stores and threads.
// An embedder may provide the bytes of unshared memories itself (HostMemory); such a memory may move when it grows.
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

// The bytes of a linear memory that the embedder provides.
class HostMemory {
 public:
  virtual ~HostMemory() = default;
  // Where the first byte is; never null. Changes only in Grow.
  virtual uint8_t* base() = 0;
  // To this size; new bytes are zero. On an Error the bytes stay as they were, but they may have moved.
  virtual Result<void> Grow(uint64_t bytes) = 0;
};

// Where unshared memories come from, if not from reservations. Thread-safe.
class MemoryCreator {
 public:
  virtual ~MemoryCreator() = default;
  // `min_bytes` zero bytes that will grow to at most `max_bytes`.
  virtual Result<std::unique_ptr<HostMemory>> New(const wasm::MemoryType& type, uint64_t min_bytes,
                                                  uint64_t max_bytes) = 0;
};

// What backs a linear memory. Thread-safe for shared memories: growth is serialised, length is published atomically.
class MemoryStorage {
 public:
  // Reserves address space for the maximum (bounded: a memory whose maximum is too large to reserve gets a smaller
  // reservation, beyond which growing fails) and makes `limits.min` pages accessible. Error (Host) when the minimum
  // cannot be had. `image` may be null; whether it was used, has_image() tells.
  static Result<std::shared_ptr<MemoryStorage>> Create(const wasm::MemoryType& type, const MemoryImage* image);
  // The same with bytes from the embedder.
  static Result<std::shared_ptr<MemoryStorage>> Create(const wasm::MemoryType& type, MemoryCreator& creator);
  ~MemoryStorage();
  MemoryStorage(const MemoryStorage&) = delete;
  MemoryStorage& operator=(const MemoryStorage&) = delete;

  const wasm::MemoryType& type() const { return type_; }
  abi::MemoryDef* def() { return &def_; }
  uint64_t pages() const { return def_.length.load(std::memory_order_acquire) >> type_.page_size_log2; }
  // The active data segments' bytes are already there.
  bool has_image() const { return reservation_.image_id != 0; }
  // Where [from, from + count) lies; null if it is not all there, or other threads may see it.
  uint8_t* OwnBytes(uint64_t from, uint64_t count) const {
    const uint64_t length = def_.length.load(std::memory_order_relaxed);
    return count > length || from > length - count || type_.is_shared ? nullptr : def_.base + from;
  }
  // May code leave checks to the guards (abi::kGuardBytes)?
  bool is_guarded() const;
  // Does an address lie in the memory or around it, where only accesses out of its bounds come to lie?
  bool Covers(uintptr_t address) const {
    return address - reinterpret_cast<uintptr_t>(reservation_.start) < reservation_.size;
  }
  // Grows by `delta` pages. Old size in pages, or -1 (also beyond `max_bytes`, a limit of the store). *refusal, unless
  // null: what an embedder's memory says about it.
  int64_t Grow(uint64_t delta, uint64_t max_bytes, std::optional<Error>* refusal = nullptr);

  struct Private {};  // only Create makes one
  MemoryStorage(Private, const wasm::MemoryType& type, const Reservation& reservation);
  MemoryStorage(Private, const wasm::MemoryType& type, std::unique_ptr<HostMemory> host);

 private:
  wasm::MemoryType type_;
  abi::MemoryDef def_{};
  Reservation reservation_;  // empty with `host_`
  std::unique_ptr<HostMemory> host_;
  std::mutex grow_lock_;
};

// Bytes of the type's smallest size; nullopt if that is no number of bytes.
std::optional<uint64_t> MinimumBytes(const wasm::MemoryType& type);

// A store's memory: exportable item.
struct Memory {
  std::shared_ptr<MemoryStorage> storage;
  abi::MemoryDef* def() const { return storage->def(); }
};

// Atomic wait and notify (threads proposal). `address` is a checked address inside a shared memory. Timeout in ns,
// negative: forever. *result: 0 woken, 1 not equal, 2 timed out. Interrupts of the store are polled during the wait; a
// status other than Ok is theirs.
abi::Status AtomicWait32(Store& store, uint8_t* address, uint32_t expected, int64_t timeout_ns, uint32_t* result);
abi::Status AtomicWait64(Store& store, uint8_t* address, uint64_t expected, int64_t timeout_ns, uint32_t* result);
// Number of waiters woken.
uint32_t AtomicNotify(uint8_t* address, uint32_t count);

}  // namespace gantry::runtime
