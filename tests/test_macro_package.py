"""A macro workbook made from a plain one: sound for the Open XML SDK, oletools and LibreOffice."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from lxml import etree

from perfeval_xl.addin.macro_package import (
    Format,
    MacroPackageError,
    Ribbon,
    document_modules,
    macro_package,
)
from perfeval_xl.addin.ribbon import NAMESPACES
from perfeval_xl.addin.vba_project import Module, module_text, vba_project
from perfeval_xl.errors import Unreadable
from tests.office import Office, OfficeFailed
from tests.olevba import extracted
from tests.sdk import validate

TINY = Module(
    "Tiny",
    "module",
    """Option Explicit

Public Function TINY(x)
    TINY = x * 2
End Function

Public Function WORD()
    WORD = ChrW(&H4F18)
End Function

Public Sub MarkFirst()
    ThisWorkbook.Worksheets(1).Range("A1").Interior.Color = RGB(255, 199, 206)
End Sub

Public Sub AskAndStore()
    MsgBox "Is anybody there?"
    ThisWorkbook.Worksheets(1).Range("C1").Value = 7
End Sub

Public Sub Pressed(control As IRibbonControl)
    ThisWorkbook.Worksheets(1).Range("C2").Value = control.ID & " " & control.Tag
End Sub

Public Sub GetLabel(control As IRibbonControl, ByRef returnedVal)
    returnedVal = "label of " & control.ID
End Sub

Public Sub Fails()
    Err.Raise 1004, , "no form here"
End Sub

Public Sub Forever()
    Do
    Loop
End Sub
""",
)
CHANGED = {
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet2.xml",
}
ADDED = {"xl/vbaProject.bin", "customUI/customUI.xml", "customUI/customUI14.xml"}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def plain() -> bytes:
    """A workbook with two sheets, a chart, a picture-free drawing, and formulas that call our functions."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        form, other = book.add_worksheet("自评表"), book.add_worksheet("说明")
        form.write("A1", 2)
        form.write_formula("B1", "=TINY(A1)", None, 0)
        form.write_formula("B2", "=WORD()", None, "")
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=自评表!$A$1:$A$2"})
        other.insert_chart("A1", chart)
    return out.getvalue()


def ribbon() -> Ribbon:
    def part(namespace: str) -> bytes:
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<customUI xmlns="{namespace}"><ribbon><tabs>'
            '<tab id="perfeval" label="绩效自评"><group id="scoring" label="评分">'
            '<button id="score" label="评分" size="large" imageMso="CalculateNow" onAction="Pressed"/>'
            "</group></tab></tabs></ribbon></customUI>"
        ).encode()

    return Ribbon(part(NAMESPACES["customUI.xml"]), part(NAMESPACES["customUI14.xml"]))


def made(format: Format = "xlsm") -> bytes:
    package = plain()
    return macro_package(package, vba_project([*document_modules(package), TINY]), ribbon(), format)


def parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def xlsm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("macros") / "tiny.xlsm"
    path.write_bytes(made())
    return path


# -- the package


def test_only_the_parts_that_must_say_so_change() -> None:
    package = plain()
    before, after = parts(package), parts(made())
    assert set(after) - set(before) == ADDED
    assert set(before) - set(after) == set()
    assert {name for name in before if before[name] != after[name]} == CHANGED


def test_the_ribbon_and_the_project_are_put_in_as_given() -> None:
    after = parts(made())
    assert after["customUI/customUI.xml"] == ribbon().custom_ui
    assert after["customUI/customUI14.xml"] == ribbon().custom_ui14
    assert after["xl/vbaProject.bin"] == vba_project([*document_modules(plain()), TINY])


@pytest.mark.parametrize(
    ("format", "main"),
    [
        ("xlsm", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        ("xlam", "application/vnd.ms-excel.addin.macroEnabled.main+xml"),
    ],
)
def test_the_main_part_says_what_the_package_is(format: Format, main: str) -> None:
    types = etree.fromstring(parts(made(format))["[Content_Types].xml"])
    by_part = {element.get("PartName"): element.get("ContentType") for element in types}
    assert by_part["/xl/workbook.xml"] == main
    assert by_part["/xl/vbaProject.bin"] == "application/vnd.ms-office.vbaProject"


def test_the_relationships_lead_to_the_new_parts() -> None:
    after = parts(made())
    root = {link.get("Target"): link.get("Type") for link in etree.fromstring(after["_rels/.rels"])}
    book = {link.get("Target"): link.get("Type") for link in etree.fromstring(after["xl/_rels/workbook.xml.rels"])}
    microsoft = "http://schemas.microsoft.com/office"
    assert root["customUI/customUI.xml"] == f"{microsoft}/2006/relationships/ui/extensibility"
    assert root["customUI/customUI14.xml"] == f"{microsoft}/2007/relationships/ui/extensibility"
    assert book["vbaProject.bin"] == f"{microsoft}/2006/relationships/vbaProject"
    for name in ("_rels/.rels", "xl/_rels/workbook.xml.rels"):
        numbers = [link.get("Id") for link in etree.fromstring(after[name])]
        assert len(set(numbers)) == len(numbers)


def test_code_names_are_those_of_the_document_modules() -> None:
    package = plain()
    after = parts(made())
    book = etree.fromstring(after["xl/workbook.xml"])
    sheets = [etree.fromstring(after[f"xl/worksheets/sheet{number}.xml"]) for number in (1, 2)]
    names = [book.find(f"{MAIN}workbookPr"), *(sheet.find(f"{MAIN}sheetPr") for sheet in sheets)]
    assert [element.get("codeName") for element in names if element is not None] == [
        module.name for module in document_modules(package)
    ]
    assert [module.kind for module in document_modules(package)] == ["workbook", "sheet", "sheet"]
    assert all(sheet[0].tag == f"{MAIN}sheetPr" for sheet in sheets)
    assert b"ns0:" not in after["xl/workbook.xml"] + after["xl/worksheets/sheet1.xml"]


def test_a_workbook_without_properties_gets_them_where_the_schema_wants_them() -> None:
    bare = parts(plain())
    bare["xl/workbook.xml"] = _without(bare["xl/workbook.xml"], "workbookPr")
    package = _zipped(bare)
    after = macro_package(package, vba_project(document_modules(package)), ribbon())
    children = [etree.QName(child).localname for child in etree.fromstring(parts(after)["xl/workbook.xml"])]
    assert children[:3] == ["fileVersion", "workbookPr", "bookViews"]


def _without(part: bytes, name: str) -> bytes:
    root = etree.fromstring(part)
    for element in root.findall(f"{{*}}{name}"):
        root.remove(element)
    return etree.tostring(root)


def _zipped(content: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_the_same_input_gives_the_same_bytes_and_no_date() -> None:
    package = plain()
    project = vba_project([*document_modules(package), TINY])
    assert macro_package(package, project, ribbon()) == macro_package(package, project, ribbon())
    with zipfile.ZipFile(BytesIO(macro_package(package, project, ribbon()))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_document_modules_take_their_source_by_name() -> None:
    modules = document_modules(plain(), {"Sheet2": "Private Sub Worksheet_Activate()\nEnd Sub\n"})
    assert [bool(module.source) for module in modules] == [False, False, True]
    with pytest.raises(MacroPackageError, match="the workbook has no Sheet3"):
        document_modules(plain(), {"Sheet3": "' none"})


@pytest.mark.parametrize("existing", sorted(ADDED))
def test_a_workbook_that_has_macros_already_is_refused(existing: str) -> None:
    package = _zipped({**parts(plain()), existing: b"<x/>"})
    with pytest.raises(MacroPackageError, match=f"already holds {existing}"):
        macro_package(package, b"", ribbon())


def test_what_is_no_plain_workbook_is_refused() -> None:
    with pytest.raises(MacroPackageError, match=r"not that of an \.xlsx"):
        macro_package(_zipped({name: data for name, data in parts(made()).items() if name not in ADDED}), b"", ribbon())
    with pytest.raises(MacroPackageError, match="no workbook part"):
        macro_package(_zipped({"a.txt": b""}), b"", ribbon())
    with pytest.raises(Unreadable):
        macro_package(b"PK, but no zip", b"", ribbon())


# -- readers not ours


@pytest.mark.parametrize("format", ["xlsm", "xlam"])
def test_olevba_extracts_every_module_from_the_package(format: Format) -> None:
    modules = [*document_modules(plain()), TINY]
    assert extracted(made(format), f"tiny.{format}") == {module.name: module_text(module) for module in modules}


@pytest.mark.sdk
@pytest.mark.parametrize("format", ["xlsm", "xlam"])
def test_the_open_xml_sdk_finds_nothing_wrong(format: Format, tmp_path: Path) -> None:
    path = tmp_path / f"tiny.{format}"
    path.write_bytes(made(format))
    assert validate(path) == []


@pytest.mark.sdk
def test_the_open_xml_sdk_reads_the_ribbon(tmp_path: Path) -> None:
    """The empty answer above means something: a wrong attribute in the ribbon is reported."""
    package = plain()
    wrong = Ribbon(ribbon().custom_ui.replace(b"onAction", b"onClick"), ribbon().custom_ui14)
    path = tmp_path / "wrong.xlsm"
    path.write_bytes(macro_package(package, vba_project(document_modules(package)), wrong))
    assert any("onClick" in line for line in validate(path))


@pytest.mark.libreoffice
def test_libreoffice_runs_the_functions_from_cells_on_load(office: Office, xlsm: Path) -> None:
    with office.open(xlsm) as book:
        assert book.values(0, "A1:B2") == [[2, 4], [None, "优"]]


@pytest.mark.libreoffice
def test_libreoffice_recalculates_them_when_a_cell_changes(office: Office, xlsm: Path) -> None:
    with office.open(xlsm) as book:
        book.set_formula(1, "D1", "=TINY(自评表.A1)+1")
        book.recalculate()
        assert book.value(1, "D1") == 5


@pytest.mark.libreoffice
def test_libreoffice_runs_macros_and_what_a_button_calls(office: Office, xlsm: Path) -> None:
    with office.open(xlsm) as book:
        book.run_macro("Tiny.MarkFirst")
        book.run_macro("Tiny.AskAndStore")
        book.press("Tiny.Pressed", id="new", tag="mof")
        assert book.press("Tiny.GetLabel", "", id="new") == ["label of new"]
        assert book.run_macro("Tiny.TINY", 21) == 42
        assert book.colors(0, "A1") == [[0xFFC7CE]]
        assert book.values(0, "C1:C2") == [[7], ["new mof"]]


@pytest.mark.libreoffice
def test_libreoffice_runs_nothing_where_macros_are_blocked(office: Office, xlsm: Path) -> None:
    with office.open(xlsm, macros=False) as book:
        assert book.value(0, "B1") != 4


@pytest.mark.libreoffice
def test_libreoffice_opens_the_add_in_by_its_filter(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "tiny.xlam"
    path.write_bytes(made("xlam"))
    with office.open(path, filter="Calc MS Excel 2007 VBA XML") as book:
        assert book.run_macro("Tiny.TINY", 4) == 8


@pytest.mark.libreoffice
def test_an_error_in_a_macro_is_an_error_here(office: Office, xlsm: Path) -> None:
    with office.open(xlsm) as book:
        with pytest.raises(OfficeFailed, match="Basic error 1004: no form here"):
            book.run_macro("Tiny.Fails")
        assert book.run_macro("Tiny.TINY", 1) == 2


@pytest.mark.libreoffice
def test_a_module_that_does_not_compile_is_an_error_here(office: Office, tmp_path: Path) -> None:
    package = plain()
    broken = Module("Broken", "module", "Public Sub Stop\n  If Then\nEnd Sub\n")
    path = tmp_path / "broken.xlsm"
    path.write_bytes(macro_package(package, vba_project([*document_modules(package), TINY, broken]), ribbon()))
    with office.open(path) as book, pytest.raises(OfficeFailed, match="a module of VBAProject does not compile"):
        book.run_macro("Tiny.TINY", 1)


@pytest.mark.libreoffice
def test_a_macro_that_never_ends_is_ended_and_the_next_file_opens(xlsm: Path) -> None:
    with Office(seconds=5) as impatient:
        with impatient.open(xlsm) as book, pytest.raises(OfficeFailed, match="no answer in 5 s"):
            book.run_macro("Tiny.Forever")
        with impatient.open(xlsm) as book:
            assert book.value(0, "B1") == 4
