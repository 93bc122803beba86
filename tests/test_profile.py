"""Profiles: what is shipped loads; a region's own file works anywhere, or is refused with file, key and near-miss."""

from __future__ import annotations

import copy
import json
import pickle
import tomllib
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import perfeval_xl as pe
from perfeval_xl.cli import main, perfeval
from perfeval_xl.errors import ProfileError
from perfeval_xl.files import read_bytes
from perfeval_xl.messages import LANGUAGES, in_language
from perfeval_xl.model import dump_document, load_document
from perfeval_xl.profile import PROFILE_FOLDER, SCOPES, USER_FOLDER_VARIABLE, label_key, load_profile, profile_ids
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.template.drawing import FormSheet, build
from tests.made_forms import made_form
from tests.samples import made_sample

CASES = tomllib.loads((Path(__file__).parent / "cases/profile/refused.toml").read_text("utf-8"))["case"]
OWN = """
extends = "mof"
id = "own-city"
title = "某市项目支出绩效自评表"
[name]
zh = "某市"
en = "Some city"
[rules]
execution_base = "initial_budget"
[project]
department = "归口部门"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own-city.toml"
    path.write_text(OWN, "utf-8")
    return path


# --- shipped --------------------------------------------------------------------------------------------------


def test_the_national_form_comes_first_and_every_region_is_there() -> None:
    regions = {"mof", "beijing-fengtai-union", "beijing-fengtai-hrss", "shanghai-baoshan", "shenzhen-futian", "sichuan"}
    assert profile_ids()[0] == "mof"
    assert regions <= set(profile_ids())


@pytest.mark.parametrize("name", profile_ids())
def test_a_shipped_profile_loads_and_is_complete(name: str) -> None:
    profile = load_profile(name)
    assert profile.id == name
    full = profile.rules.full_marks - profile.rules.execution_weight
    assert sum((level.weight or Decimal(0) for level in profile.indicators.level1), Decimal(0)) in (0, full)
    for scope in SCOPES:
        assert all(label == label_key(label) for label in profile.labels(scope))
    for row in profile.indicators.rows:
        levels = {level.name: level.level2 for level in profile.indicators.level1}
        assert row.level2 in levels[row.level1]


@pytest.mark.parametrize("name", profile_ids())
def test_a_shipped_profile_states_only_what_differs(name: str) -> None:
    def repeated(own: dict[str, Any], base: dict[str, Any], at: str = "") -> list[str]:
        found = []
        for key, value in own.items():
            if isinstance(value, dict) and isinstance(base.get(key), dict):
                found += repeated(value, base[key], f"{at}{key}.")
            elif key in base and base[key] == value:
                found.append(at + key)
        return found

    base = tomllib.loads((PROFILE_FOLDER / "base.toml").read_text("utf-8"))
    own = tomllib.loads((PROFILE_FOLDER / f"{name}.toml").read_text("utf-8"))
    assert own["extends"]
    assert repeated(own, base) == []


@pytest.mark.parametrize("name", profile_ids())
def test_a_form_can_be_made_up_for_it(name: str) -> None:
    """So tests of every profile run before it has a sample: it keeps its rules and fits its template."""
    form = made_sample(load_profile(name))
    assert read_bytes(to_workbook([form]), "form.xlsx")[0].form == form
    # The second row has lost a point, with a reason, though its target was met.
    assert [(found.name, found.field) for found in pe.check([form])] == [
        ("score-differs-from-rule", "indicators[1].score")
    ]


def test_what_differs_between_regions() -> None:
    assert load_profile("shanghai-baoshan").rules.execution_base == "initial_budget"
    assert load_profile("shenzhen-futian").unit == "元"
    assert load_profile("shenzhen-futian").funds.rate == "percent"
    assert not load_profile("beijing-fengtai-union").total.includes_execution
    assert "成本指标" in [level.name for level in load_profile("beijing-fengtai-hrss").indicators.level1]
    assert load_profile("sichuan").indicators.target == ("target_operator", "target_value", "target_unit")


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("年初预\n算数", "年初预算数"),
        ("* 实际完成值", "实际完成值"),
        ("执行率（%）", "执行率"),
        ("项目名称：", "项目名称"),
        ("全年预算数（A）", "全年预算数"),
        ("（B/A）", "(B/A)"),
        (" 分　值 ", "分值"),
    ],
)
def test_a_label_is_compared_without_what_print_adds(printed: str, key: str) -> None:
    assert label_key(printed) == key


# --- refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_profile_is_refused_with_file_key_and_near_miss(
    case: dict[str, Any], language: Any, tmp_path: Path
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(case["toml"], "utf-8")
    (tmp_path / "parent.toml").write_text(case.get("parent", 'extends = "mof"'), "utf-8")
    with in_language(language), pytest.raises(ProfileError) as refused:
        load_profile(path)
    told = str(refused.value)
    assert told.startswith(str(tmp_path / case.get("file", "own.toml")))
    assert refused.value.values.get("key", "") == case["key"]
    for word in (case["key"], *case["says"]):
        assert word in told.removeprefix(str(tmp_path))


def test_a_mistake_in_what_is_shipped_is_told_of_the_shipped_file(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from perfeval_xl.profile import loading

    folder = tmp_path / "shipped"
    folder.mkdir()
    for source in PROFILE_FOLDER.glob("*.toml"):
        (folder / source.name).write_bytes(source.read_bytes())
    base = folder / "base.toml"
    base.write_text(base.read_text("utf-8").replace("full_marks = 100", "full_marks = 'all'"), "utf-8")
    monkeypatch.setattr(loading, "PROFILE_FOLDER", folder)
    with pytest.raises(ProfileError, match=r"rules\.full_marks") as refused:
        load_profile(own)
    assert str(refused.value).startswith(str(base))


@pytest.mark.parametrize("name", ["mfo", "base", "../mof", "", "mof/../mof", "没有"])
def test_an_unknown_id_is_told_with_the_known_ones(name: str) -> None:
    with pytest.raises(ProfileError) as refused:
        load_profile(name)
    assert all(known in str(refused.value) for known in profile_ids())


@pytest.mark.parametrize(
    "name",
    [
        "a" * 300,
        "名" * 30_000,
        "mof\0",
        "/etc/passwd",
        "..",
        "x/" * 5_000,
        "a" * 5_000 + ".toml",
        "a\0.toml",
        "\n.toml",
    ],
    ids=lambda name: f"{len(name)} letters {name[:6]!r}",
)
def test_a_name_that_no_file_can_have_is_an_unknown_profile(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ProfileError) as refused:
        load_profile(name)
    assert len(str(refused.value)) < 500
    assert str(refused.value).isprintable()
    document = json.loads(dump_document([made_form("mof")]))
    document["forms"][0]["profile"] = name
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document), "utf-8")
    for command in (["check"], ["score"], ["to-xlsx", "-o", str(tmp_path / "out.xlsx")]):
        monkeypatch.setattr("sys.argv", ["perfeval", command[0], str(path), *command[1:]])
        with pytest.raises(SystemExit) as ended:
            main()
        assert (ended.value.code, len(capsys.readouterr().err.splitlines())) == (2, 1)
    assert not (tmp_path / "out.xlsx").exists()


def test_forms_of_an_unknown_profile_do_not_stop_the_others(tmp_path: Path) -> None:
    for name in ("mof", "nowhere"):
        document = json.loads(dump_document([made_form("mof")]))
        document["forms"][0] |= {"profile": name, "title": ""}
        (tmp_path / f"{name}.json").write_text(json.dumps(document), "utf-8")
    done = CliRunner().invoke(perfeval, ["check", "--format", "json", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 2
    assert "nowhere" in done.stderr
    assert {Path(finding["source"]).name for finding in json.loads(done.stdout)["findings"]} == {"mof.json"}


def test_an_unknown_id_is_told_with_the_near_miss() -> None:
    with pytest.raises(ProfileError, match="shenzhen-futian\\?"):
        load_profile("shenzen-futian")


def test_a_file_that_is_missing_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"absent\.toml"):
        load_profile(tmp_path / "absent.toml")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding_is_told_with_the_remedy(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "saved.toml"
    path.write_bytes(OWN.encode(encoding))
    with pytest.raises(ProfileError, match=r"saved\.toml.*UTF-8"):
        load_profile(path)


def test_the_mark_that_some_editors_put_before_utf_8_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "own-city.toml"
    path.write_bytes(OWN.encode("utf-8-sig"))
    assert load_profile(path).title == "某市项目支出绩效自评表"


@pytest.mark.parametrize(
    "toml",
    [
        "titles = " + "[" * 100_000,
        "page.widths" + ".a" * 100_000 + " = 1",
        "template_version = " + "9" * 10_000,
        "template_version = 10000",
        "title = '" + "长" * 300_000 + "'",
        "[rules]\nfull_marks = 1e999999999999999999999",
        "[rules]\nfull_marks = nan",
        '[rules]\nfull_marks = "Infinity"',
        "[rules]\nfull_marks = 1e400000",
        "[rules]\nabout_tolerance = 1e-400000",
        "[rules]\nabout_tolerance = -0.1",
        "[rules]\nrate_decimals = 1000000",
        "[page]\nfont_size = 0",
        "[page.widths]\nheading = nan",
        'id = "' + "a" * 65 + '"',
        "title = '\\u0000",
    ],
    ids=lambda toml: repr(toml[:40]),
)
def test_what_only_an_attacker_writes_is_one_sentence(toml: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.toml"
    path.write_text(f'extends = "mof"\n{toml}\n', "utf-8")
    with pytest.raises(ProfileError) as refused:
        load_profile(path)
    told = str(refused.value)
    assert told.startswith(str(path))
    assert len(told.splitlines()) == 1
    assert len(told) < 500


def test_two_files_that_nest_deeply_are_one_sentence(tmp_path: Path) -> None:
    """Each can be read; laid over each other they go deeper than Python follows."""
    deep = "page.widths = " + "{ a = " * 300 + "1" + " }" * 300
    (tmp_path / "below.toml").write_text(f'extends = "mof"\n{deep}', "utf-8")
    (tmp_path / "above.toml").write_text(f'extends = "below.toml"\n{deep}', "utf-8")
    with pytest.raises(ProfileError, match=r"above\.toml"):
        load_profile(tmp_path / "above.toml")


# --- a region's own -------------------------------------------------------------------------------------------


def test_a_profile_says_only_what_differs(own: Path) -> None:
    profile, base = load_profile(own), load_profile("mof")
    assert (profile.id, profile.title) == ("own-city", "某市项目支出绩效自评表")
    assert profile.rules.execution_base == "initial_budget"
    assert profile.rules.grades == base.rules.grades
    assert profile.labels("project")["归口部门"] == "department"
    assert profile.labels("project")["主管部门"] == "department"


def test_labels_are_worked_out_once_and_cannot_be_changed(own: Path) -> None:
    profile = load_profile(own)
    with ThreadPoolExecutor(8) as threads:
        found = [list(threads.map(profile.labels, [scope] * 100)) for scope in SCOPES]
    for scope, answers in zip(SCOPES, found, strict=True):
        assert all(labels == profile.labels(scope) and labels is profile.labels(scope) for labels in answers)
        with pytest.raises(TypeError):
            answers[0]["项目名称"] = "name"  # type: ignore[index]
    copies = (copy.copy(profile), copy.deepcopy(profile), pickle.loads(pickle.dumps(profile)))
    assert all(other == profile and other.labels("project") == profile.labels("project") for other in copies)


def test_a_changed_file_is_read_again(own: Path) -> None:
    before = load_profile(own)
    own.write_text(OWN.replace("某市项目", "某区项目"), "utf-8")
    assert (before.title, load_profile(own).title) == ("某市项目支出绩效自评表", "某区项目支出绩效自评表")


def test_without_an_id_the_name_of_the_file_is_the_id(tmp_path: Path) -> None:
    path = tmp_path / "my-town.toml"
    path.write_text('extends = "mof"', "utf-8")
    assert load_profile(path).id == "my-town"


@pytest.mark.parametrize("by", ["path", "folder"])
def test_it_works_wherever_an_id_does(by: str, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if by == "folder":
        monkeypatch.setenv(USER_FOLDER_VARIABLE, str(own.parent))
    reference = str(own) if by == "path" else "own-city"
    template, filled, back = (tmp_path / name for name in ("blank.xlsx", "filled.xlsx", "back.json"))

    def run(*arguments: object) -> None:
        done = CliRunner().invoke(perfeval, [str(argument) for argument in arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output

    run("template", reference, "-o", template, "--year", 2024)
    run("to-json", template, "-p", reference, "-o", back)
    (form,) = load_document(back.read_bytes()).forms
    assert (form.profile, form.title, form.fiscal_year) == ("own-city", "某市项目支出绩效自评表", 2024)
    run("to-xlsx", back, "-p", reference, "-o", filled)
    run("to-json", filled, "-p", reference, "-o", tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == back.read_bytes()
    run("to-json", filled, "-o", tmp_path / "unknown.json")
    assert (tmp_path / "unknown.json").read_bytes() == back.read_bytes()


def test_a_shipped_id_cannot_be_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mof.toml").write_text('extends = "sichuan"', "utf-8")
    monkeypatch.setenv(USER_FOLDER_VARIABLE, str(tmp_path))
    assert load_profile("mof").title == "项目支出绩效自评表"


@pytest.mark.parametrize("name", profile_ids())
def test_a_profile_that_extends_a_region_makes_a_template(name: str, tmp_path: Path) -> None:
    path = tmp_path / "child.toml"
    path.write_text(f'extends = "{name}"', "utf-8")
    assert build([FormSheet(load_profile(path), "表")]).startswith(b"PK")
