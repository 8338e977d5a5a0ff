/// \file wasmtime/trap.hh
///
/// Traps: what WebAssembly ends with when it cannot go on, and the functions that were active then.

#ifndef WASMTIME_TRAP_HH
#define WASMTIME_TRAP_HH

#include <wasmtime/trap.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <wasmtime/error.hh>

namespace wasmtime {

/// A WebAssembly function that was active, as part of a Trace, and only good as long as that.
class FrameRef {
 public:
  /// The function's index in its module.
  std::uint32_t func_index() const { return wasm_frame_func_index(frame_); }
  /// How many bytes the instruction lies behind the beginning of the function's code.
  std::size_t func_offset() const { return wasm_frame_func_offset(frame_); }
  /// How many bytes the instruction lies behind the beginning of the module.
  std::size_t module_offset() const { return wasm_frame_module_offset(frame_); }

  /// The function's name, if the module has it.
  std::optional<std::string_view> func_name() const { return view(wasmtime_frame_func_name(frame_)); }
  /// The module's name, if it has one.
  std::optional<std::string_view> module_name() const { return view(wasmtime_frame_module_name(frame_)); }

 private:
  static std::optional<std::string_view> view(const wasm_name_t* name) {
    if (name == nullptr) return std::nullopt;
    return std::string_view(name->data, name->size);
  }

  // Traces show arrays of frames of the C API as arrays of this class.
  wasm_frame_t* frame_;
};

/// The WebAssembly functions that were active when a trap or an error arose, the innermost first.
class Trace {
 public:
  /// What walks over the frames.
  using iterator = const FrameRef*;

  ~Trace() { wasm_frame_vec_delete(&frames_); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  /// Where the frames begin.
  iterator begin() const { return reinterpret_cast<iterator>(frames_.data); }
  /// Where the frames end.
  iterator end() const { return begin() + frames_.size; }
  /// How many there are.
  std::size_t size() const { return frames_.size; }

 private:
  friend class Error;
  friend class Trap;
  static_assert(sizeof(FrameRef) == sizeof(wasm_frame_t*));

  explicit Trace(const wasm_frame_vec_t& frames) : frames_(frames) {}

  wasm_frame_vec_t frames_;
};

inline Trace Error::trace() const {
  wasm_frame_vec_t frames;
  wasmtime_error_wasm_trace(capi(), &frames);
  return Trace(frames);
}

/// What WebAssembly ended with: an instruction that cannot be carried out, or a host function that refused.
class Trap : public detail::Owned<Trap, wasm_trap_t, wasm_trap_delete> {
 public:
  using Owned::Owned;

  /// Makes a trap with a message of the host's, for a host function to return.
  explicit Trap(std::string_view message) : Owned(wasmtime_trap_new(message.data(), message.size())) {}

  /// Makes the trap that an instruction with this cause would raise.
  Trap(wasmtime_trap_code_enum code) : Owned(wasmtime_trap_new_code(static_cast<wasmtime_trap_code_t>(code))) {}

  /// What happened; for instructions with the WebAssembly functions that were active.
  std::string message() const {
    wasm_byte_vec_t text;
    wasm_trap_message(capi(), &text);
    std::string copy = detail::take_string(text);
    if (!copy.empty() && copy.back() == '\0') copy.pop_back();
    return copy;
  }

  /// The WebAssembly functions that were active, the innermost first.
  Trace trace() const {
    wasm_frame_vec_t frames;
    wasm_trap_trace(capi(), &frames);
    return Trace(frames);
  }

  /// The cause, if it was an instruction.
  std::optional<wasmtime_trap_code_t> code() const {
    wasmtime_trap_code_t code = 0;
    if (!wasmtime_trap_code(capi(), &code)) return std::nullopt;
    return code;
  }
};

/// What a call can fail with: the code trapped, or an error kept it from running to its end.
struct TrapError {
  /// Which of the two it is.
  std::variant<Trap, Error> data;

  /// The code trapped.
  TrapError(Trap trap) : data(std::move(trap)) {}
  /// There was an error.
  TrapError(Error error) : data(std::move(error)) {}

  /// The message of whichever it is.
  std::string message() const {
    if (const Trap* trap = std::get_if<Trap>(&data)) return trap->message();
    return std::get<Error>(data).message();
  }
};

/// The result of a call.
template <typename T>
using TrapResult = Result<T, TrapError>;

namespace detail {

/// What a call through the C API wrote to `out`, or its error, or its trap.
template <typename T, typename Out>
TrapResult<T> call_result_of(wasmtime_error_t* error, wasm_trap_t* const& trap, const Out& out) {
  if (error != nullptr) return TrapError(Error(error));
  if (trap != nullptr) return TrapError(Trap(trap));
  return T(out);
}

}  // namespace detail

}  // namespace wasmtime

#endif  // WASMTIME_TRAP_HH
