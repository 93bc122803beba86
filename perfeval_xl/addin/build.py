"""Builds what a person installs: the Excel add-in, a macro workbook for each profile, the LibreOffice extension.

Everything comes from text, on any system, byte for byte the same each time. Only the add-in carries the xlwings VBA
runtime, taken with its licence notice from the installed xlwings: its version must be that of the Python package, and
in LibreOffice it would silence the other modules of its project.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import xlsxwriter

from perfeval_xl.addin.macro_package import document_modules, macro_package
from perfeval_xl.addin.oxt import oxt
from perfeval_xl.addin.vba_project import Module, vba_project
from perfeval_xl.addin.vba_source import modules, ribbon
from perfeval_xl.addin.wrapper import behind, wrapper_module
from perfeval_xl.errors import PerfevalError
from perfeval_xl.files import write_atomically
from perfeval_xl.messages import say, sentence
from perfeval_xl.profile import Profile, load_profile, profile_ids

ADDIN: Final = "perfeval.xlam"
EXTENSION: Final = "perfeval.oxt"
#: The runtime for add-ins, and what it needs on a Mac in place of Scripting.Dictionary. Their own licences (BSD
#: 3-clause, MIT) stand at their top and stay there.
RUNTIME: Final = {"xlwings": "xlwings_custom_addin.bas", "Dictionary": "addin/Dictionary.cls"}
#: Names the runtime's own settings: the file ~/.perfeval/perfeval.conf, apart from those of other xlwings add-ins.
PROJECT: Final = "perfeval"
_PROJECT_LINE: Final = re.compile(r'(?m)^Public Const PROJECT_NAME As String = "\w+"')
_RUNTIME_VERSION: Final = re.compile(r'(?m)^Public Const XLWINGS_VERSION As String = "([\w.]+)"')
_BUILT: Final = datetime(2026, 1, 1)
_ON_OPEN: Final = """\
' Excel refuses descriptions while no workbook is open; the functions work without them.
Private Sub Workbook_Open()
    On Error Resume Next
    PerfDescribeFunctions
End Sub
"""


class RuntimeMissing(PerfevalError):
    """xlwings is not installed, or lacks its VBA runtime."""

    def __str__(self) -> str:
        return say("addin.runtime-missing", file=self.key)


def build(folder: Path) -> list[Path]:
    """Writes the add-in, the extension and all macro workbooks into a folder; their paths.

    Raises ``CannotWrite`` and ``RuntimeMissing``.
    """
    files = {ADDIN: addin_workbook(), EXTENSION: oxt()}
    files |= {f"{name}.xlsm": macro_template(load_profile(name)) for name in profile_ids()}
    for name, data in files.items():
        write_atomically(folder / name, data)
    return [folder / name for name in files]


def macro_template(profile: Profile, *, year: int | None = None, rows: int = 0) -> bytes:
    """The blank workbook of a profile with the macros and the ribbon inside; otherwise the same as its .xlsx."""
    from perfeval_xl.workbook.template.drawing import blank

    return _with_macros(blank(profile, year=year, rows=rows))


def _with_macros(workbook: bytes) -> bytes:
    project = vba_project([*document_modules(workbook), *modules("xlsm")])
    return macro_package(workbook, project, ribbon(), "xlsm")


def addin_workbook() -> bytes:
    """The Excel add-in: the VBA core, xlwings' runtime, the functions that ask Python, and the ribbon.

    Raises ``RuntimeMissing``.
    """
    workbook = _hidden_workbook()
    project = vba_project([*document_modules(workbook, {"ThisWorkbook": _ON_OPEN}), *addin_modules()])
    return macro_package(workbook, project, ribbon(), "xlam")


def addin_modules() -> list[Module]:
    """The standard and class modules of the add-in."""
    core = modules("xlam")
    return [*behind(core), wrapper_module(core), *runtime_modules()]


def runtime_modules() -> list[Module]:
    """xlwings' VBA runtime from the installed package, with its notice. Raises ``RuntimeMissing``."""
    found = []
    for name, file in RUNTIME.items():
        source = _PROJECT_LINE.sub(f'Public Const PROJECT_NAME As String = "{PROJECT}"', _of_xlwings(file))
        found.append(Module(name, "class" if file.endswith(".cls") else "module", source))
    return found


def runtime_version() -> str:
    """The xlwings version that the runtime asks for. Raises ``RuntimeMissing``."""
    found = _RUNTIME_VERSION.search(_of_xlwings(RUNTIME["xlwings"]))
    if found is None:
        raise RuntimeMissing(RUNTIME["xlwings"])
    return found[1]


@cache
def _of_xlwings(file: str) -> str:
    try:
        return resources.files("xlwings").joinpath(file).read_bytes().decode("ascii")
    except (OSError, UnicodeDecodeError, ModuleNotFoundError) as error:
        raise RuntimeMissing(file) from error


def _hidden_workbook() -> bytes:
    """The workbook an add-in is: one sheet that nobody sees."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        # Excel shows title and comment in its list of add-ins.
        title, about = sentence("addin.menu", "zh"), sentence("addin.extension", "zh")
        book.set_properties({"created": _BUILT, "title": title, "comments": about})
        book.add_worksheet("perfeval")
    return buffer.getvalue()
