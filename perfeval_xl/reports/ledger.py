"""The ledger of a batch as plain data: one record for each form, each indicator, each finding, each unread file.

Money is in 万元, also where the form prints 元; rates are ratios; scores are points. Nothing here is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType

import msgspec

from perfeval_xl.model import Finding
from perfeval_xl.profile.types import Quality
from perfeval_xl.reports.spool import Spool
from perfeval_xl.scoring.card import Verdict


class FormRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One form (明细). ``form`` counts the forms of ``source`` from 0; ``cell`` is that of the project's name.

    ``score`` is the self-evaluation's total with execution, as printed where it is printed; ``low`` and ``high`` are
    the ends of the total by rule, ``None`` while a row is not decided. ``kinds`` counts the findings by name;
    ``charged`` those that cost quality.
    """

    source: str
    form: int
    sheet: str | None
    cell: str | None
    profile: str
    year: int | None
    code: str | None
    name: str | None
    department: str | None
    unit: str | None
    budget: Decimal | None
    executed: Decimal | None
    rate: Decimal | None
    execution_weight: Decimal | None
    execution_score: Decimal | None
    weight: Decimal | None
    score: Decimal | None
    low: Decimal | None
    high: Decimal | None
    grade: str | None
    errors: int
    warnings: int
    infos: int
    kinds: dict[str, int]
    charged: dict[str, int]
    quality: Decimal
    level: str

    @property
    def owner(self) -> str:
        """The department, else the implementing unit, else an empty text."""
        return " ".join((self.department or self.unit or "").split())

    @property
    def findings(self) -> int:
        """How many findings the form has."""
        return self.errors + self.warnings + self.infos


class IndicatorRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator (指标库) with its score by rule; ``index`` counts from 0, ``cell`` is that of the score."""

    index: int
    level1: str | None
    level2: str | None
    name: str | None
    target: str
    actual: str
    deviation: str | None
    weight: Decimal | None
    stated: Decimal | None
    low: Decimal | None
    high: Decimal | None
    ratio: Decimal | None
    verdict: Verdict
    reason: str
    sheet: str | None
    cell: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One form with everything the ledger keeps of it."""

    record: FormRecord
    indicators: Sequence[IndicatorRecord]
    findings: Sequence[Finding]
    quality: Quality
    #: The grades of its region, from the best down.
    grades: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnreadSource:
    """A source that could not be read, and why."""

    source: str
    reason: str


@dataclass
class Ledger:
    """A batch. Forms count from 1 in the order they were read; number 0 in ``findings`` is the whole batch.

    Only the form records stay in memory; indicators and findings lie on the disk. Close it after use.
    """

    forms: list[FormRecord] = field(default_factory=list)
    indicators: Spool[IndicatorRecord] = field(default_factory=lambda: Spool(IndicatorRecord))
    findings: Spool[Finding] = field(default_factory=lambda: Spool(Finding))
    unread: list[UnreadSource] = field(default_factory=list)
    #: By id of the profile.
    qualities: dict[str, Quality] = field(default_factory=dict)
    grades: list[str] = field(default_factory=list)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, judged: Judged) -> None:
        """Takes one form in."""
        self.forms.append(judged.record)
        number = len(self.forms)
        for row in judged.indicators:
            self.indicators.put(number, row)
        for finding in judged.findings:
            self.findings.put(number, finding)
        self.qualities.setdefault(judged.record.profile, judged.quality)
        self.grades += [grade for grade in judged.grades if grade not in self.grades]

    def close(self) -> None:
        """Drops what lies on the disk."""
        self.indicators.close()
        self.findings.close()
