"""What an output may be: never one of the inputs, and of a name that fits what is written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from perfeval_xl.batch.remote import is_url
from perfeval_xl.batch.sources import find_sources
from perfeval_xl.errors import CannotWrite, PerfevalError
from perfeval_xl.files import STANDARD, check_suffix
from perfeval_xl.sources.formats import READABLE


def check_output(output: Path | str | None, inputs: Iterable[Path | str], *suffixes: str) -> None:
    """Raises ``CannotWrite`` when ``output`` is one of ``inputs``, or its ending is none of ``suffixes``.

    A link to an input is that input; on a disk that does not tell large letters from small ones, so is its name in
    other letters. Standard output, a device and a name without ending may hold anything.
    """
    if output is None or str(output) == STANDARD:
        return
    path = Path(output)
    for name in inputs:
        if str(name) != STANDARD and is_same(path, Path(name)):
            raise CannotWrite("output-is-input", path=output)
    check_suffix(path, *suffixes)


#: Endings by which programs choose how to open a file; any other may stand on text.
_TELLING: Final = frozenset({*READABLE, ".jsonl", ".sarif", ".toml"}) - {".txt", ".md", ".csv", ".tsv"}


def check_result(output: Path | str | None, named: Sequence[str], *suffixes: str) -> Path | None:
    """What is written about the sources is none of them; the result of an earlier run may stand in their folder.

    ``suffixes`` are the endings of what is written. Gives the output as a path to be passed over in folders, ``None``
    where there is none. Raises ``CannotWrite``.
    """
    if output is None or str(output) == STANDARD or is_url(str(output)):
        return None
    path = Path(output)
    if path.suffix.lower() in _TELLING:
        check_suffix(path, *(suffixes or (".txt",)))
    if any(_is_same_file(path, name) for name in named):
        raise CannotWrite("output-is-source", path=output)
    if path.is_file() and any(_is_same_file(path, name) for name in find_sources(named).paths) and _holds_a_form(path):
        raise CannotWrite("output-is-source", path=output)
    return path


def _is_same_file(path: Path, name: str) -> bool:
    return name != STANDARD and not is_url(name) and is_same(path, Path(name))


def _holds_a_form(path: Path) -> bool:
    """Whether somebody's form stands there, and not what an earlier run wrote."""
    from perfeval_xl.files import read_path

    try:
        return bool(read_path(path))
    except PerfevalError:
        return False


def is_same(one: Path, other: Path) -> bool:
    """Whether two names stand for one file, whether or not it exists."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return os.path.normcase(os.path.abspath(one)) == os.path.normcase(os.path.abspath(other))  # noqa: PTH100
