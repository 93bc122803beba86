"""The built files: the add-in, the macro workbooks and what becomes of them when they are filled."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace as changed

import perfeval_xl as pe
from perfeval_xl.addin.build import (
    ADDIN,
    EXTENSION,
    addin_modules,
    addin_workbook,
    build,
    macro_template,
    workbook_documents,
    workbook_modules,
)
from perfeval_xl.addin.ribbon import callbacks, lint_ribbon
from perfeval_xl.addin.runtime import RUNTIME, runtime_modules, runtime_version
from perfeval_xl.addin.vba_project import Module, module_text
from perfeval_xl.addin.vba_source import ribbon
from perfeval_xl.cli import perfeval
from perfeval_xl.files import read_bytes, write_forms, write_json
from perfeval_xl.model import Form
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.sources import open_bytes
from perfeval_xl.workbook.template.drawing import blank
from tests.office import Office
from tests.olevba import extracted
from tests.samples import sample_forms
from tests.sdk import validate

SAMPLES = Path(pe.__file__).parent / "samples"
XLAM_FILTER = "Calc MS Excel 2007 VBA XML"
MACRO_PARTS = ("xl/vbaProject.bin", "customUI/customUI.xml", "customUI/customUI14.xml")


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forms(profile: str) -> list[Form]:
    return list(sample_forms(profile))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {path.name: path for path in build(tmp_path_factory.mktemp("built"))}


# --- what is built ---------------------------------------------------------------------------------------------------


def test_everything_is_built(built: Mapping[str, Path]) -> None:
    assert set(built) == {ADDIN, EXTENSION, *(f"{profile}.xlsm" for profile in profile_ids())}


def test_two_builds_are_the_same_bytes(built: Mapping[str, Path], tmp_path: Path) -> None:
    again = CliRunner().invoke(perfeval, ["addin", "build", "-o", str(tmp_path)], catch_exceptions=False)
    assert again.exit_code == 0
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in built.items()}
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.iterdir()} == digests


@pytest.mark.sdk
@pytest.mark.parametrize("name", [ADDIN, *(f"{profile}.xlsm" for profile in profile_ids())])
def test_the_sdk_finds_nothing_wrong(built: Mapping[str, Path], name: str) -> None:
    assert validate(built[name]) == []


def test_olevba_gives_back_every_module_of_the_addin(built: Mapping[str, Path]) -> None:
    found = extracted(built[ADDIN].read_bytes(), ADDIN)
    expected = {module.name: module_text(module) for module in addin_modules()}
    assert expected.items() <= {name.partition(".")[0]: text for name, text in found.items()}.items()
    assert "PerfDescribeFunctions" in found["ThisWorkbook"]


@pytest.mark.parametrize("profile", profile_ids())
def test_olevba_gives_back_every_module_of_a_macro_workbook(built: Mapping[str, Path], profile: str) -> None:
    data = built[f"{profile}.xlsm"].read_bytes()
    found = {name.partition(".")[0]: text for name, text in extracted(data, "x.xlsm").items()}
    documents = workbook_documents(blank(load_profile(profile)))
    assert found == {module.name: module_text(module) for module in [*documents, *workbook_modules()]}


@pytest.mark.parametrize("kind", ["xlsm", "xlam"])
def test_the_ribbon_calls_only_macros_that_are_there(kind: str) -> None:
    present = addin_modules() if kind == "xlam" else workbook_modules()
    shown = ribbon("xlam" if kind == "xlam" else "xlsm")
    assert lint_ribbon(shown, present) == []
    assert callbacks(shown)


def test_only_the_addin_has_the_xlwings_runtime_with_its_notice() -> None:
    names = {module.name for module in addin_modules()}
    assert set(RUNTIME) <= names
    assert not set(RUNTIME) & {module.name for module in workbook_modules()}
    runtime = next(module for module in runtime_modules() if module.name == "xlwings")
    assert "Redistributions of source code must retain the above copyright notice" in runtime.source
    assert 'PROJECT_NAME As String = "perfeval"' in runtime.source
    assert "License: MIT" in next(module.source for module in runtime_modules() if module.name == "Dictionary")


def test_the_runtime_is_of_the_version_python_has() -> None:
    from importlib.metadata import version

    assert runtime_version() == version("xlwings")


def test_the_runtime_is_not_in_the_repository() -> None:
    root = Path(pe.__file__).parents[1]
    files = [path for folder in ("perfeval_xl", "vba_bridge") for path in (root / folder).rglob("*") if path.is_file()]
    assert [path for path in files if b"XLPyDLLActivateAuto" in path.read_bytes()] == []


def test_every_module_is_ascii_and_no_name_stands_twice() -> None:
    for present in (addin_modules(), workbook_modules()):
        names = [module.name.lower() for module in present]
        assert len(names) == len(set(names))
        assert all(module.source.isascii() for module in present)


# --- the .xlsm and the .xlsx are one design --------------------------------------------------------------------------


@pytest.mark.parametrize("profile", profile_ids())
def test_a_macro_workbook_differs_from_the_template_only_in_what_must_say_so(profile: str) -> None:
    plain, macro = parts(blank(load_profile(profile))), parts(macro_template(load_profile(profile)))
    assert set(macro) - set(plain) == set(MACRO_PARTS)
    assert set(plain) <= set(macro)
    different = {name for name in plain if plain[name] != macro[name]}
    sheets = {name for name in plain if name.startswith("xl/worksheets/sheet")}
    named = {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
    assert different <= sheets | named
    cells = [(sheet.name, sheet.rows, sheet.merges, sheet.names) for sheet in open_bytes(_of(plain), "a.xlsx")]
    assert cells == [(sheet.name, sheet.rows, sheet.merges, sheet.names) for sheet in open_bytes(_of(macro), "a.xlsm")]


def _of(content: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("profile", profile_ids())
def test_filling_either_gives_the_same_json_and_keeps_the_macros(profile: str, tmp_path: Path) -> None:
    wanted = forms(profile)
    assert wanted
    source = tmp_path / "forms.json"
    write_json(wanted, source)
    empty = {"xlsx": blank(load_profile(profile)), "xlsm": macro_template(load_profile(profile))}
    found = {}
    for kind, data in empty.items():
        office, filled = tmp_path / f"office.{kind}", tmp_path / f"filled.{kind}"
        office.write_bytes(data)
        arguments = ["to-xlsx", str(source), "--into", str(office), "-o", str(filled)]
        assert CliRunner().invoke(perfeval, arguments, catch_exceptions=False).exit_code == 0
        answer = CliRunner().invoke(perfeval, ["to-json", str(filled)], catch_exceptions=False)
        found[kind] = json.loads(answer.stdout)
    assert found["xlsx"] == found["xlsm"] == json.loads(source.read_text("utf-8"))
    before, after = parts(empty["xlsm"]), parts((tmp_path / "filled.xlsm").read_bytes())
    unchanged = MACRO_PARTS if len(wanted) == 1 else MACRO_PARTS[1:]  # a copied sheet brings its own module
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}
    macros, kept = extracted(before[MACRO_PARTS[0]]), extracted(after[MACRO_PARTS[0]])
    assert macros.items() <= kept.items()
    assert len(kept) == len(macros) + len(wanted) - 1
    plain = parts((tmp_path / "filled.xlsx").read_bytes())
    assert set(after) - set(plain) == set(MACRO_PARTS)


@pytest.mark.parametrize("profile", profile_ids())
def test_checking_either_finds_the_same(profile: str, tmp_path: Path) -> None:
    found = {}
    for kind, data in (("xlsx", blank(load_profile(profile))), ("xlsm", macro_template(load_profile(profile)))):
        empty, filled = tmp_path / f"empty.{kind}", tmp_path / f"filled.{kind}"
        empty.write_bytes(data)
        wrong = [changed(form, project=changed(form.project, name=None)) for form in forms(profile)[:1]]
        write_forms(wrong, filled, into=empty)
        answer = CliRunner().invoke(perfeval, ["check", str(filled), "--format", "json", "--fail-on", "never"])
        findings = json.loads(answer.stdout)["findings"]
        assert findings
        found[kind] = [finding | {"source": ""} for finding in findings]
    assert found["xlsx"] == found["xlsm"]


@pytest.mark.sdk
def test_a_filled_macro_workbook_is_valid_and_reads_back(tmp_path: Path) -> None:
    [form, *_] = forms("mof")
    office, filled = tmp_path / "office.xlsm", tmp_path / "filled.xlsm"
    office.write_bytes(macro_template(load_profile("mof")))
    write_forms([form], filled, into=office)
    assert validate(filled) == []
    assert [reading.form for reading in read_bytes(filled.read_bytes(), "filled.xlsm")] == [form]


def test_template_with_macros_is_an_xlsm_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsm"
    run = CliRunner().invoke(perfeval, ["template", "mof", "--macros", "--year", "2025", "-o", str(path)])
    assert run.exit_code == 0
    assert path.read_bytes() == macro_template(load_profile("mof"), year=2025, rows=1)
    wrong = CliRunner().invoke(perfeval, ["template", "mof", "--macros", "-o", str(tmp_path / "form.xlsx")])
    assert wrong.exit_code == 2
    assert not (tmp_path / "form.xlsx").exists()


# --- in LibreOffice --------------------------------------------------------------------------------------------------


@pytest.mark.libreoffice
@pytest.mark.parametrize("profile", profile_ids())
def test_a_macro_workbook_calculates_like_its_template(office: Office, tmp_path: Path, profile: str) -> None:
    values = []
    for kind, data in (("xlsx", blank(load_profile(profile))), ("xlsm", macro_template(load_profile(profile)))):
        empty, path = tmp_path / f"empty.{kind}", tmp_path / f"form.{kind}"
        empty.write_bytes(data)
        write_forms(forms(profile)[:1], path, into=empty)
        with office.open(path) as book:
            values.append([(name, book.values(name, book.used(name))) for name in book.sheets()])
            if kind == "xlsm":
                book.set_formula(0, "Z1", '=PERF_SCORE("≥95%";"95%";10)')
                assert book.value(0, "Z1") == 10
    assert values[0] == values[1]


@pytest.mark.libreoffice
def test_the_addin_opens(office: Office, built: Mapping[str, Path]) -> None:
    with office.open(built[ADDIN], filter=XLAM_FILTER) as book:
        assert book.sheets() == ["perfeval"]


def test_an_addin_is_an_addin_and_a_macro_workbook_a_workbook() -> None:
    assert b"addin.macroEnabled.main+xml" in parts(addin_workbook())["[Content_Types].xml"]
    assert b"sheet.macroEnabled.main+xml" in parts(macro_template(load_profile("mof")))["[Content_Types].xml"]
    assert isinstance(addin_modules()[0], Module)
