"""The region whose rules a formula follows where it names none: that of the document it stands in.

The same places in the same order as in Excel: the mark of a template, a name of the workbook, its property.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Any, Final

from perfeval_xl.addin.libreoffice.document import properties_of
from perfeval_xl.layout.names import MARK, TEMPLATE_NAME
from perfeval_xl.profile import profile_ids

#: A name of a workbook that was not made from a template; it holds the id as a text.
PROFILE_NAME: Final = "perf_profile"
PROPERTY: Final = "perfeval_profile"
#: For which a document is not asked again: a calculation asks for every cell.
SECONDS: Final = 2.0


class Regions:
    """Remembers the region of the document that was asked last."""

    def __init__(self) -> None:
        self._document = ""
        self._since = -SECONDS
        self._found: str | None = None

    def profile_of(self, document: Any) -> str | None:
        """The profile id a document names, if this add-in knows it; looked up once in a calculation."""
        now = monotonic()
        if document.RuntimeUID != self._document or now - self._since > SECONDS:
            self._found = look_up(document)
            self._document, self._since = document.RuntimeUID, now
        return self._found


def look_up(document: Any) -> str | None:
    """The first known profile id that the document names."""
    return next((name for name in _named(document) if name in profile_ids()), None)


def _named(document: Any) -> Iterator[str]:
    for number in range(document.Sheets.Count):
        names = document.Sheets.getByIndex(number).NamedRanges
        if names.hasByName(TEMPLATE_NAME):
            cells = names.getByName(TEMPLATE_NAME).ReferredCells
            mark = cells and MARK.fullmatch(cells.getCellByPosition(0, 0).String.strip())
            if mark:
                yield mark[1]
    if document.NamedRanges.hasByName(PROFILE_NAME):
        yield document.NamedRanges.getByName(PROFILE_NAME).Content.strip('="')
    yield from (str(entry.Value) for entry in properties_of(document) if entry.Name == PROPERTY)
