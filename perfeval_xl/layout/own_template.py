"""The layout of a sheet made from one of our templates: by its defined names, and by labels where names were lost."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from perfeval_xl.errors import ProfileError
from perfeval_xl.layout import (
    FUND_COLUMNS,
    INDICATOR_COLUMNS,
    KEY_COLUMN,
    SINGLE_FIELDS,
    ExtraCell,
    Layout,
    Row,
)
from perfeval_xl.layout.lost_names import complete
from perfeval_xl.layout.names import (
    HEADS,
    PREFIX,
    column_name,
    field_name,
    note_name,
    profile_note_labels,
    template_mark,
)
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.profile import DEFAULT_PROFILE, Profile, load_profile
from perfeval_xl.sources.sheet import Sheet

#: What a profile id looks like; a name with a file ending is not one.
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
#: Tables whose rows mean something only with all their columns.
_WHOLE: Final = ("level1", "extra")


def layout_by_names(sheet: Sheet, profile: Profile | None = None) -> Layout:
    """The layout of a sheet made from one of our templates; where names were lost, the labels tell."""
    layout = complete(sheet, _named(sheet, profile or profile_of(sheet)))
    restored = tuple(path for path in _restored_fields(sheet, layout) if path not in layout.by_label)
    return replace(layout, by_label=(*layout.by_label, *restored)) if restored else layout


def _restored_fields(sheet: Sheet, layout: Layout) -> list[str]:
    """Fields and columns whose names were lost and put back."""
    singles = [path for path in layout.fields if field_name(path) in sheet.restored_names]
    tables = {"funds": layout.fund_rows, "indicators": layout.indicator_rows}
    columns = [
        f"{table}.{column}"
        for table, rows in tables.items()
        for column in (rows[0] if rows else ())
        if column_name(table, column) in sheet.restored_names and column != KEY_COLUMN
    ]
    return singles + columns


def _named(sheet: Sheet, profile: Profile) -> Layout:
    fields = {path: area.anchor for path in SINGLE_FIELDS if (area := sheet.names.get(field_name(path)))}
    notes = tuple(
        ExtraCell(label, sheet.names[note_name(number)].anchor)
        for number, label in enumerate(profile_note_labels(profile), start=1)
        if note_name(number) in sheet.names
    )
    total = fields.get("total.score") or fields.get("total.weight")
    return Layout(
        profile=profile,
        by="name",
        area=_area(sheet),
        fields=fields,
        fund_rows=_table(sheet, "funds", (*FUND_COLUMNS, KEY_COLUMN), total),
        indicator_rows=_table(sheet, "indicators", (*INDICATOR_COLUMNS, KEY_COLUMN), total),
        level1_rows=_table(sheet, "level1", ("name", "weight")),
        extra=notes,
        extra_rows=_table(sheet, "extra", ("label", "value")),
    )


def profile_of(sheet: Sheet) -> Profile:
    """The profile that the mark of a template, or the properties of its workbook, name."""
    mark = template_mark(sheet)
    wanted = mark[0] if mark else sheet.properties.get("perfeval_profile", DEFAULT_PROFILE)
    if not _ID.fullmatch(wanted):
        return load_profile(DEFAULT_PROFILE)  # a workbook must not choose a profile file of this machine
    try:
        return load_profile(wanted)
    except ProfileError:
        # A region's own profile that is not on this machine: the names still tell every cell.
        return load_profile(DEFAULT_PROFILE)


def _area(sheet: Sheet) -> Range:
    ours = [area for name, area in sheet.names.items() if name.startswith(PREFIX)]
    return Range(
        min(area.top for area in ours),
        min(area.left for area in ours),
        max(area.bottom for area in ours),
        max(area.right for area in ours),
    )


def _table(sheet: Sheet, table: str, columns: tuple[str, ...], total: Cell | None = None) -> tuple[Row, ...]:
    """One row of cells per printed row, from the first named row to the row above the next heading."""
    areas = {column: area for column in columns if (area := sheet.names.get(column_name(table, column)))}
    if not areas or (table in _WHOLE and len(areas) < len(columns)):
        return ()
    head = sheet.names.get(f"{PREFIX}head_{table}")
    top = min(area.top for area in areas.values())
    bottom = max(area.bottom for area in areas.values())
    if head is not None and head.bottom < top:
        top = head.bottom + 1
        bottom = max(bottom, _next_heading(sheet, bottom, total) - 1)
    return tuple({column: Cell(row, area.left) for column, area in areas.items()} for row in range(top, bottom + 1))


def _next_heading(sheet: Sheet, below: int, total: Cell | None) -> int:
    starts = [area.top for name in HEADS if (area := sheet.names.get(name))] + ([total.row] if total else [])
    return min((row for row in starts if row > below), default=below + 1)
