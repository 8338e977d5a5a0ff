#!/bin/sh
# Line coverage that inputs reach: fuzz/coverage.sh BUILD TARGET INPUTS...
#   BUILD    a build folder of the preset `coverage`
#   TARGET   decode, validate, text, roundtrip, execute or generate
#   INPUTS   files or folders, for instance what a fuzzing run has left
set -eu
[ $# -ge 3 ] || { sed -n '2,5p' "$0"; exit 2; }
build=$1
program=$1/bin/fuzz_$2
shift 2
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
LLVM_PROFILE_FILE=$profile/raw "$program" "$@"
llvm-profdata-19 merge -o "$profile/data" "$profile/raw"
llvm-cov-19 report "$program" -instr-profile="$profile/data" -show-region-summary=false -show-branch-summary=false \
  -ignore-filename-regex='/usr/|/fuzz/' | sed "s|$PWD/||"
