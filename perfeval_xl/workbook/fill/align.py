"""Which row of an office's own table takes which line of the form, and where rows must be added.

An office's table has its own order: rows printed for 数量指标, 质量指标 and so on, labels merged over several rows.
A line goes to the first free row under its own labels; a group that is too short gets rows below its last one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from perfeval_xl.layout import Layout, Row
from perfeval_xl.model import Form, FundLine, Indicator
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.profile import Profile, label_key
from perfeval_xl.reading import POINTS_BESIDE_LABEL
from perfeval_xl.sources.sheet import Sheet

Levels = tuple[str, str]
LEVELS: Final = ("level1", "level2")
MONEY: Final = ("initial_budget", "full_year_budget", "executed", "weight", "execution_rate", "score")


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row that is missing. ``levels`` are the labels it needs of its own; ``None`` goes on with the group above,
    and an empty label is none at all."""

    levels: tuple[str | None, str | None] = (None, None)
    line: FundLine | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """Rows that are missing below row ``below`` of the sheet, in order."""

    below: int
    rows: tuple[NewRow, ...]
    #: The row of the table that they follow.
    model: Row
    table: str = "indicators"


@dataclass(frozen=True, slots=True)
class Alignment:
    """``funds`` and ``indicators`` pair every row of the sheet with its line, or ``None``.

    While ``room`` says that rows are missing the pairs are not complete.
    """

    funds: tuple[tuple[Row, FundLine | None], ...]
    indicators: tuple[tuple[Row, Indicator | None], ...]
    room: tuple[Room, ...]


def align(sheet: Sheet, layout: Layout, form: Form) -> Alignment:
    """Pairs the rows of an office's sheet with the lines of a form."""
    funds, fund_room = _align_funds(sheet, layout, form.funds.lines)
    indicators, room = _align_indicators(sheet, layout, form.indicators)
    return Alignment(tuple(funds), tuple(indicators), (*fund_room, *room))


def row_of(row: Row) -> int:
    """The printed row: level cells may stand above, in a merge."""
    own = [cell.row for column, cell in row.items() if column not in LEVELS]
    return max(own or [cell.row for cell in row.values()], default=-1)


# --- funds ------------------------------------------------------------------------------------------------------


def _align_funds(
    sheet: Sheet, layout: Layout, lines: Sequence[FundLine]
) -> tuple[list[tuple[Row, FundLine | None]], list[Room]]:
    sources = layout.profile.labels("fund_rows")
    taken: dict[int, FundLine] = {}
    missing: list[NewRow] = []
    blank = [n for n, row in enumerate(layout.fund_rows) if not _label(sheet, row, "label")]
    for line in lines:
        number = _fund_row(sheet, layout, line, sources, taken)
        if number is None and has_numbers(line):
            number = blank.pop(0) if blank else None
            missing += [NewRow(line=line)] if number is None else []
        if number is not None:
            taken[number] = line
    last = max(layout.fund_rows, key=row_of, default={})
    room = [Room(row_of(last), tuple(missing), last, "funds.lines")] if missing and layout.fund_rows else []
    return [(row, taken.get(number)) for number, row in enumerate(layout.fund_rows)], room


def _fund_row(
    sheet: Sheet, layout: Layout, line: FundLine, sources: Mapping[str, str], taken: Mapping[int, FundLine]
) -> int | None:
    free = [number for number in range(len(layout.fund_rows)) if number not in taken]
    labels = {number: label_key(_label(sheet, layout.fund_rows[number], "label")) for number in free}
    by_label = [number for number in free if labels[number] and labels[number] == label_key(line.label or "")]
    by_source = [number for number in free if sources.get(labels[number], "") == line.source]
    return next(iter(by_label + by_source), None)


def has_numbers(line: FundLine) -> bool:
    """Whether a line says more than its label."""
    return any(getattr(line, column) is not None for column in MONEY)


def _label(sheet: Sheet, row: Row, column: str) -> str:
    cell = row.get(column)
    return "".join(str(sheet[cell] or "").split()) if cell is not None else ""


# --- indicators -------------------------------------------------------------------------------------------------


def levels_of(sheet: Sheet, row: Row, profile: Profile) -> Levels:
    """The level labels of a row in the vocabulary's own words; points beside a label are print."""
    level1, level2 = (_label(sheet, row, column) for column in LEVELS)
    match = POINTS_BESIDE_LABEL.match(level1)
    return known(profile, match["label"] if match else level1), known(profile, level2)


def wanted_levels(indicator: Indicator, profile: Profile) -> Levels:
    """The labels an indicator belongs under, in the vocabulary's own words."""
    level1 = indicator.level1 or profile.level1_of(indicator.level2)
    return known(profile, level1), known(profile, indicator.level2)


def known(profile: Profile, label: str | None) -> str:
    """A level label in the vocabulary's own words, or as it is."""
    key = label_key(label or "") if label else ""
    return profile.labels("levels").get(key, key)


def completed(row: Row, rows: Sequence[Row], sheet: Sheet) -> Row:
    """A row with the cells that were in doubt while it was blank: under the headings, where other rows have them."""
    number, held = row_of(row), set(row.values())
    found = dict(row)
    for column in dict.fromkeys(name for other in rows for name in other):
        if column in found or column in LEVELS:
            continue
        places = [other[column].column for other in rows if column in other]
        cell = Cell(number, max(set(places), key=places.count))
        area = merge_at(sheet, cell)
        if cell not in held and (area is None or area.anchor == cell):
            found[column] = cell
    return found


def level_columns(sheet: Sheet, layout: Layout) -> dict[str, int]:
    """``level1`` and ``level2`` -> the column their labels stand in, also where no row has one yet."""
    found = {column: row[column].column for row in layout.indicator_rows for column in LEVELS if column in row}
    top = min((row_of(row) for row in layout.indicator_rows if row), default=0)
    headings = layout.profile.labels("indicators")
    for cell in sorted(layout.print_cells):
        field = headings.get(label_key(str(sheet[cell] or ""))) if cell.row < top else None
        if field in LEVELS:
            found.setdefault(field, cell.column)
    return found


def own_level_cell(sheet: Sheet, row: int, column: int) -> Cell | None:
    """The cell of a level label that is this row's own; ``None`` inside a merge that begins above."""
    area = merge_at(sheet, Cell(row, column))
    if area is None:
        return Cell(row, column)
    return area.anchor if area.top == row else None


def merge_at(sheet: Sheet, cell: Cell) -> Range | None:
    """The merged area that covers a cell."""
    return next((area for area in sheet.merges if area.covers(cell)), None)


def _align_indicators(
    sheet: Sheet, layout: Layout, indicators: Sequence[Indicator]
) -> tuple[list[tuple[Row, Indicator | None]], list[Room]]:
    rows = layout.indicator_rows
    groups = [levels_of(sheet, row, layout.profile) for row in rows]
    has_names = any("name" in row for row in rows)
    usable = [number for number, row in enumerate(rows) if row and ("name" in row or not has_names)]
    taken: dict[int, Indicator] = {}
    homeless: dict[int, list[Levels]] = {}
    for indicator in indicators:
        wanted = wanted_levels(indicator, layout.profile)
        number = _free_row(groups, wanted, [number for number in usable if number not in taken])
        if number is not None:
            taken[number] = indicator
        else:
            homeless.setdefault(_end_of_group(groups, wanted, usable), []).append(wanted)
    spellings = {wanted_levels(indicator, layout.profile): indicator for indicator in indicators}
    room = [
        Room(row_of(rows[number]), tuple(_new_rows(groups[number], missing, spellings)), rows[number])
        if number >= 0
        else Room(-1, (NewRow(),), {})
        for number, missing in homeless.items()
    ]
    return [(row, taken.get(number)) for number, row in enumerate(rows)], room


def _free_row(groups: Sequence[Levels], wanted: Levels, free: Sequence[int]) -> int | None:
    """The first free row under the same labels, else a free row without labels of its own."""
    same = [number for number in free if groups[number] == wanted]
    under = [number for number in free if groups[number] == (wanted[0], "")]
    bare = [number for number in free if groups[number] == ("", "")]
    return next(iter(same + under + bare), None)


def _end_of_group(groups: Sequence[Levels], wanted: Levels, usable: Sequence[int]) -> int:
    """The row below which a further row of these labels belongs; -1 in a table without rows."""
    for alike in (
        [number for number in usable if groups[number] == wanted],
        [number for number in usable if groups[number][0] == wanted[0]],
    ):
        if alike:
            return alike[-1]
    return usable[-1] if usable else -1


def _new_rows(above: Levels, missing: Sequence[Levels], spellings: Mapping[Levels, Indicator]) -> Iterator[NewRow]:
    """The missing rows below a group: first those that go on with it, then those under labels of their own."""
    order = sorted(missing, key=lambda wanted: (wanted != above, wanted[0] != above[0], wanted))
    last = above
    for wanted in order:
        indicator = spellings[wanted]
        level1 = None if wanted[0] == last[0] else indicator.level1 or wanted[0]
        level2 = None if wanted == last else indicator.level2 or ""
        yield NewRow((level1, level2))
        last = wanted
