"""Paths of fields: taken apart, put together, ordered, looked up in a form."""

from __future__ import annotations

import pytest

from perfeval_xl.field_path import FieldPath, fund_line, indicator, parse
from tests.check_cases import clean_forms


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("indicators[3].score", FieldPath("indicators", 3, "score")),
        ("indicators[12]", FieldPath("indicators", 12)),
        ("indicators", FieldPath("indicators")),
        ("funds.lines[0].executed", FieldPath("funds.lines", 0, "executed")),
        ("funds.unit", FieldPath("funds", None, "unit")),
        ("project.name", FieldPath("project", None, "name")),
        ("title", FieldPath("title")),
        ("level1_weights.产出指标", FieldPath("level1_weights", None, "产出指标")),
        ("extra.联系人.电话[2].x", FieldPath("extra", None, "联系人.电话[2].x")),
        ("extra.", FieldPath("extra", None, "")),
    ],
)
def test_a_path_is_its_text(text: str, path: FieldPath) -> None:
    assert parse(text) == path
    assert str(path) == text


def test_paths_are_made_from_rows() -> None:
    assert str(indicator(2, "actual")) == "indicators[2].actual"
    assert str(fund_line(1).of("score")) == "funds.lines[1].score"


@pytest.mark.parametrize(
    ("path", "other", "lies_in"),
    [
        ("indicators[1].score", "indicators[1].score", True),
        ("indicators[1].score", "indicators[1]", True),
        ("indicators[1].score", "indicators", True),
        ("indicators[11].score", "indicators[1]", False),
        ("indicators[1].score", "indicators[1].weight", False),
        ("indicators[1]", "indicators[1].weight", False),
        ("funds.lines[0].score", "funds.lines", True),
        ("funds.lines[0].score", "funds", True),
        ("funds.unit", "funds.lines", False),
        ("project.name", "project", True),
    ],
)
def test_a_field_lies_in_its_row_table_and_part(path: str, other: str, lies_in: bool) -> None:
    assert parse(path).lies_in(parse(other)) is lies_in


def test_paths_stand_in_the_order_of_the_form() -> None:
    texts = ["title", "project.name", "funds.lines[0].score", "indicators[0].name", "indicators[1].target", "remark"]
    shuffled = texts[::2] + texts[1::2]
    assert sorted(shuffled, key=lambda text: parse(text).sort_key()) == texts


def test_a_path_finds_its_value() -> None:
    form = clean_forms()["mof"]
    assert parse("indicators[1].score").value_in(form) == form.indicators[1].score
    assert parse("funds.lines[0].executed").value_in(form) == form.funds.lines[0].executed
    assert parse("project.name").value_in(form) == form.project.name
    with pytest.raises(LookupError):
        parse("indicators[99].score").value_in(form)
