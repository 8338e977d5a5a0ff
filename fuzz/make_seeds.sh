#!/bin/sh
# Seeds for the fuzz targets from the test suites: fuzz/make_seeds.sh BUILD SUITES OUT
#   BUILD   a build folder with gantry_make_seeds in bin/
#   SUITES  a folder of .wast, .wat and .wasm files
#   OUT     gets wasm/ (decode, validate, roundtrip, execute) and wat/ (text)
set -eu
[ $# -eq 3 ] || { sed -n '2,5p' "$0"; exit 2; }
"$1/bin/gantry_make_seeds" "$2" "$3"
echo "$(ls "$3/wasm" | wc -l) modules, $(ls "$3/wat" | wc -l) texts"
