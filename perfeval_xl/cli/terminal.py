"""The standard streams: any encoding, closed pipe or full disk is handled, and no output is lost without an error."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import click

from perfeval_xl.errors import os_reason
from perfeval_xl.messages import say

if TYPE_CHECKING:
    from rich.console import Console

#: Characters our messages need; an encoding without them (cp1252) is replaced by UTF-8 for files.
_NEEDED: Final = "绩效自评表：分值"
_META: Final = "perfeval.quiet"


def prepare() -> None:
    """Sets up the output encoding; characters it lacks show as ``\\u2265`` instead of ending the program.

    A closed output becomes a stream whose writes fail, a closed input an empty one.
    """
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 (lives as long as the program)
    sys.stdout = sys.stdout or _refusing()
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            wide = stream.isatty() or _can_take(stream.encoding)
            stream.reconfigure(encoding=None if wide else "utf-8", errors="backslashreplace")


def _refusing() -> io.TextIOWrapper:
    """An output that cannot be written to: it also keeps its number from the next file that is opened."""
    return io.TextIOWrapper(os.fdopen(os.open(os.devnull, os.O_RDONLY), "wb"), encoding="utf-8")


def _can_take(encoding: str) -> bool:
    try:
        _NEEDED.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def finish() -> None:
    """Flushes what was printed. Raises ``OSError`` when it cannot be written."""
    sys.stdout.flush()


def output_failed(problem: OSError) -> None:
    """Reports why the output could not be written (not for a closed pipe) and closes it."""
    if not isinstance(problem, BrokenPipeError):
        with suppress(OSError):
            click.echo(say("cli.output-failed", detail=os_reason(problem)), err=True)
    for stream in (sys.stdout, sys.stderr) if isinstance(problem, BrokenPipeError) else (sys.stdout,):
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def console(**settings: Any) -> Console:
    """A console of rich that leaves a closed pipe to ``main``: rich itself would exit with 1, which means findings."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Plain(**settings)


def note(sentence: str) -> None:
    """A note about success, on standard error; ``-q`` suppresses it, but not errors and warnings."""
    if not is_quiet():
        click.echo(sentence, err=True)


def is_quiet() -> bool:
    """Whether ``-q`` was given, before or after the command."""
    context = click.get_current_context(silent=True)
    return bool(context is not None and context.meta.get(_META))


def be_quiet(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """The callback of ``-q``."""
    if wanted:
        context.meta[_META] = True
