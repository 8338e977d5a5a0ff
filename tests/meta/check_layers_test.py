#!/usr/bin/env python3
"""check_layers.py finds each kind of fault, and nothing in a tree that obeys."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from check_layers import check  # noqa: E402

LAYERS = "# comment\nbase:\nwasm: base\nengine: wasm base\n"


class CheckLayers(unittest.TestCase):
    def faults(self, files, layers=LAYERS):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "layers.txt").write_text(layers)
            (root / "src").mkdir()
            for name, text in files.items():
                path = root / "src" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return check(root)

    def assert_fault(self, phrase, files, layers=LAYERS):
        faults = self.faults(files, layers)
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(phrase, faults[0])

    def test_obedient_tree(self):
        self.assertEqual(self.faults({
            "base/a.h": "#include <vector>\n",
            "wasm/b.cc": '#include "wasm/b.h"\n#include "base/a.h"\n',
            "wasm/b_test.cc": '#include "engine/e.h"\n#include "gtest/gtest.h"\n',
        }), [])

    def test_include_upwards(self):
        self.assert_fault("src/base/a.h:2: base may not include wasm", {"base/a.h": '\n#include "wasm/b.h"\n'})

    def test_include_without_folder(self):
        self.assert_fault("does not start at src/", {"wasm/b.cc": '#include "b.h"\n'})

    def test_include_of_unknown_folder(self):
        self.assert_fault("is in no folder", {"wasm/b.cc": '#  include "nowhere/b.h"\n'})

    def test_test_library_in_a_source(self):
        self.assert_fault("is in no folder", {"wasm/b.cc": '#include "gtest/gtest.h"\n'})

    def test_include_of_a_test(self):
        self.assert_fault("is a test", {"engine/e.cc": '#include "wasm/b_test.h"\n'})

    def test_folder_without_line(self):
        self.assert_fault("folder extra has no line", {"extra/x.h": ""})

    def test_cycle_cannot_be_written(self):
        self.assert_fault("which has no line above it", {}, "base: wasm\nwasm: base\n")

    def test_line_twice(self):
        self.assert_fault("has two lines", {}, "base:\nbase:\n")


if __name__ == "__main__":
    unittest.main()
