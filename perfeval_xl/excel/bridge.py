"""Excel through xlwings: the worksheet functions it calls, and the buttons' actions over the open workbook.

The only module that imports xlwings, and only its BSD part. On Linux its decorators give the function back as it is,
so the functions are tested by calling them; what touches a running Excel is kept small and stands at the end.
"""

from __future__ import annotations

import inspect
import json
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import click
import xlwings as xw

from perfeval_xl.excel import actions
from perfeval_xl.excel.actions import Change
from perfeval_xl.excel.arguments import ERRORS, excel_name, from_excel
from perfeval_xl.excel.functions import FUNCTIONS, Function
from perfeval_xl.excel.marks import COLUMNS, FIRST, HEAD, RECORDS, Line, Place
from perfeval_xl.files import write_atomically
from perfeval_xl.messages import sentence
from perfeval_xl.package.addresses import Cell, Range, parse_range
from perfeval_xl.sources.sheet import CellError, Sheet, Value, decimal_of

# --- worksheet functions -------------------------------------------------------------------------------------------


#: Answers kept for each function; the largest is that of a form of some hundred rows.
MOST_ANSWERS: Final = 256


class _Question:
    """Arguments as they are written, so that equal ones are found again: lists have no hash, and ``True`` equals 1."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self._written = repr(values)

    def __hash__(self) -> int:
        return hash(self._written)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and other._written == self._written


def worksheet_function(function: Function) -> Callable[..., Any]:
    """A function of the table as xlwings wants it: named arguments with help, every range as rows of cells.

    A wrong argument raises, and the VBA that asked answers by itself: ``#VALUE!``. Arguments that were there before
    have their answer already: Excel asks again for every formula of a sheet whenever one cell above them changes.
    """

    @lru_cache(maxsize=MOST_ANSWERS)
    def answer(question: _Question) -> Any:
        return function.call(*from_excel(function, question.values))

    def call(*values: Any) -> Any:
        return answer(_Question(values))

    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.description("zh")
    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                excel_name(parameter),
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=None if parameter.optional else inspect.Parameter.empty,
            )
            for parameter in function.parameters
        ]
    )
    call.__annotations__ = {}
    made: Callable[..., Any] = call
    for parameter in function.parameters:
        help_text = parameter.description("zh")
        made = xw.arg(excel_name(parameter), doc=help_text, ndim=2, err_to_str=True)(made)
    wanted: Callable[..., Any] = xw.func(category=sentence("addin.menu", "zh"), volatile=function.volatile)(made)
    return wanted


#: What xlwings finds here by name when a cell asks.
WORKSHEET_FUNCTIONS: Final = {function.name: worksheet_function(function) for function in FUNCTIONS}
globals().update(WORKSHEET_FUNCTIONS)


# --- buttons -------------------------------------------------------------------------------------------------------


def press(action: str) -> None:
    """What the ribbon's macros run: the action of a button on the workbook in front."""
    book = xw.Book.caller()
    actions.press(action, ExcelBook(book), ExcelUser(book.app))


def to_sheet_value(value: Any) -> Value:
    """What xlwings gives for a cell -> what a cell of a sheet holds."""
    if isinstance(value, str) and value in ERRORS:
        return CellError(value)
    if isinstance(value, bool | date | str) or value is None:
        return None if value == "" else value
    return decimal_of(float(value))


def to_excel_value(value: Value) -> Any:
    """The reverse. A text that Excel would take for something else is given with an apostrophe, which it hides."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, CellError):
        return value.text
    return f"'{value}" if isinstance(value, str) and value else value


def with_all_decimals(rows: Sequence[Sequence[Any]], all_of: Callable[[], Any]) -> Sequence[Sequence[Any]]:
    """Cells as Excel shows them; one formatted as currency comes with four decimals, and with all by ``Value2``.

    Only those are taken from there: ``Value2`` gives dates as numbers.
    """
    if not any(isinstance(cell, Decimal) for row in rows for cell in row):
        return rows
    exact = all_of()
    exact = exact if isinstance(exact, tuple | list) else ((exact,),)
    return [
        [full if isinstance(cell, Decimal) else cell for cell, full in zip(row, full_row, strict=True)]
        for row, full_row in zip(rows, exact, strict=True)
    ]


def runs(changes: Sequence[Change]) -> Iterator[tuple[Place, list[Value]]]:
    """Changes of cells side by side in one row, so that each run is one call."""
    ordered = sorted(changes, key=lambda change: (change.place.sheet, change.place.cell))
    start: Place | None = None
    values: list[Value] = []
    for change in ordered:
        sheet, (row, column) = change.place
        if start is not None and (sheet, row, column) == (start.sheet, start.cell.row, start.cell.column + len(values)):
            values.append(change.value)
            continue
        if start is not None:
            yield start, values
        start, values = change.place, [change.value]
    if start is not None:
        yield start, values


def merges_in(area: Range, is_merged: Callable[[Range], bool | None], merge_of: Callable[[Cell], Range]) -> list[Range]:
    """The merges of an area by halving: Excel tells of a range whether all, none or some of it is merged.

    ``is_merged`` gives ``None`` for some. A form of 60 rows needs some hundred questions instead of one a cell.
    """
    found: dict[Range, None] = {}
    waiting = [area]
    while waiting:
        part = waiting.pop()
        merged = is_merged(part)
        if merged is False:
            continue
        if merged and merge_of(part.anchor) == part:
            found.setdefault(part)
        elif part.top == part.bottom and part.left == part.right:
            found.setdefault(merge_of(part.anchor))
        else:
            waiting += _halves(part)
    return sorted(found)


def _halves(part: Range) -> tuple[Range, Range]:
    top, left, bottom, right = part
    if bottom - top >= right - left:
        middle = (top + bottom) // 2
        return Range(top, left, middle, right), Range(middle + 1, left, bottom, right)
    middle = (left + right) // 2
    return Range(top, left, bottom, middle), Range(top, middle + 1, bottom, right)


def names_by_sheet(names: Mapping[str, str]) -> dict[str, dict[str, Range]]:
    """Defined names as Excel lists them (``自评表!perf_title``: ``='自评表'!$A$2``), by sheet; no formulas."""
    found: dict[str, dict[str, Range]] = {}
    for name, refers_to in names.items():
        sheet, _, area = refers_to.removeprefix("=").rpartition("!")
        try:
            place = parse_range(area)
        except ValueError:
            continue
        plain = sheet.strip("'").replace("''", "'")
        found.setdefault(plain, {})[name.rpartition("!")[2]] = place
    return found


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


# --- a running Excel -----------------------------------------------------------------------------------------------


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


class ExcelUser:
    """The person before Excel."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def tell(self, text: str) -> None:
        """A message box over Excel."""
        self._app.alert(text, title=sentence("addin.menu", "zh"))

    def ask_open(self, title: str, kind: str) -> Path | None:
        """Excel's own dialog on Windows; elsewhere the system's."""
        if hasattr(self._app.api, "GetOpenFilename"):
            found = self._app.api.GetOpenFilename(f"{kind} (*.{kind}),*.{kind}", 1, title)
            return Path(found) if isinstance(found, str) else None
        return _system_dialog("askopenfilename", title=title, filetypes=[(kind, f"*.{kind}")])

    def ask_save(self, title: str, name: str) -> Path | None:
        """Excel's own dialog on Windows; elsewhere the system's."""
        kind = Path(name).suffix
        if hasattr(self._app.api, "GetSaveAsFilename"):
            found = self._app.api.GetSaveAsFilename(name, f"{kind[1:]} (*{kind}),*{kind}", 1, title)
            return Path(found) if isinstance(found, str) else None
        folder = {"initialdir": str(Path(name).parent)} if Path(name).is_absolute() else {}
        return _system_dialog(
            "asksaveasfilename", title=title, initialfile=Path(name).name, defaultextension=kind, **folder
        )

    def ask_folder(self, title: str) -> Path | None:
        """Office's own dialog on Windows; elsewhere the system's."""
        if hasattr(self._app.api, "FileDialog"):
            dialog = self._app.api.FileDialog(FOLDER_PICKER)
            dialog.Title = title
            return Path(dialog.SelectedItems(1)) if dialog.Show() == -1 else None
        return _system_dialog("askdirectory", title=title, mustexist=True)

    def show(self, path: Path) -> None:
        """Opens a workbook in this Excel; a document in the program it belongs to."""
        if path.suffix.lower() in WORKBOOKS:
            self._app.books.open(str(path))
        else:
            click.launch(str(path))

    def progress(self, text: str) -> None:
        """In the status bar; an empty text gives it back to Excel."""
        self._app.status_bar = text or False


#: Office's number for the dialog that chooses a folder.
FOLDER_PICKER: Final = 4
#: What Excel opens itself.
WORKBOOKS: Final = (".xlsx", ".xlsm")


def _system_dialog(kind: str, **options: Any) -> Path | None:
    import tkinter
    from tkinter import filedialog

    root = tkinter.Tk()
    root.withdraw()
    try:
        found = getattr(filedialog, kind)(**options)
    finally:
        root.destroy()
    return Path(found) if found else None
