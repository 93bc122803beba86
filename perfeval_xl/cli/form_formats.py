"""How ``to-json`` writes forms, as they come: one document, one form per line, one file per source, or a ledger."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import msgspec

from perfeval_xl.batch.forms import FormsRead
from perfeval_xl.batch.task import Outcome
from perfeval_xl.cli.arguments import output_stream
from perfeval_xl.cli.finding_formats import indented
from perfeval_xl.files import STANDARD
from perfeval_xl.model import SCHEMA_ID

#: Cells of fields are kept in memory up to this size; they are written when all forms are.
_MOST_IN_MEMORY: Final = 16 * 1024 * 1024


class FormWriter(Protocol):
    """Takes the forms of one file after another. Nothing is opened before there is something to write."""

    def write(self, outcome: Outcome) -> None:
        """Writes the forms of one file."""

    def end(self) -> None:
        """Writes what ends the output."""


@contextmanager
def form_writer(output: str | None, *, lines: bool = False) -> Iterator[FormWriter]:
    """The writer for ``output``: a folder, ``.jsonl`` (or ``lines``), ``.parquet``, else one canonical document.

    A file appears under its name when the block ends well.
    """
    suffix = Path(output).suffix.lower() if output else ""
    with ExitStack() as stack:
        writer: FormWriter
        if output is not None and (output.endswith(("/", "\\")) or Path(output).is_dir()):
            writer = _Folder(Path(output))
        elif lines or suffix == ".jsonl":
            writer = _Lines(output, stack)
        elif suffix == ".parquet":
            writer = _Ledger(output, stack)
        else:
            writer = _JsonDocument(output, stack)
        yield writer
        writer.end()


class _Folder:
    """One JSON per source, named after it; equal names from different folders get a number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[str] = set()

    def write(self, outcome: Outcome) -> None:
        if outcome.error is None:
            stem = "stdin" if outcome.path == STANDARD else Path(outcome.path).stem
            with form_writer(str(self._folder / f"{self._unused(stem)}.json")) as document:
                document.write(outcome)

    def end(self) -> None:
        """Nothing to do: every file is complete."""

    def _unused(self, stem: str) -> str:
        name, number = stem, 2
        while name.lower() in self._used:
            name, number = f"{stem}-{number}", number + 1
        self._used.add(name.lower())
        return name


class _JsonDocument:
    """``{"schema": ..., "forms": [...]}``, with ``where`` at its end where cells were asked for."""

    def __init__(self, output: str | None, stack: ExitStack) -> None:
        self._output = output
        self._stack = stack
        self._stream: BinaryIO | None = None
        self._where: tempfile.SpooledTemporaryFile[bytes] | None = None

    def write(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            return
        read = outcome.decoded(FormsRead)
        first = self._stream is None
        if self._stream is None:
            self._stream = self._stack.enter_context(output_stream(self._output))
            self._stream.write(b'{\n  "schema": "%s",\n  "forms": [' % SCHEMA_ID.encode())
        _elements(self._stream, read.forms, first=first)
        if read.where:
            if self._where is None:
                self._where = self._stack.enter_context(_spool())
            _elements(self._where, read.where, first=first)

    def end(self) -> None:
        if self._stream is None:
            return
        self._stream.write(b"\n  ]")
        if self._where is not None:
            self._stream.write(b',\n  "where": [')
            self._where.seek(0)
            while block := self._where.read(1 << 20):
                self._stream.write(block)
            self._stream.write(b"\n  ]")
        self._stream.write(b"\n}\n")


def _spool() -> tempfile.SpooledTemporaryFile[bytes]:
    return tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY)


Stream = BinaryIO | tempfile.SpooledTemporaryFile[bytes]


def _elements(stream: Stream, values: tuple[msgspec.Raw, ...], *, first: bool) -> None:
    for value in values:
        stream.write(b"\n    " if first else b",\n    ")
        stream.write(indented(bytes(value), 4))
        first = False


class _Lines:
    """``{"source": ..., "number": ..., "form": {...}}`` on one line for each form; ``where`` if asked for."""

    def __init__(self, output: str | None, stack: ExitStack) -> None:
        self._output = output
        self._stack = stack
        self._stream: BinaryIO | None = None

    def write(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            return
        if self._stream is None:
            self._stream = self._stack.enter_context(output_stream(self._output))
        read = outcome.decoded(FormsRead)
        for number, form in enumerate(read.forms):
            line = {"source": outcome.path, "number": number, "form": form}
            if read.where:
                line["where"] = read.where[number]
            self._stream.write(msgspec.json.encode(line) + b"\n")

    def end(self) -> None:
        """Nothing to do: every line is complete."""


class _Ledger:
    """A Parquet table: one row per form, and one for each file that could not be read."""

    def __init__(self, output: str | None, stack: ExitStack) -> None:
        from perfeval_xl.batch.ledger import LedgerWriter

        self._ledger = LedgerWriter(stack.enter_context(output_stream(output)))

    def write(self, outcome: Outcome) -> None:
        self._ledger.add(outcome)

    def end(self) -> None:
        self._ledger.close()
