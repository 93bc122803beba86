"""The journal of a run: what became of each file, written as soon as it is known, so that a run can be continued.

A text file of one JSON value per line. The first says which program, which work and which language it is of; each of
the others is one file with its size, time and digest, and its product or failure. A line that was cut off by a crash is
dropped; what is written is never changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

import perfeval_xl
from perfeval_xl.batch.sources import printable
from perfeval_xl.batch.task import Failure, FileState, Outcome, Work, digest_of
from perfeval_xl.errors import CannotWrite, PerfevalError, Unreadable, os_reason
from perfeval_xl.files import STANDARD, bytes_of
from perfeval_xl.messages import language

_MARK: Final = "perfeval-journal/1"


class _Head(msgspec.Struct, frozen=True):
    journal: str
    program: str
    language: str
    work: str


class _JournalEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    path: str
    stamp: FileState
    product: msgspec.Raw = msgspec.Raw(b"null")
    failure: Failure | None = None


class _EntryPlace(msgspec.Struct, frozen=True, gc=False):
    """Where the entry of a file stands in the journal, and which state of the file it is about."""

    start: int
    length: int
    stamp: FileState


class Journal:
    """The journal at ``path``: opened to go on if it is there, else begun. To be closed.

    Raises ``Unreadable`` when the file is something else, or the journal of another work, version or language, and
    ``CannotWrite`` when it cannot be written.
    """

    def __init__(self, path: Path, work: Work) -> None:
        self.path = path
        self._head = _Head(_MARK, perfeval_xl.__version__, language(), work.identity())
        self._places: dict[str, _EntryPlace] = {}
        try:
            self._file: BinaryIO = path.open("a+b")
        except OSError as error:
            raise CannotWrite("cannot-write", path=path, detail=os_reason(error)) from None
        try:
            self._begin()
        except BaseException:
            self._file.close()
            raise

    def __len__(self) -> int:
        return len(self._places)

    def close(self) -> None:
        """Closes the file; what was written stays."""
        self._file.close()

    # -- opening --

    def _begin(self) -> None:
        self._file.seek(0)
        first = self._file.readline()
        if not first:
            self._write(self._head)
            return
        try:
            head = msgspec.json.decode(first, type=_Head)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise Unreadable("journal-not-one", path=self.path) from None
        if head != self._head:
            raise Unreadable("journal-of-another-run", path=self.path)
        whole = self._read_entries(len(first))
        self._file.truncate(whole)

    def _read_entries(self, start: int) -> int:
        """Finds every entry; the size up to the last whole line."""
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            try:
                entry = msgspec.json.decode(line, type=_JournalEntry)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                break
            self._places[entry.path] = _EntryPlace(start, len(line), entry.stamp)
            start += len(line)
        return start

    # -- what is known --

    def known(self, paths: Sequence[str]) -> dict[int, _EntryPlace]:
        """Numbers of those ``paths`` that have an entry and have not changed since."""
        return dict(self._unchanged(paths))

    def _unchanged(self, paths: Sequence[str]) -> Iterator[tuple[int, _EntryPlace]]:
        for number, path in enumerate(paths):
            place = self._places.get(_key(path))
            if place is not None and path != STANDARD and _is_as_it_was(path, place.stamp):
                yield number, place

    def outcome(self, path: str, place: _EntryPlace) -> Outcome:
        """The recorded outcome of a file."""
        self._file.seek(place.start)
        entry = msgspec.json.decode(self._file.read(place.length), type=_JournalEntry)
        if entry.failure is not None:
            return Outcome(path, None, entry.failure.error(), entry.stamp)
        return Outcome(path, bytes(entry.product), None, entry.stamp)

    # -- what is new --

    def add(self, path: str, outcome: Outcome) -> None:
        """Records the outcome of a file; not of a missing one, nor of standard input."""
        stamp = outcome.stamp or _stamp(path)
        if path == STANDARD or stamp is None:
            return
        product = msgspec.Raw(outcome.product) if outcome.product is not None else msgspec.Raw(b"null")
        failure = None if outcome.error is None else Failure.of(outcome.error)
        start, length = self._write(_JournalEntry(_key(path), stamp, product, failure))
        self._places[_key(path)] = _EntryPlace(start, length, stamp)

    def _write(self, value: _Head | _JournalEntry) -> tuple[int, int]:
        """The position of the written line, and its length."""
        line = msgspec.json.encode(value) + b"\n"
        try:
            start = self._file.seek(0, os.SEEK_END)
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise CannotWrite("cannot-write", path=self.path, detail=os_reason(error)) from None
        return start, len(line)


def _key(path: str) -> str:
    """A path as JSON can hold it; one with undecodable bytes in hexadecimal."""
    shown = printable(path)
    return shown if shown == path else f"bytes:{os.fsencode(path).hex()}"


def _stamp(path: str) -> FileState | None:
    """Size and time of a file that was not read to its end."""
    try:
        state = Path(path).stat()
    except (OSError, ValueError):
        return None
    return FileState(state.st_size, state.st_mtime_ns, "")


def _is_as_it_was(path: str, stamp: FileState) -> bool:
    """By size and time; where only the time differs, as after copying, by content."""
    now = _stamp(path)
    if now is None or now.size != stamp.size:
        return False
    if now.modified == stamp.modified:
        return True
    try:
        return bool(stamp.digest) and digest_of(bytes_of(Path(path))) == stamp.digest
    except PerfevalError:
        return False
