// The older interface, "wasi_unstable": its numbers for seeking, its layouts of attributes and subscriptions.
// run: --dir .::/ PROGRAM
// output:
//   end at 10, from the start 4, 2 on 6
//   size 10, links 1, type 4
//   by name: size 10, links 1
//   events 1, user data 77, error 0
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define IMPORT(name) __attribute__((import_module("wasi_unstable"), import_name(name)))

IMPORT("path_open")
int path_open(int dir, int dirflags, const char* path, int path_len, int oflags, int64_t base, int64_t inheriting, int fdflags, int* fd);
IMPORT("path_filestat_get") int path_filestat_get(int dir, int flags, const char* path, int path_len, void* stat);
IMPORT("fd_filestat_get") int fd_filestat_get(int fd, void* stat);
IMPORT("fd_seek") int fd_seek(int fd, int64_t offset, int whence, uint64_t* position);
IMPORT("fd_write") int fd_write(int fd, const void* iovs, int count, uint32_t* written);
IMPORT("poll_oneoff") int poll_oneoff(const void* in, void* out, int count, uint32_t* events);

enum { kCurrent = 0, kEnd = 1, kStart = 2 };

struct Filestat {
  uint64_t dev, ino;
  uint8_t type;
  uint32_t links;
  uint64_t size, atim, mtim, ctim;
};
_Static_assert(sizeof(struct Filestat) == 56, "preview0's layout");

struct Subscription {
  uint64_t userdata;
  uint8_t tag;
  uint64_t identifier;
  uint32_t clock;
  uint64_t timeout, precision;
  uint16_t flags;
};
_Static_assert(sizeof(struct Subscription) == 56, "preview0's layout");

struct Event {
  uint64_t userdata;
  uint16_t error;
  uint8_t type;
  uint64_t bytes;
  uint16_t flags;
};

int main(void) {
  const int64_t rights = 1 << 1 | 1 << 2 | 1 << 5 | 1 << 6 | 1 << 21;  // read, seek, tell, write, attributes
  int fd = -1;
  if (path_open(3, 0, "file", 4, 1, rights, 0, 0, &fd) != 0) return 1;
  struct {
    const char* text;
    uint32_t size;
  } iov = {"0123456789", 10};
  uint32_t written = 0;
  if (fd_write(fd, &iov, 1, &written) != 0 || written != 10) return 2;
  uint64_t end = 0, start = 0, current = 0;
  if (fd_seek(fd, 0, kEnd, &end) || fd_seek(fd, 4, kStart, &start) || fd_seek(fd, 2, kCurrent, &current)) return 3;
  printf("end at %d, from the start %d, 2 on %d\n", (int)end, (int)start, (int)current);

  struct Filestat stat;
  if (fd_filestat_get(fd, &stat) != 0) return 4;
  printf("size %d, links %d, type %d\n", (int)stat.size, (int)stat.links, stat.type);
  memset(&stat, 0xff, sizeof(stat));
  if (path_filestat_get(3, 0, "file", 4, &stat) != 0) return 5;
  printf("by name: size %d, links %d\n", (int)stat.size, (int)stat.links);

  struct Subscription sleep = {.userdata = 77, .tag = 0, .identifier = 5, .clock = 1, .timeout = 1000000};
  struct Event event;
  uint32_t events = 0;
  if (poll_oneoff(&sleep, &event, 1, &events) != 0) return 6;
  printf("events %d, user data %d, error %d\n", (int)events, (int)event.userdata, event.error);
  return 0;
}
