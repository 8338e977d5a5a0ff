#!/usr/bin/env python3
"""Builds programs with the toolchains that are installed, runs them, and compares what they print.

  run_tests.py GANTRY [--build FOLDER] [FILTER…]     ends with "N passed, N failed, N skipped"

A program is a source file c/*.c, cpp/*.cc, rust/*.rs or go/*/main.go. Its first comment lines say how it is run:

  // What the program shows.
  // run: --env A=1 --dir .::/work PROGRAM one two     flags and arguments; "PROGRAM" stands for the module; the folder is empty
  // input: text                                      standard input, \\n for a new line
  // exit: 3                                          if it is not 0
  // output:
  //   line                                           standard output, each line behind three blanks; [[…]] matches anything

Compiled programs are kept in the build folder and made anew when their source changes. A program whose toolchain is missing is
skipped and named.
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
TIMEOUT = 300


class Toolchain:
    def __init__(self, name, pattern, compiler, check, command, env=None):
        self.name, self.pattern, self.compiler, self.command, self.env = name, pattern, compiler, command, env or {}
        self.available = compiler is not None and check()

    def build(self, source, target):
        words = [str(source) if w == "SOURCE" else str(target) if w == "TARGET" else w for w in self.command]
        return subprocess.run([self.compiler, *words], capture_output=True, text=True, env={**os.environ, **self.env})


def first_program(*names):
    return next((path for path in map(shutil.which, names) if path), None)


def debian_rust():
    """A rustc that knows a WASI target, and the target's name."""
    for compiler in (shutil.which("rustc"), "/usr/bin/rustc"):
        if not compiler or not Path(compiler).exists():
            continue
        for target in ("wasm32-wasip1", "wasm32-wasi"):
            found = subprocess.run([compiler, "--print", "target-libdir", "--target", target], capture_output=True, text=True)
            if found.returncode == 0 and list(Path(found.stdout.strip()).glob("libstd-*.rlib")):
                return compiler, target
    return None, None


def toolchains():
    def has_libraries(*paths):
        return lambda: all(any(Path("/").glob(p.lstrip("/"))) for p in paths)

    libc = "/usr/lib/wasm32-wasi/libc.a"
    runtime = "/usr/lib/llvm-19/lib/clang/*/lib/wasi/libclang_rt.builtins-wasm32.a"
    wasi = ["--target=wasm32-wasi", "--sysroot=/usr", "-O2", "SOURCE", "-o", "TARGET"]
    rustc, rust_target = debian_rust()
    go = first_program("go", "/usr/local/go/bin/go")
    yield Toolchain("C (clang-19, wasi-libc)", "c/*.c", first_program("clang-19"), has_libraries(libc, runtime), wasi)
    yield Toolchain("C++ (clang-19, libc++)", "cpp/*.cc", first_program("clang++-19"),
                    has_libraries(libc, runtime, "/usr/lib/wasm32-wasi/libc++.a"), ["-std=c++20", "-fno-exceptions", *wasi])
    yield Toolchain("Rust (rustc, wasm32-wasi)", "rust/*.rs", rustc, lambda: True,
                    ["--edition=2021", "-O", "--target", rust_target or "", "SOURCE", "-o", "TARGET"])
    # Its own build cache: the first build compiles the standard library, later ones do not.
    yield Toolchain("Go (GOOS=wasip1)", "go/*/main.go", go, lambda: knows_wasip1(go), ["build", "-o", "TARGET", "SOURCE"],
                    {"GOOS": "wasip1", "GOARCH": "wasm", "GO111MODULE": "off"})


def knows_wasip1(go):
    found = subprocess.run([go, "tool", "dist", "list"], capture_output=True, text=True)
    return "wasip1/wasm" in found.stdout


def read_header(source):
    """How the program is run, from its first comment lines."""
    header = {"run": "PROGRAM", "input": "", "exit": "0", "output": []}
    in_output = False
    for line in source.read_text().splitlines():
        if not line.startswith("//"):
            break
        text = line[2:]
        if in_output and (text.startswith("   ") or not text.strip()):
            header["output"].append(text[3:])
            continue
        key, colon, value = text.strip().partition(":")
        in_output = bool(colon) and key == "output"
        if colon and key in ("run", "input", "exit"):
            header[key] = value.strip()
    return header


def matches(expected, line):
    pattern = ".*".join(re.escape(part) for part in re.split(r"\[\[.*?\]\]", expected))
    return re.fullmatch(pattern, line) is not None


def compare(header, done):
    if done.returncode != int(header["exit"]):
        yield f"exit code {done.returncode}, expected {header['exit']}"
    lines, expected = done.stdout.splitlines(), header["output"]
    if len(lines) != len(expected) or not all(map(matches, expected, lines)):
        yield "it printed\n" + "\n".join(lines) + "\nexpected\n" + "\n".join(expected)


def check(gantry, toolchain, source, build):
    """None, or what went wrong."""
    target = build / "-".join(source.relative_to(HERE).with_suffix(".wasm").parts)
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        made = toolchain.build(source, target)
        if made.returncode != 0:
            return "it does not compile:\n" + made.stderr
    header = read_header(source)
    words = [str(target) if w == "PROGRAM" else w for w in shlex.split(header["run"])]
    with tempfile.TemporaryDirectory() as scratch:
        try:
            done = subprocess.run([gantry, "run", *words], input=header["input"].replace("\\n", "\n"), capture_output=True, text=True,
                                  timeout=TIMEOUT, cwd=scratch)
        except subprocess.TimeoutExpired:
            return f"still running after {TIMEOUT} s"
    found = list(compare(header, done))
    return "\n".join([*found, done.stderr]) if found else None


def main():
    args = sys.argv[1:]
    build = HERE.parents[1] / "build" / "programs"
    if "--build" in args:
        at = args.index("--build")
        build = Path(args[at + 1]).resolve()
        del args[at:at + 2]
    if not args:
        sys.exit(__doc__)
    gantry, filters = str(Path(args[0]).resolve()), args[1:]
    build.mkdir(parents=True, exist_ok=True)
    passed = failed = skipped = 0
    for toolchain in toolchains():
        for source in sorted(HERE.glob(toolchain.pattern)):
            name = str(source.relative_to(HERE))
            if filters and not any(f in name for f in filters):
                continue
            if not toolchain.available:
                skipped += 1
                print(f"{name}: skipped, {toolchain.name} is not installed")
                continue
            fault = check(gantry, toolchain, source, build)
            passed, failed = passed + (fault is None), failed + (fault is not None)
            if fault:
                print(f"{name}: {fault}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
