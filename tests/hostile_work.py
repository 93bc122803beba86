"""A work whose files do to a worker what damaged files do: abort, hang, grow, end it, fail."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import msgspec

from perfeval_xl.batch.checking import CheckWork
from perfeval_xl.errors import Unreadable


@dataclass(frozen=True, slots=True)
class HostileWork:
    """Gives the length of the file, or does what the file says."""

    def identity(self) -> str:
        """Always the same."""
        return "hostile"

    def __call__(self, data: bytes, name: str) -> bytes:
        """The length as JSON."""
        obey(data, name)
        return msgspec.json.encode({"name": name, "size": len(data)})


@dataclass(frozen=True, slots=True)
class HostileCheck(CheckWork):
    """``check``, with a parser that some files can abort, hold up and blow up."""

    def __call__(self, data: bytes, name: str) -> bytes:
        """``Checked`` as JSON."""
        obey(data, name)
        return CheckWork.__call__(self, data, name)


def obey(data: bytes, name: str) -> None:
    """Does what a hostile file says; nothing for any other."""
    match data[:10].strip():
        case b"abort":
            os.abort()
        case b"exit":
            os._exit(3)
        case b"hang":
            while True:
                pass
        case b"sleep":
            time.sleep(600)
        case b"grow":
            grown = [bytearray(1 << 20)]
            while True:
                grown.append(bytearray(1 << 24))
        case b"at once":
            bytearray(1 << 40)
        case b"refuse":
            raise Unreadable("file-damaged", path=name)
        case b"mistake":
            raise KeyError("mistake")
        case b"slow":
            time.sleep(0.3)
