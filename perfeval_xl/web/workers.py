"""Uploaded files through the limited workers: each request has its own, and none stays behind."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePosixPath

from perfeval_xl.batch.engine import job_count
from perfeval_xl.batch.pool import Pool
from perfeval_xl.batch.sources import printable
from perfeval_xl.batch.task import Outcome, Task, Work
from perfeval_xl.messages import Language, in_language
from perfeval_xl.web.careful import Careful
from perfeval_xl.web.settings import Settings

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file: what it is called, which is only ever shown, and its bytes."""

    name: str
    data: bytes


def shown_name(stated: str) -> str:
    """The last part of what a client calls its file, on one line and not endless."""
    name = printable(PurePosixPath(stated.replace("\\", "/")).name).strip()
    return name[-_LONGEST_NAME:] or "file"


def results(
    uploads: Sequence[Upload], work: Work, settings: Settings, language: Language
) -> Generator[Outcome, None, None]:
    """What became of every file, as they are done. Leaving the iterator early ends the workers."""
    tasks = [Task(number, upload.name, upload.data) for number, upload in enumerate(uploads)]
    with in_language(language):
        careful = work if isinstance(work, Careful) else Careful(work, settings.office)
        pool = Pool(tasks, careful, settings.jobs or job_count(len(tasks)), settings.limits)
    return _told(pool, uploads)


def _told(pool: Pool, uploads: Sequence[Upload]) -> Generator[Outcome, None, None]:
    with closing(pool.replies()) as replies:  # type: ignore[type-var]
        for reply in replies:
            yield Outcome.of(uploads[reply.index].name, reply)


async def all_results(uploads: Sequence[Upload], work: Work, settings: Settings, language: Language) -> list[Outcome]:
    """What became of every file, in the order of the files."""
    names = {upload.name: number for number, upload in enumerate(uploads)}
    outcomes = await asyncio.to_thread(lambda: list(results(uploads, work, settings, language)))
    return sorted(outcomes, key=lambda outcome: names[outcome.path])
