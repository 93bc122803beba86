"""Many files: what a command line names, read one after another; a file that cannot be read never stops the others."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfeval_xl.errors import PerfevalError, Unreadable
from perfeval_xl.files import STANDARD, read_bytes, read_path
from perfeval_xl.last_resort import logged
from perfeval_xl.profile import Profile
from perfeval_xl.reading import Reading
from perfeval_xl.sources.formats import READABLE


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one source: its readings, or the error that stopped it.

    ``data`` is the content of standard input, which cannot be read a second time.
    """

    path: str
    readings: tuple[Reading, ...] = ()
    error: PerfevalError | None = None
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """What a command line names: ``paths`` to read in order, each once; what matched nothing; and ``passed_over``.

    ``passed_over`` are files of a folder that are of no readable format: they are counted, and are no error.
    """

    paths: tuple[str, ...]
    errors: tuple[PerfevalError, ...] = ()
    passed_over: tuple[str, ...] = ()


def find_sources(named: Sequence[str]) -> Sources:
    """The files that names, folders (with all below them) and patterns stand for.

    A folder gives every file that could be read if it were named. Office's own lock files (``~$…``) and hidden files
    are left out without a word.
    """
    found: dict[str, None] = {}
    passed_over: dict[str, None] = {}
    errors: list[PerfevalError] = []
    for name in named:
        try:
            paths, others = _matches(name)
        except PerfevalError as error:
            errors.append(error)
            continue
        found |= dict.fromkeys(paths)
        passed_over |= dict.fromkeys(others)
    return Sources(tuple(found), tuple(errors), tuple(other for other in passed_over if other not in found))


def _matches(name: str) -> tuple[list[str], list[str]]:
    """Files to read, and those of a folder that are of no readable format."""
    if name == STANDARD:
        return [STANDARD], []
    path = Path(name)
    others: list[str] = []
    if path.is_dir():
        below = [str(entry) for entry in sorted(path.rglob("*")) if entry.is_file() and not _is_hidden(entry, path)]
        paths = [entry for entry in below if Path(entry).suffix.lower() in READABLE]
        others = [entry for entry in below if Path(entry).suffix.lower() not in READABLE]
    elif path.exists() or not glob.has_magic(name):
        paths = [name]
    else:
        paths = sorted(match for match in glob.glob(name, recursive=True) if Path(match).is_file())  # noqa: PTH207 (absolute patterns)
    if not paths:
        raise Unreadable("no-source", path=name, kinds=" ".join(READABLE))
    return paths, others


def _is_hidden(entry: Path, folder: Path) -> bool:
    return any(part.startswith(("~$", ".")) for part in entry.relative_to(folder).parts)


def read_all(paths: Sequence[str], profile: Profile | None = None) -> Iterator[Result]:
    """Each source's forms or error, in order. Nothing about one source stops the others."""
    for path in paths:
        data: bytes | None = None
        try:
            if path == STANDARD:
                data = sys.stdin.buffer.read()
                yield Result(path, tuple(read_bytes(data, path, profile)), data=data)
            else:
                yield Result(path, tuple(read_path(path, profile)))
        except PerfevalError as error:
            yield Result(path, error=error, data=data)
        except (Exception, RecursionError) as error:
            # A mistake of ours on one file must not cost the reviewer the other 999.
            detail = f"{type(error).__name__}, {logged(error) or error}"
            yield Result(path, error=Unreadable("unexpected", path=path, detail=detail))
