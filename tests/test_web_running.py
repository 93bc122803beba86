"""How the page is run: by hand, as a service, in a container, below a path of a proxy."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import httpx
import psutil
import pytest
from click.testing import CliRunner

from perfeval_xl.cli import perfeval
from tests.web_client import GOOD_BOOK
from tests.web_proxy import proxy
from tests.web_server import command, listening, options_of, running

PACKAGING = Path(__file__).parents[1] / "packaging"
LINES = {"accept": "application/x-ndjson"}


def test_it_listens_on_this_computer_alone_and_logs_numbers_alone() -> None:
    with command("--no-browser") as served:
        listens = [each for each in psutil.Process(served.process.pid).net_connections() if each.status == "LISTEN"]
        assert [each.laddr.ip for each in listens] == ["127.0.0.1"]
        url = f"{served.address}v1/check?profile=mof"
        good = httpx.post(url, files={"file": ("机密.xlsx", GOOD_BOOK)}, timeout=60)
        bad = httpx.post(url, files={"file": ("机密.xlsx", b"x")}, timeout=60)
        assert (good.status_code, bad.status_code) == (200, 422)
        assert "server" not in good.headers
    written = "".join(served.written)
    for answer in (good, bad):
        assert re.search(rf"INFO perfeval.web {answer.headers['x-request-id']} POST api {answer.status_code}", written)
    assert "机密" not in written
    assert "Traceback" not in written


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal")
def test_it_finishes_what_it_has_begun_before_it_stops() -> None:
    files = [("file", (f"{number}.xlsx", GOOD_BOOK)) for number in range(30)]
    with command("--no-browser") as served:
        with httpx.stream("POST", f"{served.address}v1/forms", files=files, headers=LINES, timeout=60) as answer:
            lines = answer.iter_lines()
            first = next(lines)
            served.process.send_signal(signal.SIGTERM)
            told = [json.loads(line) for line in (first, *lines)]
        assert len(told) == 30
        assert all(line["problem"] is None for line in told)
        served.process.wait(30)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{served.address}healthz")


@pytest.mark.skipif(sys.platform == "win32", reason="there the browser of the system is asked for")
def test_it_opens_the_browser_when_somebody_answers(tmp_path: Path) -> None:
    seen, browser = tmp_path / "seen", tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\necho \"$1\" > '{seen}.part' && mv '{seen}.part' '{seen}'\n")
    browser.chmod(0o755)
    with command(BROWSER=f"{browser} %s") as served:
        end = time.monotonic() + 30
        while not seen.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        assert seen.read_text().strip() == served.address


def test_a_taken_port_is_told() -> None:
    with running() as address:
        port = address.rstrip("/").rpartition(":")[2]
        result = CliRunner().invoke(perfeval, ["serve", "--no-browser", "--port", port])
    assert result.exit_code != 0
    assert "--port" in str(result.exception) + result.output


# --- below a path -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cuts", [True, False], ids=["the proxy cuts the path off", "the proxy leaves it"])
def test_below_a_path_every_link_stays_below_it(cuts: bool) -> None:
    with (
        running(root_path="/budget/forms") as inner,
        listening(proxy(inner, "/budget/forms", cuts=cuts)) as outer,
        httpx.Client(base_url=f"{outer}budget/forms/", follow_redirects=True, timeout=60) as browser,
    ):
        page = browser.get("")
        assert page.status_code == 200
        links = re.findall(r'(?:href|src|action)="(?!#)([^"]+)"', page.text)
        assert len(links) > 5
        for link in links:
            found = browser.get(page.url.join(link), params={"profile": "mof"} if link == "template" else None)
            assert found.url.path.startswith("/budget/forms/"), link
            assert found.status_code == 200, link
        token = re.search(r'name="form-token" value="([^"]+)"', page.text)
        assert token
        files = {"form-token": (None, token[1]), "file": ("表.xlsx", GOOD_BOOK)}
        assert 'id="file0"' in browser.post("check", files=files).text
        assert browser.get("template?profile=mof").headers["content-disposition"]
        assert browser.get("v1/nothing").json()["status"] == 404
        assert browser.get("healthz").text == "ok"
        if not cuts:
            assert str(browser.get(f"{outer}budget/forms").url) == f"{outer}budget/forms/"


# --- as a service -------------------------------------------------------------------------------------------------


def test_the_unit_starts_what_there_is(tmp_path: Path) -> None:
    unit = PACKAGING / "systemd" / "perfeval.service"
    text = unit.read_text("utf-8")
    entries = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
    options = options_of(shlex.split(entries["ExecStart"]))
    assert options["no_browser"] is True
    assert options["host"] == "127.0.0.1"
    for hardened in ("DynamicUser", "NoNewPrivileges", "ProtectHome", "PrivateDevices"):
        assert entries[hardened] == "yes"
    assert entries["ProtectSystem"] == "strict"
    assert int(entries["TimeoutStopSec"]) > 30, "longer than the server takes to finish"
    if verify := shutil.which("systemd-analyze"):
        copy = tmp_path / unit.name
        copy.write_text(text.replace(entries["ExecStart"].split()[0], sys.executable), "utf-8")
        told = subprocess.run([verify, "verify", str(copy)], capture_output=True, text=True)
        assert [line for line in told.stderr.splitlines() if unit.name in line] == []


def test_the_container_starts_what_there_is_and_not_as_root() -> None:
    folder = PACKAGING / "docker"
    lines = (folder / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    steps = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
    order = [word for word, _ in steps]
    told = {word: rest for word, rest in steps if word in ("ENTRYPOINT", "EXPOSE", "USER")}
    # What a user adds behind the image's name comes after these words.
    options = options_of([*json.loads(told["ENTRYPOINT"]), "--allow-host", "forms.example.org"])
    assert (options["host"], options["no_browser"]) == ("0.0.0.0", True)
    assert int(told["EXPOSE"]) == options["port"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", told["USER"])
    assert order.index("USER") < order.index("ENTRYPOINT")
    assert order.count("FROM") == 2, "what builds it stays behind"
    (extras,) = re.findall(r'pip install [^"]*"\.\[([\w,]+)\]"', " ".join(lines))
    known = tomllib.loads((PACKAGING.parent / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert "web" in extras.split(",")
    assert set(extras.split(",")) <= set(known)
    sent = re.findall(r"^!(.+)$", (folder / "Dockerfile.dockerignore").read_text("utf-8"), re.MULTILINE)
    copied = [source for word, rest in steps if word == "COPY" for source in rest.split()[:-1]]
    assert sorted(each for each in copied if not each.startswith(("--from=", "/"))) == sorted(sent)
    assert all((PACKAGING.parent / each).exists() for each in sent)


def test_the_demonstration_says_how_to_open_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of whoever started it, so that they can be typed; and `make demo` installs what they need."""
    for started, expected in ((".venv/bin/perfeval", ".venv/bin/perfeval serve"), ("/x/pytest", "perfeval serve")):
        monkeypatch.setattr(sys, "argv", [started, "demo"])
        result = CliRunner().invoke(perfeval, ["--lang", "en", "demo", str(tmp_path)])
        assert result.exit_code == 0, result.output
        said = re.search(r"run (\S+ serve), the browser opens http://127\.0\.0\.1:(\d+)/", result.output)
        assert said
        assert said[1] == expected
        assert int(said[2]) == options_of(said[1].split())["port"]
    makefile = (PACKAGING.parent / "Makefile").read_text("utf-8")
    product = makefile[makefile.index("$(VENV)/product.stamp: ") :].partition("\n\n")[0]
    assert re.search(r"pip install .*\[[\w,]*\bweb\b", product)
