"""What the add-in needs on this machine, what of it is missing, and how to fix it, in plain words. Never raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from perfeval_xl.addin.install import Receipt, read_receipt
from perfeval_xl.addin.machine import EXTENSION_ID, Machine
from perfeval_xl.addin.settings import SettingsUnfit, called, same_program
from perfeval_xl.messages import say

State = Literal["good", "bad", "note"]
OLDEST_PYTHON: Final = (3, 11)
_SECURITY: Final = r"Software\Microsoft\Office\16.0\Excel\Security"
_POLICY: Final = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
_CLICK_TO_RUN: Final = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_MAC_EXCEL: Final = "Applications/Microsoft Excel.app"
#: VBAWarnings: 1 runs all macros, 2 asks (the default), 3 runs signed ones only, 4 none.
_MACROS: Final = {3: "signed-only", 4: "blocked"}


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at. ``bad`` keeps something from working; ``note`` is good to know."""

    topic: str
    state: State
    text: str


def examine(machine: Machine, *, root: Path = Path("/")) -> list[Diagnosis]:
    """Everything that was found, topic by topic. ``root`` is where a Mac's Applications folder stands."""
    looks: tuple[tuple[str, Callable[[], Iterator[Diagnosis]]], ...] = (
        ("Python", lambda: _python(machine)),
        ("xlwings", lambda: _xlwings(machine, read_receipt(machine))),
        ("Excel", lambda: _excel(machine, root)),
        ("LibreOffice", lambda: _libreoffice(machine)),
    )
    return [diagnosis for topic, look in looks for diagnosis in _safely(topic, look)]


def _safely(topic: str, look: Callable[[], Iterator[Diagnosis]]) -> list[Diagnosis]:
    found: list[Diagnosis] = []
    try:
        found.extend(look())
    except Exception as error:  # an examination must not end in a traceback
        found.append(Diagnosis(topic, "note", say("addin.doctor-failed", detail=f"{type(error).__name__}: {error}")))
    return found


def _good(topic: str, key: str, **values: object) -> Diagnosis:
    return Diagnosis(topic, "good", say(f"addin.doctor-{key}", **values))


def _bad(topic: str, key: str, **values: object) -> Diagnosis:
    return Diagnosis(topic, "bad", say(f"addin.doctor-{key}", **values))


def _note(topic: str, key: str, **values: object) -> Diagnosis:
    return Diagnosis(topic, "note", say(f"addin.doctor-{key}", **values))


# --- Python --------------------------------------------------------------------------------------------------------


def _python(machine: Machine) -> Iterator[Diagnosis]:
    (major, minor), bits = machine.python()
    version = f"{major}.{minor}"
    if (major, minor) < OLDEST_PYTHON:
        yield _bad("Python", "python-old", version=version)
    else:
        yield _good("Python", "python", version=version, bits=bits, path=machine.interpreter)


def _xlwings(machine: Machine, receipt: Receipt | None) -> Iterator[Diagnosis]:
    installed = machine.package_version("xlwings")
    if installed is None:
        yield _bad("xlwings", "xlwings-missing")
        return
    if receipt is not None and receipt.xlwings != installed:
        yield _bad("xlwings", "xlwings-other", installed=installed, runtime=receipt.xlwings)
    else:
        yield _good("xlwings", "xlwings", version=installed)
    if machine.system == "Windows":
        if not machine.has_module("win32com"):
            yield _bad("xlwings", "pywin32-missing")
        yield from _library(machine, installed)


def _library(machine: Machine, version: str) -> Iterator[Diagnosis]:
    """Excel loads the DLL of its own bitness, whatever that of Python is."""
    bits = _excel_bits(machine)
    for each in (64, 32) if bits is None else (bits,):
        name = f"xlwings{each}-{version}.dll"
        if not (machine.python_folder() / name).is_file():
            yield _bad("xlwings", "dll-missing", name=name, folder=machine.python_folder())


# --- Excel ---------------------------------------------------------------------------------------------------------


def _excel_bits(machine: Machine) -> int | None:
    found = machine.registry("HKLM", _CLICK_TO_RUN, "Platform")
    return {"x64": 64, "x86": 32}.get(str(found))


def _excel(machine: Machine, root: Path) -> Iterator[Diagnosis]:
    if machine.system == "Windows":
        yield from _excel_on_windows(machine)
    elif machine.system == "Darwin":
        yield from _excel_on_mac(machine, root)
    else:
        yield _note("Excel", "no-excel-here")
        return
    yield from _addin_file(machine)
    yield from _settings(machine)


def _excel_on_windows(machine: Machine) -> Iterator[Diagnosis]:
    version = machine.registry("HKCR", r"Excel.Application\CurVer")
    if version is None:
        yield _bad("Excel", "excel-missing")
        return
    bits = _excel_bits(machine)
    yield _good("Excel", "excel", version=str(version).rpartition(".")[2], bits="" if bits is None else f"{bits}")
    setting = machine.registry("HKCU", _POLICY, "VBAWarnings")
    by_policy = setting is not None
    if setting is None:
        setting = machine.registry("HKCU", _SECURITY, "VBAWarnings")
    if setting in _MACROS:
        yield _bad("Excel", f"macros-{_MACROS[setting]}" + ("-by-policy" if by_policy else ""))
    else:
        yield _good("Excel", "macros")


def _excel_on_mac(machine: Machine, root: Path) -> Iterator[Diagnosis]:
    if any((folder / _MAC_EXCEL).exists() for folder in (root, machine.home)):
        yield _good("Excel", "excel-mac")
    else:
        yield _bad("Excel", "excel-missing")
    scripts = machine.script_folder()
    if scripts is not None and not list(scripts.glob("xlwings-*.applescript")):
        yield _bad("Excel", "script-missing", folder=scripts)
    yield _note("Excel", "mac-functions")


def _addin_file(machine: Machine) -> Iterator[Diagnosis]:
    receipt = read_receipt(machine)
    if receipt is None:
        yield _bad("Excel", "addin-missing")
        return
    gone = [name for name in receipt.files if not Path(name).is_file()]
    if gone:
        yield _bad("Excel", "addin-gone", path=gone[0])
    elif receipt.version != (machine.package_version("perfeval-xl") or ""):
        yield _bad("Excel", "addin-old", installed=receipt.version)
    else:
        yield _good("Excel", "addin", path=next(iter(receipt.files), ""))


def _settings(machine: Machine) -> Iterator[Diagnosis]:
    """Reads the settings back as VBA does, and looks whether the program they name is there."""
    try:
        path = called(machine)
    except SettingsUnfit as error:
        yield Diagnosis("Excel", "bad", str(error))
        return
    except OSError:
        path = None
    if path is None:
        yield _bad("Excel", "settings-missing", path=machine.settings_file())
    elif not machine.is_program(path):
        yield _bad("Excel", "settings-wrong", path=path)
    elif not same_program(machine, path):
        yield _note("Excel", "settings-other", path=path)
    else:
        yield _good("Excel", "settings", path=path)


# --- LibreOffice ---------------------------------------------------------------------------------------------------


def _libreoffice(machine: Machine) -> Iterator[Diagnosis]:
    program = machine.office_program("unopkg")
    if program is None:
        yield _note("LibreOffice", "office-missing")
        return
    yield _good("LibreOffice", "office", path=program.parent)
    yield from _office_python(machine)
    if machine.is_root:
        yield _note("LibreOffice", "office-as-root")
    elif EXTENSION_ID in machine.run([str(program), "list"]).text:
        yield _good("LibreOffice", "extension")
    else:
        yield _bad("LibreOffice", "extension-missing")


def _office_python(machine: Machine) -> Iterator[Diagnosis]:
    """The Python inside LibreOffice; a Linux package uses the system's."""
    program = machine.office_program("python")
    command = [str(program)] if program else ["/usr/bin/python3"] if machine.system == "Linux" else []
    if not command:
        return
    answer = machine.run([*command, "-c", "import sys; print(*sys.version_info[:2])"]).text
    found = re.search(r"(\d+) (\d+)", answer)
    if found is None:
        yield _note("LibreOffice", "office-python-unknown")
    elif (int(found[1]), int(found[2])) < OLDEST_PYTHON:
        yield _bad("LibreOffice", "office-python-old", version=f"{found[1]}.{found[2]}")
    else:
        yield _good("LibreOffice", "office-python", version=f"{found[1]}.{found[2]}")
    if machine.system == "Linux" and not program and machine.run([*command, "-c", "import uno"]).status:
        yield _bad("LibreOffice", "office-uno-missing")
