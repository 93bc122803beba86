"""The check area under a template's form, not printed: recomputed sums, checks, cells the region does not print."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from perfeval_xl.layout.names import PREFIX
from perfeval_xl.messages import sentence
from perfeval_xl.model import Form, Funds, Goals, Project, Total
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.profile import Profile
from perfeval_xl.sums import add_up
from perfeval_xl.workbook.template import formulas, simple_rows
from perfeval_xl.workbook.template.canvas import Canvas
from perfeval_xl.workbook.template.checks import CHECKS, MessageFacts, cached_values
from perfeval_xl.workbook.template.formulas import SimplePart, TemplateGrid

#: Rows of the check area kept for further 一级指标 and for cells of an original form that the template lacks.
SPARE_LEVELS: Final = 2
SPARE_EXTRA: Final = 3


@dataclass
class CheckArea:
    """Draws the check area from the canvas's next free row."""

    canvas: Canvas
    checks: dict[str, Cell] = field(default_factory=dict)
    calc: dict[str, Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.level_rows = range(0)
        self.simple = SimplePart(range(0), {})
        self.level_columns = {"name": 1, "weight": 3, "reference": 4, "weights": 5, "scores": 6, "result": 7}
        if len(self.canvas.columns) > 8:
            self.level_columns |= {"weights": 6, "scores": 8, "result": 9}

    def draw(self, indicators: int) -> None:
        """Draws every part; formulas follow when the whole grid is known. ``indicators`` rows were drawn above."""
        self.canvas.head("panel")
        self.canvas.merge(0, self.canvas.last, sentence("template.panel", "zh"), self.canvas.styles.panel_title)
        self.canvas.row += 1
        self._levels()
        self._sums()
        for name in CHECKS:
            # Not merged: Excel takes no array formula in merged cells. The text runs over the blank cells beside it.
            self.checks[name] = self.canvas.merge(1, 1, None, self.canvas.styles.panel_message)
            self.canvas.name(formulas.CHECK + name, self.checks[name])
            self.canvas.sheet.set_row(self.canvas.row, None, None, {"hidden": True})
            self.canvas.row += 1
        self._simple_rows(indicators + simple_rows.SPARE)
        self._fields()
        self._extra()

    def _simple_rows(self, count: int) -> None:
        """按规则得分: a row for each indicator the template has room for, and some more."""
        shown = {"number": 1, "name": 2, "score": 3, "result": 4}
        working = {name: self.canvas.key + 1 + place for place, name in enumerate(simple_rows.WORKING)}
        for name, number in shown.items():
            caption = sentence(f"template.panel-simple-{name}", "zh")
            self.canvas.write(self.canvas.row, number, caption, self.canvas.styles.panel_label)
        self.canvas.row += 1
        self.simple = SimplePart(range(self.canvas.row, self.canvas.row + count), shown | working)
        for name, number in self.simple.columns.items():
            area = Range(self.simple.rows.start, number, self.simple.rows.stop - 1, number)
            self.canvas.names[f"{formulas.CALC}simple_{name}"] = area
        for number in working.values():
            self.canvas.sheet.set_column(number, number, 4, self.canvas.styles.outside, {"hidden": True})
        self.canvas.row += count

    def _levels(self) -> None:
        captions = {"name": "level1", "weight": "printed", "reference": "reference", "weights": "weights"}
        captions |= {"scores": "scores", "result": "result"}
        for column, caption in captions.items():
            number = self.level_columns[column]
            right = {"name": 2, "result": self.canvas.last}.get(column, number)
            self.canvas.merge(
                number, right, sentence(f"template.panel-{caption}", "zh"), self.canvas.styles.panel_label
            )
        self.canvas.name(f"{PREFIX}head_level1", Cell(self.canvas.row, 0))
        self.canvas.row += 1
        levels = [*self.canvas.profile.indicators.level1, *[None] * SPARE_LEVELS]
        self.level_rows = range(self.canvas.row, self.canvas.row + len(levels))
        for level in levels:
            self.canvas.merge(1, 2, level.name if level else None, self.canvas.styles.panel_text)
            points = level.weight if level and self.canvas.profile.indicators.level1_points else None
            self.canvas.write(self.canvas.row, self.level_columns["weight"], points, self.canvas.styles.panel_input)
            usual = level.weight if level else None
            self.canvas.write(self.canvas.row, self.level_columns["reference"], usual, self.canvas.styles.panel_number)
            self.canvas.merge(self.level_columns["result"], self.canvas.last, None, self.canvas.styles.panel_message)
            self.canvas.row += 1
        names = {"name": self.level_columns["name"], "weight": self.level_columns["weight"]}
        self.canvas.name_columns("level1", names, self.level_rows)
        for column in ("weights", "scores", "result"):
            number = self.level_columns[column]
            self.canvas.names[f"{formulas.CALC}level_{column}"] = Range(
                self.level_rows.start, number, self.level_rows.stop - 1, number
            )

    def _sums(self) -> None:
        for caption, cells in (
            ("execution", {"rate": "rate", "execution-score": "execution_score"}),
            ("indicators", {"weights": "weight", "scores": "score"}),
            ("full", {"weights": "full_weight", "scores": "full_score", "grade": "grade"}),
        ):
            self.canvas.merge(1, 2, sentence(f"template.panel-{caption}", "zh"), self.canvas.styles.panel_label)
            for number, (label, name) in enumerate(cells.items()):
                column = 3 + 2 * number
                self.canvas.write(
                    self.canvas.row, column, sentence(f"template.panel-{label}", "zh"), self.canvas.styles.panel_label
                )
                self._calc_cell(name, column + 1)
            self.canvas.row += 1

    def _calc_cell(self, name: str, column: int) -> None:
        self.calc[name] = Cell(self.canvas.row, column)
        self.canvas.name(formulas.CALC + name, self.calc[name])

    def _fields(self) -> None:
        fields = ("code", "leader", "phone", "name", "department", "implementing_unit")
        missing = [name for name in fields if f"project.{name}" not in self.canvas.single]
        if "remark" not in self.canvas.single:
            missing.append("remark")
        if not missing:
            return
        self.canvas.merge(
            1, self.canvas.last, sentence("template.panel-other-fields", "zh"), self.canvas.styles.panel_label
        )
        self.canvas.row += 1
        for name in missing:
            label = self.canvas.profile.remark_label if name == "remark" else self.canvas.profile.project[name]  # type: ignore[index]
            self.canvas.merge(1, 2, label, self.canvas.styles.panel_label)
            path = name if name == "remark" else f"project.{name}"
            self.canvas.draw_field(path, 3, self.canvas.last, None, self.canvas.styles.panel_text)
            self.canvas.row += 1

    def _extra(self) -> None:
        self.canvas.merge(1, self.canvas.last, sentence("template.panel-extra", "zh"), self.canvas.styles.panel_label)
        self.canvas.name(f"{PREFIX}head_extra", Cell(self.canvas.row, 0))
        self.canvas.row += 1
        rows = range(self.canvas.row, self.canvas.row + SPARE_EXTRA)
        for _ in rows:
            self.canvas.merge(1, 2, None, self.canvas.styles.panel_text)
            self.canvas.merge(3, self.canvas.last, None, self.canvas.styles.panel_text)
            self.canvas.row += 1
        self.canvas.name_columns("extra", {"label": 1, "value": 3}, rows)

    def write_formulas(self, grid: TemplateGrid) -> None:
        """Sums, checks and their cached results for a blank form."""
        for name, formula in formulas.calc_formulas(grid).items():
            style = self.canvas.styles.panel_rate if name == "rate" else self.canvas.styles.panel_number
            self.canvas.formula(self.calc[name], formula, style)
        form = blank_form(self.canvas.profile, self.canvas.year)
        profile = self.canvas.profile
        levels = [formulas.level_values(form, profile, *level) for level in self._levels_as_drawn()]
        for row, cached in zip(self.level_rows, levels, strict=True):
            for column, formula in formulas.level_formulas(grid, row).items():
                style = self.canvas.styles.panel_message if column == "result" else self.canvas.styles.panel_number
                self.canvas.formula(Cell(row, self.level_columns[column]), formula, style, cached[column])
        for number, row in enumerate(self.simple.rows, start=1):
            self.canvas.write(row, self.simple.columns["number"], number, self.canvas.styles.panel_number)
            blank = simple_rows.blank_row(number)
            for column, formula in simple_rows.row_formulas(grid, self.simple, row).items():
                style = self.canvas.styles.panel_number if column in simple_rows.SHOWN else self.canvas.styles.outside
                self.canvas.formula(self.simple.cell(column, row), formula, style, blank[column])
        values = cached_values(
            MessageFacts(form, profile, add_up(form, profile), (), (), (), any(level["result"] for level in levels))
        )
        for name, check in CHECKS.items():
            style, message = self.canvas.styles.panel_message, values[formulas.CHECK + name]
            self.canvas.formula(self.checks[name], check.formula(grid), style, message, over_rows=check.over_rows)

    def _levels_as_drawn(self) -> list[tuple[str | None, Decimal | None]]:
        indicators = self.canvas.profile.indicators
        printed = [(level.name, level.weight if indicators.level1_points else None) for level in indicators.level1]
        return [*printed, *[(None, None)] * SPARE_LEVELS]


def blank_form(profile: Profile, year: int | None = None) -> Form:
    """A form in which nothing is filled in but the year."""
    return Form(
        profile=profile.id,
        title=None,
        fiscal_year=year,
        project=Project(**dict.fromkeys(Project.__struct_fields__)),
        funds=Funds(unit=profile.unit, lines=()),
        goals=Goals(expected=None, actual=None),
        indicators=(),
        level1_weights={},
        total=Total(weight=None, score=None),
        remark=None,
        extra={},
    )
