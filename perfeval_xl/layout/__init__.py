"""Sheet -> Layout: which cell holds which field. Reading and writing both go through it.

Cells are found by defined name first (our own templates, whatever was moved or inserted), else by label.
A layout answers "where", never "what": values are read in ``reading/``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from perfeval_xl.field_path import FUND_LINES, INDICATORS
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.profile import Profile
from perfeval_xl.sources.sheet import Sheet

#: Fields that stand alone; ``funds.unit`` is the cell whose text carries 万元 or 元.
SINGLE_FIELDS: Final = (
    "title",
    "fiscal_year",
    "project.code",
    "project.name",
    "project.department",
    "project.implementing_unit",
    "project.leader",
    "project.phone",
    "funds.unit",
    "goals.expected",
    "goals.actual",
    "total.weight",
    "total.score",
    "remark",
)
FUND_COLUMNS: Final = (
    "label",
    "initial_budget",
    "full_year_budget",
    "executed",
    "weight",
    "execution_rate",
    "score",
)
INDICATOR_COLUMNS: Final = (
    "level1",
    "level2",
    "name",
    "target",
    "target_operator",
    "target_value",
    "target_unit",
    "actual",
    "weight",
    "score",
    "deviation",
)
#: The column of our own templates that says what a row is when its cells cannot: the source of a fund row,
#: or ``ROW_PRESENT`` for an indicator row that belongs to the form though everything but its levels is blank.
KEY_COLUMN: Final = "key"
ROW_PRESENT: Final = "row"

#: Column -> cell. A column that the form does not have, or that is ambiguous in this row, is absent.
Row = Mapping[str, Cell]
FoundBy = Literal["name", "label"]


@dataclass(frozen=True, slots=True)
class ExtraCell:
    """A labelled cell that is no field of the form: kept in ``Form.extra`` under its label."""

    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A cell whose column cannot be told for sure: its field is read as null and reported."""

    field: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field of one form stands in one sheet. Two fields may share a cell (title and year).

    ``area`` is what the form covers, so that several forms on a sheet and leftover text can be told apart.
    ``reasons`` say in words why this profile was taken.
    """

    profile: Profile
    by: FoundBy
    area: Range
    fields: Mapping[str, Cell]
    fund_rows: tuple[Row, ...] = ()
    indicator_rows: tuple[Row, ...] = ()
    #: Points printed beside level 1 in a table of their own: ``name`` and ``weight`` per row.
    level1_rows: tuple[Row, ...] = ()
    extra: tuple[ExtraCell, ...] = ()
    #: Rows of our own templates where further ``extra`` entries can be written: ``label`` and ``value``.
    extra_rows: tuple[Row, ...] = ()
    ambiguous: tuple[Ambiguity, ...] = ()
    #: Cells that are print, not data (headings, captions, footers): other text that belongs to no field is reported.
    print_cells: frozenset[Cell] = field(default_factory=frozenset)
    reasons: tuple[str, ...] = ()
    #: Cells that name the unit of money, the surest first, and cells that name the year: they may disagree.
    units: tuple[Cell, ...] = ()
    years: tuple[Cell, ...] = ()
    #: Headings that belong to no field, each over a column of text that is kept in ``extra``.
    unknown_columns: tuple[Cell, ...] = ()
    #: Fields and columns (``indicators.score``) of our own template that have no name any more and were found by label.
    by_label: tuple[str, ...] = ()
    #: Field path -> start and end of its value in the text of its cell, where a label stands in the same cell
    #: (``项目负责人：张三``) or several fields share one. ``extra.<label>`` is a path here too.
    parts: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def places(self) -> Iterator[tuple[str, Cell]]:
        """Every field path with its cell, in the order of the form."""
        yield from self.fields.items()
        for name, rows in ((FUND_LINES, self.fund_rows), (INDICATORS, self.indicator_rows)):
            for number, row in enumerate(rows):
                for column, cell in row.items():
                    yield f"{name}[{number}].{column}", cell
        for row in self.level1_rows:
            yield from ((f"level1_weights.{column}", cell) for column, cell in row.items())
        for entry in self.extra:
            yield f"extra.{entry.label}", entry.cell


def locate(sheet: Sheet, profile: Profile | None = None) -> list[Layout]:
    """The forms on a sheet, top to bottom; none when it holds no form.

    ``profile`` is used as it is; without one the template's own mark decides, else the best fit.
    Raises ``NotAForm`` for a sister form, which is refused by name.
    """
    from perfeval_xl.layout.names import GUIDE_NAME, has_names
    from perfeval_xl.layout.own_template import layout_by_names

    if GUIDE_NAME in sheet.names:
        return []
    if has_names(sheet):
        return [layout_by_names(sheet, profile)]
    from perfeval_xl.layout.lost_names import unnamed

    return unnamed(sheet, profile)


__all__ = [
    "FUND_COLUMNS",
    "INDICATOR_COLUMNS",
    "KEY_COLUMN",
    "ROW_PRESENT",
    "SINGLE_FIELDS",
    "Ambiguity",
    "Cell",
    "ExtraCell",
    "Layout",
    "Row",
    "locate",
]
