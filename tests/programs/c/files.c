// Files below a preopened directory: made, appended to, read at an offset, cut, renamed, listed, linked, removed.
// run: --dir .::/work PROGRAM
// output:
//   0123456789abc
//   at 4: 456
//   size 5, at 13: end
//   new.txt is a file of 5 bytes
//   link -> new.txt
//   entries: . .. link new.txt sub
//   missing: No such file or directory
//   outside: [[Operation not permitted or another refusal]]
//   done
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void Check(int ok, const char* what) {
  if (ok) return;
  perror(what);
  exit(1);
}

static int CompareNames(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

static void List(const char* path) {
  char* names[16];
  int count = 0;
  DIR* dir = opendir(path);
  Check(dir != NULL, "opendir");
  for (struct dirent* entry; (entry = readdir(dir)) != NULL && count < 16;) names[count++] = strdup(entry->d_name);
  closedir(dir);
  qsort(names, count, sizeof(names[0]), CompareNames);
  printf("entries:");
  for (int i = 0; i < count; ++i) printf(" %s", names[i]);
  printf("\n");
}

int main(void) {
  FILE* file = fopen("/work/old.txt", "w");
  Check(file != NULL, "fopen");
  fputs("0123456789", file);
  fclose(file);
  file = fopen("/work/old.txt", "a+");
  fputs("abc", file);
  rewind(file);
  char text[100];
  Check(fgets(text, sizeof(text), file) != NULL, "fgets");
  printf("%s\n", text);
  fclose(file);

  int fd = open("/work/old.txt", O_RDWR);
  Check(fd >= 0, "open");
  Check(pread(fd, text, 3, 4) == 3, "pread");
  printf("at 4: %.3s\n", text);
  Check(ftruncate(fd, 5) == 0, "ftruncate");
  struct stat info;
  Check(fstat(fd, &info) == 0, "fstat");
  Check(lseek(fd, 13, SEEK_SET) == 13, "lseek");
  printf("size %d, at 13: %s\n", (int)info.st_size, read(fd, text, 10) == 0 ? "end" : "more");
  close(fd);

  Check(rename("/work/old.txt", "/work/new.txt") == 0, "rename");
  Check(stat("/work/new.txt", &info) == 0, "stat");
  printf("new.txt is a %s of %d bytes\n", S_ISREG(info.st_mode) ? "file" : "?", (int)info.st_size);
  Check(symlink("new.txt", "/work/link") == 0, "symlink");
  ssize_t length = readlink("/work/link", text, sizeof(text));
  printf("link -> %.*s\n", (int)length, text);
  Check(mkdir("/work/sub", 0777) == 0, "mkdir");
  List("/work");

  Check(fopen("/work/missing", "r") == NULL, "missing");
  printf("missing: %s\n", strerror(errno));
  Check(symlink("../../etc/passwd", "/work/sub/out") == 0, "symlink");
  Check(fopen("/work/sub/out", "r") == NULL, "outside");
  printf("outside: %s\n", strerror(errno));

  Check(unlink("/work/sub/out") == 0 && rmdir("/work/sub") == 0 && unlink("/work/link") == 0 && unlink("/work/new.txt") == 0, "remove");
  printf("done\n");
  return 0;
}
