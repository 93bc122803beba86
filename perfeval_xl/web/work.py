"""What a worker does with one uploaded file, where it is not what the command line has it do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from perfeval_xl.batch.forms import doubts
from perfeval_xl.checks.fix import fix
from perfeval_xl.errors import CannotWrite, PerfevalError
from perfeval_xl.files import read_bytes
from perfeval_xl.model import dump_document
from perfeval_xl.profile import Profile
from perfeval_xl.reports.gather import Reviewed, review
from perfeval_xl.scoring import score
from perfeval_xl.scoring.as_json import card_values, encoded
from perfeval_xl.stamp import archive
from perfeval_xl.web.careful import refuse
from perfeval_xl.web.drawing import Table, draw
from perfeval_xl.workbook.open_workbook import into_workbook, to_workbook
from perfeval_xl.workbook.review.annotate import annotate


@dataclass(frozen=True, slots=True)
class ScoreWork:
    """Scores every form of a file."""

    profile: Profile | None = None

    def identity(self) -> str:
        """What it is."""
        return "web score"

    def __call__(self, data: bytes, name: str) -> bytes:
        """A JSON array of cards, as ``docs/scoring.md`` has them, on one line: it may become one of JSON Lines."""
        readings = read_bytes(data, name, self.profile)
        cards = encoded([card_values(score(reading.form, self.profile)) for reading in readings])
        return msgspec.json.format(cards, indent=-1)


@dataclass(frozen=True, slots=True)
class WorkbookWork:
    """Writes the forms of a canonical document into our template, or into the workbook ``into``."""

    profile: Profile | None = None
    into: bytes | None = None
    into_name: str = ""

    def identity(self) -> str:
        """What it is."""
        return "web workbook"

    def __call__(self, data: bytes, name: str) -> bytes:
        """The workbook."""
        forms = [reading.form for reading in read_bytes(data, name, self.profile)]
        if self.into is None:
            return to_workbook(forms, self.profile)
        refuse(self.into, self.into_name, office=False)
        filled = into_workbook(self.into, self.into_name, forms, self.profile)
        if filled.left_out:
            raise CannotWrite("left-out", path=self.into_name, places="、".join(filled.left_out))
        return filled.data


@dataclass(frozen=True, slots=True)
class StampWork:
    """Fills the projects of a list into copies of the blank form of a region."""

    profile: Profile
    pattern: str
    year: int | None
    rows: int
    most: int

    def identity(self) -> str:
        """What it is."""
        return "web stamp"

    def __call__(self, data: bytes, name: str) -> bytes:
        """``Prefilled`` as JSON."""
        made = archive(data, name, self.profile, pattern=self.pattern, year=self.year, rows=self.rows, most=self.most)
        return msgspec.json.encode(Prefilled(*made))


class Prefilled(msgspec.Struct, frozen=True):
    """The ZIP of workbooks, how many are in it, and how many rows became none."""

    data: bytes
    made: int
    failed: int


class Seen(msgspec.Struct, frozen=True):
    """Everything the page shows of one file, and its copies for download; a copy that cannot be is ``None``."""

    reviewed: Reviewed
    tables: tuple[Table, ...]
    doubts: tuple[str, ...]
    document: bytes
    marked: bytes | None
    fixed: bytes | None


@dataclass(frozen=True, slots=True)
class PageWork:
    """Reads, checks, scores and draws every form of a file, and makes its copies."""

    profile: Profile | None = None

    def identity(self) -> str:
        """What it is."""
        return "web page"

    def __call__(self, data: bytes, name: str) -> bytes:
        """``Seen`` as JSON."""
        readings = read_bytes(data, name, self.profile)
        reviewed = review(readings, self.profile, files={name: data})
        findings = [finding for judged in reviewed.forms for finding in judged.findings]
        seen = Seen(
            reviewed=reviewed,
            tables=tuple(
                draw(reading, judged.findings) for reading, judged in zip(readings, reviewed.forms, strict=True)
            ),
            doubts=tuple(doubts(readings)),
            document=dump_document([reading.form for reading in readings]),
            marked=_copy(lambda: annotate(data, name, findings)),
            fixed=_copy(lambda: fix(data, name, readings, self.profile).data),
        )
        return msgspec.json.encode(seen)


def _copy(make: Callable[[], bytes]) -> bytes | None:
    try:
        return make()
    except PerfevalError:
        return None
