"""Commands over many files: streams, journals, marked folders, hostile neighbours, Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

import perfeval_xl
from perfeval_xl.cli import checking, perfeval
from perfeval_xl.files import read_path
from perfeval_xl.messages import in_language
from perfeval_xl.model import dump_document, load_document
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.workbook.open_workbook import to_workbook
from tests.check_cases import Case, changed_form, clean_forms
from tests.hostile_work import HostileCheck

ROOT = Path(__file__).parents[1]


def run(*arguments: object, language: str = "zh") -> Result:
    with in_language("zh" if language == "zh" else "en"):
        result = CliRunner().invoke(perfeval, [str(argument) for argument in arguments])
        result.told = result.stderr + (str(result.exception) if result.exception else "")  # type: ignore[attr-defined]
    return result


def told(result: Result) -> str:
    text: str = result.told  # type: ignore[attr-defined]
    return text


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty files in four formats, below each other; every fourth has an error."""
    folder = tmp_path_factory.mktemp("inbox")
    clean = clean_forms()["mof"]
    wrong = changed_form(Case("", "mof", "", "", set={"total.score": 60}))
    workbooks = {name: to_workbook([form]) for name, form in (("clean", clean), ("wrong", wrong))}
    for number in range(40):
        kind = "wrong" if number % 4 == 0 else "clean"
        place = folder / f"部门{number % 3}"
        place.mkdir(exist_ok=True)
        if number % 5 == 4:
            document = dump_document([wrong if kind == "wrong" else clean])
            (place / f"{number:02d}.json").write_bytes(document)
        else:
            (place / f"{number:02d}.xlsx").write_bytes(workbooks[kind])
    return folder


def findings(result: Result) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(result.stdout)["findings"]
    return found


# --- streams ------------------------------------------------------------------------------------------------------


def test_jobs_change_nothing(inbox: Path) -> None:
    one, two = (run("check", inbox, "--jobs", jobs, "--format", "json") for jobs in (1, 2))
    assert one.stdout == two.stdout
    assert one.exit_code == two.exit_code == 1


def test_json_lines_are_the_json(inbox: Path) -> None:
    lines = run("check", inbox, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == findings(run("check", inbox, "--format", "json"))


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "sarif"])
def test_an_output_file_holds_what_standard_output_would(inbox: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    result = run("check", inbox, "--format", form, "-o", out)
    assert result.stdout == ""
    assert out.read_text("utf-8") == run("check", inbox, "--format", form).stdout


@pytest.mark.parametrize("options", [(), ("--json",), ("--summary",), ("--summary", "--json")])
def test_scores_are_the_same_by_any_number_of_jobs(inbox: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    one, two = (run("score", inbox, *options, "--jobs", jobs).stdout for jobs in (1, 2))
    assert one == two
    run("score", inbox, *options, "-o", tmp_path / "out")
    assert (tmp_path / "out").read_text("utf-8") == one


def test_forms_as_a_document_as_lines_and_as_a_ledger(inbox: Path, tmp_path: Path) -> None:
    document = load_document(run("to-json", inbox, "--jobs", 2, "--where").stdout_bytes)
    assert len(document.forms) == len(document.where) == 40
    assert run("to-json", inbox, "--where").stdout_bytes == dump_document(document.forms, document.where)
    lines = [json.loads(line) for line in run("to-json", inbox, "--jsonl", "--where").stdout.splitlines()]
    assert [line["form"]["project"]["name"] for line in lines] == [form.project.name for form in document.forms]
    assert [line["where"]["source"] for line in lines] == [line["source"] for line in lines]
    run("to-json", inbox, "-o", tmp_path / "a.jsonl")
    assert len((tmp_path / "a.jsonl").read_text("utf-8").splitlines()) == 40
    run("to-json", inbox, "-o", tmp_path / "a.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [row["source"] for row in table] == [line["source"] for line in lines]
    assert [row["total_score"] for row in table] == [form.total.score for form in document.forms]
    assert [row["funds_executed"] for row in table] == [form.funds.lines[0].executed for form in document.forms]
    again = load_document(b'{"schema":"perfeval/1","forms":[%s]}' % ",".join(row["json"] for row in table).encode())
    assert again.forms == document.forms


def test_a_ledger_has_a_row_for_a_file_that_failed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "in" / "b.json").write_bytes(dump_document([clean_forms()["mof"]]))
    assert run("to-json", tmp_path / "in", "-o", tmp_path / "a.parquet").exit_code == 2
    first, second = pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert ("a.xlsx" in first["error"], first["json"]) == (True, None)
    assert (second["error"], second["profile"]) == (None, "mof")


# --- marked copies ------------------------------------------------------------------------------------------------


def test_every_workbook_of_a_folder_is_marked_in_its_place(inbox: Path, tmp_path: Path) -> None:
    marked = tmp_path / "marked"
    result = run("check", inbox, "--annotate", f"{marked}/", "--jobs", 2)
    names = sorted(path.relative_to(inbox).as_posix() for path in inbox.rglob("*.xlsx"))
    assert sorted(path.relative_to(marked).as_posix() for path in marked.rglob("*") if path.is_file()) == names
    assert result.exit_code == 1
    assert told(result).count(".json") == 8
    first = names[0]
    assert (marked / first).read_bytes() != (inbox / first).read_bytes()
    assert [r.form for r in read_path(marked / first)] == [r.form for r in read_path(inbox / first)]


def test_marked_copies_never_replace_their_sources(inbox: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(inbox, tmp_path / "in")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert run("check", folder, "--annotate", f"{folder}/").exit_code == 2
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_marked_copies_inside_the_folder_are_no_sources_of_the_next_run(inbox: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(inbox, tmp_path / "in")
    words = ("check", folder, "--annotate", f"{folder}/标注/", "--format", "json")
    first = run(*words)
    assert len(list((folder / "标注").rglob("*.xlsx"))) == 32
    assert run(*words).stdout == first.stdout
    assert len(list((folder / "标注").rglob("*.xlsx"))) == 32


# --- folders ------------------------------------------------------------------------------------------------------


def test_a_readme_in_the_folder_does_not_spoil_the_exit_status(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(dump_document([clean_forms()["mof"]]))
    (tmp_path / "README.txt").write_text("请各单位于 3 月底前报送。\n", "utf-8")
    (tmp_path / "说明.md").write_text("# 说明\n\n见附件。\n", "utf-8")
    result = run("check", tmp_path)
    assert result.exit_code == 0
    assert "README.txt" in told(result)
    assert "说明.md" in told(result)
    assert run("check", tmp_path / "README.txt").exit_code == 2


def test_the_same_project_in_two_files_is_told(inbox: Path) -> None:
    found = [f for f in findings(run("check", inbox, "--format", "json")) if f["name"] == "project-duplicate"]
    assert len(found) == 39
    assert "00.xlsx" in str(found[0]["message"])


@pytest.mark.skipif(sys.platform != "linux", reason="only there may a name be no text")
def test_a_name_that_is_no_utf8_costs_nothing_else(tmp_path: Path) -> None:
    document = dump_document([clean_forms()["mof"]])
    (tmp_path / "a.json").write_bytes(document)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xd7\xd4\xc6\xc0.json")).write_bytes(document)
    for command in (("to-json", "--jsonl"), ("check", "--format", "json"), ("score", "--json")):
        result = run(command[0], tmp_path, *command[1:])
        assert result.exit_code == 0
        assert result.stdout.count("�") >= (command[0] != "check")


# --- hostile neighbours -------------------------------------------------------------------------------------------


def test_the_worst_files_cost_only_themselves(inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty forms and four files that abort, end the worker, take a terabyte at once, and trip us up."""
    folder = shutil.copytree(inbox, tmp_path / "in")
    worst = ("abort", "exit", "at once", "mistake")
    for word in worst:
        (folder / "部门1" / f"{word}.xlsx").write_bytes(word.encode().ljust(10))
    monkeypatch.setattr(checking, "CheckWork", HostileCheck)
    result = run("check", folder, "--jobs", 2, "--format", "json")
    assert result.exit_code == 2
    assert [told(result).count(f"{word}.xlsx") for word in worst] == [1] * 4
    good = findings(run("check", inbox, "--format", "json"))
    assert [(f["code"], f["cell"], Path(str(f["source"])).name) for f in findings(result)] == [
        (f["code"], f["cell"], Path(str(f["source"])).name) for f in good
    ]


# --- going on -----------------------------------------------------------------------------------------------------


def test_a_run_that_was_stopped_goes_on_to_the_same_ledger(inbox: Path, tmp_path: Path) -> None:
    """The journal of a whole run, cut off at some of its lines and in the middle of the next, as by a crash."""
    unbroken = run("check", inbox, "--format", "json")
    journal = tmp_path / "run.journal"
    assert run("check", inbox, "--format", "json", "--resume", journal).stdout == unbroken.stdout
    lines = journal.read_bytes().splitlines(keepends=True)
    assert len(lines) == 41
    for kept in range(1, 42, 10):
        journal.write_bytes(b"".join(lines[:kept]) + lines[min(kept, 40)][:40])
        resumed = run("check", inbox, "--format", "json", "--resume", journal, "--jobs", 1 + kept % 2)
        assert (resumed.stdout, resumed.exit_code) == (unbroken.stdout, unbroken.exit_code)
    assert sorted(journal.read_bytes().splitlines()) == sorted(line.strip() for line in lines)


def test_what_is_done_is_not_done_again(inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = tmp_path / "run.journal"
    first = run("to-json", inbox, "--resume", journal)

    def refuse(*_: object) -> None:
        raise AssertionError("a worker was started")

    monkeypatch.setattr("perfeval_xl.batch.pool.WorkerProcess", refuse)
    assert run("to-json", inbox, "--resume", journal).stdout == first.stdout


def test_a_file_that_changed_is_read_again(inbox: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(inbox, tmp_path / "in")
    journal = tmp_path / "run.journal"
    run("check", folder, "--resume", journal)
    same = folder / "部门0" / "00.xlsx"
    os.utime(same, (0, 0))  # only the time
    changed = folder / "部门1" / "04.json"
    changed.write_bytes(dump_document([clean_forms()["mof"]]))
    before = journal.stat().st_size
    resumed = run("check", folder, "--resume", journal, "--format", "json")
    assert resumed.stdout == run("check", folder, "--format", "json").stdout
    added = journal.read_bytes()[before:].decode().splitlines()
    assert [json.loads(line)["path"] for line in added] == [str(changed)]


def test_failures_are_kept_as_well(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "in" / "b.json").write_bytes(dump_document([clean_forms()["mof"]]))
    first, second = (run("check", tmp_path / "in", "--resume", tmp_path / "j") for _ in range(2))
    assert (first.exit_code, told(first), first.stdout) == (second.exit_code, told(second), second.stdout)
    assert first.exit_code == 2


@pytest.mark.parametrize("other", ["command", "profile", "language", "version", "file"])
def test_a_journal_of_another_run_is_refused(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    journal = tmp_path / "run.journal"
    run("check", inbox, "--resume", journal)
    before = b"a file of the user's\n" if other == "file" else journal.read_bytes()
    journal.write_bytes(before)
    if other == "version":
        monkeypatch.setattr(
            perfeval_xl,
            "__version__",
            "9.9.9",
        )
    command = "to-json" if other == "command" else "check"
    options = ("-p", "mof") if other == "profile" else ()
    language = "en" if other == "language" else "zh"
    result = run(command, inbox, "--resume", journal, *options, language=language)
    assert result.exit_code != 0
    assert "run.journal" in told(result)
    assert journal.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(inbox: Path, tmp_path: Path) -> None:
    """Sixty files, the last of which holds everything up; then the same command again, without it."""
    folder = shutil.copytree(inbox, tmp_path / "in")
    for number in range(20):
        shutil.copy(inbox / "部门0" / "00.xlsx", folder / f"zz{number:02d}.xlsx")
    endless = folder / "龟" / "last.xlsx"  # behind all others, so that none waits for it
    endless.parent.mkdir()
    endless.write_bytes(b"sleep".ljust(10))
    code = (
        "from perfeval_xl.cli import checking, main; from tests.hostile_work import HostileCheck; "
        "checking.CheckWork = HostileCheck; main()"
    )
    command = [sys.executable, "-c", code, "check", str(folder), "--format", "json"]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PERFEVAL_LANG": "en"}
    process = subprocess.Popen(
        [*command, "-o", str(tmp_path / "out.json")], cwd=ROOT, stderr=subprocess.PIPE, env=environment, text=True
    )
    deadline = time.monotonic() + 60
    while not any(path.read_bytes().count(b"\n") >= 61 for path in tmp_path.glob("*.journal")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    (journal,) = tmp_path.glob("*.journal")
    assert "60 of 61" in said
    assert str(journal) in said
    assert "Traceback" not in said
    assert not (tmp_path / "out.json").exists()
    endless.unlink()
    again = subprocess.run(
        [*command, "--resume", str(journal)], cwd=ROOT, capture_output=True, env=environment, check=False
    )
    whole = subprocess.run(command, cwd=ROOT, capture_output=True, env=environment, check=False)
    assert again.returncode == whole.returncode == 1
    assert again.stdout == whole.stdout
    assert list(tmp_path.glob("*.journal")) == [journal]


# --- one workbook of many sheets ----------------------------------------------------------------------------------


def test_many_sheets_of_one_workbook_are_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What made 500 forms on 500 sheets quadratic: every sheet opened the whole workbook again."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(to_workbook([clean_forms()["mof"]] * 12))
    run("check", path)  # the template to compare with is opened once for all
    opened = []
    plain = Workbook.__init__

    def counted(self: Workbook, data: bytes, name: str) -> None:
        opened.append(name)
        plain(self, data, name)

    monkeypatch.setattr(Workbook, "__init__", counted)
    assert "12" in run("check", path).stdout
    assert opened == [str(path)]
