"""Names that a sheet of our template lost, put back where the template has them.

Names are lost when a sheet is copied, pasted or saved by a program that drops them. The template tells how far a cell
is from the cells whose names are left; the printed words of its row must be there too, so that nothing is taken from
another row where a row was deleted.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from perfeval_xl.layout.names import GUIDE_NAME, PREFIX, template_mark
from perfeval_xl.layout.own_template import profile_of
from perfeval_xl.package.addresses import Range
from perfeval_xl.profile import is_shipped, shipped_template
from perfeval_xl.sources import open_bytes
from perfeval_xl.sources.sheet import Sheet

#: Shorter texts are too common to identify a row.
_SHORTEST: Final = 2


def with_names_restored(sheet: Sheet) -> Sheet:
    """The sheet with the names it lost; only for templates of ours as they are shipped."""
    profile = profile_of(sheet)
    template = _template(profile.id) if is_shipped(profile) else None
    if template is None or GUIDE_NAME in sheet.names or template_mark(sheet) not in (None, template_mark(template)):
        return sheet
    lost = [name for name in template.names if name not in sheet.names and name.startswith(PREFIX)]
    found = {name: area for name in lost if (area := _place(name, sheet, template)) is not None}
    return replace(sheet, names={**sheet.names, **found}, restored_names=tuple(found)) if found else sheet


@lru_cache
def _template(name: str) -> Sheet | None:
    data = shipped_template(name)
    return None if data is None else open_bytes(data, f"{name}.xlsx")[0]


def _place(name: str, sheet: Sheet, template: Sheet) -> Range | None:
    """Where a lost name belongs, measured from the nearest name that is left."""
    wanted = template.names[name]
    left = [
        (template.names[other], area)
        for other, area in sheet.names.items()
        if other.startswith(PREFIX) and other in template.names
    ]
    if not left:
        return None
    nearest = min(left, key=lambda pair: _distance(wanted, pair[0]))
    area = _moved(wanted, *nearest)
    if area is None:
        return None
    if _words(template, wanted.top):
        return area if _says_the_same(template, wanted.top, sheet, area.top) else None
    if wanted.top and _says_the_same(template, wanted.top - 1, sheet, area.top - 1):
        return area  # the heading above it
    if nearest[0].top <= wanted.top <= nearest[0].bottom:
        return area
    # A row without words: the names above and below must agree.
    above = [pair for pair in left if pair[0].bottom < wanted.top]
    below = [pair for pair in left if pair[0].top > wanted.bottom]
    sides = [min(side, key=lambda pair: _distance(wanted, pair[0])) for side in (above, below) if side]
    return area if len(sides) == 2 and all(_moved(wanted, *side) == area for side in sides) else None


def _says_the_same(template: Sheet, printed: int, sheet: Sheet, row: int) -> bool:
    """Whether a row shows words that the template prints in the row of this number."""
    words = _words(template, printed)
    return 0 <= row < len(sheet.rows) and any(value in words for value in sheet.rows[row])


def _words(template: Sheet, row: int) -> set[str]:
    """The words that the template prints in a row; what stands in named cells may be another in every form."""
    printed = template.rows[row] if row < len(template.rows) else ()
    words = {value for value in printed if isinstance(value, str) and len(value) >= _SHORTEST}
    return words - {str(template[area.anchor]) for area in template.names.values() if area.top == row}


def _distance(wanted: Range, other: Range) -> tuple[int, int]:
    """Rows between two areas; of those in the same rows the one of the same height first."""
    between = max(wanted.top - other.bottom, other.top - wanted.bottom, 0)
    return between, abs(wanted.top - other.top) + abs(wanted.bottom - other.bottom)


def _moved(wanted: Range, before: Range, now: Range) -> Range | None:
    """``wanted`` as far from ``now`` as it is from ``before`` in the template."""
    if (wanted.top, wanted.bottom) == (before.top, before.bottom):
        top, bottom = now.top, now.bottom
    elif wanted.top >= before.bottom:
        top = now.bottom + wanted.top - before.bottom
        bottom = top + wanted.bottom - wanted.top
    else:
        top = now.top + wanted.top - before.top
        bottom = top + wanted.bottom - wanted.top
    across = now.left - before.left
    moved = Range(top, wanted.left + across, bottom, wanted.right + across)
    return moved if moved.top >= 0 and moved.left >= 0 else None
