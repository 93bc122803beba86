"""Text to `vbaProject.bin`: a VBA project from its modules' source, [MS-OVBA].

Nothing compiled is written, only the compressed source and the version number 0xFFFF that makes every
host compile it anew (2.3.4.1), so the same text gives the same bytes everywhere. Section numbers in the
comments are those of [MS-OVBA].

Source is ASCII only: the text of a project is stored in one code page, and a Chinese word typed here
would turn into something else on a machine with another locale.
"""

from __future__ import annotations

import hashlib
import re
import struct
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from perfeval_xl.package.compound_file import compound_file
from perfeval_xl.package.vba_compression import CHUNK, compress, tokens
from perfeval_xl.package.vba_records import NO_CACHE, module_names, module_record, record

Kind = Literal["module", "class", "workbook", "sheet"]

CODE_PAGE = 1252  # every Windows has it, and the text is ASCII
LONGEST_LINE = 1023  # the editor's own limits: it refuses what is longer when the project is compiled
MOST_CONTINUATIONS = 24
IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
HEADER_ATTRIBUTE = re.compile(r"Attribute (VB_\w+) = (.*)")
BASES = {
    "class": "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}",
    "workbook": "0{00020819-0000-0000-C000-000000000046}",
    "sheet": "0{00020820-0000-0000-C000-000000000046}",
}
REFERENCES = (
    (
        "stdole",
        "*\\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\\Windows\\System32\\stdole2.tlb#OLE Automation",
    ),
    (
        "Office",
        "*\\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\\Program Files\\Common Files\\Microsoft Shared"
        "\\OFFICE16\\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)


class VbaSourceError(ValueError):
    """A module that cannot be stored, or that the VBA editor would refuse; says module, line and column."""


@dataclass(frozen=True)
class Module:
    """One module: its name, what it is, and its source.

    `kind` is `module` (.bas), `class` (.cls), or the document modules `workbook` and `sheet`, which must
    be named like the code names in the workbook. The source may be a file exported from the editor: its
    `VERSION ... END` block is dropped (a project does not store it) and its `Attribute` lines are kept.
    """

    name: str
    kind: Kind
    source: str


def vba_project(modules: Sequence[Module], name: str = "VBAProject") -> bytes:
    """The `vbaProject.bin` of the modules, in their order. `name` is the project's, an ASCII identifier.

    Raises VbaSourceError for a name or a source that VBA does not take.
    """
    _check_names(modules, name)
    texts = [module_text(module) for module in modules]
    vba: dict[str, bytes] = {
        module.name: compress(_filled(text.encode("ascii"))) for module, text in zip(modules, texts, strict=True)
    }
    vba["_VBA_PROJECT"] = NO_CACHE
    vba["dir"] = compress(_dir(modules, name))
    project = _project(modules, name, texts)
    return compound_file(
        {
            "VBA": vba,
            "PROJECT": project,
            "PROJECTwm": b"".join(module_names(module.name) for module in modules) + b"\0\0",
        }
    )


# -- source ------------------------------------------------------------------------------------------


def module_text(module: Module) -> str:
    """The source as the project stores it and as `olevba` gives it back: lines end in CR LF, the module's
    attributes stand first, those the source gives keeping its values, the others with the usual ones.

    Raises VbaSourceError.
    """
    lines = re.split(r"\r\n|\r|\n", module.source)
    _check_lines(module.name, lines)
    given, body = _split_header(module, lines)
    attributes = _usual_attributes(module) | given
    if attributes["VB_Name"] != f'"{module.name}"':
        raise VbaSourceError(f"module {module.name}: its source says Attribute VB_Name = {given['VB_Name']}")
    header = [f"Attribute {key} = {value}" for key, value in attributes.items()]
    while body and not body[-1].strip():
        body.pop()
    return "\r\n".join([*header, *body, ""])


def _split_header(module: Module, lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The attributes at the top of an exported source, and the lines below them."""
    first = 0
    if lines[0].startswith("VERSION "):
        ends = [number for number, line in enumerate(lines) if line.strip().upper() == "END"]
        if not ends:
            raise VbaSourceError(f"module {module.name}: line 1 opens a VERSION block that no END closes")
        first = ends[0] + 1
    attributes: dict[str, str] = {}
    while first < len(lines) and (found := HEADER_ATTRIBUTE.fullmatch(lines[first].rstrip())):
        if found[1] in attributes:
            raise VbaSourceError(f"module {module.name}, line {first + 1}, column 1: a second {found[1]}")
        attributes[found[1]] = found[2]
        first += 1
    return attributes, lines[first:]


def _usual_attributes(module: Module) -> dict[str, str]:
    """What the editor writes above a module of this kind, 2.3.4.3."""
    attributes = {"VB_Name": f'"{module.name}"'}
    if module.kind == "module":
        return attributes
    document = str(module.kind != "class")
    return attributes | {
        "VB_Base": f'"{BASES[module.kind]}"',
        "VB_GlobalNameSpace": "False",
        "VB_Creatable": "False",
        "VB_PredeclaredId": document,
        "VB_Exposed": document,
        "VB_TemplateDerived": "False",
        "VB_Customizable": document,
    }


def _check_names(modules: Sequence[Module], project: str) -> None:
    """Identifiers of at most 31 characters, no two alike: a project and its modules share one space."""
    seen = {project.upper()}
    if not IDENTIFIER.fullmatch(project):
        raise VbaSourceError(f"project {project!r}: not an ASCII identifier of at most 31 characters")
    for module in modules:
        if not IDENTIFIER.fullmatch(module.name):
            raise VbaSourceError(f"module {module.name!r}: not an ASCII identifier of at most 31 characters")
        if module.name.upper() in seen:
            raise VbaSourceError(f"module {module.name}: the name is used twice, or is the project's")
        seen.add(module.name.upper())


def _check_lines(module: str, lines: Iterable[str]) -> None:
    continued = 0
    for number, line in enumerate(lines, start=1):
        place = f"module {module}, line {number}"
        bad = re.search(r"[^\t\x20-\x7e]", line)
        if bad:
            raise VbaSourceError(f"{place}, column {bad.start() + 1}: {bad[0]!r} is not ASCII; make the text with ChrW")
        if len(line) > LONGEST_LINE:
            raise VbaSourceError(f"{place}, column {LONGEST_LINE + 1}: longer than {LONGEST_LINE} characters")
        continued = continued + 1 if line.rstrip().endswith(" _") else 0
        if continued > MOST_CONTINUATIONS:
            raise VbaSourceError(f"{place}, column {len(line)}: more than {MOST_CONTINUATIONS} continuations")


def _filled(text: bytes) -> bytes:
    """The text, lengthened by blank lines to a whole chunk in the one case where compressing would pad it
    with zero bytes: a last chunk that does not shrink."""
    tail = len(text) % CHUNK
    if tail and tokens(text[-tail:]) is None:
        missing = CHUNK - tail
        return text + b" " * (missing % 2) + b"\r\n" * (missing // 2)
    return text


# -- the streams beside the modules ------------------------------------------------------------------


def _dir(modules: Sequence[Module], name: str) -> bytes:
    """The `dir` stream before compression, 2.3.4.2: the project, its references, its modules."""
    information = (
        record(0x01, struct.pack("<I", 1))  # 32-bit Windows, 2.3.4.2.1.1; any host compiles anew
        + record(0x02, struct.pack("<I", 0x409))
        + record(0x14, struct.pack("<I", 0x409))
        + record(0x03, struct.pack("<H", CODE_PAGE))
        + record(0x04, name.encode("ascii"))
        + b"".join(record(number) for number in (0x05, 0x40, 0x06, 0x3D))  # description, help files: none
        + record(0x07, bytes(4))
        + record(0x08, bytes(4))
        + struct.pack("<HIIH", 0x09, 4, 1, 1)  # version 1.1
        + record(0x0C)
        + record(0x3C)
    )
    counted = record(0x0F, struct.pack("<H", len(modules))) + record(0x13, b"\xff\xff")
    references = b"".join(_reference(*reference) for reference in REFERENCES)
    return (
        information
        + references
        + counted
        + b"".join(module_record(module.name, module.kind) for module in modules)
        + record(0x10)
    )


def _reference(name: str, library: str) -> bytes:
    """A registered type library, 2.3.4.2.2.5."""
    identifier = library.encode("ascii")
    registered = struct.pack("<I", len(identifier)) + identifier + bytes(6)
    names = record(0x16, name.encode("ascii")) + record(0x3E, name.encode("utf-16-le"))
    return names + record(0x0D, registered)


def _project(modules: Sequence[Module], name: str, texts: Sequence[str]) -> bytes:
    """The `PROJECT` stream, 2.3.1: not protected, no password, visible."""
    digest = hashlib.sha256("\0".join([name, *texts]).encode("ascii")).digest()
    project_id = "{" + str(uuid.UUID(bytes=digest[:16], version=4)).upper() + "}"
    key = sum(project_id.encode("ascii")) & 0xFF
    lines = [
        f'ID="{project_id}"',
        *(_project_item(module) for module in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{encrypt(bytes(4), key, 0x3A)}"',
        f'DPB="{encrypt(bytes(1), key, 0x5C)}"',
        f'GC="{encrypt(bytes([0xFF]), key, 0x7E)}"',
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _project_item(module: Module) -> str:
    if module.kind == "module":
        return f"Module={module.name}"
    if module.kind == "class":
        return f"Class={module.name}"
    return f"Document={module.name}/&H00000000"


def encrypt(data: bytes, key: int, seed: int) -> str:
    """Data obfuscated as 2.4.3.2 tells, in hexadecimal; `key` is the sum of the project id's bytes.

    The format leaves the seed to chance; here it is given, so that the same project is the same bytes.
    """
    encrypted = [seed, seed ^ 2, seed ^ key]
    before, last, last_but_one = key, encrypted[2], encrypted[1]
    ignored = bytes((seed & 6) // 2)
    for byte in ignored + struct.pack("<I", len(data)) + data:
        value = byte ^ ((last_but_one + before) & 0xFF)
        encrypted.append(value)
        before, last, last_but_one = byte, value, last
    return bytes(encrypted).hex().upper()
