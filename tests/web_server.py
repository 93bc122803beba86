"""The page on a port of this machine: in a thread of the test, or as the process of ``perfeval serve``."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from perfeval_xl.cli.serve import serve
from perfeval_xl.web.app import create_app
from perfeval_xl.web.settings import Settings

#: No test is about how often one client asks, unless it says so.
OFTEN = 100_000


@contextlib.contextmanager
def listening(app: Any) -> Iterator[str]:
    """The address of any ASGI application, served by a thread."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{place.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


@contextlib.contextmanager
def running(**settings: Any) -> Iterator[str]:
    """The address of the page with these settings."""
    with listening(create_app(Settings(**{"per_minute": OFTEN, **settings}))) as address:
        yield address


@dataclass
class Served:
    """``perfeval serve`` as a process: its address, and what it has written so far."""

    address: str
    process: subprocess.Popen[str]
    written: list[str]


@contextlib.contextmanager
def command(*options: str, folder: Path | None = None, **environment: str) -> Iterator[Served]:
    """``perfeval serve`` on a free port; it is ended when the block is left."""
    words = [sys.executable, "-m", "perfeval_xl", "serve", "--port", "0", *options]
    process = subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, **environment}, cwd=folder
    )
    written: list[str] = []
    known = threading.Event()

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            written.append(line)
            if "http://" in line:
                known.set()
        known.set()

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        known.wait(60)
        found = re.search(r"http://\S+/", "".join(written))
        assert found, "".join(written)
        yield Served(found[0], process, written)
    finally:
        process.terminate()
        process.wait(60)
        thread.join()
        assert process.stderr is not None
        process.stderr.close()


def options_of(words: list[str]) -> dict[str, object]:
    """What the command understands of the words after ``perfeval serve``; it raises for an option it does not have."""
    assert words[0].endswith("perfeval")
    assert words[1] == "serve"
    return serve.make_context("serve", words[2:]).params
