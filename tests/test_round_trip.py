"""The three round-trip laws, for documents nobody would think of, in all shipped profiles.

1. ``to-json(to-xlsx(d)) == d``.
2. Filling a workbook changes only the cells that hold the form: every other part stays byte for byte.
3. Reading never writes; a failed write leaves the old file as it was.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import read_bytes, read_path, write_atomically, write_forms
from perfeval_xl.layout.names import column_name, field_name
from perfeval_xl.model import Form, Goals, Indicator, Project, dump_document, load_document
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.workbook import open_workbook as write
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.template.drawing import FormSheet, blank, build
from tests import strategies
from tests.own_workbooks import (
    FOREIGN_PARTS,
    cells_of,
    changed_parts,
    dressed,
    fill_own,
    package_of,
    parts_of,
    sheet_part,
)


def into_workbook(own: bytes, name: str, forms: Sequence[Form]) -> bytes:
    """The workbook ``own`` with the forms in it; it must have a place for everything."""
    filled = write.into_workbook(own, name, forms)
    assert filled.left_out == ()
    return filled.data


def read_back(workbook: bytes) -> tuple[Form, ...]:
    """The forms of a workbook; whatever was written by us must be read without a doubt."""
    readings = read_bytes(workbook, "filled.xlsx")
    assert [note for reading in readings for note in reading.notes] == []
    return tuple(reading.form for reading in readings)


# --- law 1 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", profile_ids())
@settings(max_examples=15)
@given(data=st.data())
def test_a_form_comes_back_from_its_workbook_as_it_was(profile: str, data: st.DataObject) -> None:
    form = data.draw(strategies.forms(profile))
    assert read_back(to_workbook([form])) == (form,)


@settings(max_examples=15)
@given(strategies.documents())
def test_several_forms_of_any_profiles_come_back_as_they_were(forms: tuple[Form, ...]) -> None:
    assert read_back(to_workbook(forms)) == forms


@settings(max_examples=30)
@given(strategies.documents())
def test_json_comes_back_from_json_as_it_was(forms: tuple[Form, ...]) -> None:
    text = dump_document(forms)
    assert load_document(text).forms == forms
    assert dump_document(load_document(text).forms) == text


@settings(max_examples=15)
@given(st.lists(st.text(strategies.characters(), max_size=100), min_size=20, max_size=60))
def test_any_text_survives_in_any_text_cell(texts: list[str]) -> None:
    form = filled("mof")
    rows = [text_row(text) for text in texts]
    (back,) = read_back(to_workbook([changed(form, indicators=tuple(rows))]))
    assert back.indicators == tuple(rows)


@pytest.mark.parametrize("profile", profile_ids())
def test_odd_text_survives_in_every_place(profile: str) -> None:
    forms = [filled(profile, text=text, name=text, target=text, deviation=text) for text in strategies.ODD_TEXTS]
    assert read_back(to_workbook(forms)) == tuple(forms)


NUMBERS = ("weight", "score")
TEXTS = ("level1", "level2", "name", "target", "actual", "deviation")


def text_row(text: str) -> Indicator:
    """An indicator with the text in every cell that takes text."""
    cells: dict[str, Any] = dict.fromkeys(NUMBERS) | dict.fromkeys(TEXTS, text)
    return Indicator(**cells)


def filled(profile: str, *, text: str | None = None, **indicator: str | None) -> Form:
    """A form with one indicator; ``text`` also stands in every single field that takes text."""
    (reading,) = read_bytes(blank(load_profile(profile)), "blank.xlsx")
    cells: dict[str, Any] = dict.fromkeys((*NUMBERS, *TEXTS)) | indicator
    form = changed(reading.form, indicators=(Indicator(**cells),))
    if text is None:
        return form
    return changed(
        form,
        project=Project(**dict.fromkeys(form.project.__struct_fields__, text)),
        goals=Goals(expected=text, actual=text),
        title=text,
        remark=text,
        extra={text: text, "问题": None},
    )


def changed(form: Form, **fields: Any) -> Form:
    """The form with other fields."""
    return Form(**{field: getattr(form, field) for field in form.__struct_fields__} | fields)


# --- law 2 ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dressed_templates() -> dict[str, bytes]:
    """Every template after an office has made it its own."""
    return {profile: dressed(blank(load_profile(profile))) for profile in profile_ids()}


def small_form(profile: str) -> Form:
    """A form that fits the template without further rows."""
    return changed(filled(profile, text="文字", name="指标", target="≥95%", actual="97%"), extra={"问题": "无"})


def with_indicators(form: Form, count: int) -> Form:
    """The form with so many indicators."""
    two = Decimal(2)
    row: dict[str, Any] = {
        "level1": "产出指标",
        "level2": "数量指标",
        "target": "1",
        "actual": "1",
        "weight": two,
        "score": two,
    }
    rows = [Indicator(**row, name=f"指标{number}", deviation=None) for number in range(count)]
    return changed(form, indicators=tuple(rows))


@pytest.mark.parametrize("profile", profile_ids())
def test_filling_changes_nothing_but_the_sheet_of_the_form(profile: str, dressed_templates: dict[str, bytes]) -> None:
    own = dressed_templates[profile]
    form = small_form(profile)
    after = fill_own(own, [form])
    assert read_back(after) == (form,)
    assert changed_parts(own, after) == {sheet_part(own)}


@pytest.mark.parametrize("profile", profile_ids())
def test_also_where_the_program_does_not_recalculate_by_itself(
    profile: str, dressed_templates: dict[str, bytes]
) -> None:
    """Excel saves no request to compute on load; ours goes into the sheet, not into the workbook part."""
    parts = parts_of(dressed_templates[profile])
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    own = package_of(parts)
    after = fill_own(own, [small_form(profile)])
    assert changed_parts(own, after) == {sheet_part(own)}
    sheet = parts_of(after)[sheet_part(own)]
    assert (
        sheet.index(b"</sheetData>") < sheet.index(b'sheetCalcPr fullCalcOnLoad="1"') < sheet.index(b"sheetProtection")
    )


@pytest.mark.parametrize("profile", profile_ids())
def test_filling_twice_changes_nothing(profile: str, dressed_templates: dict[str, bytes]) -> None:
    form = with_indicators(small_form(profile), 15)
    once = fill_own(dressed_templates[profile], [form])
    assert fill_own(once, [form]) == once


@settings(max_examples=15)
@given(strategies.documents())
def test_filling_any_document_twice_changes_nothing(forms: tuple[Form, ...]) -> None:
    once = to_workbook(forms)
    assert fill_own(once, forms) == once


@pytest.mark.parametrize("profile", profile_ids())
def test_one_form_is_replaced_by_another(profile: str, dressed_templates: dict[str, bytes]) -> None:
    long, short = with_indicators(small_form(profile), 14), small_form(profile)
    own = fill_own(dressed_templates[profile], [long])
    again = fill_own(own, [short])
    assert read_back(again) == (short,)
    assert changed_parts(own, again) == {sheet_part(own)}
    assert read_back(fill_own(again, [long])) == (long,)


@pytest.mark.parametrize("profile", profile_ids())
def test_where_rows_come_in_what_refers_to_them_moves_and_the_rest_stays(
    profile: str, dressed_templates: dict[str, bytes]
) -> None:
    own = dressed_templates[profile]
    rows = len(load_profile(profile).indicators.rows)
    form = with_indicators(small_form(profile), rows + 3)
    after = fill_own(own, [form])
    assert read_back(after) == (form,)
    kept = set(FOREIGN_PARTS) | {"xl/styles.xml", "xl/sharedStrings.xml", "[Content_Types].xml", "xl/theme/theme1.xml"}
    assert not changed_parts(own, after) & kept
    old, new = cells_of(own), cells_of(after)
    total = field_name("total.score")
    assert int(new[total][1:]) == int(old[total][1:]) + 3
    before, book = (openpyxl.load_workbook(io.BytesIO(data)) for data in (own, after))
    sheet = book.worksheets[0]
    assert sheet[new[total]].comment is not None
    assert sheet[new[field_name("project.name")]].comment is not None
    assert sheet._images[0].anchor._from.row == int(new[total][1:]) - 1  # type: ignore[attr-defined]
    first = old[column_name("indicators", "score")]
    last = f"{first[0]}{int(new[total][1:]) - 1}"
    assert book["台账"]["A1"].value == f"='{sheet.title}'!{new[total]}"
    assert book["台账"]["A2"].value == f"=SUM('{sheet.title}'!{first}:{last})"
    chart = book["台账"]._charts[0].series[0]  # type: ignore[attr-defined]
    assert chart.val.numRef.f.replace("$", "").endswith(f"!{first}:{last}")
    assert _validated(sheet, last) == _validated(before.worksheets[0], first)
    assert {rule.formula[0].replace(last[1:], first[1:]) for rule in _marks(sheet, last)} >= {
        rule.formula[0] for rule in _marks(sheet, first)
    }


def _validated(sheet: Any, cell: str) -> list[str]:
    return [rule.type for rule in sheet.data_validations.dataValidation if cell in rule.sqref]


def _marks(sheet: Any, cell: str) -> list[Any]:
    return [rule for area in sheet.conditional_formatting if cell in area.sqref for rule in area.rules]


@pytest.mark.parametrize("profile", profile_ids())
def test_a_chain_of_calculation_never_lists_a_cell_without_a_formula(
    profile: str, dressed_templates: dict[str, bytes]
) -> None:
    """Excel reports such a workbook as damaged."""
    own = with_chain(dressed_templates[profile])
    small = small_form(profile)
    for form in (small, with_indicators(small, 15)):
        after = fill_own(own, [form])
        assert set(chain_of(after)) <= formula_cells(after)


def with_chain(data: bytes) -> bytes:
    """The workbook with the part in which Excel lists the formula cells of every sheet."""
    cells = "".join(f'<c r="{cell}" i="{sheet}"/>' for sheet, cell in sorted(formula_cells(data)))
    chain = f'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{cells}</calcChain>'
    parts = parts_of(data) | {"xl/calcChain.xml": chain.encode()}
    link = '<Relationship Id="rIdChain" Target="calcChain.xml" Type="{}/calcChain"/></Relationships>'
    types = '<Override PartName="/xl/calcChain.xml" ContentType="{}.calcChain+xml"/></Types>'
    for part, end, text in (
        ("xl/_rels/workbook.xml.rels", b"</Relationships>", link.format(OFFICE)),
        (
            "[Content_Types].xml",
            b"</Types>",
            types.format("application/vnd.openxmlformats-officedocument.spreadsheetml"),
        ),
    ):
        parts[part] = parts[part].replace(end, text.encode())
    return package_of(parts)


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def formula_cells(data: bytes) -> set[tuple[int, str]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        (number, cell.coordinate)
        for number, sheet in enumerate(book.worksheets, start=1)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def chain_of(data: bytes) -> list[tuple[int, str]]:
    parts = parts_of(data)
    if "xl/calcChain.xml" not in parts:
        assert b"calcChain" not in parts["[Content_Types].xml"] + parts["xl/_rels/workbook.xml.rels"]
        return []
    return [(int(cell.get("i", "0")), cell.get("r", "")) for cell in etree.fromstring(parts["xl/calcChain.xml"])]


def test_several_forms_are_filled_into_a_workbook_with_a_sheet_for_each() -> None:
    profiles = ("mof", "sichuan", "mof")
    book = Workbook(build([FormSheet(load_profile(profile), f"Form{n}") for n, profile in enumerate(profiles)]), "")
    for number, entry in enumerate(book.sheets[:3]):
        book.rename(entry, f"第{number}张 a'b!c")
    own = book.to_bytes()
    forms = [small_form(profile) for profile in profiles]
    after = fill_own(own, forms)
    assert read_back(after) == tuple(forms)
    assert changed_parts(own, after) == {sheet_part(own, number) for number in range(3)}


def test_a_single_sheet_is_copied_for_further_forms() -> None:
    own = blank(load_profile("sichuan"))
    forms = [with_indicators(small_form("sichuan"), count) for count in (1, 14, 3)]
    after = fill_own(own, forms)
    assert read_back(after) == tuple(forms)


def test_a_copied_sheet_takes_its_own_names_along_and_no_others() -> None:
    book = Workbook(blank(load_profile("mof")), "")
    book.rename(book.sheets[1], "另一张自评表")
    holder = book.root.find(book.tag("definedNames"))
    for name, target in (("own", "自评表!$A$1"), ("other", "另一张自评表!$A$1")):
        etree.SubElement(holder, book.tag("definedName"), name=name, localSheetId="0").text = target
    book.clone_sheet(book.sheets[0], ["it's"])
    copied = {each.get("name"): each.text for each in book.defined_names() if each.get("localSheetId") == "1"}
    assert (copied["own"], copied["other"]) == ("'it''s'!$A$1", "另一张自评表!$A$1")
    assert copied[field_name("title")].startswith("'it''s'!$")


def test_forms_that_do_not_match_the_workbook_are_refused(dressed_templates: dict[str, bytes]) -> None:
    forms = [small_form("mof")] * 2
    with pytest.raises(CannotWrite, match=r"1 .*2"):
        fill_own(dressed_templates["mof"], forms)  # its drawings cannot be copied


@pytest.mark.parametrize(
    ("value", "number_format", "read"),
    [
        (date(2024, 7, 15), "yyyy/m/d", "2024-07-15"),
        (datetime(2024, 7, 15, 9, 30), "yyyy/m/d h:mm", "2024-07-15 09:30"),
        (0.95, "0%", "95%"),
        (True, "General", "TRUE"),
    ],
)
def test_a_cell_that_is_no_text_is_read_as_it_shows(value: Any, number_format: str, read: str | Decimal) -> None:
    """A date pasted into the table brings its format along."""
    own = blank(load_profile("mof"))
    book = openpyxl.load_workbook(io.BytesIO(own))
    cell = book.worksheets[0][cells_of(own)[column_name("indicators", "actual")]]
    cell.value, cell.number_format = value, number_format
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_back(buffer.getvalue())[0].indicators[0].actual == read


# --- law 3 ----------------------------------------------------------------------------------------------------


def test_reading_never_writes(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(to_workbook([small_form("mof")]))
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    path.chmod(0o444)
    read_path(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("where", "failing"), [(os, "open"), (os, "fsync"), (Path, "replace"), (Path, "mkdir")], ids=str
)
def test_a_failed_write_leaves_the_old_file(
    where: object, failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(where, failing, fail)
        with pytest.raises(CannotWrite, match="磁盘已满"):
            write_forms([small_form("mof")], path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"old")

    def interrupt(_self: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write_forms([small_form("mof")], path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_form_that_does_not_fit_leaves_the_old_file(tmp_path: Path) -> None:
    own, path = tmp_path / "own.xlsx", tmp_path / "filled.xlsx"
    own.write_bytes(dressed(blank(load_profile("mof"))))
    path.write_bytes(b"old")
    with pytest.raises(CannotWrite):
        write_forms([small_form("mof")] * 3, path, into=own)
    assert path.read_bytes() == b"old"


def test_a_link_is_followed_and_the_rights_of_the_old_file_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "target.xlsx", tmp_path / "link.xlsx"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to_and_stays_a_device() -> None:
    write_atomically(Path("/dev/null"), b"gone")
    assert not Path("/dev/null").is_file()


def test_the_longest_name_a_folder_takes_is_taken(tmp_path: Path) -> None:
    path = tmp_path / ("表" * 83 + ".xlsx")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
