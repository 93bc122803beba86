"""What offices do to a form by hand, family by family: each in at least three files of different make.

A family is a change to the page; each file is another kind or another place. ``right`` is what a person sees, or the
finding that says why the field is null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import pytest

import perfeval_xl as pe
from perfeval_xl.errors import NotAForm
from perfeval_xl.field_path import parse
from perfeval_xl.model import Form
from tests.made_forms import NATIONAL, made_form
from tests.office_files import Make, Page, Placed, drawn, office_bytes, page_of

FORM: Final[Form] = made_form("mof", NATIONAL, number=7)
PLAIN: Final[Make] = replace(
    drawn(0), kind="xlsx", unit="万元", money=("General", 0), rate=("General", 0), weight=("General", 0),
    words={
        "target": "年度指标值", "actual": "实际完成值", "weight": "分值", "score": "得分", "deviation": "偏差原因分析",
        "initial_budget": "年初预算数", "full_year_budget": "全年预算数", "executed": "全年执行数",
        "execution_rate": "执行率", "total": "总分",
    },
    goals_first=False, merged=True, letters=False, example=False, sums=False, hidden_row=False, hidden_column=False,
    two_years=False, operator_format=False, struck=False,
)  # fmt: skip
TEXTS: Final = ("xlsx", "xls", "csv", "html")
SHEETS: Final = ("xlsx", "xls", "xlsx")
Change = Callable[[Page], None]
Place = Callable[[Page], tuple[int, int]]


@dataclass(frozen=True)
class Family:
    """Files of one family: how the page is made, what is changed on it, and what is right."""

    name: str
    kinds: tuple[str, ...]
    #: Field -> its value; ``None`` wants null and the finding.
    right: dict[str, object]
    finding: str = ""
    make: dict[str, object] | None = None
    change: Change | None = None


def cell(page: Page, text: str, across: int = 0, down: int = 0) -> tuple[int, int]:
    """The place of the first cell that says ``text``, moved."""
    for number, row in enumerate(page.rows):
        for column, placed in enumerate(row):
            if placed is not None and placed.shown == text:
                return number + down, column + across
    raise LookupError(text)


def put(page: Page, place: tuple[int, int], placed: Placed | None) -> None:
    """Sets a cell."""
    row = page.rows[place[0]]
    row += [None] * (place[1] + 1 - len(row))
    row[place[1]] = placed


def _score(page: Page) -> tuple[int, int]:
    row, _ = cell(page, "一级指标")
    return row + 1, 7


def _weight(page: Page) -> tuple[int, int]:
    row, _ = cell(page, "一级指标")
    return row + 1, 6


def _target(page: Page) -> tuple[int, int]:
    row, _ = cell(page, "一级指标")
    return row + 1, 4


def _money(page: Page, column: int = 3) -> tuple[int, int]:
    row, _ = cell(page, "年初预算数")
    return row + 1, column


def _at(
    place: Callable[[Page], tuple[int, int]], content: str | Decimal, code: str = "General", power: int = 0
) -> Change:
    return lambda page: put(page, place(page), Placed(content, code, power))


def _two_heading_rows(page: Page) -> None:
    row, _ = cell(page, "一级指标")
    heading = page.rows[row]
    page.rows[row] = [heading[0], Placed("绩效指标"), None, None, Placed("指标值"), None, *heading[6:]]
    page.rows.insert(row + 1, [None, *heading[1:6]])
    page.merges = []


def _merged_total(page: Page) -> None:
    row, _ = cell(page, "总分")
    page.rows[row] = [Placed("总分"), None, None, None, None, None, Placed(Decimal("93.52"))]
    page.merges = [area for area in page.merges if area[0] != row] + [(row, 0, row, 5), (row, 6, row, 7)]


def _side_by_side(page: Page) -> None:
    for row in page.rows:
        row += [None] * (10 - len(row)) + list(row[:9])
    page.merges = []


def _renamed(old: str, new: str) -> Change:
    return lambda page: put(page, cell(page, old), Placed(new))


def _review_sheet(page: Page) -> None:
    page.rows[0] = [Placed("项目支出绩效自评复核表")]


def _row_below_heading(*texts: str) -> Change:
    def change(page: Page) -> None:
        row, _ = cell(page, "一级指标")
        page.rows.insert(row + 1, [None, *(Placed(text) for text in texts)])
        page.merges = []

    return change


COUNT: Final = len(FORM.indicators)
LINE: Final = FORM.funds.lines[0]
TEN: Final = LINE.executed

FAMILIES: Final = (
    Family("rate under a heading with percent", SHEETS, {"funds.lines[0].execution_rate": LINE.execution_rate},
           make={"rate": ("0.00%", 2), "words": {**PLAIN.words, "execution_rate": "执行率（%）"}}),
    Family("rate with the sign beside the heading", ("xlsx", "xls", "csv", "html"),
           {"funds.lines[0].execution_rate": LINE.execution_rate},
           make={"words": {**PLAIN.words, "execution_rate": "执行率%"}}),
    Family("two numbers, line break", TEXTS, {"indicators[0].score": None}, "not-a-number", change=_at(_score, "5\n5")),
    Family("two numbers, blank", TEXTS, {"indicators[0].weight": None}, "not-a-number", change=_at(_weight, "5 5")),
    Family("hundreds parted by a blank", TEXTS, {"funds.lines[0].initial_budget": None}, "not-a-number",
           change=_at(_money, "100 200")),
    Family("circled sign", TEXTS, {"indicators[0].score": Decimal(10)}, change=_at(_score, "10①")),
    Family("raised sign", TEXTS, {"indicators[0].score": Decimal(9)}, change=_at(_score, "9²")),
    Family("no unit", TEXTS, {}, "unit-unclear", make={"unit": ""}),
    Family("thousands", TEXTS, {"funds.lines[0].executed": TEN and TEN / 10}, "unit-unclear", make={"unit": "千元"}),
    Family("foreign currency", TEXTS, {}, "unit-unclear", make={"unit": "美元"}),
    Family("units disagree", TEXTS, {"funds.lines[0].executed": TEN}, "unit-unclear", make={"unit": "万元+元"}),
    Family("years disagree", TEXTS, {"fiscal_year": None}, "year-unclear", make={"two_years": True}),
    Family("total merged", SHEETS, {"total.score": Decimal("93.52"), "total.weight": None}, change=_merged_total),
    Family("headings in two rows", TEXTS, {"indicators[0].name": FORM.indicators[0].name, "count": COUNT,
           "indicators[0].score": FORM.indicators[0].score}, change=_two_heading_rows),
    Family("side by side", ("xlsx", "xls", "html"), {"forms": 2}, make={"merged": False}, change=_side_by_side),
    Family("operator in the format", SHEETS, {"indicators[0].target": "≤10"}, change=_at(_target, "≤10", '"≤"0')),
    Family("unit in the format", SHEETS, {"indicators[0].target": "10人次"}, change=_at(_target, "10人次", '0"人次"')),
    Family("weight in percent", SHEETS, {"indicators[0].weight": Decimal(20)}, change=_at(_weight, "20%", "0%", 2)),
    Family("scaled to 万", SHEETS, {"funds.lines[0].executed": TEN}, make={"money": ("0!.0000", -4)}),
    Family("scaled to thousands", SHEETS, {"funds.lines[0].executed": TEN}, make={"money": ("#,##0.00,", -3)}),
    Family("about", TEXTS, {"funds.lines[0].initial_budget": None}, "not-a-number", change=_at(_money, "约4.14")),
    Family("see annex", TEXTS, {"funds.lines[0].executed": None}, "not-a-number",
           change=lambda page: put(page, _money(page, 5), Placed("见附件"))),
    Family("sign of the yuan", TEXTS, {"funds.lines[0].full_year_budget": None}, "not-a-number",
           change=lambda page: put(page, _money(page, 4), Placed("¥0.20"))),
    Family("heading of what was spent", TEXTS, {"funds.lines[0].executed": TEN},
           make={"words": {**PLAIN.words, "executed": "实际支出数"}}),
    Family("heading of what was done", TEXTS, {"indicators[0].actual": FORM.indicators[0].actual},
           make={"words": {**PLAIN.words, "actual": "完成情况"}}),
    Family("heading of the score", TEXTS, {"indicators[0].score": FORM.indicators[0].score},
           make={"words": {**PLAIN.words, "score": "评价得分"}}),
    Family("unknown heading", TEXTS, {}, "column-unknown", make={"words": {**PLAIN.words, "deviation": "佐证编号"}},
           change=lambda page: put(page, (_score(page)[0], 8), Placed("甲001"))),
    Family("goals in other words", TEXTS, {"goals.actual": FORM.goals.actual, "goals.expected": FORM.goals.expected},
           change=_renamed("实际完成情况", "目标实际完成情况")),
    Family("letters of the columns", TEXTS, {"count": COUNT}, change=_row_below_heading(*"ABCDEFGH")),
    Family("numbers of the columns", TEXTS, {"count": COUNT}, change=_row_below_heading(*"12345678")),
    Family("an example", TEXTS, {"count": COUNT}, make={"example": True}),
    Family("sums of groups", TEXTS, {"count": COUNT}, make={"sums": True}),
    Family("another name for the total", TEXTS, {"total.score": FORM.total.score, "count": COUNT},
           make={"words": {**PLAIN.words, "total": "合计得分"}}),
    Family("hidden row", ("xlsx", "xlsx", "xlsx"), {"count": COUNT}, "hidden-content", make={"hidden_row": True}),
    Family("struck digits", ("xlsx", "xlsx", "xlsx"), {"indicators[0].score": FORM.indicators[0].score},
           make={"struck": True}),
    Family("value and the next label in one cell", TEXTS, {"project.name": "路灯维护", "project.phone": "2288"},
           make={"merged": False}, change=_at(lambda page: (cell(page, "项目名称")[0], 2), "路灯维护 联系电话：2288")),
    Family("tick boxes", TEXTS, {"project.name": FORM.project.name, "extra.项目类别": "□一次性 ☑经常性"},
           make={"merged": False}, change=lambda page: page.rows.insert(
               cell(page, "项目名称")[0] + 1, [Placed("项目类别"), None, Placed("□一次性 ☑经常性")])),
    Family("review sheet", TEXTS, {"refused": True}, change=_review_sheet),
)  # fmt: skip
CASES: Final = [
    (family, number, kind) for family in FAMILIES for number, kind in enumerate(family.kinds)
]  # fmt: skip


def test_every_family_has_three_files_at_least() -> None:
    assert all(len(family.kinds) >= 3 for family in FAMILIES)


@pytest.mark.parametrize(("family", "number", "kind"), CASES, ids=[f"{f.name}-{n}-{k}" for f, n, k in CASES])
def test_family(family: Family, number: int, kind: str) -> None:
    make = replace(PLAIN, kind=kind, **(family.make or {}))  # type: ignore[arg-type]
    if number == 2 and kind == "xlsx":
        make = replace(make, merged=False)  # the same without merged cells
    page = page_of(FORM, make)
    if family.change is not None:
        family.change(page)
    data = office_bytes(page, make)
    if family.right.get("refused"):
        with pytest.raises(NotAForm):
            pe.open(data, name=f"form.{kind}")
        return
    book = pe.open(data, name=f"form.{kind}")
    for path, value in family.right.items():
        assert _seen(book, path) == value, path
    if family.finding:
        told = [finding for finding in book.check() if finding.name == family.finding]
        assert told, [finding.name for finding in book.check()]


def _seen(book: pe.Book, path: str) -> object:
    if path == "forms":
        return len(book.forms)
    return len(book.forms[0].indicators) if path == "count" else parse(path).value_in(book.forms[0])
