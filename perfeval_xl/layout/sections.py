"""Where one form ends and the next begins, and where its sections stand.

A form begins at its title; without one at the row of its 项目名称, or at a table that the form above already has.
What counts as a form, at the least: the heading of the indicator table (三级指标 with 年度指标值 and 实际完成值, or a
score for one of them) and, with it, a 项目名称 label or the funds table. The torn-off end of a form, which begins with
its indicator table, is a form as well when the table names known levels. Anything else is some other table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from perfeval_xl.layout.grid import Grid, Item
from perfeval_xl.layout.headings import has_funds_heading, has_indicators_heading
from perfeval_xl.layout.identity import inline_labels
from perfeval_xl.layout.title import is_sister, is_year, title_in

_TITLE_ROWS: Final = 100


@dataclass(slots=True)
class Block:
    """The rows of one form, or of what may be one, with the rows its sections begin in."""

    top: int
    bottom: int = 0
    titles: list[Item] = field(default_factory=list)
    name: int | None = None
    funds: int | None = None
    goals: int | None = None
    indicators: list[int] = field(default_factory=list)
    total: int | None = None
    #: Labels that only sister forms have, such as 部门名称.
    foreign: int = 0

    @property
    def is_begun(self) -> bool:
        """Whether more than a title has been seen."""
        return self.name is not None or self.funds is not None or self.goals is not None or bool(self.indicators)

    @property
    def has_table(self) -> bool:
        """Whether one of the form's own tables or sections has been seen."""
        return self.funds is not None or self.goals is not None or bool(self.indicators)


def blocks(grid: Grid) -> list[Block]:
    """What may be forms, top to bottom."""
    found: list[Block] = []
    rows = sorted(grid.rows)
    # Without a label of indicators there is no form; then only the title of a sister form is of interest.
    for row in rows if grid.may_hold_form else rows[:_TITLE_ROWS]:
        facts = _Facts(grid, row)
        if not found or facts.begins_anew(found[-1]):
            found.append(Block(_start(grid, row, facts, found[-1] if found else None)))
            if len(found) > 1:
                found[-2].bottom = found[-1].top - 1
        facts.enter(found[-1])
    if found:
        found[-1].bottom = max(grid.rows)
    return found


class _Facts:
    """Which sections of a form begin in a row."""

    def __init__(self, grid: Grid, row: int) -> None:
        self.row = row
        items = grid.items(row)
        self.title = title_in(grid, row) if len(items) < 40 else None
        self.indicators = has_indicators_heading(grid, row)
        self.funds = not self.indicators and has_funds_heading(grid, row)
        goals = {item.roles.get("goals") for item in items}
        self.goals = not self.indicators and {"expected", "actual"} <= goals
        self.name = not (self.title or self.indicators or self.funds) and any(_labels_name(grid, i) for i in items)
        self.total = bool(items) and any(item.roles.get("sections") == "total" for item in items[:2])
        self.foreign = any(item.roles.get("sections") == "sister" for item in items)

    def begins_anew(self, block: Block) -> bool:
        """Whether this row cannot belong to ``block`` because the block already has what it begins."""
        if self.title is not None:
            return block.is_begun
        if self.indicators:
            return block.total is not None
        if self.funds:
            return bool(block.indicators)
        return self.name and block.name is not None and block.has_table

    def enter(self, block: Block) -> None:
        """Records in ``block`` which sections begin in this row."""
        if self.title is not None:
            block.titles.append(self.title)
        elif self.indicators:
            block.indicators.append(self.row)
        elif self.funds:
            block.funds = self.row if block.funds is None else block.funds
        elif self.total and block.indicators and block.total is None:
            block.total = self.row
        else:
            self._enter_other(block)

    def _enter_other(self, block: Block) -> None:
        if self.name and block.name is None:
            block.name = self.row
        if self.goals and block.goals is None:
            block.goals = self.row
        block.foreign += self.foreign


def _labels_name(grid: Grid, item: Item) -> bool:
    if item.roles.get("project") == "name":
        return True
    return any(part.field == "project.name" for part in inline_labels(item, grid.words))


def _start(grid: Grid, row: int, facts: _Facts, above: Block | None) -> int:
    """The first row of a new form: identity rows directly above the row that shows it are its own."""
    if facts.title is not None or above is None:
        return row
    floor = above.total if above.total is not None else max(above.indicators, default=above.top)
    while row - 1 > floor and _belongs_below(grid, row - 1):
        row -= 1
    return row


def _belongs_below(grid: Grid, row: int) -> bool:
    items = grid.items(row)
    labelled = any(item.roles.get("project") not in (None, "leader", "phone") for item in items)
    return labelled or (len(items) == 1 and is_year(items[0]))


def is_form(grid: Grid, block: Block) -> bool:
    """Whether a block shows enough to be a form, and no sign of being a sister form."""
    if not block.indicators or sister_title(grid, block):
        return False
    if block.name is not None:
        return True
    if block.foreign:
        return False
    return block.funds is not None or _is_torn_off(grid, block)


def sister_title(grid: Grid, block: Block) -> str | None:
    """The title of the sister form that a block is; the title nearest to the content counts, if there is any."""
    if not any(len(grid.items(row)) > 1 for row in grid.between(block.top, block.bottom)):
        return None
    if block.titles:
        last = block.titles[-1]
        return last.text.strip() if is_sister(last, grid.words) else None
    if block.name is None and block.has_table and "整体" in grid.sheet.name:
        return grid.sheet.name
    return None


def _is_torn_off(grid: Grid, block: Block) -> bool:
    """Whether this is the end of a form without its beginning: it starts with an indicator table of known levels."""
    if block.titles or block.top != block.indicators[0]:
        return False
    rows = grid.between(block.indicators[0] + 1, block.total or block.bottom)
    return any("levels" in item.roles for row in rows for item in grid.items(row)[:3])
