#!/usr/bin/env python3
"""The benchmark programs give the output that they are expected to give.

  run_tests.py GANTRY FOLDER [--all] [FILTER…]     ends with "N passed, N failed, N skipped"

FOLDER holds programs X.wasm with X.stdout.expected and X.stderr.expected where there is output; each runs in its own folder.
Programs that take minutes, and components, are skipped; --all runs the slow ones too.
"""
import subprocess
import sys
from pathlib import Path

SLOW = {"shootout-seqhash": "runs for half a minute in compiled code"}
COMPONENT = b"\0asm\x0d\0\x01\0"
TIMEOUT = 600


def expected(program, stream):
    path = program.with_suffix(f".{stream}.expected")
    return path.read_bytes() if path.exists() else b""


def run(gantry, program):
    """None if the output is as expected, else what is wrong."""
    command = [gantry, "--dir", ".", "-W", "unknown-imports-default", program.name]
    try:
        done = subprocess.run(command, cwd=program.parent, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return f"still running after {TIMEOUT} s"
    if done.returncode != 0:
        return f"exit code {done.returncode}: {done.stderr.decode(errors='replace')[-400:]}"
    for stream, got in (("stdout", done.stdout), ("stderr", done.stderr)):
        if got != expected(program, stream):
            return f"{stream} differs from {program.stem}.{stream}.expected"
    return None


def main():
    words = [word for word in sys.argv[1:] if word != "--all"]
    gantry, folder, filters = str(Path(words[0]).resolve()), Path(words[1]), words[2:]
    passed = failed = skipped = 0
    for program in sorted(folder.rglob("*.wasm")):
        name = program.relative_to(folder).as_posix()
        if filters and not any(word in name for word in filters):
            continue
        reason = SLOW.get(program.stem) if "--all" not in sys.argv else None
        if program.read_bytes()[:8] == COMPONENT:
            reason = "a component"
        if reason:
            skipped += 1
            print(f"skipped {name}: {reason}")
            continue
        fault = run(gantry, program)
        passed, failed = passed + (fault is None), failed + (fault is not None)
        if fault:
            print(f"FAILED {name}: {fault}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
