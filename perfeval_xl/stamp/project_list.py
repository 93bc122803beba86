"""A list of projects as offices keep it: .csv in GBK or UTF-8, .xlsx, or .json; or forms that are filled in already."""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any, Final

import msgspec

from perfeval_xl.errors import Unreadable
from perfeval_xl.files import bytes_of
from perfeval_xl.model import Form, load_document
from perfeval_xl.sources.encoding import decode
from perfeval_xl.sources.formats import Kind
from perfeval_xl.sources.kinds import recognise
from perfeval_xl.sources.sheet import Value

#: Titles and notes may stand above the row of headings.
_HIGHEST_HEADING: Final = 20
_DELIMITERS: Final = (",", "\t", ";")
_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Project:
    """One row: its number as a person counts, and what stands under each heading, or the form it is already."""

    number: int
    cells: Mapping[str, Value]
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class ProjectList:
    """The headings of a list, left to right, and its rows; blank rows are left out."""

    path: str
    headings: tuple[str, ...]
    projects: tuple[Project, ...]


def read_list(path: Path, headings: Container[str]) -> ProjectList:
    """The list at ``path``; as ``list_in``."""
    return list_in(bytes_of(path), str(path), headings)


def list_in(data: bytes, path: str, headings: Container[str]) -> ProjectList:
    """A list already read; the ending of ``path`` tells its kind.

    ``headings`` has every text that may head a column, by which the heading row is found. Raises ``Unreadable`` for
    another kind of file, and for a list without a heading that is known.
    """
    suffix = PurePath(path).suffix.lower()
    if suffix == ".json":
        return _from_json(data, path)
    if suffix == ".csv":
        rows = _csv_rows(data, path)
    elif suffix in (".xlsx", ".xlsm"):
        rows = _workbook_rows(data, path)
    else:
        raise Unreadable("list-other-kind", path=path)
    return _with_headings(rows, path, headings)


# --- rows ---------------------------------------------------------------------------------------------------------


def _csv_rows(data: bytes, path: str) -> list[list[Value]]:
    text = decode(data, path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise Unreadable("file-unreadable", path=path, detail=error) from None


def _workbook_rows(data: bytes, path: str) -> list[list[Value]]:
    """The first sheet. The package is looked at by our own opener first, within its limits."""
    kind, _ = recognise(data, path)
    if kind is not Kind.XLSX:
        raise Unreadable("list-other-kind", path=path)
    import pandas

    try:
        table = pandas.read_excel(io.BytesIO(data), header=None, dtype=object, na_filter=False, engine="openpyxl")
    except Exception as error:  # openpyxl raises whatever a damaged part leads it to
        raise Unreadable("file-unreadable", path=path, detail=error) from None
    return [[_value(cell) for cell in row] for row in table.itertuples(index=False, name=None)]


def _value(cell: Any) -> Value:
    """What pandas gives as our own readers give it: numbers exact, dates as dates, blanks as ``None``."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return Decimal(repr(cell))
    if isinstance(cell, datetime):
        return cell.date() if cell.time().isoformat() == "00:00:00" else str(cell)
    return cell if isinstance(cell, date) else str(cell)


def _with_headings(rows: Sequence[list[Value]], path: str, known: Container[str]) -> ProjectList:
    for index, row in enumerate(rows[:_HIGHEST_HEADING]):
        headings = [heading_key(cell) for cell in row]
        if sum(heading in known for heading in headings) >= min(2, sum(map(bool, headings))) > 0:
            names = tuple(" ".join(str(cell or "").split()) for cell in row)
            return ProjectList(path, names, tuple(_projects(rows[index + 1 :], names, index + 2)))
    raise Unreadable("list-no-headings", path=path)


def _projects(rows: Sequence[list[Value]], headings: Sequence[str], number: int) -> Iterator[Project]:
    for row in rows:
        cells = {heading: cell for heading, cell in zip(headings, row, strict=False) if heading and not _is_blank(cell)}
        if cells:
            yield Project(number, cells)
        number += 1


def _is_blank(cell: Value) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def heading_key(cell: Value) -> str:
    """A heading without white space, as it is looked up."""
    return "".join(str(cell or "").split())


# --- JSON ---------------------------------------------------------------------------------------------------------


def _from_json(data: bytes, path: str) -> ProjectList:
    """Objects whose keys are labels or field paths, nested or not; or a canonical document."""
    try:
        found = _decoder.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("not-json", path=path, detail=error) from None
    if isinstance(found, dict) and "schema" in found:
        forms = load_document(data.removeprefix(b"\xef\xbb\xbf"), path).forms
        return ProjectList(path, (), tuple(Project(number, {}, form) for number, form in enumerate(forms, start=1)))
    listed = found.get("projects") if isinstance(found, dict) else found
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise Unreadable("list-json-shape", path=path)
    projects = [Project(number, dict(_flat(entry, ""))) for number, entry in enumerate(listed, start=1)]
    headings = dict.fromkeys(heading for project in projects for heading in project.cells)
    return ProjectList(path, tuple(headings), tuple(projects))


def _flat(value: object, path: str) -> Iterator[tuple[str, Value]]:
    """``{"project": {"name": "甲"}}`` -> ``project.name``."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _flat(inside, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from _flat(inside, f"{path}[{number}]")
    elif isinstance(value, bool):
        yield path, str(value).upper()
    elif isinstance(value, int | Decimal):
        yield path, Decimal(value)
    elif value is not None:
        yield path, str(value)
