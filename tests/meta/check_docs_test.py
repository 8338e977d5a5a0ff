#!/usr/bin/env python3
"""check_docs.py finds dead links, paths and symbols, and nothing in documents that are true."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from check_docs import Checker  # noqa: E402


class CheckDocs(unittest.TestCase):
    def faults(self, text, source=""):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            (root / "src/wasm").mkdir(parents=True)
            (root / "src/wasm/types.h").write_text("class ValType { void CanonicalId(); }; constexpr int kMost = 1;\n#define WASM_OP\n")
            (root / "src/wasm/types.cc").write_text(source)
            (root / "docs").mkdir()
            (root / "docs/other.md").write_text("# A heading, here\n<a id=\"named_place\"></a>\n")
            (root / "README.md").write_text(text)
            return Checker(root).run()

    def assert_fault(self, phrase, text):
        faults = self.faults(text)
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(phrase, faults[0])

    def test_true_document(self):
        self.assertEqual(self.faults(
            "[a](docs/other.md#a-heading-here) [a](docs/other.md#named_place) [b](https://example.org/x) `src/wasm/types.h` `src/<room>/types.h` `src/wasm/{types}.h`\n"
            "`ValType::CanonicalId()` `kMost` `WASM_OP` `a + b` `README`\n```\n`src/gone.h`\n```\n"), [])

    def test_dead_link(self):
        self.assert_fault("README.md:1: link to docs/gone.md", "[a](docs/gone.md)")

    def test_dead_heading(self):
        self.assert_fault("no such heading", "[a](docs/other.md#gone)")

    def test_dead_path(self):
        self.assert_fault("src/wasm/gone.h does not exist", "\nsee `src/wasm/gone.h`")

    def test_dead_choice(self):
        self.assert_fault("src/wasm/gone.h does not exist", "`src/wasm/{types,gone}.h`")

    def test_dead_symbol(self):
        self.assert_fault("FuncTypo occurs nowhere", "`ValType::FuncTypo`")

    def test_dead_constant(self):
        self.assert_fault("kGone occurs nowhere", "`kGone`")

    def test_dead_test_of_a_source_file(self):
        source = "// What it is. Tested by gone.py, as said.\n//\n// Tested by src/wasm/types.h and\n// gone_test.cc.\nint x;\n// Not a head: gone.cc\n"
        faults = self.faults("", source)
        self.assertEqual(faults, ["src/wasm/types.cc:1: tested by gone.py: there is no such file",
                                  "src/wasm/types.cc:4: tested by gone_test.cc: there is no such file"])


if __name__ == "__main__":
    unittest.main()
