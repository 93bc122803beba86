"""Builds what a person installs: the Excel add-in, a macro workbook for each profile, the LibreOffice extension.

Everything comes from text, on any system, byte for byte the same each time. Only the add-in carries the xlwings VBA
runtime, taken with its licence notice from the installed xlwings: its version must be that of the Python package, and
in LibreOffice it would silence the other modules of its project.
"""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Final

import xlsxwriter

from perfeval_xl.addin.macro_package import document_modules, macro_package
from perfeval_xl.addin.oxt import oxt
from perfeval_xl.addin.runtime import runtime_modules
from perfeval_xl.addin.vba_project import Module, vba_project
from perfeval_xl.addin.vba_source import modules, ribbon
from perfeval_xl.addin.wrapper import behind, help_module, wrapper_module
from perfeval_xl.files import write_atomically
from perfeval_xl.messages import sentence
from perfeval_xl.profile import Profile, load_profile, profile_ids

ADDIN: Final = "perfeval.xlam"
EXTENSION: Final = "perfeval.oxt"
_BUILT: Final = datetime(2026, 1, 1)
_ADDIN_OPENS: Final = """\
Option Explicit

Private Sub Workbook_Open()
    On Error Resume Next
    StartListening
    PerfDescribeFunctions
End Sub
"""
_WORKBOOK_OPENS: Final = """\
Option Explicit

Private Sub Workbook_Open()
    On Error Resume Next
    PerfDescribeFunctions
End Sub

Private Sub Workbook_Activate()
    On Error Resume Next
    PerfRefreshRibbon
End Sub

Private Sub Workbook_SheetActivate(ByVal Sh As Object)
    On Error Resume Next
    PerfRefreshRibbon
End Sub
"""


def build(folder: Path) -> list[Path]:
    """Writes the add-in, the extension and all macro workbooks into a folder; their paths.

    Raises ``CannotWrite``, ``RuntimeMissing`` and ``RuntimeUnknown``.
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
    project = vba_project([*workbook_documents(workbook), *workbook_modules()])
    return macro_package(workbook, project, ribbon("xlsm"), "xlsm")


def workbook_documents(workbook: bytes) -> list[Module]:
    """The modules of a macro workbook and its sheets."""
    return document_modules(workbook, {"ThisWorkbook": _WORKBOOK_OPENS})


def workbook_modules() -> list[Module]:
    """The standard and class modules of a macro workbook."""
    return [*modules("xlsm"), help_module()]


def addin_workbook() -> bytes:
    """The Excel add-in: the VBA core, xlwings' runtime, the functions that ask Python, and the ribbon.

    Raises ``RuntimeMissing`` and ``RuntimeUnknown``.
    """
    workbook = _hidden_workbook()
    project = vba_project([*document_modules(workbook, {"ThisWorkbook": _ADDIN_OPENS}), *addin_modules()])
    return macro_package(workbook, project, ribbon("xlam"), "xlam")


def addin_modules() -> list[Module]:
    """The standard and class modules of the add-in."""
    core = modules("xlam")
    return [*behind(core), wrapper_module(core), help_module(), *runtime_modules()]


def _hidden_workbook() -> bytes:
    """The workbook an add-in is: one sheet that nobody sees."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        # Excel shows title and comment in its list of add-ins.
        title, about = sentence("addin.menu", "zh"), sentence("addin.extension", "zh")
        book.set_properties({"created": _BUILT, "title": title, "comments": about})
        book.add_worksheet("perfeval")
    return buffer.getvalue()
