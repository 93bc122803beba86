"""A list of projects as offices keep it: .csv in GBK or UTF-8, .xlsx, or .json; or forms that are filled in already."""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Final

import msgspec

from perfeval_xl.errors import Unreadable
from perfeval_xl.files import bytes_of
from perfeval_xl.model import Form, load_document
from perfeval_xl.package.deadline import within_its_time
from perfeval_xl.package.limits import LONG_SHEET
from perfeval_xl.sources.encoding import decode
from perfeval_xl.sources.excel import read_xlsx
from perfeval_xl.sources.formats import Kind
from perfeval_xl.sources.kinds import recognise
from perfeval_xl.sources.sheet import CellError, Value

#: Rows searched for the headings: titles and notes may stand above them.
_HIGHEST_HEADING: Final = 20
_DELIMITERS: Final = (",", "\t", ";")
_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class ListedProject:
    """One row: its number from 1, its value under each heading, or a complete form."""

    number: int
    cells: Mapping[str, Value]
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class ProjectList:
    """The headings of a list, left to right, and its rows; blank rows are left out."""

    path: str
    headings: tuple[str, ...]
    projects: tuple[ListedProject, ...]


def read_list(path: Path, headings: Container[str]) -> ProjectList:
    """The list at ``path``; as ``list_in``."""
    return list_in(bytes_of(path), str(path), headings)


def list_in(data: bytes, path: str, headings: Container[str]) -> ProjectList:
    """A list already read; the ending of ``path`` tells its kind.

    ``headings`` has every text that may head a column, by which the heading row is found. Raises ``Unreadable`` for
    another kind of file, and for a list without a heading that is known.
    """
    with within_its_time(path, len(data)):
        return _list_of(data, path, headings)


def _list_of(data: bytes, path: str, headings: Container[str]) -> ProjectList:
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
    """The first sheet, as a person sees it: ``00123`` keeps its zeros, dates are dates."""
    kind, parts = recognise(data, path)
    if kind is not Kind.XLSX or parts is None:
        raise Unreadable("list-other-kind", path=path)
    if any(
        "sheet" in name.lower() and name.endswith(".xml") and parts.size(name) > LONG_SHEET for name in parts.names()
    ):
        raise Unreadable("list-too-long", path=path)  # of a long sheet our reader takes the beginning alone
    sheets = read_xlsx(data, parts)
    return [[_value(cell) for cell in row] for row in sheets[0].rows] if sheets else []


def _value(cell: Value) -> Value:
    """Truth and errors as they are printed."""
    if isinstance(cell, bool):
        return str(cell).upper()
    return str(cell) if isinstance(cell, CellError | datetime) else cell


def _with_headings(rows: Sequence[list[Value]], path: str, known: Container[str]) -> ProjectList:
    for index, row in enumerate(rows[:_HIGHEST_HEADING]):
        headings = [heading_key(cell) for cell in row]
        if sum(heading in known for heading in headings) >= min(2, sum(map(bool, headings))) > 0:
            names = tuple(" ".join(str(cell or "").split()) for cell in row)
            return ProjectList(path, names, tuple(_projects(rows[index + 1 :], names, index + 2)))
    raise Unreadable("list-no-headings", path=path)


def _projects(rows: Sequence[list[Value]], headings: Sequence[str], number: int) -> Iterator[ListedProject]:
    for row in rows:
        cells = {heading: cell for heading, cell in zip(headings, row, strict=False) if heading and not _is_blank(cell)}
        if cells:
            yield ListedProject(number, cells)
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
        return ProjectList(
            path, (), tuple(ListedProject(number, {}, form) for number, form in enumerate(forms, start=1))
        )
    listed = found.get("projects") if isinstance(found, dict) else found
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise Unreadable("list-json-shape", path=path)
    projects = [ListedProject(number, dict(_flat(entry, ""))) for number, entry in enumerate(listed, start=1)]
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
