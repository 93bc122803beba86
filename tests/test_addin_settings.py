"""``perfeval.conf`` as VBA reads it: in the system's ANSI code page, with paths it can open.

Made-up Windows machines stand in; that VBA reads the file so, and that Python then answers, is for the checklist.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from perfeval_xl.addin.doctor import examine
from perfeval_xl.addin.install import install
from perfeval_xl.addin.settings import SettingsUnfit, called, settings
from perfeval_xl.messages import in_language
from tests.test_addin_install import FakeMachine, light_addin, windows

__all__ = ["light_addin"]


def at(home: Path, **more: Any) -> FakeMachine:
    return windows(home, **more)


def written(machine: FakeMachine) -> FakeMachine:
    place = machine.settings_file()
    assert place is not None
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(settings(machine))
    return machine


@pytest.mark.parametrize(
    ("user", "page"),
    [("张三", "cp936"), ("張三", "cp950"), ("wang li", "cp1252"), ("Zoë", "cp1252"), ("a,b;c&d%e", "cp936")],
)
def test_what_is_written_is_what_vba_reads(tmp_path: Path, user: str, page: str) -> None:
    machine = written(at(tmp_path / user, page=page))
    assert called(machine) == str(machine.quiet_interpreter())


def test_a_chinese_name_is_in_the_code_page_and_not_in_utf8(tmp_path: Path) -> None:
    data = settings(at(tmp_path / "张三"))
    assert "张三".encode("cp936") in data
    assert "张三".encode() not in data


def test_what_the_code_page_lacks_goes_in_its_short_form(tmp_path: Path) -> None:
    machine = at(tmp_path / "张三", page="cp1252", short=r"C:\Users\5F20~1\pythonw.exe")
    assert settings(machine) == b'"INTERPRETER_WIN","C:\\Users\\5F20~1\\pythonw.exe"\r\n'


def test_a_long_path_goes_in_its_short_form(tmp_path: Path) -> None:
    machine = at(tmp_path / ("x" * 200) / ("y" * 100), short=r"C:\X~1\Y~1\pythonw.exe")
    assert b"X~1" in settings(machine)


@pytest.mark.parametrize(
    ("folder", "key"), [(Path("张三"), "outside-page"), (Path("x" * 200) / ("y" * 100), "too-long")]
)
def test_without_a_short_form_the_person_is_told_what_to_do(tmp_path: Path, folder: Path, key: str) -> None:
    with pytest.raises(SettingsUnfit) as caught:
        settings(at(tmp_path / folder, page="cp1252"))
    assert caught.value.key == key
    with in_language("zh"):
        assert "perfeval addin install" in str(caught.value)


def test_a_frozen_program_is_called_by_the_one_without_a_window(tmp_path: Path) -> None:
    machine = dataclasses.replace(at(tmp_path), interpreter=tmp_path / "perfeval.exe")
    assert b"perfevalw.exe" in settings(machine)


def test_variables_are_expanded_as_xlwings_does(tmp_path: Path) -> None:
    machine = at(tmp_path)
    place = machine.settings_file()
    assert place is not None
    place.parent.mkdir(parents=True)
    place.write_text('"interpreter_win", "%APPDATA%\\pythonw.exe"\n', "cp936")
    assert called(machine) == f"{machine.environment['APPDATA']}\\pythonw.exe"


# --- doctor --------------------------------------------------------------------------------------------------------


def told(machine: FakeMachine) -> list[tuple[str, str]]:
    """What the doctor says of the settings: state and sentence."""
    with in_language("zh"):
        found = examine(machine)
    return [
        (each.state, each.text)
        for each in found
        if "设置文件" in each.text or "代码页" in each.text or "调用的是" in each.text
    ]


@dataclasses.dataclass(frozen=True)
class WithExcel(FakeMachine):
    """A Windows machine on which Excel is there, and any program named ...pythonw.exe."""

    def registry(self, root: Any, key: str, name: str = "") -> Any:
        return {"Platform": "x64", "": "Excel.Application.16"}.get(name)

    def is_program(self, path: str) -> bool:
        return path.endswith("pythonw.exe")


def with_excel(machine: FakeMachine) -> WithExcel:
    return WithExcel(**{each.name: getattr(machine, each.name) for each in dataclasses.fields(machine)})


def test_the_doctor_reads_the_settings_back(tmp_path: Path) -> None:
    machine = with_excel(at(tmp_path / "张三"))
    install(machine)
    assert told(machine) == [("good", f"设置文件读回无误，Excel 将调用 {machine.quiet_interpreter()}")]


def test_settings_in_another_encoding_are_found(tmp_path: Path) -> None:
    machine = with_excel(at(tmp_path / "张三"))
    install(machine)
    place = machine.settings_file()
    assert place is not None
    place.write_bytes(f'"INTERPRETER_WIN","{machine.home}/no.exe"\n'.encode())
    [(state, sentence)] = told(machine)
    assert state == "bad"
    assert "寮犱笁" in sentence  # what 张三 in UTF-8 is to VBA


def test_missing_settings_and_another_python_are_told(tmp_path: Path) -> None:
    machine = with_excel(at(tmp_path))
    install(machine)
    place = machine.settings_file()
    assert place is not None
    place.write_text('"INTERPRETER_WIN","C:/other/pythonw.exe"\n', "cp936")
    assert [state for state, _ in told(machine)] == ["note"]
    place.unlink()
    assert [state for state, _ in told(machine)] == ["bad"]


def test_a_home_that_vba_cannot_find_is_told(tmp_path: Path) -> None:
    machine = with_excel(at(tmp_path / "张三", page="cp1252", short=r"C:\A\pythonw.exe"))
    install(machine)
    assert [state for state, _ in told(machine)] == ["bad"]
