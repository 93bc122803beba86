"""Our templates with names deleted, singly and in pairs: the same content or told, and nothing lost on writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from random import Random

import pytest

import perfeval_xl as pe
from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import read_bytes
from perfeval_xl.model import Form
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.workbook.open_workbook import into_workbook, to_workbook
from perfeval_xl.workbook.template.drawing import blank
from tests.made_forms import made_form
from tests.own_workbooks import package_of, parts_of

_NAME = re.compile(rb'<definedName name="(perf_[^"]+)"[^>]*>[^<]*</definedName>')
#: Pairs that are tried of each template; all of them take minutes.
PAIRS = 60


@cache
def form_of(profile: str) -> Form:
    """A form that uses every part of the template."""
    return made_form(profile, points=True, extra={"项目起止时间": "2024年1月至12月"})


@cache
def filled(profile: str) -> bytes:
    """The template, filled."""
    return to_workbook([form_of(profile)])


def names(profile: str) -> list[bytes]:
    """The names that lead to content; those of the check area only show results."""
    found = [match[1] for match in _NAME.finditer(parts_of(filled(profile))["xl/workbook.xml"])]
    return [name for name in found if not name.startswith((b"perf_calc", b"perf_check"))]


def without(data: bytes, *lost: bytes) -> bytes:
    """The workbook without some of its names."""
    parts = parts_of(data)
    kept = _NAME.sub(lambda match: b"" if match[1] in lost else match[0], parts["xl/workbook.xml"])
    return package_of(parts | {"xl/workbook.xml": kept})


def problems(profile: str, *lost: bytes) -> Iterator[str]:
    """What is read wrong without a word, or lost on writing."""
    form = form_of(profile)
    called = b", ".join(lost).decode()
    (reading,) = read_bytes(without(filled(profile), *lost), "form.xlsx")
    if reading.form != form and not reading.notes:
        yield f"{profile} without {called}: read otherwise, and not told"
    empty = blank(load_profile(profile), rows=len(form.indicators))
    for source, state in ((filled(profile), "filled"), (empty, "blank")):
        try:
            written = into_workbook(without(source, *lost), "form.xlsx", [form])
        except CannotWrite:
            continue  # told, and nothing is written
        (again,) = read_bytes(written.data, "form.xlsx")
        if again.form != form and not written.left_out:
            yield f"{profile} without {called}: written into the {state} template, something is lost"


@pytest.mark.parametrize("profile", profile_ids())
def test_every_name_lost_alone(profile: str) -> None:
    wrong = [problem for name in names(profile) for problem in problems(profile, name)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("profile", profile_ids())
def test_names_lost_in_pairs(profile: str) -> None:
    pairs = Random(profile).sample(list(combinations(names(profile), 2)), PAIRS)
    wrong = [problem for pair in pairs for problem in problems(profile, *pair)]
    assert not wrong, "\n".join(wrong)


def test_a_field_whose_name_was_lost_is_told() -> None:
    book = pe.open(without(filled("mof"), b"perf_project_name"), name="form.xlsx")
    told = [finding for finding in book.check() if finding.name == "located-by-label"]
    assert [(finding.field, finding.cell) for finding in told] == [("project.name", book.cell("project.name"))]
