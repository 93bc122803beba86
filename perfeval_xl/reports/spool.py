"""A list that moves to the disk once it is long, so that a batch of any size fits in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

import msgspec

Item = TypeVar("Item", bound=msgspec.Struct)
#: Bytes kept in memory before the list moves to the disk.
MOST_BYTES: Final = 4 * 2**20


class Spool(Generic[Item]):
    """Records of one kind, each with the number of its form, in the order they were put in; read as often as wanted.

    Closing it drops them.
    """

    def __init__(self, kind: type[Item]) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=MOST_BYTES)  # noqa: SIM115 (closed by ``close``)
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(tuple[int, kind])  # type: ignore[valid-type]
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, number: int, item: Item) -> None:
        """Adds a record of form ``number``."""
        self._file.write(self._encoder.encode((number, item)) + b"\n")
        self._count += 1

    def __iter__(self) -> Iterator[tuple[int, Item]]:
        """Number and record, from the first; several may read at once."""
        at = 0
        while True:
            self._file.seek(at)
            lines = self._file.readlines(2**20)
            at = self._file.tell()
            self._file.seek(0, 2)
            if not lines:
                return
            for line in lines:
                yield self._decoder.decode(line)

    def close(self) -> None:
        """Drops the records."""
        self._file.close()
