"""Bytes of a text or web page -> characters: UTF-8, UTF-16, or GB 18030, which includes GBK and GB 2312."""

from __future__ import annotations

import codecs
import re
from typing import Final

from perfeval_xl.errors import Unreadable

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: Code points that Unicode reserves as non-characters; JSON documents may not hold them.
_NO_CHARACTER: Final = re.compile("[\ufffe\uffff]")
#: At most one damaged character in this many is tolerated; more means another encoding.
_SLIPS: Final = 20
#: More than one control character in this many means that the bytes are no text.
_CONTROLS: Final = 50


def decode(data: bytes, source: str, declared: str | None = None) -> str:
    """The characters of a file. ``declared`` is the charset a web page states; it is tried last.

    Raises ``Unreadable`` when the bytes are text in none of these encodings.
    """
    text = _decoded(data, declared)
    if text is None or len(_CONTROL.findall(text)) * _CONTROLS > len(text):
        raise Unreadable("text-unknown-encoding", path=source)
    odd = _NO_CHARACTER.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise Unreadable("text-no-character", path=source, line=line, code=f"U+{ord(odd[0]):04X}")
    return text


def _decoded(data: bytes, declared: str | None) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    wide = utf16_without_mark(data)
    if wide is not None:
        return data.decode(wide, "replace")
    utf8 = _as_utf8(data)
    if utf8 is not None:
        return utf8
    for candidate in (_known(declared), "gb18030"):
        text = _cut_short(data, candidate) if candidate else None
        if text is not None:
            return text
    return None


def utf16_without_mark(data: bytes) -> str | None:
    """The byte order of UTF-16 text, which shows by zero bytes on one side of its line ends, digits and tabs only."""
    even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
    if max(even, odd) * 20 < min(len(data), 4096) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _as_utf8(data: bytes) -> str | None:
    """UTF-8 text, also where it breaks off inside a character or a few bytes are damaged."""
    text = _cut_short(data, "utf-8")
    if text is not None:
        return text
    text = data.decode("utf-8", "replace")
    wide = sum(1 for character in text if character > "\x7f")
    return text if text.count("\ufffd") * _SLIPS < wide else None


def _cut_short(data: bytes, name: str) -> str | None:
    """The text in that encoding, without half a character at its very end; ``None`` when it is not."""
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(data, final=False)
    except UnicodeDecodeError:
        return None


def _known(declared: str | None) -> str | None:
    """The codec of a declared charset; the names of GB 2312 and GBK stand for their successor."""
    try:
        name = codecs.lookup(declared or "").name
    except (LookupError, ValueError):
        return None
    if name in ("gb2312", "gbk", "hz"):
        return "gb18030"
    return name if codecs.lookup(name)._is_text_encoding else None
