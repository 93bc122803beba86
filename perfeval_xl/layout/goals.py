"""年度总体目标: 预期目标 and 实际完成情况 as captions side by side with their texts below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from perfeval_xl.layout import Ambiguity
from perfeval_xl.layout.grid import Grid, Item
from perfeval_xl.package.addresses import Cell

_FIELDS: Final = ("goals.expected", "goals.actual")
#: Columns between captions from which on a shift of one or two columns cannot confuse them.
_FAR_APART: Final = 3


@dataclass(slots=True)
class GoalCells:
    """The goals as found: fields, printed cells, unclear cells and the rows of the sheet they take."""

    fields: dict[str, Cell] = field(default_factory=dict)
    ambiguous: list[Ambiguity] = field(default_factory=list)
    print_cells: set[Cell] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)


def read_goals(grid: Grid, row: int, bottom: int) -> GoalCells:
    """The goals whose captions stand in ``row``; nothing when the texts stand beside the captions instead."""
    found = GoalCells()
    captions = _captions(grid, row)
    others = [item for item in grid.distinct(row) if item not in captions.values() and not _is_heading(item)]
    expected, actual = captions["expected"], captions["actual"]
    if any(expected.left < item.left < actual.left or item.left > actual.right for item in others):
        return found
    found.taken.add(row)
    found.print_cells |= {item.cell for item in grid.items(row)}
    below = next(grid.between(row + 1, bottom), None)
    if below is not None and not _opens_another_section(grid, below):
        _read_texts(grid, found, below, captions)
    elif row + 1 <= bottom:
        _offer_blank(found, row + 1, captions)
    return found


def _captions(grid: Grid, row: int) -> Mapping[str, Item]:
    """The two captions; 年度绩效目标 may be a caption or the heading beside them, so the last one counts."""
    found: dict[str, Item] = {}
    for item in grid.distinct(row):
        if "goals" in item.roles:
            found[item.roles["goals"]] = item
    return found


def _is_heading(item: Item) -> bool:
    return item.roles.get("sections") in ("goals", "identity") or "goals" in item.roles


def _opens_another_section(grid: Grid, row: int) -> bool:
    items = grid.items(row)
    if any("project" in item.roles or "funds" in item.roles for item in items):
        return True
    return any(item.roles.get("sections") not in (None, "goals") for item in items[:1])


def _read_texts(grid: Grid, found: GoalCells, row: int, captions: Mapping[str, Item]) -> None:
    items = grid.distinct(row)
    texts = [item for item in items if not _is_heading(item)]
    found.print_cells |= {item.cell for item in grid.items(row)} - {item.cell for item in texts}
    found.taken.add(row)
    left = captions["expected"].left < captions["actual"].left
    order = _FIELDS if left else _FIELDS[::-1]
    if len(texts) == 2:
        found.fields.update({path: item.cell for path, item in zip(order, texts, strict=True)})
        return
    placed = {_under(item, captions) for item in texts}
    for item in texts:
        path = _under(item, captions)
        if path is None or len(placed) < len(texts) or not _is_sure(grid, item, captions):
            found.ambiguous.append(Ambiguity("goals", item.cell))
        else:
            found.fields[path] = item.cell
    if not found.ambiguous:
        _offer_blank(found, row, captions)


def _under(item: Item, captions: Mapping[str, Item]) -> str | None:
    """The caption exactly over a text."""
    for name, caption in captions.items():
        if caption.left <= item.left <= caption.right:
            return f"goals.{name}"
    return None


def _is_sure(grid: Grid, item: Item, captions: Mapping[str, Item]) -> bool:
    """Whether a lone text is surely under its caption: in a worksheet, or where the captions are far apart."""
    if grid.sheet.addressing == "A1" or grid.has_merges(item.row, item.row):
        return True
    return abs(captions["expected"].left - captions["actual"].left) >= _FAR_APART


def _offer_blank(found: GoalCells, row: int, captions: Mapping[str, Item]) -> None:
    """Cells that are still empty."""
    for name, caption in captions.items():
        found.fields.setdefault(f"goals.{name}", Cell(row, caption.left))
