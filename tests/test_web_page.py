"""The page through the test client: what a browser without JavaScript gets."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from msgspec.structs import replace

import perfeval_xl as pe
from perfeval_xl.model import dump_document
from perfeval_xl.web.form_token import NAME
from tests import clipboard
from tests.web_client import (
    DAMAGED,
    FORM,
    GOOD_BOOK,
    WRONG,
    WRONG_BOOK,
    Client,
    client_of,
    on_page,
    problem,
    token,
)


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
    assert re.search(r'<td[^>]* id="file0-0-[A-Z]+\d+" [^>]*class="entry(?: long)? marked (?:error|warning)"', page)
    copies = dict(re.findall(r'download="([^"]+)" href="data:[^,]+,([^"]+)"', page))
    assert set(copies) >= {"表-标注.xlsx", "表-更正.xlsx", "表.json", "汇总.xlsx", "审核意见.html"}
    marked = openpyxl.load_workbook(io.BytesIO(base64.b64decode(copies["表-标注.xlsx"])))
    assert "审核意见" in marked.sheetnames
    assert pe.open(base64.b64decode(copies["表.json"]), "a.json").forms == [WRONG]


def test_scores_by_rule_stand_beside_the_stated_ones(client: Client) -> None:
    page = on_page(client, ("表.xlsx", WRONG_BOOK)).text
    table = page[page.index('<table class="scores">') : page.index("</table>", page.index('<table class="scores">'))]
    rows = re.findall(r'<tr( class="\w+")?><th scope="row">([^<]*)</th>.*?</tr>', table, re.DOTALL)
    numbers = [re.findall(r'<td class="no">([\d.]+)', row) for row in table.split("</tr>")[1:-1]]
    (card,) = pe.open(WRONG_BOOK, "表.xlsx").score()
    due = [each.judgement.points.value for each in card.indicators if each.judgement.points]
    stated = [each.stated for each in card.indicators]
    assert [Decimal(row[1]) for row in numbers[:-1]] == stated
    assert [Decimal(row[2]) for row in numbers[:-1]] == due
    assert Decimal(numbers[-1][1]) == WRONG.total.score
    differing = [name for kind, name in rows if "differs" in kind]
    apart = [each.name for each, wanted in zip(card.indicators, due, strict=True) if each.stated != wanted]
    assert differing == apart != []


def test_the_repaired_copy_is_the_one_of_the_library(client: Client) -> None:
    page = on_page(client, ("表.xlsx", WRONG_BOOK)).text
    copies = dict(re.findall(r'download="([^"]+)" href="data:[^,]+,([^"]+)"', page))
    repaired = pe.open(base64.b64decode(copies["表-更正.xlsx"]), "表-更正.xlsx")
    assert repaired.forms == pe.open(pe.open(WRONG_BOOK, "表.xlsx").fixed(), "a.xlsx").forms
    assert len(repaired.check()) < len(pe.open(WRONG_BOOK, "表.xlsx").check())
    report = base64.b64decode(copies["审核意见.html"]).decode()
    assert str(FORM.project.name) in report
    summary = openpyxl.load_workbook(io.BytesIO(base64.b64decode(copies["汇总.xlsx"])))
    said = {cell for sheet in summary for row in sheet.iter_rows(values_only=True) for cell in row}
    assert FORM.project.name in said


def test_no_sentence_of_the_page_is_left_in_the_other_language(client: Client) -> None:
    """What is Chinese on the English page stands in the form or names a region; a problem is told in both."""
    for shown in (client.get("/?lang=en").text, on_page(client, ("a.xlsx", DAMAGED), path="/check?lang=en").text):
        words = re.sub(
            r'<option.*?</option>|<a href="./\?lang=zh".*?</a>|自评表|项目\w+|主管部门', "", shown, flags=re.DOTALL
        )
        words = re.sub(r'download="[^"]+"', "", words)
        assert re.findall(r"[\u4e00-\u9fff]+", words) == []


def test_a_bad_file_among_many_stops_no_other(client: Client) -> None:
    answer = on_page(client, ("同名.xlsx", GOOD_BOOK), ("同名.xlsx", WRONG_BOOK), ("坏.xlsx", b"x"))
    assert answer.status_code == 200
    assert "同名 (2).xlsx" in answer.text
    assert answer.text.count("<article ") == 2
    assert "坏.xlsx" in answer.text


def test_a_document_is_drawn_as_our_template_has_it(client: Client) -> None:
    page = on_page(client, ("d.json", dump_document([WRONG]))).text
    assert re.search(r'<td[^>]* id="file0-0-[A-Z]+\d+" [^>]*class="entry(?: long)? marked (?:error|warning)"', page)


def test_what_a_form_says_is_never_markup(client: Client) -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x>"
    form = replace(FORM, project=replace(FORM.project, name=hostile))
    page = on_page(client, ("<b>x.json", dump_document([form]))).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>x" not in page


@pytest.mark.parametrize("program", [clipboard.excel, clipboard.wps, clipboard.word])
def test_a_table_of_an_office_is_read_as_its_file(client: Client, program: Callable[[bytes], str]) -> None:
    table = program(WRONG_BOOK)
    read = client.post("/v1/forms", files={"pasted-table": (None, table.encode())})
    assert pe.model.load_document(read.content).forms == (WRONG,)
    page = on_page(client, **{"pasted-table": table}).text
    assert page.count("<article ") == 1
    assert "marked error" in page


def test_a_table_is_read_from_its_text_alone(client: Client) -> None:
    """Without JavaScript only the text arrives: tabs, and quotes around a cell of several lines."""
    text = clipboard.plain(WRONG_BOOK)
    assert '"' in text
    read = client.post("/v1/forms", files={"pasted": (None, text.encode())})
    assert pe.model.load_document(read.content).forms == (WRONG,)
    assert on_page(client, pasted=text).text.count("<article ") == 1


def test_a_person_gets_a_page_about_a_problem(client: Client) -> None:
    answer = on_page(client, path="/check?lang=en")
    assert answer.status_code == 400
    assert "No file arrived" in answer.text
    assert client.get("/check", follow_redirects=False).status_code in (302, 307)
    moved = client.get("/template?profile=mof&year=2025&rows=", follow_redirects=False)
    assert moved.headers["location"] == "v1/template/mof?year=2025"
    assert client.get("/template?profile=mof&year=2025&rows=12").status_code == 200


def test_many_files_have_an_overview_that_leads_to_each(client: Client) -> None:
    page = on_page(client, ("甲.xlsx", GOOD_BOOK), ("乙.xlsx", WRONG_BOOK), ("坏.xlsx", DAMAGED)).text
    overview = page[page.index('class="overview"') : page.index('class="files"')]
    assert re.findall(r'href="#([^"]+)">([^<]+)<', overview) == [
        ("file0-0", "甲.xlsx"),
        ("file1-0", "乙.xlsx"),
        ("file2", "坏.xlsx"),
    ]
    assert "未能读取" in overview
    assert 'class="overview"' not in on_page(client, ("甲.xlsx", GOOD_BOOK)).text


def test_the_form_is_drawn_with_its_labels_and_without_what_is_not_printed(client: Client) -> None:
    page = on_page(client, ("表.xlsx", GOOD_BOOK)).text
    form = page[page.index('<table class="form">') : page.index("</table>", page.index('<table class="form">'))]
    assert re.search(r'class="title">项目支出绩效自评表<', form)
    assert re.search(r'class="label">项目名称<', form)
    assert re.search(rf'class="entry(?: long)?">{FORM.project.name}<', form)
    assert "核对区" not in form


def test_a_browser_with_a_script_gets_the_same_in_parts(client: Client) -> None:
    files = [("file", ("甲.xlsx", GOOD_BOOK)), ("file", ("坏.xlsx", DAMAGED)), ("file", ("乙.xlsx", WRONG_BOOK))]
    fields = [(NAME, (None, token(client).encode()))]
    answer = client.post("/check", files=[*fields, *files], headers={"accept": "application/x-ndjson"})
    first, *parts, last = map(json.loads, answer.text.splitlines())
    assert first == {"total": 3}
    assert sorted(part["number"] for part in parts) == [0, 1, 2]
    whole = on_page(client, *(file for _, file in files)).text
    for part in [*parts, last]:
        for line in part["html"].splitlines():
            # a download is an archive with the time it was made
            assert re.sub(r'href="data:[^"]+"', "", line) in re.sub(r'href="data:[^"]+"', "", whole)


# --- a list of projects ----------------------------------------------------------------------------------------

LIST = "项目名称,项目编码,主管部门,备忘\n道路养护,0011,交通局,x\n职工培训,0012,人社局,\n,0013,人社局,\n"


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_list_becomes_workbooks_and_every_row_is_accounted_for(client: Client) -> None:
    answer = on_page(client, ("清单.csv", LIST.encode("gbk")), path="/stamp", profile="mof", year="2025", rows="7")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert unquote(answer.headers["content-disposition"]).endswith("''预填表-2个-1行未生成.zip")
    files = opened(answer.content)
    assert set(files) == {"0011-道路养护.xlsx", "0012-职工培训.xlsx", "manifest.csv", "说明.txt"}
    (form,) = pe.open(files["0011-道路养护.xlsx"], "a.xlsx").forms
    assert (form.project.name, form.project.department, form.fiscal_year) == ("道路养护", "交通局", 2025)
    manifest = list(csv.reader(io.StringIO(files["manifest.csv"].decode("utf-8-sig"))))
    assert [row[3] for row in manifest[1:]] == ["0011-道路养护.xlsx", "0012-职工培训.xlsx", ""]
    assert "项目名称" in manifest[3][4]
    assert "备忘" in files["说明.txt"].decode("utf-8-sig")


def test_the_api_fills_in_a_list_of_any_kind(client: Client) -> None:
    book = io.BytesIO()
    sheet = openpyxl.Workbook()
    sheet.worksheets[0].append(["项目名称", "主管部门"])
    sheet.worksheets[0].append(["道路养护", "交通局"])
    sheet.save(book)
    as_json = json.dumps([{"项目名称": "道路养护", "主管部门": "交通局"}]).encode()
    for name, data in (("a.xlsx", book.getvalue()), ("a.json", as_json)):
        sent: Any = {"file": (name, data), "profile": (None, "shenzhen-futian"), "name": (None, "{department}")}
        files = opened(client.post("/v1/stamp", files=sent).content)
        assert set(files) == {"交通局.xlsx", "manifest.csv"}
        (form,) = pe.open(files["交通局.xlsx"], "a.xlsx").forms
        assert (form.profile, form.project.name) == ("shenzhen-futian", "道路养护")
    filled = client.post("/v1/stamp", files={"file": ("d.json", dump_document([FORM]))})
    assert len(opened(filled.content)) == 2


def test_what_is_no_list_is_told(client: Client) -> None:
    def refused(file: str, data: bytes, **fields: str) -> str:
        sent: Any = {"file": (file, data), **{key: (None, value) for key, value in fields.items()}}
        key: str = problem(client.post("/v1/stamp", files=sent), 422)["files"][0]["key"]
        return key

    assert refused("a.pdf", b"%PDF-1.4") == "list-other-kind"
    assert refused("a.csv", b"x,y\n1,2\n") == "list-no-headings"
    assert refused("a.json", b"{}") == "list-json-shape"
    assert refused("a.xlsx", DAMAGED) not in ("unexpected", "worker-lost")
    assert refused("a.csv", LIST.encode(), name="{nonsense}") == "stamp-pattern"
    rows = "".join(f"道路{number}\n" for number in range(3))
    with client_of(projects=2) as small:
        answer = small.post("/v1/stamp", files={"file": ("a.csv", f"项目名称\n{rows}".encode())})
        assert problem(answer, 422)["files"][0]["key"] == "list-too-many"
    two = [("file", ("a.csv", LIST.encode())), ("file", ("b.csv", LIST.encode()))]
    problem(client.post("/v1/stamp", files=two), 400)
