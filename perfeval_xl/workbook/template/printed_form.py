"""The printed form of a template: title, identity, funds, goals, indicators, total, remark, signature.

It looks like the print of its region. Level labels stand in every indicator row, so that rows sort and can be inserted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfeval_xl.layout import KEY_COLUMN
from perfeval_xl.layout.names import PREFIX, note_name
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.workbook.template import formulas
from perfeval_xl.workbook.template.canvas import Canvas
from perfeval_xl.workbook.template.formulas import TemplateGrid


@dataclass
class PrintedForm:
    """Draws the printed form; ``rows`` is the least number of indicator rows."""

    canvas: Canvas
    rows: int = 0

    def __post_init__(self) -> None:
        self.fund_rows = range(0)
        self.indicator_head = self.first_indicator = self.total_row = 0

    @property
    def indicator_rows(self) -> range:
        """The indicator rows once they are drawn."""
        return range(self.first_indicator, self.total_row)

    def draw(self) -> None:
        """Draws every section in the profile's order, from the canvas's next free row."""
        self._columns()
        self._title()
        for section in self.canvas.profile.page.sections:
            getattr(self, f"_{section}")()

    def _columns(self) -> None:
        widths = self.canvas.profile.page.widths
        self.canvas.sheet.set_column(0, 0, float(widths["heading"]), self.canvas.styles.outside)
        for column, number in self.canvas.columns.items():
            self.canvas.sheet.set_column(number, number, float(widths[column]), self.canvas.styles.outside)
        self.canvas.sheet.set_column(self.canvas.key, self.canvas.key, 4, self.canvas.styles.outside, {"hidden": True})

    def _title(self) -> None:
        self.canvas.sheet.set_row(self.canvas.row, 30)
        self.canvas.draw_field("title", 0, self.canvas.last, self.canvas.profile.title, self.canvas.styles.title)
        self.canvas.row += 1
        if self.canvas.profile.page.year:
            self.canvas.sheet.set_row(self.canvas.row, 18)
            self.canvas.draw_field("fiscal_year", 0, self.canvas.last, self.canvas.year, self.canvas.styles.year)
            self.canvas.row += 1

    def _identity(self) -> None:
        for fields in self.canvas.profile.page.identity:
            self.canvas.sheet.set_row(self.canvas.row, 26)
            for name, (label, value) in zip(fields, _spans(len(fields), self.canvas.last + 1), strict=True):
                self.canvas.merge(*label, self.canvas.profile.project[name], self.canvas.styles.label)
                path = "fiscal_year" if name == "fiscal_year" else f"project.{name}"
                year = self.canvas.year if name == "fiscal_year" else None
                style = self.canvas.styles.number if name == "fiscal_year" else self.canvas.styles.field(path)
                self.canvas.draw_field(path, *value, year, style)
            self.canvas.row += 1

    def _bar(self, text: str) -> None:
        if text:
            self.canvas.sheet.set_row(self.canvas.row, 20)
            self.canvas.merge(0, self.canvas.last, text, self.canvas.styles.bar)
            self.canvas.row += 1

    def _funds(self) -> None:
        funds = self.canvas.profile.funds
        first = min(number for column, number in self.canvas.fund_columns.items() if column != "label")
        self.canvas.head("funds")
        self._bar(funds.bar)
        heading = funds.heading.replace("{unit}", self.canvas.profile.unit)
        self.canvas.draw_field("funds.unit", 0, 0, heading, self.canvas.styles.label, rows=len(funds.rows) + 1)
        self.canvas.merge(1, first - 1, "", self.canvas.styles.label)
        for column in funds.columns:
            self.canvas.write(
                self.canvas.row, self.canvas.fund_columns[column], funds.labels[column], self.canvas.styles.label
            )
        if funds.note_label:
            self.canvas.write(self.canvas.row, self.canvas.last, funds.note_label, self.canvas.styles.label)
        self.canvas.sheet.set_row(self.canvas.row, 28)
        self.canvas.names[f"{PREFIX}head_funds"] = Range(self.canvas.row, 0, self.canvas.row, 0)
        self.canvas.row += 1
        self.fund_rows = range(self.canvas.row, self.canvas.row + len(funds.rows))
        if funds.note_label:
            self.canvas.sheet.merge_range(
                self.canvas.row,
                self.canvas.last,
                self.fund_rows.stop - 1,
                self.canvas.last,
                "",
                self.canvas.styles.text,
            )
            self.canvas.name(note_name(1), Cell(self.canvas.row, self.canvas.last))
        for line in funds.rows:
            self._fund_row(line.source, line.label, line.prints, first)
        self.canvas.name_columns("funds", {**self.canvas.fund_columns, KEY_COLUMN: self.canvas.key}, self.fund_rows)

    def _fund_row(self, source: str, label: str, prints: Sequence[str], first: int) -> None:
        self.canvas.sheet.set_row(self.canvas.row, 22)
        self.canvas.merge(1, first - 1, label, self.canvas.styles.fund_label)
        for column in self.canvas.profile.funds.columns:
            cell = self.canvas.fund_columns[column]
            if column not in prints:
                self.canvas.write(
                    self.canvas.row, cell, self.canvas.profile.funds.not_applicable, self.canvas.styles.not_applicable
                )
            elif column == "weight":
                self.canvas.write(
                    self.canvas.row, cell, self.canvas.profile.rules.execution_weight, self.canvas.styles.fund(column)
                )
            else:
                self.canvas.write(self.canvas.row, cell, None, self.canvas.styles.fund(column))
        self.canvas.write(self.canvas.row, self.canvas.key, source, self.canvas.styles.key)
        self.canvas.row += 1

    def _goals(self) -> None:
        goals = self.canvas.profile.goals
        middle = self.canvas.last // 2
        self.canvas.head("goals")
        self._bar(goals.bar)
        self.canvas.sheet.merge_range(
            self.canvas.row, 0, self.canvas.row + 1, 0, goals.heading, self.canvas.styles.label
        )
        self.canvas.sheet.set_row(self.canvas.row, 20)
        self.canvas.merge(1, middle, self._starred("goals.expected", goals.expected), self.canvas.styles.label)
        self.canvas.merge(
            middle + 1, self.canvas.last, self._starred("goals.actual", goals.actual), self.canvas.styles.label
        )
        self.canvas.row += 1
        self.canvas.sheet.set_row(self.canvas.row, 110)
        self.canvas.draw_field("goals.expected", 1, middle, None, self.canvas.styles.long_text("goals.expected"))
        self.canvas.draw_field(
            "goals.actual", middle + 1, self.canvas.last, None, self.canvas.styles.long_text("goals.actual")
        )
        self.canvas.row += 1

    def _starred(self, path: str, label: str) -> str:
        return f"* {label}" if path in self.canvas.profile.marks.starred else label

    def _indicators(self) -> None:
        indicators = self.canvas.profile.indicators
        defaults = [(row.level1, row.level2) for row in indicators.rows]
        rows = max(self.rows, len(defaults))
        self.indicator_head = self.canvas.row
        self.canvas.head("indicators")
        self.canvas.sheet.merge_range(
            self.canvas.row, 0, self.canvas.row + rows, 0, indicators.heading, self.canvas.styles.label
        )
        self.canvas.sheet.set_row(self.canvas.row, 32)
        for column, number in self.canvas.columns.items():
            label = indicators.labels[column]  # type: ignore[index]
            path = "indicators." + column.partition("_")[0]
            self.canvas.write(self.canvas.row, number, self._starred(path, label), self.canvas.styles.label)
        self.canvas.row += 1
        self.first_indicator = self.canvas.row
        for number in range(rows):
            self._indicator_row(*(defaults[number] if number < len(defaults) else (None, None)))
        area = range(self.first_indicator, self.canvas.row)
        self.canvas.name_columns("indicators", {**self.canvas.columns, KEY_COLUMN: self.canvas.key}, area)
        self.canvas.sheet.autofilter(self.indicator_head, 1, self.canvas.row - 1, self.canvas.last)

    def _indicator_row(self, level1: str | None, level2: str | None) -> None:
        self.canvas.sheet.set_row(self.canvas.row, 30)
        for column, number in self.canvas.columns.items():
            content = {"level1": level1, "level2": level2}.get(column)
            self.canvas.write(self.canvas.row, number, content, self.canvas.styles.indicator(column))
        self.canvas.write(self.canvas.row, self.canvas.key, None, self.canvas.styles.key)
        self.canvas.row += 1

    def _total(self) -> None:
        self.total_row = self.canvas.row
        self.canvas.sheet.set_row(self.canvas.row, 24)
        weight, score = self.canvas.columns["weight"], self.canvas.columns["score"]
        self.canvas.merge(0, weight - 1, self.canvas.profile.total.label, self.canvas.styles.label)
        self.canvas.draw_field("total.weight", weight, weight, None, self.canvas.styles.computed)
        self.canvas.draw_field("total.score", score, score, None, self.canvas.styles.computed)
        self.canvas.write(
            self.canvas.row,
            self.canvas.columns["deviation"],
            self.canvas.profile.funds.not_applicable,
            self.canvas.styles.not_applicable,
        )
        self.canvas.row += 1

    def _notes(self) -> None:
        offset = 2 if self.canvas.profile.funds.note_label else 1
        if self.canvas.profile.notes:
            self.canvas.head("notes")
        for number, note in enumerate(self.canvas.profile.notes, start=offset):
            self.canvas.sheet.set_row(self.canvas.row, note.height)
            self.canvas.merge(0, 1, note.label, self.canvas.styles.label)
            self.canvas.name(note_name(number), self.canvas.merge(2, self.canvas.last, None, self.canvas.styles.text))
            self.canvas.row += 1

    def _remark(self) -> None:
        self.canvas.sheet.set_row(self.canvas.row, 36)
        self.canvas.write(self.canvas.row, 0, self.canvas.profile.remark_label, self.canvas.styles.label)
        self.canvas.draw_field("remark", 1, self.canvas.last, self.canvas.profile.remark_text, self.canvas.styles.text)
        self.canvas.row += 1

    def _signature(self) -> None:
        self.canvas.sheet.set_row(self.canvas.row, 30)
        parts = self.canvas.profile.page.signature
        edges = [round(number * (self.canvas.last + 1) / len(parts)) for number in range(len(parts) + 1)]
        for number, text in enumerate(parts):
            self.canvas.merge(edges[number], edges[number + 1] - 1, text, self.canvas.styles.signature)
        self.canvas.row += 1

    def write_formulas(self, grid: TemplateGrid) -> None:
        """Execution rates and score, and the totals."""
        for row, line in zip(self.fund_rows, self.canvas.profile.funds.rows, strict=True):
            if "execution_rate" in line.prints:
                cell = Cell(row, self.canvas.fund_columns["execution_rate"])
                self.canvas.formula(cell, formulas.rate_formula(grid, row), self.canvas.styles.rate)
        score = Cell(grid.total_fund_row, self.canvas.fund_columns["score"])
        self.canvas.formula(score, formulas.execution_score_formula(grid), self.canvas.styles.computed)
        for column in ("weight", "score"):
            formula = formulas.total_formula(grid, column, with_execution=self.canvas.profile.total.includes_execution)
            self.canvas.formula(self.canvas.single[f"total.{column}"], formula, self.canvas.styles.computed)


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
