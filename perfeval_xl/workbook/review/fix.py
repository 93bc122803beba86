"""Writes safe fixes into a workbook: formulas of our templates put back, numbers recomputed, texts made numbers.

Only the fixed cells are touched, and the cached results of the check area. A formula of the office's own workbook is
never replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from lxml import etree

from perfeval_xl import shown
from perfeval_xl.cell_values import NotANumber, number_in
from perfeval_xl.field_path import parse
from perfeval_xl.layout import Layout
from perfeval_xl.model import Form
from perfeval_xl.package.addresses import Cell, a1
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.profile import Profile
from perfeval_xl.reading import Reading
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.sums import add_up
from perfeval_xl.workbook.fill.own import Filling
from perfeval_xl.workbook.fill.shown_cells import ShownCells, looks_of
from perfeval_xl.workbook.review.annotate import cell_element
from perfeval_xl.workbook.review.condition import Overwritten, SavedWorkbook, condition_of
from perfeval_xl.workbook.template import formulas

Element = Any
Kind = Literal["formula", "recomputed", "text-number"]
#: Columns that hold plain numbers; a rate typed as ``100%`` is read as it is and left as it is.
_NUMBERS: Final = ("initial_budget", "full_year_budget", "executed", "weight", "score")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A form as it was read, as it should be, and the fields in which the two differ."""

    reading: Reading
    profile: Profile
    form: Form
    fields: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class CellFix:
    """One fixed cell."""

    kind: Kind
    sheet: str
    cell: str
    field: str | None
    before: str
    after: str


@dataclass
class _FormFix:
    """Fixes one form on one sheet; ``done`` gathers what was changed."""

    saved: SavedWorkbook
    wanted: Wanted
    sheet: Sheet
    layout: Layout
    part: SheetPart
    #: The same cells, filled so that a person sees the value.
    cells: ShownCells
    done: list[CellFix] = field(default_factory=list)

    def apply(self) -> None:
        """Text numbers first, then formulas, then what is left of the recomputed fields."""
        for path, cell in self._text_numbers():
            number = number_in(self.sheet[cell], self._unit(path))
            if number is not None:
                self.cells.set_value(cell, number)
                self._note("text-number", cell, path, format(number, "f"))
        restored = {lost.field for lost in self._lost_formulas() if self._restore(lost)}
        for path, value in self.wanted.fields.items():
            target = self.wanted.reading.places.get(path)
            if target is not None and path not in restored and self._alone(target):
                self._recompute(path, target, value)

    def _alone(self, cell: Cell) -> bool:
        """Whether a cell is read as one field only: where names point to wrong cells, nothing is written."""
        return sum(place == cell for place in self.wanted.reading.places.values()) == 1

    # -- texts that are numbers --

    def _text_numbers(self) -> Iterator[tuple[str, Cell]]:
        for path, cell in self.wanted.reading.places.items():
            value = self.sheet[cell]
            place = parse(path)
            is_number = place.name in _NUMBERS or place.section == "level1_weights"
            if (
                is_number
                and cell not in self.sheet.stored
                and isinstance(value, str)
                and self._says_number(path, value)
            ):
                yield path, cell

    def _says_number(self, path: str, value: str) -> bool:
        try:
            return number_in(value, self._unit(path)) is not None and self.part.formula(self._cell(path)) is None
        except NotANumber:
            return False

    def _cell(self, path: str) -> Cell:
        return self.wanted.reading.places[path]

    def _unit(self, path: str) -> str:
        place = parse(path)
        is_points = place.name in ("weight", "score") or place.section == "level1_weights"
        return "分" if is_points else self.wanted.form.funds.unit

    # -- formulas --

    def _lost_formulas(self) -> Sequence[Overwritten]:
        condition = condition_of(self.saved, self.wanted.reading, self.wanted.profile)
        return condition.overwritten if condition else ()

    def _restore(self, lost: Overwritten) -> bool:
        """Puts a formula back where it gives what stands there, where nothing stands, or what should stand there."""
        if lost.field is not None and not self._alone(lost.cell):
            return False
        form, profile = self.wanted.form, self.wanted.profile
        computed = formulas.field_values(form, profile, add_up(form, profile)).get(lost.field or "")
        if lost.field is not None and lost.found and computed != self._stated(lost.field):
            return False
        element = cell_element(self.part, lost.cell)
        for child in list(element):
            element.remove(child)
        element.attrib.pop("t", None)
        formula = etree.SubElement(element, self.part.tag("f"))
        formula.text = lost.formula.removeprefix("=")
        if lost.over_rows:
            formula.set("t", "array")
            formula.set("ref", a1(*lost.cell))
        shown = "" if computed is None else self._as_shown(lost.field or "", computed)
        self.part.set_cached(lost.cell, shown)
        self._note("formula", lost.cell, lost.field, _told(lost.field, computed))
        return True

    def _stated(self, path: str) -> Decimal | None:
        """The number the fixed form holds in a field that has a formula in our templates."""
        value: Decimal | None = parse(path).value_in(self.wanted.form)
        return value

    # -- numbers --

    def _recompute(self, path: str, cell: Cell, value: Decimal) -> None:
        if self.part.formula(cell) is not None:
            if self.layout.by == "name":
                self.part.set_cached(cell, self._as_shown(path, value))
                self._note("recomputed", cell, path, _told(path, value))
            return
        found = self.sheet[cell]
        is_rate = path.endswith("execution_rate")
        if is_rate and cell in self.sheet.stored and self.cells.shows_percent(cell):
            self.part.set_value(cell, value)
        elif is_rate and isinstance(found, str) and found.strip().endswith("%"):
            self.part.set_value(cell, _told(path, value))
        else:
            self.cells.set_value(cell, self._as_shown(path, value))
        self._note("recomputed", cell, path, _told(path, value))

    def _as_shown(self, path: str, value: Decimal) -> Decimal:
        """A rate as the sheet writes rates: as a ratio, or as a percentage."""
        if not path.endswith("execution_rate") or not self._in_percent(path):
            return value
        return value.scaleb(2)

    def _in_percent(self, path: str) -> bool:
        if self.layout.by == "name":
            return self.layout.profile.funds.rate == "percent"
        read = parse(path).value_in(self.wanted.reading.form)
        found = self.sheet[self._cell(path)] if path in self.wanted.reading.places else None
        return isinstance(found, Decimal) and read is not None and bool(read) and found != read

    def _note(self, kind: Kind, cell: Cell, path: str | None, after: str) -> None:
        before = shown.whole(self.sheet[cell])
        self.done.append(CellFix(kind, self.sheet.name, self.sheet.address(cell), path, before, after))


def fix_workbook(data: bytes, name: str, wanted: Sequence[Wanted]) -> tuple[bytes, list[CellFix]]:
    """The workbook ``data`` with its safe fixes, and the list of them, form by form.

    Raises ``Unreadable`` for what is no .xlsx or .xlsm workbook.
    """
    workbook, saved = Workbook(data, name), SavedWorkbook(data, name)
    parts: dict[str, SheetPart] = {}
    done: list[CellFix] = []
    for form in wanted:
        sheet, layout = form.reading.sheet, form.reading.layout
        entry = next((entry for entry in workbook.sheets if sheet and entry.index == sheet.index), None)
        if sheet is None or layout is None or entry is None:
            continue
        part = parts.get(entry.part) or SheetPart(workbook.package.tree(entry.part))
        work = _FormFix(saved, form, sheet, layout, part, ShownCells(part, looks_of(workbook)))
        work.apply()
        if not work.done:
            continue
        parts[entry.part] = part
        done += work.done
        if layout.by == "name":
            Filling(part, sheet, layout, form.form).refresh()
    _write(workbook, parts)
    if any(fixed.kind == "formula" for fixed in done):
        workbook.drop_calculation_chain()
    result = workbook.to_bytes()  # raises ``Unreadable`` for damaged parts that were not needed until now
    return (result if done else data), done


def _write(workbook: Workbook, parts: Mapping[str, SheetPart]) -> None:
    for path, part in parts.items():
        if not workbook.recalculates_on_load:
            part.recalculate_on_load()
        workbook.package.write_tree(path, part.root)
    if any(part.removed_formula for part in parts.values()):
        workbook.drop_calculation_chain()


def _told(path: str | None, value: Decimal | None) -> str:
    """A number for a person: rates as percentages."""
    if value is None:
        return ""
    is_rate = path is not None and path.endswith("execution_rate")
    return shown.percent(value) if is_rate else shown.number(value)
