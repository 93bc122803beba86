"""An office's own form without Python: VBA reads and finds what Python reads and finds, or says that it needs it.

Every layout the tests can make is opened in LibreOffice beside one workbook with the macros. A form that VBA reads must
give Python's canonical JSON and Python's findings, byte for byte. It may leave a form to Python, but not more than it
has to: how many it reads is asserted too.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter

from perfeval_xl.addin.vba_project import Module
from perfeval_xl.checks import check_readings
from perfeval_xl.errors import PerfevalError
from perfeval_xl.files import read_bytes
from perfeval_xl.messages import in_language
from perfeval_xl.model import dump_document
from perfeval_xl.workbook.open_workbook import into_workbook
from tests.office import Book, Office
from tests.office_files import Make, drawn, office_file
from tests.regional_workbooks import WORKBOOKS
from tests.test_into_office import FITTING, FORMS
from tests.test_macros import SHARED, SPOKEN, foreign_form, sample, with_macros
from tests.test_office_files import form_of
from tests.written_forms import STYLES, as_xls, as_xlsx, blanked, printed

#: Where the sentence that only Python reads this layout for sure begins.
REFUSED = SPOKEN["needs-python"].split("{")[0]
#: What the macros say of the first sheet of an open workbook: its JSON and its findings; or why there are none.
DRIVER = Module(
    "TestAnswers",
    "module",
    """Option Explicit
Public Function AnswersOf(ByVal name As String) As String
    Dim sheet As Object, form As PerfForm, finding As PerfFinding
    Set sheet = Workbooks(name).Worksheets(1)
    Set form = FormIn(sheet.Range("A1:AZ200"))
    If form Is Nothing Then
        AnswersOf = NoFormTold()
        Exit Function
    End If
    AnswersOf = JsonOf(form)
    For Each finding In FindingsIn(form)
        AnswersOf = AnswersOf & vbTab & Join(Array(finding.Severity, finding.Title, finding.Address, finding.Message, _
            finding.Advice), vbVerticalTab)
    Next finding
End Function
""",
)
#: Random offices; nearly each has something that asks for Python: a unit, a number format, a hidden row, odd headings.
OFFICES = 24


@dataclass(frozen=True)
class Answer:
    """The canonical JSON of the one form in a workbook, and its findings; ``told`` where there is none."""

    json: str
    findings: tuple[tuple[str, ...], ...]
    told: str = ""


def by_python(data: bytes, name: str) -> Answer:
    """What the command says, of what both look for."""
    with in_language("zh"):
        try:
            readings = read_bytes(data, name)
        except PerfevalError as error:
            return Answer("", (), str(error))
        found = check_readings(readings)
    return Answer(
        dump_document([reading.form for reading in readings]).decode(),
        tuple((f.severity, f.name, f.cell or "", f.message, f.advice) for f in found if f.name in SHARED),
    )


def by_vba(driver: Book, office: Office, path: Path) -> Answer:
    """What the macros say."""
    with office.open(path, macros=False):
        json_text, *findings = str(driver.run_macro("TestAnswers.AnswersOf", path.name)).split("\t")
    if not json_text.startswith("{"):
        return Answer("", (), json_text)
    return Answer(json_text, tuple(tuple(line.split("\v")) for line in findings))


# --- the layouts -----------------------------------------------------------------------------------------------------


def _filled(name: str) -> bytes:
    return into_workbook(WORKBOOKS[name](), "office.xlsx", [FORMS[name](FITTING[name], 1)]).data


def _styled(style: str, profile: str) -> bytes:
    return as_xlsx(printed([sample(profile)], STYLES[style]))


def _random(seed: int, make: Make) -> bytes:
    return office_file(form_of(seed), make)


def layouts() -> Iterator[tuple[str, bytes]]:
    """Every layout as a workbook, by the name of its file."""
    profiles = ("mof", "beijing-fengtai-union", "shanghai-baoshan", "beijing-fengtai-hrss")
    for number, style in enumerate(STYLES):
        yield f"style {style}.xlsx", _styled(style, profiles[number % len(profiles)])
    for profile in (*profiles[1:], "shenzhen-futian"):
        yield f"national {profile}.xlsx", _styled("national", profile)
    national = printed([sample("mof")], STYLES["national"])
    yield "old workbook.xls", as_xls(national)
    yield "two forms.xlsx", as_xlsx(printed([sample("mof"), sample("mof")], STYLES["national"]))
    yield "blank.xlsx", as_xlsx(blanked(national))
    yield "a piece of a form.xlsx", foreign_form()
    for name in WORKBOOKS:
        yield f"office {name}.xlsx", _filled(name)
    for seed, make in enumerate(map(drawn, range(OFFICES))):
        if make.kind in ("xlsx", "xls"):
            yield f"random {seed}.{make.kind}", _random(seed, make)


@pytest.fixture(scope="module")
def driver(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A workbook with the macros and no form in it."""
    path = with_macros(plain_workbook([["空白"]]), tmp_path_factory.mktemp("driver") / "driver.xlsm", DRIVER)
    with office.open(path) as opened:
        yield opened


def plain_workbook(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as made:
        sheet = made.add_worksheet("表")
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write_number(number, column, float(str(value)))
    return buffer.getvalue()


@pytest.mark.libreoffice
def test_vba_reads_what_python_reads_or_says_that_it_needs_python(driver: Book, office: Office, tmp_path: Path) -> None:
    read, wrong = [], {}
    made = dict(layouts())
    for name, data in made.items():
        path = tmp_path / name
        path.write_bytes(data)
        found, expected = by_vba(driver, office, path), by_python(data, name)
        if not found.told:
            read.append(name)
            if found != expected:
                wrong[name] = found, expected
        elif not found.told.startswith(REFUSED):
            assert found.told == expected.told, name
    assert wrong == {}
    print(f"VBA reads {len(read)} of {len(made)} layouts")
    assert len(made) >= 35
    assert len(read) >= 20, sorted(made.keys() - set(read))
