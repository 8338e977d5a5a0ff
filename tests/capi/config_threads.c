// wasmtime_config_parallel_compilation_set(): whether making a large module starts threads. This program has a
// pthread_create() of its own, which counts; sanitizers have one too, so nothing is tested with them.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE  // RTLD_NEXT
#endif

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#include "guest.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

static int threads;

#ifndef HAS_SANITIZER
typedef int (*create_t)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

#ifdef __cplusplus
extern "C"
#endif
    int
    pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*), void* argument) {
  ++threads;
  union {
    void* object;
    create_t function;
  } next;
  next.object = dlsym(RTLD_NEXT, "pthread_create");
  return next.function(thread, attributes, body, argument);
}
#endif

static uint8_t* put_leb(uint8_t* at, uint32_t number) {
  do {
    *at++ = (uint8_t)((number & 0x7f) | (number > 0x7f ? 0x80 : 0));
    number >>= 7;
  } while (number != 0);
  return at;
}

// A module with 2 MiB of code: functions that do nothing, for long.
enum { kFuncs = 64, kNops = 32 << 10 };

static size_t write_module(uint8_t* out) {
  static const uint8_t kStart[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, kFuncs + 1, kFuncs};
  uint8_t body_size[5], count[5];
  const size_t body_size_length = (size_t)(put_leb(body_size, kNops + 2) - body_size);
  const size_t count_length = (size_t)(put_leb(count, kFuncs) - count);
  uint8_t* at = out;
  memcpy(at, kStart, sizeof kStart);
  at += sizeof kStart;
  memset(at, 0, kFuncs);
  at += kFuncs;
  *at++ = 10;
  at = put_leb(at, (uint32_t)(count_length + kFuncs * (body_size_length + kNops + 2)));
  at = put_leb(at, kFuncs);
  for (int i = 0; i < kFuncs; ++i) {
    at = put_leb(at, kNops + 2);
    *at++ = 0;
    memset(at, 1, kNops);
    at += kNops;
    *at++ = 0x0b;
  }
  return (size_t)(at - out);
}

int main(void) {
  uint8_t* bytes = (uint8_t*)malloc(kFuncs * (kNops + 16));
  const size_t size = write_module(bytes);
  for (int parallel = 0; parallel < 2; ++parallel) {
    wasm_config_t* config = wasm_config_new();
    wasmtime_config_parallel_compilation_set(config, parallel == 1);
    wasm_engine_t* engine = wasm_engine_new_with_config(config);
    threads = 0;
    OK(wasmtime_module_validate(engine, bytes, size));
#ifndef HAS_SANITIZER
    if (parallel == 0) CHECK_EQ(threads, 0);
    if (parallel == 1 && sysconf(_SC_NPROCESSORS_ONLN) > 1) CHECK(threads > 0);
#endif
    wasm_engine_delete(engine);
  }
  free(bytes);
  return 0;
}
