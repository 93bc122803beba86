"""The cases of findings, data in ``tests/cases/checks``: a form without faults, one change, what is reported."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from lxml import etree

from perfeval_xl.files import read_bytes
from perfeval_xl.model import Form, dump_document, load_document
from perfeval_xl.package.addresses import parse_a1
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.reading import Reading
from perfeval_xl.workbook.open_workbook import to_workbook

FOLDER: Final = Path(__file__).parent / "cases" / "checks"
NAME: Final = "case.xlsx"
_STEP: Final = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True)
class Case:
    """One change to a form without faults. ``fails`` says whether the finding ``name`` is reported, and there alone."""

    name: str
    form: str
    zh: str
    en: str
    set: Mapping[str, Any] = field(default_factory=dict)
    clear: tuple[str, ...] = ()
    typed: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    #: Formulas that were saved without their results, rows (from 1) that are hidden, and whether all names are lost.
    uncalculated: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[int, ...] = ()
    unnamed: bool = False
    add: tuple[Mapping[str, Any], ...] = ()
    copies: int = 1
    codes: tuple[str, ...] = ()
    field: str | None = None
    cell: str | None = None
    found: str | None = None
    expected: str | None = None

    @property
    def fails(self) -> bool:
        """Whether the finding is reported."""
        return any((self.field, self.cell, self.found))

    def forms(self) -> list[Form]:
        """The changed form, as often as the batch holds it: of projects with ``codes``, else each of another one."""
        form = changed_form(self)
        if self.copies == 1:
            return [form]
        replaced = msgspec.structs.replace
        codes = self.codes or tuple(f"P{number}" for number in range(self.copies))
        return [replaced(form, project=replaced(form.project, code=code or None)) for code in codes]


@cache
def cases() -> tuple[Case, ...]:
    """All cases, file by file."""
    found: list[Case] = []
    for path in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        found += [Case(name=name, **_tupled(case)) for name, listed in table.items() for case in listed]
    return tuple(found)


def _tupled(case: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in case.items()}


@cache
def clean_forms() -> dict[str, Form]:
    """The forms without faults, by profile."""
    return {form.profile: form for form in load_document((FOLDER / "clean.json").read_bytes()).forms}


def changed_form(case: Case) -> Form:
    """The form of a case as a document, before anything is typed into its workbook."""
    document = _document(clean_forms()[case.form])
    for path in case.clear:
        _put(document, path, [] if path == "indicators" else None)
    for path, value in case.set.items():
        _put(document, path, value)
    for row in case.add:
        lines = document["funds"]["lines"]
        lines.append(dict.fromkeys(lines[0]) | dict(row))
    return _form(document)


def _document(form: Form) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(dump_document([form]), parse_float=Decimal)["forms"][0]
    return document


def _form(document: dict[str, Any]) -> Form:
    data = msgspec.json.Encoder(decimal_format="number").encode({"schema": "perfeval/1", "forms": [document]})
    return load_document(data).forms[0]


def _put(document: Any, path: str, value: object) -> None:
    *steps, last = _STEP.findall(path)
    holder = document
    for step in steps:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    holder[last] = value


def workbook_of(case: Case) -> bytes:
    """The form of a case in its template, with what was typed over it."""
    data = to_workbook(case.forms()[:1])
    if not (case.typed or case.lost or case.error or case.uncalculated or case.hidden or case.unnamed):
        return data
    workbook = Workbook(data, NAME)
    entry = workbook.sheets[0]
    part = SheetPart(workbook.package.tree(entry.part))
    for address, value in case.typed.items():
        part.set_value(parse_a1(address), Decimal(value) if isinstance(value, int) else value or None)
    for address, text in case.error.items():
        _show_error(part, address, text)
    for address, formula in case.uncalculated.items():
        _leave_uncalculated(part, address, formula)
    for row in case.hidden:
        part.rows()[row - 1].set("hidden", "1")
    workbook.package.write_tree(entry.part, part.root)
    for name in workbook.defined_names():
        if name.get("name") in case.lost or case.unnamed:
            name.getparent().remove(name)
            workbook.touch()
    return workbook.to_bytes()


def _leave_uncalculated(part: SheetPart, address: str, formula: str) -> None:
    cell = parse_a1(address)
    part.set_value(cell, None)
    etree.SubElement(part.cells(cell.row)[cell.column], part.tag("f")).text = formula


def _show_error(part: SheetPart, address: str, text: str) -> None:
    cell = parse_a1(address)
    part.set_value(cell, None)
    element = part.cells(cell.row)[cell.column]
    element.set("t", "e")
    etree.SubElement(element, part.tag("v")).text = text


def readings_of(case: Case) -> tuple[list[Reading], dict[str, bytes]]:
    """What is read from the workbook of a case, and the workbook under its name."""
    if case.copies > 1:
        return [Reading(form, f"{number}.json") for number, form in enumerate(case.forms())], {}
    data = workbook_of(case)
    return read_bytes(data, NAME), {NAME: data}
