"""Many files: what a command line names, read one after another; a file that cannot be read never stops the others."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from perfeval_xl.errors import PerfevalError, Unreadable
from perfeval_xl.files import STANDARD, read_bytes, read_path
from perfeval_xl.profile import Profile
from perfeval_xl.reading import Reading

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
    """What became of one source: its readings, or the error that stopped it.

    ``data`` is the content of standard input, which cannot be read a second time.
    """

    path: str
    readings: tuple[Reading, ...] = ()
    error: PerfevalError | None = None
    data: bytes | None = None


def find_sources(named: Sequence[str]) -> tuple[list[str], list[PerfevalError]]:
    """Files, folders (all below them) and patterns as paths, in order, each once; and an error for each without match.

    Office's own lock files (``~$…``) and hidden files are left out.
    """
    found: dict[str, None] = {}
    errors: list[PerfevalError] = []
    for name in named:
        try:
            found |= dict.fromkeys(_matches(name))
        except PerfevalError as error:
            errors.append(error)
    return list(found), errors


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
            yield Result(path, error=Unreadable("unexpected", path=path, detail=f"{type(error).__name__}: {error}"))
