"""Profile -> blank workbook, drawn with XlsxWriter: the printed form, its check area and the 填表说明 sheet.

A workbook is byte for byte the same on every build: fixed dates, no random ids, one order of parts.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import xlsxwriter

from perfeval_xl.layout.names import TEMPLATE_NAME
from perfeval_xl.messages import sentence
from perfeval_xl.package.addresses import Cell, column_letters
from perfeval_xl.package.editable import Package
from perfeval_xl.package.workbook import quoted
from perfeval_xl.profile import Profile, is_shipped, load_profile, profile_ids, shipped_template
from perfeval_xl.workbook.template import formulas, guide, simple_rows
from perfeval_xl.workbook.template.canvas import Canvas, PlainFormulas
from perfeval_xl.workbook.template.check_area import CheckArea
from perfeval_xl.workbook.template.formulas import SimplePart, TemplateGrid
from perfeval_xl.workbook.template.level_labels import draw_levels
from perfeval_xl.workbook.template.marks import mark
from perfeval_xl.workbook.template.printed_form import PrintedForm
from perfeval_xl.workbook.template.styles import Styles
from perfeval_xl.workbook.template.validations import validate

#: A fixed date, so that two builds of one profile are identical.
BUILT: Final = datetime(2026, 1, 1)
PROTECTION: Final = {
    "select_locked_cells": True,
    "select_unlocked_cells": True,
    "format_rows": True,
    "format_columns": True,
    "insert_rows": True,
    "sort": True,
    "autofilter": True,
}


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One form sheet to draw: its profile, the tab's name, the year if known, and the number of indicator rows."""

    profile: Profile
    name: str
    year: int | None = None
    rows: int = 0


def blank(profile: Profile, *, year: int | None = None, rows: int = 0) -> bytes:
    """A blank workbook with one form sheet; ``rows`` asks for more indicator rows than the profile's own."""
    if year is None and rows <= len(profile.indicators.rows) and profile.id in profile_ids():
        shipped = shipped_template(profile.id)
        if shipped is not None:
            return shipped
    if is_shipped(profile):
        return _drawn(profile.id, year, rows)
    return build([FormSheet(profile, sentence("template.sheet-form", "zh"), year, rows)])


@lru_cache(maxsize=128)
def _drawn(name: str, year: int | None, rows: int) -> bytes:
    """Remembers drawn workbooks: drawing takes fifty times as long as filling, and batches need few numbers of rows."""
    return build([FormSheet(load_profile(name), sentence("template.sheet-form", "zh"), year, rows)])


def build(sheets: Sequence[FormSheet]) -> bytes:
    """A workbook with the given form sheets, each profile's 填表说明 behind them."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": BUILT, "title": sheets[0].profile.name.zh, "comments": sheets[0].profile.id})
    book.set_custom_property("perfeval_profile", sheets[0].profile.id, "text")
    book.set_custom_property("perfeval_template_version", str(sheets[0].profile.template_version), "text")
    book.set_calc_mode("auto")
    drawings = [_Drawing(book, sheet) for sheet in sheets]
    for drawing in drawings:
        drawing.draw()
    for number, profile in enumerate({sheet.profile.id: sheet.profile for sheet in sheets}.values()):
        guide.draw(book, profile, sentence("template.sheet-guide", "zh") + (str(number + 1) if number else ""))
    book.close()
    return _finished(buffer.getvalue(), drawings)


def _finished(data: bytes, drawings: Sequence[_Drawing]) -> bytes:
    """Adds what XlsxWriter cannot write: rows that grow with their text, and shared formulas."""
    package = Package(data, "")
    for number, drawing in enumerate(drawings, start=1):
        part = f"xl/worksheets/sheet{number}.xml"
        sheet = _shared_formulas(_growing_rows(package.read(part), drawing.indicator_rows), drawing.simple)
        package.write(part, _empty_results(sheet))
    return package.to_bytes()


def _empty_results(sheet: bytes) -> bytes:
    """Marks empty text results as calculated, which XlsxWriter does not."""
    return re.sub(rb'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)(><f[^<>]*(?:/>|>[^<]*</f>)<v></v>)', rb'\1 t="str"\2', sheet)


def _growing_rows(sheet: bytes, rows: range) -> bytes:
    """Lets rows grow with their text: XlsxWriter marks every height as fixed."""
    numbers = "|".join(str(row + 1) for row in rows)
    return re.sub(rf'(<row r="(?:{numbers})"[^>]*?) customHeight="1"'.encode(), rb"\1", sheet)


def _shared_formulas(sheet: bytes, part: SimplePart) -> bytes:
    """A column whose formula is the same in every row keeps it in its first cell: a fifth of the sheet's size."""
    for number, column in enumerate(simple_rows.FORMULAS):
        letters = column_letters(part.columns[column])
        first, last = part.rows.start + 1, part.rows.stop
        master = f'<f t="shared" ref="{letters}{first}:{letters}{last}" si="{number}">'.encode()
        sheet = re.sub(rf'(<c r="{letters}{first}"[^>]*>)<f>'.encode(), rb"\1" + master, sheet, count=1)
        rows = "|".join(str(row) for row in range(first + 1, last + 1))
        child = f'<f t="shared" si="{number}"/>'.encode()
        sheet = re.sub(rf'(<c r="{letters}(?:{rows})"[^>]*>)<f>[^<]*</f>'.encode(), rb"\1" + child, sheet)
    return sheet


@dataclass
class _Drawing:
    """Draws one form sheet: the printed form, the check area below it, and the line on top."""

    book: Any
    spec: FormSheet

    def __post_init__(self) -> None:
        styles = Styles(self.book, self.spec.profile)
        sheet = self.book.add_worksheet(self.spec.name, PlainFormulas)
        # The first row is kept for the line that says what is still wrong.
        self.canvas = Canvas(sheet, self.spec.profile, styles, self.spec.year, row=1)
        self.form = PrintedForm(self.canvas, self.spec.rows)
        self.area = CheckArea(self.canvas)

    @property
    def indicator_rows(self) -> range:
        """The indicator rows of the drawn sheet."""
        return self.form.indicator_rows

    @property
    def simple(self) -> SimplePart:
        """The rows of 按规则得分."""
        return self.area.simple

    def draw(self) -> None:
        """Draws everything; formulas come last, when every cell has its place."""
        self.form.draw()
        last_printed = self.canvas.row - 1
        self.canvas.row += 1
        self.area.draw(len(self.form.indicator_rows))
        grid = self._grid()
        self.form.write_formulas(grid)
        self.area.write_formulas(grid)
        self._status(grid)
        validate(self.canvas.sheet, grid)
        mark(self.canvas.sheet, grid, self.canvas.styles)
        draw_levels(self.canvas.sheet, grid, self.canvas.styles)
        self._page(last_printed)
        self._define_names()

    def _grid(self) -> TemplateGrid:
        canvas, form, area = self.canvas, self.form, self.area
        total = next(n for n, row in enumerate(canvas.profile.funds.rows) if row.source == "total")
        return TemplateGrid(
            profile=canvas.profile,
            single=canvas.single,
            columns=canvas.columns,
            fund_columns=canvas.fund_columns,
            fund_rows=form.fund_rows,
            total_fund_row=form.fund_rows.start + total,
            indicator_head=form.indicator_head,
            first_indicator=form.first_indicator,
            total_row=form.total_row,
            level_rows=area.level_rows,
            level_columns=area.level_columns,
            checks=area.checks,
            calc=area.calc,
            key_column=canvas.key,
            simple=area.simple,
        )

    def _status(self, grid: TemplateGrid) -> None:
        canvas, profile, styles = self.canvas, self.canvas.profile, self.canvas.styles
        canvas.row = 0
        canvas.sheet.set_row(0, 30)
        mark = canvas.last - 1
        status = canvas.merge(0, mark - 1, None, styles.status)
        canvas.name(formulas.STATUS, status)
        empty = sentence("template.status-empty", "zh")
        canvas.formula(status, formulas.status_formula(grid), styles.status, empty)
        cell = canvas.merge(mark, canvas.last, f"{profile.id}/v{profile.template_version}", styles.mark)
        canvas.name(TEMPLATE_NAME, cell)

    def _page(self, last_printed: int) -> None:
        sheet = self.canvas.sheet
        sheet.set_paper(9)
        sheet.set_portrait()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        sheet.print_area(1, 0, last_printed, self.canvas.last)
        sheet.repeat_rows(self.form.indicator_head)
        sheet.set_footer("&C&9" + sentence("template.page-footer", "zh"))
        sheet.freeze_panes(1, 0)
        sheet.hide_gridlines(2)
        sheet.protect("", dict(PROTECTION))

    def _define_names(self) -> None:
        sheet = quoted(self.spec.name)
        for name, area in sorted(self.canvas.names.items()):
            first = formulas.absolute(area.anchor)
            last = formulas.absolute(Cell(area.bottom, area.right))
            target = first if first == last else f"{first}:{last}"
            self.book.define_name(f"{sheet}!{name}", f"={sheet}!{target}")
