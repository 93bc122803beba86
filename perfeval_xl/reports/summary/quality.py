"""自评质量: how often each form has each kind of finding, the weight table, and the score as a formula over both.

The table stands above the forms and may be changed: each distinct table of the profiles in the batch has two rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.checks import rules
from perfeval_xl.messages import say
from perfeval_xl.profile.types import Quality
from perfeval_xl.reports.groups import title
from perfeval_xl.reports.ledger import Ledger
from perfeval_xl.reports.summary.table import CellContent, Column, Formula, SummaryBook, quoted

#: Columns before those of the kinds.
_BEFORE: Final = (Column("number", 6, "count"), Column("project", 30, "wrapped"), Column("department", 20, "wrapped"))
#: Rows above the weight tables: what the sheet says, and the headings.
_HEAD: Final = 2


def _tables(ledger: Ledger) -> list[Quality]:
    """The distinct weight tables of the batch."""
    found: list[Quality] = []
    for quality in ledger.qualities.values():
        if quality not in found:
            found.append(quality)
    return found


def _kinds(ledger: Ledger) -> list[str]:
    """The kinds of findings that cost points in any of the tables, in the order of their codes."""
    return [rule.name for rule in rules() if any(rule.name in table.deductions for table in _tables(ledger))]


def _columns(ledger: Ledger) -> list[Column]:
    codes = {rule.name: rule.code for rule in rules()}
    kinds = [Column(name, 9, "count", f"{codes[name]} {title(name)}") for name in _kinds(ledger)]
    return [*_BEFORE, *kinds, Column("quality", 10, "score"), Column("level", 11)]


def _row_of(ledger: Ledger, number: int) -> int:
    """The row of a form, from 0; forms count from 1."""
    return _HEAD + 2 * len(_tables(ledger)) + number - 1


def _place(ledger: Ledger, number: int, behind: int) -> str:
    column = xl_col_to_name(len(_BEFORE) + len(_kinds(ledger)) + behind)
    return f"{quoted(say('reports.sheet-quality'))}!{column}{_row_of(ledger, number) + 1}"


def score_cell(ledger: Ledger, number: int) -> str:
    """Where the quality score of a form stands."""
    return _place(ledger, number, 0)


def level_cell(ledger: Ledger, number: int) -> str:
    """Where the level of a form stands."""
    return _place(ledger, number, 1)


def write_quality(book: SummaryBook, ledger: Ledger) -> None:
    """The sheet 自评质量."""
    columns = _columns(ledger)
    page = book.sheet(say("reports.sheet-quality"), columns)
    page.set_row(0, 48)
    page.merge_range(0, 0, 0, len(columns) - 1, say("reports.quality-note"), book.look("note"))
    page.set_row(1, 92)
    for index, column in enumerate(columns):
        page.write_string(1, index, column.caption(), book.look("heading"))
    for row, (name, cells) in enumerate(_weights(ledger), start=_HEAD):
        page.set_row(row, 32)
        page.merge_range(row, 0, row, len(_BEFORE) - 1, name, book.look("total"))
        for index, cell in enumerate(cells, start=len(_BEFORE)):
            book.cell(page, row, index, cell, "input-score")
    for number, cells in enumerate(_forms(ledger), start=1):
        book.row(page, _row_of(ledger, number), columns, cells)
    page.freeze_panes(_row_of(ledger, 1), len(_BEFORE))
    page.repeat_rows(1)


def _weights(ledger: Ledger) -> Iterator[tuple[str, list[CellContent]]]:
    for table in _tables(ledger):
        profiles = "、".join(name for name, quality in ledger.qualities.items() if quality == table)
        listed = [table.deductions.get(name) for name in _kinds(ledger)]
        each: list[CellContent] = [deduction.each if deduction else 0 for deduction in listed]
        most: list[CellContent] = [deduction.most if deduction else 0 for deduction in listed]
        yield say("reports.each", profiles=profiles), [*each, table.full_marks, None]
        yield say("reports.most", profiles=profiles), [*most, None, None]


def _forms(ledger: Ledger) -> Iterator[list[CellContent]]:
    kinds, tables = _kinds(ledger), _tables(ledger)
    first, last = xl_col_to_name(len(_BEFORE)), xl_col_to_name(len(_BEFORE) + len(kinds) - 1)
    scored = xl_col_to_name(len(_BEFORE) + len(kinds))
    for number, form in enumerate(ledger.forms, start=1):
        table = ledger.qualities[form.profile]
        weights = _HEAD + 2 * tables.index(table) + 1
        row = _row_of(ledger, number) + 1
        counts, each, most = (
            f"{left}{row_}:{right}{row_}"
            for left, right, row_ in (
                (first, last, row),
                (f"${first}$", f"${last}$", weights),
                (f"${first}$", f"${last}$", weights + 1),
            )
        )
        over = f"{counts}*{each}>{most}"
        off = f"SUMPRODUCT(IF({over},{most},{counts}*{each}))"
        yield [
            number,
            form.name or say("reports.no-name"),
            form.owner or say("reports.no-department"),
            *(form.charged.get(name, 0) or None for name in kinds),
            Formula(f"MAX(0,${scored}${weights}-{off})", form.quality, array=True),
            Formula(f"LOOKUP({scored}{row},{_levels(table)})", form.level),
        ]


def _levels(table: Quality) -> str:
    """``{0,60,75,90},{"…","…"}``: lower bounds and names, from the lowest."""
    levels: Sequence[tuple[str, str]] = [
        (f"{level.at_least:f}", '"{}"'.format(level.name.replace('"', '""'))) for level in reversed(table.levels)
    ]
    bounds, names = (",".join(part) for part in zip(*levels, strict=True))
    return f"{{{bounds}}},{{{names}}}"
