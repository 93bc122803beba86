"""The page in a real browser, served as ``perfeval serve`` serves it: what a person does with it."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import openpyxl
import psutil
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import perfeval_xl as pe
from perfeval_xl.cli.serve import _listening
from perfeval_xl.web.app import create_app
from perfeval_xl.web.settings import Settings
from tests.web_client import GOOD_BOOK, WRONG_BOOK

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PATIENCE = 60_000
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    listening = _listening("127.0.0.1", 0)
    config = uvicorn.Config(create_app(Settings(per_minute=10_000)), log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "these tests need chromium (apt-get install chromium); -m 'not browser' leaves them out"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("books")
    paths = [folder / name for name in ("有误.xlsx", "无误.xlsx", "坏.xlsx")]
    for path, data in zip(paths, (WRONG_BOOK, GOOD_BOOK, b"PK\x03\x04damaged"), strict=True):
        path.write_bytes(data)
    return paths


def checked(context: BrowserContext, address: str, files: list[Path]) -> Page:
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(address)
    page.set_input_files("#file", files)
    page.click("form:has(#file) button")
    page.wait_for_selector("section.file")
    return page


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_two_files_are_checked_and_the_marked_copy_is_taken(
    browser: Browser, address: str, books: list[Path], tmp_path: Path, script: bool
) -> None:
    with browser.new_context(java_script_enabled=script, locale="zh-CN") as context:
        page = checked(context, address, books[:2])
        assert page.locator("article").count() == 2
        assert page.locator("table.form td.error").count() >= 1
        page.locator("article .findings li.error a").first.click()
        target = page.locator("table.form td:target")
        assert "error" in (target.get_attribute("class") or "")
        assert target.locator(".note").is_visible()
        with page.expect_download() as download:
            page.locator("#file0 .downloads a").first.click()
        assert download.value.suggested_filename == "有误-标注.xlsx"
        copy = tmp_path / "copy.xlsx"
        download.value.save_as(copy)
        assert "审核意见" in openpyxl.load_workbook(copy).sheetnames
        assert pe.read(copy) == pe.read(books[0])


def test_the_page_breaks_none_of_its_own_rules_and_fits_a_phone(
    browser: Browser, address: str, books: list[Path]
) -> None:
    with browser.new_context(viewport={"width": 375, "height": 700}) as context:
        told: list[str] = []
        context.on("console", lambda message: told.append(message.text) if "Policy" in message.text else None)
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        page = checked(context, address, books)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert page.locator("#file2 [role=alert]").is_visible()
        assert told == []
        assert all(url.startswith(address) for url in asked)


def test_nobody_is_kept_out(browser: Browser, address: str, books: list[Path]) -> None:
    """Labels, contrast, landmarks and the rest of what axe-core knows; our policy would not let its script in."""
    assert AXE.is_file(), "axe-core is missing: make axe"
    with browser.new_context(bypass_csp=True) as context:
        for path in ([], books):
            page = checked(context, address, path) if path else context.new_page()
            if not path:
                page.goto(address)
            page.evaluate(AXE.read_text("utf-8"))
            found = page.evaluate("axe.run()")["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


def test_a_lost_worker_costs_its_own_request_alone(address: str) -> None:
    """One worker is killed while it starts or works; the pool goes on, or says which file it was."""
    ended, killed = threading.Event(), threading.Event()

    def kill() -> None:
        while not ended.is_set() and not killed.is_set():
            for child in psutil.Process().children():
                with contextlib.suppress(psutil.Error):
                    if any("perfeval_xl.batch.worker" in word for word in child.cmdline()):
                        child.kill()
                        killed.set()
                        break
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    files = [("file", (f"{number}.xlsx", GOOD_BOOK)) for number in range(12)]
    answer = httpx.post(f"{address}v1/check", files=files, headers={"accept": "application/x-ndjson"}, timeout=60)
    ended.set()
    killer.join()
    assert killed.is_set()
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert {line["source"] for line in lines} == {f"{number}.xlsx" for number in range(12)}
    assert sum(line["problem"] is not None for line in lines) <= 1
    assert httpx.get(f"{address}healthz").text == "ok"


def test_a_table_is_pasted_and_a_blank_form_taken(browser: Browser, address: str) -> None:
    with browser.new_context(locale="zh-CN") as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(address)
        page.select_option("#blank", "mof")
        with page.expect_download() as download:
            page.click("form:has(#blank) button")
        assert download.value.suggested_filename == "mof.xlsx"
        page.fill("#pasted", "没有\t表格")
        page.click("form:has(#pasted) button")
        page.wait_for_selector("[role=alert]")


def test_many_clients_at_once_are_answered_or_told_to_wait(address: str) -> None:
    statuses: list[int] = []

    def ask() -> None:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            answer = httpx.post(f"{address}v1/check", files={"file": ("a.xlsx", GOOD_BOOK)}, timeout=60)
            statuses.append(answer.status_code)
            if answer.status_code == 503:
                time.sleep(0.2)

    clients = [threading.Thread(target=ask) for _ in range(20)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) >= 4
