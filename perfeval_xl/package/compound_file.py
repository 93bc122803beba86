"""Writes a compound file ([MS-CFB] version 3): the small file system that holds a VBA project.

Deterministic: no times, no random ids, entries in the order given. Sections in the comments are those of
[MS-CFB]. Streams shorter than 4096 bytes share a mini stream of 64-byte sectors, longer ones use the
512-byte sectors of the file itself (2.3, 2.4).
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Storage = Mapping[str, "bytes | Storage"]
"""A folder of the compound file: names to the bytes of a stream or to a folder inside."""


class Folder(dict[str, "bytes | Storage"]):
    """A folder that says what it is by a class id, as the folder of a user form does."""

    def __init__(self, content: Storage, *, class_id: str = "") -> None:
        super().__init__(content)
        self.class_id = class_id


SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR, MINI_SECTOR, MINI_CUTOFF = 512, 64, 4096
FREE_SECTOR, END_OF_CHAIN, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NO_ENTRY = 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
RED, BLACK = 0, 1
LINKS_PER_SECTOR = SECTOR // 4
FAT_SECTORS_IN_HEADER = 109
LONGEST_NAME = 31  # UTF-16 units without the closing zero, 2.6.1
FORBIDDEN_IN_NAME = frozenset("/\\:!")
ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")


class CompoundFileError(ValueError):
    """What was given cannot be stored: a bad name, two names alike, or more than the format's size here."""


@dataclass
class _Entry:
    """One directory entry, 2.6.1."""

    name: str
    kind: int
    data: bytes = b""
    children: list[int] = field(default_factory=list)
    left: int = NO_ENTRY
    right: int = NO_ENTRY
    child: int = NO_ENTRY
    color: int = BLACK
    start: int = 0
    size: int = 0
    class_id: str = ""

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0" if self.kind else b""
        links = self.left, self.right, self.child
        class_id = uuid.UUID(self.class_id).bytes_le if self.class_id else bytes(16)
        return ENTRY.pack(name, len(name), self.kind, self.color, *links, class_id, 0, 0, 0, self.start, self.size)


class _Sectors:
    """The sectors of the file body and the chain that links each to the next (the FAT, 2.3)."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.body = bytearray()
        self.links: list[int] = []

    def store(self, data: bytes, filler: bytes = b"\0") -> int:
        """Appends the data as one chain; the number of its first sector, END_OF_CHAIN for no data."""
        if not data:
            return END_OF_CHAIN
        first = len(self.links)
        count = -(-len(data) // self._size)
        self.links += [*range(first + 1, first + count), END_OF_CHAIN]
        self.body += data.ljust(count * self._size, filler)
        return first


def compound_file(content: Storage) -> bytes:
    """The bytes of a compound file holding the streams and folders of `content`.

    Names are at most 31 UTF-16 units, without / \\ : ! and unique in their folder whatever the case.
    Raises CompoundFileError for a bad name and beyond 109 FAT sectors, about 7 MB (a larger file would
    need the DIFAT sectors of 2.5, which no VBA project of this size of program reaches).
    """
    entries = [_Entry("Root Entry", ROOT, class_id=_class_id(content))]
    _add(entries, 0, content)
    for entry in entries:
        if entry.children:
            entry.child = _tree(entries, entry.children)
    sectors = _Sectors(SECTOR)
    mini_fat, mini_fat_sectors = _store_streams(entries, sectors)
    directory = sectors.store(_directory(entries))
    fat_sectors = _close_fat(sectors)
    first_fat = len(sectors.body) // SECTOR
    header = _header(directory, mini_fat, mini_fat_sectors, range(first_fat, first_fat + fat_sectors))
    return header + bytes(sectors.body) + _packed(sectors.links)


def _add(entries: list[_Entry], parent: int, content: Storage) -> None:
    """Lists the folder's entries, each folder followed by what is inside it."""
    seen: set[str] = set()
    for name, value in content.items():
        _check_name(name, seen)
        number = len(entries)
        entries[parent].children.append(number)
        if isinstance(value, bytes):
            entries.append(_Entry(name, STREAM, value, size=len(value)))
        else:
            entries.append(_Entry(name, STORAGE, class_id=_class_id(value)))
            _add(entries, number, value)


def _class_id(content: Storage) -> str:
    return content.class_id if isinstance(content, Folder) else ""


def _check_name(name: str, seen: set[str]) -> None:
    if not name or len(name.encode("utf-16-le")) > 2 * LONGEST_NAME:
        raise CompoundFileError(f"{name!r}: a name has 1 to {LONGEST_NAME} characters")
    if FORBIDDEN_IN_NAME & set(name):
        raise CompoundFileError(f"{name!r}: a name cannot hold any of / \\ : !")
    if name.upper() in seen:
        raise CompoundFileError(f"{name!r}: two names that differ only in case, or not at all")
    seen.add(name.upper())


def _tree(entries: Sequence[_Entry], numbers: Sequence[int]) -> int:
    """Links siblings into a balanced red-black tree (2.6.4); the number of its root.

    All levels but the last are full; colouring only the incomplete last one red keeps every path to a
    leaf at the same number of black entries.
    """
    ordered = sorted(numbers, key=lambda number: _order(entries[number].name))
    full_levels = (len(ordered) + 1).bit_length() - 1

    def link(part: Sequence[int], level: int) -> int:
        if not part:
            return NO_ENTRY
        middle = len(part) // 2
        entry = entries[part[middle]]
        entry.color = BLACK if level < full_levels else RED
        entry.left, entry.right = link(part[:middle], level + 1), link(part[middle + 1 :], level + 1)
        return part[middle]

    return link(ordered, 0)


def _order(name: str) -> tuple[int, tuple[int, ...]]:
    """Shorter names first, then by upper-cased UTF-16 units, 2.6.4."""
    units = name.upper().encode("utf-16-le")
    return len(units), struct.unpack(f"<{len(units) // 2}H", units)


def _store_streams(entries: Sequence[_Entry], sectors: _Sectors) -> tuple[int, int]:
    """Stores every stream; the first sector and the number of sectors of the mini FAT."""
    mini = _Sectors(MINI_SECTOR)
    for entry in _streams(entries):
        entry.start = (mini if entry.size < MINI_CUTOFF else sectors).store(entry.data)
    root = entries[0]
    root.size = len(mini.body)
    root.start = sectors.store(bytes(mini.body))
    links = _packed(mini.links)
    return sectors.store(links, b"\xff"), -(-len(links) // SECTOR)


def _streams(entries: Sequence[_Entry]) -> Iterator[_Entry]:
    return (entry for entry in entries if entry.kind == STREAM)


def _directory(entries: Sequence[_Entry]) -> bytes:
    spare = _Entry("", 0, color=RED).packed()
    packed = b"".join(entry.packed() for entry in entries)
    return packed + spare * (-len(entries) % (SECTOR // ENTRY.size))


def _close_fat(sectors: _Sectors) -> int:
    """Adds the FAT's own sectors to it and fills the last one; how many sectors it takes."""
    used, count = len(sectors.links), 1
    while count * LINKS_PER_SECTOR < used + count:
        count += 1
    if count > FAT_SECTORS_IN_HEADER:
        raise CompoundFileError(
            f"{used * SECTOR} bytes are more than the {FAT_SECTORS_IN_HEADER} FAT sectors of a compound "
            "file without a DIFAT can address (about 7 MB)"
        )
    sectors.links += [FAT_SECTOR] * count
    sectors.links += [FREE_SECTOR] * (count * LINKS_PER_SECTOR - used - count)
    return count


def _header(directory: int, mini_fat: int, mini_fat_sectors: int, fat: range) -> bytes:
    """The 512 bytes of 2.2; minor version 0x3E, sectors of 2**9 and 2**6 bytes, no DIFAT sector."""
    front = struct.pack("<8s16sHHHHH6s", SIGNATURE, bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6))
    places = struct.pack("<9I", 0, len(fat), directory, 0, MINI_CUTOFF, mini_fat, mini_fat_sectors, END_OF_CHAIN, 0)
    return front + places + _packed([*fat, *[FREE_SECTOR] * (FAT_SECTORS_IN_HEADER - len(fat))])


def _packed(links: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(links)}I", *links)
