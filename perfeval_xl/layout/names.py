"""Layout by defined name: our own templates, in whatever state a user leaves them.

Every field has a sheet-scoped name ``perf_<path with _>``; the columns of the funds and indicator tables are named
ranges. Names follow their cells when rows are inserted, deleted or moved. Rows added below the last row of a table
are inside it too: a table ends where the next named heading begins.
"""

from __future__ import annotations

import re
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
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.profile import DEFAULT_PROFILE, Profile, load_profile
from perfeval_xl.sources.sheet import Sheet

PREFIX: Final = "perf_"
#: The small visible cell that says which template this is: ``mof/v1``.
TEMPLATE_NAME: Final = PREFIX + "template"
#: Marks a sheet of ours that explains and holds no form.
GUIDE_NAME: Final = PREFIX + "guide"
#: First rows of the sections: where a table above them ends.
HEADS: Final = tuple(PREFIX + "head_" + section for section in ("funds", "goals", "indicators", "notes", "panel"))
#: What the small visible cell says: profile id and template version.
MARK: Final = re.compile(r"([\w.-]+)/v(\d+)")


def field_name(path: str) -> str:
    """``project.name`` -> ``perf_project_name``."""
    return PREFIX + path.replace(".", "_")


def column_name(table: str, column: str) -> str:
    """``("indicators", "score")`` -> ``perf_indicators_score``."""
    return f"{PREFIX}{table}_{column}"


def note_name(number: int) -> str:
    """The name of the cell of the ``number``-th further row (评价结论 and the like)."""
    return f"{PREFIX}note_{number}"


def has_names(sheet: Sheet) -> bool:
    """Whether enough of our names are left to tell where things stand."""
    return TEMPLATE_NAME in sheet.names or sum(name.startswith(PREFIX) for name in sheet.names) >= 5


def template_mark(sheet: Sheet) -> tuple[str, int] | None:
    """The profile id and template version a sheet says it was made from."""
    area = sheet.names.get(TEMPLATE_NAME)
    match = MARK.fullmatch(str(sheet[area.anchor] or "").strip()) if area else None
    return (match[1], int(match[2])) if match else None


def layout_by_names(sheet: Sheet, profile: Profile | None = None) -> Layout:
    """The layout of a sheet made from one of our templates; where names were lost, the labels tell."""
    from perfeval_xl.layout.lost_names import complete

    return complete(sheet, _named(sheet, profile or _profile_of(sheet)))


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


def profile_note_labels(profile: Profile) -> list[str]:
    """Labels of the printed cells that are kept in ``extra``, in the order of their names ``perf_note_1`` …"""
    funds = [profile.funds.note_label] if profile.funds.note_label else []
    return funds + [note.label for note in profile.notes]


def _profile_of(sheet: Sheet) -> Profile:
    mark = template_mark(sheet)
    wanted = mark[0] if mark else sheet.properties.get("perfeval_profile", DEFAULT_PROFILE)
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
    if not areas:
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
