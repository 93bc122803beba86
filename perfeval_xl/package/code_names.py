"""Code names of sheets, by which macros know them, kept equal to the modules of the macro project.

A sheet that is copied with its code name, or added without one, leaves a workbook whose macros Excel throws away. Each
new sheet of a workbook with macros gets a code name of its own and a module of that name. Without macros a code name
ties nothing to anything: a copy simply has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lxml import etree

from perfeval_xl.package.document_modules import module_names_in, with_sheet_modules

if TYPE_CHECKING:
    from perfeval_xl.package.workbook import Element, Workbook


def name_new_sheets(workbook: Workbook, parts: Sequence[str]) -> None:
    """Gives sheets that were just added their own code names, and the macro project a module for each.

    Raises ``MacroProjectError`` (a ``ValueError``) for a project that cannot be read; nothing was changed then.
    """
    projects = workbook.related(workbook.part, "vbaProject")
    if not projects:
        for part in parts:
            _set(workbook, part, None)
        return
    project = workbook.package.read(projects[0])
    names = _free_names([*module_names_in(project), *code_names(workbook)], len(parts))
    changed = with_sheet_modules(project, names)
    for part, name in zip(parts, names, strict=True):
        _set(workbook, part, name)
    workbook.package.write(projects[0], changed)


def forget_sheet(workbook: Workbook, part: str) -> None:
    """Takes the module of a sheet that goes out of the macro project. Raises ``MacroProjectError``."""
    name = code_name(workbook.package.tree(part))
    for project in workbook.related(workbook.part, "vbaProject") if name else ():
        workbook.package.write(project, with_sheet_modules(workbook.package.read(project), [], [name]))


def code_names(workbook: Workbook) -> list[str]:
    """The code names of the workbook and of its sheets, as far as they have one."""
    book = workbook.root.find(workbook.tag("workbookPr"))
    found = ["" if book is None else book.get("codeName", "")]
    found += [code_name(workbook.package.tree(entry.part)) for entry in workbook.sheets]
    return [name for name in found if name]


def code_name(sheet: Element) -> str:
    """The code name of a sheet's part, "" for none."""
    properties = sheet.find("{*}sheetPr")
    return "" if properties is None else str(properties.get("codeName", ""))


def set_code_name(sheet: Element, name: str | None) -> None:
    """Writes a code name into a sheet's part, or takes it out."""
    properties = sheet.find("{*}sheetPr")
    if properties is None:
        if name is None:
            return
        properties = etree.Element(f"{{{etree.QName(sheet).namespace}}}sheetPr")
        sheet.insert(0, properties)
    if name is None:
        properties.attrib.pop("codeName", None)
    else:
        properties.set("codeName", name)


def _set(workbook: Workbook, part: str, name: str | None) -> None:
    sheet = workbook.package.tree(part)
    if code_name(sheet) != (name or ""):
        set_code_name(sheet, name)
        workbook.package.write_tree(part, sheet)


def _free_names(taken: Sequence[str], count: int) -> list[str]:
    """``Sheet4``, ``Sheet5`` ...: what no module and no sheet is called; case does not count."""
    used = {name.lower() for name in taken}
    numbers = (f"Sheet{number}" for number in range(1, len(used) + count + 1))
    return [name for name in numbers if name.lower() not in used][:count]
