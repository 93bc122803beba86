"""The API through the test client: every address, in the words of the library."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import jsonschema
import openpyxl
import pytest

import perfeval_xl as pe
from perfeval_xl.model import dump_document
from perfeval_xl.profile import profile_ids
from tests.web_client import DAMAGED, FORM, GOOD_BOOK, WRONG, WRONG_BOOK, Client, client_of, upload


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with client_of() as opened:
        yield opened


def test_a_workbook_becomes_the_canonical_document_with_its_cells(client: Client) -> None:
    answer = client.post("/v1/forms", files=upload(("表.xlsx", GOOD_BOOK)))
    assert answer.status_code == 200, answer.text
    assert pe.model.load_document(answer.content).forms == (FORM,)
    assert answer.json()["where"][0]["cells"]["project.name"]


def test_findings_are_those_of_the_library(client: Client) -> None:
    answer = client.post("/v1/check", files=upload(("表.xlsx", WRONG_BOOK)))
    own = pe.open(WRONG_BOOK, "表.xlsx").check()
    assert [(each["code"], each["cell"]) for each in answer.json()] == [(each.code, each.cell) for each in own]
    assert own


def test_a_document_may_be_the_body_itself(client: Client) -> None:
    answer = client.post("/v1/check", content=dump_document([WRONG]), headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()


def test_scores_come_by_file(client: Client) -> None:
    answer = client.post("/v1/score", files=upload(("a.xlsx", GOOD_BOOK)))
    (file,) = answer.json()
    assert file["source"] == "a.xlsx"
    assert len(file["cards"][0]["indicators"]) == len(FORM.indicators)


def test_a_document_becomes_a_workbook_and_goes_into_another(client: Client) -> None:
    document = ("file", ("d.json", dump_document([FORM])))
    fresh = client.post("/v1/workbook", files=[document])
    assert pe.open(fresh.content, "a.xlsx").forms == [FORM]
    filled = client.post("/v1/workbook", files=[document, ("into", ("单位.xlsx", WRONG_BOOK))])
    assert pe.open(filled.content, "a.xlsx").forms == [FORM]
    assert "filename*=UTF-8''%E5%8D%95%E4%BD%8D.xlsx" in filled.headers["content-disposition"]


@pytest.mark.parametrize("profile", profile_ids())
def test_every_region_has_its_blank_form(client: Client, profile: str) -> None:
    answer = client.get(f"/v1/template/{profile}?year=2025&rows=20")
    assert answer.status_code == 200
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames


@pytest.mark.parametrize("query", ["rows=-1", "rows=99999999", "year=x", "rows=501"])
def test_a_blank_form_of_no_size_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/v1/template/mof?{query}").status_code == 400


def test_the_summary_lists_what_could_not_be_read(client: Client) -> None:
    answer = client.post("/v1/summary", files=upload(("a.xlsx", GOOD_BOOK), ("坏.xlsx", DAMAGED)))
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    said = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}
    assert any("坏.xlsx" in each for each in said)


@pytest.mark.parametrize("kind", ["html", "md"])
def test_the_report_comes_as_it_is_asked_for(client: Client, kind: str) -> None:
    answer = client.post(f"/v1/report?kind={kind}", files=upload(("a.xlsx", WRONG_BOOK)))
    assert answer.status_code == 200
    assert str(FORM.project.name) in answer.text.replace("\\", "")
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_report_never_starts_an_office(client: Client) -> None:
    assert client.post("/v1/report?kind=pdf", files=upload(("a.xlsx", GOOD_BOOK))).status_code == 400


def test_many_files_come_as_lines_and_a_bad_one_loses_only_itself(client: Client) -> None:
    files = [(f"{number}.xlsx", GOOD_BOOK) for number in range(4)]
    answer = client.post(
        "/v1/check", files=upload(*files, ("bad.xlsx", DAMAGED)), headers={"accept": "application/x-ndjson"}
    )
    lines = {line["source"]: line for line in map(json.loads, answer.text.splitlines())}
    assert set(lines) == {"0.xlsx", "1.xlsx", "2.xlsx", "3.xlsx", "bad.xlsx"}
    assert {name for name, line in lines.items() if line["problem"]} == {"bad.xlsx"}
    assert lines["bad.xlsx"]["problem"]["zh"] != lines["bad.xlsx"]["problem"]["en"]


def test_the_description_names_every_address_and_the_records_that_are_sent(client: Client) -> None:
    description = client.get("/openapi.json").json()
    names = ("forms", "check", "score", "workbook", "summary", "report", "stamp", "template/{profile}")
    assert set(description["paths"]) == {f"/v1/{name}" for name in names}
    assert {"Document", "Form", "Finding", "Problem"} <= set(description["components"]["schemas"])
    references = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(description)))
    assert references <= set(description["components"]["schemas"])


@pytest.mark.parametrize("address", ["forms", "check", "score"])
def test_every_answer_is_what_the_description_says(client: Client, address: str) -> None:
    description = client.get("/openapi.json").json()
    responses = description["paths"][f"/v1/{address}"]["post"]["responses"]

    def valid(answer: object, status: str, media_type: str) -> None:
        schema = responses[status]["content"][media_type]["schema"]
        jsonschema.Draft202012Validator({**schema, "components": description["components"]}).validate(answer)

    files = upload(("a.xlsx", WRONG_BOOK), ("b.xlsx", DAMAGED))
    valid(client.post(f"/v1/{address}", files=files[:1]).json(), "200", "application/json")
    valid(client.post(f"/v1/{address}", files=files).json(), "default", "application/problem+json")
    lines = client.post(f"/v1/{address}", files=files, headers={"accept": "application/x-ndjson"}).text.splitlines()
    assert len(lines) == 2
    for line in map(json.loads, lines):
        valid(line, "200", "application/x-ndjson")
        with pytest.raises(jsonschema.ValidationError):
            valid({**line, "source": None}, "200", "application/x-ndjson")


def test_it_says_that_it_runs(client: Client) -> None:
    assert [client.get(path).text for path in ("/healthz", "/readyz")] == ["ok", "ok"]
    with client_of(at_once=0, waiting=0) as full:
        assert full.get("/healthz").status_code == 200
        assert full.get("/readyz").status_code == 503
