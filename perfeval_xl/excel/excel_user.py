"""The person before Excel: what they are told, and the files they choose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from perfeval_xl.messages import sentence


class ExcelUser:
    """The person before Excel."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def tell(self, text: str) -> None:
        """A message box over Excel."""
        self._app.alert(text, title=sentence("addin.menu", "zh"))

    def ask_open(self, title: str, kind: str) -> Path | None:
        """Excel's own dialog on Windows; elsewhere the system's."""
        if hasattr(self._app.api, "GetOpenFilename"):
            found = self._app.api.GetOpenFilename(f"{kind} (*.{kind}),*.{kind}", 1, title)
            return Path(found) if isinstance(found, str) else None
        return _system_dialog("askopenfilename", title=title, filetypes=[(kind, f"*.{kind}")])

    def ask_save(self, title: str, name: str) -> Path | None:
        """Excel's own dialog on Windows; elsewhere the system's."""
        kind = Path(name).suffix
        if hasattr(self._app.api, "GetSaveAsFilename"):
            found = self._app.api.GetSaveAsFilename(name, f"{kind[1:]} (*{kind}),*{kind}", 1, title)
            return Path(found) if isinstance(found, str) else None
        return _system_dialog("asksaveasfilename", title=title, initialfile=name, defaultextension=kind)

    def show(self, path: Path) -> None:
        """Opens a workbook in this Excel."""
        self._app.books.open(str(path))


def _system_dialog(kind: str, **options: Any) -> Path | None:
    import tkinter
    from tkinter import filedialog

    root = tkinter.Tk()
    root.withdraw()
    try:
        found = getattr(filedialog, kind)(**options)
    finally:
        root.destroy()
    return Path(found) if found else None
