"""Writers that fail: every step of a write fails once, and writers are killed at random moments.

In the manner of SQLite: the n-th call of what can fail does fail, for every n, and each time the old file is whole or
the new one is. ``kill -9`` cannot be caught: it may leave a hidden partial file behind, which no command reads.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

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


def writers(folder: Path) -> dict[str, list[str]]:
    """Every command that writes, with its output as the last word."""
    source, workbook = folder / "source.json", folder / "source.xlsx"
    source.write_bytes(seeds()["mof.json"])
    workbook.write_bytes(seeds()["mof.xlsx"])
    made = {
        "to-json": ["to-json", str(workbook), "-o"],
        "to-xlsx": ["to-xlsx", str(source), "-o"],
        "into": ["to-xlsx", str(source), "--into", str(workbook), "-o"],
        "template": ["template", "mof", "-o"],
        "macros": ["template", "mof", "--macros", "-o"],
        "annotate": ["check", str(workbook), "--annotate"],
        "fix": ["check", str(workbook), "--fix"],
        "adopt": ["adopt", str(folder / "office.xlsx"), "-o"],
    }
    (folder / "office.xlsx").write_bytes(seeds()["sichuan.office.xlsx"])
    endings = {"to-json": ".json", "macros": ".xlsm", "adopt": ".toml"}
    return {name: [*command, str(folder / f"out-{name}{endings.get(name, '.xlsx')}")] for name, command in made.items()}


def run_writer(command: list[str]) -> int:
    """A command in this process, silent."""
    from perfeval_xl import cli

    sys.argv = ["perfeval", *command]
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(printed):
        return cli.run()


# --- every step fails once ----------------------------------------------------------------------------------------


def failing(folder: Path, names: tuple[str, ...] = ()) -> tuple[int, list[str]]:
    """How many steps were made to fail, and what went wrong then."""
    tried, faults = 0, []
    for name, command in writers(folder).items():
        if names and name not in names:
            continue
        whole = _written(command)
        for problem in _PROBLEMS:
            for place in _places(command):
                tried += 1
                faults += [f"{name}: {fault}" for fault in _one_failure(command, place, problem(), whole)]
    return tried, faults


def _written(command: list[str]) -> bytes:
    run_writer(command)
    return Path(command[-1]).read_bytes()


def _places(command: list[str]) -> list[tuple[int, int]]:
    """Step and number of its call, for every call the command makes while it writes."""
    counts = [0] * len(_STEPS)
    with _counting(counts, None, None):
        run_writer(command)
    return [(step, number) for step, count in enumerate(counts) for number in range(1, min(count, 12) + 1)]


@contextlib.contextmanager
def _counting(counts: list[int], fail: tuple[int, int] | None, problem: BaseException | None) -> Iterator[None]:
    """Counts calls made from ``files``; the one named by ``fail`` raises ``problem``."""
    originals = [getattr(holder, name) for holder, name in _STEPS]

    def counted(step: int, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if sys._getframe(1).f_globals.get("__name__") == "perfeval_xl.files":
                counts[step] += 1
                if fail == (step, counts[step]) and problem is not None:
                    raise problem
            return original(*arguments, **named)

        return call

    for step, original in enumerate(originals):
        holder, name = _STEPS[step]
        setattr(holder, name, counted(step, original))
    try:
        yield
    finally:
        for step, original in enumerate(originals):
            holder, name = _STEPS[step]
            setattr(holder, name, original)


def _one_failure(command: list[str], place: tuple[int, int], problem: BaseException, whole: bytes) -> list[str]:
    target = Path(command[-1])
    target.write_bytes(_OLD)
    with _counting([0] * len(_STEPS), place, problem):
        status = run_writer(command)
    found = target.read_bytes()
    step = f"{_STEPS[place[0]][1]} {place[1]} {type(problem).__name__}"
    faults = []
    if found not in (_OLD, whole):
        faults.append(f"{step}: neither the old file nor the new one")
    if found == _OLD and status in (0, 1) and whole != _OLD:
        faults.append(f"{step}: status {status}, but nothing was written")
    if left := [path.name for path in target.parent.glob(".perfeval-*")]:
        faults.append(f"{step}: left behind {left}")
        for path in target.parent.glob(".perfeval-*"):
            path.unlink()
    return faults


# --- kill -9 ------------------------------------------------------------------------------------------------------


def killing(folder: Path, seed: int, times: int) -> tuple[int, list[str]]:
    """How many writers were killed before they had ended, and what went wrong."""
    random = Random(seed)
    killed, faults = 0, []
    commands = writers(folder)
    wholes = {name: _written(command) for name, command in commands.items()}
    lengths = {name: _length(command) for name, command in commands.items()}
    for _ in range(times):
        name = random.choice(sorted(commands))
        target = Path(commands[name][-1])
        target.write_bytes(_OLD)
        child = os.fork()
        if child == 0:
            _end_with(commands[name])
        time.sleep(random.random() * lengths[name] * 1.2)
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        if target.read_bytes() not in (_OLD, wholes[name]):
            faults.append(f"{name}: neither the old file nor the new one")
    for path in folder.glob(".perfeval-*"):
        path.unlink()
    return killed, faults


def _end_with(command: list[str]) -> None:
    """Runs a command in a forked child, which never goes back into the program that forked it."""
    try:
        run_writer(command)
    finally:
        os._exit(0)


def _length(command: list[str]) -> float:
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _end_with(command)
    os.waitpid(child, 0)
    return time.monotonic() - started


def full_disk(folder: Path) -> list[str]:
    """Outputs to a device without room: status 2, never 1."""
    device = Path("/dev/full")
    if not device.exists():
        return []
    names = writers(folder)
    shutil.copy(names["into"][3], folder / "again.xlsx")
    faults = []
    for command in (["to-json", str(folder / "again.xlsx"), "-o"], ["to-xlsx", str(folder / "source.json"), "-o"]):
        status = run_writer([*command, str(device)])
        if status != 2:
            faults.append(f"{command[0]} to a full device: status {status}")
    return faults
