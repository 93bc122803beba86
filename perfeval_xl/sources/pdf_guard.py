"""Limits on what a PDF makes its reader do: bytes, fonts, drawings, characters and lines, counted beforehand.

pdfminer, which pdfplumber stands on, undoes every filter to its end and follows every drawing. Streams are therefore
weighed at the moment it wants one (its ``PDFStream.decode`` is given a door, open to everyone who has set no budget),
and each page is walked once by an interpreter that draws nothing and only counts.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

from pdfminer import cmapdb, pdfdevice, pdfinterp, pdftypes
from pdfminer.ascii85 import ascii85decode, asciihexdecode
from pdfminer.lzw import lzwdecode
from pdfminer.runlength import rldecode

from perfeval_xl.package.limits import (
    DEEPEST_DRAWING,
    MOST_DRAWINGS,
    MOST_GLYPHS,
    MOST_PAGE_BYTES,
    MOST_PAGE_CHARACTERS,
    MOST_PAGE_LINES,
    MOST_PDF_BYTES,
    MOST_PREDICTOR_ROW,
    MOST_SLOW_BYTES,
)

_PIECE: Final = 4096


class TooMuchError(Exception):
    """The PDF asks for more than a form ever needs."""


class Budget:
    """What one PDF has used so far. ``spent`` stays true once a limit was passed, also where a library swallows it."""

    def __init__(self) -> None:
        self.left = MOST_PDF_BYTES
        self.spent = False

    def take(self, amount: int, most: int) -> None:
        """Goes on while ``amount`` is within its limit. Raises ``TooMuchError``."""
        if self.spent or amount > most:
            self.spent = True
            raise TooMuchError


_budget: ContextVar[Budget | None] = ContextVar("pdf-budget", default=None)


@contextmanager
def guarded() -> Iterator[Budget]:
    """A budget for all that is read of a PDF inside the block."""
    _install_checks()
    budget = Budget()
    token = _budget.set(budget)
    try:
        yield budget
    finally:
        _budget.reset(token)


# --- streams ------------------------------------------------------------------------------------------------------


@cache
def _install_checks() -> None:
    """Installs the checks once per process; code that runs without a budget is not affected."""
    decode: Callable[[Any], None] = pdftypes.PDFStream.decode

    def weighed(stream: Any) -> None:
        budget = _budget.get()
        if budget is not None:
            _weigh(stream, budget)
        decode(stream)

    pdftypes.PDFStream.decode = weighed  # type: ignore[method-assign, assignment]


def _weigh(stream: Any, budget: Budget) -> None:
    """Undo the filters within the budget, so that undoing them once more is known to be harmless."""
    budget.take(0, 1)
    data: bytes = stream.rawdata
    if stream.decipher:
        data = stream.decipher(stream.objid, stream.genno, data, stream.attrs)
    for name, params in stream.get_filters():
        _weigh_predictor(params, budget)
        data = _undone(data, name, budget)
    budget.left -= len(data)
    budget.take(-budget.left, 0)


def _undone(data: bytes, name: object, budget: Budget) -> bytes:
    if name in pdftypes.LITERALS_FLATE_DECODE:
        return _inflated(data, budget)
    for names, undo in _SLOW:
        if name in names:
            budget.take(len(data), MOST_SLOW_BYTES)
            return undo(data)
    if name in pdftypes.LITERALS_CCITTFAX_DECODE:
        budget.take(len(data), MOST_SLOW_BYTES)
    return data


_SLOW: Final[tuple[tuple[Any, Callable[[bytes], bytes]], ...]] = (
    (pdftypes.LITERALS_LZW_DECODE, lzwdecode),
    (pdftypes.LITERALS_RUNLENGTH_DECODE, rldecode),
    (pdftypes.LITERALS_ASCII85_DECODE, ascii85decode),
    (pdftypes.LITERALS_ASCIIHEX_DECODE, asciihexdecode),
)


def _inflated(data: bytes, budget: Budget) -> bytes:
    """Inflates piece by piece; a damaged stream gives what stands before the damage, as in pdfminer."""
    press = zlib.decompressobj()
    found = io.BytesIO()
    for start in range(0, len(data), _PIECE):
        try:
            size = found.write(press.decompress(data[start : start + _PIECE], budget.left + 1))
        except zlib.error:
            break
        budget.take(found.tell(), budget.left)
        if press.eof or (not size and press.unconsumed_tail):
            break
    return found.getvalue()


def _weigh_predictor(params: Any, budget: Budget) -> None:
    """Checks the row length of a predictor, which is allocated before any data is read."""
    if not isinstance(params, dict):
        return
    row = 1
    for key in ("Columns", "Colors", "BitsPerComponent"):
        value = pdftypes.resolve1(params.get(key, 1))
        row *= abs(value) if isinstance(value, int) else 1
    budget.take(row // 8, MOST_PREDICTOR_ROW)


# --- pages --------------------------------------------------------------------------------------------------------


def weigh_page(page: Any, budget: Budget) -> None:
    """Walk a page of pdfplumber without drawing it. Raises ``TooMuchError``."""
    device = _Scale(page.pdf.rsrcmgr, budget)
    _Walker(page.pdf.rsrcmgr, device).process_page(page.page_obj)


class _Scale(pdfdevice.PDFDevice):  # type: ignore[misc, unused-ignore]
    """A drawing device that only counts what it is told to draw."""

    def __init__(self, manager: Any, budget: Budget) -> None:
        super().__init__(manager)
        self.budget = budget
        self.characters = self.lines = self.drawings = self.depth = self.bytes = 0

    def begin_figure(self, name: Any, bbox: Any, matrix: Any) -> None:
        """A drawing, or a picture, begins."""
        self.drawings += 1
        self.depth += 1
        self.budget.take(self.drawings, MOST_DRAWINGS)
        self.budget.take(self.depth, DEEPEST_DRAWING)

    def end_figure(self, name: Any) -> None:
        """A drawing ends."""
        self.depth -= 1

    def paint_path(self, graphicstate: Any, stroke: Any, fill: Any, evenodd: Any, path: Any) -> None:
        """Lines and rectangles."""
        self.lines += max(1, sum(1 for piece in path if piece[0] in "mh"))
        self.budget.take(self.lines, MOST_PAGE_LINES)

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        """Characters."""
        self.characters += sum(len(piece) for piece in seq if isinstance(piece, bytes))
        self.budget.take(self.characters, MOST_PAGE_CHARACTERS)


class _Walker(pdfinterp.PDFPageInterpreter):  # type: ignore[misc, unused-ignore]
    """Follows the drawings of a page; fonts are looked at before they are made."""

    device: _Scale

    def init_resources(self, resources: Any) -> None:
        """Fonts, colours and drawings that a page names."""
        for spec in _values(pdftypes.resolve1(resources), "Font"):
            _weigh_font(pdftypes.resolve1(spec), self.device.budget)
        super().init_resources(resources)

    def execute(self, streams: Any) -> None:
        """The commands of a page or drawing."""
        for stream in streams:
            found = pdftypes.resolve1(stream)
            if isinstance(found, pdftypes.PDFStream):
                self.device.bytes += len(found.get_data())
        self.device.budget.take(self.device.bytes, MOST_PAGE_BYTES)
        super().execute(streams)


def _weigh_font(font: Any, budget: Budget) -> None:
    """The glyphs that a font lists by ranges, in its widths and in its table to Unicode."""
    if not isinstance(font, dict):
        return
    descendants = pdftypes.resolve1(font.get("DescendantFonts"))
    for each in (font, *(pdftypes.resolve1(item) for item in (descendants if isinstance(descendants, list) else ()))):
        if isinstance(each, dict):
            for key, size in (("W", 3), ("W2", 5)):
                budget.take(_listed(pdftypes.resolve1(each.get(key)), size), MOST_GLYPHS)
    table = pdftypes.resolve1(font.get("ToUnicode"))
    if isinstance(table, pdftypes.PDFStream):
        cmapdb.CMapParser(_Counted(budget), io.BytesIO(table.get_data())).run()


def _listed(widths: Any, size: int) -> int:
    """How many glyphs ``first last width`` and ``first [widths]`` stand for."""
    count = 0
    waiting: list[float] = []
    for item in widths if isinstance(widths, Iterable) else ():
        value = pdftypes.resolve1(item)
        if isinstance(value, list):
            count, waiting = count + len(value), []
        elif isinstance(value, int | float):
            waiting.append(value)
            if len(waiting) == size:
                count, waiting = count + max(0, int(waiting[1] - waiting[0]) + 1), []
    return count


class _Counted(cmapdb.FileUnicodeMap):  # type: ignore[misc, unused-ignore]
    """A character map that counts its entries and stores none."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.budget = budget
        self.count = 0

    def add_cid2unichr(self, cid: Any, code: Any) -> None:
        """One entry."""
        self.count += 1
        self.budget.take(self.count, MOST_GLYPHS)


def _values(resources: Any, key: str) -> list[Any]:
    held = pdftypes.resolve1(resources.get(key)) if isinstance(resources, dict) else None
    return list(held.values()) if isinstance(held, dict) else []
