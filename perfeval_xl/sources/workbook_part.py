"""The workbook part of an .xlsx: its sheets, the names that belong to each, the date system, the user's properties."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from lxml import etree

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import Range
from perfeval_xl.package.parts import Parts, local, parse_xml
from perfeval_xl.sources.grid import named_area

_ABSOLUTE: Final = r"\$[A-Z]{1,3}\$[0-9]{1,7}"
_REFERENCE: Final = re.compile(rf"(?:'((?:[^']|'')+)'|([^'!\[\]:]+))!({_ABSOLUTE}(?::{_ABSOLUTE})?)")
_PROPERTY_LINKS: Final = ("custom-properties", "customProperties")


@dataclass(slots=True)
class ListedSheet:
    """What the workbook part says about one of its sheets; ``link`` is the id of its relationship."""

    name: str
    link: str
    hidden: bool
    names: dict[str, Range] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkbookPart:
    """All sheets in order, charts too, and whether dates count from 1904."""

    sheets: tuple[ListedSheet, ...]
    from_1904: bool


def main_part(parts: Parts) -> str:
    """The name of the workbook part. Raises ``Unreadable`` where there is none."""
    main = next((link.part for link in parts.relations("") if link.type == "officeDocument"), "xl/workbook.xml")
    if main not in parts:
        raise Unreadable("file-damaged", path=parts.source)
    return main


def read_workbook_part(body: bytes, source: str) -> WorkbookPart:
    """What the bytes of a workbook part say. Raises ``Unreadable``."""
    try:
        return _understood(body)
    except Unreadable as problem:
        raise Unreadable(problem.key, path=source) from problem


@lru_cache(maxsize=8)
def _understood(body: bytes) -> WorkbookPart:
    """Remembers workbook parts by their bytes: files made from one template have the same."""
    root = parse_xml(body, "")
    sheets = tuple(_sheets(root))
    _give_names(root, sheets)
    settings = next(root.iter("{*}workbookPr"), None)
    return WorkbookPart(sheets, settings is not None and settings.get("date1904") in ("1", "true", "on"))


def _sheets(root: etree._Element) -> list[ListedSheet]:
    found = []
    for element in root.iter("{*}sheet"):
        # The namespace of r:id differs between strict and transitional files.
        link = next((value for key, value in element.attrib.items() if local(key) == "id" and key != "id"), "")
        hidden = element.get("state", "visible") != "visible"
        found.append(ListedSheet(element.get("name", ""), str(link), hidden))
    return found


def _give_names(root: etree._Element, sheets: tuple[ListedSheet, ...]) -> None:
    """Names go to the sheet they point to; one of the sheet's own goes before a global one of the same name."""
    by_name = {sheet.name.casefold(): sheet for sheet in sheets}
    own: list[tuple[ListedSheet, str, Range]] = []
    for element in root.iter("{*}definedName"):
        name = element.get("name", "")
        match = _REFERENCE.fullmatch((element.text or "").strip())
        if not match or name.startswith("_xlnm."):
            continue
        sheet = by_name.get((match[1] or match[2]).replace("''", "'").casefold())
        area = named_area(match[3])
        if sheet is None or area is None:
            continue
        scope = element.get("localSheetId")
        if scope is None:
            sheet.names[name] = area
        elif scope.isdecimal() and int(scope) < len(sheets) and sheets[int(scope)] is sheet:
            own.append((sheet, name, area))
    for sheet, name, area in own:
        sheet.names[name] = area


def custom_properties(parts: Parts) -> dict[str, str]:
    """``docProps/custom.xml``, wherever the package keeps it: name to text. Raises ``Unreadable``."""
    part = next((link.part for link in parts.relations("") if link.type in _PROPERTY_LINKS), "")
    if part not in parts:
        return {}
    body = parts.read(part)
    try:
        return dict(_properties_in(body))
    except Unreadable as problem:
        raise Unreadable(problem.key, path=parts.source) from problem


@lru_cache(maxsize=8)
def _properties_in(body: bytes) -> tuple[tuple[str, str], ...]:
    """Remembers properties by their bytes: files made from one template have the same."""
    return tuple(
        (name, "".join(str(text) for text in element.itertext()))
        for element in parse_xml(body, "").iter("{*}property")
        if (name := element.get("name"))
    )
