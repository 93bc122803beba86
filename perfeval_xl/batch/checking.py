"""The work of ``check`` on one file: its findings, and its marked and fixed copies where they are wanted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from perfeval_xl.batch.forms import profile_identity
from perfeval_xl.batch.task import Failure
from perfeval_xl.checks.batch import FormTrace
from perfeval_xl.checks.run import check_batch, check_forms
from perfeval_xl.errors import CannotWrite, PerfevalError
from perfeval_xl.files import is_signed, read_bytes, write_atomically
from perfeval_xl.messages import say
from perfeval_xl.model import Finding
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.reading import Reading

#: What can carry colours, comments and a review sheet.
MARKABLE: Final = (".xlsx", ".xlsm")


class Checked(msgspec.Struct, frozen=True):
    """What ``check`` makes of one file.

    ``traces`` are what findings about the whole batch need of its forms. ``said`` are sentences about copies that were
    written, ``failures`` why one was not.
    """

    forms: int
    findings: tuple[Finding, ...]
    traces: tuple[FormTrace, ...]
    said: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedFolder:
    """A folder of marked copies: each keeps its place below ``root``, the folder that holds all sources."""

    root: Path
    folder: Path

    def target(self, source: str) -> Path:
        """Where the marked copy of ``source`` belongs. Raises ``CannotWrite`` when that is the source itself."""
        target = self.folder / os.path.relpath(Path(source).absolute(), self.root)
        if os.path.realpath(target) == os.path.realpath(source):
            raise CannotWrite("output-is-input", path=target)
        return target


@dataclass(frozen=True, slots=True)
class CheckWork:
    """Finds what is wrong in one file under ``profile``, or under the one each form names.

    ``marked`` and ``fixed`` are copies of the one file there is; ``marked_folder`` takes the marked copies of many.
    """

    profile: Profile | None
    marked: Path | None = None
    fixed: Path | None = None
    marked_folder: MarkedFolder | None = None

    def identity(self) -> str:
        """The profile, and which copies are written."""
        return f"check {profile_identity(self.profile)} {self.marked} {self.fixed} {self.marked_folder}"

    @property
    def results(self) -> Path | None:
        """The folder that the marked copies go to."""
        return self.marked_folder.folder if self.marked_folder else None

    def __call__(self, data: bytes, name: str) -> bytes:
        """``Checked`` as JSON."""
        readings = read_bytes(data, name, self.profile)
        for reading in readings:
            if reading.layout is None and self.profile is None:  # a JSON document: its profile id says which form it is
                load_profile(reading.form.profile)
        findings, traces = check_forms(readings, self.profile, files={name: data})
        checked = Checked(len(readings), tuple(findings), tuple(traces))
        try:
            checked = self._with_copies(checked, data, name, readings)
        except PerfevalError as error:
            checked = msgspec.structs.replace(checked, failures=(Failure.of(error),))
        return msgspec.json.encode(checked)

    def _with_copies(self, checked: Checked, data: bytes, name: str, readings: list[Reading]) -> Checked:
        """Fixes first; what is marked then is the fixed workbook with what is left."""
        said: list[str] = []
        if (self.fixed or self.marked) and is_signed(data):
            said.append(say("cli.signature", path=self.fixed or self.marked))
        findings, traces = list(checked.findings), checked.traces
        if self.fixed is not None:
            from perfeval_xl.checks.fix import fix

            result = fix(data, str(self.fixed), readings, self.profile)
            write_atomically(self.fixed, result.data)
            said += [*result.fixes, say("cli.fixed", path=self.fixed, count=len(result.fixes), left=len(result.left))]
            data, findings, traces = result.data, list(result.left), ()
        if self.marked is not None:
            together = [*findings, *check_batch(traces, self.profile)]
            said.append(_mark(data, name, together, self.marked))
        if self.marked_folder is not None:
            said.append(self._mark_in_folder(data, name, findings, self.marked_folder))
        return Checked(checked.forms, tuple(findings), traces, tuple(said))

    def _mark_in_folder(self, data: bytes, name: str, findings: list[Finding], marked: MarkedFolder) -> str:
        if Path(name).suffix.lower() not in MARKABLE:
            return say("cli.not-marked", path=name)
        return _mark(data, name, findings, marked.target(name))


def _mark(data: bytes, name: str, findings: list[Finding], target: Path) -> str:
    from perfeval_xl.workbook.review.annotate import annotate

    write_atomically(target, annotate(data, name, findings))
    return say("cli.annotated", path=target, count=len(findings))
