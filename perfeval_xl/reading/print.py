"""Removes what printing adds to a value: spaces in titles and remarks, points beside labels, signs beside numbers."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from perfeval_xl.layout import Layout
from perfeval_xl.profile import label_key
from perfeval_xl.sources.sheet import Sheet

YEAR_IN_TITLE: Final = re.compile(r"\s*[(（]?\s*(?:19|20)\d\d\s*(?:年度|年)?\s*[)）]?\s*$")
YEAR_BEFORE_TITLE: Final = re.compile(r"^\s*[(（]?\s*(?:19|20)\d\d\s*(?:年度|年)\s*[)）]?\s*(?=\S)")
CODE_AND_NAME: Final = re.compile(r"^\s*(?P<code>[0-9A-Za-z]{12,})\s*[-—－]\s*(?P<name>\S.*)$", re.DOTALL)
_PLACEHOLDER: Final = re.compile(r"(?:三级)?指标[0-9一二三四五六七八九十]*[:：]?")
REMARK: Final = re.compile(r"^\W*备\s*注\W*[:：]?\W*(?=\w|$)")
POINTS_BESIDE_LABEL: Final = re.compile(
    r"^(?P<label>.*?)\s*[(（]\s*(?P<points>\d+(?:\.\d+)?)\s*分?\s*[)）]\s*$", re.DOTALL
)


def is_placeholder(name: str | None) -> bool:
    """Whether a 三级指标 is no more than the ``指标1：`` that a blank form prints in its place."""
    return name is not None and bool(_PLACEHOLDER.fullmatch("".join(name.split())))


def rates_in_percent(sheet: Sheet, layout: Layout) -> bool:
    """Whether bare rates are percents: our template says so, elsewhere the printed heading carries the (%)."""
    if layout.by == "name":
        return layout.profile.funds.rate == "percent"
    rates = {key for key, name in layout.profile.labels("funds").items() if name == "execution_rate"}
    headings = (str(sheet[cell]) for cell in layout.print_cells)
    return any("%" in unicodedata.normalize("NFKC", text) and label_key(text) in rates for text in headings)


def join_target(operator: str | None, value: str | Decimal | None, unit: str | None) -> str | Decimal | None:
    """年度指标值 of 指标性质, 指标值, 度量单位 (四川): ``≤``, ``30``, ``万元`` -> ``≤30万元``; 定性 adds nothing."""
    before = "" if operator is None or operator.strip() in ("", "定性") else operator
    if not before and not unit:
        return value
    middle = "" if value is None else format(value, "f") if isinstance(value, Decimal) else value
    return before + middle + (unit or "")
