"""The Python writer of laws: a form -> where it breaks a law, with what was found and what was expected.

Each node of a law becomes one small function, made once; checking a row is then a few calls.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perfeval_xl import shown
from perfeval_xl.field_path import FieldPath, fund_line, indicator, parse
from perfeval_xl.laws import terms
from perfeval_xl.laws.asked import Answer, Asked, Facts, LevelPoints, weight_below
from perfeval_xl.laws.evaluation import TextValue, is_blank, written
from perfeval_xl.profile import Profile
from perfeval_xl.sums import total_line

if TYPE_CHECKING:
    from perfeval_xl.package.addresses import Cell


@dataclass(frozen=True, slots=True)
class Deviation:
    """What one rule found at one place, still without words.

    ``found`` and ``expected`` are texts as a person reads them. ``cell`` is given where no field path leads to the
    cell; ``variant`` chooses another sentence than the usual one, ``values`` fill its places.
    """

    field: str | None
    found: str | None = None
    expected: str | None = None
    cell: Cell | None = None
    variant: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


# --- which rows are checked ---------------------------------------------------------------------------------------


def deviations(law: terms.Law, facts: Facts) -> Iterator[Deviation]:
    """Every place where the form breaks the law."""
    given, breaches, found, values = written(law)
    for asked in _ASKED[law.each](law, facts):
        for breach, when, expected in breaches:
            # The presumption (`given`) is tested last, because nearly always nothing is broken.
            if when(asked):
                if given(asked):
                    yield Deviation(
                        str(asked.path),
                        _told(found(asked)),
                        _told(expected(asked)) if expected else None,
                        variant=breach.variant,
                        values=_extra_values(asked) | {name: _told(value(asked)) for name, value in values},
                    )
                break


def broken(law: terms.Law, facts: Facts, path: FieldPath, row: object) -> bool:
    """Whether one row breaks the law."""
    given, breaches, *_ = written(law)
    asked = Asked(facts, path, row)
    return bool(given(asked)) and any(when(asked) for _, when, _ in breaches)


def _extra_values(asked: Asked) -> dict[str, object]:
    return {"name": asked.path.name} if asked.path.section == "level1_weights" else {}


def _told(value: object) -> str:
    return str(value) if isinstance(value, TextValue) else shown.content(value)


def _whole_form(law: terms.Law, facts: Facts) -> Iterator[Asked]:
    yield Asked(facts, parse(law.field))


def _fund_lines(law: terms.Law, facts: Facts) -> Iterator[Asked]:
    for number, line in enumerate(facts.form.funds.lines):
        yield Asked(facts, fund_line(number, law.field), line)


def _the_total_line(law: terms.Law, facts: Facts) -> Iterator[Asked]:
    total = total_line(facts.form)
    return (asked for asked in _fund_lines(law, facts) if asked.row is total)


def _indicators(law: terms.Law, facts: Facts) -> Iterator[Asked]:
    for number, row in enumerate(facts.form.indicators):
        yield Asked(facts, indicator(number, law.field), row)


def _level1(_: terms.Law, facts: Facts) -> Iterator[Asked]:
    for name, points in facts.form.level1_weights.items():
        row = LevelPoints(points, weight_below(facts.form, facts.profile, name))
        yield Asked(facts, FieldPath("level1_weights", None, name), row)


def _required_fields(_: terms.Law, facts: Facts) -> Iterator[Asked]:
    for text in facts.profile.marks.required:
        path = parse(text)
        if path.section != "indicators":
            yield Asked(facts, path, Answer(path.value_in(facts.form)))


def required_columns(profile: Profile) -> list[str]:
    """The columns that every indicator row must fill."""
    paths = map(parse, profile.marks.required)
    return [path.name for path in paths if path.section == "indicators" and path.name]


def _required_cells(_: terms.Law, facts: Facts) -> Iterator[Asked]:
    columns = required_columns(facts.profile)
    for number, row in enumerate(facts.form.indicators):
        for column in columns:
            value = getattr(row, column)
            # A shortcut: a filled cell is never missing, and nearly every cell is filled.
            if is_blank(value):
                yield Asked(facts, indicator(number, column), Answer(value), row)


def _indicator_table(law: terms.Law, facts: Facts) -> Iterator[Asked]:
    if required_columns(facts.profile):
        yield Asked(facts, parse(law.field), Answer(None))


_ASKED: Final[Mapping[terms.Each, Callable[[terms.Law, Facts], Iterator[Asked]]]] = {
    "form": _whole_form,
    "fund line": _fund_lines,
    "total line": _the_total_line,
    "indicator": _indicators,
    "level1": _level1,
    "required field": _required_fields,
    "required cell": _required_cells,
    "indicators": _indicator_table,
}
