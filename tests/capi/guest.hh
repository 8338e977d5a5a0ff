// What tests of the C++ layer share: modules from text, and things that tell when they are gone.
#ifndef TESTS_CAPI_GUEST_HH
#define TESTS_CAPI_GUEST_HH

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
#include <wasmtime.hh>

#include "check.h"

// The value of a result, or the end of the test.
#define VALUE(result) value_of(__FILE__, __LINE__, #result, (result))

template <typename T, typename E>
T value_of(const char* file, int line, const char* text, wasmtime::Result<T, E> result) {
  if (!result) {
    fprintf(stderr, "%s:%d: %s: %s\n", file, line, text, result.err_ref().message().c_str());
    exit(1);
  }
  return result.ok();
}

// A result is an error or trap with these words in its message.
#define FAILS(result, words) check_message(__FILE__, __LINE__, #result, (result), words)

template <typename T, typename E>
void check_message(const char* file, int line, const char* text, const wasmtime::Result<T, E>& result,
                   std::string_view words) {
  if (result) {
    fprintf(stderr, "%s:%d: %s does not fail\n", file, line, text);
    exit(1);
  }
  const std::string message = result.err_ref().message();
  if (message.find(words) == std::string::npos) {
    fprintf(stderr, "%s:%d: %s says `%s`, not `%.*s`\n", file, line, text, message.c_str(), (int)words.size(),
            words.data());
    exit(1);
  }
}

// An export of an instance as the class that it is.
template <typename Item>
Item export_of(wasmtime::Store::Context cx, const wasmtime::Instance& instance, std::string_view name) {
  const auto item = instance.get(cx, name);
  CHECK(item.has_value() && std::holds_alternative<Item>(*item));
  return std::get<Item>(*item);
}

// Counts how many of its copies there are.
class Counted {
 public:
  explicit Counted(int& count) : count_(&count) { ++*count_; }
  Counted(const Counted& other) : count_(other.count_) { ++*count_; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*count_; }

 private:
  int* count_;
};

#endif  // TESTS_CAPI_GUEST_HH
