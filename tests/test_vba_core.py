"""The worksheet functions in VBA, called from cells of a macro workbook in LibreOffice: the same results as Python.

LibreOffice hands a truth value in a cell to Basic as the number 1, so those rows of the table are asked as macros.
It shows the error of a wrong argument, ``CVErr(xlErrValue)``, as the text ``Error 2015``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from random import Random
from typing import Any

import pytest

from perfeval_xl.addin.macro_package import document_modules, macro_package
from perfeval_xl.addin.ribbon import read_procedures
from perfeval_xl.addin.vba_data import printed_words, vocabulary
from perfeval_xl.addin.vba_project import Module, module_text, vba_project
from perfeval_xl.addin.vba_source import ascii_text, modules, ribbon
from perfeval_xl.profile import load_profile
from perfeval_xl.quantity import compare, read
from perfeval_xl.quantity import vocabulary as words
from perfeval_xl.workbook.template.drawing import blank
from tests.function_cells import Case, cases, differences, equal, write_arguments
from tests.office import Book, Office
from tests.test_functions import VALUE_ERROR

WRONG_ARGUMENT = "Error 2015"
CASES = Path(__file__).parent / "cases"
SECONDS = 240.0

# What VBA's own grammar reserves ([MS-VBAL] 3.3.5.2): no procedure, parameter or variable may be called so.
_RESERVED_WORDS = """
    call case close const declare dim do each else elseif empty end endif enum erase event exit false for friend
    function get global gosub goto if implements in input is let like lock loop lset me mod new next not nothing
    null on open option optional or paramarray preserve print private public put raiseevent redim rem resume
    return rset seek select set shared spc static step stop sub tab then to true type typeof unlock until wend
    while with withevents write xor abs cbool cbyte ccur cdate cdbl cdec cint clng csng cstr cvar cverr date
    debug doevents fix int len lenb pset scale sgn string array circle inputb lbound ubound boolean byte
    currency double integer long object single variant any as byref byval addressof and eqv imp attribute
    decimal
"""
RESERVED = frozenset(_RESERVED_WORDS.split())
# Names of VBA itself: a function called so hides the built-in one in the whole project.
_BUILT_IN_WORDS = """
    format left right mid trim replace split join instr instrrev ucase lcase space asc ascw chr chrw str val hex
    array typename vartype isarray isdate isempty iserror ismissing isnull isnumeric isobject msgbox inputbox
    now time timer year month day hour minute second filter iif choose switch rate pmt round dir kill freefile
    eof environ shell createobject getobject getsetting savesetting strcomp strconv strreverse weekday rgb
    qbcolor error err
"""
BUILT_IN = frozenset(_BUILT_IN_WORDS.split())
DECLARED = re.compile(r"(?:\b(?:Dim|ByVal|ByRef|Private|Public|Global|Const)\s+)(?:Const\s+)?(\w+)(?:\(.*?\))?\s+As\b")


def macro_book(path: Path, *extra: Module, profile: str = "mof") -> Path:
    """The macro workbook of a blank form, with further modules for the test."""
    package = blank(load_profile(profile))
    project = vba_project([*document_modules(package), *modules("xlsm"), *extra])
    path.write_bytes(macro_package(package, project, ribbon()))
    return path


DRIVER = Module("TestDriver", "module", (CASES / "vba_driver.bas").read_text("ascii"))


@pytest.fixture(scope="module")
def calc() -> Iterator[Office]:
    with Office(seconds=SECONDS) as running:
        yield running


@pytest.fixture(scope="module")
def driver(calc: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    with calc.open(macro_book(tmp_path_factory.mktemp("driver") / "driver.xlsm", DRIVER)) as book:
        yield book


# --- the table every host must pass ------------------------------------------------------------------------------


def _has_truth_value(case: Case) -> bool:
    flat = [cell for argument in case.arguments for row in _rows(argument) for cell in row]
    return any(isinstance(cell, bool) for cell in flat)


def _rows(argument: Any) -> list[list[Any]]:
    if not isinstance(argument, list):
        return [[argument]]
    return argument if isinstance(argument[0], list) else [argument]


@pytest.mark.libreoffice
def test_every_row_of_the_table_holds_in_cells(calc: Office, tmp_path: Path) -> None:
    wanted = [case for case in cases() if not _has_truth_value(case)]
    assert len(wanted) >= 600
    with calc.open(macro_book(tmp_path / "cases.xlsm")) as book:
        sheet = _SheetOf(book, "填表说明")
        write_arguments(sheet, wanted)
        sheet.flush()
        found = list(differences(book, wanted, sheet="填表说明", error=WRONG_ARGUMENT))
    assert found == []


class _SheetOf:
    """Takes what ``write_arguments`` writes and puts it into an open book."""

    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name = book, name
        self.cells: dict[tuple[int, int], float | str] = {}

    def write_number(self, row: int, column: int, value: float) -> None:
        self.cells[row, column] = value

    write_string = write_number
    write_boolean = write_number

    def flush(self) -> None:
        from perfeval_xl.package.addresses import a1

        if not self.cells:
            return
        top, left = (min(place[part] for place in self.cells) for part in (0, 1))
        bottom, right = (max(place[part] for place in self.cells) for part in (0, 1))
        grid = [[self.cells.get((r, c)) for c in range(left, right + 1)] for r in range(top, bottom + 1)]
        self.book.fill(self.name, f"{a1(top, left)}:{a1(bottom, right)}", grid)


@pytest.mark.libreoffice
def test_a_truth_value_is_a_wrong_argument(driver: Book) -> None:
    asked = [case for case in cases() if _has_truth_value(case) and not any(map(_is_range, case.arguments))]
    assert len(asked) >= 5
    for case in asked:
        found = driver.run_macro(f"PerfFunctions.{case.name}", *case.arguments)
        assert case.expected == VALUE_ERROR
        assert not isinstance(found, float | str) or found == "", f"{case.name}{case.arguments} gives {found!r}"


def _is_range(argument: Any) -> bool:
    return isinstance(argument, list)


@pytest.mark.libreoffice
@pytest.mark.parametrize("profile", ["shenzhen-futian", "beijing-fengtai-union"])
def test_without_a_profile_the_workbook_says_which(calc: Office, tmp_path: Path, profile: str) -> None:
    by_profile: dict[str, list[Any]] = {"shenzhen-futian": [9.0, ""], "beijing-fengtai-union": [10.0, 18.0]}
    expected = by_profile[profile]
    with calc.open(macro_book(tmp_path / "own.xlsm", profile=profile)) as book:
        book.set_formula(0, "Z1", '=PERF_SCORE(">2个";"3个";10)')
        book.set_formula(0, "Z2", '=PERF_SCORE("3月底前";"4月";20)')
        found = [row[0] for row in book.values(0, "Z1:Z2")]
        assert all(equal(one, other) for one, other in zip(found, expected, strict=True)), found


# --- reading and comparing, row by row -----------------------------------------------------------------------------


def _table(name: str) -> list[list[str]]:
    lines = (CASES / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _python_reading(text: str) -> str:
    found = read(text)

    def day(date: Any) -> str:
        none = -1
        return (
            ""
            if date is None
            else "/".join(str(none if part is None else part) for part in (date.year, date.month, date.day))
            + (f"+{date.later}" if date.later else "")
        )

    def number(value: Decimal | None) -> str:
        return "" if value is None else format(value, "f")

    places = found.scale.adjusted() if found.scale != 1 else 0
    parts = (
        *(found.kind, found.operator, number(found.low), number(found.high), found.unit, str(places)),
        *(day(found.start), day(found.end), " ".join(found.answers), found.answer, found.stance, found.words),
        *(found.beside, found.aside, number(found.share)),
        str(found.reason),
    )
    return "\t".join(parts)


@pytest.mark.libreoffice
def test_every_text_of_the_reading_table_is_read_as_python_reads_it(driver: Book) -> None:
    texts = [row[0] for row in _table("quantity.tsv") if "\\" not in row[0]]
    assert len(texts) >= 600
    wrong = []
    for start in range(0, len(texts), 100):
        part = texts[start : start + 100]
        found = str(driver.run_macro("TestDriver.ReadAll", "\n".join(part))).split("\n")
        wrong += [
            (text, got, want) for text, got in zip(part, found, strict=True) if got != (want := _python_reading(text))
        ]
    assert wrong == []


@pytest.mark.libreoffice
def test_every_pair_of_the_comparison_table_compares_as_in_python(driver: Book) -> None:
    texts = [(row[0], row[1]) for row in _table("quantity_pairs.tsv") if "\\" not in row[0] + row[1]]
    settings = [("at-least", "", 0), ("at-most", "months", 2023)]
    pairs = [(*pair, *settings[number % 2], "0.1") for number, pair in enumerate(texts)]
    assert len(pairs) >= 300
    wrong = []
    for start in range(0, len(pairs), 60):
        part = pairs[start : start + 60]
        asked = "\n".join("\t".join(map(str, pair)) for pair in part)
        found = str(driver.run_macro("TestDriver.ComparedAll", asked)).split("\n")
        wrong += [
            (pair, got, want)
            for pair, got in zip(part, found, strict=True)
            if got != (want := _python_comparison(*pair))
        ]
    assert wrong == []


def _python_comparison(target: str, actual: str, default: Any, months: str, year: int, tolerance: str) -> str:
    made = compare(
        read(target), read(actual), default_direction=default, as_months=months == "months",
        fiscal_year=year or None, tolerance=Decimal(tolerance),
    )  # fmt: skip
    ratio = ""
    if made.ratio is not None:
        ratio = format(made.ratio.quantize(Decimal("1e-12"), rounding=ROUND_HALF_UP), "f").rstrip("0").rstrip(".")
    late = -1 if made.months_late is None else made.months_late
    parts = (
        *(made.direction or "", made.decided, bool(made.met), made.basis or "", ratio, made.ratio_is_bound, late),
        *(made.tier or "", made.rank[0] if made.rank else 0, str(made.reason)),
    )
    return "\t".join(map(str, parts))


# --- exact decimals ------------------------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_decimals_are_exact(driver: Book) -> None:
    chance = Random(1)
    with localcontext() as context:
        context.prec = 80
        for _ in range(300):
            one, other, places = _number(chance), _number(chance), chance.choice((0, 2, 4, 17))
            op = chance.choice(("sum", "difference", "product", "quotient", "order", "shift"))
            found = driver.run_macro("TestDriver.Calculated", op, one, other, places)
            assert (found or "") == _calculated(op, Decimal(one), Decimal(other), places), (op, one, other, places)


def _number(chance: Random) -> str:
    whole = str(chance.randrange(10 ** chance.choice((1, 3, 8, 15, 20))))
    decimals = "".join(chance.choice("0123456789") for _ in range(chance.choice((0, 0, 2, 6))))
    return chance.choice(("", "-")) + whole + ("." + decimals if decimals else "")


def _calculated(op: str, one: Decimal, other: Decimal, places: int) -> str:
    if op == "quotient" and not other:
        return ""
    results = {
        "sum": lambda: one + other,
        "difference": lambda: one - other,
        "product": lambda: one * other,
        "quotient": lambda: (one / other).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP),
        "order": lambda: Decimal((one > other) - (one < other)),
        "shift": lambda: one.scaleb(places),
    }
    text = format(results[op](), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


# --- what Excel would refuse and LibreOffice takes -----------------------------------------------------------------


def test_no_name_is_a_word_of_the_language() -> None:
    wrong = [
        (module.name, name)
        for module in modules("xlsm")
        for line in module.source.splitlines()
        if not line.lstrip().startswith("'")
        for name in DECLARED.findall(line)
        if name.lower() in RESERVED
    ]
    procedures = [(one.module.name, one.name) for one in read_procedures(modules("xlsm"))]
    assert wrong == []
    assert [one for one in procedures if one[1].lower() in RESERVED | BUILT_IN] == []


def test_public_procedures_of_standard_modules_have_names_of_their_own() -> None:
    public = [
        one.name.lower() for one in read_procedures(modules("xlsm")) if one.public and one.module.kind == "module"
    ]
    assert sorted(public) == sorted(set(public))


def test_every_module_declares_its_variables_and_compares_byte_by_byte() -> None:
    for module in modules("xlsm"):
        assert module.source.startswith("Option Explicit\nOption Compare Binary\n"), module.name
        assert module_text(module).isascii()


def test_only_functions_and_buttons_are_offered_to_the_user() -> None:
    open_modules = {m.name for m in modules("xlsm") if m.kind == "module" and "Option Private Module" not in m.source}
    assert open_modules == {"PerfFunctions", "PerfRibbon"}


def test_written_modules_are_of_readable_size() -> None:
    generated = {"PerfVocabulary", "PerfPrintedWords", "PerfProfiles", "PerfSentences"}
    long = {m.name: len(m.source.splitlines()) for m in modules("xlsm") if m.name not in generated}
    assert {name: lines for name, lines in long.items() if lines > 500} == {}


def test_every_table_and_sentence_the_code_asks_for_is_there() -> None:
    from perfeval_xl.addin.vba_data import sentences
    from perfeval_xl.addin.vba_source import bridge_folder

    source = "\n".join(module.source for module in modules("xlsm"))
    asked = set(re.findall(r'\b(?:Words|Letters)\("([^"]+)"\)', source))
    assert asked - vocabulary().keys() - printed_words().keys() == set()
    assert vocabulary().keys() & printed_words().keys() == set()
    said = {key for key in re.findall(r'\b(?:Say|Sentence)\("([\w.-]+)"[,)]', source) if not key.endswith(".")}
    assert said - sentences(bridge_folder() / "sentences.toml").keys() == set()


def test_ascii_text_is_undone_by_its_rule() -> None:
    for text in ("年 1", 'a"b', "{x}", "≥95%", "𠀀", ""):
        coded = ascii_text(text)
        assert coded.isascii()
        plain = re.sub(r"\{((?:[0-9A-F]{4})+)\}", lambda m: bytes.fromhex(m[1]).decode("utf-16-be"), coded)
        assert plain == text


def test_the_vocabulary_knows_every_unit() -> None:
    units = vocabulary()["units"]
    for unit in words.COUNTERS.split():
        assert f"{unit}:counter-{unit},1,1" in units
