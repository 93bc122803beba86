"""Installing and removing on made-up machines: Windows, Mac and Linux homes in a temporary folder."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from perfeval_xl.addin import install as installing
from perfeval_xl.addin.install import BACKUP, install, read_receipt, uninstall
from perfeval_xl.addin.machine import Machine, ProgramAnswer
from perfeval_xl.cli import perfeval
from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import write_atomically
from perfeval_xl.messages import in_language


@dataclass(frozen=True)
class FakeMachine(Machine):
    """A machine that runs nothing: what was asked is kept, the answer is given."""

    asked: list[list[str]] = field(default_factory=list)
    outcome: ProgramAnswer = field(default_factory=lambda: ProgramAnswer(0, ""))
    office: bool = True
    root: bool = False
    page: str = "cp936"
    short: str | None = None

    def run(self, command: Sequence[str]) -> ProgramAnswer:
        self.asked.append([str(part) for part in command])
        return self.outcome

    def office_program(self, name: str) -> Path | None:
        return Path("/office") / name if self.office else None

    @property
    def is_root(self) -> bool:
        return self.root

    def code_page(self) -> str:
        return self.page

    def short_path(self, path: str) -> str | None:
        return self.short


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
        told = "\n".join(install(machine).told)
    assert files(tmp_path) == {
        "Roaming/Microsoft/AddIns/perfeval.xlam",
        ".perfeval/perfeval.conf",
        ".perfeval/installed.json",
    }
    settings = (tmp_path / ".perfeval/perfeval.conf").read_text("cp936")
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
        ({"outcome": ProgramAnswer(1, "locked")}, "locked"),
    ],
)
def test_what_keeps_the_extension_out_is_told(tmp_path: Path, more: dict[str, object], sentence: str) -> None:
    machine = linux(tmp_path, **more)
    with in_language("zh"):
        assert sentence in "\n".join(install(machine).told)
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
        assert uninstall(linux(tmp_path)).told == ["没有安装记录，没有可卸载的内容。"]


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
        def run(self, command: Sequence[str]) -> ProgramAnswer:
            seen.append(zipfile.ZipFile(BytesIO(Path(command[-1]).read_bytes())).namelist())
            return ProgramAnswer(0, "")

    install(Looking("Linux", tmp_path, {}, Path("python")))
    assert "META-INF/manifest.xml" in seen[0]


# --- interrupted, refused, changed ---------------------------------------------------------------------------------

ADDINS = "Roaming/Microsoft/AddIns/perfeval.xlam"


class Interrupted(BaseException):
    """The power goes."""


def test_interrupted_at_any_step_and_run_again_the_first_original_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every write of a file is a step; the power goes before it and after it."""
    writes = 0

    def stop_at(last: int, *, after: bool) -> Callable[[Path, bytes], None]:
        def write(path: Path, data: bytes) -> None:
            nonlocal writes
            writes += 1
            if writes == last and not after:
                raise Interrupted
            write_atomically(path, data)
            if writes == last:
                raise Interrupted

        return write

    for last in range(1, 12):
        for after in (False, True):
            home = tmp_path / f"{last}{after}"
            place = home / ADDINS
            place.parent.mkdir(parents=True)
            place.write_bytes(b"somebody else's")
            machine, writes = windows(home), 0
            with monkeypatch.context() as patch:
                patch.setattr(installing, "write_atomically", stop_at(last, after=after))
                with contextlib.suppress(Interrupted):
                    install(machine)
            assert install(machine).complete
            assert place.read_bytes() == b"the add-in"
            assert uninstall(machine).complete
            assert files(home) == {ADDINS}, (last, after)
            assert place.read_bytes() == b"somebody else's"
    assert writes < last, "more steps than are tried here"


def test_run_twice_it_changes_nothing(tmp_path: Path) -> None:
    machine = windows(tmp_path)
    install(machine)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    assert install(machine).complete
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before


def test_a_full_disk_leaves_what_was_there_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = windows(tmp_path)
    place = tmp_path / ADDINS
    place.parent.mkdir(parents=True)
    place.write_bytes(b"somebody else's")

    def full(path: Path, data: bytes) -> None:
        if path.suffix == ".xlam":
            raise CannotWrite("cannot-write", path=path, detail="the disk is full")
        write_atomically(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(installing, "write_atomically", full)
        steps = install(machine)
    assert not steps.complete
    assert any("the disk is full" in sentence for sentence in steps.told)
    assert place.read_bytes() == b"somebody else's"
    assert (tmp_path / ".perfeval/perfeval.conf").is_file()
    uninstall(machine)
    assert place.read_bytes() == b"somebody else's"


def test_a_file_changed_later_is_the_users(tmp_path: Path) -> None:
    machine = windows(tmp_path)
    place = tmp_path / ADDINS
    place.parent.mkdir(parents=True)
    place.write_bytes(b"the first original")
    install(machine)
    place.write_bytes(b"changed by hand")
    install(machine)
    second = place.with_name(f"{place.name}{BACKUP}-2")
    assert second.read_bytes() == b"changed by hand"
    assert place.with_name(place.name + BACKUP).read_bytes() == b"the first original"
    place.write_bytes(b"changed again")
    with in_language("zh"):
        steps = uninstall(machine)
    assert any("安装后被改过，保留不删" in sentence for sentence in steps.told)
    assert place.read_bytes() == b"changed again"
    assert place.with_name(place.name + BACKUP).read_bytes() == b"the first original"
    assert read_receipt(machine) is None


def test_an_open_libreoffice_keeps_the_extension_on_record(tmp_path: Path) -> None:
    machine = linux(tmp_path)
    install(machine)
    steps = uninstall(linux(tmp_path, outcome=ProgramAnswer(1, "unopkg is locked")))
    assert not steps.complete
    receipt = read_receipt(machine)
    assert receipt is not None
    assert receipt.extension
    assert uninstall(machine).complete
    assert read_receipt(machine) is None


def test_a_file_that_excel_holds_stays_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = windows(tmp_path)
    install(machine)

    unlink = Path.unlink

    def held(self: Path, missing_ok: bool = False) -> None:
        if self.suffix == ".xlam":
            raise PermissionError(errno.EACCES, "in use")
        unlink(self, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", held)
        steps = uninstall(machine)
    assert not steps.complete
    receipt = read_receipt(machine)
    assert receipt is not None
    assert list(receipt.files) == [str(tmp_path / ADDINS)]
    assert uninstall(machine).complete
    assert files(tmp_path) == set()


@pytest.mark.parametrize(("outcome", "status"), [(ProgramAnswer(0, ""), 0), (ProgramAnswer(1, "locked"), 1)])
def test_the_exit_status_is_that_of_what_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: ProgramAnswer, status: int
) -> None:
    monkeypatch.setattr("perfeval_xl.addin.machine.Machine", lambda: linux(tmp_path, outcome=outcome))
    assert CliRunner().invoke(perfeval, ["addin", "install"]).exit_code == status
    assert CliRunner().invoke(perfeval, ["addin", "install", "--uninstall"]).exit_code == 0


def test_uninstall_is_a_command_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfeval_xl.addin.machine.Machine", lambda: windows(tmp_path))
    assert CliRunner().invoke(perfeval, ["addin", "install"]).exit_code == 0
    assert files(tmp_path) != set()
    assert CliRunner().invoke(perfeval, ["addin", "uninstall"]).exit_code == 0
    assert files(tmp_path) == set()


def test_a_record_of_the_first_version_is_understood(tmp_path: Path) -> None:
    machine = windows(tmp_path)
    install(machine)
    raw = json.loads(machine.receipt().read_text("utf-8"))
    raw["files"] = {path: sums[0] for path, sums in raw["files"].items()}
    machine.receipt().write_text(json.dumps(raw), "utf-8")
    assert uninstall(machine).complete
    assert files(tmp_path) == set()


@pytest.mark.libreoffice
def test_the_real_unopkg_adds_lists_and_removes_the_extension() -> None:
    """As a user of their own; unopkg refuses root, so for root the user is `nobody`."""

    @dataclass(frozen=True)
    class Real(Machine):
        @property
        def is_root(self) -> bool:
            return False

        def run(self, command: Sequence[str]) -> ProgramAnswer:
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
        told = install(machine).told
        receipt = read_receipt(machine)
        assert receipt is not None
        assert receipt.extension, told
        unopkg = str(machine.office_program("unopkg"))
        assert "org.perfeval.calc" in machine.run([unopkg, "list"]).text
        uninstall(machine)
        assert "org.perfeval.calc" not in machine.run([unopkg, "list"]).text
    finally:
        shutil.rmtree(home)
