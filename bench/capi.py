#!/usr/bin/env python3
"""Small costs of the C API beside the reference library, interleaved.

  capi.py PROGRAM OURS REFERENCE [ROUNDS]

PROGRAM is bench/capi.c, linked to a library named libgantry.so; OURS and REFERENCE are libraries that take that place in turn.
Prints the median of each row over the rounds (default 5) in microseconds or nanoseconds and the ratio, then the geometric mean over
the rows that native code does not decide. A row above 1.0 is marked.
"""
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

# How fast guest code runs decides these.
NATIVE = {"host_checked_x1000", "host_unchecked_x1000", "standard_host_x1000"}


def measure(program, library, folder):
    for name in ("libgantry.so", "libgantry.so.0"):
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(library)
    env = dict(os.environ, LD_LIBRARY_PATH=str(folder))
    out = subprocess.run([program], env=env, check=True, capture_output=True, text=True).stdout
    return {name: float(value) for name, value in (line.split() for line in out.splitlines())}


def main():
    program, ours, reference = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    rows = {}
    with tempfile.TemporaryDirectory() as name:
        for _ in range(rounds):
            for side, library in enumerate((ours, reference)):
                for row, value in measure(program, library, pathlib.Path(name)).items():
                    rows.setdefault(row, ([], []))[side].append(value)
    print(f"{'C API, ns':26} {'ours':>12} {'reference':>12} {'ratio':>7}")
    logs = []
    for row, sides in rows.items():
        mine, theirs = (statistics.median(side) for side in sides)
        ratio = mine / theirs
        note = " (guest code)" if row in NATIVE else " above 1.0" if ratio > 1 else ""
        if row not in NATIVE:
            logs.append(math.log(ratio))
        print(f"{row:26} {mine:12.1f} {theirs:12.1f} {ratio:7.2f}{note}")
    print(f"geometric mean of {len(logs)} rows: {math.exp(statistics.mean(logs)):.2f} (gate 0.7, no row above 1.0)")


if __name__ == "__main__":
    main()
