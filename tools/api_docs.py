"""The reference of the C API, from the comments of the headers and the table of names: docs/reference/c-api/*.md.

gen_docs.py writes the pages. What headers look like: a comment of `///` lines stands before what it describes, which may be several
declarations without an empty line between; `// ---` and a line of text start a section. Declarations that come from a WASM_DECLARE
macro are shown as they come out of it, with the macro's own comment as their description.
"""
import re

FOLDER = "docs/reference/c-api"


class Entry:
    """Declarations that share a comment."""

    def __init__(self, comment):
        self.comment = comment
        self.declarations = []
        self.patterns = []  # names of the macros that they come from


class Header:
    def __init__(self, name, text):
        self.name = name
        self.intro = []
        self.parts = []  # Entry, or the title of a section
        self.macros = {}  # name: (parameters, body, comment)
        self._read(text.splitlines())

    def entries(self):
        return [part for part in self.parts if isinstance(part, Entry)]

    def _read(self, lines):
        comment, open_entry, i = [], None, 0
        while i < len(lines):
            line = lines[i].rstrip()
            if line.startswith("///"):
                comment, open_entry = [], None
                while i < len(lines) and lines[i].startswith("///"):
                    comment.append(lines[i][4:].rstrip())
                    i += 1
                if comment[0].startswith("\\file"):
                    self.intro, comment = comment[1:], []
                continue
            if line.startswith("// ---") and i + 1 < len(lines):
                self.parts.append(lines[i + 1].lstrip("/ "))
                comment, open_entry, i = [], None, i + 2
                continue
            if not line:
                comment, open_entry, i = [], None, i + 1
                continue
            if line.startswith("//") or line in ('extern "C" {', "{", "}") or line.startswith('}  // extern "C"'):
                i += 1
                continue
            text, i = self._declaration(lines, i)
            if text.startswith("#"):
                macro = re.match(r"#define (WASM_DECLARE_\w+)\(([^)]*)\)(.*)", text, re.S)
                if macro:
                    parameters = [word.strip() for word in macro.group(2).split(",")]
                    self.macros[macro.group(1)] = (parameters, re.sub(r"[ ]*\\\n", "\n", macro.group(3)), comment)
                if not text.startswith("#define") or not (comment or open_entry):
                    continue
            if open_entry is None:
                open_entry = Entry(comment)
                self.parts.append(open_entry)
                comment = []
            use = re.match(r"(WASM_DECLARE_\w+)\((.*)\)$", text)
            if use:
                open_entry.declarations += self._expand(use.group(1), [word.strip() for word in use.group(2).split(",")])
                open_entry.patterns.append(use.group(1))
            else:
                open_entry.declarations.append(text)

    @staticmethod
    def _declaration(lines, i):
        """What starts in line i, up to its end; a function's body is left out. Also the next line's number."""
        first = lines[i].strip()
        if first.startswith("#"):
            start = i
            while lines[i].endswith("\\"):
                i += 1
            return "\n".join(lines[start:i + 1]), i + 1
        if re.match(r"WASM_DECLARE_\w+\(.*\)$", first):
            return first, i + 1
        text, depth = [], 0
        while i < len(lines):
            code = lines[i].split("//")[0]
            depth += code.count("{") - code.count("}")
            text.append(lines[i])
            i += 1
            if depth == 0 and code.rstrip().endswith((";", "}")):
                break
        joined = "\n".join(text)
        if joined.startswith("static inline"):
            joined = joined[:joined.index("{")].rstrip() + ";"
        return joined, i

    def _expand(self, name, arguments):
        parameters, body, _ = self.macros[name]
        for parameter, argument in zip(parameters, arguments):
            body = re.sub(rf"(?:##)?\b{parameter}\b(?:##)?", lambda _: argument, body)
        found = []
        lines, i = [line.rstrip() for line in body.splitlines()], 0
        while i < len(lines):
            if not lines[i].strip():
                i += 1
                continue
            text, i = self._declaration(lines, i)
            text = "\n".join(re.sub(r"^  ", "", line) for line in text.splitlines())
            use = re.match(r"\s*(WASM_DECLARE_\w+)\((.*)\)$", text)
            found += self._expand(use.group(1), [word.strip() for word in use.group(2).split(",")]) if use else [text]
        return found


def names_in(declaration):
    """The names that a declaration is looked for by."""
    if declaration.startswith("#define"):
        return re.findall(r"^#define (\w+)", declaration)
    if "WASM_API_EXTERN" in declaration or "WASI_API_EXTERN" in declaration or declaration.startswith("static inline"):
        return re.findall(r"\b(\w+)\(", re.sub(r"\(\*\w*\)", "", declaration))[:1]
    pointer = re.search(r"\(\*(\w+)\)\(", declaration)
    if declaration.startswith("typedef") and pointer:
        return [pointer.group(1)]
    last = re.search(r"(\w+);$", declaration.strip())
    enum = re.match(r"(?:typedef )?(?:enum|struct|union) (\w+)", declaration)
    return [last.group(1)] if last else [enum.group(1)] if enum else []


def markdown(comment):
    """A comment's lines as text: parameters become a list, indented lines a block."""
    out, block = [], []

    def close():
        if block:
            out.extend(["```", *block, "```"])
            block.clear()

    def names(text):
        return re.sub(r"(^|[\s(])#(\w+(?:::\w+)?)", r"\1`\2`", text)

    item = False
    for line in comment:
        parameter = re.match(r"\\param (\w+)\s+(.*)", line)
        if parameter:
            close()
            if not item:
                out.append("")
            out.append(f"- `{parameter.group(1)}`: {names(parameter.group(2))}")
            item = True
        elif line.startswith("\\return"):
            close()
            out += [] if item else [""]
            out.append("- returns " + names(line[len("\\return"):].strip()))
            item = True
        elif re.match(r"\s*- ", line):
            close()
            out.append(names(line.strip()))
            item = True
        elif item and line.startswith(" "):
            out.append("  " + names(line.strip()))
        elif line.startswith("  "):
            block.append(line[2:])
        else:
            close()
            out.append(names(line))
            item = False
    close()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip() + "\n"


def shown(declaration):
    """As a reader wants it: without the word for exporting, its second line not so far to the right."""
    if not re.search(r"\bWAS[MI]_API_EXTERN ", declaration):
        return declaration
    return re.sub(r"\n\s+", "\n    ", re.sub(r"\bWAS[MI]_API_EXTERN ", "", declaration))


def page_name(header):
    return header.replace("/", "_").removesuffix(".h") + ".md"


def page(header, note):
    text = f"{note}# {header.name}\n\n{markdown(header.intro)}"
    for name, (parameters, body, comment) in header.macros.items():
        text += f"\n### {name}\n\n{markdown(comment)}"
    for part in header.parts:
        if isinstance(part, str):
            text += f"\n## {part}\n"
            continue
        names = [name for declaration in part.declarations for name in names_in(declaration)]
        if not names or (not part.comment and not part.patterns):
            continue
        code = "\n".join(shown(declaration) for declaration in part.declarations)
        anchors = "".join(f'<a id="{name}"></a>' for name in names)
        text += f"\n{anchors}\n```c\n{code}\n```\n\n{markdown(part.comment)}"
        for pattern in dict.fromkeys(part.patterns):
            text += f"\nMade by [{pattern}](#{pattern.lower()}).\n"
    return text


def pages(root, rows, note):
    """Path below the root: text. Second: what is wrong, one line each."""
    api = rows("src/capi/api.def", "GANTRY_API")
    headers, faults, place = {}, [], {}
    for name in dict.fromkeys(row[1] for row in api if row[1] != "none"):
        header = headers[name] = Header(name, (root / "include" / name).read_text())
        if not header.intro:
            faults.append(f"include/{name}: no \\file comment")
        for entry in header.entries():
            described = entry.comment or any(header.macros[pattern][2] for pattern in entry.patterns)
            for declaration in entry.declarations:
                if "API_EXTERN" in declaration and not declaration.startswith("#"):
                    for function in names_in(declaration):
                        place[function] = name
                        if not described:
                            faults.append(f"include/{name}: {function} is not described")
    lines = []
    for function, header, status in api:
        if header == "none":
            lines.append((function, f"| `{function}` | exported, but declared in no header |"))
            continue
        if place.get(function) != header:
            faults.append(f"include/{header} does not declare {function}")
        later = "" if status == "Full" else ", not in this build: ends the process"
        lines.append((function, f"| [`{function}`]({page_name(header)}#{function}) | {header}{later} |"))
    exported = {row[0] for row in api}
    faults += [f"include/{header}: {function} is not exported" for function, header in place.items() if function not in exported]
    index = (note + "# Reference of the C API\n\nA guided tour: [embedding.md](../../embedding.md). What becomes of settings: "
             "[settings.md](../settings.md).\n\n| Header | |\n| --- | --- |\n")
    for name, header in headers.items():
        first = re.match(r"(.*?)(?:[.:]\s|$)", " ".join(line for line in header.intro if line).strip() + " ").group(1)
        index += f"| [{name}]({page_name(name)}) | {first} |\n"
    index += "\n## Every function\n\n| Function | Header |\n| --- | --- |\n" + "\n".join(line for _, line in sorted(lines)) + "\n"
    result = {f"{FOLDER}/{page_name(name)}": page(header, note) for name, header in headers.items()}
    result[f"{FOLDER}/README.md"] = index
    return result, faults
