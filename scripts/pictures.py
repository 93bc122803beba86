"""The pictures of the docs, drawn by LibreOffice from shipped samples: ``python -m scripts.pictures``.

They are looked at by people and differ in pixels from machine to machine, so no test compares them.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Final

import xlsxwriter
from msgspec.structs import replace

from perfeval_xl.addin import vba_source
from perfeval_xl.addin.build import workbook_documents, workbook_modules
from perfeval_xl.addin.macro_package import document_modules, macro_package
from perfeval_xl.addin.vba_project import vba_project
from perfeval_xl.checks import check_readings
from perfeval_xl.colours import LOCKED_GREY
from perfeval_xl.files import read_bytes, read_path
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.profile import load_profile
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.review.annotate import annotate
from perfeval_xl.workbook.template.drawing import blank
from tests.made_forms import changed, made_form
from tests.office import Office
from tests.written_forms import STYLES, as_xlsx, printed

DPI: Final = 90
IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
FUNCTION_ROWS: Final = (
    ("≥100人次", "52人次", 12.5),
    ("≥2个", "3个", 10),
    ("≤10万元", "98200元", 20),
    ("12月底前", "12月9日", 10),
    ("2.3万份", "23000份", 15),
    ("优良中差", "优", 10),
    ("达到预期目标", "基本完成", 10),
)
SAMPLES: Final = Path(__file__).parents[1] / "perfeval_xl" / "samples"


def whole_sheet(data: bytes) -> bytes:
    """The workbook without its print area, so that the line on top and the check area show."""
    workbook = Workbook(data, "")
    for name in workbook.defined_names():
        if name.get("name") in ("_xlnm.Print_Area", "_xlnm.Print_Titles"):
            name.getparent().remove(name)
    workbook.touch()
    return workbook.to_bytes()


def draw(
    data: bytes, name: str, *, page: int = 1, height: float = 9.2, suffix: str = ".xlsx", pressed: str = ""
) -> None:
    """Puts a picture of one page at ``docs/images/<name>.png``, after a callback of the ribbon was ``pressed``."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / f"book{suffix}"
        book.write_bytes(data)
        with Office() as office, office.open(book) as opened:
            opened.recalculate()
            if pressed:
                opened.press(f"PerfRibbon.{pressed}", tag="")
            pdf = opened.save(Path(folder) / "book.pdf")
        target = Path(folder) / name
        pages = ["pdftoppm", "-png", "-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile"]
        subprocess.run([*pages, "-H", str(round(height * DPI)), str(pdf), str(target)], check=True)
        shutil.move(target.with_suffix(".png"), IMAGES / f"{name}.png")


def wrong_total() -> bytes:
    """The first sample whose printed total is not the sum of its rows."""
    for path in sorted(SAMPLES.glob("*.json")):
        for reading in read_path(path):
            data = to_workbook([reading.form])
            found = re.search(r"总分 [\d.]+ 与各行合计", data_text(data))
            if found:
                return data
    raise LookupError("no sample with a wrong total")


def marked() -> bytes:
    """The workbook with the wrong total as ``perfeval check --annotate`` marks it."""
    data = wrong_total()
    readings = read_bytes(data, "form.xlsx")
    return annotate(data, "form.xlsx", check_readings(readings, files={"form.xlsx": data}))


def functions_in_cells() -> bytes:
    """A macro workbook whose cells call the worksheet functions."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("函数")
    head = book.add_format({"bold": True, "bg_color": LOCKED_GREY, "border": 1})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
    sheet.set_column(0, 2, 13)
    sheet.set_column(3, 4, 14)
    sheet.set_column(5, 5, 60)
    titles = ("年度指标值", "实际完成值", "分值", "PERF_SCORE", "PERF_RATE", "PERF_EXPLAIN")
    for column, title in enumerate(titles):
        sheet.write(0, column, title, head)
    for row, values in enumerate(FUNCTION_ROWS, start=1):
        for column, value in enumerate(values):
            sheet.write(row, column, value, cell)
        sheet.set_row(row, 30)
        place = row + 1
        sheet.write_formula(row, 3, f'=PERF_SCORE(A{place},B{place},C{place},"shenzhen-futian")', cell, 0)
        sheet.write_formula(row, 4, f"=PERF_RATE(A{place},B{place})", cell, 0)
        sheet.write_formula(row, 5, f'=PERF_EXPLAIN(A{place},B{place},C{place},"shenzhen-futian")', cell, "")
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    package = buffer.getvalue()
    project = vba_project([*document_modules(package), *vba_source.modules("xlsm")])
    return macro_package(package, project, vba_source.ribbon())


def office_form() -> bytes:
    """An office's own workbook with the macros: a score above its weight, a deduction without a reason."""
    form = made_form("mof")
    first, second, *others = form.indicators
    rows = (replace(first, score=(first.weight or 0) + 2), replace(second, score=Decimal(1), deviation=None), *others)
    package = as_xlsx(printed([changed(form, indicators=rows)], STYLES["national"]), for_print=True)
    return macro_package(package, vba_project([*workbook_documents(package), *workbook_modules()]), vba_source.ribbon())


def data_text(data: bytes) -> str:
    """The first sheet's XML."""
    workbook = Workbook(data, "")
    return workbook.package.read(workbook.sheets[0].part).decode()


def main() -> None:
    """Draws every picture of the docs."""
    draw(whole_sheet(blank(load_profile("mof"))), "blank")
    draw(whole_sheet(wrong_total()), "form")
    draw(whole_sheet(marked()), "checked")
    draw(marked(), "review", page=3, height=2)
    draw(functions_in_cells(), "functions", suffix=".xlsm", height=3.4)
    draw(office_form(), "office-checked", suffix=".xlsm", pressed="PerfOnCheck")


if __name__ == "__main__":
    main()
