"""What is looked at in the records of an .xls before xlrd sees them.

xlrd reserves memory by the stated dimensions of a sheet and number of shared texts without checking them.
Dimensions are only a hint, so they are made small here; impossible numbers of texts are refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import a1
from perfeval_xl.package.limits import MOST_CELLS

_EOF, _BOUNDSHEET, _SST, _DIMENSIONS, _BOF = 0x000A, 0x0085, 0x00FC, 0x0200, 0x0809
#: Records of one filled cell: number, text, truth or error, short number, shared text, rich text, formula.
_CELLS: Final = frozenset({0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, 0x0006})
#: Several short numbers in one row; the last column stands at the end.
_MANY: Final = 0x00BD
#: Columns of the format itself; a cell beyond them is none.
_MOST_COLUMNS: Final = 256


class Record(NamedTuple):
    """A record: its number, where its body begins in the stream, and the body."""

    number: int
    at: int
    body: bytes


def records(stream: bytes, start: int) -> Iterator[Record]:
    """The records of a stream from ``start`` to its end."""
    at = start
    while at + 4 <= len(stream):
        number, size = struct.unpack_from("<HH", stream, at)
        yield Record(number, at + 4, stream[at + 4 : at + 4 + size])
        at += 4 + size


def sheet_offsets(stream: bytes) -> list[int]:
    """Where each sheet begins, in workbook order. Raises ``struct.error`` for a record cut short."""
    found = []
    for number, _, body in records(stream, 0):
        if number == _EOF:
            break
        if number == _BOUNDSHEET:
            found.append(struct.unpack_from("<I", body)[0])
    return found


def trusted(stream: bytes, source: str) -> bytes:
    """The stream as xlrd may read it. Raises ``Unreadable``, and ``struct.error`` for a record cut short."""
    offsets = sheet_offsets(stream)
    if len(set(offsets)) != len(offsets) or any(offset >= len(stream) for offset in offsets):
        raise Unreadable("file-damaged", path=source)  # one sheet listed twice, or one that is not there
    _check_texts(stream, source)
    changed = bytearray(stream)
    cells = 0
    for offset in offsets:
        height, width = _extent(changed, stream, offset)
        cells += height * width
        if cells > MOST_CELLS or width > _MOST_COLUMNS:
            number, cell = offsets.index(offset) + 1, a1(height - 1, width - 1)
            raise Unreadable("sheet-too-large", path=source, sheet=f"#{number}", cell=cell)
    return bytes(changed)


def _check_texts(stream: bytes, source: str) -> None:
    """A shared text takes three bytes at least."""
    for number, _, body in records(stream, 0):
        if number == _EOF:
            return
        if number == _SST and struct.unpack_from("<4xI", body)[0] > len(stream) // 3:
            raise Unreadable("file-damaged", path=source)


def _extent(changed: bytearray, stream: bytes, offset: int) -> tuple[int, int]:
    """Rows and columns up to the last filled cell of the sheet at ``offset``. Its stated dimensions are made small."""
    height = width = depth = 0
    for number, at, body in records(stream, offset):
        if number == _BOF:
            depth += 1
        elif number == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif number == _DIMENSIONS and len(body) >= 10:
            changed[at : at + len(body)] = _one_cell(len(body))
        elif number in _CELLS or number == _MANY:
            row, column = struct.unpack_from("<HH", body)
            last = struct.unpack_from("<H", body, len(body) - 2)[0] if number == _MANY else column
            height, width = max(height, row + 1), max(width, column + 1, last + 1)
    return height, width


def _one_cell(size: int) -> bytes:
    """The dimensions of a sheet with one cell, in the 14 bytes of Excel 97 or the 10 of Excel 5."""
    wide = size >= 14
    return (struct.pack("<IIHH", 0, 1, 0, 1) if wide else struct.pack("<HHHH", 0, 1, 0, 1)).ljust(size, b"\0")
