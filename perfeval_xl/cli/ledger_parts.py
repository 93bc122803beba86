"""``to-json --cluster ADDRESS -o LEDGER.parquet/``: a ledger in parts, written by the machines of a cluster."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

import perfeval_xl
from perfeval_xl.batch.forms import FormsWork
from perfeval_xl.batch.remote import RemoteFile, find, is_url
from perfeval_xl.batch.sources import find_sources
from perfeval_xl.batch.task import Limits
from perfeval_xl.cli.many_files import INTERRUPTED, with_bar
from perfeval_xl.errors import PerfevalError, Unreadable
from perfeval_xl.files import STANDARD
from perfeval_xl.messages import say


def write_ledger_parts(named: Sequence[str], work: FormsWork, folder: str, address: str) -> bool:
    """Writes the parts that are missing; whether a source could not be read. Failures are told as they come."""
    from perfeval_xl.batch.cluster import parts_of, write_ledger

    files, errors = _files(named)
    for error in errors:
        click.echo(str(error), err=True)
    parts = parts_of(files, work, perfeval_xl.__version__)
    target = folder if is_url(folder) else str(Path(folder).absolute())
    failed = len(errors)
    try:
        for outcome in with_bar(write_ledger(parts, target, work, address, Limits()), len(files)):
            if outcome.error is not None:
                click.echo(str(outcome.error), err=True)
                failed += 1
    except KeyboardInterrupt:
        click.echo(say("cli.interrupted-run-again"), err=True)
        sys.exit(INTERRUPTED)
    click.echo(say("cli.ledger-written", folder=folder, parts=len(parts), sources=len(files), failed=failed), err=True)
    return failed > 0


def _files(named: Sequence[str]) -> tuple[list[RemoteFile], list[PerfevalError]]:
    """Every file with its size and version; local names become absolute, as all machines of a shared disk know them."""
    found: dict[str, RemoteFile] = {}
    errors: list[PerfevalError] = []
    for name in named:
        try:
            if name == STANDARD:
                raise Unreadable("ledger-parts-need-files", path=name)
            found |= {file.url: file for file in (find(name)[0] if is_url(name) else _local(name))}
        except PerfevalError as error:
            errors.append(error)
    return list(found.values()), errors


def _local(name: str) -> list[RemoteFile]:
    sources = find_sources([name])
    if sources.errors:
        raise sources.errors[0]
    files = []
    for path in map(Path, sources.paths):
        state = path.stat() if path.exists() else None
        files.append(RemoteFile(str(path.absolute()), state.st_size if state else 0, str(state and state.st_mtime_ns)))
    return files
