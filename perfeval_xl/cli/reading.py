"""Reading the sources of a command: progress on a terminal, errors and doubts as sentences on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from perfeval_xl.batch import Result, find_sources, read_all
from perfeval_xl.cli import terminal
from perfeval_xl.messages import say
from perfeval_xl.profile import Profile
from perfeval_xl.reading import Reading

#: Fewer files are read before a bar would be looked at.
LONG: Final = 10
#: Files of a folder that are not read are named up to this number.
FEW: Final = 5


def read_sources(named: Sequence[str], profile: Profile | None, *, doubts: bool = True) -> Iterator[Result]:
    """What became of every source. What could not be read is told, and also, with ``doubts``, which cells are unsure.

    Sources that match nothing come first, as results with an error.
    """
    sources = find_sources(named)
    for error in sources.errors:
        click.echo(str(error), err=True)
        yield Result(str(error.values.get("path", "")), error=error)
    if sources.passed_over:
        names = [Path(path).name for path in sources.passed_over]
        listed = "、".join(names[:FEW]) + ("…" if len(names) > FEW else "")
        terminal.note(say("cli.passed-over", count=len(names), names=listed))
    for result in _with_progress(read_all(sources.paths, profile), len(sources.paths)):
        if result.error is not None:
            click.echo(str(result.error), err=True)
        if doubts:
            for reading in result.readings:
                tell_doubts(reading)
        yield result


def _with_progress(results: Iterator[Result], count: int) -> Iterator[Result]:
    if count < LONG or terminal.is_quiet() or not sys.stderr.isatty():
        return results
    from rich.progress import track

    return iter(track(results, total=count, description="", console=terminal.console(stderr=True), transient=True))


def tell_doubts(reading: Reading) -> None:
    """A sentence for every cell whose content reading could not settle."""
    for note in reading.notes:
        cell = reading.sheet.address(note.cell) if reading.sheet and note.cell else ""
        sheet = reading.sheet.name if reading.sheet else ""
        place = say("reading.place", cell=cell, field=note.field) if note.field else cell
        click.echo(
            say(f"reading.{note.name}", path=reading.source, sheet=sheet, place=place, found=note.found), err=True
        )
