"""A work whose files do to a worker what damaged files do: abort, hang, grow, end it, fail."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

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
    word = data[:10].strip().decode("latin-1")
    if word == "refuse":
        raise Unreadable("file-damaged", path=name)
    if word in _DEEDS:
        _DEEDS[word]()


def _hang() -> None:
    while True:
        pass


def _grow() -> None:
    grown = [bytearray(1 << 20)]
    while True:
        grown.append(bytearray(1 << 24))


def _mistake() -> None:
    raise KeyError("mistake")


_DEEDS: Final[dict[str, Callable[[], object]]] = {
    "abort": os.abort,
    "exit": lambda: os._exit(3),
    "hang": _hang,
    "sleep": lambda: time.sleep(600),
    "slow": lambda: time.sleep(0.3),
    "grow": _grow,
    "at once": lambda: bytearray(1 << 40),
    "mistake": _mistake,
}
