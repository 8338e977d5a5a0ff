#!/usr/bin/env bash
# Builds and runs the Go program against a library folder, shared and static. Exit 77 where there is no Go.
# Usage: run.sh LIBRARY-FOLDER INCLUDE-FOLDER…
set -euo pipefail
libraries=$1
shift
command -v go >/dev/null || { echo "skipped: no Go"; exit 77; }
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOCACHE=${GOCACHE:-$work/cache} GOFLAGS=-mod=mod CGO_ENABLED=1 CC=${CC:-cc}
CGO_CFLAGS=$(printf -- '-I%s ' "$@")
export CGO_CFLAGS
expected=$'run(20) = 41\ntraps: true'

check() {
  local got
  CGO_LDFLAGS="-L$1" go build -o "$work/program" .
  got=$(LD_LIBRARY_PATH=$1 "$work/program")
  [ "$got" = "$expected" ] || { printf '%s: got\n%s\n' "$2" "$got"; exit 1; }
  echo "ok $2"
}
check "$libraries" shared
if [ -e "$libraries/libgantry.a" ]; then
  mkdir "$work/static"
  ln -s "$libraries/libgantry.a" "$work/static/"
  check "$work/static" static
fi
