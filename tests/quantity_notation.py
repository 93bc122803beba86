"""The short notation of readings and comparisons in ``cases/quantity*.tsv`` and in ``docs/reading-values*.md``."""

from __future__ import annotations

from decimal import Decimal

from perfeval_xl.quantity import Comparison, PartialDate, Quantity


def reading(quantity: Quantity) -> str:
    """``>= 0.95 %``, ``0.9..0.95 %``, ``<= 2023-12``, ``scale 优 良 中 差``, ``words met``, ``unclear vague``."""
    if quantity.kind == "number":
        return " ".join(filter(None, (quantity.operator, _figures(quantity), quantity.unit)))
    if quantity.kind == "date":
        days = dict.fromkeys(_day(date) for date in (quantity.start, quantity.end) if date)
        return " ".join(filter(None, (quantity.operator, "date", "..".join(days))))
    if quantity.kind == "scale":
        return " ".join(("scale", *quantity.answers))
    if quantity.kind == "unclear":
        return f"unclear {quantity.reason}"
    return " ".join(filter(None, (quantity.kind, quantity.answer, quantity.stance)))


def comparison(result: Comparison) -> str:
    """``met by number, ratio 1.28``, ``missed by date, 1 month late``, ``open: unit-mismatch``."""
    if not result.decided:
        return f"open: {result.reason}"
    parts = [f"{'met' if result.met else 'missed'} by {result.basis}"]
    if result.ratio is not None:
        parts.append(f"ratio {'of a bound ' if result.ratio_is_bound else ''}{_short(result.ratio)}")
    if result.months_late:
        parts.append(f"{result.months_late} month{'s' if result.months_late > 1 else ''} late")
    if result.rank:
        parts.append(f"{result.tier}, answer {result.rank[0]} of {result.rank[1]}")
    return ", ".join(parts)


def _figures(quantity: Quantity) -> str:
    figures = dict.fromkeys(plain(bound) for bound in (quantity.low, quantity.high) if bound is not None)
    return "..".join(figures)


def plain(number: Decimal) -> str:
    return format(number, "f")


def _short(ratio: Decimal) -> str:
    return format(round(ratio, 6).normalize(), "f")


def _day(date: PartialDate) -> str:
    """``2023-12-31``, ``2023-12``, ``2023``; without a year ``--12-09``, ``--12``; ``---15``; next year ``+1-01``."""
    year = str(date.year) if date.year else f"+{date.later}" if date.later else "-"
    month = f"-{date.month:02}" if date.month else "-" if date.day else ""
    return year + month + (f"-{date.day:02}" if date.day else "")
