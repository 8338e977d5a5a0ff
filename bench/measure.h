// What bench/capi.c and bench/calls.c share: a clock, the best of several rounds, ends for failures. To be included
// first.
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#define _POSIX_C_SOURCE 200809L  // clock_gettime
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wasm.h>
#include <wasmtime.h>

static double Now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

// The nanoseconds of one STATEMENT, in the best of `rounds` rounds of `count` of them.
#define BEST(out, rounds, count, statement)          \
  do {                                               \
    (out) = 1e18;                                    \
    for (int round = 0; round < (rounds); ++round) { \
      const double start = Now();                    \
      for (int i = 0; i < (count); ++i) statement;   \
      const double each = (Now() - start) / (count); \
      if (each < (out)) (out) = each;                \
    }                                                \
  } while (0)

// The same as a row of the program's output.
#define MEASURE(name, rounds, count, statement) \
  do {                                          \
    double best;                                \
    BEST(best, rounds, count, statement);       \
    printf("%s %.2f\n", name, best);            \
  } while (0)

static void Check(const char* what, wasmtime_error_t* error, wasm_trap_t* trap) {
  if (error == NULL && trap == NULL) return;
  wasm_byte_vec_t text;
  if (error != NULL) {
    wasmtime_error_message(error, &text);
  } else {
    wasm_trap_message(trap, &text);
  }
  fprintf(stderr, "%s: %.*s\n", what, (int)text.size, text.data);
  exit(1);
}

static wasmtime_extern_t ExportOf(wasmtime_context_t* context, const wasmtime_instance_t* instance, const char* name) {
  wasmtime_extern_t item;
  if (!wasmtime_instance_export_get(context, instance, name, strlen(name), &item)) {
    fprintf(stderr, "no export %s\n", name);
    exit(1);
  }
  return item;
}

#endif
