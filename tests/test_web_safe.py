"""What the page and the API refuse, and what they never tell: every guard has a test that fails without it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from perfeval_xl.model import dump_document
from perfeval_xl.web.guard import HEADERS
from tests.web_client import BASE, FORM, GOOD_BOOK, Client, client_of, problem, upload


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with client_of() as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.rtf", rb"{\rtf1\ansi hello}", "not-json"),
        ("a.xls", rb"  {\rtf1 x}", "not-json"),
        ("a.xlsx", b"", "file-empty"),
        ("a.xlsx", b"PK\x03\x04damaged", None),
        ("a.xlsx", b"\x89PNG\r\n", None),
        ("a.json", b'{"schema":', None),
        ("../../etc/a.txt", b"hello", None),
        ("a.pdf", b"%PDF-1.4 broken", None),
        ("a.html", b"<html>" + b"<div>" * 5000, None),
    ],
)
def test_hostile_files_get_a_sentence(client: Client, name: str, data: bytes, key: str | None) -> None:
    told = problem(client.post("/v1/forms", files=upload((name, data))), 422)
    (file,) = told["files"]
    assert "/" not in file["source"]
    assert file["key"] != "unexpected"
    assert key is None or file["key"] in (key, "web-kind-refused")


def test_what_only_an_office_could_open_is_refused(client: Client) -> None:
    import zipfile

    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    told = problem(client.post("/v1/forms", files=upload(("a.odt", package.getvalue()))), 422)
    assert told["files"][0]["key"] == "web-kind-refused"


def test_a_document_cannot_name_a_file_of_the_server(client: Client) -> None:
    for profile in ("/etc/hostile.toml", "pyproject.toml", "../mof"):
        document = dump_document([replace(FORM, profile=profile)])
        for path in ("/v1/forms", "/v1/check", "/v1/score", "/v1/workbook", "/v1/summary"):
            told = problem(client.post(path, files=upload(("d.json", document))), 422)
            assert told["files"][0]["key"] == "web-profile-refused"
    problem(client.get("/v1/template/pyproject.toml"), 404)
    problem(client.post("/v1/forms?profile=pyproject.toml", files=upload(("a.xlsx", GOOD_BOOK))), 404)


def test_nothing_sent_is_told(client: Client) -> None:
    problem(client.post("/v1/forms"), 400)
    problem(client.post("/v1/forms", files={"other": ("a.xlsx", GOOD_BOOK)}), 400)
    problem(client.post("/v1/forms", content=b"x", headers={"content-type": "multipart/form-data"}), 400)
    problem(client.get("/v1/nothing"), 404)
    problem(client.get("/v1/forms"), 405)
    problem(client.get("/static/..%2Fapp.py"), 404)


def test_more_than_the_limit_is_refused_also_in_chunks() -> None:
    with client_of(megabytes=1, files=2) as client:
        large = b"x" * 1_200_000
        problem(client.post("/v1/forms", files=upload(("a.xlsx", large))), 413)

        def chunks() -> Iterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
            for _ in range(30):
                yield b"x" * 50_000
            yield b"\r\n--b--\r\n"

        headers = {"content-type": "multipart/form-data; boundary=b"}
        problem(client.post("/v1/forms", content=chunks(), headers=headers), 413)
        problem(client.post("/v1/forms", files=upload(*[(f"{n}.csv", b"a") for n in range(3)])), 413)


def test_another_site_or_name_may_not_ask(client: Client) -> None:
    files = upload(("a.xlsx", GOOD_BOOK))
    problem(client.get("/", headers={"host": "evil.example"}), 421)
    problem(client.post("/v1/forms", files=files, headers={"sec-fetch-site": "cross-site"}), 403)
    problem(client.post("/v1/forms", files=files, headers={"origin": "http://evil.example"}), 403)
    problem(client.post("/v1/forms", files=files, headers={"origin": "null"}), 403)
    same = {"origin": BASE, "sec-fetch-site": "same-origin"}
    assert client.post("/v1/forms", files=files, headers=same).status_code == 200


def test_too_often_and_too_much_at_once_are_told() -> None:
    with client_of(per_minute=2) as client:
        assert [client.get("/openapi.json").status_code for _ in range(3)] == [200, 200, 429]
        assert client.get("/healthz").status_code == 200
    with client_of(at_once=0) as client:
        answer = client.post("/v1/forms", files=upload(("a.xlsx", GOOD_BOOK)))
        problem(answer, 503)
        assert answer.headers["retry-after"] == "5"


def test_every_answer_has_the_headers_and_its_own_number(client: Client) -> None:
    answers = [client.get(path) for path in ("/", "/static/style.css", "/nothing", "/healthz", "/openapi.json")]
    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in HEADERS["content-security-policy"]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


def test_a_mistake_of_ours_tells_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> bytes:
        raise RuntimeError("secret of the form")

    monkeypatch.setattr("perfeval_xl.web.api.blank_workbook", failing)
    answer = client.get("/v1/template/mof")
    problem(answer, 500)
    assert "secret" not in answer.text


