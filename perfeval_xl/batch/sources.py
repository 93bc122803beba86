"""What a command line names: files, folders with all below them, patterns, standard input."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfeval_xl.batch.remote import find, is_url
from perfeval_xl.errors import PerfevalError, Unreadable
from perfeval_xl.files import STANDARD
from perfeval_xl.sources.formats import READABLE


@dataclass(frozen=True, slots=True)
class Sources:
    """What a command line names: ``paths`` to read in order, each once; what matched nothing; and ``passed_over``.

    ``passed_over`` are files of a folder that are of no readable format: they are counted, and are no error.
    ``in_folders`` are those of ``paths`` that nobody named: they were found in a folder.
    """

    paths: tuple[str, ...]
    errors: tuple[PerfevalError, ...] = ()
    passed_over: tuple[str, ...] = ()
    in_folders: frozenset[str] = frozenset()


def find_sources(named: Sequence[str], *, results: Path | None = None) -> Sources:
    """The files that names, folders (with all below them) and patterns stand for.

    A folder gives every file that could be read if it were named. Office's own lock files (``~$…``) and hidden files
    are left out silently, and so is what stands in ``results``, a file or folder inside the one that is searched:
    the last run wrote it there.
    """
    found: dict[str, None] = {}
    passed_over: dict[str, None] = {}
    chosen: set[str] = set()
    errors: list[PerfevalError] = []
    for name in named:
        try:
            paths, beside = _matches(name, results)
        except PerfevalError as error:
            errors.append(error)
            continue
        found |= dict.fromkeys(paths)
        if not _is_folder(name):
            chosen |= set(paths)
        passed_over |= dict.fromkeys(beside)
    others = tuple(other for other in passed_over if other not in found)
    return Sources(tuple(found), tuple(errors), others, frozenset(found.keys() - chosen))


def _matches(name: str, results: Path | None) -> tuple[list[str], list[str]]:
    """Files to read, and those of a folder that are of no readable format."""
    if name == STANDARD:
        return [STANDARD], []
    if is_url(name):
        files, others = find(name)
        return [file.url for file in files], others
    path = Path(name)
    others = []
    if _is_folder(name):
        below = list(_below(path, results))
        paths = [entry for entry in below if Path(entry).suffix.lower() in READABLE]
        others = [entry for entry in below if Path(entry).suffix.lower() not in READABLE]
    elif path.exists() or not glob.has_magic(name):
        paths = [name]
    else:
        own = None if results is None else results.resolve()
        matches = map(Path, sorted(glob.glob(name, recursive=True)))  # noqa: PTH207 (absolute patterns)
        paths = [str(match) for match in matches if match.is_file() and not _is_own(match, own)]
    if not paths:
        raise Unreadable("no-source", path=name, kinds=" ".join(READABLE))
    return paths, others


def _below(folder: Path, results: Path | None) -> Iterator[str]:
    own = None if results is None or results.resolve() == folder.resolve() else results.resolve()
    for entry in sorted(folder.rglob("*")):
        if entry.is_file() and not _is_hidden(entry, folder) and not _is_own(entry, own):
            yield str(entry)


def _is_own(entry: Path, own: Path | None) -> bool:
    """Whether a file is the result of the last run, or stands in the folder of its results."""
    return own is not None and (own == entry.resolve() or own in entry.resolve().parents)


def _is_folder(name: str) -> bool:
    return name != STANDARD and not is_url(name) and Path(name).is_dir()


def printable(path: str) -> str:
    """A path as text that can be written anywhere: bytes of a name that are no UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace") if not path.isascii() else path


def _is_hidden(entry: Path, folder: Path) -> bool:
    return any(part.startswith(("~$", ".")) for part in entry.relative_to(folder).parts)
