"""The pictures of summary and reports in the docs, from shipped samples: ``python -m scripts.report_pictures``.

Pages are drawn by LibreOffice, the HTML by a Chromium on the path. People look at them; no test compares them.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from perfeval_xl.batch.engine import run
from perfeval_xl.batch.sources import find_sources
from perfeval_xl.files import read_path, write_forms
from perfeval_xl.messages import in_language
from perfeval_xl.model import Form
from perfeval_xl.reports.documents import document
from perfeval_xl.reports.gather import ReviewWork, gather
from perfeval_xl.reports.ledger import Ledger
from perfeval_xl.reports.summary import summary_workbook
from scripts.pictures import IMAGES, SAMPLES
from tests.office import Office

DPI: Final = 80
#: Forms of the samples in which a score is above its rule, by number; every other one of them loses its reasons.
WRONG: Final = (1, 3, 4, 6)


def forms() -> Iterator[Form]:
    """The samples, some of them with mistakes."""
    readings = [reading for path in sorted(SAMPLES.glob("*.json")) for reading in read_path(path)]
    for number, reading in enumerate(readings):
        form = reading.form
        if number in WRONG:
            rows = list(form.indicators)
            rows[0] = replace(rows[0], score=(rows[0].weight or 0) - number)
            rows[-1] = replace(rows[-1], actual="60%", deviation=None)
            form = replace(form, indicators=tuple(rows))
        yield form


def page(data: bytes, name: str, *, suffix: str, number: int = 1, height: float = 12) -> None:
    """One page of a file as ``docs/images/<name>.png``."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"source{suffix}"
        source.write_bytes(data)
        pdf = source
        if suffix != ".pdf":
            with Office() as office, office.open(source) as opened:
                opened.recalculate()
                pdf = opened.save(Path(folder) / "page.pdf")
        target = Path(folder) / name
        only = ["-f", str(number), "-l", str(number), "-singlefile", "-H", str(round(height * DPI))]
        subprocess.run(["pdftoppm", "-png", "-r", str(DPI), *only, str(pdf), str(target)], check=True)
        shutil.move(target.with_suffix(".png"), IMAGES / f"{name}.png")


def screen(data: bytes, name: str, *, width: int, height: int) -> None:
    """A page of HTML as a browser shows it."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        print(f"{name}: no Chromium on the path, picture left as it is")
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_bytes(data)
        quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        quiet += [f"--user-data-dir={folder}/browser"]
        shot = [f"--screenshot={IMAGES / name}.png", f"--window-size={width},{height}", source.as_uri()]
        subprocess.run([browser, *quiet, *shot], check=True, capture_output=True)


def received(folder: Path) -> None:
    """A folder of workbooks as a reviewer receives them."""
    for number, form in enumerate(forms(), start=1):
        write_forms([form], folder / f"{number:02}-{form.project.name}.xlsx")


def ledger_of(*paths: Path) -> Ledger:
    """What the reports say of the files."""
    return gather(run(find_sources([str(path) for path in paths]).paths, ReviewWork()))


def main() -> None:
    """Draws every picture of summary and reports."""
    with tempfile.TemporaryDirectory() as name, in_language("zh"):
        folder = Path(name)
        received(folder)
        with ledger_of(folder) as ledger:
            workbook = summary_workbook(ledger, folder / "汇总.xlsx")
            page(workbook, "summary", suffix=".xlsx", height=4.3)
            page(workbook, "summary-charts", suffix=".xlsx", number=2)
            page(document(ledger, folder / "r.pdf"), "report-word", suffix=".pdf")
            web = document(ledger, folder / "r.html")
            screen(web, "report", width=1100, height=1500)
            screen(web, "report-phone", width=500, height=1300)
        with ledger_of(sorted(folder.glob("04-*.xlsx"))[0]) as ledger:
            opinion = document(ledger, folder / "o.pdf", deadline="2025年3月31日前")
            page(opinion, "opinion", suffix=".pdf")


if __name__ == "__main__":
    main()
