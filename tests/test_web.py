"""The page and the API through the test client: every address, hostile input, caps, headers."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

import perfeval_xl as pe
from perfeval_xl.model import dump_document
from perfeval_xl.profile import profile_ids
from perfeval_xl.web.app import create_app
from perfeval_xl.web.guard import HEADERS
from perfeval_xl.web.settings import Settings
from perfeval_xl.workbook.open_workbook import to_workbook
from tests.made_forms import made_form

Client = TestClient[Any]
FORM = made_form("mof")
WRONG = replace(FORM, total=replace(FORM.total, score=Decimal(12)))
GOOD_BOOK, WRONG_BOOK = to_workbook([FORM]), to_workbook([WRONG])
BASE = "http://127.0.0.1:8765"


def client_of(**settings: Any) -> Client:
    return TestClient(create_app(Settings(**{"per_minute": 10_000, **settings})), base_url=BASE)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with client_of() as opened:
        yield opened


def upload(*files: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    return [("file", file) for file in files]


# --- the API --------------------------------------------------------------------------------------------------


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
    answer = client.post("/v1/summary", files=upload(("a.xlsx", GOOD_BOOK), ("坏.xlsx", b"PK\x03\x04damaged")))
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
        "/v1/check", files=upload(*files, ("bad.xlsx", b"PK\x03\x04")), headers={"accept": "application/x-ndjson"}
    )
    lines = {line["source"]: line for line in map(json.loads, answer.text.splitlines())}
    assert set(lines) == {"0.xlsx", "1.xlsx", "2.xlsx", "3.xlsx", "bad.xlsx"}
    assert {name for name, line in lines.items() if line["problem"]} == {"bad.xlsx"}
    assert lines["bad.xlsx"]["problem"]["zh"] != lines["bad.xlsx"]["problem"]["en"]


def test_the_description_names_every_address_and_the_records_that_are_sent(client: Client) -> None:
    description = client.get("/openapi.json").json()
    names = ("forms", "check", "score", "workbook", "summary", "report", "template/{profile}")
    assert set(description["paths"]) == {f"/v1/{name}" for name in names}
    assert {"Document", "Form", "Finding", "Problem"} <= set(description["components"]["schemas"])
    references = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(description)))
    assert references <= set(description["components"]["schemas"])


def test_it_says_that_it_runs(client: Client) -> None:
    assert [client.get(path).text for path in ("/healthz", "/readyz")] == ["ok", "ok"]


# --- what is refused ------------------------------------------------------------------------------------------


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["zh"]["detail"]
    assert told["zh"]["detail"] != told["en"]["detail"]
    assert "Traceback" not in answer.text
    return told


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.rtf", rb"{\rtf1\ansi hello}", "not-json"),
        ("a.xls", rb"  {\rtf1 x}", "not-json"),
        ("a.xlsx", b"", "file-empty"),
        ("a.xlsx", b"PK\x03\x04damaged", None),
        ("a.xlsx", b"\x89PNG\r\n", None),
        ("a.json", b'{"schema":', None),
        ("../../etc/a.txt", b"hello", None),
        ("a.pdf", b"%PDF-1.4 broken", None),
        ("a.html", b"<html>" + b"<div>" * 5000, None),
    ],
)
def test_hostile_files_get_a_sentence(client: Client, name: str, data: bytes, key: str | None) -> None:
    told = problem(client.post("/v1/forms", files=upload((name, data))), 422)
    (file,) = told["files"]
    assert "/" not in file["source"]
    assert file["key"] != "unexpected"
    assert key is None or file["key"] in (key, "web-kind-refused")


def test_what_only_an_office_could_open_is_refused(client: Client) -> None:
    import zipfile

    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    told = problem(client.post("/v1/forms", files=upload(("a.odt", package.getvalue()))), 422)
    assert told["files"][0]["key"] == "web-kind-refused"


def test_a_document_cannot_name_a_file_of_the_server(client: Client) -> None:
    for profile in ("/etc/hostile.toml", "pyproject.toml", "../mof"):
        document = dump_document([replace(FORM, profile=profile)])
        for path in ("/v1/forms", "/v1/check", "/v1/score", "/v1/workbook", "/v1/summary"):
            told = problem(client.post(path, files=upload(("d.json", document))), 422)
            assert told["files"][0]["key"] == "web-profile-refused"
    problem(client.get("/v1/template/pyproject.toml"), 404)
    problem(client.post("/v1/forms?profile=pyproject.toml", files=upload(("a.xlsx", GOOD_BOOK))), 404)


def test_nothing_sent_is_told(client: Client) -> None:
    problem(client.post("/v1/forms"), 400)
    problem(client.post("/v1/forms", files={"other": ("a.xlsx", GOOD_BOOK)}), 400)
    problem(client.post("/v1/forms", content=b"x", headers={"content-type": "multipart/form-data"}), 400)
    problem(client.get("/v1/nothing"), 404)
    problem(client.get("/v1/forms"), 405)
    problem(client.get("/static/..%2Fapp.py"), 404)


def test_more_than_the_limit_is_refused_also_in_chunks() -> None:
    with client_of(megabytes=1, files=2) as client:
        large = b"x" * 1_200_000
        problem(client.post("/v1/forms", files=upload(("a.xlsx", large))), 413)

        def chunks() -> Iterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
            for _ in range(30):
                yield b"x" * 50_000
            yield b"\r\n--b--\r\n"

        headers = {"content-type": "multipart/form-data; boundary=b"}
        problem(client.post("/v1/forms", content=chunks(), headers=headers), 413)
        problem(client.post("/v1/forms", files=upload(*[(f"{n}.csv", b"a") for n in range(3)])), 413)


def test_another_site_or_name_may_not_ask(client: Client) -> None:
    files = upload(("a.xlsx", GOOD_BOOK))
    problem(client.get("/", headers={"host": "evil.example"}), 421)
    problem(client.post("/v1/forms", files=files, headers={"sec-fetch-site": "cross-site"}), 403)
    problem(client.post("/v1/forms", files=files, headers={"origin": "http://evil.example"}), 403)
    problem(client.post("/v1/forms", files=files, headers={"origin": "null"}), 403)
    same = {"origin": BASE, "sec-fetch-site": "same-origin"}
    assert client.post("/v1/forms", files=files, headers=same).status_code == 200


def test_too_often_and_too_much_at_once_are_told() -> None:
    with client_of(per_minute=2) as client:
        assert [client.get("/openapi.json").status_code for _ in range(3)] == [200, 200, 429]
        assert client.get("/healthz").status_code == 200
    with client_of(at_once=0) as client:
        answer = client.post("/v1/forms", files=upload(("a.xlsx", GOOD_BOOK)))
        problem(answer, 503)
        assert answer.headers["retry-after"] == "5"


def test_every_answer_has_the_headers_and_its_own_number(client: Client) -> None:
    answers = [client.get(path) for path in ("/", "/static/style.css", "/nothing", "/healthz", "/openapi.json")]
    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in HEADERS["content-security-policy"]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


def test_a_mistake_of_ours_tells_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> bytes:
        raise RuntimeError("secret of the form")

    monkeypatch.setattr("perfeval_xl.web.api.blank_workbook", failing)
    answer = client.get("/v1/template/mof")
    problem(answer, 500)
    assert "secret" not in answer.text


# --- the page -------------------------------------------------------------------------------------------------


def test_the_page_stands_in_both_languages_and_takes_nothing_from_elsewhere(client: Client) -> None:
    chinese, english = client.get("/").text, client.get("/?lang=en").text
    assert 'lang="zh-CN"' in chinese
    assert "上传文件" in chinese
    assert "Upload files" in english
    for page in (chinese, english):
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", page)
        for field in re.findall(r'<(?:input|select|textarea) id="([^"]+)"', page):
            assert f'for="{field}"' in page
    assert client.get("/static/style.css").headers["content-type"].startswith("text/css")


def test_findings_lead_to_their_cells_and_copies_can_be_taken(client: Client) -> None:
    answer = client.post("/check", files=upload(("表.xlsx", WRONG_BOOK)))
    assert answer.status_code == 200, answer.text
    page = answer.text
    for finding in pe.open(WRONG_BOOK, "表.xlsx").check():
        assert finding.message.split("（")[0] in page
    targets = set(re.findall(r'href="#([^"]+)"', page))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)
    assert re.search(r'<td[^>]* id="file0-0-[A-Z]+\d+" class="(?:error|warning)"', page)
    copies = dict(re.findall(r'download="([^"]+)" href="data:[^,]+,([^"]+)"', page))
    assert set(copies) >= {"表-标注.xlsx", "表-更正.xlsx", "表.json", "汇总.xlsx", "审核意见.html"}
    marked = openpyxl.load_workbook(io.BytesIO(base64.b64decode(copies["表-标注.xlsx"])))
    assert "审核意见" in marked.sheetnames
    assert pe.open(base64.b64decode(copies["表.json"]), "a.json").forms == [WRONG]


def test_a_bad_file_among_many_stops_no_other(client: Client) -> None:
    answer = client.post("/check", files=upload(("同名.xlsx", GOOD_BOOK), ("同名.xlsx", WRONG_BOOK), ("坏.xlsx", b"x")))
    assert answer.status_code == 200
    assert "同名 (2).xlsx" in answer.text
    assert answer.text.count("<article>") == 2
    assert "坏.xlsx" in answer.text


def test_a_document_is_drawn_as_our_template_has_it(client: Client) -> None:
    page = client.post("/check", files=upload(("d.json", dump_document([WRONG])))).text
    assert re.search(r'<td[^>]* id="file0-0-[A-Z]+\d+" class="(?:error|warning)"', page)


def test_what_a_form_says_is_never_markup(client: Client) -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x>"
    form = replace(FORM, project=replace(FORM.project, name=hostile))
    page = client.post("/check", files=upload(("<b>x.json", dump_document([form])))).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>x" not in page


def test_a_pasted_table_is_read(client: Client) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(GOOD_BOOK)).worksheets[0]
    rows = "\n".join(
        "\t".join("" if value is None else str(value).replace("\n", " ") for value in row)
        for row in sheet.iter_rows(values_only=True)
    )
    answer = client.post("/check", files={"pasted": (None, rows.encode())}, headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert "<article>" in answer.text


def test_a_person_gets_a_page_about_a_problem(client: Client) -> None:
    answer = client.post("/check?lang=en", headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert "No file arrived" in answer.text
    assert client.get("/check", follow_redirects=False).status_code in (302, 307)
    moved = client.get("/template?profile=mof", follow_redirects=False)
    assert moved.headers["location"] == "v1/template/mof"
