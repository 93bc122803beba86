"""The pictures of the docs, drawn by LibreOffice from shipped samples: ``python -m scripts.pictures``.

They are looked at by people and differ in pixels from machine to machine, so no test compares them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from perfeval_xl.checks import check_readings
from perfeval_xl.files import read_bytes, read_path
from perfeval_xl.profile import load_profile
from perfeval_xl.workbook.annotate import annotate
from perfeval_xl.workbook.package import Workbook
from perfeval_xl.workbook.template import blank
from perfeval_xl.workbook.write import to_workbook

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
SAMPLES: Final = Path(__file__).parents[1] / "perfeval_xl" / "samples"


def whole_sheet(data: bytes) -> bytes:
    """The workbook without its print area, so that the line on top and the check area show."""
    workbook = Workbook(data, "")
    for name in workbook.defined_names():
        if name.get("name") in ("_xlnm.Print_Area", "_xlnm.Print_Titles"):
            name.getparent().remove(name)
    workbook.touch()
    return workbook.to_bytes()


def draw(data: bytes, name: str, *, page: int = 1, height: float = 9.2, dpi: int = 90) -> None:
    """Puts a picture of one page at ``docs/images/<name>.png``."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.xlsx"
        book.write_bytes(data)
        office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
        subprocess.run([*office, "--outdir", folder, str(book)], check=True, capture_output=True)
        target = Path(folder) / name
        pages = [
            "pdftoppm",
            "-png",
            "-r",
            str(dpi),
            "-f",
            str(page),
            "-l",
            str(page),
            "-singlefile",
            "-H",
            str(round(height * dpi)),
        ]
        subprocess.run([*pages, str(book.with_suffix(".pdf")), str(target)], check=True)
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


if __name__ == "__main__":
    main()
