"""The workbooks of a list and their manifest as one ZIP, for whoever has no folder to put them in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import blank_workbook, read_bytes
from perfeval_xl.messages import say
from perfeval_xl.profile import Profile
from perfeval_xl.stamp.columns import Columns
from perfeval_xl.stamp.file_names import NamePattern
from perfeval_xl.stamp.project_list import list_in
from perfeval_xl.stamp.stamping import each_filled, manifest, whole
from perfeval_xl.workbook.open_workbook import Filled, filler

MANIFEST: Final = "manifest.csv"
NOTES: Final = "说明.txt"
PATTERN: Final = "{code}-{name}.xlsx"


class Archive(NamedTuple):
    """The ZIP, how many workbooks are in it, and how many rows became none."""

    data: bytes
    made: int
    failed: int


def archive(
    data: bytes, name: str, profile: Profile, *, pattern: str = PATTERN, year: int | None, rows: int, most: int
) -> Archive:
    """The list ``data``, called ``name``, filled into the blank form of ``profile`` with ``rows`` indicator rows.

    Beside the workbooks stand ``manifest.csv`` and, where a column was not used, a note that says so. Raises
    ``Unreadable`` for what is no list, and ``CannotWrite`` for more than ``most`` projects or a pattern without sense.
    """
    blank = blank_workbook(profile, year=year, rows=rows)
    columns = Columns(profile, read_bytes(blank, f"{profile.id}.xlsx", profile)[0].form)
    listed = list_in(data, name, columns)
    if len(listed.projects) > most:
        raise CannotWrite("list-too-many", path=name, count=len(listed.projects), most=most)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:  # workbooks are packed already

        def keep(file: str, fill: Callable[[], Filled]) -> Path:
            package.writestr(file, whole(fill(), Path(file)))
            return Path(file)

        names = NamePattern(pattern)
        results = list(each_filled(listed.projects, columns, filler(blank, profile), names, keep))
        package.writestr(MANIFEST, manifest(results))
        unused = [say("cli.column-not-used", path=name, heading=each) for each in columns.unknown(listed.headings)]
        if unused:
            package.writestr(NOTES, "\r\n".join(unused).encode("utf-8-sig"))
    failed = sum(result.error is not None for result in results)
    return Archive(buffer.getvalue(), len(results) - failed, failed)
