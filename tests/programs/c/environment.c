// Environment, clocks and random numbers.
// run: --env NAME=value --env EMPTY= PROGRAM
// output:
//   NAME=value EMPTY= MISSING=(none)
//   the year is 20[[xx]]
//   slept long enough
//   random numbers differ
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  const char* missing = getenv("MISSING");
  printf("NAME=%s EMPTY=%s MISSING=%s\n", getenv("NAME"), getenv("EMPTY"), missing ? missing : "(none)");
  time_t now = time(NULL);
  printf("the year is %d\n", gmtime(&now)->tm_year + 1900);
  struct timespec before, after, wait = {0, 30 * 1000 * 1000};
  clock_gettime(CLOCK_MONOTONIC, &before);
  nanosleep(&wait, NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  long passed = (after.tv_sec - before.tv_sec) * 1000000000L + (after.tv_nsec - before.tv_nsec);
  printf("slept %s\n", passed >= wait.tv_nsec ? "long enough" : "too short");
  unsigned char one[32], two[32];
  if (getentropy(one, sizeof(one)) != 0 || getentropy(two, sizeof(two)) != 0) return 1;
  printf("random numbers %s\n", memcmp(one, two, sizeof(one)) != 0 ? "differ" : "are the same");
  return 0;
}
