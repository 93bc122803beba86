"""The workbook part of a package: its sheets, defined names and calculation settings, and further sheets."""

from __future__ import annotations

import copy
import posixpath
import re
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.code_names import name_new_sheets
from perfeval_xl.package.editable import Package
from perfeval_xl.package.long_sheets import without_idle_rows
from perfeval_xl.package.parts import Relation, resolved

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
#: What a sheet is that the package does not say the type of.
_WORKSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
Element = Any


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A worksheet as the workbook part lists it, in tab order."""

    index: int
    name: str
    part: str


class Workbook:
    """The workbook part of a package: its sheets, defined names and calculation settings."""

    def __init__(self, data: bytes, name: str, package: Package | None = None) -> None:
        """``package`` is given where the bytes are open already."""
        self.package = package or Package(data, name)
        self.part = self._main_part()
        self.root = self.package.tree(self.part)
        self.namespace = etree.QName(self.root).namespace or MAIN
        self.sheets = self._sheets()
        self._changed = False

    def tag(self, name: str) -> str:
        """The qualified name of a spreadsheet element, transitional or strict."""
        return f"{{{self.namespace}}}{name}"

    def _main_part(self) -> str:
        for link in self.package.relations(""):
            if link.type == "officeDocument":
                return link.part
        raise Unreadable("not-a-workbook", path=self.package.source)

    @property
    def relations(self) -> list[Relation]:
        """What the workbook part points to."""
        return self.package.relations(self.part)

    def related(self, part: str, kind: str) -> list[str]:
        """Parts that ``part`` refers to by a relationship whose type ends with ``kind``."""
        return [link.part for link in self.package.relations(part) if link.type == kind]

    def _sheets(self) -> list[SheetEntry]:
        found = []
        links = {link.id: link for link in self.relations if link.type == "worksheet"}
        for index, sheet in enumerate(self.root.iterfind(f"{self.tag('sheets')}/{self.tag('sheet')}")):
            ids = [value for key, value in sheet.attrib.items() if key.endswith("}id")]
            link = links.get(ids[0] if ids else "")
            if link is not None:
                found.append(SheetEntry(index, sheet.get("name", ""), link.part))
        return found

    def entry(self, index: int) -> SheetEntry:
        """The worksheet at a place of the workbook's list, hidden ones and charts counted.

        Raises ``Unreadable`` when the package says so unclearly that a reader may find one there and this class none.
        """
        found = next((entry for entry in self.sheets if entry.index == index), None)
        if found is None or found.part not in self.package:
            raise Unreadable("file-damaged", path=self.package.source)
        return found

    # -- defined names --

    def defined_names(self) -> list[Element]:
        """The ``definedName`` elements, global and local."""
        return list(self.root.iterfind(f"{self.tag('definedNames')}/{self.tag('definedName')}"))

    def touch(self) -> None:
        """Says that the workbook part itself was changed."""
        self._changed = True

    @property
    def recalculates_on_load(self) -> bool:
        """Whether the program that opens the workbook computes every formula again."""
        settings = self.root.find(self.tag("calcPr"))
        return settings is not None and settings.get("fullCalcOnLoad") in ("1", "true")

    def drop_calculation_chain(self) -> None:
        """The chain lists every formula cell; a listed cell without a formula makes Excel report damage."""
        for part in self.related(self.part, "calcChain"):
            self.package.remove(part)
            self._forget(part)

    def _forget(self, part: str) -> None:
        path = relations_part(self.part)
        relations = self.package.tree(path)
        folder = posixpath.dirname(self.part)
        for relation in list(relations):
            if resolved(folder, relation.get("Target", "")) == part:
                relations.remove(relation)
        self.package.write_tree(path, relations)
        types = self.package.tree("[Content_Types].xml")
        for override in list(types):
            if override.get("PartName") == "/" + part:
                types.remove(override)
        self.package.write_tree("[Content_Types].xml", types)

    # -- more sheets of the same kind --

    def clone_sheet(self, source: SheetEntry, names: list[str]) -> None:
        """Adds copies of a sheet behind it, with its local names; the sheet may own no parts of its own.

        Raises ``ValueError`` when the sheet has relationships (drawings, comments), which a copy would share, and when
        the workbook's macro project cannot be given a module for each copy.
        """
        if self.package.relations(source.part):
            raise ValueError(source.part)
        types = self.package.tree("[Content_Types].xml")
        relations = self.package.tree(relations_part(self.part))
        listed = self.root.find(self.tag("sheets"))
        original = listed[source.index]
        added: list[str] = []
        for number, name in enumerate(names, start=1):
            part = self._free_part(source.part)
            self.package.write(part, _unselected(without_idle_rows(self.package.read(source.part))))
            added.append(part)
            override = etree.SubElement(types, f"{{{CONTENT_TYPES}}}Override", PartName="/" + part)
            kind = next((item for item in types if item.get("PartName") == "/" + source.part), None)
            override.set("ContentType", _WORKSHEET if kind is None else kind.get("ContentType", _WORKSHEET))
            relation_id = f"rIdForm{len(relations) + 1}"
            target = posixpath.relpath(part, posixpath.dirname(self.part))
            own = next(link.full_type for link in self.relations if link.part == source.part)
            etree.SubElement(relations, f"{{{RELATIONSHIPS}}}Relationship", Id=relation_id, Type=own, Target=target)
            entry = copy.deepcopy(original)
            entry.set("name", name)
            entry.set("sheetId", next_sheet_id(listed))
            entry.set(next(key for key in entry.attrib if key.endswith("}id")), relation_id)
            listed.insert(source.index + number, entry)
        self._renumber_names(source, names)
        self.package.write_tree("[Content_Types].xml", types)
        self.package.write_tree(relations_part(self.part), relations)
        self.sheets = self._sheets()
        name_new_sheets(self, added)
        self._changed = True

    def _free_part(self, like: str) -> str:
        folder = posixpath.dirname(like)
        number = 1
        while f"{folder}/sheet{number}.xml" in self.package:
            number += 1
        return f"{folder}/sheet{number}.xml"

    def _renumber_names(self, source: SheetEntry, names: list[str]) -> None:
        """Local names count sheets: those behind the copies move up, those of the source are copied."""
        holder = self.root.find(self.tag("definedNames"))
        if holder is None:
            return
        for element in list(holder):
            local = element.get("localSheetId")
            if local is None:
                continue
            if int(local) > source.index:
                element.set("localSheetId", str(int(local) + len(names)))
            elif int(local) == source.index:
                for number, name in enumerate(names, start=1):
                    twin = copy.deepcopy(element)
                    twin.set("localSheetId", str(source.index + number))
                    twin.text = (twin.text or "").replace(quoted(source.name) + "!", quoted(name) + "!")
                    bare = rf"(?<![\w.']){re.escape(source.name)}!"  # not the end of another sheet's name
                    twin.text = re.sub(bare, (quoted(name) + "!").replace("\\", r"\\"), twin.text)
                    holder.append(twin)
        holder[:] = sorted(holder, key=lambda item: (item.get("name", "").lower(), int(item.get("localSheetId", "-1"))))

    def rename(self, entry: SheetEntry, name: str) -> None:
        """Renames a sheet and its local names."""
        self.root.find(self.tag("sheets"))[entry.index].set("name", name)
        for element in self.defined_names():
            if element.get("localSheetId") == str(entry.index) and element.text:
                for old in (quoted(entry.name), entry.name):
                    if element.text.startswith(old + "!"):
                        element.text = element.text.replace(old + "!", quoted(name) + "!")
        self.sheets = self._sheets()
        self._changed = True

    def write_back(self) -> None:
        """Puts the workbook part into the package, if it was changed."""
        if self._changed:
            self.package.write_tree(self.part, self.root)

    def to_bytes(self) -> bytes:
        """The package with all changes."""
        self.write_back()
        return self.package.to_bytes()


def next_sheet_id(listed: Element) -> str:
    """A number no sheet of the workbook has; what is no number counts as none."""
    numbers = (sheet.get("sheetId", "") for sheet in listed)
    return str(max((int(number) for number in numbers if number.isdecimal() and len(number) < 10), default=0) + 1)


def relations_part(part: str) -> str:
    """Where the relationships of a part stand."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def quoted(sheet_name: str) -> str:
    """A sheet name as formulas write it."""
    return "'" + sheet_name.replace("'", "''") + "'"


def _unselected(sheet: bytes) -> bytes:
    """Only one tab may be selected, or typing goes into all of them."""
    return sheet.replace(b' tabSelected="1"', b"", 1)
