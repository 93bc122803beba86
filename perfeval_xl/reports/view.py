"""What report templates can use: plain records and ready texts, nothing that can reach a file.

``docs/report.md`` lists the names for people who change a template.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final

import perfeval_xl
from perfeval_xl.field_path import parse
from perfeval_xl.messages import language, say
from perfeval_xl.model import Finding
from perfeval_xl.reports import groups
from perfeval_xl.reports.ledger import FormRecord, IndicatorRecord, Ledger
from perfeval_xl.reports.links import address, file_name, web_link
from perfeval_xl.shown import for_documents, number

#: Up to this many forms indicators are listed one by one; with more the page would be too large to open.
MOST_DETAILED: Final = 200
#: Findings that Word, PDF and Markdown list; HTML lists all.
MOST_LISTED: Final = 1000


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding: ``place`` names sheet and cell, ``link`` leads there, ``anchor`` to the row of the report."""

    number: int
    severity: str
    severity_word: str
    code: str
    kind: str
    project: str
    department: str
    file: str
    place: str
    link: str
    anchor: str
    message: str
    found: str
    expected: str
    advice: str


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """An indicator with its score by rule; all texts."""

    anchor: str
    level1: str
    level2: str
    name: str
    target: str
    actual: str
    weight: str
    stated: str
    by_rule: str
    verdict: str
    verdict_word: str
    reason: str
    cell: str


@dataclass(frozen=True, slots=True)
class FormView:
    """A form; all texts but the counts. ``link`` leads to the file."""

    number: int
    anchor: str
    project: str
    code: str
    department: str
    unit: str
    year: str
    profile: str
    file: str
    link: str
    budget: str
    executed: str
    rate: str
    score: str
    by_rule: str
    grade: str
    quality: str
    level: str
    errors: int
    warnings: int
    infos: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: ``share`` is its length, 1 for the longest."""

    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A form in the chart of execution against score; both from 0 to 1 of the axes."""

    x: float
    y: float
    title: str
    anchor: str


class View:
    """A ledger as templates see it. Lists that lie on the disk are read again each time they are asked for."""

    def __init__(self, ledger: Ledger, output: Path | None, *, deadline: str = "", listed: int | None = None) -> None:
        self._ledger, self._output, self._listed = ledger, output, listed
        self.deadline = deadline
        self.language = language()
        self.single = len(ledger.forms) == 1
        self.group = groups.whole(ledger)
        self.departments = groups.departments(ledger)
        self.kinds = groups.kinds(ledger)
        self.unread = [for_documents(unread.reason) for unread in ledger.unread]
        self.disclosure = groups.disclosure(ledger)
        self.title = say("reports.title-report", who=groups.who(ledger), year=groups.years(ledger))
        self.detailed = len(ledger.forms) <= MOST_DETAILED
        self.more = max(0, len(ledger.findings) - listed) if listed is not None else 0
        self.listed = len(ledger.findings) - self.more
        self.most_detailed = MOST_DETAILED

    @property
    def forms(self) -> Iterator[FormView]:
        """Every form."""
        for position, record in enumerate(self._ledger.forms, start=1):
            yield self._form(position, record)

    @property
    def form(self) -> FormView:
        """The first form: the only one of an opinion."""
        return self._form(1, self._ledger.forms[0])

    @property
    def findings(self) -> Iterator[FindingView]:
        """Every finding, or as many as the document lists."""
        for position, finding in islice(self._ledger.findings, self._listed):
            yield self._finding(position, finding)

    @property
    def details(self) -> Iterator[tuple[FormView, list[IndicatorView]]]:
        """Every form with its indicators; none where there are too many forms."""
        if not self.detailed:
            return
        for position, rows in groupby(self._ledger.indicators, key=lambda pair: pair[0]):
            record = self._ledger.forms[position - 1]
            yield self._form(position, record), [_indicator(position, row) for _, row in rows]

    @property
    def score_bars(self) -> list[Bar]:
        """The spread of scores."""
        return _bars((band.label, band.count) for band in groups.distribution(self._ledger))

    @property
    def kind_bars(self) -> list[Bar]:
        """The kinds of findings."""
        return _bars((f"{kind.code} {kind.title}", kind.count) for kind in self.kinds)

    @property
    def grade_bars(self) -> list[Bar]:
        """Forms per grade."""
        return _bars(self.group.grades.items())

    @property
    def lowest_score(self) -> int:
        """Where the axis of scores begins, in tens."""
        scores = [form.score for form in self._ledger.forms if form.score is not None]
        return max(0, int(min(scores, default=Decimal(0))) // 10 * 10 - 10)

    @property
    def dots(self) -> list[Dot]:
        """Execution rate (0 to 120%) and score of every form that has both."""
        floor = self.lowest_score
        return [
            Dot(
                x=float(min(max(record.rate, Decimal(0)), Decimal("1.2")) / Decimal("1.2")),
                y=float(min(max((record.score - floor) / (100 - floor), Decimal(0)), Decimal(1))),
                title=f"{record.name or ''} {groups.percent(record.rate)} / {number(record.score)}",
                anchor=f"form-{position}",
            )
            for position, record in enumerate(self._ledger.forms, start=1)
            if record.rate is not None and record.score is not None
        ]

    def _form(self, position: int, record: FormRecord) -> FormView:
        return FormView(
            number=position,
            anchor=f"form-{position}",
            project=record.name or say("reports.no-name"),
            code=record.code or "",
            department=record.owner or say("reports.no-department"),
            unit=record.unit or "",
            year=number(Decimal(record.year)) if record.year is not None else "",
            profile=record.profile,
            file=file_name(record.source),
            link=web_link(record.source, record.sheet, record.cell, self._output),
            budget=groups.money(record.budget),
            executed=groups.money(record.executed),
            rate=groups.percent(record.rate),
            score=number(record.score) or "—",
            by_rule=_range(record.low, record.high) or say("reports.not-decided"),
            grade=record.grade or "—",
            quality=number(record.quality),
            level=record.level,
            errors=record.errors,
            warnings=record.warnings,
            infos=record.infos,
        )

    def _finding(self, position: int, finding: Finding) -> FindingView:
        record = self._ledger.forms[position - 1] if position else None
        return FindingView(
            number=position,
            severity=finding.severity,
            severity_word=say(f"review.{finding.severity}"),
            code=finding.code,
            kind=groups.title(finding.name),
            project=(record.name or say("reports.no-name")) if record else say("reports.whole-batch"),
            department=(record.owner or say("reports.no-department")) if record else "",
            file=file_name(finding.source) if finding.source else "",
            place=address(finding.sheet, finding.cell),
            link=web_link(finding.source, finding.sheet, finding.cell, self._output),
            anchor=_anchor(position, finding.field) if self.detailed and position else "",
            message=finding.message,
            found=finding.found or "",
            expected=finding.expected or "",
            advice=finding.advice,
        )


def _anchor(position: int, field: str | None) -> str:
    """The row of an indicator, else the form."""
    path = parse(field) if field else None
    if path is not None and path.section == "indicators" and path.row is not None:
        return f"form-{position}-row-{path.row}"
    return f"form-{position}"


def _indicator(position: int, row: IndicatorRecord) -> IndicatorView:
    return IndicatorView(
        anchor=f"form-{position}-row-{row.index}",
        level1=row.level1 or "",
        level2=row.level2 or "",
        name=row.name or "",
        target=row.target,
        actual=row.actual,
        weight=number(row.weight),
        stated=number(row.stated),
        by_rule=_range(row.low, row.high),
        verdict=row.verdict,
        verdict_word=say(f"scoring.verdict-{row.verdict}"),
        reason=row.reason,
        cell=row.cell or "",
    )


def _range(low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return ""
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def _bars(counted: Iterable[tuple[str, int]]) -> list[Bar]:
    pairs = list(counted)
    most = max((count for _, count in pairs), default=0) or 1
    return [Bar(label, count, count / most) for label, count in pairs]


def grades(group: groups.Group) -> str:
    """``优 5 个、良 2 个``: the grades that were given."""
    given = [(grade, count) for grade, count in group.grades.items() if count]
    return say("reports.and").join(say("reports.grade-count", grade=grade, count=count) for grade, count in given)


def names(view: View) -> dict[str, Any]:
    """Everything a template may use, by name."""

    def text(key: str, **values: object) -> str:
        return say(f"reports.{key}", **values)

    return {
        "batch": view,
        "text": text,
        "money": groups.money,
        "percent": groups.percent,
        "grades": grades,
        "number": number,
        "version": perfeval_xl.__version__,
    }
