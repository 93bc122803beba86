"""The token of the page's own forms: a form of another site cannot know the cookie it has to repeat."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any, Final

from litestar import Response

from perfeval_xl.web.problems import Refusal
from perfeval_xl.web.received import Asked

#: Name of the cookie, and of the hidden field of every form.
NAME: Final = "form-token"
_LENGTH: Final = 43


def token_of(request: Asked) -> str:
    """The token this browser has already, else a new one."""
    known = request.cookies.get(NAME, "")
    return known if len(known) == _LENGTH and known.isascii() else secrets.token_urlsafe(32)


def with_token(answer: Response[Any], request: Asked, token: str) -> Response[Any]:
    """The page with the cookie; without a path it holds below the page alone, also behind a proxy."""
    secure = "; Secure" if request.scope.get("scheme") == "https" else ""
    answer.headers["set-cookie"] = f"{NAME}={token}; HttpOnly; SameSite=Lax{secure}"
    return answer


def check_token(request: Asked, fields: Mapping[str, str]) -> None:
    """Raises ``Refusal`` for a form that is not one of the page's."""
    known, told = request.cookies.get(NAME, ""), fields.get(NAME, "")
    if not known or not hmac.compare_digest(known.encode(), told.encode("utf-8", "replace")):
        raise Refusal(403, "foreign-form")
