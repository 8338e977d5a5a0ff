// Times whole processes, from posix_spawn to exit:
//   spawn RUNS COMMAND [ARGS…]     prints "min_ms median_ms peak_kb exit_code"
// In C because the peak of a child starts with the memory of the process that spawned it.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char** environ;

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

int main(int argc, char** argv) {
  const int runs = argc > 2 ? atoi(argv[1]) : 0;
  if (runs < 1) return 2;
  double* times = malloc((size_t)runs * sizeof *times);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  long peak = 0;
  int code = 0;
  for (int i = 0; i < runs; i++) {
    pid_t pid;
    int status;
    struct rusage usage;
    const double start = now_ms();
    if (posix_spawnp(&pid, argv[2], &actions, NULL, argv + 2, environ) != 0) return 1;
    wait4(pid, &status, 0, &usage);
    times[i] = now_ms() - start;
    if (usage.ru_maxrss > peak) peak = usage.ru_maxrss;
    if (status != 0) code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  qsort(times, (size_t)runs, sizeof *times, compare);
  printf("%.3f %.3f %ld %d\n", times[0], times[runs / 2], peak, code);
  return 0;
}
