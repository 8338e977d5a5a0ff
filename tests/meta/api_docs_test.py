#!/usr/bin/env python3
"""api_docs.py describes every function of a header, and says which have no description or are in only one of header and table."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import api_docs  # noqa: E402

HEADER = """/// \\file x.h
///
/// Things. And more of them.

/// What can be deleted:
///   void x_NAME_delete(x)   deletes it
#define WASM_DECLARE_OWN(name)                   \\
  typedef struct x_##name##_t x_##name##_t;      \\
  WASM_API_EXTERN void x_##name##_delete(x_##name##_t*);

// -----------
// Makers

/// A thing.
WASM_DECLARE_OWN(thing)

/// Makes one; see #x_thing_t.
///
/// \\param size how large it is, as a number
///              of bytes.
/// \\return a thing.
WASM_API_EXTERN x_thing_t* x_thing_new(int size,
                                       void (*done)(void*));
WASM_API_EXTERN x_thing_t* x_thing_empty(void);

/// Looks twice.
static inline int x_twice(int a) {
  return 2 * a;
}
"""
NAMES = ["x_thing_delete", "x_thing_new", "x_thing_empty"]


class ApiDocs(unittest.TestCase):
    def pages(self, header=HEADER, names=NAMES):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "include").mkdir()
            (root / "include/x.h").write_text(header)
            return api_docs.pages(root, lambda path, macro: [[name, "x.h", "Full"] for name in names], "")

    def test_page(self):
        pages, faults = self.pages()
        self.assertEqual(faults, [])
        text = pages["docs/reference/c-api/x.md"]
        for part in ("Things. And more of them.\n", "## Makers\n", '<a id="x_thing_t"></a><a id="x_thing_delete"></a>',
                     "void x_thing_delete(x_thing_t*);\n```\n\nA thing.\n\nMade by [WASM_DECLARE_OWN](#wasm_declare_own).\n",
                     '<a id="x_thing_new"></a><a id="x_thing_empty"></a>\n```c\nx_thing_t* x_thing_new(int size,\n    void (*done)(void*));\n',
                     "Makes one; see `x_thing_t`.\n\n- `size`: how large it is, as a number\n  of bytes.\n- returns a thing.\n",
                     "```c\nstatic inline int x_twice(int a);\n```\n", "```\nvoid x_NAME_delete(x)   deletes it\n```\n"):
            self.assertIn(part, text)
        index = pages["docs/reference/c-api/README.md"]
        self.assertIn("| [x.h](x.md) | Things |\n", index)
        self.assertIn("| [`x_thing_new`](x.md#x_thing_new) | x.h |\n", index)

    def assert_fault(self, phrase, **change):
        _, faults = self.pages(**change)
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(phrase, faults[0])

    def test_no_description(self):
        self.assert_fault("x_thing_empty is not described", header=HEADER.replace("void*));\n", "void*));\n\n"))

    def test_not_declared(self):
        self.assert_fault("does not declare x_gone", names=NAMES + ["x_gone"])

    def test_not_exported(self):
        self.assert_fault("x_thing_empty is not exported", names=NAMES[:2])

    def test_no_introduction(self):
        self.assert_fault("no \\file comment", header=HEADER.replace("/// \\file x.h\n///\n/// Things. And more of them.\n", ""))


if __name__ == "__main__":
    unittest.main()
