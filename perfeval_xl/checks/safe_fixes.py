"""Fixes that need no judgement: rates, execution scores and totals follow from what the form itself says.

Everything else that is wrong needs a person and is only told by its finding's advice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import msgspec

from perfeval_xl.checks.subject import Subject
from perfeval_xl.field_path import parse
from perfeval_xl.laws import funds, totals
from perfeval_xl.laws.deviations import Deviation, deviations
from perfeval_xl.laws.terms import TOLERANCE
from perfeval_xl.model import Form, FundLine, plain
from perfeval_xl.sums import base_budget, execution_rate, execution_score, half_up


@dataclass(frozen=True, slots=True)
class NumberFix:
    """One number of a form that is replaced by the one that follows from the rest."""

    field: str
    before: Decimal | None
    after: Decimal


def safe_fixes(subject: Subject) -> tuple[Form, list[NumberFix]]:
    """The form with its safe fixes, and what was changed.

    In this order, each on what the one before left: rates from the money, execution scores from the rates, totals from
    the rows. A total that counted execution before still does, one that did not still does not.
    """
    changes: list[NumberFix] = []
    for find in (_rates, _execution_scores, _totals):
        found = list(find(subject, changes))
        changes += found
        form = subject.form
        for change in found:
            form = changed(form, change.field, change.after)
        subject = Subject(replace(subject.reading, form=form), subject.profile, subject.number)
    return subject.form, changes


def changed(form: Form, field: str, value: Decimal | None) -> Form:
    """The form with one number of its funds table or totals replaced."""
    path = parse(field)
    changed_field = {path.name or "": value}
    if path.row is None:
        return msgspec.structs.replace(form, total=msgspec.structs.replace(form.total, **changed_field))
    lines = list(form.funds.lines)
    lines[path.row] = msgspec.structs.replace(lines[path.row], **changed_field)
    return msgspec.structs.replace(form, funds=msgspec.structs.replace(form.funds, lines=tuple(lines)))


def _line(subject: Subject, deviation: Deviation) -> FundLine:
    return subject.form.funds.lines[parse(deviation.field or "").row or 0]


def _rates(subject: Subject, _: list[NumberFix]) -> Iterator[NumberFix]:
    for deviation in deviations(funds.EXECUTION_RATE, subject):
        line = _line(subject, deviation)
        rate = execution_rate(line.executed, base_budget(line, subject.profile.rules), subject.profile.rules)
        if rate is not None and deviation.field:
            yield from _fitting(NumberFix(deviation.field, line.execution_rate, rate))


def _execution_scores(subject: Subject, _: list[NumberFix]) -> Iterator[NumberFix]:
    rules = subject.profile.rules
    for deviation in deviations(funds.EXECUTION_SCORE, subject):
        line = _line(subject, deviation)
        rate = line.execution_rate
        if rate is None:
            rate = execution_rate(line.executed, base_budget(line, rules), rules)
        score = execution_score(rate, line.weight, rules)
        if score is not None and deviation.field:
            yield from _fitting(NumberFix(deviation.field, line.score, score))


def _totals(subject: Subject, before: list[NumberFix]) -> Iterator[NumberFix]:
    sums = subject.sums
    for law, column, alone, full in (
        (totals.TOTAL_WEIGHT, "weight", sums.weight, sums.full_weight),
        (totals.TOTAL_SCORE, "score", sums.score, sums.full_score),
    ):
        printed: Decimal | None = getattr(subject.form.total, column)
        if alone is None or full is None or not list(deviations(law, subject)):
            continue
        score_moved = sum((change.after - (change.before or 0) for change in before if _is_score(change)), Decimal(0))
        counted = printed is not None and abs(printed - (full - score_moved)) <= TOLERANCE
        with_execution = counted or subject.profile.total.includes_execution
        yield from _fitting(NumberFix(f"total.{column}", printed, half_up(full if with_execution else alone, 6)))


def _fitting(change: NumberFix) -> Iterator[NumberFix]:
    """The change, unless no cell holds its number exactly: then it is left to a person."""
    try:
        yield replace(change, after=plain(change.after, change.field))
    except ValueError:
        return


def _is_score(change: NumberFix) -> bool:
    return change.field.endswith(".score")
