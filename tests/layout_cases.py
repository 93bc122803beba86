"""Layout cases: a form written as a small text table, and the cell in which every field of it stands.

    # what the case shows
    sheet: A1 | table        (default A1: a worksheet; ``table`` is a text or document)
    profile: mof             (the profile that must be found)
    merge: A4:A9
    ---
    title |  |
    项目名称 | 某项目 |
    ---
    form
    title = A1
    indicators[0] = level1 B9, level2 C9, name D9
    extra.评价结论 = B12
    doubt indicators[2].actual = F9

``·`` is a cell that holds nothing but stands in the text, ``\\n`` a line break. In a worksheet numbers are numbers.
Cells that are empty count only where the case says so: ``blank goals.expected = B7``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from perfeval_xl.layout import Layout, Row
from perfeval_xl.package.addresses import Range, a1, parse_range
from perfeval_xl.sources.sheet import Sheet, Value

FOLDER: Final = Path(__file__).parent / "cases" / "layout"
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


@dataclass
class FormCase:
    """What one form of a case must give: field or row -> cells, in A1."""

    filled: dict[str, str] = field(default_factory=dict)
    blank: dict[str, str] = field(default_factory=dict)
    doubt: dict[str, str] = field(default_factory=dict)
    profile: str = ""


@dataclass
class Case:
    """A sheet and the forms that must be found on it."""

    name: str
    sheet: Sheet
    forms: list[FormCase]


def load_case(path: Path) -> Case:
    """The case written in a file."""
    head, table, expected = path.read_text("utf-8").split("\n---\n")
    settings = [line.split(": ", 1) for line in head.splitlines() if line and not line.startswith("#")]
    values = dict(settings)
    merges = [parse_range(area) for name, areas in settings if name == "merge" for area in areas.split()]
    addressing: Literal["A1", "table"] = "table" if values.get("sheet") == "table" else "A1"
    rows = [_row(line, addressing) for line in table.split("\n")]
    sheet = Sheet(path.name, values.get("name", "Sheet1"), tuple(rows), tuple(merges), addressing=addressing)
    return Case(path.stem, sheet, _forms(expected, values.get("profile", "mof")))


def _row(line: str, addressing: str) -> tuple[Value, ...]:
    return tuple(_value(cell.strip(), addressing) for cell in line.split("|")) if line.strip() else ()


def _value(text: str, addressing: str) -> Value:
    if text in ("", "·"):
        return None
    if addressing == "A1" and _NUMBER.fullmatch(text):
        return Decimal(text)
    return text.removeprefix("'").replace("\\n", "\n")


def _forms(expected: str, profile: str) -> list[FormCase]:
    forms: list[FormCase] = []
    for line in filter(None, map(str.strip, expected.splitlines())):
        if line == "form" or line.startswith("form "):
            forms.append(FormCase(profile=line.removeprefix("form").strip() or profile))
            continue
        left, right = line.split(" = ")
        kind, _, path = left.rpartition(" ")
        where = {"": forms[-1].filled, "blank": forms[-1].blank, "doubt": forms[-1].doubt}[kind]
        if re.fullmatch(r"(funds\.lines|indicators)\[\d+\]", path) and kind != "doubt":
            columns = (cell.split() for cell in right.split(", "))
            where.update({f"{path}.{column}": address for column, address in columns})
        else:
            where[path] = right
    return forms


def found_cells(sheet: Sheet, layout: Layout, *, filled: bool) -> dict[str, str]:
    """Field path -> A1 of the cells a layout points to: those that hold something, or those that do not."""
    return {
        path: a1(*cell)
        for path, cell in layout.places()
        if (sheet[cell] is not None and str(sheet[cell]).strip() != "") == filled
    }


def doubts(layout: Layout) -> dict[str, str]:
    """Field path -> A1 of the cells that were left out."""
    found: dict[str, str] = {}
    for doubt in layout.ambiguous:
        found[doubt.field] = f"{found[doubt.field]} {a1(*doubt.cell)}" if doubt.field in found else a1(*doubt.cell)
    return found


def written(layout: Layout, sheet: Sheet) -> str:
    """A layout as the expectation of a case, for writing a new one."""
    lines = [f"form {layout.profile.id}"]
    cells = found_cells(sheet, layout, filled=True)
    lines += [f"{path} = {address}" for path, address in cells.items() if "[" not in path or path.startswith("extra")]
    for table, rows in (("funds.lines", layout.fund_rows), ("indicators", layout.indicator_rows)):
        lines += [f"{table}[{n}] = {text}" for n, row in enumerate(rows) if (text := _written_row(sheet, row))]
    lines += [f"doubt {path} = {address}" for path, address in doubts(layout).items()]
    return "\n".join(lines)


def _written_row(sheet: Sheet, row: Row) -> str:
    return ", ".join(f"{column} {a1(*cell)}" for column, cell in row.items() if sheet[cell] is not None)


def whole(sheet: Sheet) -> Range:
    """All cells of a sheet."""
    return Range(0, 0, len(sheet.rows) - 1, max(sheet.width - 1, 0))
