"""Text that every kind of document can hold."""

from __future__ import annotations

import re
from typing import Final

#: Control characters that XML 1.0 forbids.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def printable(text: str) -> str:
    """``text`` without control characters and without undecodable bytes of a file name."""
    return _NO_XML.sub("\ufffd", text.encode("utf-8", "replace").decode("utf-8"))
