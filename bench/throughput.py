#!/usr/bin/env python3
"""Compares how fast the baseline compiler and V8's compile whole modules, both eagerly.

Usage: throughput.py GANTRY_PHASES NODE MODULE...

Both stay on one processor: two threads that share a core would each take longer. CPU time, validation included, the best of a few runs in
each of three processes, which alternate. Prints MB/s of code and the ratio, above 1 if ours is faster.
"""
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROUNDS = 3
FLAGS = ["--no-warnings", "--liftoff-only", "--no-wasm-lazy-compilation", "--single-threaded", "--wasm-num-compilation-tasks=1"]


def output_of(command):
    processor = {max(os.sched_getaffinity(0))}
    pinned = dict(preexec_fn=lambda: os.sched_setaffinity(0, processor))
    return subprocess.run(command, capture_output=True, text=True, check=True, **pinned).stdout


def code_megabytes(module):
    """Of all bodies, as gantry_phases counts them."""
    data = Path(module).read_bytes()

    def leb(at):
        value = shift = 0
        while True:
            byte = data[at]
            value, shift, at = value | (byte & 0x7F) << shift, shift + 7, at + 1
            if byte < 0x80:
                return value, at

    at, total = 8, 0
    while at < len(data):
        section = data[at]
        size, at = leb(at + 1)
        if section == 10:
            count, body = leb(at)
            for _ in range(count):
                length, body = leb(body)
                total, body = total + length, body + length
        at += size
    return total * 1e-6


def ours(phases, module):
    """MB/s."""
    return float(output_of([phases, module]).splitlines()[1][40:].split()[-2])


def theirs(node, module):
    """Milliseconds."""
    script = Path(__file__).with_name("liftoff.mjs")
    return float(output_of([node, *FLAGS, script, module]))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    phases, node, *modules = sys.argv[1:]
    ratios = []
    print(f"{'module':40} {'code MB':>8} {'ours MB/s':>10} {'Liftoff MB/s':>13} {'ratio':>6}")
    for module in modules:
        rate, milliseconds, size = 0.0, float("inf"), code_megabytes(module)
        for _ in range(ROUNDS):
            rate, milliseconds = max(rate, ours(phases, module)), min(milliseconds, theirs(node, module))
        if rate == float("inf"):
            print(f"{module[-40:]:40} {size:8.3f} too short to be timed", flush=True)
            continue
        liftoff = size / milliseconds * 1000
        print(f"{module[-40:]:40} {size:8.3f} {rate:10.1f} {liftoff:13.1f} {rate / liftoff:6.2f}", flush=True)
        ratios.append(rate / liftoff)
    print(f"geometric mean of {len(ratios)} ratios: {statistics.geometric_mean(ratios):.2f}")


if __name__ == "__main__":
    main()
