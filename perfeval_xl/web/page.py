"""The page: files in, each form drawn with what was found, copies to download. It works without JavaScript.

Nothing is kept, so what may be downloaded is in the page itself, as ``data:`` links.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar import MediaType, Response, get, post
from litestar.response import Redirect

from perfeval_xl.batch.task import Outcome
from perfeval_xl.checks.run import check_batch
from perfeval_xl.messages import Language, in_language, say
from perfeval_xl.model import Finding
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.reports.documents import document
from perfeval_xl.reports.gather import gather
from perfeval_xl.reports.ledger import Judged
from perfeval_xl.reports.summary.workbook import summary_workbook
from perfeval_xl.shown import number, rate
from perfeval_xl.web.api import WORKBOOK, settings_of
from perfeval_xl.web.drawing import Table
from perfeval_xl.web.guard import language_of
from perfeval_xl.web.problems import Problem, Refusal, file_problem
from perfeval_xl.web.received import Asked, Received, received
from perfeval_xl.web.work import PageWork, Seen
from perfeval_xl.web.workers import all_results

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER: Final = Path(__file__).parent
_STATIC: Final = {"style.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _rendered(name: str, language: Language, status: int = 200, **values: Any) -> Response[bytes]:
    with in_language(language):
        text = (
            _environment()
            .get_template(name)
            .render(
                values,
                language=language,
                say=lambda key, **filled: say(f"web.{key}", **filled),
                number=number,
                rate=rate,
                regions=[(each, load_profile(each).region) for each in profile_ids()],
            )
        )
    return Response(text.encode("utf-8", "replace"), media_type=MediaType.HTML, status_code=status)


@get("/")
async def start(request: Asked) -> Response[bytes]:
    """The page with nothing in it yet."""
    settings = settings_of(request)
    return _rendered("start.html", language_of(request.scope), most=settings.files, megabytes=settings.megabytes)


@get("/check")
async def again() -> Redirect:
    """A result is not kept: who reloads it begins anew."""
    return Redirect("./")


@get("/template")
async def template(request: Asked) -> Redirect:
    """The form on the page that asks for a blank table, to where the table is."""
    wanted = str(request.query_params.get("profile", ""))
    if wanted not in profile_ids():
        raise Refusal(404, "no-profile", known="、".join(profile_ids()))
    return Redirect(f"v1/template/{wanted}")


@get("/static/{name:str}")
async def static(request: Asked) -> Response[bytes]:
    """Styles and script."""
    name = str(request.path_params["name"])
    if name not in _STATIC:
        raise Refusal(404, "not-found")
    data = await asyncio.to_thread((_FOLDER / "static" / name).read_bytes)
    return Response(data, media_type=_STATIC[name])


class ShownForm:
    """One form of the page: its judgement, its table, and where its findings are."""

    def __init__(self, prefix: str, judged: Judged, table: Table) -> None:
        self.id = prefix
        self.judged = judged
        self.table = table

    def place(self, finding: int) -> str | None:
        """The id of the cell of a finding; ``None`` where it has none."""
        address = self.table.placed.get(finding)
        return None if address is None else f"{self.id}-{address}"

    @property
    def findings(self) -> list[tuple[int, Finding]]:
        """The findings with their numbers."""
        return list(enumerate(self.judged.findings))


class ShownFile:
    """One file of the page: its forms and downloads, or why there are none."""

    def __init__(self, number: int, outcome: Outcome) -> None:
        self.name = outcome.path
        self.id = f"file{number}"
        self.problem = file_problem(outcome) if outcome.error is not None else None
        self.seen = None if self.problem else outcome.decoded(Seen)
        pairs = zip(self.seen.reviewed.forms, self.seen.tables, strict=True) if self.seen else ()
        self.forms = [ShownForm(f"{self.id}-{place}", *pair) for place, pair in enumerate(pairs)]

    @property
    def doubts(self) -> Sequence[str]:
        """Sentences about cells that reading could not settle."""
        return self.seen.doubts if self.seen else ()

    @property
    def downloads(self) -> list[tuple[str, str, str]]:
        """Key of the words, name and content of every copy there is."""
        if self.seen is None:
            return []
        path = Path(self.name)
        kind = ".json" if path.suffix.lower() == ".json" else path.suffix
        copies = (
            ("marked", f"{path.stem}-标注{path.suffix}", self.seen.marked),
            ("fixed", f"{path.stem}-更正{kind}", self.seen.fixed),
            ("json", f"{path.stem}.json", self.seen.document),
        )
        return [(key, name, as_link(data)) for key, name, data in copies if data is not None]


def as_link(data: bytes, media_type: str = "application/octet-stream") -> str:
    """A file as the address of a link."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


@post("/check", status_code=200)
async def check(request: Asked) -> Response[bytes]:
    """Every form of the files, drawn; a file that cannot be read has its own sentence and stops no other."""
    given = await received(request, settings_of(request))
    outcomes = await all_results(given.files, PageWork(given.profile), settings_of(request), given.language)
    with in_language(given.language):
        together = await asyncio.to_thread(_together, outcomes, given)
        files = [ShownFile(number, outcome) for number, outcome in enumerate(outcomes)]
    return _rendered("result.html", given.language, files=files, **together)


def _together(outcomes: Sequence[Outcome], given: Received) -> Mapping[str, Any]:
    """Summary, report and findings about all files."""
    seen = [each.decoded(Seen) for each in outcomes if each.error is None]
    reviewed = [
        each if each.error else Outcome(each.path, msgspec.json.encode(each.decoded(Seen).reviewed))
        for each in outcomes
    ]
    traces = [trace for each in seen for trace in each.reviewed.traces]
    batch = check_batch(traces, given.profile)
    with gather(reviewed, given.profile) as ledger:
        if not ledger.forms:
            return {"downloads": [], "batch": []}
        downloads = [
            ("summary", "汇总.xlsx", as_link(summary_workbook(ledger), WORKBOOK)),
            ("report", "审核意见.html", as_link(document(ledger, Path("审核意见.html")), "text/html")),
        ]
        return {"downloads": downloads, "batch": batch}


def problem_page(problem: Problem, language: Language) -> Response[bytes]:
    """A problem for a person."""
    return _rendered("problem.html", language, problem.status, problem=problem)


HANDLERS: Final = (start, check, again, template, static)
