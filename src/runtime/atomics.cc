// Atomic wait and notify: threads parked by the address they wait on, in a hash table of queues (a parking lot).
//
// A store runs on one thread at a time, so a waiting thread sleeps on its store's own word; notify and interrupts write
// there. [I1] A waiter compares and enters the queue under the queue's lock, and notify takes that lock, so no
// notification between is lost. [I2] A waiter clears its word before it asks whether an interrupt is due, and an
// interrupt becomes due before the word is written. [I3] A queued waiter's store is alive: the waiter leaves the queue
// under the lock before it returns. Tested by interruption_test.cc (also under ThreadSanitizer).
#include <array>
#include <mutex>

#include "platform/futex.h"
#include "runtime/memory.h"
#include "runtime/store.h"

namespace gantry::runtime {

using abi::Status;

namespace {

constexpr uint32_t kWoken = 1, kAsked = 2;  // bits of a store's word
constexpr uint32_t kResultWoken = 0, kResultNotEqual = 1, kResultTimedOut = 2;

struct Waiter {
  const uint8_t* address;
  std::atomic<uint32_t>* word;
  bool is_woken = false;
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
};

// Oldest first, as notify wakes them (spec: in the order they waited).
struct Queue {
  std::mutex mutex;
  Waiter* first = nullptr;
  Waiter* last = nullptr;

  void Append(Waiter* waiter) {
    waiter->previous = last;
    (last == nullptr ? first : last->next) = waiter;
    last = waiter;
  }
  void Remove(Waiter* waiter) {
    (waiter->previous == nullptr ? first : waiter->previous->next) = waiter->next;
    (waiter->next == nullptr ? last : waiter->next->previous) = waiter->previous;
  }
};

Queue& QueueOf(const uint8_t* address) {
  static auto* queues = new std::array<Queue, 256>;  // never destroyed: threads may wait during exit
  const uint64_t hash = (reinterpret_cast<uintptr_t>(address) >> 2) * 0x9e3779b97f4a7c15u;
  return (*queues)[hash >> 56];
}

int64_t DeadlineAfter(int64_t timeout_ns) {
  int64_t deadline;
  if (timeout_ns < 0 || __builtin_add_overflow(platform::NowNs(), timeout_ns, &deadline)) return -1;
  return deadline;
}

}  // namespace

class Parking {
 public:
  template <class T>
  static Status Wait(Store& store, uint8_t* address, T expected, int64_t timeout_ns, uint32_t* result) {
    std::atomic<uint32_t>& word = store.wait_word_;
    const int64_t deadline = DeadlineAfter(timeout_ns);
    Queue& queue = QueueOf(address);
    Waiter waiter{address, &word};
    {
      std::lock_guard lock(queue.mutex);
      if (__atomic_load_n(reinterpret_cast<T*>(address), __ATOMIC_SEQ_CST) != expected) {
        *result = kResultNotEqual;
        return Status::Ok;
      }
      word.store(0);
      queue.Append(&waiter);  // [I1]
    }
    Status status = Status::Ok;
    bool timed_out = false;
    while (!timed_out) {
      word.fetch_and(~kAsked);
      if (store.interrupt_is_due()) {  // [I2]
        status = store.OnPoll();
        if (status != Status::Ok) break;
      }
      const uint32_t seen = word.load();
      if ((seen & kWoken) != 0) break;
      if (seen == 0) platform::FutexWait(&word, 0, deadline);
      timed_out = deadline >= 0 && platform::NowNs() >= deadline;
    }
    std::lock_guard lock(queue.mutex);
    if (!waiter.is_woken) queue.Remove(&waiter);  // [I3]
    *result = waiter.is_woken ? kResultWoken : kResultTimedOut;
    return status;
  }

  static uint32_t Notify(uint8_t* address, uint32_t count) {
    Queue& queue = QueueOf(address);
    uint32_t woken = 0;
    std::lock_guard lock(queue.mutex);
    for (Waiter* waiter = queue.first; waiter != nullptr && woken < count;) {
      Waiter* next = waiter->next;
      if (waiter->address == address) {
        queue.Remove(waiter);
        waiter->is_woken = true;
        waiter->word->fetch_or(kWoken);
        platform::FutexWake(waiter->word);
        ++woken;
      }
      waiter = next;
    }
    return woken;
  }

  static void Ask(std::atomic<uint32_t>& word) {
    word.fetch_or(kAsked);
    platform::FutexWake(&word);
  }
};

void Store::Wake() { Parking::Ask(wait_word_); }

Status AtomicWait32(Store& store, uint8_t* address, uint32_t expected, int64_t timeout_ns, uint32_t* result) {
  return Parking::Wait(store, address, expected, timeout_ns, result);
}

Status AtomicWait64(Store& store, uint8_t* address, uint64_t expected, int64_t timeout_ns, uint32_t* result) {
  return Parking::Wait(store, address, expected, timeout_ns, result);
}

uint32_t AtomicNotify(uint8_t* address, uint32_t count) { return Parking::Notify(address, count); }

}  // namespace gantry::runtime
