"""A real LibreOffice, private to the test process, driven from the project's own Python.

    with Office() as office:
        book = office.open("form.xlsm")
        book.set_value("Sheet1", "A1", 2)
        book.recalculate()
        assert book.value("Sheet1", "B1") == 4

The office runs with a profile of its own in a temporary folder (macro security low, every workbook
recalculated on load), so it touches nobody's settings and several may run at once. The virtual
environment's Python has no `uno`; `tests/office_server.py` runs under the system's Python beside the
office and the two sides exchange JSON lines.

Sheets are named by name or by index from 0, cells as in Excel: `A1`, `B2:C9`. Values are numbers,
strings, and None for blank; a formula in error gives its text, `#VALUE!`. `make test` installs
LibreOffice; without it `OfficeMissing` is raised and the test fails, it is never skipped.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Cell = float | str | None

SERVER = Path(__file__).with_name("office_server.py")
PROGRAM_FOLDERS = ("/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program", "/opt/libreoffice/program")
STARTS = 5  # a fresh profile ends its first process with status 81 and wants another start
# Window 26100 is Calc's input line. A menu command makes even a hidden window build it, and an office
# installed without its window descriptions (the `-nogui` packages) dies of that a moment later.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
  xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
  <prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
  <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
  <prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc">
  <prop oor:name="UseDocumentOOoLockFile" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc">
  <prop oor:name="UseDocumentSystemFileLocking" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Views/Windows"><node oor:name="26100" oor:op="replace">
  <prop oor:name="Visible" oor:op="fuse"><value>false</value></prop><node oor:name="UserData">
  <prop oor:name="Data" oor:type="xs:string" oor:op="fuse"><value>V2,H,0</value></prop></node></node></item>
</oor:items>
"""


class OfficeMissing(Exception):
    """LibreOffice, its Python bridge or pdftoppm is not installed."""


class OfficeFailed(Exception):
    """The office did not start, did not answer in time, or refused an operation."""


class Office:
    """One private office process; a context manager. After a time-out the next `open` starts another."""

    def __init__(self, *, seconds: float = 60, start_seconds: float = 90) -> None:
        """`seconds` is the longest one operation may take, `start_seconds` the longest start-up."""
        self._seconds = seconds
        self._start_seconds = start_seconds
        self._folder: Path | None = None
        self._office: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._replies: queue.Queue[str | None] = queue.Queue()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    # documents

    def open(self, path: Path | str, *, macros: bool = True, filter: str | None = None) -> Book:
        """Opens a document hidden. `filter` names the import filter; a .xlam opens only with
        "Calc MS Excel 2007 VBA XML". Without `macros` no Basic of the document runs."""
        self._ensure_running()
        return Book(self, self.ask("open", path=str(Path(path).resolve()), macros=macros, filter=filter))

    def convert(
        self, path: Path | str, to: str = "xlsx", outdir: Path | str | None = None, *, filter: str | None = None
    ) -> Path:
        """Opens a document, recalculates every cell and saves it as `to` (an extension) in `outdir`.

        Returns the new file: the source's stem with the extension `to`, by default beside the source.
        Raises ValueError where that is the source itself, OfficeFailed where it cannot be read or saved.
        """
        source = Path(path).resolve()
        target = (Path(outdir) if outdir else source.parent).resolve() / f"{source.stem}.{to}"
        if target == source:
            raise ValueError(f"{source} would be written over; give another outdir")
        target.parent.mkdir(parents=True, exist_ok=True)
        self._ensure_running()
        self.ask("convert", path=str(source), target=str(target), filter=filter)
        return target

    def ask(self, op: str, **args: Any) -> Any:
        """One operation of the server, by name. Raises OfficeFailed with what the office said."""
        if not self.alive or self._server is None or self._server.stdin is None:
            raise OfficeFailed(f"{op}: the office is not running. {self._log()}")
        self._server.stdin.write(json.dumps({"op": op, "args": args}) + "\n")
        self._server.stdin.flush()
        return self._reply(op, self._seconds)

    # the processes

    @property
    def alive(self) -> bool:
        """Whether the office and its server are running."""
        return all(process is not None and process.poll() is None for process in (self._office, self._server))

    def _ensure_running(self) -> None:
        if not self.alive:
            self.stop()
            self.start()

    def start(self) -> None:
        """Starts the office with a fresh profile. Raises OfficeMissing or OfficeFailed."""
        program, python = office_program(), office_python()
        self._folder = Path(tempfile.mkdtemp(prefix="perfeval-office-"))
        profile = self._folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
        pipe = f"perfeval{uuid.uuid4().hex}"
        command = [
            str(program),
            *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard"),
            f"-env:UserInstallation={profile.as_uri()}",
            f"--accept=pipe,name={pipe};urp;",
        ]
        try:
            self._launch_office(command)
            self._launch_server([python, str(SERVER), pipe, str(self._start_seconds)])
            self._wait_until_ready(command)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends both processes and removes the profile; does nothing where none runs."""
        if self._server is not None:
            if self._server.stdin is not None:
                with contextlib.suppress(OSError):
                    self._server.stdin.close()  # at the end of its input the server ends the office
            _end(self._server)
        if self._office is not None:
            _end(self._office)
        if self._reader is not None:
            self._reader.join(5)
        if self._server is not None and self._server.stdout is not None:
            self._server.stdout.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._office = self._server = self._reader = self._folder = None

    def _launch_office(self, command: list[str]) -> None:
        with self._log_file().open("ab") as log:
            self._office = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment() | {"LC_ALL": "C.UTF-8"},
                start_new_session=True,
            )

    def _launch_server(self, command: list[str]) -> None:
        with self._log_file().open("ab") as log:
            self._server = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                env=_environment() | {"PYTHONIOENCODING": "utf-8"},
            )
        self._replies = queue.Queue()
        self._reader = threading.Thread(target=_read_lines, args=(self._server, self._replies), daemon=True)
        self._reader.start()

    def _wait_until_ready(self, command: list[str]) -> None:
        end = time.monotonic() + self._start_seconds
        starts = 1
        while True:
            try:
                self._reply("start", 0.2)
                return
            except queue.Empty:
                pass
            if self._office is not None and self._office.poll() is not None and starts < STARTS:
                starts += 1
                self._launch_office(command)
            elif time.monotonic() > end or (self._office is not None and self._office.poll() is not None):
                raise OfficeFailed(f"LibreOffice did not start after {starts} tries. {self._log()}")

    def _reply(self, op: str, seconds: float) -> Any:
        try:
            line = self._replies.get(timeout=seconds)
        except queue.Empty:
            if op == "start":
                raise
            self._kill()
            raise OfficeFailed(f"{op}: no answer in {seconds:g} s; the office was ended. {self._log()}") from None
        if line is None:
            raise OfficeFailed(f"{op}: the office ended. {self._log()}")
        reply = json.loads(line)
        if "error" in reply:
            raise OfficeFailed(f"{op}: {reply['error']}")
        return reply["result"]

    def _kill(self) -> None:
        for process in (self._office, self._server):
            if process is not None:
                process.kill()
                process.wait()

    def _log_file(self) -> Path:
        return (self._folder or Path(tempfile.gettempdir())) / "office.log"

    def _log(self) -> str:
        with contextlib.suppress(OSError):
            return self._log_file().read_text(encoding="utf-8", errors="replace")[-2000:].strip()
        return ""


class Book:
    """A document opened in an `Office`; a context manager that closes it unsaved."""

    def __init__(self, office: Office, number: int) -> None:
        self._office = office
        self._number = number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._office.alive:
            self.close()

    def _ask(self, op: str, **args: Any) -> Any:
        return self._office.ask(op, book=self._number, **args)

    def close(self) -> None:
        """Closes the document; what was not saved is lost."""
        self._ask("close")

    def recalculate(self) -> None:
        """Recalculates every cell, changed or not (Ctrl+Shift+F9)."""
        self._ask("recalculate")

    def save(self, path: Path | str, *, filter: str | None = None) -> Path:
        """Saves a copy. The extension names the filter (xlsx xlsm xls ods csv html pdf) unless one is given."""
        target = Path(path).resolve()
        self._ask("save", path=str(target), filter=filter)
        return target

    # reading

    def sheets(self) -> list[str]:
        """The sheets' names in order."""
        names: list[str] = self._ask("sheets")
        return names

    def used(self, sheet: str | int) -> str:
        """The used area, `A1:J20`."""
        return str(self._ask("used", sheet=sheet))

    def values(self, sheet: str | int, cells: str) -> list[list[Cell]]:
        """The values of a range, row by row."""
        grid: list[list[Cell]] = self._ask("values", sheet=sheet, cells=cells)
        return grid

    def value(self, sheet: str | int, cell: str) -> Cell:
        """The value of one cell."""
        return self.values(sheet, cell)[0][0]

    def strings(self, sheet: str | int, cells: str) -> list[list[str]]:
        """The texts of a range as displayed."""
        grid: list[list[str]] = self._ask("strings", sheet=sheet, cells=cells)
        return grid

    def formulas(self, sheet: str | int, cells: str) -> list[list[str]]:
        """The formulas of a range with English names and `;` between arguments; elsewhere the content."""
        grid: list[list[str]] = self._ask("formulas", sheet=sheet, cells=cells)
        return grid

    def colors(self, sheet: str | int, cells: str) -> list[list[int]]:
        """The fill of every cell as 0xRRGGBB, -1 for none. Conditional formats are not in it."""
        grid: list[list[int]] = self._ask("colors", sheet=sheet, cells=cells)
        return grid

    def notes(self, sheet: str | int) -> dict[str, str]:
        """The comments of a sheet by cell."""
        found: dict[str, str] = self._ask("notes", sheet=sheet)
        return found

    # writing

    def set_value(self, sheet: str | int, cell: str, value: float) -> None:
        """Puts a number into a cell. A protected cell keeps what it has, as in the program."""
        self._ask("set_value", sheet=sheet, cell=cell, value=value)

    def set_string(self, sheet: str | int, cell: str, text: str) -> None:
        """Puts a text into a cell, as text even where it looks like a number."""
        self._ask("set_string", sheet=sheet, cell=cell, text=text)

    def set_formula(self, sheet: str | int, cell: str, formula: str) -> None:
        """Puts in what a person would type into an English office: `=SUM(A1;B1)`, `3`, `text`."""
        self._ask("set_formula", sheet=sheet, cell=cell, formula=formula)

    def fill(self, sheet: str | int, cells: str, rows: Sequence[Sequence[Cell]]) -> None:
        """Puts values into a whole range of the same shape, None for blank."""
        self._ask("fill", sheet=sheet, cells=cells, rows=[list(row) for row in rows])

    # acting as a person at the screen

    def insert_rows(self, sheet: str | int, row: int, count: int = 1) -> bool:
        """Insert rows before `row` (from 1) by the menu command, as a person would.

        Returns whether it happened: a protected sheet that does not allow it refuses without a word.
        """
        return bool(self._ask("insert_rows", sheet=sheet, row=row, count=count))

    def delete_rows(self, sheet: str | int, row: int, count: int = 1) -> None:
        """Deletes rows from `row` (from 1); a protected sheet refuses."""
        self._ask("delete_rows", sheet=sheet, row=row, count=count)

    def unprotect(self, sheet: str | int) -> None:
        """Takes the protection without a password off."""
        self._ask("unprotect", sheet=sheet)

    def move(self, sheet: str | int, cells: str, to: str) -> None:
        """Cuts cells and pastes them with their upper left corner at `to`; what refers to them follows."""
        self._ask("move", sheet=sheet, cells=cells, to=to)

    def copy_sheet(self, sheet: str, name: str, position: int) -> None:
        """Copies a sheet as `name` before the sheet number `position` (from 0)."""
        self._ask("copy_sheet", sheet=sheet, name=name, position=position)

    def goto(self, sheet: str | int, cells: str) -> None:
        """Makes the sheet active and selects the cells."""
        self._ask("goto", sheet=sheet, cells=cells)

    def selection(self) -> str:
        """What is selected, `Sheet1.B2`; empty for several areas."""
        return str(self._ask("selection"))

    def dispatch(self, command: str) -> None:
        """Gives a menu command on the selection, `.uno:Undo`."""
        self._ask("dispatch", command=command)

    def run_macro(self, name: str, *args: Cell, project: str = "VBAProject") -> Any:
        """Runs `Module.Procedure` of the document's Basic and gives its result, None for a Sub.

        A message box closes by itself, as if cancelled. Raises OfficeFailed with what Basic says on an
        error, and where any module of the project does not compile (then none runs).
        """
        return self._ask("run_macro", project=project, name=name, args=list(args))

    def press(self, name: str, *args: Cell, id: str = "", tag: str = "", project: str = "VBAProject") -> list[Any]:
        """Runs a ribbon callback as Excel would: its first argument is a control with this `ID` and `Tag`.

        `args` are the other arguments (pressed, index, "" for a returned value); gives them as the
        callback left them. Errors as in `run_macro`.
        """
        left: list[Any] = self._ask("press", project=project, name=name, id=id, tag=tag, args=list(args))
        return left

    def run_script(self, url: str, *args: Cell) -> Any:
        """Runs a `vnd.sun.star.script:` URL (another language, or the user's own scripts); gives its result.

        An error in Basic is not noticed this way.
        """
        return self._ask("run_script", url=url, args=list(args))


def convert(path: Path | str, to: str = "xlsx", outdir: Path | str | None = None) -> Path:
    """`Office.convert` in an office of its own (2 to 4 s); in tests prefer the fixture's."""
    with Office() as office:
        return office.convert(path, to, outdir)


def picture(pdf: Path | str, page: int = 1, *, dpi: int = 100) -> Path:
    """One page (from 1) of a PDF as a PNG beside it, `name-1.png`. Raises OfficeFailed, OfficeMissing."""
    program = shutil.which("pdftoppm")
    if program is None:
        raise OfficeMissing("pdftoppm is missing. `make test` installs it (poppler-utils).")
    source = Path(pdf)
    target = source.with_name(f"{source.stem}-{page}")
    pages = ["-f", str(page), "-l", str(page), "-singlefile"]
    command = [program, "-png", "-r", str(dpi), *pages, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    png = target.with_name(f"{target.name}.png")
    if done.returncode or not png.is_file():
        raise OfficeFailed(f"pdftoppm could not draw page {page} of {source}: {done.stderr.strip()}")
    return png


@cache
def office_program() -> Path:
    """The office's own binary; the `soffice` script would leave a process that cannot be ended by id."""
    found = shutil.which("soffice")
    folders = [Path(found).resolve().parent] if found else []
    for folder in [*folders, *map(Path, PROGRAM_FOLDERS)]:
        if (folder / "soffice.bin").is_file():
            return folder / "soffice.bin"
    raise OfficeMissing("LibreOffice (soffice.bin) is missing. `make test` installs it.")


@cache
def office_python() -> str:
    """A Python that can import `uno`: the system's, or the one shipped with the office."""
    for python in ("/usr/bin/python3", str(office_program().with_name("python"))):
        with contextlib.suppress(OSError):
            tried = subprocess.run(
                [python, "-c", "import uno"], env=_environment(), capture_output=True, timeout=60, check=False
            )
            if tried.returncode == 0:
                return python
    raise OfficeMissing("No Python can import `uno`. `make test` installs python3-uno.")


def _environment() -> dict[str, str]:
    """The environment without what would lead another Python into this virtual environment."""
    return {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}


def _read_lines(process: subprocess.Popen[str], replies: queue.Queue[str | None]) -> None:
    if process.stdout is not None:
        for line in process.stdout:
            replies.put(line)
    replies.put(None)


def _end(process: subprocess.Popen[Any]) -> None:
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
