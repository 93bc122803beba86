"""Which field of the form each column of a project list holds: by its label, as on the form, or by its field path."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import msgspec

from perfeval_xl.cell_values import NotANumber, number_in, rate_in, text_in, year_in
from perfeval_xl.errors import CannotWrite
from perfeval_xl.field_path import FUND_LINES, INDICATORS, FieldPath, fund_line, parse
from perfeval_xl.model import MONEY, SCHEMA_ID, Form, FundLine, Goals, Indicator, Project, load_document
from perfeval_xl.profile import Profile, label_key
from perfeval_xl.sources.sheet import Value
from perfeval_xl.stamp.project_list import ListedProject, heading_key

_YEARS: Final = ("年度", "年份", "预算年度", "财政年度", "自评年度", "year")
_SINGLE: Final = ("title", "fiscal_year", "remark")
_UNIT: Final = re.compile(r"[(（]\s*(?:单位\s*[:：]\s*)?(万元|元)\s*[)）]$")
_SHIFT: Final = {("元", "万元"): -4, ("万元", "元"): 4}
_LONGEST_NUMBER: Final = 15
_MOST_INDICATORS: Final = 500
_encoder: Final = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class _Column:
    field: FieldPath
    #: The unit the heading states, where it states one.
    unit: str | None = None


class Columns:
    """The labels and field paths that ``profile`` knows, for forms that start as a copy of ``blank``."""

    def __init__(self, profile: Profile, blank: Form) -> None:
        self._blank = blank
        self._unit = blank.funds.unit
        self._by_label = dict(_labels(profile, blank))

    def __contains__(self, heading: object) -> bool:
        return isinstance(heading, str) and self._column(heading) is not None

    def unknown(self, headings: Sequence[str]) -> list[str]:
        """Headings of columns that are not used."""
        return [heading for heading in headings if heading and heading_key(heading) not in self]

    def _column(self, heading: str) -> _Column | None:
        key = heading_key(heading)
        unit = _UNIT.search(key)
        plain = key[: unit.start()] if unit else key
        field = self._by_label.get(label_key(plain)) or self._by_label.get(plain.lower()) or self._path(plain)
        return None if field is None else _Column(field, unit[1] if unit else None)

    def _path(self, text: str) -> FieldPath | None:
        path = parse(text)
        if path.section == FUND_LINES:
            known = path.row is not None and path.row < len(self._blank.funds.lines)
            return path if known and path.name in FundLine.__struct_fields__ and path.name != "source" else None
        if path.section == INDICATORS:
            known = path.row is not None and path.row < _MOST_INDICATORS
            return path if known and path.name in Indicator.__struct_fields__ else None
        parts = {"project": Project.__struct_fields__, "goals": Goals.__struct_fields__}
        if path.section in parts:
            return path if path.name in parts[path.section] else None
        return path if text in _SINGLE else None

    def form(self, project: ListedProject) -> Form:
        """The form of one row. Raises ``CannotWrite`` with the heading of a cell that does not fit its field."""
        if project.form is not None:
            return msgspec.structs.replace(project.form, profile=self._blank.profile)
        document: Any = msgspec.to_builtins(self._blank, builtin_types=(Decimal,))
        for heading, cell in project.cells.items():
            column = self._column(heading)
            if column is not None:
                _put(document, column.field, self._converted(column, heading, cell))
        if not document["project"]["name"]:
            raise CannotWrite("list-no-name")
        return load_document(_encoder.encode({"schema": SCHEMA_ID, "forms": [document]}), "").forms[0]

    def _converted(self, column: _Column, heading: str, cell: Value) -> object:
        try:
            value = _reader(column.field)(cell)
        except NotANumber:
            raise CannotWrite("list-cell", heading=heading, found=cell) from None
        shift = _SHIFT.get((column.unit or self._unit, self._unit))
        if shift and isinstance(value, Decimal) and column.field.name in MONEY:
            return value.scaleb(shift)
        return value


def _labels(profile: Profile, blank: Form) -> list[tuple[str, FieldPath]]:
    """Label, in the form it is looked up in, and field; short English names stand for the fields of the project."""
    total = next((row for row, line in enumerate(blank.funds.lines) if line.source == "total"), 0)
    found = [(name, FieldPath("project", None, name)) for name in Project.__struct_fields__]
    found += [(label_key(label), FieldPath("fiscal_year")) for label in _YEARS]
    found += [(label, fund_line(total, name)) for label, name in profile.labels("funds").items() if name in MONEY]
    found += [(label, FieldPath("goals", None, name)) for label, name in profile.labels("goals").items()]
    found += [(label, _identity(name)) for label, name in profile.labels("project").items()]
    return found


def _identity(name: str) -> FieldPath:
    """The field path of an identity label; the fiscal year is printed there but belongs to the form."""
    return FieldPath("project", None, name) if name in Project.__struct_fields__ else FieldPath(name)


def _reader(field: FieldPath) -> Callable[[Value], object]:
    if field.section == "fiscal_year":
        return year_in
    if field.name == "execution_rate":
        return lambda value: rate_in(value, percent=False)
    if field.section in (FUND_LINES, INDICATORS) and field.name not in _TEXTS:
        return number_in
    if field.name in ("target", "actual"):
        return lambda value: value if isinstance(value, Decimal) else text_in(value)
    return _text


_TEXTS: Final = ("label", "level1", "level2", "name", "target", "actual", "deviation")


def _text(value: Value) -> str | None:
    """A number as the text it stands for, such as a code. Beyond 15 digits Excel has lost the last ones: refused."""
    if isinstance(value, Decimal) and value.adjusted() >= _LONGEST_NUMBER:
        raise NotANumber(str(value))
    return text_in(value)


def _put(document: dict[str, Any], field: FieldPath, value: object) -> None:
    place: Any = document
    if field.section == INDICATORS and field.row is not None:
        rows = document[INDICATORS] = list(document[INDICATORS])
        while len(rows) <= field.row:
            rows.append(dict.fromkeys(Indicator.__struct_fields__))
        place = rows[field.row]
    elif field.row is not None:
        place = document["funds"]["lines"][field.row]
    elif field.name is not None:
        place = document[field.section]
    place[field.name or field.section] = value
