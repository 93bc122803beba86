"""Puts a VBA project and a ribbon into a workbook package: .xlsx bytes in, .xlsm or .xlam bytes out.

Only what has to say so is touched: the content types, the two relationship parts, the workbook part and
the sheets (their code names, which tie them to the document modules). Every other part stays byte for
byte. The zip carries fixed dates, so the same input gives the same bytes.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from lxml import etree

from perfeval_xl.addin.vba_project import Module
from perfeval_xl.package.code_names import set_code_name
from perfeval_xl.package.parts import Parts, local

Format = Literal["xlsm", "xlam"]

CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONSHIPS = "_rels/.rels"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPES: Mapping[Format, str] = {
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
}
VBA_TYPE = "application/vnd.ms-office.vbaProject"
VBA_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
RIBBON_PARTS = (
    # Excel 2007 reads the first, later ones the second where it is there.
    ("customUI/customUI.xml", "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"),
    ("customUI/customUI14.xml", "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"),
)
CONTENT_NS = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONS_NS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
BEFORE_WORKBOOK_PROPERTIES = ("fileVersion", "fileSharing")
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
ZIP_MODE = 0o644 << 16
UNIX = 3


class MacroPackageError(ValueError):
    """The package is no plain .xlsx workbook, or already carries macros or a ribbon."""


@dataclass(frozen=True)
class Ribbon:
    """The ribbon's XML for both generations: namespace 2006/01/customui, and 2009/07/customui."""

    custom_ui: bytes
    custom_ui14: bytes


def macro_package(package: bytes, project: bytes, ribbon: Ribbon, format: Format = "xlsm") -> bytes:
    """The workbook with the VBA project (`vba_project(...)`) and the ribbon inside.

    `package` is an .xlsx. The workbook gets the code name ThisWorkbook and its sheets Sheet1, Sheet2 ...
    in the order of the tabs; the project must hold those document modules: `document_modules` gives them.
    Raises MacroPackageError, and Unreadable where the bytes are no sound zip of XML parts.
    """
    source = Parts(package, "workbook")
    workbook = _Workbook(source)
    parts = {name: source.read(name) for name in source.names() if not name.endswith("/")}
    additions = {workbook.beside("vbaProject.bin"): project}
    additions |= {RIBBON_PARTS[0][0]: ribbon.custom_ui, RIBBON_PARTS[1][0]: ribbon.custom_ui14}
    for name in additions:
        if name in parts:
            raise MacroPackageError(f"the package already holds {name}")
    for sheet, code_name in zip(workbook.sheets, workbook.code_names, strict=True):
        parts[sheet] = _with_sheet_code_name(parts[sheet], code_name)
    parts[workbook.name] = _with_workbook_code_name(parts[workbook.name])
    parts[CONTENT_TYPES] = _with_types(parts[CONTENT_TYPES], workbook, format)
    links = workbook.relationships
    parts[links] = _with_relations(parts[links], [("vbaProject.bin", VBA_RELATION)])
    parts[ROOT_RELATIONSHIPS] = _with_relations(parts[ROOT_RELATIONSHIPS], RIBBON_PARTS)
    return zipped(parts | additions)


def document_modules(package: bytes, sources: Mapping[str, str] | None = None) -> list[Module]:
    """The document modules a workbook needs: ThisWorkbook and Sheet1 ..., one for each of its sheets.

    `sources` gives the source of those that have any, by name. Raises MacroPackageError, also for a
    source whose module the workbook does not have.
    """
    given = dict(sources or {})
    workbook = _Workbook(Parts(package, "workbook"))
    modules = [Module("ThisWorkbook", "workbook", given.pop("ThisWorkbook", ""))]
    modules += [Module(name, "sheet", given.pop(name, "")) for name in workbook.code_names]
    if given:
        raise MacroPackageError(f"the workbook has no {', '.join(given)}")
    return modules


class _Workbook:
    """Where the workbook part, its relationships and its sheets are in the package."""

    def __init__(self, parts: Parts) -> None:
        mains = [relation.part for relation in parts.relations("") if relation.type == "officeDocument"]
        if not mains or mains[0] not in parts or CONTENT_TYPES not in parts:
            raise MacroPackageError("the package has no workbook part")
        self.name = mains[0]
        folder, file = posixpath.split(self.name)
        self.relationships = posixpath.join(folder, "_rels", f"{file}.rels")
        self.sheets = self._sheets(parts)
        self.code_names = [f"Sheet{number}" for number in range(1, len(self.sheets) + 1)]

    def beside(self, file: str) -> str:
        return posixpath.join(posixpath.dirname(self.name), file)

    def _sheets(self, parts: Parts) -> list[str]:
        """The parts of the sheets in the order of the tabs."""
        worksheets = {link.id: link.part for link in parts.relations(self.name) if link.type == "worksheet"}
        found = []
        for sheet in parts.xml(self.name).iterfind("{*}sheets/{*}sheet"):
            number = next((value for key, value in sheet.attrib.items() if local(key) == "id"), "")
            part = worksheets.get(str(number), "")
            if part not in parts:
                raise MacroPackageError(f"sheet {sheet.get('name')!r} is no worksheet of this package")
            found.append(part)
        return found


# -- the parts that change


def _with_types(part: bytes, workbook: _Workbook, format: Format) -> bytes:
    root = _xml(part)
    main = root.find(f"{CONTENT_NS}Override[@PartName='/{workbook.name}']")
    if main is None or main.get("ContentType") != WORKBOOK_TYPE:
        raise MacroPackageError("the package's main part is not that of an .xlsx workbook")
    main.set("ContentType", MACRO_TYPES[format])
    _override(root, workbook.beside("vbaProject.bin"), VBA_TYPE)
    for name, _ in RIBBON_PARTS:
        _override(root, name, "application/xml")
    return _bytes(root)


def _override(root: etree._Element, name: str, content_type: str) -> None:
    etree.SubElement(root, f"{CONTENT_NS}Override", PartName=f"/{name}", ContentType=content_type)


def _with_relations(part: bytes, relations: Iterable[tuple[str, str]]) -> bytes:
    root = _xml(part)
    taken = {relation.get("Id") for relation in root}
    for target, kind in relations:
        number = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        taken.add(number)
        etree.SubElement(root, f"{RELATIONS_NS}Relationship", Id=number, Type=kind, Target=target)
    return _bytes(root)


def _with_workbook_code_name(part: bytes) -> bytes:
    root = _xml(part)
    namespace = etree.QName(root).namespace
    properties = root.find("{*}workbookPr")
    if properties is None:
        properties = etree.Element(f"{{{namespace}}}workbookPr")
        ahead = [child for child in root if local(child.tag) in BEFORE_WORKBOOK_PROPERTIES]
        root.insert(root.index(ahead[-1]) + 1 if ahead else 0, properties)
    properties.set("codeName", "ThisWorkbook")
    return _bytes(root)


def _with_sheet_code_name(part: bytes, code_name: str) -> bytes:
    root = _xml(part)
    set_code_name(root, code_name)
    return _bytes(root)


def _xml(part: bytes) -> etree._Element:
    """Parsed so that comments stay; `Parts` has refused what is unsafe or broken in what it navigates."""
    try:
        return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise MacroPackageError(f"a part of the package is not well-formed: {error}") from error


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


# -- the zip


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a zip in their order, with fixed dates: the same parts are the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = UNIX
            info.external_attr = ZIP_MODE
            archive.writestr(info, content)
    return out.getvalue()
