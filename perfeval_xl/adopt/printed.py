"""A sheet as an office printed it, seen through its layout: labels, headings, and what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

from perfeval_xl.errors import CannotWrite
from perfeval_xl.layout import Layout
from perfeval_xl.package.addresses import Cell
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.profile import Profile, label_key
from perfeval_xl.reading import Reading
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.workbook.fill.align import merge_at

Settings = dict[str, Any]
#: Settings that a sheet cannot show.
UNKNOWN: Final = (
    "region",
    "rules.execution_base",
    "rules.shortfall",
    "rules.at_most",
    "rules.overachievement",
    "rules.lateness",
    "rules.tiers",
    "rules.grades",
    "marks.required",
    "total.includes_execution",
)
YEAR: Final = re.compile(r"(?:(?:19|20)\d\d|[\s_＿\u3000]+)?(?=\s*年)")
UNIT: Final = re.compile(r"万元|元")
MOST_IN_A_ROW: Final = 3
NOTE_HEIGHT: Final = 30


@dataclass
class Learned:
    """Settings learned from one sheet, those no sheet can tell, and remarks for the person who checks them."""

    base: Profile
    where: str
    settings: Settings = field(default_factory=dict)
    unknown: tuple[str, ...] = UNKNOWN
    remarks: list[str] = field(default_factory=list)


class PrintedSheet:
    """The print of one form: what its labels and headings say."""

    def __init__(self, data: bytes, reading: Reading) -> None:
        if reading.sheet is None or reading.layout is None:
            raise CannotWrite("into-other-kind", path=reading.source)
        self.sheet: Sheet = reading.sheet
        self.layout: Layout = reading.layout
        self.base = reading.layout.profile
        self.reading = reading
        workbook = Workbook(data, reading.source)
        entry = workbook.entry(self.sheet.index)
        self.part = SheetPart(workbook.package.tree(entry.part))
        self.found = Learned(self.base, f"{PurePath(reading.source).name} · {self.sheet.name}")

    def _known(self, *keys: str) -> None:
        self.found.unknown = tuple(key for key in self.found.unknown if key not in keys)

    def _text(self, cell: Cell | None) -> str:
        return "" if cell is None else str(self.sheet[cell] or "").strip()

    def _print(self, top: int, bottom: int) -> Iterator[Cell]:
        return (cell for cell in sorted(self.layout.print_cells) if top <= cell.row <= bottom and self._text(cell))

    def _printed(self, scope: str, name: str, cells: Iterable[Cell]) -> str | None:
        """The label of a field as printed, without white space, star and colon."""
        labels = self.base.labels(scope)
        for cell in cells:
            if labels.get(label_key(self._text(cell))) == name:
                return label_in(self._text(cell))
        return None

    def _identity_cells(self) -> dict[str, Cell]:
        return {
            path.removeprefix("project."): cell
            for path, cell in self.layout.fields.items()
            if path.startswith("project.") or (path == "fiscal_year" and self._has_label(cell))
        }

    def _has_label(self, cell: Cell) -> bool:
        return self._printed("project", "fiscal_year", self._beside(cell)) is not None

    def _beside(self, cell: Cell) -> Iterator[Cell]:
        """Printed cells left of a cell, the nearest first."""
        left = [other for other in self._print(cell.row, cell.row) if other.column < cell.column]
        return reversed(left)

    def _headings(self, cells: Mapping[str, Cell], scope: str, first: int) -> dict[str, str]:
        """Column -> its heading: the cell right above the table, with the one above that where they are one label."""
        labels = self.base.labels(scope)
        found: dict[str, str] = {}
        for column, cell in cells.items():
            above = [self._text(other) for other in self._print(first - 2, first - 1) if other.column == cell.column]
            for text in (*above[-1:], "".join(above)):
                if labels.get(label_key(text)) == column:
                    found[column] = label_in(text)
                    break
        return found

    def _ordered(self, cells: Mapping[str, Cell], all_columns: Sequence[str], table: str) -> list[str]:
        """Columns left to right; a profile has them all, so those the sheet lacks come last."""
        order = sorted((cell.column, name) for name, cell in cells.items())
        missing = [name for name in all_columns if name not in cells]
        if missing:
            self.found.remarks.append(f"表上没有这些列 / the sheet has no columns: {table} {', '.join(missing)}")
        return [name for _, name in order] + missing

    def _heading(self, section: str, first: int) -> tuple[str, str]:
        """The heading beside a table and the bar over it, as printed."""
        heading, bar = "", ""
        sections = {**self.base.labels("sections"), **self._own_headings()}
        for cell in self._print(max(0, first - 4), first):
            if sections.get(label_key(UNIT.sub("", self._text(cell)))) != section:
                continue
            area = merge_at(self.sheet, cell)
            if area is not None and area.bottom >= first:
                heading = self._as_below(section, self._text(cell))
            else:
                bar = label_in(self._text(cell))
        return heading, bar

    def _as_below(self, section: str, text: str) -> str:
        """A heading; one that only breaks its lines otherwise (绩\n效\n指\n标) is that of the profile below."""
        below: str = getattr(self.base, section).heading
        same = "".join(below.replace("{unit}", self.reading.form.funds.unit).split()) == "".join(text.split())
        return below.replace("{unit}", self.reading.form.funds.unit) if same else text

    def _own_headings(self) -> dict[str, str]:
        base = self.base
        texts = {
            base.funds.heading.replace("{unit}", ""): "funds",
            base.funds.bar: "funds",
            base.goals.heading: "goals",
            base.goals.bar: "goals",
            base.indicators.heading: "indicators",
        }
        return {label_key(text): name for text, name in texts.items() if text}


def label_in(text: str) -> str:
    """A label as it is told: without white space, star and colon."""
    return "".join(text.split()).strip("*:：")
