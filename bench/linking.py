#!/usr/bin/env python3
"""Times module linking: files with many nested modules and instantiations, at three sizes.

Usage: linking.py GANTRY

A file of size N has N nested modules; ten of them make N instances each. Prints a line per size: modules, instances, bytes, the best of
three runs, and microseconds per instance. Linear means that the last column hardly changes.
"""
import pathlib
import subprocess
import sys
import tempfile
import time

SPREADERS = 10


def text(size):
    leaves = size - SPREADERS
    lines = ["(module $root"]
    for i in range(leaves):
        lines.append(f"  (module (func (export \"f\") (result i32) i32.const {i}) (global (mut i32) (i32.const 0)))")
    for _ in range(SPREADERS):
        lines.append("  (module")
        lines += [f"    (alias outer $root {i} (module))" for i in range(leaves)]
        lines += [f"    (instance (instantiate {i % leaves}))" for i in range(size)]
        lines.append("  )")
    lines += [f"  (instance (instantiate {leaves + i}))" for i in range(SPREADERS)]
    return "\n".join(lines) + ")\n"


def best_of_three(command):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # it warns that nothing runs
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    gantry = pathlib.Path(sys.argv[1]).resolve()
    print(f"{'modules':>8} {'instances':>10} {'bytes':>8} {'ms':>8} {'us each':>8}")
    with tempfile.TemporaryDirectory() as folder:
        wat, wasm = pathlib.Path(folder, "l.wat"), pathlib.Path(folder, "l.wasm")
        for size in (100, 300, 1000):
            wat.write_text(text(size))
            subprocess.run([gantry, "parse", "-W", "module-linking", wat, "-o", wasm], check=True)
            instances = SPREADERS * size + SPREADERS + 1
            seconds = best_of_three([gantry, "run", "-W", f"module-linking,max-instances={instances}", wasm])
            print(f"{size:>8} {instances:>10} {wasm.stat().st_size:>8} {seconds * 1e3:>8.1f} {seconds * 1e6 / instances:>8.2f}")


if __name__ == "__main__":
    main()
