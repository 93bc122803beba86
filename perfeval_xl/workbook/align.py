"""Which row of an office's own table takes which line of the form, and where rows must be added.

An office's table has its own order: rows printed for 数量指标, 质量指标 and so on, labels merged over several rows.
A line goes to the first free row under its own labels; a group that is too short gets rows below its last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfeval_xl.layout import Layout, Row
from perfeval_xl.model import Form, FundLine, Indicator
from perfeval_xl.profile import Profile, label_key
from perfeval_xl.read import POINTS_BESIDE_LABEL
from perfeval_xl.sources.sheet import Sheet

Levels = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Alignment:
    """``funds`` and ``indicators`` pair every row of the sheet with its line, or ``None``; ``room`` says below which
    row how many rows are missing. While rows are missing the pairs are not complete."""

    funds: tuple[tuple[Row, FundLine | None], ...]
    indicators: tuple[tuple[Row, Indicator | None], ...]
    room: tuple[tuple[int, int], ...]


def align(sheet: Sheet, layout: Layout, form: Form) -> Alignment:
    """Pairs the rows of an office's sheet with the lines of a form."""
    funds, missing_funds = _align_funds(sheet, layout, form.funds.lines)
    indicators, room = _align_indicators(sheet, layout, form.indicators)
    if missing_funds:
        room = [*room, (_last(layout.fund_rows), missing_funds)]
    return Alignment(tuple(funds), tuple(indicators), tuple(sorted(room)))


def _last(rows: Sequence[Row]) -> int:
    return max((cell.row for row in rows for cell in row.values()), default=-1)


def _row_of(row: Row) -> int:
    """The printed row: level cells may stand above, in a merge."""
    own = [cell.row for column, cell in row.items() if column not in ("level1", "level2")]
    return max(own or [cell.row for cell in row.values()])


# --- funds ------------------------------------------------------------------------------------------------------


def _align_funds(
    sheet: Sheet, layout: Layout, lines: Sequence[FundLine]
) -> tuple[list[tuple[Row, FundLine | None]], int]:
    sources = layout.profile.labels("fund_rows")
    taken: dict[int, FundLine] = {}
    missing = 0
    blank = [n for n, row in enumerate(layout.fund_rows) if not _label(sheet, row, "label")]
    for line in lines:
        number = _fund_row(sheet, layout, line, sources, taken)
        if number is None and _has_numbers(line):
            number = blank.pop(0) if blank else None
            missing += number is None
        if number is not None:
            taken[number] = line
    return [(row, taken.get(number)) for number, row in enumerate(layout.fund_rows)], missing


def _fund_row(
    sheet: Sheet, layout: Layout, line: FundLine, sources: dict[str, str], taken: dict[int, FundLine]
) -> int | None:
    free = [number for number in range(len(layout.fund_rows)) if number not in taken]
    labels = {number: label_key(_label(sheet, layout.fund_rows[number], "label")) for number in free}
    by_label = [number for number in free if labels[number] and labels[number] == label_key(line.label or "")]
    by_source = [number for number in free if sources.get(labels[number], "") == line.source]
    return next(iter(by_label + by_source), None)


def _has_numbers(line: FundLine) -> bool:
    return any(value is not None for value in (line.initial_budget, line.full_year_budget, line.executed))


def _label(sheet: Sheet, row: Row, column: str) -> str:
    cell = row.get(column)
    return "".join(str(sheet[cell] or "").split()) if cell is not None else ""


# --- indicators -------------------------------------------------------------------------------------------------


def levels_of(sheet: Sheet, row: Row, profile: Profile) -> Levels:
    """The level labels of a row in the vocabulary's own words; points beside a label are print."""
    level1, level2 = (_label(sheet, row, column) for column in ("level1", "level2"))
    match = POINTS_BESIDE_LABEL.match(level1)
    return known(profile, match["label"] if match else level1), known(profile, level2)


def known(profile: Profile, label: str | None) -> str:
    """A level label in the vocabulary's own words, or as it is."""
    key = label_key(label or "") if label else ""
    return profile.labels("levels").get(key, key)


def _align_indicators(
    sheet: Sheet, layout: Layout, indicators: Sequence[Indicator]
) -> tuple[list[tuple[Row, Indicator | None]], list[tuple[int, int]]]:
    rows = layout.indicator_rows
    groups = [levels_of(sheet, row, layout.profile) for row in rows]
    taken: dict[int, Indicator] = {}
    room: dict[int, int] = {}
    for indicator in indicators:
        wanted = (known(layout.profile, indicator.level1), known(layout.profile, indicator.level2))
        number = _free_row(groups, wanted, taken)
        if number is not None:
            taken[number] = indicator
        else:
            below = _row_of(rows[_end_of_group(groups, wanted)]) if rows else -1
            room[below] = room.get(below, 0) + 1
    return [(row, taken.get(number)) for number, row in enumerate(rows)], list(room.items())


def _free_row(groups: Sequence[Levels], wanted: Levels, taken: dict[int, Indicator]) -> int | None:
    """The first free row under the same labels, else a free row without labels of its own."""
    same = [number for number, group in enumerate(groups) if group == wanted]
    under = [number for number, group in enumerate(groups) if group == (wanted[0], "")]
    bare = [number for number, group in enumerate(groups) if group == ("", "")]
    return next((number for number in same + under + bare if number not in taken), None)


def _end_of_group(groups: Sequence[Levels], wanted: Levels) -> int:
    """The row below which a further row of these labels belongs."""
    for alike in (
        [number for number, group in enumerate(groups) if group == wanted],
        [number for number, group in enumerate(groups) if group[0] == wanted[0]],
    ):
        if alike:
            return alike[-1]
    return len(groups) - 1
