"""The lines of a cell on a page: which line break the printer made because the cell was full, and which the author.

A line too full for the next character was broken by the printer: it is joined with the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

#: Room that printers leave at the end of a full line, in characters.
_SPARE: Final = 0.3
#: Cells have no wider margins than these, left and right together, in points.
_MOST_MARGIN: Final = 14.0
_WORD_START: Final = re.compile(r"[A-Za-z]+")
#: How far characters of one line may differ in height, in their own size.
_SAME_LINE: Final = 0.5

#: Left, top, right and bottom in points.
Box = tuple[float, float, float, float]


def unwrapped(texts: Mapping[Box, str], characters: Sequence[dict[str, Any]]) -> dict[Box, str]:
    """The texts of the cells of a table without the line breaks that only the width of a cell made."""
    widths = {box: _line_widths(box, characters) for box, text in texts.items() if "\n" in text}
    slack = (box[2] - box[0] - max(width for width, _ in lines) for box, lines in widths.items() if lines)
    margin = max(0.0, min((*slack, _MOST_MARGIN)))
    return {box: _joined(text, box, widths.get(box, []), margin) for box, text in texts.items()}


def _joined(text: str, box: Box, widths: list[tuple[float, float]], margin: float) -> str:
    lines = text.split("\n")
    if len(lines) < 2 or len(widths) != len(lines):
        return text
    room = box[2] - box[0] - margin
    joined = lines[0]
    for number in range(1, len(lines)):
        width, size = widths[number - 1]
        is_full = width + _first_width(lines[number], size) > room - _SPARE * size
        joined += (_between(joined, lines[number]) if is_full else "\n") + lines[number]
    return joined


def _line_widths(box: Box, characters: Iterable[dict[str, Any]]) -> list[tuple[float, float]]:
    """Width and size of characters of each line in a cell, top to bottom."""
    inside = [
        character
        for character in characters
        if box[0] <= (character["x0"] + character["x1"]) / 2 < box[2]
        and box[1] <= (character["top"] + character["bottom"]) / 2 < box[3]
        and not character["text"].isspace()
    ]
    lines: list[list[dict[str, Any]]] = []
    for character in sorted(inside, key=lambda each: float(each["top"])):
        if lines and abs(character["top"] - lines[-1][0]["top"]) <= _SAME_LINE * max(character["size"], 1):
            lines[-1].append(character)
        else:
            lines.append([character])
    return [
        (max(each["x1"] for each in line) - min(each["x0"] for each in line), max(each["size"] for each in line))
        for line in lines
    ]


def _first_width(line: str, size: float) -> float:
    """The width of what cannot be parted at the beginning of a line: a character, or a Latin word."""
    word = _WORD_START.match(line)
    if word:
        return 0.5 * size * len(word[0])
    return size if line and not line[0].isascii() else 0.5 * size


def _between(before: str, after: str) -> str:
    """The text between two joined lines: a blank between Latin words, else nothing."""
    return (
        " " if before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha() else ""
    )
