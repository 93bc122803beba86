"""Commands that work on many files: common options, progress, messages beside the result, resuming."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import click

from perfeval_xl.batch.engine import FEW as FEW_FILES
from perfeval_xl.batch.engine import run
from perfeval_xl.batch.sources import Sources, find_sources
from perfeval_xl.batch.task import Outcome, Work
from perfeval_xl.cli import terminal
from perfeval_xl.messages import say

if TYPE_CHECKING:
    from perfeval_xl.batch.journal import Journal

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
#: Below this many files no progress bar is shown.
LONG: Final = 10
#: Files of a folder that are not read are named up to this number.
FEW: Final = 5
#: Exit status after Ctrl-C, as shells have it; 1 would mean findings.
INTERRUPTED: Final = 130
#: Text without a form in a folder is a note beside the forms; a workbook without one is a form that was not found.
_NOTES: Final = frozenset({".md", ".txt", ".csv", ".tsv", ".html", ".htm", ".mht", ".mhtml"})
_NO_FORM: Final = frozenset({"no-form", "file-no-table"})


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run works: number of processes, cluster address, journal to continue."""

    jobs: int | None = None
    resume: Path | None = None
    cluster: str | None = None


def many_files_options(function: F) -> F:
    """``--jobs``, ``--resume`` and ``--cluster``, given to the command as one ``manner``."""

    @functools.wraps(function)
    def with_manner(*arguments: Any, jobs: int | None, resume: Path | None, cluster: str | None, **options: Any) -> Any:
        return function(*arguments, manner=Manner(jobs, resume, cluster), **options)

    with_jobs = click.option("--jobs", type=click.IntRange(1, 1024), metavar="N", help="进程数 / worker processes")
    with_resume = click.option(
        "--resume",
        metavar="JOURNAL",
        type=click.Path(dir_okay=False, path_type=Path),
        help="记录进度，中断后从这里继续 / keep a journal, and continue it",
    )
    with_cluster = click.option("--cluster", metavar="ADDRESS", help="在 Dask 集群上运行 / work on a Dask cluster")
    decorated: Any = with_jobs(with_resume(with_cluster(with_manner)))
    return cast(F, decorated)


@contextmanager
def worked_on(
    named: Sequence[str], work: Work, manner: Manner, *, results: Path | None = None
) -> Iterator[Iterator[Outcome]]:
    """The outcome of every file that ``named`` stands for, in order; errors are printed as they come.

    Names that match nothing come first, as outcomes with an error. Text files of a folder that hold no form are told
    and left out; so is what stands in ``results``, where an earlier run wrote. Ctrl-C inside the block ends the program
    with a sentence that says how to go on.
    """
    sources = find_sources(named, results=results)
    journal = _journal(len(sources.paths), work, manner)
    keep = manner.resume is not None
    try:
        with closing(_told(sources, work, manner, journal)) as outcomes:
            yield outcomes
    except KeyboardInterrupt:
        keep = True
        _tell_how_to_go_on(journal, len(sources.paths))
        sys.exit(INTERRUPTED)
    finally:
        if journal is not None:
            journal.close()
            if not keep:
                journal.path.unlink(missing_ok=True)


def _told(sources: Sources, work: Work, manner: Manner, journal: Journal | None) -> Generator[Outcome, None, None]:
    for error in sources.errors:
        click.echo(str(error), err=True)
        yield Outcome(str(error.values.get("path", "")), error=error)
    if sources.passed_over:
        names = [PurePath(path).name for path in sources.passed_over]
        listed = "、".join(names[:FEW]) + ("…" if len(names) > FEW else "")
        terminal.note(say("cli.passed-over", count=len(names), names=listed))
    outcomes = run(sources.paths, work, jobs=manner.jobs, journal=journal, cluster=manner.cluster)
    for path, outcome in zip(sources.paths, with_bar(outcomes, len(sources.paths)), strict=True):
        if path in sources.in_folders and _is_note(outcome):
            click.echo(say("cli.no-form-in-note", path=outcome.path), err=True)
            continue
        if outcome.error is not None:
            click.echo(str(outcome.error), err=True)
        yield outcome


def tell_all(sentences: Iterable[str]) -> None:
    """Sentences beside the result."""
    for sentence in sentences:
        click.echo(sentence, err=True)


def _is_note(outcome: Outcome) -> bool:
    error = outcome.error
    return error is not None and error.key in _NO_FORM and PurePath(outcome.path).suffix.lower() in _NOTES


# --- progress -----------------------------------------------------------------------------------------------------


def with_bar(results: Iterator[T], count: int) -> Iterator[T]:
    """The results; meanwhile a bar with the rate and the time left, on a terminal only."""
    if count < LONG or terminal.is_quiet() or not sys.stderr.isatty():
        yield from results
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    on_screen = sys.stdout.isatty()
    with Progress(
        *columns, console=terminal.console(stderr=True), transient=True, redirect_stdout=on_screen
    ) as progress:
        bar = progress.add_task("", total=count, rate="")
        for result in results:
            speed = progress.tasks[0].speed
            progress.update(bar, advance=1, rate=say("cli.rate", count=round(speed)) if speed else "")
            yield result


# --- the journal --------------------------------------------------------------------------------------------------


def _journal(files: int, work: Work, manner: Manner) -> Journal | None:
    """The journal that was named; else, of many files, one in the folder for temporary files, in case of Ctrl-C."""
    from perfeval_xl.batch.journal import Journal

    if manner.resume is not None:
        return Journal(manner.resume, work)
    if files <= FEW_FILES:
        return None
    number, name = tempfile.mkstemp(prefix="perfeval-", suffix=".journal")
    os.close(number)
    return Journal(Path(name), work)


def _tell_how_to_go_on(journal: Journal | None, count: int) -> None:
    if journal is None:
        click.echo(say("cli.interrupted"), err=True)
    else:
        click.echo(say("cli.interrupted-go-on", done=len(journal), count=count, journal=journal.path), err=True)
