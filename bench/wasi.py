#!/usr/bin/env python3
"""Figures of WASI: what a system call costs over the host's own, and how real programs do.

  wasi.py GANTRY [PROGRAMS]     PROGRAMS: the folder that tests/programs/real/build.py filled; without it only the calls
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROUNDS = 7
CALL_ROUNDS = 3
CATCH = "for i = 1, 100000 do pcall(error, 'x') end"


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout


def calls(gantry, folder):
    native, guest = folder / "native", folder / "calls.wasm"
    run("clang-19", "-O2", HERE / "wasi_calls.c", "-o", native)
    run("clang-19", "--target=wasm32-wasi", "-O2", HERE / "wasi_calls.c", "-o", guest)
    rows = []
    for _ in range(CALL_ROUNDS):  # interleaved: only ratios of one moment mean something on a shared machine
        host = [float(word) for word in run(native, folder / "file").split()]
        ours = [float(word) for word in run(gantry, "--dir", folder, guest, folder / "file").split()]
        rows.append([*host, *ours])
    clock, write, our_clock, our_write = (min(column) for column in zip(*rows))
    print(f"clock_time_get      {our_clock:7.0f} ns, the host's own {clock:7.0f} ns, over it {our_clock - clock:6.0f} ns")
    print(f"fd_write, 16 bytes  {our_write:7.0f} ns, the host's own {write:7.0f} ns, over it {our_write - write:6.0f} ns")


def timed(name, *command):
    """Least and median wall time, the least time of the processors, and the most resident memory."""
    times, busy, peak = [], [], 0
    for _ in range(ROUNDS):
        start = time.monotonic()
        child = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        times.append(time.monotonic() - start)
        busy.append(usage.ru_utime + usage.ru_stime)
        peak = max(peak, usage.ru_maxrss)
        if status != 0:
            sys.exit(f"{name}: failed")
    print(f"{name:34} {min(times):6.2f} s, median {statistics.median(times):6.2f} s, processor {min(busy):5.2f} s, peak {peak / 1024:6.1f} MB")


def main():
    gantry = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        calls(gantry, Path(name))
        if len(sys.argv) < 3:
            return
        programs = Path(sys.argv[2]).resolve()
        if (programs / "lua.wasm").exists():
            timed("100,000 caught Lua errors", gantry, programs / "lua.wasm", "-e", CATCH)
        if (programs / "clang.wasm").exists():
            timed("clang --version, a module of 75 MB", gantry, "--argv0", "clang", programs / "clang.wasm", "--version")


if __name__ == "__main__":
    main()
