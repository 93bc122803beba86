"""Rows inserted into a worksheet part: everything below moves, and what spans the place grows.

New rows take the look of the row above them. Merges, formulas, defined names, validations, conditional formats,
filters, print areas, page breaks, hyperlinks, comments and drawings below move with their cells.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from perfeval_xl.package.addresses import MOST_ROWS, Cell, Range, a1, parse_range, range_a1
from perfeval_xl.package.shared_formulas import keep_alone, write_out, written_out
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import SheetEntry, Workbook

Element = Any
_REFERENCE: Final = re.compile(r"(?P<c1>\$?[A-Za-z]{1,3})(?P<r1>\$?\d+)(?::(?P<c2>\$?[A-Za-z]{1,3})(?P<r2>\$?\d+))?$")
_WHOLE_ROWS: Final = re.compile(r"(?P<r1>\$?\d+):(?P<r2>\$?\d+)$")
#: A text, which is left alone, or a reference with the sheet it is on; names and functions such as LOG10( are neither.
#: openpyxl's tokenizer takes formulas apart too, and takes twenty times as long.
_IN_FORMULA: Final = re.compile(
    r""""(?:[^"]|"")*"|(?<![\w.$\]!'])(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?"""
    r"(?P<reference>\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?|\$?[0-9]{1,7}:\$?[0-9]{1,7})"
    r"(?![\w(.\[!])"
)
_RELATIVE_ROW: Final = re.compile(r"(?<=[A-Za-z])[0-9]+")
#: Elements whose ``sqref`` or ``ref`` is a list of areas.
_AREA_ATTRIBUTES: Final = ("sqref", "ref", "activeCell", "topLeftCell")
_FORMULA_ELEMENTS: Final = ("f", "formula", "formula1", "formula2")


@dataclass(frozen=True, slots=True)
class Shift:
    """``count`` rows come in below row ``after`` (from 0)."""

    after: int
    count: int

    def row(self, row: int) -> int:
        """Where a row stands afterwards."""
        return row + self.count if row > self.after else row

    def area(self, area: Range) -> Range:
        """An area afterwards: it moves, or grows when it spans the place or ends in the row that is repeated."""
        if area.bottom == self.after and area.top < self.after:
            return area._replace(bottom=area.bottom + self.count)
        return area._replace(top=self.row(area.top), bottom=self.row(area.bottom))

    def areas(self, text: str, *, repeated: bool = False) -> str:
        """A space-separated list of areas afterwards; ``repeated``: one that is the repeated row alone grows too."""
        return " ".join(self._area(part, repeated=repeated) if _is_area(part) else part for part in text.split())

    def _area(self, text: str, *, repeated: bool) -> str:
        area = parse_range(text)
        if repeated and area.top == area.bottom == self.after:
            return range_a1(area._replace(bottom=area.bottom + self.count))
        return range_a1(self.area(area))

    def reference(self, text: str) -> str:
        """A reference of a formula, ``$`` signs kept."""
        match = _REFERENCE.fullmatch(text)
        if match is None:
            whole = _WHOLE_ROWS.fullmatch(text)
            return f"{self._typed(whole['r1'])}:{self._typed(whole['r2'])}" if whole else text
        if match["c2"] is None:
            return match["c1"] + self._typed(match["r1"])
        top, bottom = int(match["r1"].lstrip("$")) - 1, int(match["r2"].lstrip("$")) - 1
        moved = self.area(Range(top, 0, bottom, 0))
        first = _with_sign(match["r1"], moved.top)
        return f"{match['c1']}{first}:{match['c2']}{_with_sign(match['r2'], moved.bottom)}"

    def _typed(self, row: str) -> str:
        return _with_sign(row, self.row(int(row.lstrip("$")) - 1))

    def formula(self, formula: str, *, here: bool, sheet_names: frozenset[str]) -> str:
        """A formula afterwards; ``here`` says that references without a sheet mean the sheet that changes."""

        def moved(match: re.Match[str]) -> str:
            reference, sheet = match["reference"], match["sheet"] or ""
            if reference is None:
                return match[0]
            named = sheet.rstrip("!").strip("'").replace("''", "'")
            return sheet + self.reference(reference) if (named in sheet_names if sheet else here) else match[0]

        return _IN_FORMULA.sub(moved, formula)


def _with_sign(typed: str, row: int) -> str:
    return ("$" if typed.startswith("$") else "") + str(row + 1)


def _is_area(text: str) -> bool:
    return _REFERENCE.fullmatch(text) is not None


def insert_rows(
    workbook: Workbook,
    entry: SheetEntry,
    sheet: SheetPart,
    after: int,
    count: int,
    *,
    held: frozenset[int] = frozenset(),
    with_formulas: bool = False,
) -> None:
    """Inserts ``count`` rows below row ``after`` (from 0), each looking like it; their cells are empty.

    ``sheet`` is the parsed part of ``entry``; other sheets and the workbook part are changed in the package where
    their formulas and names refer to it. Merges that begin in a column of ``held`` and end in row ``after`` do not
    grow: what stands there goes on only where ``stretch`` says so. ``with_formulas`` repeats the row's own formulas.
    Raises ``ValueError`` when the sheet would grow past Excel's last row.
    """
    if count <= 0:
        return
    if max(sheet.rows(), default=0) + count >= MOST_ROWS:
        raise ValueError(count)
    shift = Shift(after, count)
    names = frozenset({entry.name})
    _unshare(sheet, shift)
    _shift_formulas(sheet.root, shift, here=True, names=names)
    _shift_rows(sheet, shift, with_formulas=with_formulas)
    _shift_merges(sheet, shift, held)
    _shift_attributes(sheet, shift)
    _shift_names(workbook, entry, shift, names)
    _shift_other_sheets(workbook, entry, shift, names)
    _shift_parts(workbook, entry, shift)
    _shift_elsewhere(workbook, entry, shift)
    sheet.index()


def _unshare(sheet: SheetPart, shift: Shift) -> None:
    """A shared formula is written once for many cells; moving some of them needs it written out.

    Where all its cells move together, and what each refers to relative to itself with them, it may stay.
    """
    masters: dict[str, tuple[str, str]] = {}
    for cells in (sheet.cells(row) for row in sheet.rows()):
        for cell in cells.values():
            formula = cell.find(sheet.tag("f"))
            if formula is None or formula.get("t") != "shared":
                continue
            key = formula.get("si", "")
            if formula.text and _moves_as_one(formula.get("ref", ""), formula.text, shift):
                continue
            if formula.text:
                masters[key] = (formula.text, cell.get("r"))
            elif key in masters:
                write_out(formula, *masters[key], cell.get("r"))
            if key in masters and formula.get("t"):
                keep_alone(formula)


def _moves_as_one(area: str, formula: str, shift: Shift) -> bool:
    """The cells of a shared formula, and the rows they refer to relative to themselves, lie below the new rows."""
    if not _is_area(area) or parse_range(area).top <= shift.after:
        return False
    references = (match["reference"] for match in _IN_FORMULA.finditer(formula) if match["reference"])
    rows = (int(row) - 1 for reference in references for row in _RELATIVE_ROW.findall(reference))
    return all(row > shift.after for row in rows)


def _shift_formulas(root: Element, shift: Shift, *, here: bool, names: frozenset[str]) -> bool:
    changed = False
    for element in root.iter():
        if isinstance(element.tag, str) and etree.QName(element).localname in _FORMULA_ELEMENTS and element.text:
            moved = shift.formula(element.text, here=here, sheet_names=names)
            changed = changed or moved != element.text
            element.text = moved
            if element.get("ref"):  # an array formula says which cells it fills
                element.set("ref", shift.areas(element.get("ref")))
    return changed


def _shift_rows(sheet: SheetPart, shift: Shift, *, with_formulas: bool) -> None:
    model = sheet.rows().get(shift.after)
    for number, row in sheet.rows().items():
        if number > shift.after:
            row.set("r", str(number + shift.count + 1))
            for column, cell in sheet.cells(number).items():
                cell.set("r", a1(number + shift.count, column))
    if model is None:
        return
    last = model
    for number in range(shift.after + 1, shift.after + shift.count + 1):
        columns = sorted(sheet.cells(shift.after))
        last.addnext(twin := _twin(sheet, model, columns, number, with_formulas=with_formulas))
        last = twin


def _twin(sheet: SheetPart, model: Element, columns: list[int], number: int, *, with_formulas: bool) -> Element:
    twin = copy.deepcopy(model)
    twin.set("r", str(number + 1))
    for extension in twin.iterfind(sheet.tag("extLst")):
        twin.remove(extension)
    for column, cell in zip(columns, list(twin), strict=True):
        origin, place = cell.get("r"), a1(number, column)
        cell.set("r", place)
        cell.attrib.pop("t", None)
        formula = cell.find(sheet.tag("f"))
        for child in list(cell):
            cell.remove(child)
        if with_formulas and formula is not None and formula.text and formula.get("t") is None and origin:
            etree.SubElement(cell, sheet.tag("f")).text = written_out(formula.text, origin, place)
    return twin


def _shift_merges(sheet: SheetPart, shift: Shift, held: frozenset[int]) -> None:
    holder = sheet.root.find(sheet.tag("mergeCells"))
    if holder is None:
        return
    for merge in list(holder):
        area = parse_range(merge.get("ref"))
        if area.top == area.bottom == shift.after:
            for number in range(1, shift.count + 1):
                twin = area._replace(top=area.top + number, bottom=area.bottom + number)
                etree.SubElement(holder, sheet.tag("mergeCell"), ref=range_a1(twin))
        if not (area.bottom == shift.after and area.left in held):
            merge.set("ref", range_a1(shift.area(area)))
    holder.set("count", str(len(holder)))


#: What stands between the cells and the list of merged areas, in the order of the schema.
_BEFORE_MERGES: Final = (
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
)


def stretch(sheet: SheetPart, cell: Cell, bottom: int) -> None:
    """Merges a cell, or the area that begins with it, down to row ``bottom``; areas that this covers are dissolved."""
    holder = sheet.root.find(sheet.tag("mergeCells"))
    if holder is None:
        holder = etree.Element(sheet.tag("mergeCells"))
        last = [child for child in sheet.root if etree.QName(child).localname in _BEFORE_MERGES][-1]
        last.addnext(holder)
    areas = {merge: parse_range(merge.get("ref")) for merge in holder}
    own = next((area for area in areas.values() if area.covers(cell)), Range(*cell, *cell))
    grown = own._replace(bottom=max(bottom, own.bottom))
    for merge, area in areas.items():
        if grown.covers(area.anchor):
            holder.remove(merge)
    etree.SubElement(holder, sheet.tag("mergeCell"), ref=range_a1(grown))
    holder.set("count", str(len(holder)))


def _shift_attributes(sheet: SheetPart, shift: Shift) -> None:
    """Areas in attributes and extension elements; row numbers of page breaks."""
    skip = {sheet.tag("mergeCell"), sheet.tag("c"), sheet.tag("row"), sheet.tag("f")}
    for element in sheet.root.iter():
        if not isinstance(element.tag, str) or element.tag in skip:
            continue
        repeated = etree.QName(element).localname in ("dataValidation", "conditionalFormatting")
        for attribute in _AREA_ATTRIBUTES:
            if attribute in element.attrib:
                element.set(attribute, shift.areas(element.get(attribute), repeated=repeated))
        if etree.QName(element).localname == "sqref" and element.text:
            element.text = shift.areas(element.text)
    for page_break in sheet.root.iterfind(f"{sheet.tag('rowBreaks')}/{sheet.tag('brk')}"):
        page_break.set("id", str(shift.row(int(page_break.get("id", "1")) - 1) + 1))


def _shift_names(workbook: Workbook, entry: SheetEntry, shift: Shift, names: frozenset[str]) -> None:
    for element in workbook.defined_names():
        if element.text:
            local = element.get("localSheetId") == str(entry.index)
            moved = shift.formula(element.text, here=local, sheet_names=names)
            if moved != element.text:
                element.text = moved
                workbook.touch()


def _shift_other_sheets(workbook: Workbook, entry: SheetEntry, shift: Shift, names: frozenset[str]) -> None:
    for other in workbook.sheets:
        # A name may be written with character references, so only parsing tells whether it is mentioned.
        if other.part != entry.part and b"!" in workbook.package.read(other.part):
            root = workbook.package.tree(other.part)
            if _shift_formulas(root, shift, here=False, names=names):
                workbook.package.write_tree(other.part, root)


def _shift_parts(workbook: Workbook, entry: SheetEntry, shift: Shift) -> None:
    """Parts of the sheet's own whose content is placed by row: drawings, comments, tables."""
    for kind, change in (
        ("drawing", _shift_drawing),
        ("comments", _shift_comments),
        ("vmlDrawing", _shift_vml),
        ("table", _shift_comments),
    ):
        for part in workbook.related(entry.part, kind):
            root = workbook.package.tree(part)
            if change(root, shift):
                workbook.package.write_tree(part, root)


def _shift_elsewhere(workbook: Workbook, entry: SheetEntry, shift: Shift) -> None:
    """Charts on any sheet and the sources of pivot tables that draw on the sheet."""
    sheets = [link.part for link in workbook.relations if link.type.endswith("sheet")]
    drawings = [drawing for sheet in sheets for drawing in workbook.related(sheet, "drawing")]
    for chart in dict.fromkeys(chart for drawing in drawings for chart in workbook.related(drawing, "chart")):
        root = workbook.package.tree(chart)
        if _shift_formulas(root, shift, here=False, names=frozenset({entry.name})):
            workbook.package.write_tree(chart, root)
    for cache in workbook.related(workbook.part, "pivotCacheDefinition"):
        root = workbook.package.tree(cache)
        for source in root.iter("{*}worksheetSource"):
            if source.get("sheet") == entry.name and source.get("ref"):
                source.set("ref", shift.areas(source.get("ref")))
                workbook.package.write_tree(cache, root)


def _shift_drawing(root: Element, shift: Shift) -> bool:
    changed = False
    for element in root.iter("{*}row"):
        row = int(element.text or "0")
        moved = shift.row(row)
        changed = changed or moved != row
        element.text = str(moved)
    return changed


def _shift_comments(root: Element, shift: Shift) -> bool:
    changed = False
    for element in root.iter():
        reference = element.get("ref") if isinstance(element.tag, str) else None
        if reference:
            moved = shift.areas(reference)
            changed = changed or moved != reference
            element.set("ref", moved)
    return changed


def _shift_vml(root: Element, shift: Shift) -> bool:
    changed = False
    for element in root.iter("{urn:schemas-microsoft-com:office:excel}Row"):
        row = int(element.text or "0")
        changed = changed or shift.row(row) != row
        element.text = str(shift.row(row))
    for element in root.iter("{urn:schemas-microsoft-com:office:excel}Anchor"):
        parts = [int(part) for part in (element.text or "").split(",")]
        if len(parts) == 8:
            for place in (2, 6):
                changed = changed or shift.row(parts[place]) != parts[place]
                parts[place] = shift.row(parts[place])
            element.text = ", ".join(map(str, parts))
    return changed
