"""What laws are applied to: a form under its profile, row by row, and which of its cells could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from perfeval_xl.field_path import FieldPath
from perfeval_xl.model import Form
from perfeval_xl.profile import Profile, label_key
from perfeval_xl.sums import ZERO, total_line

if TYPE_CHECKING:
    pass


class Facts(Protocol):
    """What laws are applied to: a form under its profile, and which of its cells could not be read."""

    @property
    def form(self) -> Form:
        """The form."""

    @property
    def profile(self) -> Profile:
        """The profile whose rules count."""

    def is_unread(self, path: str) -> bool:
        """Whether the cell of a field, or the row it belongs to, holds something that was not read."""

    def column_unread(self, table: str, column: str) -> bool:
        """Whether a cell of a table's column was not read."""


@dataclass(frozen=True, slots=True)
class AllRead:
    """A form whose every cell was read: one that came as JSON, or that is about to be written."""

    form: Form
    profile: Profile

    def is_unread(self, path: str) -> bool:
        """Nothing is unread."""
        del path
        return False

    def column_unread(self, table: str, column: str) -> bool:
        """Nothing is unread."""
        del table, column
        return False


class LevelPoints(NamedTuple):
    """Points printed beside a 一级指标, and the weights below it."""

    points: Decimal | None
    below: Decimal | None


class Answer(NamedTuple):
    """A cell that must be filled."""

    value: object


@dataclass(slots=True)
class Asked:
    """The row a law is applied to, with its path; the form as a whole has none."""

    facts: Facts
    path: FieldPath
    row: Any = None
    #: For a required cell: the row it stands in.
    of: Any = None


Writer = Callable[[Asked], Any]
RULES: Final[Mapping[str, Callable[[Profile], Any]]] = {
    "full_marks": lambda profile: profile.rules.full_marks,
    "execution_weight": lambda profile: profile.rules.execution_weight,
    "rate_places": lambda profile: profile.rules.rate_decimals + 2,
    "score_decimals": lambda profile: profile.rules.score_decimals,
}


def rule_value(name: str, profile: Profile) -> Any:
    """A setting of the profile that laws mention."""
    return RULES[name](profile)


def weight_below(form: Form, profile: Profile, name: str) -> Decimal | None:
    """The weights that points printed beside ``name`` must equal: of a 一级指标, of all rows, or of execution."""
    key = label_key(name)
    section = profile.labels("sections").get(key)
    if section == "indicators":
        return added([row.weight for row in form.indicators])
    if section == "funds":
        line = total_line(form)
        return line.weight if line else None
    levels = profile.labels("levels")
    level = levels.get(key, key)
    below = [row.weight for row in form.indicators if levels.get(own := label_key(row.level1 or ""), own) == level]
    return added(below) or ZERO


def added(numbers: list[Decimal | None]) -> Decimal | None:
    """The sum of the numbers that are there; ``None`` where none is."""
    present = [number for number in numbers if number is not None]
    return sum(present, ZERO) if present else None
