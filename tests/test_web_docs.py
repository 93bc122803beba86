"""What the page about the page promises: every example is run as it stands there, in both languages."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from docx import Document

import perfeval_xl as pe
from perfeval_xl.model import dump_document
from perfeval_xl.web.settings import Settings
from tests.web_client import DAMAGED, FORM, GOOD_BOOK, WRONG_BOOK
from tests.web_server import options_of, running

DOCS = Path(__file__).parents[1] / "docs"
ADDRESS = "http://127.0.0.1:8765"
PAGES = pytest.mark.parametrize("page", ["web.md", "web.zh.md"])


def blocks(page: str, language: str) -> list[str]:
    """The examples of a page in a language."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    return list(found)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running() as served:
        yield served.rstrip("/")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the examples name."""
    for name in ("form.xlsx", "自评表.xlsx", "a.xlsx", "b.xlsx", "office.xlsx", "单位.xlsx"):
        (tmp_path / name).write_bytes(WRONG_BOOK)
    (tmp_path / "form.json").write_bytes(dump_document([FORM]))
    for name in ("projects.csv", "清单.csv"):
        (tmp_path / name).write_text("项目名称,主管部门\n道路养护,交通局\n", "utf-8")
    for name in ("received", "收到"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.xlsx").write_bytes(GOOD_BOOK)
        (tmp_path / name / "2.xlsx").write_bytes(DAMAGED)
    (tmp_path / ".curlrc").write_text("fail\nsilent\nshow-error\n", "utf-8")
    return tmp_path


def is_what_its_name_says(path: Path) -> None:
    """A file that an example has saved."""
    data = path.read_bytes()
    if path.suffix == ".docx":
        assert Document(io.BytesIO(data)).tables
    elif path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert [name for name in archive.namelist() if name.endswith(".xlsx")]
    else:
        assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames


@PAGES
def test_every_line_of_curl_gives_what_is_said(page: str, address: str, folder: Path) -> None:
    shell = shutil.which("sh")
    assert shell
    assert shutil.which("curl"), "the examples need curl"
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    assert {re.search(r"/v1/(\w+)", line)[1] for line in lines} >= {"check", "forms", "workbook", "stamp", "template"}  # type: ignore[index]
    for line in lines:
        words = [shell, "-c", line.replace(ADDRESS, address)]
        done = subprocess.run(
            words, cwd=folder, env={"CURL_HOME": str(folder), "PATH": os.environ["PATH"]}, capture_output=True
        )
        assert done.returncode == 0, (line, done.stderr.decode())
        if saved := re.search(r"-o (\S+)", line):
            is_what_its_name_says(folder / saved[1])
        else:
            assert all(json.loads(each) for each in done.stdout.decode().splitlines())
    (filled,) = [folder / name for name in ("filled.xlsx", "已填.xlsx") if (folder / name).exists()]
    assert pe.read(filled) == [FORM]


@PAGES
def test_every_program_runs_and_says_the_findings(page: str, address: str, folder: Path) -> None:
    one, many = ran(page, address, folder)
    assert re.search(r"[A-Z]+\d+ \S", one)
    good, bad = sorted(many.splitlines())
    assert good == f"1.xlsx {len(pe.open(GOOD_BOOK, '1.xlsx').check())}"
    assert re.match(r"2\.xlsx \S{2}", bad)


def ran(page: str, address: str, folder: Path) -> Iterator[str]:
    """What the programs of a page print."""
    for program in blocks(page, "python"):
        words = [sys.executable, "-X", "utf8", "-c", program.replace(ADDRESS, address)]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        yield done.stdout


@PAGES
def test_the_recipes_are_of_this_program(page: str) -> None:
    (shortcut,) = blocks(page, "powershell")
    arguments = re.search(r'Arguments = "([^"]*)"', shortcut)
    assert arguments
    options = options_of(["perfeval", *arguments[1].split()])
    assert options["host"] == "127.0.0.1"
    assert not options["no_browser"]
    (proxy,) = blocks(page, "nginx")
    assert re.search(rf"location /\S+/ {{\s+proxy_pass http://127.0.0.1:{options['port']}/;", proxy)
    assert f"client_max_body_size {Settings().megabytes}m;" in proxy
    assert "proxy_set_header Host $http_host;" in proxy
    text = (DOCS / page).read_text("utf-8")
    for line in re.findall(r"^(perfeval serve.*?)(?:   .*)?$", text, re.MULTILINE):
        options_of(line.split())
    for link in re.findall(r"\]\((?!http)([^)#]+)", text):
        assert (DOCS / link).exists(), link
    limits = Settings()
    for each in (limits.megabytes, limits.files, limits.at_once, limits.waiting, limits.per_minute):
        assert str(each) in text


def test_the_pages_are_the_same_in_both_languages() -> None:
    english, chinese = ((DOCS / page).read_text("utf-8") for page in ("web.md", "web.zh.md"))
    for shape in (r"^#+ ", r"^```\w*", r"`(?:POST|GET) [^`]+`", r"\]\(images/[^)]+\)"):
        of_each = [re.findall(shape, text, re.MULTILINE) for text in (english, chinese)]
        assert of_each[0] == of_each[1]
