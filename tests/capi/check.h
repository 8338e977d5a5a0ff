// What the tests of the C API share. Each test is a program, C11 and C++17 at once: CHECK what must be true, `return 0`
// at the end.
#ifndef TESTS_CAPI_CHECK_H
#define TESTS_CAPI_CHECK_H

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

#endif  // TESTS_CAPI_CHECK_H
