"""What kind of file the bytes are, whatever the name says; and whether the name may say that."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.parts import Parts
from perfeval_xl.sources.encoding import utf16_without_mark
from perfeval_xl.sources.formats import OLD_EXCEL_XML, REFUSED, Kind, families_under, format_of
from perfeval_xl.sources.ole import root_streams

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_START: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style|div|p\b)", re.IGNORECASE)
_MHTML_START: Final = re.compile(rb"(?:[\w-]+:[^\n]*\n){0,20}mime-version:", re.IGNORECASE)


def recognise(data: bytes, source: str) -> tuple[Kind, Parts | None]:
    """The kind of the bytes, with the opened package where it is one. Raises ``Unreadable`` for other kinds."""
    parts = Parts(data, source) if is_package(data) else None
    return kind_of(data, source, parts), parts


def is_package(data: bytes) -> bool:
    """Whether the bytes begin as a zip does."""
    return data.startswith(_ZIP)


def kind_of(data: bytes, source: str, parts: Parts | None) -> Kind:
    """The kind of the bytes, whose package is open already where it is one. Raises ``Unreadable`` for other kinds."""
    if not data:
        raise Unreadable("file-empty", path=source)
    kind = _of_package(parts) if parts else _of_ole(data, source) if data.startswith(_OLE) else _of_stream(data, source)
    check_name(kind, source)
    return kind


def check_name(kind: Kind, source: str) -> None:
    """Refuse a file whose content is of another family than its extension says; no extension says nothing."""
    suffix = PurePath(source).suffix.lower()
    allowed = families_under(suffix)
    family = format_of(kind).family
    if allowed is not None and family not in allowed:
        raise Unreadable(f"file-is-{family}", path=source, suffix=suffix)


def _of_package(parts: Parts) -> Kind:
    mimetype = parts.read("mimetype").strip() if "mimetype" in parts else b""
    if mimetype:
        return _of_open_document(mimetype, parts)
    main = next((link.part for link in parts.relations("") if link.type == "officeDocument"), "")
    for name in (main, "xl/workbook.xml", "xl/workbook.bin", "word/document.xml"):
        if name in parts:
            break
    else:
        raise Unreadable("file-not-office", path=parts.source)
    if name.endswith(".bin"):
        return Kind.XLSB
    if name == "xl/workbook.xml":
        return Kind.XLSX
    types = parts.read("[Content_Types].xml") if "[Content_Types].xml" in parts else b""
    if name.startswith("word/") or b"wordprocessingml.document.main" in types:
        return Kind.DOCX
    if name.startswith("xl/") or b"sheet.main" in types or b"sheet.macroEnabled.main" in types:
        return Kind.XLSX
    raise Unreadable("file-not-office", path=parts.source)


def _of_open_document(mimetype: bytes, parts: Parts) -> Kind:
    manifest = parts.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in parts else b""
    if b"encryption-data" in manifest:
        raise Unreadable("file-has-password", path=parts.source)
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return Kind.ODS
    if mimetype.startswith(b"application/vnd.oasis.opendocument.text"):
        return Kind.ODT
    raise Unreadable("file-not-office", path=parts.source)


def _of_ole(data: bytes, source: str) -> Kind:
    streams = root_streams(data, source)
    if "encryptedpackage" in streams:
        raise Unreadable("file-has-password", path=source)
    if "worddocument" in streams:
        return Kind.DOC
    if "workbook" in streams or "book" in streams:
        return Kind.XLS
    raise Unreadable("file-not-office", path=source)


def _of_stream(data: bytes, source: str) -> Kind:
    start = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if start.startswith(b"{\\rtf"):
        return Kind.RTF
    for signatures, sentence in REFUSED:
        if data.startswith(signatures):
            raise Unreadable(sentence, path=source)
    if any(words in start for words in OLD_EXCEL_XML):
        raise Unreadable("file-old-excel", path=source)
    plain = start.replace(b"\x00", b"")
    if _HTML_START.match(_without_comments(plain)):
        return Kind.HTML
    if _MHTML_START.match(plain):
        return Kind.MHTML
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")) and not utf16_without_mark(data):
        raise Unreadable("file-not-office", path=source)
    return Kind.TEXT


def _without_comments(start: bytes) -> bytes:
    """Leave out the XML declaration and comments that stand before the first element."""
    return re.sub(rb"\A(?:\s|<\?.*?\?>|<!--.*?-->)+", b"", start, flags=re.DOTALL)
