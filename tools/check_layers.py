#!/usr/bin/env python3
"""Checks that every #include "folder/file" under src/ obeys layers.txt.

  check_layers.py [ROOT]     prints FILE:LINE: what is wrong; exit 1 if anything is

The rules:
  1. A folder may include itself and the folders that its line of layers.txt names, nothing else.
  2. Each line stands below every folder it names, so a cycle cannot be written down.
  3. Every folder of src/ that holds sources has a line.
  4. Quoted includes start at src/ ("wasm/types.h"), so that rule 1 can see the folder; libraries stand in angle brackets,
     but for GoogleTest, whose headers tests may quote.
  5. Unit tests (*_test.cc) are the leaves of the tree: they may include every folder, and nobody includes them.
"""
import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
SOURCES = {".h", ".cc", ".def", ".c"}


def read_layers(path):
    """Folder -> set of folders it may include, and the faults of the file itself."""
    layers, faults = {}, []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        folder, _, names = line.partition(":")
        allowed = names.split()
        for name in allowed:
            if name not in layers:
                faults.append(f"{path.name}:{number}: {folder} names {name}, which has no line above it")
        if folder in layers:
            faults.append(f"{path.name}:{number}: {folder} has two lines")
        layers[folder] = set(allowed)
    return layers, faults


def check_file(path, src, layers):
    folder = path.parent.relative_to(src).as_posix()
    if folder not in layers:
        return [f"{path.relative_to(src.parent)}:1: folder {folder} has no line in layers.txt"]
    faults = []
    is_test = path.stem.endswith("_test")
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = Path(match.group(1))
        place, other = f"{path.relative_to(src.parent)}:{number}", target.parent.as_posix()
        if other == ".":
            faults.append(f"{place}: \"{target}\" does not start at src/")
        elif is_test and target.parts[0] in ("gtest", "gmock"):
            continue
        elif other not in layers:
            faults.append(f"{place}: \"{target}\" is in no folder of layers.txt")
        elif target.stem.endswith("_test"):
            faults.append(f"{place}: \"{target}\" is a test")
        elif not is_test and other != folder and other not in layers[folder]:
            faults.append(f"{place}: {folder} may not include {other} (\"{target}\")")
    return faults


def check(root):
    src = root / "src"
    layers, faults = read_layers(root / "layers.txt")
    for path in sorted(src.rglob("*")):
        if path.suffix in SOURCES:
            faults += check_file(path, src, layers)
    return faults


if __name__ == "__main__":
    found = check(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    print("\n".join(found) if found else "layers: every include is allowed")
    sys.exit(1 if found else 0)
