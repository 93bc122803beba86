"""Links from a report to the file and cell it speaks of, relative to where the report lies."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from perfeval_xl.files import STANDARD
from perfeval_xl.shown import for_documents

#: The longest link address that Excel accepts, in characters.
MOST_CHARACTERS: Final = 2000
#: Sheet names with other characters, or that look like a cell, must be quoted.
_PLAIN_SHEET: Final = re.compile(r"(?=.*[^\x00-\x7f])[^\W\d]\w*")


def file_name(source: str) -> str:
    """The name of a source without its folder."""
    return for_documents(Path(source).name or source)


def address(sheet: str | None, cell: str | None) -> str:
    """``自评表!H23``, in quotes where formulas want them; a cell alone where there is no sheet."""
    if not cell or not sheet:
        return cell or ""
    return f"{sheet}!{cell}" if _PLAIN_SHEET.fullmatch(sheet) else "'{}'!{}".format(sheet.replace("'", "''"), cell)


def _relative(source: str, output: Path | None) -> str | None:
    """The path of ``source`` as seen from the folder of ``output``; ``None`` where no link can lead there."""
    if source in ("", STANDARD) or for_documents(source) != source:
        return None
    return _between(source, "" if output is None or str(output) == STANDARD else str(output), str(Path.cwd()))


@lru_cache(maxsize=1024)
def _between(source: str, output: str, here: str) -> str:
    """Found once for all findings of a file: asking the file system takes longer than writing one. ``here`` is the
    current folder, from which both names count.
    """
    folder = Path(output).resolve().parent if output else Path(here)
    try:
        return os.path.relpath(Path(source).resolve(), folder)
    except ValueError:  # another drive of Windows
        return str(Path(source).resolve())


def web_link(source: str, sheet: str | None, cell: str | None, output: Path | None) -> str:
    """An address for HTML, empty where there is none. It never begins with a scheme but ``file:``."""
    path = _relative(source, output)
    if path is None:
        return ""
    place = address(sheet, cell)
    fragment = f"#{quote(place, safe='!')}" if place else ""
    if Path(path).is_absolute():
        return Path(path).as_uri() + fragment
    return "./" + quote(path.replace(os.sep, "/"), safe="/") + fragment


def workbook_link(source: str, sheet: str | None, cell: str | None, output: Path | None) -> str:
    """An address for XlsxWriter, percent-encoded; empty where there is none."""
    path = _relative(source, output)
    if path is None:
        return ""
    path = quote(path, safe="/\\: ") if {"#", "%"} & set(path) else path
    place = address(sheet, cell).replace("#", "")
    link = f"external:{path}#{place}" if place else f"external:{path}"
    return link if len(link) <= MOST_CHARACTERS else ""
