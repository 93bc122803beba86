"""Checking many workbooks: by one and by two processes, as their number grows; the sheets of one workbook."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Self

import msgspec
import psutil

from benchmarks.scoring import sample
from perfeval_xl.batch import CheckWork, find_sources, run
from perfeval_xl.workbook.open_workbook import to_workbook


def main(counts: Sequence[int] = (100, 1000)) -> None:
    """Prints files per second and peak memory for each number of files, then seconds for sheets of one workbook."""
    form = sample()
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(max(counts)):
            project = msgspec.structs.replace(form.project, code=f"{number:06d}")
            (folder / f"{number:06d}.xlsx").write_bytes(to_workbook([msgspec.structs.replace(form, project=project)]))
        paths = find_sources([name]).paths
        for count in counts:
            with Largest() as largest:
                seconds = {jobs: _seconds(paths[:count], jobs) for jobs in (1, 2)}
            rates = ", ".join(f"{jobs} jobs {count / taken:6.0f} files/s" for jobs, taken in seconds.items())
            print(f"{count:>6} files: {rates}, {seconds[1] / seconds[2]:.2f} times as fast; {largest}")
        for sheets in (125, 250, 500):
            path = folder / "many.xlsx"
            path.write_bytes(to_workbook([form] * sheets))
            print(f"{sheets:>6} sheets of one workbook: {_seconds((str(path),), 1):.2f} s")


class Largest:
    """Watches the memory of this process and its workers: the most that one of each has held, in MB."""

    def __init__(self) -> None:
        self.main = self.worker = 0
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._watching, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def __str__(self) -> str:
        return f"at most {self.main} MB, a worker {self.worker} MB"

    def _watching(self) -> None:
        own = psutil.Process()
        while not self._done.wait(0.2):
            self.main = max(self.main, _megabytes(own))
            self.worker = max([self.worker, *map(_megabytes, own.children(recursive=True))])


def _megabytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss) // 1024 // 1024
    except psutil.NoSuchProcess:
        return 0


def _seconds(paths: Sequence[str], jobs: int) -> float:
    start = perf_counter()
    failed = sum(outcome.error is not None for outcome in run(paths, CheckWork(None), jobs=jobs))
    if failed:
        raise SystemExit(f"{failed} files failed")
    return perf_counter() - start


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or (100, 1000))
