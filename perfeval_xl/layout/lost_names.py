"""Our own templates after names were lost or point to wrong cells: the printed labels say where the cells are.

Names are lost when cells are deleted, and point to wrong cells after cut and paste: the name follows the cell below
another label. Then the labels decide, and the fields are listed in ``Layout.by_label``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from perfeval_xl.errors import ProfileError
from perfeval_xl.layout import FUND_COLUMNS, SINGLE_FIELDS, Layout, Row
from perfeval_xl.layout.labels import layouts_by_labels
from perfeval_xl.layout.names import MARK
from perfeval_xl.messages import sentence
from perfeval_xl.package.addresses import Cell
from perfeval_xl.profile import Profile, label_key, load_profile
from perfeval_xl.sources.sheet import Sheet

#: Rows of the sheet in which the mark of a template may stand after somebody inserted rows above it.
MARK_ROWS: Final = 5
#: Table, the attribute of ``Layout`` with its rows, and the scope of its headings.
_TABLES: Final = (("funds", "fund_rows"), ("indicators", "indicator_rows"))


def complete(sheet: Sheet, layout: Layout) -> Layout:
    """``layout`` with the cells that have no name, or a wrong one, found by their labels."""
    layout = _with_remark(sheet, layout)
    doubtful = [*_single(sheet, layout), *_columns(sheet, layout)]
    if not doubtful:
        return layout
    found = layouts_by_labels(sheet, layout.profile)
    return _taken(layout, found[0], doubtful) if len(found) == 1 else layout


def _with_remark(sheet: Sheet, layout: Layout) -> Layout:
    """A region that prints no remark keeps it in the check area, among captions that resemble its label."""
    panel = _row_with(sheet, "panel")
    label = layout.profile.remark_label
    if "remark" in layout.fields or "remark" in layout.profile.page.sections or panel is None:
        return layout
    for number in range(panel + 1, len(sheet.rows)):
        if label in sheet.rows[number]:
            place = Cell(number, sheet.rows[number].index(label))
            right = next((merge.right for merge in sheet.merges if merge.covers(place)), place.column)
            fields = {**layout.fields, "remark": Cell(number, right + 1)}
            return replace(layout, fields=fields, by_label=(*layout.by_label, "remark"))
    return layout


def _single(sheet: Sheet, layout: Layout) -> Iterator[str]:
    """Single fields without a name, and those whose cell is headed by the label of another field."""
    for path in SINGLE_FIELDS:
        cell = layout.fields.get(path)
        if cell is None:
            # The check area, where a region without remarks keeps them, has a label that other text resembles.
            if path != "remark" or "remark" in layout.profile.page.sections:
                yield path
            continue
        section, _, name = path.partition(".")
        heading = _left_of(sheet, cell) if section == "project" else _above(sheet, cell) if section == "goals" else ""
        if layout.profile.labels(section).get(label_key(heading), name) != name if heading else False:
            yield path


def _columns(sheet: Sheet, layout: Layout) -> Iterator[str]:
    """Columns of the two tables without a name, and those under the heading of another column."""
    for table, rows_name in _TABLES:
        rows: Sequence[Row] = getattr(layout, rows_name)
        known = rows[0] if rows else {}
        for column in FUND_COLUMNS if table == "funds" else layout.profile.indicator_columns():
            heading = str(sheet[known[column].row - 1, known[column].column] or "") if column in known else ""
            if column not in known or (
                heading and layout.profile.labels(table).get(label_key(heading), column) != column
            ):
                yield f"{table}.{column}"


def _left_of(sheet: Sheet, cell: Cell) -> str:
    row = (sheet[cell.row, column] for column in range(cell.column - 1, -1, -1))
    return next((value for value in row if isinstance(value, str) and value), "")


def _above(sheet: Sheet, cell: Cell) -> str:
    value = sheet[cell.row - 1, cell.column]
    return value if isinstance(value, str) else ""


def _taken(layout: Layout, found: Layout, doubtful: Sequence[str]) -> Layout:
    fields = dict(layout.fields)
    rows: dict[str, tuple[Row, ...]] = {name: getattr(layout, name) for _, name in _TABLES}
    by_label = list(layout.by_label)
    for path in doubtful:
        if path in SINGLE_FIELDS:
            cell = found.fields.get(path)
            if cell is not None and cell != fields.get(path):
                fields[path] = cell
                by_label.append(path)
            continue
        table, _, column = path.partition(".")
        name = dict(_TABLES)[table]
        place = next((row[column].column for row in getattr(found, name) if column in row), None)
        if place is not None:
            rows[name] = _with_column(rows[name] or getattr(found, name), column, place)
            by_label.append(path)
    total = fields.get("total.score") or fields.get("total.weight")
    if total is not None:  # a table without its names, or without a named row below it, may reach too far
        rows["indicator_rows"] = tuple(row for row in rows["indicator_rows"] if _row_of(row) < total.row)
    return replace(
        layout,
        fields=fields,
        by_label=tuple(by_label),
        fund_rows=rows["fund_rows"],
        indicator_rows=rows["indicator_rows"],
    )


def _row_of(row: Row) -> int:
    """The printed row of a layout row: its lowest cell, because merged levels point to a row above."""
    return max(cell.row for cell in row.values())


def _with_column(rows: Sequence[Row], column: str, place: int) -> tuple[Row, ...]:
    return tuple({**row, column: Cell(_row_of(row), place)} for row in rows if row)


def unnamed(sheet: Sheet, profile: Profile | None) -> list[Layout]:
    """The forms of a sheet without our names; one that still shows the mark of a template is of that profile."""
    mark = _mark(sheet)
    layouts = layouts_by_labels(sheet, profile or (mark and mark[1]))
    panel = _row_with(sheet, "panel") if mark else None
    return [_without_panel(sheet, layout, mark[0], panel) for layout in layouts] if mark and panel else layouts


def _mark(sheet: Sheet) -> tuple[int, Profile] | None:
    """The row of the small visible cell that says which template this is, and its profile."""
    for number, row in enumerate(sheet.rows[:MARK_ROWS]):
        for value in row:
            match = MARK.fullmatch(value.strip()) if isinstance(value, str) else None
            if match:
                with suppress(ProfileError):
                    return number, load_profile(match[1])
    return None


def _row_with(sheet: Sheet, caption: str) -> int | None:
    title = sentence(f"template.{caption}", "zh")
    return next((number for number, row in enumerate(sheet.rows) if title in row), None)


def _without_panel(sheet: Sheet, layout: Layout, mark: int, panel: int) -> Layout:
    """Captions and results of the check area are print; what a person typed there is left to be reported."""
    fields = dict(layout.fields)
    if "remark" not in layout.profile.page.sections and fields.get("remark", Cell(0, 0)).row > panel:
        del fields["remark"]
    last = max((cell.column for row in layout.indicator_rows for cell in row.values()), default=sheet.width)
    typed = {*fields.values(), *_typed(sheet, panel, layout.profile.remark_label)}
    printed = {
        cell
        for cell, _ in sheet.filled()
        if cell.row in (mark, panel) or ((cell.row > panel or cell.column > last) and cell not in typed)
    }
    level1 = tuple(_level1_rows(sheet, panel))
    return replace(layout, fields=fields, level1_rows=level1, print_cells=layout.print_cells | printed)


def _level1_rows(sheet: Sheet, panel: int) -> Iterator[Row]:
    """Points printed beside level 1 stand in the check area, under their caption and beside the name of the level."""
    top = _row_with(sheet, "panel-printed")
    captions = [sentence(f"template.panel-{key}", "zh") for key in ("level1", "printed")]
    if top is None or not all(caption in sheet.rows[top] for caption in captions):
        return
    name, weight = map(sheet.rows[top].index, captions)
    for row in range(top + 1, _row_with(sheet, "panel-execution") or panel):
        if isinstance(sheet[row, name], str) and sheet[row, weight] is not None:
            yield {"name": Cell(row, name), "weight": Cell(row, weight)}


def _typed(sheet: Sheet, panel: int, remark: str) -> Iterator[Cell]:
    """Cells of the check area where a person types: points printed beside level 1, a remark, and further labels."""
    for number, row in enumerate(sheet.rows):
        if number > panel and remark in row:
            yield from (Cell(number, column) for column in range(row.index(remark) + 1, len(row)))
    points = _row_with(sheet, "panel-printed")
    if points is not None:
        column = sheet.rows[points].index(sentence("template.panel-printed", "zh"))
        end = _row_with(sheet, "panel-execution") or panel
        yield from (Cell(row, column) for row in range(points + 1, end))
    extra = _row_with(sheet, "panel-extra")
    if extra is not None:
        yield from (Cell(row, column) for row in range(extra + 1, len(sheet.rows)) for column in range(sheet.width))
