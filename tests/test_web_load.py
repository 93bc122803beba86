"""Many clients at once, workers that are killed, clients that go away: nobody loses anything that is not their own."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import psutil
import pytest

from benchmarks.serving import Load
from perfeval_xl.batch.task import Outcome
from perfeval_xl.web import api
from perfeval_xl.workbook.open_workbook import to_workbook
from tests.web_client import FORM, GOOD_BOOK
from tests.web_server import OFTEN, command, running

pytestmark = pytest.mark.xdist_group("web-load")
LINES = {"accept": "application/x-ndjson"}
#: Long enough in reading to be met at it.
SLOW_BOOK = to_workbook([FORM] * 60)


def workers(server: int | None = None) -> list[psutil.Process]:
    """The worker processes of a server."""
    found = []
    for child in psutil.Process(server).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if any("perfeval_xl.batch.worker" in word for word in child.cmdline()):
                found.append(child)
    return found


def until(condition: Callable[[], bool]) -> None:
    """Waits for something that has to come."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_twenty_clients_are_answered_or_told_to_wait_and_a_lost_worker_costs_one_file() -> None:
    with command("--no-browser", "--per-minute", str(OFTEN)) as served:
        load = Load(served.address, served.process.pid)
        killed = threading.Event()

        def kill() -> None:
            until(lambda: load.figures.statuses[200] > 5)
            while not killed.is_set():
                for worker in workers(served.process.pid)[:1]:
                    worker.kill()
                    killed.set()

        killer = threading.Thread(target=kill)
        killer.start()
        figures = load.run(5)
        killer.join()
        assert killed.is_set()
        assert httpx.get(f"{served.address}healthz").text == "ok"
        until(lambda: workers(served.process.pid) == [])
    assert set(figures.statuses) <= {200, 422, 429, 503}
    assert figures.statuses[200] > 10
    assert len(figures.lost) == figures.statuses[422] <= 1
    assert all("worker-lost" in each for each in figures.lost)
    assert figures.growth < 20


def test_a_client_that_asks_too_often_loses_nothing_by_it() -> None:
    with command("--no-browser", "--per-minute", "5", "--at-once", "1") as served:
        figures = Load(served.address, served.process.pid, clients=6).run(3)
    assert figures.statuses[200] == 5
    assert set(figures.statuses) == {200, 429}
    assert figures.lost == []


def test_a_worker_killed_at_a_file_loses_this_file_alone() -> None:
    files = [GOOD_BOOK, SLOW_BOOK, *[GOOD_BOOK] * 22]
    sent = [("file", (f"{number}.xlsx", data)) for number, data in enumerate(files)]
    with running(jobs=1) as address:
        url = f"{address}v1/check"
        with httpx.stream("POST", url, files=sent, headers=LINES, timeout=60) as answer:
            lines = answer.iter_lines()
            assert json.loads(next(lines))["source"] == "0.xlsx"
            (worker,) = workers()  # it has answered about the first, so it is at the second
            worker.kill()
            told = {line["source"]: line["problem"] for line in map(json.loads, lines)}
        assert set(told) == {f"{number}.xlsx" for number in range(1, len(files))}
        assert {source: problem["key"] for source, problem in told.items() if problem} == {"1.xlsx": "worker-lost"}
        assert httpx.get(f"{address}healthz").text == "ok"


def test_a_client_that_goes_away_leaves_no_worker_behind() -> None:
    sent = [("file", (f"{number}.xlsx", GOOD_BOOK)) for number in range(150)]
    with running(jobs=1) as address:
        with httpx.stream("POST", f"{address}v1/check", files=sent, headers=LINES, timeout=60) as answer:
            next(answer.iter_lines())
            assert workers() != []
        until(lambda: workers() == [])


def test_every_line_is_sent_when_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second file is not done before the client has the first line in its hands."""
    arrived = threading.Event()

    def results(*_: object) -> Iterator[Outcome]:
        yield Outcome("a.xlsx", b"[]")
        assert arrived.wait(30)
        yield Outcome("b.xlsx", b"[]")

    monkeypatch.setattr(api, "results", results)
    with running() as address:
        sent = [("file", (name, GOOD_BOOK)) for name in ("a.xlsx", "b.xlsx")]
        with httpx.stream("POST", f"{address}v1/check", files=sent, headers=LINES, timeout=40) as answer:
            lines = answer.iter_lines()
            assert json.loads(next(lines))["source"] == "a.xlsx"
            arrived.set()
            assert json.loads(next(lines))["source"] == "b.xlsx"
