"""What a profile holds: the tables of its TOML as types, and the labels by which a printed form is known.

``base.toml`` states every key and is their list; what a type cannot say is vetted in ``vetting.py``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache, cached_property
from types import MappingProxyType
from typing import Final, Literal

import msgspec

ProjectField = Literal["code", "name", "department", "implementing_unit", "leader", "phone", "fiscal_year"]
FundColumn = Literal["initial_budget", "full_year_budget", "executed", "weight", "execution_rate", "score"]
IndicatorColumn = Literal["level1", "level2", "name", "target", "actual", "weight", "score", "deviation"]
TargetPart = Literal["target", "target_operator", "target_value", "target_unit"]
Section = Literal["identity", "funds", "goals", "indicators", "total", "notes", "remark", "signature"]
#: ``label_key`` -> the field it stands for; shared by all who ask, so nobody changes it.
Labels = MappingProxyType[str, str]


class TomlTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TOML table: unknown keys are an error."""


class Bilingual(TomlTable, frozen=True, kw_only=True):
    """A text in both languages."""

    zh: str
    en: str


class FundRow(TomlTable, frozen=True, kw_only=True):
    """A printed row of 项目资金. ``prints`` are the columns that apply; the others show ``not_applicable``."""

    source: str
    label: str
    prints: tuple[FundColumn, ...]


class PrintedFunds(TomlTable, frozen=True, kw_only=True):
    """项目资金: headings as printed, columns left to right, rows top to bottom."""

    heading: str
    bar: str = ""
    columns: tuple[FundColumn, ...]
    labels: dict[FundColumn, str]
    rows: tuple[FundRow, ...]
    not_applicable: str
    #: ``ratio`` prints 100%, ``percent`` prints 98.63 under a heading that carries the (%).
    rate: Literal["ratio", "percent"]
    #: A printed column of reasons at the right of the funds table; its text is kept under this label in ``extra``.
    note_label: str = ""


class PrintedGoals(TomlTable, frozen=True, kw_only=True):
    """年度总体目标: heading and the two captions."""

    heading: str
    bar: str = ""
    expected: str
    actual: str


class LevelOne(TomlTable, frozen=True, kw_only=True):
    """A 一级指标: its level-2 vocabulary and the points the region gives it (``None``: the unit decides)."""

    name: str
    weight: Decimal | None = None
    level2: tuple[str, ...]


class DefaultRow(TomlTable, frozen=True, kw_only=True):
    """An indicator row of the blank form."""

    level1: str
    level2: str


class Indicators(TomlTable, frozen=True, kw_only=True):
    """绩效指标: heading, columns left to right, vocabulary and the rows of the blank form."""

    heading: str
    columns: tuple[IndicatorColumn, ...]
    target: tuple[TargetPart, ...]
    labels: dict[IndicatorColumn | TargetPart, str]
    #: Whether the form prints points beside level 1, as 产出指标(50分).
    level1_points: bool
    level1: tuple[LevelOne, ...]
    rows: tuple[DefaultRow, ...]
    operators: tuple[str, ...]


class PrintedTotal(TomlTable, frozen=True, kw_only=True):
    """总分: its label, and whether the printed total carries the execution score."""

    label: str
    includes_execution: bool


class PrintedNote(TomlTable, frozen=True, kw_only=True):
    """A further printed row under the total (评价结论, 存在问题); its text is kept in ``extra``."""

    label: str
    height: int


class Overachievement(TomlTable, frozen=True, kw_only=True):
    """What going beyond the target means. ``threshold`` 0.5 is half as much again as the target."""

    threshold: Decimal
    deduction: Literal["none", "points", "proportion"]
    #: Points taken off once, or the share of the weight taken off.
    amount: Decimal
    reason_required: bool
    exempt_level2: tuple[str, ...]


class Lateness(TomlTable, frozen=True, kw_only=True):
    """What a month's delay costs: points taken off for each month begun; ``None`` means it is not decided by rule."""

    points_per_month: Decimal | None = None


class Tier(TomlTable, frozen=True, kw_only=True):
    """A qualitative tier: share of the weight from ``low`` (included) to ``high``."""

    name: Literal["met", "partly", "missed"]
    low: Decimal
    high: Decimal


class Grade(TomlTable, frozen=True, kw_only=True):
    """A grade and the total score it starts at (included)."""

    name: str
    at_least: Decimal


class Rules(TomlTable, frozen=True, kw_only=True):
    """Scoring, all of it settings: which budget is the base, what missing, exceeding and lateness cost."""

    execution_base: Literal["initial_budget", "full_year_budget"]
    execution_weight: Decimal
    full_marks: Decimal
    rate_decimals: int
    score_decimals: int
    #: Missed "at least" target: ``proportion`` of the target, or ``zero``.
    shortfall: Literal["proportion", "zero"]
    #: Missed "at most" target: ``ratio`` is target/actual, ``linear`` falls to 0 at twice the target.
    at_most: Literal["ratio", "linear"]
    overachievement: Overachievement
    lateness: Lateness
    tiers: tuple[Tier, ...]
    grades: tuple[Grade, ...]
    #: 一级/二级指标 whose targets are ceilings when no operator is written.
    at_most_levels: tuple[str, ...]
    #: 一级/二级指标 in which two bare numbers from 1 to 12 are months.
    month_levels: tuple[str, ...]
    #: How far 左右 and 约 reach, as a part of the number.
    about_tolerance: Decimal


class CellMarks(TomlTable, frozen=True, kw_only=True):
    """Which cells must be filled, which labels print a star, which are grey because a system fills them."""

    required: tuple[str, ...]
    starred: tuple[str, ...]
    grey: tuple[str, ...]


class Page(TomlTable, frozen=True, kw_only=True):
    """The sheet: order of its sections, identity rows, relative column widths, fonts, what is signed."""

    sections: tuple[Section, ...]
    identity: tuple[tuple[ProjectField, ...], ...]
    year: str
    title_font: str
    font: str
    font_size: int
    widths: dict[str, Decimal]
    signature: tuple[str, ...]


class Aliases(TomlTable, frozen=True, kw_only=True):
    """Labels met in the wild, by the field they stand for, in scopes within which a label means one thing."""

    project: dict[str, tuple[str, ...]]
    funds: dict[str, tuple[str, ...]]
    fund_rows: dict[str, tuple[str, ...]]
    goals: dict[str, tuple[str, ...]]
    indicators: dict[str, tuple[str, ...]]
    sections: dict[str, tuple[str, ...]]
    levels: dict[str, tuple[str, ...]]


#: Where a label means one thing.
SCOPES: Final = Aliases.__struct_fields__


class Severities(TomlTable, frozen=True, kw_only=True):
    """Findings whose severity this region sets otherwise than the catalogue does."""

    error: tuple[str, ...] = ()
    warning: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


class Deduction(TomlTable, frozen=True, kw_only=True):
    """Points off the quality of a self-evaluation: for ``each`` finding of a kind, at ``most`` for the kind."""

    each: Decimal
    most: Decimal


class Quality(TomlTable, frozen=True, kw_only=True):
    """自评质量: how far a self-evaluation can be relied on. A kind of finding that is not listed costs nothing."""

    full_marks: Decimal
    #: What a quality score is called, from the best down.
    levels: tuple[Grade, ...]
    #: By name of the finding.
    deductions: dict[str, Deduction]


class Profile(TomlTable, frozen=True, kw_only=True, dict=True):
    """One regional layout of the form, with its rules. Frozen; made by ``load_profile``.

    What follows from it is worked out once for each profile, when first asked for.
    """

    id: str
    name: Bilingual
    region: Bilingual
    template_version: int
    title: str
    unit: Literal["万元", "元"]
    #: The office's own workbook that stands in for our template; empty without one. A path as loaded, relative to
    #: the file that states it.
    workbook: str
    page: Page
    project: dict[ProjectField, str]
    funds: PrintedFunds
    goals: PrintedGoals
    indicators: Indicators
    total: PrintedTotal
    notes: tuple[PrintedNote, ...]
    remark_label: str
    remark_text: str
    rules: Rules
    marks: CellMarks
    titles: tuple[str, ...]
    #: Titles of sister forms that are refused by name.
    sisters: tuple[str, ...]
    #: Captions under the form that are not data.
    footers: tuple[str, ...]
    aliases: Aliases
    severities: Severities
    quality: Quality

    def labels(self, scope: str) -> Labels:
        """``label_key`` -> field for one scope, with the profile's own printed labels and all aliases."""
        return self._labels[scope]

    def label_sources(self, scope: str) -> tuple[tuple[str, str, str], ...]:
        """``label_key``, field, and the key that states the label, for aliases first and printed labels after them."""
        return self._label_sources[scope]

    @cached_property
    def _labels(self) -> dict[str, Labels]:
        return {
            scope: MappingProxyType({label: field for label, field, _ in sources})
            for scope, sources in self._label_sources.items()
        }

    @cached_property
    def _label_sources(self) -> dict[str, tuple[tuple[str, str, str], ...]]:
        return {scope: tuple(_stated_labels(self, scope)) for scope in SCOPES}

    def indicator_columns(self) -> tuple[str, ...]:
        """Indicator columns left to right with 年度指标值 as its one or three cells."""
        return tuple(
            part
            for column in self.indicators.columns
            for part in (self.indicators.target if column == "target" else (column,))
        )

    def level_keys(self) -> frozenset[str]:
        """``label_key`` of every 一级 and 二级指标 the region prints or knows under another label."""
        return self._level_keys

    @cached_property
    def _level_keys(self) -> frozenset[str]:
        own = {label_key(level.name) for level in self.indicators.level1}
        return frozenset({*own, *self._level1_of, *self.labels("levels")})

    def spellings(self, levels: tuple[str, ...]) -> tuple[str, ...]:
        """Every way to write one of these levels that the region knows."""
        if levels not in self._spellings:
            names = {label_key(level) for level in levels}
            known = [label for label, level in self.labels("levels").items() if label_key(level) in names]
            self._spellings[levels] = tuple(dict.fromkeys((*levels, *sorted(names), *known)))
        return self._spellings[levels]

    @cached_property
    def _spellings(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        return {}

    def level1_of(self, level2: str | None) -> str | None:
        """The 一级指标 a 二级指标 belongs to, when the vocabulary knows it."""
        return self._level1_of.get(label_key(level2 or ""))

    @cached_property
    def _level1_of(self) -> dict[str, str]:
        belongs: dict[str, str] = {}
        for level in self.indicators.level1:
            for name in level.level2:
                belongs.setdefault(label_key(name), level.name)
        return belongs


# --- labels ---------------------------------------------------------------------------------------------------

_SPACES: Final = re.compile(r"\s+")
_BRACKETS: Final = re.compile(r"\([^()]*\)")


@cache
def label_key(text: str) -> str:
    """A label without what print and typing add: white space, width, colon, star, numbering, trailing (…)."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text)).strip("*:·.、")
    bare = _BRACKETS.sub("", plain).strip("*:")
    return bare or plain


def _stated_labels(profile: Profile, scope: str) -> Iterator[tuple[str, str, str]]:
    aliases: Mapping[str, tuple[str, ...]] = getattr(profile.aliases, scope)
    for field, labels in aliases.items():
        for label in labels:
            yield label_key(label), field, f"aliases.{scope}.{field}"
    for field, label, key in _printed_labels(profile, scope):
        yield label_key(label), field, key


def _printed_labels(profile: Profile, scope: str) -> Iterable[tuple[str, str, str]]:
    """Field, label and key of every label that the profile prints in a scope."""
    if scope == "project":
        return [(field, label, f"project.{field}") for field, label in profile.project.items()]
    if scope == "funds":
        return [(field, label, f"funds.labels.{field}") for field, label in profile.funds.labels.items()]
    if scope == "fund_rows":
        return [(row.source, row.label, "funds.rows") for row in profile.funds.rows]
    if scope == "goals":
        return [(field, getattr(profile.goals, field), f"goals.{field}") for field in ("expected", "actual")]
    if scope == "indicators":
        return [(field, label, f"indicators.labels.{field}") for field, label in profile.indicators.labels.items()]
    return []
