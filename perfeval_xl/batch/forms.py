"""The work of ``to-json`` on one file: its forms as canonical JSON, and what could not be read for sure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from perfeval_xl.files import read_bytes
from perfeval_xl.messages import knows, say
from perfeval_xl.model import Form, dump_document, load_document
from perfeval_xl.profile import Profile
from perfeval_xl.reading import Reading


class FormsRead(msgspec.Struct, frozen=True):
    """The forms of one file, each as JSON text, with the cells of their fields where they were asked for.

    ``doubts`` are sentences about cells whose content reading could not settle.
    """

    forms: tuple[msgspec.Raw, ...]
    where: tuple[msgspec.Raw, ...]
    doubts: tuple[str, ...]

    def loaded(self) -> tuple[Form, ...]:
        """The forms as records."""
        return load_document(b'{"schema":"perfeval/1","forms":[' + b",".join(self.forms) + b"]}").forms


class _FormsDocument(msgspec.Struct):
    forms: tuple[msgspec.Raw, ...]
    where: tuple[msgspec.Raw, ...] = ()


@dataclass(frozen=True, slots=True)
class FormsWork:
    """Reads every form of a file; ``where`` adds the cell of every field."""

    profile: Profile | None = None
    where: bool = False

    def identity(self) -> str:
        """The profile, and whether cells are wanted."""
        return f"forms {profile_identity(self.profile)} {self.where}"

    def __call__(self, data: bytes, name: str) -> bytes:
        """``FormsRead`` as JSON."""
        readings = read_bytes(data, name, self.profile)
        places = [reading.where() for reading in readings] if self.where else ()
        text = msgspec.json.format(dump_document([reading.form for reading in readings], places), indent=-1)
        document = msgspec.json.decode(text, type=_FormsDocument)
        return msgspec.json.encode(FormsRead(document.forms, document.where, tuple(doubts(readings))))


def doubts(readings: Iterable[Reading]) -> Iterator[str]:
    """A sentence for every cell whose content reading could not settle."""
    for reading in readings:
        for note in reading.notes:
            cell = reading.sheet.address(note.cell) if reading.sheet and note.cell else ""
            sheet = reading.sheet.name if reading.sheet else ""
            place = say("reading.place", cell=cell, field=note.field) if note.field else cell
            values = {"path": reading.source, "sheet": sheet, "place": place, "found": note.found or "—"}
            special = f"reading.{note.name}-{note.variant}"
            yield say(special if knows(special) else f"reading.{note.name}", **values, expected=note.expected)


def profile_identity(profile: Profile | None) -> str:
    """What tells one profile from another, its content included."""
    return "-" if profile is None else hashlib.blake2b(msgspec.json.encode(profile), digest_size=8).hexdigest()
