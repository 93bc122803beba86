"""The engine for many files: every file accounted for once, in order, whatever some of them do to a worker."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from perfeval_xl.batch import Limits, Outcome, find_sources, run
from perfeval_xl.batch import pool as pool_module
from perfeval_xl.batch.engine import FEW, job_count
from perfeval_xl.batch.task import Task
from perfeval_xl.batch.worker import do
from perfeval_xl.errors import PerfevalError, Unreadable
from tests.hostile_work import HostileWork

#: Short, so that the tests are; a good file takes a thousandth of it.
LIMITS = Limits(seconds=1.5, megabytes=300)
#: What a file says -> the key of the error that names it.
BAD = {
    "abort": "worker-lost",
    "exit": "worker-lost",
    "hang": "worker-time",
    "sleep": "worker-time",
    "grow": "worker-memory",
    "at once": "worker-memory",
    "refuse": "file-damaged",
    "mistake": "unexpected",
}
#: First, last, side by side, and in the middle of chunks.
HOSTILE = (0, 1, 2, 30, 31, 60, 61, 77, 90, 100, 101, 110, 120, 121, 148, 149)


def files(folder: Path, count: int, bad: dict[int, str] | None = None) -> list[str]:
    """``count`` small files, some of them with a word that a hostile work obeys."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        text = (bad or {}).get(number, "good")
        (folder / f"{number:04d}.txt").write_text(f"{text:<10}{number}")
    return [str(path) for path in sorted(folder.iterdir())]


def told(outcome: Outcome) -> str:
    return "" if outcome.error is None else outcome.error.key


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


# --- accounts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_file_is_accounted_for_once_and_in_order(tmp_path: Path, jobs: int) -> None:
    """150 files, sixteen of them hostile: side by side, the first, the last, and in the middle of chunks."""
    places = dict(zip(HOSTILE, [*BAD, *BAD], strict=True))
    paths = files(tmp_path / "in", 150, places)
    before = children()
    outcomes = list(run(paths, HostileWork(), jobs=jobs, limits=LIMITS))
    assert [outcome.path for outcome in outcomes] == paths
    assert {number: told(outcome) for number, outcome in enumerate(outcomes) if outcome.error} == {
        number: BAD[word] for number, word in places.items()
    }
    for path, outcome in zip(paths, outcomes, strict=True):
        if outcome.error is None:
            assert outcome.decoded(dict) == {"name": path, "size": Path(path).stat().st_size}
        else:
            assert path in str(outcome.error)
    assert children() <= before


def test_the_reason_is_in_the_sentence(tmp_path: Path) -> None:
    paths = files(tmp_path / "in", 3, {0: "abort", 1: "exit", 2: "hang"})
    sentences = [str(outcome.error) for outcome in run(paths, HostileWork(), jobs=1, limits=LIMITS)]
    assert [word in sentence for word, sentence in zip(("ABRT", "3", "2"), sentences, strict=True)] == [True] * 3


def test_a_file_that_is_gone_and_one_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    paths = [str(tmp_path / "gone.xlsx"), str(tmp_path / "folder.xlsx"), *files(tmp_path / "in", 1)]
    assert [told(outcome) for outcome in run(paths, HostileWork())] == ["file-missing", "file-is-folder", ""]


def test_nothing_to_do() -> None:
    assert list(run((), HostileWork())) == []


def test_slow_files_are_waited_for_and_held_in_order(tmp_path: Path) -> None:
    paths = files(tmp_path / "in", 40, {0: "slow", 21: "slow"})
    assert [outcome.path for outcome in run(paths, HostileWork(), jobs=2)] == paths


def test_larger_files_may_take_longer() -> None:
    limits = Limits(seconds=10, seconds_per_megabyte=5)
    assert limits.seconds_for("a.xlsx", 0) == 10
    assert limits.seconds_for("a.xlsx", 4 * 1024 * 1024) == 30
    assert limits.seconds_for("a.doc", 0) > 100


# --- processes ----------------------------------------------------------------------------------------------------


def test_few_files_take_one_worker_and_many_all_processors() -> None:
    assert job_count(FEW) == 1
    assert 1 <= job_count(FEW + 1) <= (psutil.cpu_count() or 1)


def test_a_single_harmless_file_takes_no_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a worker was started")

    monkeypatch.setattr(pool_module, "WorkerProcess", refuse)
    assert [told(outcome) for outcome in run(files(tmp_path / "in", 1), HostileWork())] == [""]


@pytest.mark.parametrize("suffix", [".xls", ".et", ".xlsb", ".ods", ".pdf", ".PDF"])
def test_a_single_file_of_a_risky_kind_takes_one(tmp_path: Path, suffix: str) -> None:
    """It would end this process."""
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"abort")
    assert [told(outcome) for outcome in run([str(path)], HostileWork())] == ["worker-lost"]


def test_leaving_early_ends_the_workers(tmp_path: Path) -> None:
    paths = files(tmp_path / "in", 60, dict.fromkeys(range(3, 60), "hang"))
    before = children()
    outcomes = run(paths, HostileWork(), jobs=2)
    assert told(next(outcomes)) == ""
    assert children() > before
    outcomes.close()
    assert children() <= before


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    """Nobody can tell them any more, and each hangs in a file."""
    paths = files(tmp_path / "in", 2, {0: "hang", 1: "hang"})
    work = "from tests.hostile_work import HostileWork"
    code = f"from perfeval_xl.batch import run\n{work}\nlist(run({paths!r}, HostileWork(), jobs=2))"
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[1])
    workers: list[psutil.Process] = []
    while len(workers) < 2:
        time.sleep(0.05)
        workers = psutil.Process(parent.pid).children()
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    assert psutil.wait_procs(workers, timeout=20)[1] == []


def test_a_worker_that_cannot_start_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "worker_command", lambda: ["false"])
    with pytest.raises(Unreadable) as error:
        list(run(files(tmp_path / "in", 60), HostileWork(), jobs=1))
    assert error.value.key == "workers-do-not-start"


def test_runs_in_threads_do_not_meet(tmp_path: Path) -> None:
    """The web page runs several at a time."""
    found: Counter[str] = Counter()

    def one(name: str) -> None:
        paths = files(tmp_path / name, 20, {5: "abort"})
        found.update(told(outcome) for outcome in run(paths, HostileWork(), jobs=1))

    threads = [threading.Thread(target=one, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"": 38, "worker-lost": 2}


def test_a_slow_reader_of_results_condemns_nobody(tmp_path: Path) -> None:
    outcomes = run(files(tmp_path / "in", 30), HostileWork(), jobs=2, limits=Limits(seconds=0.5, megabytes=300))
    assert told(next(outcomes)) == ""
    time.sleep(1.5)
    assert [told(outcome) for outcome in outcomes] == [""] * 29


def test_an_interrupt_of_the_user_is_no_mistake_of_a_file(tmp_path: Path) -> None:
    class Interrupted(HostileWork):
        def __call__(self, data: bytes, name: str) -> bytes:
            raise KeyboardInterrupt

    (path,) = files(tmp_path / "in", 1)
    with pytest.raises(KeyboardInterrupt):
        do(Task(0, path), Interrupted())


# --- sources ------------------------------------------------------------------------------------------------------


def test_what_was_found_in_a_folder_is_known_from_what_was_named(tmp_path: Path) -> None:
    first, second = files(tmp_path / "in", 2)
    sources = find_sources([str(tmp_path / "in"), first])
    assert sources.paths == (first, second)
    assert sources.in_folders == {second}


def test_errors_keep_their_kind_on_the_way_from_a_worker(tmp_path: Path) -> None:
    paths = files(tmp_path / "in", 2, {0: "refuse"})
    error = next(iter(run(paths, HostileWork()))).error
    assert isinstance(error, PerfevalError)
    assert type(error) is Unreadable
    assert error.values["path"] == paths[0]
