"""The reference forms kept beside the project: every one is found, with the right cells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from perfeval_xl.layout import Layout
from perfeval_xl.layout.grid import amount
from perfeval_xl.layout.labels import layouts_by_labels
from perfeval_xl.package.addresses import Cell
from perfeval_xl.sources import open_sheets
from perfeval_xl.sources.glued import unglued
from perfeval_xl.sources.sheet import Sheet, Value

SHARED = Path(__file__).resolve().parents[2] / "shared"
SEEDS = sorted((SHARED / "seeds").glob("*.txt"))
#: Seeds whose canonical JSON is there as well.
ANSWERED = [path for path in SEEDS if (SHARED / "forms" / f"{path.stem}.json").is_file()]
PROFILES = [
    "beijing-fengtai-union",
    "beijing-fengtai-union",
    "beijing-fengtai-hrss",
    "shanghai-baoshan",
    "shenzhen-futian",
]

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SEEDS, reason="the reference forms are not here")]


@cache
def forms(path: Path) -> list[tuple[Sheet, Layout]]:
    return [
        (grid, layout) for sheet in open_sheets(path) for grid in [unglued(sheet)] for layout in layouts_by_labels(grid)
    ]


def all_seed_forms() -> Iterator[tuple[Sheet, Layout]]:
    for path in SEEDS:
        yield from forms(path)


def test_the_seeds_hold_31_forms_and_245_indicators_and_nothing_is_doubtful() -> None:
    found = [layout for _, layout in all_seed_forms()]

    assert len(found) == 31
    assert sum(len(layout.indicator_rows) for layout in found) == 245
    assert [layout.ambiguous for layout in found if layout.ambiguous] == []


def test_every_filled_cell_of_a_seed_is_data_or_print() -> None:
    for sheet, layout in all_seed_forms():
        known = {cell for _, cell in layout.places()} | layout.print_cells
        assert [value for cell, value in sheet.filled() if layout.area.covers(cell) and cell not in known] == []


def test_each_seed_gets_the_profile_of_its_region() -> None:
    found = [{layout.profile.id for _, layout in forms(path)} for path in SEEDS]

    assert found == [{profile} for profile in PROFILES]


@pytest.mark.parametrize("path", ANSWERED, ids=lambda path: path.stem)
def test_cells_hold_what_the_canonical_form_says(path: Path) -> None:
    answers = json.loads((SHARED / "forms" / f"{path.stem}.json").read_text("utf-8"), parse_float=Decimal)["forms"]

    assert len(answers) == len(forms(path))
    for (sheet, layout), answer in zip(forms(path), answers, strict=True):
        places = dict(layout.places())
        for field, expected in leaves(answer):
            assert agrees(sheet, places.get(field), expected, field), (field, expected)


def leaves(form: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Field path and value of everything the canonical form says that is a cell's text or number."""
    yield "title", form["title"]
    yield "fiscal_year", form["fiscal_year"]
    yield "remark", form["remark"]
    for group in ("project", "goals", "total"):
        yield from ((f"{group}.{name}", value) for name, value in form[group].items())
    for group, rows in (("funds.lines", form["funds"]["lines"]), ("indicators", form["indicators"])):
        for number, row in enumerate(rows):
            yield from ((f"{group}[{number}].{name}", value) for name, value in row.items() if name != "source")


def agrees(sheet: Sheet, cell: Cell | None, expected: Any, field: str) -> bool:
    value = sheet[cell] if cell else None
    if field.endswith(".level1") and cell is None:
        # Told by the level-2 label where no cell carries it.
        return expected is not None
    if expected is None:
        # Some of the forms print the rate of a fund row that is not the total; the answers differ in keeping it.
        return is_nothing(value) or field.endswith("].execution_rate")
    if field in ("title", "fiscal_year"):
        return plain(value).find(plain(expected)) >= 0
    if isinstance(expected, str):
        # A label that the print has cut off is told by its beginning.
        return plain(value) == plain(expected) or (
            field.endswith(".label") and plain(expected).startswith(plain(value))
        )
    return bool(amount(value) == expected)


def is_nothing(value: Value) -> bool:
    return plain(value) in ("", "—", "-", "/")


def plain(value: Value) -> str:
    return "".join(str(value or "").split())


def test_the_numbers_of_the_futian_forms_add_up_as_printed() -> None:
    """13 of 13: weights and scores of the indicators with the execution give the printed totals."""
    checked = 0
    for sheet, layout in forms(SEEDS[-1]):
        for column in ("weight", "score"):
            numbers = [amount(sheet[row[column]]) for row in layout.indicator_rows]
            execution = amount(sheet[layout.fund_rows[0][column]])
            assert sum(n for n in numbers if n is not None) + (execution or 0) == amount(
                sheet[layout.fields[f"total.{column}"]]
            )
        for column in ("initial_budget", "full_year_budget", "executed"):
            total, *parts = [amount(sheet[row[column]]) for row in layout.fund_rows]
            assert sum(part for part in parts if part is not None) == total
        checked += 1
    assert checked == 13


@pytest.mark.parametrize(("name", "forms_in_it"), [("003", 2), ("009", 1), ("011", 1)])
def test_foreign_forms_are_found(name: str, forms_in_it: int) -> None:
    assert len(forms(SHARED / "foreign" / f"{name}.txt")) == forms_in_it


def test_the_foreign_forms_give_no_number_that_is_not_proved() -> None:
    numbers = {
        name: [
            (path.split("].")[1], str(amount(sheet[cell])))
            for sheet, layout in forms(SHARED / "foreign" / f"{name}.txt")
            for path, cell in layout.places()
            if "]." in path and amount(sheet[cell]) is not None
        ]
        for name in ("009", "011")
    }

    assert numbers == {
        "009": [("full_year_budget", "4000"), ("executed", "4000"), ("execution_rate", "1.00")] * 2,
        "011": [],
    }
