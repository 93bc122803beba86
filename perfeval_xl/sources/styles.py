"""The styles part of an .xlsx: the few cell formats that change what a person sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.parts import local, parse_xml
from perfeval_xl.sources.number_format import BUILT_IN, NumberFormat, number_format

_NO: Final = ("0", "false", "none")


@dataclass(frozen=True, slots=True)
class Look:
    """A cell format that matters: a number format that is not plain, a font that strikes the text through."""

    format: NumberFormat | None
    struck: bool = False


#: The number of a cell format, as cells refer to it -> what it changes. Formats that change nothing are left out.
Looks = Mapping[str, Look]


def read_styles(body: bytes, source: str) -> Looks:
    """What the bytes of a styles part say. Raises ``Unreadable``."""
    try:
        return _understood(body)
    except Unreadable as problem:
        raise Unreadable(problem.key, path=source) from problem


@lru_cache(maxsize=16)
def _understood(body: bytes) -> Looks:
    """Remembers styles by their bytes: files made from one template have the same."""
    root = parse_xml(body, "")
    codes = {
        element.get("numFmtId", ""): element.get("formatCode", "")
        for holder in root.iterchildren("{*}numFmts")
        for element in holder.iterchildren("{*}numFmt")
    }
    fonts = [is_struck(font) for holder in root.iterchildren("{*}fonts") for font in holder.iterchildren("{*}font")]
    formats = (xf for holder in root.iterchildren("{*}cellXfs") for xf in holder.iterchildren("{*}xf"))
    looks = ((str(number), _look(xf, codes, fonts)) for number, xf in enumerate(formats))
    return {number: look for number, look in looks if look is not None}


def _look(xf: etree._Element, codes: dict[str, str], fonts: list[bool]) -> Look | None:
    said = xf.get("numFmtId", "0")
    number = said if said.isdecimal() and len(said) < 6 else "0"  # what is no number says nothing
    code = codes.get(number) or BUILT_IN.get(int(number), "")
    shown = number_format(code) if code else None
    font = xf.get("fontId", "0")
    struck = font.isdecimal() and len(font) < 6 and int(font) < len(fonts) and fonts[int(font)]
    return Look(shown, struck) if shown or struck else None


def is_struck(properties: etree._Element) -> bool:
    """Whether a font, or the properties of a run of text, strike it through."""
    return any(local(child.tag) == "strike" and child.get("val", "1") not in _NO for child in properties)
