"""Document modules of a ``vbaProject.bin``: one for the workbook and each sheet; added for new sheets, and removed.

Excel removes a macro project whose document modules and the code names of workbook and sheets disagree. What is
written is the source alone, as [MS-OVBA] 2.3.4.1 asks of a writer: the compiled code beside it (``__SRP_`` streams,
the cache in front of each source) belongs to one version of Office and one set of modules, and is made anew.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Sequence
from typing import Any, Final

import olefile

from perfeval_xl.package.compound_file import CompoundFileError, Folder, compound_file
from perfeval_xl.package.vba_compression import compress, decompress
from perfeval_xl.package.vba_records import (
    END_OF_MODULE,
    END_OF_PROJECT,
    MODULE_COUNT,
    MODULE_NAME,
    NO_CACHE,
    SOURCE_OFFSET,
    STREAM_NAME_IN_UNICODE,
    module_names,
    module_record,
    record,
    records,
    sheet_source,
)

_CACHE: Final = "__SRP_"
_DOCUMENT: Final = re.compile(rb"(?m)^Document=[^\r\n]*\r?\n")


class MacroProjectError(ValueError):
    """The project cannot be read, so that it cannot be changed without harm."""


def module_names_in(project: bytes) -> list[str]:
    """The names of all modules of a project. Raises ``MacroProjectError``."""
    return _Project(project).names


def with_sheet_modules(project: bytes, added: Sequence[str], removed: Sequence[str] = ()) -> bytes:
    """The project with an empty module for each added sheet and without those of removed ones. Names are ASCII.

    Raises ``MacroProjectError``.
    """
    opened = _Project(project)
    for name in removed:
        opened.remove(name)
    for name in added:
        opened.add(name)
    return opened.to_bytes()


class _Project:
    """The streams of a project, apart."""

    def __init__(self, project: bytes) -> None:
        try:
            self._root = _storage(project)
            self._vba: dict[str, Any] = _folder(self._root, "VBA")
            self._project = _stream(self._root, "PROJECT")
            self._wide = _stream(self._root, "PROJECTwm") if "PROJECTwm" in self._root else b"\0\0"
            self._records = list(records(decompress(_stream(self._vba, "dir"))))
            self.names = [data.decode("latin-1") for number, data, _ in self._records if number == MODULE_NAME]
            self._drop_caches()
        except (KeyError, ValueError, OSError, IndexError, struct.error) as error:
            raise MacroProjectError(f"the macro project cannot be read: {error}") from error

    def _drop_caches(self) -> None:
        """Source alone is left in every module's stream."""
        for name in [name for name in self._vba if name.startswith(_CACHE)]:
            del self._vba[name]
        self._vba[_named(self._vba, "_VBA_PROJECT")] = NO_CACHE
        streams = [data for number, data, _ in self._records if number == STREAM_NAME_IN_UNICODE]
        offsets = [struct.unpack("<I", data)[0] for number, data, _ in self._records if number == SOURCE_OFFSET]
        for stream, offset in zip(streams, offsets, strict=True):
            key = _named(self._vba, stream.decode("utf-16-le"))
            self._vba[key] = self._vba[key][offset:]
        self._records = [
            (number, bytes(4), record(SOURCE_OFFSET, bytes(4))) if number == SOURCE_OFFSET else (number, data, whole)
            for number, data, whole in self._records
        ]

    def add(self, name: str) -> None:
        """An empty module of a sheet."""
        self._vba[name] = compress(sheet_source(name).encode("ascii"))
        end = max(at for at, (number, _, _) in enumerate(self._records) if number == END_OF_PROJECT)
        self._records[end:end] = list(records(module_record(name, "sheet")))
        item = f"Document={name}/&H00000000\r\n".encode("ascii")
        listed = list(_DOCUMENT.finditer(self._project))
        place = listed[-1].end() if listed else self._project.index(b"\n") + 1
        self._project = self._project[:place] + item + self._project[place:]
        if b"[Workspace]" in self._project:
            self._project = self._project.rstrip(b"\r\n") + f"\r\n{name}=0, 0, 0, 0, C\r\n".encode("ascii")
        self._wide = self._wide.removesuffix(b"\0\0") + module_names(name) + b"\0\0"
        self.names.append(name)

    def remove(self, name: str) -> None:
        """Takes a sheet's module away, with whatever code is in it. One that is not there is no error."""
        if name not in self.names:
            return
        del self._vba[_named(self._vba, name)]
        start = next(at for at, (n, data, _) in enumerate(self._records) if n == MODULE_NAME and data == name.encode())
        end = next(at for at in range(start, len(self._records)) if self._records[at][0] == END_OF_MODULE)
        del self._records[start : end + 1]
        plain = re.escape(name.encode("ascii"))
        self._project = re.sub(rb"(?m)^(?:Document=" + plain + rb"/|" + plain + rb"=)[^\r\n]*\r?\n", b"", self._project)
        self._wide = self._wide.replace(module_names(name), b"", 1)
        self.names.remove(name)

    def to_bytes(self) -> bytes:
        """The container with the changed streams."""
        count = record(MODULE_COUNT, struct.pack("<H", len(self.names)))
        stream = b"".join(count if number == MODULE_COUNT else whole for number, _, whole in self._records)
        self._vba[_named(self._vba, "dir")] = compress(stream)
        self._root["PROJECT"] = self._project
        if "PROJECTwm" in self._root:
            self._root["PROJECTwm"] = self._wide
        try:
            return compound_file(self._root)
        except CompoundFileError as error:
            raise MacroProjectError(str(error)) from error


def _storage(data: bytes) -> Folder:
    with olefile.OleFileIO(io.BytesIO(data)) as container:
        return _read(container, container.root, [])


def _read(container: Any, entry: Any, path: list[str]) -> Folder:
    """A folder of the container with all that is in it, in the order it was stored."""
    folder = Folder({}, class_id=entry.clsid)
    for child in sorted(entry.kids, key=lambda kid: int(kid.sid)):
        place = [*path, child.name]
        is_folder = child.entry_type == olefile.STGTY_STORAGE
        folder[child.name] = _read(container, child, place) if is_folder else container.openstream(place).read()
    return folder


def _named(folder: dict[str, Any], name: str) -> str:
    """The name as the folder has it: names ignore case. Raises ``KeyError``."""
    for key in folder:
        if key.lower() == name.lower():
            return key
    raise KeyError(name)


def _folder(folder: dict[str, Any], name: str) -> dict[str, Any]:
    found = folder[_named(folder, name)]
    if not isinstance(found, Folder):
        raise KeyError(name)
    return found


def _stream(folder: dict[str, Any], name: str) -> bytes:
    found = folder[_named(folder, name)]
    if not isinstance(found, bytes):
        raise KeyError(name)
    return found
