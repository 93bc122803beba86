"""A private LibreOffice with an extension installed, as `unopkg` installs it for a person.

`unopkg` refuses to run as root, so for root the extension is added by the user `nobody`, who owns the profile for
that moment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.office import Office, OfficeFailed, office_program


class AddinOffice(Office):
    """An `Office` whose fresh profile has one extension."""

    def __init__(self, extension: Path) -> None:
        super().__init__()
        self._extension = extension
        self._installed_in: Path | None = None

    def _launch_office(self, command: list[str]) -> None:
        if self._folder is not None and self._installed_in != self._folder:
            self._installed_in = self._folder
            self._install(self._folder)
        super()._launch_office(command)

    def _install(self, folder: Path) -> None:
        extension = Path(shutil.copy(self._extension, folder))
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        program = office_program().with_name("unopkg")
        command = [str(program), "add", "-s", "-f", str(extension), profile]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "nobody", "--", "env", f"HOME={folder}", *command]
            subprocess.run(["chown", "-R", "nobody", str(folder)], check=True, timeout=60)
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
        if done.returncode or done.stderr.strip():
            raise OfficeFailed(f"unopkg add: {done.stdout} {done.stderr}")
