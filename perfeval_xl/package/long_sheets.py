"""Sheets that are long beyond any form: what a reader needs of them, cut out of the bytes before they are parsed.

An office keeps its ledger of 600,000 rows beside the form, and some programs write a row element for every row there
could be. Such a sheet is read as far as the words of a form stand in it, and some way on; a short one is left alone.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from perfeval_xl.package.limits import FIRST_ROWS, LONG_SHEET
from perfeval_xl.package.parts import Parts

#: Words that every form prints, one or the other, with blanks and line breaks anywhere between.
WORDS: Final = ("自评表", "三级指标", "指标值", "完成值", "完成情况", "资金总额")


def _written(sign: str) -> str:
    """A character as XML may write it: as it is, or by its number."""
    return f"(?:{sign}|&#{ord(sign)};|&#[xX]0*(?i:{ord(sign):x});)"


_PLAIN: Final = "|".join(r"\s*".join(word) for word in WORDS).encode()
#: Slower by far, so asked only where there are numbers of characters.
_NUMBERED: Final = "|".join(r"\s*".join(map(_written, word)) for word in WORDS).encode()


def _spoken(body: Body) -> bytes:
    """The pattern of the words of a form, as they may be written in a part."""
    return _NUMBERED if b"&#" in body else _PLAIN


_ITEM: Final = re.compile(rb"<si\b.*?(?:</si>|/>)", re.DOTALL)
_TAG: Final = re.compile(rb"<[^<>]*>")
_EMPTY_ROW: Final = re.compile(rb"<row(?:\s[^<>]*)?/>")
#: One that says no more than where it is.
_IDLE_ROW: Final = re.compile(rb'<row(?:\s+(?:r|spans)="[0-9: ]*")*\s*/>')
_UNPLACED_ROW: Final = re.compile(rb'<row(?![^<>]*\sr=")(?:\s[^<>]*)?(?<!/)>')
_PIECE: Final = 1 << 20
#: Pieces overlap by this much, because a match may begin in one and end in the next.
_OVERLAP: Final = 200
_END: Final = b"</sheetData>"
Body = bytes | bytearray


def without_idle_rows(body: bytes) -> bytes:
    """A sheet part without the row elements that hold and say nothing, when there are very many of them."""
    return bytes(_without(body, _IDLE_ROW)) if len(body) > LONG_SHEET else body


def shortened(data: bytes, parts: Parts) -> tuple[bytes, Parts]:
    """A workbook whose long sheets end behind what may be a form; one without long sheets is given back as it is."""
    changed = {
        name: body
        for name in parts.names()
        if "sheet" in name.lower() and name.endswith(".xml") and parts.size(name) > LONG_SHEET
        if (body := _as_far_as_needed(name, parts)) is not None
    }
    if not changed:
        return data, parts
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in parts.names():
            if name in changed:
                archive.writestr(name, changed.pop(name))
            elif name.endswith((".xml", ".rels")):
                archive.writestr(name, parts.read(name))
    short = file.getvalue()
    return short, Parts(short, parts.source)


def _as_far_as_needed(name: str, parts: Parts) -> bytearray | None:
    """The part of a sheet in which a form may stand; ``None`` for a part that is no sheet or written unlike any."""
    body = bytearray()
    for piece in parts.pieces(name):
        body += piece
    end = body.rfind(_END)
    if end < 0 or b"<row" not in body[:_PIECE]:
        return None
    body = bytearray(_without(body, _EMPTY_ROW)) if _EMPTY_ROW.search(body) else body
    end = body.rfind(_END)
    if len(body) <= LONG_SHEET:
        return body
    last = _last_word(body, end, _numbers_of_words(parts))
    first_rows = _behind_rows(body, 0, end)
    cut = max(first_rows, _behind_rows(body, last, end) if last >= 0 else 0)
    del body[cut:end]
    return body


def _without(body: Body, rows: re.Pattern[bytes]) -> Body:
    """Rows may go only where those that stay say their number."""
    if not rows.search(body) or _UNPLACED_ROW.search(body):
        return body
    return rows.sub(b"", body.replace(b"<row/>", b""))


def _numbers_of_words(parts: Parts) -> list[bytes]:
    """The numbers of the shared texts in which a word of the form stands."""
    name = next((name for name in parts.names() if name.lower().endswith("sharedstrings.xml")), None)
    if name is None:
        return []
    body = parts.read(name)
    spoken = re.compile(_spoken(body))
    if not spoken.search(body) and b"<r>" not in body:
        return []
    items = _ITEM.finditer(body)
    return [b"%d" % number for number, item in enumerate(items) if spoken.search(_TAG.sub(b"", item[0]))]


def _last_word(body: Body, end: int, numbers: list[bytes]) -> int:
    """Where the last word of a form stands, inline or by its number; -1 for nowhere."""
    wanted = _spoken(body)
    if numbers:
        wanted += rb'|t="s"[^<>]*>\s*<v>(?:' + b"|".join(numbers) + b")</v>"
    pattern = re.compile(wanted)
    for start in range(end, -1, -_PIECE):
        begin = max(0, start - _PIECE)
        found = [match.start() for match in pattern.finditer(body, begin, min(end, start + _OVERLAP))]
        if found:
            return found[-1]
    return -1


def _behind_rows(body: Body, start: int, end: int) -> int:
    """Where the rows behind ``start`` end that are read in any case."""
    at = start
    for _ in range(FIRST_ROWS + 1):
        following = body.find(b"<row", at + 1, end)
        if following < 0:
            return end
        at = following
    return at
