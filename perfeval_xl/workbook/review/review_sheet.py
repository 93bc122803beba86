"""The sheet 审核意见: every finding on a line, with a link to its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from perfeval_xl import colours
from perfeval_xl.colours import as_argb
from perfeval_xl.layout.names import GUIDE_NAME, PREFIX
from perfeval_xl.messages import say, sentence
from perfeval_xl.model import Finding
from perfeval_xl.package.addresses import a1
from perfeval_xl.package.code_names import forget_sheet, name_new_sheets
from perfeval_xl.package.document_modules import MacroProjectError
from perfeval_xl.package.relations import (
    declare_part,
    drop_part,
    free_part,
    insert_in_order,
    relate,
    relationship_namespace,
    root_element,
)
from perfeval_xl.package.sheet_part import escaped
from perfeval_xl.package.workbook import SheetEntry, Workbook, next_sheet_id, quoted
from perfeval_xl.workbook.review.marks import COLOURS, Marks

Element = Any
#: Marks the sheet as ours, to be replaced by the next review; ``GUIDE_NAME`` says that it holds no form.
REVIEW_NAME: Final = PREFIX + "review"
_WORKSHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_COLUMNS: Final = {
    "number": 5,
    "severity": 7,
    "code": 8,
    "sheet": 18,
    "cell": 8,
    "message": 56,
    "found": 18,
    "expected": 18,
    "advice": 44,
}
_AFTER_NAMES: Final = (
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
)
#: Hidden, behind the columns above: which cells were coloured and how they looked before.
_RECORD: Final = ("record-sheet", "record-cell", "record-fill")
_HEAD_ROW: Final = 1
_FIRST_ROW: Final = 2
_CENTERED: Final = ("number", "severity", "code", "cell")


@dataclass(frozen=True, slots=True)
class Coloured:
    """A cell that was coloured: its sheet, its address, and the fill it had before."""

    sheet: str
    address: str
    fill: str


@dataclass(frozen=True, slots=True)
class _Looks:
    """Numbers of the cell formats used."""

    title: int
    head: int
    text: int
    center: int
    link: int
    severities: Mapping[str, int]


def add_review(workbook: Workbook, marks: Marks, findings: Sequence[Finding], coloured: Sequence[Coloured]) -> None:
    """Adds the sheet behind all others."""
    package = workbook.package
    kind = relationship_namespace(workbook)
    part = free_part(package, "xl/worksheets", "sheet", "xml")
    package.write_tree(part, _worksheet(workbook, _looks(marks), findings, coloured))
    declare_part(package, part, _WORKSHEET_TYPE)
    identity = relate(package, workbook.part, kind + "/worksheet", part)
    listed = workbook.root.find(workbook.tag("sheets"))
    name = _free_name([sheet.get("name", "") for sheet in listed])
    attributes = {"name": name, "sheetId": next_sheet_id(listed), f"{{{kind}}}id": identity}
    etree.SubElement(listed, workbook.tag("sheet"), attributes)
    _define(workbook, name, len(listed) - 1)
    with suppress(MacroProjectError):  # macros nobody can read are left alone
        name_new_sheets(workbook, [part])
    workbook.touch()


def _free_name(taken: Sequence[str]) -> str:
    wanted = sentence("review.sheet", "zh")
    names = (wanted if number == 1 else f"{wanted}{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _define(workbook: Workbook, sheet: str, index: int) -> None:
    holder = workbook.root.find(workbook.tag("definedNames"))
    if holder is None:
        holder = etree.Element(workbook.tag("definedNames"))
        insert_in_order(workbook.root, holder, _AFTER_NAMES)
    for name in (GUIDE_NAME, REVIEW_NAME):
        defined = etree.SubElement(holder, workbook.tag("definedName"), name=name, localSheetId=str(index), hidden="1")
        defined.text = f"{quoted(sheet)}!$A$1"


# --- taking an earlier review back --------------------------------------------------------------------------------


def earlier_review(workbook: Workbook) -> SheetEntry | None:
    """The sheet of an earlier review, or ``None``."""
    for name in workbook.defined_names():
        if name.get("name") == REVIEW_NAME and name.get("localSheetId"):
            index = int(name.get("localSheetId"))
            return next((entry for entry in workbook.sheets if entry.index == index), None)
    return None


def recorded(workbook: Workbook, entry: SheetEntry) -> list[Coloured]:
    """Which cells the earlier review coloured. A workbook saved since may keep texts in its shared strings."""
    shared = _shared_strings(workbook)
    first = len(_COLUMNS)
    rows: list[Coloured] = []
    for row in workbook.package.tree(entry.part).iter(workbook.tag("row")):
        texts = {cell.get("r", "").rstrip("0123456789"): _text(workbook, cell, shared) for cell in row}
        values = [texts.get(a1(0, first + number).rstrip("1"), "") for number in range(len(_RECORD))]
        if all(values) and re.fullmatch(r"[A-Z]{1,3}\d+", values[1]):
            rows.append(Coloured(*values))
    return rows


def _shared_strings(workbook: Workbook) -> list[str]:
    parts = workbook.related(workbook.part, "sharedStrings")
    if not parts:
        return []
    return ["".join(item.itertext()) for item in workbook.package.tree(parts[0]).iter(workbook.tag("si"))]


def _text(workbook: Workbook, cell: Element, shared: Sequence[str]) -> str:
    if cell.get("t") == "s":
        number = int(cell.findtext(workbook.tag("v")) or "-1")
        return shared[number] if 0 <= number < len(shared) else ""
    return "".join(cell.itertext())


def drop_review(workbook: Workbook, entry: SheetEntry) -> None:
    """Removes the sheet and its names; local names of later sheets are renumbered."""
    listed = workbook.root.find(workbook.tag("sheets"))
    listed.remove(listed[entry.index])
    with suppress(MacroProjectError):
        forget_sheet(workbook, entry.part)
    drop_part(workbook.package, workbook.part, entry.part)
    holder = workbook.root.find(workbook.tag("definedNames"))
    for name in list(holder) if holder is not None else ():
        local = int(name.get("localSheetId", "-1"))
        if local == entry.index:
            holder.remove(name)
        elif local > entry.index:
            name.set("localSheetId", str(local - 1))
    if holder is not None and not len(holder):
        workbook.root.remove(holder)
    for view in workbook.root.iter(workbook.tag("workbookView")):
        for attribute in ("activeTab", "firstSheet"):
            if int(view.get(attribute, "0")) >= len(listed):
                view.set(attribute, "0")
    workbook.touch()


# --- drawing ------------------------------------------------------------------------------------------------------


def _looks(marks: Marks) -> _Looks:
    if not marks.possible:
        return _Looks(0, 0, 0, 0, 0, dict.fromkeys(COLOURS, 0))
    size = {"val": "10"}
    plain = marks.font(sz=size, name={"val": "宋体"})
    bold = marks.font(b={}, sz=size, name={"val": "宋体"})
    title = marks.font(b={}, sz={"val": "14"}, name={"val": "宋体"})
    link = marks.font(u={}, sz=size, color={"rgb": as_argb(colours.LINK)}, name={"val": "宋体"})
    border = marks.border(as_argb(colours.FAINT_LINE))
    left = {"wrapText": "1", "vertical": "center"}
    center = left | {"horizontal": "center"}
    return _Looks(
        title=marks.format({"vertical": "center"}, font=title),
        head=marks.format(center, font=bold, fill=marks.fill(as_argb(colours.HEADING)), border=border),
        text=marks.format(left, font=plain, border=border),
        center=marks.format(center, font=plain, border=border),
        link=marks.format(center, font=link, border=border),
        severities={
            severity: marks.format(center, font=bold, fill=marks.fill(as_argb(ground)), border=border)
            for severity, ground in colours.LISTED.items()
        },
    )


def _worksheet(workbook: Workbook, looks: _Looks, findings: Sequence[Finding], coloured: Sequence[Coloured]) -> Element:
    root = root_element(workbook.tag("worksheet"))
    properties = etree.SubElement(root, workbook.tag("sheetPr"))
    etree.SubElement(properties, workbook.tag("tabColor"), rgb=as_argb(colours.REVIEW_TAB))
    etree.SubElement(properties, workbook.tag("pageSetUpPr"), fitToPage="1")
    _view(workbook, root)
    _columns(workbook, root)
    data = etree.SubElement(root, workbook.tag("sheetData"))
    _head(workbook, data, looks, findings)
    for number, finding in enumerate(findings):
        _line(workbook, data, looks, number, finding)
    _record(workbook, data, coloured)
    _links(workbook, root, findings)
    margins = {"left": "0.4", "right": "0.4", "top": "0.5", "bottom": "0.5", "header": "0.3", "footer": "0.3"}
    etree.SubElement(root, workbook.tag("pageMargins"), margins)
    page = {"paperSize": "9", "orientation": "landscape", "fitToWidth": "1", "fitToHeight": "0"}
    etree.SubElement(root, workbook.tag("pageSetup"), page)
    return root


def _view(workbook: Workbook, root: Element) -> None:
    views = etree.SubElement(root, workbook.tag("sheetViews"))
    view = etree.SubElement(views, workbook.tag("sheetView"), showGridLines="0", workbookViewId="0")
    pane = {"ySplit": str(_FIRST_ROW), "topLeftCell": a1(_FIRST_ROW, 0), "activePane": "bottomLeft", "state": "frozen"}
    etree.SubElement(view, workbook.tag("pane"), pane)
    etree.SubElement(root, workbook.tag("sheetFormatPr"), defaultRowHeight="15")


def _columns(workbook: Workbook, root: Element) -> None:
    holder = etree.SubElement(root, workbook.tag("cols"))
    for number, width in enumerate((*_COLUMNS.values(), *(10 for _ in _RECORD)), start=1):
        attributes = {"min": str(number), "max": str(number), "width": str(width), "customWidth": "1"}
        if number > len(_COLUMNS):
            attributes["hidden"] = "1"
        etree.SubElement(holder, workbook.tag("col"), attributes)


def _head(workbook: Workbook, data: Element, looks: _Looks, findings: Sequence[Finding]) -> None:
    counts = {severity: sum(finding.severity == severity for finding in findings) for severity in COLOURS}
    title = _row(workbook, data, 0, height=26)
    _cell(workbook, title, 0, 0, say("review.title", **counts), looks.title)
    head = _row(workbook, data, _HEAD_ROW, height=20)
    for column, name in enumerate(_COLUMNS):
        _cell(
            workbook,
            head,
            _HEAD_ROW,
            column,
            say("review.sheet-column" if name == "sheet" else f"review.{name}"),
            looks.head,
        )


def _line(workbook: Workbook, data: Element, looks: _Looks, number: int, finding: Finding) -> None:
    row = _FIRST_ROW + number
    values = {
        "number": str(number + 1),
        "severity": say(f"review.{finding.severity}"),
        "code": finding.code,
        "sheet": finding.sheet or "",
        "cell": finding.cell or "",
        "message": finding.message,
        "found": finding.found or "",
        "expected": finding.expected or "",
        "advice": finding.advice,
    }
    lines = max(-(-_width(text) // _COLUMNS[name]) for name, text in values.items())
    element = _row(workbook, data, row, height=min(409, 14 * max(1, lines) + 4))
    for column, (name, text) in enumerate(values.items()):
        style = looks.center if name in _CENTERED else looks.text
        if name == "severity":
            style = looks.severities[finding.severity]
        elif name == "cell" and finding.cell:
            style = looks.link
        _cell(workbook, element, row, column, text, style)


def _record(workbook: Workbook, data: Element, coloured: Sequence[Coloured]) -> None:
    rows = list(data)
    for number, entry in enumerate(coloured):
        place = _FIRST_ROW + number
        row = rows[place] if place < len(rows) else _row(workbook, data, place)
        for column, text in enumerate((entry.sheet, entry.address, entry.fill), start=len(_COLUMNS)):
            _cell(workbook, row, place, column, text, 0)


def _links(workbook: Workbook, root: Element, findings: Sequence[Finding]) -> None:
    column = list(_COLUMNS).index("cell")
    links = [(row, finding) for row, finding in enumerate(findings, start=_FIRST_ROW) if finding.cell and finding.sheet]
    if not links:
        return
    holder = etree.SubElement(root, workbook.tag("hyperlinks"))
    for row, finding in links:
        location = f"{quoted(finding.sheet or '')}!{finding.cell}"
        attributes = {"ref": a1(row, column), "location": location, "display": finding.cell or ""}
        etree.SubElement(holder, workbook.tag("hyperlink"), attributes)


def _row(workbook: Workbook, data: Element, number: int, height: int = 0) -> Element:
    row = etree.SubElement(data, workbook.tag("row"), r=str(number + 1))
    if height:
        row.set("ht", str(height))
        row.set("customHeight", "1")
    return row


def _cell(workbook: Workbook, row: Element, number: int, column: int, text: str, style: int) -> None:
    cell = etree.SubElement(row, workbook.tag("c"), r=a1(number, column), s=str(style), t="inlineStr")
    written = etree.SubElement(etree.SubElement(cell, workbook.tag("is")), workbook.tag("t"))
    written.text = escaped(text)
    written.set(_SPACE, "preserve")


def _width(text: str) -> int:
    """The width of a text in characters; a Chinese character counts two."""
    return sum(1 if character.isascii() else 2 for character in text)
