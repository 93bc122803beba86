"""A thousand files as offices make them by hand: every field is what a person sees, or null and told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

import pytest

import perfeval_xl as pe
from perfeval_xl.errors import NotAForm
from perfeval_xl.model import Form
from perfeval_xl.notes import Note
from perfeval_xl.reading import Reading
from tests.made_forms import NATIONAL, made_form
from tests.office_files import UNKNOWN_WORDS, Make, drawn, office_file

FILES = 1000
#: Files that one test reads.
BATCH = 50
_MONEY = ("initial_budget", "full_year_budget", "executed")
#: 万元 of one unit of each.
_FACTORS = {"万元": 1, "元": 1, "千元": Decimal("0.1"), "亿元": 10000, "美元": 1, "": 1, "万元+元": 1}


def form_of(seed: int) -> Form:
    """A form whose figures differ from seed to seed."""
    random = Random(seed)
    counts = [(level1, level2, random.randint(1, 3)) for level1, level2, _ in NATIONAL]
    return made_form("mof", counts, number=random.randint(1, 60))


@pytest.mark.parametrize("first", range(0, FILES, BATCH))
def test_every_field_is_what_a_person_sees_or_is_told(first: int) -> None:
    wrong = [problem for seed in range(first, first + BATCH) for problem in problems(seed)]
    assert not wrong, "\n".join(wrong[:20])


def problems(seed: int) -> Iterator[str]:
    """What is wrong, or null and not told, in the file of a seed."""
    form, make = form_of(seed), drawn(seed)
    try:
        book = pe.open(office_file(form, make), name=f"{seed}.{make.kind}")
    except NotAForm:
        # A table with several headings nobody knows may be refused: that is told.
        if len(UNKNOWN_WORDS & {make.words[name] for name in ("target", "actual", "weight", "score")}) < 2:
            yield f"{seed}: refused ({make})"
        return
    if len(book.readings) != 1:
        yield f"{seed}: {len(book.readings)} forms ({make})"
        return
    reading = book.readings[0]
    seen, read = dict(_fields(form, make)), dict(_fields(reading.form, None))
    for path, value in seen.items():
        got = read.get(path)
        if got == value or (got is None and _is_told(reading, path)) or _may_differ(reading, path, make):
            continue
        yield f"{seed}: {path} is {got!r}, not {value!r} ({make})"
    if len(reading.form.indicators) != len(form.indicators):
        yield f"{seed}: {len(reading.form.indicators)} indicators, not {len(form.indicators)} ({make})"


def _fields(form: Form, make: Make | None) -> Iterator[tuple[str, object]]:
    """Every field with what a person sees; of a form that was read (``make`` is ``None``) with its value."""
    factor = _FACTORS[make.unit] if make else 1
    yield "fiscal_year", form.fiscal_year
    for name in ("name", "department", "implementing_unit"):
        yield f"project.{name}", getattr(form.project, name)
    for name in ("expected", "actual"):
        yield f"goals.{name}", getattr(form.goals, name)
    for number, line in enumerate(form.funds.lines):
        for name in (*_MONEY, "execution_rate", "weight", "score", "label"):
            value = getattr(line, name)
            yield f"funds.lines[{number}].{name}", value * factor if name in _MONEY and value is not None else value
    for number, row in enumerate(form.indicators):
        for name in ("level1", "level2", "name", "target", "actual", "weight", "score", "deviation"):
            yield f"indicators[{number}].{name}", getattr(row, name)
    yield "total.weight", form.total.weight
    yield "total.score", form.total.score


def _is_told(reading: Reading, path: str) -> bool:
    """Whether a null field is told: itself, its row, its column or its table."""
    return any(_is_about(note, path) for note in reading.notes)


def _is_about(note: Note, path: str) -> bool:
    if note.name == "column-unknown":
        return "indicators" in path or "funds" in path
    if note.field is None:
        return note.name == "unread-content"
    return path.startswith(note.field) or (note.name == "year-unclear" and path == "fiscal_year")


def _may_differ(reading: Reading, path: str, make: Make) -> bool:
    """Amounts of a unit that is told to be unclear may be wrong; nothing else may."""
    is_money = path.endswith(_MONEY)
    return is_money and make.unit in ("美元", "", "元") and any(note.name == "unit-unclear" for note in reading.notes)
