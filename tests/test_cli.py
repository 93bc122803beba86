"""The command line: what each command writes where, exit statuses, and one clear sentence for bad input."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner
from docx import Document as WordDocument

from perfeval_xl.cli import COMMANDS, perfeval
from perfeval_xl.errors import PerfevalError
from perfeval_xl.files import read_path
from perfeval_xl.messages import LANGUAGES, in_language
from perfeval_xl.model import json_schema_text, load_document
from perfeval_xl.package.addresses import parse_a1
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.sources import open_bytes
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.template.drawing import blank
from tests.own_workbooks import changed_parts, dressed, sheet_part
from tests.test_sources_hostile import ole

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "perfeval_xl/samples/mof.json"
SICHUAN = ROOT / "perfeval_xl/samples/sichuan.json"


@dataclass(frozen=True)
class Outcome:
    """What a run of the command left."""

    status: int
    out: bytes
    err: str


def run(*arguments: object, stdin: bytes = b"") -> Outcome:
    """The command in this process, ended as ``main`` ends it."""
    with in_language("zh"):  # --lang stays for the rest of a process
        result = CliRunner().invoke(perfeval, [str(argument) for argument in arguments], input=stdin)
        told = f"{result.exception}\n"
    if isinstance(result.exception, PerfevalError):
        return Outcome(2, result.stdout_bytes, result.stderr + told)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout_bytes, result.stderr)


def process(*arguments: object, stdin: bytes = b"", cwd: Path | None = None, **environment: str) -> Outcome:
    """The command as a person starts it."""
    done = subprocess.run(
        [sys.executable, "-c", "from perfeval_xl.cli import main; main()", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        timeout=60,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr.decode())


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A workbook with the two sample forms."""
    path = tmp_path / "已填.xlsx"
    path.write_bytes(to_workbook(load_document(SAMPLE.read_bytes()).forms))
    return path


# --- commands -------------------------------------------------------------------------------------------------


def test_profiles_are_listed() -> None:
    listed = run("profiles").out.decode().splitlines()
    assert [line.split()[0] for line in listed] == profile_ids()
    assert "项目支出绩效自评表（财预〔2020〕10号）" in listed[0]
    assert "National form" in run("--lang", "en", "profiles").out.decode()


def test_profiles_are_listed_as_json() -> None:
    entries = json.loads(run("profiles", "--json").out)
    assert [entry["id"] for entry in entries] == profile_ids()
    assert entries[0]["name"].keys() == set(LANGUAGES)


@pytest.mark.parametrize("name", profile_ids())
def test_a_template_is_what_is_shipped(name: str, tmp_path: Path) -> None:
    path = tmp_path / "空白.xlsx"
    outcome = run("template", name, "-o", path)
    assert (outcome.status, outcome.out) == (0, b"")
    assert str(path) in outcome.err
    assert path.read_bytes() == blank(load_profile(name))


def test_a_template_for_a_year_with_more_rows(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "空白.xlsx"
    assert run("template", "mof", "-o", path, "--year", 2025, "--rows", 30).status == 0
    assert read_path(path)[0].form.fiscal_year == 2025
    assert run("to-json", path).status == 0


def test_json_to_workbook_and_back(tmp_path: Path) -> None:
    workbook, back = tmp_path / "a.xlsx", tmp_path / "a.json"
    outcome = run("to-xlsx", SAMPLE, "-o", workbook)
    assert outcome.status == 0
    assert str(workbook) in outcome.err
    assert run("to-json", workbook, "-o", back).status == 0
    assert back.read_bytes() == SAMPLE.read_bytes()


def test_json_is_made_canonical(tmp_path: Path) -> None:
    path = tmp_path / "ugly.json"
    path.write_text(json.dumps(json.loads(SAMPLE.read_bytes())), "utf-8")
    assert run("to-json", path).out == SAMPLE.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert run("to-json", path).out == SAMPLE.read_bytes()


def test_filling_an_existing_workbook(tmp_path: Path) -> None:
    own, workbook, document = tmp_path / "own.xlsx", tmp_path / "filled.xlsx", tmp_path / "one.json"
    own.write_bytes(dressed(blank(load_profile("mof"))))
    before = own.read_bytes()
    one = json.loads(SAMPLE.read_bytes())
    document.write_text(json.dumps(one | {"forms": one["forms"][:1]}), "utf-8")
    assert run("to-xlsx", document, "-o", workbook, "--into", own).status == 0
    assert own.read_bytes() == before
    assert changed_parts(before, workbook.read_bytes()) == {sheet_part(before)}
    assert json.loads(run("to-json", workbook).out)["forms"] == one["forms"][:1]


def test_a_workbook_can_be_filled_in_place(tmp_path: Path) -> None:
    own = tmp_path / "own.xlsx"
    own.write_bytes(blank(load_profile("mof")))
    assert run("to-xlsx", SAMPLE, "-o", own, "--into", own).status == 0
    assert run("to-json", own).out == SAMPLE.read_bytes()


def test_the_schema_is_the_one_in_the_documentation() -> None:
    assert run("schema").out == json_schema_text() == (ROOT / "docs/perfeval-1.schema.json").read_bytes()


def test_the_demo_goes_all_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "示例"
    outcome = run("demo", folder)
    assert outcome.status == 0
    for sample in (ROOT / "perfeval_xl/samples").glob("*.json"):
        assert (folder / f"{sample.stem}-读回.json").read_bytes() == sample.read_bytes()
        assert (folder / f"{sample.stem}-空白.xlsx").is_file()
        assert str(folder / f"{sample.stem}-已填.xlsx") in outcome.out.decode()
    told = outcome.out.decode().splitlines()
    wrong = [line.split()[-1] for line in told if "✗" in line]
    assert wrong == ["劳动监察执法保障", "协理员队伍经费"]


# --- places ---------------------------------------------------------------------------------------------------


def test_where_gives_the_cell_of_every_field(filled: Path) -> None:
    document = json.loads(run("to-json", filled, "--where").out)
    sheets = {sheet.name: sheet for sheet in open_bytes(filled.read_bytes(), "a.xlsx")}
    assert len(document["where"]) == len(document["forms"]) == 2
    for form, where in zip(document["forms"], document["where"], strict=True):
        assert where["source"] == str(filled)
        sheet = sheets[where["sheet"]]

        def at(path: str, where: dict[str, dict[str, str]] = where, sheet: object = sheet) -> object:
            return sheet[parse_a1(where["cells"][path])]  # type: ignore[index]

        assert at("project.name") == form["project"]["name"]
        assert at("goals.actual") == form["goals"]["actual"]
        for number, indicator in enumerate(form["indicators"]):
            for column in ("name", "target", "actual", "weight", "score", "deviation"):
                found = at(f"indicators[{number}].{column}")
                assert found == indicator[column] or float(str(found)) == indicator[column]
        for number, line in enumerate(form["funds"]["lines"]):
            assert at(f"funds.lines[{number}].label") == line["label"]
    assert load_document(json.dumps(document)).forms == load_document(SAMPLE.read_bytes()).forms


def test_where_names_the_value_cell_of_a_target_in_three_cells(tmp_path: Path) -> None:
    path = tmp_path / "sichuan.xlsx"
    path.write_bytes(to_workbook(load_document(SICHUAN.read_bytes()).forms))
    where = json.loads(run("to-json", path, "--where").out)["where"][0]
    sheet = open_bytes(path.read_bytes(), "a.xlsx")[0]
    assert sheet[parse_a1(where["cells"]["indicators[0].target"])] == 860
    assert where["cells"]["extra.评价结论"]


# --- sources and outputs --------------------------------------------------------------------------------------


def test_standard_input_and_output(filled: Path) -> None:
    assert run("to-json", "-", stdin=filled.read_bytes()).out == SAMPLE.read_bytes()
    assert run("to-json", "-", stdin=SAMPLE.read_bytes()).out == SAMPLE.read_bytes()
    assert run("to-json", filled, "-o", "-").out == SAMPLE.read_bytes()
    workbook = run("to-xlsx", "-", "-o", "-", stdin=SAMPLE.read_bytes())
    assert run("to-json", "-", stdin=workbook.out).out == SAMPLE.read_bytes()
    assert run("template", "mof", "-o", "-").out == blank(load_profile("mof"))


def test_a_folder_and_what_is_below_it(filled: Path, tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    shutil.copy(filled, below / "二.xlsx")
    shutil.copy(filled, below / "~$二.xlsx")
    shutil.copy(filled, below / ".hidden.xlsx")
    (below / "picture.png").write_bytes(b"\x89PNG")
    document = json.loads(run("to-json", tmp_path / "a", "--where").out)
    assert {where["source"] for where in document["where"]} == {str(below / "二.xlsx")}


def test_a_pattern_and_a_file_named_twice(filled: Path, tmp_path: Path) -> None:
    shutil.copy(filled, tmp_path / "第二.xlsx")
    shutil.copy(SAMPLE, tmp_path / "第三.json")
    document = json.loads(run("to-json", tmp_path / "*.xlsx", filled, "--where").out)
    assert [where["source"] for where in document["where"]] == [str(filled)] * 2 + [str(tmp_path / "第二.xlsx")] * 2


def test_a_file_whose_name_looks_like_a_pattern(filled: Path, tmp_path: Path) -> None:
    path = tmp_path / "表[1].xlsx"
    shutil.copy(filled, path)
    assert run("to-json", path).out == SAMPLE.read_bytes()


def test_one_file_for_each_source_in_a_folder(filled: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(filled, other / filled.name)
    target = tmp_path / "out"
    assert run("to-json", filled, other / filled.name, SICHUAN, "-o", f"{target}/").status == 0
    assert sorted(path.name for path in target.iterdir()) == ["sichuan.json", "已填-2.json", "已填.json"]
    assert (target / "sichuan.json").read_bytes() == SICHUAN.read_bytes()
    assert (target / "已填-2.json").read_bytes() == SAMPLE.read_bytes()


def test_what_cannot_be_read_for_sure_is_told_with_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "doubt.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(to_workbook(load_document(SAMPLE.read_bytes()).forms[:1])))
    where = json.loads(run("to-json", _saved(book, path), "--where").out)["where"][0]["cells"]
    book.worksheets[0][where["indicators[2].score"]] = "满分"
    outcome = run("to-json", _saved(book, path))
    assert outcome.status == 0
    assert json.loads(outcome.out)["forms"][0]["indicators"][2]["score"] is None
    (told,) = outcome.err.splitlines()
    assert all(word in told for word in (str(path), where["indicators[2].score"], "indicators[2].score", "满分"))


def _saved(book: openpyxl.Workbook, path: Path) -> Path:
    book.save(path)
    return path


# --- bad input ------------------------------------------------------------------------------------------------


def encrypted() -> bytes:
    """What Excel saves with a password to open: a compound file with the encrypted package inside."""
    return ole("EncryptionInfo", "EncryptedPackage")


def word() -> bytes:
    buffer = io.BytesIO()
    document = WordDocument()
    document.add_paragraph("项目支出绩效自评表")
    document.save(buffer)
    return buffer.getvalue()


def no_form() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet().write("A1", "差旅费明细")
    return buffer.getvalue()


def empty_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("readme.txt", "x")
    return buffer.getvalue()


BAD = {
    "empty file": lambda: b"",
    "no zip": lambda: b"this is no workbook",
    "Word renamed": word,
    "truncated": lambda: to_workbook(load_document(SAMPLE.read_bytes()).forms)[:5000],
    "truncated at the end": lambda: to_workbook(load_document(SAMPLE.read_bytes()).forms)[:-30],
    "encrypted": encrypted,
    "no form": no_form,
    "a zip of something else": empty_zip,
}


def one_sentence(outcome: Outcome, *words: object) -> None:
    """Exit 2, one line that names the file, and not a word of Python."""
    assert outcome.status == 2
    assert outcome.out == b""
    (line,) = outcome.err.strip().splitlines()
    assert all(str(word) in line for word in words)
    assert "Traceback" not in line
    assert "Error" not in line


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("language", LANGUAGES)
def test_bad_input_gets_one_sentence_and_nothing_is_written(kind: str, language: str, tmp_path: Path) -> None:
    path, output = tmp_path / "bad.xlsx", tmp_path / "out"
    path.write_bytes(BAD[kind]())
    one_sentence(run("--lang", language, "to-json", path, "-o", output / "a.json"), path)
    one_sentence(run("--lang", language, "to-json", path, "-o", f"{output}/"), path)
    one_sentence(run("--lang", language, "to-xlsx", SAMPLE, "-o", output / "a.xlsx", "--into", path), path)
    assert not output.exists()


@pytest.mark.parametrize("name", ["absent.xlsx", "absent.json", "absent", "*.xlsx"])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    one_sentence(run("to-json", tmp_path / name), name)


def test_a_folder_without_anything_to_read(tmp_path: Path) -> None:
    one_sentence(run("to-json", tmp_path), tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [("template", "mfo", "-o", "a"), ("to-json", "-p", "mfo", SAMPLE), ("to-xlsx", "-p", "mfo", "-o", "a", SAMPLE)],
)
def test_an_unknown_profile(arguments: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one_sentence(run(*arguments), "mfo", "mof", "sichuan")
    assert list(tmp_path.iterdir()) == []


def test_a_document_of_an_unknown_profile_is_not_written(tmp_path: Path) -> None:
    document = json.loads(SAMPLE.read_bytes())
    document["forms"][0]["profile"] = "atlantis"
    one_sentence(run("to-xlsx", "-", "-o", tmp_path / "a.xlsx", stdin=json.dumps(document).encode()), "atlantis")
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_document_is_refused_with_its_path(tmp_path: Path) -> None:
    document = json.loads(SAMPLE.read_bytes())
    document["forms"][1]["indicators"][2]["score"] = "10"
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(document), "utf-8")
    one_sentence(run("to-xlsx", path, "-o", tmp_path / "a.xlsx"), path, "$.forms[1].indicators[2].score", "数字")
    assert [entry.name for entry in tmp_path.iterdir()] == ["wrong.json"]


def read_only_folder(tmp_path: Path) -> Path:
    """A folder that takes no file; for root, whom no permission stops, one of a read-only file system."""
    if os.geteuid() == 0:
        return Path("/proc/perfeval")
    folder = tmp_path / "read only"
    folder.mkdir()
    folder.chmod(0o555)
    return folder


@pytest.mark.parametrize("command", [("to-xlsx", SAMPLE), ("to-json", SAMPLE), ("template", "mof"), ("demo",)])
@pytest.mark.parametrize("where", ["read only", "below a file", "a folder"])
def test_an_output_that_cannot_be_written(command: tuple[object, ...], where: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "folder.xlsx").mkdir()
    places = {
        "read only": read_only_folder(tmp_path) / "a.xlsx",
        "below a file": tmp_path / "file" / "a.xlsx",
        "a folder": tmp_path / "folder.xlsx",
    }
    if where == "a folder" and command[0] in ("to-json", "demo"):
        assert run(*command, *(("-o",) if command[0] == "to-json" else ()), places[where]).status == 0
        return
    outcome = run(*command, *(() if command[0] == "demo" else ("-o",)), places[where])
    assert outcome.status == 2
    assert str(places[where]) in outcome.err
    assert "Traceback" not in outcome.err
    assert (tmp_path / "file").read_bytes() == b"old"
    assert list((tmp_path / "folder.xlsx").iterdir()) == []


def test_one_bad_file_among_five_good(filled: Path, tmp_path: Path) -> None:
    inbox, outbox = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    for number in range(5):
        shutil.copy(filled, inbox / f"{number}.xlsx")
    (inbox / "2a.xlsx").write_bytes(b"PK\x03\x04 broken")
    outcome = run("to-json", inbox, "-o", f"{outbox}/")
    assert outcome.status == 2
    (line,) = outcome.err.splitlines()
    assert str(inbox / "2a.xlsx") in line
    assert sorted(path.name for path in outbox.iterdir()) == [f"{number}.json" for number in range(5)]
    together = run("to-json", inbox)
    assert together.status == 2
    assert len(json.loads(together.out)["forms"]) == 10


@pytest.mark.parametrize(
    "arguments",
    [
        ("to-json",),
        ("to-xlsx", SAMPLE),
        ("template", "mof"),
        ("template", "mof", "-o", "a.xlsx", "--year", "24"),
        ("template", "mof", "-o", "a.xlsx", "--rows", "0"),
        ("nonsense",),
        ("profiles", "--nonsense"),
    ],
)
def test_wrong_usage_ends_with_2(
    arguments: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments).status == 2
    assert list(tmp_path.iterdir()) == []


# --- a real process -------------------------------------------------------------------------------------------


def test_the_whole_way_through_pipes() -> None:
    workbook = process("to-xlsx", "-", "-o", "-", stdin=SAMPLE.read_bytes())
    assert workbook.status == 0
    back = process("to-json", "-", stdin=workbook.out)
    assert (back.status, back.out, back.err) == (0, SAMPLE.read_bytes(), "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_is_one_sentence_on_the_error_output(language: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(b"no workbook")
    outcome = process("to-json", path, PERFEVAL_LANG=language)
    one_sentence(outcome, path)
    assert ("扩展名" in outcome.err) == (language == "zh")
    assert outcome.err == process("--lang", language, "to-json", path).err


def test_help_lists_every_command_and_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = (
        "openpyxl",
        "pandas",
        "numpy",
        "xlsxwriter",
        "xlwings",
        "lxml",
        "jinja2",
        "rich",
        "python_calamine",
        "docx",
    )
    script = (
        "import sys\nfrom perfeval_xl.cli import main\n"
        "try: main()\nexcept SystemExit as end: assert not end.code\n"
        f"print('HEAVY', [name for name in {heavy!r} if name in sys.modules])"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script, "--help"],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        cwd=tmp_path,
        check=True,
    )
    assert done.stdout.endswith("HEAVY []\n")
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    outcome = run(command, "--help")
    assert outcome.status == 0
    assert command in outcome.out.decode()


def test_a_hidden_row_that_is_read_is_told_as_read(tmp_path: Path) -> None:
    """``to-json`` and ``check`` say the same of it."""
    document = load_document((ROOT / "perfeval_xl/samples/mof.json").read_bytes())
    book = openpyxl.load_workbook(io.BytesIO(to_workbook(document.forms[:1])))
    heading = next(c for row in book.worksheets[0].iter_rows() for c in row if c.value == "年度指标值")
    book.worksheets[0].row_dimensions[heading.row + 1].hidden = True
    path = tmp_path / "hidden.xlsx"
    book.save(path)
    told = run("to-json", path, "-o", tmp_path / "a.json").err
    assert "已读入" in told
    assert "没有读入" not in told
    assert load_document((tmp_path / "a.json").read_bytes()).forms[0].indicators == document.forms[0].indicators
