"""Checks of a profile that types cannot express: sums, order, collisions, references between its tables.

Every error names the file that states the offending key, the nearest one where a file and what it extends both do.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from perfeval_xl.errors import ProfileError
from perfeval_xl.messages import topic_keys
from perfeval_xl.profile.types import SCOPES, Profile, TomlTable

#: A profile file and what it states; a list of them goes from a region's own file to ``base.toml``.
Layer = tuple[Path, dict[str, Any]]
#: Characters of a drop-down list: Excel drops a longer one without any message.
MOST_LIST_CHARACTERS: Final = 255
MOST_FIELDS_IN_A_ROW: Final = 3
MOST_WIDTH: Final = 255
#: The pattern of ids, which are part of the mark of a template: ``mof/v1``.
ID: Final = re.compile(r"[\w.-]{1,64}")
#: Key -> least and most of the numbers that count something.
_COUNTS: Final = {
    "template_version": (1, 9999),
    "page.font_size": (1, 409),
    "rules.rate_decimals": (0, 8),
    "rules.score_decimals": (0, 8),
}
#: Points, shares, widths: none is negative, none is longer than a spreadsheet keeps.
_MOST: Final = 10**9
_MOST_DECIMALS: Final = 15
_NEEDED_SECTIONS: Final = ("identity", "funds", "goals", "indicators", "total")
_FUND_COLUMNS: Final = ("initial_budget", "full_year_budget", "executed", "weight", "execution_rate", "score")
_INDICATOR_COLUMNS: Final = ("level1", "level2", "name", "target", "actual", "weight", "score", "deviation")
_TARGETS: Final = (("target",), ("target_operator", "target_value", "target_unit"))
_SINGLE: Final = ("fiscal_year", "goals.expected", "goals.actual", "total.weight", "total.score", "remark", "title")


def near(word: str, known: Iterable[str]) -> str:
    """A hint at the known word that was probably meant; empty when none is like it."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"（是不是 / did you mean: {close[0]}?）" if close else ""


def stated(steps: Sequence[str], table: object) -> int:
    """The number of leading steps of a key that a file states."""
    count = 0
    for step in steps:
        if not isinstance(table, Mapping) or step not in table:
            break
        table = table[step]
        count += 1
    return count


class Vetting:
    """One profile with the files it came from."""

    def __init__(self, profile: Profile, layers: Sequence[Layer]) -> None:
        self.profile = profile
        self.layers = layers

    def wrong(self, what: str, *keys: str, key: str = "", **values: object) -> ProfileError:
        """An error about the nearest file that states one of ``keys``; ``key`` is told instead of it when given."""
        found = next(
            (
                (path, one)
                for path, table in self.layers
                for one in keys
                if stated(one.split("."), table) == one.count(".") + 1
            ),
            (self.layers[0][0], keys[0]),
        )
        return ProfileError(what, path=found[0], key=key or found[1], **values)


def vet(profile: Profile, layers: Sequence[Layer]) -> None:
    """Raises ``ProfileError`` for the first thing wrong with a profile whose types are right."""
    for check in _CHECKS:
        check(Vetting(profile, layers))


def _id(vetting: Vetting) -> None:
    if not ID.fullmatch(vetting.profile.id):
        raise vetting.wrong("profile-id", "id", id=vetting.profile.id)


def _numbers(vetting: Vetting) -> None:
    for key, value in _stated_numbers(vetting.profile):
        least, most = _COUNTS.get(key, (0, _MOST))
        exact = Decimal(value)
        if not exact.is_finite() or not least <= exact <= most or exact != round(exact, _MOST_DECIMALS):
            raise vetting.wrong("profile-number", key, least=least, most=most)


def _stated_numbers(value: object, key: str = "") -> Iterator[tuple[str, int | Decimal]]:
    """Key and value of every number; one in a list under the key of the list."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield key, value
    elif isinstance(value, TomlTable):
        for name in value.__struct_fields__:
            yield from _stated_numbers(getattr(value, name), f"{key}.{name}".strip("."))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _stated_numbers(item, f"{key}.{name}")
    elif isinstance(value, tuple):
        for item in value:
            for _, number in _stated_numbers(item):
                yield key, number


def _weights(vetting: Vetting) -> None:
    rules = vetting.profile.rules
    weights = [level.weight for level in vetting.profile.indicators.level1]
    known = [weight for weight in weights if weight is not None]
    total = sum(known, rules.execution_weight)
    if len(known) == len(weights) and total != rules.full_marks:
        keys = ("rules.execution_weight", "rules.full_marks", "indicators.level1")
        raise vetting.wrong("profile-weights", *keys, total=total, full=rules.full_marks)


def _grades(vetting: Vetting) -> None:
    floors = [grade.at_least for grade in vetting.profile.rules.grades]
    if not floors or floors != sorted(set(floors), reverse=True) or floors[-1] != 0:
        raise vetting.wrong("profile-grades", "rules.grades")


def _labels(vetting: Vetting) -> None:
    for scope in SCOPES:
        taken: dict[str, tuple[str, str]] = {}
        for label, field, key in vetting.profile.label_sources(scope):
            if not label:
                raise vetting.wrong("profile-empty-label", key)
            other, stated_by = taken.setdefault(label, (field, key))
            if other != field:
                raise vetting.wrong("profile-label-collision", key, stated_by, label=label, one=other, other=field)


def _columns(vetting: Vetting) -> None:
    funds, indicators = vetting.profile.funds, vetting.profile.indicators
    _column_list(vetting, "funds", funds.columns, _FUND_COLUMNS)
    _column_list(vetting, "indicators", indicators.columns, _INDICATOR_COLUMNS)
    if indicators.target not in _TARGETS:
        raise vetting.wrong("profile-wrong-value", "indicators.target", detail=" / ".join(map(str, _TARGETS)))
    for table, columns, labels in (
        ("funds", funds.columns, funds.labels),
        ("indicators", vetting.profile.indicator_columns(), indicators.labels),
    ):
        for column in columns:
            if column not in labels:
                raise vetting.wrong("profile-column-unlabelled", f"{table}.labels", column=column)


def _column_list(vetting: Vetting, table: str, columns: Sequence[str], needed: Sequence[str]) -> None:
    for column in columns:
        if columns.count(column) > 1:
            raise vetting.wrong("profile-column-twice", f"{table}.columns", column=column)
    for column in needed:
        if column not in columns:
            raise vetting.wrong("profile-column-missing", f"{table}.columns", column=column)


def _fund_rows(vetting: Vetting) -> None:
    sources = [row.source for row in vetting.profile.funds.rows]
    if sources.count("total") != 1:
        raise vetting.wrong("profile-total-row", "funds.rows", count=sources.count("total"))


def _widths(vetting: Vetting) -> None:
    widths = vetting.profile.page.widths
    for column in ("heading", *vetting.profile.indicator_columns()):
        if column not in widths:
            raise vetting.wrong("profile-missing-key", f"page.widths.{column}")
    for column, width in widths.items():
        if not 0 < width <= MOST_WIDTH:
            raise vetting.wrong("profile-width", f"page.widths.{column}", most=MOST_WIDTH)


def _marks(vetting: Vetting) -> None:
    project = [f"project.{field}" for field in vetting.profile.project if field != "fiscal_year"]
    columns = [f"funds.{column}" for column in _FUND_COLUMNS] + [f"indicators.{name}" for name in _INDICATOR_COLUMNS]
    known = [*_SINGLE, *project, *columns]
    marks = vetting.profile.marks
    for mark in ("required", "starred", "grey"):
        for path in getattr(marks, mark):
            if path not in known:
                raise vetting.wrong("profile-field-unknown", f"marks.{mark}", field=path, hint=near(path, known))


def _page(vetting: Vetting) -> None:
    page = vetting.profile.page
    for section in _NEEDED_SECTIONS:
        if section not in page.sections:
            raise vetting.wrong("profile-section-missing", "page.sections", section=section)
    for section in page.sections:
        if page.sections.count(section) > 1:
            raise vetting.wrong("profile-column-twice", "page.sections", column=section)
    fields = [field for row in page.identity for field in row]
    if any(not 0 < len(row) <= MOST_FIELDS_IN_A_ROW for row in page.identity):
        raise vetting.wrong("profile-identity-row", "page.identity", most=MOST_FIELDS_IN_A_ROW)
    for field in fields:
        if fields.count(field) > 1:
            raise vetting.wrong("profile-column-twice", "page.identity", column=field)
        if field not in vetting.profile.project:
            raise vetting.wrong("profile-missing-key", f"project.{field}")
    if ("fiscal_year" in fields) == bool(page.year):
        raise vetting.wrong("profile-year-place", "page.year", "page.identity", key="page.year")


def _choices(vetting: Vetting) -> None:
    indicators = vetting.profile.indicators
    level2 = dict.fromkeys(name for level in indicators.level1 for name in level.level2)
    for key, words in (
        ("indicators.level1", [level.name for level in indicators.level1]),
        ("indicators.level1", list(level2)),
        ("indicators.operators", list(indicators.operators)),
    ):
        if len(",".join(words)) > MOST_LIST_CHARACTERS:
            raise vetting.wrong("profile-list-long", key, most=MOST_LIST_CHARACTERS)
        if any("," in word or '"' in word or not word.strip() for word in words):
            raise vetting.wrong("profile-list-word", key)


def _workbook(vetting: Vetting) -> None:
    workbook = vetting.profile.workbook
    if workbook and not Path(workbook).is_file():
        raise vetting.wrong("profile-workbook-missing", "workbook", workbook=workbook)


def _quotes(vetting: Vetting) -> None:
    """Refuses straight quotes in words that go into formulas: Excel would call the file damaged."""
    profile = vetting.profile
    words = [("rules.grades", grade.name) for grade in profile.rules.grades]
    words += [(f"project.{field}", label) for field, label in profile.project.items()]
    words += [(f"goals.{field}", getattr(profile.goals, field)) for field in ("expected", "actual")]
    words += [("funds.not_applicable", profile.funds.not_applicable)]
    for key, word in words:
        if '"' in word:
            raise vetting.wrong("profile-quote", key, word=word)


def _translations(vetting: Vetting) -> None:
    for key, text in (("name", vetting.profile.name), ("region", vetting.profile.region)):
        for language in ("zh", "en"):
            if not getattr(text, language).strip():
                raise vetting.wrong("profile-translation-missing", f"{key}.{language}")


def _findings() -> list[str]:
    """The names of all findings."""
    return [name for key in topic_keys("findings") for name, _, part in (key.partition("."),) if part == "title"]


def _severities(vetting: Vetting) -> None:
    known = _findings()
    for severity in vetting.profile.severities.__struct_fields__:
        for name in getattr(vetting.profile.severities, severity):
            if name not in known:
                hint = near(name, known)
                raise vetting.wrong("profile-unknown-finding", f"severities.{severity}", name=name, hint=hint)


def _quality(vetting: Vetting) -> None:
    quality, known = vetting.profile.quality, _findings()
    floors = [level.at_least for level in quality.levels]
    if not floors or floors != sorted(set(floors), reverse=True) or floors[-1] != 0:
        raise vetting.wrong("profile-grades", "quality.levels")
    for name, deduction in quality.deductions.items():
        key = f"quality.deductions.{name}"
        if name not in known:
            raise vetting.wrong("profile-unknown-finding", key, name=name, hint=near(name, known))
        if deduction.each > deduction.most:
            raise vetting.wrong("profile-deduction", key, each=deduction.each, most=deduction.most)


_CHECKS: Final[tuple[Callable[[Vetting], None], ...]] = (
    _id,
    _numbers,
    _weights,
    _grades,
    _labels,
    _columns,
    _fund_rows,
    _widths,
    _marks,
    _page,
    _choices,
    _workbook,
    _quotes,
    _translations,
    _severities,
    _quality,
)
