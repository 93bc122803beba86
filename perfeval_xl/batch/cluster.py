"""The same work on many machines: chunks of files go to the workers of a Dask cluster, which run the engine there.

In each of them a file is read by a process of its own kind, as on one machine, so a hostile file does not cost the
Dask worker. A Dask worker that is lost costs nothing: its chunks are given to another one. Sources and results are
named so that every machine finds them: URLs, or paths of a shared disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from typing import Any, Final, TypeVar

import msgspec

from perfeval_xl.batch import remote
from perfeval_xl.batch.ledger import LedgerWriter
from perfeval_xl.batch.pool import Pool
from perfeval_xl.batch.sources import printable
from perfeval_xl.batch.task import Failure, Limits, Outcome, Reply, Task, Work, decoded_reply
from perfeval_xl.errors import PerfevalError, Unreadable
from perfeval_xl.messages import Language, in_language, language

T = TypeVar("T")
#: Files of one chunk: about two seconds of work, against a tenth of a second for starting its process.
LARGEST_CHUNK: Final = 200
#: Chunks for each thread of the cluster that are under way at a time.
_UNDER_WAY: Final = 3
#: A chunk is tried again this many times when its Dask worker is lost.
_RETRIES: Final = 5
_CONNECT_SECONDS: Final = 30
_encode: Final = msgspec.msgpack.Encoder().encode


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """The connection to a cluster. Raises ``Unreadable`` when there is none at ``address``."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise Unreadable("cluster-needs-dask") from None
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise Unreadable("cluster-unreachable", address=address, detail=error or type(error).__name__) from None
    with client:
        yield client


def replies(tasks: Sequence[Task], work: Work, address: str, limits: Limits) -> Iterator[Reply]:
    """A reply for every task, as they come. Raises ``Unreadable`` when the cluster cannot be reached."""
    with _client(address) as client:
        threads = max(1, sum(client.nthreads().values()))
        size = max(1, min(LARGEST_CHUNK, -(-len(tasks) // (2 * threads))))
        chunks = [tasks[start : start + size] for start in range(0, len(tasks), size)]
        for chunk, result in _spread(client, threads, _worked_on, chunks, work, limits, language()):
            if isinstance(result, Failure):
                yield from (_lost(task, result) for task in chunk)
            else:
                yield from map(decoded_reply, result)


def _worked_on(chunk: Sequence[Task], work: Work, limits: Limits, said_in: Language) -> list[bytes]:
    """Works on one chunk, on a machine of the cluster."""
    with in_language(said_in):
        return [_encode(reply) for reply in Pool(chunk, work, 1, limits).replies()]


def _spread(
    client: Any, threads: int, function: Callable[..., T], chunks: Sequence[Any], *arguments: Any
) -> Iterator[tuple[Any, T | Failure]]:
    """Each chunk with what ``function`` gave for it, as they come; only some are under way at a time."""
    waiting = iter(chunks)
    under_way: dict[str, Any] = {}

    def submit(count: int) -> list[Any]:
        futures = []
        for chunk in islice(waiting, count):
            future = client.submit(function, chunk, *arguments, pure=False, retries=_RETRIES)
            under_way[future.key] = chunk
            futures.append(future)
        return futures

    distributed: Any = import_module("distributed")
    completed = distributed.as_completed(submit(_UNDER_WAY * threads), loop=client.loop)
    for future in completed:
        chunk = under_way.pop(future.key)
        error = future.exception() if future.status != "finished" else None
        yield chunk, _failure(error) if error is not None else future.result()
        future.release()
        completed.update(submit(1))


def _failure(error: BaseException) -> Failure:
    if isinstance(error, PerfevalError):
        return Failure.of(error)
    return Failure.of(Unreadable("cluster-lost", path="", detail=f"{type(error).__name__}: {error}"))


def _lost(task: Task, failure: Failure) -> Reply:
    values = {**failure.values, "path": printable(task.path)}
    return Reply(task.index, failure=msgspec.structs.replace(failure, values=values))


# --- the ledger in parts ------------------------------------------------------------------------------------------


class Part(msgspec.Struct, frozen=True):
    """One file of a ledger: its name says which sources, in which state and under which work, it is made of."""

    name: str
    paths: tuple[str, ...]


def parts_of(files: Sequence[remote.RemoteFile], work: Work, program: str, size: int = LARGEST_CHUNK) -> list[Part]:
    """The parts of a ledger of ``files``, in their order; the same parts on every run as long as nothing changes."""
    parts = []
    for number, start in enumerate(range(0, len(files), size)):
        group = files[start : start + size]
        text = "\n".join([program, work.identity(), language(), *(str(msgspec.to_builtins(file)) for file in group)])
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        parts.append(Part(f"part-{number:06d}-{digest}.parquet", tuple(file.url for file in group)))
    return parts


def write_ledger(parts: Sequence[Part], folder: str, work: Work, address: str, limits: Limits) -> Iterator[Outcome]:
    """Writes every part that is not there yet, each whole or not at all, and takes away parts of other states.

    Gives an outcome, without its product, for every source; those of parts that were there already come first.
    """
    there = remote.names_in(folder)
    done = [part for part in parts if part.name in there]
    todo = [part for part in parts if part.name not in there]
    for part in done:
        yield from _outcomes_in(there[part.name])
    if todo:
        with _client(address) as client:
            threads = max(1, sum(client.nthreads().values()))
            for part, result in _spread(client, threads, _write_part, todo, folder, work, limits, language()):
                for path, failure in zip(part.paths, _failures(part, result), strict=True):
                    yield Outcome(printable(path), error=failure.error() if failure else None)
    wanted = {part.name for part in parts}
    for name, url in remote.names_in(folder).items():  # also what a lost worker had not finished
        if name.startswith("part-") and name not in wanted:
            remote.remove(url)


def _failures(part: Part, result: list[Failure | None] | Failure) -> list[Failure | None]:
    if not isinstance(result, Failure):
        return result
    return [_lost(Task(0, path), result).failure for path in part.paths]


def _write_part(part: Part, folder: str, work: Work, limits: Limits, said_in: Language) -> list[Failure | None]:
    """Reads the sources of one part on a machine of the cluster and writes it; the failure of each source."""
    tasks = [Task(index, path) for index, path in enumerate(part.paths)]
    failures: list[Failure | None] = [None] * len(tasks)
    with in_language(said_in), remote.writing(f"{folder.rstrip('/')}/{part.name}") as stream:
        ledger = LedgerWriter(stream)
        ordered = sorted(Pool(tasks, work, 1, limits).replies(), key=lambda reply: reply.index)
        for reply in ordered:
            failures[reply.index] = reply.failure
            ledger.add(Outcome.of(printable(part.paths[reply.index]), reply))
        ledger.close()
    return failures


def _outcomes_in(url: str) -> Iterator[Outcome]:
    """The outcomes of the sources of a part that was written before."""
    import pyarrow.parquet as parquet

    with remote.reading(url) as stream:
        rows = parquet.read_table(stream, columns=["source", "error"]).to_pylist()
    for source, error in {row["source"]: row["error"] for row in rows}.items():
        yield Outcome(source, error=Unreadable("told-before", sentence=error) if error else None)
