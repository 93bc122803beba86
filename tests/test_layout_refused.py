"""What is not the form: other tables, prose and sister forms, which are refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.errors import NotAForm
from perfeval_xl.layout.grid import Grid
from perfeval_xl.layout.headings import has_indicators_heading
from perfeval_xl.layout.labels import layouts_by_labels
from perfeval_xl.messages import in_language
from perfeval_xl.package.addresses import Range
from perfeval_xl.profile.vocabulary import vocabulary
from perfeval_xl.sources.sheet import Sheet, Value
from tests.layout_cases import FOLDER, load_case

FORMS = sorted(path for path in FOLDER.glob("*.txt") if path.stem != "refused")


def pages() -> Iterator[tuple[str, str, Sheet]]:
    for part in (FOLDER / "refused.txt").read_text("utf-8").split("=== ")[1:]:
        heading, _, table = part.partition("\n")
        name, expected = heading.split(" | ")
        rows = tuple(
            tuple(cell.strip().replace("\\n", "\n") or None for cell in line.split("|")) for line in table.splitlines()
        )
        yield name, expected, Sheet("page.xlsx", "Sheet1", rows)


PAGES = list(pages())


@pytest.mark.parametrize(
    "sheet", [s for _, expected, s in PAGES if expected == "none"], ids=[n for n, e, _ in PAGES if e == "none"]
)
def test_another_table_holds_no_form(sheet: Sheet) -> None:
    assert layouts_by_labels(sheet) == []


@pytest.mark.parametrize(
    "sheet", [s for _, expected, s in PAGES if expected == "sister"], ids=[n for n, e, _ in PAGES if e == "sister"]
)
def test_a_sister_form_is_refused_by_its_name(sheet: Sheet) -> None:
    with pytest.raises(NotAForm) as refusal:
        layouts_by_labels(sheet)

    title = "".join(str(sheet[0, 0]).split())
    for language in ("zh", "en"):
        with in_language(language):
            assert title in str(refusal.value)
            assert "page.xlsx" in str(refusal.value)


@pytest.mark.parametrize("sheet", [s for _, _, s in PAGES], ids=[n for n, _, _ in PAGES])
def test_beside_a_form_other_tables_are_passed_over(sheet: Sheet) -> None:
    form = load_case(FOLDER / "national_worksheet.txt").sheet
    merges = tuple(Range(m.top + len(sheet.rows), m.left, m.bottom + len(sheet.rows), m.right) for m in form.merges)
    both = replace(form, rows=(*sheet.rows, *form.rows), merges=merges)

    found = layouts_by_labels(both)

    assert len(found) == 1
    assert found[0].fields["title"].row == len(sheet.rows)
    assert len(found[0].indicator_rows) == 4


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_without_the_headings_of_its_indicators_is_none(path: Path) -> None:
    sheet = load_case(path).sheet
    grid = Grid(sheet, vocabulary(None))
    headings = {row for row in grid.rows if has_indicators_heading(grid, row)}
    without = replace(sheet, rows=tuple(() if n in headings else row for n, row in enumerate(sheet.rows)), merges=())

    assert layouts_by_labels(without) == []


def test_a_sheet_named_after_the_department_form_is_refused_even_without_a_title() -> None:
    rows: tuple[tuple[Value, ...], ...] = (
        ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"),
        ("产出指标", "数量指标", "场次", Decimal(10), Decimal(10), Decimal(50), Decimal(50)),
    )

    with pytest.raises(NotAForm):
        layouts_by_labels(Sheet("page.xlsx", "部门整体支出自评", rows))


LABELS = sorted(vocabulary(None).roles)
CELLS = st.one_of(st.none(), st.sampled_from(LABELS), st.text(max_size=8), st.decimals(0, 100, places=2))
#: Row, column and what is typed, deleted or pushed in there.
CHANGES = st.tuples(st.integers(0, 25), st.integers(0, 9), CELLS, st.sampled_from(["replace", "insert", "delete"]))


@given(st.sampled_from(FORMS), st.lists(CHANGES, max_size=12), st.booleans())
def test_no_damage_to_a_form_crashes_it_or_gives_a_cell_two_meanings(
    path: Path, changes: list[tuple[int, int, Value, str]], is_text: bool
) -> None:
    sheet = damaged(load_case(path).sheet, changes)
    for layout in layouts_by_labels(replace(sheet, addressing="table" if is_text else "A1")):
        for row in (*layout.fund_rows, *layout.indicator_rows):
            assert len(set(row.values())) == len(row)
        cells = [cell for row in layout.indicator_rows for cell in row.values()]
        assert all(layout.area.top <= cell.row <= layout.area.bottom for cell in cells)
        assert not {doubt.cell for doubt in layout.ambiguous} & {
            c for row in layout.indicator_rows for c in row.values()
        }


def damaged(sheet: Sheet, changes: list[tuple[int, int, Value, str]]) -> Sheet:
    """The sheet after cells were overwritten, pushed in or taken out."""
    rows = [list(row) for row in sheet.rows]
    for at, column, value, how in changes:
        row = rows[at % len(rows)]
        row += [None] * (column + 1 - len(row))
        if how == "replace":
            row[column] = value
        elif how == "insert":
            row.insert(column, value)
        else:
            del row[column]
    return replace(sheet, rows=tuple(map(tuple, rows)))
