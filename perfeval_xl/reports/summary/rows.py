"""指标库 and 问题清单: every indicator with its score by rule, every finding with a link to its cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from perfeval_xl.messages import say
from perfeval_xl.reports.groups import title
from perfeval_xl.reports.ledger import Ledger
from perfeval_xl.reports.links import file_name, workbook_link
from perfeval_xl.reports.summary.forms import owner
from perfeval_xl.reports.summary.table import (
    CellContent,
    Column,
    Formula,
    Link,
    SeverityFill,
    SummaryBook,
    letter,
    write_table,
)

INDICATORS: Final = (
    Column("number", 6, "count"),
    Column("file", 24, "link"),
    Column("project", 28, "wrapped"),
    Column("department", 18, "wrapped"),
    Column("row", 6, "count"),
    Column("level1", 11),
    Column("level2", 13),
    Column("indicator", 30, "wrapped"),
    Column("target", 18, "wrapped"),
    Column("actual", 18, "wrapped"),
    Column("ratio", 9, "rate"),
    Column("weight", 7, "score"),
    Column("stated", 8, "score"),
    Column("low", 8, "score"),
    Column("high", 8, "score"),
    Column("off", 8, "score"),
    Column("verdict", 11),
    Column("reason", 46, "wrapped"),
)
FINDINGS: Final = (
    Column("number", 6, "count"),
    Column("severity", 7),
    Column("finding", 9),
    Column("kind", 20, "wrapped"),
    Column("department", 18, "wrapped"),
    Column("project", 28, "wrapped"),
    Column("file", 24, "link"),
    Column("sheet", 12),
    Column("cell", 8, "link"),
    Column("message", 52, "wrapped"),
    Column("found", 14, "wrapped"),
    Column("expected", 14, "wrapped"),
    Column("advice", 40, "wrapped"),
    Column("reply", 24, "input"),
)


def write_indicators(book: SummaryBook, ledger: Ledger, output: Path | None) -> None:
    """The sheet 指标库."""
    write_table(book, say("reports.sheet-indicators"), INDICATORS, _indicators(ledger, output))


def _indicators(ledger: Ledger, output: Path | None) -> Iterator[list[CellContent]]:
    stated, low, high = (letter(INDICATORS, key) for key in ("stated", "low", "high"))
    for line, (number, row) in enumerate(ledger.indicators):
        form = ledger.forms[number - 1]
        at = line % 1_000_000 + 2
        off = None
        if row.stated is not None and row.low is not None and row.high is not None:
            off = row.stated - max(row.low, min(row.high, row.stated))
        yield [
            number,
            Link(file_name(form.source), workbook_link(form.source, row.sheet, row.cell, output)),
            form.name,
            owner(form),
            row.index + 1,
            row.level1,
            row.level2,
            row.name,
            row.target,
            row.actual,
            row.ratio,
            row.weight,
            row.stated,
            row.low,
            row.high,
            Formula(
                f"IF(COUNT({stated}{at},{low}{at},{high}{at})=3,"
                f'{stated}{at}-MEDIAN({stated}{at},{low}{at},{high}{at}),"")',
                off,
            ),
            say(f"scoring.verdict-{row.verdict}"),
            row.reason,
        ]


def write_findings(book: SummaryBook, ledger: Ledger, output: Path | None) -> None:
    """The sheet 问题清单."""
    write_table(book, say("reports.sheet-findings"), FINDINGS, _findings(ledger, output))


def _findings(ledger: Ledger, output: Path | None) -> Iterator[list[CellContent]]:
    for number, finding in ledger.findings:
        form = ledger.forms[number - 1] if number else None
        link = workbook_link(finding.source, finding.sheet, finding.cell, output)
        yield [
            number or None,
            SeverityFill(say(f"review.{finding.severity}"), finding.severity),
            finding.code,
            title(finding.name),
            owner(form) if form else None,
            form.name if form else say("findings.where.batch"),
            Link(file_name(finding.source), workbook_link(finding.source, None, None, output)),
            finding.sheet,
            Link(finding.cell or "", link),
            finding.message,
            finding.found,
            finding.expected,
            finding.advice,
            None,
        ]
