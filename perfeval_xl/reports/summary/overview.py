"""汇总: the paragraph that is disclosed, a row for each department, the findings of each, the files that were not read.

Every number of a department is a formula over 明细: correcting a score there updates the average and the paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter.utility import xl_col_to_name

from perfeval_xl.checks import rules
from perfeval_xl.messages import language, say, sentence
from perfeval_xl.reports.groups import Group, departments, disclosure, kinds, title, who, whole, years
from perfeval_xl.reports.ledger import Ledger
from perfeval_xl.reports.summary.forms import column_range, owner
from perfeval_xl.reports.summary.table import CellContent, Column, Formula, SummaryBook
from perfeval_xl.shown import for_documents

if TYPE_CHECKING:
    import pandas as pd

#: The rows of title, what was read, the paragraph, and the headings; from 0.
_TITLE, _READ, _PARAGRAPH, _HEADINGS = 0, 1, 2, 4
#: The longest text that Excel accepts inside a formula.
_LONGEST_TEXT: Final = 255


def columns_of(ledger: Ledger) -> list[Column]:
    """The columns of the table of departments; one for each grade in the batch."""
    return [
        Column("department", 30, "wrapped"),
        Column("projects", 9, "count"),
        Column("budget", 15, "money"),
        Column("executed", 15, "money"),
        Column("rate", 10, "rate"),
        Column("mean", 10, "score"),
        Column("median", 10, "score"),
        *(Column(f"grade {grade}", 8, "count", grade) for grade in ledger.grades),
        Column("errors", 8, "count"),
        Column("warnings", 8, "count"),
        Column("infos", 8, "count"),
        Column("mean-quality", 12, "score"),
    ]


def write_overview(book: SummaryBook, ledger: Ledger) -> None:
    """The sheet 汇总."""
    columns = columns_of(ledger)
    groups = departments(ledger)
    page = book.sheet(say("reports.sheet-overview"), columns)
    total_row = _HEADINGS + len(groups) + 1
    page.set_row(_TITLE, 30)
    page.write_string(_TITLE, 0, say("reports.title-summary", who=who(ledger), year=years(ledger)), book.look("title"))
    page.write_string(_READ, 0, _what_was_read(ledger), book.look("note"))
    page.set_row(_READ, 16)
    page.set_row(_PARAGRAPH, 60)
    page.merge_range(_PARAGRAPH, 0, _PARAGRAPH, len(columns) - 1, "", book.look("paragraph"))
    book.cell(page, _PARAGRAPH, 0, Formula(_paragraph(ledger, columns, total_row), disclosure(ledger)), "paragraph")
    book.headings(page, _HEADINGS, columns)
    for row, group in enumerate(groups, start=_HEADINGS + 1):
        book.row(page, row, columns, list(_department(group, row, columns, ledger)))
    total = whole(ledger)
    for index, (column, cell) in enumerate(zip(columns, _altogether(total, total_row, columns, ledger), strict=True)):
        book.cell(page, total_row, index, cell, f"total-{column.look}")
    after = _write_kinds(book, page, total_row + 2, ledger)
    _write_unread(book, page, after, ledger, len(columns))


def _what_was_read(ledger: Ledger) -> str:
    files = len(dict.fromkeys(form.source for form in ledger.forms))
    key = "reports.read-with-unread" if ledger.unread else "reports.read"
    return say(key, forms=len(ledger.forms), files=files, unread=len(ledger.unread))


# --- departments ---------------------------------------------------------------------------------------------------


def _department(group: Group, row: int, columns: Sequence[Column], ledger: Ledger) -> Iterator[CellContent]:
    count = len(ledger.forms)
    name = f"$A{row + 1}"

    def cells(key: str) -> str:
        return column_range(key, count)

    own = f"--EXACT({cells('department')},{name})"
    letters = {column.key: xl_col_to_name(index) for index, column in enumerate(columns)}
    yield group.name
    yield Formula(f"SUMPRODUCT({own})", group.projects)
    yield Formula(f"SUMPRODUCT({own},{cells('budget')})", group.budget)
    yield Formula(f"SUMPRODUCT({own},{cells('executed')})", group.executed)
    yield _rate(group, row, letters)
    scored = f"SUMPRODUCT({own},{cells('score')})/SUMPRODUCT({own},--ISNUMBER({cells('score')}))"
    yield Formula(f'IFERROR(ROUND({scored},2),"")', group.mean)
    chosen = f"IF(EXACT({cells('department')},{name})*ISNUMBER({cells('score')}),{cells('score')})"
    yield Formula(f'IFERROR(ROUND(MEDIAN({chosen}),2),"")', group.median, array=True)
    for grade in ledger.grades:
        heading = f"{letters[f'grade {grade}']}${_HEADINGS + 1}"
        yield Formula(f"SUMPRODUCT({own},--({cells('grade')}={heading}))", group.grades[grade])
    for key, value in (("errors", group.errors), ("warnings", group.warnings), ("infos", group.infos)):
        yield Formula(f"SUMPRODUCT({own},{cells(key)})", value)
    yield Formula(f'IFERROR(ROUND(SUMPRODUCT({own},{cells("quality")})/B{row + 1},2),"")', group.quality)


def _altogether(group: Group, row: int, columns: Sequence[Column], ledger: Ledger) -> Iterator[CellContent]:
    count = len(ledger.forms)
    letters = {column.key: xl_col_to_name(index) for index, column in enumerate(columns)}

    def added(key: str) -> str:
        return f"SUM({letters[key]}{_HEADINGS + 2}:{letters[key]}{row})"

    yield group.name
    yield Formula(added("projects"), group.projects)
    yield Formula(added("budget"), group.budget)
    yield Formula(added("executed"), group.executed)
    yield _rate(group, row, letters)
    for function, value in (("AVERAGE", group.mean), ("MEDIAN", group.median)):
        yield Formula(f'IFERROR(ROUND({function}({column_range("score", count)}),2),"")', value)
    for grade in ledger.grades:
        yield Formula(added(f"grade {grade}"), group.grades[grade])
    for key, number in (("errors", group.errors), ("warnings", group.warnings), ("infos", group.infos)):
        yield Formula(added(key), number)
    yield Formula(f'IFERROR(ROUND(AVERAGE({column_range("quality", count)}),2),"")', group.quality)


def _rate(group: Group, row: int, letters: dict[str, str]) -> Formula:
    budget, executed = (f"{letters[key]}{row + 1}" for key in ("budget", "executed"))
    return Formula(f'IF({budget}>0,ROUND({executed}/{budget},4),"")', group.rate)


# --- the paragraph -------------------------------------------------------------------------------------------------


#: How the paragraph shows a number of the total row.
_SHOWN: Final = {
    "projects": "{}",
    "budget": 'TEXT({},"#,##0.00")',
    "executed": 'TEXT({},"#,##0.00")',
    "rate": 'IF(ISNUMBER({0}),TEXT({0},"0.00%"),"—")',
    "mean": 'IF(ISNUMBER({0}),{0},"—")',
}


def _paragraph(ledger: Ledger, columns: Sequence[Column], row: int) -> str:
    """The disclosed paragraph as a formula: its numbers are those of the total row."""
    cells = {column.key: f"{xl_col_to_name(index)}{row + 1}" for index, column in enumerate(columns)}
    grades: list[str] = []
    for grade in ledger.grades:
        grades += _texts(say("reports.and")) if grades else ()
        grades += _pieces("reports.grade-count", {"grade": list(_texts(grade)), "count": [cells[f"grade {grade}"]]})
    values = {name: [shown.format(cells[name])] for name, shown in _SHOWN.items()}
    values |= {"who": list(_texts(who(ledger))), "year": list(_texts(years(ledger))), "grades": grades}
    return "&".join(_pieces("reports.disclosure", values))


def _pieces(key: str, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A sentence as parts of a formula, its places filled from ``values``."""
    for text, name, _, _ in Formatter().parse(sentence(key, language())):
        yield from _texts(text)
        yield from values[name] if name else ()


def _texts(text: str) -> Iterator[str]:
    for start in range(0, len(text), _LONGEST_TEXT // 2):
        yield '"{}"'.format(text[start : start + _LONGEST_TEXT // 2].replace('"', '""'))


# --- further tables ------------------------------------------------------------------------------------------------


def findings_by_department(ledger: Ledger) -> pd.DataFrame:
    """How many findings of each kind (columns, by name, the most frequent first) each department (rows) has."""
    import pandas as pd

    frame = pd.DataFrame.from_records(
        [form.kinds for form in ledger.forms], index=[owner(form) for form in ledger.forms]
    )
    counted = frame.fillna(0).groupby(level=0, sort=False).sum().astype(int)
    return counted.reindex(columns=[kind.name for kind in kinds(ledger)])


def _write_kinds(book: SummaryBook, page: Any, row: int, ledger: Ledger) -> int:
    """The kinds of findings of each department, the most frequent first; gives the next free row."""
    frame = findings_by_department(ledger)
    if frame.empty or not len(frame.columns):
        return row
    codes = {rule.name: rule.code for rule in rules()}
    names = list(frame.columns)
    page.write_string(row, 0, say("reports.kinds-of-departments"), book.look("total"))
    page.set_row(row + 1, 60)
    page.write_string(row + 1, 0, say("reports.column-department"), book.look("heading"))
    for index, name in enumerate(names, start=1):
        page.write_string(row + 1, index, f"{codes[name]} {title(name)}", book.look("heading"))
    for line, (department, counts) in enumerate(frame[names].iterrows(), start=row + 2):
        book.cell(page, line, 0, str(department), "wrapped")
        for index, count in enumerate(counts, start=1):
            book.cell(page, line, index, int(count) or None, "count")
    return row + 3 + len(frame)


def _write_unread(book: SummaryBook, page: Any, row: int, ledger: Ledger, width: int) -> None:
    if not ledger.unread:
        return
    page.write_string(row, 0, say("reports.unread", count=len(ledger.unread)), book.look("total"))
    for line, unread in enumerate(ledger.unread, start=row + 1):
        page.set_row(line, 30)
        page.merge_range(line, 0, line, width - 1, "", book.look("wrapped"))
        page.write_string(line, 0, for_documents(unread.reason), book.look("wrapped"))
