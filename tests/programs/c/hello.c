// The smallest program: arguments, standard input, an exit code.
// run: PROGRAM one "two words"
// input: first\nsecond\n
// exit: 3
// output:
//   3 arguments: one, two words
//   1: first
//   2: second
#include <stdio.h>

int main(int argc, char** argv) {
  printf("%d arguments: %s, %s\n", argc, argv[1], argv[2]);
  char line[100];
  for (int i = 1; fgets(line, sizeof(line), stdin); ++i) printf("%d: %s", i, line);
  return argc;
}
