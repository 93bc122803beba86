"""A worker process: reads a file, does the work, reports the result, and goes on with the next.

It is started as ``python -c`` with standard input and output as its pipes. Nothing else reaches the
pipes: what libraries print goes nowhere. When its parent is gone its input ends, and it stops, even in the middle of a
file.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, Final

import msgspec

from perfeval_xl.batch.remote import is_url, read
from perfeval_xl.batch.sources import printable
from perfeval_xl.batch.task import Failure, FileState, Reply, Setup, Task, Work, digest_of, read_frame, write_frame
from perfeval_xl.errors import PerfevalError, Unreadable
from perfeval_xl.files import bytes_of
from perfeval_xl.messages import use_language
from perfeval_xl.package.deadline import within_its_time

#: The index of the reply that reports that the worker has started and loaded the work.
READY: Final = -1


def main() -> None:
    """Works on the chunks of the parent until its pipe ends."""
    incoming, outgoing = _pipes()
    first = read_frame(incoming)
    if first is None:
        return
    setup: Setup = pickle.loads(first)
    use_language(setup.language)
    limit_memory(setup.megabytes)
    gc.freeze()  # what is loaded stays, and a file leaves few reference cycles, so the collector runs seldom
    gc.set_threshold(50_000, 50, 50)
    encode = msgspec.msgpack.Encoder().encode
    write_frame(outgoing, encode(Reply(READY)))
    chunks: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(incoming, chunks), daemon=True).start()
    while True:
        for task in pickle.loads(chunks.get()):
            write_frame(outgoing, encode(do(task, setup.work)))


def _listen(incoming: BinaryIO, chunks: SimpleQueue[bytes]) -> None:
    """Receives chunks, also while a file hangs; ends the process when the parent closes the pipe."""
    while (chunk := read_frame(incoming)) is not None:
        chunks.put(chunk)
    os._exit(0)


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent, moved off standard input and output: no library can print into the protocol."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    return incoming, outgoing


def limit_memory(megabytes: int) -> None:
    """Makes larger allocations fail at once where the system supports it; elsewhere the parent watches the memory."""
    if sys.platform == "win32":
        return
    import resource

    with_what_it_has = _address_space() + megabytes * 1024 * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or with_what_it_has < hard:
        resource.setrlimit(resource.RLIMIT_AS, (with_what_it_has, hard))


def _address_space() -> int:
    import psutil

    space: int = psutil.Process().memory_info().vms
    return space


def do(task: Task, work: Work) -> Reply:
    """The work on one file. Nothing about the file stops the worker; only an interrupt of the user passes."""
    stamp: FileState | None = None
    name = printable(task.path)
    try:
        modified = 0 if task.data is not None else _modified(task.path)
        data = task.data if task.data is not None else _bytes_of(task.path)
        stamp = FileState(len(data), modified, digest_of(data))
        with within_its_time(name, len(data)):
            return Reply(task.index, work(data, name), None, stamp)
    except PerfevalError as error:
        failure = Failure.of(error)
    except MemoryError:
        failure = Failure.of(Unreadable("worker-memory", path=name))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # includes the panic of a parser in Rust
        failure = Failure.of(Unreadable("unexpected", path=name, detail=f"{type(error).__name__}: {error}"))
    return Reply(task.index, None, failure, stamp)


def _bytes_of(path: str) -> bytes:
    return read(path) if is_url(path) else bytes_of(Path(path))


def _modified(path: str) -> int:
    """When the file was last changed, taken before it is read: a change while it is read is seen later."""
    try:
        return Path(path).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0
