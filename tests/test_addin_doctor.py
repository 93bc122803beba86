"""The doctor on made-up machines: each thing that can be missing, in plain words, and never a traceback."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from perfeval_xl.addin.doctor import Diagnosis, examine
from perfeval_xl.addin.machine import Machine, ProgramAnswer
from perfeval_xl.addin.settings import settings
from perfeval_xl.messages import in_language, topic_keys

VERSIONS = {"xlwings": "0.37.8", "perfeval-xl": "0.1.0"}
EXCEL = {
    (r"Excel.Application\CurVer", ""): "Excel.Application.16",
    (r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration", "Platform"): "x64",
}
SECURITY = (r"Software\Microsoft\Office\16.0\Excel\Security", "VBAWarnings")
POLICY = (r"Software\Policies\Microsoft\Office\16.0\Excel\Security", "VBAWarnings")


@dataclass(frozen=True)
class Patient(Machine):
    """A machine with everything in place, but for what a test takes away."""

    version: tuple[int, int] = (3, 12)
    packages: Mapping[str, str] = field(default_factory=lambda: VERSIONS)
    modules: frozenset[str] = frozenset({"win32com"})
    values: Mapping[tuple[str, str], Any] = field(default_factory=lambda: EXCEL)
    office_python: str = "3 12"
    extensions: str = "Identifier: org.perfeval.calc"
    programs: frozenset[str] = frozenset({"unopkg", "python"})

    def python(self) -> tuple[tuple[int, int], int]:
        return self.version, 64

    def package_version(self, name: str) -> str | None:
        return self.packages.get(name)

    def has_module(self, name: str) -> bool:
        return name in self.modules

    def python_folder(self) -> Path:
        return self.home / "python"

    def registry(self, root: Literal["HKCU", "HKLM", "HKCR"], key: str, name: str = "") -> Any:
        return self.values.get((key, name))

    def office_program(self, name: str) -> Path | None:
        return Path("/office") / name if name in self.programs else None

    @property
    def is_root(self) -> bool:
        return False

    def code_page(self) -> str:
        return "utf-8"

    def is_program(self, path: str) -> bool:
        return True

    def short_path(self, path: str) -> str | None:
        return None

    def run(self, command: Sequence[str]) -> ProgramAnswer:
        return ProgramAnswer(0, self.extensions if command[-1] == "list" else self.office_python)


def patient(home: Path, system: str = "Windows", **more: Any) -> Patient:
    """A machine after ``install``."""
    machine = Patient(system, home, {"APPDATA": str(home / "Roaming")}, Path("python.exe"), **more)
    addin = home / "perfeval.xlam"
    addin.write_bytes(b"x")
    machine.python_folder().mkdir(exist_ok=True)
    for bits in (32, 64):
        (machine.python_folder() / f"xlwings{bits}-0.37.8.dll").write_bytes(b"x")
    machine.receipt().parent.mkdir(exist_ok=True)
    record = {"version": "0.1.0", "xlwings": "0.37.8", "files": {str(addin): ""}, "extension": True}
    machine.receipt().write_text(json.dumps(record))
    place = machine.settings_file()
    if place is not None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(settings(machine))
    return machine


def bad(machine: Machine, root: Path) -> list[Diagnosis]:
    with in_language("en"):
        return [each for each in examine(machine, root=root) if each.state == "bad"]


def one(machine: Machine, root: Path) -> str:
    [diagnosis] = bad(machine, root)
    return diagnosis.text


def test_a_healthy_windows_machine_has_nothing_bad(tmp_path: Path) -> None:
    assert bad(patient(tmp_path), tmp_path) == []


def test_a_healthy_mac_has_nothing_bad(tmp_path: Path) -> None:
    machine = patient(tmp_path, "Darwin")
    (tmp_path / "Applications/Microsoft Excel.app").mkdir(parents=True)
    scripts = machine.script_folder()
    assert scripts is not None
    scripts.mkdir(parents=True)
    (scripts / "xlwings-0.37.8.applescript").write_text("x")
    assert bad(machine, tmp_path) == []


def test_linux_needs_no_excel(tmp_path: Path) -> None:
    assert bad(patient(tmp_path, "Linux"), tmp_path) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"version": (3, 9)}, ("3.9", "3.11")),
        ({"packages": {"perfeval-xl": "0.1.0"}}, ("xlwings is missing", "pip install")),
        ({"modules": frozenset()}, ("pywin32", "pip install pywin32")),
        ({"values": {}}, ("Excel was not found",)),
        ({"values": EXCEL | {SECURITY: 4}}, ("All macros are blocked", "Trust Center")),
        ({"values": EXCEL | {SECURITY: 3}}, ("Only signed macros", "Trust Center")),
        ({"values": EXCEL | {POLICY: 4, SECURITY: 1}}, ("policy", "administrator")),
        ({"values": EXCEL | {POLICY: 3}}, ("policy", "signed")),
        ({"packages": {**VERSIONS, "perfeval-xl": "0.2.0"}}, ("0.1.0", "perfeval addin install")),
        ({"office_python": "3 9"}, ("Python 3.9", "25.8")),
        ({"extensions": "none"}, ("extension is not installed", "perfeval addin install")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_thing_missing_is_told_with_its_cure(tmp_path: Path, more: dict[str, Any], words: Sequence[str]) -> None:
    text = one(patient(tmp_path, **more), tmp_path)
    assert all(word in text for word in words), text


def test_another_xlwings_than_the_addin_was_built_with_is_bad(tmp_path: Path) -> None:
    machine = patient(tmp_path, packages={**VERSIONS, "xlwings": "0.38.0"})
    for bits in (32, 64):
        (machine.python_folder() / f"xlwings{bits}-0.38.0.dll").write_bytes(b"x")
    assert "0.38.0" in one(machine, tmp_path)
    assert "0.37.8" in one(machine, tmp_path)


def test_the_library_of_excels_own_bitness_must_be_there(tmp_path: Path) -> None:
    machine = patient(tmp_path)
    (machine.python_folder() / "xlwings32-0.37.8.dll").unlink()
    assert bad(machine, tmp_path) == []
    (machine.python_folder() / "xlwings64-0.37.8.dll").unlink()
    assert "xlwings64-0.37.8.dll" in one(machine, tmp_path)


def test_an_addin_that_was_never_installed_or_is_gone_is_told(tmp_path: Path) -> None:
    machine = patient(tmp_path)
    (tmp_path / "perfeval.xlam").unlink()
    assert "is gone" in one(machine, tmp_path)
    machine.receipt().unlink()
    assert "is not installed" in one(machine, tmp_path)


def test_a_mac_without_the_script_or_excel_is_told(tmp_path: Path) -> None:
    texts = " ".join(each.text for each in bad(patient(tmp_path, "Darwin"), tmp_path))
    assert "script" in texts
    assert "Excel was not found" in texts


def test_a_system_python_without_uno_is_told(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class WithoutUno(Patient):
        def run(self, command: Sequence[str]) -> ProgramAnswer:
            return ProgramAnswer(1, "") if "import uno" in command else super().run(command)

    machine = WithoutUno("Linux", tmp_path, {}, Path("python"), programs=frozenset({"unopkg"}))
    assert "python3-uno" in one(machine, tmp_path)


def test_nothing_makes_it_raise(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Broken(Patient):
        def python(self) -> tuple[tuple[int, int], int]:
            raise RuntimeError("no")

        def package_version(self, name: str) -> str | None:
            raise OSError("no")

        def registry(self, root: Literal["HKCU", "HKLM", "HKCR"], key: str, name: str = "") -> Any:
            raise PermissionError("no")

        def run(self, command: Sequence[str]) -> ProgramAnswer:
            raise TimeoutError("no")

    for system in ("Windows", "Darwin", "Linux", "Haiku"):
        with in_language("en"):
            found = examine(Broken(system, tmp_path, {}, Path("python")), root=tmp_path)
        assert {each.topic for each in found} == {"Python", "xlwings", "Excel", "LibreOffice"}
        assert any("could not be examined" in each.text for each in found)


def test_the_machine_it_runs_on_can_be_examined() -> None:
    assert examine(Machine())


def test_every_sentence_of_the_doctor_is_used() -> None:
    source = (Path(__file__).parents[1] / "perfeval_xl/addin/doctor.py").read_text("utf-8")
    keys = [key.removeprefix("doctor-") for key in topic_keys("addin") if key.startswith("doctor-")]
    made = {"macros-signed-only", "macros-blocked", "macros-signed-only-by-policy", "macros-blocked-by-policy"}
    assert [key for key in keys if f'"{key}"' not in source and key not in made and key != "failed"] == []
