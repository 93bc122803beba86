"""The summary workbook as bytes."""

from __future__ import annotations

import io
from pathlib import Path

import xlsxwriter

from perfeval_xl.reports.ledger import Ledger
from perfeval_xl.reports.summary.charts import write_charts
from perfeval_xl.reports.summary.forms import write_forms
from perfeval_xl.reports.summary.overview import write_overview
from perfeval_xl.reports.summary.quality import write_quality
from perfeval_xl.reports.summary.rows import write_findings, write_indicators
from perfeval_xl.reports.summary.table import SummaryBook

#: Rows go to the disk as they are written; texts are texts, whatever they begin with.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def summary_workbook(ledger: Ledger, output: Path | None = None) -> bytes:
    """The workbook of a batch. ``output`` is where it will lie: links to the forms are relative to it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as file:
        book = SummaryBook(file)
        write_overview(book, ledger)
        write_charts(book, ledger)
        write_forms(book, ledger, output)
        write_indicators(book, ledger, output)
        write_findings(book, ledger, output)
        write_quality(book, ledger)
    return buffer.getvalue()
