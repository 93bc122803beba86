"""Reading and filling workbooks, bytes in and bytes out, beside openpyxl on the file alone; and how the command starts.

No two files in a row hold the same form: what is remembered from one file helps with the next as far as both were made
from one template, and no further. The sync to the disk, which is the system's, is measured apart.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final, TypeVar

import openpyxl
import xlsxwriter
from msgspec import structs

from benchmarks.scoring import milliseconds, sample
from perfeval_xl.files import read_bytes, write_atomically
from perfeval_xl.model import Form
from perfeval_xl.workbook.open_workbook import into_workbook, to_workbook

T = TypeVar("T")

ROUNDS: Final = 40
#: Seconds a work is done in one turn, and how many turns each has.
TURN: Final = 0.1
TURNS: Final = 12
#: Files of each kind, all different: together more rows than are remembered.
FILES: Final = 60
#: Forms of one workbook, as a department sends them.
MANY: Final = 13
NAME: Final = "form.xlsx"
#: What an office prints, with figures of a shared form.
PRINT: Final[tuple[tuple[str | float | None, ...], ...]] = (
    ("项目支出绩效自评表",),
    ("（2024年度）",),
    ("项目名称", None, "互联网专线使用费"),
    ("主管部门", None, "某区总工会", None, None, "实施单位", "职工服务中心"),
    ("项目资金（万元）", None, None, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"),
    (None, "年度资金总额", None, 4.14, 4.14, 4.14, 10, "100.00%", 10),
    (None, "其中：当年财政拨款", None, 4.14, 4.14, 4.14, "—", "100.00%", "—"),
    (None, "其他资金", None, None, None, None, "—", None, "—"),
    ("年度总体目标", "预期目标", None, None, None, "实际完成情况"),
    (None, "开通专线，保障办公。", None, None, None, "专线已开通，运行平稳。"),
    (
        "绩效指标",
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
        "偏差原因分析及改进措施",
    ),
    (None, "产出指标", "数量指标", "专线条数", "2条", "2条", 20, 20),
    (None, "产出指标", "质量指标", "网络畅通率", "≥95%", "98%", 10, 10),
    (None, "产出指标", "时效指标", "续费完成时间", "≤3月", "4月", 20, 18, "前期流程较多，已提前准备。"),
    (None, "效益指标", "社会效益指标", "完成率", "≥90%", "90%", 30, 30),
    (None, "满意度指标", "服务对象满意度指标", "人员满意度", "≥95%", "96%", 10, 10),
    ("总分", None, None, None, None, None, 100, 98),
)
MERGED: Final = (
    "A1:I1", "A2:I2", "C3:I3", "C4:E4", "G4:I4", "A5:A8", "A9:A10", "B9:E9", "F9:I9", "B10:E10", "F10:I10"
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Workbooks of one kind to read and fill: its name, the forms of each, and their bytes."""

    name: str
    forms: list[list[Form]]
    files: list[bytes]


def different(form: Form, number: int) -> Form:
    """The form with other texts and figures in every row, as another project would have them."""
    total, *others = form.funds.lines
    budget = (total.full_year_budget or Decimal(0)) + number
    return structs.replace(
        form,
        project=structs.replace(form.project, code=None, name=f"{form.project.name}（{number}）"),
        funds=structs.replace(form.funds, lines=(structs.replace(total, full_year_budget=budget), *others)),
        indicators=tuple(
            structs.replace(each, name=f"{each.name}{number}", target=f"≥{number}个", actual=f"{number + row}个")
            for row, each in enumerate(form.indicators)
        ),
    )


def with_more_rows(form: Form) -> Form:
    """The form with twice as many indicators, so that the blank template is too short."""
    return structs.replace(form, indicators=form.indicators * 2)


def office_workbook(number: int = 0) -> bytes:
    """A form laid out by an office: no names of ours, merged headings, sums as formulas, a note below."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("自评表")
    frame = book.add_format({"border": 1, "text_wrap": True})
    for row, texts in enumerate(PRINT):
        for column, text in enumerate(texts):
            is_name = row > 10 and column == 3
            sheet.write(row, column, f"{text}{number}" if is_name and text else text, frame)
    for area in MERGED:
        sheet.merge_range(area, PRINT[int(area[1 : area.index(":")]) - 1][ord(area[0]) - 65], frame)
    book.close()
    return file.getvalue()


def cases() -> Iterator[Case]:
    """One form, one with rows added, thirteen forms, and an office's own workbook."""
    single = [[different(sample(), number)] for number in range(FILES)]
    yield Case("one form", single, list(map(to_workbook, single)))
    longer = [[with_more_rows(form)] for [form] in single]
    yield Case("rows added", longer, list(map(to_workbook, longer)))
    many = [[different(sample(), MANY * number + each) for each in range(MANY)] for number in range(FILES)]
    yield Case(f"{MANY} forms", many, list(map(to_workbook, many)))
    office = list(map(office_workbook, range(FILES)))
    yield Case("office's own", [[read_bytes(data, NAME)[0].form] for data in office], office)


def load(data: bytes) -> None:
    """Loads the workbook with openpyxl, and no more: no form is understood."""
    openpyxl.load_workbook(io.BytesIO(data))


def load_fill_save(data: bytes) -> None:
    """Loads, fills a cell in each sheet and saves with openpyxl: no form is written."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        sheet["A1"] = "x"
    book.save(io.BytesIO())


def start(*arguments: str) -> None:
    """Starts the command in a process of its own."""
    subprocess.run([sys.executable, "-m", "perfeval_xl", *arguments], check=True, capture_output=True)


def main() -> None:
    """Prints times, and ratios to openpyxl within this run."""
    for case in cases():
        loaded, saved, read, fresh, into = in_turns(
            one_after_another(load, case.files),
            one_after_another(load_fill_save, case.files),
            one_after_another(lambda data: read_bytes(data, NAME), case.files),
            one_after_another(to_workbook, case.forms),
            one_after_another(
                lambda file: into_workbook(file[0], NAME, file[1]), list(zip(case.files, case.forms, strict=True))
            ),
        )
        print(f"{case.name:14} openpyxl loads {loaded:8.2f} ms, read {_beside(read, loaded)}")
        print(
            f"{'':14} openpyxl loads, fills, saves {saved:8.2f} ms, into our template {_beside(fresh, saved)}, "
            f"into that file {_beside(into, saved)}"
        )
    _sync()
    bare = milliseconds(lambda: subprocess.run([sys.executable, "-c", ""], check=True), rounds=8)
    begin = milliseconds(lambda: start("--help"), rounds=8)
    print(f"perfeval --help {begin:.2f} ms, {begin / bare:.1f} times Python alone")


def in_turns(*works: Callable[[], object]) -> list[float]:
    """The median milliseconds of each work, as when many files are done one after another.

    They take turns, so that whatever else the machine does slows all alike; a turn lasts about ``TURN`` seconds.
    """
    taken: list[list[float]] = [[] for _ in works]
    counts = [max(1, int(TURN / _seconds(work))) for work in works]
    for _ in range(TURNS):
        for times, work, count in zip(taken, works, counts, strict=True):
            times += [_seconds(work) for _ in range(count)]
    return [median(times) * 1000 for times in taken]


def one_after_another(work: Callable[[T], object], files: Sequence[T]) -> Callable[[], object]:
    """Does the work to the next of the files each time."""
    following = cycle(files)
    return lambda: work(next(following))


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _beside(own: float, other: float) -> str:
    return f"{own:.2f} ms  {other / own:.1f}x"


def _sync() -> None:
    data = to_workbook([sample()])
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "form.xlsx"
        whole = milliseconds(lambda: write_atomically(path, data), rounds=ROUNDS)

        def sync() -> None:
            with path.open("rb+") as file:
                os.fsync(file.fileno())

        synced = milliseconds(sync, rounds=ROUNDS)
        print(f"written in one step {whole:.2f} ms; a sync to the disk alone {synced:.2f} ms")


if __name__ == "__main__":
    main()
