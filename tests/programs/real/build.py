#!/usr/bin/env python3
"""Builds well-known programs from their sources.

  build.py FOLDER [NAME…]     FOLDER/NAME.wasm for each; FOLDER/sources keeps the sources. Says why one cannot be built.

Sources come from Debian's source packages (apt-get source, from the machine's own mirror) and from npm. What is built already
is kept. Lua needs setjmp and the compiler that runs as a program is one: both come with the npm package @yowasp/clang.

lua-tests is the folder of Lua's own tests, from lua.org or, if LUA_TESTS is set, from that folder.
"""
import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
POSIX = ["-I", str(HERE / "posix"), "-include", "posix.h"]
EMULATED = [flag for name in ("getpid", "signal", "process-clocks", "mman")
            for flag in (f"-D_WASI_EMULATED_{name.upper().replace('-', '_')}", f"-lwasi-emulated-{name}")]
STACK = 64 << 20  # the programs' own stacks: their tests nest deeply
LUA_TESTS = "https://www.lua.org/tests/lua-{}-tests.tar.gz"
SECONDS_TO_DOWNLOAD = 20
NPM_PACKAGES = {"clang": "@yowasp/clang@22.0.0-git20542-10", "binaryen": "binaryen@132.0.0"}


class Lacking(Exception):
    """Something that cannot be had here; the programs that need it are skipped."""


def run(*words, cwd=None):
    words = [str(word) for word in words]
    if not shutil.which(words[0]):
        raise Lacking(f"no {words[0]}")
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        raise Lacking(f"`{' '.join(words)[:200]}` failed:\n{done.stderr[-2000:]}")
    return done.stdout


class Builder:
    def __init__(self, folder):
        self.folder = folder
        self.sources = folder / "sources"
        self.sources.mkdir(parents=True, exist_ok=True)

    # --- sources

    def apt_options(self):
        """Options for an apt-get of our own, which knows source packages; the machine's settings stay as they are."""
        apt = self.sources / "apt"
        options = []
        for name, place in [("Dir::Etc::sourcelist", "sources.list"), ("Dir::Etc::sourceparts", "-"), ("Dir::State::lists", "lists"),
                            ("Dir::Cache", "cache")]:
            options += ["-o", f"{name}={place if place == '-' else apt / place}"]
        if not (apt / "sources.list").exists():
            lines = set()
            known = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT) $(ORIGIN)", "Created-By: Packages")
            for line in known.splitlines():
                uri, suite, component, *origin = line.split()
                if origin == ["Debian"] and component == "main" and "-" not in suite:  # the release itself: mirrors keep it whole
                    lines.add(f"deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {uri} {suite} {component}")
            if not lines:
                raise Lacking("no Debian mirror is configured")
            for name in ("lists/partial", "cache/archives/partial"):
                (apt / name).mkdir(parents=True, exist_ok=True)
            (apt / "sources.list.new").write_text("\n".join(sorted(lines)) + "\n")
            (apt / "sources.list.new").rename(apt / "sources.list")
            try:
                run("apt-get", *options, "update")
            except Lacking:
                (apt / "sources.list").unlink()
                raise
        return options

    def debian(self, package):
        """The unpacked source package."""
        target = self.sources / package
        if not target.exists():
            downloads = self.sources / "downloads"
            downloads.mkdir(exist_ok=True)
            run("apt-get", *self.apt_options(), "source", "--download-only", package, cwd=downloads)
            found = sorted(downloads.glob(f"{package}_*.dsc"))
            part = self.sources / f"{package}.part"
            shutil.rmtree(part, ignore_errors=True)
            run("dpkg-source", "--no-check", "-x", found[-1], part)
            part.rename(target)
        return target

    def npm(self, name):
        """The unpacked npm package."""
        target = self.sources / f"npm-{name}"
        if not target.exists():
            part = self.sources / f"npm-{name}.part"
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            printed = run("npm", "pack", "--silent", NPM_PACKAGES[name], cwd=part)
            with tarfile.open(part / printed.split()[-1]) as archive:
                archive.extractall(part)
            (part / printed.split()[-1]).unlink()
            part.rename(target)
        return target / "package"

    def sysroot(self):
        """The libraries of @yowasp/clang: a newer wasi-libc, with libsetjmp."""
        target = self.sources / "sysroot"
        if not target.exists():
            part = self.sources / "sysroot.part"
            shutil.rmtree(part, ignore_errors=True)
            with tarfile.open(self.npm("clang") / "gen" / "llvm-resources.tar") as archive:
                archive.extractall(part)
            part.rename(target)
        return target

    # --- programs

    def compile(self, name, *words):
        """With Debian's clang and wasi-libc."""
        if not Path("/usr/lib/wasm32-wasi/libc.a").exists():
            raise Lacking("no wasi-libc")
        run("clang-19", "--target=wasm32-wasi", "-O2", "-w", f"-Wl,-z,stack-size={STACK}", *POSIX, *EMULATED, *words, "-o",
            self.folder / f"{name}.new")
        (self.folder / f"{name}.new").rename(self.folder / f"{name}.wasm")

    def bzip2(self):
        source = self.debian("bzip2")
        names = "bzip2 blocksort compress crctable decompress huffman randtable bzlib"
        self.compile("bzip2", *(source / f"{name}.c" for name in names.split()))

    def sqlite3(self):
        source = self.debian("sqlite3")
        made = self.sources / "sqlite3-made"
        made.mkdir(exist_ok=True)
        if not shutil.which("tclsh"):
            raise Lacking("no tclsh, which makes SQLite's one source file")
        run(source / "configure", "--disable-tcl", "--disable-readline", cwd=made)
        run("make", "sqlite3.c", "shell.c", cwd=made)
        options = "THREADSAFE=0 OMIT_WAL OMIT_LOAD_EXTENSION NOHAVE_SYSTEM OMIT_POPEN"
        self.compile("sqlite3", "-I", made, *(f"-DSQLITE_{option}" for option in options.split()), made / "shell.c", made / "sqlite3.c")

    def jq(self):
        source = self.debian("jq") / "src"
        text = (source / "builtin.jq").read_text().replace("\\", "\\\\").replace('"', '\\"')
        (source / "builtin.inc").write_text("".join(f'"{line}\\n"\n' for line in text.splitlines()))
        (source / "version.h").write_text('#define JQ_VERSION "1.6"\n')
        has = """ALLOCA_H ISATTY STRPTIME STRFTIME TIMEGM GMTIME_R GMTIME MEMMEM GETTIMEOFDAY PTHREAD_KEY_CREATE PTHREAD_ONCE ACOS ACOSH ASIN
            ASINH ATAN ATAN2 ATANH CBRT CEIL COPYSIGN COS COSH EXP EXP10 EXP2 EXPM1 FABS FDIM FLOOR FMA FMAX FMIN FMOD FREXP HYPOT LDEXP
            LGAMMA LOG LOG10 LOG1P LOG2 LOGB MODF NEARBYINT NEXTAFTER NEXTTOWARD POW REMAINDER RINT ROUND SCALBLN SIN SINH SQRT TAN TANH
            TGAMMA TRUNC"""
        files = [path for path in source.glob("*.c") if path.name != "inject_errors.c"]
        self.compile("jq", "-I", source, "-I", source.parent, "-D_GNU_SOURCE", "-DIEEE_8087", *(f"-DHAVE_{name}" for name in has.split()),
                     *sorted(files))

    def lua(self):
        source = self.debian("lua5.4") / "src"
        sysroot = self.sysroot()
        libraries = sysroot / "lib" / "wasm32-wasip1"
        headers = run("clang-19", "-print-resource-dir").strip() + "/include"
        builtins = sysroot / "lib" / "wasm32-unknown-wasip1" / "libclang_rt.builtins.a"
        legacy, target = self.folder / "lua.legacy", self.folder / "lua.new"
        files = sorted(path for path in source.glob("*.c") if path.name != "luac.c")
        run("clang-19", "--target=wasm32-wasip1", "-nostdlib", "-nostdinc", "-isystem", headers, "-isystem",
            sysroot / "include" / "wasm32-wasip1", "-O2", "-w", "-fwasm-exceptions", "-mllvm", "-wasm-enable-sjlj", "-DL_tmpnam=20", *POSIX,
            "-D_WASI_EMULATED_SIGNAL", "-D_WASI_EMULATED_PROCESS_CLOCKS", *files, "-L", libraries, libraries / "crt1-command.o",
            f"-Wl,-z,stack-size={STACK}", "-lc", "-lsetjmp", "-lwasi-emulated-signal", "-lwasi-emulated-process-clocks", builtins, "-o", legacy)
        # The compiler makes the exceptions of the older proposal.
        run("node", self.npm("binaryen") / "bin" / "wasm-opt", "--all-features", "--translate-to-exnref", "-O1", legacy, "-o", target)
        legacy.unlink()
        target.rename(self.folder / "lua.wasm")

    def lua_tests(self):
        target, part = self.folder / "lua-tests", self.folder / "lua-tests.part"
        shutil.rmtree(part, ignore_errors=True)
        if os.environ.get("LUA_TESTS"):
            shutil.copytree(os.environ["LUA_TESTS"], part)
            part.rename(target)
            return
        header = (self.debian("lua5.4") / "src" / "lua.h").read_text()
        version = ".".join(re.search(rf'LUA_VERSION_{name}\s+"(\d+)"', header)[1] for name in ("MAJOR", "MINOR", "RELEASE"))
        url = LUA_TESTS.format(version)
        try:
            with urllib.request.urlopen(url, timeout=SECONDS_TO_DOWNLOAD) as answer, tarfile.open(fileobj=answer, mode="r|gz") as archive:
                archive.extractall(part)
        except (OSError, urllib.error.URLError, tarfile.TarError) as reason:
            raise Lacking(f"{url}: {reason} (LUA_TESTS may name a folder with these tests)")
        next(part.iterdir()).rename(target)
        part.rmdir()

    def clang(self):
        self.sysroot()
        os.link(self.npm("clang") / "gen" / "llvm.core.wasm", self.folder / "clang.wasm")


PROGRAMS = {"bzip2": "bzip2.wasm", "sqlite3": "sqlite3.wasm", "jq": "jq.wasm", "lua": "lua.wasm", "clang": "clang.wasm",
            "lua-tests": "lua-tests/all.lua"}


def build(folder, names=PROGRAMS):
    """What could not be built, with the reason."""
    builder, lacking = Builder(folder), {}
    for name in names:
        if (folder / PROGRAMS[name]).exists():
            continue
        try:
            getattr(builder, name.replace("-", "_"))()
        except Lacking as reason:
            lacking[name] = str(reason)
    return lacking


def main():
    words = sys.argv[1:]
    if not words or any(name not in PROGRAMS for name in words[1:]):
        sys.exit(__doc__)
    lacking = build(Path(words[0]).resolve(), words[1:] or PROGRAMS)
    for name, reason in lacking.items():
        print(f"{name}: not built: {reason}")
    sys.exit(len(lacking) != 0)


if __name__ == "__main__":
    main()
