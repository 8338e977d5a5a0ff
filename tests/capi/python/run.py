#!/usr/bin/env python3
"""Loads a library in place of the one in the Python package `wasmtime` 48.0.0 and runs programs with it.

  run.py LIBRARY FOLDER [PROGRAM…]

The package comes from $WASMTIME_PYTHON (a folder that holds `wasmtime/`), else from pip, which keeps it below FOLDER. Without either
the test is skipped (exit 77).
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
VERSION = "48.0.0"


def find_package(folder):
    given = os.environ.get("WASMTIME_PYTHON")
    if given:
        return pathlib.Path(given)
    cached = folder / f"wasmtime-{VERSION}"
    if not (cached / "wasmtime").is_dir():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(cached), f"wasmtime=={VERSION}"]
        if subprocess.run(pip, capture_output=True).returncode != 0:
            shutil.rmtree(cached, ignore_errors=True)
            return None
    return cached


def main():
    library, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    programs = sys.argv[3:] or [HERE / "core_examples.py"]
    package = find_package(folder)
    if package is None:
        print(f"skipped: the Python package wasmtime {VERSION} could not be had")
        return 77
    with tempfile.TemporaryDirectory() as place:
        copy = pathlib.Path(place) / "wasmtime"
        shutil.copytree(package / "wasmtime", copy, ignore=shutil.ignore_patterns("_libwasmtime.so", "__pycache__"))
        shutil.copy(library, copy / "linux-x86_64" / "_libwasmtime.so")
        env = dict(os.environ, PYTHONPATH=place, PYTHONDONTWRITEBYTECODE="1")
        return max(subprocess.run([sys.executable, program], env=env).returncode for program in programs)


if __name__ == "__main__":
    sys.exit(main())
