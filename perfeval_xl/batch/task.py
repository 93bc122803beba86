"""Messages between the program and its workers: what to do with which file, and the result."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, Protocol, TypeVar

import msgspec

from perfeval_xl import errors
from perfeval_xl.errors import PerfevalError, Unreadable
from perfeval_xl.messages import Language
from perfeval_xl.package.limits import CONVERTED, LONGEST_CONVERSION, LONGEST_FILE, LONGEST_MEGABYTE

T = TypeVar("T")
_MEGABYTE: Final = 1024 * 1024
#: LibreOffice may take this many seconds more, beyond its own limit.
_CONVERSION: Final = 2 * LONGEST_CONVERSION
#: Seconds that a store may take to hand over a file.
_FETCH: Final = 60.0
_LENGTH_BYTES: Final = 8


class Work(Protocol):
    """What is done with one file. It is pickled into the workers and called there once for each file."""

    def __call__(self, data: bytes, name: str) -> bytes:
        """The result as JSON, from the bytes of a file and its printable name.

        Raises ``PerfevalError`` for a file that cannot be used; any other exception is told as a mistake of ours.
        """

    def identity(self) -> str:
        """What the result depends on beside the file: a journal of another identity is not continued."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take. A form takes a hundredth of a second and a few megabytes.

    The worker itself stops a second earlier (``package.deadline``); this is for code that cannot be stopped from
    inside.
    """

    seconds: float = LONGEST_FILE + 1
    seconds_per_megabyte: float = LONGEST_MEGABYTE
    megabytes: int = 1024

    def seconds_for(self, path: str, size: int) -> float:
        """The time limit of one file of ``size`` bytes."""
        converted = _CONVERSION if path.lower().endswith(CONVERTED) else 0.0
        fetched = _FETCH if "://" in path else 0.0
        return self.seconds + self.seconds_per_megabyte * (size // _MEGABYTE) + converted + fetched


@dataclass(frozen=True, slots=True)
class Task:
    """One file: its number in the run and its path. ``data`` holds standard input, which no other process can read."""

    index: int
    path: str
    data: bytes | None = field(default=None, repr=False)


class FileState(msgspec.Struct, frozen=True):
    """What tells whether a file is still the one that was worked on. ``digest`` is the BLAKE2 of its content."""

    size: int
    modified: int
    digest: str


def digest_of(data: bytes) -> str:
    """The digest of a content, as stamps hold it."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class Failure(msgspec.Struct, frozen=True):
    """An error as plain values, so that its sentence is written in the language of the process that shows it."""

    kind: str
    key: str
    values: dict[str, str]

    @classmethod
    def of(cls, error: PerfevalError) -> Failure:
        """The values of an error."""
        values = {name: _storable(str(value)) for name, value in error.values.items()}
        return cls(type(error).__name__, error.key, values)

    def error(self) -> PerfevalError:
        """The error again, of the same kind."""
        kind = getattr(errors, self.kind, Unreadable)
        error: PerfevalError = kind(self.key, **self.values)
        return error


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


class Reply(msgspec.Struct, frozen=True):
    """The answer of a worker about one task: its product or its failure."""

    index: int
    product: bytes | None = None
    failure: Failure | None = None
    stamp: FileState | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one file: ``product`` is the JSON of its work, or ``error`` says why there is none."""

    path: str
    product: bytes | None = None
    error: PerfevalError | None = None
    stamp: FileState | None = None

    @classmethod
    def of(cls, path: str, reply: Reply) -> Outcome:
        """The outcome that a reply about ``path`` stands for."""
        return cls(path, reply.product, reply.failure.error() if reply.failure else None, reply.stamp)

    def decoded(self, kind: type[T]) -> T:
        """The product as the record it was encoded from."""
        return msgspec.json.decode(self.product or b"", type=kind)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker is told once: the work, the language of its sentences, and the memory it may take."""

    work: Work
    language: Language
    megabytes: int


# --- frames -------------------------------------------------------------------------------------------------------


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """One message into a pipe: its length, then itself."""
    stream.write(len(data).to_bytes(_LENGTH_BYTES, "big"))
    stream.write(data)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next message of a pipe; ``None`` where the other side has closed it."""
    head = stream.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "big")
    data = stream.read(length)
    return data if len(data) == length else None


_replies: Final[Any] = msgspec.msgpack.Decoder(Reply)


def decoded_reply(data: bytes) -> Reply:
    """A reply from its message."""
    reply: Reply = _replies.decode(data)
    return reply
