"""The one table of file formats: what a name may hold, who opens what it holds, and what is refused.

The content decides what kind of file it is (``kinds.recognise``). The ending of the name says what it may be: office
systems write HTML, a text table or RTF under the endings of the old binary formats; those are read as what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final


class Family(StrEnum):
    """Kinds that may stand under each other's endings; the value completes the sentence ``file-is-…``."""

    WORKBOOK = "workbook"
    DOCUMENT = "word"
    TEXT = "text"
    PDF = "pdf"


class Kind(StrEnum):
    """The kinds of file that are told apart by content."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    DOCX = "docx"
    DOC = "doc"
    ODT = "odt"
    RTF = "rtf"
    HTML = "html"
    MHTML = "mhtml"
    PDF = "pdf"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    ``opener`` is module and function in this folder; the function takes the bytes and, of a package, the opened
    parts, else the name. ``may_hold_text`` allows text and HTML under ``suffixes``.
    """

    kind: Kind
    family: Family
    opener: tuple[str, str]
    suffixes: tuple[str, ...]
    may_hold_text: bool = False


FORMATS: Final = (
    Format(Kind.XLSX, Family.WORKBOOK, ("excel", "read_xlsx"), (".xlsx", ".xlsm", ".xltx", ".xltm")),
    Format(Kind.XLSB, Family.WORKBOOK, ("xlsb", "read_xlsb"), (".xlsb",)),
    Format(Kind.XLS, Family.WORKBOOK, ("xls", "read_xls"), (".xls", ".xlt", ".et", ".ett"), may_hold_text=True),
    Format(Kind.ODS, Family.WORKBOOK, ("ods", "read_ods"), (".ods", ".ots")),
    Format(Kind.DOCX, Family.DOCUMENT, ("word", "read_docx"), (".docx", ".docm", ".dotx", ".dotm")),
    Format(Kind.DOC, Family.DOCUMENT, ("word", "read_old_document"), (".doc", ".dot", ".wps", ".wpt"), True),
    Format(Kind.RTF, Family.DOCUMENT, ("word", "read_old_document"), (".rtf",), may_hold_text=True),
    Format(Kind.ODT, Family.DOCUMENT, ("word", "read_odt"), (".odt", ".ott")),
    Format(Kind.HTML, Family.TEXT, ("web", "read_html"), (".html", ".htm")),
    Format(Kind.MHTML, Family.TEXT, ("web", "read_mhtml"), (".mht", ".mhtml")),
    Format(Kind.TEXT, Family.TEXT, ("text", "read_text"), (".md", ".txt", ".tsv", ".csv")),
    Format(Kind.PDF, Family.PDF, ("pdf", "read_pdf"), (".pdf",)),
)
#: The canonical document is ours and no table: ``files`` reads it without an opener.
DOCUMENT_SUFFIX: Final = ".json"
#: Every ending that is read, in a folder as by name.
READABLE: Final = (*(suffix for entry in FORMATS for suffix in entry.suffixes), DOCUMENT_SUFFIX)

#: How files begin that are told apart from everything else only to be refused, and the sentence that says what to do.
REFUSED: Final = (
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*"), "file-is-picture"),
    # Excel 2 to 5 without a container: a BOF record of one of their versions.
    (tuple(bytes((9, version, size, 0)) for version in (0, 2, 4, 8) for size in (4, 6, 8)), "file-old-excel"),
)
#: Words at the beginning of what Excel 2003 called an XML spreadsheet.
OLD_EXCEL_XML: Final = (b'progid="Excel.Sheet"', b"urn:schemas-microsoft-com:office:spreadsheet")


@cache
def format_of(kind: Kind) -> Format:
    """The entry of a kind."""
    return next(entry for entry in FORMATS if entry.kind is kind)


@cache
def families_under(suffix: str) -> frozenset[Family] | None:
    """What a file may be whose name ends in ``suffix`` (in lower case); ``None`` for endings that say nothing."""
    entry = next((entry for entry in FORMATS if suffix in entry.suffixes), None)
    if entry is None:
        return None
    return frozenset({entry.family, Family.TEXT}) if entry.may_hold_text else frozenset({entry.family})
