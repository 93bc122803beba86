"""校验, 下一条, 清除标记 in an open workbook: every finding as a mark, a note and a line of the sheet 审核意见.

The marks are those of ``perfeval check --annotate``: the same colours and the same words. What a cell looked like
before stands in hidden columns of the sheet 审核意见, so that marks can be taken away after the workbook was saved.
Written over a small protocol, for Excel, LibreOffice and tests alike.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from typing import Final, NamedTuple, Protocol

from perfeval_xl import colours
from perfeval_xl.checks import check_readings
from perfeval_xl.colours import as_number
from perfeval_xl.errors import PerfevalError
from perfeval_xl.messages import say, sentence
from perfeval_xl.model import Finding
from perfeval_xl.package.addresses import Cell, parse_a1
from perfeval_xl.reading import read_sheets
from perfeval_xl.sources.sheet import Sheet

#: As 0xRRGGBB, by severity.
COLOURS: Final = {severity: as_number(colour) for severity, colour in colours.MARKS.items()}
COLUMNS: Final = ("number", "severity", "code", "sheet-column", "cell", "message", "found", "expected", "advice")
#: Hidden columns behind them: the colour before (``-1`` for none; empty where no cell was marked) and the note before.
RECORDS: Final = 2
#: The row of the captions and the first row of findings, from 0.
HEAD: Final = 1
FIRST: Final = 2
_SHEET, _CELL, _MESSAGE = COLUMNS.index("sheet-column"), COLUMNS.index("cell"), COLUMNS.index("message")
_COLOUR, _NOTE = len(COLUMNS), len(COLUMNS) + 1
Line = tuple[str | float, ...]


class Place(NamedTuple):
    """A cell of a sheet."""

    sheet: str
    cell: Cell


class MarkedBook(Protocol):
    """An open workbook, as far as marking needs it. Colours are 0xRRGGBB, -1 for none; a note may be ``""``."""

    @property
    def title(self) -> str:
        """Its name, as the user knows it."""

    def sheets(self) -> list[Sheet]:
        """Every sheet as it stands on the screen."""

    def colour(self, place: Place) -> int:
        """The fill of a cell."""

    def set_colour(self, place: Place, colour: int) -> None:
        """Fills a cell."""

    def note(self, place: Place) -> str:
        """The comment on a cell."""

    def set_note(self, place: Place, text: str) -> None:
        """Puts a comment on a cell, or takes it away."""

    def lines(self, sheet: str) -> list[Line]:
        """The rows of a sheet from ``FIRST`` on, ``len(COLUMNS) + RECORDS`` cells each."""

    def add_review(self, name: str, head: str, captions: Sequence[str], lines: Sequence[Line]) -> None:
        """Adds a sheet behind the others, with its last ``RECORDS`` columns hidden."""

    def remove_sheet(self, name: str) -> None:
        """Removes a sheet without asking."""

    def lifted(self, sheets: Collection[str]) -> AbstractContextManager[None]:
        """Inside, marks may be put on these sheets although they are protected; afterwards they are as before."""

    def selected(self) -> Place | None:
        """The selected cell."""

    def select(self, place: Place) -> None:
        """Shows the sheet and selects the cell."""


def review_name() -> str:
    """The sheet that lists the findings."""
    return sentence("review.sheet", "zh")


def check(book: MarkedBook) -> str:
    """Marks every finding and lists it; the sentence for the user. Earlier marks go first."""
    clear(book)
    try:
        readings = read_sheets(book.sheets())
    except PerfevalError as error:
        return str(error)
    if not readings:
        return say("errors.no-form", path=book.title)
    findings = check_readings(readings)
    if not findings:
        return say("functions.no-findings")
    return _listed(book, findings)


def clear(book: MarkedBook) -> str:
    """Takes all marks away, and the sheet 审核意见 with them."""
    sheets = _names(book)
    if review_name() not in sheets:
        return say("addin.nothing-marked")
    _restore(book, book.lines(review_name()), sheets)
    book.remove_sheet(review_name())
    return say("addin.marks-cleared")


def _restore(book: MarkedBook, lines: Sequence[Line], sheets: Sequence[str]) -> None:
    """Gives every cell that was marked the look it had before."""
    marked = [(place, line) for line in lines if line[_COLOUR] != "" and (place := _place(line, sheets)) is not None]
    with book.lifted({place.sheet for place, _ in marked}):
        for place, line in marked:
            book.set_colour(place, int(float(line[_COLOUR])))
            book.set_note(place, str(line[_NOTE]))


def go_to_next(book: MarkedBook) -> str:
    """Selects the next cell with a finding after the selected one and tells it; behind the last comes the first."""
    sheets = _names(book)
    if review_name() not in sheets:
        return say("addin.nothing-marked")
    found: dict[Place, list[str]] = {}
    for line in book.lines(review_name()):
        place = _place(line, sheets)
        if place is not None:
            found.setdefault(place, []).append(str(line[_MESSAGE]))
    if not found:
        return say("addin.no-cell-marked")
    places = sorted(found, key=lambda place: (sheets.index(place.sheet), place.cell))
    here = book.selected()
    start = (-1, Cell(0, 0)) if here is None else (sheets.index(here.sheet), here.cell)
    target = next((place for place in places if (sheets.index(place.sheet), place.cell) > start), places[0])
    book.select(target)
    return "\n".join(found[target])


def _names(book: MarkedBook) -> list[str]:
    return [sheet.name for sheet in book.sheets()]


def _place(line: Line, sheets: Sequence[str]) -> Place | None:
    sheet, cell = str(line[_SHEET]), str(line[_CELL])
    return Place(sheet, parse_a1(cell)) if cell and sheet in sheets else None


def _listed(book: MarkedBook, findings: Sequence[Finding]) -> str:
    """Marks and lists them. When the list cannot be made (a protected structure), no mark stays either."""
    lines: list[Line] = []
    marked: set[Place] = set()
    counts = {severity: sum(each.severity == severity for each in findings) for severity in COLOURS}
    told = say("review.title", **counts)
    try:
        with book.lifted({finding.sheet for finding in findings if finding.sheet and finding.cell}):
            for number, finding in enumerate(findings, start=1):
                lines.append((*_words(number, finding), *_mark(book, finding, marked)))
        book.add_review(review_name(), told, [say(f"review.{column}") for column in COLUMNS], lines)
    except Exception:
        _restore(book, lines, _names(book))
        raise
    return told


def _words(number: int, finding: Finding) -> Line:
    severity = say(f"review.{finding.severity}")
    texts = (severity, finding.code, finding.sheet, finding.cell, finding.message, finding.found, finding.expected)
    return (float(number), *(text or "" for text in texts), finding.advice)


def _mark(book: MarkedBook, finding: Finding, marked: set[Place]) -> Line:
    """Colours the cell and notes what is wrong; its colour and note before, blank when it is marked already.

    Of several findings the first one colours: they are listed together and their severities rarely differ.
    """
    if not finding.sheet or not finding.cell:
        return "", ""
    place = Place(finding.sheet, parse_a1(finding.cell))
    words = {"severity": say(f"review.{finding.severity}"), "code": finding.code}
    text = say("review.comment", message=finding.message, advice=finding.advice, **words)
    if place in marked:
        book.set_note(place, f"{book.note(place)}\n{text}")
        return "", ""
    marked.add(place)
    before = float(book.colour(place)), book.note(place)
    book.set_colour(place, COLOURS[finding.severity])
    book.set_note(place, text)
    return before
