"""Locked cells of a sheet held against those of the template it was made from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from perfeval_xl import shown
from perfeval_xl.layout import KEY_COLUMN
from perfeval_xl.layout.names import PREFIX, column_name, field_name
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.profile import Profile
from perfeval_xl.sources import open_bytes
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.workbook.template.drawing import blank


@dataclass(frozen=True, slots=True)
class Changed:
    """A locked cell that differs from the template."""

    cell: Cell
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class _Template:
    """A blank template: its grid, and the locked cells that hold no formula and no field."""

    profile: Profile
    sheet: Sheet
    locked: tuple[Cell, ...]
    sources: tuple[str, ...]


_templates: dict[int, _Template] = {}


def _template(profile: Profile) -> _Template:
    """The template of a profile, remembered: profiles are few and never change."""
    known = _templates.get(id(profile))
    if known is None or known.profile is not profile:
        known = _templates[id(profile)] = _opened(profile)
    return known


def _opened(profile: Profile) -> _Template:
    data = blank(profile)
    workbook = Workbook(data, profile.id)
    sheet = open_bytes(data, f"{profile.id}.xlsx")[0]
    entry = next(entry for entry in workbook.sheets if entry.index == sheet.index)
    part = SheetPart(workbook.package.tree(entry.part))
    unlocked = _unlocked_styles(workbook)
    fields = {area.anchor for name, area in sheet.names.items() if name in _FIELD_NAMES}
    keys = sheet.names[column_name("funds", KEY_COLUMN)]
    indicators = sheet.names[column_name("indicators", "weight")]
    locked = tuple(
        cell
        for row in part.rows()
        for column, element in part.cells(row).items()
        if element.get("s", "0") not in unlocked
        and part.formula(cell := Cell(row, column)) is None
        and cell not in fields
        and not (indicators.top <= row <= indicators.bottom)
    )
    return _Template(profile, sheet, locked, tuple(str(sheet[cell]) for cell in keys.cells()))


#: Locked cells that carry a field, or what the template says of itself; both have findings of their own.
_FIELD_NAMES: Final = frozenset({field_name("funds.unit"), field_name("total.weight"), field_name("total.score")})


def _unlocked_styles(workbook: Workbook) -> frozenset[str]:
    styles = workbook.package.tree(workbook.related(workbook.part, "styles")[0])
    formats = styles.find(workbook.tag("cellXfs"))
    unlocked = set()
    for number, format_ in enumerate(formats):
        protection = format_.find(workbook.tag("protection"))
        if protection is not None and protection.get("locked") in ("0", "false"):
            unlocked.add(str(number))
    return frozenset(unlocked)


def changed_cells(sheet: Sheet, profile: Profile) -> Iterator[Changed]:
    """The locked cells of ``sheet`` whose text differs from the template of ``profile``."""
    template = _template(profile)
    rows = _Correspondence(_pairs(sheet, template, 0))
    columns = _Correspondence(_pairs(sheet, template, 1))
    for cell in template.locked:
        row, column = rows.find(cell.row), columns.find(cell.column)
        if row is None or column is None:
            continue
        expected, found = shown.whole(template.sheet[cell]), shown.whole(sheet[row, column])
        if "".join(expected.split()) != "".join(found.split()):
            yield Changed(Cell(row, column), found, expected)


def _pairs(sheet: Sheet, template: _Template, axis: int) -> dict[int, int]:
    """Row (or column) of the template -> that of the sheet, as far as names tell; contradictions are left out."""
    pairs: dict[int, set[int]] = {}
    for name, area in template.sheet.names.items():
        other = sheet.names.get(name)
        if other is not None and name.startswith(PREFIX):
            pairs.setdefault(area[axis], set()).add(other[axis])
            if axis == 0 and _same_rows(name, sheet, other, template):
                for offset in range(1, area.bottom - area.top + 1):
                    pairs.setdefault(area.top + offset, set()).add(other.top + offset)
    return {here: there.pop() for here, there in pairs.items() if len(there) == 1}


def _same_rows(name: str, sheet: Sheet, area: Range, template: _Template) -> bool:
    """Whether a table of the sheet still has the template's rows, in its order, at its top."""
    if name == column_name("funds", KEY_COLUMN):
        found = [str(sheet[cell]) for cell in area.cells()]
        return tuple(found[: len(template.sources)]) == template.sources
    return name == column_name("level1", "weight")


class _Correspondence:
    """Which row (or column) of the sheet is which of the template, from pairs that are known."""

    def __init__(self, pairs: dict[int, int]) -> None:
        self.pairs = pairs
        self.known = sorted(pairs)

    def find(self, place: int) -> int | None:
        """Where a row or column of the template stands now; ``None`` when that is not sure."""
        if place in self.pairs:
            return self.pairs[place]
        after = bisect_right(self.known, place)
        neighbours = self.known[max(0, after - 1) : after + 1]
        offsets = {self.pairs[known] - known for known in neighbours}
        return place + offsets.pop() if len(offsets) == 1 else None
