"""The time a file may take: what nobody foresaw ends as well, in a sentence, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import io
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from perfeval_xl.errors import Unreadable
from perfeval_xl.files import read_bytes, writing
from perfeval_xl.messages import in_language
from perfeval_xl.package import deadline
from perfeval_xl.package.deadline import OutOfTimeError, seconds_for, within_its_time

SHORT = 0.3


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "LONGEST_FILE", SHORT)


def spin() -> None:
    """Work without end, in Python."""
    while True:
        pass


def sleep() -> None:
    """A library that waits: it has three times as long."""
    while True:
        time.sleep(0.01)


def swallow() -> None:
    """A library that catches everything once."""
    try:
        spin()
    except BaseException:
        spin()


class Leaving:
    """An object that takes long to go; what is raised meanwhile goes no further."""

    def __del__(self) -> None:
        until = time.monotonic() + 3 * SHORT
        while time.monotonic() < until:
            pass


def take_down() -> None:
    """Objects that take long to go, again and again."""
    for _ in range(5):
        Leaving()


@pytest.mark.parametrize("work", [spin, sleep, swallow, take_down])
def test_what_never_ends_is_ended(work: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    with pytest.raises(Unreadable) as caught, within_its_time("a.xlsx", 5000):
        work()
    assert caught.value.key == "file-too-slow"
    assert time.monotonic() - started < 10 * SHORT
    assert capsys.readouterr().err == ""
    for language, word in (("zh", "秒"), ("en", "seconds")):
        with in_language(language):  # type: ignore[arg-type]
            assert str(caught.value).startswith("a.xlsx")
            assert word in str(caught.value)


def test_nothing_is_raised_once_the_block_is_left() -> None:
    """Also when the time is up at that very moment."""
    for _ in range(8):
        with contextlib.suppress(Unreadable), within_its_time("a.xlsx", 0):
            until = time.monotonic() + SHORT
            while time.monotonic() < until:
                pass
        for _ in range(2000):
            pass


def test_a_block_that_is_left_slowly_still_ends_in_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is raised again while millions of objects go must not be met on the way out."""
    monkeypatch.setattr(deadline, "_TICK", 0.01)

    def fill() -> None:
        held: list[object] = [[number] for number in range(400_000)]
        while held:
            pass

    for _ in range(6):
        with pytest.raises(Unreadable), within_its_time("a.xlsx", 0):
            fill()


def test_an_error_of_the_file_stays_its_own() -> None:
    with pytest.raises(KeyError), within_its_time("a.xlsx", 0):
        raise KeyError


def test_the_outer_time_holds() -> None:
    """Reading is part of checking, and has no time of its own then."""
    inner = within_its_time("inner.xlsx", 50 << 20)
    with pytest.raises(Unreadable) as caught, within_its_time("outer.xlsx", 0), inner:
        spin()
    assert str(caught.value.values["path"]) == "outer.xlsx"


def test_every_thread_has_its_own_time() -> None:
    found: list[str] = []

    def work(endless: bool) -> None:
        try:
            with within_its_time("a.xlsx", 0):
                if endless:
                    spin()
        except Unreadable as problem:
            found.append(problem.key)
        else:
            found.append("done")

    threads = [threading.Thread(target=work, args=(endless,)) for endless in (True, False, True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == ["done", "file-too-slow", "file-too-slow"]


def test_a_larger_file_may_take_longer_and_a_conversion_has_its_own_time() -> None:
    assert seconds_for("a.xlsx", (1 << 20) - 1) == SHORT
    assert seconds_for("a.xlsx", 3 << 20) == SHORT + 15
    assert seconds_for("a.DOC", 0) == SHORT + 60


def test_a_file_that_is_being_written_goes(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"old")
    with pytest.raises(Unreadable), within_its_time("a.xlsx", 0), writing(tmp_path / "a.json"):
        spin()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.json": b"old"}


def test_the_exception_is_none_that_libraries_catch() -> None:
    assert not issubclass(OutOfTimeError, Exception)


#: Kind -> what the kind's own reader calls, and something that reader takes for its own.
READERS = {
    "a.xlsx": ("perfeval_xl.sources.excel.read_xlsx", b""),
    "a.docx": ("perfeval_xl.sources.word.read_docx", b""),
    "a.html": ("perfeval_xl.sources.web.read_html", b"<table><tr><td>1</table>"),
    "a.txt": ("perfeval_xl.sources.text.read_text", b"1\t2"),
    "a.pdf": ("perfeval_xl.sources.pdf.read_pdf", b"%PDF-1.4"),
}


@pytest.fixture
def sound() -> dict[str, bytes]:
    import docx
    import openpyxl

    document, book = io.BytesIO(), io.BytesIO()
    docx.Document().save(document)
    openpyxl.Workbook().save(book)
    return {name: data for name, (_, data) in READERS.items() if data} | {
        "a.docx": document.getvalue(),
        "a.xlsx": book.getvalue(),
    }


@pytest.mark.parametrize("name", READERS)
def test_every_reader_is_ended(name: str, sound: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(READERS[name][0], lambda *_: spin())
    with pytest.raises(Unreadable) as caught:
        read_bytes(sound[name], name)
    assert caught.value.key == "file-too-slow"


def test_no_time_is_lost_on_a_good_file() -> None:
    started = time.process_time()
    for _ in range(200):
        with within_its_time("a.xlsx", 0):
            pass
    assert (time.process_time() - started) / 200 < 0.002


def test_where_no_thread_can_be_started_the_file_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker with little memory left must not refuse a sound file because nobody can watch it."""

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    with within_its_time("a.txt", 1):
        done = True
    assert done
