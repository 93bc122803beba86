"""The page in a real browser: what a person does with it, with a script and without, by mouse, by keyboard, by ear."""

from __future__ import annotations

import io
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pdfplumber
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import perfeval_xl as pe
from tests import clipboard
from tests.web_client import DAMAGED, FORM, GOOD_BOOK, WRONG, WRONG_BOOK
from tests.web_server import listening, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
BOTH = pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
#: Writes down every state of the progress: how many are shown, what is said, and how it is announced.
WATCHING = """
window.seen = [];
new MutationObserver(() => {
  const said = document.querySelector(".checking [role=status]");
  if (said) window.seen.push([document.querySelectorAll("section.file").length, said.textContent]);
}).observe(document.getElementById("main"), { childList: true, subtree: true, characterData: true });
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running() as served:
        yield served


@pytest.fixture(scope="module")
def small() -> Iterator[str]:
    """A server that takes one megabyte and three files."""
    with running(megabytes=1, files=3) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert program, "these tests need chromium: make chromium; -m 'not browser' leaves them out"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A form with a mistake, one without, and a file that is none."""
    folder = tmp_path_factory.mktemp("books")
    paths = [folder / name for name in ("有误.xlsx", "无误.xlsx", "坏.xlsx")]
    for path, data in zip(paths, (WRONG_BOOK, GOOD_BOOK, DAMAGED), strict=True):
        path.write_bytes(data)
    return paths


@contextmanager
def opened(browser: Browser, address: str, *, script: bool = True, width: int = 1280, **options: Any) -> Iterator[Page]:
    """The empty page in a window of its own, which must not break our policy, ask elsewhere or fail in a script."""
    size: Any = {"width": width, "height": 800}
    with browser.new_context(java_script_enabled=script, locale="zh-CN", viewport=size, **options) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if "Security Policy" in told.text else None)
        page.on("request", lambda asked: None if asked.url.startswith((address, "data:")) else wrong.append(asked.url))
        page.goto(address)
        yield page
        assert wrong == []


def check(page: Page, *files: Path) -> None:
    """Chooses the files, has them checked and waits for the whole result."""
    page.set_input_files("#file", files)
    page.click("form:has(#file) button")
    page.wait_for_selector(".hero .actions")


def taken(page: Page, link: str) -> tuple[str, bytes]:
    """Name and bytes of what a click on a link or button downloads."""
    with page.expect_download() as download:
        page.locator(link).first.click()
    return download.value.suggested_filename, download.value.path().read_bytes()


# --- the main way -------------------------------------------------------------------------------------------------


@BOTH
def test_two_files_are_checked_and_the_marked_copy_is_read_again(
    browser: Browser, address: str, books: list[Path], script: bool
) -> None:
    with opened(browser, address, script=script) as page:
        check(page, *books[:2])
        expect(page.locator("article")).to_have_count(2)
        assert page.locator("#file0 table.form td.error").count() >= 1
        assert page.locator("#file1 table.form td.error").count() == 0
        page.locator("article .findings li.error a").first.click()
        target = page.locator("table.form td:target")
        expect(target).to_have_class(re.compile("error"))
        expect(target).to_be_in_viewport()
        expect(target.locator(".note")).to_be_visible()
        name, marked = taken(page, "#file0 .downloads a")
        assert name == "有误-标注.xlsx"
        assert "审核意见" in openpyxl.load_workbook(io.BytesIO(marked)).sheetnames
        assert pe.open(marked, name).forms == [WRONG]
        name, document = taken(page, "#file0 .downloads a[download$='.json']")
        assert pe.open(document, name).forms == [WRONG]
        name, summary = taken(page, ".actions a[download='汇总.xlsx']")
        assert openpyxl.load_workbook(io.BytesIO(summary)).sheetnames


@BOTH
def test_a_wrong_file_has_its_sentence(
    browser: Browser, address: str, books: list[Path], tmp_path: Path, script: bool
) -> None:
    picture = tmp_path / "照片.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    with opened(browser, address, script=script) as page:
        check(page, picture, books[0])
        said = page.locator("#file0 [role=alert]")
        expect(said).to_contain_text("照片.png")
        expect(page.locator("#file1 article")).to_have_count(1)


@BOTH
@pytest.mark.parametrize("size", [1_300_000, 30_000_000], ids=["a little", "by far"])
def test_a_file_that_is_too_large_is_told(
    browser: Browser, small: str, tmp_path: Path, script: bool, size: int
) -> None:
    """With a script before it is sent; the server says it too, and the browser shows what it says."""
    large = tmp_path / "大.xlsx"
    large.write_bytes(bytes(size))
    with opened(browser, small, script=script) as page:
        page.set_input_files("#file", large)
        if script:
            expect(page.locator(".chosen[role=alert]")).to_contain_text("1 MB")
            page.click("form:has(#file) button")
            assert page.url == small
            expect(page.locator("section.file")).to_have_count(0)
        else:
            page.click("form:has(#file) button")
            expect(page.locator("[role=alert]")).to_contain_text("1 MB")


def test_what_is_chosen_is_named_in_the_language_of_the_page(browser: Browser, address: str, books: list[Path]) -> None:
    with opened(browser, address) as page:
        picked = page.locator(".picker:has(#file) .picked")
        expect(picked).to_have_text("未选择文件")
        with page.expect_file_chooser() as chooser:
            page.click(".picker:has(#file)")
        chooser.value.set_files(books[:2])
        expect(picked).to_have_text("有误.xlsx、无误.xlsx")
        page.set_input_files("#list", books[0])
        expect(page.locator(".picker:has(#list) .picked")).to_have_text("有误.xlsx")
        page.goto(f"{address}?lang=en")
        expect(picked).to_have_text("No file chosen")


def test_too_many_files_are_told_before_they_are_sent(browser: Browser, small: str, books: list[Path]) -> None:
    with opened(browser, small) as page:
        page.set_input_files("#file", [*books, books[0]])
        expect(page.locator(".chosen[role=alert]")).to_contain_text("3")
        page.set_input_files("#file", books[:1])
        expect(page.locator(".chosen[role=status]")).to_contain_text("KB")


def test_a_hundred_files_come_one_by_one_and_a_bad_one_stops_none(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    for number in range(100):
        (tmp_path / f"{number:02}.xlsx").write_bytes(DAMAGED if number == 41 else GOOD_BOOK)
    with opened(browser, address) as page:
        page.evaluate(WATCHING)
        check(page, *sorted(tmp_path.glob("*.xlsx")))
        names = page.locator("section.file h2").all_text_contents()
        assert names == [f"{number:02}.xlsx" for number in range(100)]
        expect(page.locator("article")).to_have_count(99)
        assert page.locator("section.file:has([role=alert]) h2").all_text_contents() == ["41.xlsx"]
        overview = page.locator(".overview tbody tr")
        expect(overview).to_have_count(100)
        expect(overview.nth(41)).to_contain_text("未能读取")
        overview.nth(73).locator("a").click()
        expect(page.locator("#file73-0")).to_be_in_viewport()
        seen = page.evaluate("window.seen")
        assert any(0 < shown < 100 for shown, _ in seen), "files are shown while others are still worked on"
        assert any(re.fullmatch(r"已完成 [1-9]\d? 个，共 100 个", said) for _, said in seen)


def test_a_lost_connection_is_told(browser: Browser, address: str, books: list[Path]) -> None:
    with opened(browser, address) as page:
        page.route("**/check*", lambda route: route.abort())
        page.set_input_files("#file", books[0])
        page.click("form:has(#file) button")
        expect(page.locator("form:has(#file) .told[role=alert]")).to_contain_text("连接中断")
        page.unroute("**/check*")
        check(page, books[0])
        page.go_back()
        expect(page.locator("#file")).to_be_visible()


def test_files_may_be_dropped(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        dropped = page.evaluate_handle(
            """bytes => {
              const held = new DataTransfer();
              held.items.add(new File([new Uint8Array(bytes)], "拖来.xlsx"));
              return held;
            }""",
            list(GOOD_BOOK),
        )
        page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
        expect(page.locator(".chosen")).to_contain_text("1")
        page.click("form:has(#file) button")
        expect(page.locator("#file0 h2")).to_have_text("拖来.xlsx")


# --- the other ways -----------------------------------------------------------------------------------------------


def test_a_table_is_pasted_from_the_clipboard(browser: Browser, address: str) -> None:
    """As Excel leaves it there: the table itself beside its text, put there by somebody else than the page."""

    async def elsewhere(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"<title>office</title>"})

    allowed = ["clipboard-read", "clipboard-write"]
    with opened(browser, address, permissions=allowed) as page, listening(elsewhere) as office:
        other = page.context.new_page()
        other.goto(office)
        other.evaluate(
            """async ([markup, text]) => navigator.clipboard.write([new ClipboardItem({
              "text/html": new Blob([markup], { type: "text/html" }),
              "text/plain": new Blob([text], { type: "text/plain" }),
            })])""",
            [clipboard.excel(WRONG_BOOK), clipboard.plain(WRONG_BOOK)],
        )
        page.bring_to_front()
        page.focus("#pasted")
        page.keyboard.press("Control+V")
        expect(page.locator(".seen")).to_contain_text("合并的单元格也在")
        page.click("form:has(#pasted) button")
        expect(page.locator("article h3")).to_have_text(str(FORM.project.name))
        assert page.locator("table.form td.error").count() >= 1


@BOTH
def test_text_that_is_no_table_is_told(browser: Browser, address: str, script: bool) -> None:
    with opened(browser, address, script=script) as page:
        page.fill("#pasted", "没有\t表格")
        page.click("form:has(#pasted) button")
        expect(page.locator("section.file [role=alert]")).to_be_visible()


@BOTH
def test_a_blank_form_and_one_for_each_project_of_a_list_are_taken(
    browser: Browser, address: str, tmp_path: Path, script: bool
) -> None:
    projects = tmp_path / "清单.csv"
    projects.write_text("项目名称,主管部门\n道路养护,交通局\n职工培训,总工会\n", "utf-8")
    with opened(browser, address, script=script) as page:
        page.select_option("#blank", "mof")
        name, blank = taken(page, "form:has(#blank) button")
        assert name == "mof.xlsx"
        assert openpyxl.load_workbook(io.BytesIO(blank)).sheetnames
        page.set_input_files("#list", projects)
        page.select_option("#stamp-region", "mof")
        name, packed = taken(page, "form:has(#list) button")
        assert name == "预填表-2个.zip"
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            books = [each for each in archive.namelist() if each.endswith(".xlsx")]
            read = [pe.open(archive.read(each), "a.xlsx").forms[0].project for each in books]
        assert [(each.name, each.department) for each in read] == [("道路养护", "交通局"), ("职工培训", "总工会")]


# --- for everybody ------------------------------------------------------------------------------------------------


def test_the_message_of_a_cell_stands_at_it_for_mouse_and_keyboard(
    browser: Browser, address: str, books: list[Path]
) -> None:
    with opened(browser, address) as page:
        check(page, books[0])
        cell = page.locator("table.form td.marked").first
        note = cell.locator(".note")
        expect(note).to_be_hidden()
        cell.hover()
        expect(note).to_be_visible()
        page.keyboard.press("Escape")
        expect(note).to_be_hidden()
        page.mouse.move(0, 0)
        cell.focus()
        expect(note).to_be_visible()
        assert cell.get_attribute("aria-describedby") == note.get_attribute("id")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".findings li:target")).to_be_in_viewport()


def test_the_keyboard_alone_is_enough(browser: Browser, address: str, books: list[Path]) -> None:
    def focused() -> Any:
        return page.evaluate("document.activeElement.id || document.activeElement.className")

    with opened(browser, address) as page:
        page.keyboard.press("Tab")
        assert focused() == "skip"
        expect(page.locator(".skip")).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert focused() == "file"
        page.set_input_files("#file", books[0])
        for _ in range(2):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(".hero .actions")
        assert page.evaluate("document.activeElement.tagName") == "H1"
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('td.marked')"):
                break
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outline) == "solid"
        expect(page.locator("td.marked:focus .note")).to_be_visible()


@BOTH
def test_a_phone_is_wide_enough(browser: Browser, address: str, books: list[Path], script: bool) -> None:
    def too_wide() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth")) if script else False

    with opened(browser, address, script=script, width=360, has_touch=True) as page:
        assert not too_wide()
        for field in page.locator("button, select, input:not([type=hidden])").all():
            box = field.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
            assert box["height"] >= 44, "a finger needs room"
        check(page, *books)
        assert not too_wide()
        expect(page.locator("#file2 [role=alert]")).to_be_visible()
        page.locator("article .findings li.error a").first.click()
        expect(page.locator("td:target")).to_be_in_viewport()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nobody_is_kept_out(browser: Browser, address: str, books: list[Path], language: str) -> None:
    """Labels, contrast, landmarks and the rest of what axe-core knows; our policy would not let its script in."""
    assert AXE.is_file(), "axe-core is missing: make modules"

    def found() -> list[tuple[str, str]]:
        page.evaluate(AXE.read_text("utf-8"))
        return [(each["id"], each["nodes"][0]["html"]) for each in page.evaluate("axe.run()")["violations"]]

    with opened(browser, address, bypass_csp=True) as page:
        page.goto(f"{address}?lang={language}")
        assert page.evaluate("document.documentElement.lang")[:2] == language
        assert found() == []
        check(page, *books)
        page.locator("td.marked").first.focus()
        expect(page.locator("td.marked:focus .note")).to_be_visible()
        assert found() == []
        page.goto(f"{address}nothing?lang={language}")
        expect(page.locator("[role=alert]")).to_be_visible()
        assert found() == []


def test_it_prints_what_it_says_and_not_its_buttons(browser: Browser, address: str, books: list[Path]) -> None:
    with opened(browser, address) as page:
        check(page, books[0])
        finding = page.locator(".findings li b + a").first.text_content() or ""
        printed = page.pdf(format="A4", print_background=True)
        with pdfplumber.open(io.BytesIO(printed)) as document:
            words = unicodedata.normalize("NFKC", "".join(sheet.extract_text() for sheet in document.pages))
            sizes = {round(sheet.height / sheet.width, 2) for sheet in document.pages}
        assert sizes == {1.41}
        said = re.sub(r"\s", "", words)
        assert re.sub(r"\s", "", unicodedata.normalize("NFKC", finding))[:12] in said
        assert str(FORM.project.name) in said
        assert "标注副本" not in said
