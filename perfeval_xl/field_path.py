"""The path of a field: ``indicators[3].score``, ``funds.lines[0].executed``, ``project.name``, ``title``.

Findings, places of cells and notes name a field by this text; everything that takes one apart does it here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from perfeval_xl.model import Form

FUND_LINES: Final = "funds.lines"
INDICATORS: Final = "indicators"
_TABLES: Final = re.compile(r"(funds\.lines|indicators)(?:\[(\d+)\](?:\.(\w+))?)?")
#: The parts of a form in the order they are printed, for sorting.
_ORDER: Final = ("title", "fiscal_year", "project", "funds", FUND_LINES, "goals", INDICATORS, "level1_weights", "total")
#: The columns of both tables and the single fields of each part, left to right.
_COLUMNS: Final = (
    *("name", "code", "department", "implementing_unit", "leader", "phone", "unit", "label"),
    *("initial_budget", "full_year_budget", "executed", "expected"),
    *("level1", "level2", "target", "actual", "weight", "execution_rate", "score", "deviation"),
)


class FieldPath(NamedTuple):
    """``section``, the row of a table (from 0), and the field in it; what a path does not have is ``None``.

    ``level1_weights`` and ``extra`` are keyed by a printed label: the label is ``name``, whatever it holds.
    """

    section: str
    row: int | None = None
    name: str | None = None

    def __str__(self) -> str:
        row = "" if self.row is None else f"[{self.row}]"
        return f"{self.section}{row}" + ("" if self.name is None else f".{self.name}")

    def of(self, name: str) -> FieldPath:
        """Another field of the same part or row."""
        return self._replace(name=name)

    def lies_in(self, other: FieldPath) -> bool:
        """Whether this is the field ``other``, or in the row, table or part that ``other`` names."""
        if other.name is not None or other.row is not None:
            return self == other or (other.name is None and self[:2] == other[:2])
        return self.section == other.section or self.section.startswith(f"{other.section}.")

    def value_in(self, form: Form) -> Any:
        """What the form holds there. Raises ``LookupError`` or ``AttributeError`` when it has no such field."""
        value: Any = form
        for part in self.section.split("."):
            value = getattr(value, part)
        if self.row is not None:
            value = value[self.row]
        if self.name is None:
            return value
        return value[self.name] if isinstance(value, dict) else getattr(value, self.name)

    def sort_key(self) -> tuple[int, int, int, str]:
        """Paths in the order in which a form is read, top to bottom and left to right."""
        part = _ORDER.index(self.section) if self.section in _ORDER else len(_ORDER)
        column = _COLUMNS.index(self.name) if self.name in _COLUMNS else len(_COLUMNS)
        return part, self.row or 0, column, self.name or ""


def indicator(row: int, name: str | None = None) -> FieldPath:
    """The path of an indicator row (from 0) or of a field in it."""
    return FieldPath(INDICATORS, row, name)


def fund_line(row: int, name: str | None = None) -> FieldPath:
    """The path of a row of 项目资金 (from 0) or of a field in it."""
    return FieldPath(FUND_LINES, row, name)


@lru_cache(maxsize=4096)
def parse(path: str) -> FieldPath:
    """A path from its text. Never fails: without a known table, what stands before the first dot is the section."""
    if match := _TABLES.fullmatch(path):
        section, row, name = match.groups()
        return FieldPath(section, None if row is None else int(row), name)
    section, dot, rest = path.partition(".")
    return FieldPath(section, None, rest if dot else None)
