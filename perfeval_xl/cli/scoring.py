"""``score``: stated scores beside the scores by rule."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Literal

import click
import msgspec

from perfeval_xl.batch.forms import doubts, profile_identity
from perfeval_xl.batch.task import Failure, Outcome
from perfeval_xl.cli.arguments import output_option, output_stream, profile_option, sources_argument, write_text
from perfeval_xl.cli.finding_formats import JsonArray
from perfeval_xl.cli.many_files import Manner, many_files_options, tell_all, worked_on
from perfeval_xl.cli.outputs import check_result
from perfeval_xl.errors import PerfevalError
from perfeval_xl.files import read_bytes
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.scoring import ScoreCard
from perfeval_xl.scoring import score as score_form
from perfeval_xl.scoring.agreement import Agreement, agreement
from perfeval_xl.scoring.as_json import agreement_values, card_values, encoded

if TYPE_CHECKING:
    from perfeval_xl.cli.score_tables import Screen

Cards = Literal["text", "json", "counts"]


class Scored(msgspec.Struct, frozen=True):
    """What ``score`` makes of one file: its cards as text or as JSON, how far they agree, and what went wrong."""

    text: str
    cards: tuple[msgspec.Raw, ...]
    agreement: Agreement
    doubts: tuple[str, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class CardsWork:
    """Scores every form of a file. ``cards`` says whether the cards are wanted as text or as JSON, or only counted."""

    profile: Profile | None
    cards: Cards
    screen: Screen | None = None

    def identity(self) -> str:
        """The profile, and how the cards are written."""
        return f"score {profile_identity(self.profile)} {self.cards} {self.screen}"

    def __call__(self, data: bytes, name: str) -> bytes:
        """``Scored`` as JSON."""
        readings = read_bytes(data, name, self.profile)
        cards: list[ScoreCard] = []
        text: list[str] = []
        values: list[msgspec.Raw] = []
        failures: list[Failure] = []
        for number, reading in enumerate(readings):
            try:
                card = score_form(reading.form, self.profile or load_profile(reading.form.profile))
            except PerfevalError as error:
                failures.append(Failure.of(error))
                continue
            cards.append(card)
            project = reading.form.project.name
            if self.cards == "json":
                head = {"source": name, "form": number, "project": project}
                values.append(msgspec.Raw(encoded({**head, **card_values(card)})))
            elif self.cards == "text":
                text.append(self._text(name, number, project, card))
        told = tuple(doubts(readings))
        scored = Scored("".join(text), tuple(values), agreement(name, cards), told, tuple(failures))
        return msgspec.json.encode(scored)

    def _text(self, name: str, number: int, project: str | None, card: ScoreCard) -> str:
        from perfeval_xl.cli.score_tables import card_text

        return card_text(name, number, project or "", card, self.screen)


@click.command("score")
@sources_argument
@click.option("--json", "as_json", is_flag=True, help="JSON")
@click.option("--summary", is_flag=True, help="每个来源：可判定、一致、不一致的指标数 / counts per source")
@output_option
@many_files_options
@profile_option
def score(
    sources: tuple[str, ...],
    as_json: bool,
    summary: bool,
    output: str | None,
    manner: Manner,
    profile: Profile | None,
) -> None:
    """自评得分与按规则得分逐项对照。 Stated scores beside the scores by rule, with the reason."""
    cards: Cards = "counts" if summary else "json" if as_json else "text"
    errors: list[dict[str, str]] = []
    result = check_result(output, sources, *([".json"] if as_json else []))
    with (
        output_stream(output) as stream,
        worked_on(sources, CardsWork(profile, cards, _screen(cards, output)), manner, results=result) as outcomes,
    ):
        scored = _scored(outcomes, errors)
        if as_json and not summary:
            _write_cards(scored, stream, errors)
        elif not summary:
            for one in scored:
                write_text(stream, one.text)
        else:
            _write_counts(list(scored), stream, errors, as_json=as_json)
    if errors:
        sys.exit(2)


def _screen(cards: Cards, output: str | None) -> Screen | None:
    """The terminal that cards are drawn for, if they are to be seen on one."""
    if cards != "text" or output is not None or not sys.stdout.isatty():
        return None
    from perfeval_xl.cli.score_tables import Screen

    return Screen.of_stdout()


def _scored(outcomes: Iterator[Outcome], errors: list[dict[str, str]]) -> Iterator[Scored]:
    """What was scored; warnings are printed, and what went wrong is told and gathered in ``errors``."""
    for outcome in outcomes:
        if outcome.error is not None:
            errors.append({"source": outcome.path, "message": str(outcome.error)})
            yield Scored("", (), agreement(outcome.path, ()), (), ())
            continue
        scored = outcome.decoded(Scored)
        messages = [str(failure.error()) for failure in scored.failures]
        tell_all((*scored.doubts, *messages))
        errors.extend({"source": outcome.path, "message": message} for message in messages)
        yield scored


def _write_cards(scored: Iterator[Scored], stream: BinaryIO, errors: list[dict[str, str]]) -> None:
    array = JsonArray(stream, "scores")
    for one in scored:
        array.write(map(bytes, one.cards))
    array.end(errors=msgspec.json.encode(errors))


def _write_counts(scored: list[Scored], stream: BinaryIO, errors: list[dict[str, str]], *, as_json: bool) -> None:
    counted = [one.agreement for one in scored]
    if as_json:
        stream.write(encoded({"summary": [agreement_values(one) for one in counted], "errors": errors}))
    else:
        from perfeval_xl.cli.score_tables import print_agreement

        print_agreement([one for one in counted if one.forms], stream)
