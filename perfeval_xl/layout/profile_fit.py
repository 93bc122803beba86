"""Which shipped profile fits a form best, and why.

Marks are compared with what only that profile prints: title, unit of money, parts of the target, labels, order of
sections, 一级指标, printed points, the total with or without execution, and the budget the printed rate is taken of.
The place named in the identity cells counts as well, weakly: it can tell two regions that print alike apart. Without
at least ``ENOUGH`` points for any region the form is of an unknown one and is read with the default profile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final, NamedTuple

from perfeval_xl.layout.funds import FundTable, rate_bases
from perfeval_xl.layout.grid import Grid, amount
from perfeval_xl.layout.indicators import IndicatorTable
from perfeval_xl.messages import say
from perfeval_xl.package.addresses import Cell
from perfeval_xl.profile import DEFAULT_PROFILE, Profile, load_profile
from perfeval_xl.profile.vocabulary import compact, printed_key, shipped

#: A profile is chosen for one strong mark or two weak ones.
ENOUGH: Final = 2
_PLACE: Final = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:省|自治区|市|区|县|自治州|旗)")
PART_OF_PLACE: Final = re.compile(r"[\u4e00-\u9fff]+?[省市区县州旗]")
_POINTS: Final = re.compile(r"\(\d+(\.\d+)?分?\)|\d+分$")
_PLACED_IN: Final = ("project.department", "project.implementing_unit", "title")


@dataclass
class PrintedFacts:
    """What a form prints, as far as it helps to tell regions apart."""

    grid: Grid
    fields: Mapping[str, Cell]
    funds: FundTable
    indicators: IndicatorTable
    rows: range
    goals_first: bool

    def text(self, path: str) -> str:
        """The text of a field without white space; empty when it has no cell."""
        cell = self.fields.get(path)
        value = self.grid.sheet[cell] if cell else None
        return compact(value) if isinstance(value, str) else ""

    @cached_property
    def keys(self) -> frozenset[str]:
        """Keys of everything printed in the form's rows."""
        rows = self.grid.between(self.rows.start, self.rows.stop - 1)
        return frozenset(item.key for row in rows for item in self.grid.items(row) if item.key)

    @cached_property
    def unit(self) -> str | None:
        """万元 or 元, when the form says so."""
        text = self.text("funds.unit")
        return None if "元" not in text else "万元" if "万元" in text else "元"

    @cached_property
    def places(self) -> str:
        """The identity texts in which a place may be named."""
        return " ".join(self.text(path) for path in _PLACED_IN)


class _Mark(NamedTuple):
    points: int
    reason: str
    shown: str = ""


def best_fit(facts: PrintedFacts) -> tuple[Profile, tuple[str, ...]]:
    """The profile for a form, and in words why it was taken."""
    default = next(profile for profile in shipped() if profile.id == DEFAULT_PROFILE)
    regions = [profile for profile in shipped() if profile.id != DEFAULT_PROFILE]
    marks = {profile.id: list(_marks(facts, profile, default)) for profile in regions}
    best = max(regions, key=lambda profile: sum(mark.points for mark in marks[profile.id]))
    if sum(mark.points for mark in marks[best.id]) < ENOUGH:
        return default, (say("layout.fit-default", profile=default.id),)
    reasons = [mark for mark in marks[best.id] if mark.points > 0]
    return best, tuple(say(f"layout.{mark.reason}", shown=mark.shown) for mark in reasons)


def _marks(facts: PrintedFacts, profile: Profile, default: Profile) -> Iterator[_Mark]:
    for compare in _COMPARISONS:
        mark = compare(facts, profile, default)
        if mark is not None and mark.points:
            yield mark


# --- one comparison each: points for the profile, or against it -------------------------------------------------


def _title(facts: PrintedFacts, profile: Profile, default: Profile) -> _Mark | None:
    if profile.title == default.title:
        return None
    text = facts.text("title")
    return _Mark(3, "fit-title", profile.title) if compact(profile.title) in text else None


def _unit(facts: PrintedFacts, profile: Profile, default: Profile) -> _Mark | None:
    if facts.unit is None:
        return None
    if facts.unit != profile.unit:
        return _Mark(-2, "fit-unit")
    return _Mark(2, "fit-unit", profile.unit) if profile.unit != default.unit else None


def _target_parts(facts: PrintedFacts, profile: Profile, _default: Profile) -> _Mark | None:
    split = "target_value" in facts.indicators.header.columns
    if len(profile.indicators.target) == 1:
        return _Mark(-2, "fit-target") if split else None
    return _Mark(3 if split else -3, "fit-target")


def _labels(facts: PrintedFacts, profile: Profile, default: Profile) -> _Mark | None:
    own = labels_apart(profile.id, default.id)
    shown = sorted(label for label, key in own if key in facts.keys)
    return _Mark(min(len(shown), 4), "fit-labels", "、".join(compact(label) for label in shown)) if shown else None


@cache
def labels_apart(name: str, default: str) -> frozenset[tuple[str, str]]:
    """The labels, with their keys, that a shipped profile prints and the default does not."""
    known = {printed_key(label) for label in _own_labels(load_profile(default))}
    labels = (label for label in _own_labels(load_profile(name)) if label)
    return frozenset((label, key) for label in labels if (key := printed_key(label)) not in known)


def _own_labels(profile: Profile) -> Iterable[str]:
    """Labels the profile prints: a region is known by those that the national form does not have."""
    yield from (profile.funds.bar, profile.goals.bar, profile.goals.expected, profile.goals.actual)
    yield from profile.funds.labels.values()
    yield profile.indicators.heading
    for row in profile.page.identity:
        yield from (profile.project[name] for name in row)


def _points(facts: PrintedFacts, profile: Profile, _default: Profile) -> _Mark | None:
    if not profile.indicators.level1_points:
        return None
    cells = {row["level1"] for row in facts.indicators.rows if "level1" in row}
    printed = any(_POINTS.search(compact(str(facts.grid.sheet[cell]))) for cell in cells)
    return _Mark(1 if printed else -1, "fit-points")


def _level1(facts: PrintedFacts, profile: Profile, default: Profile) -> _Mark | None:
    shown = facts.indicators.level1
    if not shown:
        return None
    names = {level.name for level in profile.indicators.level1}
    own = names - {level.name for level in default.indicators.level1}
    if shown - names:
        return _Mark(-2, "fit-level1")
    if not own:
        return None
    return _Mark(2, "fit-level1", "、".join(sorted(own & shown))) if own & shown else _Mark(-1, "fit-level1")


def _order(facts: PrintedFacts, profile: Profile, default: Profile) -> _Mark | None:
    wanted = _goals_first(profile)
    if wanted == _goals_first(default):
        return _Mark(-1, "fit-order") if facts.goals_first != wanted else None
    return _Mark(2 if facts.goals_first == wanted else -1, "fit-order")


def _goals_first(profile: Profile) -> bool:
    return profile.page.sections.index("goals") < profile.page.sections.index("funds")


def _total(facts: PrintedFacts, profile: Profile, _default: Profile) -> _Mark | None:
    cell = facts.fields.get("total.weight")
    printed = amount(facts.grid.sheet[cell]) if cell else None
    if printed is None or profile.total.includes_execution:
        return None
    rules = profile.rules
    if printed == rules.full_marks - rules.execution_weight:
        return _Mark(2, "fit-total", f"{printed.normalize():f}")
    return _Mark(-2, "fit-total") if printed == rules.full_marks else None


def _base(facts: PrintedFacts, profile: Profile, default: Profile) -> _Mark | None:
    if profile.rules.execution_base == default.rules.execution_base:
        return None
    proved: set[str] = set()
    for row in facts.funds.rows:
        bases = rate_bases({column: facts.grid.sheet[cell] for column, cell in row.items()})
        proved |= bases if len(bases) == 1 else set()
    if len(proved) != 1:
        return None
    return _Mark(2 if profile.rules.execution_base in proved else -3, "fit-base")


def _place(facts: PrintedFacts, profile: Profile, _default: Profile) -> _Mark | None:
    parts = PART_OF_PLACE.findall(profile.region.zh)
    stem = parts[-1][:-1] if parts else profile.region.zh
    if stem in facts.places:
        return _Mark(2, "fit-place", profile.region.zh)
    return _Mark(-1, "fit-place") if _PLACE.search(facts.places) else None


_COMPARISONS: Final[tuple[Callable[[PrintedFacts, Profile, Profile], _Mark | None], ...]] = (
    _title,
    _unit,
    _target_parts,
    _labels,
    _points,
    _level1,
    _order,
    _total,
    _base,
    _place,
)
