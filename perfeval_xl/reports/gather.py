"""Sources -> ledger. ``judge`` is the one place where a source's forms are checked and scored for the reports.

It gives small records that hold nothing of the file, so that it may run anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Final

from perfeval_xl.batch import Result
from perfeval_xl.checks import Rule, check_readings, profile_of, rules
from perfeval_xl.checks.batch import FEWEST_FORMS
from perfeval_xl.checks.batch import is_full as scores_itself_full
from perfeval_xl.checks.subject import Subject
from perfeval_xl.errors import PerfevalError
from perfeval_xl.messages import say
from perfeval_xl.model import Finding, Form
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.reading import Reading
from perfeval_xl.reports.ledger import FormRecord, IndicatorRecord, Judged, Ledger, Unread
from perfeval_xl.reports.quality import charged, quality_level, quality_score
from perfeval_xl.scoring import IndicatorScore, Points, ScoreCard
from perfeval_xl.scoring import score as score_form
from perfeval_xl.scoring.explain import explain
from perfeval_xl.shown import content
from perfeval_xl.sums import base_budget, grade_of, half_up, total_line

#: 元 in a 万元.
TEN_THOUSAND: Final = 4


def gather(results: Iterable[Result], profile: Profile | None = None) -> Ledger:
    """Everything the reports say about what was read; a source that cannot be judged is among the unread."""
    ledger = Ledger()
    for result in results:
        try:
            forms = judge(result, profile)
        except PerfevalError as error:
            ledger.unread.append(Unread(result.path, str(error)))
            continue
        for judged in forms:
            ledger.add(judged)
    _add_findings_of_batch(ledger)
    return ledger


def judge(result: Result, profile: Profile | None = None) -> list[Judged]:
    """The forms of one source, checked and scored.

    Raises ``PerfevalError`` when it was not read or cannot be judged.
    """
    if result.error is not None:
        raise result.error
    for reading in result.readings:
        if reading.layout is None and profile is None:  # a document: nothing but its word says which form it is
            load_profile(reading.form.profile)
    data = {} if result.data is None else {result.path: result.data}
    findings = [finding for finding in check_readings(result.readings, profile, files=data) if finding.source]
    return [
        _judged(reading, number, profile or profile_of(reading), [each for each in findings if each.form == number])
        for number, reading in enumerate(result.readings)
    ]


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
        printed_rate=card.execution.stated_rate,
        execution_weight=card.execution.weight,
        execution_score=card.execution.stated,
        weight=form.total.weight,
        score=score,
        low=points.low if points else None,
        high=points.high if points else None,
        grade=None if score is None else grade_of(half_up(score, profile.rules.score_decimals), profile.rules),
        is_full=scores_itself_full(Subject(reading, profile, number)),
        full_severity=_all_full().severity_in(profile),
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


@cache
def _all_full() -> Rule:
    return next(rule for rule in rules() if rule.name == "all-full-scores")


def _add_findings_of_batch(ledger: Ledger) -> None:
    """全部满分: told of the batch, not of a form. Needs no form any more, so that none is kept for it."""
    minded = [record for record in ledger.forms if record.full_severity is not None]
    severity = minded[0].full_severity if minded else None
    if severity is None or len(minded) < FEWEST_FORMS or not all(record.is_full for record in minded):
        return
    rule = _all_full()
    count, name = str(len(minded)), rule.name
    words = {"where": say("findings.where.batch"), "found": count, "expected": "", "count": count}
    finding = Finding(
        code=rule.code,
        name=name,
        severity=severity,
        message=say(f"findings.{name}.message", **words),
        advice=say(f"findings.{name}.advice", **words),
        source="",
        form=0,
        sheet=None,
        cell=None,
        field=None,
        found=count,
        expected=None,
    )
    ledger.findings.put(0, finding)
