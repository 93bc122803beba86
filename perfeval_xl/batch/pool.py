"""The worker processes and their supervision: files go out in chunks, results come back one by one.

A chunk keeps a worker busy without asking; since every file of it is answered by itself and in order, the file a lost
worker had is the first one without an answer. It alone is blamed, the rest goes to other workers.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final, cast

import psutil

from perfeval_xl.batch.sources import printable
from perfeval_xl.batch.task import (
    Failure,
    Limits,
    Reply,
    Setup,
    Task,
    Work,
    decoded_reply,
    read_frame,
    write_frame,
)
from perfeval_xl.batch.worker import READY
from perfeval_xl.errors import Unreadable
from perfeval_xl.messages import language
from perfeval_xl.package.deadline import ENOUGH, PATIENCE

#: Files in one message: enough that messages cost nothing, few enough that all workers finish together.
LARGEST_CHUNK: Final = 64
#: How many files the workers may be ahead of the slowest, whose result is waited for.
AHEAD: Final = 4096
#: Seconds between two looks at time and memory.
TICK: Final = 0.2
#: Seconds for Python to start and the work to be loaded, on a machine that does something else.
LONGEST_START: Final = 120.0
#: Workers lost one after another before any of them began.
MOST_FAILED_STARTS: Final = 3
#: A worker that keeps this share of its limit after a chunk is replaced by a fresh one.
LARGE_SHARE: Final = 0.4
#: A file is first measured after this share of the shortest limit.
FIRST_LOOK: Final = 0.2

Event = tuple["WorkerProcess", Reply | None]


class WorkerProcess:
    """One worker: its process, the files it was given, and a thread that receives its answers."""

    def __init__(self, setup: bytes, events: SimpleQueue[Event]) -> None:
        self.process = subprocess.Popen(
            worker_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **_own_group(),
        )
        self.files: deque[Task] = deque()
        self.ready = False
        #: The file because of which it was ended, and the error.
        self.condemned: tuple[int, Failure] | None = None
        self._heard = self._taken = 0
        #: The file that takes long, and the processor time of the process when that was first seen.
        self._first_look = -1, 0.0
        self._last = time.monotonic()
        threading.Thread(target=self._listen, args=(events,), daemon=True).start()
        self._send(setup)

    def _listen(self, events: SimpleQueue[Event]) -> None:
        stream = self.process.stdout
        assert stream is not None
        with contextlib.suppress(OSError, ValueError):
            while (data := read_frame(cast(Any, stream))) is not None:
                reply = decoded_reply(data)
                self._last = time.monotonic()
                if reply.index == READY:
                    self.ready = True
                else:
                    self._heard += 1
                    events.put((self, reply))
        events.put((self, None))

    def _send(self, data: bytes) -> None:
        stream = self.process.stdin
        assert stream is not None
        with contextlib.suppress(OSError):  # the process has ended: the listening thread reports it
            write_frame(cast(Any, stream), data)

    def give(self, chunk: Sequence[Task]) -> None:
        """Files to work on, in this order."""
        if self.ready:
            self._last = time.monotonic()
        self.files.extend(chunk)
        self._send(pickle.dumps(list(chunk)))

    def take(self) -> Task:
        """The file the next answer is about."""
        self._taken += 1
        return self.files.popleft()

    def current(self) -> Task | None:
        """The file it works on now; ``None`` when every answer has arrived."""
        ahead = self._heard - self._taken
        return self.files[ahead] if ahead < len(self.files) else None

    def seconds(self) -> float:
        """Seconds since the last answer."""
        return time.monotonic() - self._last

    def has_had(self, allowed: float, task: Task) -> bool:
        """Whether ``task`` is over its time: by processor time, or by a multiple of it on the clock."""
        if self._first_look[0] != task.index:
            self._first_look = task.index, self.processor_seconds()
        used = self.processor_seconds() - self._first_look[1]
        return self.seconds() > allowed and (used > ENOUGH * allowed or self.seconds() > PATIENCE * allowed)

    def processor_seconds(self) -> float:
        """Processor seconds since the process began."""
        try:
            times = psutil.Process(self.process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def memory(self) -> int:
        """The bytes it occupies now."""
        try:
            occupied: int = psutil.Process(self.process.pid).memory_info().rss
        except psutil.Error:
            return 0
        return occupied

    def condemn(self, task: Task, key: str, **values: object) -> None:
        """Ends the process because ``task`` went over a limit."""
        error = Unreadable(key, path=printable(task.path), **values)
        self.condemned = (task.index, Failure.of(error))
        self.kill()

    def kill(self) -> None:
        """Ends the process and whatever it started, a LibreOffice for example."""
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self.process.kill()
            else:
                os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> int:
        """Waits for the end; the exit status."""
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
        return self.process.wait()

    def retire(self) -> None:
        """Lets the process end by itself by closing its input."""
        with contextlib.suppress(OSError):
            if self.process.stdin is not None:
                self.process.stdin.close()


def worker_command() -> list[str]:
    """How a worker is started: the same Python with the same search path. A frozen program takes the same arguments."""
    code = f"import sys; sys.path[:] = {sys.path!r}; from perfeval_xl.batch.worker import main; main()"
    return [sys.executable, "-c", code]


def _own_group() -> dict[str, Any]:
    """Keeps Ctrl-C from the workers (the program ends them) and lets a worker be ended with all it started."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"process_group": 0}


class Pool:
    """The workers of one run. ``replies`` runs them; when it is left, early or late, all of them are ended."""

    def __init__(self, tasks: Sequence[Task], work: Work, jobs: int, limits: Limits) -> None:
        self._waiting = deque(tasks)
        self._setup = pickle.dumps(Setup(work, language(), limits.megabytes))
        self._jobs = jobs
        self._limits = limits
        self._workers: list[WorkerProcess] = []
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._failed_starts = 0

    def replies(self) -> Iterator[Reply]:
        """A reply for every task, as they come. Raises ``Unreadable`` when no worker can be started at all."""
        looked = time.monotonic()
        try:
            while self._waiting or any(worker.files for worker in self._workers):
                self._hand_out()
                with contextlib.suppress(Empty):
                    reply = self._heard(*self._events.get(timeout=TICK))
                    if reply is not None:
                        yield reply
                if time.monotonic() - looked >= TICK:
                    self._look_after_them()
                    looked = time.monotonic()
        finally:
            self._end()

    # -- giving --

    def _hand_out(self) -> None:
        for worker in [worker for worker in self._workers if not worker.files and worker.condemned is None]:
            if self._may_give():
                worker.give(self._chunk())
        while len(self._workers) < self._jobs and self._may_give():
            worker = WorkerProcess(self._setup, self._events)
            self._workers.append(worker)
            worker.give(self._chunk())

    def _may_give(self) -> bool:
        if not self._waiting:
            return False
        slowest = min((worker.files[0].index for worker in self._workers if worker.files), default=None)
        return slowest is None or self._waiting[0].index - slowest < AHEAD

    def _chunk(self) -> list[Task]:
        size = max(1, min(LARGEST_CHUNK, len(self._waiting) // (4 * self._jobs)))
        return [self._waiting.popleft() for _ in range(min(size, len(self._waiting)))]

    # -- hearing --

    def _heard(self, worker: WorkerProcess, reply: Reply | None) -> Reply | None:
        if reply is None:
            return self._lost(worker)
        self._failed_starts = 0
        worker.take()
        if not worker.files and worker.memory() > LARGE_SHARE * self._limits.megabytes * 1024 * 1024:
            worker.retire()
            self._workers.remove(worker)
        return reply

    def _lost(self, worker: WorkerProcess) -> Reply | None:
        """Handles a worker that has ended: the reply about the file it had, if it had one."""
        status = worker.close()
        if worker in self._workers:
            self._workers.remove(worker)
        if not worker.files:
            return None
        blamed: Reply | None = None
        if worker.condemned is None and not worker.ready:
            self._count_failed_start(status)
        elif worker.condemned is None:
            error = Unreadable("worker-lost", path=printable(worker.files[0].path), status=_words(status))
            blamed = Reply(worker.files.popleft().index, failure=Failure.of(error))
        elif worker.condemned[0] == worker.files[0].index:
            blamed = Reply(worker.files.popleft().index, failure=worker.condemned[1])
        self._waiting.extendleft(reversed(worker.files))
        worker.files.clear()
        return blamed

    def _count_failed_start(self, status: int) -> None:
        self._failed_starts += 1
        if self._failed_starts >= MOST_FAILED_STARTS:
            raise Unreadable("workers-do-not-start", status=_words(status))

    # -- watching --

    def _look_after_them(self) -> None:
        for worker in self._workers:
            task = worker.current()
            if task is None or worker.condemned is not None:
                continue
            if not worker.ready:
                if worker.seconds() > LONGEST_START:
                    worker.kill()
                continue
            if worker.memory() > self._limits.megabytes * 1024 * 1024:
                worker.condemn(task, "worker-memory")
            elif worker.seconds() > FIRST_LOOK * self._limits.seconds:
                allowed = self._limits.seconds_for(task.path, _size(task))
                if worker.has_had(allowed, task):
                    worker.condemn(task, "worker-time", seconds=round(allowed))

    def _end(self) -> None:
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.close()
        self._workers.clear()


def _size(task: Task) -> int:
    if task.data is not None:
        return len(task.data)
    try:
        return Path(task.path).stat().st_size
    except (OSError, ValueError):
        return 0


def _words(status: int) -> str:
    """``SIGABRT`` for a process that a signal ended, else its exit status."""
    if status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return str(status)
