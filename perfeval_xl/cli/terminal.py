"""The streams of the command: whatever encoding, pipe or full disk stands behind them, nothing is lost in silence."""

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

#: What our sentences need; an encoding without them (cp1252) is of no use for a file.
_NEEDED: Final = "绩效自评表：分值"
_META: Final = "perfeval.quiet"


def prepare() -> None:
    """Output in an encoding that can take it; characters it lacks show as ``\\u2265`` instead of ending the program.

    A closed output becomes one that refuses what is written, a closed input an empty one.
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
    """What was printed reaches its end. Raises ``OSError`` when it cannot."""
    sys.stdout.flush()


def output_failed(problem: OSError) -> None:
    """Says why the output could not be written (a reader who left is told nothing), and lets go of it."""
    if not isinstance(problem, BrokenPipeError):
        with suppress(OSError):
            click.echo(say("cli.output-failed", detail=os_reason(problem)), err=True)
    for stream in (sys.stdout, sys.stderr) if isinstance(problem, BrokenPipeError) else (sys.stdout,):
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def console(**settings: Any) -> Console:
    """A console of rich that leaves a closed pipe to ``main``: its own way out is status 1, which means findings."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Plain(**settings)


def note(sentence: str) -> None:
    """Something that went well, on standard error; ``-q`` leaves it out. Errors and doubts are said with ``-q`` too."""
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
