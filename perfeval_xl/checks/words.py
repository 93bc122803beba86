"""Places and fields in words, in the current language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perfeval_xl.field_path import FUND_LINES, FieldPath, parse
from perfeval_xl.messages import knows, say
from perfeval_xl.shown import shortened

if TYPE_CHECKING:
    from perfeval_xl.checks.subject import Subject
    from perfeval_xl.package.addresses import Cell

_LONGEST_NAME: Final = 20


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
    path = parse(field)
    if path.row is None:
        return _single(path)
    table = "funds" if path.section == FUND_LINES else path.section
    column = _called(f"{table}.{path.name}", path.name) if path.name else ""
    if path.section == FUND_LINES:
        lines = subject.form.funds.lines
        name = (lines[path.row].label or lines[path.row].source) if path.row < len(lines) else ""
        return say(f"findings.where.fund-{'line' if column else 'row'}", name=name, column=column)
    indicators = subject.form.indicators
    name = (indicators[path.row].name or "") if path.row < len(indicators) else ""
    name = shortened("".join(name.split()), _LONGEST_NAME)
    key = "findings.where.indicator" if column else "findings.where.indicator-row"
    return say(key, number=path.row + 1, name=name, column=column)


def _single(path: FieldPath) -> str:
    if path.section == "level1_weights":
        return say("findings.where.level1", name=path.name)
    if path.section == "extra":
        return path.name or ""
    if knows(f"findings.where.part-{path}"):
        return say(f"findings.where.part-{path}")
    return _called(str(path), str(path))


def _called(path: str, otherwise: str) -> str:
    """What a field is called in sentences; paths without a label of their own get that of their part."""
    return say(f"fields.{path}") if knows(f"fields.{path}") else otherwise
