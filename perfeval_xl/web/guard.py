"""What stands before the page and the API: who may ask, how often, how much; and the headers of every answer.

It is plain ASGI around the whole application, so that nothing is answered without it, not even a wrong path.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import OrderedDict, deque
from typing import Any, Final
from urllib.parse import urlsplit

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from perfeval_xl.messages import Language
from perfeval_xl.web.problems import MEDIA_TYPE, Refusal, problem_of
from perfeval_xl.web.settings import Settings

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
_MINUTE: Final = 60.0
#: Clients whose last minute is remembered; the oldest is forgotten first.
_MOST_CLIENTS: Final = 4096


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

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._working = 0
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        kind = str(getattr(scope["type"], "value", scope["type"]))
        if kind != "http":
            if kind == "lifespan":
                await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        try:
            await self._answered(scope, receive, answer)
        except Refusal as refusal:
            await answer.refuse(refusal)
        except Exception as problem:  # a mistake of ours: its kind is logged, nothing of it is told
            log.error("%s %s", answer.id, type(problem).__name__)
            await answer.refuse(Refusal(500, "unexpected"))
        finally:
            answer.log()

    async def _answered(self, scope: Any, receive: Receive, answer: _Answer) -> None:
        self._check_host(scope)
        if scope["method"] in _READ_ONLY:
            if scope["path"] not in _ALWAYS:
                self._count(scope)
            await self._app(scope, receive, answer.send)
            return
        _check_site(scope)
        self._count(scope)
        if self._working >= self._settings.at_once:
            raise Refusal(503, "busy")
        self._working += 1
        try:
            await self._app(scope, self._limited(scope, receive), answer.send)
        finally:
            self._working -= 1

    def _check_host(self, scope: Any) -> None:
        """A page elsewhere whose name was made to point here asks under that name."""
        host = urlsplit(f"//{_header(scope, b'host')}")
        try:
            name = host.hostname
        except ValueError:
            name = None
        if "*" not in self._settings.hosts and (name or "") not in self._settings.hosts:
            raise Refusal(421, "foreign-host")

    def _count(self, scope: Any) -> None:
        """Raises ``Refusal`` for a client that has asked too often in the last minute."""
        now = time.monotonic()
        client = (scope.get("client") or ("-",))[0]
        asked = self._asked.setdefault(client, deque())
        self._asked.move_to_end(client)
        while len(self._asked) > _MOST_CLIENTS:
            self._asked.popitem(last=False)
        while asked and now - asked[0] > _MINUTE:
            asked.popleft()
        if len(asked) >= self._settings.per_minute:
            raise Refusal(429, "too-often")
        asked.append(now)

    def _limited(self, scope: Any, receive: Receive) -> Receive:
        """The body, counted as it comes: what a header says of its length, or does not say, is only believed early."""
        most = self._settings.most_bytes
        stated = _header(scope, b"content-length")
        if stated and (not stated.isdecimal() or len(stated) > 15 or int(stated) > most):
            raise Refusal(413, "too-large", most=self._settings.megabytes)
        taken, ended = 0, False

        async def limited() -> Any:
            nonlocal taken, ended
            if ended:
                return await receive()
            try:
                message: Any = await asyncio.wait_for(receive(), self._settings.idle_seconds)
            except TimeoutError:
                raise Refusal(408, "too-slow") from None
            taken += len(message.get("body", b""))
            ended = not message.get("more_body", False)
            if taken > most:
                raise Refusal(413, "too-large", most=self._settings.megabytes)
            return message

        return limited


def _check_site(scope: Any) -> None:
    """A form or script of another site may not have this one work: browsers say where a request comes from."""
    if _header(scope, b"sec-fetch-site") in ("cross-site", "same-site"):
        raise Refusal(403, "foreign-site")
    origin = _header(scope, b"origin")
    if origin and urlsplit(origin).netloc != _header(scope, b"host"):
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
        """The problem document, where no answer has begun."""
        if self._status:
            return
        body = problem_of(refusal, language_of(self._scope), f"urn:request:{self.id}").encoded()
        headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        if refusal.status_code in (429, 503):
            headers.append((b"retry-after", b"5"))
        start: Any = {"type": "http.response.start", "status": refusal.status_code, "headers": headers}
        await self.send(start)
        end: Any = {"type": "http.response.body", "body": body, "more_body": False}
        await self.send(end)

    def log(self) -> None:
        """One line: number, method, whether page or API, status, milliseconds."""
        part = "api" if self._scope["path"].startswith("/v1/") else "page"
        spent = round((time.monotonic() - self._began) * 1000)
        log.info("%s %s %s %d %d ms", self.id, self._scope["method"], part, self._status, spent)
