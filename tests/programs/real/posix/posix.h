/* What programs of the Unix world expect and wasi-libc lacks, for one process without users and without threads.
   Included before everything else (-include). */
#ifndef GANTRY_TESTS_POSIX_H
#define GANTRY_TESTS_POSIX_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2

/* The program has its files for itself: every lock is granted. */
static inline int posix_fcntl(int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  int result = 0;
  if (command == F_GETLK) {
    va_arg(arguments, struct flock*)->l_type = F_UNLCK;
  } else if (command != F_SETLK && command != F_SETLKW) {
    result = fcntl(fd, command, va_arg(arguments, int));
  }
  va_end(arguments);
  return result;
}
#define fcntl posix_fcntl

static inline uid_t posix_user(void) { return 0; }
#define getuid posix_user
#define geteuid posix_user
static inline int posix_fchmod(int fd, mode_t mode) { return (void)fd, (void)mode, 0; }
#define fchmod posix_fchmod
static inline int posix_chmod(const char* path, mode_t mode) { return (void)path, (void)mode, 0; }
#define chmod posix_chmod
static inline int posix_fchown(int fd, uid_t user, gid_t group) { return (void)fd, (void)user, (void)group, 0; }
#define fchown posix_fchown
static inline mode_t posix_umask(mode_t mask) { return (void)mask, 022; }
#define umask posix_umask
/* Paths name what they name: there is no folder to leave. */
static inline char* posix_realpath(const char* path, char* out) { return out ? strcpy(out, path) : strdup(path); }
#define realpath posix_realpath
static inline char* posix_mktemp(char* pattern) { return *pattern = 0, pattern; }
#define mktemp posix_mktemp

/* No folder for temporary files, no other programs. */
static inline FILE* posix_tmpfile(void) { return (FILE*)0; }
#define tmpfile posix_tmpfile
static inline char* posix_tmpnam(char* name) { return (void)name, (char*)0; }
#define tmpnam posix_tmpnam
static inline int posix_system(const char* command) { return command ? -1 : 0; }
#define system posix_system

#endif
