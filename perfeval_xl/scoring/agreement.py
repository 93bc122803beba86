"""How far the stated scores agree with the rules, counted over many forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from perfeval_xl.scoring.card import IndicatorScore, ScoreCard


@dataclass(frozen=True, slots=True)
class Tally:
    """Indicators of one kind: how many, decided by rule, and of these stated as the rule says or otherwise.

    A decided indicator without a stated score is neither agreed nor different.
    """

    indicators: int = 0
    decided: int = 0
    agreed: int = 0
    different: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(Tally)))


@dataclass(frozen=True, slots=True)
class Agreement:
    """The counts of one source; indicators that do not apply or cannot be read are in ``indicators`` alone."""

    source: str
    forms: int
    indicators: int
    measurable: Tally
    qualitative: Tally


def agreement(source: str, cards: Iterable[ScoreCard]) -> Agreement:
    """Counts over all forms of ``source``."""
    known = list(cards)
    rows = [row for card in known for row in card.indicators]
    return Agreement(
        source=source,
        forms=len(known),
        indicators=len(rows),
        measurable=tally(row for row in rows if row.judgement.kind == "measurable"),
        qualitative=tally(row for row in rows if row.judgement.kind == "qualitative"),
    )


def tally(rows: Iterable[IndicatorScore]) -> Tally:
    """Counts over ``rows``."""
    verdicts = [row.verdict for row in rows]
    return Tally(
        indicators=len(verdicts),
        decided=sum(verdict != "not-decided" for verdict in verdicts),
        agreed=verdicts.count("agrees"),
        different=verdicts.count("differs"),
    )


def together(source: str, parts: Iterable[Agreement]) -> Agreement:
    """The sum of several sources, called ``source``."""
    known = list(parts)
    return Agreement(
        source=source,
        forms=sum(part.forms for part in known),
        indicators=sum(part.indicators for part in known),
        measurable=sum((part.measurable for part in known), Tally()),
        qualitative=sum((part.qualitative for part in known), Tally()),
    )
