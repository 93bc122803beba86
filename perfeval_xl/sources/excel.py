"""Workbooks: values and merges by python-calamine, everything it leaves out by lxml.

python-calamine is forty times faster than openpyxl, and drops error cells, explicit empty texts, defined names
and document properties. Cheap searches in the bytes of a sheet tell whether anything of that kind is in it.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import python_calamine as calamine
from lxml import etree

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import MOST_COLUMNS, MOST_ROWS, Cell, Range, a1, parse_a1, parse_range
from perfeval_xl.package.limits import MOST_CELLS
from perfeval_xl.package.long_sheets import shortened
from perfeval_xl.package.parts import Parts, Relation, local, parse_xml
from perfeval_xl.package.shared_texts import check_text_numbers
from perfeval_xl.sources.sheet import CellError, Row, Sheet, Value, decimal_of

#: What Excel shows where a date format meets a number that is no date.
NO_DATE: Final = CellError("#####")

_BLANK_TEXT: Final = (b"<t></", b"<t/>", b'"></t>', b'"/>', b"<si/>", b"<si></", b"<is/>", b"<is></")
#: An inline text without characters: ``<t/>``, ``<t xml:space="preserve"></t>``, or nothing that is a text at all.
_BLANK_INLINE: Final = re.compile(rb"<t(?:\s[^<>]*)?(?:/>|></)|<is(?:\s[^<>]*)?(?:/>|>(?!<[tr][\s>]))")
_BLANK_RESULT: Final = re.compile(rb't="str"[^<>]*><v(?:/>|></)')
_ENCODING: Final = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([\w-]+)""")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
#: A place beyond column ZZ or row 9,999; all places before that make fewer than MOST_CELLS.
_FAR: Final = re.compile(rb' r="(?:[A-Za-z]{3}|[A-Za-z]{0,2}[0-9]{5})')
#: How nobody writes a sheet, though XML allows it; the fast searches are no use then.
_ODD_XML: Final = (b"='", b" =", b"= ", b"<![CDATA[")
_ABSOLUTE: Final = r"\$[A-Z]{1,3}\$[0-9]{1,7}"
_REFERENCE: Final = re.compile(rf"(?:'((?:[^']|'')+)'|([^'!\[\]:]+))!({_ABSOLUTE}(?::{_ABSOLUTE})?)")


@dataclass(slots=True)
class _Worksheet:
    """What the workbook part says about one of its sheets."""

    name: str
    part: str
    names: dict[str, Range] = field(default_factory=dict)


def read_xlsx(data: bytes, parts: Parts) -> list[Sheet]:
    """The worksheets of an .xlsx or .xlsm, hidden ones too, in workbook order. Raises ``Unreadable``."""
    data, parts = shortened(data, parts)
    workbook = _main_part(parts)
    root = parts.xml(workbook)
    links = parts.relations(workbook)
    worksheets = _worksheets(root, {link.id: link.part for link in links})
    _give_names(root, worksheets)
    properties = _custom_properties(parts)
    shared = next((link.part for link in links if link.type == "sharedStrings"), "")
    blank_texts = _blank_shared_texts(parts, shared)
    used = [sheet.part for sheet in worksheets if sheet.part]
    if len(set(used)) != len(used):
        raise Unreadable("file-damaged", path=parts.source)
    bodies = [parts.read(sheet.part) if sheet.part in parts else b"" for sheet in worksheets]
    for body in (*bodies, parts.read(workbook), parts.read(shared) if shared in parts else b""):
        _check_start(body, parts.source)
    check_text_numbers(bodies, parts.source)
    for worksheet, body in zip(worksheets, bodies, strict=True):
        check_extent(body, parts.source, worksheet.name)
    found = []
    for sheet in read_values(_where_calamine_looks(data, parts, workbook), parts.source):
        if sheet.index >= len(worksheets) or worksheets[sheet.index].name != sheet.name:
            raise Unreadable("file-damaged", path=parts.source)
        rows = _with_what_calamine_drops(sheet.rows, bodies[sheet.index], blank_texts, parts.source)
        names = worksheets[sheet.index].names
        found.append(
            Sheet(parts.source, sheet.name, rows, sheet.merges, names, properties, "A1", sheet.hidden, sheet.index)
        )
    return found


@dataclass(frozen=True, slots=True)
class Values:
    """One worksheet as python-calamine gives it; ``index`` counts all sheets of the workbook, charts too."""

    name: str
    index: int
    rows: tuple[Row, ...]
    merges: tuple[Range, ...]
    hidden: bool


def read_values(data: bytes, source: str) -> list[Values]:
    """All worksheets by python-calamine. Whatever goes wrong in there becomes ``Unreadable``."""
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return [
                _read_sheet(book, index, about)
                for index, about in enumerate(book.sheets_metadata)
                if about.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except calamine.PasswordError as problem:
        raise Unreadable("file-has-password", path=source) from problem
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as problem:  # a panic in the Rust library is no Exception
        raise Unreadable("file-damaged", path=source) from problem


def _read_sheet(book: calamine.CalamineWorkbook, index: int, about: calamine.SheetMetadata) -> Values:
    sheet = book.get_sheet_by_index(index)
    # "" stands for every cell that python-calamine has nothing for
    grid = [
        [(value or None) if type(value) is str else to_value(value) for value in row]
        for row in sheet.to_python(skip_empty_area=False)
    ]
    corners = sheet.merged_cell_ranges or ()
    merges = sound_merges(Range(top, left, bottom, right) for (top, left), (bottom, right) in corners)
    for merge in merges:
        _clear_covered(grid, merge)
    rows = tidy_rows(grid)
    return Values(about.name, index, rows, merges, about.visible != calamine.SheetVisibleEnum.Visible)


def sound_merges(areas: Iterable[Range]) -> tuple[Range, ...]:
    """The merged ranges that can be true: corners in order, inside a worksheet, and not over the whole of it."""
    return tuple(
        area
        for area in areas
        if 0 <= area.top <= area.bottom < MOST_ROWS
        and 0 <= area.left <= area.right < MOST_COLUMNS
        and (area.bottom - area.top + 1) * (area.right - area.left + 1) <= MOST_CELLS
    )


def _clear_covered(grid: list[list[Value]], merge: Range) -> None:
    """Empty the cells that a merged one covers: what they may still hold is not shown."""
    for row in range(merge.top, min(merge.bottom + 1, len(grid))):
        first = merge.left + 1 if row == merge.top else merge.left
        last = min(merge.right + 1, len(grid[row]))
        if first < last:
            grid[row][first:last] = [None] * (last - first)


def tidy_rows(rows: Iterator[list[Value]] | Sequence[list[Value]]) -> tuple[Row, ...]:
    """Rows without the empty cells at their ends, and without the empty rows at the end."""
    tidy: list[Row] = []
    for row in rows:
        while row and row[-1] is None:
            row.pop()
        tidy.append(tuple(row))
    while tidy and not tidy[-1]:
        tidy.pop()
    return tuple(tidy)


def to_value(value: Any) -> Value:
    """A value of python-calamine that is no text as a ``Value``."""
    kind = type(value)
    if kind is float:
        return decimal_of(value) if math.isfinite(value) else CellError("#NUM!")
    if kind is bool:
        return bool(value)
    if kind is int:
        return Decimal(value)
    return said_moment(value)


def said_moment(value: Any) -> Value:
    """A date as it is, a day without its midnight; times and durations as the text a person sees."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, time):
        return NO_DATE if value == time() else value.isoformat("minutes" if value.second == 0 else "seconds")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return value  # type: ignore[no-any-return]


# --- the workbook part: sheets, names, properties ------------------------------------------------------------


def _main_part(parts: Parts) -> str:
    main = next((link.part for link in parts.relations("") if link.type == "officeDocument"), "xl/workbook.xml")
    if main not in parts:
        raise Unreadable("file-damaged", path=parts.source)
    return main


def _where_calamine_looks(data: bytes, parts: Parts, workbook: str) -> bytes:
    """The package with workbook, texts and styles under their usual names, the only ones python-calamine knows."""
    links = parts.relations(workbook)
    places = {link.part: _USUAL[link.type] for link in links if link.type in _USUAL and link.part in parts}
    is_usual = workbook == _USUAL["officeDocument"] and all(part == usual for part, usual in places.items())
    if is_usual and not any(_is_misread(parts.read(link.part)) for link in links if _holds_values(link, parts)):
        return data
    moved = io.BytesIO()
    with zipfile.ZipFile(moved, "w") as archive:
        archive.writestr("_rels/.rels", _relationships([("r1", "officeDocument", _USUAL["officeDocument"])]))
        archive.writestr(_USUAL["officeDocument"], parts.read(workbook))
        targets: list[tuple[str, str, str]] = []
        for link in {link.part: link for link in links}.values():
            if link.part in parts and (link.type in _USUAL or link.type.endswith("sheet")):
                targets.append((link.id, link.type, places.get(link.part, f"xl/parts/{len(targets)}.xml")))
                archive.writestr(targets[-1][2], _plainly_written(parts, link))
        archive.writestr("xl/_rels/workbook.xml.rels", _relationships(targets))
    return moved.getvalue()


def _holds_values(link: Relation, parts: Parts) -> bool:
    return link.part in parts and link.type in ("worksheet", "sharedStrings")


def _is_misread(body: bytes) -> bool:
    """Comments, instructions, CDATA and character references inside a value: python-calamine stops at the first."""
    return b"<!" in body or b"&#" in body or body.find(b"<?", 2) >= 0


def _plainly_written(parts: Parts, link: Relation) -> bytes:
    """A part for python-calamine, values written so that it reads them whole."""
    body = parts.read(link.part)
    if not _holds_values(link, parts) or not _is_misread(body):
        return body
    root = parse_xml(body, parts.source)
    for element in root.iter("{*}v", "{*}t"):
        element.text = element.text  # text and CDATA sections become one text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _relationships(links: list[tuple[str, str, str]]) -> str:
    """A relationships part: identifier, last word of the type, target."""
    items = "".join(
        f"<Relationship Id={quoteattr(key)} Type={quoteattr(f'{_TYPES}/{kind}')} Target={quoteattr(f'/{target}')}/>"
        for key, kind, target in links
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'
    )


_TYPES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_USUAL: Final = {
    "officeDocument": "xl/workbook.xml",
    "sharedStrings": "xl/sharedStrings.xml",
    "styles": "xl/styles.xml",
}


def _worksheets(root: etree._Element, targets: dict[str, str]) -> list[_Worksheet]:
    found = []
    for element in root.iter("{*}sheet"):
        # The namespace of r:id differs between strict and transitional files.
        link = next((value for key, value in element.attrib.items() if local(key) == "id" and key != "id"), "")
        found.append(_Worksheet(element.get("name", ""), targets.get(str(link), "")))
    return found


def _give_names(root: etree._Element, worksheets: list[_Worksheet]) -> None:
    """Names go to the sheet they point to; one of the sheet's own goes before a global one of the same name."""
    by_name = {sheet.name.casefold(): sheet for sheet in worksheets}
    own: list[tuple[_Worksheet, str, Range]] = []
    for element in root.iter("{*}definedName"):
        name = element.get("name", "")
        match = _REFERENCE.fullmatch((element.text or "").strip())
        if not match or name.startswith("_xlnm."):
            continue
        sheet = by_name.get((match[1] or match[2]).replace("''", "'").casefold())
        if sheet is None:
            continue
        area = parse_range(match[3])
        scope = element.get("localSheetId")
        if scope is None:
            sheet.names[name] = area
        elif scope.isdecimal() and int(scope) < len(worksheets) and worksheets[int(scope)] is sheet:
            own.append((sheet, name, area))
    for sheet, name, area in own:
        sheet.names[name] = area


def _custom_properties(parts: Parts) -> dict[str, str]:
    """``docProps/custom.xml``, wherever the package keeps it: name to text."""
    part = next((link.part for link in parts.relations("") if link.type in _PROPERTY_LINKS), "")
    if part not in parts:
        return {}
    return {
        name: "".join(str(text) for text in element.itertext())
        for element in parts.xml(part).iter("{*}property")
        if (name := element.get("name"))
    }


_PROPERTY_LINKS: Final = ("custom-properties", "customProperties")


# --- what python-calamine drops, or cannot be trusted with --------------------------------------------------


def _check_start(body: bytes, source: str) -> None:
    """Refuse parts that python-calamine would misread without a word: a document type, an encoding not UTF-8."""
    start = body[:200]
    declared = _ENCODING.search(start[:200])
    if (
        b"<!DOCTYPE" in body
        or start.startswith(_UTF16)
        or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii"))
    ):
        raise Unreadable("file-damaged", path=source)


def check_extent(body: bytes, source: str, sheet: str) -> None:
    """Refuse a sheet whose filled cells lie so far apart that a dense grid would fill the memory."""
    cells = _plain_cells(body)
    if cells is not None and not _FAR.search(cells):
        named = cells.count(b'<c r="') + cells.count(b'<row r="')
        if named == cells.count(b"<c ") + cells.count(b"<c>") + cells.count(b"<row"):
            return
    rows: set[int] = set()
    columns: set[int] = set()
    for cell, element in _cells(parse_xml(body, source), filled_only=True):
        rows |= {cell.row, _own_row(element.get("r", ""), cell.row)}
        columns.add(cell.column)
    if rows and (max(rows) + 1) * (max(columns) + 1) > MOST_CELLS:
        raise Unreadable("sheet-too-large", path=source, sheet=sheet, cell=a1(max(rows), max(columns)))


def _cells(root: etree._Element, filled_only: bool = False) -> Iterator[tuple[Cell, etree._Element]]:
    """Every cell element with its place; a cell or row that does not say where it is follows the one before."""
    row = -1
    for row_element in root.iter("{*}row"):
        said = row_element.get("r", "")
        row = int(said) - 1 if said.isdecimal() else row + 1
        column = -1
        for element in row_element:
            if local(element.tag) != "c":
                continue
            column = _place(element.get("r", ""), column + 1)
            if len(element) or not filled_only:
                yield Cell(row, column), element


def _own_row(address: str, otherwise: int) -> int:
    """The row a cell says it is in, which may be another than that of the row it stands in."""
    try:
        return parse_a1(address).row
    except ValueError:
        return otherwise


def _place(address: str, otherwise: int) -> int:
    try:
        return parse_a1(address).column
    except ValueError:
        return otherwise


def _blank_shared_texts(parts: Parts, part: str) -> frozenset[str]:
    """The numbers of the shared texts that hold no character: cells that show nothing, but are not empty."""
    if part not in parts:
        return frozenset()
    body = parts.read(part)
    if b"<sst" in body and not any(blank in body for blank in (*_BLANK_TEXT, *_ODD_XML)):
        return frozenset()
    items = parse_xml(body, parts.source).iterchildren("{*}si")
    return frozenset(str(number) for number, item in enumerate(items) if not _text_of(item))


def _text_of(item: etree._Element) -> str:
    """The text of a string item, its rich runs joined; the phonetic guide is no text of the cell."""
    return "".join(
        element.text or ""
        for element in item.iter("{*}t")
        if (parent := element.getparent()) is None or local(parent.tag) != "rPh"
    )


def _plain_cells(body: bytes) -> bytes | None:
    """The part of a sheet that holds its cells; ``None`` when it is written as the fast searches do not expect."""
    cells = body[body.find(b"<sheetData") : body.rfind(b"</sheetData")]
    return None if not cells or any(odd in cells for odd in _ODD_XML) else cells


def _may_hold_dropped(body: bytes) -> bool:
    """Whether an error or an explicit empty text may be in the sheet; sometimes yes without need, never wrongly no."""
    cells = _plain_cells(body)
    if cells is None or b't="e"' in cells:
        return cells is not None or b"<sheetData/>" not in body
    if b"inlineStr" in cells and _BLANK_INLINE.search(cells):
        return True
    return (b"<v></" in cells or b"<v/>" in cells) and _BLANK_RESULT.search(cells) is not None


def _with_what_calamine_drops(
    rows: tuple[Row, ...], body: bytes, blank_texts: frozenset[str], source: str
) -> tuple[Row, ...]:
    """Put errors and explicit empty texts back where they stand."""
    suspect = blank_texts or _may_hold_dropped(body) or any(type(value) is CellError for row in rows for value in row)
    if not suspect:
        return rows
    grid = [list(row) for row in rows]
    root = parse_xml(body, source)
    arrays = _array_results(root)
    for cell, element in _cells(root):
        value = _dropped_value(element, blank_texts)
        if value == "" and any(area.covers(cell) for area in arrays):
            continue
        if value is not None or _is_no_date(grid, cell):
            put(grid, cell, value if value is not None else _raw_number(element))
    return tidy_rows(grid)


def _array_results(root: etree._Element) -> list[Range]:
    """The cells that formulas fill beside their own; an empty text there is a result, not an entry."""
    areas = []
    for formula in root.iter("{*}f"):
        if formula.get("t") == "array":
            with suppress(ValueError):
                areas.append(parse_range(formula.get("ref", "")))
    return areas


def _dropped_value(element: etree._Element, blank_texts: frozenset[str]) -> Value:
    """The error or the empty text that the cell holds; ``None`` where it is anything else."""
    kind = element.get("t")
    inside = {local(child.tag): child for child in element}
    text = inside["v"].text or "" if "v" in inside else ""
    if kind == "e":
        return CellError(text.strip() or "#VALUE!")
    if "f" in inside:
        return None
    if kind == "s":
        return "" if text.strip() in blank_texts else None
    if kind == "inlineStr":
        return "" if "is" in inside and not _text_of(inside["is"]) else None
    if kind == "str":
        return "" if "v" in inside and not text else None
    return None


def _is_no_date(grid: list[list[Value]], cell: Cell) -> bool:
    return cell.row < len(grid) and cell.column < len(grid[cell.row]) and grid[cell.row][cell.column] == NO_DATE


def _raw_number(element: etree._Element) -> Value:
    """The number of a cell whose date format does not fit it."""
    text = next((child.text or "" for child in element if local(child.tag) == "v"), "")
    try:
        return decimal_of(float(Decimal(text)))
    except (InvalidOperation, OverflowError):
        return NO_DATE


def put(grid: list[list[Value]], cell: Cell, value: Value) -> None:
    """Set one cell of a grid of rows that may be too few or too short."""
    while len(grid) <= cell.row:
        grid.append([])
    row = grid[cell.row]
    row.extend([None] * (cell.column + 1 - len(row)))
    row[cell.column] = value
