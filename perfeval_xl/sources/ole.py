"""Old office files (.doc, .xls, and encrypted new ones) are small file systems: their directory and streams.

They are read by olefile, which follows no chain twice. Other programs get a container of our own around the one
stream they need, so that no chain of a stranger's ever reaches them ([MS-CFB] is told in package/compound_file).
"""

from __future__ import annotations

import io
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from perfeval_xl.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Sectors of version 4, large enough that the table of any stream we hold has room in the header.
_SECTOR: Final = 4096
_PER_SECTOR: Final = _SECTOR // 4
_FREE, _END, _TABLE, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_IN_HEADER: Final = 109
_ROOT, _STREAM = 5, 2
#: Where the header tells how many sectors the allocation table has.
_SECTORS_OF_TABLE: Final = 44
_SMALLEST_SECTOR: Final = 512


def root_streams(data: bytes, source: str) -> frozenset[str]:
    """The names of the streams in the root folder, in lower case. Raises ``Unreadable`` for a damaged file."""
    with _opened(data, source) as container:
        return frozenset(entry.name.lower() for entry in _streams(container))


def root_stream(data: bytes, source: str, *names: str) -> bytes:
    """The bytes of the first stream of the root folder that bears one of ``names`` (case does not matter).

    Raises ``Unreadable`` for a damaged file or when there is none.
    """
    with _opened(data, source) as container:
        entries = {entry.name.lower(): entry for entry in _streams(container)}
        entry = next(entries[name.lower()] for name in names if name.lower() in entries)
        content: bytes = container.openstream([entry.name]).read()
        return content


def _streams(container: Any) -> list[Any]:
    """The streams of the root folder; what embedded objects keep lies deeper."""
    return [entry for entry in container.root.kids if entry.entry_type == _STREAM]


@contextmanager
def _opened(data: bytes, source: str) -> Iterator[Any]:
    import olefile

    try:
        if struct.unpack_from("<I", data, _SECTORS_OF_TABLE)[0] > len(data) // _SMALLEST_SECTOR:
            raise ValueError(data[:_SMALLEST_SECTOR])
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            yield container
    except Unreadable:
        raise
    except Exception as problem:  # olefile lets through whatever a damaged header or directory makes it stumble over
        raise Unreadable("file-damaged", path=source) from problem


def container_of(name: str, stream: bytes) -> bytes:
    """A container with one stream in its root folder. Raises ``ValueError`` beyond 450 MB."""
    body = stream.ljust(max(len(stream), _SECTOR), b"\0")
    body += b"\0" * (-len(body) % _SECTOR)
    used = len(body) // _SECTOR + 1  # and one for the directory
    tables = -(-used // (_PER_SECTOR - 1))
    if tables > _IN_HEADER:
        raise ValueError(len(stream))
    chain = [*range(1, used - 1), _END, _END, *[_TABLE] * tables]
    chain += [_FREE] * (tables * _PER_SECTOR - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 4, 0xFFFE, 12, 6)
    header += struct.pack("<9I", 1, tables, used - 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack(f"<{_IN_HEADER}I", *range(used, used + tables), *[_FREE] * (_IN_HEADER - tables))
    # python-calamine takes a root without any sector for an empty file
    directory = _entry("Root Entry", _ROOT, 1, used - 1, 0) + _entry(name, _STREAM, _NONE, 0, max(len(stream), _SECTOR))
    return (
        header.ljust(_SECTOR, b"\0") + body + directory.ljust(_SECTOR, b"\0") + struct.pack(f"<{len(chain)}I", *chain)
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le")
    front = wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide) + 2, kind, 1)
    return front + struct.pack("<3I", _NONE, _NONE, child) + bytes(36) + struct.pack("<IQ", start, size)
