"""The VBA between a cell and Python: it makes the calls xlwings' own generator makes, and falls back on failure."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from perfeval_xl.addin.macro_package import Ribbon, document_modules, macro_package
from perfeval_xl.addin.ribbon import read_procedures
from perfeval_xl.addin.vba_project import Module, module_text, vba_project
from perfeval_xl.addin.vba_source import modules
from perfeval_xl.addin.wrapper import BEHIND, PYTHON_MODULE, behind, wrapper_module
from perfeval_xl.excel.functions import FUNCTIONS
from tests.function_cells import arguments_workbook, cases, differences
from tests.office import Office

BARE_RIBBON = Ribbon(
    b'<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui"/>',
    b'<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"/>',
)
#: xlwings' generator under stubs for the three modules of pywin32 it imports; its decorators are those of Windows.
GENERATE = f"""
import io, sys, types
def stub(name, **content):
    module = types.ModuleType(name)
    module.__dict__.update(content)
    sys.modules[name] = module
    return module
stub("pythoncom", CoInitialize=lambda *_: None)
stub("pywintypes", com_error=type("com_error", (Exception,), {{}}))
client = stub("win32com.client", Dispatch=lambda *_, **__: None)
stub("win32com").client = client
import xlwings as xw
import xlwings.udfs as udfs
xw.func, xw.arg = udfs.xlfunc, udfs.xlarg
import {PYTHON_MODULE} as bridge
class Workbook:
    Name = "perfeval.xlam"
out = io.StringIO()
udfs.generate_vba_wrapper("{PYTHON_MODULE}", bridge, out, Workbook)
print(out.getvalue())
for name, made in bridge.WORKSHEET_FUNCTIONS.items():
    about = made.__xlfunc__
    print("'", name, about["category"], about["volatile"], [arg["options"] for arg in about["args"]])
"""


@pytest.fixture(scope="module")
def generated() -> str:
    """What xlwings itself generates for the bridge."""
    done = subprocess.run([sys.executable, "-c", GENERATE], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wrapper() -> Module:
    return wrapper_module(modules("xlam"))


def _calls(source: str) -> dict[str, str]:
    """Function -> its call of Python, on one line and without what only ours adds."""
    found = {}
    for name, body in re.findall(r"Function (PERF_\w+)\(.*?\n(.*?)End Function", source, re.DOTALL):
        [called] = re.findall(r"= (XLPy\.CallUDF\(.*, ActiveWorkbook, .*\))", body)
        for given in re.findall(r"asked = ContentsGiven\((Array\(.*\))\)\n", body):
            called = called.replace(", asked, ", f", {given}, ")
        found[name] = called.replace("ProfileFor(profile)", "profile")
    return found


def _signatures(source: str) -> dict[str, list[str]]:
    found = re.findall(r"^\s*(?:Public )?Function (PERF_\w+)\((.*)\)", source, re.MULTILINE)
    return {name: [part.strip() for part in parameters.split(",")] for name, parameters in found}


def test_the_calls_are_those_xlwings_generates(generated: str, wrapper: Module) -> None:
    assert _calls(wrapper.source) == _calls(generated)
    assert set(_calls(generated)) == {function.name for function in FUNCTIONS}


def test_the_signatures_are_those_xlwings_generates(generated: str, wrapper: Module) -> None:
    assert _signatures(wrapper.source) == _signatures(generated)


def test_xlwings_takes_the_category_and_the_options_of_every_argument(generated: str) -> None:
    told = [line for line in generated.splitlines() if line.startswith("' PERF_")]
    assert len(told) == len(FUNCTIONS)
    assert all("绩效自评 False" in line for line in told)
    assert all(line.count("'ndim': 2") == line.count("'err_to_str': True") >= 1 for line in told)


def test_every_function_falls_back_before_it_asks(wrapper: Module) -> None:
    bodies = re.findall(r"Public Function (PERF_\w+)\(.*?End Function", wrapper.source, re.DOTALL)
    assert bodies == [function.name for function in FUNCTIONS]
    for body in re.findall(r"Public Function PERF_\w+\(.*?End Function", wrapper.source, re.DOTALL):
        assert body.index("On Error GoTo WithoutPython") < body.index("XLPy.CallUDF") < body.index("WithoutPython:\n")


def test_the_wrapper_is_a_module_vba_takes(wrapper: Module) -> None:
    assert module_text(wrapper).startswith('Attribute VB_Name = "PerfPython"')
    assert "Option Explicit" not in [line.strip() for line in wrapper.source.splitlines()]


def test_names_of_the_core_are_changed_outside_of_texts_only() -> None:
    source = 'Public Function PERF_GRADE(x)\n    PERF_GRADE = Spread("PERF_GRADE", x) \' PERF_RATE\nEnd Function\n'
    [renamed] = behind([Module("PerfFunctions", "module", source)])
    assert f'{BEHIND}PERF_GRADE = Spread("PERF_GRADE", x)' in renamed.source
    assert renamed.source.startswith("Option Private Module\n")
    other = Module("PerfText", "module", source)
    assert behind([other]) == [other]


def test_no_two_modules_of_the_addin_have_a_function_of_one_name() -> None:
    core = modules("xlam")
    procedures = [*read_procedures(behind(core)), *read_procedures([wrapper_module(core)])]
    public = [each.name.lower() for each in procedures if each.public and each.module.kind == "module"]
    assert sorted(name for name in set(public) if public.count(name) > 1) == []


def test_a_function_the_core_lacks_says_that_it_needs_python() -> None:
    source = wrapper_module([Module("PerfFunctions", "module", "")]).source
    assert BEHIND + "PERF_" not in source
    assert source.count("answer = Unicode(") == len(FUNCTIONS)


@pytest.mark.libreoffice
def test_without_the_runtime_the_core_answers(office: Office, tmp_path: Path) -> None:
    """In LibreOffice the runtime's names are unknown, so every call goes to VBA. CVErr shows as a text."""
    rows = cases()
    wanted = [case for function in FUNCTIONS for case in [row for row in rows if row.name == function.name][::5]]
    assert {case.name for case in wanted} == {case.name for case in rows}
    workbook = arguments_workbook(tmp_path / "cases.xlsx", wanted).read_bytes()
    core = modules("xlam")
    project = vba_project([*document_modules(workbook), *behind(core), wrapper_module(core)])
    path = tmp_path / "wrapper.xlsm"
    path.write_bytes(macro_package(workbook, project, BARE_RIBBON))
    with office.open(path) as book:
        assert list(differences(book, wanted, error="Error 2015")) == []
        book.set_formula(0, "A1", "=PERF_CHECK(A2:B3)")  # a blank range holds no form
        assert book.value(0, "A1") == "error" or "Python" in str(book.value(0, "A1"))
