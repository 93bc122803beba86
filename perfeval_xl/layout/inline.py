"""Labels that stand in one cell with their values: 项目负责人：张三　联系电话：010-…"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from perfeval_xl.layout.grid import Item
from perfeval_xl.layout.vocabulary import Vocabulary

#: A longer text is prose, whatever colons it has.
_LONGEST: Final = 300
_LABEL: Final = re.compile(r"(?:^|(?<=[\s\u3000;；]))([^\s:：;；]{1,24}(?:[(（][^()（）]{0,12}[)）])?)[ \u3000]*[:：]")


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
    if item.roles or len(text) > _LONGEST or (":" not in text and "：" not in text):
        return []
    known = [(match, field) for match in _LABEL.finditer(text) if (field := _field(match[1], words))]
    if not known or text[: known[0][0].start()].strip():
        return []
    found = []
    for number, (match, field) in enumerate(known):
        end = known[number + 1][0].start() if number + 1 < len(known) else len(text)
        value = text[match.end() : end]
        start = match.end() + len(value) - len(value.lstrip())
        found.append(InlineLabel(field, match[1], start, max(start, match.end() + len(value.rstrip(" \u3000\n\t;；")))))
    return found


def _field(label: str, words: Vocabulary) -> str | None:
    roles = words.of(label)
    if "project" in roles:
        return f"project.{roles['project']}" if roles["project"] != "fiscal_year" else "fiscal_year"
    section = roles.get("sections")
    if section in ("remark", "extra", "total"):
        return {"remark": "remark", "extra": "extra", "total": "total.score"}[section]
    return "footer" if is_footer(label, words) else None


def is_footer(label: str, words: Vocabulary) -> bool:
    """Whether a label is a caption under the form: 注, 说明, 填表人."""
    from perfeval_xl.layout.vocabulary import printed_key

    return printed_key(label) in words.footers
