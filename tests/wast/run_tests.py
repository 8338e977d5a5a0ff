#!/usr/bin/env python3
"""Runs the scripts of this folder and compares what the command prints with FILE.expected.

Usage: run_tests.py GANTRY [--bless] [NAME...]

A script without an .expected file must pass altogether. --bless rewrites the .expected files of the scripts that have one or
that fail. Ends with "N passed, N failed, N skipped", counted in scripts.
"""
import pathlib
import subprocess
import sys


def run(gantry, script):
    result = subprocess.run([gantry, "wast", script.name], cwd=script.parent, capture_output=True, text=True, timeout=120)
    return result.stdout + result.stderr, result.returncode


def main():
    args = sys.argv[1:]
    bless = "--bless" in args
    args = [a for a in args if a != "--bless"]
    if not args:
        sys.exit(__doc__)
    gantry = pathlib.Path(args[0]).resolve()
    folder = pathlib.Path(__file__).resolve().parent
    passed = failed = skipped = 0
    for script in sorted(folder.rglob("*.wast")):
        if args[1:] and script.name not in args[1:] and script.stem not in args[1:]:
            skipped += 1
            continue
        golden = script.with_suffix(".expected")
        output, code = run(gantry, script)
        if golden.exists() or (bless and code != 0):
            if bless:
                golden.write_text(output)
            elif output != golden.read_text():
                failed += 1
                print(f"{script.name}: output differs from {golden.name}:\n{output}")
                continue
        elif code != 0:
            failed += 1
            print(f"{script.name}: exit code {code}\n{output}")
            continue
        passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
