#!/usr/bin/env python3
"""Makes the Debian packages, unpacks them and uses what is inside: the command, the library from C, from C++ and from CMake.

  packages.py BUILD_FOLDER WORK_FOLDER

BUILD_FOLDER is where this project was built; WORK_FOLDER is made anew. Exit 77 without Debian's tools. CC and CXX name the compilers.
"""
import os
import pathlib
import re
import shutil
import sys

from commands import run

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_BYTES = 8 << 20  # of the shared library, stripped
NEEDED = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
# Some of what each package must have.
CONTENTS = {
    r"libgantry\d+": [r"lib/libgantry\.so\.\d+", r"lib/libgantry\.so\.\d+\.\d+\.\d+"],
    "libgantry-dev": [r"lib/libgantry\.(so|a)", r"lib/libwasmtime\.(so|a)", r"lib/libgantry_cxx\.a", r"lib/pkgconfig/(gantry|gantry-cxx|wasmtime)\.pc",
                      r"lib/cmake/(gantry|wasmtime)/\1-config(-version)?\.cmake",
                      r"include/(wasm\.h|wasi\.h|wasmtime\.h|gantry\.h|wasm\.hh|wasmtime\.hh|wasmtime/(conf|config|async)\.h)"],
    "gantry": ["bin/gantry", r"share/man/man1/gantry\.1"],
}
COUNTS = {"libgantry-dev": [2, 2, 1, 3, 4, 9]}  # of matches, where it is not one each
CMAKE = """cmake_minimum_required(VERSION 3.13)
project(use C CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(gantry REQUIRED)
add_executable(hello {root}/examples/c/hello.c)
target_link_libraries(hello PRIVATE gantry::gantry)
add_executable(classes {root}/tests/capi/wasm_cxx.cc)
target_link_libraries(classes PRIVATE gantry::cxx)
"""


def expect(condition, text):
    if not condition:
        sys.exit(text)


def check_contents(package):
    name = run("dpkg-deb", "-f", package, "Package").strip()
    kind = next((key for key in CONTENTS if re.fullmatch(key, name)), None)
    expect(kind, f"{package.name}: what is it?")
    listed = [line.split()[5] for line in run("dpkg-deb", "-c", package).splitlines()]
    counts = COUNTS.get(kind, [1] * len(CONTENTS[kind]))
    for wanted, count in zip([*CONTENTS[kind], rf"share/doc/{re.escape(name)}/copyright"], [*counts, 1]):
        pattern = re.compile(r"\./usr/" + wanted.replace("lib/", "lib/(?:[^/]+-linux-gnu/)?", 1))
        found = [path for path in listed if pattern.fullmatch(path)]
        expect(len(found) == count, f"{package.name}: {len(found)} of {count} files like {wanted}")
    return name


def check_library(library, links):
    dynamic = run("readelf", "-d", library)
    soname = re.search(r"\(SONAME\).*\[(.*)\]", dynamic).group(1)
    expect((library.parent / soname).resolve() == library, f"{soname} is not {library.name}")
    for link in links:
        expect(link.resolve() == library, f"{link} leads to {link.resolve()}")
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    expect(needed <= NEEDED, f"needs {needed - NEEDED}")
    expect(".symtab" not in run("readelf", "-SW", library), f"{library} is not stripped")
    size = library.stat().st_size
    print(f"{library.name}: SONAME {soname}, needs {' '.join(sorted(needed))}, {size / 2**20:.2f} MB stripped")
    expect(size <= MOST_BYTES, f"larger than {MOST_BYTES} bytes")


def main():
    if not all(map(shutil.which, ("dpkg-deb", "dpkg-shlibdeps", "file", "pkg-config", "readelf"))):
        print("skipped: dpkg-deb, dpkg-shlibdeps, file, pkg-config or readelf is missing")
        return 77
    build, work = (pathlib.Path(folder).resolve() for folder in sys.argv[1:3])
    shutil.rmtree(work, ignore_errors=True)
    run("cpack", "-G", "DEB", "-B", work / "packages", cwd=build)
    packages = sorted((work / "packages").glob("*.deb"))
    names = [check_contents(package) for package in packages]
    expect(len(set(names)) == 3, f"packages: {names}")
    for package in packages:
        run("dpkg-deb", "-x", package, work / "root")
        print(f"{package.name}: {package.stat().st_size} bytes")

    usr = work / "root/usr"
    folder = next(usr.glob("lib/**/libgantry.so")).parent
    check_library(next(path for path in folder.glob("libgantry.so.*.*.*")), [folder / "libgantry.so", folder / "libwasmtime.so"])
    expect("42" in run(usr / "bin/gantry", "--invoke", "double", "-", input='(module (func (export "double") (result i32) (i32.const 42)))'),
           "the command does not run")

    env = dict(os.environ, PKG_CONFIG_PATH=str(folder / "pkgconfig"), LD_LIBRARY_PATH=str(folder))
    hello = (ROOT / "tests/capi/examples/hello.txt").read_text()
    cc, cxx = os.environ.get("CC", "cc"), os.environ.get("CXX", "c++")
    for how in (["--libs", "gantry"], ["--libs", "wasmtime"]):
        run(cc, ROOT / "examples/c/hello.c", *run("pkg-config", "--cflags", *how, env=env).split(), "-o", work / "hello")
        expect(run(work / "hello", env=env) == hello, f"hello, found by pkg-config {how}, prints something else")
    flags = run("pkg-config", "--cflags", "--libs", "gantry-cxx", env=env).split()
    run(cxx, "-std=c++17", ROOT / "tests/capi/wasm_cxx.cc", *flags, "-o", work / "classes")
    run(work / "classes", env=env)
    run(cc, ROOT / "examples/c/hello.c", f"-I{usr / 'include'}", folder / "libgantry.a", "-lm", "-o", work / "static")
    expect(run(work / "static") == hello, "hello with the static library prints something else")

    (work / "use").mkdir()
    (work / "use/CMakeLists.txt").write_text(CMAKE.format(root=ROOT))
    run("cmake", "-S", work / "use", "-B", work / "use/build", f"-DCMAKE_PREFIX_PATH={usr}")
    run("cmake", "--build", work / "use/build")
    expect(run(work / "use/build/hello") == hello, "hello, found by CMake, prints something else")
    run(work / "use/build/classes")
    print("used from C, C++ and CMake")
    return 0


if __name__ == "__main__":
    sys.exit(main())
