"""Numbers of shared texts that are none: python-calamine takes ``-1`` and ``x`` for the first text of the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from perfeval_xl.errors import Unreadable

#: A cell of a shared text whose value does not begin as a number, or does not go on as one. What stands in comments,
#: CDATA or references is written plainly before it is read.
_NO_NUMBER: Final = re.compile(rb"""t=["']s["'][^<>]*>\s*<(?:\w+:)?v(?:\s[^<>]*)?>\s*(?:[^0-9<&\s]|[0-9]+[^0-9<&\s])""")


def check_text_numbers(bodies: Iterable[bytes], source: str) -> None:
    """Raises ``Unreadable`` where a sheet part asks for a shared text by what is no number."""
    if any(_NO_NUMBER.search(body) for body in bodies):
        raise Unreadable("file-damaged", path=source)
