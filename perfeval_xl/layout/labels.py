"""Layout by label: forms as offices really send them, told by the words printed in them.

The sheet is walked once into a ``Grid`` of labels and values; ``blocks`` finds where forms begin and end; each
section is then read by its own module. What cannot be told for sure is left out of the layout and listed in
``ambiguous``: a wrong reading is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from perfeval_xl.errors import NotAForm
from perfeval_xl.layout import Layout
from perfeval_xl.layout.funds import FundTable, read_fund_table, unit_cells
from perfeval_xl.layout.goals import GoalCells, read_goals
from perfeval_xl.layout.grid import Grid, Item
from perfeval_xl.layout.headings import read_header
from perfeval_xl.layout.identity import Labelled, read_labelled
from perfeval_xl.layout.indicators import IndicatorTable, read_indicator_table
from perfeval_xl.layout.profile_fit import PrintedFacts, best_fit
from perfeval_xl.layout.sections import Block, blocks, is_form, sister_title
from perfeval_xl.layout.side_by_side import beside_each_other
from perfeval_xl.layout.title import carries_year, is_annex, is_title, is_unit, is_year, is_year_number
from perfeval_xl.layout.total import TotalCells, read_total
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.profile import Profile
from perfeval_xl.profile.vocabulary import vocabulary
from perfeval_xl.sources.sheet import Sheet


def layouts_by_labels(sheet: Sheet, profile: Profile | None = None) -> list[Layout]:
    """The forms on ``sheet``, top to bottom; none when it holds some other table, prose or nothing.

    Without ``profile`` each form gets the shipped profile that fits best, with the reasons; a form of an unknown
    region is read with the default one and its own labels. A form without title takes title and year from the one
    above it. Raises ``NotAForm`` when the sheet holds a sister form and no form.
    """
    words = vocabulary(profile)
    found: list[Layout] = []
    refused: str | None = None
    for grid in beside_each_other(sheet, Grid(sheet, words), words):
        layouts, sister = _below_each_other(grid, profile)
        found += layouts
        refused = refused or sister
    if refused and not found:
        raise NotAForm("sister-form", path=sheet.source, title="".join(refused.split()))
    return found


def _below_each_other(grid: Grid, profile: Profile | None) -> tuple[list[Layout], str | None]:
    """The forms of a grid, top to bottom, and the title of a sister form among them."""
    layouts: list[Layout] = []
    heading: Mapping[str, Cell] = {}
    refused: str | None = None
    for block in blocks(grid):
        if not is_form(grid, block):
            refused = refused or sister_title(grid, block)
            heading = {}
            continue
        found = _Form(grid, block)
        heading = found.read(heading)
        layouts.append(found.layout(profile))
    return layouts, refused


@dataclass(slots=True)
class _Form:
    """One form on the grid, section by section."""

    grid: Grid
    block: Block
    funds: FundTable = field(default_factory=FundTable)
    goals: GoalCells = field(default_factory=GoalCells)
    total: TotalCells = field(default_factory=TotalCells)
    labelled: Labelled = field(default_factory=Labelled)
    heading: dict[str, Cell] = field(default_factory=dict)
    print_cells: set[Cell] = field(default_factory=set)
    _indicators: IndicatorTable | None = None

    @property
    def indicators(self) -> IndicatorTable:
        """The indicator table; every form has one."""
        if self._indicators is None:
            header = read_header(self.grid, self.block.indicators[0], "indicators")
            closed = self.block.total is not None
            bottom = self.block.bottom if self.block.total is None else self.block.total - 1
            self._indicators = read_indicator_table(self.grid, header, bottom, closed=closed)
        return self._indicators

    def read(self, above: Mapping[str, Cell]) -> Mapping[str, Cell]:
        """Read all sections; gives title and year, which a form without title below takes over."""
        block = self.block
        taken = set(self.indicators.taken)
        if block.funds is not None:
            header = read_header(self.grid, block.funds, "funds")
            self.funds = read_fund_table(self.grid, header, self._end_of(block.funds))
            taken |= self.funds.taken
        if block.goals is not None:
            self.goals = read_goals(self.grid, block.goals, self._end_of(block.goals))
            taken |= self.goals.taken
        if block.total is not None:
            self.total = read_total(self.grid, block.total, self.indicators, self.funds)
            taken.add(block.total)
        titles = {title.row for title in block.titles}
        self._read_heading(above)
        rows = [row for row in self.grid.between(block.top, block.bottom) if row not in taken | titles]
        tables = sorted(taken)
        self.labelled = read_labelled(self.grid, rows, tables[0], tables[-1])
        return self.heading

    def _end_of(self, start: int) -> int:
        """The last row before the next section that begins below ``start``."""
        block = self.block
        starts = [block.funds, block.goals, *block.indicators, block.total]
        following = [row for row in starts if row is not None and row > start]
        return min(following) - 1 if following else block.bottom

    # --- title and year ---

    def _read_heading(self, above: Mapping[str, Cell]) -> None:
        titles = [title for title in self.block.titles if is_title(title, self.grid.words)]
        for title in self.block.titles:
            self.print_cells |= {item.cell for item in self.grid.items(title.row) if item != title}
            self.print_cells.add(title.cell)
        if not titles:
            self.heading = dict(above) if not self.block.titles else {}
            self._find_year(self.block.top)
            return
        title = titles[-1]
        self.heading["title"] = title.cell
        self._find_year(title.row)
        if "fiscal_year" not in self.heading and carries_year(title):
            self.heading["fiscal_year"] = title.cell

    def _find_year(self, top: int) -> None:
        """The year in a cell of its own above the tables, beside or below the title."""
        for row in self.grid.between(top, min(self.indicators.taken)):
            items = self.grid.items(row)
            for item in items:
                if is_year(item) or (len(items) == 1 and is_year_number(item)):
                    self.heading["fiscal_year"] = item.cell
                    return

    # --- the result ---

    def layout(self, profile: Profile | None) -> Layout:
        """The layout with ``profile``, or with the one that fits best."""
        units = unit_cells(self._unit_candidates())
        fields = self._fields(units)
        reasons: tuple[str, ...] = ()
        if profile is None:
            profile, reasons = best_fit(self._facts(fields))
        extra = (*self.labelled.extra, *self.funds.extra, *self.indicators.extra)
        return Layout(
            profile=profile,
            by="label",
            area=self._area(),
            fields=fields,
            fund_rows=tuple(self.funds.rows),
            indicator_rows=tuple(self.indicators.rows),
            extra=tuple(sorted(extra, key=lambda entry: entry.cell)),
            ambiguous=(*self.funds.ambiguous, *self.goals.ambiguous, *self.indicators.ambiguous, *self.total.ambiguous),
            print_cells=frozenset(self._print() - set(fields.values())),
            reasons=reasons,
            units=units,
            years=self._years(fields),
            unknown_columns=tuple(self._unknown_columns()),
            parts=dict(self.labelled.parts),
        )

    def _years(self, fields: Mapping[str, Cell]) -> tuple[Cell, ...]:
        """Every cell at the top of the form that names the year."""
        top, tables = self.block.top, min(self.indicators.taken)
        titles = [title.cell for title in self.block.titles if carries_year(title)]
        lines = [item.cell for row in self.grid.between(top, tables) for item in self.grid.items(row) if is_year(item)]
        labelled = [fields["fiscal_year"]] if "fiscal_year" in fields else []
        return tuple(dict.fromkeys((*titles, *lines, *labelled)))

    def _unknown_columns(self) -> Iterator[Cell]:
        """The headings over columns that hold something and belong to no field."""
        for table in (self.funds, self.indicators):
            header = table.header
            if header is None:
                continue
            for label, span in header.others.items():
                answered = any(entry.label.partition("[")[0] == label for entry in table.extra)
                cells = [cell for cell in sorted(header.cells) if cell.column == span.left]
                if answered and cells and self.grid.words.of(label).get("sections") != "extra":
                    yield cells[0]

    def _fields(self, units: Sequence[Cell]) -> dict[str, Cell]:
        found = {
            **self.heading,
            **self.labelled.fields,
            **({"funds.unit": units[0]} if units else {}),
            **self.goals.fields,
            **self.total.fields,
        }
        if "fiscal_year" in self.heading and self.grid.sheet[found["fiscal_year"]] is None:
            found["fiscal_year"] = self.heading["fiscal_year"]
        return found

    def _unit_candidates(self) -> list[Item]:
        """Cells that may name the unit of money, the surest first: headings of the funds, a line above the tables."""
        rows = self.grid.rows
        labels = [
            item
            for row in sorted(self.funds.taken)
            for item in rows.get(row, ())
            if item.roles.get("sections") == "funds"
            or item.cell in (self.funds.header.cells if self.funds.header else ())
        ]
        top = min(self.indicators.taken)
        lines = [item for row in self.grid.between(self.block.top, top) for item in rows[row] if is_unit(item)]
        bars = [
            item
            for row in self.grid.between(self.block.top, top)
            for item in rows[row]
            if item.roles.get("sections") == "funds"
        ]
        return [*labels, *lines, *bars]

    def _print(self) -> set[Cell]:
        print_cells = set(self.print_cells)
        for section in (self.funds, self.goals, self.indicators, self.total, self.labelled):
            print_cells |= section.print_cells
        for row in self.grid.between(self.block.top, self.block.bottom):
            print_cells |= {i.cell for i in self.grid.items(row) if is_year(i) or is_annex(i) or is_unit(i)}
        return print_cells

    def _area(self) -> Range:
        rows = list(self.grid.between(self.block.top, self.block.bottom))
        items = [item for row in rows for item in self.grid.items(row)]
        right = max(self.indicators.header.right, max(item.right for item in items))
        return Range(self.block.top, min(item.left for item in items), max(rows), right)

    def _facts(self, fields: Mapping[str, Cell]) -> PrintedFacts:
        block = self.block
        return PrintedFacts(
            grid=self.grid,
            fields=fields,
            funds=self.funds,
            indicators=self.indicators,
            rows=range(block.top, block.bottom + 1),
            goals_first=block.goals is not None and block.funds is not None and block.goals < block.funds,
        )
