"""The machine an add-in is installed on: its system, its folders, its programs. Made up in tests."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

System = Literal["Windows", "Darwin", "Linux"]

EXTENSION_ID: Final = "org.perfeval.calc"
_SECONDS: Final = 180
#: Where LibreOffice's programs stand when they are not on the path.
_OFFICE_FOLDERS: Final[dict[System, tuple[str, ...]]] = {
    "Windows": (r"C:\Program Files\LibreOffice\program", r"C:\Program Files (x86)\LibreOffice\program"),
    "Darwin": ("/Applications/LibreOffice.app/Contents/MacOS", "/Applications/LibreOffice.app/Contents/Resources"),
    "Linux": ("/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program", "/opt/libreoffice/program"),
}


@dataclass(frozen=True)
class ProgramAnswer:
    """What a program answered: its exit status and all it printed."""

    status: int
    text: str


@dataclass(frozen=True)
class Machine:
    """A machine, as far as installing and examining need it. The defaults describe the one this runs on."""

    system: str = field(default_factory=platform.system)
    home: Path = field(default_factory=Path.home)
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    interpreter: Path = field(default_factory=lambda: Path(sys.executable))

    # folders

    def addin_folder(self) -> Path | None:
        """Where Excel looks for add-ins: the list to tick on Windows, what is opened at the start on a Mac."""
        if self.system == "Windows":
            roaming = self.environment.get("APPDATA")
            return (Path(roaming) if roaming else self.home / "AppData" / "Roaming") / "Microsoft" / "AddIns"
        if self.system == "Darwin":
            content = self.home / "Library" / "Group Containers" / "UBF8T346G9.Office" / "User Content.localized"
            return content / "Startup.localized" / "Excel"
        return None

    def settings_file(self) -> Path | None:
        """Where the add-in's VBA reads which Python to call."""
        if self.system == "Windows":
            return self.home / ".perfeval" / "perfeval.conf"
        if self.system == "Darwin":  # Excel's sandbox shows it this folder as its home
            return self.home / "Library" / "Containers" / "com.microsoft.Excel" / "Data" / "perfeval.conf"
        return None

    def script_folder(self) -> Path | None:
        """Where Excel for Mac may run scripts from; xlwings starts Python by one."""
        if self.system != "Darwin":
            return None
        return self.home / "Library" / "Application Scripts" / "com.microsoft.Excel"

    def receipt(self) -> Path:
        """Where it stands what was installed."""
        return self.home / ".perfeval" / "installed.json"

    # programs

    def office_program(self, name: str) -> Path | None:
        """A program of LibreOffice: ``unopkg``, ``soffice``, ``python``."""
        file = f"{name}.com" if self.system == "Windows" and name != "python" else name
        file = "python.exe" if self.system == "Windows" and name == "python" else file
        on_path = None if name == "python" else shutil.which(name, path=self.environment.get("PATH", ""))
        folders: Sequence[str] = _OFFICE_FOLDERS.get(self.system, ())  # type: ignore[call-overload]
        candidates = [Path(on_path)] if on_path else [Path(folder) / file for folder in folders]
        return next((path for path in candidates if path.is_file()), None)

    def run(self, command: Sequence[str]) -> ProgramAnswer:
        """Runs a program to its end. Raises ``OSError`` and ``subprocess.SubprocessError``."""
        done = subprocess.run(
            list(command), capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
        )
        return ProgramAnswer(done.returncode, f"{done.stdout}{done.stderr}".strip())

    def quiet_interpreter(self) -> Path:
        """The Python that opens no console window. A frozen program is its own, with one without a window beside it."""
        name = self.interpreter.name.lower()
        quiet = {"python.exe": "pythonw.exe", "perfeval.exe": "perfevalw.exe"}.get(name)
        return self.interpreter if quiet is None else self.interpreter.with_name(quiet)

    def is_program(self, path: str) -> bool:
        """Whether there is a file of that name."""
        return Path(path).is_file()

    def code_page(self) -> str:
        """The encoding in which VBA reads a text file: the system's ANSI code page; on a Mac files are UTF-8."""
        return "mbcs" if self.system == "Windows" else "utf-8"

    def short_path(self, path: str) -> str | None:
        """The path with names of eight characters, which are ASCII; ``None`` where the disk keeps none."""
        if self.system != "Windows":
            return None
        ctypes: Any = importlib.import_module("ctypes")
        buffer = ctypes.create_unicode_buffer(1024)
        longer = path if path.startswith("\\\\") else f"\\\\?\\{path}"  # lets Windows take more than 259 characters
        length = ctypes.windll.kernel32.GetShortPathNameW(longer, buffer, len(buffer))
        return buffer.value.removeprefix("\\\\?\\") if 0 < length < len(buffer) else None

    @property
    def is_root(self) -> bool:
        """Whether this runs as the superuser, whom unopkg refuses."""
        return self.system == "Linux" and hasattr(os, "geteuid") and os.geteuid() == 0

    # Python and Windows

    def python(self) -> tuple[tuple[int, int], int]:
        """Version and bits of the Python this runs under."""
        return sys.version_info[:2], 64 if sys.maxsize > 2**32 else 32

    def package_version(self, name: str) -> str | None:
        """The version of an installed package."""
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return None

    def has_module(self, name: str) -> bool:
        """Whether a module can be imported."""
        return importlib.util.find_spec(name) is not None

    def python_folder(self) -> Path:
        """The folder of the Python installation or virtual environment."""
        return Path(sys.prefix)

    def registry(self, root: Literal["HKCU", "HKLM", "HKCR"], key: str, name: str = "") -> Any:
        """A value of the Windows registry; ``None`` where it is not there, or this is no Windows."""
        if self.system != "Windows":
            return None
        winreg: Any = importlib.import_module("winreg")
        roots = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCR": winreg.HKEY_CLASSES_ROOT}
        try:
            with winreg.OpenKey(roots[root], key) as opened:
                return winreg.QueryValueEx(opened, name)[0]
        except OSError:
            return None
