"""What is left to do for a mistake of our own: the details go to a file, the person gets one sentence that names it."""

from __future__ import annotations

import platform
import tempfile
import time
import traceback
from pathlib import Path

from perfeval_xl.messages import say


def told(problem: BaseException) -> str:
    """One sentence about an unforeseen failure; it names the file with the details, where one could be written."""
    if isinstance(problem, MemoryError):
        return say("cli.no-memory")
    kind = type(problem).__name__
    log = logged(problem)
    return say("cli.mishap", kind=kind, log=log) if log else say("cli.mishap-unlogged", kind=kind)


def logged(problem: BaseException) -> Path | None:
    """Writes a file with what a developer needs: no content of the form, only the way the program went."""
    lines = [f"Python {platform.python_version()}, {platform.platform()}\n", *traceback.format_exception(problem)]
    name = f"perfeval-{time.strftime('%Y%m%d-%H%M%S')}-"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix=name, suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.writelines(lines)
    except (OSError, ValueError):
        return None
    return Path(file.name)
