"""Findings about many forms together. Of each form only a trace is kept, so a batch may be as large as it likes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from perfeval_xl.checks.registry import batch_finding
from perfeval_xl.checks.subject import Subject
from perfeval_xl.laws.deviations import Deviation
from perfeval_xl.shown import shortened

#: The smallest batch that is judged: two small projects may well both be perfect.
FEWEST_FORMS: Final = 3
_LONGEST_NAME: Final = 40


class FormTrace(msgspec.Struct, frozen=True, gc=False):
    """What is kept of one form: where it was read, whether it scores itself full, and which project it is about.

    ``project`` is a digest of the year and the code, or of year, name and unit where there is no code; ``None`` where
    there is neither. ``called`` is that code or name, for people.
    """

    source: str
    number: int
    profile: str
    full: bool
    project: str | None
    called: str | None


def trace_of(subject: Subject) -> FormTrace:
    """The trace of one form."""
    project = subject.form.project
    unit = project.implementing_unit or project.department
    key = (project.code,) if project.code else (project.name, unit) if project.name else None
    return FormTrace(
        source=subject.reading.source,
        number=subject.number,
        profile=subject.profile.id,
        full=_is_full(subject),
        project=None if key is None else _digest(subject.form.fiscal_year, *key),
        called=shortened(" ".join((project.code or project.name or "").split()), _LONGEST_NAME) or None,
    )


def _digest(*parts: object) -> str:
    text = "\0".join("".join(str(part or "").split()) for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _is_full(subject: Subject) -> bool:
    line = subject.total_line
    rows = [row for row in subject.form.indicators if row.weight]
    execution_full = line is None or line.weight is None or line.score == line.weight
    return bool(rows) and execution_full and all(row.score == row.weight for row in rows)


@batch_finding("PE601", "all-full-scores", "info")
def all_full_scores(traces: Sequence[FormTrace]) -> Iterator[tuple[FormTrace | None, Deviation]]:
    """Every form of a batch of at least 3 scores itself full.

    Full is a form in which every score equals its weight, execution included; a form that shows no score at all is
    not. The finding belongs to the batch: it names no file and no cell.

    一批表（至少 3 张）全部自评满分。

    满分指包括预算执行在内每一项得分都等于分值；没有填得分的表不算满分。这一提示针对整批，不指向某个文件或单元格。
    """
    if len(traces) >= FEWEST_FORMS and all(trace.full for trace in traces):
        count = str(len(traces))
        yield None, Deviation(None, count, None, values={"count": count})


@batch_finding("PE602", "project-duplicate", "warning")
def project_duplicate(traces: Sequence[FormTrace]) -> Iterator[tuple[FormTrace | None, Deviation]]:
    """A project of the same year has a form in an earlier file as well.

    The same project is one with the same code; where no code is written, one with the same name and the same unit.
    Often a form was sent twice, as a workbook and as a PDF, or an old version was left in the folder. Forms of one
    file are not held against each other. The finding names the later file, and where the first one stands.

    同一年度的同一项目，在前面的另一个文件里已经有一张表。

    项目编码相同即为同一项目；没有编码时看项目名称和单位是否都相同。多半是同一张表报送了两次（如工作簿和 PDF
    各一份），或文件夹里留有旧稿。同一文件内的各张表不互相比较。提示指向后一个文件，并说明前一张表在哪里。
    """
    first: dict[str, FormTrace] = {}
    for trace in traces:
        if trace.project is None:
            continue
        earlier = first.setdefault(trace.project, trace)
        if earlier.source != trace.source:
            values = {"other": earlier.source, "number": str(earlier.number + 1)}
            yield trace, Deviation(None, trace.called or "", None, values=values)
