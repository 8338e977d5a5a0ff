// GANTRY_CHECK: a statement that is true unless Gantry itself has a bug. A failure prints the condition and the
// message, and aborts. Input from users or guests never reaches one: that is an Error or a Trap (base/error.h).
#pragma once

namespace gantry {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition, const char* message);

}  // namespace gantry

#define GANTRY_CHECK_1(cond) \
  (__builtin_expect(!!(cond), 1) ? (void)0 : ::gantry::CheckFailed(__FILE__, __LINE__, #cond, ""))
#define GANTRY_CHECK_2(cond, msg) \
  (__builtin_expect(!!(cond), 1) ? (void)0 : ::gantry::CheckFailed(__FILE__, __LINE__, #cond, msg))
#define GANTRY_CHECK_PICK(_1, _2, name, ...) name
#define GANTRY_CHECK(...) GANTRY_CHECK_PICK(__VA_ARGS__, GANTRY_CHECK_2, GANTRY_CHECK_1, )(__VA_ARGS__)

#ifdef NDEBUG
#define GANTRY_DCHECK(...) ((void)0)
#else
#define GANTRY_DCHECK(...) GANTRY_CHECK(__VA_ARGS__)
#endif

#define GANTRY_UNREACHABLE(msg) ::gantry::CheckFailed(__FILE__, __LINE__, "unreachable", msg)
