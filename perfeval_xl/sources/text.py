"""Plain text, Markdown, TSV and CSV: what was printed as a table becomes rows and cells again.

Five ways of printing a table are known, and may stand below each other in one file: tabs between cells; pipes
between cells; one cell per line, each after a tab; HTML; and cells glued together, which stay one line each. The
form is not understood here.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import Final

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import Range
from perfeval_xl.package.limits import MOST_LINES, MOST_TABLE_CELLS, MOST_TEXT
from perfeval_xl.sources.document import DocumentTable, clean, sheet_of, without_markup
from perfeval_xl.sources.encoding import decode
from perfeval_xl.sources.sheet import CellError, RowPlace, Sheet, Value
from perfeval_xl.sources.web import html_blocks

_HEADING: Final = re.compile(r"\s{0,3}#{1,6}\s")
_STRONG: Final = re.compile(r"\*\*(\S(?:[^*\n]*\S)?)\*\*")
_RULE: Final = re.compile(r"\A\s*(?:-{3,}|\*{3,}|_{3,}|`{3,}\w*)\s*\Z")
_PIPE_RULE: Final = re.compile(r"\A\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*\Z")
_NUMBER: Final = re.compile(r"[0-9０-９.,，]+[%％]?|[-—]")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_TABLE_TAG: Final = re.compile(r"<(/?)table\b[^<>]*>", re.IGNORECASE)
#: A file prints one cell per line when nearly all its tabs open a line, and there are enough to tell.
_FEWEST_CELL_LINES: Final = 8
_CELL_LINES_SHARE: Final = 0.9
#: A quoted cell of pasted spreadsheet text has at most so many lines; else the quote is only a character.
_MOST_QUOTED_LINES: Final = 20
_DELIMITERS: Final = ",;\t|"


@dataclass(slots=True)
class _TextRow:
    """Cells as printed, and the number of the line they begin on; no cells are a gap between rows."""

    line: int
    cells: list[str]


def read_text(data: bytes, source: str) -> list[Sheet]:
    """One grid of a text, in the order of its lines. Raises ``Unreadable`` when the bytes are no text."""
    if len(data) > MOST_TEXT:
        raise Unreadable("document-too-large", path=source)
    text = decode(data, source).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    suffix = PurePath(source).suffix.lower()
    if suffix == ".csv":
        rows = _csv_rows(text)
        return [_sheet(rows, source, markup=False, width=_agreement(rows)[1])]
    if suffix == ".tsv":
        return [_sheet(_tab_rows(_numbered(text)), source, markup=False)]
    return [_joined(_sections(text, source), source)]


def _sections(text: str, source: str) -> Iterator[Sheet]:
    """The pieces of a text between its HTML tables, and these, as grids of their own."""
    end, tables = 0, 0
    for first, last in _html_tables(text):
        yield _sheet(_rows(text[end:first], _line_at(text, end)), source)
        blocks = html_blocks(text[first:last], source, tables, _line_at(text, first))
        tables += sum(1 for block in blocks if isinstance(block, DocumentTable))
        yield sheet_of(blocks, source)
        end = last
    yield _sheet(_rows(text[end:], _line_at(text, end)), source)


def _html_tables(text: str) -> Iterator[tuple[int, int]]:
    """Where each HTML table begins and ends, tables inside it included; one that is never closed is text."""
    depth = first = 0
    for tag in _TABLE_TAG.finditer(text):
        if not tag[1]:
            first = tag.start() if depth == 0 else first
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield first, tag.end()


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _joined(pieces: Iterator[Sheet], source: str) -> Sheet:
    """Grids below each other as one."""
    rows: list[tuple[Value, ...]] = []
    merges: list[Range] = []
    places: dict[int, RowPlace] = {}
    for piece in pieces:
        top = len(rows)
        rows += piece.rows
        merges += [Range(top + m.top, m.left, top + m.bottom, m.right) for m in piece.merges]
        places |= {top + row: place for row, place in piece.places.items()}
    return Sheet(source, PurePath(source).stem, tuple(rows), tuple(merges), addressing="table", places=places)


def _sheet(rows: Iterator[_TextRow] | list[_TextRow], source: str, markup: bool = True, width: int = 0) -> Sheet:
    """Printed rows as a grid: white space around cells is gone, one gap is enough. ``width``: of most rows of a CSV."""
    grid: list[list[Value]] = []
    places: dict[int, RowPlace] = {}
    cells = lines = 0
    for row in rows:
        values: list[Value] = [clean(without_markup(cell) if markup else cell) for cell in row.cells]
        values = _without_torn(values, width) if width else values
        if not any(values) and (not grid or not any(grid[-1])):
            continue
        cells += len(values)
        lines += len(values) == 1
        if cells > MOST_TABLE_CELLS or lines > MOST_LINES:
            raise Unreadable("document-too-large", path=source)
        places[len(grid)] = RowPlace(row.line)
        grid.append(values)
    while grid and not any(grid[-1]):
        places.pop(len(grid) - 1)
        grid.pop()
    # Empty cells at the end of a row stay: how long a printed row is tells whether the print shifted it.
    rows_as_printed = tuple(tuple(row) for row in grid)
    return Sheet(source, PurePath(source).stem, rows_as_printed, addressing="table", places=places)


# --- lines -> rows --------------------------------------------------------------------------------------------


def _numbered(text: str, first: int = 1) -> list[tuple[int, str]]:
    return list(enumerate(text.split("\n"), first))


def _rows(text: str, first: int) -> Iterator[_TextRow]:
    """Rows of a text that may hold tables of tabs, of pipes, or of one cell per line."""
    lines = _numbered(text, first)
    if _is_one_cell_per_line(lines):
        yield from _rejoined(list(_cell_rows(lines)))
    elif any("\t" in line for _, line in lines):
        yield from _tab_rows(lines)
    else:
        yield from _pipe_rows(lines)


def _plain(line: str) -> str:
    """A line outside tables without the marks of Markdown."""
    heading = _HEADING.match(line)
    text = line[heading.end() :].rstrip().rstrip("#") if heading else line
    return "" if _RULE.match(line) else _STRONG.sub(r"\1", text)


def _tab_rows(lines: list[tuple[int, str]]) -> Iterator[_TextRow]:
    """Tabs part cells. A block of lines ends at an empty line; in it, rows broken over lines are mended."""
    block: list[_TextRow] = []
    for number, line in _with_quoted_cells(lines):
        if line.strip(" \u3000"):
            block.append(_TextRow(number, line.split("\t") if "\t" in line else [_plain(line)]))
            continue
        yield from _mended(block)
        yield _TextRow(number, [])
        block = []
    yield from _mended(block)


def _with_quoted_cells(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Join lines inside a quoted cell, as a spreadsheet puts them on the clipboard, and undo the quotes."""
    at = 0
    while at < len(lines):
        number, line = lines[at]
        at += 1
        if '"' in line and "\t" in line:
            cells, last = _quoted_split(line), at
            ahead = min(len(lines), at + _MOST_QUOTED_LINES)
            if not any(more.endswith('"') or '"\t' in more for _, more in lines[at:ahead]):
                ahead = at
            while not _is_whole(cells[-1]) and last < ahead:
                cells[-1:] = _quoted_split(f"{cells[-1]}\n{lines[last][1]}")
                last += 1
            if _is_whole(cells[-1]):
                at = last
            else:
                cells = line.split("\t")
            line = "\t".join(_unquoted(cell) for cell in cells)
        yield number, line


def _is_whole(cell: str) -> bool:
    """Whether a cell that begins with a quote also ends with one."""
    return not cell.startswith('"') or _closed(cell)


def _quoted_split(line: str) -> list[str]:
    """Cells between tabs; a tab inside a quoted cell does not part."""
    cells: list[str] = []
    for piece in line.split("\t"):
        if cells and cells[-1].startswith('"') and not _closed(cells[-1]):
            cells[-1] += f"\t{piece}"
        else:
            cells.append(piece)
    return cells


def _closed(cell: str) -> bool:
    return len(cell) > 1 and cell.endswith('"') and cell.count('"') % 2 == 0


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"').replace("\t", " ") if cell.startswith('"') and _closed(cell) else cell


def _mended(block: list[_TextRow]) -> list[_TextRow]:
    """Join the two halves of a row that broke inside a cell: only where both together are exactly one full row.

    Between full rows a short row and what follows it are halves when their cells, less the broken one, add up.
    """
    widths = Counter(len(row.cells) for row in block if len(row.cells) > 1)
    full = widths.most_common(1)[0][0] if widths else 0
    if full < 4:
        return block
    mended: list[_TextRow] = []
    at = 0
    while at < len(block):
        end = _end_of_halves(block, at, full)
        if end > at:
            mended.append(_TextRow(block[at].line, _glued([row.cells for row in block[at : end + 1]])))
        else:
            mended.append(block[at])
        at = max(end, at) + 1
    return mended


def _end_of_halves(block: list[_TextRow], first: int, full: int) -> int:
    """The index of the last piece of the row that begins at ``first``; ``first`` itself when it is whole."""
    neighbours = [block[i] for i in (first - 1,) if i >= 0]
    cells = block[first].cells
    if not 1 < len(cells) < full or not cells[-1].strip() or any(len(row.cells) != full for row in neighbours):
        return first
    total, last = len(cells), first
    while last + 1 < len(block) and total < full:
        following = block[last + 1].cells
        if not following[0].strip():
            return first
        total, last = total + len(following) - 1, last + 1
        if total == full and len(following) > 1:
            is_inside = last + 1 < len(block) and len(block[last + 1].cells) == full
            return last if neighbours and is_inside else first
    return first


def _glued(pieces: list[list[str]]) -> list[str]:
    cells = list(pieces[0])
    for piece in pieces[1:]:
        cells[-1] = f"{cells[-1]}\n{piece[0]}"
        cells += piece[1:]
    return cells


# --- one cell per line ----------------------------------------------------------------------------------------


def _is_one_cell_per_line(lines: list[tuple[int, str]]) -> bool:
    with_tabs = [line for _, line in lines if "\t" in line]
    opening = sum(1 for line in with_tabs if line.startswith("\t") and line.count("\t") == 1)
    return opening >= _FEWEST_CELL_LINES and opening >= _CELL_LINES_SHARE * len(with_tabs)


def _cell_rows(lines: list[tuple[int, str]]) -> Iterator[_TextRow]:
    """A line after a tab is a further cell of the row, a line without one goes on with the cell.

    An empty line ends the row, unless what follows it goes on with the cell: a line without tab between the cells.
    """
    row: _TextRow | None = None
    gap = False
    for index, (number, line) in enumerate(lines):
        if not line.strip() and "\t" not in line:
            gap = True
            continue
        if line.startswith("\t"):
            if row is not None and not gap:
                row.cells.append(line[1:])
            else:
                if row is not None:
                    yield row
                row = _TextRow(number, [line[1:]])
        elif row is not None and (not gap or _goes_on(row.cells[-1], lines, index)):
            row.cells[-1] = f"{row.cells[-1]}\n{line}"
        else:
            if row is not None:
                yield row
            row = None
            yield _TextRow(number, [_plain(line)])
        gap = False
    if row is not None:
        yield row


def _goes_on(cell: str, lines: list[tuple[int, str]], index: int) -> bool:
    """Whether the line without tab behind an empty line belongs to the cell above: further cells follow at once.

    The title of the next form does not: an empty line, another line or nothing follows it; nor does text go on
    with an empty cell or with a number.
    """
    following = lines[index + 1][1] if index + 1 < len(lines) else ""
    return following.startswith("\t") and bool(cell.strip()) and not _NUMBER.fullmatch(cell.strip())


def _rejoined(rows: list[_TextRow]) -> Iterator[_TextRow]:
    """Join rows that an empty line at the end of a cell has torn: with them the row is as long as the one before."""
    at, full = 0, 0
    while at < len(rows):
        cells = list(rows[at].cells)
        end = at
        while full >= 5 and 1 < len(cells) < full and end + 1 < len(rows) and rows[end + 1].cells[0].strip():
            end += 1
            cells += rows[end].cells
        if len(cells) != full:
            cells, end = rows[at].cells, at
        yield _TextRow(rows[at].line, cells)
        full, at = len(cells), end + 1


# --- pipes ----------------------------------------------------------------------------------------------------


def _pipe_rows(lines: list[tuple[int, str]]) -> Iterator[_TextRow]:
    """Pipes part cells in lines with two of them, or with one where the lines beside it are of that kind."""
    for index, (number, line) in enumerate(lines):
        if not line.strip():
            yield _TextRow(number, [])
        elif not _is_pipe_row(lines, index):
            yield _TextRow(number, [_plain(line)])
        elif not _PIPE_RULE.match(line):
            yield _TextRow(number, _pipe_cells(line))


def _is_pipe_row(lines: list[tuple[int, str]], index: int) -> bool:
    pipes = len(_PIPE.findall(lines[index][1]))
    beside = [lines[i][1] for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    return pipes > 1 or (pipes == 1 and any(_PIPE.search(line) for line in beside))


def _pipe_cells(line: str) -> list[str]:
    cells = [_STRONG.sub(r"\1", cell.replace("\\|", "|")) for cell in _PIPE.split(line.strip())]
    return cells[1:] if line.lstrip().startswith("|") else cells


# --- CSV ------------------------------------------------------------------------------------------------------


def _csv_rows(text: str) -> list[_TextRow]:
    """Rows of a CSV file. The delimiter is the one that most lines agree on; quotes that do not close are text."""
    said = re.match(r"sep=(.)\n", text)
    if said:
        return _parsed(text[said.end() :], said[1], 2)
    candidates = [_parsed(text, delimiter, 1) for delimiter in _DELIMITERS if delimiter in text]
    return max(candidates, key=_agreement, default=[_TextRow(number, [line]) for number, line in _numbered(text)])


def _without_torn(values: list[Value], width: int) -> list[Value]:
    """A row longer than the others in which thousands stand without quotes (4,140.00): from there on nobody can tell
    which cell is which.
    """
    if len(values) <= width:
        return values
    first = next((place for place, (one, two) in enumerate(pairwise(values)) if _is_torn(one, two)), len(values))
    return [*values[:first], *(None if value is None else CellError(str(value)) for value in values[first:])]


def _is_torn(one: Value, two: Value) -> bool:
    """Whether two cells may be the two halves of one number with a thousands comma."""
    if not isinstance(one, str) or not isinstance(two, str):
        return False
    return bool(re.fullmatch(r"[-+¥￥]?\d{1,3}", one) and re.fullmatch(r"\d{3}(?:\.\d+)?", two))


def _parsed(text: str, delimiter: str, first: int) -> list[_TextRow]:
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting, strict=True)
        rows: list[_TextRow] = []
        try:
            begin = first
            for cells in reader:
                rows.append(_TextRow(begin, cells))
                begin = first + reader.line_num
        except csv.Error:
            continue
        return rows
    return [_TextRow(number, line.split(delimiter)) for number, line in _numbered(text, first)]


def _agreement(rows: list[_TextRow]) -> tuple[float, int]:
    """The share of the lines that have the most usual number of cells, one cell not counted; then that number."""
    widths = Counter(len(row.cells) for row in rows if row.cells)
    usual, count = max(((w, n) for w, n in widths.items() if w > 1), key=lambda pair: pair[1], default=(1, 0))
    return count / max(sum(widths.values()), 1), usual
