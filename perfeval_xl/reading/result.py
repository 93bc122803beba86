"""One form as read: its fields, where each stands, and what could not be told for sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from perfeval_xl.layout import Layout
from perfeval_xl.model import Form, Where
from perfeval_xl.notes import Note
from perfeval_xl.package.addresses import Cell
from perfeval_xl.sources.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Reading:
    """One form as read: ``places`` gives the cell of every field, ``notes`` what could not be told for sure."""

    form: Form
    source: str
    #: ``None`` for a form that came as JSON.
    sheet: Sheet | None = None
    layout: Layout | None = None
    places: Mapping[str, Cell] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def address(self, path: str) -> str | None:
        """The address of a field (``indicators[3].score`` -> ``H23``), or ``None`` when it has no cell."""
        cell = self.places.get(path)
        return None if cell is None or self.sheet is None else self.sheet.address(cell)

    def where(self) -> Where:
        """The cell of every field, as JSON carries it."""
        sheet = self.sheet
        cells = {} if sheet is None else {path: sheet.address(cell) for path, cell in self.places.items()}
        return Where(source=self.source, sheet=sheet.name if sheet else "", cells=cells)
