#!/usr/bin/env python3
"""Times whole processes, and the peak of their resident memory.

  startup.py GANTRY [COMMAND…]     an empty process, `gantry --version`, a C hello world; and the COMMANDs, each one argument,
                                   with HELLO for the hello world's module: peers, for example "wasm3 HELLO"
"""
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = "300"
HELLO = '#include <stdio.h>\nint main(void) { puts("Hello, world!"); return 0; }\n'


def build(folder, name, source, *flags):
    target = str(Path(folder, name))
    Path(folder, name + ".c").write_text(source)
    done = subprocess.run(["clang-19", "-O2", *flags, target + ".c", "-o", target], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"startup.py: cannot compile {name} (scripts/setup test installs what that needs):\n{done.stderr}")
    return target


def main():
    gantry, peers = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        spawn = build(folder, "spawn", Path(__file__).with_name("spawn.c").read_text())
        empty = build(folder, "empty", "int main(void) { return 0; }\n", "-static")
        hello = build(folder, "hello.wasm", HELLO, "--target=wasm32-wasi")
        rows = [("an empty process", [empty]), ("gantry --version", [gantry, "--version"]), ("C hello world", [gantry, hello])]
        rows += [(peer, [hello if word == "HELLO" else word for word in shlex.split(peer)]) for peer in peers]
        for name, command in rows:
            least, median, peak, code = subprocess.run([spawn, RUNS, *command], capture_output=True, text=True, check=True).stdout.split()
            note = "" if code == "0" else f", exit code {code}"
            print(f"{name:32} min {float(least):6.2f} ms, median {float(median):6.2f} ms, peak {int(peak) / 1024:5.1f} MB{note}")


if __name__ == "__main__":
    main()
