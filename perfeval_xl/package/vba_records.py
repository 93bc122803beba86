"""The small records of a VBA project's streams ``dir``, ``PROJECT`` and ``PROJECTwm``, [MS-OVBA] 2.3."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

#: The stream ``_VBA_PROJECT`` of a project without compiled code: version 0xFFFF, 2.3.4.1.
NO_CACHE: Final = struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 0)
MODULE_COUNT, END_OF_PROJECT = 0x0F, 0x10
MODULE_NAME, STREAM_NAME_IN_UNICODE, SOURCE_OFFSET, END_OF_MODULE = 0x19, 0x32, 0x31, 0x2B
_PROJECT_VERSION: Final = 0x09
#: What a document module (a sheet) is based on: Excel's Worksheet.
SHEET_BASE: Final = "0{00020820-0000-0000-C000-000000000046}"


def record(number: int, data: bytes = b"") -> bytes:
    """One record: its number, its length, its data."""
    return struct.pack("<HI", number, len(data)) + data


def records(stream: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """The records of a decompressed ``dir``: number, data, and the whole as it stands there.

    Raises ``ValueError`` where the stream ends within one.
    """
    at = 0
    while at < len(stream):
        if at + 6 > len(stream):
            raise ValueError("the stream dir ends within a record")
        number, length = struct.unpack_from("<HI", stream, at)
        if number == _PROJECT_VERSION:  # says 4 and holds 6, 2.3.4.2.1.11
            length = 6
        end = at + 6 + length
        if end > len(stream):
            raise ValueError("the stream dir ends within a record")
        yield number, stream[at + 6 : end], stream[at:end]
        at = end


def module_record(name: str, kind: str) -> bytes:
    """What ``dir`` says of one module, 2.3.4.2.3.2; the source stands at offset 0 of a stream named like it."""
    ascii_name, unicode_name = name.encode("ascii"), name.encode("utf-16-le")
    return (
        record(MODULE_NAME, ascii_name)
        + record(0x47, unicode_name)
        + record(0x1A, ascii_name)
        + record(STREAM_NAME_IN_UNICODE, unicode_name)
        + record(0x1C)
        + record(0x48)
        + record(SOURCE_OFFSET, bytes(4))
        + record(0x1E, bytes(4))
        + record(0x2C, b"\xff\xff")
        + record(0x21 if kind == "module" else 0x22)
        + record(END_OF_MODULE)
    )


def module_names(name: str) -> bytes:
    """A module's entry in ``PROJECTwm``, 2.3.3: its name in the code page and in Unicode."""
    return name.encode("ascii") + b"\0" + name.encode("utf-16-le") + b"\0\0"


def sheet_source(name: str) -> str:
    """The source of a sheet's module without any code."""
    attributes = {
        "VB_Name": f'"{name}"',
        "VB_Base": f'"{SHEET_BASE}"',
        "VB_GlobalNameSpace": "False",
        "VB_Creatable": "False",
        "VB_PredeclaredId": "True",
        "VB_Exposed": "True",
        "VB_TemplateDerived": "False",
        "VB_Customizable": "True",
    }
    return "".join(f"Attribute {key} = {value}\r\n" for key, value in attributes.items())
