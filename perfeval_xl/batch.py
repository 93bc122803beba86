"""Many files: what a command line names, read one after another; a file that cannot be read never stops the others."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from perfeval_xl.errors import PerfevalError, Unreadable
from perfeval_xl.files import STANDARD, read_path
from perfeval_xl.profile import Profile
from perfeval_xl.read import Reading

#: What can be read, by the end of the name.
KINDS: Final = (
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
    ".docx",
    ".doc",
    ".html",
    ".htm",
    ".md",
    ".txt",
    ".tsv",
    ".csv",
    ".pdf",
    ".json",
)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file: its readings, or the error that stopped it."""

    path: str
    readings: tuple[Reading, ...] = ()
    error: PerfevalError | None = None


def find_sources(named: Sequence[str]) -> list[str]:
    """Files, folders (all below them) and patterns as a list of paths, in order, each once.

    Office's own lock files (``~$…``) and hidden files are left out. Raises ``Unreadable`` for what matches nothing.
    """
    found: dict[str, None] = {}
    for name in named:
        for path in _matches(name):
            found.setdefault(path)
    return list(found)


def _matches(name: str) -> list[str]:
    if name == STANDARD:
        return [STANDARD]
    path = Path(name)
    if path.is_dir():
        below = sorted(entry for entry in path.rglob("*") if entry.is_file() and _readable(entry))
        paths = [str(entry) for entry in below]
    elif path.exists() or not glob.has_magic(name):
        paths = [name]
    else:
        paths = sorted(match for match in glob.glob(name, recursive=True) if Path(match).is_file())  # noqa: PTH207 (absolute patterns)
    if not paths:
        raise Unreadable("no-source", path=name, kinds=" ".join(KINDS))
    return paths


def _readable(path: Path) -> bool:
    return path.suffix.lower() in KINDS and not path.name.startswith(("~$", "."))


def read_all(paths: Sequence[str], profile: Profile | None = None) -> Iterator[Result]:
    """Each file's forms or error, in order."""
    for path in paths:
        try:
            yield Result(path, tuple(read_path(path, profile)))
        except PerfevalError as error:
            yield Result(path, error=error)
