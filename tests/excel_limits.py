"""Excel's own limits, which no validator reports: a workbook that breaks one opens with "we found a problem"."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, Final

import openpyxl
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.worksheet.formula import ArrayFormula

from tests.own_workbooks import parts_of

MOST_LIST = MOST_PROMPT = MOST_ERROR = MOST_VALIDATION_FORMULA = 255
MOST_TITLE: Final = 32
MOST_FORMULA: Final = 8192
MOST_LEVELS: Final = 64
MOST_ARGUMENTS: Final = 255
MOST_TEXT: Final = 32_767
MOST_SHEET_NAME: Final = 31
MOST_NAME: Final = 255
MOST_STYLES: Final = 64_000
MOST_TEXT_IN_FORMULA: Final = 255
#: Functions of Excel 2016 that WPS and LibreOffice 7 have, too. What a template needs beyond this is a decision.
FUNCTIONS: Final = frozenset(
    re.findall(
        r"[A-Z]+",
        "ABS AND AVERAGE CHOOSE CLEAN COLUMN COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS DATE EXACT FALSE FIND IF IFERROR "
        "INDEX INT ISBLANK ISERROR ISLOGICAL ISNUMBER ISTEXT LEFT LEN LOOKUP MATCH MAX MEDIAN MID MIN MOD N NOT OR "
        "REPT RIGHT ROUND ROUNDDOWN ROUNDUP ROW ROWS SEARCH SIGN SUBSTITUTE SUM SUMIF SUMPRODUCT T TEXT TRIM TRUE "
        "UPPER VALUE VLOOKUP YEAR",
    )
)
_NAME: Final = re.compile(r"[A-Za-z_\\一-鿿][A-Za-z0-9_.\\一-鿿]*")
_CELL_LIKE: Final = re.compile(r"(?i)[a-z]{1,3}\d+|r\d*c\d*|r|c")
_SHEET_NAME: Final = re.compile(r"[^\[\]:*?/\\]+")


def broken_limits(data: bytes) -> list[str]:
    """Every limit of Excel that a workbook breaks, told with its place."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    problems = [*_styles(data)]
    for sheet in book.worksheets:
        problems += _sheet_name(sheet.title)
        problems += [f"{sheet.title}!{problem}" for problem in _sheet(sheet)]
        for name, defined in sheet.defined_names.items():
            problems += _defined_name(name, defined.attr_text or "")
    for name, defined in book.defined_names.items():
        problems += _defined_name(name, defined.attr_text or "")
    return problems


def _styles(data: bytes) -> Iterator[str]:
    if (styles := parts_of(data)["xl/styles.xml"].count(b"<xf ")) > MOST_STYLES:
        yield f"{styles} cell styles"


def _sheet_name(name: str) -> Iterator[str]:
    too_long = len(name.encode("utf-16-le")) // 2 > MOST_SHEET_NAME
    if too_long or not _SHEET_NAME.fullmatch(name) or name.strip("'") != name or name.lower() == "history":
        yield f"sheet name {name!r}"


def _defined_name(name: str, target: str) -> Iterator[str]:
    if not name.startswith("_xlnm.") and (
        not _NAME.fullmatch(name) or _CELL_LIKE.fullmatch(name) or len(name) > MOST_NAME
    ):
        yield f"defined name {name!r}"
    if "#REF!" in target:
        yield f"defined name {name!r} points nowhere"


def _sheet(sheet: Any) -> Iterator[str]:
    for row in sheet.iter_rows():
        for cell in row:
            yield from (f"{cell.coordinate}: {problem}" for problem in _cell(cell))
    for rule in sheet.data_validations.dataValidation:
        yield from (f"validation {rule.sqref}: {problem}" for problem in _validation(rule))
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            for formula in rule.formula:
                yield from (f"mark {area.sqref}: {problem}" for problem in _formula(formula))


def _cell(cell: Any) -> Iterator[str]:
    value = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
    if cell.data_type == "f":
        yield from _formula(str(value).removeprefix("="))
    elif isinstance(value, str) and len(value.encode("utf-16-le")) // 2 > MOST_TEXT:
        yield f"text of {len(value)} characters"


def _validation(rule: Any) -> Iterator[str]:
    for what, text, most in (
        ("prompt", rule.prompt, MOST_PROMPT),
        ("prompt title", rule.promptTitle, MOST_TITLE),
        ("error", rule.error, MOST_ERROR),
        ("error title", rule.errorTitle, MOST_TITLE),
        ("list", (rule.formula1 or "").strip('"') if rule.type == "list" else "", MOST_LIST),
        ("formula", rule.formula1 if rule.type != "list" else "", MOST_VALIDATION_FORMULA),
        ("formula", rule.formula2, MOST_VALIDATION_FORMULA),
    ):
        if text and len(text) > most:
            yield f"{what} of {len(text)} characters"


def _formula(formula: str) -> Iterator[str]:
    if len(formula) > MOST_FORMULA:
        yield f"formula of {len(formula)} characters"
    tokens = Tokenizer("=" + formula).items
    for token in tokens:
        if token.type == Token.OPERAND and token.subtype == Token.TEXT and len(token.value) - 2 > MOST_TEXT_IN_FORMULA:
            yield f"text of {len(token.value)} characters in a formula"
    yield from _functions(tokens)


def _functions(tokens: list[Token]) -> Iterator[str]:
    """Function names, nesting and numbers of arguments."""
    arguments: list[int] = []
    for token in tokens:
        if token.subtype == Token.OPEN:
            arguments.append(1)
            # ``A1:INDEX(`` is one token: the reference before the colon is none of the name.
            name = token.value.rstrip("(").rpartition(":")[2].upper()
            if token.type == Token.FUNC and name not in FUNCTIONS:
                yield f"function {name}"
            if len(arguments) > MOST_LEVELS:
                yield f"{len(arguments)} levels"
        elif token.type == Token.SEP and token.subtype == Token.ARG and arguments:
            arguments[-1] += 1
        elif token.subtype == Token.CLOSE and arguments.pop() > MOST_ARGUMENTS:
            yield "too many arguments"
    if arguments:
        yield "unbalanced brackets"
