"""Puts the add-in where Excel and LibreOffice look, and takes it away again.

Excel for Windows: into the user's AddIns folder, where the add-in shows in the list to tick. That is one click more
than XLSTART or the registry's OPEN values, and the only way that neither opens behind the user's back nor breaks
Excel's start when the file goes. Excel for Mac opens its start-up folder by itself. LibreOffice has unopkg.

It may be interrupted at any step and run again. What is ours is known by its checksum, noted in
``~/.perfeval/installed.json`` before a file is put in place; anything else that stands there is the user's, and is
copied beside it first, under a name that is never used twice. ``uninstall`` takes away only what is ours, unchanged,
and puts the first of those copies back.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any, Final

from perfeval_xl.addin.build import ADDIN, EXTENSION, addin_workbook
from perfeval_xl.addin.machine import EXTENSION_ID, Machine
from perfeval_xl.addin.oxt import oxt
from perfeval_xl.addin.runtime import runtime_version
from perfeval_xl.addin.settings import settings
from perfeval_xl.errors import PerfevalError, os_reason
from perfeval_xl.files import write_atomically
from perfeval_xl.messages import say

BACKUP: Final = ".before-perfeval"


@dataclass(frozen=True)
class Receipt:
    """What was installed: versions, and for each path the checksums of all that we put there."""

    version: str
    xlwings: str
    files: Mapping[str, tuple[str, ...]]
    extension: bool = False


@dataclass
class Steps:
    """What was done, a sentence for each step, and whether all of it could be."""

    told: list[str] = field(default_factory=list)
    complete: bool = True

    def tell(self, key: str, **values: object) -> None:
        """A step that was done, or something to know."""
        self.told.append(say(f"addin.{key}", **values))

    def fail(self, sentence: str) -> None:
        """A step that could not be done."""
        self.told.append(sentence)
        self.complete = False


def read_receipt(machine: Machine) -> Receipt | None:
    """What an earlier ``install`` did; ``None`` when there was none or its record is not readable."""
    try:
        raw: Any = json.loads(machine.receipt().read_text("utf-8"))
        files = {path: (sums,) if isinstance(sums, str) else tuple(sums) for path, sums in dict(raw["files"]).items()}
        return Receipt(str(raw["version"]), str(raw["xlwings"]), files, bool(raw["extension"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_receipt(machine: Machine, receipt: Receipt) -> None:
    text = json.dumps(vars(receipt), ensure_ascii=False, indent=2)
    write_atomically(machine.receipt(), text.encode())


# --- installing ----------------------------------------------------------------------------------------------------


def install(machine: Machine) -> Steps:
    """Installs for every program that is there; one file that cannot be written does not keep the others out.

    Raises ``CannotWrite`` when not even the record can be written, and ``RuntimeMissing``: nothing was changed then.
    """
    steps = Steps()
    earlier = read_receipt(machine)
    version = machine.package_version("perfeval-xl") or ""
    receipt = Receipt(version, runtime_version(), dict(earlier.files) if earlier else {}, _had_extension(earlier))
    files = list(_files(machine, steps))
    _write_receipt(machine, receipt)
    for path, data in files:
        try:
            receipt = _place(machine, receipt, path, data, steps)
        except (PerfevalError, OSError) as error:
            steps.fail(_reason(error, path))
    if machine.addin_folder() is not None:
        steps.tell("tick-windows" if machine.system == "Windows" else "starts-on-mac")
    if _add_extension(machine, steps):
        _write_receipt(machine, replace(receipt, extension=True))
    return steps


def _had_extension(earlier: Receipt | None) -> bool:
    return earlier is not None and earlier.extension


def _files(machine: Machine, steps: Steps) -> Iterator[tuple[Path, bytes]]:
    """What goes where; a settings file that VBA could not read is told and left out."""
    folder, conf, scripts = machine.addin_folder(), machine.settings_file(), machine.script_folder()
    if folder is not None:
        yield folder / ADDIN, addin_workbook()
    if conf is not None:
        try:
            yield conf, settings(machine)
        except PerfevalError as error:
            steps.fail(str(error))
    if scripts is not None:
        name = f"xlwings-{runtime_version()}.applescript"
        yield scripts / name, resources.files("xlwings").joinpath(name).read_bytes()


def _place(machine: Machine, receipt: Receipt, path: Path, data: bytes, steps: Steps) -> Receipt:
    """Keeps what is the user's, notes what comes, and puts it there: in this order, so that no step can be lost."""
    ours = receipt.files.get(str(path), ())
    kept = _keep(path, ours)
    if kept is not None:
        steps.tell("backup-kept", path=kept)
    noted = {**receipt.files, str(path): tuple(dict.fromkeys((*ours, _checksum(data))))}
    receipt = replace(receipt, files=noted)
    _write_receipt(machine, receipt)
    write_atomically(path, data)
    steps.tell("installed", path=path)
    return receipt


def _keep(path: Path, ours: tuple[str, ...]) -> Path | None:
    """Copies a file that is not ours beside itself; where to, ``None`` when there is none, or a copy already."""
    if not path.is_file():
        return None
    content = path.read_bytes()
    if _checksum(content) in ours:
        return None
    for backup in _backups(path):
        if not backup.exists():
            write_atomically(backup, content)
            return backup
        if backup.read_bytes() == content:
            return None
    return None


def _backups(path: Path) -> Iterator[Path]:
    """The names under which the user's files are kept, the first original first."""
    yield path.with_name(path.name + BACKUP)
    for number in range(2, 1000):
        yield path.with_name(f"{path.name}{BACKUP}-{number}")


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _reason(error: Exception, path: Path) -> str:
    if isinstance(error, OSError):
        return say("errors.cannot-write", path=path, detail=os_reason(error))
    return str(error)


# --- removing ------------------------------------------------------------------------------------------------------


def uninstall(machine: Machine) -> Steps:
    """Takes away what ``install`` put there, and puts back what stood there before.

    What could not be taken away stays on record, so that it can be tried again. A file that was changed since is the
    user's and stays. Raises ``CannotWrite`` when the record cannot be written.
    """
    steps = Steps()
    receipt = read_receipt(machine)
    if receipt is None:
        steps.tell("not-installed")
        return steps
    for name, ours in receipt.files.items():
        if _take_away(Path(name), ours, steps):
            receipt = replace(receipt, files={path: sums for path, sums in receipt.files.items() if path != name})
            _write_receipt(machine, receipt)
    if receipt.extension and _remove_extension(machine, steps):
        receipt = replace(receipt, extension=False)
    if receipt.files or receipt.extension:
        _write_receipt(machine, receipt)
    else:
        machine.receipt().unlink(missing_ok=True)
    return steps


def _take_away(path: Path, ours: tuple[str, ...], steps: Steps) -> bool:
    """Removes a file of ours and puts the first original back; whether nothing of it is left to do."""
    try:
        if path.is_file() and _checksum(path.read_bytes()) not in ours:
            steps.tell("changed-since", path=path)
            return True
        path.unlink(missing_ok=True)
        steps.tell("removed", path=path)
        original = next(_backups(path))
        if original.exists():
            original.replace(path)
            steps.tell("put-back", path=path)
    except OSError as error:
        steps.fail(say("addin.not-removed", path=path, detail=os_reason(error)))
        return False
    return True


# --- LibreOffice ---------------------------------------------------------------------------------------------------


def _add_extension(machine: Machine, steps: Steps) -> bool:
    program = machine.office_program("unopkg")
    if program is None:
        steps.tell("no-libreoffice")
        return False
    if machine.is_root:
        steps.tell("not-as-root")
        return False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / EXTENSION
        path.write_bytes(oxt())
        if not _unopkg(machine, [str(program), "add", "--suppress-license", "--force", str(path)], steps):
            return False
    steps.tell("extension-added")
    return True


def _remove_extension(machine: Machine, steps: Steps) -> bool:
    """Whether the extension is gone; an open LibreOffice keeps it."""
    program = machine.office_program("unopkg")
    if program is None:  # LibreOffice itself is gone, and the extension with it
        steps.tell("no-libreoffice")
        return True
    if not _unopkg(machine, [str(program), "remove", EXTENSION_ID], steps):
        return False
    steps.tell("extension-removed")
    return True


def _unopkg(machine: Machine, command: list[str], steps: Steps) -> bool:
    try:
        done = machine.run(command)
    except (OSError, subprocess.SubprocessError) as error:
        steps.fail(say("addin.unopkg-failed", detail=f"{type(error).__name__}: {error}"))
        return False
    if done.status:
        steps.fail(say("addin.unopkg-failed", detail=done.text))
    return not done.status
