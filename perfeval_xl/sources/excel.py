"""Workbooks (.xlsx and its kin): every worksheet as a person sees it."""

from __future__ import annotations

import re
from typing import Final

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.long_sheets import shortened
from perfeval_xl.package.parts import Parts
from perfeval_xl.sources.shared_texts import read_shared_texts
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.sources.styles import read_styles
from perfeval_xl.sources.workbook_part import ListedSheet, custom_properties, main_part, read_workbook_part
from perfeval_xl.sources.worksheet import SeenSheet, Surroundings, read_worksheet

_ENCODING: Final = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([\w-]+)""")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


def read_xlsx(_data: bytes, parts: Parts) -> list[Sheet]:
    """The worksheets of an .xlsx or .xlsm, hidden ones too, in workbook order. Raises ``Unreadable``."""
    _, parts = shortened(_data, parts)
    main = main_part(parts)
    book = read_workbook_part(_checked(parts, main), parts.source)
    links = parts.relations(main)
    worksheets = {link.id: link.part for link in links if link.type == "worksheet"}
    used = [worksheets[sheet.link] for sheet in book.sheets if sheet.link in worksheets]
    if len(set(used)) != len(used) or not all(part in parts for part in used):
        raise Unreadable("file-damaged", path=parts.source)
    properties = custom_properties(parts)
    around = _surroundings(parts, {link.type: link.part for link in links}, from_1904=book.from_1904)
    found = []
    for index, listed in enumerate(book.sheets):
        if listed.link in worksheets:
            part = worksheets[listed.link]
            check_start(parts.read_start(part), parts.source)
            seen = read_worksheet(parts, part, listed.name, around)
            found.append(_sheet(parts.source, index, listed, properties, seen))
    return found


def _sheet(source: str, index: int, listed: ListedSheet, properties: dict[str, str], seen: SeenSheet) -> Sheet:
    return Sheet(
        source,
        listed.name,
        seen.rows,
        seen.merges,
        listed.names,
        properties,
        hidden=listed.hidden,
        index=index,
        unseen=seen.unseen,
        stored=seen.stored,
        hidden_rows=seen.hidden_rows,
        hidden_columns=seen.hidden_columns,
    )


def _surroundings(parts: Parts, linked: dict[str, str], *, from_1904: bool) -> Surroundings:
    texts, styles = linked.get("sharedStrings", ""), linked.get("styles", "")
    for part in (texts, styles):
        if part in parts:
            check_start(parts.read_start(part), parts.source)
    looks = read_styles(parts.read(styles), parts.source) if styles in parts else {}
    return Surroundings(read_shared_texts(parts, texts), looks, from_1904)


def _checked(parts: Parts, part: str) -> bytes:
    body = parts.read(part)
    check_start(body[:200], parts.source)
    return body


def check_start(start: bytes, source: str) -> None:
    """Refuses a part in another encoding than UTF-8, which other programs misread without an error."""
    declared = _ENCODING.search(start)
    if start.startswith(_UTF16) or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise Unreadable("file-damaged", path=source)
