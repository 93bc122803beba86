"""The application: page and API behind their guard."""

from __future__ import annotations

import msgspec
from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from perfeval_xl.batch.checking import Checked
from perfeval_xl.batch.forms import FormsRead
from perfeval_xl.errors import PerfevalError
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.reports.gather import Reviewed
from perfeval_xl.web import api, page
from perfeval_xl.web.guard import Guard, language_of, log
from perfeval_xl.web.problems import problem_of
from perfeval_xl.web.received import Asked
from perfeval_xl.web.rendering import told
from perfeval_xl.web.settings import Settings
from perfeval_xl.web.turns import Turns
from perfeval_xl.web.work import Prefilled, Seen

#: Fields of a request beside its files.
_FIELDS = 20


def create_app(settings: Settings | None = None) -> Guard:
    """The application for any ASGI server."""
    _prepare()
    settings = settings or Settings()
    turns = Turns(settings)
    app = Litestar(
        route_handlers=[*api.HANDLERS, *page.HANDLERS],
        exception_handlers={HTTPException: _told, PerfevalError: _told, Exception: _told},
        openapi_config=None,
        state=State({"settings": settings, "turns": turns}),
        request_max_body_size=settings.most_bytes,
        multipart_form_part_limit=settings.files + _FIELDS,
        logging_config=None,
        debug=False,
    )
    return Guard(app, settings, turns)


def _prepare() -> None:
    """Has msgspec see every record that is decoded in a thread: two threads that come first end the whole process."""
    for each in profile_ids():
        load_profile(each)
    for record in (Checked, FormsRead, Prefilled, Reviewed, Seen):
        msgspec.json.Decoder(record)


def _told(request: Asked, error: Exception) -> Response[bytes]:
    """A page for a browser, a problem document for everybody else."""
    number = request.scope["state"].get("request_id", "-")
    language = language_of(request.scope)
    problem = problem_of(error, language, f"urn:request:{number}")
    if problem.status >= 500:
        log.error("%s %s", number, type(error).__name__)
    body, media_type = told(problem, language, request.scope["path"], request.headers.get("accept", ""))
    return Response(body, media_type=media_type, status_code=problem.status)
