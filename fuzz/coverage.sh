#!/bin/sh
# Line coverage that inputs reach: fuzz/coverage.sh BUILD TARGET INPUTS...
#   BUILD    a build folder of the preset `coverage`
#   TARGET   decode, validate, text, roundtrip, execute or generate
#   INPUTS   files or folders, for instance what a fuzzing run has left
set -eu
[ $# -ge 3 ] || { sed -n '2,5p' "$0"; exit 2; }
program=$1/bin/fuzz_$2
shift 2
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
LLVM_PROFILE_FILE=$profile/raw "$program" "$@"
llvm-profdata-19 merge -o "$profile/data" "$profile/raw"
report() {
  llvm-cov-19 report "$program" -instr-profile="$profile/data" -show-region-summary=false -show-branch-summary=false \
    -ignore-filename-regex='/usr/|/fuzz/|_test' "$@"
}
report | sed "s|$PWD/||"
# Of a folder: the lines that are linked into the program, and how many of them were reached.
for folder in src/wasm src/runtime; do
  report "$PWD/$folder" | awk -v folder="$folder" '$1 == "TOTAL" { print folder ": " $(NF - 2) " lines, " $NF " reached" }'
done
