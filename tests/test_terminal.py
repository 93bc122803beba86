"""The command in the hands of a person: encodings, closed and full outputs, Ctrl-C, wrong usage, outputs and inputs."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.protection import WorkbookProtection

from perfeval_xl import files, sources
from perfeval_xl.cli import COMMANDS
from perfeval_xl.errors import Unreadable
from perfeval_xl.files import read_path
from perfeval_xl.messages import in_language
from tests.test_cli import ROOT, SAMPLE, Outcome, process, run
from tests.test_sources_excel import package

PYTHON = [sys.executable, "-c", "from perfeval_xl.cli import main; main()"]


def shell(line: str, folder: Path, **environment: str) -> Outcome:
    """A line of a shell in which ``perfeval`` is the command."""
    command = f'perfeval() {{ {sys.executable} -m perfeval_xl "$@"; }}; {line}'
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PERFEVAL_LANG": "zh"} | environment,
        timeout=60,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """A workbook with findings; the folder holds nothing else."""
    path = tmp_path / "a.xlsx"
    assert run("to-xlsx", SAMPLE, "-o", path).status == 0
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    reading = read_path(path)[0]
    for number in range(len(reading.form.indicators)):
        cell = reading.places[f"indicators[{number}].score"]
        sheet.cell(cell.row + 1, cell.column + 1).value = 999
    book.save(path)
    return path


# --- what stands behind the output --------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp936", "cp1252", "ascii", "utf-8", "latin-1"])
def test_no_encoding_loses_a_finding(encoding: str, form: Path) -> None:
    told = shell("perfeval check a.xlsx", form.parent, PYTHONIOENCODING=encoding)
    wanted = shell("perfeval check a.xlsx", form.parent)
    text = told.out.decode("cp936" if encoding == "cp936" else "utf-8")
    assert told.status == 1
    assert re.findall(r"PE\d{3}", text) == re.findall(r"PE\d{3}", wanted.out.decode())
    assert "得分" in text


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_any_locale_will_do(locale: str, form: Path) -> None:
    told = shell("perfeval --lang zh check a.xlsx", form.parent, LC_ALL=locale)
    assert (told.status, "得分" in told.out.decode()) == (1, True)


@pytest.mark.parametrize("command", ["check a.xlsx", "to-json a.xlsx", "score a.xlsx", "profiles", "explain", "schema"])
@pytest.mark.parametrize("output", [">/dev/full", ">&-"])
def test_an_output_that_takes_nothing_is_2_and_told(command: str, output: str, form: Path) -> None:
    told = shell(f"perfeval {command} {output}", form.parent)
    assert told.status == 2
    assert told.err.startswith("输出写不出去")
    assert "Traceback" not in told.err


@pytest.mark.parametrize("command", ["check a.xlsx", "explain", "profiles"])
def test_a_reader_who_leaves_is_no_finding(command: str, form: Path) -> None:
    told = shell(f"perfeval {command} | (sleep 0.01; exec <&-; sleep 1); echo ${{PIPESTATUS[0]}}", form.parent)
    assert int(told.out) in (0, 1 if command.startswith("check") else 0, 2)
    assert told.err == ""


def test_a_closed_error_output_costs_nothing(form: Path) -> None:
    told = shell("perfeval to-json a.xlsx -o a.json 2>&-", form.parent)
    assert (told.status, told.err) == (0, "")
    assert (form.parent / "a.json").is_file()


def test_ctrl_c_is_one_sentence_and_130(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PERFEVAL_LANG": "en"}
    command = [*PYTHON, "to-json", "-"]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    time.sleep(1.5)  # it waits for its input
    started.send_signal(signal.SIGINT)
    _, told = started.communicate(timeout=30)
    assert (started.returncode, told.decode().startswith("Interrupted")) == (130, True)
    assert b"Traceback" not in told
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_text_costs_its_folder_nothing(form: Path) -> None:
    odd = os.fsencode(form.parent) + b"/\xe4\xff.xlsx"
    Path(os.fsdecode(odd)).write_bytes(form.read_bytes())
    for command in ("check --format json", "to-json --where", "score --json", "check"):
        told = shell(f"perfeval {command} .", form.parent)
        assert told.status in (0, 1), told.err
        assert told.out.decode("utf-8").count("xlsx") >= 2 or "where" in command
    assert shell("perfeval check $'\\xe4\\xff.xlsx' --annotate b.xlsx", form.parent).status == 1
    assert shell("perfeval to-json $'\\xe9.xlsx'", form.parent).status == 2


def test_an_unforeseen_failure_is_a_sentence_with_a_log(form: Path) -> None:
    broken = "import perfeval_xl.cli.templates as t; from perfeval_xl.cli import main; t.load_profile = None; main()"
    done = subprocess.run(
        [sys.executable, "-c", broken, "profiles"],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PERFEVAL_LANG": "en", "TMPDIR": str(form.parent)},
        check=False,
    )
    (log,) = form.parent.glob("perfeval-*.log")
    assert done.returncode == 2
    assert str(log) in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert "TypeError" in log.read_text("utf-8")


# --- usage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("chekc a.xlsx", ("chekc", "check")),
        ("tojson a.xlsx", ("to-json",)),
        ("check --anotate b.xlsx a.xlsx", ("--anotate", "--annotate")),
        ("check", ("SOURCE",)),
        ("check a.xlsx --format yaml", ("--format", "json")),
        ("template mof -o b.xlsx --rows 0", ("--rows", "500")),
        ("template mof -o", ("-o",)),
        ("to-xlsx a.json b.json -o c.xlsx", ("b.json",)),
        ("frobnicate", ("frobnicate", "summary" if "summary" in COMMANDS else "check")),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_wrong_usage_is_told_in_the_language(line: str, words: tuple[str, ...], language: str, tmp_path: Path) -> None:
    told = shell(f"perfeval --lang {language} {line}", tmp_path)
    assert told.status == 2
    assert all(word in told.err for word in words)
    assert ("用法见" in told.err) == (language == "zh")
    assert len(told.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_language_stands_before_or_after_the_command(tmp_path: Path) -> None:
    before, after = (shell(f"perfeval {line}", tmp_path) for line in ("--lang en check none", "check none --lang=en"))
    assert before == after
    assert "no such file" in before.err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_help_has_examples(command: str, language: str) -> None:
    with in_language("zh"):
        told = process(command, "--help", "--lang", language).out.decode()
    assert f"    perfeval {command}" in told.partition("Examples:")[2]


@pytest.mark.parametrize("place", ["before", "after"])
def test_quiet_says_only_what_went_wrong(place: str, form: Path) -> None:
    line = "perfeval -q {} a.xlsx -o b.json" if place == "before" else "perfeval {} -q a.xlsx -o b.json"
    assert shell(line.format("to-json"), form.parent).err == ""
    assert shell("perfeval template mof -o t.xlsx -q", form.parent) == Outcome(0, b"", "")
    assert "none.xlsx" in shell("perfeval -q to-json none.xlsx", form.parent).err


def test_completion_knows_commands_options_and_profiles(tmp_path: Path) -> None:
    def completed(words: str) -> str:
        count = len(words.split(" ")) - 1
        line = f"_PERFEVAL_COMPLETE=bash_complete COMP_WORDS='{words}' COMP_CWORD={count} perfeval"
        return shell(line, tmp_path).out.decode()

    assert "check" in completed("perfeval che")
    assert "--annotate" in completed("perfeval check --ann")
    assert "shenzhen-futian" in completed("perfeval template shen")


def test_a_region_is_found_by_its_name(tmp_path: Path) -> None:
    several = shell("perfeval template 北京 -o a.xlsx", tmp_path)
    assert several.status == 2
    assert all(name in several.err for name in ("beijing-fengtai-hrss", "beijing-fengtai-union"))
    assert not (tmp_path / "a.xlsx").exists()
    assert shell("perfeval template 深圳 -o a.xlsx", tmp_path).status == 0
    assert shell("perfeval template 火星 -o b.xlsx", tmp_path).status == 2


# --- files another program holds ----------------------------------------------------------------------------------


def test_a_file_that_excel_is_saving_is_read_after_a_moment(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, tries = form.read_bytes(), []

    def held(_: Path) -> bytes:
        tries.append(1)
        if len(tries) < 3:
            error = PermissionError(13, "held")
            error.winerror = 32  # type: ignore[attr-defined, unused-ignore]
            raise error
        return data

    monkeypatch.setattr(sources, "PAUSES", (0, 0, 0))
    monkeypatch.setattr(Path, "read_bytes", held)
    assert files.bytes_of(form) == data


def test_a_file_that_stays_held_is_told_so(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(_: Path) -> bytes:
        error = PermissionError(13, "held")
        error.winerror = 33  # type: ignore[attr-defined, unused-ignore]
        raise error

    monkeypatch.setattr(sources, "PAUSES", (0, 0))
    monkeypatch.setattr(Path, "read_bytes", held)
    with pytest.raises(Unreadable) as caught:
        files.bytes_of(form)
    assert caught.value.key == "file-in-use"


# --- outputs never eat inputs -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "to-json a.xlsx -o a.xlsx",
        "to-json . -o a.json",
        "to-json ./a.xlsx a.json -o ../{folder}/a.json",
        "to-xlsx a.json -o a.json",
        "check a.xlsx --annotate a.xlsx",
        "check a.xlsx --annotate link.xlsx",
        "check a.xlsx --fix a.xlsx",
        "adopt a.xlsx -o a.xlsx",
        "to-json a.json -o ./",
    ],
)
def test_an_output_is_never_an_input(line: str, form: Path) -> None:
    folder = form.parent
    (folder / "a.json").write_bytes(SAMPLE.read_bytes())
    (folder / "link.xlsx").symlink_to(form)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    told = shell(f"perfeval {line.format(folder=folder.name)}", folder)
    assert told.status == 2
    assert "输出" in told.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    "line",
    [
        "to-json a.xlsx -o out.pdf",
        "to-json a.xlsx -o out.xlsx",
        "to-xlsx a.json -o out.json",
        "to-xlsx a.json -o out.xlsm",
        "to-xlsx a.json --into a.xlsx -o out.xlsm",
        "template mof -o out.xlsm",
        "template mof --macros -o out.xlsx",
        "check a.xlsx --annotate out.xlsm",
        "check a.xlsx --fix out.json",
        "adopt a.xlsx -o out.json",
    ],
)
def test_a_name_fits_what_is_written(line: str, form: Path) -> None:
    (form.parent / "a.json").write_bytes(SAMPLE.read_bytes())
    told = shell(f"perfeval {line}", form.parent)
    assert told.status == 2
    assert "out." in told.err
    assert not list(form.parent.glob("out.*"))


def test_a_workbook_is_filled_in_its_own_place(form: Path) -> None:
    (form.parent / "a.json").write_bytes(SAMPLE.read_bytes())
    assert shell("perfeval to-xlsx a.json --into a.xlsx -o a.xlsx", form.parent).status == 0
    assert [reading.form for reading in read_path(form)] == [reading.form for reading in read_path(SAMPLE)]


def with_part(data: bytes, name: str, body: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {part: archive.read(part) for part in archive.namelist()}
    return package(parts | {name: body})


@pytest.mark.parametrize("line", ["to-xlsx a.json --into a.xlsx -o b.xlsx", "check a.xlsx --annotate b.xlsx"])
def test_a_signature_that_no_longer_holds_is_told(line: str, form: Path) -> None:
    (form.parent / "a.json").write_bytes(SAMPLE.read_bytes())
    assert "数字签名" not in shell(f"perfeval {line}", form.parent).err
    form.write_bytes(with_part(form.read_bytes(), "_xmlsignatures/sig1.xml", b"<Signature/>"))
    assert "数字签名" in shell(f"perfeval {line}", form.parent).err


def test_a_locked_structure_gets_no_further_sheet(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    book.security = WorkbookProtection(lockStructure=True)
    book.save(form)
    told = shell("perfeval check a.xlsx --annotate b.xlsx", form.parent)
    assert (told.status, "保护" in told.err) == (2, True)
    assert not (form.parent / "b.xlsx").exists()


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_form_on_a_hidden_sheet_is_named(state: str, form: Path) -> None:
    book = openpyxl.load_workbook(form)
    name = book.sheetnames[0]
    for sheet in book.worksheets:
        setattr(sheet, "sheet_state", state)  # noqa: B010 (its type is narrower than the parameter's)
    book.create_sheet("封面")
    book.active = book.sheetnames.index("封面")
    book.save(form)
    told = shell("perfeval to-json a.xlsx", form.parent)
    assert (told.status, told.out) == (2, b"")
    assert f"“{name}" in told.err
