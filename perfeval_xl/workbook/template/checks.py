"""The checks of a template: which laws the line on top tells, each with its formula and its cached message.

Every check is a cell of the check area named ``perf_check_<name>``; what it asks is a law of ``perfeval_xl.laws``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from perfeval_xl import shown
from perfeval_xl.field_path import FUND_LINES, parse
from perfeval_xl.laws import formulas as native
from perfeval_xl.laws import funds, rows, totals
from perfeval_xl.laws.asked import AllRead
from perfeval_xl.laws.deviations import deviations, required_columns
from perfeval_xl.laws.terms import Law
from perfeval_xl.messages import sentence
from perfeval_xl.model import Form
from perfeval_xl.package.addresses import column_letters
from perfeval_xl.profile import Profile
from perfeval_xl.sums import Sums
from perfeval_xl.workbook.template import formulas
from perfeval_xl.workbook.template.formulas import (
    RowPlaces,
    TemplateGrid,
    absolute,
    counting_text,
    required_labels,
    text,
)

#: The columns of both tables that hold numbers.
NUMBERS: Final = (
    *(("indicators", column) for column in ("weight", "score")),
    *(("funds", column) for column in ("initial_budget", "full_year_budget", "executed", "weight", "execution_rate")),
    ("funds", "score"),
)


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What a cached message follows from.

    The form and its sums, the sheet rows (from 1) of its tables, its rows of 按规则得分, and whether points printed
    beside a 一级指标 differ from the sum below it.
    """

    form: Form
    profile: Profile
    sums: Sums
    indicator_rows: Sequence[int]
    fund_rows: Sequence[int]
    simple: Sequence[Mapping[str, formulas.Cached]]
    level1_differs: bool

    def rows_where(self, laws: Sequence[Law]) -> list[int]:
        """The sheet rows in which one of the laws is broken."""
        read = AllRead(self.form, self.profile)
        paths = {parse(found.field or "") for law in laws for found in deviations(law, read)}
        places = {(path.section, path.row) for path in paths if path.row is not None}
        return sorted((self.fund_rows if table == FUND_LINES else self.indicator_rows)[row] for table, row in places)

    def breaks(self, law: Law) -> bool:
        """Whether the law is broken anywhere in the form."""
        return next(deviations(law, AllRead(self.form, self.profile)), None) is not None


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its formula and the message Python computes for it.

    ``over_rows`` says that the formula adds up over rows and must be entered as an array formula.
    """

    formula: Callable[[TemplateGrid], str]
    cached: Callable[[MessageFacts], str]
    over_rows: bool = False


def _say(name: str, **places: object) -> str:
    return sentence(f"template.check-{name}", "zh").format(**places)


def _if(condition: str, message: str) -> str:
    return f'=IF({condition},{message},"")'


# --- rows that break a law ----------------------------------------------------------------------------------------


def _rows_formula(name: str, laws: Sequence[Law], grid: TemplateGrid) -> str:
    """How many rows break one of the laws, and the last of them."""
    masks = [_mask(law, grid) for law in laws]
    count = "+".join(f"SUM({native.counted(*mask)})" for mask in masks)
    last = ",".join(f"MAX({native.counted(*mask)}*ROW({mask[1]}))" for mask in masks)
    return "=" + counting_text(f"check-{name}", count=count, row=f"MAX({last})")


def _mask(law: Law, grid: TemplateGrid) -> tuple[str, str, str]:
    """The condition over all rows of the law's table, a column of it, and its heading."""
    if law.each == "required cell":
        return _unfinished(law, grid), grid.rows_of("weight"), grid.heading("indicators")
    if law.each == "fund line":
        return native.breach_of(law, RowPlaces(grid, "funds")), grid.funds_of("weight"), grid.heading("funds")
    return native.breach_of(law, RowPlaces(grid, "indicators")), grid.rows_of("weight"), grid.heading("indicators")


def _unfinished(law: Law, grid: TemplateGrid) -> str:
    """A row in which any required cell is blank."""
    columns = required_columns(grid.profile)
    blank = [native.test(law.breaches[0].when, RowPlaces(grid, "indicators", answer=column)) for column in columns]
    given = native.test(law.given, RowPlaces(grid, "indicators"))
    return native.where_both(given, native.where_any(blank))


def _rows_cached(name: str, laws: Sequence[Law], facts: MessageFacts) -> str:
    found = facts.rows_where(laws)
    return _say(name, count=len(found), row=found[-1]) if found else ""


def _rows(name: str, *laws: Law) -> Check:
    return Check(partial(_rows_formula, name, laws), partial(_rows_cached, name, laws), over_rows=True)


# --- the form as a whole ------------------------------------------------------------------------------------------


def _whole(
    name: str,
    law: Law,
    places: Callable[[TemplateGrid], Mapping[str, str]],
    told: Callable[[MessageFacts], Mapping[str, str]],
) -> Check:
    """A law of the whole form. Its terms may ask about every row, so its formula is entered for arrays."""

    def formula(grid: TemplateGrid) -> str:
        return _if(native.breach_of(law, RowPlaces(grid)), text(f"check-{name}", **places(grid)))

    return Check(formula, lambda facts: _say(name, **told(facts)) if facts.breaks(law) else "", over_rows=True)


def _nothing(_: object) -> Mapping[str, str]:
    return {}


def _required(grid: TemplateGrid) -> str:
    when = rows.FIELD_MISSING.breaches[0].when
    parts = [
        f'IF({native.test(when, RowPlaces(grid, answer=path))},"{label}、","")'
        for path, label in required_labels(grid.profile)
    ]
    missing = "&".join(parts)
    return _if(f"LEN({missing})>0", text("check-required", missing=f"LEFT({missing},LEN({missing})-1)"))


def _required_cached(facts: MessageFacts) -> str:
    labels = dict(required_labels(facts.profile))
    found = {deviation.field for deviation in deviations(rows.FIELD_MISSING, AllRead(facts.form, facts.profile))}
    missing = [label for path, label in labels.items() if path in found]
    return _say("required", missing="、".join(missing)) if missing else ""


def _not_numbers(grid: TemplateGrid) -> str:
    """Cells that hold text where a number belongs."""
    counts = [
        f"SUM({native.counted(native.not_a_number(cells, grid.profile), cells, grid.heading(table))})"
        for table, column in NUMBERS
        for cells in (grid.rows_of(column) if table == "indicators" else grid.funds_of(column),)
    ]
    counts += [
        f"IF({native.not_a_number(grid.at(path), grid.profile)},1,0)" for path in ("total.weight", "total.score")
    ]
    return "=" + counting_text("check-text", count="+".join(counts))


def _fund_sums(grid: TemplateGrid) -> str:
    places = RowPlaces(grid, "funds", grid.total_fund_row)
    parts = [
        f'IF({native.breach_of(law, places)},{text("check-fund-sums", column=_quoted(label))},"")'
        for law, label in _amounts(grid.profile)
    ]
    return "=" + "&".join(parts)


def _quoted(label: str) -> str:
    return f'"{label}"'


def _fund_sums_cached(facts: MessageFacts) -> str:
    wrong = (label for law, label in _amounts(facts.profile) if facts.breaks(law))
    return "".join(_say("fund-sums", column=label) for label in wrong)


def _amounts(profile: Profile) -> list[tuple[Law, str]]:
    """The law of each column of money with the label the region prints above it."""
    labels: Mapping[str, str] = profile.funds.labels  # type: ignore[assignment]
    return [(law, labels[law.field]) for law in funds.FUND_LINES]


def _level1(grid: TemplateGrid) -> str:
    letter = column_letters(grid.level_columns["result"])
    cells = f"${letter}${grid.level_rows.start + 1}:${letter}${grid.level_rows.stop}"
    return _if(f"SUMPRODUCT(--(LEN({cells})>0))>0", text("check-level1"))


def _weights_places(grid: TemplateGrid) -> Mapping[str, str]:
    return {"weight": absolute(grid.calc["full_weight"]), "full": f'"{grid.profile.rules.full_marks}"'}


def _weights_told(facts: MessageFacts) -> Mapping[str, str]:
    weight = facts.sums.full_weight
    return {"weight": shown.number(weight), "full": str(facts.profile.rules.full_marks)}


def _score_places(grid: TemplateGrid) -> Mapping[str, str]:
    return {"printed": grid.at("total.score"), "computed": absolute(grid.calc["full_score"])}


def _score_told(facts: MessageFacts) -> Mapping[str, str]:
    full = facts.sums.full_score
    return {"printed": shown.number(facts.form.total.score), "computed": shown.number(full)}


def _missed(grid: TemplateGrid) -> str:
    """Rows the sheet judges by itself: the target was missed and the full score taken (PE302)."""
    wrong, number = grid.simple.column("wrong"), grid.simple.column("number")
    last = f"SUMPRODUCT(MAX({wrong}*({number}+ROW({grid.heading('indicators')}))))"
    return "=" + counting_text("check-missed", count=f"SUM({wrong})", row=last)


def _missed_cached(facts: MessageFacts) -> str:
    wrong = [row for row, judged in zip(facts.indicator_rows, facts.simple, strict=False) if judged["wrong"]]
    return _say("missed", count=len(wrong), row=wrong[-1]) if wrong else ""


def _any_row(name: str, law: Law) -> Check:
    """A law of fund lines; the message does not name the line."""

    def formula(grid: TemplateGrid) -> str:
        return _if(f"SUM({native.counted(*_mask(law, grid))})>0", text(f"check-{name}"))

    return Check(formula, lambda facts: _say(name) if facts.breaks(law) else "", over_rows=True)


#: In the order in which the line on top tells them.
CHECKS: Final[Mapping[str, Check]] = {
    "required": Check(_required, _required_cached),
    "rows": _rows("rows", rows.CELL_MISSING),
    "no_indicators": _whole("no-indicators", rows.NO_INDICATORS, _nothing, _nothing),
    "text": Check(_not_numbers, lambda _: "", over_rows=True),
    "weights": _whole("weights", totals.WEIGHTS_SUM, _weights_places, _weights_told),
    "scores": _rows("scores", rows.SCORE_OF_LINE, rows.SCORE_OF_INDICATOR),
    "reasons": _rows("reasons", rows.DEDUCTION_UNEXPLAINED),
    "rate": _any_row("rate", funds.EXECUTION_RATE),
    "execution_score": _any_row("execution-score", funds.EXECUTION_SCORE),
    "fund_sums": Check(_fund_sums, _fund_sums_cached, over_rows=True),
    "total_weight": _whole("total-weight", totals.TOTAL_WEIGHT, _nothing, _nothing),
    "total_score": _whole("total-score", totals.TOTAL_SCORE, _score_places, _score_told),
    "missed": Check(_missed, _missed_cached),
    "level1": Check(_level1, lambda facts: _say("level1") if facts.level1_differs else ""),
}


def cached_values(facts: MessageFacts) -> dict[str, formulas.Cached]:
    """Results of the check area for a form: defined name -> cached value."""
    checks = {name: check.cached(facts) for name, check in CHECKS.items()}
    values: dict[str, formulas.Cached] = {
        formulas.CALC + name: value
        for name, value in formulas.calc_values(facts.form, facts.profile, facts.sums).items()
    }
    values |= {formulas.CHECK + name: message for name, message in checks.items()}
    values[formulas.STATUS] = formulas.status_value(
        facts.form,
        "".join(checks.values()),
        judged=len(facts.simple) or len(facts.indicator_rows),
        rows=len(facts.indicator_rows),
    )
    return values
