#!/usr/bin/env python3
"""The public WASI 0.1 programs: each must print and exit as its .json says.

  run_tests.py GANTRY [FILTER…]      ends with "N passed, N failed, N skipped"

The programs lie in $GANTRY_TESTDATA/wasi, or in ../shared/testdata/wasi beside the checkout; README.md there describes the .json.
Without them one skipped test is counted.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
TIMEOUT = 120


def find_programs():
    data = os.environ.get("GANTRY_TESTDATA")
    folder = Path(data) if data else CHECKOUT.parent / "shared" / "testdata"
    return sorted((folder / "wasi").glob("*/*.wasm"))


def make_root(source, scratch):
    """A copy of the folder that the program may write into, without what earlier runs left."""
    root = Path(scratch) / "root"
    shutil.copytree(source, root)
    for leftover in root.rglob("*.cleanup"):
        leftover.unlink()
    (root / "writeable").mkdir(exist_ok=True)
    return root


def run(gantry, program, spec, scratch):
    command = [gantry, "run"]
    for name, value in spec.get("env", {}).items():
        command += ["--env", f"{name}={value}"]
    if "root" in spec:
        command += ["--dir", f"{make_root(program.parent / spec['root'], scratch)}::/"]
    command += [str(program), *spec.get("args", [])]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, cwd=scratch)


def faults(spec, done):
    """What came that should not have."""
    expected_code = spec.get("exit_code", 0)
    if done.returncode != expected_code:
        yield f"exit code {done.returncode}, expected {expected_code}"
    for stream in ("stdout", "stderr"):
        text = getattr(done, stream).decode(errors="replace")
        if stream in spec and text != spec[stream]:
            yield f"{stream} {text!r}, expected {spec[stream]!r}"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    gantry, filters = str(Path(sys.argv[1]).resolve()), sys.argv[2:]
    programs = [p for p in find_programs() if not filters or any(f in str(p) for f in filters)]
    if not programs:
        print("no WASI test programs found; set GANTRY_TESTDATA\n0 passed, 0 failed, 1 skipped")
        return
    failed = 0
    for program in programs:
        description = program.with_suffix(".json")
        spec = json.loads(description.read_text()) if description.exists() else {}
        with tempfile.TemporaryDirectory() as scratch:
            try:
                done = run(gantry, program, spec, scratch)
                found = list(faults(spec, done))
                log = done.stdout + done.stderr
            except subprocess.TimeoutExpired:
                found, log = [f"still running after {TIMEOUT} s"], b""
        if found:
            failed += 1
            print(f"{program.parent.name}/{program.name}: {'; '.join(found)}\n{log.decode(errors='replace')}")
    print(f"{len(programs) - failed} passed, {failed} failed, 0 skipped")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
