"""The subject of the checks: one form as it was read, with everything that can be recomputed from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from perfeval_xl.errors import PerfevalError
from perfeval_xl.field_path import FieldPath, indicator, parse
from perfeval_xl.notes import is_unread
from perfeval_xl.sums import Sums, add_up, total_line

if TYPE_CHECKING:
    from perfeval_xl.model import Form, FundLine, Indicator
    from perfeval_xl.notes import Note
    from perfeval_xl.profile import Profile
    from perfeval_xl.reading import Reading
    from perfeval_xl.scoring import ScoreCard
    from perfeval_xl.workbook.review.condition import Condition, SavedWorkbook


@dataclass
class Subject:
    """One form under its profile. ``saved`` is the workbook it was read from, where its state can be looked at."""

    reading: Reading
    profile: Profile
    number: int = 0
    saved: SavedWorkbook | None = None

    @property
    def form(self) -> Form:
        """The form itself."""
        return self.reading.form

    @cached_property
    def sums(self) -> Sums:
        """What adds up in the form."""
        return add_up(self.form, self.profile)

    @cached_property
    def card(self) -> ScoreCard:
        """Every indicator's score by the profile's rules."""
        from perfeval_xl.scoring import score

        return score(self.form, self.profile)

    @cached_property
    def condition(self) -> Condition | None:
        """Changes to the template the form was filled into; ``None`` where there is none to compare with."""
        if self.saved is None:
            return None
        from perfeval_xl.workbook.review.condition import condition_of

        try:
            return condition_of(self.saved, self.reading, self.profile)
        except PerfevalError:
            return None

    @cached_property
    def total_line(self) -> FundLine | None:
        """The 年度资金总额 row."""
        return total_line(self.form)

    def indicators(self) -> Iterator[tuple[str, Indicator]]:
        """Every indicator with its field path."""
        for number, row in enumerate(self.form.indicators):
            yield str(indicator(number)), row

    @cached_property
    def unread(self) -> frozenset[FieldPath]:
        """Fields whose cells hold something that was not read: whatever they enter into cannot be computed."""
        noted = (note.field for note in self.reading.notes if note.field and is_unread(note))
        return frozenset(map(parse, noted))

    def is_unread(self, path: str) -> bool:
        """Whether the cell of a field, or the row or part it belongs to, holds something that was not read."""
        return bool(self.unread) and any(parse(path).lies_in(noted) for noted in self.unread)

    def column_unread(self, table: str, column: str) -> bool:
        """Whether a cell of a table's column was not read, or a whole row of it, whose columns are not known."""
        tables = (f"{table}.lines", table) if table == "funds" else (table,)
        return any(noted.section in tables and noted.name in (None, column) for noted in self.unread)

    def notes(self, name: str) -> Iterator[Note]:
        """What reading noted under one finding's name."""
        return (note for note in self.reading.notes if note.name == name)
