"""Forms printed as offices print them, in many layouts, and written as .xlsx, .xls, .docx and .html.

A ``Page`` is a grid with merges that knows in which cell it put each field; ``STYLES`` are the layouts.
"""

from __future__ import annotations

import html
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

import docx
import xlsxwriter
import xlwt

from perfeval_xl.model import Form, FundLine, Indicator
from perfeval_xl.package.addresses import Cell, Range, a1
from perfeval_xl.workbook.fill.own import split_target

Printed = str | Decimal | None
COLUMNS: Final = ("level1", "level2", "name", "target", "actual", "weight", "score", "deviation")
HEADINGS: Final = {
    "level1": "一级指标",
    "level2": "二级指标",
    "name": "三级指标",
    "target": "年度指标值",
    "actual": "实际完成值",
    "weight": "分值",
    "score": "得分",
    "deviation": "偏差原因分析及改进措施",
}
MONEY: Final = ("initial_budget", "full_year_budget", "executed", "weight", "execution_rate", "score")
MONEY_HEADINGS: Final = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
_WIDE: Final = str.maketrans("0123456789.", "０１２３４５６７８９．")


@dataclass(frozen=True)
class Style:
    """How an office prints the form; the default is the national layout."""

    down: int = 0
    right: int = 0
    lines_above: tuple[str, ...] = ()
    year_in_title: bool = False
    #: Headings in two rows: 年初 over 预算数, (A) below.
    split_headings: bool = False
    #: Numbers as text: ``comma`` 1,234.5, ``wide`` １２３．
    numbers: str = "number"
    #: Level labels: ``merged``, ``repeated`` in each row, or ``blank`` below the first.
    levels: str = "merged"
    columns: tuple[str, ...] = COLUMNS
    goals_first: bool = False
    three_part_target: bool = False
    spaced_labels: bool = False
    note_below: bool = False


STYLES: Final[dict[str, Style]] = {
    "national": Style(note_below=True),
    "shifted": Style(down=4, right=3),
    "extra titles": Style(lines_above=("附件3", "某区财政局关于印发自评表样的通知附表"), year_in_title=True),
    "split headings": Style(split_headings=True, spaced_labels=True),
    "text numbers": Style(numbers="comma", levels="repeated"),
    "wide numbers": Style(numbers="wide", levels="blank"),
    "other order": Style(columns=("level1", "level2", "name", "weight", "target", "actual", "score", "deviation")),
    "missing columns": Style(columns=("level1", "level2", "name", "target", "actual", "weight", "score")),
    "goals first, target in three cells": Style(goals_first=True, three_part_target=True),
    "labels broken by spaces": Style(spaced_labels=True, year_in_title=True, down=1, note_below=True),
}


@dataclass
class Page:
    """Cells and merges; ``places`` gives the cell of every field, one such table per form."""

    cells: dict[Cell, Printed] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
    places: list[dict[str, Cell]] = field(default_factory=list)
    rates: set[Cell] = field(default_factory=set)

    def put(self, row: int, column: int, value: Printed, *, down: int = 1, across: int = 1, path: str = "") -> None:
        """A value, merged over ``down`` rows and ``across`` columns, that is the field ``path``."""
        self.cells[Cell(row, column)] = value
        if down > 1 or across > 1:
            self.merges.append(Range(row, column, row + down - 1, column + across - 1))
        if path and value is not None:
            self.places[-1][path] = Cell(row, column)

    @property
    def bottom(self) -> int:
        """The last row that is printed."""
        return max((cell.row for cell in self.cells), default=-1)

    @property
    def right(self) -> int:
        """The last column that is printed."""
        return max([cell.column for cell in self.cells] + [area.right for area in self.merges], default=0)

    def text(self, cell: Cell) -> str:
        """A cell as a document shows it."""
        value = self.cells.get(cell)
        if cell in self.rates and isinstance(value, Decimal):
            return f"{(value * 100).normalize():f}%"
        return "" if value is None else format(value, "f") if isinstance(value, Decimal) else value


class Printer:
    """Prints forms on a page, one below the other."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.page = Page()
        self.row = style.down
        self.left = style.right
        parts = {"target": 3} if style.three_part_target else {}
        self.widths = [parts.get(column, 1) for column in style.columns]
        #: One column of section headings, then those of the indicators.
        self.width = 1 + sum(self.widths)

    def form(self, form: Form) -> None:
        """One form."""
        self.page.places.append({})
        self._heading(form)
        self._identity(form)
        for section in (self._goals, self._funds) if self.style.goals_first else (self._funds, self._goals):
            section(form)
        self._indicators(form)
        self._total(form)
        if self.style.note_below:
            self._line("注：1.其他资金包括社会投入资金。2.定量指标按完成比例计分。")
        self.row += 2

    def _line(self, text: str, path: str = "") -> None:
        self.page.put(self.row, self.left, text, across=self.width, path=path)
        self.row += 1

    def _heading(self, form: Form) -> None:
        for line in self.style.lines_above:
            self._line(line)
        if self.style.year_in_title:
            self._line(f"{form.title}（{form.fiscal_year}年度）", "title")
            self.page.places[-1]["fiscal_year"] = self.page.places[-1]["title"]
        else:
            self._line(form.title or "", "title")
            self._line(f"（{form.fiscal_year}年度）", "fiscal_year")

    def _label(self, text: str) -> str:
        return f"{text[:2]} {text[2:4]}\n{text[4:]}".strip() if self.style.spaced_labels else text

    def _identity(self, form: Form) -> None:
        project = form.project
        self._pair(0, self.width, "项目名称", project.name, "project.name")
        self.row += 1
        half = self.width // 2
        for one, other in (
            (("department", "主管部门"), ("implementing_unit", "实施单位")),
            (("leader", "项目负责人"), ("phone", "联系电话")),
        ):
            self._pair(0, half, one[1], getattr(project, one[0]), f"project.{one[0]}")
            self._pair(half, self.width - half, other[1], getattr(project, other[0]), f"project.{other[0]}")
            self.row += 1

    def _pair(self, column: int, width: int, label: str, text: str | None, path: str) -> None:
        self.page.put(self.row, self.left + column, self._label(label))
        self.page.put(self.row, self.left + column + 1, text, across=width - 1, path=path)

    def _number(self, value: Decimal | None) -> Printed:
        if value is None or self.style.numbers == "number":
            return value
        return f"{value:,f}" if self.style.numbers == "comma" else format(value, "f").translate(_WIDE)

    # -- funds --

    def _funds(self, form: Form) -> None:
        top, first = self.row, self.left + self.width - len(MONEY)
        rows = len(form.funds.lines) + (2 if self.style.split_headings else 1)
        self.page.put(top, self.left, self._label(f"项目资金\n（{form.funds.unit}）"), down=rows)
        self.page.put(top, self.left + 1, None, across=first - self.left - 1)
        for number, heading in enumerate(MONEY_HEADINGS):
            if self.style.split_headings:
                below = {
                    "年初预算数": "预算数",
                    "全年预算数": "预算数",
                    "全年执行数": "执行数",
                    "执行率": "（B/A）",
                }.get(heading)
                upper = heading.removesuffix(below) if below and below[0] != "（" else heading
                self.page.put(top, first + number, upper, down=1 if below else 2)
                if below:
                    self.page.put(top + 1, first + number, below)
            else:
                self.page.put(top, first + number, self._label(heading))
        self.row += 2 if self.style.split_headings else 1
        for number, line in enumerate(form.funds.lines):
            self._fund_line(number, line, first)

    def _fund_line(self, number: int, line: FundLine, first: int) -> None:
        path = f"funds.lines[{number}]"
        self.page.put(self.row, self.left + 1, line.label, across=first - self.left - 1, path=f"{path}.label")
        for place, column in enumerate(MONEY):
            value: Decimal | None = getattr(line, column)
            cell = Cell(self.row, first + place)
            if column == "execution_rate" and value is not None:
                self.page.rates.add(cell)
                shown: Printed = value if self.style.numbers == "number" else f"{(value * 100).normalize():f}%"
            else:
                shown = self._number(value)
            self.page.put(*cell, "—" if value is None else shown, path=f"{path}.{column}" if value is not None else "")
        self.row += 1

    # -- goals, indicators, total --

    def _goals(self, form: Form) -> None:
        half = self.width // 2
        self.page.put(self.row, self.left, self._label("年度总体目标"), down=2)
        self.page.put(self.row, self.left + 1, "预期目标", across=half - 1)
        self.page.put(self.row, self.left + half, "实际完成情况", across=self.width - half)
        self.page.put(self.row + 1, self.left + 1, form.goals.expected, across=half - 1, path="goals.expected")
        self.page.put(self.row + 1, self.left + half, form.goals.actual, across=self.width - half, path="goals.actual")
        self.row += 2

    def _columns(self) -> Iterator[tuple[str, int, int]]:
        place = self.left + 1
        for column, width in zip(self.style.columns, self.widths, strict=True):
            yield column, place, width
            place += width

    def _indicators(self, form: Form) -> None:
        deep = 2 if self.style.three_part_target else 1
        self.page.put(self.row, self.left, self._label("绩效指标"), down=len(form.indicators) + deep)
        for column, place, width in self._columns():
            heading = self._label(HEADINGS[column]) if width == 1 else HEADINGS[column]
            self.page.put(self.row, place, heading, down=deep if width == 1 else 1, across=width)
            if width == 3:
                for number, part in enumerate(("指标性质", "指标值", "度量单位")):
                    self.page.put(self.row + 1, place + number, part)
        self.row += deep
        top = self.row
        for number, indicator in enumerate(form.indicators):
            for column, place, width in self._columns():
                if column in ("level1", "level2"):
                    continue
                self._answer(f"indicators[{number}].{column}", indicator, column, place, width)
            self.row += 1
        for column, place, _ in self._columns():
            if column in ("level1", "level2"):
                self._levels(form.indicators, column, top, place)

    def _answer(self, path: str, indicator: Indicator, column: str, place: int, width: int) -> None:
        value: Printed = getattr(indicator, column)
        if width == 3:
            for number, part in enumerate(split_target(value)):
                self.page.put(self.row, place + number, part, path=path if number == 1 else "")
            return
        shown = self._number(value) if isinstance(value, Decimal) else value
        self.page.put(self.row, place, shown, path=path)

    def _levels(self, indicators: Sequence[Indicator], column: str, top: int, place: int) -> None:
        def key(number: int) -> tuple[str | None, ...]:
            indicator = indicators[number]
            return (indicator.level1,) if column == "level1" else (indicator.level1, indicator.level2)

        for _, group in groupby(range(len(indicators)), key=key):
            numbers = list(group)
            label = getattr(indicators[numbers[0]], column)
            merged = self.style.levels == "merged"
            for number in numbers:
                if number == numbers[0]:
                    self.page.put(top + number, place, label, down=len(numbers) if merged else 1)
                elif not merged:
                    self.page.put(top + number, place, label if self.style.levels == "repeated" else None)
                own = number if self.style.levels == "repeated" else numbers[0]
                self.page.places[-1][f"indicators[{number}].{column}"] = Cell(top + own, place)

    def _total(self, form: Form) -> None:
        numbers = {column: place for column, place, _ in self._columns() if column in ("weight", "score")}
        self.page.put(self.row, self.left, self._label("总分"), across=min(numbers.values()) - self.left)
        for column, place in numbers.items():
            self.page.put(self.row, place, self._number(getattr(form.total, column)), path=f"total.{column}")
        self.row += 1


def printed(forms: Sequence[Form], style: Style) -> Page:
    """The forms on one page."""
    printer = Printer(style)
    for form in forms:
        printer.form(form)
    return printer.page


def blanked(page: Page, number: int = 0) -> Page:
    """A printed page without its answers: labels and titles stay."""
    for path, cell in page.places[number].items():
        if path == "fiscal_year":
            page.cells[cell] = "（    年度）"
        elif path != "title" and not path.endswith((".level1", ".level2", ".label")):
            page.cells[cell] = None
    return page


# --- as files -------------------------------------------------------------------------------------------------------


def as_xlsx(page: Page, *, for_print: bool = False, pages: int = 1) -> bytes:
    """A workbook; ``for_print`` as wide as one page and ``pages`` long (0: as long as it is)."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("自评表")
        look: dict[str, Any] = {"text_wrap": True, "border": 1, "font_name": "Noto Serif CJK SC", "font_size": 9}
        plain, rate = book.add_format(look), book.add_format(look | {"num_format": "0.00%"})
        merged = {area.anchor for area in page.merges}
        for area in page.merges:
            sheet.merge_range(area.top, area.left, area.bottom, area.right, "", plain)
        for cell, value in page.cells.items():
            form = rate if cell in page.rates else plain
            if value is None:
                if cell not in merged:
                    sheet.write_blank(*cell, None, form)
            elif isinstance(value, Decimal):
                sheet.write_number(*cell, float(value), form)
            else:
                sheet.write_string(*cell, value, form)
        if for_print:
            sheet.set_landscape()
            sheet.set_paper(8)
            sheet.fit_to_pages(1, pages)
            sheet.set_column(0, page.right, 16)
            for row in range(page.bottom + 1):
                sheet.set_row(row, 44)  # a row lower than its text prints it over the row above
    return buffer.getvalue()


def as_xls(page: Page) -> bytes:
    """An old binary workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("自评表")
    rate = xlwt.easyxf(num_format_str="0.00%")
    areas = {area.anchor: area for area in page.merges}
    for cell, value in page.cells.items():
        shown = float(value) if isinstance(value, Decimal) else value
        if cell in areas:
            area = areas[cell]
            sheet.write_merge(area.top, area.bottom, area.left, area.right, shown)
        elif shown is not None:
            sheet.write(*cell, shown, *([rate] if cell in page.rates else []))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@dataclass
class Block:
    """Rows of a page that are one line across everything, or one table."""

    rows: list[int]
    is_line: bool
    left: int


def document_blocks(page: Page) -> Iterator[Block]:
    """A page as lines and tables: a row that is one cell across the whole table stands outside it."""
    left = min(cell.column for cell in page.cells)
    across = {area.top for area in page.merges if (area.left, area.right) == (left, page.right)}
    used = sorted({cell.row for cell in page.cells})
    is_line = {row: row in across and len([c for c in page.cells if c.row == row]) == 1 for row in used}
    for (line, _), rows in groupby(used, key=lambda row: (is_line[row], row if is_line[row] else -1)):
        yield Block(list(rows), line, left)


def as_docx(page: Page) -> bytes:
    """A Word document with merged cells."""
    document = docx.Document()
    for block in document_blocks(page):
        if block.is_line:
            document.add_paragraph(page.text(Cell(block.rows[0], block.left)))
            continue
        top = block.rows[0]
        table = document.add_table(len(block.rows), page.right - block.left + 1)
        cells = [list(row.cells) for row in table.rows]
        for area in (area for area in page.merges if top <= area.top <= block.rows[-1]):
            cells[area.top - top][area.left - block.left].merge(cells[area.bottom - top][area.right - block.left])
        for cell in (cell for cell in page.cells if top <= cell.row <= block.rows[-1]):
            cells[cell.row - top][cell.column - block.left].text = page.text(cell)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def as_html(page: Page) -> bytes:
    """A web page with spanning cells."""
    pieces = ["<!DOCTYPE html><html><head><meta charset='utf-8'><title>公开</title></head><body>"]
    areas = {area.anchor: area for area in page.merges}
    hidden = {cell for area in page.merges for cell in area.cells()} - set(areas)
    for block in document_blocks(page):
        if block.is_line:
            pieces.append(f"<p>{html.escape(page.text(Cell(block.rows[0], block.left)))}</p>")
            continue
        pieces.append("<table>")
        for row in block.rows:
            pieces.append("<tr>")
            for column in range(block.left, page.right + 1):
                cell = Cell(row, column)
                if cell not in hidden:
                    area = areas.get(cell, Range(*cell, *cell))
                    spans = f"rowspan='{area.bottom - area.top + 1}' colspan='{area.right - area.left + 1}'"
                    text = html.escape(page.text(cell)).replace("\n", "<br>")
                    pieces.append(f"<td {spans}>{text}</td>")
            pieces.append("</tr>")
        pieces.append("</table>")
    return "".join([*pieces, "</body></html>"]).encode()


def addresses(page: Page, kind: str) -> Iterator[dict[str, str]]:
    """Field -> address, form by form, as a file of that kind tells it."""
    if kind in ("xlsx", "xls", "ods"):
        yield from ({path: a1(*cell) for path, cell in places.items()} for places in page.places)
        return
    where: dict[int, str] = {}
    lines = tables = 0
    for block in document_blocks(page):
        if block.is_line:
            lines += 1
            where[block.rows[0]] = f"L{lines}C"
        else:
            tables += 1
            where.update({row: f"T{tables}R{number}C" for number, row in enumerate(block.rows, start=1)})
    left = min(cell.column for cell in page.cells)
    for places in page.places:
        yield {path: f"{where[cell.row]}{cell.column - left + 1}" for path, cell in places.items()}
