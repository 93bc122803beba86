"""A sheet part filled by cutting and joining its bytes: five times as fast as by its tree, for templates of ours.

The places of all cells of a template are found once; of a filled sheet only the changed cells are rendered anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple
from xml.sax.saxutils import escape, unescape

from perfeval_xl.package.addresses import Cell, parse_a1
from perfeval_xl.package.sheet_part import escaped

_CELL: Final = re.compile(
    rb'<c r="(?P<address>[A-Z]+[0-9]+)"(?P<style> s="[0-9]+")?[^<>/]*(?:/>|>(?P<formula><f[^<>]*(?:/>|>[^<]*</f>))?'
    rb"(?:(?!</c>).)*</c>)",
    re.DOTALL,
)
_ROW: Final = re.compile(rb'<row r="([0-9]+)"([^<>]*)>')
_HEIGHT: Final = re.compile(rb' ht="([0-9.]+)"')
_QUOTES: Final = {"&quot;": '"', "&apos;": "'"}


class _Place(NamedTuple):
    """Where a cell stands in the part, from its first byte to behind its last; how it begins, and its formula."""

    start: int
    end: int
    opening: bytes
    formula: bytes | None


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
    cells: dict[Cell, _Place]
    rows: dict[int, _RowPlace]


@lru_cache(maxsize=64)
def stamp_plan(body: bytes) -> StampPlan:
    """The plan of a sheet part as XlsxWriter writes it: every cell says where it is."""
    cells = {
        parse_a1(match["address"].decode()): _Place(
            *match.span(), b'<c r="' + match["address"] + b'"' + (match["style"] or b""), match["formula"]
        )
        for match in _CELL.finditer(body)
    }
    rows = {
        int(match[1]) - 1: _RowPlace(*match.span(), match[0], float(height[1]) if height else 0.0)
        for match in _ROW.finditer(body)
        for height in (_HEIGHT.search(match[2]),)
    }
    return StampPlan(body, cells, rows)


class Stamp:
    """The cells of a sheet made from a plan; the plan stays as it is, ``to_bytes`` gives the filled part."""

    def __init__(self, plan: StampPlan) -> None:
        self._plan = plan
        self._changes: dict[int, tuple[int, bytes]] = {}

    def formula(self, cell: Cell) -> str | None:
        """The formula of a cell, or ``None``."""
        place = self._plan.cells.get(cell)
        if place is None or place.formula is None:
            return None
        inside = place.formula.partition(b">")[2].removesuffix(b"</f>")
        return unescape(inside.decode(), _QUOTES)

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

    def set_cached(self, cell: Cell, value: str | Decimal) -> None:
        """Replaces the cached result of a formula cell; its formula stays. Does nothing where there is no formula."""
        place = self._plan.cells.get(cell)
        if place is None or place.formula is None:
            return
        if isinstance(value, str):
            result = escape(escaped(value)).encode()
            content = b' t="str">' + place.formula + (b"<v>" + result + b"</v></c>" if result else b"<v/></c>")
        else:
            content = b">" + place.formula + b"<v>" + format(value, "f").encode() + b"</v></c>"
        self._changes[place.start] = place.end, place.opening + content

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
        pieces: list[bytes] = []
        body, place = self._plan.body, 0
        for start, (end, content) in sorted(self._changes.items()):
            pieces += (body[place:start], content)
            place = end
        return b"".join((*pieces, body[place:]))


def _text_element(text: str) -> bytes:
    # No text rather than an empty one: both are read alike, but only <t/> is written as it was read.
    inside = escape(escaped(text)).replace("\r", "&#13;")
    return f'<t xml:space="preserve">{inside}</t>'.encode() if inside else b'<t xml:space="preserve"/>'
