"""Text PDFs: ruled tables and the lines between them, by pdfplumber (the extra ``pdf``).

A scanned page has no characters and is refused: amounts are never guessed from pictures.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.limits import MOST_PAGES
from perfeval_xl.sources.document import DocumentTable, Line, TableCell, clean, sheet_of
from perfeval_xl.sources.pdf_lines import unwrapped
from perfeval_xl.sources.sheet import RowPlace, Sheet

if TYPE_CHECKING:
    from types import ModuleType

    from perfeval_xl.sources.pdf_guard import Budget

#: Without a handler, Python prints what pdfminer notes about a file on the error output, between our sentences.
_UNSAID: Final = logging.NullHandler()
#: Ruled edges of one line differ by less than this, in points.
_SAME_EDGE: Final = 3.0
_NUMBER: Final = re.compile(r"[-+]?[0-9][0-9.,，]*[%％]?")
_PAGE_NUMBER: Final = re.compile(
    r"[-—–－\s]*(?:第\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?(?:\s*页)?(?:[,，\s]*共\s*\d+\s*页)?[-—–－\s]*"
)


#: Left, top, right and bottom of a cell in points.
Box = tuple[float, float, float, float]


@dataclass(slots=True)
class _PagePart:
    """The cells of a ruled table on one page, with their texts, row by row."""

    page: int
    rows: list[dict[Box, str]]

    @property
    def edges(self) -> tuple[float, ...]:
        """The left edges of the columns, and the right edge of the table."""
        return _distinct(x for row in self.rows for box in row for x in (box[0], box[2]))


@dataclass(slots=True)
class _Ruled:
    """A table, in one part for each page it stands on."""

    parts: list[_PagePart]

    def table(self, number: int) -> DocumentTable:
        """Cells with their spans: a cell covers every row and column whose edge lies inside its rectangle."""
        lefts = _distinct(edge for part in self.parts for edge in part.edges)[:-1]
        table = DocumentTable([])
        for part in self.parts:
            tops = _distinct(box[1] for row in part.rows for box in row)
            rows: list[list[TableCell]] = [[] for _ in tops]
            for box, text in ((box, text) for row in part.rows for box, text in row.items()):
                column, across = _span(lefts, box[0], box[2])
                row, down = _span(tops, box[1], box[3])
                rows[row].append(TableCell(column, [text], across, down))
            first = len(table.rows) + 1
            table.places += [RowPlace(first + index, number, part.page) for index in range(len(rows))]
            table.rows += rows
        return table


@dataclass(slots=True)
class _Printed:
    """A line or a table as it stands on its page."""

    top: float
    thing: Line | _Ruled


def read_pdf(data: bytes, source: str) -> list[Sheet]:
    """One grid of all pages; a table that goes on over a page break is one table. Raises ``Unreadable``."""
    pdfplumber = _pdfplumber(source)
    from perfeval_xl.sources.pdf_guard import guarded

    with guarded() as budget:
        try:
            with pdfplumber.open(io.BytesIO(data)) as document:
                pages = _pages(document, source, budget)
        except Unreadable:
            raise
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except Exception as problem:  # a damaged file makes the library raise exceptions of many kinds
            raise Unreadable("pdf-too-large" if budget.spent else _reason(problem), path=source) from problem
        if budget.spent:  # the library swallowed our exception and went on
            raise Unreadable("pdf-too-large", path=source)
    return [sheet_of(_blocks(pages), source)]


def _pdfplumber(source: str) -> ModuleType:
    try:
        import pdfplumber
    except ImportError as problem:
        raise Unreadable("pdf-needs-extra", path=source) from problem
    logging.getLogger("pdfminer").addHandler(_UNSAID)
    return pdfplumber


def _reason(problem: BaseException) -> str:
    """The message key: a missing password is an exception of that name, sometimes wrapped in another."""
    wrapped = (problem, *problem.args, problem.__cause__, problem.__context__)
    return "file-has-password" if any("Password" in type(each).__name__ for each in wrapped) else "file-damaged"


def _pages(document: Any, source: str, budget: Budget) -> list[list[_Printed]]:
    """What stands on each page, from top to bottom."""
    if len(document.pages) > MOST_PAGES:
        raise Unreadable("pdf-too-long", path=source, most=MOST_PAGES)
    pages: list[list[_Printed]] = []
    characters = 0
    from perfeval_xl.sources.pdf_guard import weigh_page

    for number, page in enumerate(document.pages, 1):
        weigh_page(page, budget)
        characters += sum(1 for character in page.chars if not character["text"].isspace())
        ruled = page.find_tables()
        found = [_Printed(table.bbox[1], _Ruled([_part(table, number, page.chars)])) for table in ruled]
        found += _lines(page, number, [table.bbox for table in ruled])
        pages.append(sorted(found, key=lambda printed: printed.top))
        page.close()
    if not characters:
        raise Unreadable("pdf-is-scanned", path=source)
    return pages


def _part(ruled: Any, page: int, characters: list[dict[str, Any]]) -> _PagePart:
    rows = [
        {cell: text or "" for cell, text in zip(row.cells, texts, strict=True) if cell is not None}
        for row, texts in zip(ruled.rows, ruled.extract(), strict=True)
    ]
    texts = unwrapped({cell: text for row in rows for cell, text in row.items()}, characters)
    return _PagePart(page, [{cell: texts[cell] for cell in row} for row in rows])


def _lines(page: Any, number: int, boxes: list[Box]) -> list[_Printed]:
    """The lines of text that stand outside every table, numbered on their page."""

    def is_outside(thing: dict[str, Any]) -> bool:
        if thing.get("object_type") != "char":
            return False
        x, y = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
        return not any(x0 <= x < x1 and top <= y < bottom for x0, top, x1, bottom in boxes)

    lines = page.filter(is_outside).extract_text_lines(return_chars=False)
    return [
        _Printed(line["top"], Line(line["text"], RowPlace(row, 0, number)))
        for row, line in enumerate(lines, 1)
        if clean(line["text"])
    ]


def _span(edges: tuple[float, ...], start: float, end: float) -> tuple[int, int]:
    inside = [i for i, edge in enumerate(edges) if start - _SAME_EDGE <= edge < end - _SAME_EDGE]
    return (inside[0], len(inside)) if inside else (0, 1)


def _distinct(values: Iterable[float]) -> tuple[float, ...]:
    """Edges in order; those closer than a ruled line is thick are one."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _SAME_EDGE:
            edges.append(value)
    return tuple(edges)


# --- page breaks ----------------------------------------------------------------------------------------------


def _blocks(pages: list[list[_Printed]]) -> Iterator[Line | DocumentTable]:
    """All pages in order; a table at the top of a page goes on with the one at the foot of the page before."""
    things: list[Line | _Ruled] = []
    for page in pages:
        fresh = True
        for printed in page:
            thing = printed.thing
            if isinstance(thing, Line) and _PAGE_NUMBER.fullmatch(thing.text):
                continue
            above = things[-1] if things and fresh else None
            if isinstance(thing, _Ruled) and isinstance(above, _Ruled) and _goes_on(above.parts[-1], thing.parts[0]):
                _append(above, thing.parts[0])
            else:
                things.append(thing)
            fresh = False
    number = 0
    for thing in things:
        number += isinstance(thing, _Ruled)
        yield thing.table(number) if isinstance(thing, _Ruled) else thing


def _goes_on(above: _PagePart, below: _PagePart) -> bool:
    """Whether both are tables of the same outline: every column edge of one is an edge of the other."""
    fewer, more = sorted((above.edges, below.edges), key=len)
    outline = zip((fewer[0], fewer[-1]), (more[0], more[-1]), strict=True)
    return all(abs(edge - other) <= _SAME_EDGE for edge, other in outline) and all(
        min(abs(edge - other) for other in more) <= _SAME_EDGE for edge in fewer
    )


def _append(above: _Ruled, below: _PagePart) -> None:
    """Go on with a table: header rows printed again are left out, a row cut by the page break is put together."""
    seen = [_texts(row) for part in above.parts for row in part.rows]
    while below.rows and _is_header(texts := _texts(below.rows[0])) and texts in seen:
        del below.rows[0]
    if below.rows and _is_rest(above.parts[-1].rows[-1], below.rows[0]):
        last, rest = above.parts[-1].rows[-1], below.rows.pop(0)
        for box, text in rest.items():
            over = _cell_over(last, box)
            if text and over is not None:
                last[over] = f"{last[over].rstrip()}{text.lstrip()}"
    if below.rows:
        above.parts.append(below)


def _texts(row: dict[Box, str]) -> list[str]:
    return ["".join(text.split()) for text in row.values()]


def _is_header(texts: list[str]) -> bool:
    """Whether a row may be a header: some labels and no number."""
    return sum(1 for text in texts if text) >= 3 and not any(_NUMBER.fullmatch(text) for text in texts)


def _is_rest(last: dict[Box, str], first: dict[Box, str]) -> bool:
    """Whether a row is the rest of the one above it: text only below cells that have text, and no number."""
    texts = {box: text for box, text in first.items() if text.strip()}
    if not texts or any(_NUMBER.fullmatch(text) for text in _texts(texts)):
        return False
    if not any(_NUMBER.fullmatch(text) for text in _texts(last)):
        return False
    over = [_cell_over(last, box) for box in texts]
    return all(box is not None and last[box].strip() for box in over)


def _cell_over(row: dict[Box, str], below: Box) -> Box | None:
    """The cell of a row that has the same left and right edges."""
    return next((b for b in row if abs(b[0] - below[0]) <= _SAME_EDGE and abs(b[2] - below[2]) <= _SAME_EDGE), None)
