// Error: bad input or a refusal by the host, with the place and the context it happened in. One owning pointer wide,
// so Result<T> stays small and success allocates nothing. Traps (wasm semantics) and bugs are not Errors.
//
// An Error is made where the fault is seen and gains a context line at each folder border on the way up:
//   GANTRY_ASSIGN_OR_RETURN(auto m, ReadModule(bytes));
//   return std::unexpected(std::move(error).WithContext("in function 12 `foo`"));
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gantry {

enum class ErrorClass : uint8_t {
  Malformed,    // bytes or text that do not decode or parse
  Invalid,      // decodes, fails validation
  Unlinkable,   // valid, imports do not match
  Limit,        // a configured or implementation limit
  Unsupported,  // known, but off or not in this build
  Host,         // operating system or embedder refused
  Usage,        // wrong flags or arguments, API misuse
};

class Error {
 public:
  static constexpr uint64_t kNoOffset = ~uint64_t{0};

  Error(ErrorClass error_class, std::string message, uint64_t offset = kNoOffset)
      : body_(std::make_unique<Body>(Body{error_class, 0, 0, 0, offset, std::move(message), {}, {}})) {}

  // `line` and `column` count from 1; used by the text format.
  static Error AtLine(ErrorClass error_class, std::string message, uint32_t line, uint32_t column) {
    Error e(error_class, std::move(message));
    e.body_->line = line;
    e.body_->column = column;
    return e;
  }

  ErrorClass error_class() const { return body_->error_class; }
  const std::string& message() const { return body_->message; }
  uint64_t offset() const { return body_->offset; }  // byte offset into the input, or kNoOffset
  uint32_t line() const { return body_->line; }      // 0: no line known
  uint32_t column() const { return body_->column; }
  const std::vector<std::string>& context() const { return body_->context; }  // innermost first
  // Source line and caret for text input; empty for binary input.
  const std::string& excerpt() const { return body_->excerpt; }

  // Row of the room's errors.def, 0 if none.
  uint16_t code() const { return body_->code; }
  Error&& WithCode(uint16_t code) && {
    body_->code = code;
    return std::move(*this);
  }
  Error&& WithContext(std::string frame) && {
    body_->context.push_back(std::move(frame));
    return std::move(*this);
  }
  Error&& WithExcerpt(std::string text) && {
    body_->excerpt = std::move(text);
    return std::move(*this);
  }

  // "message (at offset 0x1f)" or "12:7: message", then the excerpt; without the context frames.
  std::string Summary() const;

 private:
  struct Body {
    ErrorClass error_class;
    uint16_t code;
    uint32_t line;
    uint32_t column;
    uint64_t offset;
    std::string message;
    std::vector<std::string> context;
    std::string excerpt;
  };
  std::unique_ptr<Body> body_;
};
static_assert(sizeof(Error) == sizeof(void*));

template <class T>
using Result = std::expected<T, Error>;

}  // namespace gantry

#define GANTRY_CONCAT_(a, b) a##b
#define GANTRY_CONCAT(a, b) GANTRY_CONCAT_(a, b)

// Returns the error of `expr` (a Result) from the enclosing function.
#define GANTRY_RETURN_IF_ERROR(expr)                                              \
  do {                                                                            \
    auto gantry_result = (expr);                                                  \
    if (!gantry_result) return std::unexpected(std::move(gantry_result).error()); \
  } while (0)

// Declares `decl` from the value of `expr`, or returns its error.
#define GANTRY_ASSIGN_OR_RETURN(decl, expr) GANTRY_ASSIGN_OR_RETURN_(GANTRY_CONCAT(gantry_r_, __COUNTER__), decl, expr)
#define GANTRY_ASSIGN_OR_RETURN_(tmp, decl, expr)           \
  auto tmp = (expr);                                        \
  if (!tmp) return std::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
