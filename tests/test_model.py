"""The canonical JSON: exact decimals in and out, every wrong document refused with its place, a schema that agrees."""

from __future__ import annotations

import copy
import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from perfeval_xl.errors import InvalidDocument
from perfeval_xl.messages import LANGUAGES, in_language
from perfeval_xl.model import (
    MOST_CHARACTERS,
    FundLine,
    Total,
    Where,
    check_text,
    dump_document,
    json_schema,
    load_document,
)
from tests import strategies

SAMPLES = sorted((Path(__file__).parents[1] / "perfeval_xl/samples").glob("*.json"))
CASES = tomllib.loads((Path(__file__).parent / "cases/model/refused.toml").read_text("utf-8"))["case"]
#: What types and JSON Schema cannot say, and the model checks by itself.
BEYOND_SCHEMA = {
    "year of two digits",
    "more digits than a cell holds",
    "larger than a cell holds",
    "smaller than a cell holds",
    "a huge exponent",
    "too many digits in the points of level 1",
    "half a character",
    "no character",
}
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def sample() -> Any:
    return json.loads(next(path for path in SAMPLES if path.stem == "mof").read_bytes())


def total(score: str) -> bytes:
    """A document with one number in it, as written."""
    document = sample()
    document["forms"][0]["total"]["score"] = "NUMBER"
    return json.dumps(document, ensure_ascii=False).replace('"NUMBER"', score).encode()


def changed(case: dict[str, str]) -> bytes:
    """The sample with the change of a case, written as JSON text so that numbers stay as they are typed."""
    document = copy.deepcopy(sample())
    *parents, last = (case.get("set") or case["drop"]).lstrip("/").split("/")
    holder = document
    for step in parents:
        holder = holder[int(step) if step.isdecimal() else step]
    key = int(last) if last.isdecimal() else last
    if "drop" in case:
        del holder[key]
    else:
        holder[key] = "HERE"
    return json.dumps(document, ensure_ascii=False).replace('"HERE"', case.get("to", "")).encode()


# --- in and out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_canonical(path: Path) -> None:
    data = path.read_bytes()
    assert dump_document(load_document(data).forms) == data


@pytest.mark.parametrize(
    ("written", "exact", "again"),
    [
        ("0.1", "0.1", "0.1"),
        ("0.30000000000000004e0", None, ""),
        ("9.86", "9.86", "9.86"),
        ("350000.00", "350000", "350000"),
        ("100.0", "100", "100"),
        ("1e3", "1000", "1000"),
        ("1E+2", "100", "100"),
        ("-0", "0", "0"),
        ("-0.00", "0", "0"),
        ("123456789012.345", "123456789012.345", "123456789012.345"),
        ("999999999999999", "999999999999999", "999999999999999"),
        ("0.000000000000001", "1E-15", "1E-15"),
        ("1.000000000000000000000000000000000000", "1", "1"),
        ("-4385666.55", "-4385666.55", "-4385666.55"),
    ],
)
def test_a_number_is_exactly_the_decimal_written(written: str, exact: str | None, again: str) -> None:
    if exact is None:
        with pytest.raises(InvalidDocument, match="score"):
            load_document(total(written))
        return
    forms = load_document(total(written)).forms
    assert forms[0].total.score == Decimal(exact)
    assert str(forms[0].total.score) == exact
    assert f'"score": {again}\n' in dump_document(forms).decode()


def test_a_thousand_small_amounts_add_up_exactly() -> None:
    forms = load_document(total("0.1")).forms
    assert forms[0].total.score is not None
    assert sum([forms[0].total.score] * 1000) == 100


def test_codes_stay_text() -> None:
    document = sample()
    document["forms"][0]["project"]["code"] = "000440304226011500000008"
    (form, _) = load_document(json.dumps(document)).forms
    assert form.project.code == "000440304226011500000008"
    assert b'"code": "000440304226011500000008"' in dump_document([form])


def test_a_target_is_text_or_number_and_stays_what_it_is() -> None:
    document = sample()
    rows = document["forms"][0]["indicators"]
    rows[0]["target"], rows[1]["target"] = "95", 95
    form = load_document(json.dumps(document)).forms[0]
    assert (form.indicators[0].target, form.indicators[1].target) == ("95", Decimal(95))
    text = dump_document([form]).decode()
    assert '"target": "95"' in text
    assert '"target": 95,' in text


def test_chinese_is_written_as_it_is_and_the_file_ends_with_a_line_break() -> None:
    data = dump_document(load_document(json.dumps(sample())).forms)
    assert "基层图书室开放补助" in data.decode()
    assert data.endswith(b"}\n")


def test_where_is_written_only_when_asked_for_and_read_again() -> None:
    forms = load_document(json.dumps(sample())).forms
    assert b'"where"' not in dump_document(forms)
    places = [Where(source="a.xlsx", sheet="自评表", cells={"title": "A2"})] * 2
    data = dump_document(forms, places)
    assert load_document(data).forms == forms
    VALIDATOR.validate(json.loads(data))


# --- refused --------------------------------------------------------------------------------------------------


#: What was expected, as the refusal says it in each language.
WORDS = {
    "number": ("数字", "number"),
    "text": ("文字", "text"),
    "str": ("应为文字", "expected text"),
    "int": ("应为整数", "expected a whole number"),
    "array": ("应为数组", "expected an array"),
    "object": ("应为对象", "expected an object"),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_document_is_refused_with_its_path(case: dict[str, str], language: Any) -> None:
    with in_language(language), pytest.raises(InvalidDocument) as refused:
        load_document(changed(case), "wrong.json")
    told = str(refused.value)
    assert told.startswith("wrong.json")
    assert f"{case['path']}: " in told or refused.value.key == "not-json"
    words = WORDS.get(case["expected"], (case["expected"],) * 2)
    assert words[LANGUAGES.index(language)] in told


@pytest.mark.parametrize("case", [case for case in CASES if case["name"] not in BEYOND_SCHEMA], ids=lambda c: c["name"])
def test_the_schema_refuses_what_the_model_refuses(case: dict[str, str]) -> None:
    assert list(VALIDATOR.iter_errors(json.loads(changed(case))))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b'{"schema": "perfeval/1", "forms": []',
        b'{"schema": "perfeval/1", "forms": []} x',
        b"[" * 100_000,
        b'{"schema": "perfeval/1", "forms": [NaN]}',
        b'{"schema": "perfeval/1", "forms": [1e99999999999999999999]}',
        b'{"schema": "\xd6\xd0"}',
    ],
    ids=lambda data: repr(data[:24]),
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidDocument, match=r"wrong\.json"):
        load_document(data, "wrong.json")


@pytest.mark.parametrize("data", [b"[]", b"null", b"3", b'"text"'])
def test_json_that_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidDocument) as refused:
        load_document(data)
    assert "$: " in str(refused.value)


def test_the_longest_text_of_a_cell_is_taken_and_one_more_is_not() -> None:
    check_text("字" * MOST_CHARACTERS, "remark")
    with pytest.raises(ValueError, match="remark"):
        check_text("字" * (MOST_CHARACTERS + 1), "remark")
    check_text("😀" * (MOST_CHARACTERS // 2), "remark")
    with pytest.raises(ValueError, match="remark"):
        check_text("😀" * (MOST_CHARACTERS // 2 + 1), "remark")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e15", "0.1234567890123456"])
def test_python_cannot_make_what_json_may_not_hold(number: str) -> None:
    with pytest.raises(ValueError, match="score"):
        Total(weight=None, score=Decimal(number))


def test_python_cannot_make_text_that_no_cell_holds() -> None:
    columns = ("initial_budget", "full_year_budget", "executed", "weight", "execution_rate", "score")
    blank: dict[str, Any] = dict.fromkeys(columns)
    with pytest.raises(ValueError, match="label"):
        FundLine(source="total", label="长" * (MOST_CHARACTERS + 1), **blank)


# --- the schema -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_schema_accepts_the_samples(path: Path) -> None:
    VALIDATOR.validate(json.loads(path.read_bytes()))


@settings(max_examples=20)
@given(strategies.documents())
def test_the_schema_accepts_what_we_write(forms: tuple[Any, ...]) -> None:
    VALIDATOR.validate(json.loads(dump_document(forms)))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"].endswith("2020-12/schema")
