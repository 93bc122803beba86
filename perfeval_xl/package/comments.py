"""Comments of our own on the cells of an existing sheet, with the drawing that shows them; other people's stay.

A comment of a workbook is stored twice: its text in the comments part, its box in a VML drawing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from perfeval_xl.colours import NOTE, NOTE_SHADOW
from perfeval_xl.package.addresses import Cell, a1, parse_a1
from perfeval_xl.package.relations import (
    declare_extension,
    declare_part,
    drop_part,
    free_part,
    insert_in_order,
    relate,
    relationship_namespace,
    root_element,
)
from perfeval_xl.package.sheet_part import SheetPart, escaped
from perfeval_xl.package.workbook import SheetEntry, Workbook

Element = Any
AUTHOR: Final = "perfeval"
_VML: Final = "urn:schemas-microsoft-com:vml"
_OFFICE: Final = "urn:schemas-microsoft-com:office:office"
_EXCEL: Final = "urn:schemas-microsoft-com:office:excel"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_COMMENTS_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
#: How our comments begin, in either language: some programs save comments without their authors.
_OURS: Final = re.compile(r"【\S{1,9} PE\d{3}】|\[\w{1,9} PE\d{3}\]")
#: VML comes from many programs and is not always well-formed.
_LENIENT: Final = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
_AFTER_LEGACY_DRAWING: Final = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)
_SHAPE_TYPE: Final = "_x0000_t202"
_SHAPES_PER_BLOCK: Final = 1024
#: Excel shows no more of a comment than this, in characters of its box.
_LONGEST: Final = 2_000
_EMPTY_DRAWING: Final = f'<xml xmlns:v="{_VML}" xmlns:o="{_OFFICE}" xmlns:x="{_EXCEL}"/>'
_COMMENT_SHAPE_TYPE: Final = f"""<v:shapetype xmlns:v="{_VML}" xmlns:o="{_OFFICE}" id="{_SHAPE_TYPE}"
 coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path
 gradientshapeok="t" o:connecttype="rect"/></v:shapetype>"""


class Comments:
    """The comments of one sheet. Nothing is written before ``save``."""

    def __init__(self, workbook: Workbook, entry: SheetEntry, sheet: SheetPart) -> None:
        self.workbook, self.entry, self.sheet = workbook, entry, sheet
        package = workbook.package
        texts, drawings = workbook.related(entry.part, "comments"), workbook.related(entry.part, "vmlDrawing")
        holder = sheet.root.find(sheet.tag("legacyDrawing"))
        self.part = texts[0] if texts else None
        self.drawing = drawings[0] if drawings and holder is not None else None
        self.root = package.tree(self.part) if self.part else self._new_root()
        self.vml = etree.fromstring(package.read(self.drawing) if self.drawing else _EMPTY_DRAWING.encode(), _LENIENT)
        if self.vml is None:
            self.vml = etree.fromstring(_EMPTY_DRAWING.encode())
        self.changed = False

    def _new_root(self) -> Element:
        root = root_element(self.workbook.tag("comments"))
        etree.SubElement(root, self.workbook.tag("authors"))
        etree.SubElement(root, self.workbook.tag("commentList"))
        return root

    def remove_ours(self) -> None:
        """Takes out the comments that were written here before."""
        ours = self._author(add=False)
        listed = self.root.find(self.workbook.tag("commentList"))
        for comment in list(listed) if listed is not None else ():
            if comment.get("authorId") != ours and not _OURS.match("".join(comment.itertext()).strip()):
                continue
            listed.remove(comment)
            self._remove_shape(comment.get("ref", ""))
            self.changed = True

    def _remove_shape(self, reference: str) -> None:
        try:
            cell = parse_a1(reference)
        except ValueError:
            return
        for shape in list(self.vml.iterchildren(f"{{{_VML}}}shape")):
            row, column = (shape.findtext(f".//{{{_EXCEL}}}{name}") for name in ("Row", "Column"))
            if (row, column) == (str(cell.row), str(cell.column)):
                self.vml.remove(shape)

    def add(self, texts: Mapping[Cell, str]) -> None:
        """Comments on cells; a cell that somebody else commented on keeps that comment and gets none of ours."""
        listed = self.root.find(self.workbook.tag("commentList"))
        taken = {comment.get("ref") for comment in listed}
        wanted = {cell: text for cell, text in sorted(texts.items()) if a1(*cell) not in taken}
        if not wanted:
            return
        self.changed = True
        author = self._author(add=True)
        for cell, text in wanted.items():
            comment = etree.SubElement(listed, self.workbook.tag("comment"), ref=a1(*cell), authorId=author or "0")
            run = etree.SubElement(etree.SubElement(comment, self.workbook.tag("text")), self.workbook.tag("r"))
            written = etree.SubElement(run, self.workbook.tag("t"))
            written.text = escaped(text[:_LONGEST])
            written.set(_SPACE, "preserve")
        listed[:] = sorted(listed, key=lambda item: parse_a1(item.get("ref", "A1")))
        self._add_shapes(wanted)

    def _author(self, *, add: bool) -> str | None:
        authors = self.root.find(self.workbook.tag("authors"))
        for number, author in enumerate(authors if authors is not None else ()):
            if author.text == AUTHOR:
                return str(number)
        if not add:
            return None
        etree.SubElement(authors, self.workbook.tag("author")).text = AUTHOR
        return str(len(authors) - 1)

    def _add_shapes(self, wanted: Mapping[Cell, str]) -> None:
        if not any(shape.get("id") == _SHAPE_TYPE for shape in self.vml.iterchildren(f"{{{_VML}}}shapetype")):
            self.vml.append(etree.fromstring(_COMMENT_SHAPE_TYPE))
        first = self._free_block(len(wanted))
        for number, (cell, text) in enumerate(wanted.items(), start=1):
            self.vml.append(etree.fromstring(_shape(first * _SHAPES_PER_BLOCK + number, cell, text)))

    def _free_block(self, shapes: int) -> int:
        """The first of as many unused blocks of shape numbers as are needed, entered in the drawing's list."""
        layout = self.vml.find(f"{{{_OFFICE}}}shapelayout")
        if layout is None:
            layout = etree.Element(f"{{{_OFFICE}}}shapelayout", {f"{{{_VML}}}ext": "edit"})
            self.vml.insert(0, layout)
        idmap = layout.find(f"{{{_OFFICE}}}idmap")
        if idmap is None:
            idmap = etree.SubElement(layout, f"{{{_OFFICE}}}idmap", {f"{{{_VML}}}ext": "edit", "data": ""})
        used = [int(block) for block in re.findall(r"\d+", idmap.get("data", ""))]
        first = max([*used, 10 * (self.entry.index + 1)]) + 1
        blocks = [*used, *range(first, first + shapes // (_SHAPES_PER_BLOCK - 1) + 1)]
        idmap.set("data", ",".join(map(str, blocks)))
        return first

    def save(self) -> None:
        """Writes both parts; parts that became empty are taken out again."""
        if not self.changed:
            return
        if len(self.root.find(self.workbook.tag("commentList"))):
            self._save_texts()
            self._save_drawing()
        else:
            self._drop()

    def _save_texts(self) -> None:
        package = self.workbook.package
        if self.part is None:
            self.part = free_part(package, "xl", "comments", "xml")
            declare_part(package, self.part, _COMMENTS_TYPE)
            relate(package, self.entry.part, relationship_namespace(self.workbook) + "/comments", self.part)
        package.write_tree(self.part, self.root)

    def _save_drawing(self) -> None:
        package = self.workbook.package
        if self.drawing is None:
            self.drawing = free_part(package, "xl/drawings", "vmlDrawing", "vml")
            declare_extension(package, "vml", _VML_TYPE)
            kind = relationship_namespace(self.workbook)
            identity = relate(package, self.entry.part, kind + "/vmlDrawing", self.drawing)
            element = etree.Element(self.sheet.tag("legacyDrawing"), {f"{{{kind}}}id": identity}, nsmap={"r": kind})
            insert_in_order(self.sheet.root, element, _AFTER_LEGACY_DRAWING)
        package.write(self.drawing, etree.tostring(self.vml))

    def _drop(self) -> None:
        package = self.workbook.package
        if self.part is not None:
            drop_part(package, self.entry.part, self.part)
        if self.drawing is None:
            return
        if len(list(self.vml.iterchildren(f"{{{_VML}}}shape"))):
            package.write(self.drawing, etree.tostring(self.vml))
            return
        drop_part(package, self.entry.part, self.drawing)
        holder = self.sheet.root.find(self.sheet.tag("legacyDrawing"))
        if holder is not None:
            self.sheet.root.remove(holder)


def _shape(number: int, cell: Cell, text: str) -> str:
    """A hidden box of 300 points at the right of its cell, high enough for its text."""
    lines = sum(1 + len(line) // 22 for line in text.split("\n"))
    anchor = f"{cell.column + 1}, 15, {max(cell.row - 1, 0)}, 4, {cell.column + 5}, 15, {cell.row + 2 + lines // 2}, 4"
    return f"""<v:shape xmlns:v="{_VML}" xmlns:o="{_OFFICE}" xmlns:x="{_EXCEL}" id="_x0000_s{number}"
 type="#{_SHAPE_TYPE}" style="position:absolute;margin-left:80pt;margin-top:2pt;width:300pt;height:{14 * lines + 14}pt;
z-index:{number};visibility:hidden" fillcolor="{NOTE}" o:insetmode="auto"><v:fill color2="{NOTE}"/><v:shadow on="t"
 color="{NOTE_SHADOW}" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div
 style="text-align:left"></div></v:textbox>
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>
{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{cell.row}</x:Row><x:Column>{cell.column}</x:Column>
</x:ClientData></v:shape>"""
