"""Numbers, rates and places in words, in the current language."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from perfeval_xl.messages import knows, say

if TYPE_CHECKING:
    from perfeval_xl.checks.subject import Subject
    from perfeval_xl.package.addresses import Cell

_ROW: Final = re.compile(r"(?P<table>funds\.lines|indicators)\[(?P<number>\d+)\](?:\.(?P<column>\w+))?")
#: A rate of 500% and more is taken for a number that stands in the wrong cell and is shown as it stands.
_LARGEST_RATE: Final = 5
_LONGEST_NAME: Final = 20
_LONGEST_VALUE: Final = 120


def number(value: Decimal | None) -> str:
    """``350000.00`` -> ``350000``; nothing for ``None``."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rate(value: Decimal | None) -> str:
    """A ratio as a percentage: ``0.8519`` -> ``85.19%``; a 10 where a rate belongs stays ``10``."""
    if value is None:
        return ""
    return number(value) if abs(value) >= _LARGEST_RATE else f"{number(value.scaleb(2))}%"


def content(value: str | Decimal | None) -> str:
    """What a cell holds, on one line and not endless."""
    text = " ".join((number(value) if isinstance(value, Decimal) else value or "").split())
    return shortened(text, _LONGEST_VALUE)


def shortened(text: str, most: int) -> str:
    """``text`` of at most ``most`` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def place(subject: Subject, field: str | None, cell: Cell | None) -> str:
    """Where it is, for a person: address and field, such as ``H23（第 4 项指标“培训人次”的得分）``."""
    words = field_words(subject, field) if field else ""
    sheet = subject.reading.sheet
    if cell is None or sheet is None:
        return words or say("findings.where.form")
    address = sheet.told(cell)
    return say("findings.where.cell-and-field", cell=address, field=words) if words else address


def field_words(subject: Subject, field: str) -> str:
    """A field path in words: ``indicators[3].score`` -> 第 4 项指标“培训人次”的得分."""
    match = _ROW.fullmatch(field)
    if match is None:
        return _single(field)
    position = int(match["number"])
    table = "funds" if match["table"] == "funds.lines" else "indicators"
    column = _called(f"{table}.{match['column']}", match["column"]) if match["column"] else ""
    if table == "funds":
        lines = subject.form.funds.lines
        name = (lines[position].label or lines[position].source) if position < len(lines) else ""
        return say(f"findings.where.fund-{'line' if column else 'row'}", name=name, column=column)
    indicators = subject.form.indicators
    name = (indicators[position].name or "") if position < len(indicators) else ""
    name = shortened("".join(name.split()), _LONGEST_NAME)
    key = "findings.where.indicator" if column else "findings.where.indicator-row"
    return say(key, number=position + 1, name=name, column=column)


def _single(field: str) -> str:
    section, _, rest = field.partition(".")
    if section == "level1_weights":
        return say("findings.where.level1", name=rest)
    if section == "extra":
        return rest
    if knows(f"findings.where.part-{field}"):
        return say(f"findings.where.part-{field}")
    return _called(field, field)


def _called(path: str, otherwise: str) -> str:
    """What a field is called; reading may name parts of a form that have no name of their own."""
    return say(f"fields.{path}") if knows(f"fields.{path}") else otherwise
