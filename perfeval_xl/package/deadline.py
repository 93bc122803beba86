"""The time a file may take: whatever it asks for, nobody waits longer.

Limits on cells, lines and characters keep the work small; what they have not foreseen ends here. One thread looks at
the clock for all files that are being read and, when the time of one is up, raises an exception in the thread that
reads it, as Ctrl-C does: files that are being written go, and the caller gets a sentence. Code in C that lets nobody in
is ended from outside (``batch.pool``).
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.limits import CONVERTED, LONGEST_CONVERSION, LONGEST_FILE, LONGEST_MEGABYTE

#: The time is up when so much of it was spent on a processor, or when so many times of it have passed.
ENOUGH: Final = 0.5
PATIENCE: Final = 3.0
#: Seconds between two looks at the clock; a library that swallows the exception gets it again at the next.
_TICK: Final = 0.2
#: The looks after which the watching thread ends when nothing was read meanwhile.
_IDLE_LOOKS: Final = 25
_MEGABYTE: Final = 1024 * 1024

_is_watched: ContextVar[bool] = ContextVar("is-watched", default=False)


class OutOfTimeError(BaseException):
    """The time is up. No ``Exception``: libraries that catch everything do not catch this one."""


def seconds_for(path: str, size: int) -> float:
    """The seconds of a file of ``size`` bytes; one that LibreOffice converts has those of the conversion as well."""
    converted = LONGEST_CONVERSION if path.lower().endswith(CONVERTED) else 0.0
    return LONGEST_FILE + LONGEST_MEGABYTE * (size // _MEGABYTE) + converted


@contextmanager
def within_its_time(path: str, size: int) -> Iterator[None]:
    """Ends the block when the file has had its time. Inside another such block, that one decides.

    Raises ``Unreadable`` (``file-too-slow``).
    """
    if _is_watched.get():
        yield
        return
    seconds = seconds_for(path, size)
    token = _is_watched.set(True)
    watch = _Watch(seconds)
    try:
        with contextlib.suppress(OutOfTimeError), watch:
            yield
    finally:
        _is_watched.reset(token)
    if watch.is_up:  # also when a library swallowed the exception: what it gives then is not whole
        raise Unreadable("file-too-slow", path=path, seconds=round(seconds))


class _Watcher:
    """The thread that looks at the clock, started when there is something to watch; a thread for each file costs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watches: set[_Watch] = set()
        self._thread: threading.Thread | None = None

    def add(self, watch: _Watch) -> None:
        """Looks at ``watch`` from now on."""
        with self._lock:
            self._watches.add(watch)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, name="deadline", daemon=True)
                # Under a limit on memory there may be no room for a thread: then only ``batch.pool`` watches the time.
                with contextlib.suppress(RuntimeError):
                    self._thread.start()

    def remove(self, watch: _Watch) -> None:
        """Looks at ``watch`` no more."""
        with self._lock:
            self._watches.discard(watch)

    def _look(self) -> None:
        idle = 0
        while True:
            time.sleep(_TICK)
            with self._lock:
                watches = list(self._watches)
                idle = 0 if watches else idle + 1
                if idle > _IDLE_LOOKS:
                    self._thread = None
                    return
            for watch in watches:
                watch.look()


_watcher = _Watcher()


def _watch_anew() -> None:
    """After a fork: the thread is not in the child, and its lock may be held for ever."""
    global _watcher
    _watcher = _Watcher()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_watch_anew)


class _Watch:
    """Watches the thread that enters it until that leaves."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._thread = threading.get_ident()
        self._is_over = False
        self._lock = threading.Lock()
        #: Whether the exception was raised.
        self.is_up = False
        self._started = time.monotonic()
        self._used = self._processor_seconds()

    def __enter__(self) -> None:
        _watcher.add(self)

    def __exit__(self, *_: object) -> None:
        """Nothing is raised from here on, also when the time is up at this very moment."""
        with contextlib.suppress(OutOfTimeError):
            self._stop()
        self._stop()

    def _stop(self) -> None:
        with self._lock:
            self._is_over = True
        _watcher.remove(self)
        if self.is_up:
            _raise_in(self._thread, None)

    def look(self) -> None:
        """Ends the block if its time is up."""
        with self._lock:
            if not self._is_over and self._has_had_its_time() and not self._is_leaving():
                self.is_up = True
                _say_nothing_of_it()
                _raise_in(self._thread, OutOfTimeError)

    def _is_leaving(self) -> bool:
        """Whether the block ends at this moment: what is raised on its way out would be caught by nobody."""
        frame = sys._current_frames().get(self._thread)
        return frame is not None and frame.f_code.co_filename in _DOORS

    def _has_had_its_time(self) -> bool:
        """On a busy machine the same work takes longer, though not for ever."""
        passed = time.monotonic() - self._started
        used = self._processor_seconds() - self._used
        return used > ENOUGH * self._seconds or passed > PATIENCE * self._seconds

    def _processor_seconds(self) -> float:
        """What the watched thread has used of a processor; where the system does not say, what the program has."""
        clock = getattr(time, "pthread_getcpuclockid", None)
        return float(time.clock_gettime(clock(self._thread))) if clock else time.process_time()


#: The files whose code runs when a block is entered and left, as the code itself names them.
_DOORS: Final = (_Watch.__exit__.__code__.co_filename, contextmanager.__code__.co_filename)


def _say_nothing_of_it() -> None:
    """Met while an object is taken down, the exception goes no further and Python prints it: it is raised again."""
    before = sys.unraisablehook
    if before.__module__ != __name__:  # set already

        def quiet(found: sys.UnraisableHookArgs) -> None:
            if found.exc_type is not OutOfTimeError:
                before(found)

        sys.unraisablehook = quiet


def _raise_in(thread: int, problem: type[BaseException] | None) -> None:
    """Raises ``problem`` in another thread at its next step; ``None`` takes back what it has not met yet."""
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(problem) if problem else None)
