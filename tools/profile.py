#!/usr/bin/env python3
"""Renews cmake/compiler.profdata, the profile by which clang lays out the compiler and the validator.

Usage: profile.py MODULE...

Builds a command that counts (in build/profile), lets it compile each of the binary modules, and puts the counts together: a small module
weighs as much as a large one. The modules should be what users compile: languages and sizes of many kinds. Needs llvm-profdata-19 and
libclang-rt-19-dev. docs/adr/0015-compiler-profile.md says why there is a profile.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "profile"
MOST_WEIGHT = 1000
COMPILE = ["run", "-C", "compiler=baseline", "-C", "lazy=n", "-C", "parallel-compilation=n", "--invoke", "no-such-function"]


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, **options)


def build():
    run("cmake", "--preset", "release", "-B", BUILD, "-DGANTRY_COLLECT_PROFILE=ON", "-DGANTRY_BUILD_TESTS=OFF", cwd=ROOT)
    run("cmake", "--build", BUILD, "--target", "gantry")


def main():
    modules = [Path(argument) for argument in sys.argv[1:]]
    if not modules:
        sys.exit(__doc__)
    for module in modules:
        with open(module, "rb") as file:
            if file.read(4) != b"\0asm":
                sys.exit(f"{module}: not a binary module")
    build()
    largest = max(module.stat().st_size for module in modules)
    inputs = []
    with tempfile.TemporaryDirectory() as folder:
        for number, module in enumerate(modules):
            counts = Path(folder) / f"{number}.profraw"
            # It ends with an error once the module is compiled: there is no such function.
            subprocess.run([BUILD / "bin" / "gantry", *COMPILE, module], env=dict(os.environ, LLVM_PROFILE_FILE=str(counts)),
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if not counts.exists():
                sys.exit(f"{module}: nothing was counted")
            weight = min(MOST_WEIGHT, max(1, round(largest / module.stat().st_size)))
            inputs.append(f"-weighted-input={weight},{counts}")
        run("llvm-profdata-19", "merge", "--sparse", "-o", ROOT / "cmake" / "compiler.profdata", *inputs)


if __name__ == "__main__":
    main()
