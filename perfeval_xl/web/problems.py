"""What went wrong, as an RFC 9457 problem document in both languages. No traceback and no content is ever in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec
from litestar.exceptions import HTTPException

from perfeval_xl.batch.task import Outcome
from perfeval_xl.errors import CannotWrite, PerfevalError
from perfeval_xl.messages import LANGUAGES, Language, in_language, knows, say

T = TypeVar("T")
MEDIA_TYPE: Final = "application/problem+json"
#: Status -> the sentence for what the framework refuses by itself.
_OF_STATUS: Final = {400: "bad-request", 404: "not-found", 405: "wrong-method", 413: "too-large"}


class Words(msgspec.Struct, frozen=True):
    """A problem in one language."""

    title: str
    detail: str


class FileProblem(msgspec.Struct, frozen=True):
    """Why one file of a request could not be used; ``kind`` is the name of its error, ``key`` of its sentence."""

    source: str
    kind: str
    key: str
    zh: str
    en: str


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457, with the same words in both languages and, of files, one entry for each that failed."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    zh: Words
    en: Words
    files: tuple[FileProblem, ...] = ()

    def encoded(self) -> bytes:
        """The document as JSON."""
        return msgspec.json.encode(self)


class Refusal(HTTPException):
    """A request that is not answered: its status, and the name of its sentence in ``profiles/text/web.toml``."""

    def __init__(self, status: int, name: str, files: Sequence[FileProblem] = (), **values: object) -> None:
        super().__init__(detail=name, status_code=status)
        self.name = name
        self.values = values
        self.files = tuple(files)


def file_problem(outcome: Outcome) -> FileProblem:
    """Why a file could not be used. An unforeseen failure says its kind alone: its text may be of the file."""
    error = outcome.error
    assert error is not None
    if error.key == "unexpected":
        error = type(error)("unexpected", path=outcome.path, detail=str(error.values["detail"]).partition(":")[0])
    said = {wanted: _in(wanted, lambda: str(error)) for wanted in LANGUAGES}
    return FileProblem(outcome.path, type(error).__name__, error.key, said["zh"], said["en"])


def not_usable(outcomes: Sequence[Outcome]) -> Refusal:
    """The refusal of a request because of the files that failed."""
    failed = [file_problem(outcome) for outcome in outcomes if outcome.error is not None]
    return Refusal(422, "unusable", failed, count=len(failed))


def problem_of(error: Exception, language: Language, instance: str) -> Problem:
    """The document about an error; what nobody foresaw is told without its words."""
    if isinstance(error, Refusal):
        return _problem(error.status_code, error.name, error.values, language, instance, error.files)
    if isinstance(error, PerfevalError):
        failed = file_problem(Outcome(str(error.values.get("path", "-")), error=error))
        name = "cannot-write" if isinstance(error, CannotWrite) else "unusable"
        return _problem(422, name, {"count": 1}, language, instance, (failed,))
    status = error.status_code if isinstance(error, HTTPException) else 500
    name = "unexpected" if status >= 500 else _OF_STATUS.get(status, "bad-request")
    return _problem(status, name, {"most": "-"}, language, instance)


def _problem(
    status: int,
    name: str,
    values: dict[str, Any],
    language: Language,
    instance: str,
    files: tuple[FileProblem, ...] = (),
) -> Problem:
    words = {wanted: _in(wanted, lambda: _words(name, values)) for wanted in LANGUAGES}
    own = words[language]
    return Problem(
        f"urn:perfeval:problem:{name}", own.title, status, own.detail, instance, words["zh"], words["en"], files
    )


def _words(name: str, values: dict[str, Any]) -> Words:
    title = f"web.title-{name}"
    detail = say(f"web.problem-{name}", **values)
    return Words(say(title) if knows(title) else say("web.title-refused"), detail)


def _in(wanted: Language, words: Callable[[], T]) -> T:
    with in_language(wanted):
        return words()
