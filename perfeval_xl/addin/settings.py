"""``perfeval.conf``: which Python the add-in calls. Written and read here as the add-in's VBA reads it.

VBA's ``Open ... For Input`` takes bytes in the system's ANSI code page, and its file functions take no path beyond it
or beyond 259 characters; xlwings expands ``%VARIABLES%`` in a value. So a path is written in that code page; where it
does not fit, in its short form (``5F20~1``), which is ASCII. ``called`` reads a file back the same way, which is how
``doctor`` proves what Excel will find.
"""

from __future__ import annotations

import csv
import re
from pathlib import PureWindowsPath
from typing import Final

from perfeval_xl.addin.machine import Machine
from perfeval_xl.errors import PerfevalError
from perfeval_xl.messages import say

LONGEST_PATH: Final = 259
_KEYS: Final = {"Windows": "INTERPRETER_WIN", "Darwin": "INTERPRETER_MAC"}
_VARIABLE: Final = re.compile(r"%([^%]+)%")


class SettingsUnfit(PerfevalError):
    """No way to write the path of Python so that VBA reads it."""

    def __str__(self) -> str:
        return say(f"addin.settings-{self.key}", **self.values)


def settings(machine: Machine) -> bytes:
    """The settings file of this machine. Raises ``SettingsUnfit``."""
    key = _KEYS[machine.system]
    if machine.system != "Windows":
        return f'"{key}","{machine.interpreter}"\n'.encode()
    path = _for_vba(machine, str(machine.quiet_interpreter()))
    return f'"{key}","{path}"\r\n'.encode(machine.code_page())


def _for_vba(machine: Machine, path: str) -> str:
    """The path itself where VBA can use it, else its short form. Raises ``SettingsUnfit``."""
    candidates = (path, machine.short_path(path) or path)
    fitting = (each for each in candidates if len(each) <= LONGEST_PATH and _fits(each, machine.code_page()))
    found = next(fitting, None)
    if found is None:
        long = len(path) > LONGEST_PATH
        raise SettingsUnfit("too-long" if long else "outside-page", path=path, page=machine.code_page())
    return found


def _fits(text: str, page: str) -> bool:
    try:
        return text.encode(page).decode(page) == text
    except UnicodeError:
        return False


def called(machine: Machine) -> str | None:
    """The program that the add-in would start, by the file as VBA reads it; ``None`` where it names none.

    Raises ``SettingsUnfit`` for a home folder that VBA cannot find, ``OSError`` for a file that cannot be read.
    """
    place = machine.settings_file()
    if place is None:
        return None
    page = machine.code_page()
    if not _fits(str(place), page):
        raise SettingsUnfit("outside-page", path=place, page=page)
    text = place.read_bytes().decode(page, errors="replace")
    wanted = _KEYS[machine.system].lower()
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    values = (row[1] for row in rows if len(row) == 2 and row[0].lower() == wanted)
    found = next(values, None)
    return None if found is None else _VARIABLE.sub(lambda name: machine.environment.get(name[1], name[0]), found)


def same_program(machine: Machine, path: str) -> bool:
    """Whether a path leads to the Python of this package, in its short form or not."""
    own = str(machine.quiet_interpreter())
    wanted = {own, machine.short_path(own) or own, str(machine.interpreter)}
    if machine.system != "Windows":
        return path in wanted
    return PureWindowsPath(path) in {PureWindowsPath(each) for each in wanted}
