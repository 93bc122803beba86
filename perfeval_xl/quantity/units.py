"""What follows a figure: 万, %, a counter, a per-unit. And which units compare."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from perfeval_xl.quantity.vocabulary import (
    COUNTED,
    COUNTERS,
    MAGNITUDES,
    MORE_MARKS,
    PER_ALIASES,
    PER_BEFORE,
    PER_MARKS,
    PER_ONLY,
    RATIO_SIGNS,
    UNIT_GROUPS,
)

Words = dict[str, tuple[str, ...]]
_ONE: Final = Decimal(1)
#: Everything counted by the piece; a general counter (个, 项) compares with any of these.
_COUNTED: Final = frozenset(COUNTED.split())


def by_first_character(words: Iterable[str]) -> Words:
    """The words under their first character, the longest first."""
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(word[0], []).append(word)
    return {first: tuple(sorted(group, key=len, reverse=True)) for first, group in found.items()}


def word_at(words: Words, text: str, at: int) -> str:
    """The longest of ``words`` that stands at ``at``, or ``""``."""
    if at < len(text):
        for word in words.get(text[at], ()):
            if text.startswith(word, at):
                return word
    return ""


class Dimension(NamedTuple):
    """One unit is ``numerator/denominator`` of the base unit of the dimension ``name``."""

    name: str
    numerator: int = 1
    denominator: int = 1


class Measure(NamedTuple):
    """What follows a figure: its unit as written, what multiplies it, where it ends, "more than" (300余人)."""

    unit: str
    scale: Decimal
    end: int
    more: bool = False


_DIMENSIONS: Final = {
    unit: Dimension(name, numerator, denominator)
    for name, numerator, denominator, units in UNIT_GROUPS
    for unit in units.split()
}
_DIMENSIONS.update((counter, Dimension(f"counter {counter}")) for counter in COUNTERS.split())
_UNITS: Final = by_first_character(_DIMENSIONS)
_PER_UNITS: Final = by_first_character((*_DIMENSIONS, *PER_ONLY, *PER_ALIASES))
_MAGNITUDES: Final = by_first_character(MAGNITUDES)
_SCALES: Final = {word: Decimal(value) for word, value in MAGNITUDES.items()}
_SIGN_SCALES: Final = {sign: Decimal(1).scaleb(places) for sign, places in RATIO_SIGNS.items()}
_MOST_PARTS: Final = 3
_PER_BEFORE: Final = by_first_character(PER_BEFORE)


def measure(text: str, at: int) -> Measure:
    """The magnitude and unit that begin at ``at``, right behind a figure; an empty unit when there is none."""
    scale = _ONE
    more = at < len(text) and text[at] in MORE_MARKS
    at += more
    unit = word_at(_UNITS, text, at)
    if not unit and text.startswith("(", at):
        return _in_brackets(text, at, more)
    magnitude = word_at(_MAGNITUDES, text, at)
    if magnitude and len(unit) <= 1:
        scale = _SCALES[magnitude]
        at += len(magnitude)
        if not more and at < len(text) and text[at] in MORE_MARKS:
            more, at = True, at + 1
        unit = word_at(_UNITS, text, at)
    if unit == "成":
        return Measure("", scale, at, more)
    end = at + len(unit)
    if unit in _SIGN_SCALES:
        return Measure(unit, _SIGN_SCALES[unit], end, more) if scale == 1 else Measure("", scale, at, more)
    if unit:
        unit, end = _with_denominators(text, unit, end)
    return Measure(unit, scale, end, more)


def _in_brackets(text: str, at: int, more: bool) -> Measure:
    """``80(%)``, ``5(万元)``: a unit and nothing else between the brackets."""
    inside = measure(text, at + 1)
    if inside.unit and not inside.more and text.startswith(")", inside.end):
        return inside._replace(end=inside.end + 1, more=more)
    return Measure("", _ONE, at, more)


def ratio_scale(sign: str) -> Decimal:
    """0.01 for %, 0.001 for ‰, 0.1 for 成."""
    return _SIGN_SCALES[sign]


def _with_denominators(text: str, unit: str, end: int) -> tuple[str, int]:
    """元 followed by ``/人.年`` -> ``元/人.年``."""
    if end >= len(text) or text[end] not in "/每":
        return unit, end
    begin, at = end - len(unit), end + 1
    while True:
        below = word_at(_PER_UNITS, text, at)
        if not below:
            break
        at += len(below)
        end = at
        if at < len(text) and text[at] in PER_MARKS:
            at += 1
    return text[begin:end], end


def per_before(text: str, at: int) -> tuple[str, int]:
    """``每人每年`` in front of a figure -> ``("/人·年", end)``; ``("", at)`` when nothing of the kind is there."""
    below: list[str] = []
    while len(below) < _MOST_PARTS and (word := word_at(_PER_BEFORE, text, at)):
        below.append(PER_BEFORE[word])
        at += len(word)
    return ("/" + "·".join(below) if below else "", at)


def dimension(unit: str) -> Dimension | None:
    """The dimension of a unit as written; ``None`` for a counter these tables do not know.

    Denominators are part of the dimension: 元/人.年, 元/年·人 and 元/人/年 are one dimension, 元 is another.
    """
    known = _DIMENSIONS.get(unit)
    if known:
        return known
    above, *below = unit.replace("每", "/", 1).split("/", 1)
    known = _DIMENSIONS.get(above)
    if known is None or not below:
        return None
    return Dimension(f"{known.name} per {_below(below[0])}", known.numerator, known.denominator)


def _below(written: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(written):
        part = word_at(_PER_UNITS, written, at) or written[at]
        if part not in PER_MARKS:
            parts.append(PER_ALIASES.get(part, part))
        at += len(part)
    return "".join(sorted(parts))


def compatible(one: Dimension, other: Dimension) -> bool:
    """Whether the two compare: the same dimension, or one of them a general counter (个, 项) and both counted."""
    if one.name == other.name:
        return True
    return (one.name == "anything" and _is_counted(other)) or (other.name == "anything" and _is_counted(one))


def _is_counted(of: Dimension) -> bool:
    return of.name in _COUNTED or of.name.startswith("counter ")
