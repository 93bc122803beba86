"""Every command and example that a page shows works: it runs as it is printed, or at least its options exist."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import click
import openpyxl
import pytest
from click.testing import CliRunner

from perfeval_xl.cli import perfeval
from perfeval_xl.files import read_path, write_forms, write_json
from perfeval_xl.profile import load_profile
from tests import regional_workbooks
from tests.test_into_word import blank_document
from tests.test_structure import ROOT, pages

SAMPLES = ROOT / "perfeval_xl" / "samples"
#: What the pages call their files, by what stands in them.
FOLDERS = ("received", "收到的表", "报来的表", "folder", "文件夹")
FILLED = ("form.xlsx", "表.xlsx", "filled.xlsx", "已填.xlsx", "received.xlsx", "收到的表.xlsx")
OFFICE = ("office.xlsx", "单位的表.xlsx", "自评表.xlsx", "空白表.xlsx")
DOCUMENTS = ("form.json", "filled.json", "已填.json")
LISTS = ("projects", "项目")
#: Commands that never end or change the computer, addresses that nobody answers, patterns of commands.
NOT_RUN = re.compile(r"perfeval (serve|addin (install|uninstall|doctor))|://|SOURCE|来源|PROFILE|表样|\[-")


def fences(page: Path, language: str = r"\w*") -> list[str]:
    """What stands between three backticks."""
    return re.findall(rf"```{language}\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL)


def commands(page: Path) -> list[list[str]]:
    """The commands in the fences of a page; what stands behind two spaces explains them."""
    lines = [line.strip() for fence in fences(page) for line in fence.splitlines()]
    return [shlex.split(re.split(r"\s{2,}", line)[0]) for line in lines if line.startswith("perfeval ")]


def python(page: Path) -> list[str]:
    """The examples in Python; what asks a server is run by ``test_web_docs.py``."""
    return [code for code in fences(page, "python") if "httpx" not in code]


def mentioned(page: Path) -> list[list[str]]:
    """The commands that stand in a sentence."""
    return [shlex.split(text) for text in re.findall(r"`(perfeval [^`]+)`", page.read_text("utf-8"))]


def with_commands() -> list[Path]:
    return [page for page in pages() if commands(page)]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with everything that the pages speak of."""
    forms = [reading.form for reading in read_path(SAMPLES / "mof.json")]
    for name in FOLDERS:
        (tmp_path / name).mkdir()
        write_forms(forms[:1], tmp_path / name / "a.xlsx")
    for name in FILLED:
        write_forms(forms[:1], tmp_path / name)
    for name in OFFICE:
        (tmp_path / name).write_bytes(regional_workbooks.national())
    (tmp_path / "空白表.docx").write_bytes(blank_document())
    for name in DOCUMENTS:
        write_json(forms[:1], tmp_path / name)
    for name in LISTS:
        _write_list(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write_list(path: Path) -> None:
    rows = [("项目编码", "项目名称", "主管部门"), ("0011", "道路养护", "交通局")]
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path.with_suffix(".xlsx"))


@pytest.mark.parametrize("page", with_commands(), ids=lambda page: page.relative_to(ROOT).as_posix())
@pytest.mark.usefixtures("desk")
def test_the_commands_of_a_page_run_one_after_another(page: Path) -> None:
    for words in commands(page):
        if NOT_RUN.search(" ".join(words)):
            continue
        done = CliRunner().invoke(perfeval, words[1:], catch_exceptions=False)
        assert done.exit_code in (0, 1), f"{' '.join(words)}\n{done.output}"


@pytest.mark.parametrize("page", [page for page in pages() if python(page)], ids=lambda page: page.name)
@pytest.mark.usefixtures("desk")
def test_the_python_of_a_page_runs(page: Path) -> None:
    for code in python(page):
        exec(compile(code, page.name, "exec"), {"forms": [read_path(SAMPLES / "mof.json")[0].form]})


@pytest.mark.parametrize("page", [page for page in pages() if fences(page, "toml")], ids=lambda page: page.name)
def test_a_profile_on_a_page_is_accepted(page: Path, tmp_path: Path) -> None:
    for number, text in enumerate(fences(page, "toml")):
        path = tmp_path / f"{page.stem}-{number}.toml"
        path.write_text(text if "extends" in text else f'extends = "mof"\n{text}', "utf-8")
        assert load_profile(path)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    for words in (*commands(page), *mentioned(page)):
        command = _called(words[1:])
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        named = re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", " ".join(words))
        assert {*named} - options - {"--help", "--lang"} == set(), " ".join(words)


def _called(words: list[str]) -> click.Command:
    """The command that is named; a word in capitals or Chinese stands for any."""
    command: click.Command = perfeval
    for word in words:
        if not isinstance(command, click.Group) or not re.fullmatch(r"[a-z-]+", word) or word.startswith("-"):
            break
        found = command.get_command(click.Context(command), word)
        assert found is not None, word
        command = found
    return command
