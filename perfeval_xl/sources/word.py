"""Word documents: paragraphs and tables with spans, read from the package by lxml.

That is twenty-five times faster than python-docx, which builds an object for every cell. Older formats are
converted by LibreOffice where there is one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from lxml import etree

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import MOST_COLUMNS
from perfeval_xl.package.limits import LONGEST_CONVERSION, MOST_LINES
from perfeval_xl.package.parts import Parts, local
from perfeval_xl.sources.document import DocumentTable, Line, TableCell, clean, sheet_of
from perfeval_xl.sources.sheet import RowPlace, Sheet
from perfeval_xl.sources.symbols import symbol, without_private

#: Tables inside tables deeper than this are left out with their text.
_DEEPEST: Final = 8
#: Text that stands in the file and is not shown, or is shown by something else beside it.
_NOT_SHOWN: Final = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr", "sdtPr", "rt"})
_OFFICE_PLACES: Final = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)


def read_docx(_data: bytes, parts: Parts) -> list[Sheet]:
    """One grid of the document: tables below each other, paragraphs between them. Raises ``Unreadable``."""
    main = main_part(parts)
    body = next(parts.xml(main).iter("{*}body"), None)
    if body is None:
        raise Unreadable("file-damaged", path=parts.source)
    return [sheet_of(DocumentWalk(parts.source).blocks(body), parts.source)]


def main_part(parts: Parts) -> str:
    """The part that holds the text. Raises ``Unreadable`` when it is missing."""
    main = next((link.part for link in parts.relations("") if link.type == "officeDocument"), "word/document.xml")
    if main not in parts:
        raise Unreadable("file-damaged", path=parts.source)
    return main


def read_old_document(data: bytes, source: str) -> list[Sheet]:
    """A .doc, .rtf or .odt, converted by LibreOffice. Raises ``Unreadable`` where there is none."""
    office = find_office()
    suffix = PurePath(source).suffix.lower() or ".doc"
    if office is None:
        raise Unreadable("word-needs-office", path=source, suffix=suffix)
    converted = convert(data, office, source, suffix)
    return read_docx(converted, Parts(converted, source))


def read_odt(data: bytes, parts: Parts) -> list[Sheet]:
    """An OpenDocument text, converted by LibreOffice."""
    return read_old_document(data, parts.source)


class DocumentWalk:
    """Walks the body and counts its paragraphs and tables; remembers where each cell and paragraph stands."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tables = 0
        self.lines = 0
        #: Number of a paragraph or table, from 1 -> its element.
        self.paragraph_elements: dict[int, etree._Element] = {}
        self.table_elements: dict[int, etree._Element] = {}
        #: Numbers of tables that hold further tables.
        self.nesting: set[int] = set()

    def blocks(self, body: etree._Element) -> Iterator[Line | DocumentTable]:
        """The lines and tables of a body in order."""
        for element in blocks_in(body):
            if local(element.tag) == "tbl":
                self.tables += 1
                self.table_elements[self.tables] = element
                yield self._table(element, self.tables)
                continue
            self.lines += 1
            if self.lines > MOST_LINES:
                raise Unreadable("document-too-large", path=self.source)
            self.paragraph_elements[self.lines] = element
            place = RowPlace(self.lines)
            for inside in _framed(element):
                yield from self.blocks(inside)
            for line in paragraph_text(element).split("\n"):
                if clean(line):
                    yield Line(line, place)

    def _table(self, element: etree._Element, number: int, depth: int = 1) -> DocumentTable:
        rows = table_rows(element)
        table = DocumentTable([], [RowPlace(row + 1, number) for row in range(len(rows))])
        open_above: dict[int, TableCell] = {}  # column -> the cell that is merged downwards there
        for row in rows:
            still_open: dict[int, TableCell] = {}
            cells, column = [], property_of(row, "trPr", "gridBefore")
            previous: TableCell | None = None
            for item in inside(row, "tc"):
                shape = Shape.of(item)
                if column + shape.across > MOST_COLUMNS:
                    raise Unreadable("document-too-large", path=self.source)
                if shape.joins_left and previous is not None:
                    previous.across += shape.across
                elif shape.joins_above and column in open_above and open_above[column].across == shape.across:
                    open_above[column].down += 1
                    still_open[column] = open_above[column]
                else:
                    previous = TableCell(column, self._content(item, number, depth), shape.across)
                    cells.append(previous)
                    if shape.opens_downwards:
                        still_open[column] = previous
                column += shape.across
            open_above = still_open
            table.rows.append(cells)
        return table

    def _content(self, cell: etree._Element, number: int, depth: int) -> list[str | DocumentTable]:
        content: list[str | DocumentTable] = []
        texts: list[str] = []
        for element in blocks_in(cell):
            if local(element.tag) == "p":
                texts.append(paragraph_text(element))
            elif depth < _DEEPEST:
                self.nesting.add(number)
                content += ["\n".join(texts), self._table(element, number, depth + 1)]
                texts = []
        return [*content, "\n".join(texts)]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a cell lies in the grid of its table."""

    across: int
    joins_above: bool
    opens_downwards: bool
    joins_left: bool

    @classmethod
    def of(cls, cell: etree._Element) -> Shape:
        """The shape of a ``tc`` element."""
        across, vertical, horizontal = 1, "", ""
        for properties in cell.iterchildren("{*}tcPr"):
            for item in properties:
                name, value = local(item.tag), _value(item)
                if name == "gridSpan":
                    across = max(1, int(value) if value.isdecimal() and len(value) < 6 else 1)
                elif name == "vMerge":
                    vertical = value or "continue"
                elif name == "hMerge":
                    horizontal = value or "continue"
        return cls(across, vertical == "continue", vertical == "restart", horizontal == "continue")


def table_rows(table: etree._Element) -> list[etree._Element]:
    """The rows of a table; a row whose deletion is tracked is none."""
    return [row for row in inside(table, "tr") if not _is_deleted_row(row)]


def paragraph_text(paragraph: etree._Element) -> str:
    """What a paragraph shows: deletions and hidden text are left out, tabs are blanks, breaks are line breaks."""
    pieces: list[str] = []
    walker = etree.iterwalk(paragraph, events=("start",))
    for _, element in walker:
        name = local(element.tag)
        if name in _NOT_SHOWN or name == "txbxContent" or (name == "r" and _is_not_seen(element)):
            walker.skip_subtree()
        elif name == "t":
            pieces.append(without_private(element.text or ""))
        elif name in ("br", "cr"):
            pieces.append("\n")
        elif name in ("tab", "ptab"):
            pieces.append(" ")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name == "sym":
            pieces.append(symbol(_attribute(element, "font"), _attribute(element, "char")))
    return "".join(pieces)


def blocks_in(parent: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs and tables of a body or cell; content controls and tracked insertions are looked through."""
    for child in parent:
        name = local(child.tag)
        if name in ("p", "tbl"):
            yield child
        elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"):
            yield from blocks_in(child)


def inside(parent: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, also those inside content controls."""
    for child in parent:
        name = local(child.tag)
        if name == wanted:
            yield child
        elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from inside(child, wanted)


def _framed(paragraph: etree._Element) -> Iterable[etree._Element]:
    """The contents of text boxes anchored in a paragraph; the copy for old programs is left out."""
    found = []
    walker = etree.iterwalk(paragraph, events=("start",))
    for _, element in walker:
        if local(element.tag) in ("Fallback", "del", "moveFrom"):
            walker.skip_subtree()
        elif local(element.tag) == "txbxContent":
            walker.skip_subtree()
            found.append(element)
    return found


def _is_not_seen(run: etree._Element) -> bool:
    """Whether a run of text is hidden or struck through."""
    return any(
        _value(item) not in ("0", "false", "off")
        for properties in run.iterchildren("{*}rPr")
        for item in properties.iterchildren("{*}vanish", "{*}strike", "{*}dstrike")
    )


def _is_deleted_row(row: etree._Element) -> bool:
    return any(True for properties in row.iterchildren("{*}trPr") for _ in properties.iterchildren("{*}del"))


def property_of(element: etree._Element, holder: str, name: str) -> int:
    """A number in the properties of a row or cell, such as ``gridBefore`` in ``trPr``; 0 where there is none."""
    for properties in element.iterchildren(f"{{*}}{holder}"):
        for item in properties.iterchildren(f"{{*}}{name}"):
            value = _value(item)
            return int(value) if value.isdecimal() and len(value) < 6 else 0
    return 0


def _value(element: etree._Element) -> str:
    return _attribute(element, "val")


def _attribute(element: etree._Element, name: str) -> str:
    """An attribute in any namespace: strict and transitional files use different ones."""
    return next((str(value) for key, value in element.attrib.items() if local(key) == name), "")


# --- older formats, by LibreOffice ----------------------------------------------------------------------------


def find_office() -> str | None:
    """The LibreOffice program of this machine, or ``None``."""
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            return found
    return next((place for place in _OFFICE_PLACES if Path(place).is_file()), None)


def convert(data: bytes, office: str, source: str, suffix: str, to: str = "docx") -> bytes:
    """The document as .docx or another kind. LibreOffice gets an empty user profile, so that no dialog appears.

    Raises ``Unreadable`` when there is no result.
    """
    with tempfile.TemporaryDirectory(prefix="perfeval-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        original = folder / f"original{suffix}"
        original.write_bytes(data)
        command = [
            office,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--convert-to", to, "--outdir", str(folder / "converted")),
            str(original),
        ]
        _run(command, source)
        converted = folder / "converted" / f"original.{to}"
        if not converted.is_file():
            raise Unreadable("word-not-converted", path=source)
        return converted.read_bytes()


def _run(command: list[str], source: str) -> None:
    """Runs the program; ends it with all its child processes when it takes too long."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name == "posix",
        )
    except OSError as problem:
        raise Unreadable("word-not-converted", path=source) from problem
    try:
        process.wait(LONGEST_CONVERSION)
    except subprocess.TimeoutExpired as problem:
        raise Unreadable("word-not-converted", path=source) from problem
    finally:
        if process.poll() is None:
            with contextlib.suppress(OSError):
                _kill(process)
            process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
