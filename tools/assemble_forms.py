#!/usr/bin/env python3
"""Makes tests/filetests/asm/x64/forms.txt: the bytes of an independent assembler for the lines that the encoder's test lists.

  assemble_forms.py UNIT_TESTS [ASSEMBLER]      gantry_unit_tests of some build; GNU as by default
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent / "tests/filetests/asm/x64/forms.txt"


def main():
    tests = sys.argv[1]
    assembler = sys.argv[2] if len(sys.argv) > 2 else "as"
    with tempfile.TemporaryDirectory() as folder:
        listed, source = Path(folder, "forms"), Path(folder, "forms.s")
        subprocess.run([tests, "--gtest_filter=X64Forms.BytesAre*"], env={**os.environ, "GANTRY_LIST_FORMS": str(listed)}, check=True,
                       stdout=subprocess.DEVNULL)
        lines = listed.read_text().splitlines()
        source.write_text(".intel_syntax noprefix\n" + "".join(line + "\n" for line in lines))
        done = subprocess.run([assembler, "-aln", "-o", str(Path(folder, "o")), str(source)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
        # "  12 0004 0F58C1   addps xmm0, xmm1", long ones with more lines "  12      40"
        found = {}
        for row in done.stdout.splitlines():
            match = re.match(r"\s*(\d+)(?: [0-9a-f]{4,})?\s+([0-9A-F]+)(?:\s|$)", row)
            if match:
                number = int(match[1])
                found[number] = found.get(number, "") + match[2].lower()
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text("".join(f"{found[number]}\t{line}\n" for number, line in enumerate(lines, start=2)))
        print(f"{GOLDEN}: {len(lines)} lines")


main()
