"""校验, 下一条, 清除标记 in an open Calc document: every finding as a mark, a note and a line of the sheet 审核意见.

The marks are those of ``perfeval check --annotate``: the same colours and the same words. What a cell looked like
before stands in hidden columns of the sheet 审核意见, so that marks can be taken away after the document was saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from perfeval_xl.addin.libreoffice.document import cell_at, sheets_of
from perfeval_xl.checks import check_readings
from perfeval_xl.errors import PerfevalError
from perfeval_xl.messages import say, sentence
from perfeval_xl.model import Finding
from perfeval_xl.read import read_sheets
from perfeval_xl.sources.sheet import Cell, parse_a1

COLOURS: Final = {"error": 0xFFC9CF, "warning": 0xFFEDA1, "info": 0xDCEBFA}
COLUMNS: Final = ("number", "severity", "code", "sheet-column", "cell", "message", "found", "expected", "advice")
#: In hundredths of a millimetre, beside ``COLUMNS``.
_WIDTHS: Final = (1200, 1500, 1700, 3600, 1700, 11000, 3600, 3600, 9000)
_SHEET, _CELL, _MESSAGE = COLUMNS.index("sheet-column"), COLUMNS.index("cell"), COLUMNS.index("message")
#: Hidden: the colour before, and the note before (``-`` for a cell that was marked already).
_COLOUR, _NOTE = len(COLUMNS), len(COLUMNS) + 1
_HEAD: Final = 1
_FIRST: Final = 2


def review_name() -> str:
    """The sheet that lists the findings."""
    return sentence("review.sheet", "zh")


def check(document: Any) -> str:
    """Marks every finding and lists it; the sentence for the user. Earlier marks go first."""
    clear(document)
    try:
        readings = read_sheets(sheets_of(document))
    except PerfevalError as error:
        return str(error)
    if not readings:
        return say("errors.no-form", path=document.Title)
    findings = check_readings(readings)
    if not findings:
        return say("functions.no-findings")
    _list(document, findings)
    counts = {severity: sum(each.severity == severity for each in findings) for severity in COLOURS}
    return say("review.title", **counts)


def clear(document: Any) -> str:
    """Takes all marks away, and the sheet 审核意见 with them."""
    if not document.Sheets.hasByName(review_name()):
        return say("addin.nothing-marked")
    review = document.Sheets.getByName(review_name())
    for row in reversed(_rows(review)):
        cell = _place(document, row)
        if cell is not None and row[_NOTE] != "-":
            cell.CellBackColor = int(row[_COLOUR])
            _set_note(cell, row[_NOTE])
    document.Sheets.removeByName(review_name())
    return say("addin.marks-cleared")


def go_to_next(document: Any) -> str:
    """Selects the next marked cell after the selected one and tells its finding; behind the last comes the first."""
    if not document.Sheets.hasByName(review_name()):
        return say("addin.nothing-marked")
    rows = [row for row in _rows(document.Sheets.getByName(review_name())) if row[_CELL]]
    if not rows:
        return say("addin.no-cell-marked")
    orders = {sheet: number for number, sheet in enumerate(document.Sheets.ElementNames)}
    places = sorted({(orders[row[_SHEET]], parse_a1(row[_CELL]), row[_SHEET]) for row in rows if row[_SHEET] in orders})
    number, cell, sheet = next((place for place in places if place[:2] > _selected(document)), places[0])
    controller = document.CurrentController
    controller.setActiveSheet(document.Sheets.getByIndex(number))
    controller.select(cell_at(document, sheet, cell))
    return "\n".join(row[_MESSAGE] for row in rows if (row[_SHEET], parse_a1(row[_CELL])) == (sheet, cell))


def _selected(document: Any) -> tuple[int, Cell]:
    selected = document.CurrentSelection
    address = getattr(selected, "RangeAddress", None)
    return (-1, Cell(0, 0)) if address is None else (address.Sheet, Cell(address.StartRow, address.StartColumn))


# --- the sheet 审核意见 -----------------------------------------------------------------------------------------------


def _list(document: Any, findings: Sequence[Finding]) -> None:
    """Marks the cells, then writes the list in one go and shows it behind the form."""
    rows, marked = [], set()
    for number, finding in enumerate(findings, start=1):
        place = (finding.sheet or "", finding.cell or "")
        record = ("", "-") if place in marked else _mark(document, finding)
        marked.add(place)
        rows.append((*_words(number, finding), *record))
    document.Sheets.insertNewByName(review_name(), document.Sheets.Count)
    review = document.Sheets.getByName(review_name())
    counts = {severity: sum(each.severity == severity for each in findings) for severity in COLOURS}
    review.getCellByPosition(0, 0).String = say("review.title", **counts)
    head = tuple(say(f"review.{column}") for column in COLUMNS)
    review.getCellRangeByPosition(0, _HEAD, _NOTE, _HEAD).setDataArray(((*head, "", ""),))
    last = _FIRST + len(rows) - 1
    review.getCellRangeByPosition(0, _FIRST, _NOTE, last).setDataArray(tuple(rows))
    _dress(review, last)


def _words(number: int, finding: Finding) -> tuple[Any, ...]:
    severity = say(f"review.{finding.severity}")
    texts = (severity, finding.code, finding.sheet, finding.cell, finding.message, finding.found, finding.expected)
    return (float(number), *(text or "" for text in texts), finding.advice)


def _dress(review: Any, last: int) -> None:
    for column, width in enumerate(_WIDTHS):
        review.Columns.getByIndex(column).Width = width
    for column in (_COLOUR, _NOTE):
        review.Columns.getByIndex(column).IsVisible = False
    for row in (0, _HEAD):
        review.getCellRangeByPosition(0, row, _MESSAGE + 3, row).CharWeight = 150.0  # bold
    area = review.getCellRangeByPosition(0, _HEAD, _MESSAGE + 3, last)
    area.IsTextWrapped = True
    area.Rows.OptimalHeight = True


def _rows(review: Any) -> list[tuple[Any, ...]]:
    cursor = review.createCursor()
    cursor.gotoEndOfUsedArea(False)
    last = cursor.RangeAddress.EndRow
    if last < _FIRST:
        return []
    return list(review.getCellRangeByPosition(0, _FIRST, _NOTE, last).getDataArray())


# --- one cell ------------------------------------------------------------------------------------------------------


def _mark(document: Any, finding: Finding) -> tuple[Any, str]:
    """Colours the cell and notes what is wrong; the colour and the note it had before."""
    cell = cell_at(document, finding.sheet, parse_a1(finding.cell)) if finding.sheet and finding.cell else None
    if cell is None:
        return "", "-"
    before = float(cell.CellBackColor), cell.Annotation.String
    cell.CellBackColor = COLOURS[finding.severity]
    words = {"severity": say(f"review.{finding.severity}"), "code": finding.code}
    _set_note(cell, say("review.comment", message=finding.message, advice=finding.advice, **words))
    return before


def _place(document: Any, row: tuple[Any, ...]) -> Any:
    return cell_at(document, row[_SHEET], parse_a1(row[_CELL])) if row[_CELL] else None


def _set_note(cell: Any, text: str) -> None:
    """Notes are replaced: changing the text of one leaves its old size."""
    notes = cell.Spreadsheet.Annotations
    for number in reversed(range(notes.Count)):
        position = notes.getByIndex(number).Position
        if (position.Row, position.Column) == (cell.CellAddress.Row, cell.CellAddress.Column):
            notes.removeByIndex(number)
    if text:
        notes.insertNew(cell.CellAddress, text)
