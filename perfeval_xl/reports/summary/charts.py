"""图表: the spread of scores, execution against score, findings by kind, as charts of the workbook itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from perfeval_xl import colours
from perfeval_xl.messages import say
from perfeval_xl.reports.groups import Band, distribution, kinds
from perfeval_xl.reports.ledger import Ledger
from perfeval_xl.reports.summary.forms import column_range, form_cell
from perfeval_xl.reports.summary.table import FONT, Column, Formula, SummaryBook, quoted
from perfeval_xl.sums import half_up

COLUMNS: Final = (Column("band", 30, "wrapped"), Column("count", 10, "count"))
#: Width and height of a chart in pixels; charts stand below each other.
WIDTH, HEIGHT, ROWS = 720, 320, 17
#: The column at the right edge of the charts.
LAST_COLUMN: Final = 14
_BLUE, _ORANGE = colours.CHART_BLUE, colours.CHART_ORANGE


def write_charts(book: SummaryBook, ledger: Ledger) -> None:
    """The sheet 图表: the numbers on the left, the charts on the right."""
    name = say("reports.sheet-charts")
    page = book.sheet(name, COLUMNS)
    page.fit_to_pages(1, 1)
    book.headings(page, 0, COLUMNS)
    bands, found = distribution(ledger), kinds(ledger)
    for row, band in enumerate(bands, start=1):
        book.row(page, row, COLUMNS, [band.label, Formula(_counted(band, bands, len(ledger.forms)), band.count)])
    first = len(bands) + 3
    page.write_string(first - 1, 0, say("reports.column-kind"), book.look("heading"))
    page.write_string(first - 1, 1, say("reports.column-count"), book.look("heading"))
    for row, kind in enumerate(found, start=first):
        book.row(page, row, COLUMNS, [f"{kind.code} {kind.title}", kind.count])
    dots = _write_dots(book, page, first + len(found) + 1, ledger)
    page.print_area(0, 0, 3 * ROWS, LAST_COLUMN)
    charts = [_distribution(book, name, len(bands)), _execution(book, name, dots, ledger)]
    charts += [_findings(book, name, first, len(found))] if found else []
    for number, chart in enumerate(charts):
        chart.set_size({"width": WIDTH, "height": HEIGHT})
        page.insert_chart(number * ROWS, 3, chart)


def _counted(band: Band, bands: list[Band], count: int) -> str:
    scores = column_range("score", count)
    higher = next((other.low for other in bands if other.low > band.low), None)
    lower = "" if band.low == 0 else f'{scores},">={band.low}"'
    upper = "" if higher is None else f'{scores},"<{higher}"'
    return f"COUNTIFS({','.join(part for part in (lower, upper) if part)})"


def _titled(
    chart: Any, title: str, across: str, up: str, *, x: dict[str, Any] | None = None, y: dict[str, Any] | None = None
) -> Any:
    """Title and axes; ``x`` and ``y`` are further settings of the axes."""
    small = {"name": FONT, "size": 9}
    grid = {"visible": True, "line": {"color": colours.CHART_GRID}}
    chart.set_title({"name": title, "name_font": {"name": FONT, "size": 12}, "overlay": False})
    chart.set_x_axis({"name": across, "name_font": small, "num_font": small, **(x or {})})
    chart.set_y_axis({"name": up, "name_font": small, "num_font": small, "major_gridlines": grid, **(y or {})})
    chart.set_legend({"none": True})
    return chart


def _distribution(book: SummaryBook, sheet: str, count: int) -> Any:
    chart = book.file.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": say("reports.chart-scores"),
            "categories": f"={quoted(sheet)}!$A$2:$A${count + 1}",
            "values": f"={quoted(sheet)}!$B$2:$B${count + 1}",
            "fill": {"color": _BLUE},
            "gap": 40,
            "data_labels": {"value": True, "font": {"name": FONT, "size": 9}},
        }
    )
    return _titled(chart, say("reports.chart-scores"), say("reports.axis-score"), say("reports.axis-forms"))


def _write_dots(book: SummaryBook, page: Any, row: int, ledger: Ledger) -> tuple[int, int]:
    """Rate and score of the forms that have both; gives the first and the last row, from 1.

    Excel takes no text among the rates of such a chart: it would count the forms instead.
    """
    for index, key in enumerate(("rate", "score")):
        page.write_string(row, index, say(f"reports.column-{key}"), book.look("heading"))
    last = row
    for number, form in enumerate(ledger.forms, start=1):
        if form.budget and form.executed is not None and form.score is not None:
            last += 1
            rate = half_up(form.executed / form.budget, 4)
            book.cell(page, last, 0, Formula(form_cell("rate", number), rate), "rate")
            book.cell(page, last, 1, Formula(form_cell("score", number), form.score), "score")
    return row + 2, max(last, row + 1) + 1


def _execution(book: SummaryBook, sheet: str, dots: tuple[int, int], ledger: Ledger) -> Any:
    chart = book.file.add_chart({"type": "scatter"})
    first, last = dots
    chart.add_series(
        {
            "name": say("reports.chart-execution"),
            "categories": f"={quoted(sheet)}!$A${first}:$A${last}",
            "values": f"={quoted(sheet)}!$B${first}:$B${last}",
            "marker": {"type": "circle", "size": 7, "fill": {"color": _BLUE}, "border": {"color": colours.WHITE}},
        }
    )
    lowest = min((form.score for form in ledger.forms if form.score is not None), default=Decimal(0))
    return _titled(
        chart,
        say("reports.chart-execution"),
        say("reports.axis-rate"),
        say("reports.axis-score"),
        x={"num_format": "0%", "min": 0},
        y={"min": max(0, int(lowest) // 10 * 10 - 10)},
    )


def _findings(book: SummaryBook, sheet: str, first: int, count: int) -> Any:
    chart = book.file.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": say("reports.chart-findings"),
            "categories": f"={quoted(sheet)}!$A${first + 1}:$A${first + count}",
            "values": f"={quoted(sheet)}!$B${first + 1}:$B${first + count}",
            "fill": {"color": _ORANGE},
            "gap": 40,
            "data_labels": {"value": True, "font": {"name": FONT, "size": 9}},
        }
    )
    bare = {"major_gridlines": {"visible": False}}
    # Bar charts draw categories from the bottom up, and the most frequent should be on top.
    return _titled(
        chart, say("reports.chart-findings"), "", "", x={"visible": False} | bare, y={"reverse": True} | bare
    )
