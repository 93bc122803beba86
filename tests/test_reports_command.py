"""``summary``, ``report`` and ``check --format html|xlsx``: what is written where, exit statuses, what is imported."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from perfeval_xl.reports.jinja import FOLDER
from tests.check_cases import Case, workbook_of
from tests.test_cli import Outcome, run
from tests.test_reports_ledger import SAMPLES

MOF = SAMPLES / "mof.json"


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "faulty.xlsx"
    path.write_bytes(workbook_of(Case("", "mof", "", "", typed={"H24": 99})))
    return path


def sheets(data: bytes) -> list[str]:
    return list(openpyxl.load_workbook(io.BytesIO(data)).sheetnames)


def test_summary_writes_the_workbook(tmp_path: Path) -> None:
    target = tmp_path / "s.xlsx"
    done = run("summary", SAMPLES, "-o", target)
    assert (done.status, done.out) == (0, b"")
    assert "10 张自评表" in done.err
    assert sheets(target.read_bytes())[0] == "汇总"


@pytest.mark.parametrize("name", ["r.html", "r.md", "r.docx", "R.HTML"])
def test_report_writes_the_kind_its_name_says(name: str, tmp_path: Path) -> None:
    target = tmp_path / name
    assert run("report", SAMPLES, "-o", target).status == 0
    assert target.read_bytes()[:2] == (b"PK" if name.endswith("docx") else b"# " if name.endswith("md") else b"<!")


def test_standard_output(tmp_path: Path) -> None:
    assert sheets(run("summary", MOF, "-o", "-").out)[0] == "汇总"
    assert run("report", MOF, "-o", "-").out.startswith(b"<!doctype html>")
    assert run("report", "-", "-o", "-", stdin=MOF.read_bytes()).status == 0
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_told_and_the_rest_is_written(tmp_path: Path) -> None:
    target = tmp_path / "s.xlsx"
    done = run("summary", MOF, tmp_path / "absent.xlsx", "-o", target)
    assert done.status == 2
    assert "absent.xlsx" in done.err
    assert target.is_file()


@pytest.mark.parametrize(("command", "name"), [("summary", "s.xlsx"), ("report", "r.md")])
def test_without_a_form_nothing_is_written(command: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("no form", "utf-8")
    done = run(command, tmp_path, "-o", tmp_path / name)
    assert done.status == 2
    assert "没有读到自评表" in done.err
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("command", "name", "said"), [("summary", "s.ods", ".xlsx"), ("report", "r.doc", ".docx"), ("report", "r", ".pdf")]
)
def test_a_wrong_ending_is_refused_before_anything_is_read(command: str, name: str, said: str, tmp_path: Path) -> None:
    done = run(command, tmp_path / "absent.xlsx", "-o", tmp_path / name)
    assert done.status == 2
    assert said in done.err
    assert "absent" not in done.err


@pytest.mark.parametrize(("command", "name"), [("summary", "s.xlsx"), ("report", "r.html"), ("report", "r.docx")])
def test_a_second_run_in_the_same_folder_does_not_read_the_first(command: str, name: str, faulty: Path) -> None:
    target = faulty.parent / name
    first = run(command, faulty.parent, "-o", target)
    second = run(command, faulty.parent, "-o", target)
    assert (first.status, second.status) == (0, 0)
    assert first.err == second.err


def test_the_output_is_never_a_source(faulty: Path) -> None:
    before = faulty.read_bytes()
    done = run("summary", faulty, "-o", faulty)
    assert done.status == 2
    assert "是要读的文件之一" in done.err
    assert faulty.read_bytes() == before
    (link := faulty.with_name("link.xlsx")).symlink_to(faulty)
    assert run("summary", link, "-o", faulty).status == 2
    assert faulty.read_bytes() == before


def test_deadline_and_templates(tmp_path: Path, faulty: Path) -> None:
    own = tmp_path / "own"
    done = run("report", "--write-templates", own)
    assert done.status == 0
    assert {path.name for path in own.iterdir()} == {path.name for path in FOLDER.iterdir()}
    assert run("report", "--write-templates", own).status == 2
    (own / "opinion.md").write_text("期限 {{ batch.deadline }}", "utf-8")
    target = tmp_path / "o.md"
    assert run("report", faulty, "-o", target, "--templates", own, "--deadline", "3月31日").status == 0
    assert target.read_text("utf-8") == "期限 3月31日"
    (own / "opinion.md").write_text("{{ nobody }}", "utf-8")
    assert run("report", faulty, "-o", target, "--templates", own).status == 2
    assert target.read_text("utf-8") == "期限 3月31日"


# --- check -----------------------------------------------------------------------------------------------------------


def checked(*arguments: object) -> Outcome:
    return run("check", *arguments)


def test_check_writes_a_page_or_a_workbook(tmp_path: Path, faulty: Path) -> None:
    page, book = tmp_path / "c.html", tmp_path / "c.xlsx"
    assert checked(faulty, "--format", "html", "-o", page).status == 1
    assert page.read_bytes().startswith(b"<!doctype html>")
    assert checked(faulty, "--format", "xlsx", "-o", book).status == 1
    assert sheets(book.read_bytes())[0] == "汇总"
    assert checked(faulty, "--format", "html").out.startswith(b"<!doctype html>")


def test_check_ends_as_with_any_format(tmp_path: Path, faulty: Path) -> None:
    target = tmp_path / "c.html"
    assert checked(MOF, "--format", "html", "-o", target).status == 0
    assert checked(faulty, "--format", "html", "-o", target, "--fail-on", "never").status == 0
    assert checked(faulty, tmp_path / "absent.xlsx", "--format", "html", "-o", target).status == 2


@pytest.mark.parametrize("option", ["--fix", "--annotate"])
def test_check_does_not_leave_an_option_out_unsaid(option: str, tmp_path: Path, faulty: Path) -> None:
    other = tmp_path / "other.xlsx"
    done = checked(faulty, "--format", "html", option, other)
    assert done.status == 2
    assert option in done.err
    assert not other.exists()


@pytest.mark.parametrize("kind", ["text", "json", "sarif"])
def test_check_writes_any_format_to_a_file(kind: str, tmp_path: Path, faulty: Path) -> None:
    target = tmp_path / "findings"
    straight = checked(faulty, "--format", kind)
    filed = checked(faulty, "--format", kind, "-o", target)
    assert (filed.status, filed.out) == (straight.status, b"")
    assert target.read_bytes() == straight.out


# --- what is imported ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--help"], ("pandas", "jinja2", "xlsxwriter", "docxtpl", "perfeval_xl.reports")),
        (["check", str(MOF)], ("pandas", "jinja2", "docxtpl", "perfeval_xl.reports")),
        (["report", str(MOF), "-o", "-"], ("pandas", "xlsxwriter", "docxtpl")),
        (["summary", str(MOF), "-o", "-"], ("jinja2", "docxtpl")),
    ],
)
def test_heavy_libraries_wait_until_they_are_needed(arguments: list[str], absent: tuple[str, ...]) -> None:
    code = (
        "import sys\nfrom perfeval_xl.cli import perfeval\n"
        f"try:\n    perfeval({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {absent!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stderr.decode().splitlines()[-1] == "[]"
