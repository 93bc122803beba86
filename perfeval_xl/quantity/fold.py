"""Normalises glyphs to one spelling: full width, look-alike signs, traditional characters, spaces."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from perfeval_xl.quantity.vocabulary import DIGITS, GLYPHS, SIMPLIFIED, TRADITIONAL

_SPACES: Final = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\xad"
_OF_NUMBERS: Final = DIGITS + ".,"


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for glyphs, plain in GLYPHS:
        table.update(dict.fromkeys(map(ord, glyphs), plain))
    table.update(dict.fromkeys(map(ord, _SPACES), " "))
    table.update(dict.fromkeys(map(ord, _INVISIBLE), None))
    table.update(zip(map(ord, TRADITIONAL), SIMPLIFIED, strict=True))
    return table


_TABLE: Final = _table()


def fold(text: str) -> str:
    """``text`` with one glyph for each sign and without spaces, ready for scanning.

    A space is kept, as one space, only between two characters of a number, where it may part two numbers
    or wrap one, and behind a leading "-", which is then a list mark as likely as a minus. A full-width comma
    after a half-width digit separates clauses ("100，200" is a list); after a full-width digit it groups
    thousands like any other sign of that width.
    """
    if "，" in text:
        text = _commas_of_lists(text)
    folded = text.translate(_TABLE)
    return _without_spaces(folded) if " " in folded else folded


def _commas_of_lists(text: str) -> str:
    parts = text.split("，")
    joined = parts[0]
    for before, after in pairwise(parts):
        joined += (";" if before.rstrip()[-1:] in DIGITS and before.strip() else "，") + after
    return joined


def _without_spaces(folded: str) -> str:
    words = folded.split(" ")
    pieces: list[str] = []
    last = ""
    for word in words:
        if not word:
            continue
        minus = pieces == ["-"]
        if word[0] in _OF_NUMBERS and (minus or (last and last in _OF_NUMBERS)):
            pieces.append(" ")
        pieces.append(word)
        last = word[-1]
    return "".join(pieces)
