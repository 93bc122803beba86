"""Findings that are laws: the rules themselves stand in ``perfeval_xl.laws``, each once for all hosts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from perfeval_xl.checks.registry import Rule, enter
from perfeval_xl.laws.catalogue import laws_by_code
from perfeval_xl.laws.deviations import Deviation, deviations
from perfeval_xl.laws.terms import Law

if TYPE_CHECKING:
    from perfeval_xl.checks.subject import Subject


def _broken(laws: Sequence[Law], subject: Subject) -> Iterator[Deviation]:
    for law in laws:
        yield from deviations(law, subject)


for _laws in laws_by_code().values():
    _first = _laws[0]
    enter(Rule(_first.code, _first.name, _first.severity, _first.page.strip(), form=partial(_broken, tuple(_laws))))
