"""Binary workbooks (.xlsb): values by python-calamine, and what it drops, their error cells and merges.

Records after [MS-XLSB]: a number, a length, and so many bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import MOST_COLUMNS, MOST_ROWS, Cell, Range, a1
from perfeval_xl.package.limits import MOST_CELLS
from perfeval_xl.package.parts import Parts
from perfeval_xl.sources.binary_values import Values, read_values
from perfeval_xl.sources.grid import put, sound_merges, tidy_rows
from perfeval_xl.sources.sheet import CellError, Row, Sheet, Value

_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip

_ROW, _FIRST_CELL, _CELL_ERROR, _FORMULA_ERROR, _LAST_CELL, _MERGE, _SHEET = 0, 2, 3, 11, 11, 176, 156
_NO_TEXT: Final = 0xFFFFFFFF


@dataclass(slots=True)
class _Found:
    """What one sheet holds beside its values."""

    errors: dict[Cell, CellError] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)


def _sheet(source: str, values: Values, found: _Found) -> Sheet:
    rows = _with_errors(values.rows, found.errors)
    merges = values.merges or sound_merges(found.merges)
    return Sheet(source, values.name, rows, merges, hidden=values.hidden, index=values.index)


def _with_errors(rows: tuple[Row, ...], errors: dict[Cell, CellError]) -> tuple[Row, ...]:
    if not errors:
        return rows
    grid: list[list[Value]] = [list(row) for row in rows]
    for cell, error in errors.items():
        put(grid, cell, error)
    return tidy_rows(grid)


def _error(code: int) -> CellError:
    return CellError(_ERRORS.get(code, "#VALUE!"))


# --- .xlsb ----------------------------------------------------------------------------------------------------


def read_xlsb(data: bytes, parts: Parts) -> list[Sheet]:
    """The worksheets of an .xlsb, hidden ones too; defined names are not read. Raises ``Unreadable``."""
    book = next((link.part for link in parts.relations("") if link.type == "officeDocument"), "xl/workbook.bin")
    targets = {link.id: link.part for link in parts.relations(book)}
    try:
        names = _xlsb_sheets(parts.read(book))
        found = [_xlsb_sheet(parts, targets.get(link, ""), name) for name, link in names]
    except (struct.error, IndexError, ValueError) as problem:
        raise Unreadable("file-damaged", path=parts.source) from problem
    sheets = read_values(data, parts.source)
    if any(sheet.index >= len(names) or names[sheet.index][0] != sheet.name for sheet in sheets):
        raise Unreadable("file-damaged", path=parts.source)
    return [_sheet(parts.source, sheet, found[sheet.index]) for sheet in sheets]


def _xlsb_records(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(body):
        number, at = _varying(body, at, 2)
        size, at = _varying(body, at, 4)
        yield number, body[at : at + size]
        at += size


def _varying(body: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of at most ``most`` bytes, seven bits in each, and where it ends."""
    number = 0
    for place in range(most):
        byte = body[at + place]
        number |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            return number, at + place + 1
    return number, at + most


def _xlsb_sheets(book: bytes) -> list[tuple[str, str]]:
    """Name and relationship of every sheet, in workbook order."""
    found = []
    for number, body in _xlsb_records(book):
        if number == _SHEET:
            link, at = _wide_text(body, 8)
            name, _ = _wide_text(body, at)
            found.append((name, link))
    return found


def _wide_text(body: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it (all ones: none), and where it ends."""
    (length,) = struct.unpack_from("<I", body, at)
    end = at + 4 + (0 if length == _NO_TEXT else 2 * length)
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _xlsb_sheet(parts: Parts, part: str, name: str) -> _Found:
    found = _Found()
    if part not in parts:
        return found
    row = widest = lowest = 0
    for number, body in _xlsb_records(parts.read(part)):
        if number == _ROW:
            (row,) = struct.unpack_from("<I", body)
        elif _FIRST_CELL <= number <= _LAST_CELL:
            (column,) = struct.unpack_from("<I", body)
            widest, lowest = max(widest, column + 1), max(lowest, row + 1)
            if number in (_CELL_ERROR, _FORMULA_ERROR):
                found.errors[Cell(row, column)] = _error(body[8])
        elif number == _MERGE:
            top, bottom, left, right = struct.unpack_from("<4I", body)
            found.merges.append(Range(top, left, bottom, right))
    if widest > MOST_COLUMNS or lowest > MOST_ROWS or widest * lowest > MOST_CELLS:
        raise Unreadable("sheet-too-large", path=parts.source, sheet=name, cell=a1(lowest - 1, widest - 1))
    return found
