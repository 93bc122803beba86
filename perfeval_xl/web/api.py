"""The API: the same as the command line, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec
from litestar import MediaType, Response, get, post
from litestar.response import Stream

from perfeval_xl.batch.checking import Checked, CheckWork
from perfeval_xl.batch.forms import FormsRead, FormsWork
from perfeval_xl.batch.task import Outcome, Work
from perfeval_xl.checks.run import check_batch
from perfeval_xl.files import blank_workbook
from perfeval_xl.messages import in_language, say
from perfeval_xl.model import SCHEMA_ID
from perfeval_xl.profile import DEFAULT_PROFILE, load_profile
from perfeval_xl.reports.documents import document
from perfeval_xl.reports.gather import ReviewWork, gather
from perfeval_xl.reports.ledger import Ledger
from perfeval_xl.reports.summary.workbook import summary_workbook
from perfeval_xl.stamp.archive import PATTERN
from perfeval_xl.web.careful import Careful
from perfeval_xl.web.guard import language_of
from perfeval_xl.web.openapi import description
from perfeval_xl.web.problems import Refusal, file_problem, not_usable
from perfeval_xl.web.received import Asked, Received, number_named, profile_named, received
from perfeval_xl.web.settings import Settings
from perfeval_xl.web.streamed import LINES, streamed
from perfeval_xl.web.turns import Turns
from perfeval_xl.web.work import Prefilled, ScoreWork, StampWork, WorkbookWork
from perfeval_xl.web.workers import all_results, results

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What a report may be here; PDF would start LibreOffice.
REPORTS: Final = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_MOST_ROWS: Final = 500
_LAST_YEAR: Final = 9999

Answer = Response[bytes] | Stream


def settings_of(request: Asked) -> Settings:
    """What this server allows."""
    settings: Settings = request.app.state.settings
    return settings


def as_file(data: bytes, media_type: str, name: str) -> Response[bytes]:
    """A download; the name goes into its header encoded."""
    shown = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, media_type=media_type, headers=shown)


async def _answer(
    request: Asked, work: Callable[[Received], Work], whole: Callable[[list[Outcome], Received], bytes]
) -> Answer:
    """All files as one document, or as a line each while they are done, where JSON Lines are asked for."""
    settings, given = settings_of(request), await received(request, settings_of(request))
    if LINES in request.headers.get("accept", ""):
        done = results(given.files, work(given), settings, given.language)
        return streamed(_lines(done))
    outcomes = await all_results(given.files, work(given), settings, given.language)
    if any(outcome.error for outcome in outcomes):
        raise not_usable(outcomes)
    with in_language(given.language):
        return Response(whole(outcomes, given), media_type=MediaType.JSON)


def _lines(outcomes: Generator[Outcome, None, None]) -> Generator[bytes, None, None]:
    """``{"source", "result", "problem"}`` of each file; one of the two is null."""
    with closing(outcomes):
        yield from map(_line, outcomes)


def _line(outcome: Outcome) -> bytes:
    product = msgspec.Raw(outcome.product) if outcome.product is not None else None
    problem = file_problem(outcome) if outcome.error is not None else None
    return msgspec.json.encode({"source": outcome.path, "result": product, "problem": problem}) + b"\n"


@post("/v1/forms", status_code=200)
async def forms(request: Asked) -> Answer:
    """Files to canonical JSON, with the cell of every field."""

    def whole(outcomes: list[Outcome], _: Received) -> bytes:
        read = [outcome.decoded(FormsRead) for outcome in outcomes]
        content = {
            "schema": SCHEMA_ID,
            "forms": [form for each in read for form in each.forms],
            "where": [where for each in read for where in each.where],
        }
        return msgspec.json.encode(content)

    return await _answer(request, lambda given: FormsWork(given.profile, where=True), whole)


@post("/v1/check", status_code=200)
async def check(request: Asked) -> Answer:
    """Files to findings; those about all files together come last."""

    def whole(outcomes: list[Outcome], given: Received) -> bytes:
        checked = [outcome.decoded(Checked) for outcome in outcomes]
        together = check_batch([trace for each in checked for trace in each.traces], given.profile)
        return msgspec.json.encode([*(finding for each in checked for finding in each.findings), *together])

    return await _answer(request, lambda given: CheckWork(given.profile), whole)


@post("/v1/score", status_code=200)
async def score(request: Asked) -> Answer:
    """Files to score cards: every score by the region's rule, explained."""

    def whole(outcomes: list[Outcome], _: Received) -> bytes:
        cards = [{"source": each.path, "cards": msgspec.Raw(each.product or b"[]")} for each in outcomes]
        return msgspec.json.encode(cards)

    return await _answer(request, lambda given: ScoreWork(given.profile), whole)


@post("/v1/workbook", status_code=200)
async def workbook(request: Asked) -> Response[bytes]:
    """A canonical document to a workbook: our template, or the uploaded ``into``."""
    settings, given = settings_of(request), await received(request, settings_of(request))
    if len(given.files) != 1:
        raise Refusal(400, "one-document")
    into = given.into
    work = WorkbookWork(given.profile, into.data if into else None, into.name if into else "")
    outcomes = await all_results(given.files, work, settings, given.language)
    if outcomes[0].error is not None:
        raise not_usable(outcomes)
    name = into.name if into else "自评表.xlsx"
    return as_file(outcomes[0].product or b"", WORKBOOK, name)


@get("/v1/template/{profile:str}")
async def template(request: Asked) -> Response[bytes]:
    """The blank workbook of a region."""
    fields = {name: str(value) for name, value in request.query_params.items()}
    chosen = profile_named({"profile": str(request.path_params["profile"])})
    assert chosen is not None
    year, rows = number_named(fields, "year", _LAST_YEAR), number_named(fields, "rows", _MOST_ROWS)
    data = await asyncio.to_thread(blank_workbook, chosen, year=year, rows=rows or 0)
    return as_file(data, WORKBOOK, f"{chosen.id}.xlsx")


async def _ledger(request: Asked, given: Received) -> Ledger:
    outcomes = await all_results(given.files, ReviewWork(given.profile), settings_of(request), given.language)
    if all(outcome.error for outcome in outcomes):
        raise not_usable(outcomes)
    with in_language(given.language):
        return gather(outcomes, given.profile)


@post("/v1/summary", status_code=200)
async def summary(request: Asked) -> Response[bytes]:
    """Files to the summary workbook; one that cannot be read is listed in it."""
    given = await received(request, settings_of(request))
    ledger = await _ledger(request, given)
    with in_language(given.language), ledger:
        data = await asyncio.to_thread(summary_workbook, ledger)
    return as_file(data, WORKBOOK, "汇总.xlsx")


@post("/v1/report", status_code=200)
async def report(request: Asked) -> Response[bytes]:
    """Files to the report, or to the opinion on one form; ``kind`` is html, docx or md."""
    given = await received(request, settings_of(request))
    kind = given.fields.get("kind", "html")
    if kind not in REPORTS:
        raise Refusal(400, "no-kind", known=" ".join(REPORTS))
    ledger = await _ledger(request, given)
    name = f"审核意见.{kind}"
    with in_language(given.language), ledger:
        data = await asyncio.to_thread(document, ledger, Path(name), suffix=f".{kind}")
    return as_file(data, REPORTS[kind], name)


async def prefilled(given: Received, settings: Settings) -> Response[bytes]:
    """The workbooks of a list as one ZIP, whose name says how many there are."""
    if len(given.files) != 1:
        raise Refusal(400, "one-list")
    wanted = given.fields
    work = StampWork(
        given.profile or load_profile(DEFAULT_PROFILE),
        wanted.get("name", "").strip() or PATTERN,
        number_named(wanted, "year", _LAST_YEAR),
        number_named(wanted, "rows", _MOST_ROWS) or 1,
        settings.projects,
    )
    patient = replace(settings, limits=replace(settings.limits, seconds=settings.stamp_seconds))
    outcomes = await all_results(given.files, Careful(work, forms=False), patient, given.language)
    if outcomes[0].error is not None:
        raise not_usable(outcomes)
    made = outcomes[0].decoded(Prefilled)
    with in_language(given.language):
        name = say("web.stamped-failed" if made.failed else "web.stamped", made=made.made, failed=made.failed)
    return as_file(made.data, "application/zip", f"{name}.zip")


@post("/v1/stamp", status_code=200)
async def stamp(request: Asked) -> Response[bytes]:
    """A list of projects to a ZIP of workbooks filled with it, and a manifest that accounts for every row."""
    return await prefilled(await received(request, settings_of(request)), settings_of(request))


@get("/openapi.json")
async def openapi(request: Asked) -> Response[bytes]:
    """The description of this API."""
    content: dict[str, Any] = description(language_of(request.scope))
    return Response(msgspec.json.encode(content), media_type=MediaType.JSON)


@get("/healthz", media_type=MediaType.TEXT)
async def health() -> str:
    """That it runs."""
    return "ok"


@get("/readyz", media_type=MediaType.TEXT)
async def ready(request: Asked) -> str:
    """That a request sent now would get its turn. Raises ``Refusal`` while it would be sent away."""
    turns: Turns = request.app.state.turns
    if turns.full:
        raise Refusal(503, "busy")
    return "ok"


HANDLERS: Final = (forms, check, score, workbook, template, summary, report, stamp, openapi, health, ready)
