"""Installing and removing on made-up machines: Windows, Mac and Linux homes in a temporary folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest

from perfeval_xl.addin import install as installing
from perfeval_xl.addin.install import BACKUP, install, read_receipt, uninstall
from perfeval_xl.addin.machine import Machine, Outcome
from perfeval_xl.messages import in_language


@dataclass(frozen=True)
class FakeMachine(Machine):
    """A machine that runs nothing: what was asked is kept, the answer is given."""

    asked: list[list[str]] = field(default_factory=list)
    outcome: Outcome = field(default_factory=lambda: Outcome(0, ""))
    office: bool = True
    root: bool = False

    def run(self, command: Sequence[str]) -> Outcome:
        self.asked.append([str(part) for part in command])
        return self.outcome

    def office_program(self, name: str) -> Path | None:
        return Path("/office") / name if self.office else None

    @property
    def is_root(self) -> bool:
        return self.root


@pytest.fixture(autouse=True)
def light_addin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files go is tested here, not what is in them."""
    monkeypatch.setattr(installing, "addin_workbook", lambda: b"the add-in")


def windows(home: Path, **more: object) -> FakeMachine:
    roaming = {"APPDATA": str(home / "Roaming")}
    python = home / "venv" / "Scripts" / "python.exe"
    return FakeMachine("Windows", home, roaming, python, **more)  # type: ignore[arg-type]


def mac(home: Path, **more: object) -> FakeMachine:
    return FakeMachine("Darwin", home, {}, Path("/venv/bin/python"), **more)  # type: ignore[arg-type]


def linux(home: Path, **more: object) -> FakeMachine:
    return FakeMachine("Linux", home, {}, Path("/venv/bin/python"), **more)  # type: ignore[arg-type]


def files(home: Path) -> set[str]:
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}


def test_on_windows_the_addin_goes_into_the_list_to_tick(tmp_path: Path) -> None:
    machine = windows(tmp_path)
    with in_language("zh"):
        told = "\n".join(install(machine))
    assert files(tmp_path) == {
        "Roaming/Microsoft/AddIns/perfeval.xlam",
        ".perfeval/perfeval.conf",
        ".perfeval/installed.json",
    }
    settings = (tmp_path / ".perfeval/perfeval.conf").read_text("utf-8")
    assert settings == f'"INTERPRETER_WIN","{tmp_path / "venv" / "Scripts" / "pythonw.exe"}"\n'
    assert "勾选" in told


def test_without_appdata_the_usual_folder_is_taken(tmp_path: Path) -> None:
    machine = FakeMachine("Windows", tmp_path, {}, Path("python.exe"))
    assert machine.addin_folder() == tmp_path / "AppData" / "Roaming" / "Microsoft" / "AddIns"


def test_on_a_mac_excel_opens_the_addin_at_its_start_and_may_run_the_script(tmp_path: Path) -> None:
    install(mac(tmp_path))
    office = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
    found = files(tmp_path)
    assert f"{office}/perfeval.xlam" in found
    assert "Library/Containers/com.microsoft.Excel/Data/perfeval.conf" in found
    assert any(name.startswith("Library/Application Scripts/com.microsoft.Excel/xlwings-") for name in found)
    settings = (tmp_path / "Library/Containers/com.microsoft.Excel/Data/perfeval.conf").read_text("utf-8")
    assert settings == '"INTERPRETER_MAC","/venv/bin/python"\n'


def test_on_linux_only_the_extension_is_added(tmp_path: Path) -> None:
    machine = linux(tmp_path)
    install(machine)
    assert files(tmp_path) == {".perfeval/installed.json"}
    [command] = machine.asked
    assert command[:4] == ["/office/unopkg", "add", "--suppress-license", "--force"]
    assert command[4].endswith("perfeval.oxt")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"office": False}, "没有找到 LibreOffice"),
        ({"root": True}, "root"),
        ({"outcome": Outcome(1, "locked")}, "locked"),
    ],
)
def test_what_keeps_the_extension_out_is_told(tmp_path: Path, more: dict[str, object], sentence: str) -> None:
    machine = linux(tmp_path, **more)
    with in_language("zh"):
        assert sentence in "\n".join(install(machine))
    receipt = read_receipt(machine)
    assert receipt is not None
    assert not receipt.extension


def test_a_file_that_was_there_is_kept_and_put_back(tmp_path: Path) -> None:
    machine = windows(tmp_path)
    place = tmp_path / "Roaming/Microsoft/AddIns/perfeval.xlam"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"somebody else's")
    install(machine)
    assert place.read_bytes() == b"the add-in"
    assert place.with_name(place.name + BACKUP).read_bytes() == b"somebody else's"
    uninstall(machine)
    assert place.read_bytes() == b"somebody else's"
    assert files(tmp_path) == {"Roaming/Microsoft/AddIns/perfeval.xlam"}


def test_installing_again_keeps_the_first_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = windows(tmp_path)
    place = tmp_path / "Roaming/Microsoft/AddIns/perfeval.xlam"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"somebody else's")
    install(machine)
    monkeypatch.setattr(installing, "addin_workbook", lambda: b"a newer one")
    install(machine)
    assert place.read_bytes() == b"a newer one"
    assert place.with_name(place.name + BACKUP).read_bytes() == b"somebody else's"


def test_uninstalling_leaves_nothing_behind(tmp_path: Path) -> None:
    machine = mac(tmp_path)
    install(machine)
    uninstall(machine)
    assert files(tmp_path) == set()
    assert machine.asked[-1] == ["/office/unopkg", "remove", "org.perfeval.calc"]


def test_uninstalling_what_was_never_installed_says_so(tmp_path: Path) -> None:
    with in_language("zh"):
        assert uninstall(linux(tmp_path)) == ["没有安装记录，没有可卸载的内容。"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": "1"}'])
def test_a_broken_record_is_no_record(tmp_path: Path, text: str) -> None:
    machine = linux(tmp_path)
    machine.receipt().parent.mkdir(parents=True)
    machine.receipt().write_text(text)
    assert read_receipt(machine) is None


def test_the_record_says_versions_and_checksums(tmp_path: Path) -> None:
    machine = windows(tmp_path)
    install(machine)
    raw = json.loads(machine.receipt().read_text("utf-8"))
    assert raw["xlwings"] == "0.37.8"
    assert len(raw["files"]) == 2
    assert raw["extension"] is True


def test_the_extension_handed_to_unopkg_is_a_whole_one(tmp_path: Path) -> None:
    seen = []

    @dataclass(frozen=True)
    class Looking(FakeMachine):
        def run(self, command: Sequence[str]) -> Outcome:
            seen.append(zipfile.ZipFile(BytesIO(Path(command[-1]).read_bytes())).namelist())
            return Outcome(0, "")

    install(Looking("Linux", tmp_path, {}, Path("python")))
    assert "META-INF/manifest.xml" in seen[0]


@pytest.mark.libreoffice
def test_the_real_unopkg_adds_lists_and_removes_the_extension() -> None:
    """As a user of their own; unopkg refuses root, so for root the user is `nobody`."""

    @dataclass(frozen=True)
    class Real(Machine):
        @property
        def is_root(self) -> bool:
            return False

        def run(self, command: Sequence[str]) -> Outcome:
            command = [*command, f"-env:UserInstallation={(self.home / 'office').as_uri()}"]
            if os.geteuid() == 0:
                command = [self._readable(part) for part in command]
                subprocess.run(["chown", "-R", "nobody", str(self.home)], check=True, timeout=60)
                command = ["runuser", "-u", "nobody", "--", "env", f"HOME={self.home}", *command]
            return super().run(command)

        def _readable(self, part: str) -> str:
            return str(shutil.copy(part, self.home / "handed.oxt")) if part.endswith(".oxt") else part

    home = Path(tempfile.mkdtemp(prefix="perfeval-install-"))
    try:
        machine = Real("Linux", home, os.environ)
        told = install(machine)
        receipt = read_receipt(machine)
        assert receipt is not None
        assert receipt.extension, told
        unopkg = str(machine.office_program("unopkg"))
        assert "org.perfeval.calc" in machine.run([unopkg, "list"]).text
        uninstall(machine)
        assert "org.perfeval.calc" not in machine.run([unopkg, "list"]).text
    finally:
        shutil.rmtree(home)
