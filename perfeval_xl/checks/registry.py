"""The catalogue of findings: code, name, severity and the function that looks for it.

A code is given once and never used again, also when its finding is dropped. A profile may change a severity or
switch a finding off (``severities`` in its TOML); nothing else about a finding differs between regions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perfeval_xl.laws.deviations import Deviation
from perfeval_xl.model import Severity

if TYPE_CHECKING:
    from perfeval_xl.checks.batch import FormTrace
    from perfeval_xl.checks.subject import Subject
    from perfeval_xl.profile import Profile

#: Topic by the hundreds digit of a code.
GROUPS: Final = {
    "PE1": "totals",
    "PE2": "funds",
    "PE3": "scores",
    "PE4": "reasons",
    "PE5": "completeness",
    "PE6": "batch",
    "PE7": "state",
}


FormCheck = Callable[["Subject"], Iterator[Deviation]]
#: Each deviation with the form it is about; ``None`` where it is about the whole batch.
BatchCheck = Callable[["Sequence[FormTrace]"], "Iterator[tuple[FormTrace | None, Deviation]]"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One finding of the catalogue. Exactly one of ``form`` and ``batch`` is its function."""

    code: str
    name: str
    severity: Severity
    docstring: str
    form: FormCheck | None = None
    batch: BatchCheck | None = None

    @property
    def group(self) -> str:
        """The topic its code belongs to: totals, funds, scores, …"""
        return GROUPS[self.code[:3]]

    def severity_in(self, profile: Profile) -> Severity | None:
        """Its severity in this region; ``None`` where the region switched the finding off."""
        severities = profile.severities
        if self._listed(severities.off):
            return None
        if self._listed(severities.error):
            return "error"
        if self._listed(severities.warning):
            return "warning"
        return "info" if self._listed(severities.info) else self.severity

    def _listed(self, names: Sequence[str]) -> bool:
        return self.name in names or self.code in names


_rules: dict[str, Rule] = {}


def form_finding(code: str, name: str, severity: Severity) -> Callable[[FormCheck], FormCheck]:
    """Enters a function that looks at one form into the catalogue."""

    def entered_as(function: FormCheck) -> FormCheck:
        enter(Rule(code, name, severity, inspect.getdoc(function) or "", form=function))
        return function

    return entered_as


def batch_finding(code: str, name: str, severity: Severity) -> Callable[[BatchCheck], BatchCheck]:
    """Enters a function that looks at all forms together into the catalogue."""

    def entered_as(function: BatchCheck) -> BatchCheck:
        enter(Rule(code, name, severity, inspect.getdoc(function) or "", batch=function))
        return function

    return entered_as


def enter(rule: Rule) -> None:
    """Puts a finding into the catalogue. Raises ``ValueError`` when its code or name is taken."""
    if any(rule.code == other.code or rule.name == other.name for other in _rules.values()):
        raise ValueError(f"{rule.code} {rule.name} is taken")
    _rules[rule.code] = rule


def entered() -> list[Rule]:
    """The catalogue as far as its modules were imported, by code."""
    return [_rules[code] for code in sorted(_rules)]
