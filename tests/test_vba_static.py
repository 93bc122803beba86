"""The VBA as Excel's compiler would read it: pyvbaanalysis over the whole project of every file that is built.

It knows Excel's object model, checks arity, types, names and ByRef, and reports only what it can prove. That Excel
compiles the project after all is for the checklist.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyvbaanalysis import VbaDiagnostic, analyze_office_file
from pyvbaanalysis.reader import read_office_project

from perfeval_xl.addin.build import addin_modules, addin_workbook, macro_template, workbook_documents, workbook_modules
from perfeval_xl.addin.ribbon import callbacks, lint_ribbon, read_procedures
from perfeval_xl.addin.vba_project import Module
from perfeval_xl.addin.vba_source import ribbon
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.workbook.template.drawing import blank
from tests.olevba import extracted
from tests.vba_lint import faults, logical_lines

KINDS = {"xlam": addin_modules(), "xlsm": [*workbook_documents(blank(load_profile("mof"))), *workbook_modules()]}
#: A compiled procedure holds 64 KB; what a line of data becomes is about as long as its source.
MOST_IN_PROCEDURE = 60_000


#: What the analyser was given, all of it, and what it said.
_ANALYSED: dict[str, dict[str, list[VbaDiagnostic]]] = {}


def errors(path: Path, only: str | None = None) -> list[str]:
    """What does not compile, in all modules or in one. Projects that are the same word for word are analysed once."""
    project = read_office_project(path)
    assert len(project.modules) > 30, "modules were not read"
    given = repr((project, only))
    if given not in _ANALYSED:
        _ANALYSED[given] = analyze_office_file(str(path), only=only and [only])
    assert len(_ANALYSED[given]) == (1 if only else len(project.modules))
    return [
        f"{module}: {problem.code}: {problem.message}"
        for module, problems in _ANALYSED[given].items()
        for problem in problems
        if problem.severity.value == "error"
    ]


def test_the_addin_compiles(tmp_path: Path) -> None:
    path = tmp_path / "perfeval.xlam"
    path.write_bytes(addin_workbook())
    assert errors(path) == []


def test_every_macro_workbook_compiles(tmp_path: Path) -> None:
    """All in one test, so that one process analyses what they share."""
    for profile in profile_ids():
        path = tmp_path / f"{profile}.xlsm"
        path.write_bytes(macro_template(load_profile(profile)))
        assert errors(path) == [], profile


def test_the_analyser_sees_what_does_not_compile(tmp_path: Path) -> None:
    from perfeval_xl.addin.macro_package import macro_package
    from perfeval_xl.addin.vba_project import vba_project

    workbook = blank(load_profile("mof"))
    wrong = Module("Wrong", "module", "Option Explicit\nPublic Sub Fail()\n    Tell 1, 2, 3\n    there = 1\nEnd Sub\n")
    project = vba_project([*workbook_documents(workbook), *workbook_modules(), wrong])
    path = tmp_path / "wrong.xlsm"
    path.write_bytes(macro_package(workbook, project, ribbon()))
    found = " ".join(errors(path, only="Wrong"))
    assert "Tell" in found
    assert "there" in found


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_analyser_misses_is_not_there_either(kind: str) -> None:
    assert faults([module for module in KINDS[kind] if module.name not in ("xlwings", "Dictionary")]) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("    Take list(1)", "Take: list(1) is a Variant, argument 1 takes a String by reference"),
        ("    x = Give(2, list(1))", "Give: list(1) is a Variant, argument 2 takes a Long by reference"),
        ("    Take held.Name", "Take: held.Name is a Variant, argument 1 takes a String by reference"),
        ("    Take text", None),
        ("    Take (list(1))", None),
        ('    Take list(1) & ""', None),
        ("    Keep list(1)", None),
        ("    Set held = New PerfNothing", "New PerfNothing: no such class"),
        ("    Set held = New Collection", None),
    ],
)
def test_the_check_of_our_own_finds_and_lets_pass(line: str, found: str | None) -> None:
    source = f"""Option Explicit
Public Sub Take(ByRef text As String)
End Sub
Public Sub Keep(ByVal text As String)
End Sub
Private Function Give(ByVal one As Long, two As Long) As Long
End Function
Public Sub Try()
    Dim list As Variant, text As String, held, x As Long
{line}
End Sub
"""
    expected = [] if found is None else [f"Wrong, line 10: {found}"]
    assert faults([Module("Wrong", "module", source)]) == expected


# --- what a cell is offered, and what the ribbon calls --------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_no_helper_is_offered_as_a_worksheet_function(kind: str) -> None:
    """Excel lists every public function of a standard module, unless the module is private to the project."""
    offered = {
        procedure.name
        for procedure in read_procedures(KINDS[kind])
        if procedure.public
        and not procedure.is_sub
        and procedure.module.kind == "module"
        and "Option Private Module" not in procedure.module.source
    }
    assert {name for name in offered if not name.startswith("PERF_")} == set()
    assert len(offered) == 11


def test_the_two_files_share_no_callback_so_that_each_answers_its_own_ribbon() -> None:
    addin, workbook = ribbon("xlam"), ribbon("xlsm")
    assert not {name.lower() for name in callbacks(addin)} & {name.lower() for name in callbacks(workbook)}
    assert lint_ribbon(addin, addin_modules()) == []
    assert lint_ribbon(workbook, workbook_modules()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_control_is_of_a_type_that_needs_a_reference_to_office(kind: str) -> None:
    assert [module.name for module in KINDS[kind] if "IRibbon" in module.source] == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_macro_is_called_by_a_name_another_open_file_may_have(kind: str) -> None:
    own = [module for module in KINDS[kind] if module.name not in ("xlwings", "Dictionary")]
    assert [module.name for module in own if "Application.Run" in module.source] == []
    offered = [line for module in own for _, line in logical_lines(module.source) if ".OnUndo " in line]
    assert len(offered) == 1
    assert "ThisWorkbook.Name" in offered[0]


@pytest.mark.parametrize("kind", KINDS)
def test_no_procedure_comes_near_the_limit_of_64_kb(kind: str) -> None:
    for module in KINDS[kind]:
        for body in re.findall(r"(?ms)^(?:Public |Private )?(?:Sub|Function) .*?^End (?:Sub|Function)", module.source):
            assert len(body) < MOST_IN_PROCEDURE, f"{module.name}: {body[:60]}"


def test_forty_profiles_stay_clear_of_that_limit() -> None:
    from perfeval_xl.addin import vba_data
    from perfeval_xl.addin.vba_source import _data_module

    shipped = vba_data.profiles()
    many = {f"{name}-{number}": text for number in range(7) for name, text in shipped.items()}
    assert len(many) >= 40
    module = _data_module("PerfProfiles", "Rules.", "Profile", many)
    bodies = re.findall(r"(?ms)^(?:Public|Private) Function .*?^End Function", module.source)
    assert max(map(len, bodies)) < MOST_IN_PROCEDURE
    assert "".join(bodies).count("    Case ") == len(many)


@pytest.mark.parametrize("kind", KINDS)
def test_help_is_registered_by_the_name_of_the_file_and_one_failure_ends_nothing(kind: str) -> None:
    help_text = next(module.source for module in KINDS[kind] if module.name == "PerfHelp")
    assert help_text.count("Macro:=Qualified(") == 11
    assert help_text.count("On Error Resume Next") == 11
    opened = extracted(addin_workbook() if kind == "xlam" else macro_template(load_profile("mof")), f"x.{kind}")
    assert "PerfDescribeFunctions" in opened["ThisWorkbook"]


def test_what_runs_while_excel_works_on_never_stops_it() -> None:
    events = next(module.source for module in addin_modules() if module.name == "PerfEvents")
    handlers = re.findall(r"(?ms)^Private Sub mExcel_.*?^End Sub", events)
    assert len(handlers) == 4
    assert all("On Error Resume Next" in handler.splitlines()[1] for handler in handlers)
    buttons = next(module.source for module in workbook_modules() if module.name == "PerfRibbon")
    for body in re.findall(r"(?ms)^Public Sub PerfOn(?!Load).*?^End Sub", buttons):
        assert len(body.splitlines()) == 3
        assert body.splitlines()[1].startswith("    PerfDo ")
