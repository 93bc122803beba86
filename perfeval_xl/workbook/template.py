"""Profile -> blank workbook, drawn with XlsxWriter: the printed form, its check area and the 填表说明 sheet.

A workbook is byte for byte the same on every build: fixed dates, no random ids, one order of parts.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from perfeval_xl.layout import KEY_COLUMN
from perfeval_xl.layout.names import PREFIX, TEMPLATE_NAME, column_name, field_name, note_name
from perfeval_xl.messages import sentence
from perfeval_xl.profile import Profile, profile_ids
from perfeval_xl.sources.sheet import Cell, Range
from perfeval_xl.workbook import formulas, guide, rules_on_sheet
from perfeval_xl.workbook.formulas import Grid
from perfeval_xl.workbook.package import Package
from perfeval_xl.workbook.styles import Styles

#: A fixed date: two builds of one profile must not differ.
BUILT: Final = datetime(2026, 1, 1)
TEMPLATE_FOLDERS: Final = (
    Path(__file__).parents[2] / "xlsx_templates",
    Path(__file__).parents[1] / "_shipped" / "xlsx_templates",
)
#: Rows of the check area kept for further 一级指标 and for cells of an original form that the template lacks.
SPARE_LEVELS: Final = 2
SPARE_EXTRA: Final = 3
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
        for folder in TEMPLATE_FOLDERS:
            path = folder / f"{profile.id}.xlsx"
            if path.is_file():
                return _shipped(path)
    return build([FormSheet(profile, sentence("template.sheet-form", "zh"), year, rows)])


@lru_cache
def _shipped(path: Path) -> bytes:
    return path.read_bytes()


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
    return _with_growing_rows(buffer.getvalue(), [drawing.indicator_rows for drawing in drawings])


def _with_growing_rows(data: bytes, rows_of_sheets: Sequence[range]) -> bytes:
    """Lets the indicator rows grow with what is typed: XlsxWriter pins every height that is set."""
    package = Package(data, "")
    for number, rows in enumerate(rows_of_sheets, start=1):
        part = f"xl/worksheets/sheet{number}.xml"
        numbers = "|".join(str(row + 1) for row in rows)
        pinned = re.compile(rf'(<row r="(?:{numbers})"[^>]*?) customHeight="1"'.encode())
        package.write(part, pinned.sub(rb"\1", package.read(part)))
    return package.to_bytes()


@dataclass
class _Drawing:
    """Draws one form sheet top to bottom; ``row`` is the next free row."""

    book: Any
    spec: FormSheet
    row: int = 0
    single: dict[str, Cell] = field(default_factory=dict)
    names: dict[str, Range] = field(default_factory=dict)
    checks: dict[str, Cell] = field(default_factory=dict)
    calc: dict[str, Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.profile = self.spec.profile
        self.styles = Styles(self.book, self.profile)
        self.sheet = self.book.add_worksheet(self.spec.name)
        self.columns = {column: number + 1 for number, column in enumerate(self.profile.indicator_columns())}
        self.last = len(self.columns)
        self.key = self.last + 1
        note = 1 if self.profile.funds.note_label else 0
        first = self.last + 1 - note - len(self.profile.funds.columns)
        self.fund_columns = {str(column): first + n for n, column in enumerate(self.profile.funds.columns)}
        self.fund_columns["label"] = 1
        self.level_columns = {"name": 1, "weight": 3, "reference": 4, "weights": 5, "scores": 6, "result": 7}
        if len(self.columns) > 8:
            self.level_columns |= {"weights": 6, "scores": 8, "result": 9}
        self.fund_rows = range(0)
        self.level_rows = range(0)
        self.indicator_head = self.first_indicator = self.total_row = 0

    @property
    def indicator_rows(self) -> range:
        """The indicator rows of the drawn sheet."""
        return range(self.first_indicator, self.total_row)

    def draw(self) -> None:
        self._columns()
        self.row = 1
        self._title()
        for section in self.profile.page.sections:
            getattr(self, f"_{section}")()
        last_printed = self.row - 1
        self.row += 1
        self._panel()
        grid = self._grid()
        self._field_formulas(grid)
        self._panel_formulas(grid)
        self._status(grid)
        rules_on_sheet.apply(self.sheet, grid, self.styles)
        self._page(last_printed)
        self._define_names()

    # -- pieces --

    def _columns(self) -> None:
        widths = self.profile.page.widths
        self.sheet.set_column(0, 0, float(widths["heading"]), self.styles.outside)
        for column, number in self.columns.items():
            self.sheet.set_column(number, number, float(widths[column]), self.styles.outside)
        self.sheet.set_column(self.key, self.key, 4, self.styles.outside, {"hidden": True})

    def _merge(self, left: int, right: int, content: object, style: Any, *, rows: int = 1) -> Cell:
        """Writes ``content`` over a rectangle that starts in the current row."""
        bottom = self.row + rows - 1
        if left == right and rows == 1:
            self._write(self.row, left, content, style)
        else:
            self.sheet.merge_range(self.row, left, bottom, right, "", style)
            self._write(self.row, left, content, style)
        return Cell(self.row, left)

    def _write(self, row: int, column: int, content: object, style: Any) -> None:
        if content is None or content == "":
            self.sheet.write_blank(row, column, None, style)
        elif isinstance(content, str):
            self.sheet.write_string(row, column, content, style)
        else:
            self.sheet.write_number(row, column, content, style)

    def _field(self, path: str, left: int, right: int, content: object, style: Any, *, rows: int = 1) -> None:
        cell = self._merge(left, right, content, style, rows=rows)
        self.single[path] = cell
        self._name(field_name(path), cell)

    def _name(self, name: str, cell: Cell) -> None:
        self.names[name] = Range(cell.row, cell.column, cell.row, cell.column)

    def _column_names(self, table: str, columns: dict[str, int], rows: range) -> None:
        for column, number in columns.items():
            self.names[column_name(table, column)] = Range(rows.start, number, rows.stop - 1, number)

    def _title(self) -> None:
        self.sheet.set_row(self.row, 30)
        self._field("title", 0, self.last, self.profile.title, self.styles.title)
        self.row += 1
        if self.profile.page.year:
            self.sheet.set_row(self.row, 18)
            self._field("fiscal_year", 0, self.last, self.spec.year, self.styles.year)
            self.row += 1

    def _identity(self) -> None:
        for fields in self.profile.page.identity:
            self.sheet.set_row(self.row, 26)
            for name, (label, value) in zip(fields, _spans(len(fields), self.last + 1), strict=True):
                self._merge(*label, self.profile.project[name], self.styles.label)
                path = "fiscal_year" if name == "fiscal_year" else f"project.{name}"
                year = self.spec.year if name == "fiscal_year" else None
                style = self.styles.number if name == "fiscal_year" else self.styles.field(path)
                self._field(path, *value, year, style)
            self.row += 1

    def _bar(self, text: str) -> None:
        if text:
            self.sheet.set_row(self.row, 20)
            self._merge(0, self.last, text, self.styles.bar)
            self.row += 1

    def _head(self, section: str) -> None:
        self._name(f"{PREFIX}head_{section}", Cell(self.row, 0))

    def _funds(self) -> None:
        funds = self.profile.funds
        first = min(number for column, number in self.fund_columns.items() if column != "label")
        self._head("funds")
        self._bar(funds.bar)
        heading = funds.heading.replace("{unit}", self.profile.unit)
        self._field("funds.unit", 0, 0, heading, self.styles.label, rows=len(funds.rows) + 1)
        self._merge(1, first - 1, "", self.styles.label)
        for column in funds.columns:
            self._write(self.row, self.fund_columns[column], funds.labels[column], self.styles.label)
        if funds.note_label:
            self._write(self.row, self.last, funds.note_label, self.styles.label)
        self.sheet.set_row(self.row, 28)
        self.names[f"{PREFIX}head_funds"] = Range(self.row, 0, self.row, 0)
        self.row += 1
        self.fund_rows = range(self.row, self.row + len(funds.rows))
        if funds.note_label:
            self.sheet.merge_range(self.row, self.last, self.fund_rows.stop - 1, self.last, "", self.styles.text)
            self._name(note_name(1), Cell(self.row, self.last))
        for line in funds.rows:
            self._fund_row(line.source, line.label, line.prints, first)
        self._column_names("funds", {**self.fund_columns, KEY_COLUMN: self.key}, self.fund_rows)

    def _fund_row(self, source: str, label: str, prints: Sequence[str], first: int) -> None:
        self.sheet.set_row(self.row, 22)
        self._merge(1, first - 1, label, self.styles.fund_label)
        for column in self.profile.funds.columns:
            cell = self.fund_columns[column]
            if column not in prints:
                self._write(self.row, cell, self.profile.funds.not_applicable, self.styles.not_applicable)
            elif column == "weight":
                self._write(self.row, cell, self.profile.rules.execution_weight, self.styles.fund(column))
            else:
                self._write(self.row, cell, None, self.styles.fund(column))
        self._write(self.row, self.key, source, self.styles.key)
        self.row += 1

    def _goals(self) -> None:
        goals = self.profile.goals
        middle = self.last // 2
        self._head("goals")
        self._bar(goals.bar)
        self.sheet.merge_range(self.row, 0, self.row + 1, 0, goals.heading, self.styles.label)
        self.sheet.set_row(self.row, 20)
        self._merge(1, middle, self._starred("goals.expected", goals.expected), self.styles.label)
        self._merge(middle + 1, self.last, self._starred("goals.actual", goals.actual), self.styles.label)
        self.row += 1
        self.sheet.set_row(self.row, 110)
        self._field("goals.expected", 1, middle, None, self.styles.long_text("goals.expected"))
        self._field("goals.actual", middle + 1, self.last, None, self.styles.long_text("goals.actual"))
        self.row += 1

    def _starred(self, path: str, label: str) -> str:
        return f"* {label}" if path in self.profile.marks.starred else label

    def _indicators(self) -> None:
        indicators = self.profile.indicators
        defaults = [(row.level1, row.level2) for row in indicators.rows]
        rows = max(self.spec.rows, len(defaults))
        self.indicator_head = self.row
        self._head("indicators")
        self.sheet.merge_range(self.row, 0, self.row + rows, 0, indicators.heading, self.styles.label)
        self.sheet.set_row(self.row, 32)
        for column, number in self.columns.items():
            label = indicators.labels[column]  # type: ignore[index]
            path = "indicators." + column.partition("_")[0]
            self._write(self.row, number, self._starred(path, label), self.styles.label)
        self.row += 1
        self.first_indicator = self.row
        for number in range(rows):
            self._indicator_row(*(defaults[number] if number < len(defaults) else (None, None)))
        area = range(self.first_indicator, self.row)
        self._column_names("indicators", {**self.columns, KEY_COLUMN: self.key}, area)
        self.sheet.autofilter(self.indicator_head, 1, self.row - 1, self.last)

    def _indicator_row(self, level1: str | None, level2: str | None) -> None:
        self.sheet.set_row(self.row, 27)
        for column, number in self.columns.items():
            content = {"level1": level1, "level2": level2}.get(column)
            self._write(self.row, number, content, self.styles.indicator(column))
        self._write(self.row, self.key, None, self.styles.key)
        self.row += 1

    def _total(self) -> None:
        self.total_row = self.row
        self.sheet.set_row(self.row, 24)
        weight, score = self.columns["weight"], self.columns["score"]
        self._merge(0, weight - 1, self.profile.total.label, self.styles.label)
        self._field("total.weight", weight, weight, None, self.styles.computed)
        self._field("total.score", score, score, None, self.styles.computed)
        self._write(self.row, self.columns["deviation"], self.profile.funds.not_applicable, self.styles.not_applicable)
        self.row += 1

    def _notes(self) -> None:
        offset = 2 if self.profile.funds.note_label else 1
        if self.profile.notes:
            self._head("notes")
        for number, note in enumerate(self.profile.notes, start=offset):
            self.sheet.set_row(self.row, note.height)
            self._merge(0, 1, note.label, self.styles.label)
            self._name(note_name(number), self._merge(2, self.last, None, self.styles.text))
            self.row += 1

    def _remark(self) -> None:
        self.sheet.set_row(self.row, 36)
        self._write(self.row, 0, self.profile.remark_label, self.styles.label)
        self._field("remark", 1, self.last, self.profile.remark_text, self.styles.text)
        self.row += 1

    def _signature(self) -> None:
        self.sheet.set_row(self.row, 30)
        parts = self.profile.page.signature
        edges = [round(number * (self.last + 1) / len(parts)) for number in range(len(parts) + 1)]
        for number, text in enumerate(parts):
            self._merge(edges[number], edges[number + 1] - 1, text, self.styles.signature)
        self.row += 1

    # -- the check area under the form --

    def _panel(self) -> None:
        self._head("panel")
        self._merge(0, self.last, sentence("template.panel", "zh"), self.styles.panel_title)
        self.row += 1
        self._panel_levels()
        self._panel_sums()
        for name in formulas.CHECKS:
            self.checks[name] = self._merge(1, self.last, None, self.styles.panel_message)
            self._name(formulas.CHECK + name, self.checks[name])
            self.sheet.set_row(self.row, None, None, {"hidden": True})
            self.row += 1
        self._panel_fields()
        self._panel_extra()

    def _panel_levels(self) -> None:
        captions = {"name": "level1", "weight": "printed", "reference": "reference", "weights": "weights"}
        captions |= {"scores": "scores", "result": "result"}
        for column, caption in captions.items():
            number = self.level_columns[column]
            right = {"name": 2, "result": self.last}.get(column, number)
            self._merge(number, right, sentence(f"template.panel-{caption}", "zh"), self.styles.panel_label)
        self._name(f"{PREFIX}head_level1", Cell(self.row, 0))
        self.row += 1
        levels = [*self.profile.indicators.level1, *[None] * SPARE_LEVELS]
        self.level_rows = range(self.row, self.row + len(levels))
        for level in levels:
            self._merge(1, 2, level.name if level else None, self.styles.panel_text)
            points = level.weight if level and self.profile.indicators.level1_points else None
            self._write(self.row, self.level_columns["weight"], points, self.styles.panel_input)
            usual = level.weight if level else None
            self._write(self.row, self.level_columns["reference"], usual, self.styles.panel_number)
            self._merge(self.level_columns["result"], self.last, None, self.styles.panel_message)
            self.row += 1
        names = {"name": self.level_columns["name"], "weight": self.level_columns["weight"]}
        self._column_names("level1", names, self.level_rows)
        for column in ("weights", "scores", "result"):
            number = self.level_columns[column]
            self.names[f"{formulas.CALC}level_{column}"] = Range(
                self.level_rows.start, number, self.level_rows.stop - 1, number
            )

    def _panel_sums(self) -> None:
        for caption, cells in (
            ("execution", {"rate": "rate", "execution-score": "execution_score"}),
            ("indicators", {"weights": "weight", "scores": "score"}),
            ("full", {"weights": "full_weight", "scores": "full_score", "grade": "grade"}),
        ):
            self._merge(1, 2, sentence(f"template.panel-{caption}", "zh"), self.styles.panel_label)
            for number, (label, name) in enumerate(cells.items()):
                column = 3 + 2 * number
                self._write(self.row, column, sentence(f"template.panel-{label}", "zh"), self.styles.panel_label)
                self._calc_cell(name, column + 1)
            self.row += 1

    def _calc_cell(self, name: str, column: int) -> None:
        self.calc[name] = Cell(self.row, column)
        self._name(formulas.CALC + name, self.calc[name])

    def _panel_fields(self) -> None:
        fields = ("code", "leader", "phone", "name", "department", "implementing_unit")
        missing = [name for name in fields if f"project.{name}" not in self.single]
        if "remark" not in self.single:
            missing.append("remark")
        if not missing:
            return
        self._merge(1, self.last, sentence("template.panel-other-fields", "zh"), self.styles.panel_label)
        self.row += 1
        for name in missing:
            label = self.profile.remark_label if name == "remark" else self.profile.project[name]  # type: ignore[index]
            self._merge(1, 2, label, self.styles.panel_label)
            path = name if name == "remark" else f"project.{name}"
            self._field(path, 3, self.last, None, self.styles.panel_text)
            self.row += 1

    def _panel_extra(self) -> None:
        self._merge(1, self.last, sentence("template.panel-extra", "zh"), self.styles.panel_label)
        self._name(f"{PREFIX}head_extra", Cell(self.row, 0))
        self.row += 1
        rows = range(self.row, self.row + SPARE_EXTRA)
        for _ in rows:
            self._merge(1, 2, None, self.styles.panel_text)
            self._merge(3, self.last, None, self.styles.panel_text)
            self.row += 1
        self._column_names("extra", {"label": 1, "value": 3}, rows)

    # -- formulas --

    def _grid(self) -> Grid:
        total = next(n for n, row in enumerate(self.profile.funds.rows) if row.source == "total")
        return Grid(
            profile=self.profile,
            single=self.single,
            columns=self.columns,
            fund_columns=self.fund_columns,
            fund_rows=self.fund_rows,
            total_fund_row=self.fund_rows.start + total,
            indicator_head=self.indicator_head,
            first_indicator=self.first_indicator,
            total_row=self.total_row,
            level_rows=self.level_rows,
            level_columns=self.level_columns,
            checks=self.checks,
            calc=self.calc,
        )

    def _formula(self, cell: Cell, formula: str, style: Any, cached: object = "") -> None:
        self.sheet.write_formula(cell.row, cell.column, formula, style, cached)

    def _field_formulas(self, grid: Grid) -> None:
        for row, line in zip(self.fund_rows, self.profile.funds.rows, strict=True):
            if "execution_rate" in line.prints:
                cell = Cell(row, self.fund_columns["execution_rate"])
                self._formula(cell, formulas.rate_formula(grid, row), self.styles.rate)
        score = Cell(grid.total_fund_row, self.fund_columns["score"])
        self._formula(score, formulas.execution_score_formula(grid), self.styles.computed)
        for column in ("weight", "score"):
            formula = formulas.total_formula(grid, column, with_execution=self.profile.total.includes_execution)
            self._formula(self.single[f"total.{column}"], formula, self.styles.computed)

    def _panel_formulas(self, grid: Grid) -> None:
        for name, formula in formulas.calc_formulas(grid).items():
            style = self.styles.panel_rate if name == "rate" else self.styles.panel_number
            self._formula(self.calc[name], formula, style)
        for row in self.level_rows:
            known = row - self.level_rows.start < len(self.profile.indicators.level1)
            for column, formula in formulas.level_formulas(grid, row).items():
                style = self.styles.panel_message if column == "result" else self.styles.panel_number
                cached = self._blank_level(row, column) if known else ""
                self._formula(Cell(row, self.level_columns[column]), formula, style, cached)
        missing = "、".join(label for _, label in self._still_missing())
        cached = sentence("template.check-required", "zh").format(missing=missing) if missing else ""
        for name, formula in formulas.check_formulas(grid).items():
            self._formula(self.checks[name], formula, self.styles.panel_message, cached if name == "required" else "")

    def _blank_level(self, row: int, column: str) -> object:
        level = self.profile.indicators.level1[row - self.level_rows.start]
        if column != "result":
            return 0
        points = level.weight if self.profile.indicators.level1_points else None
        return sentence("template.level-differs", "zh").format(printed=formulas.shown(points)) if points else ""

    def _still_missing(self) -> list[tuple[str, str]]:
        known = {"fiscal_year"} if self.spec.year is not None else set()
        return [(path, label) for path, label in formulas.required_labels(self.profile) if path not in known]

    def _status(self, grid: Grid) -> None:
        self.row = 0
        self.sheet.set_row(0, 30)
        mark = self.last - 1
        status = self._merge(0, mark - 1, None, self.styles.status)
        self._name(formulas.STATUS, status)
        self._formula(
            status, formulas.status_formula(grid), self.styles.status, sentence("template.status-empty", "zh")
        )
        cell = self._merge(mark, self.last, f"{self.profile.id}/v{self.profile.template_version}", self.styles.mark)
        self._name(TEMPLATE_NAME, cell)

    # -- the page --

    def _page(self, last_printed: int) -> None:
        sheet = self.sheet
        sheet.set_paper(9)
        sheet.set_portrait()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        sheet.print_area(1, 0, last_printed, self.last)
        sheet.repeat_rows(self.indicator_head)
        sheet.set_footer("&C&9" + sentence("template.page-footer", "zh"))
        sheet.freeze_panes(1, 0)
        sheet.hide_gridlines(2)
        sheet.protect("", dict(PROTECTION))

    def _define_names(self) -> None:
        quoted = "'" + self.spec.name.replace("'", "''") + "'"
        for name, area in sorted(self.names.items()):
            first = formulas.absolute(area.anchor)
            last = formulas.absolute(Cell(area.bottom, area.right))
            target = first if first == last else f"{first}:{last}"
            self.book.define_name(f"{quoted}!{name}", f"={quoted}!{target}")


def _spans(fields: int, columns: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """First and last column of label and value for each field of an identity row, over the width of the form."""
    last = columns - 1
    if fields == 1:
        return [((0, 1), (2, last))]
    if fields == 2:
        middle = columns // 2
        return [((0, 1), (2, middle)), ((middle + 1, middle + 1), (middle + 2, last))]
    if fields == 3:
        return [((0, 1), (2, last - 5)), ((last - 4, last - 4), (last - 3, last - 2)), ((last - 1,) * 2, (last, last))]
    raise ValueError(fields)
