"""Forms found by their labels: each case is a sheet as an office sends it, and the cell of every field."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from perfeval_xl.layout.labels import layouts_by_labels
from perfeval_xl.package.addresses import Range
from tests.layout_cases import FOLDER, Case, doubts, found_cells, load_case

CASES = sorted(path for path in FOLDER.glob("*.txt") if not path.stem.startswith("refused"))


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest) -> Case:
    path: Path = request.param
    return load_case(path)


def test_every_field_is_found_in_its_cell_and_nothing_else(case: Case) -> None:
    layouts = layouts_by_labels(case.sheet)

    assert [found_cells(case.sheet, layout, filled=True) for layout in layouts] == [form.filled for form in case.forms]


def test_empty_cells_are_known_for_filling_in(case: Case) -> None:
    for layout, form in zip(layouts_by_labels(case.sheet), case.forms, strict=True):
        assert form.blank.items() <= found_cells(case.sheet, layout, filled=False).items()


def test_what_cannot_be_told_is_left_out_and_listed(case: Case) -> None:
    assert [doubts(layout) for layout in layouts_by_labels(case.sheet)] == [form.doubt for form in case.forms]


def test_the_profile_that_fits_is_taken_with_reasons(case: Case) -> None:
    layouts = layouts_by_labels(case.sheet)

    assert [layout.profile.id for layout in layouts] == [form.profile for form in case.forms]
    assert all(layout.reasons for layout in layouts)


def test_no_cell_is_both_print_and_data_and_each_form_has_its_own_area(case: Case) -> None:
    layouts = layouts_by_labels(case.sheet)

    for layout, following in zip(layouts, [*layouts[1:], None], strict=True):
        data = {cell for path, cell in layout.places() if case.sheet[cell] is not None}
        assert not data & layout.print_cells - set(layout.fields.values())
        assert following is None or layout.area.bottom < following.area.top


def test_the_same_form_lower_and_farther_right_is_read_alike(case: Case) -> None:
    down, right = 3, 2
    moved = replace(
        case.sheet,
        rows=((), (), (), *((None,) * right + row if row else () for row in case.sheet.rows)),
        merges=tuple(Range(m.top + down, m.left + right, m.bottom + down, m.right + right) for m in case.sheet.merges),
    )

    shifted = [
        {path: (cell.row - down, cell.column - right) for path, cell in layout.places() if moved[cell] is not None}
        for layout in layouts_by_labels(moved)
    ]

    assert shifted == [
        {path: tuple(cell) for path, cell in layout.places() if case.sheet[cell] is not None}
        for layout in layouts_by_labels(case.sheet)
    ]
