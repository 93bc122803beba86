"""What a number means in its clause: a plan, a change, a distance from the target, the opposite measure.

A number is held against a target only where its clause leaves no doubt that it is the achievement, measured the same
way. ``#`` stands where the number was: 较上年提高#. The tables are in ``vocabulary``; here is how they are asked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from perfeval_xl.quantity.values import Direction, Quantity, Reason
from perfeval_xl.quantity.vocabulary import (
    AS_PLANNED,
    BASES,
    DECLINE,
    DONE,
    FAILURES,
    GROWTH,
    HANDLED,
    INTENDED,
    INTENDED_AT_FIGURE,
    LEVEL_MARKS,
    LINKS,
    NO_CHANGE,
    NOT_RELATIVE,
    RATES_OF_COMPLETION,
    RELATIVE,
    RELATIVE_AT_FIGURE,
    SUCCESSES,
)

Change = Literal["", "up", "down", "both"]
#: Stands where the number or date of a clause was.
FIGURE_MARK: Final = "#"
_AS_PLANNED: Final = tuple(AS_PLANNED.split())
_INTENDED: Final = tuple(INTENDED.split())
_INTENDED_AT_FIGURE: Final = tuple(INTENDED_AT_FIGURE.split())
_DONE: Final = tuple(DONE.split())
_RATES: Final = tuple(RATES_OF_COMPLETION.split())
_NO_CHANGE: Final = tuple(NO_CHANGE.split())
_GROWTH: Final = tuple(GROWTH.split())
_DECLINE: Final = tuple(DECLINE.split())
_BASES: Final = tuple(BASES.split())
_NOT_RELATIVE: Final = tuple(NOT_RELATIVE.split())
_RELATIVE: Final = tuple(RELATIVE.split())
_RELATIVE_AT_FIGURE: Final = tuple(RELATIVE_AT_FIGURE.split())
_FAILURES: Final = tuple(FAILURES.split())
_HANDLED: Final = tuple(HANDLED.split())
_SUCCESSES: Final = tuple(SUCCESSES.split())
_LEVEL_MARKS: Final = tuple(LEVEL_MARKS)
_UNSAID: Final = ("", "=", "~")


def obstacle(target: Quantity, actual: Quantity, default: Direction) -> Reason | None:
    """Why the number or date of ``actual`` is not the achievement its target asks for; ``None`` where it is."""
    beside = actual.beside
    if actual.kind == "date" or target.kind != "number":
        return Reason.NOT_ACHIEVED if intends(beside) else None
    wanted, got = change_of(target.beside), change_of(beside)
    if wanted or got:
        unlike = _unlike_change(target, actual, wanted, got, default)
        if unlike:
            return unlike
        beside = _without(beside, _BASES)
    if _is_relative(beside, target.beside):
        return Reason.RELATIVE
    if intends(beside):
        return Reason.NOT_ACHIEVED
    return Reason.OPPOSITE_MEASURE if _is_opposite(target, beside, default) else None


@lru_cache(maxsize=4096)
def intends(beside: str) -> bool:
    """Whether the clause speaks of a plan, an expectation or another year."""
    plain = _without(beside, _AS_PLANNED)
    if _says(plain, _INTENDED) or _stands_at_figure(plain, _INTENDED_AT_FIGURE):
        return True
    return any(f"{FIGURE_MARK}({word})" in plain for word in _INTENDED_AT_FIGURE)


def says_done(lead: str) -> bool:
    """Whether the words in front of a number say that it was achieved: 实际, 已完成."""
    return _says(lead, _DONE)


def names_rate(lead: str) -> bool:
    """Whether the percentage behind these words is a rate of completion: 完成率, 执行率达."""
    return lead.rstrip(LINKS + "达到").endswith(_RATES)


@lru_cache(maxsize=4096)
def change_of(beside: str) -> Change:
    """Whether the number is an amount of growth or decline; 提高到95% is neither but a level."""
    plain = _without(beside, _NO_CHANGE)
    down = _changes(plain, _DECLINE)
    up = _changes(plain.replace(_DECLINE[0], ""), _GROWTH)
    if up and down:
        return "both"
    return "up" if up else "down" if down else ""


def _changes(plain: str, words: tuple[str, ...]) -> bool:
    for word in words:
        at = plain.find(word)
        if at >= 0 and not plain.startswith(_LEVEL_MARKS, at + len(word)):
            return True
    return False


def _unlike_change(
    target: Quantity, actual: Quantity, wanted: Change, got: Change, default: Direction
) -> Reason | None:
    """A change against a level, growth against decline, or a decline whose sign or direction is not clear."""
    if {wanted, got} == {"up", "down"}:
        return Reason.CONTRADICTION
    is_bare = actual.beside.strip(LINKS) in ("", FIGURE_MARK)
    if wanted != got and not (wanted and is_bare):
        return Reason.CHANGE_OR_LEVEL
    if wanted != "down":
        return None
    if actual.number is not None and actual.number < 0:
        return Reason.CHANGE_OR_LEVEL
    return Reason.DIRECTION_UNCLEAR if target.operator in _UNSAID and default == "at-most" else None


@lru_cache(maxsize=4096)
def _is_relative(beside: str, target: str) -> bool:
    """Whether the clause measures from something else; not where the target itself does so in the same word."""
    plain, known = _without(beside, _NOT_RELATIVE), _without(target, _NOT_RELATIVE)
    if any(word in plain and word not in known for word in _RELATIVE):
        return True
    return _stands_at_figure(plain, _RELATIVE_AT_FIGURE) and not _stands_at_figure(known, _RELATIVE_AT_FIGURE)


def _is_opposite(target: Quantity, beside: str, default: Direction) -> bool:
    """不满意率5% against ≥90%, 满意率95% against 不满意率≤5%, 投诉率 against 差错率."""
    wanted, got = _failures(target.beside), _failures(beside)
    keeps_low = default == "at-most" or target.number == 0
    ceiling = target.operator in ("<=", "<") or (target.operator in _UNSAID and keeps_low)
    if got:
        return not (got & wanted) if wanted else not ceiling
    succeeds = _says(beside, _SUCCESSES)
    if wanted:
        return succeeds
    return ceiling and target.unit == "%" and succeeds and not _says(target.beside, _SUCCESSES)


@lru_cache(maxsize=4096)
def _failures(beside: str) -> frozenset[str]:
    if _says(beside, _HANDLED):
        return frozenset()
    return frozenset(word for word in _FAILURES if word in beside)


def _says(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _stands_at_figure(beside: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words ends right in front of a number, but for 为, 是, an operator."""
    return any(lead.rstrip(LINKS).endswith(words) for lead in beside.split(FIGURE_MARK)[:-1])


def _without(text: str, words: tuple[str, ...]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text
