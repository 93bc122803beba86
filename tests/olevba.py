"""oletools, the independent reader of VBA projects, as two functions.

It uses names that its parser library has deprecated; its warnings are its own affair, so they are
silenced here and nowhere else.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from oletools import olevba


def extracted(data: bytes, name: str = "vbaProject.bin") -> dict[str, str]:
    """The source of every module by name, from a vbaProject.bin, .xlsm or .xlam."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = olevba.VBA_Parser(name, data=data)
        try:
            return {stream.rpartition("/")[2]: code for _, stream, _, code in parser.extract_all_macros()}
        finally:
            parser.close()


def decompressed(container: bytes) -> bytes:
    """A compressed container of [MS-OVBA] 2.4.1, decompressed."""
    return bytes(olevba.decompress_stream(bytearray(container)))
