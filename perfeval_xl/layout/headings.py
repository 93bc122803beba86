"""Headings of the two tables: which column each heading stands over, in one printed row or in two."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from perfeval_xl.layout.grid import Grid, Item
from perfeval_xl.package.addresses import Cell
from perfeval_xl.profile.vocabulary import Vocabulary, compact

#: Two of these in one row make it the heading of the funds table.
_MONEY: Final = frozenset({"initial_budget", "full_year_budget", "executed", "execution_rate"})
_TARGETS: Final = frozenset({"target", "target_value"})
_VALUES: Final = frozenset({*_TARGETS, "actual", "weight", "score"})
#: (A), (B/A) or (万元) in the second row of a heading.
_REMARK: Final = re.compile(r"\([^()]*\)|%")


class HeadingSpan(NamedTuple):
    """The columns under one heading."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Header:
    """Columns of a table by field, left to right; ``others`` are headings that belong to no field."""

    top: int
    bottom: int
    columns: Mapping[str, HeadingSpan]
    others: Mapping[str, HeadingSpan]
    cells: frozenset[Cell]

    @property
    def right(self) -> int:
        """The last column under a heading."""
        return max(span.right for span in (*self.columns.values(), *self.others.values()))


class _Heading(NamedTuple):
    row: int
    span: HeadingSpan
    field: str | None
    text: str


def has_funds_heading(grid: Grid, row: int) -> bool:
    """Whether the funds table begins in this row."""
    found = {item.roles.get("funds") for item in grid.items(row)}
    if len(found & _MONEY) >= 2:
        return True
    return bool(found & {"weight", "score", "execution_rate"}) and len(_fields(grid, row, "funds") & _MONEY) >= 2


def has_indicators_heading(grid: Grid, row: int) -> bool:
    """Whether the indicator table begins in this row: 三级指标 (or 二级指标) with its target and what was done."""
    found = {item.roles.get("indicators") for item in grid.items(row)}
    # Levels and 三级指标 may stand in the second row of the heading, below 绩效指标.
    in_two_rows = bool(found & {"weight", "score"}) and len(found & _VALUES) >= 2
    if not found & {"name", "level1", "level2"} and not in_two_rows:
        return False
    fields = _fields(grid, row, "indicators")
    if not fields & {"name", "level2"}:
        return False
    target = bool(fields & _TARGETS)
    judged = bool(fields & {"weight", "score"})
    return ("actual" in fields and (target or judged)) or (target and "score" in fields)


def _fields(grid: Grid, row: int, scope: str) -> set[str]:
    return {heading.field for heading in _headings(grid, row, scope) if heading.field}


def read_header(grid: Grid, row: int, scope: str) -> Header:
    """The header that begins in ``row``; ``scope`` is ``funds`` or ``indicators``."""
    headings = _headings(grid, row, scope)
    bottom = max(heading.row for heading in headings)
    columns: dict[str, HeadingSpan] = {}
    others: dict[str, HeadingSpan] = {}
    twice: set[str] = set()
    for heading, span in _with_room(headings):
        if heading.field is None:
            others.setdefault(heading.text, span)
        elif heading.field in columns:
            twice.add(heading.field)
        else:
            columns[heading.field] = span
    # Two columns under one name: which of them is meant cannot be told, except that the first name column leads.
    for field in twice - {"name", "level1", "level2"}:
        columns.pop(field)
    _settle_target(columns)
    first = min((span.left for span in columns.values()), default=0)
    others = {
        text: span
        for text, span in others.items()
        if text and (span.left > first or (scope == "funds" and _is_over_numbers(grid, bottom, text, span)))
    }
    cells = frozenset(item.cell for r in range(row, bottom + 1) for item in grid.items(r))
    return Header(row, bottom, columns, others, cells)


def _is_over_numbers(grid: Grid, bottom: int, text: str, span: HeadingSpan) -> bool:
    """Whether a heading left of all known columns is one of money, not of the rows' labels."""
    if "sections" in grid.words.of(text):
        return False
    below = [item for row in range(bottom + 1, bottom + 4) for item in grid.items(row) if item.left == span.left]
    is_other = [item.kind == "text" and not item.text.isascii() for item in below]
    return any(item.kind in ("number", "money") for item in below) and not any(is_other)


def _settle_target(columns: dict[str, HeadingSpan]) -> None:
    """指标值 alone is the whole target; 年度指标值 over its three parts is only their heading."""
    if "target_value" not in columns:
        return
    if "target_operator" in columns or "target_unit" in columns:
        columns.pop("target", None)
    else:
        columns.setdefault("target", columns.pop("target_value"))


def _with_room(headings: list[_Heading]) -> list[tuple[_Heading, HeadingSpan]]:
    """Each heading with the columns up to the next one: a value may stand anywhere below."""
    ordered = sorted(headings, key=lambda heading: heading.span.left)
    placed = []
    for number, heading in enumerate(ordered):
        following = ordered[number + 1].span.left if number + 1 < len(ordered) else heading.span.right + 1
        placed.append((heading, HeadingSpan(heading.span.left, max(heading.span.left, following - 1))))
    return placed


def _headings(grid: Grid, row: int, scope: str) -> list[_Heading]:
    upper = [
        _Heading(row, HeadingSpan(item.left, item.right), item.roles.get(scope), compact(item.text))
        for item in grid.distinct(row)
    ]
    lower = _second_row(grid, row + 1, scope, upper)
    if lower is None:
        return upper
    taken = {heading.span.left for heading in lower}
    return [heading for heading in upper if heading.span.left not in taken] + lower


def _above(upper: list[_Heading], column: int) -> _Heading | None:
    """The heading of the first row that stands over ``column``."""
    return max((heading for heading in upper if heading.span.left <= column), key=lambda h: h.span.left, default=None)


def _second_row(grid: Grid, row: int, scope: str, upper: list[_Heading]) -> list[_Heading] | None:
    """The headings of a second header row, or ``None`` when ``row`` is data.

    Every cell of it must be a heading: by itself (度量单位 under 年度指标值), as the rest of the one above
    (年初 / 预算数), or a bracketed remark such as (A).
    """
    found: list[_Heading] = []
    last: Item | None = None
    for item in grid.items(row):
        repeated = last is not None and item.text == last.text and item.left == last.right + 1
        # 预算数 stands below 年初 and again below 全年: only under one heading is it the same cell written twice.
        if repeated and last is not None and _above(upper, item.left) == _above(upper, last.left):
            last = item
            continue
        last = item
        heading = _second_heading(grid.words, item, scope, upper)
        if heading is None:
            return None
        found.append(heading)
    return found or None


def _second_heading(words: Vocabulary, item: Item, scope: str, upper: list[_Heading]) -> _Heading | None:
    text = compact(item.text)
    above = _above(upper, item.left)
    if text and above is not None and item.left <= above.span.right:
        if _REMARK.fullmatch(text):
            return _Heading(item.row, above.span, above.field, above.text)
        split = words.of(above.text + text).get(scope) if above.field is None else None
        if split:
            return _Heading(item.row, HeadingSpan(item.left, item.right), split, above.text + text)
    alone = item.roles.get(scope)
    return _Heading(item.row, HeadingSpan(item.left, item.right), alone, text) if alone else None
