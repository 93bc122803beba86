"""Forms stamped into blank templates of ours: a template is taken apart once and then filled as often as wanted.

A workbook of several forms has a sheet for each, with as many rows as its form needs, before the 填表说明 of them all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipInfo

from perfeval_xl.layout import Layout, locate
from perfeval_xl.layout.seen import as_seen
from perfeval_xl.messages import sentence
from perfeval_xl.model import Form
from perfeval_xl.package.addresses import Cell
from perfeval_xl.package.archive import Member, Packed, archive, new_member, packed_member
from perfeval_xl.package.editable import Package
from perfeval_xl.package.stamping import Stamp, StampPlan, stamp_plan
from perfeval_xl.package.workbook import Workbook, quoted
from perfeval_xl.profile import Profile, is_shipped, load_profile
from perfeval_xl.sources import open_bytes
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.workbook.fill.own import Filling, Known
from perfeval_xl.workbook.fill.room import Lacking, Located, add_rooms, lacking, own_room
from perfeval_xl.workbook.template.drawing import blank

#: Where the parts stand in a template of ours.
_FORM: Final = "xl/worksheets/sheet1.xml"
_BOOK: Final = "xl/workbook.xml"
_LINKS: Final = "xl/_rels/workbook.xml.rels"
_TYPES: Final = "[Content_Types].xml"
_LOCAL_NAME: Final = re.compile(r'<definedName name="([^"]*)" localSheetId="([0-9]+)".*?</definedName>')
_FORM_SHEET: Final = re.compile(r'<sheet name="[^"]*" sheetId="1" r:id="rId1"/>')
#: The parts that a further sheet has of its own, and those that list it; all others are shared.
_OWN_PARTS: Final = (_FORM, _BOOK)


class Mould(NamedTuple):
    """A blank template taken apart: its parts, its form sheet as a grid and as a plan, and what its cells hold."""

    members: tuple[Member, ...]
    texts: dict[str, str]
    plan: StampPlan
    sheet: Sheet
    layout: Layout
    known: dict[Cell, Known]

    def member(self, part: str) -> ZipInfo:
        """The directory entry of a part."""
        return next(member.info for member in self.members if member.info.filename == part)

    @property
    def shared(self) -> frozenset[tuple[str, int]]:
        """The parts that a further sheet must find as they are: names and checksums."""
        infos = (member.info for member in self.members)
        return frozenset((info.filename, info.CRC) for info in infos if info.filename not in _OWN_PARTS)


def stamped(forms: Sequence[Form], profile: Profile, tabs: Sequence[str]) -> bytes | None:
    """A workbook with a sheet for each form, all of one profile, on tabs of those names.

    ``None`` for several forms whose templates share too little to stand in one workbook.
    """
    moulds = [_mould(form, profile, first=number == 0) for number, form in enumerate(forms)]
    filled = [_filled(form, mould) for form, mould in zip(forms, moulds, strict=True)]
    first = moulds[0]
    if len(forms) == 1:
        return archive(_replaced(first, {_FORM: filled[0]}))
    if any(mould.shared != first.shared for mould in moulds):
        return None
    return archive(_with_sheets(moulds, filled, tabs))


def stamper(blank: bytes, found: Located) -> Callable[[Form], bytes | None]:
    """Stamps one form after another into a blank workbook of ours; ``None`` for a form with more rows than it has."""
    mould = _taken_apart(blank, found, first=True)

    def stamp(form: Form) -> bytes | None:
        if lacking(mould.sheet, mould.layout, form):
            return None
        return archive(_replaced(mould, {_FORM: _filled(form, mould)}))

    return stamp


def _filled(form: Form, mould: Mould) -> Packed:
    stamp = Stamp(mould.plan)
    filling = Filling(stamp, mould.sheet, mould.layout, form, is_blank=True, known=mould.known)
    filling.fill()
    filling.refresh()
    return stamp.packed()


# --- a template taken apart ---------------------------------------------------------------------------------------


def _mould(form: Form, profile: Profile, *, first: bool) -> Mould:
    """The template with as many rows as the form needs.

    Only the first sheet of a workbook is selected, or typing goes into all of them.
    """
    rows = max(len(form.indicators), len(profile.indicators.rows))

    def made(missing: Lacking) -> Mould:
        if is_shipped(profile):
            return _shipped_mould(profile.id, rows, missing, first=first)
        return _new_mould(profile, rows, missing, first=first)

    mould = made(())
    missing = lacking(mould.sheet, mould.layout, form)
    return made(missing) if missing else mould


@lru_cache(maxsize=32)
def _shipped_mould(name: str, rows: int, missing: Lacking, *, first: bool) -> Mould:
    """A shipped template is the same for every form that needs as many rows."""
    return _new_mould(load_profile(name), rows, missing, first=first)


def _new_mould(profile: Profile, rows: int, missing: Lacking, *, first: bool) -> Mould:
    template = blank(profile, rows=rows)
    if missing:
        found = _located(template, profile)
        workbook = Workbook(template, "")
        add_rooms(workbook, [found], [own_room(found[1], missing)])
        template = workbook.to_bytes()
    return _taken_apart(template, _located(template, profile), first=first)


def _located(template: bytes, profile: Profile) -> Located:
    sheet = as_seen(open_bytes(template, "template.xlsx")[0])
    return sheet, locate(sheet, profile)[0]


def _taken_apart(template: bytes, found: Located, *, first: bool) -> Mould:
    sheet, layout = found
    package = Package(template, "")
    body = package.read(_FORM)
    return Mould(
        tuple(package.members()),
        {part: package.read(part).decode() for part in (_BOOK, _LINKS, _TYPES)},
        stamp_plan(body if first else body.replace(b' tabSelected="1"', b"", 1)),
        sheet,
        layout,
        {},
    )


# --- several sheets -----------------------------------------------------------------------------------------------


def _replaced(mould: Mould, parts: dict[str, Packed]) -> Iterator[Member]:
    for member in mould.members:
        packed = parts.get(member.info.filename)
        yield member if packed is None else packed_member(member.info, packed)


def _with_sheets(moulds: Sequence[Mould], filled: Sequence[Packed], tabs: Sequence[str]) -> Iterator[Member]:
    """The parts of a workbook of several sheets: those of the first template, and a part for each further sheet."""
    first = moulds[0]
    guides = sum(1 for member in first.members if member.info.filename.startswith("xl/worksheets/")) - 1
    parts = [_FORM, *(f"xl/worksheets/sheet{number}.xml" for number in range(2 + guides, len(moulds) + 1 + guides))]
    texts = {_BOOK: _book(moulds, tabs), _LINKS: _links(first, parts), _TYPES: _types(first, parts)}
    for member in _replaced(first, {_FORM: filled[0]}):
        name = member.info.filename
        yield new_member(member.info, texts[name].encode()) if name in texts else member
    for part, packed in zip(parts[1:], filled[1:], strict=True):
        info = ZipInfo(part, (1980, 1, 1, 0, 0, 0))
        info.compress_type = ZIP_DEFLATED
        yield packed_member(info, packed)


def _book(moulds: Sequence[Mould], tabs: Sequence[str]) -> str:
    """The workbook part: the tabs in the order of the forms, the names of each sheet, those of the 填表说明 behind."""
    count = len(moulds)
    sheets = [
        f'<sheet name="{_attribute(tab)}" sheetId="{number + 1 if number == 0 else 1000 + number}" '
        f'r:id="{"rId1" if number == 0 else f"rIdForm{number}"}"/>'
        for number, tab in enumerate(tabs)
    ]
    names: list[tuple[str, int, str]] = []
    for number, (mould, tab) in enumerate(zip(moulds, tabs, strict=True)):
        for found in _LOCAL_NAME.finditer(mould.texts[_BOOK]):
            if found[2] == "0":
                names.append((found[1].lower(), number, _on_tab(found[0], number, tab)))
            elif number == 0:
                moved = int(found[2]) + count - 1
                text = found[0].replace(f'localSheetId="{found[2]}"', f'localSheetId="{moved}"', 1)
                names.append((found[1].lower(), moved, text))
    book = _FORM_SHEET.sub(lambda _: "".join(sheets), moulds[0].texts[_BOOK], count=1)
    start, end = book.index("<definedNames>"), book.index("</definedNames>")
    return book[:start] + "<definedNames>" + "".join(text for *_, text in sorted(names)) + book[end:]


def _on_tab(name: str, number: int, tab: str) -> str:
    """A defined name of the template's form sheet for the sheet with this number and tab."""
    old, new = sentence("template.sheet-form", "zh"), escape(quoted(tab))
    opening, text = name.split(">", 1)
    opening = opening.replace('localSheetId="0"', f'localSheetId="{number}"', 1)
    return opening + ">" + text.replace(f"{quoted(old)}!", f"{old}!").replace(f"{old}!", f"{new}!")


def _links(mould: Mould, parts: Sequence[str]) -> str:
    text = mould.texts[_LINKS]
    own = re.search(r'<Relationship [^<>]*Target="worksheets/sheet1\.xml"[^<>]*/>', text)
    kind = re.search(r'Type="([^"]*)"', own[0]) if own else None
    if kind is None:
        raise ValueError(_LINKS)
    added = (
        f'<Relationship Id="rIdForm{number}" Type="{kind[1]}" Target="{part.removeprefix("xl/")}"/>'
        for number, part in enumerate(parts[1:], start=1)
    )
    return text.replace("</Relationships>", "".join(added) + "</Relationships>")


def _types(mould: Mould, parts: Sequence[str]) -> str:
    text = mould.texts[_TYPES]
    own = re.search(rf'<Override PartName="/{re.escape(_FORM)}"[^<>]*/>', text)
    if own is None:
        raise ValueError(_TYPES)
    added = (own[0].replace(_FORM, part) for part in parts[1:])
    return text.replace("</Types>", "".join(added) + "</Types>")


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})
