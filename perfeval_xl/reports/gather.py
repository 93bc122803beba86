"""Sources -> ledger. ``review`` is the one place where a source's forms are checked and scored for the reports.

It gives small records without the content of the file, which can be sent between processes and machines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import msgspec

from perfeval_xl.batch.forms import profile_identity
from perfeval_xl.batch.sources import printable
from perfeval_xl.batch.task import Outcome
from perfeval_xl.checks import profile_of
from perfeval_xl.checks.batch import FormTrace
from perfeval_xl.checks.run import check_batch, check_forms
from perfeval_xl.errors import PerfevalError
from perfeval_xl.files import read_bytes
from perfeval_xl.model import Finding, Form
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.reading import Reading
from perfeval_xl.reports.ledger import FormRecord, IndicatorRecord, Judged, Ledger, UnreadSource
from perfeval_xl.reports.quality import charged, quality_level, quality_score
from perfeval_xl.scoring import IndicatorScore, Points, ScoreCard
from perfeval_xl.scoring import score as score_form
from perfeval_xl.scoring.explain import explain
from perfeval_xl.shown import content
from perfeval_xl.sums import base_budget, grade_of, half_up, total_line

#: 元 in a 万元.
TEN_THOUSAND: Final = 4


class Reviewed(msgspec.Struct, frozen=True):
    """What the reports need of one file: its forms, checked and scored, and a trace of each for the batch."""

    forms: tuple[Judged, ...]
    traces: tuple[FormTrace, ...]


@dataclass(frozen=True, slots=True)
class ReviewWork:
    """Checks and scores every form of a file for the reports."""

    profile: Profile | None = None

    def identity(self) -> str:
        """The profile."""
        return f"review {profile_identity(self.profile)}"

    def __call__(self, data: bytes, name: str) -> bytes:
        """``Reviewed`` as JSON."""
        readings = read_bytes(data, name, self.profile)
        return msgspec.json.encode(review(readings, self.profile, files={name: data}))


def review(readings: Sequence[Reading], profile: Profile | None, files: Mapping[str, bytes]) -> Reviewed:
    """The forms of one source, checked and scored. Raises ``PerfevalError`` when they cannot be judged."""
    for reading in readings:
        if reading.layout is None and profile is None:  # a JSON document: only its own profile id says which form it is
            load_profile(reading.form.profile)
    findings, traces = check_forms(readings, profile, files=files)
    judged = tuple(
        _judged(reading, number, profile or profile_of(reading), [each for each in findings if each.form == number])
        for number, reading in enumerate(readings)
    )
    return Reviewed(judged, tuple(traces))


def reviewed(
    name: str, readings: Sequence[Reading], data: bytes | None = None, profile: Profile | None = None
) -> Outcome:
    """The outcome for forms already read; ``data`` is their workbook, needed for findings about its state."""
    name = printable(name)
    readings = [replace(reading, source=name) for reading in readings]
    files = {} if data is None else {name: data}
    try:
        return Outcome(name, msgspec.json.encode(review(readings, profile, files)))
    except PerfevalError as error:
        return Outcome(name, error=error)


def gather(outcomes: Iterable[Outcome], profile: Profile | None = None) -> Ledger:
    """The ledger of everything that was read; a source that cannot be checked is among the unread."""
    ledger = Ledger()
    traces: list[FormTrace] = []
    for outcome in outcomes:
        if outcome.error is not None:
            ledger.unread.append(UnreadSource(outcome.path, str(outcome.error)))
            continue
        reviewed = outcome.decoded(Reviewed)
        for judged in reviewed.forms:
            ledger.add(judged)
        traces += reviewed.traces
    for finding in check_batch(traces, profile):
        ledger.findings.put(0, finding)
    return ledger


def _judged(reading: Reading, number: int, profile: Profile, findings: Sequence[Finding]) -> Judged:
    card = score_form(reading.form, profile)
    return Judged(
        record=_record(reading, number, profile, card, findings),
        indicators=[_indicator(reading, row) for row in card.indicators],
        findings=findings,
        quality=profile.quality,
        grades=tuple(grade.name for grade in profile.rules.grades),
    )


def _record(
    reading: Reading, number: int, profile: Profile, card: ScoreCard, findings: Sequence[Finding]
) -> FormRecord:
    form, project, line = reading.form, reading.form.project, total_line(reading.form)
    score, points = _total(card), _by_rule(card)
    kinds: dict[str, int] = {}
    for finding in findings:
        kinds[finding.name] = kinds.get(finding.name, 0) + 1
    costly = charged(findings, profile.quality)
    quality = quality_score(costly, profile.quality)
    return FormRecord(
        source=reading.source,
        form=number,
        sheet=reading.sheet.name if reading.sheet else None,
        cell=reading.address("project.name"),
        profile=profile.id,
        year=form.fiscal_year,
        code=project.code,
        name=project.name,
        department=project.department,
        unit=project.implementing_unit,
        budget=_money(base_budget(line, profile.rules) if line else None, form),
        executed=_money(line.executed if line else None, form),
        rate=card.execution.rate,
        execution_weight=card.execution.weight,
        execution_score=card.execution.stated,
        weight=form.total.weight,
        score=score,
        low=points.low if points else None,
        high=points.high if points else None,
        grade=None if score is None else grade_of(half_up(score, profile.rules.score_decimals), profile.rules),
        errors=sum(finding.severity == "error" for finding in findings),
        warnings=sum(finding.severity == "warning" for finding in findings),
        infos=sum(finding.severity == "info" for finding in findings),
        kinds=kinds,
        charged=costly,
        quality=quality,
        level=quality_level(quality, profile.quality),
    )


def _money(amount: Decimal | None, form: Form) -> Decimal | None:
    """In 万元."""
    return amount.scaleb(-TEN_THOUSAND) if amount is not None and form.funds.unit == "元" else amount


def _total(card: ScoreCard) -> Decimal | None:
    """The total of the self-evaluation, execution included: the printed one, else what the scores add up to."""
    total = card.total
    stated = total.added_up if total.stated is None else total.stated
    if stated is None or total.with_execution:
        return stated
    return stated + (card.execution.stated or 0)


def _by_rule(card: ScoreCard) -> Points | None:
    """The total by rule, execution included."""
    points, execution = card.total.points, card.execution.points
    if points is None or card.total.with_execution:
        return points
    return None if execution is None else Points(points.low + execution.low, points.high + execution.high, None)


def _indicator(reading: Reading, row: IndicatorScore) -> IndicatorRecord:
    stated, judgement = reading.form.indicators[row.index], row.judgement
    points = judgement.points
    return IndicatorRecord(
        index=row.index,
        level1=row.level1,
        level2=row.level2,
        name=row.name,
        target=content(stated.target),
        actual=content(stated.actual),
        deviation=stated.deviation,
        weight=judgement.weight,
        stated=row.stated,
        low=points.low if points else None,
        high=points.high if points else None,
        ratio=judgement.comparison.ratio,
        verdict=row.verdict,
        reason=explain(judgement),
        sheet=reading.sheet.name if reading.sheet else None,
        cell=reading.address(f"indicators[{row.index}].score"),
    )
