"""Findings about what is unreadable, unknown or said twice."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from perfeval_xl.checks.registry import form_finding
from perfeval_xl.checks.subject import Subject
from perfeval_xl.laws.deviations import Deviation
from perfeval_xl.model import Indicator
from perfeval_xl.nothing import NOT_APPLICABLE
from perfeval_xl.profile import Profile, label_key, level_keys_of_all
from perfeval_xl.shown import content


@form_finding("PE502", "not-a-number", "error")
def not_a_number(subject: Subject) -> Iterator[Deviation]:
    """A cell for an amount, a weight, a score, a rate or a year holds something that is no such number.

    Its value was not read: the field is blank in the result, and sums it enters into are not judged. Numbers typed as
    text, in full width or with thousands commas are read and not reported.

    应填金额、分值、得分、执行率或年度的单元格里，填的不是数。

    该值没有读入，结果中这一栏为空，用到它的合计也不作判断。以文本形式存放的数、全角数字、带千分位逗号的数都能读入，不报。
    """
    for note in subject.notes("not-a-number"):
        yield Deviation(note.field, content(note.found), None, cell=note.cell)


@form_finding("PE503", "level-unknown", "warning")
def level_unknown(subject: Subject) -> Iterator[Deviation]:
    """A level-1 or level-2 label (一级指标, 二级指标) is not in the vocabulary of the profile.

    Known are the profile's own labels, their usual wordings (``aliases.levels``) and the labels of the other shipped
    regions. A blank label is not reported.

    一级指标或二级指标的名称不在表样的词汇中。

    认得的有：本表样的名称、其常见写法（aliases.levels）和其他自带表样的名称。空白不报。
    """
    known = subject.profile.level_keys()
    for path, row in subject.indicators():
        for column in ("level1", "level2"):
            label: str | None = getattr(row, column)
            key = label_key(label or "")
            if label and key not in known and key not in level_keys_of_all() and label.strip() != NOT_APPLICABLE:
                yield Deviation(f"{path}.{column}", content(label), "、".join(_wanted(subject.profile, column, row)))


def _wanted(profile: Profile, column: str, row: Indicator) -> tuple[str, ...]:
    levels = profile.indicators.level1
    if column == "level1":
        return tuple(level.name for level in levels)
    own = next((level.level2 for level in levels if level.name == row.level1), None)
    return own or tuple(dict.fromkeys(name for level in levels for name in level.level2))


@form_finding("PE504", "indicator-duplicate", "warning")
def indicator_duplicate(subject: Subject) -> Iterator[Deviation]:
    """The same indicator (三级指标) stands twice under the same level-1 and level-2 label.

    Compared without white space and width. Rows that say 不适用 or are unnamed are not compared. The later row is
    reported.

    同一个一级、二级指标下，同名的三级指标出现了两次。

    比较时不计空格和全半角；写“不适用”或没有名称的行不比。报在后出现的那一行。
    """
    seen: dict[tuple[str, str, str], int] = {}
    for number, (path, row) in enumerate(subject.indicators(), start=1):
        key = (label_key(row.level1 or ""), label_key(row.level2 or ""), _plain(row.name))
        if key[2] in ("", NOT_APPLICABLE):
            continue
        first = seen.setdefault(key, number)
        if first != number:
            yield Deviation(f"{path}.name", content(row.name), None, values={"first": first})


def _plain(name: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", name or "").split()).casefold()
