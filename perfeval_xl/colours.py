"""Every colour of the sheets, once: templates, marks, the sheet 审核意见, and the macros take theirs from here.

A colour is ``#RRGGBB``; ``as_argb``, ``as_number`` and ``as_bgr`` write it as workbooks, programs and VBA want it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from perfeval_xl.model import Severity

WHITE: Final = "#FFFFFF"
BLACK: Final = "#000000"

# --- the form: white where a person types, grey where the sheet computes or prints

#: Labels, and cells that compute.
LOCKED_GREY: Final = "#E7E6E6"
#: Cells that the office's own system fills in.
SYSTEM_GREY: Final = "#F2F2F2"
#: Quiet text, such as the template's mark.
SMALL_PRINT: Final = "#7F7F7F"
FAINT_LINE: Final = "#BFBFBF"
#: The check area beside the form, and headings of tables that are not the form's own.
PANEL: Final = "#F7F9FC"
HEADING: Final = "#DDEBF7"
GUIDE_HEADING: Final = "#1F4E79"
#: The line on top: its fill while the form is blank, its words when something is wrong, words and fill when not.
STATUS: Final = "#FFF8E5"
ALARM: Final = "#9C0006"
FINE: Final = "#006100"
FINE_GROUND: Final = "#E2EFDA"

# --- what the sheet finds by itself, in its conditional formats

WRONG: Final = "#FFC7CE"
DOUBTFUL: Final = "#FFEB9C"
INCOMPLETE: Final = "#FCE4D6"
MISSING: Final = "#FFF2CC"

# --- findings

#: Fills of marked cells: unlike the above and Excel's palette, so that our own marks can be told and removed.
MARKS: Final[Mapping[Severity, str]] = {"error": "#FFC9CF", "warning": "#FFEDA1", "info": "#DCEBFA"}
#: Fills of severities on the sheet 审核意见: unlike those of marked cells, by which marks are found again.
LISTED: Final[Mapping[Severity, str]] = {"error": WRONG, "warning": DOUBTFUL, "info": HEADING}
REVIEW_TAB: Final = "#C00000"
LINK: Final = "#0563C1"
#: Boxes of comments and their shadow.
NOTE: Final = "#fffbe6"
NOTE_SHADOW: Final = "#999999"

#: The summary workbook: what may be changed, sums, headings of its tables, small print; lines and points of its charts.
OPEN_CELL: Final = "#FFF8DC"
TABLE_HEADING: Final = "#D9E2EF"
QUIET: Final = "#595959"
CHART_BLUE: Final = "#2F5D8A"
CHART_ORANGE: Final = "#C0682C"
CHART_GRID: Final = "#D9D9D9"


def as_argb(colour: str) -> str:
    """``#FFC9CF`` -> ``FFFFC9CF``, as a workbook's XML holds it: opaque."""
    return f"FF{colour[1:]}"


def as_number(colour: str) -> int:
    """``#FFC9CF`` -> ``0xFFC9CF``."""
    return int(colour[1:], 16)


def as_bgr(colour: str) -> int:
    """``#FFC9CF`` -> ``0xCFC9FF``, as VBA's ``Color`` holds it: blue first."""
    return int.from_bytes(bytes.fromhex(colour[1:]), "little")
