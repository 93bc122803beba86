"""From findings to a fixed document: what is safe is written, and what was written is checked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfeval_xl.checks.run import check_readings, profile_of
from perfeval_xl.checks.safe_fixes import NumberFix, safe_fixes
from perfeval_xl.checks.subject import Subject
from perfeval_xl.checks.words import field_words
from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import read_bytes
from perfeval_xl.messages import say
from perfeval_xl.model import Finding, Form, dump_document
from perfeval_xl.profile import Profile
from perfeval_xl.reading import Reading
from perfeval_xl.shown import content, number, rate
from perfeval_xl.workbook.review.fix import CellFix, Wanted, fix_workbook


@dataclass(frozen=True, slots=True)
class FixedDocument:
    """A fixed document: its bytes, one sentence per fix, and the findings that are left."""

    data: bytes
    fixes: tuple[str, ...]
    left: tuple[Finding, ...]


def fix(data: bytes, target: str, readings: Sequence[Reading], profile: Profile | None = None) -> FixedDocument:
    """The document ``data``, from which ``readings`` were read, with its safe fixes.

    ``target`` is the name it will have; the findings that are left carry it. JSON stays JSON, a workbook stays one and
    only its fixed cells change. Raises ``CannotWrite`` for any other kind of source.
    """
    written = _fixed_json if all(reading.sheet is None for reading in readings) else _fixed_workbook
    result, fixes = written(data, readings, profile)
    left = check_readings(read_bytes(result, target, profile), profile, files={target: result})
    return FixedDocument(result, tuple(fixes), tuple(left))


def _subjects(readings: Sequence[Reading], profile: Profile | None) -> list[Subject]:
    return [Subject(reading, profile or profile_of(reading), position) for position, reading in enumerate(readings)]


def _fixed_json(_: bytes, readings: Sequence[Reading], profile: Profile | None) -> tuple[bytes, list[str]]:
    forms: list[Form] = []
    sentences: list[str] = []
    for subject in _subjects(readings, profile):
        form, changes = safe_fixes(subject)
        forms.append(form)
        for change in changes:
            before, after = (_shown(change, value) for value in (change.before, change.after))
            place = say("fixes.form", number=subject.number + 1, field=field_words(subject, change.field))
            sentences.append(say("fixes.recomputed", where=place, before=before, after=after))
    return dump_document(forms), sentences


def _shown(change: NumberFix, value: object) -> str:
    show = rate if change.field.endswith("execution_rate") else number
    return show(value) if value is not None else say("findings.where.blank")  # type: ignore[arg-type]


def _fixed_workbook(data: bytes, readings: Sequence[Reading], profile: Profile | None) -> tuple[bytes, list[str]]:
    source = readings[0].source
    if not data.startswith(b"PK") or any(_is_document(reading) for reading in readings):
        raise CannotWrite("fix-needs-workbook", path=source)
    wanted = []
    subjects = _subjects(readings, profile)
    for subject in subjects:
        form, changes = safe_fixes(subject)
        fields = {change.field: change.after for change in changes}
        wanted.append(Wanted(subject.reading, subject.profile, form, fields))
    result, fixes = fix_workbook(data, source, wanted)
    by_sheet = {subject.reading.sheet.name: subject for subject in subjects if subject.reading.sheet}
    return result, [_sentence(cell, by_sheet[cell.sheet]) for cell in fixes]


def _is_document(reading: Reading) -> bool:
    return reading.sheet is not None and reading.sheet.addressing != "A1"


def _sentence(cell: CellFix, subject: Subject) -> str:
    words = field_words(subject, cell.field) if cell.field else say("fixes.check-area")
    return say(
        f"fixes.{cell.kind}",
        where=say("fixes.cell", sheet=cell.sheet, cell=cell.cell, field=words),
        before=content(cell.before) or say("findings.where.blank"),
        after=content(cell.after) or say("findings.where.blank"),
    )
