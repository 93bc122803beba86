"""Room for a form that is longer than its sheet: how many rows each table lacks, and the workbook with them."""

from __future__ import annotations

from collections.abc import Sequence

from perfeval_xl.errors import CannotWrite
from perfeval_xl.layout import Layout, Row
from perfeval_xl.model import Form
from perfeval_xl.package.addresses import MOST_ROWS
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.workbook.fill.add_rows import GrowingSheet, add_rows
from perfeval_xl.workbook.fill.align import NewRow, Room, align
from perfeval_xl.workbook.fill.insert import insert_rows

#: A form of a workbook: its sheet, and where each field stands on it.
Located = tuple[Sheet, Layout]


def make_room(workbook: Workbook, forms: Sequence[Form], found: list[Located]) -> bool:
    """Adds the rows that are missing to the workbook; whether any is. Raises ``CannotWrite``, ``Unreadable``."""
    rooms = [
        own_room(layout, lacking(sheet, layout, form)) if layout.by == "name" else align(sheet, layout, form).room
        for form, (sheet, layout) in zip(forms, found, strict=False)
    ]
    if any(rooms):
        add_rooms(workbook, found, rooms)
    return any(rooms)


def add_rooms(workbook: Workbook, found: Sequence[Located], rooms: Sequence[Sequence[Room]]) -> None:
    """Adds rows to each form of the workbook. Raises ``CannotWrite``, ``Unreadable``."""
    name = workbook.package.source
    parts: dict[str, SheetPart] = {}
    # From the bottom up, so that rows above keep their numbers.
    for (sheet, layout), missing in reversed(list(zip(found, rooms, strict=False))):
        entry = workbook.entry(sheet.index)
        for room in sorted(missing, key=lambda room: room.below, reverse=True):
            part = parts.setdefault(entry.part, SheetPart(workbook.package.tree(entry.part)))
            if room.below < 0 or room.below + len(room.rows) >= MOST_ROWS:
                raise CannotWrite("no-place", path=name, sheet=sheet.name, field=room.table)
            if layout.by == "name":
                insert_rows(workbook, entry, part, room.below, len(room.rows))
            else:
                add_rows(GrowingSheet(workbook, entry, part), sheet, layout, room)
    for path, part in parts.items():
        workbook.package.write_tree(path, part.root)
    workbook.drop_calculation_chain()


#: Tables of a template of ours that are too short, each with the number of rows it lacks.
Lacking = tuple[tuple[str, int], ...]


def lacking(sheet: Sheet, layout: Layout, form: Form) -> Lacking:
    """Where a template of ours is too short for a form."""
    named = {sheet[row["name"]] for row in layout.level1_rows} - {None}
    labels = {entry.label for entry in layout.extra}
    extra = [label for label, value in form.extra.items() if label not in labels or value is None]
    wanted = {
        "funds.lines": len(form.funds.lines),
        "indicators": len(form.indicators),
        "extra": len(extra),
        "level1_weights": len(named | form.level1_weights.keys()),
    }
    rows = _tables(layout)
    return tuple((table, count - len(rows[table])) for table, count in wanted.items() if count > len(rows[table]))


def own_room(layout: Layout, missing: Lacking) -> list[Room]:
    """The rows to add to a template of ours, each table's behind its last."""
    rows = _tables(layout)
    return [Room(_last_row(rows[table]), (NewRow(),) * count, {}, table) for table, count in missing]


def _tables(layout: Layout) -> dict[str, tuple[Row, ...]]:
    return {
        "funds.lines": layout.fund_rows,
        "indicators": layout.indicator_rows,
        "extra": layout.extra_rows,
        "level1_weights": layout.level1_rows,
    }


def _last_row(rows: Sequence[Row]) -> int:
    return max((cell.row for row in rows for cell in row.values()), default=-1)
