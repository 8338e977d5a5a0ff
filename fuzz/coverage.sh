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
# Then the sums of the language and the runtime: of the lines that are linked into the program, how many were reached.
llvm-cov-19 report "$program" -instr-profile="$profile/data" -show-region-summary=false -show-branch-summary=false \
  -ignore-filename-regex='/usr/|/fuzz/' |
  awk '{ print }
    match($1, /^(wasm|runtime)\//) { room = substr($1, 1, RLENGTH - 1); lines[room] += $(NF - 2); missed[room] += $(NF - 1) }
    END { for (room in lines) printf "src/%s: %d lines, %.1f%% reached\n", room, lines[room], 100 - 100 * missed[room] / lines[room] }'
