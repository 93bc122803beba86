"""The state of a workbook made from one of our templates: which formulas are gone, which locked cells were changed.

The sheet is held against the template of its own profile and version. Which cell corresponds to which is told by the
defined names, so inserted, deleted and moved rows do not matter; rows without a name are placed between those with one
and left out where that is not sure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Final

from perfeval_xl import shown
from perfeval_xl.errors import ProfileError
from perfeval_xl.layout import KEY_COLUMN, Layout
from perfeval_xl.layout.names import PREFIX, TEMPLATE_NAME, column_name, template_mark
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.profile import Profile, label_key, load_profile
from perfeval_xl.reading import Reading
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.sums import add_up
from perfeval_xl.workbook.review.locked_cells import Changed, changed_cells
from perfeval_xl.workbook.template import formulas, simple_rows
from perfeval_xl.workbook.template.checks import CHECKS
from perfeval_xl.workbook.template.formulas import CALC, CHECK, STATUS, SimplePart, TemplateGrid
from perfeval_xl.workbook.template.simple_rows import SHOWN, WORKING

_CALC_CELLS: Final = ("rate", "execution_score", "weight", "score", "full_weight", "full_score", "grade")


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A cell that should compute itself: ``field`` is ``None`` in the check area.

    The formula is worked out only when asked for: where it is missing in the sheet.
    """

    cell: Cell
    write: Callable[[], str]
    field: str | None
    #: Whether it is entered as an array formula.
    over_rows: bool = False

    @property
    def formula(self) -> str:
        """The formula for where things stand now."""
        return self.write()


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A formula that was typed over: the value now there, and for a field the formula's result."""

    cell: Cell
    formula: str
    field: str | None
    found: str
    computed: Decimal | None
    over_rows: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """The state of a sheet made from a template.

    ``mark`` is the profile id and version it states, ``profile`` that profile as it is known here (``None`` when it is
    not); only a template of the known version is compared.
    """

    mark: tuple[str, int] | None
    mark_cell: Cell | None
    profile: Profile | None
    overwritten: tuple[Overwritten, ...] = ()
    changed: tuple[Changed, ...] = ()


class SavedWorkbook:
    """A workbook as it was saved, opened once for all its sheets, and only when the first is looked at."""

    def __init__(self, data: bytes, source: str) -> None:
        self._data = data
        self._source = source

    @cached_property
    def opened(self) -> Workbook:
        """The workbook. Raises ``Unreadable`` when its parts cannot be read."""
        return Workbook(self._data, self._source)


def condition_of(saved: SavedWorkbook, reading: Reading, profile: Profile) -> Condition | None:
    """The state of the sheet a form was read from; ``None`` for a sheet that is none of our templates.

    ``saved`` is its workbook. Raises ``Unreadable`` when its parts cannot be read.
    """
    sheet, layout = reading.sheet, reading.layout
    if sheet is None or layout is None or layout.by != "name":
        return None
    mark = template_mark(sheet)
    area = sheet.names.get(TEMPLATE_NAME)
    made_from = _made_from(mark, profile)
    stated = Condition(mark, area.anchor if area else None, made_from)
    if made_from is None or (mark is not None and mark[1] != made_from.template_version):
        return stated
    workbook = saved.opened
    part = next((entry.part for entry in workbook.sheets if entry.index == sheet.index), None)
    if part is None:
        return stated
    cells = SheetPart(workbook.package.tree(part))
    return Condition(
        mark,
        stated.mark_cell,
        made_from,
        tuple(_overwritten(cells, sheet, layout, reading, made_from)),
        tuple(changed_cells(sheet, made_from)),
    )


def _made_from(mark: tuple[str, int] | None, profile: Profile) -> Profile | None:
    """The profile a template was made from: not always the one it is checked by."""
    if mark is None or mark[0] == profile.id:
        return profile
    try:
        return load_profile(mark[0])
    except ProfileError:
        return None


# --- formulas -----------------------------------------------------------------------------------------------------


def _overwritten(
    part: SheetPart, sheet: Sheet, layout: Layout, reading: Reading, profile: Profile
) -> Iterator[Overwritten]:
    paths = {cell: path for path, cell in reading.places.items()}
    computed = formulas.field_values(reading.form, profile, add_up(reading.form, profile))
    for expected in formula_cells(sheet, layout, profile):
        formula = part.formula(expected.cell)
        # A formula without references is a typed value; a shared formula has its text in another cell.
        if formula is None or (formula and not any(letter.isalpha() for letter in formula)):
            path = None if expected.field is None else paths.get(expected.cell, expected.field)
            yield Overwritten(
                expected.cell,
                expected.formula,
                path,
                shown.whole(sheet[expected.cell]),
                computed.get(path or ""),
                over_rows=expected.over_rows,
            )


def formula_cells(sheet: Sheet, layout: Layout, profile: Profile) -> list[FormulaCell]:
    """Every cell of the sheet that should hold a formula of the template, with the formula for where things stand now.

    Cells whose names are lost are left out, and so is whatever their formulas refer to.
    """
    grid = grid_of(sheet, layout, profile)
    if grid is None:
        return []
    found: list[FormulaCell] = []
    for row in sorted(_rows_with_rate(sheet, layout, profile)):
        cell = Cell(row, grid.fund_columns["execution_rate"])
        found.append(FormulaCell(cell, partial(formulas.rate_formula, grid, row), "execution_rate"))
    score = Cell(grid.total_fund_row, grid.fund_columns["score"])
    found.append(FormulaCell(score, partial(formulas.execution_score_formula, grid), "score"))
    for column in ("weight", "score"):
        with_execution = profile.total.includes_execution
        formula = partial(formulas.total_formula, grid, column, with_execution=with_execution)
        found.append(FormulaCell(grid.single[f"total.{column}"], formula, f"total.{column}"))
    return found + list(_check_area(grid))


def _check_area(grid: TemplateGrid) -> Iterator[FormulaCell]:
    for name, cell in grid.calc.items():
        yield FormulaCell(cell, partial(_calc_formula, grid, name), None)
    for row in grid.level_rows:
        for column in ("weights", "scores", "result"):
            write = partial(_level_formula, grid, row, column)
            yield FormulaCell(Cell(row, grid.level_columns[column]), write, None)
    for row in grid.simple.rows:
        for column in simple_rows.FORMULAS:
            yield FormulaCell(grid.simple.cell(column, row), partial(_simple_formula, grid, row, column), None)
    for name, check in CHECKS.items():
        yield FormulaCell(grid.checks[name], partial(check.formula, grid), None, check.over_rows)
    if "status" in grid.checks:
        yield FormulaCell(grid.checks["status"], partial(formulas.status_formula, grid), None)


def _calc_formula(grid: TemplateGrid, name: str) -> str:
    return formulas.calc_formulas(grid)[name]


def _level_formula(grid: TemplateGrid, row: int, column: str) -> str:
    return formulas.level_formulas(grid, row)[column]


def _simple_formula(grid: TemplateGrid, row: int, column: str) -> str:
    return simple_rows.row_formulas(grid, grid.simple, row)[column]


def grid_of(sheet: Sheet, layout: Layout, profile: Profile) -> TemplateGrid | None:
    """Where the parts of the template stand in this sheet now; ``None`` when too many names are lost to say."""
    names = sheet.names
    columns = _columns(names, "indicators", profile.indicator_columns())
    fund_columns = _columns(names, "funds", ("label", *profile.funds.columns))
    calc = _cells(names, {name: CALC + name for name in _CALC_CELLS})
    checks = _cells(names, {name: CHECK + name for name in CHECKS} | {"status": STATUS})
    level_columns = _columns(names, "level1", ("name", "weight"))
    level_columns |= {
        name: area.left for name in ("weights", "scores", "result") if (area := names.get(f"{CALC}level_{name}"))
    }
    simple = _simple_part(names)
    head = names.get(f"{PREFIX}head_indicators")
    total = layout.fields.get("total.score")
    total_row = next((row for row, source in _sources(sheet, layout, profile) if source == "total"), None)
    required = {path for path, _ in formulas.required_labels(profile)} | {"total.weight", "total.score"}
    complete = (
        len(columns) == len(profile.indicator_columns())
        and len(fund_columns) == len(profile.funds.columns) + 1
        and len(calc) == len(_CALC_CELLS)
        and len(checks) == len(CHECKS) + 1
        and len(level_columns) == 5
        and column_name("funds", KEY_COLUMN) in names
        and required <= layout.fields.keys()
    )
    if (
        not complete
        or simple is None
        or head is None
        or total is None
        or total_row is None
        or not layout.indicator_rows
    ):
        return None
    funds, levels = names[column_name("funds", "label")], names[column_name("level1", "name")]
    return TemplateGrid(
        profile=profile,
        single=layout.fields,
        columns=columns,
        fund_columns=fund_columns,
        fund_rows=range(funds.top, funds.bottom + 1),
        total_fund_row=total_row,
        indicator_head=head.top,
        first_indicator=next(iter(layout.indicator_rows[0].values())).row,
        total_row=total.row,
        level_rows=range(levels.top, levels.bottom + 1),
        level_columns=level_columns,
        checks=checks,
        calc=calc,
        key_column=names[column_name("funds", KEY_COLUMN)].left,
        simple=simple,
    )


def _columns(names: Mapping[str, Range], table: str, columns: tuple[str, ...]) -> dict[str, int]:
    return {column: area.left for column in columns if (area := names.get(column_name(table, column)))}


def _simple_part(names: Mapping[str, Range]) -> SimplePart | None:
    wanted = (*SHOWN, *WORKING)
    areas = {column: area for column in wanted if (area := names.get(f"{CALC}simple_{column}"))}
    if len(areas) < len(wanted):
        return None
    rows = areas["number"]
    return SimplePart(range(rows.top, rows.bottom + 1), {column: area.left for column, area in areas.items()})


def _cells(names: Mapping[str, Range], wanted: Mapping[str, str]) -> dict[str, Cell]:
    return {key: area.anchor for key, name in wanted.items() if (area := names.get(name))}


def _sources(sheet: Sheet, layout: Layout, profile: Profile) -> Iterator[tuple[int, str]]:
    """Sheet row and source of every row of the funds table, by its key cell, else by its label."""
    labels = profile.labels("fund_rows")
    for row in layout.fund_rows:
        key = sheet[row[KEY_COLUMN]] if KEY_COLUMN in row else None
        label = str(sheet[row["label"]] or "") if "label" in row else ""
        yield next(iter(row.values())).row, str(key) if key is not None else labels.get(label_key(label), label)


def _rows_with_rate(sheet: Sheet, layout: Layout, profile: Profile) -> list[int]:
    printing = {row.source for row in profile.funds.rows if "execution_rate" in row.prints}
    return [row for row, source in _sources(sheet, layout, profile) if source in printing]


# --- locked cells -------------------------------------------------------------------------------------------------
