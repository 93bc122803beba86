"""The person before Excel: what they are told, and the files they choose."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

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
        folder = {"initialdir": str(Path(name).parent)} if Path(name).is_absolute() else {}
        return _system_dialog(
            "asksaveasfilename", title=title, initialfile=Path(name).name, defaultextension=kind, **folder
        )

    def ask_folder(self, title: str) -> Path | None:
        """Office's own dialog on Windows; elsewhere the system's."""
        if hasattr(self._app.api, "FileDialog"):
            dialog = self._app.api.FileDialog(FOLDER_PICKER)
            dialog.Title = title
            return Path(dialog.SelectedItems(1)) if dialog.Show() == -1 else None
        return _system_dialog("askdirectory", title=title, mustexist=True)

    def show(self, path: Path) -> None:
        """Opens a workbook in this Excel; a document in the program it belongs to."""
        if path.suffix.lower() in WORKBOOKS:
            self._app.books.open(str(path))
        else:
            click.launch(str(path))

    def progress(self, text: str) -> None:
        """In the status bar; an empty text gives it back to Excel."""
        self._app.status_bar = text or False


#: Office's number for the dialog that chooses a folder.
FOLDER_PICKER: Final = 4
#: What Excel opens itself.
WORKBOOKS: Final = (".xlsx", ".xlsm")


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
