"""The application through a test client, and forms to send to it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from litestar.testing import TestClient
from msgspec.structs import replace

from perfeval_xl.web.app import create_app
from perfeval_xl.web.form_token import NAME
from perfeval_xl.web.settings import Settings
from perfeval_xl.workbook.open_workbook import to_workbook
from tests.made_forms import made_form
from tests.web_server import OFTEN

Client = TestClient[Any]
FORM = made_form("mof")
WRONG = replace(FORM, total=replace(FORM.total, score=Decimal(12)))
GOOD_BOOK, WRONG_BOOK = to_workbook([FORM]), to_workbook([WRONG])
DAMAGED = b"PK\x03\x04damaged"
BASE = "http://127.0.0.1:8765"


def client_of(**settings: Any) -> Client:
    """A client of a server with these settings."""
    return TestClient(create_app(Settings(**{"per_minute": OFTEN, **settings})), base_url=BASE)


def upload(*files: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    """Files as the field ``file``."""
    return [("file", file) for file in files]


def token(client: Client) -> str:
    """The token of the page's forms; its cookie is the client's from then on."""
    found = re.search(f'name="{NAME}" value="([^"]+)"', client.get("/").text)
    assert found
    return found[1]


def on_page(client: Client, *files: tuple[str, bytes], path: str = "/check", **fields: str) -> Any:
    """What the page answers to its form with these files and fields."""
    sent: list[tuple[str, Any]] = [(name, (None, value.encode())) for name, value in fields.items()]
    headers = {"accept": "text/html"}
    return client.post(path, files=[(NAME, (None, token(client).encode())), *sent, *upload(*files)], headers=headers)


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem document of an answer, which is one in both languages and without anything of ours."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["zh"]["detail"]
    assert told["zh"]["detail"] != told["en"]["detail"]
    assert "Traceback" not in answer.text
    return told
