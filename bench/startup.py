#!/usr/bin/env python3
"""Times whole processes: from posix_spawn to exit, and the peak of resident memory.

  startup.py GANTRY [HELLO.wasm]     `gantry --version`, and a C hello world, compiled here unless one is given
"""
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 300
HELLO = '#include <stdio.h>\nint main(void) { puts("Hello, world!"); return 0; }\n'


def spawn(command):
    """Seconds and peak KiB of one run."""
    null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1)]
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=null)
    _, status, usage = os.wait4(pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss, os.waitstatus_to_exitcode(status)


def measure(name, command):
    runs = [spawn(command) for _ in range(RUNS)]
    times = sorted(seconds * 1000 for seconds, _, _ in runs)
    codes = {code for _, _, code in runs}
    note = "" if codes == {0} else f", exit codes {sorted(codes)}"
    print(f"{name:32} min {times[0]:6.2f} ms, median {times[RUNS // 2]:6.2f} ms, peak {max(r[1] for r in runs) / 1024:5.1f} MB{note}")


def main():
    gantry = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        hello = sys.argv[2] if len(sys.argv) > 2 else None
        if hello is None:
            source, hello = Path(folder, "hello.c"), str(Path(folder, "hello.wasm"))
            source.write_text(HELLO)
            built = subprocess.run(["clang-19", "--target=wasm32-wasi", "-O2", str(source), "-o", hello], capture_output=True)
            if built.returncode != 0:
                print("no C hello world: clang-19 with wasi-libc is not there (scripts/setup test)")
                hello = None
        measure("gantry --version", [gantry, "--version"])
        if hello is not None:
            measure("C hello world", [gantry, hello])


if __name__ == "__main__":
    main()
