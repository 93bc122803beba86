"""One worksheet part whose cells are patched: values change, styles and everything around them stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from perfeval_xl.package.addresses import Cell, a1, cell_named, cell_said, parse_range, row_said
from perfeval_xl.package.shared_formulas import leave_behind

Element = Any
_XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
#: What a reader would take for an escape, and what XML cannot hold as it is.
_ESCAPED: Final = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def escaped(text: str) -> str:
    """Text as a cell stores it: ``_x000D_`` for a carriage return, ``_x005F_x000D_`` for that text itself."""
    return _ESCAPED.sub(lambda match: "_x005F_x" if match[0] == "_x" else f"_x{ord(match[0]):04X}_", text)


class SheetPart:
    """The tree of a worksheet part with quick access to its rows and cells."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.namespace = etree.QName(root).namespace or ""
        self.data = root.find(self.tag("sheetData"))
        self._drop_unsound_merges()
        self.removed_formula = False
        #: Whether anything in the part is another than it was.
        self.changed = False
        self._rows: dict[int, Element] = {}
        self._cells: dict[int, dict[int, Element]] = {}
        self.index()

    def tag(self, name: str) -> str:
        """The qualified name of a spreadsheet element."""
        return f"{{{self.namespace}}}{name}"

    def index(self) -> None:
        """Finds rows and cells anew where ``sources`` reads them: those without a sound ``r`` follow the one before."""
        self._rows, self._cells = {}, {}
        row_tag, cell_tag = self.tag("row"), self.tag("c")
        number = -1
        for row in self.data.iterchildren(row_tag):
            number = row_said(row.get("r"), number + 1)
            self._rows[number] = row
            cells = self._cells.setdefault(number, {})
            column = -1
            for cell in row.iterchildren(cell_tag):
                place = cell_named(cell.get("r", ""))
                if place is None or place.row != number:
                    place = self._placed(cell, Cell(number, column + 1))
                    self._cells.setdefault(place.row, {})[place.column] = cell
                else:
                    cells[place.column] = cell
                column = place.column

    def _placed(self, cell: Element, otherwise: Cell) -> Cell:
        """Where a cell is that does not say so as Excel does; in its own row it says so from now on."""
        said = cell.get("r")
        place = cell_said(said, otherwise)
        if said is not None and place.row == otherwise.row and said != (sound := a1(*place)):
            cell.set("r", sound)
        return place

    def _drop_unsound_merges(self) -> None:
        """Nobody reads a merge that is no area, and Excel takes a file with one for damaged."""
        holder = self.root.find(self.tag("mergeCells"))
        for merge in list(holder) if holder is not None else ():
            try:
                parse_range(merge.get("ref") or "")
            except ValueError:
                holder.remove(merge)
        if holder is not None and not len(holder):
            self.root.remove(holder)

    def rows(self) -> dict[int, Element]:
        """Row number (from 0) -> row element."""
        return self._rows

    def cells(self, row: int) -> dict[int, Element]:
        """Column number -> cell element of one row."""
        return self._cells.get(row, {})

    def formula(self, cell: Cell) -> str | None:
        """The formula of a cell, or ``None``."""
        element = self._cells.get(cell.row, {}).get(cell.column)
        found = None if element is None else element.find(self.tag("f"))
        return None if found is None else (found.text or "")

    def computes(self, cell: Cell) -> bool:
        """Whether a cell has a formula."""
        return self.formula(cell) is not None

    def style(self, cell: Cell) -> str | None:
        """The number of a cell's format; of a cell that is not there, its row's or column's."""
        element = self._cells.get(cell.row, {}).get(cell.column)
        if element is not None:
            return str(element.get("s")) if element.get("s") else None
        row = self._rows.get(cell.row)
        if row is not None and row.get("customFormat") in ("1", "true"):
            return str(row.get("s")) if row.get("s") else None
        return self._column_style(cell.column)

    def set_value(self, cell: Cell, value: str | Decimal | None) -> None:
        """Puts a value in a cell, replacing its formula; ``None`` leaves the cell truly empty, ``""`` an empty text."""
        if value is None and cell.column not in self._cells.get(cell.row, {}):
            return
        element = self._element(cell)
        if self._holds(element, value):
            return
        self.changed = True
        formula = element.find(self.tag("f"))
        if formula is not None:
            self.removed_formula = True
            leave_behind(element, formula, self._formulas())
        for child in list(element):
            element.remove(child)
        element.attrib.pop("t", None)
        if isinstance(value, str):
            element.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(element, self.tag("is")), self.tag("t"))
            # No text rather than an empty one: both are read alike, but only <t/> is written as it was read.
            text.text = escaped(value) or None
            text.set(_XML_SPACE, "preserve")
        elif value is not None:
            etree.SubElement(element, self.tag("v")).text = format(value, "f")

    def _formulas(self) -> Iterator[tuple[Element, Element]]:
        """Every cell that has a formula, with its formula."""
        for row in self._cells.values():
            for cell in row.values():
                formula = cell.find(self.tag("f"))
                if formula is not None:
                    yield cell, formula

    def _holds(self, element: Element, value: str | Decimal | None) -> bool:
        """Whether a cell holds exactly that, as this class writes it."""
        kinds = [etree.QName(child).localname for child in element]
        if value is None:
            return not kinds and "t" not in element.attrib
        if isinstance(value, str):
            found = element.find(f"{self.tag('is')}/{self.tag('t')}")
            is_alone = kinds == ["is"] and found is not None and len(found.getparent()) == 1
            return is_alone and element.get("t") == "inlineStr" and (found.text or "") == escaped(value)
        return kinds == ["v"] and "t" not in element.attrib and element[0].text == format(value, "f")

    def set_cached(self, cell: tuple[int, int], value: str | Decimal) -> None:
        """Replaces the cached result of a formula cell; its formula stays. Does nothing where there is no formula."""
        row, column = cell
        element = self._cells.get(row, {}).get(column)
        if element is None or element.find(self.tag("f")) is None:
            return
        result = escaped(value) if isinstance(value, str) else format(value, "f")
        kind = "str" if isinstance(value, str) else None
        if element.get("t") == kind and (element.findtext(self.tag("v")) or "") == result:
            return
        self.changed = True
        for old in element.findall(self.tag("v")):
            element.remove(old)
        element.attrib.pop("t", None)
        if kind:
            element.set("t", kind)
        etree.SubElement(element, self.tag("v")).text = result or None

    def recalculate_on_load(self) -> None:
        """Asks the program that opens the workbook to compute again, by a mark in this part and no other.

        Does nothing in a sheet without formulas.
        """
        if self.root.find(f".//{self.tag('f')}") is None:
            return
        settings = self.root.find(self.tag("sheetCalcPr"))
        if settings is None:
            self.changed = True
            settings = etree.Element(self.tag("sheetCalcPr"))
            self.data.addnext(settings)
        settings.set("fullCalcOnLoad", "1")

    def set_height(self, row: int, points: float) -> None:
        """Gives a row at least ``points`` of height, without pinning it: it still grows with what is typed."""
        element = self._rows.get(row)
        if element is not None and float(element.get("ht", "0")) < points:
            self.changed = True
            element.set("ht", f"{points:g}")
            element.attrib.pop("customHeight", None)

    def _element(self, cell: Cell) -> Element:
        existing = self._cells.get(cell.row, {}).get(cell.column)
        if existing is not None:
            return existing
        row = self._row(cell.row)
        element = etree.Element(self.tag("c"), r=a1(cell.row, cell.column))
        style = row.get("s") if row.get("customFormat") in ("1", "true") else self._column_style(cell.column)
        if style:
            element.set("s", style)
        _insert_ordered(row, element, self._cells[cell.row], cell.column)
        return element

    def _row(self, number: int) -> Element:
        if number not in self._rows:
            element = etree.Element(self.tag("row"), r=str(number + 1))
            _insert_ordered(self.data, element, self._rows, number)
            self._cells[number] = {}
        return self._rows[number]

    def _column_style(self, column: int) -> str | None:
        for entry in self.root.iterfind(f"{self.tag('cols')}/{self.tag('col')}"):
            if int(entry.get("min", "0")) <= column + 1 <= int(entry.get("max", "0")):
                return str(entry.get("style")) if entry.get("style") else None
        return None


def _insert_ordered(parent: Element, element: Element, siblings: dict[int, Element], number: int) -> None:
    """Puts ``element`` behind the last sibling with a smaller number."""
    before = [key for key in siblings if key < number]
    if before:
        siblings[max(before)].addnext(element)
    else:
        parent.insert(0, element)
    siblings[number] = element
