#!/usr/bin/env bash
# Makes a static library that stands alone: one object of all our archives and the C++ runtime, with only the public names
# visible, so that C programs need no C++ runtime and C++ programs keep their own.
# Usage: link_static.sh OUTPUT SYMBOLS COMPILER OBJCOPY AR API-ARCHIVE OTHER-ARCHIVE…
set -euo pipefail
output=$1 symbols=$2 compiler=$3 objcopy=$4 ar=$5 api=$6
shift 6

# The runtime's archives, as the compiler would take them for -static-libstdc++ -static-libgcc.
runtime=()
for name in libstdc++.a libgcc.a libgcc_eh.a; do
  runtime+=("$("$compiler" -print-file-name=$name)")
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Groups are dissolved: a localized symbol must not be dropped in favour of a program's own copy.
ld -r --force-group-allocation -o "$folder/all.o" --whole-archive "$api" --no-whole-archive --start-group "$@" "${runtime[@]}" --end-group
"$objcopy" --keep-global-symbols="$symbols" --strip-debug "$folder/all.o" "$folder/gantry.o"
rm -f "$output"
"$ar" rcs "$output" "$folder/gantry.o"
