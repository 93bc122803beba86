"""明细: one row for each form, with a link to its file and cell; room for the score of a review (复核得分)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from perfeval_xl.messages import say
from perfeval_xl.reports.ledger import FormRecord, Ledger
from perfeval_xl.reports.links import file_name, workbook_link
from perfeval_xl.reports.summary.quality import level_cell, score_cell
from perfeval_xl.reports.summary.table import (
    CellContent,
    Column,
    Formula,
    Link,
    SummaryBook,
    letter,
    quoted,
    write_table,
)
from perfeval_xl.sums import half_up

COLUMNS: Final = (
    Column("number", 6, "count"),
    Column("file", 26, "link"),
    Column("sheet", 12),
    Column("profile", 14),
    Column("year", 7, "count"),
    Column("code", 16),
    Column("project", 32, "wrapped"),
    Column("department", 22, "wrapped"),
    Column("unit", 22, "wrapped"),
    Column("budget", 13, "money"),
    Column("executed", 13, "money"),
    Column("rate", 9, "rate"),
    Column("score", 9, "score"),
    Column("low", 9, "score"),
    Column("high", 9, "score"),
    Column("grade", 7),
    Column("errors", 6, "count"),
    Column("warnings", 6, "count"),
    Column("infos", 6, "count"),
    Column("quality", 9, "score"),
    Column("level", 10),
    Column("reviewed", 10, "input-score"),
    Column("difference", 9, "score"),
)


def write_forms(book: SummaryBook, ledger: Ledger, output: Path | None) -> None:
    """The sheet 明细."""
    write_table(book, say("reports.sheet-forms"), COLUMNS, _rows(ledger, output))


def column_range(key: str, count: int) -> str:
    """The cells of a column of 明细, as a formula of another sheet names them."""
    column = letter(COLUMNS, key)
    return f"{quoted(say('reports.sheet-forms'))}!${column}$2:${column}${max(count, 1) + 1}"


def form_cell(key: str, number: int) -> str:
    """A cell of one form of 明细, as a formula of another sheet names it; forms count from 1."""
    return f"{quoted(say('reports.sheet-forms'))}!{letter(COLUMNS, key)}{number + 1}"


def owner(form: FormRecord) -> str:
    """The department as it stands on the sheets; forms without one are counted together."""
    return form.owner or say("reports.no-department")


def _rows(ledger: Ledger, output: Path | None) -> Iterator[list[CellContent]]:
    for number, form in enumerate(ledger.forms, start=1):
        row = number + 1
        budget, executed, score, reviewed = (
            f"{letter(COLUMNS, key)}{row}" for key in ("budget", "executed", "score", "reviewed")
        )
        rate = half_up(form.executed / form.budget, 4) if form.budget and form.executed is not None else None
        yield [
            number,
            Link(file_name(form.source), workbook_link(form.source, form.sheet, form.cell, output)),
            form.sheet,
            form.profile,
            form.year,
            form.code,
            form.name,
            owner(form),
            form.unit,
            form.budget,
            form.executed,
            Formula(f'IF(AND(N({budget})>0,ISNUMBER({executed})),ROUND({executed}/{budget},4),"")', rate),
            form.score,
            form.low,
            form.high,
            form.grade,
            form.errors,
            form.warnings,
            form.infos,
            Formula(score_cell(ledger, number), form.quality),
            Formula(level_cell(ledger, number), form.level),
            None,
            Formula(f'IF(AND(ISNUMBER({score}),ISNUMBER({reviewed})),{reviewed}-{score},"")', None),
        ]
