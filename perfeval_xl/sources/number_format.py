"""Number formats of workbooks: what they make a person see beside the stored number.

``"≤"0`` shows an operator, ``0%`` a hundred times the number and a sign, ``0!.0000`` a ten-thousandth of it, ``0.00_ ``
nothing more than the number. Rounding by the format is not applied. Codes after ECMA-376 part 1, 18.8.30 and 18.8.31;
``!`` is how Chinese Excel and WPS write ``\\``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

#: What one piece of a section is: a digit, a point, a comma, a percent sign, words, a part of a date, any text.
_Kind = Literal["digit", "point", "comma", "percent", "words", "date", "text", "general", "bracket"]
_PIECE: Final = re.compile(
    r"""
      "(?P<quoted>[^"]*)"?
    | [\\!](?P<escaped>.)
    | (?P<space>_.) | (?P<fill>\*.)
    | \[(?P<bracket>[^\]]*)\]
    | (?P<general>general|G/通用格式)
    | (?P<exponent>E[+-]0+)
    | (?P<ampm>AM/PM|A/P|上午/下午)
    | (?P<date>[ymdhsbge]+)
    | (?P<digit>[0\#?]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<text>@)
    | (?P<plain>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9.]+)")
_ELAPSED: Final = re.compile(r"(?:h+|m+|s+)", re.IGNORECASE)
_CURRENCY: Final = re.compile(r"\$([^-]*)(?:-.*)?")
#: Signs of the yuan, left out: every form is in this currency.
YUAN: Final = str.maketrans("", "", "¥￥")
#: Codes that Excel knows by number; what is not here and below 164 is plain.
BUILT_IN: Final = {
    9: "0%", 10: "0.00%", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"',
    29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"',
    34: "h:mm", 35: "h:mm:ss", 36: 'yyyy"年"m"月"', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss", 50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"', 55: "h:mm", 56: "h:mm:ss",
    57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a format: for which numbers, and what it shows.

    ``power`` is the power of ten between the stored number and the shown one (``0%``: 2). ``shows_number`` is false
    for words alone (``"合格"``), ``date`` holds the letters of a date format (``ymd``; a capital is a duration).
    """

    condition: tuple[str, Decimal] | None = None
    before: str = ""
    after: str = ""
    power: int = 0
    #: Digits before the point at least, filled up with zeros: ``000000`` shows 5 as ``000005``.
    width: int = 1
    shows_number: bool = True
    date: str = ""
    is_text: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether a person sees the stored number and nothing else."""
        return self.shows_number and not (self.before or self.after or self.power or self.date or self.width > 1)

    def applies(self, number: Decimal) -> bool:
        """Whether the condition of the section holds; one without a condition always applies."""
        if self.condition is None:
            return True
        operator, limit = self.condition
        return {
            "<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit,
            "=": number == limit, "<>": number != limit,
        }[operator]  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format that shows more, or something else, than the stored value; ``text`` is the section for texts."""

    sections: tuple[Section, ...]
    text: Section | None = None

    @property
    def date(self) -> str:
        """The letters of a date format, ``""`` for any other."""
        return self.sections[0].date

    def section_of(self, number: Decimal) -> Section:
        """The section that shows ``number``."""
        if any(section.condition for section in self.sections):
            return next((each for each in self.sections if each.applies(number)), self.sections[-1])
        count = len(self.sections)
        if number < 0 and count > 1:
            return self.sections[1]
        return self.sections[2] if number == 0 and count > 2 else self.sections[0]

    def shown(self, number: Decimal) -> Decimal | str | None:
        """What a person sees for a stored number, not rounded; ``None`` where the format hides it.

        A number where only the scale changes, else a text: ``≤10``, ``85.19%``, ``合格``.
        """
        section = self.section_of(number)
        if not section.shows_number:
            words = (section.before + section.after).strip()
            # Accounting formats print zero as a dash.
            return number if words in ("-", "–", "—") and number == 0 else words or None
        before, after, shown = section.before, section.after, without_zeros(number.scaleb(section.power))
        if len(self.sections) > 1 and section is self.sections[1] and number < 0:
            before, after = _without_sign(before, after)
        if not before and not after and section.width == 1:
            return shown
        return f"{before}{_digits(shown, section.width)}{after}"

    def shown_text(self, text: str) -> str:
        """What a person sees for a stored text."""
        if self.text is None:
            return text
        return f"{self.text.before}{text}{self.text.after}" if self.text.is_text else self.text.before

    def stored(self, value: Decimal | str) -> Decimal | None:
        """The number to store so that a person sees ``value``; ``None`` where only a text can show it."""
        section = self.sections[0]
        if self.date or not section.shows_number:
            return None
        text = format(value, "f") if isinstance(value, Decimal) else value
        if not (text.startswith(section.before) and text.endswith(section.after)):
            return None
        try:
            number = Decimal(text[len(section.before) : len(text) - len(section.after)]).scaleb(-section.power)
        except ArithmeticError:
            return None
        shown = self.shown(number)
        return number if (format(shown, "f") if isinstance(shown, Decimal) else shown) == text else None


def without_zeros(number: Decimal) -> Decimal:
    """The number without zeros behind its last decimal."""
    return number.to_integral_value() if number == number.to_integral_value() else number.normalize()


def _digits(number: Decimal, width: int) -> str:
    text = format(number, "f")
    whole, point, rest = text.partition(".")
    return text if width == 1 else whole.zfill(width) + point + rest


@lru_cache(maxsize=512)
def number_format(code: str) -> NumberFormat | None:
    """The meaning of a format code; ``None`` for one that shows the stored value and nothing else."""
    sections = [_section(part) for part in _split(code)]
    text = next((section for section in sections if section.is_text), None)
    if len(sections) == 4:
        text = sections[3]
    numbers = tuple(section for section in sections[:3] if not section.is_text)
    if not numbers:
        numbers = (Section(),)
    if text is not None and text.is_text and not (text.before or text.after):
        text = None
    if text is None and all(section.is_plain or _is_usual(section, place) for place, section in enumerate(numbers)):
        return None
    return NumberFormat(numbers, text)


def _is_usual(section: Section, place: int) -> bool:
    """Whether a section shows negative numbers or zero in the usual way, so that it adds nothing."""
    if section.power or section.date or section.condition:
        return False
    if place == 1 and section.shows_number:
        return _without_sign(section.before, section.after) == ("", "")
    return place == 2 and (section.before + section.after).strip() in ("-", "–", "—")


def _without_sign(before: str, after: str) -> tuple[str, str]:
    """The words around a negative number, without its minus sign or brackets."""
    if before.endswith("(") and after.startswith(")"):
        return before[:-1], after[1:]
    if before.startswith("-"):
        return before[1:].strip(), after
    return before.removesuffix("-"), after.removeprefix("-")


def _split(code: str) -> list[str]:
    """The sections of a code; a semicolon in words or brackets separates nothing."""
    sections, current = [], ""
    for match in _PIECE.finditer(code):
        if match[0] == ";":
            sections.append(current)
            current = ""
        else:
            current += match[0]
    return [*sections, current][:4]


def _pieces(code: str) -> Iterator[tuple[_Kind, str]]:
    for match in _PIECE.finditer(code):
        kind, found = match.lastgroup, match[0]
        if kind in ("quoted", "escaped", "plain"):
            yield "words", match[kind]
        elif kind in ("ampm", "date"):
            yield "date", "" if kind == "ampm" else found.lower()
        elif kind == "exponent":
            yield "digit", found
        elif kind == "bracket":
            yield from _in_brackets(match[kind])
        elif kind not in ("space", "fill", None):
            yield kind, found  # type: ignore[misc]


def _in_brackets(inside: str) -> Iterator[tuple[_Kind, str]]:
    """A condition, a duration or a currency sign; colours and languages show nothing."""
    if currency := _CURRENCY.fullmatch(inside):
        yield "words", currency[1]
    elif _ELAPSED.fullmatch(inside):
        yield "date", inside[0].upper()
    elif _CONDITION.fullmatch(inside):
        yield "bracket", inside


def _section(code: str) -> Section:
    pieces = list(_pieces(code))
    condition = next((_condition(text) for kind, text in pieces if kind == "bracket"), None)
    kinds = {kind for kind, _ in pieces}
    if next((kind for kind, _ in pieces if kind in ("date", "digit", "general", "text")), "") == "date":
        return Section(condition, date="".join(text for kind, text in pieces if kind == "date"), after=_words(pieces))
    if "general" in kinds or "text" in kinds:
        middle = next(place for place, (kind, _) in enumerate(pieces) if kind in ("general", "text"))
        before, after = _words(pieces[:middle]), _words(pieces[middle + 1 :])
        return Section(condition, before, after, _percents(pieces), is_text="text" in kinds)
    digits = [place for place, (kind, _) in enumerate(pieces) if kind == "digit"]
    if not digits:
        return Section(condition, _words(pieces), shows_number=False)
    first, last = digits[0], digits[-1]
    inside = pieces[first : last + 1]
    power = _percents(pieces) - 3 * _scaling_commas(pieces[last + 1 :]) - _written_point(inside)
    return Section(condition, _words(pieces[:first]), _words(pieces[last + 1 :]), power, _width(inside, power))


def _condition(text: str) -> tuple[str, Decimal]:
    match = _CONDITION.fullmatch(text)
    try:
        return (match[1], Decimal(match[2])) if match else ("<>", Decimal("NaN"))
    except ArithmeticError:
        return ("<>", Decimal("NaN"))


def _percents(pieces: list[tuple[_Kind, str]]) -> int:
    return 2 * sum(kind == "percent" for kind, _ in pieces)


def _scaling_commas(pieces: list[tuple[_Kind, str]]) -> int:
    """Commas behind the last digit: each shows a thousandth."""
    count = 0
    for kind, _ in pieces:
        if kind != "comma":
            break
        count += 1
    return count


def _written_point(inside: list[tuple[_Kind, str]]) -> int:
    """Digits behind a point that is written as words (``0!.0000``): the number is shown that many places smaller."""
    for place, (kind, text) in enumerate(inside):
        if kind == "words" and text == "." and not any(kind == "point" for kind, _ in inside):
            return sum(kind == "digit" for kind, _ in inside[place:])
    return 0


def _width(inside: list[tuple[_Kind, str]], power: int) -> int:
    """Zeros before the point, of a format that only counts digits."""
    end = next((place for place, (kind, _) in enumerate(inside) if kind != "digit"), len(inside))
    return 1 if power else max(1, sum(text == "0" for _, text in inside[:end]))


def _words(pieces: list[tuple[_Kind, str]]) -> str:
    """The words of a section, its percent signs among them, without the yuan sign."""
    words = "".join(text for kind, text in pieces if kind in ("words", "percent"))
    return words.translate(YUAN).strip()
