"""An office's own form without Python: VBA reads and finds what Python reads and finds, or says that it needs it.

Every layout the tests can make is opened in LibreOffice beside one workbook with the macros. A form that VBA reads must
give Python's canonical JSON and Python's findings, byte for byte. It may leave a form to Python, but not more than it
has to: how many it reads is asserted too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from msgspec import structs

import perfeval_xl as pe
from perfeval_xl.addin.vba_project import Module
from perfeval_xl.checks import check_readings
from perfeval_xl.errors import PerfevalError
from perfeval_xl.files import read_bytes
from perfeval_xl.messages import in_language
from perfeval_xl.model import dump_document, load_document
from perfeval_xl.package.addresses import a1
from perfeval_xl.sources import open_sheets
from perfeval_xl.workbook.open_workbook import into_workbook
from tests.made_forms import changed
from tests.office import Book, Office
from tests.office_files import Make, drawn, office_file
from tests.regional_workbooks import WORKBOOKS
from tests.test_into_office import FITTING, FORMS
from tests.test_layout_shared import SEEDS
from tests.test_layout_shared import SHARED as REFERENCE
from tests.test_macros import REVIEW, SHARED, SPOKEN, foreign_form, press, sample, with_macros
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
#: What VBA has to read of the layouts below; it may read more.
READ = {
    *(f"style {name}" for name in STYLES if "three cells" not in name and name != "split headings"),
    *(f"national {name}" for name in ("beijing-fengtai-union", "shanghai-baoshan", "beijing-fengtai-hrss")),
    *("old workbook", "blank", "office national", "office futian"),
}
#: Columns from the name of an indicator to its score in the national layout.
SCORE_AFTER_NAME = 4


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


def plain_workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """Cells without any format or merge."""
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


@dataclass(slots=True)
class Compared:
    """How many workbooks VBA read, and those it read in another way than Python."""

    read: list[str]
    left_to_python: dict[str, str]
    wrong: dict[str, tuple[Answer, Answer]]


def compared(driver: Book, office: Office, folder: Path, made: Iterable[tuple[str, bytes]]) -> Compared:
    """Asks VBA and Python about each workbook."""
    seen = Compared([], {}, {})
    for name, data in made:
        path = folder / name
        path.write_bytes(data)
        found, expected = by_vba(driver, office, path), by_python(data, name)
        if found.told.startswith(REFUSED):
            seen.left_to_python[name] = found.told
            continue
        seen.read.append(name)
        if found != expected:
            seen.wrong[name] = found, expected
    return seen


@pytest.mark.libreoffice
def test_vba_reads_what_python_reads_or_says_that_it_needs_python(driver: Book, office: Office, tmp_path: Path) -> None:
    seen = compared(driver, office, tmp_path, layouts())
    assert seen.wrong == {}
    print(f"VBA reads {len(seen.read)} layouts and leaves {len(seen.left_to_python)} to Python")
    assert {name.partition(".")[0] for name in seen.read} >= READ
    assert not [told for told in seen.left_to_python.values() if not re.search(r"[A-Z]+\d+ |没有找到", told)]


@pytest.mark.shared
@pytest.mark.libreoffice
@pytest.mark.skipif(not SEEDS, reason="the reference forms are not here")
def test_vba_reads_the_reference_forms_as_python_does_or_leaves_them(
    driver: Book, office: Office, tmp_path: Path
) -> None:
    pages = [page for path in (*SEEDS, *sorted((REFERENCE / "foreign").glob("*.txt"))) for page in open_sheets(path)]
    printed_again = [
        form for path in sorted((REFERENCE / "forms").glob("*.json")) for form in load_document(path.read_bytes()).forms
    ]
    made = [
        *((f"page {number}.xlsx", plain_workbook(page.rows)) for number, page in enumerate(pages)),
        *(
            (f"printed {number}.xlsx", as_xlsx(printed([form], STYLES["national"])))
            for number, form in enumerate(printed_again)
        ),
    ]
    seen = compared(driver, office, tmp_path, made)
    assert seen.wrong == {}
    print(f"VBA reads {len(seen.read)} of {len(made)} reference forms")
    assert len([name for name in seen.read if name.startswith("printed")]) * 2 > len(printed_again)


# --- the buttons and the functions ------------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_the_buttons_do_on_an_offices_own_sheet_what_python_does(office: Office, tmp_path: Path) -> None:
    form = sample("mof")
    blank_scores = changed(form, indicators=tuple(structs.replace(row, score=None) for row in form.indicators))
    page = printed([blank_scores], STYLES["national"])
    data = as_xlsx(page)
    by_rule = [row.judgement.value for row in pe.score(form).indicators]
    path = with_macros(data, tmp_path / "office.xlsm")
    expected = by_python(data, "office.xlsx")
    with office.open(path) as opened:
        [name] = opened.sheets()
        opened.set_formula(name, "Z1", "=PERF_JSON(A1:J40)")
        opened.set_formula(name, "Z2", "=ROWS(PERF_CHECK(A1:J40))")
        assert f"{opened.value(name, 'Z1')}\n" == expected.json
        assert opened.value(name, "Z2") == len(expected.findings)
        opened.set_string(name, "Z1", "")
        opened.set_string(name, "Z2", "")
        exported = tmp_path / "office.json"
        press(opened, "PerfOnExport")
        assert exported.read_text("utf-8") == expected.json
        press(opened, "PerfOnCheck")
        lines = opened.strings(REVIEW, opened.used(REVIEW))[2:]
        assert [(line[4], line[5]) for line in lines if line[0]] == [
            (cell, said) for _, _, cell, said, _ in expected.findings
        ]
        assert press(opened, "PerfOnScore").startswith("已填入")
        column = [page.places[0].get(f"indicators[{number}].name") for number in range(len(form.indicators))]
        scores = [opened.value(name, a1(cell.row, cell.column + SCORE_AFTER_NAME)) for cell in column if cell]
        assert [None if score is None else Decimal(str(score)) for score in scores] == by_rule
