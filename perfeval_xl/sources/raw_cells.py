"""The cells of a worksheet part as stored, before their values are interpreted.

Three ways in, all giving the same: expressions over the bytes for sheets written as Excel, LibreOffice, openpyxl and
XlsxWriter write them (five times faster, and formulas are passed over); the tree of lxml for whatever is written
otherwise; and row by row for parts too large to be held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Final, NamedTuple
from xml.sax.saxutils import unescape

from lxml import etree
from msgspec import Struct

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import MOST_COLUMNS, Cell, Range, cell_said, parse_a1, parse_range, row_said
from perfeval_xl.package.parts import Parts, local, parse_xml
from perfeval_xl.sources.shared_texts import REPEATED, CellText, text_of, unescaped

#: Parts up to this size (in bytes) are held; larger ones pass by row by row.
SMALL_PART: Final = 8 * 1024 * 1024
TRUE: Final = ("1", "true", "on")


class RawFormula(NamedTuple):
    """A formula: its text (``""`` where it is shared with another cell) and the area an array formula fills."""

    text: str
    fills: Range | None = None


class RawCell(Struct, frozen=True, gc=False):
    """A cell that holds something: style number, ``t`` attribute, value as written, rich text of an inline string."""

    cell: Cell
    style: str | None
    kind: str
    formula: RawFormula | None
    value: str | None = None
    inline: CellText | None = None


class HiddenRow(NamedTuple):
    """A row that is not shown."""

    row: int


class HiddenColumns(NamedTuple):
    """Columns that are not shown, first and last."""

    first: int
    last: int


RawItem = RawCell | HiddenRow | HiddenColumns | Range


class _WrittenOtherwise(Exception):
    """The sheet is written in a way the expressions do not cover: another reader must take it."""


def raw_items(parts: Parts, part: str) -> list[RawItem] | Iterator[RawItem]:
    """Everything in a worksheet part that matters; ranges are its merges. Raises ``Unreadable``."""
    if parts.size(part) > SMALL_PART:
        return _passing_by(parts, part)
    body = parts.read(part)
    try:
        return _as_usual(body)
    except (_WrittenOtherwise, KeyError, ValueError):
        return _Tree().items(parse_xml(body, parts.source, parts.most_nodes))


# --- the usual way of writing, by expressions -----------------------------------------------------------------------

_CELL_START: Final = r'c r="([A-Z]{1,3}[0-9]{1,7})"(?: s="([0-9]{1,5})")?(?: t="([A-Za-z]+)")?'
_TOKEN: Final = re.compile(
    rf"(\s*<(?:{_CELL_START}"
    r"(?:/>|>(?:<f(?: ([^<>]*))?(?:/>|>[^<]*</f>))?"
    r"(?:<v(?:/>|>([^<]*)</v>)|<is><t(?: [^<>]*)?>([^<]*)</t></is>)?</c>)"
    r'|row r="([0-9]{1,7})"([^<>]*)>)\s*)'
)
#: One cell of those, in more detail.
_CELL: Final = re.compile(
    rf"\s*<{_CELL_START}"
    r"(?:/>|>(?:<f(?: ([^<>]*))?(?:/>|>([^<]*)</f>))?"
    r"(?:<v(?:/>|>([^<]*)</v>)|<is><t(?: [^<>]*)?>([^<]*)</t></is>)?</c>)\s*"
)
_MERGE: Final = re.compile(r'<mergeCell ref="([A-Z0-9:]+)"/>')
_COLUMN: Final = re.compile(r"<col ([^<>]*)/>")
_ATTRIBUTE: Final = re.compile(r'([A-Za-z]+)="([^"]*)"')


def _as_usual(body: bytes) -> list[RawItem]:
    start, end = body.find(b"<sheetData>"), body.rfind(b"</sheetData>")
    if start < 0 or end < 0 or b"<!" in body[:start] or b"mc:AlternateContent" in body[:start]:
        raise _WrittenOtherwise
    items: list[RawItem] = [*_columns(body[:start].decode())]
    for row in body[start + len(b"<sheetData>") : end].split(b"</row>"):
        items.extend(_again(row) if len(row) < REPEATED else _row(row))
    items.extend(_merges(body[end:]))
    return items


@lru_cache(maxsize=1024)
def _again(row: bytes) -> tuple[RawItem, ...]:
    """Remembers rows by their bytes: headings, instructions and sums are the same in files made from one template."""
    return _row(row)


def _row(written: bytes) -> tuple[RawItem, ...]:
    """A row without its end tag."""
    row = written.decode()
    items: list[RawItem] = []
    known = 0
    for token, address, style, kind, about, value, inline, number, of_row in _TOKEN.findall(row):
        known += len(token)
        if not address:
            if _is_hidden(of_row):
                items.append(HiddenRow(int(number) - 1))
        elif value and "array" not in about:
            items.append(RawCell(parse_a1(address), style or None, kind or "n", None, _text(value)))
        elif inline and "<f" not in token:
            rich = CellText(unescaped(_text(inline)))
            items.append(RawCell(parse_a1(address), style or None, kind or "n", None, None, rich))
        elif kind == "str" and "<f" in token and "array" not in about:
            continue  # the result is an empty text: nothing to see
        elif kind or "<f" in token:
            items.extend(_rare(token))
    # Nothing may stand between what was found: what is not known is read as a tree.
    if known != len(row) and row.strip():
        raise _WrittenOtherwise
    return tuple(items)


@lru_cache(maxsize=32)
def _merges(tail: bytes) -> tuple[Range, ...]:
    """The merged ranges in what follows the cells, which files made from one template have in common."""
    merges = _MERGE.findall(tail.decode())
    if tail.count(b"mergeCell ") != len(merges):
        raise _WrittenOtherwise
    return tuple(map(parse_range, merges))


def _rare(token: str) -> Iterator[RawCell]:
    """A cell with a formula that gave nothing, an array formula, or an inline text."""
    match = _CELL.fullmatch(token)
    if match is None:
        raise _WrittenOtherwise
    address, style, kind, about, value, inline = match.group(1, 2, 3, 4, 6, 7)
    if value is None and token.rstrip().endswith("<v/></c>"):
        value = ""
    formula = None
    if about is not None or match.start(5) >= 0:
        fills = dict(_ATTRIBUTE.findall(about)) if about and "array" in about else {}
        if kind == "str" and not value and not fills:
            return  # the result is an empty text: nothing to see
        text = _text(match[5]) if not value and kind != "str" and match.start(5) >= 0 else ""
        formula = RawFormula(text, parse_range(fills["ref"]) if "ref" in fills else None)
    shown = None if value is None else _text(value)
    rich = None if inline is None else CellText(unescaped(_text(inline)))
    yield RawCell(parse_a1(address), style, kind or "n", formula, shown, rich)


def _text(written: str) -> str:
    if "&" not in written:
        return written
    if "&#" in written:
        raise _WrittenOtherwise
    return unescape(written, {"&quot;": '"', "&apos;": "'"})


def _columns(head: str) -> Iterator[HiddenColumns]:
    for written in _COLUMN.findall(head):
        about = dict(_ATTRIBUTE.findall(written))
        if about.get("hidden") in TRUE or about.get("width") == "0":
            yield HiddenColumns(int(about["min"]) - 1, min(int(about["max"]), MOST_COLUMNS) - 1)


def _is_hidden(written: str) -> bool:
    """Whether the attributes of a row say that it is not shown."""
    if "hidden" not in written and 'ht="0"' not in written:
        return False
    about = dict(_ATTRIBUTE.findall(written))
    return about.get("hidden") in TRUE or about.get("ht") == "0"


# --- any way of writing, as a tree ----------------------------------------------------------------------------------


class _Tree:
    """Reads elements. A row or cell that does not say where it is follows the one before."""

    def __init__(self) -> None:
        self.row = -1

    def items(self, elements: etree._Element | Iterator[etree._Element]) -> Iterator[RawItem]:
        """The items below a worksheet element, or in a stream of its descendants."""
        for element in elements:
            kind = local(element.tag)
            if kind == "row":
                yield from self._row(element)
            elif kind == "col":
                yield from _hidden_columns(element)
            elif kind == "mergeCell":
                with suppress(ValueError):
                    yield parse_range(element.get("ref", ""))
            elif kind in ("sheetData", "cols", "mergeCells"):
                yield from self.items(element)

    def _row(self, element: etree._Element) -> Iterator[RawItem]:
        self.row = row_said(element.get("r"), self.row + 1)
        if element.get("hidden") in TRUE or element.get("ht") == "0":
            yield HiddenRow(self.row)
        column = -1
        for child in element:
            if local(child.tag) != "c":
                continue
            cell = cell_said(child.get("r"), Cell(self.row, column + 1))
            column = cell.column
            if len(child):
                yield _raw_cell(child, cell)


def _raw_cell(element: etree._Element, cell: Cell) -> RawCell:
    inside = {local(child.tag): child for child in element}
    formula = inside.get("f")
    found = None
    if formula is not None:
        fills = None
        if formula.get("t") == "array":
            with suppress(ValueError):
                fills = parse_range(formula.get("ref", ""))
        found = RawFormula(formula.text or "", fills)
    value = (inside["v"].text or "") if "v" in inside else None
    inline = text_of(inside["is"]) if "is" in inside else None
    return RawCell(cell, element.get("s"), element.get("t", "n"), found, value, inline)


def _hidden_columns(element: etree._Element) -> Iterator[RawItem]:
    first, last = element.get("min", ""), element.get("max", "")
    is_hidden = element.get("hidden") in TRUE or element.get("width") == "0"
    if is_hidden and first.isdecimal() and last.isdecimal() and len(first) < 6 and len(last) < 6:
        yield HiddenColumns(int(first) - 1, min(int(last), MOST_COLUMNS) - 1)


# --- too large to be held -------------------------------------------------------------------------------------------


def _passing_by(parts: Parts, part: str) -> Iterator[RawItem]:
    with parts.opened(part) as stream:
        try:
            yield from _Tree().items(_forgotten(stream, parts.source))
        except (etree.XMLSyntaxError, OSError, EOFError, ValueError) as problem:
            raise Unreadable("file-damaged", path=parts.source) from problem


def _forgotten(stream: object, source: str) -> Iterator[etree._Element]:
    """Rows, columns and merges of a stream; each element is freed before the next is read."""
    events = etree.iterparse(
        stream, tag=["{*}row", "{*}col", "{*}mergeCell"], resolve_entities=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    for _, element in events:
        if element.getroottree().docinfo.internalDTD is not None:
            raise Unreadable("file-damaged", path=source)
        yield element
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]
