#!/usr/bin/env python3
"""Golden tests of the command line.

  run_tests.py GANTRY [--bless] [--tests FOLDER] [--programs FOLDER] [FILTER…]    ends with "N passed, N failed, N skipped"

A test is a file **/*.test of FOLDER, which is tests/cli if nothing else is said, run in an empty folder of its own:

  # What the test claims.
  file add.wat                       the lines up to `end` become this file
  (module …)
  end
  needs go {programs}/lua.wasm       without one of these programs the test is skipped; `terminal`: without pseudo-terminals
  $ gantry add.wat < input > output  a command: `gantry` is the one under test, {gantry} its path; no shell, but < and > work
  text                               what it prints
  ! text                             what it prints to standard error
  => 134                             its exit code, if that is not 0

`[[…]]` in an expected line matches anything. --bless writes what came instead of what was expected (lines with [[…]] that
match stay). Other commands than gantry (cat, env, wc…) may be used to look at results. {examples} is the folder of that name,
{programs} the folder that --programs names.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "examples"
TIMEOUT = 300


def parse(text):
    """Steps of a test: ("text", line) kept as it is, ("needs", line), ("file", name, lines) and ("run", command, expected lines)."""
    steps, lines = [], text.splitlines()
    while lines:
        line = lines.pop(0)
        if line.startswith("$ "):
            expected = []
            while lines and not lines[0].startswith(("$ ", "file ", "needs ", "# ")):
                expected.append(lines.pop(0))
            blanks = len(expected)
            while expected and not expected[-1]:  # blank lines before the next step are layout
                expected.pop()
            steps.append(("run", line[2:], expected))
            steps += [("text", "")] * (blanks - len(expected))
        elif line.startswith("needs "):
            steps.append(("needs", line))
        elif line.startswith("file "):
            end = lines.index("end")
            steps.append(("file", line[5:].strip(), lines[:end]))
            del lines[:end + 1]
        else:
            steps.append(("text", line))
    return steps


def replaced(word, places):
    for name, place in places.items():
        word = word.replace(name, place)
    return word


def run(command, folder, gantry, places):
    words = [gantry if word == "gantry" else replaced(word, places) for word in shlex.split(command)]
    stdin, stdout = subprocess.DEVNULL, subprocess.PIPE
    if "<" in words:
        at = words.index("<")
        stdin = open(folder / words[at + 1], "rb")
        del words[at:at + 2]
    if ">" in words:
        at = words.index(">")
        stdout = open(folder / words[at + 1], "wb")
        del words[at:at + 2]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    done = subprocess.run(words, cwd=folder, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=env, timeout=TIMEOUT)
    got = (done.stdout or b"").decode(errors="backslashreplace").splitlines()
    got += [f"! {line}".rstrip() for line in done.stderr.decode(errors="backslashreplace").splitlines()]
    if done.returncode != 0:
        got.append(f"=> {done.returncode}")
    return [replaced(line, {place: name for name, place in places.items()}) for line in got]


def matches(expected, got):
    if len(expected) != len(got):
        return False
    for want, line in zip(expected, got):
        pattern = ".*".join(re.escape(part) for part in re.split(r"\[\[.*?\]\]", want))
        if not re.fullmatch(pattern, line):
            return False
    return True


def has_terminals():
    try:
        for end in os.openpty():
            os.close(end)
        return True
    except OSError:
        return False


def lacking(steps, places):
    """What the test needs and is not there."""
    def is_there(word):
        if word == "terminal":
            return has_terminals()
        return shutil.which(replaced(word, places)) or Path(replaced(word, places)).is_file()

    words = [word for step in steps if step[0] == "needs" for word in step[1].split()[1:]]
    return [word for word in words if not is_there(word)]


def run_test(steps, path, gantry, places, bless):
    """None if it passes, else what went wrong. With bless the file is rewritten."""
    out, fault = [], None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for step in steps:
            if step[0] in ("text", "needs"):
                out.append(step[1])
            elif step[0] == "file":
                target = folder / step[1]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text("\n".join(step[2]) + "\n")
                out += [f"file {step[1]}", *step[2], "end"]
            else:
                try:
                    got = run(step[1], folder, gantry, places)
                except subprocess.TimeoutExpired:
                    got = [f"=> still running after {TIMEOUT} s"]
                good = matches(step[2], got)
                if not good and fault is None:
                    fault = "\n".join([f"  $ {step[1]}", "  expected:", *(f"    {l}" for l in step[2]), "  got:", *(f"    {l}" for l in got)])
                out += [f"$ {step[1]}", *(step[2] if good else got)]
    if bless and fault:
        path.write_text("\n".join(out) + "\n")
        return None
    return fault


def take_option(words, name, otherwise):
    if name not in words:
        return otherwise
    at = words.index(name)
    value = words[at + 1]
    del words[at:at + 2]
    return value


def main():
    words = [word for word in sys.argv[1:] if word != "--bless"]
    tests = Path(take_option(words, "--tests", str(HERE))).resolve()
    programs = str(Path(take_option(words, "--programs", "none")).resolve())
    bless, gantry, filters = "--bless" in sys.argv, str(Path(words[0]).resolve()), words[1:]
    places = {"{examples}": str(EXAMPLES), "{programs}": programs, "{gantry}": gantry}
    passed = failed = skipped = 0
    for path in sorted(tests.rglob("*.test")):
        name = path.relative_to(tests).as_posix()
        if filters and not any(word in name for word in filters):
            continue
        steps = parse(path.read_text())
        if lacking(steps, places):
            skipped += 1
            print(f"skipped {name}: no {', '.join(lacking(steps, places))}")
            continue
        fault = run_test(steps, path, gantry, places, bless)
        if fault is None:
            passed += 1
        else:
            failed += 1
            print(f"FAILED {name}\n{fault}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
