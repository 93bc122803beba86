"""Forms whose cells a converter glued together, turned back into a grid as far as that is certain.

``年度资金总额:40004000100%`` is cut because only 4000, 4000 and 100% agree with each other; ``2020`` below 指标值 and
实际完成值 could be 20 and 20 or one number, so it is not. What cannot be cut for sure stands in a column of its own
without heading, where it is reported as unread and never taken for a value.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import combinations, pairwise
from typing import Final

from perfeval_xl.model import BUDGETS
from perfeval_xl.profile import Profile
from perfeval_xl.profile.vocabulary import Vocabulary, compact, shipped, vocabulary
from perfeval_xl.sources.sheet import RowPlace, Sheet, Value

#: Two-character labels (合计, 年度, 原因) are too short to be sure of inside running text.
_SHORTEST_LABEL: Final = 3
#: Columns between the table and what could not be cut.
_APART: Final = 5
_MOST_TEXT: Final = 20_000
_MOST_DIGITS: Final = 40
_YEAR: Final = re.compile(r"\((?:19|20)\d\d年度?\)|\(年度\)")
_TITLE: Final = re.compile(r"(?:财政|部门预算)?项目(?:支出)?(?:绩效)?(?:目标)?自评表")
_ANNEX: Final = re.compile(r"附(?:件|表)\d+")
_ROOM: Final = re.compile(r"\((?:盖章|签章|签字|公章)\)")
_REMARK: Final = r"(?:\((?:万元|元|盖章|[A-Z](?:/[A-Z])?|[A-Z][-+*/][A-Z]|\d+分|%)\))?"
_NUMBER: Final = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?")
_NAME_AND_DIGITS: Final = re.compile(r"(\D*[^\d\s.,%≥≤=<>+\-(])(\d+)")
_TAIL: Final = re.compile(r"说明|注[:.]|备注|填表人|填报人|总分|合计")


def unglued(sheet: Sheet) -> Sheet:
    """``sheet`` itself, or a grid of the one form that stands in it as lines of glued cells."""
    if any(len(row) > 1 and sum(value is not None for value in row) > 1 for row in sheet.rows):
        return sheet
    text = _Text.of(sheet)
    if text is None:
        return sheet
    forms = _forms(sheet, text)
    if forms:
        return _below_each_other(sheet, [unglued(form) for form in forms])
    cuts = _Cuts.of(text.joined, _patterns())
    return _Builder(sheet, text, cuts).sheet() if cuts else sheet


def _forms(sheet: Sheet, text: _Text) -> list[Sheet]:
    """One sheet for each form of a text that holds several: each begins at its title."""
    titles = [match.start() for match in _TITLE.finditer(text.joined)]
    bounds = [*titles, len(text.joined)]
    pieces = list(pairwise(bounds))
    if len(pieces) < 2 or not all("三级指标" in text.joined[start:end] for start, end in pieces):
        return []
    found = []
    for start, end in pieces:
        lines = [(text.row_at(at), line) for at, line in text.lines_between(start, end)]
        places = {number: sheet.places.get(row, RowPlace(row + 1)) for number, (row, _) in enumerate(lines)}
        found.append(replace(sheet, rows=tuple((line,) for _, line in lines), merges=(), places=places))
    return found


def _below_each_other(sheet: Sheet, forms: list[Sheet]) -> Sheet:
    rows: list[tuple[Value, ...]] = []
    places: dict[int, RowPlace] = {}
    for form in forms:
        places |= {len(rows) + row: place for row, place in form.places.items()}
        rows += form.rows
    return replace(sheet, rows=tuple(rows), merges=(), places=places)


# --- the text ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Text:
    """All lines without white space, one after the other, with the place where each line begins."""

    joined: str
    starts: tuple[int, ...]
    rows: tuple[int, ...]

    @classmethod
    def of(cls, sheet: Sheet) -> _Text | None:
        lines = [
            (row, compact(line))
            for row, values in enumerate(sheet.rows)
            for value in values
            if isinstance(value, str)
            for line in value.split("\n")
            if line.strip()
        ]
        joined = "".join(line for _, line in lines)
        if "三级指标" not in joined or len(joined) > _MOST_TEXT:
            return None
        starts, position = [], 0
        for _, line in lines:
            starts.append(position)
            position += len(line)
        return cls(joined, tuple(starts), tuple(row for row, _ in lines))

    def row_at(self, position: int) -> int:
        """The row of the sheet a position comes from."""
        return self.rows[bisect_right(self.starts, position) - 1]

    def lines_between(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Start and text of each line, or part of one, between two positions."""
        bounds = [start, *(at for at in self.starts if start < at < end), end]
        for first, last in pairwise(bounds):
            yield first, self.joined[first:last]


# --- where to cut -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Expressions made from the vocabulary, longest labels first."""

    identity: re.Pattern[str]
    funds: re.Pattern[str]
    fund_rows: re.Pattern[str]
    funds_heading: re.Pattern[str]
    goals: re.Pattern[str]
    indicators: re.Pattern[str]
    level: re.Pattern[str]
    one_of: Mapping[str, re.Pattern[str]]


@cache
def _patterns() -> _Patterns:
    words = vocabulary(None)
    profiles = shipped()
    funds = _any_of(_labels(profiles, "funds"))
    indicators = _any_of(_labels(profiles, "indicators"))
    sections = {name: _any_of(_sections(profiles, name)) for name in ("funds", "goals", "indicators")}
    goals = {name: _any_of(_labels(profiles, "goals", name)) for name in ("expected", "actual")}
    identity = [*_labels(profiles, "project"), *_sections(profiles, "extra")]
    return _Patterns(
        identity=re.compile(rf"(?P<label>{_any_of(identity)}){_REMARK}:?"),
        funds=re.compile(rf"(?:{funds}{_REMARK}){{2,}}"),
        fund_rows=re.compile(rf"(?:{_any_of([*_labels(profiles, 'fund_rows'), *_sections(profiles, 'fund_row')])}):?"),
        funds_heading=re.compile(rf"{sections['funds']}{_REMARK}:?$"),
        goals=re.compile(rf"(?P<heading>{sections['goals']})?(?P<expected>{goals['expected']})(?P<actual>{goals['actual']})"),
        indicators=re.compile(rf"(?P<heading>{sections['indicators']}{_REMARK})?(?P<columns>(?:{indicators}{_REMARK}){{3,}})"),
        level=re.compile(_any_of(_level_labels(words, profiles))),
        one_of={"funds": re.compile(funds + _REMARK), "indicators": re.compile(indicators + _REMARK)},
    )  # fmt: skip


def _any_of(labels: Iterable[str]) -> str:
    plain = {compact(label) for label in labels}
    plain |= {re.sub(r"\([^()]*\)", "", label) for label in plain}
    ordered = sorted(
        (label for label in plain if len(label) >= _SHORTEST_LABEL or label in ("分值", "得分", "权重")), key=len
    )
    return "(?:" + "|".join(re.escape(label) for label in reversed(ordered)) + ")"  # fmt: skip


def _labels(profiles: Iterable[Profile], scope: str, field: str | None = None) -> list[str]:
    printed = [
        label for profile in profiles for label, name in profile.labels(scope).items() if field is None or name == field
    ]
    aliases: Mapping[str, tuple[str, ...]] = getattr(next(iter(profiles)).aliases, scope)
    return [*printed, *(label for name, labels in aliases.items() if field in (None, name) for label in labels)]


def _sections(profiles: Iterable[Profile], name: str) -> list[str]:
    return [label for profile in profiles for label in profile.aliases.sections.get(name, ())]


def _level_labels(words: Vocabulary, profiles: Iterable[Profile]) -> list[str]:
    aliases = [label for profile in profiles for labels in profile.aliases.levels.values() for label in labels]
    return [label for label in (*words.level1, *words.level2, *aliases) if label.endswith("标")]


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Where the headings of the sections stand."""

    indicators: re.Match[str]
    funds: re.Match[str] | None
    goals: re.Match[str] | None

    @classmethod
    def of(cls, text: str, patterns: _Patterns) -> _Cuts | None:
        headings = [match for match in patterns.indicators.finditer(text) if "三级指标" in match["columns"]]
        if len(headings) != 1:
            # None: no form. Several: which text belongs to which form cannot be told.
            return None
        before = headings[0].start()
        funds = patterns.funds.search(text, 0, before)
        goals = patterns.goals.search(text, funds.end() if funds else 0, before)
        return cls(headings[0], funds, goals)


# --- numbers ----------------------------------------------------------------------------------------------------


def cut_numbers(digits: str) -> list[str] | None:
    """Budget, amount executed and rate glued together in ``digits``, when only one cut is possible.

    A cut is possible when the rate is what was executed of the budget, rounded or cut off at the printed decimals.
    Every possible cut counts against the others; the one that remains must also write both amounts alike.
    """
    if not digits.endswith("%") or len(digits) > _MOST_DIGITS:
        return None
    body = digits[:-1]
    found: list[list[str]] = []
    for places in combinations(range(1, len(body)), 2):
        parts = [body[first:last] for first, last in pairwise((0, *places, len(body)))]
        if all(_NUMBER.fullmatch(part) for part in parts) and _agrees(parts):
            found.append(parts)
            if len(found) > 1:
                return None
    if not found or _decimals(found[0][0]) != _decimals(found[0][1]):
        return None
    return [*found[0][:2], f"{found[0][2]}%"]


def _agrees(parts: list[str]) -> bool:
    budget, executed, rate = (Decimal(part) for part in parts)
    if not (budget and executed and rate):
        # Every text that ends in 00% could be cut into some amount, 0 and 0%: 400040001, 0, 0% for 4000, 4000, 100%.
        return False
    return abs(executed / budget * 100 - rate) < Decimal(1).scaleb(-_decimals(parts[2]))


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])


# --- the grid ---------------------------------------------------------------------------------------------------


class _Builder:
    """Writes the cut pieces into rows; each row remembers the line it comes from."""

    def __init__(self, sheet: Sheet, text: _Text, cuts: _Cuts) -> None:
        self.source = sheet
        self.text = text
        self.cuts = cuts
        self.patterns = _patterns()
        self.rows: list[list[Value]] = []
        self.places: dict[int, RowPlace] = {}
        columns = self._split(cuts.indicators["columns"], "indicators")
        self.apart = len(columns) + 1 + _APART

    def sheet(self) -> Sheet:
        """The grid."""
        cuts = self.cuts
        first = next(match.start() for match in (cuts.funds, cuts.goals, cuts.indicators) if match)
        self._identity(first)
        if cuts.funds:
            self._funds(cuts.funds, cuts.goals.start() if cuts.goals else cuts.indicators.start())
        if cuts.goals:
            self._goals(cuts.goals)
        self._indicators()
        return replace(
            self.source, rows=tuple(tuple(row) for row in self.rows), places=self.places, addressing="table", merges=()
        )

    def _add(self, position: int, cells: Iterable[Value], unsure: str = "") -> None:
        """A row; ``unsure`` is text that no column can be given."""
        row: list[Value] = [cell or None for cell in cells]
        if unsure:
            row += [None] * (self.apart - len(row))
            row.append(unsure)
        at = self.text.row_at(min(position, len(self.text.joined) - 1))
        self.places[len(self.rows)] = self.source.places.get(at, RowPlace(at + 1))
        self.rows.append(row)

    def _split(self, text: str, scope: str) -> list[str]:
        return [match[0] for match in self.patterns.one_of[scope].finditer(text)]

    # --- sections ---

    def _identity(self, end: int) -> None:
        text = self.text.joined[:end]
        heading = self.patterns.funds_heading.search(text) if self.cuts.funds else None
        labels = list(self.patterns.identity.finditer(text, 0, heading.start() if heading else end))
        last = heading.start() if heading else end
        self._title(text[: labels[0].start() if labels else last])
        for number, label in enumerate(labels):
            stop = labels[number + 1].start() if number + 1 < len(labels) else last
            self._pair(label, text[label.end() : stop], twice=sum(m["label"] == label["label"] for m in labels) > 1)

    def _title(self, text: str) -> None:
        year = _YEAR.search(text)
        title = _YEAR.sub("", text)
        annex = _ANNEX.match(title)
        if annex:
            self._add(0, [annex[0]])
            title = title[annex.end() :]
        if title:
            self._add(0, [title])
        if year:
            self._add(0, [year[0]])

    def _pair(self, label: re.Match[str], value: str, *, twice: bool) -> None:
        """A label and what follows it; the year often stands behind the last line above the table."""
        year = _YEAR.search(value)
        value = _ROOM.sub("", _YEAR.sub("", value)).strip(":")
        if twice:
            self._add(label.start(), [label[0]], value)
        else:
            self._add(label.start(), [label[0], value])
        if year:
            self._add(label.start(), [year[0]])

    def _funds(self, header: re.Match[str], end: int) -> None:
        columns = self._split(header[0], "funds")
        words = vocabulary(None)
        fields = [words.of(column).get("funds") for column in columns]
        is_cuttable = fields[1:] == ["executed", "execution_rate"] and fields[0] in BUDGETS
        heading = self.patterns.funds_heading.search(self.text.joined, 0, header.start())
        self._add(header.start(), [heading[0] if heading else None, None, *columns])
        labels = list(self.patterns.fund_rows.finditer(self.text.joined, header.end(), end))
        before = self.text.joined[header.end() : labels[0].start() if labels else end]
        if before:
            self._add(header.end(), [], before)
        for number, label in enumerate(labels):
            stop = labels[number + 1].start() if number + 1 < len(labels) else end
            text = self.text.joined[label.end() : stop]
            values = cut_numbers(text) if is_cuttable else None
            self._add(label.start(), [None, label[0].strip(":"), *(values or [])], "" if values else text)

    def _goals(self, header: re.Match[str]) -> None:
        self._add(header.start(), [header["heading"], header["expected"], header["actual"]])
        text = self.text.joined[header.end() : self.cuts.indicators.start()]
        # Two glued texts, or one of the two: which, nobody can tell.
        self._add(header.end(), [], text)

    def _indicators(self) -> None:
        header = self.cuts.indicators
        columns = self._split(header["columns"], "indicators")
        self._add(header.start(), [header["heading"], *columns])
        end = self._tail_start(header.end())
        before = [column for column in columns if column in ("一级指标", "二级指标")]
        for start, levels, text in self._indicator_rows(header.end(), end):
            name, unsure = self._name_of(start, text)
            padded = [None] * (len(before) - len(levels)) + levels if len(before) >= len(levels) else levels
            if levels or name or unsure:
                self._add(start, [None, *padded, name], unsure)
        for start, line in self.text.lines_between(end, len(self.text.joined)):
            if line:
                self._add(start, [line])

    def _tail_start(self, start: int) -> int:
        """Where captions under the table begin: a line that opens with one."""
        for at in self.text.starts:
            if at > start and _TAIL.match(self.text.joined, at):
                return at
        return len(self.text.joined)

    def _indicator_rows(self, start: int, end: int) -> Iterator[tuple[int, list[str], str]]:
        """Position, level labels and text of each row; labels count at the start of a line or behind one another."""
        position = start
        while position < end:
            levels: list[str] = []
            at = position
            while (match := self.patterns.level.match(self.text.joined, at, end)) and len(levels) < 2:
                levels.append(match[0])
                at = match.end()
            following = (s for s in self.text.starts if s > at or (s == at and not levels and s > position))
            stop = next((s for s in following if s < end and self.patterns.level.match(self.text.joined, s, end)), end)
            if levels and at in self.text.starts and self.patterns.level.match(self.text.joined, at, end):
                stop = at
            yield position, levels, self.text.joined[at:stop]
            position = max(stop, at)

    def _name_of(self, start: int, text: str) -> tuple[str | None, str]:
        """The 三级指标 of a row and what is unsure: a name is sure when a line holds it and then only digits."""
        text = re.sub(r"[….]{2,}", "", text)
        if not text:
            return None, ""
        match = _NAME_AND_DIGITS.fullmatch(text)
        at = self.text.joined.find(text, start)
        is_one_line = at >= 0 and not any(at < begin < at + len(text) for begin in self.text.starts)
        return (match[1], match[2]) if match and is_one_line else (None, text)
