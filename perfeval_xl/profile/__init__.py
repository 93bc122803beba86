"""A profile: everything that differs between regional layouts of the form, as data.

Profiles are TOML files in ``profiles/``; each extends another (in the end ``base.toml``) and states only what
differs: tables are merged, lists and values replace. ``load_profile`` takes the id of a shipped profile or the
path of a user's own TOML. Whatever is wrong raises ``ProfileError`` naming file, key and, for a slip, the near-miss.
"""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

import msgspec

from perfeval_xl.errors import ProfileError, os_reason
from perfeval_xl.profile.vetting import Layer, near, stated, vet

PROFILE_FOLDER: Final = Path(__file__).parents[1] / "profiles"
#: A folder of a user's own profiles, found by id like the shipped ones.
USER_FOLDER_VARIABLE: Final = "PERFEVAL_PROFILES"
DEFAULT_PROFILE: Final = "mof"

ProjectField = Literal["code", "name", "department", "implementing_unit", "leader", "phone", "fiscal_year"]
FundColumn = Literal["initial_budget", "full_year_budget", "executed", "weight", "execution_rate", "score"]
IndicatorColumn = Literal["level1", "level2", "name", "target", "actual", "weight", "score", "deviation"]
TargetPart = Literal["target", "target_operator", "target_value", "target_unit"]
Section = Literal["identity", "funds", "goals", "indicators", "total", "notes", "remark", "signature"]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TOML table: unknown keys are an error."""


class Bilingual(_Table, frozen=True, kw_only=True):
    """A text in both languages."""

    zh: str
    en: str


class FundRow(_Table, frozen=True, kw_only=True):
    """A printed row of 项目资金. ``prints`` are the columns that apply; the others show ``not_applicable``."""

    source: str
    label: str
    prints: tuple[FundColumn, ...]


class Funds(_Table, frozen=True, kw_only=True):
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


class Goals(_Table, frozen=True, kw_only=True):
    """年度总体目标: heading and the two captions."""

    heading: str
    bar: str = ""
    expected: str
    actual: str


class LevelOne(_Table, frozen=True, kw_only=True):
    """A 一级指标: its level-2 vocabulary and the points the region gives it (``None``: the unit decides)."""

    name: str
    weight: Decimal | None = None
    level2: tuple[str, ...]


class DefaultRow(_Table, frozen=True, kw_only=True):
    """An indicator row of the blank form."""

    level1: str
    level2: str


class Indicators(_Table, frozen=True, kw_only=True):
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


class Total(_Table, frozen=True, kw_only=True):
    """总分: its label, and whether the printed total carries the execution score."""

    label: str
    includes_execution: bool


class Note(_Table, frozen=True, kw_only=True):
    """A further printed row under the total (评价结论, 存在问题); its text is kept in ``extra``."""

    label: str
    height: int


class Overachievement(_Table, frozen=True, kw_only=True):
    """What going beyond the target means. ``threshold`` 0.5 is half as much again as the target."""

    threshold: Decimal
    deduction: Literal["none", "points", "proportion"]
    #: Points taken off once, or the share of the weight taken off.
    amount: Decimal
    reason_required: bool
    exempt_level2: tuple[str, ...]


class Lateness(_Table, frozen=True, kw_only=True):
    """What a month's delay costs: points taken off for each month begun; ``None`` means it is not decided by rule."""

    points_per_month: Decimal | None = None


class Tier(_Table, frozen=True, kw_only=True):
    """A qualitative tier: share of the weight from ``low`` (included) to ``high``."""

    name: Literal["met", "partly", "missed"]
    low: Decimal
    high: Decimal


class Grade(_Table, frozen=True, kw_only=True):
    """A grade and the total score it starts at (included)."""

    name: str
    at_least: Decimal


class Rules(_Table, frozen=True, kw_only=True):
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


class Marks(_Table, frozen=True, kw_only=True):
    """Which cells must be filled, which labels print a star, which are grey because a system fills them."""

    required: tuple[str, ...]
    starred: tuple[str, ...]
    grey: tuple[str, ...]


class Page(_Table, frozen=True, kw_only=True):
    """The sheet: order of its sections, identity rows, relative column widths, fonts, what is signed."""

    sections: tuple[Section, ...]
    identity: tuple[tuple[ProjectField, ...], ...]
    year: str
    title_font: str
    font: str
    font_size: int
    widths: dict[str, Decimal]
    signature: tuple[str, ...]


class Aliases(_Table, frozen=True, kw_only=True):
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


class Severities(_Table, frozen=True, kw_only=True):
    """Findings whose severity this region sets otherwise than the catalogue does."""

    error: tuple[str, ...] = ()
    warning: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


class Profile(_Table, frozen=True, kw_only=True):
    """One regional layout of the form, with its rules. Frozen; made by ``load_profile``."""

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
    funds: Funds
    goals: Goals
    indicators: Indicators
    total: Total
    notes: tuple[Note, ...]
    remark_label: str
    remark_text: str
    rules: Rules
    marks: Marks
    titles: tuple[str, ...]
    #: Titles of sister forms that are refused by name.
    sisters: tuple[str, ...]
    #: Captions under the form that are not data.
    footers: tuple[str, ...]
    aliases: Aliases
    severities: Severities

    def labels(self, scope: str) -> dict[str, str]:
        """``label_key`` -> field for one scope, with the profile's own printed labels and all aliases."""
        return {label: field for label, field, _ in self.label_sources(scope)}

    def label_sources(self, scope: str) -> Iterator[tuple[str, str, str]]:
        """``label_key``, field, and the key that states the label, for aliases first and printed labels after them."""
        aliases: Mapping[str, tuple[str, ...]] = getattr(self.aliases, scope)
        for field, labels in aliases.items():
            for label in labels:
                yield label_key(label), field, f"aliases.{scope}.{field}"
        for field, label, key in _printed_labels(self, scope):
            yield label_key(label), field, key

    def indicator_columns(self) -> tuple[str, ...]:
        """Indicator columns left to right with 年度指标值 as its one or three cells."""
        return tuple(
            part
            for column in self.indicators.columns
            for part in (self.indicators.target if column == "target" else (column,))
        )

    def level_keys(self) -> set[str]:
        """``label_key`` of every 一级 and 二级指标 the region prints or knows under another label."""
        own = {label_key(level.name) for level in self.indicators.level1}
        own |= {label_key(name) for level in self.indicators.level1 for name in level.level2}
        return own | self.labels("levels").keys()

    def level1_of(self, level2: str | None) -> str | None:
        """The 一级指标 a 二级指标 belongs to, when the vocabulary knows it."""
        key = label_key(level2 or "")
        return next(
            (level.name for level in self.indicators.level1 for name in level.level2 if label_key(name) == key), None
        )


# --- reading labels -------------------------------------------------------------------------------------------

_SPACES: Final = re.compile(r"\s+")
_BRACKETS: Final = re.compile(r"\([^()]*\)")


@cache
def label_key(text: str) -> str:
    """A label without what print and typing add: white space, width, colon, star, numbering, trailing (…)."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text)).strip("*:·.、")
    bare = _BRACKETS.sub("", plain).strip("*:")
    return bare or plain


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


# --- loading --------------------------------------------------------------------------------------------------


def profile_ids() -> list[str]:
    """Ids of the shipped profiles, the default first."""
    found = sorted(path.stem for path in PROFILE_FOLDER.glob("*.toml") if path.stem != "base")
    return sorted(found, key=lambda name: name != DEFAULT_PROFILE)


@cache
def level_keys_of_all() -> frozenset[str]:
    """``label_key`` of every level label of every shipped profile."""
    return frozenset(key for name in profile_ids() for key in load_profile(name).level_keys())


def load_profile(reference: str | Path) -> Profile:
    """The profile of a shipped id, of an id in ``$PERFEVAL_PROFILES``, or in the user's own TOML file.

    Raises ``ProfileError``.
    """
    path = _locate(str(reference))
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise ProfileError("profile-not-readable", path=path, detail=os_reason(error)) from None
    return _load(path, changed)


def _locate(reference: str) -> Path:
    if reference.endswith(".toml"):
        path = Path(reference)
        if path.is_file():
            return path.resolve()
        raise ProfileError("profile-file-missing", path=reference)
    for folder in (PROFILE_FOLDER, *_user_folders()):
        path = folder / f"{reference}.toml"
        if re.fullmatch(r"[\w.-]+", reference) and reference != "base" and path.is_file():
            return path
    raise ProfileError(
        "profile-unknown", id=reference, known="、".join(profile_ids()), hint=near(reference, profile_ids())
    )


def _user_folders() -> list[Path]:
    return [Path(part) for part in os.environ.get(USER_FOLDER_VARIABLE, "").split(os.pathsep) if part]


@cache
def _load(path: Path, _changed: int) -> Profile:
    """The profile of a file as it was when it was changed last."""
    layers = _layers(path)
    merged: dict[str, Any] = {}
    for _, table in reversed(layers):
        merged = _merge(merged, table)
    # An id is nobody's heritage: two profiles with one id could not be told apart in a workbook.
    merged["id"] = layers[0][1].get("id", path.stem)
    try:
        profile = msgspec.convert(merged, Profile)
    except msgspec.ValidationError as error:
        raise _explained(error, layers) from None
    vet(profile, layers)
    return profile


def _layers(path: Path) -> list[Layer]:
    """The file and everything it extends, nearest first."""
    layers: list[Layer] = []
    while True:
        if any(path == seen for seen, _ in layers):
            raise ProfileError("profile-circle", path=path)
        try:
            table = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ProfileError("profile-not-toml", path=path, detail=error) from None
        except OSError as error:
            raise ProfileError("profile-not-readable", path=path, detail=os_reason(error)) from None
        parent = table.pop("extends", None)
        if isinstance(table.get("workbook"), str) and table["workbook"]:
            table["workbook"] = str((path.parent / table["workbook"]).resolve())
        layers.append((path, table))
        if parent is None:
            break
        path = _parent(path, parent)
    if layers[-1][0] != PROFILE_FOLDER / "base.toml":
        raise ProfileError("profile-extends-missing", path=layers[-1][0], key="extends")
    return layers


def _parent(path: Path, parent: object) -> Path:
    if not isinstance(parent, str):
        raise ProfileError("profile-extends-missing", path=path, key="extends")
    if parent == "base":
        return PROFILE_FOLDER / "base.toml"
    try:
        return _locate(str(path.parent / parent) if parent.endswith(".toml") else parent)
    except ProfileError as error:
        hint = error.values.get("hint", "")
        raise ProfileError("profile-extends-unknown", path=path, key="extends", id=parent, hint=hint) from None


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


# --- telling what is wrong ------------------------------------------------------------------------------------

_UNKNOWN: Final = re.compile(r"unknown field `(?P<key>[^`]*)`")
_MISSING: Final = re.compile(r"missing required field `(?P<key>[^`]*)`")
#: A table whose keys are fields: msgspec says ``Invalid enum value 'nmae' - at `key` in `$.project` ``.
_NO_FIELD: Final = re.compile(r"value '(?P<key>[^']*)'$")


def _explained(error: msgspec.ValidationError, layers: list[Layer]) -> ProfileError:
    what, _, place = str(error).partition(" - at ")
    steps = re.findall(r"[^.\[\]$`]+|\[\d+\]|\[\.\.\.\]", place.rpartition("`$")[2])
    unknown, missing = _UNKNOWN.search(what), _MISSING.search(what)
    if place.startswith("`key`"):
        unknown = _NO_FIELD.search(what)
    steps += [match["key"] for match in (unknown or missing,) if match]
    key = ".".join(steps).replace(".[", "[")
    path = _supplier(steps, layers)
    if unknown:
        return ProfileError("profile-unknown-key", path=path, key=key, hint=near(unknown["key"], _known_keys()))
    if missing:
        return ProfileError("profile-missing-key", path=path, key=key)
    return ProfileError("profile-wrong-value", path=path, key=key, detail=what)


def _supplier(steps: list[str], layers: list[Layer]) -> Path:
    """The nearest file that states the offending key (or as much of its path as any does)."""
    return max(layers, key=lambda layer: stated(steps, layer[1]))[0]


def _known_keys() -> list[str]:
    fields = {*get_args(ProjectField), *get_args(FundColumn), *get_args(IndicatorColumn), *get_args(TargetPart)}
    tables = {field for table in _Table.__subclasses__() for field in table.__struct_fields__}
    return sorted(fields | tables | {"extends"})
