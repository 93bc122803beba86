"""xlwings' runtime as it stands in the built add-in: no workbook, sheet or folder has a say in what is started.

Held by the text alone: no Excel runs here. What runs through ``RunPython`` and the DLL is a line of the checklist.
"""

from __future__ import annotations

import re

import pytest

from perfeval_xl.addin import runtime
from perfeval_xl.addin.build import ADDIN, addin_workbook
from perfeval_xl.addin.runtime import CUTS, Cut, RuntimeUnknown, runtime_modules
from perfeval_xl.messages import in_language
from tests.olevba import extracted


@pytest.fixture(scope="module")
def built() -> str:
    """The module xlwings as an independent reader finds it in the .xlam, without comments."""
    text = extracted(addin_workbook(), ADDIN)["xlwings"]
    return "\n".join(line.partition(" '")[0] for line in text.splitlines() if not line.lstrip().startswith("'"))


def body(source: str, name: str) -> str:
    found = re.search(rf"(?ms)^(?:Public |Private )?(?:Function|Sub) {name}\(.*?^End (?:Function|Sub)", source)
    assert found, name
    return found[0]


def test_settings_come_from_the_users_own_file_alone(built: str) -> None:
    read = body(built, "GetConfig")
    assert re.findall(r"GetConfigFrom\w+\(\w+", read) == ["GetConfigFromFile(GetConfigFilePath"]
    assert "ActiveWorkbook" not in read
    assert "ThisWorkbook" not in read
    assert "GetConfigFromSheet" not in built
    assert "GetDirectoryConfigFilePath" not in built
    assert "Workbook" not in body(built, "GetConfigFilePath")
    assert 'PROJECT_NAME As String = "perfeval"' in built


def test_the_folder_of_a_workbook_is_never_on_the_path_of_python(built: str) -> None:
    assert "ADD_WORKBOOK_TO_PYTHONPATH" not in built
    assert set(re.findall(r"AddExcelDir = (.*)", built)) == {'"false"'}
    assert (
        re.findall(r"PYTHONPATH = (AddExcelDir.*)", built)
        == ['AddExcelDir & ";;;;;" & ";" & GetConfig("PYTHONPATH")'] * 3
    )
    started = re.findall(r'" -B .*', built)
    assert len(started) == 2
    assert all(" -B -P -c " in line and "prepare_sys_path" not in line for line in started)


def test_python_is_the_one_the_settings_name_and_no_other(built: str) -> None:
    assert 'GetConfig("INTERPRETER"' not in built
    assert built.count("names no Python") == 4
    assert "Could not find Interpreter" not in built


def test_no_code_in_sheets_and_nothing_of_the_paid_part(built: str) -> None:
    assert "xlwings.pro" not in built
    assert '".py"' not in built
    assert "import_udfs" not in built


def test_a_traceback_is_never_shown_by_a_button(built: str) -> None:
    assert "ShowError" not in body(built, "ExecuteWindows")


def test_its_procedures_are_offered_as_functions_by_no_cell(built: str) -> None:
    assert "Option Private Module" in built.splitlines()[:3]


def test_a_runtime_with_another_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    known = runtime._of_xlwings(runtime.RUNTIME["xlwings"])
    monkeypatch.setattr(runtime, "_of_xlwings", lambda _: known.replace("' User Config", "' Mine"))
    with pytest.raises(RuntimeUnknown, match="settings of the workbook"), in_language("en"):
        runtime_modules()


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.what)
def test_every_piece_is_found_in_the_runtime_as_it_ships(cut: Cut) -> None:
    assert cut.apply(runtime._of_xlwings(runtime.RUNTIME["xlwings"]))
