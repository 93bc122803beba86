"""A sheet part filled by cutting and joining its bytes, for templates of ours.

The places of all cells of a template are found once, and what stands behind the cells is compressed once; of a
filled sheet only the changed cells are rendered, and only the cells compressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple
from xml.sax.saxutils import escape, unescape

from perfeval_xl.package.addresses import Cell, parse_a1
from perfeval_xl.package.archive import Packed, PackedPiece, packed_before, packed_piece
from perfeval_xl.package.sheet_part import escaped

_CELL: Final = re.compile(
    rb'<c r="(?P<address>[A-Z]+[0-9]+)"(?P<style> s="[0-9]+")?(?P<kind>[^<>/]*)'
    rb"(?:/>|>(?P<formula><f[^<>]*(?:/>|>[^<]*</f>))?(?P<rest>(?:(?!</c>).)*)</c>)",
    re.DOTALL,
)
_ROW: Final = re.compile(rb'<row r="([0-9]+)"([^<>]*)>')
_HEIGHT: Final = re.compile(rb' ht="([0-9.]+)"')
_RESULT: Final = re.compile(rb"<v(?:/>|>([^<]*)</v>)")
#: What cannot stand between two tags as it is, and what a reader would take for an escape.
_SPECIAL: Final = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x")
_QUOTES: Final = {"&quot;": '"', "&apos;": "'"}


class _Place(NamedTuple):
    """Where a cell stands in the part, from its first byte to behind its last, and how it begins.

    ``formula`` are the bytes of its formula, ``result`` is what the formula gave.
    """

    start: int
    end: int
    opening: bytes
    formula: bytes | None
    result: str | Decimal | None


class _RowPlace(NamedTuple):
    """Where the opening tag of a row stands."""

    start: int
    end: int
    written: bytes
    height: float


@dataclass(frozen=True, slots=True)
class StampPlan:
    """A sheet part taken apart once."""

    body: bytes
    cells: dict[tuple[int, int], _Place]
    rows: dict[int, _RowPlace]
    #: What stands behind the cells.
    tail: PackedPiece


@lru_cache(maxsize=32)
def stamp_plan(body: bytes) -> StampPlan:
    """The plan of a sheet part as XlsxWriter writes it: every cell says where it is."""
    cells: dict[tuple[int, int], _Place] = {
        parse_a1(match["address"].decode()): _place(match) for match in _CELL.finditer(body)
    }
    rows = {
        int(match[1]) - 1: _RowPlace(*match.span(), match[0], float(height[1]) if height else 0.0)
        for match in _ROW.finditer(body)
        for height in (_HEIGHT.search(match[2]),)
    }
    behind = body.rindex(b"</sheetData>")
    return StampPlan(body[:behind], cells, rows, packed_piece(body[behind:]))


def _place(match: re.Match[bytes]) -> _Place:
    opening = b'<c r="' + match["address"] + b'"' + (match["style"] or b"")
    if match["formula"] is None:
        return _Place(*match.span(), opening, None, None)
    found = _RESULT.search(match["rest"])
    written = unescape(((found and found[1]) or b"").decode())
    result: str | Decimal | None = written if b' t="str"' in match["kind"] else None
    if result is None and written and not match["kind"].strip():
        result = Decimal(written)
    return _Place(*match.span(), opening, match["formula"], result)


class Stamp:
    """The cells of a sheet made from a plan; the plan stays as it is, ``to_bytes`` gives the filled part."""

    def __init__(self, plan: StampPlan) -> None:
        self._plan = plan
        #: First byte of what is replaced -> behind its last, and what stands there instead.
        self._changes: dict[int, tuple[int, bytes]] = {}

    def formula(self, cell: Cell) -> str | None:
        """The formula of a cell, or ``None``."""
        place = self._plan.cells.get(cell)
        if place is None or place.formula is None:
            return None
        inside = place.formula.partition(b">")[2].removesuffix(b"</f>")
        return unescape(inside.decode(), _QUOTES)

    def computes(self, cell: Cell) -> bool:
        """Whether a cell has a formula."""
        place = self._plan.cells.get(cell)
        return place is not None and place.formula is not None

    def set_value(self, cell: Cell, value: str | Decimal | None) -> None:
        """Puts a value in a cell, replacing its formula; ``None`` leaves the cell truly empty, ``""`` an empty text."""
        place = self._plan.cells.get(cell)
        if place is None:
            if value is None:
                return
            raise KeyError(cell)
        if value is None:
            content = b"/>"
        elif isinstance(value, str):
            content = b' t="inlineStr"><is>' + _text_element(value) + b"</is></c>"
        else:
            content = b"><v>" + format(value, "f").encode() + b"</v></c>"
        self._changes[place.start] = place.end, place.opening + content

    def set_cached(self, cell: tuple[int, int], value: str | Decimal) -> None:
        """Replaces the cached result of a formula cell; its formula stays. Does nothing where there is no formula."""
        place = self._plan.cells.get(cell)
        if place is None or (type(value) is type(place.result) and value == place.result):
            return
        opening, formula = place.opening, place.formula
        if formula is None:
            return
        if isinstance(value, str):
            result = b"<v>" + _as_text(value) + b"</v></c>" if value else b"<v/></c>"
            self._changes[place.start] = place.end, opening + b' t="str">' + formula + result
        else:
            result = format(value, "f").encode()
            self._changes[place.start] = place.end, opening + b">" + formula + b"<v>" + result + b"</v></c>"

    def set_height(self, row: int, points: float) -> None:
        """Gives a row at least ``points`` of height, without pinning it: it still grows with what is typed."""
        place = self._plan.rows.get(row)
        if place is None or place.height >= points:
            return
        written = place.written.replace(b' customHeight="1"', b"")
        height = f' ht="{points:g}"'.encode()
        written = _HEIGHT.sub(height, written) if place.height else written.removesuffix(b">") + height + b">"
        self._changes[place.start] = place.end, written

    def to_bytes(self) -> bytes:
        """The part with all changes."""
        return self._head() + self._plan.tail.content

    def packed(self) -> Packed:
        """The part with all changes as it stands in a zip."""
        return packed_before(self._head(), self._plan.tail)

    def _head(self) -> bytes:
        """What stands before the tail, with all changes."""
        pieces: list[bytes] = []
        body, place = self._plan.body, 0
        for start, (end, content) in sorted(self._changes.items()):
            pieces += (body[place:start], content)
            place = end
        return b"".join((*pieces, body[place:]))


def _text_element(text: str) -> bytes:
    # No text rather than an empty one: both are read alike, but only <t/> is written as it was read.
    return b'<t xml:space="preserve">' + _as_text(text) + b"</t>" if text else b'<t xml:space="preserve"/>'


def _as_text(text: str) -> bytes:
    """A text as it stands between two tags."""
    return escape(escaped(text)).encode() if _SPECIAL.search(text) else text.encode()
