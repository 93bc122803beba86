"""Our own template after its names were lost or went astray: read right by the labels, and told."""

from __future__ import annotations

import re

import pytest

from perfeval_xl.files import read_bytes
from perfeval_xl.layout import FUND_COLUMNS, SINGLE_FIELDS
from perfeval_xl.layout.names import PREFIX, column_name, field_name
from perfeval_xl.model import Form
from perfeval_xl.package.addresses import Cell
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.reading import Reading
from perfeval_xl.sources import open_bytes
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.template.formulas import absolute
from tests.own_workbooks import package_of, parts_of
from tests.samples import sample_forms

WORKBOOK = "xl/workbook.xml"


def sample(profile: str) -> Form:
    """A form with something in every single field, so that a wrong cell shows."""
    form = sample_forms(profile)[0]
    texts = {name: getattr(form.project, name) or f"某{name}" for name in form.project.__struct_fields__}
    fields = {name: getattr(form, name) for name in form.__struct_fields__}
    return Form(**fields | {"project": type(form.project)(**texts), "remark": "本表的说明文字"})


def with_names(data: bytes, pattern: str, replacement: str = "") -> bytes:
    """The workbook with the ``definedName`` elements that match changed or gone."""
    parts = parts_of(data)
    changed, count = re.subn(pattern.encode(), replacement.encode(), parts[WORKBOOK])
    assert count
    return package_of(parts | {WORKBOOK: changed})


def without(data: bytes, name: str) -> bytes:
    return with_names(data, f'<definedName name="{name}"[^>]*>[^<]*</definedName>')


def pointing_to(data: bytes, name: str, target: str) -> bytes:
    return with_names(data, f'(<definedName name="{name}"[^>]*>)[^<]*', rf"\g<1>{target}")


def read(data: bytes) -> Reading:
    (reading,) = read_bytes(data, "damaged.xlsx")
    return reading


def told(reading: Reading) -> dict[str | None, Cell | None]:
    return {note.field: note.cell for note in reading.notes if note.name == "located-by-label"}


@pytest.mark.parametrize("profile", profile_ids())
@pytest.mark.parametrize("path", SINGLE_FIELDS)
def test_a_field_that_lost_its_name_is_found_by_its_label(profile: str, path: str) -> None:
    form = sample(profile)
    data = to_workbook([form])
    cell = open_bytes(data, "a.xlsx")[0].names[field_name(path)].anchor
    reading = read(without(data, field_name(path)))
    assert reading.form == form
    assert told(reading) == {path: cell}


@pytest.mark.parametrize("profile", profile_ids())
def test_a_column_that_lost_its_name_is_found_by_its_heading(profile: str) -> None:
    form = sample(profile)
    data = to_workbook([form])
    names = open_bytes(data, "a.xlsx")[0].names
    for table, columns in (("funds", FUND_COLUMNS), ("indicators", load_profile(profile).indicator_columns())):
        for column in columns:
            name = column_name(table, column)
            reading = read(without(data, name))
            assert reading.form == form, name
            assert told(reading) == {f"{table}.{column}": names[name].anchor}


@pytest.mark.parametrize("profile", profile_ids())
def test_a_table_that_lost_all_its_names(profile: str) -> None:
    form = sample(profile)
    data = without(to_workbook([form]), "perf_indicators_[a-z0-9_]+")
    reading = read(data)
    assert reading.form.indicators == form.indicators
    assert len(told(reading)) == len(load_profile(profile).indicator_columns())


@pytest.mark.parametrize("profile", profile_ids())
def test_a_name_that_went_along_with_a_cut_cell(profile: str) -> None:
    """The department was typed into the wrong cell, cut and pasted: its old cell's name came along."""
    form = sample(profile)
    data = to_workbook([form])
    names = open_bytes(data, "a.xlsx")[0].names
    there = absolute(names[field_name("project.department")].anchor)
    sheet = f"'{open_bytes(data, 'a.xlsx')[0].name}'!"
    data = pointing_to(data, field_name("project.name"), sheet + there.replace("$", "\\$").replace("\\", ""))
    reading = read(pointing_to(data, field_name("project.department"), "#REF!"))
    assert reading.form == form
    assert told(reading).keys() == {"project.name", "project.department"}


@pytest.mark.parametrize("profile", profile_ids())
def test_names_of_two_columns_that_changed_places(profile: str) -> None:
    form = sample(profile)
    data = to_workbook([form])
    weight, score = column_name("indicators", "weight"), column_name("indicators", "score")
    names = open_bytes(data, "a.xlsx")[0].names
    sheet = f"'{open_bytes(data, 'a.xlsx')[0].name}'!"
    for name, other in ((weight, score), (score, weight)):
        area = names[other]
        target = f"{sheet}{absolute(area.anchor)}:{absolute(Cell(area.bottom, area.right))}"
        data = pointing_to(data, name, target)
    reading = read(data)
    assert reading.form == form
    assert told(reading).keys() == {"indicators.weight", "indicators.score"}


@pytest.mark.parametrize("profile", profile_ids())
def test_without_any_name_the_labels_do_and_the_mark_tells_the_profile(profile: str) -> None:
    form = sample(profile)
    reading = read(without(to_workbook([form]), PREFIX + "[a-z0-9_]+"))
    assert reading.layout is not None
    assert reading.layout.by == "label"
    assert reading.form.profile == profile
    assert reading.form.indicators == form.indicators
    assert reading.form.funds == form.funds
    assert reading.form.project == form.project
    assert reading.form.total == form.total
    assert reading.form.level1_weights == form.level1_weights
    unread = {note.found for note in reading.notes if note.name == "unread-content"}
    if reading.form.remark != form.remark:
        assert form.remark in unread


@pytest.mark.parametrize("profile", profile_ids())
def test_nothing_is_told_of_a_sound_template(profile: str) -> None:
    assert read(to_workbook([sample(profile)])).notes == ()
