"""The far side of `tests.office`: runs under the system's Python, which has `uno`.

Started as `python3 office_server.py PIPE SECONDS`. Connects to the office listening on PIPE, then
reads one JSON request a line, `{"op": name, "args": {...}}`, and answers one line each,
`{"result": ...}` or `{"error": text}`. Standard library and `uno` only.
"""

# mypy: disable-error-code="misc"

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.awt import XCallback
from com.sun.star.beans import PropertyValue

NEVER_RUN_MACROS, ALWAYS_RUN_MACROS = 0, 4
UPDATE_WITHOUT_ASKING = 3
FORMULAS_WITH_ERROR = 4  # com.sun.star.sheet.FormulaResult.ERROR
KINDS = {
    "calc": "com.sun.star.sheet.SpreadsheetDocument",
    "writer": "com.sun.star.text.TextDocument",
    "impress": "com.sun.star.presentation.PresentationDocument",
    "draw": "com.sun.star.drawing.DrawingDocument",
}
# The filter that saves a document of a kind under an extension.
FILTERS = {
    ("calc", "xlsx"): "Calc MS Excel 2007 XML",
    ("calc", "xlsm"): "Calc MS Excel 2007 VBA XML",
    ("calc", "xls"): "MS Excel 97",
    ("calc", "ods"): "calc8",
    ("calc", "csv"): "Text - txt - csv (StarCalc)",
    ("calc", "html"): "HTML (StarCalc)",
    ("calc", "pdf"): "calc_pdf_Export",
    ("writer", "docx"): "MS Word 2007 XML",
    ("writer", "odt"): "writer8",
    ("writer", "html"): "HTML (StarWriter)",
    ("writer", "txt"): "Text",
    ("writer", "pdf"): "writer_pdf_Export",
    ("draw", "pdf"): "draw_pdf_Export",
    ("impress", "pdf"): "impress_pdf_Export",
}
GUARD = "PerfevalGuard"
GUARD_SOURCE = """Option VBASupport 1
Function Guarded({names})
    On Error GoTo Failed
    Guarded = Array(True, {name}({names}){out})
    Exit Function
Failed:
    Guarded = Array(False, Err.Number, Err.Description)
End Function
"""


def properties(**values: Any) -> tuple[Any, ...]:
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def url_of(path: str) -> str:
    return Path(path).resolve().as_uri()


def connect(pipe: str, seconds: float) -> Any:
    """The component context of the office behind the pipe; tries until it answers or time is up."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + seconds
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class OnScreen(unohelper.Base, XCallback):
    """Work for the office's main thread, where what a person does happens.

    From any other thread a command written in Python and the menu that asks for its state wait for each other
    for ever: one has Python's lock and wants the office's, the other the other way round.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._is_done = threading.Event()
        self._problem: Exception | None = None

    def notify(self, _data: Any) -> None:
        try:
            self._work()
        except Exception as problem:  # raised again where it was asked for
            self._problem = problem
        self._is_done.set()

    def wait(self) -> None:
        self._is_done.wait()
        if self._problem is not None:
            raise self._problem


class Server:
    """The operations; each public method is one, its arguments are the request's `args`."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._desktop = self._service("com.sun.star.frame.Desktop")
        self._documents: dict[int, Any] = {}
        self._opened = 0

    def _service(self, name: str) -> Any:
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)

    def _range(self, book: int, sheet: str | int, cells: str) -> Any:
        return self._sheet(book, sheet).getCellRangeByName(cells)

    def _sheet(self, book: int, sheet: str | int) -> Any:
        sheets = self._documents[book].Sheets
        return sheets.getByIndex(sheet) if isinstance(sheet, int) else sheets.getByName(sheet)

    # documents

    def open(self, path: str, macros: bool, filter: str | None) -> int:
        mode = ALWAYS_RUN_MACROS if macros else NEVER_RUN_MACROS
        options: dict[str, Any] = {"FilterName": filter} if filter else {}
        options |= {"Hidden": True, "MacroExecutionMode": mode, "UpdateDocMode": UPDATE_WITHOUT_ASKING}
        document = self._desktop.loadComponentFromURL(url_of(path), "_blank", 0, properties(**options))
        if document is None:
            raise ValueError(f"LibreOffice cannot open {path}")
        self._opened += 1
        self._documents[self._opened] = document
        return self._opened

    def recalculate(self, book: int) -> None:
        self._documents[book].calculateAll()

    def save(self, book: int, path: str, filter: str | None) -> None:
        document = self._documents[book]
        name = filter or self._filter(document, path)
        document.storeToURL(url_of(path), properties(FilterName=name, Overwrite=True))

    def _filter(self, document: Any, path: str) -> str:
        kind = next((kind for kind, service in KINDS.items() if document.supportsService(service)), "other")
        key = kind, Path(path).suffix.lstrip(".").lower()
        if key not in FILTERS:
            raise ValueError(f"no filter saves a {key[0]} document as .{key[1]}; name one")
        return FILTERS[key]

    def convert(self, path: str, target: str, filter: str | None) -> None:
        book = self.open(path, macros=False, filter=None)
        try:
            if self._documents[book].supportsService(KINDS["calc"]):
                self.recalculate(book)
            self.save(book, target, filter)
        finally:
            self.close(book)

    def close(self, book: int) -> None:
        self._documents.pop(book).close(True)

    def quit(self) -> None:
        for book in list(self._documents):
            self.close(book)
        self._desktop.terminate()

    # cells

    def sheets(self, book: int) -> list[str]:
        return list(self._documents[book].Sheets.ElementNames)

    def used(self, book: int, sheet: str | int) -> str:
        cursor = self._sheet(book, sheet).createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return str(cursor.AbsoluteName).rpartition(".")[2].replace("$", "")

    def values(self, book: int, sheet: str | int, cells: str) -> list[list[Any]]:
        area = self._range(book, sheet, cells)
        grid = [[None if value == "" else value for value in row] for row in area.DataArray]
        top, left = area.RangeAddress.StartRow, area.RangeAddress.StartColumn
        for part in area.queryFormulaCells(FORMULAS_WITH_ERROR).RangeAddresses:
            for row in range(part.StartRow - top, part.EndRow - top + 1):
                for column in range(part.StartColumn - left, part.EndColumn - left + 1):
                    grid[row][column] = area.getCellByPosition(column, row).String
        return grid

    def strings(self, book: int, sheet: str | int, cells: str) -> list[list[str]]:
        return self._each_cell(book, sheet, cells, "String")

    def formulas(self, book: int, sheet: str | int, cells: str) -> list[list[str]]:
        return [list(row) for row in self._range(book, sheet, cells).FormulaArray]

    def colors(self, book: int, sheet: str | int, cells: str) -> list[list[int]]:
        return self._each_cell(book, sheet, cells, "CellBackColor")

    def _each_cell(self, book: int, sheet: str | int, cells: str, what: str) -> list[list[Any]]:
        area = self._range(book, sheet, cells)
        return [
            [getattr(area.getCellByPosition(column, row), what) for column in range(area.Columns.Count)]
            for row in range(area.Rows.Count)
        ]

    def notes(self, book: int, sheet: str | int) -> dict[str, str]:
        found = {}
        for note in self._sheet(book, sheet).Annotations:
            cell = self._sheet(book, sheet).getCellByPosition(note.Position.Column, note.Position.Row)
            found[str(cell.AbsoluteName).rpartition(".")[2].replace("$", "")] = str(note.String)
        return found

    def set_value(self, book: int, sheet: str | int, cell: str, value: float) -> None:
        self._range(book, sheet, cell).getCellByPosition(0, 0).Value = value

    def set_string(self, book: int, sheet: str | int, cell: str, text: str) -> None:
        self._range(book, sheet, cell).getCellByPosition(0, 0).String = text

    def set_formula(self, book: int, sheet: str | int, cell: str, formula: str) -> None:
        self._range(book, sheet, cell).getCellByPosition(0, 0).Formula = formula

    def fill(self, book: int, sheet: str | int, cells: str, rows: list[list[Any]]) -> None:
        area = self._range(book, sheet, cells)
        area.setDataArray(tuple(tuple("" if value is None else value for value in row) for row in rows))

    # what a person does at the screen

    def insert_rows(self, book: int, sheet: str | int, row: int, count: int) -> bool:
        target = self._range(book, sheet, f"{row}:{row + count - 1}")
        return self._moved_by(book, sheet, target, ".uno:InsertRowsBefore")

    def delete_rows(self, book: int, sheet: str | int, row: int, count: int) -> None:
        self._sheet(book, sheet).Rows.removeByIndex(row - 1, count)

    def unprotect(self, book: int, sheet: str | int) -> None:
        self._sheet(book, sheet).unprotect("")

    def move(self, book: int, sheet: str | int, cells: str, to: str) -> None:
        target = self._range(book, sheet, to).getCellByPosition(0, 0).CellAddress
        self._sheet(book, sheet).moveRange(target, self._range(book, sheet, cells).RangeAddress)

    def copy_sheet(self, book: int, sheet: str, name: str, position: int) -> None:
        self._documents[book].Sheets.copyByName(sheet, name, position)

    def _moved_by(self, book: int, sheet: str | int, target: Any, command: str) -> bool:
        """Whether the command, given with the target selected, pushed the target down."""
        before = target.RangeAddress.StartRow
        probe = self._sheet(book, sheet).getCellByPosition(0, before)
        self.select(book, target)
        self.dispatch(book, command)
        return bool(probe.CellAddress.Row > before)

    def select(self, book: int, target: Any) -> None:
        controller = self._documents[book].CurrentController
        controller.setActiveSheet(target.Spreadsheet)
        controller.select(target)

    def selection(self, book: int) -> str:
        selected = self._documents[book].CurrentSelection
        return str(getattr(selected, "AbsoluteName", "")).lstrip("=").replace("$", "")

    def goto(self, book: int, sheet: str | int, cells: str) -> None:
        self.select(book, self._range(book, sheet, cells))

    def dispatch(self, book: int, command: str) -> None:
        frame = self._documents[book].CurrentController.Frame
        helper = self._service("com.sun.star.frame.DispatchHelper")
        work = OnScreen(lambda: helper.executeDispatch(frame, command, "", 0, ()))
        self._service("com.sun.star.awt.AsyncCallback").addCallback(work, None)
        work.wait()

    # Basic

    def run_script(self, book: int, url: str, args: list[Any]) -> Any:
        script = self._documents[book].getScriptProvider().getScript(url)
        answer, _, _ = script.invoke(tuple(args), (), ())
        return answer

    def run_macro(self, book: int, project: str, name: str, args: list[Any]) -> Any:
        return self._guarded(book, project, name, args)[1]

    def press(self, book: int, project: str, name: str, id: str, tag: str, args: list[Any]) -> list[Any]:
        control = self._service("com.sun.star.beans.PropertyBag")
        for key, value in (("ID", id), ("Tag", tag)):
            control.addProperty(key, 0, value)
        return list(self._guarded(book, project, name, [control, *args])[3:])

    def _guarded(self, book: int, project: str, name: str, args: list[Any]) -> tuple[Any, ...]:
        """True, the result and the arguments afterwards. Without this an error in the Basic shows a
        message box that closes by itself, and the caller sees a result of nothing."""
        library = self._documents[book].BasicLibraries.getByName(project)
        names = [f"argument{number}" for number in range(len(args))]
        library.insertByName(GUARD, GUARD_SOURCE.format(name=name, names=", ".join(names), out=", ".join(["", *names])))
        try:
            url = f"vnd.sun.star.script:{project}.{GUARD}.Guarded?language=Basic&location=document"
            answer = self.run_script(book, url, args)
        finally:
            library.removeByName(GUARD)
        if answer is None:
            raise RuntimeError(f"{name} did not run: a module of {project} does not compile")
        if not answer[0]:
            raise RuntimeError(f"Basic error {answer[1]}: {answer[2]}")
        return tuple(answer)


def serve(server: Server) -> None:
    """Answers requests until the input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"result": getattr(server, request["op"])(**request["args"])}
        except Exception as error:  # the caller decides what a failed operation means
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply, default=str), flush=True)


if __name__ == "__main__":
    serving = Server(connect(sys.argv[1], float(sys.argv[2])))
    print(json.dumps({"result": "ready"}), flush=True)
    serve(serving)
    with contextlib.suppress(Exception):
        serving.quit()
