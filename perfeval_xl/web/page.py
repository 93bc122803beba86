"""The page: files in, each form drawn with what was found, copies to download. It works without JavaScript.

Nothing is kept, so what may be downloaded is in the page itself, as ``data:`` links. A browser with JavaScript asks
for lines instead of the whole page and shows each file as soon as it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import closing
from typing import Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from perfeval_xl.messages import in_language
from perfeval_xl.profile import profile_ids
from perfeval_xl.web.api import Answer, prefilled, settings_of
from perfeval_xl.web.form_token import NAME, check_token, token_of, with_token
from perfeval_xl.web.guard import language_of
from perfeval_xl.web.problems import Refusal
from perfeval_xl.web.received import Asked, Received, received
from perfeval_xl.web.rendering import html_page, rendered, static_file
from perfeval_xl.web.result import OverviewLine, ShownFile, only_reviewed, together
from perfeval_xl.web.settings import Settings
from perfeval_xl.web.streamed import LINES, streamed
from perfeval_xl.web.work import PageWork
from perfeval_xl.web.workers import all_results, results


@get("/")
async def start(request: Asked) -> Response[bytes]:
    """The page with nothing in it yet."""
    settings, token = settings_of(request), token_of(request)
    language = language_of(request.scope)
    values: dict[str, object] = {"most": settings.files, "megabytes": settings.megabytes}
    answer = html_page("start.html", language, 200, token_name=NAME, token=token, **values)
    return with_token(answer, request, token)


@get(["/check", "/stamp"])
async def again() -> Redirect:
    """A result is not kept: who reloads it begins anew."""
    return Redirect("./")


@get("/template")
async def template(request: Asked) -> Redirect:
    """The form on the page that asks for a blank table, to where the table is."""
    wanted = str(request.query_params.get("profile", ""))
    if wanted not in profile_ids():
        raise Refusal(404, "no-profile", known="、".join(profile_ids()))
    asked = {name: str(request.query_params.get(name, "")) for name in ("year", "rows")}
    query = urlencode({name: value for name, value in asked.items() if value})
    return Redirect(f"v1/template/{wanted}{'?' if query else ''}{query}")


@get("/static/{name:str}")
async def static(request: Asked) -> Response[bytes]:
    """Styles, script and icon."""
    found = await asyncio.to_thread(static_file, str(request.path_params["name"]))
    if found is None:
        raise Refusal(404, "not-found")
    return Response(found[0], media_type=found[1])


@post("/check", status_code=200)
async def check(request: Asked) -> Answer:
    """Every form of the files, drawn; a file that cannot be read has its own sentence and stops no other."""
    settings, given = settings_of(request), await received(request, settings_of(request))
    check_token(request, given.fields)
    if LINES in request.headers.get("accept", ""):
        return streamed(_as_they_are_done(given, settings))
    outcomes = await all_results(given.files, PageWork(given.profile), settings, given.language)

    def shown() -> Response[bytes]:
        with in_language(given.language):
            files = [ShownFile(number, outcome) for number, outcome in enumerate(outcomes)]
            all_of_them = together([only_reviewed(outcome) for outcome in outcomes], given.profile)
        lines = [line for file in files for line in file.lines]
        return html_page(
            "result.html", given.language, files=files, count=len(files), lines=lines, together=all_of_them
        )

    return await asyncio.to_thread(shown)


def _as_they_are_done(given: Received, settings: Settings) -> Generator[bytes, None, None]:
    """How many there are; the part of the page of each file, as it is done; at last what stands above them."""
    encode, language = msgspec.json.encode, given.language
    yield encode({"total": len(given.files)}) + b"\n"
    numbers = {upload.name: number for number, upload in enumerate(given.files)}
    kept, lines = {}, dict[int, list[OverviewLine]]()
    with closing(results(given.files, PageWork(given.profile), settings, language)) as outcomes:
        for outcome in outcomes:
            number = numbers[outcome.path]
            with in_language(language):
                file = ShownFile(number, outcome)
            kept[number], lines[number] = only_reviewed(outcome), file.lines
            yield encode({"number": number, "html": rendered("file.html", language, file=file)}) + b"\n"
    with in_language(language):
        all_of_them = together([kept[number] for number in sorted(kept)], given.profile)
    in_order = [line for number in sorted(lines) for line in lines[number]]
    values = {"count": len(kept), "lines": in_order, "together": all_of_them}
    yield encode({"html": rendered("together.html", language, **values)}) + b"\n"


@post("/stamp", status_code=200)
async def stamp(request: Asked) -> Response[bytes]:
    """A list of projects to one filled workbook for each."""
    settings, given = settings_of(request), await received(request, settings_of(request))
    check_token(request, given.fields)
    return await prefilled(given, settings)


HANDLERS: Final = (start, check, again, template, static, stamp)
