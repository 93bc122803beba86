"""Sheet + Layout -> Reading: the form, where each field stands, and what could not be read for sure.

A value that cannot be read is null and noted; it is never guessed and never silently dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from perfeval_xl.errors import NotAForm
from perfeval_xl.layout import Layout, locate
from perfeval_xl.layout.seen import as_seen
from perfeval_xl.notes import Note
from perfeval_xl.profile import Profile
from perfeval_xl.reading.form import FormReader
from perfeval_xl.reading.print import POINTS_BESIDE_LABEL, is_placeholder, join_target, rates_in_percent
from perfeval_xl.reading.result import Reading
from perfeval_xl.sources.sheet import Sheet


def read_sheets(sheets: Iterable[Sheet], profile: Profile | None = None) -> list[Reading]:
    """Every form on the visible sheets, in order. Raises ``NotAForm`` when there is none but a sister form."""
    sheets = list(sheets)
    readings: list[Reading] = []
    refused: NotAForm | None = None
    for sheet in (as_seen(sheet) for sheet in sheets if not sheet.hidden):
        try:
            readings += [read_layout(sheet, layout) for layout in locate(sheet, profile)]
        except NotAForm as error:
            refused = refused or error
    if refused and not readings:
        raise refused
    hidden = [sheet.name for sheet in sheets if sheet.hidden and _holds_form(sheet, profile)]
    if hidden and not readings:
        raise NotAForm("form-hidden", path=sheets[0].source, sheet="、".join(hidden))
    if hidden:
        told = tuple(Note("hidden-content", None, None, name, variant="sheet") for name in hidden)
        readings[0] = replace(readings[0], notes=(*readings[0].notes, *told))
    return readings


def _holds_form(sheet: Sheet, profile: Profile | None) -> bool:
    try:
        return bool(locate(as_seen(sheet), profile))
    except NotAForm:
        return False


def read_layout(sheet: Sheet, layout: Layout) -> Reading:
    """The form that ``layout`` finds on ``sheet``."""
    return FormReader(sheet, layout).reading()


__all__ = [
    "POINTS_BESIDE_LABEL",
    "Reading",
    "is_placeholder",
    "join_target",
    "rates_in_percent",
    "read_layout",
    "read_sheets",
]
