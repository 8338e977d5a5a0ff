#!/usr/bin/env python3
"""Installs the library and builds the examples against what is installed, as a user would; runs them and compares.

  examples.py BUILD_FOLDER WORK_FOLDER

BUILD_FOLDER is where this project was built; WORK_FOLDER is made anew. Exit 77 without make or pkg-config. Each example of examples/c and examples/cpp is built twice: with
CMake, which finds the package by find_package, and with make, which finds it by pkg-config; hello also by the package's other name.
The programs of both languages print the same: examples/NAME.txt.
"""
import os
import pathlib
import shutil
import subprocess
import sys

from commands import run

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "examples"
TIMEOUT = 60
# Folder, ending, the variables that hold the compiler's options for make and for CMake.
LANGUAGES = [("c", ".c", "CFLAGS", "CMAKE_C_FLAGS"), ("cpp", ".cc", "CXXFLAGS", "CMAKE_CXX_FLAGS")]
STRICT = "-Wall -Wextra -Wpedantic -Werror -O0"


def compare(program, folder):
    done = subprocess.run([str(program)], cwd=folder, capture_output=True, text=True, timeout=TIMEOUT)
    expected = HERE / "examples" / (program.name + ".txt")
    if done.returncode == 0 and done.stdout == expected.read_text() and not done.stderr:
        return True
    print(f"{program}: exit {done.returncode}, prints\n{done.stdout}{done.stderr}instead of {expected}")
    return False


def main():
    if not all(map(shutil.which, ("make", "pkg-config"))):
        print("skipped: make or pkg-config is missing")
        return 77
    build, work = (pathlib.Path(folder).resolve() for folder in sys.argv[1:3])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    prefix = work / "prefix"
    run("cmake", "--install", build, "--prefix", prefix)
    environment = dict(os.environ, PKG_CONFIG_PATH=str(next(prefix.glob("**/pkgconfig"))))
    results = []
    for language, suffix, make_flags, cmake_flags in LANGUAGES:
        source, by_cmake, by_make, other = (EXAMPLES / language, *(work / f"{language}_{way}" for way in ("cmake", "make", "other")))
        run("cmake", "-S", source, "-B", by_cmake, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Debug", f"-D{cmake_flags}={STRICT}")
        run("cmake", "--build", by_cmake, "--parallel", "2")
        run("make", "-C", source, "-j2", f"OUT={by_make}", f"{make_flags}={STRICT}", env=environment)
        run("make", "-C", source, f"OUT={other}", "PACKAGE=wasmtime", f"{make_flags}={STRICT}", other / "hello", env=environment)
        names = [path.stem for path in sorted(source.glob("*" + suffix))]
        results += [compare(folder / name, folder) for folder in (by_cmake, by_make) for name in names]
        results.append(compare(other / "hello", other))
    print(f"{sum(results)} of {len(results)} programs print what they must")
    return 0 if all(results) and len(results) > 2 * len(LANGUAGES) else 1


if __name__ == "__main__":
    sys.exit(main())
