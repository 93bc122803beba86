"""Text as every document holds it."""

from __future__ import annotations

import re
from typing import Final

#: No XML 1.0 document holds these.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def printable(text: str) -> str:
    """``text`` without what no document holds: control characters, and bytes of a file name that are no text."""
    return _NO_XML.sub("\ufffd", text.encode("utf-8", "replace").decode("utf-8"))
