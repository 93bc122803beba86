"""The page through the test client: what a browser without JavaScript gets."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
from msgspec.structs import replace

import perfeval_xl as pe
from perfeval_xl.model import dump_document
from tests.web_client import FORM, GOOD_BOOK, WRONG, WRONG_BOOK, Client, client_of, on_page


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with client_of() as opened:
        yield opened



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
    answer = on_page(client, ("表.xlsx", WRONG_BOOK))
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
    answer = on_page(client, ("同名.xlsx", GOOD_BOOK), ("同名.xlsx", WRONG_BOOK), ("坏.xlsx", b"x")))
    assert answer.status_code == 200
    assert "同名 (2).xlsx" in answer.text
    assert answer.text.count("<article>") == 2
    assert "坏.xlsx" in answer.text


def test_a_document_is_drawn_as_our_template_has_it(client: Client) -> None:
    page = on_page(client, ("d.json", dump_document([WRONG])))).text
    assert re.search(r'<td[^>]* id="file0-0-[A-Z]+\d+" class="(?:error|warning)"', page)


def test_what_a_form_says_is_never_markup(client: Client) -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x>"
    form = replace(FORM, project=replace(FORM.project, name=hostile))
    page = on_page(client, ("<b>x.json", dump_document([form])))).text
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
