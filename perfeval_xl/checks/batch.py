"""Findings about many forms together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from perfeval_xl.checks.registry import batch_finding
from perfeval_xl.checks.subject import Subject
from perfeval_xl.laws.deviations import Deviation

#: Fewer forms are no batch: two small projects may well both be perfect.
FEWEST_FORMS: Final = 3


@batch_finding("PE601", "all-full-scores", "info")
def all_full_scores(subjects: Sequence[Subject]) -> Iterator[Deviation]:
    """Every form of a batch of at least 3 scores itself full.

    Full is a form in which every score equals its weight, execution included; a form that shows no score at all is
    not. The finding belongs to the batch: it names no file and no cell.

    一批表（至少 3 张）全部自评满分。

    满分指包括预算执行在内每一项得分都等于分值；没有填得分的表不算满分。这一提示针对整批，不指向某个文件或单元格。
    """
    if len(subjects) >= FEWEST_FORMS and all(is_full(subject) for subject in subjects):
        count = str(len(subjects))
        yield Deviation(None, count, None, values={"count": count})


def is_full(subject: Subject) -> bool:
    """Whether every score of a form equals its weight, execution included."""
    line = subject.total_line
    rows = [row for row in subject.form.indicators if row.weight]
    execution_full = line is None or line.weight is None or line.score == line.weight
    return bool(rows) and execution_full and all(row.score == row.weight for row in rows)
