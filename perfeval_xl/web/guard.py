"""What stands before the page and the API: who may ask, how often, how much; and the headers of every answer.

It is plain ASGI around the whole application, so that nothing is answered without it, not even a wrong path.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from typing import Any, Final
from urllib.parse import urlsplit

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from perfeval_xl.messages import Language
from perfeval_xl.web.problems import Refusal, problem_of
from perfeval_xl.web.rendering import told
from perfeval_xl.web.settings import Settings
from perfeval_xl.web.turns import Turns

log: Final = logging.getLogger("perfeval.web")

#: Everything comes from this server and nothing stands inline, so no nonce is needed.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
_READ_ONLY: Final = ("GET", "HEAD", "OPTIONS")
_ALWAYS: Final = ("/healthz", "/readyz")


def language_of(scope: Any, query: str = "") -> Language:
    """``?lang=`` decides, else a browser that asks for English first; everybody else gets Chinese."""
    query = query or scope.get("query_string", b"").decode("latin-1")
    for wanted in ("en", "zh"):
        if f"lang={wanted}" in query.split("&"):
            return "en" if wanted == "en" else "zh"
    return "en" if _header(scope, b"accept-language").lower().startswith("en") else "zh"


def _header(scope: Any, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


class Guard:
    """The application, guarded."""

    def __init__(self, app: ASGIApp, settings: Settings, turns: Turns) -> None:
        self._app = app
        self._settings = settings
        self._turns = turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        kind = str(getattr(scope["type"], "value", scope["type"]))
        if kind != "http":
            if kind == "lifespan":
                await self._app(scope, receive, send)
            return
        below: Any = _below(scope, self._settings.root_path)
        answer = _Answer(below, send)
        try:
            if self._settings.root_path and scope["path"] == self._settings.root_path:
                await answer.move(f"{self._settings.root_path.rpartition('/')[2]}/")
            else:
                await self._answered(below, receive, answer)
        except Refusal as refusal:
            await answer.refuse(refusal)
        except Exception as problem:  # a mistake of ours: its kind is logged, nothing of it is told
            log.error("%s %s", answer.id, type(problem).__name__)
            await answer.refuse(Refusal(500, "unexpected"))
        finally:
            answer.log()

    async def _answered(self, scope: Any, receive: Receive, answer: _Answer) -> None:
        self._check_host(scope)
        client = (scope.get("client") or ("-",))[0]
        if scope["method"] in _READ_ONLY:
            if scope["path"] not in _ALWAYS:
                self._turns.count(client)
            await self._app(scope, receive, answer.send)
            return
        _check_site(scope)
        self._turns.count(client)
        async with self._turns.turn():
            await self._app(scope, self._limited(scope, receive), answer.send)

    def _check_host(self, scope: Any) -> None:
        """A page elsewhere whose name was made to point here asks under that name."""
        try:
            name = urlsplit(f"//{_header(scope, b'host')}").hostname or ""
        except ValueError:  # brackets that do not close
            name = ""
        if "*" not in self._settings.hosts and name not in self._settings.hosts:
            raise Refusal(421, "foreign-host")

    def _limited(self, scope: Any, receive: Receive) -> Receive:
        """The body, counted as it comes: what a header says of its length, or does not say, is only believed early."""
        most = self._settings.most_bytes
        stated = _header(scope, b"content-length")
        if stated and (not stated.isdecimal() or len(stated) > 15 or int(stated) > most):
            raise Refusal(413, "too-large", most=self._settings.megabytes)
        began, taken, ended = time.monotonic(), 0, False

        async def limited() -> Any:
            nonlocal taken, ended
            if ended:
                return await receive()
            message: Any = await self._in_time(receive, began, taken)
            if message["type"] == "http.disconnect":
                raise Refusal(400, "bad-request")
            taken += len(message.get("body", b""))
            ended = not message.get("more_body", False)
            if taken > most:
                raise Refusal(413, "too-large", most=self._settings.megabytes)
            return message

        return limited

    async def _in_time(self, receive: Receive, began: float, taken: int) -> Any:
        """The next part of a body, from a client that sends often enough, and enough of it."""
        idle = self._settings.idle_seconds
        left = began + idle + taken / self._settings.slowest - time.monotonic()
        try:
            return await asyncio.wait_for(receive(), min(idle, max(left, 0)))
        except TimeoutError:
            raise Refusal(408, "too-slow") from None


def _below(scope: Any, root: str) -> Any:
    """The connection as if the server stood at the top, whether the proxy before it cuts the path off or not."""
    path = scope["path"]
    if not root or not (path == root or path.startswith(f"{root}/")):
        return scope
    return {**scope, "path": path[len(root) :] or "/", "raw_path": (path[len(root) :] or "/").encode()}


def _check_site(scope: Any) -> None:
    """A form or script of another site may not have this one work: browsers say where a request comes from."""
    if _header(scope, b"sec-fetch-site") in ("cross-site", "same-site"):
        raise Refusal(403, "foreign-site")
    origin = _header(scope, b"origin")
    if origin and origin.partition("://")[2] != _header(scope, b"host"):
        raise Refusal(403, "foreign-site")


class _Answer:
    """One answer: its number, its headers, and its line in the log, which holds no name and no content."""

    def __init__(self, scope: Any, send: Send) -> None:
        self.id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = self.id
        self._scope = scope
        self._send = send
        self._began = time.monotonic()
        self._status = 0

    async def send(self, message: Message) -> None:
        """Passes a message on, with the headers that every answer has."""
        passed: Any = message
        if passed["type"] == "http.response.start":
            self._status = passed["status"]
            own = {name.encode(): value.encode() for name, value in (*HEADERS.items(), ("x-request-id", self.id))}
            kept = [(name, value) for name, value in passed.get("headers", []) if name.lower() not in own]
            passed = {**passed, "headers": [*kept, *own.items()]}
        await self._send(passed)

    async def refuse(self, refusal: Refusal) -> None:
        """What is wrong, where no answer has begun."""
        if self._status:
            return
        language = language_of(self._scope)
        problem = problem_of(refusal, language, f"urn:request:{self.id}")
        body, media_type = told(problem, language, self._scope["path"], _header(self._scope, b"accept"))
        headers = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
        if refusal.status_code in (429, 503):
            headers.append((b"retry-after", b"5"))
        start: Any = {"type": "http.response.start", "status": refusal.status_code, "headers": headers}
        await self.send(start)
        end: Any = {"type": "http.response.body", "body": body, "more_body": False}
        await self.send(end)

    async def move(self, place: str) -> None:
        """To another address, relative to this one."""
        headers = [(b"location", place.encode()), (b"content-length", b"0")]
        start: Any = {"type": "http.response.start", "status": 308, "headers": headers}
        await self.send(start)
        end: Any = {"type": "http.response.body", "body": b"", "more_body": False}
        await self.send(end)

    def log(self) -> None:
        """One line: number, method, whether page or API, status, milliseconds."""
        part = "api" if self._scope["path"].startswith("/v1/") else "page"
        spent = round((time.monotonic() - self._began) * 1000)
        log.info("%s %s %s %d %d ms", self.id, self._scope["method"], part, self._status, spent)
