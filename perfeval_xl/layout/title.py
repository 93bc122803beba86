"""Title and year of a form, and the titles of sister forms that are refused by name."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from perfeval_xl.layout.grid import Grid, Item
from perfeval_xl.profile.vocabulary import Vocabulary, compact

#: A title stands alone in its row, or beside its year, a number of the annex, the unit of money.
_MOST_BESIDE: Final = 3
_LONGEST: Final = 50
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100
_SENTENCE: Final = re.compile(r"[。；;，,!?]|:.")
_ANNEX: Final = re.compile(r"^附(?:件|表)?\d*(?:[-—]\d+)?[:.、]?")
_ANNEX_ONLY: Final = re.compile(r"附(?:件|表)\d*(?:[-—]\d+)?[:.]?")
_YEAR_AROUND: Final = re.compile(r"^(?:19|20)\d\d年?度?|(?:19|20)\d\d年?度?$")
_DIGIT: Final = r"[0-9〇○OＯ零一二三四五六七八九]"
_YEAR_CELL: Final = re.compile(rf"\((?:{_DIGIT}{{4}})?(?:年度?|年度)?\)|(?:{_DIGIT}{{4}})年度?|_*年度")
_YEAR_INSIDE: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_UNIT: Final = re.compile(r"\(?(?:金额)?单位[:：]?(?:人民币)?(?:[十百千万亿萬美欧港日]{0,2}元)\)?")


def title_in(grid: Grid, row: int) -> Item | None:
    """The title that stands in a row: of the form, or of a sister form."""
    items = grid.distinct(row)
    if len(items) > _MOST_BESIDE:
        return None
    return next((item for item in items if is_title(item, grid.words) or is_sister(item, grid.words)), None)


def is_title(item: Item, words: Vocabulary) -> bool:
    """Whether a cell is the title of the form: any text that ends as one, 2023年XX项目绩效自评表."""
    key = _bare_title(item)
    return bool(key) and key.endswith(words.titles) and not _is_sister_key(key, words)


def is_sister(item: Item, words: Vocabulary) -> bool:
    """Whether a cell is the title of a form that must be refused, such as 部门整体支出绩效自评表."""
    return _is_sister_key(_bare_title(item), words)


def _bare_title(item: Item) -> str:
    return _bare(item.text, item.key) if item.key else ""


@lru_cache(maxsize=4096)
def _bare(printed: str, key: str) -> str:
    text = compact(printed)
    text = _ANNEX.sub("", text)
    if not text or len(text) > _LONGEST or _SENTENCE.search(text):
        return ""
    return _YEAR_AROUND.sub("", _ANNEX.sub("", key))


def _is_sister_key(key: str, words: Vocabulary) -> bool:
    if not any(sister in key for sister in words.sisters):
        return False
    # 部门预算项目支出绩效自评表 is the form, whoever prints it; 项目支出绩效目标申报表 is not.
    return not key.endswith(("项目支出绩效自评表", "项目绩效自评表")) or "整体" in key


def is_year(item: Item) -> bool:
    """Whether a cell holds the year and nothing else: （2024年度）, 二〇二四年度, also not yet filled in."""
    return bool(item.key) and _reads(_YEAR_CELL, item.text) and len(compact(item.text)) > 2


def is_year_number(item: Item) -> bool:
    """Whether a cell holds a bare number that can be a year, shown as （2024年度） by its number format."""
    return isinstance(item.value, Decimal) and item.value % 1 == 0 and _FIRST_YEAR <= item.value <= _LAST_YEAR


def carries_year(item: Item) -> bool:
    """Whether a title carries the year: 项目支出绩效自评表（2024年度）."""
    return len(set(_YEAR_INSIDE.findall(compact(item.text)))) == 1


def is_annex(item: Item) -> bool:
    """附件3 above a title: print."""
    return bool(item.key) and _reads(_ANNEX_ONLY, item.text)


def is_unit(item: Item) -> bool:
    """单位：万元 above a table."""
    return bool(item.key) and _reads(_UNIT, item.text)


@lru_cache(maxsize=8192)
def _reads(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a short text is just that, white space apart; offices print the same texts again and again."""
    return bool(pattern.fullmatch(compact(text)))
