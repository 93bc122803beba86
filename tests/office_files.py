"""Forms as offices make them by hand: the same form in many shapes, and what a person sees in each.

A ``Make`` says how a file is made: number formats, merged cells, words of the headings, unit of money, order of the
sections, hidden rows and columns, kind of file. ``office_file`` writes it; what a person sees in it is the form.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Final

import xlsxwriter
import xlwt

from perfeval_xl.model import Form, FundLine, Indicator

Content = str | Decimal | None

UNITS: Final = ("万元", "元", "千元", "亿元", "美元", "", "万元+元")
#: Number format, and the power of ten between what is stored and what it shows.
MONEY_FORMATS: Final = (("General", 0), ("0.00", 0), ("#,##0.00", 0), ("0!.0000", -4), ("0.00_ ", 0), ("#,##0.00,", -3))
RATE_FORMATS: Final = (("0.00%", 2), ("General", 0), ("0%", 2), ("0.0000", 0))
WEIGHT_FORMATS: Final = (("General", 0), ("0", 0), ("0.0", 0), ("0%", 2), ('0"分"', 0))
TARGET_WORDS: Final = (
    "年度指标值",
    "年初目标值",
    "目标值",
    "预期指标值",
    "指标值",
    "计划完成值",
    "年度目标",
    "拟达到的水平",
)
ACTUAL_WORDS: Final = ("实际完成值", "完成情况", "年度完成值", "全年完成值", "实际值", "达成水平")
WEIGHT_WORDS: Final = ("分值", "权重", "标准分", "满分", "占比")
SCORE_WORDS: Final = ("得分", "自评得分", "评价得分", "自评分", "打分")
REASON_WORDS: Final = ("偏差原因分析及改进措施", "偏差原因分析", "未完成原因分析", "情况说明", "备注")
INITIAL_WORDS: Final = ("年初预算数", "年初预算", "年初批复数", "期初数")
BUDGET_WORDS: Final = ("全年预算数", "预算数", "调整后预算数", "可用预算")
EXECUTED_WORDS: Final = ("全年执行数", "实际支出数", "支出数", "执行数", "花费")
RATE_WORDS: Final = ("执行率", "执行率（%）", "支出进度", "预算执行率", "执行率%")
TOTAL_WORDS: Final = ("总分", "合计", "合计得分", "总计", "自评总分")
#: Headings that no vocabulary knows.
UNKNOWN_WORDS: Final = frozenset({"拟达到的水平", "达成水平", "占比", "打分", "期初数", "可用预算", "花费"})
KINDS: Final = ("xlsx", "xlsx", "xlsx", "xls", "csv", "html")


@dataclass(frozen=True, slots=True)
class Make:
    """How a file is made; every field is drawn by a seed."""

    kind: str
    unit: str
    money: tuple[str, int]
    rate: tuple[str, int]
    weight: tuple[str, int]
    words: dict[str, str]
    goals_first: bool
    merged: bool
    letters: bool
    example: bool
    sums: bool
    hidden_row: bool
    hidden_column: bool
    two_years: bool
    operator_format: bool
    struck: bool

    @property
    def rate_in_percent(self) -> bool:
        """Whether the heading says that rates are percents."""
        return "%" in self.words["execution_rate"] or "％" in self.words["execution_rate"]


def drawn(seed: int) -> Make:
    """The make of a seed."""
    random = Random(seed)
    words = {
        "target": random.choice(TARGET_WORDS), "actual": random.choice(ACTUAL_WORDS),
        "weight": random.choice(WEIGHT_WORDS), "score": random.choice(SCORE_WORDS),
        "deviation": random.choice(REASON_WORDS), "initial_budget": random.choice(INITIAL_WORDS),
        "full_year_budget": random.choice(BUDGET_WORDS), "executed": random.choice(EXECUTED_WORDS),
        "execution_rate": random.choice(RATE_WORDS), "total": random.choice(TOTAL_WORDS),
    }  # fmt: skip
    kind = random.choice(KINDS)
    formatted = kind in ("xlsx", "xls")

    def sometimes(share: float) -> bool:
        return random.random() < share

    return Make(
        kind=kind,
        unit=random.choice(UNITS) if sometimes(0.5) else "万元",
        money=random.choice(MONEY_FORMATS) if formatted else ("General", 0),
        rate=random.choice(RATE_FORMATS) if formatted else ("General", 0),
        weight=random.choice(WEIGHT_FORMATS) if formatted else ("General", 0),
        words=words,
        goals_first=sometimes(0.2),
        merged=formatted and sometimes(0.7),
        letters=sometimes(0.15),
        example=sometimes(0.1),
        sums=sometimes(0.15),
        hidden_row=kind == "xlsx" and sometimes(0.15),
        hidden_column=kind == "xlsx" and sometimes(0.1),
        two_years=sometimes(0.1),
        operator_format=kind == "xlsx" and sometimes(0.2),
        struck=kind == "xlsx" and sometimes(0.1),
    )


# --- the sheet ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Placed:
    """A cell as it is written: what a person sees, and the number and format that show it."""

    shown: Content
    format: str = "General"
    power: int = 0
    struck: str = ""


@dataclass(slots=True)
class Page:
    """Rows of cells with merged areas (row, column, row, column), hidden rows and columns."""

    rows: list[list[Placed | None]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)

    def add(self, *cells: Content | Placed) -> int:
        """A row; gives its number."""
        self.rows.append(
            [cell if isinstance(cell, Placed) else None if cell is None else Placed(cell) for cell in cells]
        )
        return len(self.rows) - 1


def page_of(form: Form, make: Make) -> Page:
    """The form on a page of nine columns."""
    page = Page()
    page.add("项目支出绩效自评表" if not make.two_years else "2019年项目支出绩效自评表")
    page.merges.append((0, 0, 0, 8))
    row = page.add(f"（{form.fiscal_year}年度）")
    page.merges.append((row, 0, row, 8))
    if make.unit == "万元+元":
        page.add(None, None, None, None, None, None, "单位：元")
    row = page.add("项目名称", None, form.project.name)
    page.merges += [(row, 0, row, 1), (row, 2, row, 8)]
    project = form.project
    row = page.add("主管部门", None, project.department, None, None, "实施单位", project.implementing_unit)
    page.merges += [(row, 0, row, 1), (row, 2, row, 4), (row, 6, row, 8)]
    for section in (_goals, _funds) if make.goals_first else (_funds, _goals):
        section(page, form, make)
    _indicators(page, form, make)
    if not make.merged:
        page.merges = []
    if make.hidden_column:
        page.hidden_columns.append(9)
        for number in (6, 7):
            page.rows[number] += [None] * (9 - len(page.rows[number])) + [Placed("核对用")]
    return page


def _unit_heading(make: Make) -> str:
    unit = "万元" if make.unit == "万元+元" else make.unit
    return f"项目资金\n（{unit}）" if unit else "项目资金"


def _funds(page: Page, form: Form, make: Make) -> None:
    words = make.words
    heads = [words[each] for each in ("initial_budget", "full_year_budget", "executed")]
    first = page.add(_unit_heading(make), None, None, *heads, "分值", words["execution_rate"], "得分")
    if make.letters:
        page.add(None, None, None, "A", "B", "C", "D", "E", "F")
    for line in form.funds.lines:
        row = page.add(None, line.label, None, *_fund_cells(line, make))
        page.merges.append((row, 1, row, 2))
    page.merges.append((first, 0, len(page.rows) - 1, 0))


def _fund_cells(line: FundLine, make: Make) -> list[Placed | None]:
    money = [line.initial_budget, line.full_year_budget, line.executed]
    cells: list[Placed | None] = [None if each is None else Placed(each, *make.money) for each in money]
    cells.append(None if line.weight is None else Placed(line.weight))
    cells.append(None if line.execution_rate is None else _rate(line.execution_rate, make))
    cells.append(None if line.score is None else Placed(line.score))
    return cells


def _rate(rate: Decimal, make: Make) -> Placed:
    code, power = make.rate
    if power:
        return Placed(f"{format((rate * 100).normalize(), 'f')}%", code, power)
    return Placed(rate * 100 if make.rate_in_percent else rate, code)


def _goals(page: Page, form: Form, _make: Make) -> None:
    first = page.add("年度总体目标", "预期目标", None, None, None, "实际完成情况")
    row = page.add(None, form.goals.expected, None, None, None, form.goals.actual)
    page.merges += [(first, 1, first, 4), (first, 5, first, 8), (row, 1, row, 4), (row, 5, row, 8), (first, 0, row, 0)]


def _indicators(page: Page, form: Form, make: Make) -> None:
    words = make.words
    heads = [words[each] for each in ("target", "actual", "weight", "score", "deviation")]
    first = page.add("绩效指标", "一级指标", "二级指标", "三级指标", *heads)
    if make.letters:
        page.add(None, "A", "B", "C", "D", "E", "F", "G", "H")
    if make.example:
        page.add(None, "示例：产出指标", "数量指标", "培训人数", "≥100人", "120人", Decimal(10), Decimal(10))
    if make.hidden_row:
        hidden = page.add(None, "产出指标", "数量指标", "已取消的指标", "≥1项", "1项", Decimal(3), Decimal(3))
        page.hidden_rows.append(hidden)
    groups: dict[str | None, list[Indicator]] = {}
    for indicator in form.indicators:
        groups.setdefault(indicator.level1, []).append(indicator)
    for level, group in groups.items():
        top = len(page.rows)
        for number, indicator in enumerate(group):
            _indicator(page, indicator, make, level if number == 0 or not make.merged else None)
        if make.merged and len(group) > 1:
            page.merges.append((top, 1, len(page.rows) - 1, 1))
        if make.sums:
            weights = [each.weight for each in group if each.weight is not None]
            scores = [each.score for each in group if each.score is not None]
            page.add(None, f"{level}小计", None, None, None, None, sum(weights, Decimal(0)), sum(scores, Decimal(0)))
    page.merges.append((first, 0, len(page.rows) - 1, 0))
    total = form.total
    row = page.add(words["total"], None, None, None, None, None, total.weight, total.score)
    page.merges.append((row, 0, row, 5))


def _indicator(page: Page, indicator: Indicator, make: Make, level: str | None) -> None:
    target: Content | Placed = indicator.target
    if make.operator_format and isinstance(target, str) and target[:1] in "≥≤" and target[1:].isdecimal():
        target = Placed(target, f'"{target[0]}"0')
    weight = indicator.weight
    percent = make.weight[1] == 2
    shown: Content = weight if weight is None or not percent else f"{format(weight.normalize(), 'f')}%"
    if make.weight[0] == '0"分"' and weight is not None:
        shown = f"{format(weight.normalize(), 'f')}分"
    weighed = None if shown is None else Placed(shown, *make.weight)
    score = None if indicator.score is None else Placed(indicator.score, struck="8" if make.struck else "")
    page.add(
        None, level, indicator.level2, indicator.name, target, indicator.actual, weighed, score, indicator.deviation
    )


# --- files -------------------------------------------------------------------------------------------------------


def office_file(form: Form, make: Make) -> bytes:
    """The bytes of the file."""
    return office_bytes(page_of(form, make), make)


def office_bytes(page: Page, make: Make) -> bytes:
    """The bytes of a page."""
    return {"xlsx": _xlsx, "xls": _xls, "csv": _csv, "html": _html}[make.kind](page)


def _stored(cell: Placed) -> float | None:
    """The number that shows what a person sees; ``None`` for a text."""
    text = format(cell.shown, "f") if isinstance(cell.shown, Decimal) else str(cell.shown)
    if isinstance(cell.shown, str) and cell.format == "General":
        return None
    digits = re.search(r"-?[0-9.]+", text)
    return None if digits is None else float(Decimal(digits[0]).scaleb(-cell.power))


def _xlsx(page: Page) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("自评表")
    formats = {}
    anchors = {(top, left): area for area in page.merges for top, left in [area[:2]]}
    for row, cells in enumerate(page.rows):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if cell.format not in formats:
                formats[cell.format] = book.add_format({"num_format": cell.format})
            _write(book, sheet, row, column, cell, formats[cell.format])
    for area in anchors.values():
        if area[:2] != area[2:]:
            sheet.merge_range(*area, "")
            cell = page.rows[area[0]][area[1]] if area[1] < len(page.rows[area[0]]) else None
            if cell is not None:
                _write(book, sheet, area[0], area[1], cell, formats[cell.format])
    for row in page.hidden_rows:
        sheet.set_row(row, None, None, {"hidden": True})
    for column in page.hidden_columns:
        sheet.set_column(column, column, None, None, {"hidden": True})
    book.close()
    return buffer.getvalue()


def _write(book: xlsxwriter.Workbook, sheet: object, row: int, column: int, cell: Placed, form: object) -> None:
    number = _stored(cell) if not isinstance(cell.shown, str) or cell.format != "General" else None
    if cell.struck:
        old = book.add_format({"font_strikeout": True})
        sheet.write_rich_string(row, column, old, cell.struck, str(cell.shown), form)  # type: ignore[attr-defined]
    elif number is None:
        sheet.write_string(row, column, str(cell.shown), form)  # type: ignore[attr-defined]
    else:
        sheet.write_number(row, column, number, form)  # type: ignore[attr-defined]


def _xls(page: Page) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("自评表")
    covered = {
        (row, column)
        for top, left, bottom, right in page.merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    styles: dict[str, xlwt.XFStyle] = {}
    for row, cells in enumerate(page.rows):
        for column, cell in enumerate(cells):
            if cell is not None and (row, column) not in covered:
                sheet.write(row, column, _plain(cell), _style(styles, cell.format))
    for top, left, bottom, right in page.merges:
        cell = page.rows[top][left] if left < len(page.rows[top]) else None
        content, code = ("", "General") if cell is None else (_plain(cell), cell.format)
        sheet.write_merge(top, bottom, left, right, content, _style(styles, code))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _style(styles: dict[str, xlwt.XFStyle], code: str) -> xlwt.XFStyle:
    if code not in styles:
        styles[code] = xlwt.easyxf(num_format_str=code)
    return styles[code]


def _plain(cell: Placed) -> float | str:
    number = _stored(cell) if not isinstance(cell.shown, str) or cell.format != "General" else None
    return str(cell.shown) if number is None else number


def _texts(page: Page) -> list[list[str]]:
    def text(cell: Placed | None) -> str:
        if cell is None:
            return ""
        return format(cell.shown, "f") if isinstance(cell.shown, Decimal) else str(cell.shown)

    return [[text(cell) for cell in cells] + [""] * (9 - len(cells)) for cells in page.rows]


def _csv(page: Page) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(_texts(page))
    return buffer.getvalue().encode("gb18030")


def _html(page: Page) -> bytes:
    def cells(row: Sequence[str]) -> str:
        return "".join(f"<td>{html.escape(text)}</td>" for text in row)

    rows = "".join(f"<tr>{cells(row)}</tr>" for row in _texts(page))
    return f'<html><head><meta charset="utf-8"></head><body><table>{rows}</table></body></html>'.encode()
