"""The VBA project from text: hand-written modules of ``vba_bridge/`` and modules made from the project's own data.

The words of ``quantity``, the rules of every shipped profile and the sentences macros say become modules of ASCII
text: Chinese stands in braces as hexadecimal code points (``{5E74}``), which ``Unicode`` of the module PerfText turns
into characters, whatever the locale.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

from lxml import etree

from perfeval_xl.addin import vba_data
from perfeval_xl.addin.macro_package import Ribbon
from perfeval_xl.addin.ribbon import NAMESPACES
from perfeval_xl.addin.vba_project import Module
from perfeval_xl.laws import vba as vba_laws
from perfeval_xl.profile import load_profile, profile_ids

Kind = Literal["xlsm", "xlam"]

BRIDGE_FOLDERS: Final = (
    Path(__file__).parents[2] / "vba_bridge",
    Path(__file__).parents[1] / "_shipped" / "vba_bridge",
)
#: The folders each kind is made of.
FOLDERS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "xlsm": ("core", "form", "office", "workbook"),
    "xlam": ("addin", "core", "form", "office"),
}
RIBBON_MODULE: Final = "PerfRibbon"
_CALLBACK: Final = re.compile(r"\bPerf((?:On|Is)[A-Z])")
#: What a line of data may hold, so that every editor shows it without scrolling.
LINE_WIDTH: Final = 100
#: Characters of source in one procedure of data; compiled it may have 64 KB.
MOST_IN_PROCEDURE: Final = 24_000
_ASCII_AS_IS: Final = frozenset(map(chr, range(0x20, 0x7F))) - frozenset('{}"')


#: Menus with a button for each shipped profile: menu id, start of the buttons' ids, callback, start of their tags.
PROFILE_MENUS: Final = (
    ("perfNewMenu", "perfNew", "PerfOnNew", ""),
    ("perfProfileMenu", "perfProfile", "PerfOnSettings", "profile:"),
)


def modules(kind: Kind) -> list[Module]:
    """The standard and class modules of a macro workbook (``xlsm``) or of the add-in (``xlam``), in a fixed order.

    Document modules (ThisWorkbook, the sheets) are not among them, nor what the add-in has besides: the xlwings
    runtime and the wrapper that asks Python. What the two kinds have apart stands in ``addin/`` and ``workbook/``.
    """
    return [*_written(kind), *_generated()]


def ribbon(kind: Kind = "xlsm") -> Ribbon:
    """The ribbon for both generations of Office, its menu of new forms made from the shipped profiles."""
    template = _renamed(kind, (bridge_folder() / "ribbon" / "customUI.xml").read_text("utf-8")).encode()
    return Ribbon(*(_rendered(template, namespace, kind) for namespace in NAMESPACES.values()))


def _rendered(template: bytes, namespace: str, kind: Kind) -> bytes:
    declared = template.replace(b"<customUI ", f'<customUI xmlns="{namespace}" '.encode())
    root = etree.fromstring(declared, etree.XMLParser(remove_comments=True, remove_blank_text=True))
    for menu, prefix, callback, tag in PROFILE_MENUS:
        holder = next(root.iterfind(f".//{{*}}menu[@id='{menu}']"))
        for number, name in enumerate(profile_ids()):
            texts = load_profile(name)
            button = {"id": f"{prefix}{number}", "label": texts.name.zh, "imageMso": "FileNew"}
            button["onAction"] = _renamed(kind, callback)
            button |= {"tag": tag + name, "screentip": texts.name.zh, "supertip": texts.region.zh}
            etree.SubElement(holder, f"{{{namespace}}}button", button)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def bridge_folder() -> Path:
    """Where the hand-written VBA and ribbon text is: beside the sources, or inside the installed package."""
    return next(folder for folder in BRIDGE_FOLDERS if folder.is_dir())


def _written(kind: Kind) -> Iterator[Module]:
    for path in sorted(path for folder in FOLDERS[kind] for path in bridge_folder().glob(f"{folder}/*.[bc][al]s")):
        source = path.read_text("ascii")
        source = _renamed(kind, source) if path.stem == RIBBON_MODULE else source
        yield Module(path.stem, "class" if path.suffix == ".cls" else "module", source)


def _renamed(kind: Kind, text: str) -> str:
    """Callbacks of the add-in have names of their own: of two open files Excel takes the one in front."""
    return _CALLBACK.sub(r"PerfAddin\1", text) if kind == "xlam" else text


@cache
def _generated() -> tuple[Module, ...]:
    spoken = vba_data.sentences(bridge_folder() / "sentences.toml")
    return (
        _data_module(
            "PerfVocabulary", "Words and signs of target and actual values.", "Vocabulary", vba_data.vocabulary()
        ),
        _data_module(
            "PerfProfiles", "Rules and labels of every shipped form, by its id.", "Profile", vba_data.profiles()
        ),
        Module(vba_laws.MODULE, "module", vba_laws.module_text(_unicode_expression)),
        _data_module("PerfSentences", "What functions and macros say, in Chinese.", "Sentence", spoken),
    )


def _unicode_expression(text: str) -> str:
    return f'Unicode("{ascii_text(text)}")'


# --- modules of data ---------------------------------------------------------------------------------------------


def _data_module(name: str, about: str, function: str, entries: Mapping[str, str]) -> Module:
    """A module whose one public function gives the text of an entry, "" for an unknown one.

    The entries are dealt out to private functions, so that none comes near the 64 KB a procedure may have.
    """
    parts = list(_dealt_out(entries))
    lines = [
        "Option Explicit",
        "Option Compare Binary",
        "Option Private Module",
        f"' {about}",
        "' Made from the project's data; not edited by hand. Chinese in braces: see Unicode in PerfText.",
        "",
        f"Public Function {function}Text(ByVal entry As String) As String",
        "    Dim text As String",
        *(f"    If Len(text) = 0 Then text = Part{number}(entry)" for number in range(1, len(parts) + 1)),
        f"    {function}Text = Unicode(text)",
        "End Function",
        "",
    ]
    for number, part in enumerate(parts, start=1):
        lines += [f"Private Function Part{number}(ByVal entry As String) As String", "    Dim text As String"]
        lines += ["    Select Case entry", *part, "    End Select", f"    Part{number} = text", "End Function", ""]
    return Module(name, "module", "\n".join(lines))


def _dealt_out(entries: Mapping[str, str]) -> Iterator[list[str]]:
    """The lines of the entries, as many together as fit a procedure."""
    part: list[str] = []
    for key, text in entries.items():
        pieces = [f'        text = {"text & " if at else ""}"{piece}"' for at, piece in enumerate(_pieces(text))]
        if part and sum(map(len, part)) + sum(map(len, pieces)) > MOST_IN_PROCEDURE:
            yield part
            part = []
        part += [f'    Case "{key}"', *pieces]
    yield part


def ascii_text(text: str) -> str:
    """The text in ASCII: ``年 1`` -> ``{5E74} 1``. Characters beyond the first plane become two code units."""
    made: list[str] = []
    for run in re.findall(r"[ -!#-z|~]+|(?:[^ -!#-z|~])+", text):
        if run[0] in _ASCII_AS_IS:
            made.append(run)
        else:
            units = run.encode("utf-16-be").hex().upper()
            made.append("{" + units + "}")
    return "".join(made)


def _pieces(text: str) -> Iterator[str]:
    """The text in ASCII, cut into pieces that fit a line; each piece closes its own braces."""
    piece = ""
    for character in text:
        longer = ascii_text(piece + character)
        if len(longer) > LINE_WIDTH:
            yield ascii_text(piece)
            piece = ""
        piece += character
    yield ascii_text(piece)
