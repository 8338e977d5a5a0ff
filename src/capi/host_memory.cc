#include "capi/host_memory.h"

#include <limits>
#include <utility>

#include "capi/core.h"
#include "capi/types.h"

namespace gantry::capi {

class HostMemoryCreator {
 public:
  explicit HostMemoryCreator(const wasmtime_memory_creator_t& creator)
      : env_(creator.env, creator.finalizer), new_memory_(creator.new_memory) {}

  wasmtime_error_t* New(const wasm_memorytype_t* type, size_t min, size_t max, const MemoryWishes& wishes,
                        wasmtime_linear_memory_t* out) const noexcept {
    return new_memory_(env_.data(), type, min, max, wishes.reservation, wishes.guard, out);
  }

 private:
  Foreign env_;
  wasmtime_new_memory_callback_t new_memory_;
};

namespace {

constexpr size_t kNoMaximum = std::numeric_limits<size_t>::max();

// The embedder's error as ours.
Error Taken(wasmtime_error_t* error) {
  Error reason(ErrorClass::Host, std::move(error->message));
  wasmtime_error_delete(error);
  return reason;
}

class EmbedderMemory final : public runtime::HostMemory {
 public:
  explicit EmbedderMemory(const wasmtime_linear_memory_t& memory)
      : env_(memory.env, memory.finalizer), get_(memory.get_memory), grow_(memory.grow_memory) {}

  uint8_t* base() override { return Where().base; }

  Result<void> Grow(uint64_t bytes) override {
    if (wasmtime_error_t* const error = CallGrow(bytes)) return std::unexpected(Taken(error));
    return Check(bytes);
  }

  // Does the embedder have what it promised? Code would read and write elsewhere if it had even less than before.
  Result<void> Check(uint64_t bytes) {
    const Place place = Where();
    if (place.base == nullptr || place.bytes < bytes_) ApiMisuse("the embedder's memory has lost some of its bytes");
    if (place.bytes < bytes) {
      return std::unexpected(Error(ErrorClass::Host, "the embedder's memory is smaller than it must be"));
    }
    bytes_ = bytes;
    return {};
  }

 private:
  struct Place {
    uint8_t* base;
    size_t bytes;
  };
  Place Where() noexcept {
    size_t bytes = 0;
    size_t capacity = 0;
    uint8_t* const base = get_(env_.data(), &bytes, &capacity);
    return {base, bytes};
  }
  wasmtime_error_t* CallGrow(uint64_t bytes) noexcept { return grow_(env_.data(), bytes); }

  Foreign env_;
  wasmtime_memory_get_callback_t get_;
  wasmtime_memory_grow_callback_t grow_;
  uint64_t bytes_ = 0;  // of the memory's size until now
};

class EmbedderMemories final : public runtime::MemoryCreator {
 public:
  EmbedderMemories(std::shared_ptr<const HostMemoryCreator> creator, const MemoryWishes& wishes)
      : creator_(std::move(creator)), wishes_(wishes) {}

  Result<std::unique_ptr<runtime::HostMemory>> New(const wasm::MemoryType& type, uint64_t min_bytes,
                                                   uint64_t max_bytes) override {
    wasm_memorytype_t* const shown = NewMemoryType(type);
    wasmtime_linear_memory_t made{};
    wasmtime_error_t* const error =
        creator_->New(shown, min_bytes, type.limits.max ? max_bytes : kNoMaximum, wishes_, &made);
    wasm_memorytype_delete(shown);
    if (error != nullptr) return std::unexpected(Taken(error));
    if (made.get_memory == nullptr || made.grow_memory == nullptr) {
      return std::unexpected(Error(ErrorClass::Usage, "the embedder's memory lacks its callbacks"));
    }
    auto memory = std::make_unique<EmbedderMemory>(made);
    if (memory->base() == nullptr) return std::unexpected(Error(ErrorClass::Host, "the embedder's memory is nowhere"));
    GANTRY_RETURN_IF_ERROR(memory->Check(min_bytes));
    return memory;
  }

 private:
  std::shared_ptr<const HostMemoryCreator> creator_;
  MemoryWishes wishes_;
};

class EmbedderStack final : public platform::FiberStack {
 public:
  explicit EmbedderStack(const wasmtime_stack_memory_t& stack) : FiberStack({}), env_(stack.env, stack.finalizer) {
    Set(Where(stack));
  }

 private:
  Place Where(const wasmtime_stack_memory_t& stack) noexcept {
    size_t bytes = 0;
    uint8_t* const top = stack.get_stack_memory(stack.env, &bytes);
    return {top, bytes};
  }
  Foreign env_;
};

class EmbedderStacks final : public platform::StackSource {
 public:
  explicit EmbedderStacks(const wasmtime_stack_creator_t& creator)
      : env_(creator.env, creator.finalizer), new_stack_(creator.new_stack) {}

  Result<std::unique_ptr<platform::FiberStack>> New(uint64_t bytes) override {
    wasmtime_stack_memory_t made{};
    if (wasmtime_error_t* const error = Call(bytes, &made)) return std::unexpected(Taken(error));
    if (made.get_stack_memory == nullptr)
      return std::unexpected(Error(ErrorClass::Usage, "the embedder's stack lacks its callback"));
    auto stack = std::make_unique<EmbedderStack>(made);
    if (stack->top() == nullptr || stack->size() < bytes) {
      return std::unexpected(Error(ErrorClass::Host, "the embedder's stack is smaller than it must be"));
    }
    return stack;
  }

 private:
  wasmtime_error_t* Call(uint64_t bytes, wasmtime_stack_memory_t* out) noexcept {
    return new_stack_(env_.data(), bytes, /*zeroed=*/false, out);
  }
  Foreign env_;
  wasmtime_new_stack_memory_callback_t new_stack_;
};

}  // namespace

std::shared_ptr<HostMemoryCreator> NewMemoryCreator(const wasmtime_memory_creator_t& creator) {
  return std::make_shared<HostMemoryCreator>(creator);
}

std::shared_ptr<runtime::MemoryCreator> WithWishes(std::shared_ptr<const HostMemoryCreator> creator,
                                                   const MemoryWishes& wishes) {
  return std::make_shared<EmbedderMemories>(std::move(creator), wishes);
}

std::shared_ptr<platform::StackSource> NewStackSource(const wasmtime_stack_creator_t& creator) {
  return std::make_shared<EmbedderStacks>(creator);
}

}  // namespace gantry::capi
