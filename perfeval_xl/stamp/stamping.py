"""One workbook per project, with a result for every row of the list."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from perfeval_xl.errors import CannotWrite, PerfevalError
from perfeval_xl.files import write_atomically
from perfeval_xl.messages import say
from perfeval_xl.model import Form
from perfeval_xl.profile import Profile
from perfeval_xl.stamp.columns import Columns
from perfeval_xl.stamp.file_names import NamePattern
from perfeval_xl.stamp.project_list import ListedProject
from perfeval_xl.workbook.open_workbook import Filled, filler

#: Texts that a spreadsheet would take for a formula.
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Stamped:
    """A row of the list: its number, code and name, and the file it became, or the error that stopped it."""

    number: int
    code: str
    name: str
    file: Path | None = None
    error: PerfevalError | None = None


def stamp(
    projects: Sequence[ListedProject],
    columns: Columns,
    blank: bytes,
    profile: Profile,
    folder: Path,
    names: NamePattern,
    *,
    force: bool = False,
) -> Iterator[Stamped]:
    """Fills each project into a copy of the workbook ``blank`` in ``folder``; one result for each, in order.

    A file that is there already is left as it is, unless ``force`` is set.
    """

    def keep(name: str, fill: Callable[[], Filled]) -> Path:
        target = folder / name
        if target.exists() and not force:
            raise CannotWrite("stamp-exists", path=target)
        write_atomically(target, whole(fill(), target))
        return target

    return each_filled(projects, columns, filler(blank, profile), names, keep)


def each_filled(
    projects: Sequence[ListedProject],
    columns: Columns,
    fill: Callable[[Form], Filled],
    names: NamePattern,
    keep: Callable[[str, Callable[[], Filled]], Path],
) -> Iterator[Stamped]:
    """Has ``keep`` take the file name of each project and its workbook; one result for each, in order."""
    for project in projects:
        code, name = "", ""
        try:
            form = columns.form(project)
            code, name = form.project.code or "", form.project.name or ""
            target = keep(names.name(form, project.number), partial(fill, form))
            yield Stamped(project.number, code, name, target)
        except PerfevalError as error:
            yield Stamped(project.number, code, name, error=error)


def whole(filled: Filled, target: Path) -> bytes:
    """The workbook. Raises ``CannotWrite`` where something had no cell in it."""
    if filled.left_out:
        raise CannotWrite("left-out", path=target.name, places="、".join(filled.left_out))
    return filled.data


def manifest(stamped: Sequence[Stamped]) -> bytes:
    """Row, code, name, file and result of every project, as CSV that Excel opens in the right encoding."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([say(f"cli.manifest-{column}") for column in ("number", "code", "name", "file", "result")])
    for one in stamped:
        file = one.file.name if one.file else ""
        result = say("cli.manifest-made") if one.error is None else str(one.error)
        writer.writerow([one.number, *map(_as_text, (one.code, one.name, file, result))])
    return text.getvalue().encode("utf-8-sig", "replace")


def _as_text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_SIGNS) else value
