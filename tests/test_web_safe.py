"""What the page and the API refuse, and what they never tell: every guard has a test that fails without it."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from perfeval_xl.batch.task import Limits
from perfeval_xl.model import dump_document
from perfeval_xl.package.compound_file import compound_file
from perfeval_xl.sources.formats import Kind
from perfeval_xl.sources.kinds import recognise
from perfeval_xl.web.api import as_file
from perfeval_xl.web.careful import refuse
from perfeval_xl.web.form_token import NAME
from perfeval_xl.web.guard import HEADERS
from perfeval_xl.workbook.open_workbook import to_workbook
from tests.web_client import (
    BASE,
    DAMAGED,
    FORM,
    GOOD_BOOK,
    WRONG,
    WRONG_BOOK,
    Client,
    client_of,
    on_page,
    problem,
    token,
    upload,
)
from tests.web_server import running


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
    hostile = ("/etc/hostile.toml", "pyproject.toml", "../mof")
    documents = [dump_document([replace(FORM, profile=profile)]) for profile in hostile]
    for path in ("/v1/forms", "/v1/check", "/v1/score", "/v1/summary"):
        told = problem(client.post(path, files=upload(*[(f"{n}.json", each) for n, each in enumerate(documents)])), 422)
        assert [each["key"] for each in told["files"]] == ["web-profile-refused"] * len(hostile)
    for document in documents:
        told = problem(client.post("/v1/workbook", files=upload(("d.json", document))), 422)
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
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:8765", "[::1", ""):
        problem(client.get("/", headers={"host": host}), 421)
    for host in ("localhost:1", "[::1]:8765", "LOCALHOST"):
        assert client.get("/", headers={"host": host}).status_code == 200
    problem(client.post("/v1/forms", files=files, headers={"sec-fetch-site": "cross-site"}), 403)
    problem(client.post("/v1/forms", files=files, headers={"origin": "http://evil.example"}), 403)
    problem(client.post("/v1/forms", files=files, headers={"origin": "null"}), 403)
    problem(client.post("/v1/forms", files=files, headers={"origin": "http://[::1"}), 403)
    same = {"origin": BASE, "sec-fetch-site": "same-origin"}
    assert client.post("/v1/forms", files=files, headers=same).status_code == 200


def test_too_often_and_too_much_at_once_are_told() -> None:
    with client_of(per_minute=2) as client:
        assert [client.get("/openapi.json").status_code for _ in range(3)] == [200, 200, 429]
        assert client.get("/healthz").status_code == 200
    with client_of(at_once=0, waiting=0) as client:
        answer = client.post("/v1/forms", files=upload(("a.xlsx", GOOD_BOOK)))
        problem(answer, 503)
        assert answer.headers["retry-after"] == "5"
    with client_of(at_once=0, patience=0.1) as client:
        problem(client.post("/v1/forms", files=upload(("a.xlsx", GOOD_BOOK))), 503)


def test_a_person_is_refused_in_a_page_and_a_system_in_a_document() -> None:
    """Without a script the browser shows what comes, so what the guard says has to be readable."""
    person = {"accept": "text/html,application/xhtml+xml"}
    with client_of(megabytes=1, at_once=0, waiting=0) as client:
        large = upload(("a.xlsx", b"x" * 1_200_000))
        busy = client.post("/check", files=upload(("a.xlsx", GOOD_BOOK)), headers=person)
        foreign = client.post("/check", files=large, headers={**person, "sec-fetch-site": "cross-site"})
        for answer, status in ((busy, 503), (foreign, 403)):
            assert answer.status_code == status
            assert 'role="alert"' in answer.text
            assert answer.headers["x-request-id"] in answer.text
        assert busy.headers["retry-after"] == "5"
        problem(client.post("/v1/check", files=large, headers=person), 503)


def test_who_waits_gets_a_turn() -> None:
    with client_of(at_once=1) as client, ThreadPoolExecutor() as people:
        sent = [people.submit(client.post, "/v1/forms", files=upload(("a.xlsx", GOOD_BOOK))) for _ in range(4)]
        assert [each.result().status_code for each in sent] == [200] * 4


def test_more_parts_than_files_and_fields_are_not_even_parsed() -> None:
    with client_of(files=3) as client:
        told = problem(client.post("/v1/forms", files=upload(*[(f"{n}.csv", b"a") for n in range(60)])), 413)
        assert told["type"].endswith("too-many-files")


@pytest.mark.parametrize("pause", [0.1, 5.0], ids=["drop by drop", "not at all"])
def test_a_body_that_does_not_come_is_not_waited_for(pause: float) -> None:
    head = b"POST /v1/forms HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000\r\ncontent-type: multipart/form-data; "
    with running(idle_seconds=0.5) as address, socket.socket() as connection:
        connection.connect(("127.0.0.1", int(address.rstrip("/").rpartition(":")[2])))
        connection.sendall(head + b"boundary=b\r\n\r\n")
        connection.settimeout(pause)
        answer = b""
        for _ in range(100):
            with contextlib.suppress(TimeoutError):
                answer = connection.recv(4096)
                break
            connection.sendall(b"-")
    assert answer.startswith(b"HTTP/1.1 408")


def test_a_form_of_the_page_repeats_what_only_the_page_knows(client: Client) -> None:
    """A form of another site could send the cookie in an old browser; it cannot know what is in it."""
    own = token(client)
    book = upload(("a.xlsx", GOOD_BOOK))
    for path in ("/check", "/stamp"):
        for told in ([], [(NAME, (None, b""))], [(NAME, (None, own[::-1].encode()))], [(NAME, (None, "牌".encode()))]):
            problem(client.post(path, files=[*told, *book]), 403)
    with client_of() as stranger:
        problem(stranger.post("/check", files=[(NAME, (None, own.encode())), *book]), 403)
    assert client.post("/check", files=[(NAME, (None, own.encode())), *book]).status_code == 200
    cookie = client.get("/").headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert own in cookie  # a second page open beside the first one does not end it


def test_a_name_cannot_become_a_header(client: Client) -> None:
    hostile = 'a"; x=\r\nset-cookie: evil=1\r\n\r\n表.xlsx'
    document, into = dump_document([FORM]), hostile.replace("\r\n", "%0D%0A").encode()
    body = b"--b\r\nContent-Disposition: form-data; name=file; filename=d.json\r\n\r\n" + document + b"\r\n"
    body += b'--b\r\nContent-Disposition: form-data; name=into; filename="' + into + b'"\r\n\r\n' + GOOD_BOOK
    headers = {"content-type": "multipart/form-data; boundary=b"}
    for sent in (
        client.post("/v1/workbook", content=body + b"\r\n--b--\r\n", headers=headers),
        client.post("/v1/workbook", files=[*upload(("d.json", document)), ("into", (hostile, GOOD_BOOK))]),
    ):
        assert "set-cookie" not in sent.headers
    named = as_file(b"", "text/plain", hostile).headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[\w%.~-]+", named)


def test_only_what_the_page_needs_may_be_loaded(client: Client) -> None:
    policy = dict(part.split(" ", 1) for part in client.get("/").headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert set(policy.values()) <= {"'none'", "'self'"}
    for page in (client.get("/").text, on_page(client, ("a.xlsx", WRONG_BOOK)).text):
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", page)


def test_the_log_has_the_number_of_a_request_and_nothing_of_it(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    names = ("机密项目.xlsx", "机密清单.csv")
    answers = [
        client.post("/v1/check?profile=机密地区", files=upload((names[0], WRONG_BOOK))),
        client.post("/v1/check", files=upload((names[0], WRONG_BOOK))),
        client.post("/v1/check", files=upload((names[0], DAMAGED))),
        on_page(client, (names[1], b"x,y\n"), path="/stamp"),
    ]
    written = "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    for answer in answers:
        assert answer.headers["x-request-id"] in written
    assert "机密" not in written
    assert str(WRONG.project.name) not in written
    assert quote("机密") not in written


@pytest.mark.parametrize("name", ["a.doc", "a.docx", "a.wps"])
def test_an_old_word_file_is_refused_unless_allowed(name: str) -> None:
    """To open it LibreOffice would be started; what the file is called does not decide."""
    old = compound_file({"WordDocument": b"\xec\xa5" + bytes(4094), "1Table": bytes(4096)})
    with client_of() as client:
        told = problem(client.post("/v1/forms", files=upload((name, old))), 422)
        assert told["files"][0]["key"] == "web-kind-refused"
        assert "LibreOffice" in told["files"][0]["zh"]
    assert recognise(old, name)[0] is Kind.DOC
    refuse(old, name, office=True)


def test_a_file_has_its_share_of_time() -> None:
    large = to_workbook([FORM] * 60)
    with client_of(limits=Limits(seconds=0.05, seconds_per_megabyte=0)) as client:
        told = problem(client.post("/v1/check", files=upload(("a.xlsx", large))), 422)
        assert told["files"][0]["key"] == "worker-time"
        assert client.get("/healthz").status_code == 200


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
