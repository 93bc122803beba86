"""From findings to a repaired document: what is safe is written, and what was written is checked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfeval_xl.checks.repairs import Change, safe_changes
from perfeval_xl.checks.run import check_readings, profile_of
from perfeval_xl.checks.subject import Subject
from perfeval_xl.checks.words import field_words
from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import read_bytes
from perfeval_xl.messages import say
from perfeval_xl.model import Finding, Form, dump_document
from perfeval_xl.profile import Profile
from perfeval_xl.reading import Reading
from perfeval_xl.shown import content, number, rate
from perfeval_xl.workbook.review.repair import Repair, Wanted, repair_workbook


@dataclass(frozen=True, slots=True)
class Mended:
    """A repaired document: its bytes, one sentence per repair, and the findings that are left."""

    data: bytes
    repairs: tuple[str, ...]
    left: tuple[Finding, ...]


def mend(data: bytes, target: str, readings: Sequence[Reading], profile: Profile | None = None) -> Mended:
    """The document ``data``, from which ``readings`` were read, with its safe repairs.

    ``target`` is the name it will have; the findings that are left carry it. JSON stays JSON, a workbook stays one and
    only its repaired cells change. Raises ``CannotWrite`` for any other kind of source.
    """
    mended = _mended_json if all(reading.sheet is None for reading in readings) else _mended_workbook
    result, repairs = mended(data, readings, profile)
    left = check_readings(read_bytes(result, target, profile), profile, files={target: result})
    return Mended(result, tuple(repairs), tuple(left))


def _subjects(readings: Sequence[Reading], profile: Profile | None) -> list[Subject]:
    return [Subject(reading, profile or profile_of(reading), position) for position, reading in enumerate(readings)]


def _mended_json(_: bytes, readings: Sequence[Reading], profile: Profile | None) -> tuple[bytes, list[str]]:
    forms: list[Form] = []
    sentences: list[str] = []
    for subject in _subjects(readings, profile):
        form, changes = safe_changes(subject)
        forms.append(form)
        for change in changes:
            before, after = (_shown(change, value) for value in (change.before, change.after))
            place = say("repairs.form", number=subject.number + 1, field=field_words(subject, change.field))
            sentences.append(say("repairs.recomputed", where=place, before=before, after=after))
    return dump_document(forms), sentences


def _shown(change: Change, value: object) -> str:
    show = rate if change.field.endswith("execution_rate") else number
    return show(value) if value is not None else say("findings.where.blank")  # type: ignore[arg-type]


def _mended_workbook(data: bytes, readings: Sequence[Reading], profile: Profile | None) -> tuple[bytes, list[str]]:
    source = readings[0].source
    if not data.startswith(b"PK") or any(_is_document(reading) for reading in readings):
        raise CannotWrite("fix-needs-workbook", path=source)
    wanted = []
    subjects = _subjects(readings, profile)
    for subject in subjects:
        form, changes = safe_changes(subject)
        fields = {change.field: change.after for change in changes}
        wanted.append(Wanted(subject.reading, subject.profile, form, fields))
    result, repairs = repair_workbook(data, source, wanted)
    by_sheet = {subject.reading.sheet.name: subject for subject in subjects if subject.reading.sheet}
    return result, [_sentence(repair, by_sheet[repair.sheet]) for repair in repairs]


def _is_document(reading: Reading) -> bool:
    return reading.sheet is not None and reading.sheet.addressing != "A1"


def _sentence(repair: Repair, subject: Subject) -> str:
    words = field_words(subject, repair.field) if repair.field else say("repairs.check-area")
    return say(
        f"repairs.{repair.kind}",
        where=say("repairs.cell", sheet=repair.sheet, cell=repair.cell, field=words),
        before=content(repair.before) or say("findings.where.blank"),
        after=content(repair.after) or say("findings.where.blank"),
    )
