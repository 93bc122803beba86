"""Many threads and processes at once: no file holds another project's form, nothing is damaged or left behind."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

import perfeval_xl as pe
from perfeval_xl import files
from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import write_atomically
from perfeval_xl.messages import in_language, language, say, use_language

SAMPLES = Path(pe.__file__).parent / "samples"
FORMS = 200


def form_of(number: int) -> pe.Form:
    form = pe.load(SAMPLES / "mof.json")[0]
    return replace(form, project=replace(form.project, name=f"项目 {number}", code=f"{number:05}"))


def write_one(folder: Path, number: int) -> None:
    pe.write([form_of(number)], folder / f"{number}.xlsx")


def write_all(executor: Executor, folder: Path) -> None:
    list(executor.map(write_one, [folder] * FORMS, range(FORMS)))


def assert_every_file_holds_its_own_form(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{number}.xlsx" for number in range(FORMS))
    for number in range(FORMS):
        assert pe.read(folder / f"{number}.xlsx") == [form_of(number)]


def test_eight_threads_write_into_one_folder(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        write_all(threads, tmp_path)
    assert_every_file_holds_its_own_form(tmp_path)


def test_processes_write_into_one_folder(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        write_all(processes, tmp_path)
    assert_every_file_holds_its_own_form(tmp_path)


def test_of_many_who_write_one_file_the_last_whole_one_stays(tmp_path: Path) -> None:
    target = tmp_path / "one.bin"
    contents = [bytes([number]) * 100_000 for number in range(64)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda content: write_atomically(target, content), contents))
    assert target.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [target]


def test_a_book_is_used_by_many_threads(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    pe.write([form_of(0)], path)
    book = pe.open(path)
    alone = (book.check(), book.annotated(), book.filled([form_of(1)]))
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda _: (book.check(), book.annotated(), book.filled([form_of(1)])), range(12)))
    assert all(result == alone for result in results)


def test_each_thread_speaks_its_own_language() -> None:
    heard: dict[str, set[str]] = {"zh": set(), "en": set()}
    start = threading.Barrier(2)

    def speak(wanted: str) -> None:
        use_language(wanted)  # type: ignore[arg-type]
        start.wait()
        heard[wanted] |= {say("review.error") for _ in range(2_000)}

    threads = [threading.Thread(target=speak, args=(wanted,)) for wanted in heard]
    before = language()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard["zh"]) == len(heard["en"]) == 1
    assert heard["zh"] != heard["en"]
    assert language() == before


def test_a_language_ends_with_its_block() -> None:
    before = language()
    with in_language("en"), in_language("zh"):
        assert language() == "zh"
    assert language() == before


# --- faults --------------------------------------------------------------------------------------------------------


def test_what_is_interrupted_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "form.xlsx"
    target.write_bytes(b"old")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_excel_holds_open_is_tried_again_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "form.xlsx"
    target.write_bytes(b"old")
    tries: list[Path] = []

    def held(_: Path, other: Path) -> Path:
        tries.append(other)
        error = PermissionError(13, "in use")
        error.winerror = 32  # type: ignore[attr-defined]
        raise error

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(files, "PAUSES", (0, 0))
    with pytest.raises(CannotWrite, match="请先关闭"), in_language("zh"):
        write_atomically(target, b"new")
    assert len(tries) == 3
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_laid_for_the_temporary_file_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim, target = tmp_path / "victim", tmp_path / "form.xlsx"
    victim.write_bytes(b"precious")
    monkeypatch.setattr(secrets, "token_hex", lambda _: "known")
    (tmp_path / ".perfeval-known.partial").symlink_to(victim)
    with pytest.raises(CannotWrite):
        write_atomically(target, b"new")
    assert victim.read_bytes() == b"precious"
