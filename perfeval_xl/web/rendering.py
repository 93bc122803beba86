"""The page's templates and the files beside them: everything a browser gets comes from here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from litestar import MediaType, Response

from perfeval_xl.messages import Language, in_language, say
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.shown import number
from perfeval_xl.web.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER: Final = Path(__file__).parent
_STATIC: Final = {
    "style.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


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


def rendered(name: str, language: Language, **values: Any) -> str:
    """A template with its values, its sentences in ``language``."""
    with in_language(language):
        return (
            _environment()
            .get_template(name)
            .render(
                values,
                language=language,
                say=lambda key, **filled: say(f"web.{key}", **filled),
                number=number,
                regions=[(each, getattr(load_profile(each).region, language)) for each in profile_ids()],
            )
        )


def html_page(name: str, language: Language, status: int = 200, **values: Any) -> Response[bytes]:
    """A template as a whole page."""
    text = rendered(name, language, **values)
    return Response(text.encode("utf-8", "replace"), media_type=MediaType.HTML, status_code=status)


def told(problem: Problem, language: Language, path: str, accepted: str) -> tuple[bytes, str]:
    """A problem as the body of an answer, and its media type: a page for a browser, else the document itself."""
    if "text/html" in accepted and not path.startswith("/v1/"):
        page = rendered("problem.html", language, problem=problem)
        return page.encode("utf-8", "replace"), "text/html; charset=utf-8"
    return problem.encoded(), MEDIA_TYPE


def static_file(name: str) -> tuple[bytes, str] | None:
    """A style, script or picture and its media type; ``None`` where there is none of that name."""
    kind = _STATIC.get(name)
    return None if kind is None else ((_FOLDER / "static" / name).read_bytes(), kind)
