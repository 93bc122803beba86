"""Forms -> the bytes of a workbook: our own template, or an existing workbook filled in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from perfeval_xl.errors import CannotWrite, NotAForm
from perfeval_xl.layout import locate
from perfeval_xl.layout.seen import as_seen
from perfeval_xl.messages import sentence
from perfeval_xl.model import Form
from perfeval_xl.package.editable import Package
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.sources import open_recognised
from perfeval_xl.sources.formats import Kind
from perfeval_xl.sources.kinds import is_package, kind_of
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.workbook.fill.office import OfficeFilling
from perfeval_xl.workbook.fill.own import Filling
from perfeval_xl.workbook.fill.room import Located, make_room
from perfeval_xl.workbook.fill.shown_cells import ShownCells, looks_of
from perfeval_xl.workbook.fill.stamped import stamped, stamper
from perfeval_xl.workbook.template.drawing import FormSheet, build

#: Characters that Excel forbids or hides in tab names, and escapes such as ``_x000D_``.
_NOT_IN_TAB: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f]|_(?=x[0-9A-Fa-f]{4}_)")
MOST_TAB_CHARACTERS: Final = 31


class Filled(NamedTuple):
    """A filled workbook, and the fields its sheets have no cell for (``sheet: field``), which were not written."""

    data: bytes
    left_out: tuple[str, ...] = ()


def to_workbook(forms: Sequence[Form], profile: Profile | None = None) -> bytes:
    """A workbook made from our templates with one sheet per form.

    ``profile`` stands in for the forms' own ids (a region's own TOML). Raises ``ProfileError``, ``CannotWrite``.
    """
    if not forms:
        raise CannotWrite("no-forms")
    profiles = [profile or load_profile(form.profile) for form in forms]
    tabs = tab_names(forms)
    made = stamped(forms, profiles[0], tabs) if len({used.id for used in profiles}) == 1 else None
    if made is not None:
        return made
    workbook = _with_sheets(profiles, tabs)
    return _filled(workbook, forms, profiles, _located(workbook, None, profiles)).data


def _with_sheets(profiles: Sequence[Profile], tabs: Sequence[str]) -> Workbook:
    """A blank workbook with a form sheet for each profile in turn."""
    # XlsxWriter defines no names on a sheet called a!b or a'b, so the tabs get their names afterwards.
    workbook = Workbook(build([FormSheet(used, f"Form{n}") for n, used in enumerate(profiles, start=1)]), "")
    for entry, tab in zip(workbook.sheets, tabs, strict=False):
        workbook.rename(entry, tab)
    return workbook


def into_workbook(data: bytes, name: str, forms: Sequence[Form], profile: Profile | None = None) -> Filled:
    """``forms`` filled into a workbook or Word document that already holds a form for each, in order.

    A workbook with a single form sheet without drawings is copied for further forms.
    Raises ``NotAForm``, ``CannotWrite``, ``Unreadable``.
    """
    package = Package(data, name) if is_package(data) else None
    kind = kind_of(data, name, package)
    if kind is Kind.DOCX:
        from perfeval_xl.workbook.fill.word import into_document

        filled, left_out = into_document(data, name, forms, profile)
        return Filled(filled, left_out)
    if kind is not Kind.XLSX:
        raise CannotWrite("into-other-kind", path=name)
    workbook = Workbook(data, name, package)
    found = _located(workbook, profile)
    if not found:
        raise NotAForm("no-form", path=name)
    if len(found) == 1 < len(forms):
        _add_copies(workbook, found[0][0], forms)
        found = _located(workbook, profile)
    if len(found) != len(forms):
        raise CannotWrite("other-number-of-forms", path=name, found=len(found), wanted=len(forms))
    return _filled(workbook, forms, [layout.profile for _, layout in found], found)


def filler(data: bytes, profile: Profile) -> Callable[[Form], Filled]:
    """Fills one form after another into copies of a template of ours that holds one blank form.

    Raises ``NotAForm`` and ``Unreadable`` for another workbook.
    """
    found = _located(Workbook(data, ""), None, [profile])
    if len(found) != 1:
        raise NotAForm("no-form", path=profile.id)
    stamp = stamper(data, found[0])

    def fill(form: Form) -> Filled:
        made = stamp(form)
        return _filled(Workbook(data, ""), [form], [profile], found) if made is None else Filled(made)

    return fill


def _filled(workbook: Workbook, forms: Sequence[Form], profiles: Sequence[Profile], found: list[Located]) -> Filled:
    """Fills the forms ``found`` in the workbook, top to bottom, making room first where a table is short."""
    if make_room(workbook, forms, found):
        found = _located(workbook, None, profiles)
    parts: dict[str, SheetPart] = {}
    left_out: list[str] = []
    for form, (sheet, layout) in zip(forms, found, strict=True):
        entry = workbook.entry(sheet.index)
        part = parts.setdefault(entry.part, SheetPart(workbook.package.tree(entry.part)))
        if layout.by == "name":
            filling = Filling(part, sheet, layout, form)
        else:
            filling = OfficeFilling(ShownCells(part, looks_of(workbook)), sheet, layout, form)
        filling.fill()
        filling.refresh()
        left_out += [f"{sheet.name}: {path}" for path in filling.left_out]
    for path, part in parts.items():
        if part.changed and not workbook.recalculates_on_load:
            part.recalculate_on_load()
        if part.changed:
            workbook.package.write_tree(path, part.root)
    if any(part.removed_formula for part in parts.values()):
        workbook.drop_calculation_chain()
    return Filled(workbook.to_bytes(), tuple(left_out))


def _located(workbook: Workbook, profile: Profile | None, profiles: Sequence[Profile] = ()) -> list[Located]:
    """Every form of a workbook with its sheet. ``profiles`` fixes the profile of each form in turn."""
    workbook.write_back()
    found: list[Located] = []
    package = workbook.package
    sheets = open_recognised(Kind.XLSX, package, b"", package.source)
    for sheet in (as_seen(sheet) for sheet in sheets if not sheet.hidden):
        wanted = profiles[len(found)] if len(found) < len(profiles) else profile
        found += [(sheet, layout) for layout in locate(sheet, wanted)]
    return found


def _add_copies(workbook: Workbook, sheet: Sheet, forms: Sequence[Form]) -> None:
    try:
        taken = [entry.name for entry in workbook.sheets]
        workbook.clone_sheet(workbook.entry(sheet.index), tab_names(forms, taken)[1:])
    except ValueError:
        source = workbook.package.source
        raise CannotWrite("other-number-of-forms", path=source, found=1, wanted=len(forms)) from None


def tab_names(forms: Sequence[Form], taken: Sequence[str] = ()) -> list[str]:
    """A tab name for each form: its number and project, without what Excel forbids, at most 31 characters."""
    if len(forms) == 1:
        return [sentence("template.sheet-form", "zh")]
    used = {name.lower() for name in taken}
    names = []
    for number, form in enumerate(forms, start=1):
        project = _NOT_IN_TAB.sub("", form.project.name or "").strip("' ")
        name = _shortened(f"{number} {project}".strip())
        while name.lower() in used:
            name = _shortened(f"{number}_{name}")
        used.add(name.lower())
        names.append(name)
    return names


def _shortened(name: str) -> str:
    """Shortens a name to the most UTF-16 units of a tab name, which is how Excel counts."""
    while len(name.encode("utf-16-le")) // 2 > MOST_TAB_CHARACTERS:
        name = name[:-1]
    return name.rstrip("' ")
