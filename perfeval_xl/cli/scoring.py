"""``score``: stated scores beside the scores by rule."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from perfeval_xl.cli.arguments import profile_option, sources_argument, write_output
from perfeval_xl.cli.reading import read_sources
from perfeval_xl.errors import PerfevalError
from perfeval_xl.files import shown_name
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.reading import Reading
from perfeval_xl.scoring import ScoreCard
from perfeval_xl.scoring import score as score_form
from perfeval_xl.scoring.agreement import agreement
from perfeval_xl.scoring.as_json import agreement_values, card_values, encoded


@dataclass(frozen=True, slots=True)
class ScoredForm:
    """One form of a source with its card; ``number`` counts the forms of the source from 0."""

    source: str
    number: int
    reading: Reading
    card: ScoreCard


@dataclass(frozen=True, slots=True)
class ScoredSource:
    """What became of one source."""

    path: str
    forms: tuple[ScoredForm, ...] = ()
    errors: tuple[PerfevalError, ...] = ()


@click.command("score")
@sources_argument
@click.option("--json", "as_json", is_flag=True, help="JSON")
@click.option("--summary", is_flag=True, help="每个来源：可判定、一致、不一致的指标数 / counts per source")
@profile_option
def score(sources: tuple[str, ...], as_json: bool, summary: bool, profile: Profile | None) -> None:
    """自评得分与按规则得分逐项对照。 Stated scores beside the scores by rule, with the reason."""
    failed = False
    gathered: list[ScoredSource] = []
    for scored in _scored(sources, profile):
        failed = failed or bool(scored.errors)
        if as_json or summary:
            gathered.append(scored)
        else:
            _print_forms(scored.forms)
    if as_json:
        write_output(encoded(_document(gathered, summary=summary)), None)
    elif summary:
        _print_summary(gathered)
    if failed:
        sys.exit(2)


def _scored(sources: Sequence[str], profile: Profile | None) -> Iterator[ScoredSource]:
    for result in read_sources(sources, profile):
        if result.error is not None:
            yield ScoredSource(shown_name(result.path), errors=(result.error,))
            continue
        forms: list[ScoredForm] = []
        errors: list[PerfevalError] = []
        for number, reading in enumerate(result.readings):
            try:
                card = score_form(reading.form, profile or load_profile(reading.form.profile))
            except PerfevalError as error:
                click.echo(str(error), err=True)
                errors.append(error)
            else:
                forms.append(ScoredForm(shown_name(result.path), number, reading, card))
        yield ScoredSource(shown_name(result.path), tuple(forms), tuple(errors))


def _document(gathered: Sequence[ScoredSource], *, summary: bool) -> dict[str, Any]:
    errors = [{"source": source.path, "message": str(error)} for source in gathered for error in source.errors]
    if summary:
        counts = [agreement_values(agreement(source.path, _cards(source))) for source in gathered]
        return {"summary": counts, "errors": errors}
    scores = [
        {
            "source": form.source,
            "form": form.number,
            "project": form.reading.form.project.name,
            **card_values(form.card),
        }
        for source in gathered
        for form in source.forms
    ]
    return {"scores": scores, "errors": errors}


def _cards(source: ScoredSource) -> list[ScoreCard]:
    return [form.card for form in source.forms]


def _print_forms(forms: Sequence[ScoredForm]) -> None:
    from perfeval_xl.cli.score_tables import print_card

    for form in forms:
        print_card(form.source, form.number, form.reading.form.project.name or "", form.card)


def _print_summary(gathered: Sequence[ScoredSource]) -> None:
    from perfeval_xl.cli.score_tables import print_agreement

    print_agreement([agreement(source.path, _cards(source)) for source in gathered if source.forms])
