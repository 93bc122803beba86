"""A Word document of an office, filled in place: table cells and lines get new text, everything else stays.

A cell keeps the look of its paragraph and of its first run. Where the table is too short, a row is copied and the cells
that span several rows go on over it. Every other part of the package stays byte for byte.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from perfeval_xl.cell_values import NotANumber, rate_in
from perfeval_xl.errors import CannotWrite, NotAForm, Unreadable
from perfeval_xl.layout import Layout, locate
from perfeval_xl.model import Form
from perfeval_xl.package.addresses import Cell
from perfeval_xl.package.editable import Package
from perfeval_xl.package.parts import Parts, local
from perfeval_xl.profile import Profile
from perfeval_xl.sources.document import clean, sheet_of
from perfeval_xl.sources.sheet import RowPlace, Sheet
from perfeval_xl.sources.word import (
    DocumentWalk,
    Shape,
    blocks_in,
    inside,
    main_part,
    paragraph_text,
    property_of,
    table_rows,
)
from perfeval_xl.workbook.fill.add_rows import add_rows
from perfeval_xl.workbook.fill.align import align
from perfeval_xl.workbook.fill.office import OfficeFilling

Element = Any
_XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
#: What XML cannot hold.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
#: Pieces of a paragraph that carry its text; bookmarks and the like are left where they are.
_TEXT_PIECES: Final = frozenset({"r", "hyperlink", "ins", "del", "moveTo", "moveFrom", "smartTag", "sdt", "fldSimple"})
#: What is no text and is kept: pictures, comments, notes.
_KEPT: Final = frozenset({"drawing", "pict", "object", "commentReference", "footnoteReference", "endnoteReference"})
#: A printed rate above this is no rate (10 printed where 100% belongs) and is written as it is.
_HIGHEST_RATE: Final = 5


def into_document(
    data: bytes, name: str, forms: Sequence[Form], profile: Profile | None = None
) -> tuple[bytes, tuple[str, ...]]:
    """``forms`` filled into a document that holds a form for each, in order; and the fields it has no cell for.

    Raises ``NotAForm``, ``CannotWrite``, ``Unreadable``.
    """
    document = _Document(data, name)
    found = document.layouts([profile] * len(forms))
    if not found:
        raise NotAForm("no-form", path=name)
    if len(found) != len(forms):
        raise CannotWrite("other-number-of-forms", path=name, found=len(found), wanted=len(forms))
    profiles: list[Profile | None] = [layout.profile for layout in found]
    document.check(found)
    if _make_room(document, forms, found):
        document = _Document(document.to_bytes(), name)
        found = document.layouts(profiles)
    left_out: list[str] = []
    for form, layout in zip(forms, found, strict=True):
        filling = _WordFilling(document, document.sheet, layout, form)
        filling.fill()
        left_out += [f"{document.sheet.name}: {path}" for path in filling.left_out]
    return document.to_bytes(), tuple(left_out)


def _make_room(document: _Document, forms: Sequence[Form], layouts: Sequence[Layout]) -> bool:
    added = False
    for form, layout in reversed(list(zip(forms, layouts, strict=True))):
        rooms = align(document.sheet, layout, form).room
        for room in sorted(rooms, key=lambda room: room.below, reverse=True):
            if room.below < 0:
                raise CannotWrite("no-place", path=document.name, sheet=document.sheet.name, field=room.table)
            add_rows(document, document.sheet, layout, room)
            added = True
    return added


class _WordFilling(OfficeFilling):
    """Fills one form into a document; a rate is written as a percentage, which no number format does here."""

    def _rate(self, cell: Cell, value: Decimal | None, computed: Decimal | None, *, percent: bool) -> None:
        if percent or value is None or value > _HIGHEST_RATE:
            super()._rate(cell, value, computed, percent=percent)
            return
        try:
            is_same = rate_in(self.sheet[cell], percent=False) == value
        except NotANumber:
            is_same = False
        if not is_same:
            self.part.set_value(self._anchor(cell), f"{(value * 100).normalize():f}%")


class _Document:
    """The main part of a document with its grid. Cells are those of the grid; there are no formulas."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.package = Package(data, name)
        self.main = main_part(Parts(data, name))
        self.root = self.package.tree(self.main)
        body = next(self.root.iter("{*}body"), None)
        if body is None:
            raise Unreadable("file-damaged", path=name)
        self.walk = DocumentWalk(name)
        # Blank rows of a table are there to be filled in, as in a worksheet.
        self.sheet: Sheet = replace(sheet_of(self.walk.blocks(body), name), addressing="A1")
        self.changed = False
        #: Grid row below which rows have been added.
        self._added_below = len(self.sheet.rows)

    def layouts(self, profiles: Sequence[Profile | None]) -> list[Layout]:
        """The forms of the document, each with its profile where that is known."""
        if len({profile.id if profile else None for profile in profiles}) <= 1:
            return locate(self.sheet, profiles[0] if profiles else None)
        return locate(self.sheet)

    def check(self, layouts: Sequence[Layout]) -> None:
        """Refuses tables in which the place of a cell cannot be told. Raises ``CannotWrite``."""
        rows = {cell.row for layout in layouts for _, cell in layout.places()}
        for table in {self._place(row).table for row in rows} & self.walk.nesting:
            raise CannotWrite("word-cannot-fill", path=self.name, table=table)

    def to_bytes(self) -> bytes:
        """The package with what was changed."""
        if self.changed:
            self.package.write_tree(self.main, self.root)
        return self.package.to_bytes()

    # -- where a cell of the grid stands --

    def _place(self, row: int) -> RowPlace:
        return self.sheet.places.get(row, RowPlace(row + 1))

    def _row(self, row: int) -> Element:
        """The row of a table that is ``row`` of the grid, also one that was added."""
        above = min(row, self._added_below)
        place = self._place(above)
        rows = table_rows(self.walk.table_elements[place.table])
        return rows[place.row - 1 + row - above]

    def _cell(self, cell: Cell) -> Element:
        """The ``tc`` that covers a cell of the grid. Raises ``CannotWrite`` where there is none."""
        for column, across, element in _row_cells(self._row(cell.row)):
            if column <= cell.column < column + across:
                return element
        raise CannotWrite("word-cannot-fill", path=self.name, table=self._place(cell.row).table)

    # -- cells --

    def formula(self, cell: Cell) -> str | None:
        """Fields of a document are not formulas of the form."""
        return None

    def computes(self, cell: Cell) -> bool:
        """No cell of a document does."""
        return False

    def set_cached(self, cell: tuple[int, int], value: str | Decimal) -> None:
        """There are no formulas whose results could be kept."""

    def set_height(self, row: int, points: float) -> None:
        """Rows of a document grow by themselves."""

    def set_value(self, cell: Cell, value: str | Decimal | None) -> None:
        """Puts a text in a table cell or in a line outside tables."""
        text = "" if value is None else format(value, "f") if isinstance(value, Decimal) else value
        self.changed = True
        place = self._place(cell.row) if cell.row <= self._added_below else RowPlace(0, 1)
        if place.table:
            _set_cell_text(self._cell(cell), text)
        else:
            _set_line(self.walk.paragraph_elements[place.row], str(self.sheet[cell] or ""), text)

    # -- rows --

    def insert(self, after: int, count: int, held: frozenset[int]) -> None:
        """``count`` rows below grid row ``after``: copies of it without text; cells that span it go on."""
        self.changed = True
        self._added_below = after
        model = self._row(after)
        following = _following(self.walk.table_elements[self._place(after).table], model)
        continued = {column for column, _, cell in _row_cells(following) if Shape.of(cell).joins_above}
        for _ in range(count):
            model.addnext(_blank_copy(model, held, continued))

    def stretch(self, cell: Cell, bottom: int) -> None:
        """Merges a cell downwards: it opens the merge and the cells below it join."""
        _set_merge(self._cell(cell), "continue" if Shape.of(self._cell(cell)).joins_above else "restart")
        for row in range(cell.row + 1, bottom + 1):
            _set_merge(self._cell(Cell(row, cell.column)), "continue")


# --- rows of a table ----------------------------------------------------------------------------------------------


def _row_cells(row: Element | None) -> Iterator[tuple[int, int, Element]]:
    """Grid column, width and element of every cell in a row."""
    if row is None:
        return
    column = property_of(row, "trPr", "gridBefore")
    for cell in inside(row, "tc"):
        across = Shape.of(cell).across
        yield column, across, cell
        column += across


def _following(table: Element, row: Element) -> Element | None:
    rows = table_rows(table)
    number = rows.index(row) + 1
    return rows[number] if number < len(rows) else None


def _blank_copy(model: Element, held: frozenset[int], continued: set[int]) -> Element:
    twin = copy.deepcopy(model)
    for element in twin.iter():
        for key in [key for key in element.attrib if local(key) in ("paraId", "textId")]:
            del element.attrib[key]  # an id of a paragraph must not occur twice
    for column, _, cell in _row_cells(twin):
        shape = Shape.of(cell)
        spans = shape.joins_above or (shape.opens_downwards and column in continued)
        goes_on = spans and (column in continued or column not in held)
        _set_merge(cell, "continue" if goes_on else None)
        _set_cell_text(cell, "", everything=True)
    return twin


def _set_merge(cell: Element, kind: str | None) -> None:
    """Opens a vertical merge (``restart``), joins the one above (``continue``) or ends both (``None``)."""
    properties = next(cell.iterchildren("{*}tcPr"), None)
    if properties is None:
        if kind is None:
            return
        properties = etree.Element(_beside(cell, "tcPr"))
        cell.insert(0, properties)
    for old in list(properties.iterchildren("{*}vMerge")):
        properties.remove(old)
    if kind is None:
        return
    merge = etree.Element(_beside(cell, "vMerge"))
    if kind == "restart":
        merge.set(_beside(cell, "val"), kind)
    before = [child for child in properties if local(child.tag) in ("cnfStyle", "tcW", "gridSpan", "hMerge")]
    properties.insert(properties.index(before[-1]) + 1 if before else 0, merge)


def _beside(element: Element, name: str) -> str:
    """A name in the namespace of an element, which differs between strict and transitional files."""
    return f"{{{etree.QName(element).namespace}}}{name}"


# --- text ---------------------------------------------------------------------------------------------------------


def _set_cell_text(cell: Element, text: str, *, everything: bool = False) -> None:
    paragraphs: list[Element] = [block for block in blocks_in(cell) if local(block.tag) == "p"]
    if not paragraphs:
        paragraphs = [etree.SubElement(cell, _beside(cell, "p"))]
    if not everything and clean("\n".join(map(paragraph_text, paragraphs))) == clean(text):
        return
    _set_paragraph_text(paragraphs[0], text, everything=everything)
    for further in paragraphs[1:]:
        if everything or not any(local(item.tag) in _KEPT for item in further.iter()):
            further.getparent().remove(further)


def _set_line(paragraph: Element, before: str, text: str) -> None:
    """One line of a paragraph that line breaks may divide into several."""
    lines = paragraph_text(paragraph).split("\n")
    number = next((number for number, line in enumerate(lines) if clean(line) == clean(before)), 0)
    _set_paragraph_text(paragraph, "\n".join([*lines[:number], text, *lines[number + 1 :]]))


def _set_paragraph_text(paragraph: Element, text: str, *, everything: bool = False) -> None:
    """New text in the look of the first run; pictures and comments of the paragraph stay."""
    looks = _look(paragraph)
    for child in list(paragraph):
        is_text = local(child.tag) in _TEXT_PIECES and not any(local(item.tag) in _KEPT for item in child.iter())
        if is_text or (everything and local(child.tag) != "pPr"):
            paragraph.remove(child)
    if not text:
        return
    run = etree.Element(_beside(paragraph, "r"))
    if looks is not None:
        run.append(looks)
    for number, line in enumerate(_CONTROL.sub("", text).split("\n")):
        if number:
            etree.SubElement(run, _beside(paragraph, "br"))
        piece = etree.SubElement(run, _beside(paragraph, "t"))
        piece.text = line
        piece.set(_XML_SPACE, "preserve")
    properties = next(paragraph.iterchildren("{*}pPr"), None)
    paragraph.insert(0 if properties is None else paragraph.index(properties) + 1, run)


def _look(paragraph: Element) -> Element | None:
    """The properties of the first run that shows something, else those the paragraph keeps for typing."""
    runs = sorted(paragraph.iter("{*}r"), key=lambda run: not "".join(run.itertext()).strip())
    if runs and (len(runs) == 1 or "".join(runs[0].itertext()).strip()):
        return copy.deepcopy(next(runs[0].iterchildren("{*}rPr"), None))
    for properties in paragraph.iterchildren("{*}pPr"):
        found = next(properties.iterchildren("{*}rPr"), None)
        if found is not None:
            looks = copy.deepcopy(found)
            for tracked in [item for item in looks if local(item.tag) in ("ins", "del", "moveFrom", "moveTo")]:
                looks.remove(tracked)
            return looks
    return None
