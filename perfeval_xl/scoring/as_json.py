"""A score card as plain JSON values; ``docs/scoring.md`` describes every key."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

import msgspec

from perfeval_xl.quantity import PartialDate, Quantity
from perfeval_xl.scoring.agreement import Agreement
from perfeval_xl.scoring.card import IndicatorScore, Points, ScoreCard
from perfeval_xl.scoring.explain import explain, explain_execution
from perfeval_xl.sums import half_up

RATIO_DECIMALS: Final = 6
_encoder: Final = msgspec.json.Encoder(decimal_format="number")


def encoded(value: object) -> bytes:
    """JSON text: UTF-8, two spaces of indent, numbers exactly as computed, a line break at the end."""
    return msgspec.json.format(_encoder.encode(value), indent=2) + b"\n"


def card_values(card: ScoreCard) -> dict[str, Any]:
    """All of a card; every key is always present."""
    execution, total = card.execution, card.total
    return {
        "profile": card.profile,
        "indicators": [_indicator(row) for row in card.indicators],
        "execution": {
            "budget": _number(execution.budget),
            "executed": _number(execution.executed),
            "weight": _number(execution.weight),
            "rate": _number(execution.rate),
            "stated_rate": _number(execution.stated_rate),
            "rate_verdict": execution.rate_verdict,
            "stated": _number(execution.stated),
            **_points(execution.points),
            "verdict": execution.verdict,
            "reason": execution.reason or None,
            "explanation": explain_execution(execution),
        },
        "levels": [
            {
                "name": level.name,
                "printed_weight": _number(level.printed_weight),
                "weight": _number(level.weight),
                "stated": _number(level.stated),
                **_points(level.points),
                "verdict": level.verdict,
            }
            for level in card.levels
        ],
        "total": {
            "with_execution": total.with_execution,
            "weight": _number(total.weight),
            "stated": _number(total.stated),
            "added_up": _number(total.added_up),
            **_points(total.points),
            "verdict": total.verdict,
        },
        "grade": asdict(card.grade),
    }


def agreement_values(counted: Agreement) -> dict[str, Any]:
    """The counts of one source."""
    return asdict(counted)


def _indicator(row: IndicatorScore) -> dict[str, Any]:
    judgement, comparison = row.judgement, row.judgement.comparison
    ratio = None if comparison.ratio is None else half_up(comparison.ratio, RATIO_DECIMALS)
    return {
        "index": row.index,
        "level1": row.level1,
        "level2": row.level2,
        "name": row.name,
        "kind": judgement.kind,
        "target": _quantity(judgement.target),
        "actual": _quantity(judgement.actual),
        "direction": comparison.direction,
        "met": comparison.met,
        "ratio": _number(ratio),
        "ratio_is_bound": comparison.ratio_is_bound,
        "months_late": comparison.months_late,
        "beyond": judgement.beyond,
        "weight": _number(judgement.weight),
        "stated": _number(row.stated),
        **_points(judgement.points),
        "verdict": row.verdict,
        "rule": judgement.rule,
        "reason": judgement.reason or None,
        "explanation": explain(judgement),
    }


def _quantity(read: Quantity) -> dict[str, Any]:
    return {
        "text": read.text,
        "kind": read.kind,
        "operator": read.operator or None,
        "low": _number(read.low),
        "high": _number(read.high),
        "unit": read.unit or None,
        "start": _date(read.start),
        "end": _date(read.end),
        "answers": list(read.answers),
        "answer": read.answer or None,
    }


def _points(points: Points | None) -> dict[str, Any]:
    """``low`` and ``high`` of the score by rule, and ``score`` where it is one number."""
    if points is None:
        return {"low": None, "high": None, "score": None}
    return {"low": _number(points.low), "high": _number(points.high), "score": _number(points.value)}


def _number(value: Decimal | None) -> Decimal | None:
    """Without needless zeros or exponent."""
    return None if value is None else Decimal(format(value.normalize() if value else Decimal(0), "f"))


def _date(date: PartialDate | None) -> str | None:
    """``2023-12-09``; as far as it is written: ``2023-12``, ``2023``, and without a year ``--12-09``, ``--12``.

    ``---15`` is the 15th of every month; ``+1-01`` is January of the next year.
    """
    if date is None:
        return None
    year = f"{date.year:04}" if date.year else f"+{date.later}" if date.later else "-"
    month = f"-{date.month:02}" if date.month else "-" if date.day else ""
    return year + month + (f"-{date.day:02}" if date.day else "")
