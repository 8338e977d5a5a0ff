// What the tests of the C API share. Each test is a program, C11 and C++17 at once: CHECK what must be true, `return 0`
// at the end.
#ifndef TESTS_CAPI_CHECK_H
#define TESTS_CAPI_CHECK_H

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Ends the test as failed unless the condition holds.
#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                  \
    }                                                                           \
  } while (0)

#define CHECK_EQ(a, b)                                                                  \
  do {                                                                                  \
    const long long a_ = (long long)(a), b_ = (long long)(b);                           \
    if (a_ != b_) {                                                                     \
      fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #a, a_, b_); \
      exit(1);                                                                          \
    }                                                                                   \
  } while (0)

// Compares the bytes of a vector with a C string.
#define CHECK_BYTES(vec, text)                                                                          \
  do {                                                                                                  \
    if ((vec).size != strlen(text) || ((vec).size != 0 && memcmp((vec).data, text, (vec).size) != 0)) { \
      fprintf(stderr, "%s:%d: %s is `%.*s`, not `%s`\n", __FILE__, __LINE__, #vec, (int)(vec).size,     \
              (vec).data == NULL ? "" : (const char*)(vec).data, text);                                 \
      exit(1);                                                                                          \
    }                                                                                                   \
  } while (0)

// Runs a statement many times, after which no more memory is in use than before. (Sanitizers have allocators of their
// own, and look for themselves.)
#define CHECK_RELEASES(statement)                                                                        \
  do {                                                                                                   \
    for (int i_ = 0; i_ < 10; ++i_) statement;                                                           \
    const struct mallinfo2 before_ = mallinfo2();                                                        \
    for (int i_ = 0; i_ < 1000; ++i_) statement;                                                         \
    const struct mallinfo2 after_ = mallinfo2();                                                         \
    const long long more_ =                                                                              \
        (long long)(after_.uordblks + after_.hblkhd) - (long long)(before_.uordblks + before_.hblkhd);   \
    if (more_ > 10000) {                                                                                 \
      fprintf(stderr, "%s:%d: 1000 times keep %lld bytes: %s\n", __FILE__, __LINE__, more_, #statement); \
      exit(1);                                                                                           \
    }                                                                                                    \
  } while (0)

#endif  // TESTS_CAPI_CHECK_H
