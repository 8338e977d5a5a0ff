#!/usr/bin/env python3
"""Well-known programs: builds them (build.py) and runs *.test with the runner of tests/cli.

  run_tests.py GANTRY FOLDER [ARGUMENTS OF tests/cli/run_tests.py…]     ends with "N passed, N failed, N skipped"
"""
import subprocess
import sys
from pathlib import Path

import build

HERE = Path(__file__).resolve().parent


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder = Path(sys.argv[2]).resolve()
    for name, reason in build.build(folder).items():
        print(f"{name} cannot be built here: {reason}")
    sys.stdout.flush()
    runner = HERE.parents[1] / "cli" / "run_tests.py"
    sys.exit(subprocess.run([sys.executable, runner, sys.argv[1], "--tests", HERE, "--programs", folder, *sys.argv[3:]]).returncode)


if __name__ == "__main__":
    main()
