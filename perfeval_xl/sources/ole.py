"""Old office files (.doc, .xls, and encrypted new ones) are small file systems: their directory and streams.

Layout after [MS-CFB]: a header of 512 bytes, sectors chained by an allocation table, a directory of 128-byte
entries, and short streams in sectors of 64 bytes inside the stream of the root entry.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from perfeval_xl.errors import Unreadable

_ENTRY: Final = 128
_LAST_SECTOR: Final = 0xFFFFFFFA
_NO_ENTRY: Final = 0xFFFFFFFF
_STREAM: Final = 2


class _Entry(NamedTuple):
    """One directory entry: its name, kind, neighbours in the tree, first sector and size in bytes."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class _Container:
    def __init__(self, data: bytes) -> None:
        self.data = data
        (shift, mini_shift) = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError(shift)
        self.sector_size, self.mini_size = 1 << shift, 1 << mini_shift
        first_directory, _, cutoff, first_mini, _, first_extra, extras = struct.unpack_from("<7I", data, 48)
        self.cutoff = cutoff
        self.table = self._allocation_table(first_extra, extras)
        directory = self._chain(first_directory)
        self.entries = [_entry(directory, at) for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
        self.mini_table = _numbers(self._chain(first_mini))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.sector_size
        return self.data[start : start + self.sector_size]

    def _allocation_table(self, extra: int, extras: int) -> tuple[int, ...]:
        sectors = list(struct.unpack_from("<109I", self.data, 76))
        for _ in range(min(extras, len(self.data) // self.sector_size)):
            numbers = _numbers(self._sector(extra))
            if not numbers:
                break
            sectors += numbers[:-1]
            extra = numbers[-1]
        return _numbers(b"".join(self._sector(number) for number in sectors if number < _LAST_SECTOR))

    def _chain(self, start: int) -> bytes:
        """The bytes of a chain of sectors; a chain that runs in a circle or out of the table is no chain."""
        pieces: list[bytes] = []
        while start < _LAST_SECTOR:
            if start >= len(self.table) or len(pieces) > len(self.table):
                raise ValueError(start)
            pieces.append(self._sector(start))
            start = self.table[start]
        return b"".join(pieces)

    def _mini_chain(self, start: int, holder: bytes) -> bytes:
        pieces: list[bytes] = []
        while start < _LAST_SECTOR:
            if start >= len(self.mini_table) or len(pieces) > len(self.mini_table):
                raise ValueError(start)
            pieces.append(holder[start * self.mini_size : (start + 1) * self.mini_size])
            start = self.mini_table[start]
        return b"".join(pieces)

    def root_entries(self) -> list[_Entry]:
        """The entries of the root folder; what embedded objects keep lies deeper."""
        found, todo, seen = [], [self.entries[0].child], set()
        while todo:
            number = todo.pop()
            if number == _NO_ENTRY or number in seen or number >= len(self.entries):
                continue
            seen.add(number)
            entry = self.entries[number]
            found.append(entry)
            todo += [entry.left, entry.right]
        return found

    def stream(self, entry: _Entry) -> bytes:
        if entry.size < self.cutoff:
            return self._mini_chain(entry.start, self._chain(self.entries[0].start))[: entry.size]
        return self._chain(entry.start)[: entry.size]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _entry(directory: bytes, at: int) -> _Entry:
    name_size, kind = struct.unpack_from("<HB", directory, at + 64)
    left, right, child = struct.unpack_from("<3I", directory, at + 68)
    start, size = struct.unpack_from("<II", directory, at + 116)
    name = directory[at : at + max(0, min(name_size, 64) - 2)].decode("utf-16-le", "replace")
    return _Entry(name, kind, left, right, child, start, size)


def root_streams(data: bytes, source: str) -> frozenset[str]:
    """The names of the streams in the root folder, in lower case. Raises ``Unreadable`` for a damaged file."""
    try:
        return frozenset(entry.name.lower() for entry in _Container(data).root_entries() if entry.kind == _STREAM)
    except (struct.error, ValueError, IndexError) as problem:
        raise Unreadable("file-damaged", path=source) from problem


def root_stream(data: bytes, source: str, *names: str) -> bytes:
    """The bytes of the first stream of the root folder that bears one of ``names`` (case does not matter).

    Raises ``Unreadable`` for a damaged file or when there is none.
    """
    try:
        container = _Container(data)
        entries = {entry.name.lower(): entry for entry in container.root_entries() if entry.kind == _STREAM}
        return next(container.stream(entries[name.lower()]) for name in names if name.lower() in entries)
    except (struct.error, ValueError, IndexError, StopIteration) as problem:
        raise Unreadable("file-damaged", path=source) from problem
