#!/usr/bin/env python3
"""Times the baseline compiler on functions of shapes that are bad for compilers, at three sizes each.

Usage: pathological.py GANTRY [SHAPE...]

Prints a line per shape and size: bytes of the module, CPU milliseconds of compilation with validation (which plans for the
compiler), microseconds per KiB.
Linear means that the last column hardly changes; the exit status is 1 if it grows more than threefold from the first size to the last.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

GROWTH = 3.0  # of the time per byte: not linear any more
LEAST_MS = 30.0  # what the growth is counted from: below, the time is that of starting a process


def one(body, locals_="", params="(param i32)", more=""):
    return f"(module (memory 1) {more} (func (export \"f\") {params} {locals_}\n{body}))\n"


def locals_(n):
    n = min(n, 49000)
    body = "\n".join(f"(local.set {i + 1} (i32.add (local.get {i}) (i32.const {i})))" for i in range(n))
    return one(body, "(local" + " i32" * n + ")")


def unused_locals(n):
    count = max(1, n // 200)
    return "(module" + "".join("(func (local" + " i64" * 40000 + ") (local.set 39999 (i64.const 1)))" for _ in range(count // 20 + 1)) + ")"


def nested_blocks(n):
    return one("block\n" * n + f"(br_if {n // 2} (local.get 0))" + "\nend" * n)


def nested_loops(n):
    return one("loop\n(local.set 1 (i32.add (local.get 1) (local.get 0)))\n" * n + "(br_if 0 (local.get 1))" + "\nend" * n, "(local i32)")


def nested_ifs(n):
    return one("local.get 0\nif\n(local.set 0 (i32.add (local.get 0) (i32.const 1)))\n" * n + "\nend" * n)


def nested_tries(n):
    return one("block\ntry_table (catch_all 0)\ncall $g\n" * n + "end\nend\n" * n, more="(func $g)")


def jump_table(n):
    labels = " ".join(str(i) for i in range(n))
    return one("block\n" * n + f"(br_table {labels} (local.get 0))" + "".join("\nend (local.set 0 (i32.const 1))" for _ in range(n)))


def jump_table_far(n):
    depth = 50
    tables = "".join("(br_table " + " ".join(str(i % depth) for i in range(1000)) + " (local.get 0))\nend\nblock\n" for _ in range(n // 1000))
    return one("block\n" * (depth + 1) + tables + "end\n" * (depth + 1))


def blocks(n):
    return one("".join("(block (br_if 0 (local.get 0)) (local.set 1 (i32.add (local.get 1) (local.get 0))))\n" for _ in range(n)), "(local i32)")


def empty_loops(n):
    return one("(loop)\n" * n)


def loops_with_locals(n):
    text = "".join(f"(loop (local.set {i % 40 + 1} (i32.add (local.get {i % 37 + 1}) (local.get 0))) (br_if 0 (local.get {i % 40 + 1})))\n" for i in range(n))
    return one(text, "(local" + " i32" * 41 + ")")


def straight(n):
    return one("".join(f"(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const {i % 1000})) (i32.load offset={i % 4096} (local.get 0))))\n" for i in range(n)))


def expression(n):
    return one("local.get 0\n" + "local.get 0\ni32.add\n" * n + "local.set 0\n")


def deep_operands(n):
    return one("local.get 0\n" * n + "i32.add\n" * (n - 1) + "local.set 0\n")


def calls_with_live_values(n):
    live = 60
    names = " ".join("i32" for _ in range(live))
    body = "".join(f"(local.set {i % live + 1} (call $g (local.get {(i * 7) % live + 1})))\n" for i in range(n))
    total = "(local.get 0)"
    for i in range(live):
        total = f"(i32.add {total} (local.get {i + 1}))"
    return one(body + f"(drop {total})", f"(local {names})", more="(func $g (param i32) (result i32) (local.get 0))")


def results_on_the_stack(n):
    return one("(call $g (i32.const 1))\n" * n + "drop\n" * n, more="(func $g (param i32) (result i32) (local.get 0))")


def references_on_the_stack(n):
    return one("(struct.new $s)\n" * n + "drop\n" * n, more="(type $s (struct))")


def reads_before_writes(n):
    return one("".join("local.get 0\nlocal.get 0\nlocal.get 0\n(local.set 0 (i32.const 5))\n" for _ in range(n)) + "drop\n" * (3 * n))


def constants(n):
    return one("(local.set 1 (f64.const 0))\n" + "".join(f"(local.set 1 (f64.add (local.get 1) (f64.const {i}.5)))\n" for i in range(n)), "(local f64)")


def block_results(n):
    return one("".join("(block (result i32 i32 i32) (local.get 0) (local.get 0) (local.get 0) (br_if 0 (local.get 0))) drop drop drop\n" for _ in range(n)))


def functions(n):
    return "(module" + "".join(f"(func (param i32) (result i32) (i32.add (local.get 0) (i32.const {i})))\n" for i in range(n)) + ")"


SHAPES = {
    locals_: 10000, unused_locals: 20000, nested_blocks: 50000, nested_loops: 5000, nested_ifs: 20000, nested_tries: 300,
    jump_table: 16000, jump_table_far: 40000, blocks: 100000, empty_loops: 100000, loops_with_locals: 20000, straight: 100000,
    expression: 200000, deep_operands: 100000, calls_with_live_values: 40000, results_on_the_stack: 50000,
    references_on_the_stack: 3000, reads_before_writes: 30000, constants: 50000, block_results: 50000, functions: 50000,
}  # by the middle size


def cpu_ms(command):
    best = None
    for _ in range(2):
        pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
        _, status, usage = os.wait4(pid, 0)
        if status != 0:
            sys.exit(f"{' '.join(command)}: status {status}")
        ms = 1000 * (usage.ru_utime + usage.ru_stime)
        best = ms if best is None else min(best, ms)
    return best


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    gantry = str(pathlib.Path(sys.argv[1]).resolve())
    bad = []
    print(f"{'shape':26} {'bytes':>10} {'compile ms':>11} {'us per KiB':>11}")
    for shape, middle in SHAPES.items():
        name = shape.__name__.strip("_")
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        rates = []
        for size in (middle // 4, middle, middle * 4):
            with tempfile.TemporaryDirectory() as folder:
                text, binary = os.path.join(folder, "m.wat"), os.path.join(folder, "m.wasm")
                pathlib.Path(text).write_text(shape(size))
                subprocess.run([gantry, "parse", text, "-o", binary], check=True)
                count = os.path.getsize(binary)
                whole = cpu_ms([gantry, "compile", "-C", "compiler=baseline", binary, "-o", "/dev/null"])
                rest = cpu_ms([gantry, "--version"])
            ms = max(whole - rest, 0.1)
            rates.append(max(ms, LEAST_MS) / count)
            print(f"{name:26} {count:10} {ms:11.1f} {1024e3 * ms / count:11.1f}", flush=True)
        if rates[-1] > GROWTH * rates[0]:
            bad.append(name)
    print(f"not linear: {', '.join(bad)}" if bad else "all linear")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
