"""Code names of workbook and sheets are the document modules of the macro project, in every .xlsm that is written.

Excel throws the macros away where they are not (or says "found unreadable content"); LibreOffice and the Open XML SDK
forgive it, so it is held here by reading the files with oletools, olefile and lxml, none of which wrote them. A project
that Excel itself saved comes from xlwings' package.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import olefile
import pytest
import xlsxwriter
import xlwings
from click.testing import CliRunner
from lxml import etree
from msgspec.structs import replace as changed

import perfeval_xl as pe
from perfeval_xl.addin.build import addin_workbook, macro_template
from perfeval_xl.cli import perfeval
from perfeval_xl.errors import CannotWrite
from perfeval_xl.model import Form, load_document
from perfeval_xl.package.document_modules import MacroProjectError, module_names_in, with_sheet_modules
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.profile import load_profile, profile_ids
from tests.office import Office
from tests.olevba import decompressed, extracted
from tests.sdk import validate

SAMPLES = Path(pe.__file__).parent / "samples"
SAVED_BY_EXCEL = Path(xlwings.__file__).parent / "quickstart.xlsm"


def forms(profile: str = "mof") -> list[Form]:
    found = [load_document(path.read_bytes()).forms for path in sorted(SAMPLES.glob("*.json"))]
    return [form for document in found for form in document if form.profile == profile]


def project_of(data: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read("xl/vbaProject.bin")


def documents(project: bytes) -> dict[str, list[str]]:
    """The document modules by each of the streams that tell them, in their order."""
    with olefile.OleFileIO(BytesIO(project)) as ole:
        text = ole.openstream("PROJECT").read().decode("latin-1")
        directory = decompressed(ole.openstream("VBA/dir").read())
        wide = ole.openstream("PROJECTwm").read()
        streams = {path[-1] for path in ole.listdir() if path[0] == "VBA"}
    listed = re.findall(r"(?m)^Document=(\w+)/", text)
    others = re.findall(r"(?m)^(?:Module|Class|BaseClass)=(\w+)", text)
    names = re.findall(rb"\x19\x00....([A-Za-z]\w*)\x47\x00", directory, re.DOTALL)
    assert set(listed) | set(others) == {name.decode() for name in names} <= streams
    assert (
        len(listed) + len(others)
        == len(names)
        == int.from_bytes(_after(directory, b"\x0f\x00\x02\x00\x00\x00"), "little")
    )
    assert all(name + b"\0" + name.decode().encode("utf-16-le") in wide for name in names)
    return {"documents": listed, "others": others}


def _after(data: bytes, mark: bytes) -> bytes:
    at = data.rindex(mark) + len(mark)
    return data[at : at + 2]


def agree(data: bytes) -> None:
    """The workbook's and the sheets' code names are the document modules, each once."""
    named: list[str] = []
    with zipfile.ZipFile(BytesIO(data)) as archive:
        book = etree.fromstring(archive.read("xl/workbook.xml"))
        links = {
            e.get("Id", ""): e.get("Target", "") for e in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        }
        named.append(_code_name(book, "workbookPr"))
        for sheet in book.iterfind("{*}sheets/{*}sheet"):
            target = links[next(str(value) for key, value in sheet.attrib.items() if str(key).endswith("}id"))]
            part = etree.fromstring(archive.read(f"xl/{target.removeprefix('/xl/')}"))
            named.append(_code_name(part, "sheetPr"))
    assert all(named)
    assert len({name.lower() for name in named}) == len(named)
    assert sorted(named) == sorted(documents(project_of(data))["documents"])


def _code_name(part: etree._Element, holder: str) -> str:
    properties = part.find(f"{{*}}{holder}")
    return "" if properties is None else properties.get("codeName", "")


def run(*arguments: object) -> None:
    done = CliRunner().invoke(perfeval, [str(each) for each in arguments], catch_exceptions=False)
    assert done.exit_code in (0, 1), done.output


def two_forms(folder: Path) -> Path:
    """A macro workbook of which the form was copied for a second one."""
    blank, source, filled = folder / "blank.xlsm", folder / "forms.json", folder / "two.xlsm"
    blank.write_bytes(macro_template(load_profile("mof")))
    [form, *_] = forms()
    pe.dump([form, changed(form, project=changed(form.project, name="第二个项目"))], source)
    run("to-xlsx", source, "--into", blank, "-o", filled)
    return filled


def annotated(folder: Path) -> Path:
    run("check", two_forms(folder), "--fail-on", "never", "--annotate", folder / "marked.xlsm")
    return folder / "marked.xlsm"


def annotated_again(folder: Path) -> Path:
    run("check", annotated(folder), "--fail-on", "never", "--annotate", folder / "again.xlsm")
    return folder / "again.xlsm"


def repaired(folder: Path) -> Path:
    run("check", two_forms(folder), "--fail-on", "never", "--fix", folder / "fixed.xlsm")
    return folder / "fixed.xlsm"


def template(folder: Path) -> Path:
    run("template", "mof", "--macros", "--rows", "5", "-o", folder / "blank.xlsm")
    return folder / "blank.xlsm"


@pytest.mark.parametrize("write", [template, two_forms, annotated, annotated_again, repaired], ids=lambda f: f.__name__)
def test_code_names_are_the_modules_in_what_every_command_writes(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    agree(write(tmp_path).read_bytes())


@pytest.mark.parametrize("profile", profile_ids())
def test_code_names_are_the_modules_in_every_template(profile: str) -> None:
    agree(macro_template(load_profile(profile)))


def test_code_names_are_the_modules_in_the_addin() -> None:
    agree(addin_workbook())


def test_every_macro_is_as_it_was_after_a_form_was_copied(tmp_path: Path) -> None:
    before = extracted(macro_template(load_profile("mof")), "a.xlsm")
    after = extracted(two_forms(tmp_path).read_bytes(), "b.xlsm")
    assert before.items() <= after.items()
    [added] = after.keys() - before.keys()
    assert f'Attribute VB_Name = "{added}"' in after[added]
    assert "Sub " not in after[added]


def test_a_review_that_is_taken_back_takes_its_module_along(tmp_path: Path) -> None:
    once = documents(project_of(annotated(tmp_path).read_bytes()))
    twice = documents(project_of(annotated_again(tmp_path).read_bytes()))
    assert twice == once


@pytest.mark.sdk
def test_the_sdk_finds_nothing_wrong_with_two_forms(tmp_path: Path) -> None:
    assert validate(two_forms(tmp_path)) == []


@pytest.mark.libreoffice
def test_libreoffice_runs_the_macros_of_a_workbook_with_two_forms(office: Office, tmp_path: Path) -> None:
    with office.open(two_forms(tmp_path)) as book:
        assert len([name for name in book.sheets() if name != "填表说明"]) == 2
        book.press("PerfRibbon.PerfOnSubmit")
        assert book.run_macro("PerfActions.PerfLastTold")
        book.set_formula(1, "Z1", "=PERF_GRADE(90)")
        assert book.value(1, "Z1") == "优"


# --- a project that Excel saved ------------------------------------------------------------------------------------


def test_a_project_saved_by_excel_keeps_its_macros_and_loses_only_what_was_compiled() -> None:
    project = project_of(SAVED_BY_EXCEL.read_bytes())
    made = with_sheet_modules(project, ["Sheet7", "Sheet8"])
    assert documents(made)["documents"] == [*documents(project)["documents"], "Sheet7", "Sheet8"]
    before, after = extracted(project), extracted(made)
    assert before.items() <= after.items()
    assert after.keys() - before.keys() == {"Sheet7", "Sheet8"}
    with olefile.OleFileIO(BytesIO(made), raise_defects=olefile.DEFECT_UNSURE) as ole:
        assert ole.openstream("VBA/_VBA_PROJECT").read().hex(" ").upper() == "CC 61 FF FF 00 00 00"
        assert not [path for path in ole.listdir() if path[-1].startswith("__SRP_")]


def test_adding_and_removing_gives_the_same_project() -> None:
    project = with_sheet_modules(project_of(SAVED_BY_EXCEL.read_bytes()), [])
    assert with_sheet_modules(with_sheet_modules(project, ["Sheet9"]), [], ["Sheet9"]) == project
    assert module_names_in(project) == module_names_in(project_of(SAVED_BY_EXCEL.read_bytes()))


@pytest.mark.parametrize("data", [b"", b"no container", project_of(SAVED_BY_EXCEL.read_bytes())[:3000]])
def test_what_cannot_be_read_is_refused_and_not_damaged_further(data: bytes) -> None:
    with pytest.raises(MacroProjectError):
        with_sheet_modules(data, ["Sheet9"])


def test_a_workbook_whose_macros_cannot_be_read_is_not_filled_with_two_forms(tmp_path: Path) -> None:
    blank, source, target = tmp_path / "blank.xlsm", tmp_path / "forms.json", tmp_path / "two.xlsm"
    workbook = Workbook(macro_template(load_profile("mof")), "")
    workbook.package.write("xl/vbaProject.bin", b"damaged")
    blank.write_bytes(workbook.to_bytes())
    pe.dump([forms()[0]] * 2, source)
    done = CliRunner().invoke(perfeval, ["to-xlsx", str(source), "--into", str(blank), "-o", str(target)])
    assert isinstance(done.exception, CannotWrite)
    assert not target.exists()
    run("check", blank, "--fail-on", "never", "--annotate", target)  # a mark needs no module
    assert project_of(target.read_bytes()) == b"damaged"


# --- without macros ------------------------------------------------------------------------------------------------


def test_a_copy_in_a_workbook_without_macros_has_no_code_name_of_another() -> None:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("表").set_vba_name("Sheet1")
    workbook = Workbook(buffer.getvalue(), "")
    sheet = workbook.package.tree(workbook.sheets[0].part)
    sheet.insert(0, etree.Element(f"{{{etree.QName(sheet).namespace}}}sheetPr", codeName="Sheet1"))
    workbook.package.write_tree(workbook.sheets[0].part, sheet)
    workbook.clone_sheet(workbook.sheets[0], ["二"])
    names = [workbook.package.tree(entry.part).find("{*}sheetPr").get("codeName") for entry in workbook.sheets]
    assert names == ["Sheet1", None]
