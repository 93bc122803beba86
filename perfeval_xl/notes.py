"""Notes: what reading could not decide or what is hidden, each with its cell; each becomes a finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from perfeval_xl.cell_values import BLANK_TEXTS
from perfeval_xl.layout import Layout
from perfeval_xl.package.addresses import Cell
from perfeval_xl.sources.sheet import Sheet

NoteName = Literal[
    "not-a-number",
    "unread-content",
    "located-by-label",
    "unit-unclear",
    "year-unclear",
    "formula-not-calculated",
    "column-unknown",
    "hidden-content",
]


@dataclass(frozen=True, slots=True)
class Note:
    """Something about one cell that reading could not decide: the finding's name, the field, what was found.

    ``variant`` chooses another sentence than the finding's usual one.
    """

    name: NoteName
    field: str | None
    cell: Cell | None
    found: str
    expected: str = ""
    variant: str = ""


def is_unread(note: Note) -> bool:
    """Whether the value of the noted field was not read; the other notes only say something about it."""
    return note.name not in ("located-by-label", "unit-unclear", "column-unknown") and not note.variant


def of_columns(sheet: Sheet, layout: Layout) -> Iterator[Note]:
    """Unknown headings, each once."""
    for cell in layout.unknown_columns:
        yield Note("column-unknown", None, cell, str(sheet[cell]))


def of_hidden_cells(sheet: Sheet, layout: Layout) -> Iterator[Note]:
    """What is hidden inside the form: of each hidden row and column its first cell."""
    told: set[tuple[str, int]] = set()
    for cell, unseen in sorted(sheet.unseen.items()):
        if unseen.why == "worked-out" or not layout.area.covers(cell) or unseen.text.strip() in BLANK_TEXTS:
            continue
        if unseen.why == "struck" and sheet[cell] is not None:
            continue  # the rest of the text is there
        line = _hidden_line(sheet, cell) if unseen.why == "hidden" else ("cell", len(told))
        if line not in told:
            told.add(line)
            yield Note("hidden-content", None, cell, unseen.text)


def _hidden_line(sheet: Sheet, cell: Cell) -> tuple[str, int]:
    return ("row", cell.row) if cell.row in sheet.hidden_rows else ("column", cell.column)


def of_hidden_rows(sheet: Sheet, layout: Layout) -> Iterator[Note]:
    """Hidden but filled rows of our own templates: they are read and noted."""
    for row in (*layout.fund_rows, *layout.indicator_rows):
        for cell in row.values():
            if (
                cell.row in sheet.hidden_rows
                and sheet[cell] not in (None, "")
                and cell.column not in sheet.hidden_columns
            ):
                yield Note("hidden-content", None, cell, str(sheet[cell]), variant="read")
                break


def of_left_over(sheet: Sheet, layout: Layout, noted: set[Cell | None]) -> Iterator[Note]:
    """Text that stands on the form and belongs to no field."""
    known = {cell for _, cell in layout.places()} | layout.print_cells | noted
    for cell, value in sheet.filled():
        if layout.area.covers(cell) and cell not in known and str(value).strip() not in BLANK_TEXTS:
            yield Note("unread-content", None, cell, str(value), "label")
