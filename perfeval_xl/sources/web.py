"""HTML pages, and HTML that office systems save as .xls or .doc: tables with row and column spans."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from perfeval_xl.errors import NotAForm, Unreadable
from perfeval_xl.package.addresses import MOST_COLUMNS
from perfeval_xl.package.limits import MOST_TABLE_CELLS
from perfeval_xl.package.parts import local
from perfeval_xl.sources.document import DocumentTable, Line, TableCell, clean, sheet_of
from perfeval_xl.sources.encoding import decode
from perfeval_xl.sources.sheet import RowPlace, Sheet

_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_XML_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
#: Tables inside tables deeper than this are read as text.
_DEEPEST: Final = 8
_SKIPPED: Final = frozenset({"head", "script", "style", "template", "noscript", "select", "textarea", "xml"})
_BLOCK: Final = re.compile(
    "address|article|aside|blockquote|body|br|caption|center|dd|div|dl|dt|fieldset|figure|footer|form|h[1-6]|header|hr"
    "|html|li|main|nav|ol|p|pre|section|tr|ul"
)

#: A mark in the head of every report that ``perfeval report`` writes.
OWN_REPORT: Final = b'content="perfeval-xl report"'


def read_html(data: bytes, source: str) -> list[Sheet]:
    """One grid of the page: tables below each other, headings and paragraphs between them.

    Raises ``Unreadable``, and ``NotAForm`` for a report of ours, whose tables of many forms look like one.
    """
    declared = _CHARSET.search(data[:4096])
    if OWN_REPORT in data[:4096]:
        raise NotAForm("own-report", path=source)
    text = decode(data, source, declared[1].decode("ascii", "replace") if declared else None)
    return [sheet_of(_Page(source).blocks(parse_html(text, source)), source)]


def read_mhtml(data: bytes, source: str) -> list[Sheet]:
    """The page inside a web archive (.mht, and what Word and Excel call a single file web page)."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
        bodies = [body for part in pages if isinstance(body := part.get_payload(decode=True), bytes)]
    except (ValueError, LookupError, AttributeError, IndexError, TypeError, RecursionError) as problem:
        raise Unreadable("file-damaged", path=source) from problem
    if not bodies:
        raise Unreadable("file-not-office", path=source)
    return [sheet for body in bodies for sheet in read_html(body, source)]


def parse_html(text: str, source: str) -> etree._Element:
    """The root element of a page or of a piece of one."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = etree.fromstring(_XML_DECLARATION.sub("", text).encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as problem:
        raise Unreadable("file-damaged", path=source) from problem
    if root is None:
        raise Unreadable("file-damaged", path=source)
    return root


def html_blocks(text: str, source: str, tables_before: int = 0, line: int = 1) -> list[Line | DocumentTable]:
    """The lines and tables of a piece of HTML that stands inside a text, from its ``line`` on."""
    return list(_Page(source, tables_before, line).blocks(parse_html(text, source)))


class _Page:
    """Walks the elements of a page and counts its tables and lines."""

    def __init__(self, source: str, tables: int = 0, line: int = 1) -> None:
        self.source = source
        self.tables = tables
        self.lines = line - 1
        self.cells = 0

    def blocks(self, root: etree._Element) -> Iterator[Line | DocumentTable]:
        pieces: list[str] = []
        for piece in _pieces(root, tables_too=True):
            if isinstance(piece, str):
                pieces.append(piece)
                continue
            yield from self._lines("".join(pieces))
            pieces = []
            self.tables += 1
            for caption in piece.iterchildren("caption"):
                yield from self._lines("".join(str(text) for text in caption.itertext()))
            yield self._table(piece, self.tables)
        yield from self._lines("".join(pieces))

    def _lines(self, text: str) -> Iterator[Line]:
        for line in _collapsed(text).split("\n"):
            if clean(line):
                self.lines += 1
                yield Line(line, RowPlace(self.lines))

    def _table(self, element: etree._Element, number: int, depth: int = 1) -> DocumentTable:
        """The rows of a table by the algorithm of the HTML standard; a span ends with the table at the latest."""
        rows = [row for group in _row_groups(element) for row in group]
        table = DocumentTable([], [RowPlace(row + 1, number) for row in range(len(rows))])
        taken: dict[int, int] = {}  # column -> first row that is free again
        for index, row in enumerate(rows):
            cells: list[TableCell] = []
            column = 0
            for item in row:
                if local(item.tag) not in ("td", "th"):
                    continue
                while taken.get(column, 0) > index:
                    column += 1
                across = min(max(_number(item.get("colspan"), 1), 1), 1000)
                down = _number(item.get("rowspan"), 1) or len(rows)
                down = min(max(down, 1), len(rows) - index)
                self.cells += across
                if column + across > MOST_COLUMNS or self.cells > MOST_TABLE_CELLS:
                    raise Unreadable("document-too-large", path=self.source)
                # A span that runs into a cell from above ends there, though browsers print one over the other.
                across = next((n for n in range(1, across) if taken.get(column + n, 0) > index), across)
                cells.append(TableCell(column, self._content(item, number, depth), across, down))
                if down > 1:
                    taken.update(dict.fromkeys(range(column, column + across), index + down))
                column += across
            table.rows.append(cells)
        return table

    def _content(self, cell: etree._Element, number: int, depth: int) -> list[str | DocumentTable]:
        """The texts and tables of a cell in order."""
        content: list[str | DocumentTable] = []
        pieces: list[str] = []
        for piece in _pieces(cell, tables_too=depth < _DEEPEST):
            if isinstance(piece, str):
                pieces.append(piece)
            else:
                content += [_collapsed("".join(pieces)), self._table(piece, number, depth + 1)]
                pieces = []
        content.append(_collapsed("".join(pieces)))
        return content


def _pieces(root: etree._Element, tables_too: bool) -> Iterator[str | etree._Element]:
    """Text and tables below an element in document order; block elements become line breaks, marked by ``\\v``."""
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        name = local(element.tag).lower()
        if event == "start":
            if element is not root and name in _SKIPPED:
                walker.skip_subtree()
                continue
            if element is not root and name == "table" and tables_too:
                walker.skip_subtree()
                yield "\v"
                yield element
                continue
            if _BLOCK.fullmatch(name):
                yield "\v"
            yield element.text or ""
            continue
        if _BLOCK.fullmatch(name) and name != "br":
            yield "\v"
        elif name in ("td", "th") and element is not root:
            yield " "
        if element is not root:
            yield element.tail or ""


def _row_groups(table: etree._Element) -> Iterator[list[etree._Element]]:
    """The rows of head, bodies and foot, in the order they are shown; rows of nested tables are not among them."""
    groups: dict[str, list[etree._Element]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in table:
        name = local(child.tag).lower()
        if name == "tr":
            groups["tbody"].append(child)
        elif name in groups:
            groups[name] += [row for row in child if local(row.tag).lower() == "tr"]
    yield from groups.values()


def _number(text: str | None, otherwise: int) -> int:
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 9 else otherwise


def _collapsed(text: str) -> str:
    """White space as a browser shows it: runs become one blank, blocks and <br> break the line."""
    lines = (_SPACES.sub(" ", line).strip(" ") for line in text.split("\v"))
    return "\n".join(line for line in lines if line)
