#!/usr/bin/env python3
"""Checks that what the documentation names exists.

  check_docs.py [ROOT]     prints FILE:LINE: what is wrong; exit 1 if anything is

Checked in every Markdown file of the repository, outside of code blocks:
  1. A relative link [text](path) leads to a file or folder; [text](path#heading) to a heading or an `<a id>` in it.
  2. A path in backticks that starts in a folder of the repository (`src/wasm/opcodes.def`) exists. `*` and `<name>` stand
     for anything, `{a,b}` for either.
  3. A symbol in backticks, that is UpperCamel words, optionally joined by :: or called (`Linker::Define`, `ParseWat()`), a
     constant (`kMaxPath`) or a macro (`WASM_OP`), occurs in the sources.
Checked in every C++ file:
  4. The files that a head comment's "Tested by ..." names exist, somewhere in the repository or at the path.
"""
import functools
import itertools
import re
import subprocess
import sys
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`]+)`")
CAMEL = r"[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+"
SYMBOL = re.compile(rf"^(?:(?:{CAMEL}|[A-Z][a-z]+::\w+)(?:::\w+)*(?:\(\))?|k[A-Z]\w+|[A-Z]+_[A-Z_]+)$")
TESTED_BY = re.compile(r"^//.*\bTested by (.*(?:\n// .*)*)", re.M)
FILE_NAME = re.compile(r"[\w./]*\w\.(?:cc|h|py|wast|wat|test)\b")
SOURCE_FOLDERS = ("src", "include", "tests", "fuzz", "bench", "tools", "scripts", "cmake", "examples", "docs", ".ci")
SOURCES = {".h", ".cc", ".def", ".c", ".py", ".txt", ".cmake", ".json", ""}


def tracked_files(root):
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        return [root / name for name in listed.stdout.splitlines() if (root / name).is_file()]
    return [path for path in root.rglob("*") if path.is_file()]


def anchor_of(heading):
    """The anchor that the usual renderers give a heading."""
    words = re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", ""))
    return words.replace(" ", "-")


@functools.cache
def anchors(path):
    """What links can lead to: headings, and `<a id="NAME">` of generated pages."""
    text = path.read_text()
    return {anchor_of(line.lstrip("#")) for line in text.splitlines() if line.startswith("#")} | set(re.findall(r'<a id="(\w+)">', text))


def prose_lines(text):
    in_block = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            in_block = not in_block
        elif not in_block:
            yield number, line


def spellings(path):
    """`a/{b,c}.h` as a/b.h and a/c.h."""
    parts = [part.split(",") if i % 2 else [part] for i, part in enumerate(re.split(r"\{([^}]*)\}", path))]
    return ["".join(choice) for choice in itertools.product(*parts)]


def path_exists(root, path):
    pattern = re.sub(r"<[^>]*>|…|NAME|FOO", "*", path.rstrip("/"))
    return any(root.glob(pattern)) if "*" in pattern else (root / pattern).exists()


class Checker:
    def __init__(self, root):
        self.root, self.faults = root, []
        files = tracked_files(root)
        self.documents = sorted(path for path in files if path.suffix == ".md")
        self.names = {path.name for path in files}
        self.code = sorted(path for path in files if path.suffix in {".h", ".cc"})
        self.words = set()
        for path in files:
            if path.suffix in SOURCES and path.relative_to(root).parts[0] in SOURCE_FOLDERS + ("CMakeLists.txt",):
                self.words |= set(re.findall(r"\w+", path.read_text(errors="replace")))

    def fault(self, path, number, text):
        self.faults.append(f"{path.relative_to(self.root)}:{number}: {text}")

    def check_link(self, path, number, target):
        if re.match(r"[a-z]+:", target):
            return
        name, _, heading = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists():
            self.fault(path, number, f"link to {target}: there is no such file")
        elif heading and heading not in anchors(file):
            self.fault(path, number, f"link to {target}: there is no such heading")

    def check_code(self, path, number, code):
        if re.match(rf"(?:{'|'.join(map(re.escape, SOURCE_FOLDERS))})/\S*$", code):
            for spelling in spellings(code):
                if not path_exists(self.root, spelling):
                    self.fault(path, number, f"`{code}`: {spelling} does not exist")
        elif SYMBOL.match(code):
            for word in re.findall(r"\w+", code):
                if word not in self.words:
                    self.fault(path, number, f"`{code}`: {word} occurs nowhere in the sources")

    def check_tested_by(self, path, text):
        for comment in TESTED_BY.finditer(text):
            for name in FILE_NAME.finditer(comment[1]):
                exists = (self.root / name[0]).exists() if "/" in name[0] else name[0] in self.names
                if not exists:
                    line = text.count("\n", 0, comment.start(1) + name.start()) + 1
                    self.fault(path, line, f"tested by {name[0]}: there is no such file")

    def run(self):
        for path in self.documents:
            for number, line in prose_lines(path.read_text()):
                for target in LINK.findall(line):
                    self.check_link(path, number, target)
                for code in CODE.findall(line):
                    self.check_code(path, number, code)
        for path in self.code:
            self.check_tested_by(path, path.read_text(errors="replace"))
        return self.faults


if __name__ == "__main__":
    checker = Checker(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent).resolve())
    found = checker.run()
    print("\n".join(found) if found else f"docs: {len(checker.documents)} files name only what exists")
    sys.exit(1 if found else 0)
