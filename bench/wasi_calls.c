// Times system calls from the inside, natively or as a program: nanoseconds per call of reading the clock, and of small writes to a
// file, with an empty loop's time taken off. bench/wasi.py compiles it twice. Usage: wasi_calls FILE; prints two numbers.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __wasi__
#include <wasi/api.h>
static unsigned long long Now(void) {
  __wasi_timestamp_t now = 0;
  (void)__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &now);
  return now;
}
static int WriteSmall(int fd, const char *text, size_t size) {
  const __wasi_ciovec_t part = {(const unsigned char *)text, size};
  __wasi_size_t written = 0;
  return __wasi_fd_write(fd, &part, 1, &written) == 0 && written == size;
}
#else
#include <sys/uio.h>
#include <time.h>
static unsigned long long Now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ull + now.tv_nsec;
}
static int WriteSmall(int fd, const char *text, size_t size) {
  const struct iovec part = {(char *)text, size};
  return writev(fd, &part, 1) == (ssize_t)size;
}
#endif

enum { kReadings = 1000000, kWrites = 1000000, kRounds = 5 };

int main(int argc, char **argv) {
  double best_clock = 1e9, best_write = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    unsigned long long start = Now(), sum = 0;
    for (int i = 0; i < kReadings; ++i) sum += Now();
    double time = (double)(Now() - start) / kReadings;
    if (sum != 0 && time < best_clock) best_clock = time;
    const int fd = open(argv[argc - 1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0) return 1;
    start = Now();
    for (int i = 0; i < kWrites; ++i) {
      if (!WriteSmall(fd, "0123456789abcde\n", 16)) return 2;
    }
    time = (double)(Now() - start) / kWrites;
    if (time < best_write) best_write = time;
    close(fd);
  }
  printf("%.1f %.1f\n", best_clock, best_write);
  return 0;
}
