"""Labelled cells outside the tables: who and what at the top, remark, conclusions and signatures at the bottom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from perfeval_xl.layout import ExtraCell
from perfeval_xl.layout.grid import Grid, Item
from perfeval_xl.layout.title import is_annex, is_unit, is_year
from perfeval_xl.package.addresses import Cell
from perfeval_xl.profile.vocabulary import Vocabulary, compact, printed_key

_NUMBERED_NOTE: Final = re.compile(r"^[（(]?\d+[.、)）]")
#: 年　月　日 and （盖章） are room left for writing.
_ROOM: Final = re.compile(r"[年月日_\s\u3000.:：/]*|\((?:盖章|签字|签章|公章|章)\)")
_CODE_AND_NAME: Final = re.compile(r"^\s*[0-9A-Za-z]{12,}\s*[-—－]\s*\S", re.DOTALL)
_LONGEST_LABEL: Final = 16
_GOALS: Final = {"expected": "goals.expected", "actual": "goals.actual"}
#: A longer text is prose, whatever colons it has.
_LONGEST_INLINE: Final = 300
_INLINE_LABEL: Final = re.compile(
    r"(?:^|(?<=[\s\u3000;；]))([^\s:：;；]{1,24}(?:[(（][^()（）]{0,12}[)）])?)[ \u3000]*[:：]"
)


@dataclass(slots=True)
class Labelled:
    """Fields and further labelled cells, what of them is print, and where a value is only a part of its cell."""

    fields: dict[str, Cell] = field(default_factory=dict)
    extra: list[ExtraCell] = field(default_factory=list)
    print_cells: set[Cell] = field(default_factory=set)
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)


def read_labelled(grid: Grid, rows: Iterable[int], first_table: int, last_table: int) -> Labelled:
    """The labelled cells of ``rows``, which hold no table; ``first_table`` and ``last_table`` are rows of tables."""
    walk = _Walk(grid, first_table, last_table)
    for row in rows:
        walk.read_row(row)
    name = walk.found.fields.get("project.name")
    if name is not None and "project.code" not in walk.found.fields and _CODE_AND_NAME.match(str(grid.sheet[name])):
        walk.found.fields["project.code"] = name
    return walk.found


class _Walk:
    """Goes through rows left to right and pairs each label with the cell that holds its value."""

    def __init__(self, grid: Grid, first_table: int, last_table: int) -> None:
        self.grid = grid
        self.found = Labelled()
        self.first_table = first_table
        self.last_table = last_table
        #: The key of the label a field was taken from.
        self._taken_from: dict[str, str] = {}
        self._open_remark: Item | None = None
        self._in_notes = False

    def read_row(self, row: int) -> None:
        """Pair the labels of one row with their values."""
        items = self.grid.distinct(row)
        self._print_repeats(row, items)
        if self._is_note(row, items) or self._is_remark_below(items):
            return
        knows_label = any(self._role(item) for item in items)
        pending: tuple[Item, str] | None = None
        for number, item in enumerate(items):
            role = self._role(item)
            if pending is not None and role is None and not inline_labels(item, self.grid.words):
                self._take(*pending, item)
                pending = None
                continue
            if pending is not None:
                self._leave_blank(*pending, item)
                pending = None
            following = items[number + 1] if number + 1 < len(items) else None
            pending = self._opened_by(item, role, following, knows_label)
        if pending is not None:
            self._leave_blank(*pending, None)

    def _print_repeats(self, row: int, items: list[Item]) -> None:
        """Cells in which a converter repeated a merged text are print."""
        first = {item.cell for item in items}
        self.found.print_cells |= {item.cell for item in self.grid.items(row)} - first

    # --- what an item is ---

    def _role(self, item: Item) -> str | None:
        """The field a label stands for; ``extra``, ``print`` for headings and captions; ``None`` for a value."""
        roles = item.roles
        if "project" in roles:
            return "fiscal_year" if roles["project"] == "fiscal_year" else f"project.{roles['project']}"
        if "goals" in roles and self.first_table <= item.row <= self.last_table:
            return _GOALS[roles["goals"]]
        section = roles.get("sections")
        if section in ("remark", "extra"):
            return section
        return "print" if section in ("funds", "goals", "indicators", "identity", "sister") else None

    def _opened_by(
        self, item: Item, role: str | None, following: Item | None, knows_label: bool
    ) -> tuple[Item, str] | None:
        """The label that waits for its value after ``item``, if any."""
        if role == "print" or self._is_print(item):
            self.found.print_cells.add(item.cell)
            return None
        if role is not None:
            self.found.print_cells.add(item.cell)
            return item, role
        inline = inline_labels(item, self.grid.words)
        if inline:
            self._take_inline(item, inline)
            return None
        if is_footer(item.text, self.grid.words):
            self.found.print_cells.add(item.cell)
            return item, "footer"
        if self._is_unknown_label(item, following, knows_label):
            self.found.print_cells.add(item.cell)
            return item, "extra"
        return None

    def _is_print(self, item: Item) -> bool:
        return is_year(item) or is_annex(item) or is_unit(item)

    def _is_unknown_label(self, item: Item, following: Item | None, knows_label: bool) -> bool:
        """A short text with a value beside it, in a row that pairs labels with values; or one that ends in a colon."""
        text = compact(item.text)
        if not text or len(text) > _LONGEST_LABEL or following is None or self._role(following):
            return False
        if text.endswith(":"):
            return True
        return knows_label and item.row < self.first_table and item.kind == "text" and not re.search(r"\d", text)

    # --- notes under the form ---

    def _is_note(self, row: int, items: list[Item]) -> bool:
        """注：… and the numbered lines below it: print."""
        first = items[0]
        head = printed_key(first.text.split("：")[0].split(":")[0]) if len(first.text) < 2000 else ""
        if len(items) == 1 and head in ("注", "说明", "填表说明", "填报说明", "备注说明"):
            self._in_notes = True
        elif not (self._in_notes and len(items) == 1 and _NUMBERED_NOTE.match(first.text.strip())):
            self._in_notes = False
            return False
        self.found.print_cells.add(first.cell)
        return row > self.first_table

    def _is_remark_below(self, items: list[Item]) -> bool:
        """The text below a 备注 that stands alone in its row."""
        label, self._open_remark = self._open_remark, None
        alone = len(items) == 1 and self._role(items[0]) is None
        if label is None or not alone or inline_labels(items[0], self.grid.words) or self._is_print(items[0]):
            return False
        if is_footer(items[0].text, self.grid.words):
            return False
        self.found.fields["remark"] = items[0].cell
        return True

    # --- pairing ---

    def _take(self, label: Item, role: str, value: Item) -> None:
        if value.text and _ROOM.fullmatch(compact(value.text)):
            self.found.print_cells.add(value.cell)
        elif role in ("extra", "footer") or not self._is_free(role, label.key):
            self.found.extra.append(ExtraCell(_extra_label(label), value.cell))
        else:
            self._hold(role, value.cell, label.key)
            behind = labels_behind(value, self.grid.words) if role.startswith("project.") else []
            if behind:
                # 路灯维护 项目负责人：…: the next label stands in the cell of the value.
                self.found.parts[role] = (0, value.text.rindex(behind[0].label, 0, behind[0].start))
                self._take_inline(value, behind)

    def _is_free(self, role: str, key: str) -> bool:
        """A field is taken once; the same label again may fill it when it was blank."""
        cell = self.found.fields.get(role)
        return cell is None or (self.grid.sheet[cell] is None and self._taken_from.get(role) == key)

    def _hold(self, role: str, cell: Cell, key: str) -> None:
        self.found.fields[role] = cell
        self._taken_from[role] = key

    def _leave_blank(self, label: Item, role: str, following: Item | None) -> None:
        """A label without a value: the cell beside it is where one would stand."""
        cell = Cell(label.row, label.right + 1)
        if role == "remark" and following is None and label.row > self.first_table:
            self._open_remark = label
        has_room = following is None or following.left > cell.column
        if not has_room or role == "footer" or role in self.found.fields:
            return
        if role == "extra":
            self.found.extra.append(ExtraCell(_extra_label(label), cell))
        else:
            self._hold(role, cell, label.key)

    def _take_inline(self, item: Item, parts: list[InlineLabel]) -> None:
        text = item.text
        is_used = False
        for part in parts:
            if self._is_blank_part(text, part):
                continue
            role = "extra" if part.field == "footer" else part.field
            if role == "extra" or role in self.found.fields:
                label = compact(part.label)
                self.found.extra.append(ExtraCell(label, item.cell))
                self.found.parts[f"extra.{label}"] = (part.start, part.end)
            else:
                self._hold(role, item.cell, printed_key(part.label))
                self.found.parts[role] = (part.start, part.end)
            is_used = True
        if not is_used:
            self.found.print_cells.add(item.cell)
            self._offer_inline(item, parts)

    def _is_blank_part(self, text: str, part: InlineLabel) -> bool:
        return bool(_ROOM.fullmatch(compact(text[part.start : part.end])))

    def _offer_inline(self, item: Item, parts: list[InlineLabel]) -> None:
        """Room behind an inline label (``填报单位：``) is no cell of its own; only a lone remark keeps its place."""
        if len(parts) == 1 and parts[0].field == "remark" and item.row > self.first_table:
            self._open_remark = item


def _extra_label(label: Item) -> str:
    """The label of an ``extra`` entry as printed, without white space, colon, star and numbering."""
    text = re.sub(r"^(?:\d+[.、)]|[一二三四五六七八九十]+、)", "", "".join(label.text.split()))
    return text.strip("*:：")


# --- labels in one cell with their values: 项目负责人：张三　联系电话：010-… ------------------------------


class InlineLabel(NamedTuple):
    """A label inside a cell: its field (``project.leader``, ``extra``, ``footer``, …) and where its value stands."""

    field: str
    label: str
    start: int
    end: int


def inline_labels(item: Item, words: Vocabulary) -> list[InlineLabel]:
    """The labels with values in a cell; none unless the cell begins with a known label and a colon.

    A cell that is nothing but a label (``项目编码:``) has none: its value stands beside it.
    """
    text = item.text
    if item.roles or len(text) > _LONGEST_INLINE or (":" not in text and "：" not in text):
        return []
    known = _known_labels(text, words)
    return [] if not known or text[: known[0][0].start()].strip() else _with_values(text, known)


def labels_behind(item: Item, words: Vocabulary) -> list[InlineLabel]:
    """Labels of the project with their values that stand behind a value in its cell."""
    text = item.text
    if len(text) > _LONGEST_INLINE or (":" not in text and "：" not in text):
        return []
    known = [(match, field) for match, field in _known_labels(text, words) if field.startswith("project.")]
    if not known or not text[: known[0][0].start()].strip():
        return []
    return _with_values(text, known)


def _known_labels(text: str, words: Vocabulary) -> list[tuple[re.Match[str], str]]:
    return [(match, field) for match in _INLINE_LABEL.finditer(text) if (field := _inline_field(match[1], words))]


def _with_values(text: str, known: list[tuple[re.Match[str], str]]) -> list[InlineLabel]:
    found = []
    for number, (match, role) in enumerate(known):
        end = known[number + 1][0].start() if number + 1 < len(known) else len(text)
        value = text[match.end() : end]
        start = match.end() + len(value) - len(value.lstrip())
        found.append(InlineLabel(role, match[1], start, max(start, match.end() + len(value.rstrip(" \u3000\n\t;；")))))
    return found


def _inline_field(label: str, words: Vocabulary) -> str | None:
    roles = words.of(label)
    if "project" in roles:
        return f"project.{roles['project']}" if roles["project"] != "fiscal_year" else "fiscal_year"
    section = roles.get("sections")
    if section in ("remark", "extra", "total"):
        return {"remark": "remark", "extra": "extra", "total": "total.score"}[section]
    return "footer" if is_footer(label, words) else None


def is_footer(label: str, words: Vocabulary) -> bool:
    """Whether a label is a caption under the form: 注, 说明, 填表人."""
    return printed_key(label) in words.footers
