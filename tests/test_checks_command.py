"""``perfeval check`` and ``perfeval explain``: formats, exit statuses, what goes where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from perfeval_xl.checks import rules
from perfeval_xl.cli import perfeval
from perfeval_xl.files import read_path
from perfeval_xl.messages import language, use_language
from perfeval_xl.model import Finding, dump_document
from perfeval_xl.workbook.open_workbook import to_workbook
from tests.check_cases import Case, changed_form, clean_forms, workbook_of

#: The parts of the SARIF 2.1.0 standard that are written here: names, what is required, allowed values.
SARIF = json.loads((Path(__file__).parent / "cases" / "sarif-structure.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def same_language() -> Iterator[None]:
    before = language()
    yield
    use_language(before)


def run(*arguments: object, data: bytes | None = None) -> Result:
    return CliRunner().invoke(perfeval, [str(argument) for argument in arguments], input=data)


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.json"
    path.write_bytes(dump_document([clean_forms()["mof"]]))
    return path


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """An error at H24 and C4, a warning at H24 and I18."""
    path = tmp_path / "faulty.xlsx"
    typed = {"H24": 99, "C4": ""}
    path.write_bytes(
        workbook_of(Case(name="", form="mof", zh="", en="", typed=typed, clear=("indicators[4].deviation",)))
    )
    return path


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    """A warning and no error."""
    path = tmp_path / "doubtful.json"
    path.write_bytes(dump_document([changed_form(Case("", "mof", "", "", clear=("indicators[4].deviation",)))]))
    return path


# --- exit status --------------------------------------------------------------------------------------------------


def test_a_form_without_faults_ends_with_0(clean: Path) -> None:
    result = run("check", clean)
    assert result.exit_code == 0
    assert "1 张表" in result.stdout


@pytest.mark.parametrize(("fail_on", "status"), [("never", 0), ("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on_says_which_findings_count(doubtful: Path, fail_on: str, status: int) -> None:
    assert run("check", doubtful, "--fail-on", fail_on).exit_code == status


def test_errors_count_by_default(faulty: Path) -> None:
    assert run("check", faulty).exit_code == 1


def test_what_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path, faulty: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 broken")
    result = run("check", tmp_path, tmp_path / "nowhere.xlsx", "--format", "json")
    assert result.exit_code == 2
    assert "broken.xlsx" in result.stderr
    assert "nowhere.xlsx" in result.stderr
    assert {finding["source"] for finding in json.loads(result.stdout)["findings"]} == {str(faulty)}


# --- formats ------------------------------------------------------------------------------------------------------


def test_text_groups_findings_by_file_and_names_cells(faulty: Path, doubtful: Path) -> None:
    lines = run("check", faulty, doubtful).stdout.splitlines()
    assert lines[0] == str(faulty)
    assert lines.index(str(doubtful)) > 0
    assert any("PE501" in line and "C4" in line for line in lines)
    assert not any("\x1b" in line for line in lines)


def test_text_in_english(faulty: Path) -> None:
    result = run("--lang", "en", "check", faulty)
    assert "is blank" in result.stdout
    assert "errors" in result.stdout


def test_json_is_the_contract(faulty: Path) -> None:
    findings = json.loads(run("check", faulty, "--format", "json").stdout)
    assert list(findings) == ["findings"]
    assert [list(finding) for finding in findings["findings"]] == [list(Finding.__struct_fields__)] * 4
    first = findings["findings"][0]
    assert (first["code"], first["sheet"], first["cell"], first["field"], first["form"]) == (
        "PE501",
        "自评表",
        "C4",
        "project.name",
        0,
    )


def test_json_of_nothing_wrong(clean: Path) -> None:
    assert json.loads(run("check", clean, "--format", "json").stdout) == {"findings": []}


def sarif(*arguments: object) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(run("check", *arguments, "--format", "sarif").stdout)
    jsonschema.validate(log, SARIF)
    return log


def test_sarif_names_every_rule_and_the_cell(faulty: Path) -> None:
    (run_,) = sarif(faulty)["runs"]
    assert [rule["id"] for rule in run_["tool"]["driver"]["rules"]] == [rule.code for rule in rules()]
    result = run_["results"][0]
    assert result["ruleId"] == run_["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "PE501"
    (location,) = result["locations"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "自评表!C4"
    assert location["physicalLocation"]["region"]["startLine"] == 4
    assert location["physicalLocation"]["region"]["startColumn"] == 3
    assert location["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")


def test_sarif_of_json_and_of_a_batch(tmp_path: Path, doubtful: Path) -> None:
    full = Case("", "mof", "", "", set={"indicators[4].score": 30, "funds.lines[0].score": 10})
    path = tmp_path / "full.json"
    path.write_bytes(dump_document([changed_form(full)] * 3))
    results = sarif(path)["runs"][0]["results"]
    assert results[-1]["ruleId"] == "PE601"
    assert "locations" not in results[-1]
    assert "region" not in sarif(doubtful)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]


def test_sarif_of_nothing_wrong(clean: Path) -> None:
    assert sarif(clean)["runs"][0]["results"] == []


# --- standard input, profiles -------------------------------------------------------------------------------------


def test_standard_input_is_checked_with_its_workbook(faulty: Path) -> None:
    by_file = json.loads(run("check", faulty, "--format", "json").stdout)["findings"]
    by_pipe = json.loads(run("check", "-", "--format", "json", data=faulty.read_bytes()).stdout)["findings"]
    assert [finding | {"source": ""} for finding in by_pipe] == [finding | {"source": ""} for finding in by_file]


def test_a_profile_of_ones_own_sets_severities(tmp_path: Path, doubtful: Path) -> None:
    profile = tmp_path / "strict.toml"
    profile.write_text('extends = "mof"\nid = "strict"\n[severities]\nerror = ["deduction-unexplained"]\n', "utf-8")
    assert run("check", doubtful, "-p", profile).exit_code == 1


# --- marked and fixed copies --------------------------------------------------------------------------------------


def test_annotate_writes_a_marked_copy(tmp_path: Path, faulty: Path) -> None:
    before, out = faulty.read_bytes(), tmp_path / "out" / "marked.xlsx"
    result = run("check", faulty, "--annotate", out)
    assert result.exit_code == 1
    assert "marked.xlsx" in result.stderr
    assert faulty.read_bytes() == before
    assert [reading.form for reading in read_path(out)] == [reading.form for reading in read_path(faulty)]


def test_fix_writes_fixes_and_reports_what_is_left(tmp_path: Path, faulty: Path) -> None:
    out = tmp_path / "fixed.xlsx"
    result = run("check", faulty, "--fix", out, "--format", "json")
    assert "H24" in result.stderr
    left = json.loads(result.stdout)["findings"]
    assert {(finding["name"], finding["source"]) for finding in left} == {
        ("required-missing", str(out)),
        ("deduction-unexplained", str(out)),
    }
    assert result.exit_code == 1
    assert read_path(out)[0].form.total.score == clean_forms()["mof"].total.score


def test_fix_of_json_writes_json(tmp_path: Path) -> None:
    source, out = tmp_path / "a.json", tmp_path / "b.json"
    source.write_bytes(dump_document([changed_form(Case("", "mof", "", "", set={"total.score": 60}))]))
    assert run("check", source, "--fix", out).exit_code == 0
    assert out.read_bytes() == dump_document([clean_forms()["mof"]])


@pytest.mark.parametrize("option", ["--fix", "--annotate"])
def test_copies_are_made_of_one_source(tmp_path: Path, faulty: Path, doubtful: Path, option: str) -> None:
    out = tmp_path / "out.xlsx"
    result = run("check", faulty, doubtful, option, out)
    assert result.exit_code == 2
    assert not out.exists()


def test_a_document_that_is_no_workbook_cannot_be_marked(tmp_path: Path, doubtful: Path) -> None:
    out = tmp_path / "out.xlsx"
    result = run("check", doubtful, "--annotate", out)
    assert result.exit_code == 2
    assert not out.exists()
    assert "doubtful.json" in result.stderr


def test_a_folder_that_cannot_be_written_leaves_everything(tmp_path: Path, faulty: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    result = run("check", faulty, "--fix", blocked / "out.xlsx")
    assert result.exit_code == 2
    assert blocked.read_text() == "x"


# --- explain ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["PE103", "total-score-mismatch"])
def test_explain_shows_the_page(wanted: str) -> None:
    result = run("explain", wanted)
    assert result.exit_code == 0
    assert result.stdout.startswith("# PE103 `total-score-mismatch`")


def test_explain_in_english() -> None:
    assert "neither the sum of the indicators" in run("--lang", "en", "explain", "PE103").stdout


def test_explain_without_a_code_lists_all() -> None:
    lines = run("explain").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [rule.code for rule in rules()]


def test_explain_of_a_slip_names_the_near_one() -> None:
    result = run("explain", "wieghts-sum")
    assert result.exit_code == 2
    assert "weights-sum" in result.stderr


def test_many_forms_of_one_workbook(tmp_path: Path) -> None:
    path = tmp_path / "many.xlsx"
    wrong = changed_form(Case("", "mof", "", "", set={"total.score": 60}))
    path.write_bytes(to_workbook([clean_forms()["mof"], wrong]))
    findings = json.loads(run("check", path, "--format", "json").stdout)["findings"]
    assert {(finding["form"], finding["sheet"]) for finding in findings} == {(1, "2 职工技能培训")}
