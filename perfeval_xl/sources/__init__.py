"""Any file that offices send -> ``Sheet``: one opener per kind of file (the table in ``formats``)."""

from __future__ import annotations

import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from perfeval_xl.errors import PAUSES, Unreadable, is_held
from perfeval_xl.package.limits import MOST_BYTES
from perfeval_xl.sources.formats import Kind, format_of

if TYPE_CHECKING:
    from perfeval_xl.package.parts import Parts
    from perfeval_xl.sources.sheet import Sheet

__all__ = ["open_bytes", "open_recognised", "open_sheets", "read_file"]


def open_sheets(path: Path) -> list[Sheet]:
    """The grids of a file, in its own order. Raises ``Unreadable`` with a sentence that says what to do."""
    return open_bytes(read_file(path), str(path))


def open_bytes(data: bytes, name: str) -> list[Sheet]:
    """The grids of a file already read. ``name`` is used in messages, and its extension is checked.

    The content decides what kind of file it is: an HTML table that an office system calls .xls is read as HTML.
    Raises ``Unreadable``.
    """
    from perfeval_xl.sources.kinds import recognise

    kind, parts = recognise(data, name)
    return open_recognised(kind, parts, data, name)


def open_recognised(kind: Kind, parts: Parts | None, data: bytes, name: str) -> list[Sheet]:
    """The grids of a file of a known kind; a package (``parts``) is open already. Raises ``Unreadable``."""
    from perfeval_xl.sources.long_grid import as_far_as_needed

    module, opener = format_of(kind).opener
    read = getattr(import_module(f"perfeval_xl.sources.{module}"), opener)
    sheets: list[Sheet] = read(data, name) if parts is None else read(data, parts)
    if not sheets:
        raise Unreadable("file-no-table", path=name)
    return [as_far_as_needed(sheet) for sheet in sheets]


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises ``Unreadable`` with the reason when it cannot be read."""
    try:
        if path.is_dir():
            raise Unreadable("file-is-folder", path=path)
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable("file-too-large", path=path, most=MOST_BYTES // 1024 // 1024)
        return _bytes_of(path)
    except FileNotFoundError as problem:
        raise Unreadable("file-missing", path=path) from problem
    except PermissionError as problem:
        key = "file-in-use" if is_held(problem) else "file-no-permission"
        raise Unreadable(key, path=path) from problem
    except (OSError, ValueError) as problem:
        raise Unreadable("file-unreadable", path=path, detail=problem) from problem


def _bytes_of(path: Path) -> bytes:
    """Reads, trying again for a moment: on Windows a file that Excel is just saving cannot be read."""
    for pause in PAUSES:
        try:
            return path.read_bytes()
        except PermissionError as problem:
            if not is_held(problem):
                raise
            time.sleep(pause)
    return path.read_bytes()
