"""The VBA between a cell and Python: the module ``PerfPython`` of the add-in.

Excel on Windows calls Python through xlwings; everywhere else, and whenever that fails, the pure VBA core answers. So
for each worksheet function there is one that asks Python and falls back on any error. xlwings can generate such a
module too (``xlwings.udfs``), but only on Windows, from an open workbook, and one that shows the error's text in the
cell instead of falling back; a test holds the calls made here against those it generates.

The core's own functions have the same names, so in the add-in they are renamed and hidden from cells (``behind``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from perfeval_xl.addin.ribbon import read_procedures
from perfeval_xl.addin.vba_project import Module
from perfeval_xl.addin.vba_source import ascii_text
from perfeval_xl.excel.arguments import excel_name
from perfeval_xl.excel.functions import FUNCTIONS, Function, Parameter
from perfeval_xl.messages import sentence

#: What xlwings imports in Python when a cell asks.
PYTHON_MODULE: Final = "perfeval_xl.excel.bridge"
#: The core's functions behind the wrapper: ``PERF_SCORE`` is there ``VBA_PERF_SCORE``.
BEHIND: Final = "VBA_"
#: The module of the core that holds the worksheet functions.
CORE_MODULE: Final = "PerfFunctions"
_NAME: Final = re.compile(r"\bPERF_[A-Z_]+\b")
_PIECE: Final = 16  # characters of Chinese on a line of source

_HEAD: Final = """\
' The worksheet functions in Excel with Python. Made from the table of functions; not edited by hand.
'
' Excel on Windows asks Python through xlwings. On any failure, on a Mac, and where the setting says so, the VBA core
' answers. No Option Explicit: without the xlwings runtime in the project its names must only fail when they are used.

' The profile an argument names; that of the workbook where it names none.
Private Function ProfileFor(Optional ByVal given As Variant) As Variant
    Dim isBlank As Boolean
    isBlank = IsMissing(given)
    If IsObject(given) Then
        If given.Count = 1 Then isBlank = (given.Text = "")
    End If
    If isBlank Then
        ProfileFor = CallersProfile().Id()
    ElseIf IsObject(given) Then
        Set ProfileFor = given
    Else
        ProfileFor = given
    End If
End Function

' What Python gave; where it tells of a wrong argument, the error of a cell.
Private Function WithErrors(ByVal given As Variant) As Variant
    Dim answers As Variant, row As Long, column As Long
    answers = AsRows(given)
    If Not IsArray(answers) Then answers = AsRows(Array(answers))
    For row = 1 To UBound(answers, 1)
        For column = 1 To UBound(answers, 2)
            If VarType(answers(row, column)) = vbString Then
                If answers(row, column) = "#VALUE!" Then answers(row, column) = CVErr(WRONG_VALUE)
            End If
        Next column
    Next row
    WithErrors = answers
End Function
"""


def wrapper_module(core: Sequence[Module], functions: Sequence[Function] = FUNCTIONS) -> Module:
    """The module ``PerfPython``: a function for each of the table that asks Python and falls back.

    ``core`` are the modules behind it; a function they lack says in its cell that it needs Python.
    """
    known = {procedure.name for procedure in read_procedures(core)}
    wrapped = (_wrapped(function, has_core=function.name in known) for function in functions)
    return Module("PerfPython", "module", "\n".join([_HEAD, *wrapped]))


def help_module(functions: Sequence[Function] = FUNCTIONS) -> Module:
    """The module ``PerfHelp``: what Excel's function wizard shows of each function. For both kinds of file."""
    return Module("PerfHelp", "module", "\n".join(_described(functions)))


def behind(modules: Sequence[Module]) -> list[Module]:
    """The core's modules with its worksheet functions renamed, and hidden from cells."""
    return [_renamed(module) if module.name == CORE_MODULE else module for module in modules]


def _renamed(module: Module) -> Module:
    lines = [_renamed_line(line) for line in module.source.splitlines()]
    return Module(module.name, module.kind, "\n".join(["Option Private Module", *lines, ""]))


def _renamed_line(line: str) -> str:
    """Names outside of texts; every second piece between quotes is a text."""
    pieces = line.split('"')
    pieces[::2] = [_NAME.sub(lambda name: BEHIND + name[0], piece) for piece in pieces[::2]]
    return '"'.join(pieces)


# --- one function --------------------------------------------------------------------------------------------------


def _wrapped(function: Function, *, has_core: bool) -> str:
    declared = ", ".join(
        f"{'Optional ' if parameter.optional else ''}{excel_name(parameter)}" for parameter in function.parameters
    )
    given = ", ".join(excel_name(parameter) for parameter in function.parameters)
    asked = ", ".join(map(_asked, function.parameters))
    name = function.name
    answer = f"{BEHIND}{name}({given})" if has_core else _text(sentence("addin.needs-python", "zh"))
    return f"""\
Public Function {name}({declared})
    Dim failed As Boolean, asked As Variant, answer As Variant
    On Error GoTo WithoutPython
    If PythonIsAsked() Then
        failed = True
        asked = ContentsGiven(Array({asked}))
        answer = XLPy.CallUDF("{PYTHON_MODULE}", "{name}", asked, ActiveWorkbook, Application.Caller)
        {name} = WithErrors(answer)
        Exit Function
    End If
WithoutPython:
    answer = {answer}
    NoteFailure failed, answer
    {name} = answer
End Function
"""


def _asked(parameter: Parameter) -> str:
    return "ProfileFor(profile)" if parameter.name == "profile" else excel_name(parameter)


# --- help ----------------------------------------------------------------------------------------------------------


def _described(functions: Sequence[Function]) -> Iterator[str]:
    """``MacroOptions`` for every function."""
    yield "Option Explicit"
    yield "Option Private Module"
    yield "' What the function wizard shows. Made from the table of functions; not edited by hand."
    yield "'"
    yield "' Excel refuses it while no workbook is open, and takes a function of an add-in by its file's name only."
    yield ""
    yield "' Whether all were taken. One that Excel refuses does not keep the others from being described."
    yield "Public Function PerfDescribeFunctions() As Boolean"
    yield "    Dim category As String"
    yield "    PerfDescribeFunctions = True"
    yield f"    category = {_text(sentence('addin.menu', 'zh'))}"
    for function in functions:
        yield f"    If Not Described{function.name.replace('_', '')}(category) Then PerfDescribeFunctions = False"
    yield "End Function"
    yield ""
    yield "Private Function Qualified(ByVal called As String) As String"
    yield """    Qualified = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & called"""
    yield "End Function"
    for function in functions:
        yield ""
        called = f"Described{function.name.replace('_', '')}"
        yield f"Private Function {called}(ByVal category As String) As Boolean"
        yield f"    Dim about(0 To {len(function.parameters) - 1}) As String"
        yield "    On Error Resume Next"
        for number, parameter in enumerate(function.parameters):
            yield f"    about({number}) = {_text(parameter.description('zh'))}"
        yield "    Application.MacroOptions _"
        yield f'        Macro:=Qualified("{function.name}"), Category:=category, ArgumentDescriptions:=about, _'
        yield f"        Description:={_text(function.description('zh'))}"
        yield f"    {called} = (Err.Number = 0)"
        yield "End Function"
    yield ""


def _text(text: str) -> str:
    """A text as a VBA expression; ``Unicode`` of the core turns it into characters."""
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    return "Unicode(" + " _\n        & ".join(f'"{ascii_text(piece)}"' for piece in pieces) + ")"
