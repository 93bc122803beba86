"""Reports and review opinions: what they say, that what a form says stays text, an office's own templates."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import msgspec
import pytest
from lxml import html

from perfeval_xl.errors import CannotWrite, NotAForm, PerfevalError, Unreadable
from perfeval_xl.files import read_path
from perfeval_xl.messages import LANGUAGES, in_language
from perfeval_xl.reports import documents, view
from perfeval_xl.reports.documents import SUFFIXES, document
from perfeval_xl.reports.jinja import FOLDER, write_templates
from perfeval_xl.reports.ledger import Ledger
from tests.check_cases import Case, clean_forms, workbook_of
from tests.test_reports_ledger import SAMPLES, ledger_of, ledger_of_forms

TEXTS = (".html", ".docx", ".md")


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with in_language("zh"):
        yield


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A score above its weight at H24 and more."""
    path = tmp_path / "faulty.xlsx"
    path.write_bytes(workbook_of(Case("", "mof", "", "", typed={"H24": 99}, clear=("indicators[4].deviation",))))
    return path


@pytest.fixture
def batch(faulty: Path, tmp_path: Path) -> Iterator[Ledger]:
    with ledger_of(SAMPLES, faulty, tmp_path / "absent.xlsx") as ledger:
        yield ledger


@pytest.fixture
def single(faulty: Path) -> Iterator[Ledger]:
    with ledger_of(faulty) as ledger:
        yield ledger


def html_of(data: bytes) -> Any:
    return html.fromstring(data.decode())


def page_of(ledger: Ledger, output: Path, **settings: Any) -> Any:
    return html_of(document(ledger, output, suffix=".html", **settings))


def text_of(data: bytes, suffix: str) -> str:
    """All words of a document."""
    if suffix == ".html":
        return str(html_of(data).text_content())
    if suffix == ".md":
        return re.sub(r"\\(.)", r"\1", data.decode())
    opened = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in opened.paragraphs] + cells)


# --- what they say -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", TEXTS)
def test_a_batch_gets_a_report_with_every_form_and_every_finding(batch: Ledger, tmp_path: Path, suffix: str) -> None:
    words = text_of(document(batch, tmp_path / f"r{suffix}"), suffix)
    assert "项目支出绩效自评审核报告" in words
    assert "11 个项目开展了支出绩效自评" in words
    assert "absent.xlsx" in words
    for form in batch.forms:
        assert str(form.name) in words
    flat = " ".join(words.split())
    for _, finding in batch.findings:
        assert " ".join(finding.message.split()) in flat
        assert finding.advice in flat


@pytest.mark.parametrize("suffix", TEXTS)
def test_one_form_gets_an_opinion_with_deadline_and_room_for_the_reply(
    single: Ledger, tmp_path: Path, suffix: str
) -> None:
    words = text_of(document(single, tmp_path / f"o{suffix}", deadline="2025-03-31"), suffix)
    assert "审核意见书" in words
    assert "审核报告" not in words
    assert words.count("2025-03-31") == len(single.findings) > 0
    for caption in (
        "单元格" if suffix == ".html" else "位置",
        "应为",
        "怎么改",
        "整改期限",
        "单位回复",
        "审核人",
        "单位负责人",
    ):
        assert caption in words
    assert "自评表!H24" in words
    blank = text_of(document(single, tmp_path / f"o{suffix}"), suffix)
    assert blank.count("日前") == len(single.findings)


@pytest.mark.parametrize("suffix", TEXTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_and_no_findings(tmp_path: Path, suffix: str, language: Any) -> None:
    with in_language(language), ledger_of_forms(clean_forms()["mof"]) as clean:
        assert len(clean.findings) == 0
        words = text_of(document(clean, tmp_path / f"o{suffix}"), suffix)
    assert ("未发现问题" if language == "zh" else "Nothing was found") in words
    assert "{{" not in words


def test_a_kind_nobody_knows_is_refused(single: Ledger) -> None:
    with pytest.raises(CannotWrite, match="html"):
        document(single, Path("r.odt"))
    assert set(SUFFIXES) == {".html", ".docx", ".md", ".pdf"}


@pytest.mark.parametrize("suffix", [".docx", ".md"])
def test_word_and_markdown_say_how_much_they_leave_out(
    batch: Ledger, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_LISTED", 3)
    words = text_of(document(batch, tmp_path / f"r{suffix}"), suffix)
    messages = [finding.message for _, finding in batch.findings]
    assert [message in words for message in messages[:4]] == [True, True, True, False]
    assert f"另有 {len(messages) - 3} 处" in words


def test_very_many_forms_are_not_shown_row_by_row(
    batch: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MOST_DETAILED", 3)
    page = page_of(batch, tmp_path / "r.html")
    assert not page.xpath("//section")
    assert "自评表多于 3 张" in page.text_content()
    _links_lead_somewhere(page)


# --- HTML --------------------------------------------------------------------------------------------------------


def _links_lead_somewhere(page: Any) -> None:
    names = set(page.xpath("//@id"))
    inside = [link[1:] for link in page.xpath("//a/@href") if link.startswith("#")]
    assert inside
    assert set(inside) <= names


def test_the_page_holds_all_it_needs_and_its_links_lead_somewhere(batch: Ledger, tmp_path: Path) -> None:
    page = page_of(batch, tmp_path / "r.html")
    assert not page.xpath("//@src | //link/@href")
    assert not [link for link in page.xpath("//@href") if not link.startswith(("#", "./"))]
    assert "url(" not in page.xpath("string(//style)")
    assert len(page.xpath("//*[local-name()='svg']")) == 3
    _links_lead_somewhere(page)


def test_a_finding_links_to_file_cell_and_indicator(batch: Ledger, tmp_path: Path) -> None:
    page = page_of(batch, tmp_path / "r.html")
    number = len(batch.forms)
    (row,) = [row for row in page.xpath("//table[@id='list']/tbody/tr") if "I18" in row.text_content()]
    links = row.xpath(".//a/@href")
    assert "./faulty.xlsx#%E8%87%AA%E8%AF%84%E8%A1%A8!I18" in links
    assert f"#form-{number}" in links
    (target,) = [link for link in links if link.startswith(f"#form-{number}-row-")]
    assert "H18" in page.get_element_by_id(target[1:]).text_content()


def test_the_filters_have_what_they_filter_by(batch: Ledger, tmp_path: Path) -> None:
    page = page_of(batch, tmp_path / "r.html")
    rows = page.xpath("//table[@id='list']/tbody/tr")
    assert len(rows) == len(batch.findings)
    assert {row.get("data-severity") for row in rows} <= {"错误", "警告", "提示"}
    assert all(row.get("data-kind").startswith("PE") for row in rows)
    assert all(row.get("data-department") for row in rows)


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "{%tr for x in y %}",
    "]]>&amp;<w:p/>",
    "| 表 | **粗** [x](javascript:alert(1)) `c` #",
    "上\x01下\x0b",
    "第一行\n第二行",
)


@pytest.mark.parametrize("suffix", TEXTS)
@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_form_says_stays_text(tmp_path: Path, suffix: str, text: str) -> None:
    form = clean_forms()["mof"]
    project = msgspec.structs.replace(form.project, name=text, department=text, implementing_unit=text)
    row = msgspec.structs.replace(form.indicators[0], name=text, target=text)
    form = msgspec.structs.replace(form, project=project, indicators=(row, *form.indicators[1:]))
    with ledger_of_forms(form) as one, ledger_of_forms(form, form) as two:
        for ledger in (one, two):
            data = document(ledger, tmp_path / f"r{suffix}")
            shown = " ".join(text_of(data, suffix).split())
            assert " ".join(re.sub("[\x01\x0b]", "\ufffd", text).split()) in shown
            if suffix == ".html":
                page = html_of(data)
                assert not page.xpath("//img | //@onerror")
                assert len(page.xpath("//script")) <= 1


def test_markdown_tables_keep_their_columns(tmp_path: Path) -> None:
    form = clean_forms()["mof"]
    odd = msgspec.structs.replace(form, project=msgspec.structs.replace(form.project, name="a|b\nc", department="|"))
    with ledger_of_forms(odd, odd) as ledger:
        lines = document(ledger, tmp_path / "r.md").decode().splitlines()
    tables: list[list[int]] = [[]]
    for line in lines:
        if line.startswith("|"):
            tables[-1].append(len(re.findall(r"(?<!\\)\|", line)))
        elif tables[-1]:
            tables.append([])
    assert sum(map(len, tables)) >= 8
    assert all(len(set(table)) <= 1 for table in tables)


# --- an office's own templates -----------------------------------------------------------------------------------


def test_an_office_changes_one_template_and_keeps_the_others(batch: Ledger, single: Ledger, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "report.md").write_text("通报：{{ batch.group.projects }}，{{ batch.disclosure }}", "utf-8")
    assert document(batch, tmp_path / "r.md", templates=own).decode().startswith("通报：11，2021–2024年度，")
    assert "审核意见书" in document(single, tmp_path / "o.md", templates=own).decode()


def test_a_word_template_changed_by_the_office(batch: Ledger, tmp_path: Path) -> None:
    own = tmp_path / "own"
    write_templates(own)
    template = docx.Document(str(own / "report.docx"))
    template.paragraphs[0].insert_paragraph_before("某区财政局文件 {{ batch.group.projects }}")
    template.save(str(own / "report.docx"))
    assert "某区财政局文件 11" in text_of(document(batch, tmp_path / "r.docx", templates=own), ".docx")


def test_the_shipped_templates_are_given_and_nothing_is_written_over(tmp_path: Path) -> None:
    write_templates(tmp_path / "own")
    names = sorted(path.name for path in (tmp_path / "own").iterdir())
    assert names == sorted(path.name for path in FOLDER.iterdir())
    (tmp_path / "other").mkdir()
    kept = tmp_path / "other" / "report.md"
    kept.write_text("ours")
    with pytest.raises(CannotWrite, match=r"report\.md"):
        write_templates(tmp_path / "other")
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["report.md"]
    assert kept.read_text() == "ours"


@pytest.mark.parametrize(
    "source",
    [
        "{{ batch.__class__ }}",
        "{{ text.__globals__ }}",
        "{{ batch._ledger }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ '{0.__class__}'.format(batch) }}",
        "{% include '/etc/passwd' %}",
        "{% include '../jinja.py' %}",
        "{% import 'os' as os %}",
        "{{ batch.departments.append(1) }}",
        "{{ nobody }}",
        "{{ text('no-such-key') }}",
        "{{ 1 / 0 }}",
        "{% for i in range(10000000) %}{% endfor %}",
        "\n\n{% for %}",
    ],
)
@pytest.mark.parametrize("name", ["report.html", "report.md", "report.docx"])
def test_a_template_reaches_nothing_and_its_mistakes_are_one_sentence(
    batch: Ledger, tmp_path: Path, source: str, name: str
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    if name.endswith(".docx"):
        template = docx.Document()
        template.add_paragraph(source)
        template.save(str(own / name))
    else:
        (own / name).write_text(source, "utf-8")
    with pytest.raises(Unreadable) as caught:
        document(batch, tmp_path / f"r{Path(name).suffix}", templates=own)
    assert str(own / name) in str(caught.value)
    assert "docs/report.md" in str(caught.value)


def test_a_wrong_template_names_its_line(batch: Ledger, tmp_path: Path) -> None:
    for source in ("一\n二\n{% if %}", "一\n二\n{{ batch.nothing.there }}"):
        (tmp_path / "report.md").write_text(source, "utf-8")
        with pytest.raises(Unreadable, match="第 3 行"):
            document(batch, tmp_path / "r.md", templates=tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"plain"])
def test_a_word_template_that_is_none_is_one_sentence(batch: Ledger, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "report.docx").write_bytes(content)
    with pytest.raises(PerfevalError, match=r"report\.docx"):
        document(batch, tmp_path / "r.docx", templates=tmp_path)


def test_without_docxtpl_word_says_what_to_install(
    single: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "docxtpl", None)
    with pytest.raises(CannotWrite, match=r"perfeval-xl\[reports\]"):
        document(single, tmp_path / "o.docx")
    assert documents.office_suffix() == ".html"
    assert document(single, tmp_path / "o.html")


# --- PDF, and reading what was written ---------------------------------------------------------------------------


def test_without_libreoffice_pdf_says_so(single: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfeval_xl.sources.word.find_office", lambda: None)
    with pytest.raises(CannotWrite, match="LibreOffice"):
        document(single, tmp_path / "o.pdf")


@pytest.mark.libreoffice
def test_pdf_is_the_word_document_by_libreoffice(single: Ledger, tmp_path: Path) -> None:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(document(single, tmp_path / "o.pdf"))) as pdf:
        words = "".join("".join((page.extract_text() or "").split()) for page in pdf.pages)
    assert "项目支出绩效自评审核意见书" in words
    assert "H24" in words


def test_a_libreoffice_that_makes_nothing_is_one_sentence(
    single: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfeval_xl.sources.word.find_office", lambda: str(tmp_path / "no-such-program"))
    with pytest.raises(CannotWrite, match="未能生成 PDF"):
        document(single, tmp_path / "o.pdf")


@pytest.mark.parametrize("suffix", TEXTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_read_as_no_form(batch: Ledger, single: Ledger, tmp_path: Path, suffix: str, language: Any) -> None:
    for name, ledger in (("r", batch), ("o", single)):
        path = tmp_path / f"{name}{suffix}"
        with in_language(language):
            path.write_bytes(document(ledger, path))
        with pytest.raises(NotAForm):
            read_path(path)
