"""The project's words, rules and sentences as the texts that the VBA modules PerfVocabulary, PerfProfiles and
PerfSentences hold: sets of characters, tables ``word:meaning word:meaning``, and sentences with places in braces.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from perfeval_xl import colours
from perfeval_xl.addin import vba_labels
from perfeval_xl.checks import rules
from perfeval_xl.checks.scores import COUNTED_LEVEL
from perfeval_xl.laws.asked import rule_value
from perfeval_xl.layout.names import profile_note_labels
from perfeval_xl.messages import sentence, topic_keys
from perfeval_xl.model import SOURCES
from perfeval_xl.nothing import DASHES, DOES_NOT_APPLY, NO_VALUE, NOTHING, STOPS
from perfeval_xl.profile import Profile, label_key, level_keys_of_all, load_profile, profile_ids
from perfeval_xl.quantity import vocabulary as words
from perfeval_xl.quantity.fold import fold

_LAST_OF_PLANE: Final = 0xFFFF
_SURROGATES: Final = range(0xD800, 0xE000)
#: Of each file of sentences, those that VBA says.
_SPOKEN: Final = {
    "scoring": re.compile(r"(?!column-|verdict-|summary-|row-|heading|added-up|grade).*"),
    "findings": re.compile(
        r"where\.(cell-and-field|fund-line|indicator|level1|part-indicators|undecided|blank)|"
        r"(weights-sum|total-\w+-mismatch|level1-weight-mismatch|score-exceeds-weight|execution-\w+-mismatch|"
        r"fund-lines-sum|target-missed-full-score|deduction-unexplained|overachievement-unexplained|"
        r"score-differs-from-rule|unit-mismatch|target-unmeasurable|required-missing|not-a-number|level-unknown|indicator-duplicate)\.(message|advice).*"
    ),
    "fields": re.compile(r".*"),
    "functions": re.compile(r"no-findings"),
    "addin": re.compile(r"nothing-marked|marks-cleared|more-lines"),
    "errors": re.compile(r"no-form"),
    "review": re.compile(r".*"),
}


def _table(entries: Mapping[str, object] | Iterable[str]) -> str:
    """``word:meaning word:meaning``, what PerfWordTable reads. Raises ValueError for a word it could not hold."""
    pairs = entries.items() if isinstance(entries, Mapping) else ((word, "") for word in entries)
    made: list[str] = []
    for word, meaning in pairs:
        if not word or " " in str(word) or ":" in str(word) or " " in str(meaning):
            raise ValueError(f"no entry of a table of words: {word!r}: {meaning!r}")
        made.append(f"{word}:{meaning}")
    return " ".join(made)


def _by_word(groups: Mapping[str, str]) -> dict[str, str]:
    """``{sign: "word word"}`` -> ``{word: sign}``."""
    return {word: meaning for meaning, listed in groups.items() for word in listed.split()}


# --- vocabulary of quantity -----------------------------------------------------------------------------------------


def vocabulary() -> dict[str, str]:
    """Every table and set of characters the VBA core reads, by the name it asks for."""
    tables = {**_word_tables(), **vba_labels.tables(), "mark colours": _mark_colours(), "findings": _findings()}
    single = {**_characters(), **vba_labels.characters(), **_glyphs()}
    return {**single, **{name: _table(table) for name, table in tables.items()}}


def _characters() -> dict[str, str]:
    numerals = "".join((*words.CHINESE_DIGITS, *words.SMALL_PLACES, *words.LARGE_PLACES))
    places = "".join((*words.SMALL_PLACES, *words.LARGE_PLACES)) + words.VAGUE_MARKS
    stops = words.STOPS
    return {
        "token starts": _token_starts(numerals + words.VAGUE_MARKS),
        "stops": stops,
        "end marks": "".join(mark for mark in stops if mark not in "()|") + ".",
        "chinese numerals": numerals,
        "chinese places": places,
        "chinese run": numerals + words.VAGUE_MARKS,
        "vague marks": words.VAGUE_MARKS,
        "more marks": words.MORE_MARKS,
        "range marks": words.RANGE_MARKS,
        "joining": words.RANGE_MARKS + words.TOLERANCE_MARK,
        "tolerance": words.TOLERANCE_MARK,
        "lost signs": words.LOST_SIGNS,
        "note marks": words.NOTE_MARKS,
        "clause ends": ",、。;!?|",
        "links": words.LINKS,
        "level marks": words.LEVEL_MARKS,
        "reached": "达到",
        "minute": "分",
        "minutes": "分钟",
        "each month": "/月",
        "per marks": words.PER_MARKS,
        "fillers": words.FILLERS,
        "between": words.FILLERS + "¥≥≤<>=≈",
        "operator signs": "<>=≥≤≈~",
        "turned": words.OPERATOR_TURNED,
        "not touching before": words.NOT_TOUCHING_BEFORE,
        "not tenths": words.NOT_TENTHS,
        "not a counter before": words.NOT_A_COUNTER_BEFORE,
        "words before numeral": words.WORD_BEFORE_NUMERAL,
        "in names before": "[第.+$€£",
        "in names after": "号#",
        "list marks": "、.)",
        "division marks": "/:×*",
        "scale separators": words.SCALE_SEPARATORS,
        "dropped": words.STOPS + " []<>=+·…~-—*_",
        "noun endings": words.NOUN_ENDINGS,
        "tenth": "成",
        "each": "每",
        "ordinal": "第",
        "year": "年",
        "month": "月",
        "day": "日",
        "quarter": "季度",
        "degree": "度",
        "share": "份",
        "number sign": "号",
        "part of": "分之",
        "renminbi": "人民币",
        "middle dot": "·",
        "dash": "—",
        "per thousand": "‰",
        "to": "至到",
        "from": "从由",
        "and so on": "等",
        "grade": "级",
        "middling": "中等",
        "already": "已经",
        "points": "分",
        "does not apply": "不适用",
        "qualitative": "定性",
        "year marks": "年度:",
        "year digits": "〇零○Ｏ一二三四五六七八九",
        "reason ends": STOPS,
        "counted level": COUNTED_LEVEL,
        "full stop": "。",
        "list comma": "、",
        "money unit": "元",
        "ten thousand": "万",
        "label ends": "·、",
        "full-width comma": "，",
    }


def _token_starts(numerals: str) -> str:
    """Characters with which a piece may begin that is no digit and no mere word."""
    tables = (
        words.RATIO_BEFORE, words.HUNDRED_PERCENT, words.PER_BEFORE, words.CURRENCY_BEFORE, words.DATE_WORDS,
        _by_word(words.OPERATORS_BEFORE), _by_word(words.DATE_BEFORE), _by_word(words.OPERATORS_AFTER),
        words.OPERATORS_TOUCHING, words.NEXT_YEAR,
    )  # fmt: skip
    firsts = {word[0]: None for table in tables for word in table}
    return "".join({**firsts, **dict.fromkeys("第" + words.RANGE_MARKS + words.TOLERANCE_MARK + numerals)})


def _word_tables() -> dict[str, Mapping[str, object] | Iterable[str]]:
    before = _by_word(words.OPERATORS_BEFORE) | _by_word(words.DATE_BEFORE)
    ratios = dict(words.RATIO_BEFORE) | dict.fromkeys(words.HUNDRED_PERCENT, "all")
    per_units = dict.fromkeys((*_units(), *words.PER_ONLY, *words.PER_ALIASES))
    scales = {"".join(scale.split()): "/".join(scale.split()) for scale in words.SCALES}
    return {
        "chinese digits": words.CHINESE_DIGITS,
        "small places": words.SMALL_PLACES,
        "large places": words.LARGE_PLACES,
        "magnitudes": {word: _power_of_ten(value) for word, value in words.MAGNITUDES.items()},
        "ratio signs": words.RATIO_SIGNS,
        "ratios in words": ratios,
        "units": _units(),
        "per units": per_units,
        "per before": words.PER_BEFORE,
        "per aliases": words.PER_ALIASES,
        "counted": words.COUNTED.split(),
        "currency before": words.CURRENCY_BEFORE,
        "operators before": before,
        "operators after": _by_word(words.OPERATORS_AFTER),
        "operators touching": words.OPERATORS_TOUCHING,
        "operators at figure": words.OPERATORS_AT_FIGURE.split(),
        "operators not after": words.OPERATOR_NOT_AFTER,
        "date before": _by_word(words.DATE_BEFORE),
        "date after": _by_word(words.DATE_AFTER),
        "date words": {word: f"{first},{last}" for word, (first, last) in words.DATE_WORDS.items()},
        "date word followers": words.DATE_WORD_FOLLOWERS,
        "ends of month": ("底", "末", "初", "上旬", "中旬", "下旬"),
        "parts of year": {"底": "12,12", "末": "12,12", "初": "1,1", "上半年": "1,6", "下半年": "7,12"},
        "within": words.WITHIN,
        "next year": words.NEXT_YEAR,
        "after figure": words.AFTER_FIGURE.split(),
        "not applicable": sorted(map(fold, DOES_NOT_APPLY)),
        "scales": scales,
        "tiers": _by_word(words.TIERS),
        "tier nouns": words.TIER_NOUNS.split(),
        "only passed": ("合格", "达标"),
        "met": words.MET.split(),
        "met alone": words.MET_ALONE.split(),
        "not met": words.NOT_MET.split(),
        "partly": words.PARTLY.split(),
        "negators": words.NEGATORS,
        "hedges": words.HEDGES,
        "aims": words.AIMS,
        "aim headings": words.AIM_HEADINGS.split(),
        "as planned": words.AS_PLANNED.split(),
        "intended": words.INTENDED.split(),
        "intended at figure": words.INTENDED_AT_FIGURE.split(),
        "done": words.DONE.split(),
        "rates of completion": words.RATES_OF_COMPLETION.split(),
        "no change": words.NO_CHANGE.split(),
        "growth": words.GROWTH.split(),
        "decline": words.DECLINE.split(),
        "bases": words.BASES.split(),
        "not relative": words.NOT_RELATIVE.split(),
        "relative": words.RELATIVE.split(),
        "relative at figure": words.RELATIVE_AT_FIGURE.split(),
        "failures": words.FAILURES.split(),
        "handled": words.HANDLED.split(),
        "successes": words.SUCCESSES.split(),
        "done already": words.DONE_ALREADY,
        "bound signs": {">": "≥", ">=": "≥", "<": "≤", "<=": "≤", "~": "≈"},
        "dashes": sorted(DASHES),
        "nothing said": sorted(NOTHING),
        "blank marks": sorted(NO_VALUE),
    }


def _units() -> dict[str, str]:
    """Unit -> dimension,numerator,denominator."""
    known = {
        unit: f"{name},{numerator},{denominator}"
        for name, numerator, denominator, listed in words.UNIT_GROUPS
        for unit in listed.split()
    }
    return known | {counter: f"counter-{counter},1,1" for counter in words.COUNTERS.split()}


def _power_of_ten(value: int) -> int:
    places = len(str(value)) - 1
    if value != 10**places:
        raise ValueError(f"{value} is no power of ten")
    return places


def _glyphs() -> dict[str, str]:
    """What ``fold`` makes of every character, learnt by asking it: between two digits spaces stay visible."""
    single: dict[str, str] = {}
    longer: dict[str, str] = {}
    dropped: list[str] = []
    for code in range(_LAST_OF_PLANE + 1):
        character = chr(code)
        if code in _SURROGATES or character == "，":
            continue
        made = fold(f"1{character}1")[1:-1]
        if made == character:
            continue
        if not made:
            dropped.append(character)
        elif len(made) == 1:
            single[character] = made
        else:
            longer[character] = made
    single["，"] = ","
    blanks = "".join(character for character, plain in single.items() if plain == " " and character.isspace())
    return {
        "glyphs": "".join(single),
        "plain glyphs": "".join(single.values()),
        "glyphs of two": _table(longer),
        "invisible": "".join(dropped),
        "blanks": " " + blanks,
    }


def _mark_colours() -> dict[str, int]:
    return {severity: colours.as_bgr(colour) for severity, colour in colours.MARKS.items()}


def _findings() -> dict[str, str]:
    """Name of a finding -> code,usual severity."""
    return {rule.name: f"{rule.code},{rule.severity}" for rule in rules()}


# --- profiles -------------------------------------------------------------------------------------------------------


def profiles() -> dict[str, str]:
    """The settings of every shipped profile that functions and macros read, and its labels; key: profile id."""
    return {name: _table(_settings(load_profile(name))) for name in profile_ids()}


def _settings(profile: Profile) -> dict[str, str]:
    return {
        **_rule_settings(profile),
        **_form_settings(profile),
        **_label_settings(profile),
        **vba_labels.settings(profile),
    }


def _rule_settings(profile: Profile) -> dict[str, str]:
    rules, over = profile.rules, profile.rules.overachievement
    settings: dict[str, object] = {
        "execution_base": rules.execution_base,
        "execution_weight": rules.execution_weight,
        "full_marks": rules.full_marks,
        "rate_decimals": rules.rate_decimals,
        "rate_places": rule_value("rate_places", profile),
        "score_decimals": rules.score_decimals,
        "shortfall": rules.shortfall,
        "at_most": rules.at_most,
        "over_threshold": over.threshold,
        "over_deduction": over.deduction,
        "over_amount": over.amount,
        "reason_required": "yes" if over.reason_required else "no",
        "exempt_levels": _keys(over.exempt_level2),
        "points_per_month": "" if rules.lateness.points_per_month is None else rules.lateness.points_per_month,
        "at_most_levels": _keys(rules.at_most_levels),
        "month_levels": _keys(rules.month_levels),
        "about_tolerance": rules.about_tolerance,
        "grades": _listed(f"{grade.name},{grade.at_least}" for grade in rules.grades),
    }
    for tier in rules.tiers:
        shared = any(other is not tier and other.low == tier.high for other in rules.tiers)
        settings[f"tier_{tier.name}"] = f"{tier.low},{tier.high},{'shared' if shared else 'whole'}"
    return {key: str(value) for key, value in settings.items()}


def _form_settings(profile: Profile) -> dict[str, str]:
    """What the macros must know of the printed form."""
    severities = {
        name: severity
        for severity in ("error", "warning", "info", "off")
        for name in getattr(profile.severities, severity)
    }
    return {
        "rate": profile.funds.rate,
        "not_applicable": profile.funds.not_applicable,
        "includes_execution": "yes" if profile.total.includes_execution else "no",
        "required": _listed(profile.marks.required),
        "sources": _listed(dict.fromkeys((*SOURCES, *(row.source for row in profile.funds.rows)))),
        "unit": profile.unit,
        "severities": _listed(f"{name},{severity}" for name, severity in severities.items()),
        "notes": _listed(profile_note_labels(profile)),
        "target_parts": _listed(profile.indicators.target),
    }


def _label_settings(profile: Profile) -> dict[str, str]:
    """Labels as ``LabelKey`` gives them: the vocabulary of levels, and what stands for the whole of a section."""
    levels = profile.labels("levels")
    sections = profile.labels("sections")
    return {
        "levels": _listed(sorted(profile.level_keys())),
        "levels_of_all": _listed(sorted(level_keys_of_all())),
        "fund_sources": _listed(f"{label},{source}" for label, source in sorted(profile.labels("fund_rows").items())),
        "level_of": _listed(f"{label},{level}" for label, level in sorted(levels.items()) if label != level),
        "level1": _listed(level.name for level in profile.indicators.level1),
        "level2": _listed(dict.fromkeys(name for level in profile.indicators.level1 for name in level.level2)),
        "level2_of": _listed(f"{level.name},{'/'.join(level.level2)}" for level in profile.indicators.level1),
        "all_indicators": _listed(sorted(label for label, section in sections.items() if section == "indicators")),
        "all_funds": _listed(sorted(label for label, section in sections.items() if section == "funds")),
    }


def _keys(labels: Iterable[str]) -> str:
    return _listed(label_key(label) for label in labels)


def _listed(parts: Iterable[str]) -> str:
    """``a|b``. Raises ValueError for a part that holds the separator."""
    listed = list(parts)
    if any("|" in part for part in listed):
        raise ValueError(f"a part of a list holds |: {listed}")
    return "|".join(listed)


# --- sentences ------------------------------------------------------------------------------------------------------


def sentences(own: Path) -> dict[str, str]:
    """What functions and macros say, in Chinese: key -> sentence with places in braces.

    ``own`` is the file of the macros' own sentences, ``macros.<name>``.
    """
    spoken = {key: sentence(key, "zh") for topic in _SPOKEN for key in _spoken(topic)}
    return spoken | {f"macros.{name}": text for name, text in tomllib.loads(own.read_text("utf-8")).items()}


def _spoken(topic: str) -> Iterator[str]:
    return (f"{topic}.{name}" for name in topic_keys(topic) if _SPOKEN[topic].fullmatch(name))
