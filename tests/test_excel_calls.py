"""What Excel asks of the add-in's VBA while it works, held in LibreOffice by stand-ins that refuse what Excel refuses.

A module is taken as it is built, and what only Excel has is put in its place: ``Application.MacroOptions``, a workbook
with links, a range that tells its value twice. That Excel itself does the same is for the checklist.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from perfeval_xl.addin.build import addin_modules, workbook_documents, workbook_modules
from perfeval_xl.addin.macro_package import macro_package
from perfeval_xl.addin.vba_project import Module, vba_project
from perfeval_xl.addin.vba_source import bridge_folder, modules, ribbon
from perfeval_xl.addin.wrapper import behind, wrapper_module
from perfeval_xl.excel.functions import FUNCTIONS
from perfeval_xl.profile import load_profile
from perfeval_xl.workbook.template.drawing import blank
from tests.office import Book, Office

#: Excel takes no longer description of a function or an argument.
MOST_CHARACTERS = 255
#: A MacroOptions that refuses what Excel refuses: no open workbook, a name that is not qualified, a text too long.
EXCEL = Module(
    "FakeExcel",
    "module",
    f"""Option Explicit
Public Books As Long
Public Taken As String
Public Refused As String

Public Sub MacroOptions(ByVal macro As String, ByVal category As String, ByVal arguments As Variant, _
    ByVal description As String)
    Dim index As Long
    If Books = 0 Then Err.Raise 1004
    If InStr(1, macro, "'!PERF_") = 0 Then Err.Raise 1004
    If Len(Refused) > 0 And Right$(macro, Len(Refused)) = Refused Then Err.Raise 1004
    If Len(description) > {MOST_CHARACTERS} Or Len(description) = 0 Then Err.Raise 1004
    For index = LBound(arguments) To UBound(arguments)
        If Len(arguments(index)) > {MOST_CHARACTERS} Or Len(arguments(index)) = 0 Then Err.Raise 1004
    Next index
    Taken = Taken & Mid$(macro, InStr(1, macro, "!") + 1) & "/" & category & "/" & (UBound(arguments) + 1) & " "
End Sub

Public Calculated As Long

Public Sub CalculateFull()
    Calculated = Calculated + 1
End Sub

Public Function OpenBook(ByVal name As String) As Object
    Dim found As FakeBook
    If Books = 0 Or name <> "perfeval.xlam" Then Err.Raise 9
    Set found = New FakeBook
    Set OpenBook = found
End Function

Public Function TabIsHidden(ByVal bookCount As Long) As Boolean
    Books = bookCount
    TabIsHidden = HostHidesTab()
End Function

Public Function CalculatedFor(ByVal choice As String) As Long
    Calculated = 0
    PerfChangeSettings choice
    CalculatedFor = Calculated
End Function

Public Function Described(ByVal bookCount As Long, ByVal refusedName As String) As String
    Books = bookCount
    Refused = refusedName
    Taken = ""
    Described = IIf(PerfDescribeFunctions(), "all ", "not all ") & Taken
End Function
""",
)
#: A workbook with links that takes no link it does not have, and a range whose Value cuts a currency to four decimals.
LINKED = Module(
    "FakeBook",
    "class",
    """Option Explicit
Public Links As String
Public Changed As String

Public Function LinkSources(ByVal kind As Long) As Variant
    If kind <> 1 Then Err.Raise 1004
    If Len(Links) > 0 Then LinkSources = Split(Links, "|")
End Function

Public Sub ChangeLink(ByVal name As String, ByVal newName As String, ByVal kind As Long)
    If InStr(1, "|" & Links & "|", "|" & name & "|") = 0 Or kind <> 1 Or newName = name Then Err.Raise 1004
    If InStr(1, name, "locked") > 0 Then Err.Raise 1004
    Changed = Changed & name & ";"
End Sub
""",
)
RANGE = Module(
    "FakeRange",
    "class",
    """Option Explicit
Public NoDate As Boolean

Public Function Value() As Variant
    Dim cells(1 To 1, 1 To 3) As Variant
    If NoDate Then Err.Raise 6
    cells(1, 1) = CCur(1.2346)
    cells(1, 2) = DateSerial(2024, 12, 9)
    cells(1, 3) = "x"
    Value = cells
End Function

Public Function Value2() As Variant
    Dim cells(1 To 1, 1 To 3) As Variant
    cells(1, 1) = 1.23456789
    cells(1, 2) = 45635#
    cells(1, 3) = "x"
    Value2 = cells
End Function
""",
)
DRIVER = Module(
    "FakeDriver",
    "module",
    """Option Explicit
Public Lookups As Long

Public Function CountedProfile() As PerfProfile
    Lookups = Lookups + 1
    Set CountedProfile = ProfileById("mof")
End Function

Public Function LookupsOf(ByVal calls As Long, ByVal forgets As Boolean) As Long
    Dim index As Long
    Lookups = 0
    For index = 1 To calls
        If CallersProfile().Id() <> "mof" Then Err.Raise 1004
        If forgets Then ForgetProfile
    Next index
    ForgetProfile
    LookupsOf = Lookups
End Function

Public Function Mended(ByVal links As String) As String
    Dim book As FakeBook
    Set book = New FakeBook
    book.Links = links
    MendLinks book
    Mended = book.Changed
End Function

Public Function KindsOf(ByVal noDate As Boolean) As String
    Dim cells As FakeRange, contents As Variant
    Set cells = New FakeRange
    cells.NoDate = noDate
    contents = ContentsOf(cells)
    KindsOf = contents(1, 1) & "/" & Format$(contents(1, 2), "yyyy-mm-dd") & "/" & contents(1, 3)
End Function
""",
)

STAND_INS = (EXCEL, LINKED, RANGE, DRIVER)


def with_stand_ins(module: Module) -> Module:
    """The module as built, with what only Excel has in its stand-in's place."""
    source = module.source
    if module.name == "PerfHelp":  # LibreOffice takes arguments by their place
        source = source.replace("Application.MacroOptions", "FakeExcel.MacroOptions")
        for name in ("Macro:=", "Category:=", "ArgumentDescriptions:=", "Description:="):
            source = source.replace(name, "")
    if module.name == "PerfActions":
        source = source.replace("Application.CalculateFull", "FakeExcel.CalculateFull")
    if module.name == "PerfHost":
        source = source.replace("Workbooks(ADDIN)", "FakeExcel.OpenBook(ADDIN)")
        source = source.replace("HostChooses = False And ", "HostChooses = ")
    if module.name == "PerfCaller":
        source = source.replace("ProfileOfWorkbook()", "CountedProfile()")
    return Module(module.name, module.kind, source)


@pytest.fixture(scope="module")
def book(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Book:
    package = blank(load_profile("mof"))
    mending = (bridge_folder() / "addin" / "PerfHost.bas").read_text("ascii")
    mending = mending[mending.index("' Formulas keep where the add-in was") :]
    here = {"ThisWorkbook.Name": '"perfeval.xlam"', "ThisWorkbook.FullName": '"C:\\here\\perfeval.xlam"'}
    for excels, ours in here.items():
        mending = mending.replace(excels, ours)
    modules = [with_stand_ins(module) for module in workbook_modules()]
    project = vba_project(
        [*workbook_documents(package), *modules, EXCEL, LINKED, RANGE, DRIVER, Module("Mend", "module", mending)]
    )
    path = tmp_path_factory.mktemp("calls") / "calls.xlsm"
    path.write_bytes(macro_package(package, project, ribbon()))
    return office.open(path)


# --- help ----------------------------------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_every_function_is_described_once_a_workbook_is_open(book: Book) -> None:
    wanted = " ".join(f"{each.name}/绩效自评/{len(each.parameters)}" for each in FUNCTIONS)
    assert str(book.run_macro("FakeExcel.Described", 1, "")).strip() == f"all {wanted}"


@pytest.mark.libreoffice
def test_without_a_workbook_nothing_is_described_and_the_caller_knows_to_ask_again(book: Book) -> None:
    assert str(book.run_macro("FakeExcel.Described", 0, "")).strip() == "not all"


@pytest.mark.libreoffice
def test_a_function_that_excel_refuses_does_not_keep_the_others_from_being_described(book: Book) -> None:
    told = str(book.run_macro("FakeExcel.Described", 1, "PERF_RATE"))
    assert told.startswith("not all PERF_SCORE/")
    assert told.split()[-1].startswith("PERF_JSON/")
    assert told.count("绩效自评") == len(FUNCTIONS) - 1


def test_the_addin_asks_again_at_every_workbook_until_all_are_described() -> None:
    modules = {module.name: module.source for module in addin_modules()}
    handler = modules["PerfEvents"].split("mExcel_WorkbookActivate")[1].split("End Sub")[0]
    assert "If Not mDescribed Then mDescribed = PerfDescribeFunctions()" in handler


def test_no_description_is_longer_than_excel_takes() -> None:
    for function in FUNCTIONS:
        texts = [function.description("zh"), *(parameter.description("zh") for parameter in function.parameters)]
        assert all(0 < len(text) <= MOST_CHARACTERS for text in texts), function.name


# --- one look-up, exact values, formulas from elsewhere -------------------------------------------------------------


@pytest.mark.libreoffice
def test_the_profile_is_looked_up_once_in_a_calculation_and_again_after_a_change(book: Book) -> None:
    assert book.run_macro("FakeDriver.LookupsOf", 500, False) == 1
    assert book.run_macro("FakeDriver.LookupsOf", 5, True) == 5


@pytest.mark.libreoffice
def test_a_currency_is_read_with_all_decimals_and_a_date_stays_a_date(book: Book) -> None:
    assert str(book.run_macro("FakeDriver.KindsOf", False)).replace(",", ".") == "1.23456789/2024-12-09/x"
    assert str(book.run_macro("FakeDriver.KindsOf", True)).startswith("1.23456789/")  # Excel refused the dates


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("links", "changed"),
    [
        (r"C:\Users\她\AppData\perfeval.xlam", r"C:\Users\她\AppData\perfeval.xlam;"),
        ("https://x/y/Perfeval.xlam", "https://x/y/Perfeval.xlam;"),
        (r"C:\here\perfeval.xlam", ""),
        (r"C:\here\other.xlsx|D:\PERFEVAL.XLAM", r"D:\PERFEVAL.XLAM;"),
        (r"D:\locked\perfeval.xlam|E:\perfeval.xlam", r"E:\perfeval.xlam;"),
        ("", ""),
    ],
)
def test_a_formula_of_another_computer_finds_the_addin_again(book: Book, links: str, changed: str) -> None:
    assert book.run_macro("FakeDriver.Mended", links) == changed


@pytest.mark.libreoffice
def test_choosing_where_functions_are_calculated_calculates_them_again(book: Book) -> None:
    assert book.run_macro("FakeExcel.CalculatedFor", "python") == 1
    assert book.run_macro("FakeExcel.CalculatedFor", "vba") == 1
    assert book.run_macro("FakeExcel.CalculatedFor", "show") == 0


@pytest.mark.libreoffice
def test_choosing_a_profile_calculates_again_where_a_workbook_has_a_choice(office: Office, tmp_path: Path) -> None:
    buffer = tmp_path / "plain.xlsx"
    with xlsxwriter.Workbook(str(buffer)) as made:
        made.add_worksheet()
    package = buffer.read_bytes()
    own = [with_stand_ins(module) for module in workbook_modules()]
    path = tmp_path / "plain.xlsm"
    project = vba_project([*workbook_documents(package), *own, *STAND_INS])
    path.write_bytes(macro_package(package, project, ribbon()))
    with office.open(path) as plain:
        assert plain.run_macro("FakeExcel.CalculatedFor", "profile:shenzhen-futian") == 1


@pytest.mark.libreoffice
def test_a_macro_workbook_hides_its_tab_while_the_addin_is_open(book: Book) -> None:
    assert book.run_macro("FakeExcel.TabIsHidden", 0) == 0
    assert book.run_macro("FakeExcel.TabIsHidden", 1) != 0


# --- whole columns -------------------------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_whole_columns_of_two_sheets_are_cut_together(office: Office, tmp_path: Path) -> None:
    """Also where the optional arguments are columns; and what is no whole column stays as it is."""
    plain = tmp_path / "plain.xlsx"
    with xlsxwriter.Workbook(str(plain)) as made:
        one, other = made.add_worksheet("甲"), made.add_worksheet("乙")
        one.write_column(0, 0, ["≥5", "≥5", "≥5"])
        other.write_column(0, 0, ["5", "4", "3", "", "9"])
        other.write_column(0, 1, [10, 10, 10, 10, 10])
        other.write_column(0, 2, ["mof"] * 5)
        made.add_worksheet("丙")
    package = plain.read_bytes()
    project = vba_project([*workbook_documents(package), *workbook_modules()])
    path = tmp_path / "columns.xlsm"
    path.write_bytes(macro_package(package, project, ribbon()))
    last = 1048576
    columns = f"$甲.A1:A{last};$乙.A1:A{last};$乙.B1:B{last};$乙.C1:C{last}"
    with office.open(path) as opened:
        opened.set_formula(2, "A1", f"=ROWS(PERF_SCORE({columns}))")
        opened.set_formula(2, "A2", f"=INDEX(PERF_SCORE({columns});2;1)")
        opened.set_formula(2, "A3", f"=INDEX(PERF_SCORE({columns});5;1)")
        opened.set_formula(2, "A4", f"=PERF_TOTAL(1;$乙.B1:B{last})")
        opened.set_formula(2, "A5", "=ROWS(PERF_VALUE($乙.A1:A9))")
        opened.recalculate()
        assert [opened.value(2, cell) for cell in ("A1", "A2", "A4", "A5")] == [5, 8, 51, 9]
        assert opened.value(2, "A3") in ("", None)


# --- the way to Python ---------------------------------------------------------------------------------------------

#: What xlwings hands to Python, and gets from it: arrays of contents and no ranges. It tells how often it was asked.
PYTHON = Module(
    "FakePython",
    "class",
    """Option Explicit

Public Function CallUDF(ByVal file As String, ByVal name As String, ByVal given As Variant, _
    ByVal book As Variant, ByVal caller As Variant) As Variant
    Dim index As Long, row As Long, made() As Variant
    If file <> "perfeval_xl.excel.bridge" Then Err.Raise 1004
    CountCall
    For index = LBound(given) To UBound(given)
        If IsObject(given(index)) Then Err.Raise 1004
    Next index
    If name = "PERF_UNIT" Then Err.Raise 1004
    ReDim made(0 To 0, 0 To 0)
    made(0, 0) = name
    If IsArray(given(0)) Then
        ReDim made(0 To UBound(given(0), 1) - 1, 0 To 0)
        For row = 0 To UBound(made, 1)
            made(row, 0) = IIf(VarType(given(0)(row + 1, 1)) = vbString, "#VALUE!", given(0)(row + 1, 1))
        Next row
    End If
    CallUDF = made
End Function
""",
)
XLWINGS = Module(
    "FakeXlwings",
    "module",
    """Option Explicit
Public Function XLPy() As Object
    Dim python As FakePython
    Set python = New FakePython
    Set XLPy = python
End Function

Public Sub CountCall()
    ThisWorkbook.Worksheets(1).Range("J1").Value = ThisWorkbook.Worksheets(1).Range("J1").Value + 1
End Sub
""",
)


@pytest.fixture
def addin(office: Office, tmp_path: Path) -> Book:
    """The add-in's modules in a workbook, with a Python that is none."""
    plain = tmp_path / "plain.xlsx"
    with xlsxwriter.Workbook(str(plain)) as made:
        sheet = made.add_worksheet()
        sheet.write_column(0, 0, [1, "x", 3])
        sheet.write(0, 1, "2.3万份")
    package = plain.read_bytes()
    core = modules("xlam")
    setting = 'GetSetting("perfeval", "settings", "functions", "python")'
    own = [
        Module(each.name, each.kind, each.source.replace(setting, '"python"'))
        for each in [*behind(core), wrapper_module(core)]
    ]
    path = tmp_path / "addin.xlsm"
    project = vba_project([*workbook_documents(package), *own, PYTHON, XLWINGS])
    path.write_bytes(macro_package(package, project, ribbon()))
    return office.open(path)


def _asked(book: Book, formula: str, rows: int = 1) -> list[object]:
    """What the cells show; a function is asked once for each."""
    shown: list[object] = []
    for row in range(1, rows + 1):
        book.set_formula(0, "E1", f"=INDEX({formula};{row};1)" if rows > 1 else f"={formula}")
        shown.append(book.value(0, "E1"))
    return shown


@pytest.mark.libreoffice
def test_a_range_is_one_question_to_python_and_its_wrong_cells_are_errors(addin: Book) -> None:
    assert _asked(addin, "PERF_VALUE(A1:A3)", rows=3) == [1, "Error 2015", 3]
    assert addin.value(0, "J1") == 3
    assert _asked(addin, "PERF_VALUE(A1)") == ["PERF_VALUE"]  # still asked: a wrong cell is no failure of Python
    assert addin.value(0, "J1") == 4


@pytest.mark.libreoffice
def test_where_python_fails_vba_answers_and_it_is_not_asked_again(addin: Book) -> None:
    assert _asked(addin, "PERF_UNIT(B1)") == ["份"]
    assert addin.value(0, "J1") == 1
    assert _asked(addin, "PERF_VALUE(B1)") == [23000]
    assert addin.value(0, "J1") == 1
