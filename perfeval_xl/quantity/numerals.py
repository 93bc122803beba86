"""Figures as they are typed: 1,234.5, a number wrapped by a narrow column, and 一百二十."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from perfeval_xl.quantity.values import Reason
from perfeval_xl.quantity.vocabulary import (
    CHINESE_DIGITS,
    DIGITS,
    LARGE_PLACES,
    SMALL_PLACES,
    VAGUE_MARKS,
)

#: A spreadsheet cell holds no more; anything longer is an identifier.
MOST_DIGITS: Final = 15
#: A wrapped number is joined only where money is written to the cent: 4385666.5 5 is 4385666.55.
MOST_WRAPPED_DECIMALS: Final = 2
_RUN: Final = frozenset(DIGITS + "., ")
_CHINESE: Final = frozenset((*CHINESE_DIGITS, *SMALL_PLACES, *LARGE_PLACES, *VAGUE_MARKS))


class Numeral(NamedTuple):
    """A figure and where it ends; without a value, ``fault`` says why."""

    value: Decimal | None
    end: int
    fault: Reason = Reason.READ


def arabic(text: str, at: int) -> Numeral:
    """The figure that begins with the digit at ``at``."""
    end = at + 1
    while end < len(text) and text[end] in _RUN:
        end += 1
    while text[end - 1] not in DIGITS:
        end -= 1
    run = text[at:end]
    if run.isdecimal() or (" " not in run and "," not in run and run.count(".") == 1):
        return _plain(run, end)
    if " " in run:
        joined = _unwrapped(run)
        return _plain(joined, end) if joined else Numeral(None, end, Reason.SPLIT_NUMBER)
    if "," in run:
        return _grouped(run, end)
    return Numeral(None, end, Reason.NUMBER_IN_NAME)


def _unwrapped(run: str) -> str:
    """``4385666.5 5`` -> ``4385666.55``; empty where the space may as well part two numbers."""
    head, _, tail = run.partition(" ")
    whole, point, decimals = head.partition(".")
    if not (whole.isdecimal() and point and decimals.isdecimal() and tail.isdecimal()):
        return ""
    return head + tail if len(decimals) + len(tail) <= MOST_WRAPPED_DECIMALS else ""


def _grouped(run: str, end: int) -> Numeral:
    whole, point, decimals = run.partition(".")
    first, *rest = whole.split(",")
    well = len(first) <= 3 and first[0] != "0" and all(len(group) == 3 for group in rest)
    if not well or (point and not decimals.isdecimal()):
        return Numeral(None, end, Reason.BAD_GROUPING)
    return _plain(whole.replace(",", "") + point + decimals, end)


def _plain(run: str, end: int) -> Numeral:
    if len(run) > 1 and run[0] == "0" and run[1] != ".":
        return Numeral(None, end, Reason.NUMBER_IN_NAME)
    if len(run) - ("." in run) > MOST_DIGITS:
        return Numeral(None, end, Reason.TOO_LONG)
    return Numeral(Decimal(run), end)


def chinese_end(text: str, at: int) -> int:
    """Where the run of Chinese numerals that begins at ``at`` ends; ``at`` itself when there is none."""
    end = at
    while end < len(text) and text[end] in _CHINESE:
        end += 1
    return end


def chinese(run: str) -> Numeral:
    """The value of a run of Chinese numerals: 三十五, 两千, 一百零五, 二十万.

    Clipped or vague runs are faults, never guesses: 一百二 (102 or 120), 三五 (35, or three to five), 十几.
    """
    if any(mark in run for mark in VAGUE_MARKS):
        return Numeral(None, len(run), Reason.VAGUE)
    total = _places(run)
    if total is None:
        return Numeral(None, len(run), Reason.BAD_NUMERAL)
    return Numeral(Decimal(total), len(run))


def _places(run: str) -> int | None:
    """Sum of the parts in front of 亿 and 万 and what follows."""
    total = 0
    largest = 0
    part_from = 0
    for at, character in enumerate(run):
        place = LARGE_PLACES.get(character)
        if place is None:
            continue
        part = _below_ten_thousand(run[part_from:at])
        if part is None or part == 0 or (largest and place >= largest):
            return None
        total += part * place
        largest, part_from = place, at + 1
    rest = run[part_from:]
    if not rest:
        return total if largest else None
    part = _below_ten_thousand(rest)
    # 三万五 is 35000 in speech and 30005 in writing
    clipped = largest and len(rest) == 1
    return None if part is None or clipped else total + part


def _below_ten_thousand(run: str) -> int | None:
    total = 0
    digit: int | None = None
    last_place = 10_000
    zero = True
    for character in run:
        place = SMALL_PLACES.get(character)
        if place is None:
            if digit:
                return None
            digit = CHINESE_DIGITS[character]
            zero = zero or digit == 0
            continue
        if place >= last_place or not (digit or (place == 10 and total == 0)):
            return None
        total += (digit or 1) * place
        last_place, digit, zero = place, None, place == 10
    if digit and last_place < 10_000 and not zero:
        return None
    return total + (digit or 0) if run else None


def year_in_numerals(run: str) -> int | None:
    """二零二三 -> 2023: four digits one after the other; ``None`` for anything else."""
    if len(run) != 4 or any(character not in CHINESE_DIGITS for character in run):
        return None
    return int("".join(str(CHINESE_DIGITS[character]) for character in run))
