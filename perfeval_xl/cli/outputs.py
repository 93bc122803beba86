"""What an output may be: never one of the inputs, and of a name that fits what is written."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import STANDARD, check_suffix


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


def is_same(one: Path, other: Path) -> bool:
    """Whether two names stand for one file, whether or not it exists."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return os.path.normcase(os.path.abspath(one)) == os.path.normcase(os.path.abspath(other))  # noqa: PTH100
