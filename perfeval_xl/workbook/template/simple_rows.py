"""按规则得分 in the check area: what the sheet can score by itself, without macros and without Python.

A row is simple when target and actual value are an optional operator, a number and the same unit, or none. Anything
else (dates, ranges, words, units to convert) is left blank: the sheet says what ``perfeval score`` says, or nothing.

Row k of this part of the check area shows the k-th indicator, wherever it was moved and whatever rows were inserted.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from perfeval_xl.laws import formulas as native
from perfeval_xl.model import Form, Indicator
from perfeval_xl.package.addresses import column_letters
from perfeval_xl.profile import Profile
from perfeval_xl.scoring.rules import Setting, judge
from perfeval_xl.workbook.template.formulas import Cached, SimplePart, TemplateGrid

#: What a person sees, and the working columns, which are hidden.
SHOWN: Final = ("number", "name", "score", "result")
WORKING: Final = (
    "target",
    "actual",
    "target_unit",
    "actual_unit",
    "target_number",
    "actual_number",
    "ceiling",
    "wrong",
)
#: Rows kept for indicators beyond those the template is drawn with.
SPARE: Final = 10
MET: Final = "完成"
MISSED: Final = "未完成"
#: Replaced before parsing: full-width characters, other glyphs, words for an operator.
_PLAIN: Final = {
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    "．": ".",
    "，": ",",
    "％": "%",
    "﹪": "%",
    "\u3000": " ",
    "\u00a0": " ",
    "＞": ">",
    "＜": "<",
    "＝": "=",
    ">=": "≥",
    "<=": "≤",
    "≧": "≥",
    "≦": "≤",
    "大于等于": "≥",
    "小于等于": "≤",
    "不低于": "≥",
    "不少于": "≥",
    "不小于": "≥",
    "不超过": "≤",
    "不高于": "≤",
    "不大于": "≤",
    "不多于": "≤",
}
_PLAIN_SIGNS: Final = str.maketrans({sign: plain for sign, plain in _PLAIN.items() if len(sign) == 1})
_PLAIN_WORDS: Final = tuple((words, sign) for words, sign in _PLAIN.items() if len(words) > 1)
_FLOORS: Final = "≥>"
_CEILINGS: Final = "≤<"
_OPERATORS: Final = tuple(_FLOORS + _CEILINGS)
_DIGITS: Final = "0123456789.,"
#: Units of simple rows. Units of time are left out: a formula cannot decide what a bare 3天 or 12月 means.
UNITS: Final = (
    *("", "%", "人", "人次", "次", "个", "份", "户", "家", "项", "件", "场", "场次", "套", "台", "辆", "条", "批"),
    *("批次", "篇", "期", "本", "册", "张", "块", "间", "座", "栋", "处", "所", "名", "位", "例", "吨", "公里", "米"),
    *("亩", "公顷", "平方米", "元", "万元", "亿元", "万人", "万次", "万人次", "万份", "万户", "万件", "万平方米"),
)
#: Numbers from here on without a unit may be dates that Excel counts as days.
_MAY_BE_DATES: Final = 20_000
_MOST_LITERAL: Final = 250


#: Columns that hold a formula.
FORMULAS: Final = ("name", "score", "result", *WORKING)


# --- formulas -----------------------------------------------------------------------------------------------------


def row_formulas(grid: TemplateGrid, part: SimplePart, row: int) -> dict[str, str]:
    """The formulas of one row, by column; the same text in every row but for the row number."""
    at = {name: f"${column_letters(number)}{row + 1}" for name, number in part.columns.items()}
    targets = [name for name in ("target_operator", "target", "target_value", "target_unit") if name in grid.columns]
    target = "&".join(_of_row(grid, at, column) for column in targets)
    figure = _figure(at["target"])
    return {
        "name": f'=IF({_exists(grid, at)},{_of_row(grid, at, "name")}&"","")',
        "target": f'=IF({_exists(grid, at)},{_plain(target)},"")',
        "actual": f'=IF({_exists(grid, at)},{_plain(_of_row(grid, at, "actual"))},"")',
        "target_unit": f"={_without_digits(figure)}",
        "actual_unit": f"={_without_digits(at['actual'])}",
        "target_number": f"={_number(figure, at['target_unit'])}",
        "actual_number": f"={_number(at['actual'], at['actual_unit'])}",
        "ceiling": f"=IF({_exists(grid, at)},IF({_is_ceiling(grid, at)},1,0),0)",
        "result": f"={_when(_is_simple(grid, at), _verdict(at))}",
        "score": f'=IF({at["result"]}="","",IF({at["result"]}="{MET}",{_met(grid, at)},{_missed(grid, at)}))',
        "wrong": f'=IF({at["result"]}="{MISSED}",IF({_takes_all(grid, at)},1,0),0)',
    }


def _exists(grid: TemplateGrid, at: dict[str, str]) -> str:
    return f"{at['number']}<ROWS({grid.rows_of('weight')})"


def _of_row(grid: TemplateGrid, at: dict[str, str], column: str) -> str:
    return f"INDEX({grid.rows_of(column)},{at['number']}+1)"


def _plain(text: str) -> str:
    for sign, plain in _PLAIN.items():
        text = f'SUBSTITUTE({text},"{sign}","{plain}")'
    return f"TRIM({text})"


def _without_digits(text: str) -> str:
    for digit in _DIGITS:
        text = f'SUBSTITUTE({text},"{digit}","")'
    return f"TRIM({text})"


def _has(text: str, signs: str) -> str:
    return "OR(" + ",".join(f'LEFT({text},1)="{sign}"' for sign in signs) + ")"


def _figure(text: str) -> str:
    """The target without its operator."""
    return f"TRIM(MID({text},IF({_has(text, _FLOORS + _CEILINGS)},2,1),99))"


def _number(text: str, unit: str) -> str:
    """Digits first, then the unit; one decimal point between digits, commas only where thousands are."""
    digits = f"LEFT({text},LEN({text})-LEN({unit}))"
    digits = f"TRIM({digits})"
    bare = f'SUBSTITUTE({digits},",","")'
    sound = [
        f"LEN({digits})>0",
        f'ISERROR(FIND(" ",{digits}))',
        f'OR({digits}&{unit}={text},{digits}&" "&{unit}={text})',
        f'LEN({bare})-LEN(SUBSTITUTE({bare},".",""))<=1',
        f'LEFT({bare},1)<>"."',
        f'RIGHT({bare},1)<>"."',
        f'IF({bare}={digits},TRUE,TEXT(VALUE({bare}),"#,##0")={digits})',
    ]
    return _when(sound, f"VALUE({bare})")


def _is_simple(grid: TemplateGrid, at: dict[str, str]) -> list[str]:
    wanted, got, unit = at["target_number"], at["actual_number"], at["target_unit"]
    level2 = native.without_spaces(_of_row(grid, at, "level2"))
    return [
        _exists(grid, at),
        f"ISNUMBER({_of_row(grid, at, 'weight')})",
        f"{_of_row(grid, at, 'weight')}>0",
        f"ISNUMBER({wanted})",
        f"ISNUMBER({got})",
        f"{wanted}>0",
        f"{unit}={at['actual_unit']}",
        _is_listed(unit, UNITS),
        # Without a unit, numbers may be dates, and 0.95 against 95 may be a percentage.
        f'OR({unit}<>"",AND({wanted}<{_MAY_BE_DATES},{got}<{_MAY_BE_DATES},({wanted}<1)=AND({got}>0,{got}<1)))',
        f"LEN({level2})>0",
        f"NOT({_is_listed(level2, grid.profile.spellings(grid.profile.rules.month_levels))})",
    ]


def _is_listed(text: str, words: tuple[str, ...]) -> str:
    """The text is one of the words; a text in a formula has at most 255 characters, so a long list takes several."""
    lists: list[str] = [""]
    for word in words:
        if len(lists[-1]) + len(word) > _MOST_LITERAL:
            lists.append("")
        lists[-1] += f" {word}"
    return "OR(" + ",".join(f'ISNUMBER(FIND(" "&{text}&" ","{listed} "))' for listed in lists) + ")"


def _stands_in(grid: TemplateGrid, at: dict[str, str], levels: tuple[str, ...]) -> str:
    labels = grid.profile.spellings(levels)
    cells = (native.without_spaces(_of_row(grid, at, level)) for level in ("level1", "level2"))
    return "OR(" + ",".join(_is_listed(cell, labels) for cell in cells) + ")" if labels else native.FALSE


def _is_ceiling(grid: TemplateGrid, at: dict[str, str]) -> str:
    costs = _stands_in(grid, at, grid.profile.rules.at_most_levels)
    return f"IF({_has(at['target'], _CEILINGS)},TRUE,IF({_has(at['target'], _FLOORS)},FALSE,{costs}))"


def _takes_all(grid: TemplateGrid, at: dict[str, str]) -> str:
    score, weight = (_of_row(grid, at, column) for column in ("score", "weight"))
    return f"IF(ISNUMBER({score}),{score}>={weight},FALSE)"


def _verdict(at: dict[str, str]) -> str:
    wanted, got = at["target_number"], at["actual_number"]
    return f'IF(IF({at["ceiling"]}=1,{got}<={wanted},{got}>={wanted}),"{MET}","{MISSED}")'


def _missed(grid: TemplateGrid, at: dict[str, str]) -> str:
    rules, weight = grid.profile.rules, _of_row(grid, at, "weight")
    wanted, got = at["target_number"], at["actual_number"]
    ceiling = f"{wanted}/{got}" if rules.at_most == "ratio" else f"MAX(0,2-{got}/{wanted})"
    floor = "0" if rules.shortfall == "zero" else f"{got}/{wanted}"
    # Halves are not exact in binary: 0.285 may be stored a little smaller.
    return f"ROUND(ROUND(IF({at['ceiling']}=1,{ceiling},{floor})*{weight},9),{rules.score_decimals})"


def _met(grid: TemplateGrid, at: dict[str, str]) -> str:
    rules, weight = grid.profile.rules, _of_row(grid, at, "weight")
    over = rules.overachievement
    if over.deduction == "none":
        return weight
    share = f"ROUND({over.amount}*{weight},{rules.score_decimals})"
    charge = str(over.amount) if over.deduction == "points" else share
    limit = f"ROUND({at['actual_number']}/{at['target_number']}-{1 + over.threshold},9)>=0"
    kept = f"OR({at['ceiling']}=1,{_stands_in(grid, at, over.exempt_level2)})"
    return f"IF({kept},{weight},IF({limit},MAX(0,{weight}-{charge}),{weight}))"


def _when(conditions: list[str], then: str) -> str:
    """``then`` where all conditions hold, asked one after another: a later one may fail where an earlier one does."""
    for condition in reversed(conditions):
        then = f'IF({condition},{then},"")'
    return then


# --- the same decision in Python: cached results ------------------------------------------------------------------


_BLANK_ROW: Final[dict[str, Cached]] = {**dict.fromkeys(FORMULAS, ""), "ceiling": Decimal(0), "wrong": Decimal(0)}


def blank_row(number: int) -> dict[str, Cached]:
    """The cached results of a row that shows no indicator."""
    return {**_BLANK_ROW, "number": Decimal(number)}


def cached_row(number: int, row: Indicator, profile: Profile) -> dict[str, Cached]:
    """What the formulas give for the ``number``-th indicator: Python's own score, where the row is simple."""
    target, actual = _written(row.target), _written(row.actual)
    figure = _trimmed(target[1:] if target.startswith(_OPERATORS) else target)
    wanted, got = _parted(figure), _parted(actual)
    cached = blank_row(number)
    cached.update(
        name=row.name or "",
        target=target,
        actual=actual,
        target_unit=_unit(figure),
        actual_unit=_unit(actual),
        target_number="" if wanted is None else wanted,
        actual_number="" if got is None else got,
        ceiling=Decimal(_is_cost(row, target, profile)),
    )
    if wanted is None or got is None or not _judged(row, cached, wanted, got, profile):
        return cached
    judged = judge(row.target, row.actual, row.weight, profile.rules, Setting(row.level1, row.level2))
    if judged.value is None:
        return cached
    takes_all = row.score is not None and row.weight is not None and row.score >= row.weight
    missed = not judged.comparison.met
    cached |= {"score": judged.value, "result": MISSED if missed else MET, "wrong": Decimal(missed and takes_all)}
    return cached


def cached_rows(form: Form, profile: Profile, count: int) -> list[dict[str, Cached]]:
    """The rows of this part for a form; blank ones where there is no indicator."""
    rows = [cached_row(number, row, profile) for number, row in enumerate(form.indicators[:count], start=1)]
    return rows + [blank_row(number) for number in range(len(rows) + 1, count + 1)]


def _judged(row: Indicator, cached: dict[str, Cached], wanted: Decimal, got: Decimal, profile: Profile) -> bool:
    level2, unit = "".join((row.level2 or "").split()), cached["target_unit"]
    if not row.weight or row.weight < 0 or not level2 or level2 in profile.spellings(profile.rules.month_levels):
        return False
    if not wanted or unit != cached["actual_unit"] or unit not in UNITS:
        return False
    is_plain = wanted < _MAY_BE_DATES and got < _MAY_BE_DATES and (wanted < 1) == (0 < got < 1)
    return bool(unit) or is_plain


def _is_cost(row: Indicator, target: str, profile: Profile) -> bool:
    if target.startswith(_OPERATORS):
        return target[0] in _CEILINGS
    costs = profile.spellings(profile.rules.at_most_levels)
    return any("".join((level or "").split()) in costs for level in (row.level1, row.level2))


def _written(value: str | Decimal | None) -> str:
    text = format(value, "f") if isinstance(value, Decimal) else (value or "").translate(_PLAIN_SIGNS)
    for words, sign in _PLAIN_WORDS:
        text = text.replace(words, sign)
    return _trimmed(text)


def _trimmed(text: str) -> str:
    """As TRIM does: no spaces around, one between words."""
    return " ".join(filter(None, text.split(" "))) if " " in text else text


_FIGURE: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?) ?([^\d.,]*)")
_NO_DIGITS: Final = str.maketrans("", "", _DIGITS)


def _unit(text: str) -> str:
    return _trimmed(text.translate(_NO_DIGITS))


def _parted(text: str) -> Decimal | None:
    """The number at the start of a text, when no other digits follow."""
    match = _FIGURE.fullmatch(text)
    return Decimal(match[1].replace(",", "")) if match else None
