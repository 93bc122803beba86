"""The blank form of a profile that was learned from an office's workbook: a copy of that workbook.

Only the year is filled in and rows are added; a workbook that was filled when it was learned is emptied first.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from perfeval_xl.errors import CannotWrite, NotAForm, Unreadable, os_reason
from perfeval_xl.layout import Layout, locate
from perfeval_xl.model import Form
from perfeval_xl.nothing import DASHES
from perfeval_xl.package.addresses import Cell
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.profile import Profile
from perfeval_xl.reading import read_layout
from perfeval_xl.sources import open_bytes
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.workbook.fill.add_rows import GrowingSheet, add_rows
from perfeval_xl.workbook.fill.align import LEVELS, NewRow, Room, merge_at, row_of
from perfeval_xl.workbook.fill.office import OfficeFilling

#: Printed, or filled in by other means: never emptied.
_KEPT: Final = ("title", "fiscal_year", "funds.unit", "remark")
_KEPT_COLUMNS: Final = (*LEVELS, "label", "key")


def workbook_of(profile: Profile) -> bytes:
    """The bytes of the office's workbook. Raises ``Unreadable``."""
    try:
        return Path(profile.workbook).read_bytes()
    except OSError as error:
        raise Unreadable("cannot-open", path=profile.workbook, detail=os_reason(error)) from None


def office_blank(profile: Profile, *, year: int | None = None, rows: int = 0) -> bytes:
    """The office's workbook as a blank form, with at least ``rows`` indicator rows.

    Rows are added to the first group of the table. Raises ``Unreadable``, ``NotAForm``.
    """
    data = _changed(workbook_of(profile), profile, _empty)
    if rows:
        data = _changed(data, profile, lambda work: _grow(work, rows))
    return data if year is None else _changed(data, profile, lambda work: _fill_year(work, year))


class _Work:
    """The first form of a workbook, open for changes."""

    def __init__(self, data: bytes, profile: Profile) -> None:
        self.workbook = Workbook(data, profile.workbook)
        self.sheet, self.layout = _first_form(data, profile)
        self.entry = self.workbook.entry(self.sheet.index)
        self.part = SheetPart(self.workbook.package.tree(self.entry.part))
        self.form: Form = read_layout(self.sheet, self.layout).form


def _first_form(data: bytes, profile: Profile) -> tuple[Sheet, Layout]:
    for sheet in open_bytes(data, profile.workbook):
        for layout in locate(sheet, profile) if not sheet.hidden else []:
            return sheet, layout
    raise NotAForm("no-form", path=profile.workbook)


def _changed(data: bytes, profile: Profile, change: Callable[[_Work], bool]) -> bytes:
    """The workbook after a change; the same bytes where nothing was changed."""
    work = _Work(data, profile)
    if not change(work):
        return data
    work.workbook.package.write_tree(work.entry.part, work.part.root)
    return work.workbook.to_bytes()


def _is_filled(form: Form) -> bool:
    """Whether somebody has filled the form in; weights and targets may be part of a blank one."""
    return form.project.name is not None and any(indicator.actual is not None for indicator in form.indicators)


def _empty(work: _Work) -> bool:
    if not _is_filled(work.form):
        return False
    for path, cell in work.layout.places():
        column = path.rpartition(".")[2]
        kept = path in _KEPT or ("[" in path and column in _KEPT_COLUMNS) or path.startswith("level1_weights")
        is_printed_weight = path.startswith("funds.lines") and column == "weight"
        if kept or is_printed_weight or path in work.layout.parts:
            continue
        anchor = _anchor(work.sheet, cell)
        if work.part.formula(anchor) is None and str(work.sheet[anchor] or "").strip() not in DASHES:
            work.part.set_value(anchor, None)
    return True


def _anchor(sheet: Sheet, cell: Cell) -> Cell:
    area = merge_at(sheet, cell)
    return cell if area is None else area.anchor


def _grow(work: _Work, rows: int) -> bool:
    printed = [row for row in work.layout.indicator_rows if row]
    missing = rows - len(printed)
    if missing <= 0:
        return False
    if not printed:
        raise CannotWrite("no-place", path=work.sheet.source, sheet=work.sheet.name, field="indicators")
    group = [row for row in printed if [row.get(name) for name in LEVELS] == [printed[0].get(n) for n in LEVELS]]
    room = Room(row_of(group[-1]), (NewRow(),) * missing, group[-1])
    add_rows(GrowingSheet(work.workbook, work.entry, work.part), work.sheet, work.layout, room)
    work.workbook.drop_calculation_chain()
    return True


def _fill_year(work: _Work, year: int) -> bool:
    filling = OfficeFilling(work.part, work.sheet, work.layout, work.form)
    return filling.fill_year(year)
