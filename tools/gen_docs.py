#!/usr/bin/env python3
"""Writes the parts of the documentation that come from the tables of the sources.

  gen_docs.py           writes them
  gen_docs.py --check   changes nothing; exit 1 if one is not up to date, or a function of the C API is not described

  README.md                        features x engines, between its two marks, from src/wasm/features.def
  docs/reference/cli.md            commands, options and keys, from src/cli/*.def
  docs/reference/gantry.1          the same as a man page
  docs/reference/instructions.md   every instruction, from src/wasm/opcodes.def
  docs/reference/errors.md         errors and traps, from src/wasm/errors.def and src/abi/traps.def
  docs/reference/settings.md       setters of the C API, from src/capi/config.def and src/capi/pooling.def
  docs/reference/c-api/*.md        the C API, from the headers and src/capi/api.def (api_docs.py)
  docs/reference/essays.md         files whose head comment carries "[GANTRYDOC] Title"
"""
import re
import sys
from pathlib import Path

import api_docs

ROOT = Path(__file__).resolve().parent.parent
ENGINES = ["interpreter", "native (x86-64)"]
EFFECTS = {"Effective": "", "Recorded": "accepted, no effect here", "Refused": "not in this build"}
GROUPS = [("Optimize", "O"), ("Codegen", "C"), ("Debug", "D"), ("Wasm", "W"), ("Wasi", "S")]
NOTE = "<!-- Written by tools/gen_docs.py. Do not edit. -->\n"


def rows(path, macro):
    """The rows of an X-macro table, each a list of columns; strings without their quotes."""
    found = []
    for line in (ROOT / path).read_text().splitlines():
        match = re.match(rf"{macro}\((.*)\)\s*(?://.*)?$", line.strip())
        if not match:
            continue
        columns, inside, word = [], False, ""
        for i, c in enumerate(match.group(1)):
            if c == '"' and match.group(1)[i - 1] != "\\":
                inside = not inside
            elif c == "," and not inside:
                columns.append(word.strip())
                word = ""
            else:
                word += c
        found.append(columns + [word.strip()])
    return found


def table(head, lines):
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(["| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *escaped]]) + "\n"


def feature_matrix():
    lines = []
    for ident, key, default, _all, setter, doc in rows("src/wasm/features.def", "WASM_FEATURE"):
        lines.append([doc, f"`{key}`" if key else "–", default.lower(), *["yes"] * len(ENGINES)])
    return table(["Feature", "`-W` key", "default", *ENGINES], lines)


def cli_page():
    commands = rows("src/cli/commands.def", "CLI_COMMAND")
    shown = [c for c in commands if c[4] == "Shown"]
    text = NOTE + "# Command line\n\n" + table(["Command", "Operands", "What it does"], [[f"`{c[1]}`", f"`{c[2]}`", c[5]] for c in shown])
    text += "\n## Options\n\n"
    options = []
    for ident, letter, name, value, takers, effect, doc in rows("src/cli/options.def", "CLI_OPTION"):
        short = f"`-{letter.strip(chr(39))}` " if letter != "0" else ""
        takers = {"kAll": "all", "kEngine": "run, wast, settings", "kAnyModule": "run, wast, settings, validate, print, inspect, parse, flatten"}.get(
            takers, ", ".join(part.strip()[1:].lower() for part in takers.split("+")))
        options.append([f"{short}`--{name}{' ' + value if value else ''}`", takers, doc, EFFECTS[effect]])
    text += table(["Option", "Commands", "What it does", ""], options)
    later = ", ".join(f"`{name}`" for name, doc in rows("src/cli/commands.def", "CLI_LATER_COMMAND"))
    text += f"\nKnown from the reference, but not in this build: {later}.\n"
    targets = [[f"`{name}`", f"`{upstream}`", doc] for ident, name, upstream, doc in rows("src/cli/log_targets.def", "LOG_TARGET")]
    text += "\n## Targets of `--trace` and GANTRY_LOG\n\n" + table(["Target", "In the reference", "What it tells"], targets)
    keys = rows("src/cli/keys.def", "CLI_KEY")
    for group, letter in GROUPS:
        text += f"\n## Keys of `-{letter}`\n\n"
        lines = []
        for key in keys:
            if key[0] == group:
                name = key[2] + ("…" if key[3] == "Prefix" else "")
                lines.append([f"`{name}`", "y, n" if key[3] == "Bool" else key[4], key[6], EFFECTS[key[5]]])
        if group == "Wasm":
            for ident, name, default, _all, setter, doc in rows("src/wasm/features.def", "WASM_FEATURE"):
                if name:
                    lines.append([f"`{name}`", "y, n", doc, f"{default.lower()} by default"])
        text += table(["Key", "Value", "What it does", ""], lines)
    return text


def man_page():
    """The command's man page: options and keys that do something."""
    def clean(text):
        return text.replace("\\", "\\e").replace("-", "\\-").replace("`", "").replace("…", "...")

    def item(head, doc):
        return f".TP\n{head}\n{clean(doc)}.\n"

    version = re.search(r"project\(gantry VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    text = ('.\\" Written by tools/gen_docs.py. Do not edit.\n'
            f'.TH GANTRY 1 "" "gantry {version}" "User Commands"\n.SH NAME\ngantry \\- run WebAssembly programs\n.SH SYNOPSIS\n'
            ".B gantry\n[OPTIONS] FILE [ARGS...]\n.br\n.B gantry\nCOMMAND [OPTIONS] ...\n.SH DESCRIPTION\n"
            "FILE is a module in the binary or the text format; \\- reads standard input. Options stand before FILE; everything after it\n"
            "belongs to the program, which sees nothing of the system but what options give it.\n.SH COMMANDS\n")
    for ident, name, operands, _trailing, shown, doc in rows("src/cli/commands.def", "CLI_COMMAND"):
        if shown == "Shown":
            text += item(f".B {clean(name)} \\fR{clean(operands)}".rstrip(), doc)
    text += ".SH OPTIONS\n"
    for ident, letter, name, value, _takers, effect, doc in rows("src/cli/options.def", "CLI_OPTION"):
        if effect != "Refused":
            short = f"\\-{letter.strip(chr(39))}, " if letter != "0" else ""
            text += item(f".B {short}\\-\\-{clean(name)} \\fI{clean(value)}\\fR" if value else f".B {short}\\-\\-{clean(name)}", doc)
    for group, letter in GROUPS:
        text += f".SH KEYS OF \\-{letter}\n"
        for owner, ident, name, kind, value, effect, doc in rows("src/cli/keys.def", "CLI_KEY"):
            if owner == group and effect == "Effective":
                text += item(f".B {clean(name)}\\fR={'y|n' if kind == 'Bool' else clean(value)}", doc)
        if group == "Wasm":
            for ident, name, default, _all, _setter, doc in rows("src/wasm/features.def", "WASM_FEATURE"):
                if name:
                    text += item(f".B {clean(name)}\\fR=y|n", f"{doc} ({default.lower()})")
    text += (".SH EXIT STATUS\nThe program's own from 0 to 125; 134 when it traps or runs into a limit of time or fuel; 2 for wrong usage; 1 for\n"
             "everything else.\n.SH ENVIRONMENT\n")
    text += item(".B GANTRY_LOG", "What to log on standard error: LEVEL or TARGET=LEVEL, with commas between. WASMTIME_LOG is read, too")
    text += item(".B GANTRY_LOG_NO_CONTEXT", "Log without time, level and target")
    text += item(".B GANTRY_COMPILER", "The tier that runs the code: auto, interp")
    text += item(".B WASMTIME_BACKTRACE_DETAILS", "1 asks for source lines in backtraces; not in this build, which says so at a trap")
    text += item(".B NO_COLOR", "No colours, also on a terminal")
    return text


def instruction_page():
    lines = []
    for name, prefix, code, text, imm, sig, family, feature, flags, fuel in rows("src/wasm/opcodes.def", "WASM_OP"):
        encoding = code[2:] if prefix == "0x00" else f"{prefix[2:]} {int(code, 0):02x}"
        lines.append([f"`{text}`", f"`{encoding}`", imm if imm != "None" else "", f"`{sig}`", family, feature, fuel])
    return (NOTE + "# Instructions\n\nSignatures: parameters, colon, results; `i` i32, `l` i64, `f` f32, `d` f64, `v` v128, `a` the address\n"
            "type of the memory that the immediate names; `*`: depends on the immediates.\n\n"
            + table(["Text", "Bytes", "Immediates", "Signature", "Family", "Feature", "Fuel"], lines))


def error_page():
    errors = [[ident, kind, text] for ident, kind, text in rows("src/wasm/errors.def", "WASM_ERROR")]
    traps = [[ident, code, suite, reference] for ident, code, suite, reference in rows("src/abi/traps.def", "GANTRY_TRAP")]
    return (NOTE + "# Errors and traps\n\n## Errors\n\nMessages start with these texts.\n\n" + table(["Error", "Class", "Text"], errors)
            + "\n## Traps\n\n" + table(["Trap", "C API code", "Text of the official suites", "Text for users"], traps))


def essay_page():
    lines = []
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix in (".h", ".cc", ".def"):
            for title in re.findall(r"\[GANTRYDOC\] (.+)", path.read_text(errors="replace")):
                name = path.relative_to(ROOT).as_posix()
                lines.append([title.strip(), f"[{name}](../../{name})"])
    return NOTE + "# Essays in the sources\n\n" + (table(["Title", "File"], lines) if lines else "None yet.\n")


def readme():
    text = (ROOT / "README.md").read_text()
    begin, end = "<!-- features: begin -->\n", "<!-- features: end -->"
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    return head + begin + feature_matrix() + end + tail


def settings_page():
    text = NOTE + "# Settings of the C API\n\nWhat becomes of what `wasmtime_config_NAME_set()` is given. `gantry_config_get()` reads them back.\n\n"
    kept = "kept; concerns an optimizing compiler, profilers, debuggers or components"
    keys = {row[0]: row[1] for row in rows("src/wasm/features.def", "WASM_FEATURE")}
    macros = {
        "CONFIG_FEATURE": lambda row: f"effective: `-W {keys[row[1]]}`",
        "CONFIG_MEMBER": lambda row: "effective",
        "CONFIG_RECORDED": lambda row: f"{kept}; at first `{row[2]}`",
        "CONFIG_CHOICE": lambda row: f"{'effective' if row[0] == 'strategy' else kept}; at first `{row[2]}`; other than its {row[3]} values: no engine",
        "CONFIG_REFUSED": lambda row: "true: no engine",
    }
    lines = [[f"`{row[0]}`", answer(row)] for macro, answer in macros.items() for row in rows("src/capi/config.def", macro)]
    text += table(["Setting", "What becomes of it"], lines)
    text += "\n## Bounds: `wasmtime_pooling_allocation_config_NAME_set()`\n\n"
    lines = [[f"`{row[0]}`", "effective"] for row in rows("src/capi/pooling.def", "POOL_BOUND")]
    lines += [[f"`{row[0]}`", f"kept; a hint, or concerns components; at first `{row[2]}`"] for row in rows("src/capi/pooling.def", "POOL_RECORDED")]
    return text + table(["Bound", "What becomes of it"], lines)


def main():
    pages = {"README.md": readme(), "docs/reference/cli.md": cli_page(), "docs/reference/gantry.1": man_page(), "docs/reference/instructions.md": instruction_page(),
             "docs/reference/errors.md": error_page(), "docs/reference/settings.md": settings_page(), "docs/reference/essays.md": essay_page()}
    api_pages, faults = api_docs.pages(ROOT, rows, NOTE)
    pages.update(api_pages)
    for fault in faults:
        print(fault)
    stale = [name for name, text in pages.items() if not (ROOT / name).exists() or (ROOT / name).read_text() != text]
    if "--check" in sys.argv:
        for name in stale:
            print(f"{name} is not up to date; run tools/gen_docs.py")
        sys.exit(1 if stale or faults else 0)
    for name in stale:
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(pages[name])
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
