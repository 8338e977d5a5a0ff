#!/usr/bin/env python3
"""Compares how fast the baseline compiler and V8's compile whole modules, both eagerly.

Usage: throughput.py GANTRY_PHASES NODE MODULE...

Both stay on one processor: two threads that share a core would each take longer. CPU time, validation included, the best of a few runs in
each of three processes, which alternate. Prints MB/s of code and the ratio, above 1 if ours is faster.
"""
import os
import subprocess
import sys
from pathlib import Path

ROUNDS = 3
FLAGS = ["--no-warnings", "--liftoff-only", "--no-wasm-lazy-compilation", "--single-threaded", "--wasm-num-compilation-tasks=1"]


def output_of(command):
    processor = {max(os.sched_getaffinity(0))}
    pinned = dict(preexec_fn=lambda: os.sched_setaffinity(0, processor))
    return subprocess.run(command, capture_output=True, text=True, check=True, **pinned).stdout


def ours(phases, module):
    """MB of code and MB/s."""
    fields = output_of([phases, module]).splitlines()[1][40:].split()
    return float(fields[0]), float(fields[-2])


def theirs(node, module):
    """Milliseconds."""
    script = Path(__file__).with_name("liftoff.mjs")
    return float(output_of([node, *FLAGS, script, module]))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    phases, node, *modules = sys.argv[1:]
    print(f"{'module':40} {'code MB':>8} {'ours MB/s':>10} {'Liftoff MB/s':>13} {'ratio':>6}")
    for module in modules:
        rate, milliseconds, size = 0.0, float("inf"), 0.0
        for _ in range(ROUNDS):
            size, found = ours(phases, module)
            rate, milliseconds = max(rate, found), min(milliseconds, theirs(node, module))
        liftoff = size / milliseconds * 1000
        print(f"{module[-40:]:40} {size:8.2f} {rate:10.1f} {liftoff:13.1f} {rate / liftoff:6.2f}", flush=True)


if __name__ == "__main__":
    main()
