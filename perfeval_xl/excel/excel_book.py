"""The workbook open in Excel, for the actions of the buttons: read, write all or nothing, mark, and take back.

It gets its workbook from ``bridge`` and asks it only what xlwings and Excel's object model know, so that a book that
refuses what Excel refuses can stand in for it in tests.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from perfeval_xl.excel.actions import Change
from perfeval_xl.excel.excel_cells import (
    merges_in,
    names_by_sheet,
    runs,
    to_excel_value,
    to_sheet_value,
    with_all_decimals,
)
from perfeval_xl.excel.marks import COLUMNS, FIRST, HEAD, RECORDS, Line, Place
from perfeval_xl.files import write_atomically
from perfeval_xl.messages import sentence
from perfeval_xl.package.addresses import Cell, Range, parse_range
from perfeval_xl.sources.sheet import Sheet

#: Sheet, row and column from 0, and what is to be typed into the cell to have it as before.
Earlier = tuple[str, int, int, Any]
#: In the add-in, wherever it is called from.
UNDO_MACRO: Final = "'perfeval.xlam'!PerfUndo"


def typed(formula: Any, value: Any) -> Any:
    """What to type for a cell to hold the same again. A text such as ``007`` needs its apostrophe."""
    return f"'{value}" if isinstance(value, str) and value and formula == value else formula


def _is_formula(formula: Any) -> bool:
    return isinstance(formula, str) and formula.startswith("=")


def _property(thing: Any, on_windows: str, on_mac: str) -> Any:
    """What the object model of the system says of a range or sheet."""
    api = thing.api
    return getattr(api, on_windows) if hasattr(api, on_windows) else getattr(api, on_mac).get()


def _is_protected(sheet: Any) -> bool:
    return bool(_property(sheet, "ProtectContents", "protect_contents"))


#: What a protected sheet may allow, as arguments of ``Protect`` and properties of ``Protection``.
_ALLOWED: Final = tuple(
    f"Allow{what}"
    for what in (
        *("FormattingCells", "FormattingColumns", "FormattingRows", "InsertingColumns", "InsertingRows"),
        *("InsertingHyperlinks", "DeletingColumns", "DeletingRows", "Sorting", "Filtering", "UsingPivotTables"),
    )
)


def _protection(sheet: Any) -> dict[str, bool]:
    """How a sheet of Excel for Windows is protected, as arguments that protect it so again."""
    found = {name: bool(getattr(sheet.Protection, name)) for name in _ALLOWED}
    return found | {"DrawingObjects": bool(sheet.ProtectDrawingObjects), "Scenarios": bool(sheet.ProtectScenarios)}


def _is_discussed(cell: Any) -> bool:
    """Whether a cell has a threaded comment: it also looks like a note, and deleting that would delete the thread."""
    return getattr(cell.api, "CommentThreaded", None) is not None


def earlier_file() -> Path:
    """Where what a write replaced is kept until the next one, so that it can be taken back."""
    return Path(tempfile.gettempdir()) / "perfeval-undo.json"


class ExcelBook:
    """The open workbook as ``actions.Book``."""

    def __init__(self, book: Any) -> None:
        self._book = book

    @property
    def title(self) -> str:
        """The file's name."""
        return str(self._book.name)

    @property
    def folder(self) -> Path | None:
        """Where it was saved."""
        path = Path(self._book.fullname)
        return path.parent if path.is_absolute() and path.exists() else None

    def sheets(self) -> list[Sheet]:
        """Every sheet: values in one call, names of the book in one list, merges by halving."""
        names = names_by_sheet({name.name: name.refers_to for name in self._book.names})
        return [self._sheet(sheet, number, names) for number, sheet in enumerate(self._book.sheets)]

    def _sheet(self, sheet: Any, number: int, names: Mapping[str, Mapping[str, Range]]) -> Sheet:
        last = sheet.used_range.last_cell
        area = sheet.range((1, 1), (last.row, last.column))
        rows = with_all_decimals(area.options(ndim=2, err_to_str=True).value, lambda: area.api.Value2)
        return Sheet(
            source=self.title,
            name=sheet.name,
            rows=tuple(tuple(map(to_sheet_value, row)) for row in rows),
            merges=tuple(self._merges(sheet, Range(0, 0, last.row - 1, last.column - 1))),
            names=names.get(sheet.name, {}),
            hidden=not sheet.visible,
            index=number,
        )

    def _merges(self, sheet: Any, area: Range) -> list[Range]:
        def range_of(part: Range) -> Any:
            return sheet.range((part.top + 1, part.left + 1), (part.bottom + 1, part.right + 1))

        def merge_of(cell: Cell) -> Range:
            return parse_range(sheet.range((cell.row + 1, cell.column + 1)).merge_area.address)

        return merges_in(area, lambda part: range_of(part).merge_cells, merge_of)

    def _range(self, place: Place, width: int = 1) -> Any:
        row, column = place.cell.row + 1, place.cell.column + 1
        return self._book.sheets[place.sheet].range((row, column), (row, column + width - 1))

    def refused(self, places: Sequence[Place]) -> set[Place]:
        """Cells that are locked on a protected sheet, or compute. Excel would refuse the first half-way."""
        protected = {name: _is_protected(self._book.sheets[name]) for name in {place.sheet for place in places}}
        return {place for place in places if self._is_refused(self._range(place), protected[place.sheet])}

    def _is_refused(self, cell: Any, protected: bool) -> bool:
        return bool(_is_formula(cell.formula) or cell.has_array or (protected and _property(cell, "Locked", "locked")))

    def write(self, changes: Sequence[Change]) -> None:
        """Puts values into cells; what was there is kept for ``undo`` first, and put back if Excel refuses any."""
        pieces = list(runs(changes))
        earlier = [content for place, values in pieces for content in self._contents(place, len(values))]
        write_atomically(earlier_file(), json.dumps([self._book.fullname, earlier], ensure_ascii=False).encode())
        try:
            with self._quietly():
                for place, values in pieces:
                    self._range(place, len(values)).value = [to_excel_value(value) for value in values]
        except Exception:
            self._put_back(earlier)
            earlier_file().unlink(missing_ok=True)
            raise
        self._offer_undo()

    def _contents(self, place: Place, width: int) -> list[Earlier]:
        """What stands in cells side by side, as it would be typed: formulas as formulas, texts as texts."""
        area = self._range(place, width)
        shown = _row(area.options(ndim=1, err_to_str=True).value)
        return [
            (place.sheet, place.cell.row, place.cell.column + number, typed(formula, value))
            for number, (formula, value) in enumerate(zip(_row(area.formula), shown, strict=True))
        ]

    def _put_back(self, earlier: Sequence[Earlier]) -> None:
        """Cell by cell; one that Excel refuses does not keep the others from coming back."""
        with self._quietly():
            for sheet, row, column, content in earlier:
                with suppress(Exception):
                    self._range(Place(sheet, Cell(row, column))).formula = content

    def _offer_undo(self) -> None:
        """Ctrl+Z in Excel for Windows runs the add-in's macro PerfUndo; elsewhere the button does."""
        if hasattr(self._book.app.api, "OnUndo"):
            self._book.app.api.OnUndo(sentence("addin.menu", "zh"), UNDO_MACRO)

    def undo(self) -> bool:
        """Puts back what the last ``write`` to this workbook replaced."""
        try:
            name, earlier = json.loads(earlier_file().read_text("utf-8"))
        except (OSError, ValueError):
            return False
        if name != self._book.fullname:
            return False
        self._put_back(earlier)
        earlier_file().unlink(missing_ok=True)
        return True

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Without redrawing; the screen is as it was afterwards, whatever happens."""
        app = self._book.app
        updating = app.screen_updating
        app.screen_updating = False
        try:
            yield
        finally:
            app.screen_updating = updating

    def copy(self) -> bytes | None:
        """A copy as it stands on the screen; where Excel makes none (Mac), the file if it is saved."""
        path = Path(self._book.fullname)
        if hasattr(self._book.api, "SaveCopyAs"):
            with tempfile.TemporaryDirectory() as folder:
                target = Path(folder) / (path.name if path.suffix else f"{path.name}.xlsx")
                self._book.api.SaveCopyAs(str(target))
                return target.read_bytes()
        saved = path.is_file() and bool(self._book.api.saved.get())
        return path.read_bytes() if saved else None

    def colour(self, place: Place) -> int:
        """The fill of a cell, -1 for none."""
        colour = self._range(place).color
        return -1 if colour is None else (colour[0] << 16) + (colour[1] << 8) + colour[2]

    def set_colour(self, place: Place, colour: int) -> None:
        """Fills a cell."""
        self._range(place).color = None if colour < 0 else (colour >> 16, colour >> 8 & 255, colour & 255)

    def note(self, place: Place) -> str:
        """The note on a cell; a discussion (threaded comment) is none."""
        cell = self._range(place)
        note = None if _is_discussed(cell) else cell.note
        return "" if note is None else str(note.text)

    def set_note(self, place: Place, text: str) -> None:
        """Puts a note on a cell, or takes it away. A cell under discussion keeps that; the finding is on the list."""
        cell = self._range(place)
        if _is_discussed(cell):
            return
        if cell.note is not None:
            cell.note.delete()
        if text:
            cell.api.AddComment(text)

    def lines(self, sheet: str) -> list[Line]:
        """The findings on the sheet 审核意见."""
        page = self._book.sheets[sheet]
        last = page.used_range.last_cell.row
        if last <= FIRST:
            return []
        rows = page.range((FIRST + 1, 1), (last, len(COLUMNS) + RECORDS)).options(ndim=2, err_to_str=True).value
        return [tuple("" if cell is None else cell for cell in row) for row in rows]

    @contextmanager
    def lifted(self, sheets: Collection[str]) -> Iterator[None]:
        """Protection without a password is lifted, and put back as it was. Excel refuses where there is a password."""
        lifted: list[tuple[Any, dict[str, bool]]] = []
        try:
            for sheet in [self._book.sheets[name] for name in sheets]:
                if _is_protected(sheet):
                    allowed = _protection(sheet.api)
                    sheet.api.Unprotect("")
                    lifted.append((sheet, allowed))
            yield
        finally:
            for sheet, allowed in lifted:
                sheet.api.Protect(Password="", Contents=True, **allowed)

    def add_review(self, name: str, head: str, captions: Sequence[str], lines: Sequence[Line]) -> None:
        """Adds the sheet 审核意见 behind the others; the sheet in front stays there."""
        with self._quietly():
            front = self._book.sheets.active
            page = self._book.sheets.add(name, after=self._book.sheets[-1])
            page.range((1, 1)).value = head
            page.range((HEAD + 1, 1)).value = list(captions)
            rows = [[to_excel_value(cell) if isinstance(cell, str) else cell for cell in line] for line in lines]
            page.range((FIRST + 1, 1)).value = rows
            page.range((1, 1), (HEAD + 1, len(COLUMNS))).font.bold = True
            page.range((1, len(COLUMNS) + 1), (1, len(COLUMNS) + RECORDS)).column_width = 0
            front.activate()

    def remove_sheet(self, name: str) -> None:
        """Removes a sheet without asking."""
        alerts = self._book.app.display_alerts
        self._book.app.display_alerts = False
        try:
            self._book.sheets[name].delete()
        finally:
            self._book.app.display_alerts = alerts

    def selected(self) -> Place | None:
        """The selected cell."""
        cell = self._book.selection
        return None if cell is None else Place(cell.sheet.name, Cell(cell.row - 1, cell.column - 1))

    def select(self, place: Place) -> None:
        """Shows the sheet and selects the cell."""
        self._book.sheets[place.sheet].activate()
        self._range(place).select()


def _row(formula: Any) -> list[Any]:
    """The formulas or values of a run of cells; Excel gives a single one as it is, more as one row or rows of it."""
    if not isinstance(formula, tuple | list):
        return [formula]
    return list(formula[0]) if formula and isinstance(formula[0], tuple | list) else list(formula)
