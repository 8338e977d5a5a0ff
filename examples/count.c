// Counts lines, words and bytes of the files it is given, as an example of a C program with files. Build and run:
//   clang-19 --target=wasm32-wasi -O2 examples/count.c -o count.wasm
//   gantry --dir . count.wasm README.md
#include <ctype.h>
#include <stdio.h>

int main(int argc, char** argv) {
  for (int i = 1; i < argc; i++) {
    FILE* file = fopen(argv[i], "rb");
    if (file == NULL) {
      perror(argv[i]);
      return 1;
    }
    long lines = 0, words = 0, bytes = 0;
    int in_word = 0;
    for (int c = getc(file); c != EOF; c = getc(file)) {
      bytes++;
      lines += c == '\n';
      words += !isspace(c) && !in_word;
      in_word = !isspace(c);
    }
    fclose(file);
    printf("%ld lines, %ld words, %ld bytes in %s\n", lines, words, bytes, argv[i]);
  }
  return 0;
}
