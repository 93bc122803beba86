"""The defined names of our own templates.

Every field has a sheet-scoped name ``perf_<path with _>``; the columns of the funds and indicator tables are named
ranges. Names follow their cells when rows are inserted, deleted or moved. Rows added below the last row of a table
are inside it too: a table ends where the next named heading begins.
"""

from __future__ import annotations

import re
from typing import Final

from perfeval_xl.profile import Profile
from perfeval_xl.sources.sheet import Sheet

PREFIX: Final = "perf_"
#: The small visible cell that says which template this is: ``mof/v1``.
TEMPLATE_NAME: Final = PREFIX + "template"
#: Marks a sheet of ours that explains and holds no form.
GUIDE_NAME: Final = PREFIX + "guide"
#: First rows of the sections: where a table above them ends.
HEADS: Final = tuple(PREFIX + "head_" + section for section in ("funds", "goals", "indicators", "notes", "panel"))
#: What the small visible cell says: profile id and template version.
MARK: Final = re.compile(r"([\w.-]+)/v(\d+)")


def field_name(path: str) -> str:
    """``project.name`` -> ``perf_project_name``."""
    return PREFIX + path.replace(".", "_")


def column_name(table: str, column: str) -> str:
    """``("indicators", "score")`` -> ``perf_indicators_score``."""
    return f"{PREFIX}{table}_{column}"


def note_name(number: int) -> str:
    """The name of the cell of the ``number``-th further row (评价结论 and the like)."""
    return f"{PREFIX}note_{number}"


def has_names(sheet: Sheet) -> bool:
    """Whether enough of our names are left to tell where things stand."""
    return TEMPLATE_NAME in sheet.names or sum(name.startswith(PREFIX) for name in sheet.names) >= 5


def template_mark(sheet: Sheet) -> tuple[str, int] | None:
    """The profile id and template version a sheet says it was made from."""
    area = sheet.names.get(TEMPLATE_NAME)
    match = MARK.fullmatch(str(sheet[area.anchor] or "").strip()) if area else None
    return (match[1], int(match[2])) if match else None


def profile_note_labels(profile: Profile) -> list[str]:
    """Labels of the printed cells that are kept in ``extra``, in the order of their names ``perf_note_1`` …"""
    funds = [profile.funds.note_label] if profile.funds.note_label else []
    return funds + [note.label for note in profile.notes]
