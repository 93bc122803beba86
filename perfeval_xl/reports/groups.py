"""What a ledger adds up to: per department and altogether, the spread of scores, the kinds of findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, median
from typing import Final

from perfeval_xl.checks import rules
from perfeval_xl.messages import say
from perfeval_xl.model import Severity
from perfeval_xl.reports.ledger import FormRecord, Ledger
from perfeval_xl.shown import number, shortened
from perfeval_xl.sums import half_up

ZERO: Final = Decimal(0)
#: Where the bars of the score distribution begin; the last one is the full mark and above.
BANDS: Final = (0, 60, 70, 80, 85, 90, 95, 100)
RATE_DECIMALS: Final = 4
SCORE_DECIMALS: Final = 2
#: Characters of a department's name shown in titles and in the paragraph.
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Group:
    """Forms taken together. Money in 万元, ``rate`` a ratio; ``None`` where it cannot be computed."""

    name: str
    projects: int
    budget: Decimal
    executed: Decimal
    rate: Decimal | None
    mean: Decimal | None
    median: Decimal | None
    grades: dict[str, int]
    errors: int
    warnings: int
    infos: int
    quality: Decimal | None


@dataclass(frozen=True, slots=True)
class Band:
    """A bar of the score distribution: scores from ``low`` on."""

    label: str
    low: int
    count: int


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How often one kind of finding was made, and in how many forms."""

    name: str
    code: str
    title: str
    severity: Severity
    count: int
    forms: int


def group_of(name: str, forms: Sequence[FormRecord], grades: Iterable[str]) -> Group:
    """``forms`` taken together. The rate is that of the sums, as it is disclosed."""
    budget = sum((form.budget for form in forms if form.budget is not None), ZERO)
    executed = sum((form.executed for form in forms if form.executed is not None), ZERO)
    scores = [form.score for form in forms if form.score is not None]
    return Group(
        name=name,
        projects=len(forms),
        budget=budget,
        executed=executed,
        rate=half_up(executed / budget, RATE_DECIMALS) if budget > 0 else None,
        mean=half_up(mean(scores), SCORE_DECIMALS) if scores else None,
        median=half_up(median(scores), SCORE_DECIMALS) if scores else None,
        grades={grade: sum(form.grade == grade for form in forms) for grade in grades},
        errors=sum(form.errors for form in forms),
        warnings=sum(form.warnings for form in forms),
        infos=sum(form.infos for form in forms),
        quality=half_up(mean(form.quality for form in forms), SCORE_DECIMALS) if forms else None,
    )


def whole(ledger: Ledger) -> Group:
    """All forms of the batch."""
    return group_of(say("reports.altogether"), ledger.forms, ledger.grades)


def departments(ledger: Ledger) -> list[Group]:
    """The forms of each department, in the order they were met."""
    found: dict[str, list[FormRecord]] = {}
    for form in ledger.forms:
        found.setdefault(form.owner, []).append(form)
    return [group_of(name or say("reports.no-department"), forms, ledger.grades) for name, forms in found.items()]


def distribution(ledger: Ledger) -> list[Band]:
    """How many scores lie in each band."""
    scores = [form.score for form in ledger.forms if form.score is not None]
    bands = []
    for low, high in zip(BANDS, (*BANDS[1:], None), strict=True):
        label = f"≥{low}" if high is None else f"{low}–{high}"
        count = sum(score >= low and (high is None or score < high) for score in scores)
        bands.append(Band(f"<{high}" if low == 0 else label, low, count))
    return bands


def kinds(ledger: Ledger) -> list[FindingCount]:
    """The kinds of findings in the batch, the most frequent first."""
    counted: dict[str, list[int]] = {}
    for form in ledger.forms:
        for name, count in form.kinds.items():
            counted.setdefault(name, []).append(count)
    found = [
        FindingCount(
            rule.name, rule.code, title(rule.name), rule.severity, sum(counted[rule.name]), len(counted[rule.name])
        )
        for rule in rules()
        if rule.name in counted
    ]
    return sorted(found, key=lambda kind: -kind.count)


def title(name: str) -> str:
    """What a kind of finding is called."""
    return say(f"findings.{name}.title")


def disclosure(ledger: Ledger) -> str:
    """The paragraph with which a batch is disclosed: projects, money, average score, forms per grade."""
    group = whole(ledger)
    return say(
        "reports.disclosure",
        who=who(ledger),
        year=years(ledger),
        projects=group.projects,
        budget=money(group.budget),
        executed=money(group.executed),
        rate=percent(group.rate),
        mean=number(group.mean) or "—",
        grades=say("reports.and").join(
            say("reports.grade-count", grade=grade, count=count) for grade, count in group.grades.items()
        ),
    )


def who(ledger: Ledger) -> str:
    """The name of the only department, or the number of departments, as text."""
    names = list(dict.fromkeys(form.owner for form in ledger.forms))
    if len(names) == 1 and names[0]:
        return shortened(names[0], LONGEST_NAME)
    return say("reports.departments-count", count=len(names))


def years(ledger: Ledger) -> str:
    """The fiscal year, or the first and the last."""
    known = sorted({form.year for form in ledger.forms if form.year is not None})
    if not known:
        return ""
    return say("reports.year", year=known[0] if len(known) == 1 else f"{known[0]}–{known[-1]}")


def money(amount: Decimal | None) -> str:
    """``1234567.5`` -> ``1,234,567.50``; nothing for ``None``."""
    return "" if amount is None else f"{half_up(amount, 2):,f}"


def percent(ratio: Decimal | None) -> str:
    """``0.98631`` -> ``98.63%``; a dash for ``None``."""
    return "—" if ratio is None else f"{half_up(ratio * 100, 2):f}%"
