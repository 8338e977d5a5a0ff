#!/usr/bin/env python3
"""Compares the library and the headers with independent sources.

  check_abi.py LIBRARY API_DEF PACKAGE-FOLDER CC INCLUDE…

Always: the library exports exactly the names of api.def, needs no other library than the C library's, and runs no code of ours when it
is loaded.
With the Python package `wasmtime` 48.0.0 (python/run.py says where it comes from): its library exports the same names apart from
gantry_*, and every function, structure and enumerator of its bindings agrees with our headers in kinds and sizes of parameters and
results, sizes, offsets and values.
"""
import importlib
import json
import keyword
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "python"))
from run import find_package  # noqa: E402

HEADERS = "#include <gantry.h>\n#include <wasi.h>\n#include <wasm.h>\n#include <wasmtime.h>\n"
NEEDED = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}

faults = []


def fault(text):
    faults.append(text)
    print("fault:", text)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exported(library):
    return {line.split()[-1].split("@")[0] for line in output("nm", "-D", "--defined-only", str(library)).splitlines()}


def check_exports(library, api_def):
    table = set(re.findall(r"^GANTRY_API\((\w+)", api_def.read_text(), re.M))
    for name in sorted(table ^ exported(library)):
        fault(f"{name} is {'not exported' if name in table else 'exported, but not in api.def'}")
    for name in re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-d", str(library))):
        if name not in NEEDED:
            fault(f"the library needs {name}")
    return table


def check_constructors(library):
    """Clang names the function that initializes a file's globals after the file."""
    ours = {path.name for path in pathlib.Path(__file__).resolve().parents[2].glob("src/**/*.cc")}
    for name in re.findall(r" _GLOBAL__sub_I_(\S+)$", output("nm", str(library)), re.M):
        if name in ours:
            fault(f"{name} has globals that are initialized when the library is loaded")


# --- C types as (kind, size): pointer, integer, float, void, or the structure's name

C_SIZES = {"_Bool": ("integer", 1), "bool": ("integer", 1), "char": ("integer", 1), "signed char": ("integer", 1), "unsigned char": ("integer", 1),
           "short": ("integer", 2), "unsigned short": ("integer", 2), "int": ("integer", 4), "unsigned int": ("integer", 4),
           "long": ("integer", 8), "unsigned long": ("integer", 8), "float": ("float", 4), "double": ("float", 8), "void": ("void", 0)}


def c_kind(text):
    text = re.sub(r"\b(const|struct|union|volatile)\b", "", text).strip()
    if "*" in text or "[" in text:
        return ("pointer", 8)
    return C_SIZES.get(text, (text, None))


def header_functions(cc, includes):
    """name → [kind of the result, kinds of the parameters…]"""
    with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
        file.write(HEADERS)
        file.flush()
        tree = json.loads(output(cc, "-std=c11", *[f"-I{i}" for i in includes], "-fsyntax-only", "-Xclang", "-ast-dump=json", file.name))
    functions = {}
    typedefs = {}
    for node in tree["inner"]:
        if node["kind"] == "TypedefDecl":
            typedefs[node["name"]] = node["type"].get("desugaredQualType", node["type"]["qualType"])
    for node in tree["inner"]:
        if node["kind"] != "FunctionDecl":
            continue

        def kind(type_):
            text = type_["qualType"]
            while True:
                bare = re.sub(r"\b(const|struct|union)\b", "", text).strip()
                if bare not in typedefs or "*" in bare:
                    break
                text = typedefs[bare]
                if text == bare or re.fullmatch(r"(struct|union) \w+", text):
                    break
            return c_kind(text)

        result = node["type"]["qualType"].split("(")[0].strip()
        params = [p for p in node.get("inner", []) if p["kind"] == "ParmVarDecl"]
        functions[node["name"]] = [kind({"qualType": result})] + [kind(p["type"]) for p in params]
    return functions


def ctypes_kind(ctypes, type_):
    if type_ is None:
        return ("void", 0)
    if issubclass(type_, (ctypes._Pointer, ctypes._CFuncPtr)) or type_ in (ctypes.c_void_p, ctypes.c_char_p):
        return ("pointer", 8)
    if issubclass(type_, (ctypes.Structure, ctypes.Union)):
        return (type_.__name__, None)
    return ("float" if type_ in (ctypes.c_float, ctypes.c_double) else "integer", ctypes.sizeof(type_))


def check_functions(bindings, ctypes, table, functions):
    seen = 0
    for name in sorted(table):
        function = getattr(bindings, f"_{name}", None)
        if function is None:
            if not name.startswith("gantry_") and name in functions:
                print(f"note: the bindings lack {name}")
            continue
        want = [ctypes_kind(ctypes, function.restype)] + [ctypes_kind(ctypes, t) for t in function.argtypes]
        have = functions.get(name)
        seen += 1
        if have is None:
            fault(f"no header declares {name}")
            continue
        plain = lambda kinds: [(re.sub(r"_t$", "", k), s) for k, s in kinds]
        if plain(want) != plain(have):
            fault(f"{name}: the bindings have {want}, our headers {have}")
    return seen


def check_layouts(bindings, ctypes, cc, includes):
    lines, expected = [], []
    for name, type_ in vars(bindings).items():
        if not isinstance(type_, type) or not issubclass(type_, (ctypes.Structure, ctypes.Union)) or type_ in (ctypes.Structure, ctypes.Union):
            continue
        if type_.__name__ != name or "_anon_" in name or not getattr(type_, "_fields_", None):
            continue
        c_name = name if name.endswith("_t") else f"{name}_t"
        lines.append(f'  printf("%zu\\n", sizeof({c_name}));')
        expected.append((f"sizeof {c_name}", ctypes.sizeof(type_)))
        for field in type_._fields_:
            if field[0].startswith("_"):
                continue
            word = field[0]
            if word.endswith("_") and keyword.iskeyword(word[:-1]):  # the bindings put it behind Python's own words
                word = word[:-1]
            lines.append(f'  printf("%zu\\n", offsetof({c_name}, {word}));')
            expected.append((f"offset of {c_name}.{field[0]}", getattr(type_, field[0]).offset))
    for name, value in vars(bindings).items():
        if re.fullmatch(r"WASM[A-Z0-9_]+", name) and isinstance(value, int):
            lines.append(f'  printf("%lld\\n", (long long){name});')
            expected.append((name, value))
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "layouts.c"
        source.write_text(f"{HEADERS}#include <stdio.h>\nint main(void) {{\n" + "\n".join(lines) + "\n  return 0;\n}\n")
        program = pathlib.Path(folder) / "layouts"
        subprocess.run([cc, "-std=c11", *[f"-I{i}" for i in includes], str(source), "-o", str(program)], check=True)
        got = [int(line) for line in output(str(program)).split()]
    for (what, want), have in zip(expected, got):
        if want != have:
            fault(f"{what}: {want} in the bindings, {have} in our headers")
    return len(expected)


def main():
    library, api_def, folder, cc, *includes = sys.argv[1:]
    table = check_exports(pathlib.Path(library), pathlib.Path(api_def))
    check_constructors(library)
    print(f"{len(table)} names exported")
    package = find_package(pathlib.Path(folder))
    if package is None:
        print("skipped: the comparison with the Python package wasmtime 48.0.0, which could not be had")
    else:
        reference = {n for n in exported(next(package.glob("wasmtime/linux-*/_libwasmtime.so"))) if re.match(r"(wasm|wasi|wasmtime)_", n)}
        for name in sorted(reference ^ {n for n in table if not n.startswith("gantry_")}):
            fault(f"{name} is exported by {'the reference' if name in reference else 'us'} only")
        sys.path.insert(0, str(package))
        import ctypes
        bindings = importlib.import_module("wasmtime._bindings")
        functions = header_functions(cc, includes)
        print(f"{check_functions(bindings, ctypes, table, functions)} functions and "
              f"{check_layouts(bindings, ctypes, cc, includes)} sizes, offsets and enumerators compared with the bindings")
    print(f"{len(table) - len(faults)} passed, {len(faults)} failed, {int(package is None)} skipped")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
