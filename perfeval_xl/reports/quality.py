"""自评质量: how far a self-evaluation can be relied on, by the weight table of its profile (``[quality]``).

Points come off for each finding of a kind, at most so many for the kind (抽查考核). One mistake is charged once: of
several findings about one field of a form only the dearest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from perfeval_xl.model import Finding
from perfeval_xl.profile.types import Quality

ZERO: Final = Decimal(0)


def charged(findings: Iterable[Finding], quality: Quality) -> dict[str, int]:
    """How many findings of each kind cost points, in the order they were found."""
    dearest: dict[str, str] = {}
    for number, finding in enumerate(findings):
        if finding.name not in quality.deductions:
            continue
        field = finding.field or f"{finding.name} {number}"
        before = dearest.get(field)
        if before is None or quality.deductions[finding.name].each > quality.deductions[before].each:
            dearest[field] = finding.name
    counts: dict[str, int] = {}
    for name in dearest.values():
        counts[name] = counts.get(name, 0) + 1
    return counts


def quality_score(counts: Mapping[str, int], quality: Quality) -> Decimal:
    """Full marks less what the findings cost, never below 0."""
    costs = (
        min(count * quality.deductions[name].each, quality.deductions[name].most) for name, count in counts.items()
    )
    return max(ZERO, quality.full_marks - sum(costs, ZERO))


def quality_level(score: Decimal, quality: Quality) -> str:
    """What a quality score is called: the first level whose lower bound it reaches."""
    return next((level.name for level in quality.levels if score >= level.at_least), quality.levels[-1].name)
