"""``run``: which files need workers, how many of them, and the results in the order of the files."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from perfeval_xl.batch.sources import printable
from perfeval_xl.batch.task import Limits, Outcome, Reply, Task, Work
from perfeval_xl.files import STANDARD
from perfeval_xl.package.limits import CONVERTED

if TYPE_CHECKING:
    from perfeval_xl.batch.journal import Journal

#: More files than this are shared between all processors; fewer are done before a second worker has started.
FEW: Final = 50
#: Kinds whose parsers can still abort, hang or take memory in ways of their own; also a single one is read in another
#: process.
RISKY: Final = frozenset({".xls", ".xlt", ".et", ".ett", ".xlsb", ".ods", ".ots", ".pdf", *CONVERTED})
_RISKY_BEGINNINGS: Final = (b"%PDF", b"{\\rt", b"\xd0\xcf\x11\xe0", b"\x09\x08")


def run(
    paths: Sequence[str],
    work: Work,
    *,
    jobs: int | None = None,
    limits: Limits | None = None,
    journal: Journal | None = None,
    cluster: str | None = None,
) -> Generator[Outcome, None, None]:
    """The outcome of every file, in the order of ``paths``; each is worked on once.

    ``jobs`` is the number of worker processes; without it, one for few files and one for each processor for many. A
    single file of a kind that cannot do harm is worked on here, without another process. What ``journal`` knows of
    files that have not changed since is taken from it, and what is new is written there as soon as it is known.

    ``cluster`` is the address of a Dask cluster whose machines do the work instead; they read the files themselves.

    A file that takes more time or memory than ``limits`` allow, or ends its worker, gives an outcome with an error.
    Leaving the iterator early ends the workers. Raises ``Unreadable`` when no worker can be started, or
    no cluster is at the address.
    """
    known = {} if journal is None else journal.known(paths)
    tasks = [_task(index, path) for index, path in enumerate(paths) if index not in known]
    ahead: dict[int, Outcome] = {}
    with closing(_replies(tasks, work, jobs, limits or Limits(), cluster)) as replies:
        fresh = _outcomes(replies, paths, journal)
        for index in range(len(paths)):
            if journal is not None and index in known:
                yield journal.outcome(printable(paths[index]), known[index])
                continue
            while index not in ahead:
                number, outcome = next(fresh)
                ahead[number] = outcome
            yield ahead.pop(index)


def _task(index: int, path: str) -> Task:
    return Task(index, path, sys.stdin.buffer.read() if path == STANDARD else None)


def _outcomes(replies: Iterable[Reply], paths: Sequence[str], journal: Journal | None) -> Iterator[tuple[int, Outcome]]:
    for reply in replies:
        outcome = Outcome.of(printable(paths[reply.index]), reply)
        if journal is not None:
            journal.add(paths[reply.index], outcome)
        yield reply.index, outcome


def _replies(
    tasks: Sequence[Task], work: Work, jobs: int | None, limits: Limits, cluster: str | None
) -> Generator[Reply, None, None]:
    if cluster is not None:
        from perfeval_xl.batch.cluster import replies

        yield from replies(tasks, work, cluster, limits)
        return
    if jobs is None and len(tasks) == 1 and not _is_risky(tasks[0]):
        from perfeval_xl.batch.worker import do

        yield do(tasks[0], work)
        return
    from perfeval_xl.batch.pool import Pool

    yield from Pool(tasks, work, jobs or job_count(len(tasks)), limits).replies()


def job_count(files: int) -> int:
    """Worker processes for so many files: one for few, else one for each processor this process may use."""
    if files <= FEW:
        return 1
    allowed = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _is_risky(task: Task) -> bool:
    if task.data is not None:
        return task.data.lstrip()[:4].startswith(_RISKY_BEGINNINGS)
    return PurePath(task.path).suffix.lower() in RISKY
