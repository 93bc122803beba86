"""What words claim: answers on a scale, met, partly met, not met. Only claims that are sure."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from perfeval_xl.quantity.values import Tier
from perfeval_xl.quantity.vocabulary import (
    AIM_HEADINGS,
    AIMS,
    DONE_ALREADY,
    FAILURES,
    HEDGES,
    MET,
    MET_ALONE,
    NEGATORS,
    NOT_MET,
    NOUN_ENDINGS,
    PARTLY,
    SCALE_SEPARATORS,
    SCALES,
    STOPS,
    TIER_NOUNS,
    TIERS,
)

_TIER_OF: Final[dict[str, Tier]] = {
    answer: tier for tier in ("met", "partly", "not-met") for answer in TIERS[tier].split()
}
_MET: Final = tuple(MET.split())
_MET_ALONE: Final = frozenset(MET_ALONE.split())
_NOT_MET: Final = tuple(NOT_MET.split())
_PARTLY: Final = tuple(PARTLY.split())
_TIER_NOUNS: Final = tuple(TIER_NOUNS.split())
_AIM_HEADINGS: Final = frozenset(AIM_HEADINGS.split())
_FAILURES: Final = tuple(FAILURES.split())
_NOUN_ENDINGS: Final = frozenset(NOUN_ENDINGS)
_LONG_ANSWERS: Final = tuple(sorted((answer for answer in _TIER_OF if len(answer) > 1), key=len, reverse=True))
_SCALES: Final = {"".join(scale.split()): tuple(scale.split()) for scale in SCALES}
_DROPPED_IN_SCALES: Final = str.maketrans("", "", SCALE_SEPARATORS)
_DROPPED: Final = str.maketrans("", "", STOPS + " []<>=+·…~-—*_")
_STOPS_TO_ONE: Final = str.maketrans(dict.fromkeys(STOPS, "\n"))


class Claim(NamedTuple):
    """``stance`` is empty when nothing sure is claimed; ``answer`` is the word from a scale, if one was given."""

    stance: Tier | Literal[""]
    answer: str = ""


def scale(folded: str) -> tuple[str, ...]:
    """The answers of a scale to choose from (优良中差, 好/坏, 高、中、低), best first; empty when it is none."""
    letters = folded.translate(_DROPPED_IN_SCALES)
    if not letters.endswith("中等"):
        letters = letters.removesuffix("等级").removesuffix("等")
    return _SCALES.get(letters, ())


def core(words: str) -> str:
    """The words without punctuation and without a leading 已, for holding two texts against each other."""
    plain = words.translate(_DROPPED)
    for prefix in DONE_ALREADY:
        plain = plain.removeprefix(prefix)
    return plain


def claim(words: str) -> Claim:
    """What the clauses claim together; nothing when they contradict each other."""
    stances: set[str] = set()
    last = Claim("")
    if ":" in words and words.partition(":")[0] in _AIM_HEADINGS:
        return last
    for clause in words.translate(_STOPS_TO_ONE).split("\n"):
        found = _clause(clause) if clause else Claim("")
        if found.stance:
            stances.add(found.stance)
            last = found
    return last if len(stances) == 1 else Claim("")


def tier(answer: str) -> Tier | None:
    """The tier an answer stands for, when it is one these tables know."""
    return _TIER_OF.get(answer)


def _clause(clause: str) -> Claim:
    clause = clause.removeprefix("已经").removeprefix("已") if clause not in _MET_ALONE else clause
    whole = _TIER_OF.get(clause)
    if whole:
        return Claim(whole, clause)
    if clause in _MET_ALONE:
        return Claim("met")
    if any(aim in clause for aim in AIMS):
        return Claim("")
    if _says(clause, _NOT_MET) or _denies(clause):
        return Claim("not-met")
    if _says(clause, _PARTLY):
        return Claim("partly")
    answer = _answer_at_end(clause)
    if answer:
        return Claim(_TIER_OF[answer], answer)
    return Claim("met") if _says(clause, _MET) else Claim("")


def _says(clause: str, claims: tuple[str, ...]) -> bool:
    """Whether one of the claims stands there without a negator or hedge before it, and is not a measure's name."""
    for word in claims:
        at = clause.find(word)
        if at < 0:
            continue
        before, behind = clause[:at], clause[at + len(word) : at + len(word) + 1]
        if not before.endswith(NEGATORS + HEDGES) and behind not in _NOUN_ENDINGS:
            return True
    return False


def _denies(clause: str) -> bool:
    """不满意, 未按时完成, 没有达标: a claim of success behind a negator."""
    for word in _MET:
        at = clause.find(word)
        if (
            at > 0
            and clause[:at].endswith(NEGATORS)
            and clause[at + len(word) : at + len(word) + 1] not in _NOUN_ENDINGS
        ):
            return True
    return False


def _answer_at_end(clause: str) -> str:
    for answer in _LONG_ANSWERS:
        if clause.endswith(answer):
            before = clause[: -len(answer)]
            return "" if before.endswith(NEGATORS + HEDGES) else answer
    answer = clause[-1:]
    # 差错率低 is good and 投诉率高 is not: there the word is no answer
    fails = any(word in clause[:-1] for word in _FAILURES)
    return answer if answer in _TIER_OF and clause[:-1].endswith(_TIER_NOUNS) and not fails else ""
