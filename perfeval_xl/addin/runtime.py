"""xlwings' VBA runtime from the installed package, closed against what an open workbook could choose.

As it ships, it reads its settings from a sheet of the active workbook and from that workbook's folder before the
user's own file, adds the folder to Python's path, runs ``python`` from wherever the system finds one, and runs code
that lies in sheets. Any .xlsx could then start a program of its choosing. ``CUTS`` takes all of that out of the text
while the add-in is built; a runtime whose text is not the one known here is refused, never built half closed.

The licence notices at the top of the files (BSD 3-clause, MIT) stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from perfeval_xl.addin.vba_project import Module
from perfeval_xl.errors import PerfevalError
from perfeval_xl.messages import say

#: The runtime for add-ins, and what it needs on a Mac in place of Scripting.Dictionary.
RUNTIME: Final = {"xlwings": "xlwings_custom_addin.bas", "Dictionary": "addin/Dictionary.cls"}
#: Names the runtime's own settings: the file ~/.perfeval/perfeval.conf, apart from those of other xlwings add-ins.
PROJECT: Final = "perfeval"
_VERSION: Final = re.compile(r'(?m)^Public Const XLWINGS_VERSION As String = "([\w.]+)"')


class RuntimeMissing(PerfevalError):
    """xlwings is not installed, or lacks its VBA runtime."""

    def __str__(self) -> str:
        return say("addin.runtime-missing", file=self.key)


class RuntimeUnknown(PerfevalError):
    """The installed xlwings has another runtime than the one this version knows how to close."""

    def __str__(self) -> str:
        return say("addin.runtime-unknown", what=self.key)


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of the runtime's text that goes, and what stands in its place. ``times``: how often it is there."""

    what: str
    pattern: str
    instead: str = ""
    times: int = 1

    def apply(self, source: str) -> str:
        """The text without the piece. Raises ``RuntimeUnknown`` where it is not there as often as known."""
        made, found = re.subn(self.pattern, lambda _: self.instead, source, flags=re.DOTALL | re.MULTILINE)
        if found != self.times:
            raise RuntimeUnknown(self.what)
        return made


def _function(name: str) -> str:
    """The whole of a function that stands between ``#If App`` and ``#End If``."""
    return rf'^#If App = "Microsoft Excel" Then\nFunction {name}\(.*?^End Function\n#End If\n'


_NO_PYTHON: Final = f'Err.Raise 1001, "{PROJECT}", "{PROJECT}.conf names no Python"'
CUTS: Final = (
    Cut(
        "PROJECT_NAME",
        r'^Public Const PROJECT_NAME As String = "\w+"',
        f'Public Const PROJECT_NAME As String = "{PROJECT}"',
    ),
    # Its procedures are no worksheet functions.
    Cut(
        "Option Private Module",
        r'^#Const App = "Microsoft Excel".*?$',
        'Option Private Module\n#Const App = "Microsoft Excel"',
    ),
    # Settings come from the user's own file alone.
    Cut("settings of the workbook", r"^    ' Sheet\n    #If App.*?(?=^    ' User Config$)"),
    Cut("sheet of settings", _function("GetConfigFromSheet")),
    Cut("settings beside the workbook", r"^Function GetDirectoryConfigFilePath\(\).*?^End Function\n"),
    # The workbook's folder never comes onto Python's path, nor its name into what Python is told to run.
    Cut("folder of the workbook", r'GetConfig\("ADD_WORKBOOK_TO_PYTHONPATH", "true"\)', '"false"', times=2),
    Cut(
        "name of the workbook",
        r"AddExcelDir & \";\" & Active(?:FullName|Workbook\.FullName) & \";\" & This(?:FullName|Workbook\.FullName) & "
        r"(?:\";\" & GetConfig\(\"\w+_(?:MAC|WIN)\"\) & ){3}",
        'AddExcelDir & ";;;;;" & ',
        times=3,
    ),
    # -P: Python does not look for modules where it was started, which may be the workbook's folder.
    Cut(
        "start of a button",
        r'" -B -c ""import xlwings\.utils;xlwings\.utils\.prepare_sys_path\(\\""" & PYTHONPATH & "\\""\); " & '
        r"PythonCommand & ",
        '" -B -P -c """ & PythonCommand & ',
    ),
    Cut(
        "start of the functions",
        r'" -B -c ""import sys, os;" & LicenseKeyEnvString & "import xlwings\.utils;'
        r'xlwings\.utils\.prepare_sys_path\(\\""" & PYTHONPATH & "\\""\);import xlwings; ',
        '" -B -P -c ""import xlwings; ',
    ),
    # Python is the one the settings name, never whichever is found first.
    Cut(
        "python on the path", r'^(?: +)\w+ = GetConfig\("INTERPRETER", "pythonw?"\)$', f"        {_NO_PYTHON}", times=3
    ),
    Cut(
        "message on a missing Python",
        r'^            MsgBox "Could not find Interpreter!", vbCritical\n            Exit Function$',
        f"            {_NO_PYTHON}",
    ),
    # Code in sheets wants the paid part of xlwings.
    Cut("search for code in sheets", r"^    ' Check for embedded Python code\n.*?^    Next i\n"),
    Cut("code in sheets", r"^    ' PythonCommand with embedded code\n.*?^    End If\n\n(?=    ' Call Python)"),
    # What went wrong is told in the user's language by what called, never as a traceback.
    Cut("traceback", r"^        Call ShowError\(LOG_FILE\)\n(?=        ExecuteWindows = -1$)"),
    # Functions are built in, so nothing imports them from a module named like the workbook.
    Cut("import of functions", r'^#If App = "Microsoft Excel" Then\nFunction GetUdfModules\(.*?^End Function\n'),
    Cut("import of functions by a button", r"^Sub ImportPythonUDFsBase\(.*?(?=^Private Sub GetDLLVersion)"),
)


def runtime_modules() -> list[Module]:
    """The runtime's modules, closed and with their notices. Raises ``RuntimeMissing`` and ``RuntimeUnknown``."""
    return list(_runtime())


def _runtime() -> Iterator[Module]:
    for name, file in RUNTIME.items():
        source = _of_xlwings(file)
        if name == "xlwings":
            for cut in CUTS:
                source = cut.apply(source)
        yield Module(name, "class" if file.endswith(".cls") else "module", source)


def runtime_version() -> str:
    """The xlwings version that the runtime asks for. Raises ``RuntimeMissing``."""
    found = _VERSION.search(_of_xlwings(RUNTIME["xlwings"]))
    if found is None:
        raise RuntimeMissing(RUNTIME["xlwings"])
    return found[1]


@cache
def _of_xlwings(file: str) -> str:
    """A file of the installed xlwings, with plain line ends."""
    try:
        return resources.files("xlwings").joinpath(file).read_bytes().decode("ascii").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError, ModuleNotFoundError) as error:
        raise RuntimeMissing(file) from error
