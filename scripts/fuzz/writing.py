"""Writers that fail: every step of a write fails once, and writers are killed at random moments.

In the manner of SQLite: the n-th call of what can fail does fail, for every n, and each time the old file is whole or
the new one is. ``kill -9`` cannot be caught, nor can a library of C that finds no memory: they may leave a hidden
partial file behind, which no command reads.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import resource
import shutil
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from scripts.fuzz.seeds import seeds

_OLD = b"what stood here before"
#: Module or class, and the function of it that the system may refuse.
_STEPS: tuple[tuple[Any, str], ...] = (
    (os, "open"),
    (os, "fdopen"),
    (os, "fsync"),
    (Path, "mkdir"),
    (Path, "chmod"),
    (Path, "replace"),
    (Path, "stat"),
)
_PROBLEMS: tuple[Callable[[], BaseException], ...] = (
    lambda: OSError(errno.ENOSPC, "no space left"),
    lambda: OSError(errno.EIO, "input/output error"),
    lambda: PermissionError(errno.EACCES, "denied"),
    MemoryError,
    KeyboardInterrupt,
)


class Writer(NamedTuple):
    """A command that writes, and the files it writes."""

    command: list[str]
    outputs: tuple[Path, ...]


#: Endings of what is no workbook; a name with a point has its own.
_ENDINGS: Final = {"to-json": ".json", "macros": ".xlsm", "adopt": ".toml", "scores": ".json", "findings": ".json"}


def writers(folder: Path, names: Sequence[str] = ()) -> dict[str, Writer]:
    """Every command that writes, or those of ``names``."""
    source, workbook, office = folder / "source.json", folder / "source.xlsx", folder / "office.xlsx"
    source.write_bytes(seeds()["mof.json"])
    workbook.write_bytes(seeds()["mof.xlsx"])
    office.write_bytes(seeds()["sichuan.office.xlsx"])
    made = {
        "to-json": ["to-json", str(workbook), "-o"],
        "to-xlsx": ["to-xlsx", str(source), "-o"],
        "into": ["to-xlsx", str(source), "--into", str(workbook), "-o"],
        "template": ["template", "mof", "-o"],
        "macros": ["template", "mof", "--macros", "-o"],
        "annotate": ["check", str(workbook), "--annotate"],
        "fix": ["check", str(workbook), "--fix"],
        "findings": ["check", str(workbook), "--format", "json", "-o"],
        "scores": ["score", str(workbook), "--json", "-o"],
        "summary": ["summary", str(workbook), "-o"],
        "opinion.html": ["report", str(workbook), "-o"],
        "opinion.docx": ["report", str(workbook), "-o"],
        "opinion.md": ["report", str(workbook), "-o"],
        "adopt": ["adopt", str(office), "-o"],
    }
    outputs = {name: folder / f"out-{name}{_ENDINGS.get(name, '' if '.' in name else '.xlsx')}" for name in made}
    found = {name: Writer([*command, str(outputs[name])], (outputs[name],)) for name, command in made.items()}
    stamped = folder / "stamped"
    if not names or "stamp" in names:
        command = ["stamp", str(source), "--force", "-o", str(stamped)]
        run_writer(command)
        found["stamp"] = Writer(command, tuple(sorted(stamped.glob("*.xlsx"))))
    return {name: writer for name, writer in found.items() if not names or name in names}


def _is_whole(found: bytes, whole: bytes) -> bool:
    """The new file as it should be; a package holds the moment it was made, so its parts are looked at."""
    if found == whole or not whole.startswith(b"PK"):
        return found == whole
    try:
        with zipfile.ZipFile(io.BytesIO(found)) as one, zipfile.ZipFile(io.BytesIO(whole)) as other:
            return one.testzip() is None and one.namelist() == other.namelist()
    except zipfile.BadZipFile:
        return False


def _is_complete(found: bytes, whole: bytes) -> bool:
    """As ``_is_whole``, or a result that tells of a file which could not be read."""
    if whole.startswith((b"{", b"[")):
        with contextlib.suppress(ValueError):
            return bool(json.loads(found))
    if found.startswith(b"PK"):
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(found)) as archive:
            return archive.testzip() is None
    return found.rstrip().endswith(b"</html>") if whole.startswith(b"<") else _is_whole(found, whole)


def run_writer(command: list[str]) -> int:
    """A command in this process, silent."""
    from perfeval_xl import cli

    sys.argv = ["perfeval", *command]
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(printed):
        return cli.run()


# --- every step fails once ----------------------------------------------------------------------------------------


def failing(folder: Path, names: Sequence[str] = (), problems: int = len(_PROBLEMS)) -> tuple[int, list[str]]:
    """How many steps were made to fail, by the first so many problems, and what went wrong then."""
    tried, faults = 0, []
    for name, writer in writers(folder, names).items():
        wholes = _written(writer)
        for problem in _PROBLEMS[:problems]:
            for place in _places(writer):
                tried += 1
                faults += [f"{name}: {fault}" for fault in _one_failure(writer, place, problem(), wholes)]
    return tried, faults


def _written(writer: Writer) -> list[bytes]:
    run_writer(writer.command)
    return [path.read_bytes() for path in writer.outputs]


def _places(writer: Writer) -> list[tuple[int, int]]:
    """Step and number of its call, for every call the command makes while it writes."""
    counts = [0] * (len(_STEPS) + 1)
    with _counting(counts, None, None):
        run_writer(writer.command)
    return [(step, number) for step, count in enumerate(counts) for number in range(1, min(count, 12) + 1)]


class _CountedFile:
    """A file whose every ``write`` and ``flush`` is a step."""

    def __init__(self, file: Any, step: Callable[[], None]) -> None:
        self._file = file
        self._step = step

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _CountedFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        """The system may take half of it, and no more."""
        try:
            self._step()
        except BaseException:
            self._file.write(data[: len(data) // 2])
            raise
        return int(self._file.write(data))

    def flush(self) -> None:
        """A full disk is often met here."""
        self._step()
        self._file.flush()


@contextlib.contextmanager
def _counting(counts: list[int], fail: tuple[int, int] | None, problem: BaseException | None) -> Iterator[None]:
    """Counts calls made from ``files``; the one named by ``fail`` raises ``problem``."""
    originals = [getattr(holder, name) for holder, name in _STEPS]

    def step_done(step: int) -> None:
        counts[step] += 1
        if fail == (step, counts[step]) and problem is not None:
            raise problem

    def counted(step: int, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            ours = sys._getframe(1).f_globals.get("__name__") == "perfeval_xl.files"
            if ours:
                step_done(step)
            result = original(*arguments, **named)
            return _CountedFile(result, lambda: step_done(len(_STEPS))) if ours and original is os_fdopen else result

        return call

    os_fdopen = os.fdopen
    for step, original in enumerate(originals):
        holder, name = _STEPS[step]
        setattr(holder, name, counted(step, original))
    try:
        yield
    finally:
        for step, original in enumerate(originals):
            holder, name = _STEPS[step]
            setattr(holder, name, original)


def _one_failure(writer: Writer, place: tuple[int, int], problem: BaseException, wholes: list[bytes]) -> list[str]:
    for path in writer.outputs:
        path.write_bytes(_OLD)
    with _counting([0] * (len(_STEPS) + 1), place, problem):
        status = run_writer(writer.command)
    name = _STEPS[place[0]][1] if place[0] < len(_STEPS) else "write"
    faults = _broken(writer, wholes)
    if all(path.read_bytes() == _OLD for path in writer.outputs) and status in (0, 1):
        faults.append(f"status {status}, but nothing was written")
    folder = writer.outputs[0].parent
    if left := list(folder.glob(".perfeval-*")):
        faults.append(f"left behind {[path.name for path in left]}")
    for path in left:
        path.unlink()
    return [f"{name} {place[1]} {type(problem).__name__}: {fault}" for fault in faults]


def _broken(writer: Writer, wholes: list[bytes], is_whole: Callable[[bytes, bytes], bool] = _is_whole) -> list[str]:
    """The outputs that are neither what they were nor what they should be."""
    return [
        f"{path.name}: neither the old file nor the new one"
        for path, whole in zip(writer.outputs, wholes, strict=True)
        if path.read_bytes() != _OLD and not is_whole(path.read_bytes(), whole)
    ]


# --- kill -9 ------------------------------------------------------------------------------------------------------


def killing(folder: Path, seed: int, times: int) -> tuple[int, list[str]]:
    """How many writers were killed before they had ended, and what went wrong."""
    random = Random(seed)
    killed, faults = 0, []
    commands = writers(folder)
    wholes = {name: _written(writer) for name, writer in commands.items()}
    lengths = {name: _length(writer) for name, writer in commands.items()}
    names = sorted(commands)
    for number in range(times):
        name = names[number % len(names)]
        child = _begun(commands[name])
        time.sleep(random.random() * lengths[name] * 1.2)
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        faults += [f"{name}: {fault}" for fault in _broken(commands[name], wholes[name])]
    _sweep(folder)
    return killed, faults


# --- no memory ----------------------------------------------------------------------------------------------------


def starving(folder: Path, seed: int, times: int, names: Sequence[str] = ()) -> tuple[int, list[str]]:
    """How many writers met the end of the memory at a random moment, and what went wrong."""
    random = Random(seed)
    starved, faults = 0, []
    commands = writers(folder, names)
    wholes = {name: _written(writer) for name, writer in commands.items()}
    chosen = sorted(commands)
    for number in range(times):
        name = chosen[number % len(chosen)]
        child = _begun(commands[name], random.randrange(8 << 20))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        starved += status not in (0, 1)
        faults += [f"{name}: {fault}" for fault in _broken(commands[name], wholes[name], _is_complete)]
        if status in (0, 1) and all(path.read_bytes() == _OLD for path in commands[name].outputs):
            faults.append(f"{name}: status {status} without memory, but nothing was written")
    _sweep(folder)
    return starved, faults


def _begun(writer: Writer, memory: int | None = None) -> int:
    """A child that runs a writer over old files, with so many bytes more than there are in use; its number."""
    for path in writer.outputs:
        path.write_bytes(_OLD)
    child = os.fork()
    if child == 0:
        _end_with(writer.command, memory)
    return child


def _end_with(command: list[str], memory: int | None) -> None:
    """Runs a command in a forked child, which never goes back into the program that forked it."""
    status = 3
    try:
        if memory is not None:
            _eaten.extend(_eat_all_but(memory))
        status = run_writer(command)
    finally:
        os._exit(status)


_eaten: list[bytearray] = []


def _eat_all_but(memory: int) -> list[bytearray]:
    """What the process has of free memory, taken, and a limit so many bytes above that."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libraries of C complain there
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_AS, (in_use, resource.RLIM_INFINITY))
    eaten = []
    for size in (1 << 20, 1 << 16, 1 << 12, 1 << 8):
        with contextlib.suppress(MemoryError):
            while True:
                eaten.append(bytearray(size))
    resource.setrlimit(resource.RLIMIT_AS, (in_use + memory, resource.RLIM_INFINITY))
    return eaten


def _length(writer: Writer) -> float:
    started = time.monotonic()
    os.waitpid(_begun(writer), 0)
    return time.monotonic() - started


def _sweep(folder: Path) -> None:
    for path in folder.rglob(".perfeval-*"):
        path.unlink()


def full_disk(folder: Path) -> list[str]:
    """Outputs to a device without room: status 2, never 1."""
    device = Path("/dev/full")
    if not device.exists():
        return []
    names = writers(folder)
    shutil.copy(names["into"].command[3], folder / "again.xlsx")
    faults = []
    for command in (["to-json", str(folder / "again.xlsx"), "-o"], ["to-xlsx", str(folder / "source.json"), "-o"]):
        status = run_writer([*command, str(device)])
        if status != 2:
            faults.append(f"{command[0]} to a full device: status {status}")
    return faults
