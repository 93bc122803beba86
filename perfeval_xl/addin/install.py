"""Puts the add-in where Excel and LibreOffice look, and takes it away again.

Excel for Windows: into the user's AddIns folder, where the add-in shows in the list to tick. That is one click more
than XLSTART or the registry's OPEN values, and the only way that neither opens behind the user's back nor breaks
Excel's start when the file goes. Excel for Mac opens its start-up folder by itself. LibreOffice has unopkg.

A file that stood in the place before is kept beside it and put back by ``uninstall``; what was installed stands in
``~/.perfeval/installed.json``.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from perfeval_xl.addin.build import ADDIN, EXTENSION, addin_workbook
from perfeval_xl.addin.machine import EXTENSION_ID, Machine
from perfeval_xl.addin.oxt import oxt
from perfeval_xl.addin.runtime import runtime_version
from perfeval_xl.files import write_atomically
from perfeval_xl.messages import say

BACKUP: Final = ".before-perfeval"


@dataclass(frozen=True)
class Receipt:
    """What was installed: versions, and the checksum of each file by its path."""

    version: str
    xlwings: str
    files: Mapping[str, str]
    extension: bool = False


def read_receipt(machine: Machine) -> Receipt | None:
    """What an earlier ``install`` did; ``None`` when there was none or its record is not readable."""
    try:
        raw: Any = json.loads(machine.receipt().read_text("utf-8"))
        return Receipt(str(raw["version"]), str(raw["xlwings"]), dict(raw["files"]), bool(raw["extension"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def install(machine: Machine) -> list[str]:
    """Installs for every program that is there; a sentence for each step, and what is left to the user to do.

    Raises ``CannotWrite`` and ``RuntimeMissing``.
    """
    earlier = read_receipt(machine)
    known = dict(earlier.files) if earlier else {}
    told: list[str] = []
    for path, data in _files(machine):
        if _keep_backup(path, known):
            told.append(say("addin.backup-kept", path=_backup_of(path)))
        write_atomically(path, data)
        known[str(path)] = _checksum(data)
        told.append(say("addin.installed", path=path))
    if machine.addin_folder() is not None:
        told.append(say("addin.tick-windows" if machine.system == "Windows" else "addin.starts-on-mac"))
    in_office, sentences = _add_extension(machine)
    told += sentences
    version = machine.package_version("perfeval-xl") or ""
    extension = in_office or bool(earlier and earlier.extension)
    _write_receipt(machine, Receipt(version, runtime_version(), known, extension))
    return told


def uninstall(machine: Machine) -> list[str]:
    """Takes away what ``install`` put there, and puts back what stood there before. Raises ``CannotWrite``."""
    receipt = read_receipt(machine)
    if receipt is None:
        return [say("addin.not-installed")]
    told = []
    for name in receipt.files:
        path = Path(name)
        path.unlink(missing_ok=True)
        told.append(say("addin.removed", path=path))
        if _backup_of(path).exists():
            _backup_of(path).replace(path)
            told.append(say("addin.put-back", path=path))
    if receipt.extension:
        told.append(_remove_extension(machine))
    machine.receipt().unlink(missing_ok=True)
    return told


def _write_receipt(machine: Machine, receipt: Receipt) -> None:
    text = json.dumps(vars(receipt), ensure_ascii=False, indent=2)
    write_atomically(machine.receipt(), text.encode())


# --- Excel ---------------------------------------------------------------------------------------------------------


def _files(machine: Machine) -> Iterator[tuple[Path, bytes]]:
    folder, settings, scripts = machine.addin_folder(), machine.settings_file(), machine.script_folder()
    if folder is not None:
        yield folder / ADDIN, addin_workbook()
    if settings is not None:
        yield settings, settings_text(machine).encode()
    if scripts is not None:
        name = f"xlwings-{runtime_version()}.applescript"
        yield scripts / name, resources.files("xlwings").joinpath(name).read_bytes()


def settings_text(machine: Machine) -> str:
    """The add-in's settings, as its VBA reads them: the Python that has this package."""
    if machine.system == "Windows":
        quiet = machine.interpreter.with_name("pythonw.exe")
        return f'"INTERPRETER_WIN","{quiet}"\r\n'
    return f'"INTERPRETER_MAC","{machine.interpreter}"\n'


def _keep_backup(path: Path, known: Mapping[str, str]) -> bool:
    """Keeps what stands in the place and is not from an earlier install; whether there was something to keep."""
    if not path.is_file() or known.get(str(path)) == _checksum(path.read_bytes()):
        return False
    path.replace(_backup_of(path))
    return True


def _backup_of(path: Path) -> Path:
    return path.with_name(path.name + BACKUP)


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- LibreOffice ---------------------------------------------------------------------------------------------------


def _add_extension(machine: Machine) -> tuple[bool, list[str]]:
    program = machine.office_program("unopkg")
    if program is None:
        return False, [say("addin.no-libreoffice")]
    if machine.is_root:
        return False, [say("addin.not-as-root")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / EXTENSION
        path.write_bytes(oxt())
        done = machine.run([str(program), "add", "--suppress-license", "--force", str(path)])
    if done.status:
        return False, [say("addin.unopkg-failed", detail=done.text)]
    return True, [say("addin.extension-added")]


def _remove_extension(machine: Machine) -> str:
    program = machine.office_program("unopkg")
    if program is None:
        return say("addin.no-libreoffice")
    done = machine.run([str(program), "remove", EXTENSION_ID])
    return say("addin.unopkg-failed", detail=done.text) if done.status else say("addin.extension-removed")
