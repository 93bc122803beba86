"""OpenDocument spreadsheets (.ods of LibreOffice and WPS), read from the package by lxml.

python-calamine reads their values but not their merges, names and errors, so nothing of it is used here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from lxml import etree

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import MOST_COLUMNS, MOST_ROWS, Range, a1
from perfeval_xl.package.limits import MOST_CELLS
from perfeval_xl.package.parts import Parts, local
from perfeval_xl.sources.grid import named_area, sound_merges
from perfeval_xl.sources.moments import shown_moment
from perfeval_xl.sources.sheet import CellError, Row, Sheet, Value, decimal_of
from perfeval_xl.sources.shown_number import as_shown

_ERROR: Final = re.compile(r"#(?:DIV/0!|REF!|N/A|VALUE!|NAME\?|NUM!|NULL!)|Err:\d+")
_DURATION: Final = re.compile(r"(-)?PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")
_CELL: Final = r"\$[A-Z]{1,3}\$[0-9]{1,7}"
_AREA: Final = re.compile(rf"\$?(?:'((?:[^']|'')+)'|([^'.\s]+))\.({_CELL})(?::(?:[^:]*)\.({_CELL}))?")
_NOT_SHOWN: Final = frozenset({"annotation", "annotation-end", "ruby-text", "note", "shapes", "frame", "custom-shape"})
_GROUPS: Final = frozenset({"table-header-rows", "table-rows", "table-row-group", "soft-page-break"})
_NOT_VISIBLE: Final = ("collapse", "filter")
#: Hidden rows below the last filled one that are still counted.
_MOST_HIDDEN: Final = 10_000
#: What one cell holds at most.
_MOST_BLANKS: Final = 32_767


def read_ods(_data: bytes, parts: Parts) -> list[Sheet]:
    """The sheets of an .ods, hidden ones too, with their names and the user's properties. Raises ``Unreadable``."""
    root = parts.xml("content.xml")
    book = next(root.iter("{*}spreadsheet"), None)
    if book is None:
        raise Unreadable("file-damaged", path=parts.source)
    hidden = _hidden_styles(root)
    struck = _struck_styles(root)
    properties = _properties(parts)
    everywhere = _names(book)
    cells = 0
    sheets = []
    for index, table in enumerate(book.iterchildren("{*}table")):
        name = _get(table, "name")
        targets = everywhere | {word: target for word, target in _names(table).items() if target[0] == name}
        names = {word: area for word, (sheet, area) in targets.items() if sheet == name}
        reader = _OdsTableReader(parts.source, name, table, struck, cells)
        reader.read(table)
        cells = reader.cells
        sheets.append(
            Sheet(
                parts.source,
                name,
                tuple(reader.rows),
                sound_merges(reader.merges),
                names,
                properties,
                hidden=_get(table, "style-name") in hidden,
                index=index,
                hidden_rows=frozenset(reader.hidden_rows),
                hidden_columns=reader.hidden_columns,
            )
        )
    return sheets


class _OdsTableReader:
    """Collects the rows of one table; runs of empty cells and rows are kept as numbers until a value follows."""

    def __init__(self, source: str, sheet: str, table: etree._Element, struck: frozenset[str], cells: int) -> None:
        self.source = source
        self.struck = struck
        self.sheet = sheet
        self.rows: list[Row] = []
        self.merges: list[Range] = []
        self.row = 0
        #: Cells counted over all sheets: one element may repeat a row a million times.
        self.cells = cells
        self.hidden_rows: set[int] = set()
        self.hidden_columns = _hidden_columns(table)

    def read(self, table: etree._Element) -> None:
        for element in _rows(table):
            repeated = _count(element, "number-rows-repeated")
            if _get(element, "visibility") in _NOT_VISIBLE:
                self.hidden_rows |= set(range(self.row, min(self.row + repeated, len(self.rows) + _MOST_HIDDEN)))
            values = self._row(element)
            if values:
                self._check(self.row + repeated, len(values), repeated * len(values))
                self.rows += [()] * (self.row - len(self.rows))
                self.rows += [tuple(values)] * repeated  # repeated rows share one list in memory
            self.row += repeated

    def _row(self, element: etree._Element) -> list[Value]:
        values: list[Value] = []
        column = 0
        for cell in element:
            kind = local(cell.tag)
            if kind not in ("table-cell", "covered-table-cell"):
                continue
            repeated = _count(cell, "number-columns-repeated")
            if kind == "table-cell":
                self._span(cell, column)
                value = _value(cell, self.struck)
                if value is not None:
                    self._check(self.row + 1, column + repeated, 0)
                    values += [None] * (column - len(values)) + [value] * repeated
            column += repeated
        return values

    def _span(self, cell: etree._Element, column: int) -> None:
        across, down = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
        if across > 1 or down > 1:
            bottom, right = min(self.row + down, MOST_ROWS) - 1, min(column + across, MOST_COLUMNS) - 1
            self.merges.append(Range(self.row, column, bottom, right))

    def _check(self, height: int, width: int, added: int) -> None:
        self.cells += added
        if self.cells > MOST_CELLS or height > MOST_ROWS or width > MOST_COLUMNS:
            cell = a1(min(height, MOST_ROWS) - 1, min(width, MOST_COLUMNS) - 1)
            raise Unreadable("sheet-too-large", path=self.source, sheet=self.sheet, cell=cell)


def _rows(parent: etree._Element) -> Iterator[etree._Element]:
    for child in parent:
        name = local(child.tag)
        if name == "table-row":
            yield child
        elif name in _GROUPS:
            yield from _rows(child)


def _value(cell: etree._Element, struck: frozenset[str]) -> Value:
    kind = _get(cell, "value-type")
    has_formula = bool(_get(cell, "formula"))
    if _get(cell, "style-name") in struck:
        return None
    text = _text(cell, struck)
    if has_formula and _ERROR.fullmatch(text):
        return CellError(text)
    if kind in ("float", "percentage", "currency"):
        is_printed = any(local(child.tag) == "p" for child in cell)
        return _number(_get(cell, "value"), text if is_printed else None)
    if kind == "boolean":
        return _get(cell, "boolean-value") == "true"
    if kind == "date":
        return _date(_get(cell, "date-value"), text)
    if kind == "time":
        return _time(_get(cell, "time-value"), text)
    if text:
        return text
    return "" if kind == "string" and not has_formula else None


def _number(number: str, text: str | None) -> Value:
    """A number as the cell prints it; some programs store no printed text."""
    try:
        value = float(number)
    except ValueError:
        return text or None
    if not math.isfinite(value):
        return CellError("#NUM!")
    try:
        return decimal_of(value) if text is None else as_shown(decimal_of(value), text)
    except ArithmeticError:
        return decimal_of(value)


def _date(moment: str, text: str) -> Value:
    try:
        found: Value = shown_moment(datetime.fromisoformat(moment)) if "T" in moment else date.fromisoformat(moment)
    except ValueError:
        return text or None
    return found


def _time(duration: str, text: str) -> Value:
    match = _DURATION.fullmatch(duration)
    if not match or match[1]:
        return text or None
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    if hours < 24 and minutes < 60 and seconds < 60 and (hours or minutes or seconds):
        return shown_moment(time(hours, minutes, seconds))
    return shown_moment(timedelta(hours=min(hours, 1_000_000), minutes=minutes, seconds=seconds))


def _text(cell: etree._Element, struck: frozenset[str]) -> str:
    """The paragraphs of a cell, one below the other; comments, shapes and struck text are not text of the cell."""
    return "\n".join(_paragraph(child, struck) for child in cell if local(child.tag) in ("p", "h"))


def _paragraph(paragraph: etree._Element, struck: frozenset[str]) -> str:
    pieces: list[str] = []
    walker = etree.iterwalk(paragraph, events=("start", "end"))
    for event, element in walker:
        name = local(element.tag)
        if event == "end":
            pieces.append((element.tail or "") if element is not paragraph else "")
        elif name in _NOT_SHOWN or (name == "span" and _get(element, "style-name") in struck):
            walker.skip_subtree()
        elif name == "s":
            pieces.append(" " * min(_count(element, "c"), _MOST_BLANKS))
        elif name in ("tab", "line-break"):
            pieces.append("\t" if name == "tab" else "\n")
        else:
            pieces.append(element.text or "")
    return "".join(pieces)


def _hidden_styles(root: etree._Element) -> frozenset[str]:
    return frozenset(
        _get(style, "name")
        for style in root.iter("{*}style")
        for properties in style.iterchildren("{*}table-properties")
        if _get(properties, "display") == "false"
    )


def _struck_styles(root: etree._Element) -> frozenset[str]:
    """Styles of cells and of runs of text that are struck through."""
    return frozenset(
        _get(style, "name")
        for style in root.iter("{*}style")
        for properties in style.iterchildren("{*}text-properties")
        if _get(properties, "text-line-through-style") not in ("", "none")
        or _get(properties, "text-line-through-type") not in ("", "none")
    )


def _hidden_columns(table: etree._Element) -> frozenset[int]:
    hidden: set[int] = set()
    column = 0
    for element in table.iter("{*}table-column"):
        repeated = _count(element, "number-columns-repeated")
        if _get(element, "visibility") in _NOT_VISIBLE:
            hidden |= set(range(column, min(column + repeated, MOST_COLUMNS)))
        column += repeated
    return frozenset(hidden)


def _names(parent: etree._Element) -> dict[str, tuple[str, Range]]:
    """The named ranges declared in the workbook or in one sheet: name -> sheet and area, single areas only."""
    found: dict[str, tuple[str, Range]] = {}
    for holder in parent.iterchildren("{*}named-expressions"):
        for element in holder.iterchildren("{*}named-range"):
            match = _AREA.fullmatch(_get(element, "cell-range-address"))
            area = named_area(f"{match[3]}:{match[4] or match[3]}") if match else None
            if match and area:
                found[_get(element, "name")] = ((match[1] or match[2]).replace("''", "'"), area)
    return found


def _properties(parts: Parts) -> dict[str, str]:
    if "meta.xml" not in parts:
        return {}
    return {
        _get(element, "name"): "".join(str(text) for text in element.itertext())
        for element in parts.xml("meta.xml").iter("{*}user-defined")
    }


def _get(element: etree._Element, name: str) -> str:
    """An attribute in any namespace; of two the first, which is the one of the standard."""
    return next((str(value) for key, value in element.attrib.items() if local(key) == name), "")


def _count(element: etree._Element, name: str) -> int:
    text = _get(element, name)
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
