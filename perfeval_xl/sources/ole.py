"""Old office files (.doc, .xls, and encrypted new ones) are small file systems: their directory and streams.

They are read by olefile, which follows no chain of sectors twice. Other libraries get only the stream they need,
never the whole file. Files of this kind are written by ``package/compound_file.py``.
"""

from __future__ import annotations

import io
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from perfeval_xl.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a directory entry of a stream says it is.
_STREAM: Final = 2
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
    except Exception as problem:  # a damaged header or directory makes olefile raise exceptions of many kinds
        raise Unreadable("file-damaged", path=source) from problem
