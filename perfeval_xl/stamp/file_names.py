"""File names from a pattern, ``{code}-{name}.xlsx``, that Windows and every other system accept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from pathvalidate import sanitize_filename

from perfeval_xl.errors import CannotWrite
from perfeval_xl.model import Form

#: What may stand in braces, and what it stands for.
PLACES: Final[dict[str, Callable[[Form], object]]] = {
    "code": lambda form: form.project.code,
    "name": lambda form: form.project.name,
    "department": lambda form: form.project.department,
    "unit": lambda form: form.project.implementing_unit,
    "year": lambda form: form.fiscal_year,
}
_PLACE: Final = re.compile(r"\{(\w*)\}")
#: The bytes of a name on Linux; Windows and macOS allow as many characters.
_MOST_BYTES: Final = 255
#: Room for the number that tells equal names apart.
_NUMBER_BYTES: Final = 8


class NamePattern:
    """Gives each project a name of its own. Raises ``CannotWrite`` for a place that nothing stands for."""

    def __init__(self, pattern: str, suffix: str = ".xlsx") -> None:
        self._suffix = suffix
        self._stem = re.sub(r"\.xls[xm]$", "", pattern, flags=re.IGNORECASE)
        self._used: set[str] = set()
        for place in _PLACE.findall(pattern):
            if place not in PLACES and place != "number":
                known = " ".join(f"{{{name}}}" for name in (*PLACES, "number"))
                raise CannotWrite("stamp-pattern", place=place, known=known)

    def name(self, form: Form, number: int) -> str:
        """The file name of a project; ``number`` is its row in the list. Equal names get -2, -3 …"""

        def text(match: re.Match[str]) -> str:
            value = number if match[1] == "number" else PLACES[match[1]](form)
            return " ".join(str(value or "").split())

        stem = _safe(_PLACE.sub(text, self._stem).strip("-_. "), _MOST_BYTES - len(self._suffix) - _NUMBER_BYTES)
        if not stem.strip("-_. "):
            stem = str(number)
        name, count = f"{stem}{self._suffix}", 2
        while name.casefold() in self._used:
            name, count = f"{stem}-{count}{self._suffix}", count + 1
        self._used.add(name.casefold())
        return name


def _safe(stem: str, most: int) -> str:
    """A name that every system accepts: no reserved character or name, no dot or blank at its end, short enough."""
    cut = stem.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
    return sanitize_filename(cut, replacement_text="_", platform="universal", max_len=_MOST_BYTES).rstrip(". ")
