"""Files that are not on this machine, by fsspec URLs: ``s3://bucket/folder``, ``file:///…`` and what else it knows."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final, cast

import msgspec

from perfeval_xl.errors import CannotWrite, Unreadable
from perfeval_xl.package.limits import MOST_BYTES
from perfeval_xl.sources.formats import READABLE

_IN_MEMORY: Final = 64 * 1024 * 1024


class RemoteFile(msgspec.Struct, frozen=True):
    """One file of a store, and what tells that it has changed: its size, and its time or the store's own mark."""

    url: str
    size: int
    version: str


def is_url(name: str) -> bool:
    """Whether a source or result is named by a URL. ``C:/`` and ``-`` are not."""
    return "://" in name


def _opened(url: str, problem: type[Unreadable] | type[CannotWrite]) -> tuple[Any, str]:
    """The file system of a URL and the path in it."""
    try:
        import fsspec
    except ImportError:
        raise problem("url-needs-fsspec", path=url) from None
    try:
        system, path = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:  # no such protocol, or its package is not installed
        raise problem("url-unknown", path=url, detail=error) from None
    return system, str(path)


def find(url: str) -> tuple[list[RemoteFile], list[str]]:
    """The readable files a URL stands for (a file, a folder with all below it, a pattern), and the other names there.

    Raises ``Unreadable``.
    """
    system, path = _opened(url, Unreadable)
    try:
        if "*" in path or "?" in path:
            listed = system.glob(path, detail=True)
        elif system.isfile(path):
            listed = {path: system.info(path)}
        else:
            listed = system.find(path, detail=True)
    except (OSError, ValueError) as error:
        raise Unreadable("file-unreadable", path=url, detail=error) from None
    shown = {name: info for name, info in sorted(listed.items()) if info.get("type") == "file" and not _is_hidden(name)}
    readable = [
        RemoteFile(system.unstrip_protocol(name), int(info.get("size") or 0), _version(info))
        for name, info in shown.items()
        if PurePosixPath(name).suffix.lower() in READABLE
    ]
    if not readable:
        raise Unreadable("no-source", path=url, kinds=" ".join(READABLE))
    return readable, [name for name in shown if PurePosixPath(name).suffix.lower() not in READABLE]


def _is_hidden(name: str) -> bool:
    return PurePosixPath(name).name.startswith(("~$", "."))


def _version(info: dict[str, Any]) -> str:
    return str(info.get("ETag") or info.get("mtime") or info.get("LastModified") or "")


def read(url: str) -> bytes:
    """The bytes of a file. Raises ``Unreadable``."""
    system, path = _opened(url, Unreadable)
    try:
        if int(system.info(path).get("size") or 0) > MOST_BYTES:
            raise Unreadable("file-too-large", path=url, most=MOST_BYTES // 1024 // 1024)
        data: bytes = system.cat_file(path)
    except FileNotFoundError:
        raise Unreadable("file-missing", path=url) from None
    except (OSError, ValueError) as error:
        raise Unreadable("file-unreadable", path=url, detail=error) from None
    return data


@contextmanager
def writing(url: str) -> Iterator[BinaryIO]:
    """A file to write piece by piece; put beside its name, it takes it when it is whole. Raises ``CannotWrite``."""
    system, path = _opened(url, CannotWrite)
    partial = f"{path}.{secrets.token_hex(8)}.partial"
    with SpooledTemporaryFile(_IN_MEMORY) as spool:
        yield cast(BinaryIO, spool)
        spool.seek(0)
        try:
            system.makedirs(PurePosixPath(path).parent.as_posix(), exist_ok=True)
            with system.open(partial, "wb") as file:
                while block := spool.read(1 << 20):
                    file.write(block)
            system.mv(partial, path)
        except (OSError, ValueError) as error:
            raise CannotWrite("cannot-write", path=url, detail=error) from None


def reading(url: str) -> BinaryIO:
    """A file that can be read from any place in it. Raises ``Unreadable``."""
    return io.BytesIO(read(url))


def names_in(url: str) -> dict[str, str]:
    """Name -> URL of the files that stand in a folder; none where there is no folder yet."""
    system, path = _opened(url, CannotWrite)
    try:
        system.invalidate_cache()
        return {PurePosixPath(name).name: system.unstrip_protocol(name) for name in system.find(path)}
    except FileNotFoundError:
        return {}


def remove(url: str) -> None:
    """Takes a file away. Raises ``CannotWrite``."""
    system, path = _opened(url, CannotWrite)
    try:
        system.rm_file(path)
    except (OSError, ValueError) as error:
        raise CannotWrite("cannot-write", path=url, detail=error) from None
