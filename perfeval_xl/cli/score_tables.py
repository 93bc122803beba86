"""What ``score`` prints: tables on a terminal, entries where it is narrow, tab-separated lines in a pipe."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from perfeval_xl.cli import terminal
from perfeval_xl.cli.arguments import is_stdout, write_text
from perfeval_xl.messages import say
from perfeval_xl.scoring.agreement import Agreement, together
from perfeval_xl.scoring.card import IndicatorScore, Points, ScoreCard, Verdict
from perfeval_xl.scoring.explain import explain, explain_execution, shown_points, shown_ratio
from perfeval_xl.shown import number

#: A table with a column of sentences needs this many columns of a terminal.
TABLE_WIDTH: Final = 110
_COLOURS: Final[dict[str, str]] = {
    "agrees": "green",
    "differs": "bold red",
    "not-decided": "yellow",
    "not-stated": "yellow",
}
_COLUMNS: Final = ("indicator", "target", "actual", "ratio", "weight", "stated", "rule", "verdict", "reason")
_NUMBERS: Final = ("ratio", "weight", "stated", "rule")


class _CardRow(NamedTuple):
    """One line of a card, as text."""

    indicator: str
    target: str
    actual: str
    ratio: str
    weight: str
    stated: str
    rule: str
    verdict: Verdict
    reason: str

    def texts(self) -> tuple[str, ...]:
        return (*self[:7], say(f"scoring.verdict-{self.verdict}"), self.reason)


@dataclass(frozen=True, slots=True)
class Screen:
    """Size and abilities of the terminal a card is drawn for; can be sent to another process."""

    width: int
    colours: str | None

    @classmethod
    def of_stdout(cls) -> Screen | None:
        """The terminal of standard output; ``None`` where it is no terminal."""
        if not sys.stdout.isatty():
            return None
        console = terminal.console()
        return cls(console.width, console.color_system)

    def console(self, stream: io.StringIO) -> Console:
        """A console of this size that writes into ``stream``."""
        colours: Any = self.colours
        return Console(
            file=stream,
            highlight=False,
            width=self.width,
            color_system=colours,
            force_terminal=self.colours is not None,
        )


def card_text(source: str, number: int, project: str, card: ScoreCard, screen: Screen | None) -> str:
    """One form: its indicators, execution, total and grade, drawn for ``screen`` or as plain lines."""
    heading = say("scoring.heading", source=source, number=number + 1, project=_one_line(project), profile=card.profile)
    rows = [*map(_indicator_row, card.indicators), _execution_row(card), _total_row(card)]
    if screen is None:
        return "".join(f"{line}\n" for line in _plain_lines(heading, rows, _grade_line(card)))
    stream = io.StringIO()
    console = screen.console(stream)
    console.print(Text(heading, style="bold"))
    if console.width >= TABLE_WIDTH:
        console.print(_table(rows))
    else:
        for entry in _entries(rows):
            console.print(entry)
    console.print(Text(_grade_line(card)))
    console.print()
    return stream.getvalue()


# --- rows ----------------------------------------------------------------------------------------------------------


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _indicator_row(row: IndicatorScore) -> _CardRow:
    judgement = row.judgement
    ratio = judgement.comparison.ratio
    return _CardRow(
        indicator=_one_line(row.name or row.level2) or say("scoring.row-unnamed"),
        target=_one_line(judgement.target.text),
        actual=_one_line(judgement.actual.text),
        ratio="" if ratio is None else shown_ratio(ratio),
        weight="" if judgement.weight is None else number(judgement.weight),
        stated="" if row.stated is None else number(row.stated),
        rule=_by_rule(judgement.points),
        verdict=row.verdict,
        reason=explain(judgement),
    )


def _by_rule(points: Points | None) -> str:
    """The score by rule as text, a range where it is not one number."""
    return shown_points(points)


def _execution_row(card: ScoreCard) -> _CardRow:
    execution = card.execution
    return _CardRow(
        indicator=say("scoring.row-execution"),
        target="" if execution.budget is None else number(execution.budget),
        actual="" if execution.executed is None else number(execution.executed),
        ratio="" if execution.rate is None else shown_ratio(execution.rate),
        weight="" if execution.weight is None else number(execution.weight),
        stated="" if execution.stated is None else number(execution.stated),
        rule=shown_points(execution.points),
        verdict=execution.verdict,
        reason=explain_execution(execution),
    )


def _total_row(card: ScoreCard) -> _CardRow:
    total = card.total
    mismatch = total.stated is not None and total.added_up is not None and total.stated != total.added_up
    return _CardRow(
        indicator=say("scoring.row-total" if total.with_execution else "scoring.row-total-indicators"),
        target="",
        actual="",
        ratio="",
        weight="" if total.weight is None else number(total.weight),
        stated="" if total.stated is None else number(total.stated),
        rule=shown_points(total.points),
        verdict=total.verdict,
        reason=say("scoring.added-up", score=number(total.added_up)) if mismatch and total.added_up is not None else "",
    )


def _grade_line(card: ScoreCard) -> str:
    grade = card.grade
    stated = grade.added_up or "—"
    if grade.by_rule is not None:
        return say("scoring.grade", stated=stated, rule=grade.by_rule)
    if grade.lowest is None:
        return say("scoring.grade-open", stated=stated)
    return say("scoring.grade-between", stated=stated, lowest=grade.lowest, highest=grade.highest)


# --- the three shapes ----------------------------------------------------------------------------------------------


def _plain_lines(heading: str, rows: Sequence[_CardRow], grade: str) -> Iterator[str]:
    yield f"# {heading}"
    yield "\t".join(say(f"scoring.column-{name}") for name in _COLUMNS)
    for row in rows:
        yield "\t".join(row.texts())
    yield f"# {grade}"


def _table(rows: Sequence[_CardRow]) -> Table:
    table = Table(show_lines=False, pad_edge=False)
    for name in _COLUMNS:
        table.add_column(
            say(f"scoring.column-{name}"),
            justify="right" if name in _NUMBERS else "left",
            no_wrap=name in (*_NUMBERS, "verdict"),
            overflow="fold",
            ratio={"indicator": 3, "target": 2, "actual": 2, "reason": 5}.get(name),
        )
    for row in rows:
        texts = [Text(text) for text in row.texts()]
        texts[_COLUMNS.index("verdict")].stylize(_COLOURS[row.verdict])
        table.add_row(*texts)
    return table


def _entries(rows: Sequence[_CardRow]) -> Iterator[Text]:
    """Each row as two or three lines that may wrap."""
    for row in rows:
        verdict = say(f"scoring.verdict-{row.verdict}")
        yield Text.assemble((row.indicator, "bold"), "  ", (verdict, _COLOURS[row.verdict]))
        parts = [
            f"{say(f'scoring.column-{name}')} {getattr(row, name)}"
            for name in ("target", "actual", "weight", "stated", "rule")
            if getattr(row, name)
        ]
        yield Text("  " + " · ".join(parts))
        if row.reason:
            yield Text("  " + row.reason)


# --- agreement -----------------------------------------------------------------------------------------------------

_COUNTS: Final = ("measurable", "decided", "agreed", "different", "qualitative", "decided", "agreed", "different")


def print_agreement(counted: Sequence[Agreement], stream: BinaryIO) -> None:
    """One line per source, and their sum when there are several, on ``stream``: a table where that is a terminal."""
    lines = list(counted)
    if len(lines) > 1:
        lines.append(together(say("scoring.summary-all"), counted))
    headings = [say(f"scoring.summary-{name}") for name in ("source", "forms", "indicators", *_COUNTS)]
    if not is_stdout(stream) or not sys.stdout.isatty():
        write_text(stream, "".join("\t".join(cells) + "\n" for cells in (headings, *map(_counts, lines))))
        return
    table = Table(pad_edge=False)
    for position, heading in enumerate(headings):
        table.add_column(heading, justify="right" if position else "left", overflow="fold")
    for line in lines:
        table.add_row(*map(Text, _counts(line)))
    terminal.console(highlight=False).print(table)


def _counts(line: Agreement) -> list[str]:
    tallies = (line.measurable, line.qualitative)
    numbers = [n for tally in tallies for n in (tally.indicators, tally.decided, tally.agreed, tally.different)]
    return [line.source, *map(str, (line.forms, line.indicators, *numbers))]
