"""Runs every check over every form: deviations become findings with words, severity and address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perfeval_xl.checks.batch import FormTrace, trace_of
from perfeval_xl.checks.catalogue import rules
from perfeval_xl.checks.registry import Rule
from perfeval_xl.checks.subject import Subject
from perfeval_xl.checks.words import place
from perfeval_xl.errors import ProfileError
from perfeval_xl.field_path import indicator, parse
from perfeval_xl.laws.deviations import Deviation
from perfeval_xl.messages import say
from perfeval_xl.model import Finding, Severity
from perfeval_xl.package.addresses import Cell
from perfeval_xl.profile import DEFAULT_PROFILE, Profile, load_profile
from perfeval_xl.reading import Reading

if TYPE_CHECKING:
    from perfeval_xl.workbook.review.condition import SavedWorkbook

_WORKBOOKS: Final = (".xlsx", ".xlsm")
SortKey = tuple[int, int, int, int, str, str]


def check_readings(
    readings: Sequence[Reading], profile: Profile | None = None, *, files: Mapping[str, bytes] | None = None
) -> list[Finding]:
    """Every finding in ``readings``, ordered by form, then by cell; findings about the whole batch stand last.

    ``profile`` is used for all forms; without it each form names its own. ``files`` holds the bytes of sources that
    are no files (standard input), so that the state of their workbooks can be looked at too.
    """
    found, traces = check_forms(readings, profile, files=files)
    return [*found, *check_batch(traces, profile)]


def check_forms(
    readings: Sequence[Reading], profile: Profile | None = None, *, files: Mapping[str, bytes] | None = None
) -> tuple[list[Finding], list[FormTrace]]:
    """The findings of each form by itself, and the traces by which ``check_batch`` looks at all of them together."""
    subjects = [
        Subject(reading, profile or profile_of(reading), number, saved)
        for reading, number, saved in zip(readings, _numbers(readings), _workbooks(readings, files or {}), strict=True)
    ]
    found = chain.from_iterable(_of_form(subject) for subject in subjects)
    return list(found), [trace_of(subject) for subject in subjects]


def profile_of(reading: Reading) -> Profile:
    """The profile a form names; that of its layout, or the default, when it is not known on this machine."""
    try:
        return load_profile(reading.form.profile)
    except ProfileError:
        return reading.layout.profile if reading.layout else load_profile(DEFAULT_PROFILE)


def known_profile(name: str) -> Profile:
    """The profile of that id, or the default when it is not known on this machine."""
    try:
        return load_profile(name)
    except ProfileError:
        return load_profile(DEFAULT_PROFILE)


def _numbers(readings: Sequence[Reading]) -> Iterator[int]:
    """The number of each form in its own source, from 0."""
    counted: dict[str, int] = {}
    for reading in readings:
        counted[reading.source] = counted.get(reading.source, -1) + 1
        yield counted[reading.source]


def _workbooks(readings: Sequence[Reading], files: Mapping[str, bytes]) -> Iterator[SavedWorkbook | None]:
    """The workbook of each form that was made from one of our templates; only there is a state to compare."""
    saved: dict[str, SavedWorkbook | None] = {}
    for reading in readings:
        if reading.layout is None or reading.layout.by != "name":
            yield None
            continue
        if reading.source not in saved:
            saved[reading.source] = _saved(files.get(reading.source) or _bytes_of(reading.source), reading.source)
        yield saved[reading.source]


def _saved(data: bytes | None, source: str) -> SavedWorkbook | None:
    if data is None:
        return None
    from perfeval_xl.workbook.review.condition import SavedWorkbook

    return SavedWorkbook(data, source)


def _bytes_of(source: str) -> bytes | None:
    path = Path(source)
    try:
        return path.read_bytes() if path.suffix.lower() in _WORKBOOKS else None
    except (OSError, ValueError):
        return None


def _of_form(subject: Subject) -> list[Finding]:
    keyed: list[tuple[SortKey, Finding]] = []
    for rule in rules():
        severity = rule.severity_in(subject.profile)
        if rule.form is None or severity is None:
            continue
        for deviation in rule.form(subject):
            cell = deviation.cell or _cell_of(subject, deviation.field)
            finding = _finding(rule, severity, subject, deviation, cell)
            keyed.append((_key(deviation.field, cell, rule.code), finding))
    return [finding for _, finding in sorted(keyed, key=lambda pair: pair[0])]


def _cell_of(subject: Subject, field: str | None) -> Cell | None:
    """The cell of a field. Points beside level 1 stand in the cell of the level's first row."""
    places = subject.reading.places
    if field is None or field in places:
        return places.get(field or "")
    path = parse(field)
    if path.section == "level1_weights":
        row = next((number for number, row in enumerate(subject.form.indicators) if row.level1 == path.name), None)
        return None if row is None else places.get(str(indicator(row, "level1")))
    rows = subject.reading.layout.indicator_rows if subject.reading.layout else ()
    return rows[0].get("name") if field == "indicators" and rows else None


def _key(field: str | None, cell: Cell | None, code: str) -> SortKey:
    """By cell where there is one, else by field in the order of the form."""
    if cell is not None:
        return (0, cell.row, cell.column, 0, "", code)
    return (1, *parse(field).sort_key(), code) if field is not None else (2, 0, 0, 0, "", code)


def _finding(rule: Rule, severity: Severity, subject: Subject, deviation: Deviation, cell: Cell | None) -> Finding:
    sheet = subject.reading.sheet
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity,
        message=_message(rule, deviation, place(subject, deviation.field, cell)),
        advice=_advice(rule, deviation),
        source=subject.reading.source,
        form=subject.number,
        sheet=sheet.name if sheet else None,
        cell=sheet.address(cell) if sheet and cell else None,
        field=deviation.field,
        found=deviation.found or None,
        expected=deviation.expected or None,
    )


def _message(rule: Rule, deviation: Deviation, where: str) -> str:
    variant = f"-{deviation.variant}" if deviation.variant else ""
    return say(
        f"findings.{rule.name}.message{variant}",
        where=where,
        found=deviation.found or say("findings.where.blank"),
        expected=deviation.expected or say("findings.where.undecided"),
        **deviation.values,
    )


def _advice(rule: Rule, deviation: Deviation) -> str:
    return say(
        f"findings.{rule.name}.advice",
        expected=deviation.expected or say("findings.where.undecided"),
        **deviation.values,
    )


def check_batch(traces: Sequence[FormTrace], profile: Profile | None = None) -> list[Finding]:
    """Findings about many forms together, from the traces of any number of files in their order."""
    return [finding for rule in rules() if rule.batch is not None for finding in _of_batch(rule, traces, profile)]


def _of_batch(rule: Rule, traces: Sequence[FormTrace], profile: Profile | None) -> Iterator[Finding]:
    severities = {
        name: rule.severity_in(profile or known_profile(name)) for name in {trace.profile for trace in traces}
    }
    minded = [trace for trace in traces if severities[trace.profile]]
    assert rule.batch is not None
    for trace, deviation in rule.batch(minded):
        where = say("findings.where.batch") if trace is None else say("findings.where.form", number=trace.number + 1)
        yield Finding(
            code=rule.code,
            name=rule.name,
            severity=severities[(trace or minded[0]).profile] or rule.severity,
            message=_message(rule, deviation, where),
            advice=_advice(rule, deviation),
            source=trace.source if trace else "",
            form=trace.number if trace else 0,
            sheet=None,
            cell=None,
            field=deviation.field,
            found=deviation.found or None,
            expected=deviation.expected,
        )
