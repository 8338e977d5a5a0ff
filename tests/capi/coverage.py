#!/usr/bin/env python3
"""Which functions of the C API do the test programs call, and would they notice if one did nothing?

  coverage.py LIBRARY API_DEF PROGRAM…              counts the functions that the programs call; fails below 95 %
  coverage.py --mutate LIBRARY API_DEF PROGRAM…     also replaces each function by `return 0`, one at a time, and runs the programs
                                                    that call it; fails if fewer than 90 % are noticed

Functions that wait for a part of the product (status Later) do not count. What a program calls is what the dynamic linker binds
while it runs; a function is replaced by a library that is loaded first.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TIMEOUT = 120
MUTANT_TIMEOUT = 20  # what waits forever is noticed, too
LEAST_CALLED, LEAST_NOTICED = 0.95, 0.90


def called_by(program, names):
    env = dict(os.environ, LD_DEBUG="bindings")
    env.pop("LD_BIND_NOW", None)
    done = subprocess.run([program], env=env, capture_output=True, text=True, errors="replace", timeout=TIMEOUT)
    if done.returncode != 0:
        sys.exit(f"{program} fails by itself (exit {done.returncode})")
    return {name for name in re.findall(r"normal symbol `(\w+)'", done.stderr) if name in names}


def notices(name, programs, folder):
    source, library = folder / "one.s", folder / "one.so"
    source.write_text(f".globl {name}\n.type {name}, @function\n{name}:\n  xorl %eax, %eax\n  xorl %edx, %edx\n  ret\n"
                      ".section .note.GNU-stack,\"\",@progbits\n")
    subprocess.run(["as", str(source), "-o", str(folder / "one.o")], check=True)
    subprocess.run(["ld", "-shared", str(folder / "one.o"), "-o", str(library)], check=True)
    env = dict(os.environ, LD_PRELOAD=str(library))
    for program in programs:
        try:
            if subprocess.run([program], env=env, capture_output=True, timeout=MUTANT_TIMEOUT).returncode != 0:
                return True
        except subprocess.TimeoutExpired:
            return True
    return False


def main():
    arguments = sys.argv[1:]
    mutate = arguments[0] == "--mutate"
    _, api_def, *programs = arguments[mutate:]
    names = re.findall(r"^GANTRY_API\((\w+), [\w./]+, Full\)", pathlib.Path(api_def).read_text(), re.M)
    callers = {name: [] for name in names}
    for program in programs:
        for name in called_by(program, set(names)):
            callers[name].append(program)
    never = [name for name in names if not callers[name]]
    for name in never:
        print("never called:", name)
    called = len(names) - len(never)
    print(f"{called} of {len(names)} functions called ({called / len(names):.1%})")
    good = called >= LEAST_CALLED * len(names)
    if mutate:
        with tempfile.TemporaryDirectory() as folder:
            unnoticed = [name for name in names if callers[name] and not notices(name, callers[name], pathlib.Path(folder))]
        for name in unnoticed:
            print("not missed:", name)
        noticed = called - len(unnoticed)
        print(f"{noticed} of {len(names)} functions missed when they do nothing ({noticed / len(names):.1%})")
        good = good and noticed >= LEAST_NOTICED * len(names)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
