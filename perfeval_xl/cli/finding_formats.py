"""How ``check`` writes findings, as they come: text for people, JSON, one JSON value per line, SARIF."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Final, Literal, get_args

import msgspec
from rich.text import Text

from perfeval_xl.cli import terminal
from perfeval_xl.cli.arguments import is_stdout, write_text
from perfeval_xl.messages import say
from perfeval_xl.model import Finding

Format = Literal["text", "json", "jsonl", "sarif"]
FORMATS: Final = get_args(Format)
Write = Callable[[Sequence[Finding]], None]
_COLOURS: Final = {"error": "bold red", "warning": "yellow", "info": "cyan"}


@contextmanager
def writer(form: Format, stream: BinaryIO, *, forms: Callable[[], int], failed: Callable[[], bool]) -> Iterator[Write]:
    """Takes the findings of one file after another and writes them to ``stream``; what ends the output is written last.

    At the end ``forms`` is asked how many forms there were, ``failed`` whether something could not be read.
    """
    if form == "text":
        text = _TextWriter(stream)
        yield text.write
        text.end(forms(), failed=failed())
    elif form == "jsonl":
        yield lambda findings: stream.writelines(msgspec.json.encode(finding) + b"\n" for finding in findings)
    elif form == "json":
        array = JsonArray(stream, "findings")
        yield lambda findings: array.write(map(msgspec.json.encode, findings))
        array.end()
    else:
        from perfeval_xl.checks.sarif import sarif

        gathered: list[Finding] = []  # one value for all: SARIF cannot be written piece by piece
        yield gathered.extend
        stream.write(msgspec.json.format(msgspec.json.encode(sarif(gathered)), indent=2) + b"\n")


class JsonArray:
    """``{"name": [...]}`` written piece by piece, with two spaces of indent."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._count = 0

    def write(self, values: Iterator[bytes] | map[bytes]) -> None:
        """Further elements, as JSON text."""
        for value in values:
            self._stream.write(b",\n    " if self._count else b'{\n  "%s": [\n    ' % self._name.encode())
            self._stream.write(indented(value, 4))
            self._count += 1

    def end(self, **more: bytes) -> None:
        """The end of the array, further keys with their JSON, and the end of the object."""
        self._stream.write(b"\n  ]" if self._count else b'{\n  "%s": []' % self._name.encode())
        for name, value in more.items():
            self._stream.write(b',\n  "%s": ' % name.encode() + indented(value, 2))
        self._stream.write(b"\n}\n")


def indented(value: bytes, spaces: int) -> bytes:
    """JSON text with two spaces of indent, all lines but the first moved to the right."""
    return msgspec.json.format(value, indent=2).replace(b"\n", b"\n" + b" " * spaces)


# --- text ---------------------------------------------------------------------------------------------------------


class _TextWriter:
    """Findings under the name of their file; coloured where a person looks on."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._console = (
            terminal.console(highlight=False, soft_wrap=True) if is_stdout(stream) and sys.stdout.isatty() else None
        )
        self._source: str | None = None
        self._counts: Counter[str] = Counter()

    def write(self, findings: Sequence[Finding]) -> None:
        lines = [line for finding in findings for line in self._lines(finding)]
        self._counts.update(finding.severity for finding in findings)
        self._print(lines)

    def end(self, forms: int, *, failed: bool) -> None:
        if self._counts or not failed:
            counts = {severity: self._counts[severity] for severity in _COLOURS}
            summary = say("cli.check-summary", forms=forms, **counts)
            self._print([Text(summary, style="bold" if self._counts else "green")])

    def _lines(self, finding: Finding) -> Iterator[Text]:
        if finding.source != self._source:
            self._source = finding.source
            yield Text(finding.source or say("findings.where.batch"), style="bold underline")
        severity = (say(f"review.{finding.severity}"), _COLOURS[finding.severity])
        yield Text.assemble("  ", severity, f" {finding.code} ", _form_words(finding), finding.message)
        yield Text(f"      → {finding.advice}", style="dim")

    def _print(self, lines: Sequence[Text]) -> None:
        if self._console is not None:
            for line in lines:
                self._console.print(line)
        elif lines:
            write_text(self._stream, "".join(f"{line.plain}\n" for line in lines))


def _form_words(finding: Finding) -> str:
    if not finding.source:
        return ""
    if finding.sheet:
        return say("cli.check-sheet", sheet=finding.sheet)
    return say("cli.check-form", number=finding.form + 1)
