// What stores and instances know of native code: a few addresses and one interface. The rest is runtime/native.
#pragma once

#include <cstdint>

#include "abi/context.h"

namespace gantry::runtime {

// Entries that stores with native code give their functions. One for the process.
struct NativeLinks {
  const void* const* builtins;  // InstanceContext::builtins
  void* any_exit;               // FuncRef::native_entry of any function that only has an array entry
};

struct NativeStats {
  uint32_t functions = 0;         // that have native code
  uint32_t lazy = 0;              // of these, compiled on their first call or on one of a caller
  uint64_t code_bytes = 0;        // of instructions
  uint64_t lazy_nanoseconds = 0;  // spent on the lazy ones

  NativeStats& operator+=(const NativeStats& other) {
    functions += other.functions;
    lazy += other.lazy;
    code_bytes += other.code_bytes;
    lazy_nanoseconds += other.lazy_nanoseconds;
    return *this;
  }
};

// The native code of a module. Immutable for its users; any thread.
class NativeCode {
 public:
  virtual ~NativeCode() = default;
  // Does the code rely on guards behind this memory (abi::kGuardBytes)? An instance whose memory has none is
  // interpreted.
  virtual bool NeedsGuards(uint32_t memory) const = 0;
  // Makes a new instance's functions native, where they are: entries and kinds of context->funcs, which are there as
  // interpreted ones, and context->native.
  virtual void Fill(abi::InstanceContext* context) const = 0;
  // The array entry of a native function whose values lie in 16 bytes each, instead of slots; null: there is none.
  virtual abi::ArrayEntry RawEntry(uint32_t func_index) const = 0;
  // As of now.
  virtual NativeStats Stats() const = 0;
};

}  // namespace gantry::runtime
