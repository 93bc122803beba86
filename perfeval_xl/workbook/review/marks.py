"""Fills that mark cells, in the styles of an existing workbook: added when marking, taken back when marks go.

A marked cell keeps its whole style and gets another fill; its earlier fill is stored as text, which survives
programs that renumber styles.
"""

from __future__ import annotations

import copy
from typing import Any, Final

from lxml import etree

from perfeval_xl import colours
from perfeval_xl.colours import as_argb
from perfeval_xl.model import Severity
from perfeval_xl.package.editable import PARSER
from perfeval_xl.package.relations import insert_in_order, root_element
from perfeval_xl.package.workbook import Workbook

Element = Any
COLOURS: Final[dict[Severity, str]] = {severity: as_argb(colour) for severity, colour in colours.MARKS.items()}
_AFTER_FILLS: Final = ("borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst")


class Marks:
    """The style part of a workbook. Nothing is written before ``save``."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        parts = workbook.related(workbook.part, "styles")
        self.part = parts[0] if parts else None
        self.root = workbook.package.tree(parts[0]) if parts else None
        self._changed = False
        self._marked: dict[tuple[int, Severity], int] = {}

    @property
    def possible(self) -> bool:
        """Whether the workbook has styles at all; without them nothing is coloured."""
        return self.root is not None and self._list("cellXfs") is not None

    def _list(self, name: str) -> Element:
        return None if self.root is None else self.root.find(self.workbook.tag(name))

    def marked(self, style: int, severity: Severity) -> int:
        """The style ``style`` with the fill of a severity."""
        key = (style, severity)
        if key not in self._marked:
            self._marked[key] = self._with_fill(style, _fill(self.workbook, COLOURS[severity]))
        return self._marked[key]

    def is_marked(self, style: int) -> bool:
        """Whether the fill of a style is one of our marks."""
        fill = self._fill_of(style)
        colours = {colour.get("rgb") for colour in fill.iter() if isinstance(colour.tag, str)}
        return bool(colours & set(COLOURS.values()))

    def fill_text(self, style: int) -> str:
        """The fill of a style as text, for ``restored``."""
        return str(etree.tostring(self._fill_of(style), encoding="unicode", with_tail=False))

    def restored(self, style: int, fill: str) -> int:
        """The style ``style`` with the fill described by ``fill_text``; no fill when that is unreadable."""
        try:
            element = etree.fromstring(fill.encode(), PARSER)
        except etree.XMLSyntaxError:
            element = etree.Element(self.workbook.tag("fill"))
            etree.SubElement(element, self.workbook.tag("patternFill"), patternType="none")
        return self._with_fill(style, element)

    def format(self, alignment: dict[str, str], *, font: int = 0, fill: int = 0, border: int = 0) -> int:
        """The number of a cell format made of the numbers of its parts, added when it is new."""
        formats = self._list("cellXfs")
        numbers = {"numFmtId": "0", "fontId": str(font), "fillId": str(fill), "borderId": str(border), "xfId": "0"}
        wanted = etree.Element(self.workbook.tag("xf"), numbers | {"applyFont": "1", "applyFill": "1"})
        wanted.set("applyBorder", "1")
        wanted.set("applyAlignment", "1")
        etree.SubElement(wanted, self.workbook.tag("alignment"), alignment)
        return self._number_of(formats, wanted)

    def border(self, colour: str) -> int:
        """The number of a thin border on all sides, added when it is new."""
        borders = self._list("borders")
        wanted = root_element(self.workbook.tag("border"))
        for side in ("left", "right", "top", "bottom"):
            edge = etree.SubElement(wanted, self.workbook.tag(side), style="thin")
            etree.SubElement(edge, self.workbook.tag("color"), rgb=colour)
        etree.SubElement(wanted, self.workbook.tag("diagonal"))
        return self._number_of(borders, wanted)

    def _number_of(self, holder: Element, wanted: Element) -> int:
        for number, known in enumerate(holder):
            if _canonical(known) == _canonical(wanted):
                return number
        holder.append(wanted)
        return self._counted(holder)

    def font(self, **properties: dict[str, str]) -> int:
        """Adds a font made of elements with attributes (``b={}``, ``sz={"val": "11"}``) and gives its number."""
        font = root_element(self.workbook.tag("font"))
        for name, attributes in properties.items():
            etree.SubElement(font, self.workbook.tag(name), attributes)
        return self._number_of(self._list("fonts"), font)

    def fill(self, colour: str) -> int:
        """The number of a plain fill, added when it is new."""
        return self._fill_number(_fill(self.workbook, colour))

    def save(self) -> None:
        """Writes the style part when something was added."""
        if self._changed and self.part is not None:
            self.workbook.package.write_tree(self.part, self.root)

    def _with_fill(self, style: int, fill: Element) -> int:
        formats = self._list("cellXfs")
        original = formats[style] if style < len(formats) else formats[0]
        wanted = copy.deepcopy(original)
        wanted.set("fillId", str(self._fill_number(fill)))
        wanted.set("applyFill", "1")
        for number, known in enumerate(formats):
            if _alike(known, wanted):
                return number
        formats.append(wanted)
        return self._counted(formats)

    def _fill_of(self, style: int) -> Element:
        formats, fills = self._list("cellXfs"), self._list("fills")
        format_ = formats[style] if style < len(formats) else formats[0]
        number = int(format_.get("fillId", "0"))
        return fills[number] if fills is not None and number < len(fills) else etree.Element("fill")

    def _fill_number(self, fill: Element) -> int:
        fills = self._list("fills")
        if fills is None:
            fills = etree.Element(self.workbook.tag("fills"), count="0")
            insert_in_order(self.root, fills, _AFTER_FILLS)
        return self._number_of(fills, fill)

    def _counted(self, holder: Element) -> int:
        holder.set("count", str(len(holder)))
        self._changed = True
        return len(holder) - 1


def _fill(workbook: Workbook, colour: str) -> Element:
    fill = root_element(workbook.tag("fill"))
    pattern = etree.SubElement(fill, workbook.tag("patternFill"), patternType="solid")
    etree.SubElement(pattern, workbook.tag("fgColor"), rgb=colour)
    etree.SubElement(pattern, workbook.tag("bgColor"), indexed="64")
    return fill


def _canonical(element: Element) -> str:
    """An element as text, independent of attribute order, outer prefixes and white space."""
    parts = [etree.QName(element).localname, *(f"{key}={value}" for key, value in sorted(element.attrib.items()))]
    inner = "".join(_canonical(child) for child in element if isinstance(child.tag, str))
    return f"<{' '.join(parts)}>{inner}</>"


def _alike(known: Element, wanted: Element) -> bool:
    """Whether two formats look the same, whatever they say about applying their fill."""
    left, right = copy.deepcopy(known), copy.deepcopy(wanted)
    for element in (left, right):
        element.attrib.pop("applyFill", None)
    return _canonical(left) == _canonical(right)
