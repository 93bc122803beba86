"""Texts of an .xlsx as a person sees them: rich runs joined, struck-through runs and phonetic guides left out."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import Final, NamedTuple
from xml.sax.saxutils import unescape

from lxml import etree

from perfeval_xl.package.parts import Parts, local
from perfeval_xl.sources.styles import is_struck

#: Parts up to this size (in bytes) are remembered, for the next file that has the same.
REPEATED: Final = 16 * 1024
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: A text of one run, as almost all are.
_PLAIN: Final = re.compile(rb"<si><t(?: [^<>]*)?>([^<]*)</t></si>")
_QUOTES: Final = {"&quot;": '"', "&apos;": "'"}
_RAISED: Final = str.maketrans("0123456789+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾")


class CellText(NamedTuple):
    """The text a person sees, and whether a part of it was struck through and left out."""

    text: str
    struck: bool = False


def read_shared_texts(parts: Parts, part: str) -> list[CellText]:
    """The shared texts of a workbook in their order; none where it has no such part."""
    if part not in parts:
        return []
    body = parts.read(part)
    found = _again(body) if len(body) < REPEATED else _plain_texts(body)
    return [text_of(item) for item in parts.xml(part).iterchildren("{*}si")] if found is None else found


@lru_cache(maxsize=32)
def _again(body: bytes) -> list[CellText] | None:
    """Remembers shared texts by their bytes: files made from one template have the same."""
    return _plain_texts(body)


def _plain_texts(body: bytes) -> list[CellText] | None:
    """The texts where each is of one run, as almost everywhere; ``None`` for others."""
    plain = _PLAIN.findall(body)
    if plain and len(plain) == body.count(b"<si") and b"&#" not in body and b"<!" not in body:
        with suppress(UnicodeDecodeError):
            return [CellText(unescaped(unescape(text.decode(), _QUOTES))) for text in plain]
    return None


def text_of(item: etree._Element) -> CellText:
    """The text of a shared or inline string."""
    pieces: list[str] = []
    struck = False
    for child in item:
        kind = local(child.tag)
        if kind == "t":
            pieces.append(child.text or "")
        elif kind == "r":
            run = _run(child)
            struck = struck or run.struck
            pieces.append(run.text)
    return CellText(unescaped("".join(pieces)), struck)


def _run(run: etree._Element) -> CellText:
    text, raised = "", False
    for child in run:
        kind = local(child.tag)
        if kind == "t":
            text += child.text or ""
        elif kind == "rPr":
            if is_struck(child):
                return CellText("", True)
            raised = any(local(each.tag) == "vertAlign" and each.get("val") == "superscript" for each in child)
    # A raised figure is a footnote or a power, not a further digit.
    return CellText(text.translate(_RAISED) if raised else text)


def unescaped(text: str) -> str:
    """``_x000D_`` is how a workbook writes a character that XML cannot hold."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
