"""The LibreOffice extension: made from text, complete, and the same in Calc as everywhere else."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from lxml import etree

import perfeval_xl as pe
from perfeval_xl.addin.libreoffice import region
from perfeval_xl.addin.libreoffice.functions import VALUE_ERROR as ERROR_NUMBER
from perfeval_xl.addin.libreoffice.functions import Host, answer, asks_document, method_name
from perfeval_xl.addin.oxt import PACKAGE, carried_modules, idl, oxt
from perfeval_xl.excel.functions import BY_NAME, FUNCTIONS
from perfeval_xl.files import write_forms
from perfeval_xl.messages import in_language
from perfeval_xl.model import Form, load_document
from perfeval_xl.package.addresses import column_letters
from tests.addin_office import AddinOffice
from tests.function_cells import Case, arguments_workbook, cases, differences
from tests.test_macros import foreign_form

SAMPLES = PACKAGE / "samples"
OOR = "{http://openoffice.org/2001/registry}"


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("oxt") / "perfeval.oxt"
    path.write_bytes(oxt())
    return path


@pytest.fixture(scope="module")
def calc(extension: Path) -> Iterator[AddinOffice]:
    """A LibreOffice with the extension installed."""
    with AddinOffice(extension) as office:
        yield office


# --- in Calc -------------------------------------------------------------------------------------------------------


def _holds_a_boolean(case: Case) -> bool:
    return "true" in json.dumps(case.arguments) or "false" in json.dumps(case.arguments)


def _weight_may_be_blank(case: Case) -> bool:
    return case.name == "PERF_EXEC_SCORE" and case.arguments[2:] in ([0], [""], [None])


@pytest.mark.libreoffice
def test_every_row_of_the_table_holds_in_calc(calc: AddinOffice, tmp_path: Path) -> None:
    """Calc has no booleans (TRUE is 1), and hands a blank cell to an optional argument as 0."""
    wanted = [case for case in cases() if not _holds_a_boolean(case) and not _weight_may_be_blank(case)]
    assert len(cases()) - len(wanted) <= 12
    with calc.open(arguments_workbook(tmp_path / "cases.xlsx", wanted)) as book:
        assert list(differences(book, wanted)) == []


@pytest.mark.libreoffice
def test_a_weight_that_is_nought_or_blank_is_not_decided(calc: AddinOffice, tmp_path: Path) -> None:
    wanted = [Case(1, "PERF_EXEC_SCORE", "", [1, 3, None]), Case(2, "PERF_EXEC_SCORE", "", [1, 3, 0])]
    with calc.open(arguments_workbook(tmp_path / "cases.xlsx", wanted)) as book:
        assert list(differences(book, wanted)) == []


@pytest.mark.libreoffice
def test_literals_arrays_and_nested_calls_work_in_calc(calc: AddinOffice, tmp_path: Path) -> None:
    formulas = {
        '=PERF_SCORE(">100人次";"52人次";12.5)': 6.5,
        '=PERF_SCORE(">2个";"3个";10;"shenzhen-futian")': 9,
        '=SUM(PERF_VALUE({"1份"|"2份"}))': 3,
        '=IF(PERF_SCORE("≥5";A1;10)="";"blank";"")': "blank",
        '=PERF_SCORE("≥5";0;10)': 0,
        '=PERF_GRADE(PERF_TOTAL(10;{50;30}))': "优",
        '=PERF_SCORE("≥5";"5";"many")': "#VALUE!",
        '=PERF_SCORE("≥5";"5";10;"atlantis")': "#VALUE!",
    }  # fmt: skip
    with calc.open(arguments_workbook(tmp_path / "cases.xlsx", [])) as book:
        for row, formula in enumerate(formulas, start=1):
            book.set_formula(0, f"C{row}", formula)
        book.recalculate()
        assert [row[0] for row in book.values(0, f"C1:C{len(formulas)}")] == list(formulas.values())


@pytest.mark.libreoffice
def test_an_array_follows_its_arguments(calc: AddinOffice, tmp_path: Path) -> None:
    with calc.open(arguments_workbook(tmp_path / "cases.xlsx", [])) as book:
        book.fill(0, "A1:A2", [["3份"], ["4份"]])
        book.set_formula(0, "C1", "=SUM(PERF_VALUE(A1:A2))")
        assert book.value(0, "C1") == 7
        book.set_string(0, "A2", "6份")
        book.recalculate()
        assert book.value(0, "C1") == 9


@pytest.mark.libreoffice
def test_the_rules_are_those_of_the_workbook_where_no_profile_is_given(calc: AddinOffice, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    pe.template("shenzhen-futian", path)
    with calc.open(path) as book:
        book.set_formula(0, "Z1", '=PERF_SCORE(">2个";"3个";10)')
        book.set_formula(0, "Z2", '=PERF_SCORE(">2个";"3个";10;"mof")')
        assert [book.value(0, cell) for cell in ("Z1", "Z2")] == [9, 10]


@pytest.mark.libreoffice
def test_a_workbook_that_names_its_region_is_followed_as_in_excel(calc: AddinOffice, tmp_path: Path) -> None:
    path = tmp_path / "named.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        made.add_worksheet()
        made.define_name("perf_profile", '="shenzhen-futian"')
    with calc.open(path) as book:
        book.set_formula(0, "Z1", '=PERF_SCORE(">2个";"3个";10)')
        assert book.value(0, "Z1") == 9


class _Document:
    """A document that names a region, and counts how often it is asked."""

    def __init__(self, profile: str, identity: str) -> None:
        self.RuntimeUID = identity
        self.asked = 0
        entry = SimpleNamespace(Name="perfeval_profile", Value=profile)
        self.DocumentProperties = SimpleNamespace(UserDefinedProperties=SimpleNamespace(PropertyValues=[entry]))
        self.NamedRanges = SimpleNamespace(hasByName=lambda _: False)

    @property
    def Sheets(self) -> Any:  # noqa: N802
        self.asked += 1
        return SimpleNamespace(Count=0)


def test_the_region_of_a_document_is_looked_up_once_in_a_calculation(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(region, "monotonic", lambda: now[0])
    regions, one, other = region.Regions(), _Document("shenzhen-futian", "1"), _Document("nowhere", "2")
    assert {regions.profile_of(one) for _ in range(500)} == {"shenzhen-futian"}
    assert one.asked == 1
    assert regions.profile_of(other) is None
    assert regions.profile_of(one) == "shenzhen-futian"
    assert (one.asked, other.asked) == (2, 1)
    now[0] += region.SECONDS + 1
    regions.profile_of(one)
    assert one.asked == 3


@pytest.mark.libreoffice
def test_functions_of_a_whole_form_read_it_from_its_cells(calc: AddinOffice, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    write_forms(_sample("mof"), path)
    with calc.open(path) as book:
        area = f"$'{book.sheets()[0]}'.{book.used(0)}"
        last = len(book.sheets()) - 1
        book.set_formula(last, "Z1", f"=LEFT(PERF_JSON({area});20)")
        book.set_formula(last, "Z2", f"=INDEX(PERF_CHECK({area});1;4)")
        assert str(book.value(last, "Z1")).startswith('{\n  "schema": "perfe')
        assert book.value(last, "Z2") not in (None, "#VALUE!", "#NAME?")


@pytest.mark.libreoffice
def test_a_form_drawn_by_hand_gives_the_same_in_calc_in_excel_and_in_python(calc: AddinOffice, tmp_path: Path) -> None:
    from perfeval_xl.excel import bridge
    from perfeval_xl.excel.functions import perf_check, perf_json

    path = tmp_path / "foreign.xlsx"
    path.write_bytes(foreign_form())
    rows: list[list[Any]] = [
        list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    ]
    as_excel_gives = [[float(cell) if isinstance(cell, int) else cell for cell in row] for row in rows]
    with in_language("zh"):
        json, found = perf_json(rows), perf_check(rows)
        assert bridge.WORKSHEET_FUNCTIONS["PERF_JSON"](as_excel_gives) == json
        assert bridge.WORKSHEET_FUNCTIONS["PERF_CHECK"](as_excel_gives) == found
    assert str(json).startswith("{")
    assert len(found) > 1
    area = f"A1:{column_letters(len(rows[0]) - 1)}{len(rows)}"
    with calc.open(path) as book:
        book.set_formula(0, "Z1", f"=PERF_JSON({area})")
        for number in range(1, len(found) + 1):
            for place, column in enumerate(("AA", "AB", "AC", "AD", "AE"), start=1):
                book.set_formula(0, f"{column}{number}", f"=INDEX(PERF_CHECK({area});{number};{place})")
        book.recalculate()
        assert book.value(0, "Z1") == json
        assert [[cell or "" for cell in row] for row in book.values(0, f"AA1:AE{len(found)}")] == found


# --- checking the open form ----------------------------------------------------------------------------------------


def _sample(name: str) -> list[Form]:
    return list(load_document((SAMPLES / f"{name}.json").read_bytes()).forms)


def _findings(path: Path) -> set[tuple[str, str | None]]:
    """Of the form itself; what became of a template (PE701 to PE703) is told from the file alone."""
    from perfeval_xl.checks import check_readings
    from perfeval_xl.files import read_path

    found = check_readings(read_path(path))
    return {(each.code, each.cell) for each in found if each.code not in ("PE701", "PE702", "PE703")}


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A filled form with a wrong total, a score above its weight, and a missing name."""
    from msgspec.structs import replace

    [form] = _sample("mof")[:1]
    first, *others = form.indicators
    form = replace(
        form,
        project=replace(form.project, name=None),
        indicators=(replace(first, score=(first.weight or 0) + 1), *others),
        total=replace(form.total, score=None),
    )
    path = tmp_path / "wrong.xlsx"
    write_forms([form], path)
    return path


@pytest.mark.libreoffice
def test_check_marks_the_cells_that_the_command_line_names(calc: AddinOffice, wrong: Path) -> None:
    expected = {(code, cell) for code, cell in _findings(wrong) if cell}
    assert len(expected) >= 2
    with calc.open(wrong) as book:
        book.dispatch("vnd.org.perfeval:check")
        review = book.strings("审核意见", book.used("审核意见"))
        assert {(row[2], row[4]) for row in review[2:] if row[4]} == expected
        notes = book.notes(0)
        assert set(notes) >= {cell for _, cell in expected if cell}
        assert all(book.colors(0, str(cell)) != [[-1]] for _, cell in expected)
        assert any("项目名称" in text for text in notes.values())


@pytest.mark.libreoffice
def test_the_next_finding_is_selected_and_after_the_last_the_first(calc: AddinOffice, wrong: Path) -> None:
    with calc.open(wrong) as book:
        book.dispatch("vnd.org.perfeval:check")
        marked = len(book.notes(0))
        book.goto(0, "A1")
        visited = []
        for _ in range(marked + 1):
            book.dispatch("vnd.org.perfeval:next")
            visited.append(book.selection())
        assert len(set(visited)) == marked
        assert visited[-1] == visited[0]


@pytest.mark.libreoffice
def test_clearing_gives_every_cell_back_its_look(calc: AddinOffice, wrong: Path, tmp_path: Path) -> None:
    with calc.open(wrong) as book:
        area = book.used(0)
        before = book.colors(0, area), book.notes(0), book.sheets()
        book.dispatch("vnd.org.perfeval:check")
        assert (book.colors(0, area), book.notes(0), book.sheets()) != before
        saved = book.save(tmp_path / "checked.ods")
        book.dispatch("vnd.org.perfeval:clear")
        assert (book.colors(0, area), book.notes(0), book.sheets()) == before
    with calc.open(saved) as book:  # also after saving and opening again
        book.dispatch("vnd.org.perfeval:clear")
        assert (book.colors(0, area), book.notes(0)) == before[:2]


@pytest.mark.libreoffice
def test_checking_twice_marks_once(calc: AddinOffice, wrong: Path) -> None:
    with calc.open(wrong) as book:
        book.dispatch("vnd.org.perfeval:check")
        once = book.notes(0), book.strings("审核意见", book.used("审核意见"))
        book.dispatch("vnd.org.perfeval:check")
        assert (book.notes(0), book.strings("审核意见", book.used("审核意见"))) == once


@pytest.mark.libreoffice
def test_a_workbook_without_a_form_is_left_alone(calc: AddinOffice, tmp_path: Path) -> None:
    with calc.open(arguments_workbook(tmp_path / "other.xlsx", [])) as book:
        for command in ("check", "next", "clear"):
            book.dispatch(f"vnd.org.perfeval:{command}")
        assert book.sheets() == ["cases"]


# --- what is in it -------------------------------------------------------------------------------------------------


def _parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(oxt())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_two_builds_are_the_same_bytes() -> None:
    assert oxt() == oxt()


def test_every_part_the_manifest_names_is_there_and_every_xml_part_is_well_formed() -> None:
    parts = _parts()
    manifest = etree.fromstring(parts["META-INF/manifest.xml"])
    named = [str(value) for entry in manifest for key, value in entry.attrib.items() if str(key).endswith("full-path")]
    assert set(named) <= set(parts)
    for name in named:
        if name.endswith(".xcu"):
            etree.fromstring(parts[name])


def test_every_function_has_help_in_both_languages_and_a_method() -> None:
    root = etree.fromstring(_parts()["CalcAddIns.xcu"])
    nodes = {str(node.get(f"{OOR}name")): node for node in root.iter("node")}
    for function in FUNCTIONS:
        node = nodes[method_name(function.name)]
        texts = [value.text for prop in node.findall("prop") for value in prop]
        assert {function.description("zh"), function.description("en")} <= set(texts)
        assert f" {method_name(function.name)}(" in idl()


def test_the_menu_and_the_toolbar_have_the_commands_in_order() -> None:
    root = etree.fromstring(_parts()["Addons.xcu"])
    addresses = [str(each[0].text) for each in root.iter("prop") if each.get(f"{OOR}name") == "URL"]
    assert addresses == [f"vnd.org.perfeval:{name}" for name in ("check", "next", "clear")] * 2
    names = [str(node.get(f"{OOR}name")) for node in root.iter("node") if node.find("prop[2]") is not None]
    assert [name for name in names if name.startswith("m")] == ["m1", "m2", "m3"] * 2


def test_the_carried_modules_run_without_any_package_from_outside(tmp_path: Path) -> None:
    """An isolated Python sees the standard library and the extension's own folder, as LibreOffice does."""
    with zipfile.ZipFile(io.BytesIO(oxt())) as archive:
        archive.extractall(tmp_path)
    program = f"""
import sys
sys.path.append({str(tmp_path / "pythonpath")!r})
from pathlib import Path
from perfeval_xl.checks import check_readings
from perfeval_xl.excel.functions import FUNCTIONS
from perfeval_xl.addin.libreoffice import document
from perfeval_xl.model import dump_document, load_document
from perfeval_xl.reading import Reading
import msgspec
assert msgspec.__file__.startswith({str(tmp_path)!r})
for path in sorted(Path({str(SAMPLES)!r}).glob("*.json")):
    forms = load_document(path.read_bytes()).forms
    assert dump_document(forms) == path.read_bytes(), path
    print([finding.code for finding in check_readings([Reading(form, "-") for form in forms])])
"""
    command = [sys.executable, "-I", "-S", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    expected = [
        str([finding.code for finding in pe.check(_sample(path.stem))]) for path in sorted(SAMPLES.glob("*.json"))
    ]
    assert done.stdout.splitlines() == expected


def test_what_only_files_need_is_not_carried() -> None:
    folders = {path.relative_to(PACKAGE).parts[0] for path in carried_modules()}
    assert {"checks", "excel", "layout", "quantity", "scoring"} <= folders
    assert not folders & {"cli", "workbook", "reports", "files.py", "book.py", "batch.py"}
    assert {path.name for path in carried_modules() if path.parent.name == "sources"} == {
        *("__init__.py", "sheet.py", "formats.py", "glued.py", "long_grid.py")
    }


def test_only_the_component_itself_must_start_in_an_older_python() -> None:
    source = _parts()["perfeval_addin.py"].decode()
    assert source.index("sys.version_info") < source.index("from perfeval_xl")
    compile(source, "perfeval_addin.py", "exec", dont_inherit=True)


# --- arguments as Calc hands them over -----------------------------------------------------------------------------


def _host(*, comma: bool = False, profile: str | None = None) -> Host:
    return Host(lambda area: area, lambda _document: profile, comma)


def _answer(name: str, *arguments: Any, host: Host | None = None) -> Any:
    function = BY_NAME[name]
    document = ("document",) if asks_document(function) else ()
    with in_language("zh"):
        return answer(function, (*document, *arguments), host or _host())


def test_a_single_cell_comes_as_rows_of_one_text() -> None:
    assert _answer("PERF_SCORE", (("≥95%",),), (("90%",),), (("10",),), None, None) == ((9.47,),)


def test_numbers_with_a_decimal_comma_are_numbers_where_that_is_the_custom() -> None:
    arguments = (("12,5",),), (("10",),)
    assert _answer("PERF_RATE", (("10",),), (("12,5",),), host=_host(comma=True)) == ((1.25,),)
    assert _answer("PERF_RATE", *reversed(arguments)) != ((1.25,),)


def test_a_number_of_many_digits_is_written_with_an_exponent() -> None:
    assert _answer("PERF_VALUE", (("1.5E+020",),)) == ((1.5e20,),)


def test_a_wrong_argument_is_calcs_own_value_error() -> None:
    [[found]] = _answer("PERF_GRADE", (("many",),), None)
    assert found != found  # not a number
    assert repr(found) == repr(ERROR_NUMBER)


def test_a_blank_profile_is_that_of_the_document() -> None:
    arguments = (((">2个"),),), (("3个",),), (("10",),)
    for blank in (None, 0.0, ""):
        assert _answer("PERF_SCORE", *arguments, blank, None, host=_host(profile="shenzhen-futian")) == ((9.0,),)
    assert _answer("PERF_SCORE", *arguments, "mof", None, host=_host(profile="shenzhen-futian")) == ((10.0,),)
