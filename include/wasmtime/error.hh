/// \file wasmtime/error.hh
///
/// Errors, and results that may be one. The C++ layer throws nothing: what can fail returns a wasmtime::Result.

#ifndef WASMTIME_ERROR_HH
#define WASMTIME_ERROR_HH

#include <wasmtime/error.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <variant>
#include <wasmtime/helpers.hh>

namespace wasmtime {

class Trace;

/// Why something did not work. What running WebAssembly itself ends with is a Trap, not an error.
class Error : public detail::Owned<Error, wasmtime_error_t, wasmtime_error_delete> {
 public:
  using Owned::Owned;

  /// Makes an error with a message of the host's.
  Error(const std::string& message) : Owned(wasmtime_error_new(message.c_str())) {}

  /// The text, causes included.
  std::string message() const {
    wasm_byte_vec_t text;
    wasmtime_error_message(capi(), &text);
    return detail::take_string(text);
  }

  /// The status with which a WASI program ended itself; that comes as an error too. Nothing for other errors.
  std::optional<std::int32_t> i32_exit() const {
    int status = 0;
    if (!wasmtime_error_exit_status(capi(), &status)) return std::nullopt;
    return status;
  }

  /// The WebAssembly functions that were active when the error arose, the innermost first. Needs `wasmtime/trap.hh`.
  Trace trace() const;
};

/// Writes the error's message.
inline std::ostream& operator<<(std::ostream& os, const Error& error) { return os << error.message(); }

/// A value of type `T`, or an error of type `E` for want of it.
///
/// Test it as a condition first: true means that there is a value. Asking for the one that is not there throws
/// `std::bad_variant_access`, and ends the process where exceptions are turned off.
template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  /// Success.
  Result(T value) : data_(std::in_place_index<0>, std::move(value)) {}
  /// Failure.
  Result(E error) : data_(std::in_place_index<1>, std::move(error)) {}

  /// Whether there is a value.
  explicit operator bool() const noexcept { return data_.index() == 0; }

  /// The error, to be moved from.
  E&& err() { return std::get<1>(std::move(data_)); }
  /// The error.
  const E&& err() const { return std::get<1>(std::move(data_)); }

  /// The value, to be moved from.
  T&& ok() { return std::get<0>(std::move(data_)); }
  /// The value.
  const T&& ok() const { return std::get<0>(std::move(data_)); }

  /// The value where it is.
  T& ok_ref() { return std::get<0>(data_); }
  /// The value where it is.
  const T& ok_ref() const { return std::get<0>(data_); }

  /// The error where it is.
  E& err_ref() { return std::get<1>(data_); }
  /// The error where it is.
  const E& err_ref() const { return std::get<1>(data_); }

  /// The value; without one, writes the error's message to standard error and ends the process. For programs that have
  /// no better answer to an error.
  T unwrap() {
    if (!*this) {
      std::fprintf(stderr, "error: %s\n", err_ref().message().c_str());
      std::abort();
    }
    return ok();
  }

 private:
  std::variant<T, E> data_;
};

namespace detail {

/// Success or the error of a function of the C API.
inline Result<std::monostate> done(wasmtime_error_t* error) {
  if (error != nullptr) return Error(error);
  return std::monostate();
}

/// What a function of the C API wrote to `out`, or its error.
template <typename T, typename Out>
Result<T> result_of(wasmtime_error_t* error, const Out& out) {
  if (error != nullptr) return Error(error);
  return T(out);
}

/// The other way round, for callbacks: what a function of the C API wants to be returned.
inline wasmtime_error_t* error_of(Result<std::monostate> result) {
  return result ? nullptr : result.err_ref().capi_release();
}

}  // namespace detail

}  // namespace wasmtime

#endif  // WASMTIME_ERROR_HH
