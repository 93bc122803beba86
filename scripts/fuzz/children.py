"""One damaged file through every command, in a child with limits on memory and time.

The child is forked from a process that has imported everything, so a case costs milliseconds; what it says of itself
comes back through a pipe, and how it ended is seen from outside: nothing a parser does can be missed.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from perfeval_xl.batch import engine

#: Seconds of work one command may take (of a busy machine's clock thirty times as many), and bytes it may ask for.
LONGEST = 10
_PATIENCE = 300.0
MOST_BYTES = 500 * 1024 * 1024
_ADDRESS_SPACE = 3 << 30
#: What a file of ours says when one of our own mistakes stopped it.
_MISTAKES = ("Traceback", "the program failed on this file", "an error nobody foresaw")


@dataclass
class Outcome:
    """What became of a case: ``faults`` is empty when every command did what is promised."""

    read: bool = False
    faults: list[str] = field(default_factory=list)
    #: What each command said on standard error, the first 2,000 characters of it.
    said: list[str] = field(default_factory=list)


def commands(path: Path, document: Path, folder: Path) -> list[list[str]]:
    """Every command that can take a file of this kind."""
    name = str(path)
    found = [
        ["check", name],
        ["to-json", name, "--where", "-o", str(folder / "out.json")],
        ["score", name, "--json"],
        ["summary", name, "-o", str(folder / "summary.xlsx")],
        ["report", name, "-o", str(folder / "report.html")],
    ]
    if path.suffix in (".csv", ".xlsx", ".json"):
        found.append(["stamp", name, "-o", str(folder / "stamped"), "--force"])
    if path.suffix == ".xlsx":
        found += [
            ["check", name, "--annotate", str(folder / "marked.xlsx")],
            ["check", name, "--fix", str(folder / "fixed.xlsx")],
            ["to-xlsx", str(document), "--into", name, "-o", str(folder / "filled.xlsx")],
            ["adopt", name, "-o", str(folder / "learned.toml")],
        ]
    elif path.suffix == ".docx":
        found.append(["to-xlsx", str(document), "--into", name, "-o", str(folder / "filled.docx")])
    elif path.suffix == ".json":
        found += [
            ["to-xlsx", name, "-o", str(folder / "written.xlsx")],
            ["check", name, "--fix", str(folder / "fixed.json")],
        ]
    return found


def run_case(path: Path, document: Path, folder: Path, chosen: Sequence[list[str]] = ()) -> Outcome:
    """All commands over one file, or those that are ``chosen``, in one child."""
    work = chosen or commands(path, document, folder)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            _be_a_child(path, document, work, write)
        finally:
            os._exit(3)  # never back into the program that forked it
    os.close(write)
    outcome = Outcome()
    running = _listen(read, outcome, child)
    os.close(read)
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if running and code < 0:
        outcome.faults.append(f"{'hang' if -code in (signal.SIGKILL, signal.SIGXCPU) else 'abort'}: {running}")
    elif code != 0:
        outcome.faults.append(f"child ended with {code}: {running}")
    if usage.ru_maxrss * 1024 > MOST_BYTES and path.stat().st_size < 1 << 20:
        outcome.faults.append(f"memory: {usage.ru_maxrss // 1024} MB")
    return outcome


def _listen(read: int, outcome: Outcome, child: int) -> str:
    """Takes the child's reports line by line; a command that says nothing for too long is ended. The one that ran."""
    running, rest = "start", b""
    while True:
        ready, _, _ = select.select([read], [], [], _PATIENCE)
        if not ready:
            os.kill(child, signal.SIGKILL)
            return running
        piece = os.read(read, 65536)
        if not piece:
            return running
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            report: dict[str, Any] = json.loads(line)
            running = report.get("running", running)
            outcome.read = outcome.read or report.get("read", False)
            outcome.faults += report.get("faults", [])
            outcome.said += report.get("said", [])


def _longest(command: Sequence[str], path: Path) -> int:
    """The seconds of a command. Stamping makes a workbook of every row of a list, fifty a second at the least."""
    return LONGEST + (path.read_bytes().count(b"\n") // 50 if command[0] == "stamp" else 0)


def _be_a_child(path: Path, document: Path, work: Sequence[list[str]], write: int) -> None:
    """Never returns."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    engine.RISKY = frozenset()  # type: ignore[misc]  # this is the other process already
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # a panic of Rust prints there

    def report(**values: object) -> None:
        os.write(write, json.dumps(values).encode() + b"\n")

    for command in work:
        report(running=" ".join(command[:1] + [word for word in command if word.startswith("--")]))
        spent = int(time.process_time()) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent + _longest(command, path), resource.RLIM_INFINITY))
        status, said = quietly(command)
        faults = [f"mistake: {command[0]}: {said.strip()[-300:]}"] if any(word in said for word in _MISTAKES) else []
        if status not in (0, 1, 2):
            faults.append(f"status {status}: {command[0]}")
        report(read=status in (0, 1), faults=faults, said=[said[:2000]])
        if status == 0 and command[0] == "to-xlsx" and "--into" in command and not said.strip().count("\n"):
            report(running="reading back")
            report(faults=_read_back(Path(command[-1]), document))
    if path.suffix == ".xlsx":
        report(running="comparing")
        report(faults=_compared(path))
    report(running="")
    os._exit(0)


def quietly(command: list[str]) -> tuple[int, str]:
    """Status, and what was said on standard error."""
    from perfeval_xl import cli

    told, printed = io.StringIO(), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    sys.argv = ["perfeval", "--lang", "en", *command]
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(printed):
        status = cli.run()
    return status, told.getvalue()


def _read_back(written: Path, document: Path) -> list[str]:
    """A filled copy about which nothing was said holds what it was filled with."""
    from perfeval_xl.errors import PerfevalError
    from perfeval_xl.files import read_path

    wanted = [reading.form for reading in read_path(document)]
    try:
        found = [reading.form for reading in read_path(written)]
    except PerfevalError as error:
        return [f"filled copy cannot be read: {error}"]
    if [(form.total, len(form.indicators), form.goals) for form in found] != [
        (form.total, len(form.indicators), form.goals) for form in wanted
    ]:
        return ["filled copy holds something else"]
    return []


def _compared(path: Path) -> list[str]:
    """Numbers that were read and stand as numbers in the cell, beside what openpyxl reads there."""
    from perfeval_xl.errors import PerfevalError
    from perfeval_xl.files import read_path

    try:
        readings = read_path(path)
    except PerfevalError:
        return []
    faults = []
    for reading in readings:
        wanted = {}
        for number, row in enumerate(reading.form.indicators):
            for column, value in (("weight", row.weight), ("score", row.score)):
                cell = reading.places.get(f"indicators[{number}].{column}")
                if cell is not None and value is not None:
                    wanted[cell.row + 1, cell.column + 1] = value
        others = _numbers(path, reading.sheet.name if reading.sheet else "", set(wanted))
        faults += [f"number: {wanted[at]} read where openpyxl has {n}" for at, n in others.items() if wanted[at] != n]
    return faults


def _numbers(path: Path, sheet: str, places: set[tuple[int, int]]) -> dict[tuple[int, int], Decimal]:
    """The numbers that openpyxl finds at some places, read row by row: it makes an object of every merged cell else."""
    if not places:
        return {}
    try:
        book = openpyxl.load_workbook(path, data_only=True, read_only=True)
        rows = book[sheet].iter_rows(max_row=max(row for row, _ in places), max_col=max(column for _, column in places))
        cells = [(cell.row, cell.column, cell.value) for row in rows for cell in row if cell.value is not None]
    except Exception:  # openpyxl reads fewer files than we do, and fails in its own ways
        return {}
    return {
        (row, column): Decimal(repr(value))
        for row, column, value in cells
        if (row, column) in places and isinstance(value, int | float) and not isinstance(value, bool)
    }
